"""Marks for the prompt cache."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from llm_transcode import Options
from tests.pairs.messages_chat.conversions import to_chat, to_messages
from tests.pitfalls.conversions import custom, function, text, tool_result, tool_use, user

JsonObject: TypeAlias = dict[str, Any]

MARKED = "$.messages[0].content[0]"


MARK = {"type": "ephemeral"}


def block_of(**marks: JsonObject) -> tuple[JsonObject, list[str]]:
    """The text block that a marked text part becomes, and the losses."""
    body, losses = to_messages({"messages": [user(text("a", **marks))]})
    return body["messages"][0]["content"][0], losses


@pytest.mark.parametrize(
    ("mark", "expected", "lost"),
    [
        ({"mode": "explicit"}, {"type": "ephemeral"}, []),
        ({"mode": "explicit", "ttl": "30m"}, {"type": "ephemeral"}, []),
        ({"mode": "explicit", "ttl": "12h"}, {"type": "ephemeral", "ttl": "1h"}, []),
        ({"mode": "explicit", "ttl": "9d"}, {"type": "ephemeral"}, ["dropped info cache_control", ".ttl"]),
        (
            {"mode": "explicit", "of_tomorrow": 1},
            {"type": "ephemeral"},
            ["dropped warning unknown_field", ".of_tomorrow"],
        ),
    ],
)
def test_openais_mark(mark: JsonObject, expected: JsonObject, lost: list[str]) -> None:
    losses = [f"{lost[0]} {MARKED}.prompt_cache_breakpoint{lost[1]}"] if lost else []

    assert block_of(prompt_cache_breakpoint=mark) == (text("a", cache_control=expected), losses)


@pytest.mark.parametrize(
    ("mark", "lost"),
    [(MARK, []), ({"type": "ephemeral", "ttl": "1h"}, []), ({"type": "ephemeral", "x": 1}, [".x"])],
)
def test_anthropics_own_mark(mark: JsonObject, lost: list[str]) -> None:
    known = {name: value for name, value in mark.items() if name != "x"}
    losses = [f"dropped warning unknown_field {MARKED}.cache_control{name}" for name in lost]

    assert block_of(cache_control=mark) == (text("a", cache_control=known), losses)


def test_two_marks_in_the_same_place() -> None:
    block, losses = block_of(cache_control=MARK, prompt_cache_breakpoint={"mode": "explicit"})

    assert block["cache_control"] == MARK
    assert losses == [f"dropped info cache_control {MARKED}.prompt_cache_breakpoint"]


@pytest.mark.parametrize(
    ("dialect", "model", "ttl", "expected", "lost"),
    [
        ("openai", "gpt-6", None, {"prompt_cache_breakpoint": {"mode": "explicit"}}, []),
        ("openai", "gpt-6", "5m", {"prompt_cache_breakpoint": {"mode": "explicit"}}, []),
        ("openai", "gpt-6", "1h", {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}, []),
        ("openai", "gpt-6", "9d", {"prompt_cache_breakpoint": {"mode": "explicit"}}, [".ttl"]),
        ("openai", "gpt-4o", "1h", {}, [""]),
        ("openrouter", "gpt-4o", "1h", {"cache_control": {"type": "ephemeral", "ttl": "1h"}}, []),
        ("openrouter", "gpt-4o", None, {"cache_control": {"type": "ephemeral"}}, []),
        ("compatible", "gpt-6", None, {}, [""]),
    ],
)
def test_to_chat(dialect: str, model: str, ttl: str | None, expected: JsonObject, lost: list[str]) -> None:
    mark = MARK if ttl is None else {"type": "ephemeral", "ttl": ttl}
    turns = [user(text("a", cache_control=mark), text("b"))]

    body, losses = to_chat({"messages": turns, "model": model}, Options(dialect=dialect))

    assert body["messages"][0]["content"][0] == text("a", **expected)
    assert losses == [f"dropped info cache_control {MARKED}.cache_control{name}" for name in lost]


@pytest.mark.parametrize(("dialect", "model"), [("openai", "gpt-6"), ("openrouter", "gpt-4o")])
def test_what_else_a_mark_says_to_chat(dialect: str, model: str) -> None:
    mark = {**MARK, "scope": "global", "of_tomorrow": 1}

    _, losses = to_chat(
        {"messages": [user(text("a", cache_control=mark), text("b"))], "model": model}, Options(dialect=dialect)
    )

    assert losses == [
        f"dropped info cache_control {MARKED}.cache_control.scope",
        f"dropped warning unknown_field {MARKED}.cache_control.of_tomorrow",
    ]


def test_a_mark_on_what_carries_none_in_chat() -> None:
    turns = [user("a"), {"role": "assistant", "content": [{**tool_use(), "cache_control": MARK}]}, user(tool_result())]

    _, losses = to_chat({"model": "gpt-6", "tools": [custom()], "messages": turns})

    assert losses == ["dropped info cache_control $.messages[1].content[0].cache_control"]


@pytest.mark.parametrize("number", [4, 5, 6])
def test_only_the_last_marks_are_kept(number: int) -> None:
    marked = [text(str(at), cache_control=MARK) for at in range(number)]

    body, losses = to_messages({"messages": [user(*marked)]})

    kept = ["cache_control" in block for block in body["messages"][0]["content"]]
    assert kept == [False] * (number - 4) + [True] * 4
    assert losses == [
        f"dropped info cache_control $.messages[0].content[{at}].cache_control" for at in range(number - 4)
    ]


def test_surplus_marks_are_named_where_they_stand() -> None:
    own = {"prompt_cache_breakpoint": {"mode": "explicit"}}
    marked = [
        {"role": "system", "content": [text("b", **own)]},
        user(text("c", **own), text("d", cache_control=MARK), text("e", **own)),
    ]
    tools = [{**function(), "cache_control": MARK}]

    body, losses = to_messages({"tools": tools, "messages": marked, "cache_control": MARK})

    assert body == {
        "messages": [user(*(text(name, cache_control=MARK) for name in "cde"))],
        "system": [text("b")],
        "tools": [custom()],
        "cache_control": MARK,
    }
    assert losses == [
        "dropped info cache_control $.tools[0].cache_control",
        "dropped info cache_control $.messages[0].content[0].prompt_cache_breakpoint",
    ]
