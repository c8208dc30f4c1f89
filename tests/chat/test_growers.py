"""Parts of a message that grow in ways of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chat.chunks import detail, fragment, message, opening, text, thinking
from tests.recordings import JsonObject

# -- content in parts (Mistral) ------------------------------------------------------------------------


def test_neighbouring_parts_of_a_kind_are_one() -> None:
    deltas: list[Any] = [
        "",
        [thinking("a")],
        [thinking("b", closed=True)],
        [thinking("c"), text("d")],
        "e",
        [text("f")],
        "g",
    ]

    assert message(*({"content": delta} for delta in deltas)) == {
        "content": [thinking("abc", closed=True), text("defg")]
    }


def test_parts_after_a_text() -> None:
    reference = {"type": "reference", "reference_ids": [1]}
    deltas: list[Any] = ["a", [reference], [reference], [], "b"]

    assert message(*({"content": delta} for delta in deltas)) == {
        "content": [text("a"), reference, reference, text("b")]
    }


def test_thinking_as_a_string() -> None:
    part = {"type": "thinking", "thinking": "a"}

    assert message({"content": [part]}, {"content": [part]}) == {"content": [{"type": "thinking", "thinking": "aa"}]}


def test_a_refusal_in_pieces_is_one() -> None:
    first, second = ({"type": "refusal", "refusal": piece} for piece in ("No", "."))

    assert message({"content": [first]}, {"content": [second]}) == {"content": [{"type": "refusal", "refusal": "No."}]}


# -- tool calls ------------------------------------------------------------------------------------


def calls(*deltas: list[JsonObject]) -> list[tuple[Any, Any, Any]]:
    """Id, name and arguments of the calls that deltas add up to."""
    found = message(*({"tool_calls": delta} for delta in deltas))["tool_calls"]
    return [(call.get("id"), call["function"].get("name"), call["function"].get("arguments")) for call in found]


@pytest.mark.parametrize(
    "deltas",
    [
        [[opening(0, "a", "f")], [fragment(0, "{")], [fragment(0, "}")], [opening(1, "b", "g", "{}")]],
        [[opening(0, "a", "f", "{"), opening(1, "b", "g")], [fragment(1, "{}"), fragment(0, "}")]],
        [[opening(0, "a", "f", "{")], [opening(0, "a", "f", "}")], [opening(0, "b", "g", "{}")]],
        [[opening(None, "a", "f", "{}"), opening(None, "b", "g", "{}")]],
        [[opening(1, "a", "f")], [fragment(1, "{}", id="")], [opening(2, "b", "g")], [fragment(7, "{}")]],
        [[opening(0, "a", "f", {})], [opening(0, "a", "f", "{}")], [opening(5, "b", "g", "{}")]],
    ],
)
def test_fragments_find_their_call(deltas: list[list[JsonObject]]) -> None:
    assert calls(*deltas) == [("a", "f", "{}"), ("b", "g", "{}")]


def test_id_type_and_name_of_a_call_are_the_first_ones() -> None:
    first = opening(0, "a", "f")
    second = {"index": 0, "id": "b", "type": "custom", "function": {"arguments": "{}"}}
    third = {"index": 0, "function": {"name": "g"}}

    assert message({"tool_calls": [first]}, {"tool_calls": [third]}, {"tool_calls": [second]}) == {
        "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    }


def test_arguments_sent_as_an_object_become_their_text() -> None:
    assert calls([opening(0, "a", "f", {"x": [1]})]) == [("a", "f", '{"x":[1]}')]


def custom(call_id: str, name: str, text: str) -> JsonObject:
    return {"index": 0, "id": call_id, "type": "custom", "custom": {"name": name, "input": text}}


def test_calls_to_free_form_tools_are_told_apart_by_id_and_name() -> None:
    found = message({"tool_calls": [custom("a", "f", "x")]}, {"tool_calls": [custom("b", "g", "y")]})["tool_calls"]

    assert [(call["id"], call["custom"]) for call in found] == [
        ("a", {"name": "f", "input": "x"}),
        ("b", {"name": "g", "input": "y"}),
    ]


def test_free_text_that_looks_like_whole_arguments_goes_on() -> None:
    more = {"index": 0, "custom": {"input": "{}"}}

    [call] = message({"tool_calls": [custom("a", "f", "{}")]}, {"tool_calls": [more]})["tool_calls"]

    assert call["custom"] == {"name": "f", "input": "{}{}"}


def test_other_fields_of_a_call() -> None:
    first = {"index": 0, "id": "a", "type": "custom", "custom": {"name": "f", "input": ""}, "extra_content": {"a": 1}}

    assert message(
        {"tool_calls": None}, {"tool_calls": [first]}, {"tool_calls": [{"index": 0, "custom": {"input": "x"}}]}
    ) == {
        "tool_calls": [{"id": "a", "type": "custom", "custom": {"name": "f", "input": "x"}, "extra_content": {"a": 1}}]
    }


def test_arguments_that_never_come_stay_null() -> None:
    assert calls([opening(0, "a", "f", None)]) == [("a", "f", None)]


def test_no_calls_at_all() -> None:
    assert message({"tool_calls": None}, {"tool_calls": []}) == {"tool_calls": []}


# -- reasoning with signatures -------------------------------------------------------------------------


def details(*deltas: list[JsonObject], name: str = "reasoning_details") -> list[JsonObject]:
    found: list[JsonObject] = message(*({name: delta} for delta in deltas))[name]
    return found


def test_many_details_of_an_index_are_one() -> None:
    assert details(
        [detail(text="a", format="f")], [detail(text="b", format="f")], [detail(text=None, signature="s", format="f")]
    ) == [detail(text="ab", signature="s", format="f")]


def test_a_signed_detail_is_over() -> None:
    first = detail(text="a", signature="s")

    assert details([first], [first], [detail(text="", signature="s")]) == [first]
    assert details([first], [detail(text="b")], [detail(text=None, signature="t")]) == [
        first,
        detail(text="b", signature="t"),
    ]
    assert details([first], [detail(text="", signature="t")]) == [first, detail(text="", signature="t")]


def test_details_of_another_format_are_others() -> None:
    entries = [detail(text="a", index=index, format=name) for index in (0, None) for name in ("f", "g")]

    assert details(*([entry] for entry in entries)) == entries


def test_only_the_first_detail_of_a_delta_goes_on_without_an_index() -> None:
    entries = [detail(index=None, text=said) for said in "bc"]

    assert details([detail(index=None, text="a")], entries) == [detail(index=None, text="ab"), entries[1]]


def test_details_may_name_their_id_once() -> None:
    assert details([detail(text="a", id="1")], [detail(text="b")], [detail(text="c", id="1")]) == [
        detail(text="abc", id="1")
    ]


def test_details_of_another_index_type_or_id_are_others() -> None:
    entries = [
        detail("summary", summary="a"),
        detail("encrypted", data="d", id="1"),
        detail("encrypted", data="e", id="2"),
    ]

    assert details(*([entry] for entry in entries), [detail("summary", 1, summary="b")]) == [
        *entries,
        detail("summary", 1, summary="b"),
    ]


def test_encrypted_reasoning_is_set() -> None:
    assert details([detail("encrypted", data="d")], [detail("encrypted", data="e")]) == [detail("encrypted", data="e")]


def test_whole_details_beside_live_reasoning() -> None:
    entry = detail(text="ab", signature="s")

    assert message({"reasoning_content": "a"}, {"reasoning_content": "b"}, {"reasoning_details": [entry]}) == {
        "reasoning_content": "ab",
        "reasoning_details": [entry],
    }


def test_details_without_index_go_on_until_they_are_signed() -> None:
    assert details(
        [detail(index=None, text="a")], [detail(index=None, text="b", signature="s")], [detail(index=None, text="c")]
    ) == [detail(index=None, text="ab", signature="s"), detail(index=None, text="c")]


@pytest.mark.parametrize("last", ["", None, "ab"])
def test_a_signature_may_come_with_the_text_once_more(last: str | None) -> None:
    blocks = [{"type": "thinking", "thinking": "a"}, {"type": "thinking", "thinking": "b", "signature": ""}]

    assert details(
        *([block] for block in blocks),
        [{"type": "thinking", "thinking": last, "signature": "s"}],
        name="thinking_blocks",
    ) == [{"type": "thinking", "thinking": "ab", "signature": "s"}]


def test_blocks_of_one_delta_stay_apart() -> None:
    blocks = [
        {"type": "thinking", "thinking": "a"},
        {"type": "thinking", "thinking": "b"},
        {"type": "redacted_thinking"},
    ]

    assert details(blocks, blocks[2:], name="thinking_blocks") == [*blocks, blocks[2]]
