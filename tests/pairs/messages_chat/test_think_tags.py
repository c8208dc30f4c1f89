"""Reasoning between tags at the beginning of a text."""

from __future__ import annotations

import pytest

from llm_transcode.pairs.messages_chat.think_tags import Said, ThinkTagReader, split_thinking

TAGS = ("think", "thought")


def read(*pieces: str, tags: tuple[str, ...] = TAGS) -> list[list[Said]]:
    """What each piece and the end make certain."""
    reader = ThinkTagReader(tags)
    return [*(reader.read(piece) for piece in pieces), reader.close()]


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (["plain"], [[("text", "plain")], []]),
        (["a", "<think>b</think>"], [[("text", "a")], [("text", "<think>b</think>")], []]),
        (["<think>a</think>b"], [[("thinking", "a"), ("text", "b")], []]),
        (["<thought>a</thought>b"], [[("thinking", "a"), ("text", "b")], []]),
        (["<think>a</thought>b</think>c"], [[("thinking", "a</thought>b"), ("text", "c")], []]),
        (["<think>a</think>b</think>c"], [[("thinking", "a"), ("text", "b</think>c")], []]),
        (
            ["<think>", "a", "b", "</think>", "c"],
            [[], [("thinking", "a")], [("thinking", "b")], [], [("text", "c")], []],
        ),
        (["<think></think>a"], [[("text", "a")], []]),
        (["<think> a </think> \n b "], [[("thinking", " a "), ("text", "b ")], []]),
        ([" \n", "<thi", "nk>a"], [[], [], [("thinking", "a")], []]),
        ([" \n", "a"], [[], [("text", " \na")], []]),
        (["<th", "ou"], [[], [], [("text", "<thou")]]),
        (["<th", "e"], [[], [("text", "<the")], []]),
        ([" "], [[], [("text", " ")]]),
        (["<think>a<", "/thin", "k>b"], [[("thinking", "a")], [], [("text", "b")], []]),
        (["<think>a</thin", "g>b"], [[("thinking", "a")], [("thinking", "</thing>b")], []]),
        (["<think>a<", "<", "/think>"], [[("thinking", "a")], [("thinking", "<")], [], []]),
        (["<think>a</think", ">b"], [[("thinking", "a")], [("text", "b")], []]),
        (["<think>a</thin"], [[("thinking", "a")], [("thinking", "</thin")]]),
        (["<think>a</think> ", " ", " b"], [[("thinking", "a")], [], [("text", "b")], []]),
        (["<think>a</think> "], [[("thinking", "a")], []]),
        (["<Think>a"], [[("text", "<Think>a")], []]),
        ([""], [[], []]),
        ([], [[]]),
    ],
)
def test_what_is_certain_comes_at_once(pieces: list[str], said: list[list[Said]]) -> None:
    assert read(*pieces) == said


@pytest.mark.parametrize("text", ["<think>a</think>b", " <thi", " "])
def test_without_tags_everything_is_text_at_once(text: str) -> None:
    assert read(text, tags=()) == [[("text", text)], []]


def test_what_comes_after_the_end_is_text() -> None:
    reader = ThinkTagReader(TAGS)

    assert reader.read("<thi") == []
    assert reader.close() == [("text", "<thi")]
    assert reader.close() == []
    assert reader.read("nk>") == [("text", "nk>")]


@pytest.mark.parametrize(
    ("text", "tags", "expected"),
    [
        ("<think>a</think>b", TAGS, ("a", "b")),
        ("<think>a</thin", TAGS, ("a</thin", "")),
        ("b", TAGS, ("", "b")),
        ("<think>a</think>b", (), ("", "<think>a</think>b")),
    ],
)
def test_a_whole_text(text: str, tags: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert split_thinking(text, tags) == expected
