"""Whole replies of Messages, as replies of Chat."""

from __future__ import annotations

import json
from typing import Final

import pytest

from llm_transcode import InvalidPayload, Options, ReplyContext, chat, convert_response
from llm_transcode.dialects import ReasoningSlot
from tests.pairs.messages_chat.conversions import Json, JsonObject, reply_to_chat
from tests.pitfalls.conversions import call, chat_reply, message, text, tool_use

# -- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocks", "content"),
    [
        ([], ""),
        ([text("")], ""),
        ([text("a"), text(""), text("b")], "ab"),
    ],
)
def test_texts_are_pieces_of_one(blocks: list[JsonObject], content: str) -> None:
    assert reply_to_chat(message(*blocks)) == (chat_reply({"content": content}), [])


def _page(**fields: Json) -> JsonObject:
    where = {"url": "https://example.org", "title": "Cats", "encrypted_index": "x", "cited_text": "cats"}
    return {"type": "web_search_result_location", **where, **fields}


def _annotation(start: int, end: int, title: str = "Cats") -> JsonObject:
    page = {"url": "https://example.org", "title": title, "start_index": start, "end_index": end}
    return {"type": "url_citation", "url_citation": page}


def _lost(place: str) -> list[str]:
    return [f"dropped info citations {place}.{name}" for name in ("cited_text", "encrypted_index")]


def test_an_annotation_covers_the_text_that_cites() -> None:
    cited = [
        text("So: "),
        text("cats", citations=[_page(), _page(title=None)]),
        text(" purr", citations=[_page(title="")]),
        text(".", citations=[]),
    ]

    annotations = [
        _annotation(4, 8),
        _annotation(4, 8, "https://example.org"),
        _annotation(8, 13, "https://example.org"),
    ]
    assert reply_to_chat(message(*cited)) == (
        chat_reply({"content": "So: cats purr.", "annotations": annotations}),
        [
            *_lost("$.content[1].citations[0]"),
            *_lost("$.content[1].citations[1]"),
            *_lost("$.content[2].citations[0]"),
        ],
    )


def test_only_web_pages_become_annotations() -> None:
    found = {"type": "search_result_location", "cited_text": "c", "search_result_index": 0, "source": "s", "title": "t"}
    cited = [{**found, "start_block_index": 0, "end_block_index": 1}, _page(), {"type": "of_tomorrow"}]

    assert reply_to_chat(message(text("cats", citations=cited))) == (
        chat_reply({"content": "cats", "annotations": [_annotation(0, 4)]}),
        [
            "dropped info citations $.content[0].citations[0]",
            *_lost("$.content[0].citations[1]"),
            "dropped info citations $.content[0].citations[2]",
        ],
    )


# -- thoughts --------------------------------------------------------------------------------------

THOUGHT: Final = {"type": "thinking", "thinking": "hm", "signature": "s"}
REDACTED: Final = {"type": "redacted_thinking", "data": "x"}
_FORMAT: Final = "anthropic-claude-v1"
DETAILS: Final = [
    {"type": "reasoning.text", "text": "hm", "signature": "s", "format": _FORMAT, "index": 0},
    {"type": "reasoning.encrypted", "data": "x", "format": _FORMAT, "index": 1},
]


@pytest.mark.parametrize(
    ("slot", "fields", "plain"),
    [
        (None, {}, True),
        ("reasoning_content", {}, True),
        ("reasoning", {"reasoning": "hm"}, True),
        ("reasoning_details", {"reasoning_details": DETAILS}, False),
        ("thinking_blocks", {"thinking_blocks": [THOUGHT, REDACTED]}, False),
    ],
)
def test_thoughts_lose_their_proof_where_the_slot_is_a_string(
    slot: ReasoningSlot | None, fields: JsonObject, plain: bool
) -> None:
    options = Options(reasoning=slot, now=lambda: 0)

    lost = ["dropped info thinking $.content[0].signature", "dropped info thinking $.content[1]"]
    assert reply_to_chat(message(THOUGHT, REDACTED, text("hi")), options=options) == (
        chat_reply({"content": "hi", "reasoning_content": "hm", **fields}),
        lost if plain else [],
    )


@pytest.mark.parametrize("thought", [THOUGHT, REDACTED])
def test_what_else_a_thought_holds(thought: JsonObject) -> None:
    plain, unlost = reply_to_chat(message(thought))

    assert reply_to_chat(message({**thought, "mood": "glad"})) == (
        plain,
        [*unlost, "dropped warning unknown_field $.content[0].mood"],
    )


def test_a_thought_that_goes_as_it_came_is_searched_for_numbers_that_cannot_be_written_again() -> None:
    body = json.dumps(message({**THOUGHT, "mood": "1e400"})).replace('"1e400"', "1e400")
    options = Options(reasoning="thinking_blocks")
    converted = convert_response(body, source="messages", target="chat", options=options)

    with pytest.raises(InvalidPayload):
        converted.to_json()


# -- calls -----------------------------------------------------------------------------------------


def test_the_forced_tool_of_structured_output_becomes_text() -> None:
    said = [text("{"), tool_use("t1", "answer", a=1), text("}"), tool_use("t2", "f")]

    body, losses = reply_to_chat(message(*said, stop="tool_use"), ReplyContext(output_tool="answer"))

    assert body == chat_reply({"content": '{{"a":1}}', "tool_calls": [call("t2", "f")]}, "tool_calls")
    assert losses == []


@pytest.mark.parametrize(
    ("tool_input", "expected"),
    [
        ({"input": "x"}, {"type": "custom", "custom": {"name": "a patch", "input": "x"}}),
        ({"input": "x", "more": 1}, {"type": "custom", "custom": {"name": "a patch", "input": "x"}}),
        ({"input": 1}, {"type": "function", "function": {"name": "a patch", "arguments": '{"input":1}'}}),
        ({}, {"type": "function", "function": {"name": "a patch", "arguments": "{}"}}),
    ],
)
def test_a_call_of_a_free_form_tool(tool_input: JsonObject, expected: JsonObject) -> None:
    context = ReplyContext(tool_names={"patch": "a patch"}, custom_tools=frozenset({"a patch"}))

    assert reply_to_chat(message(tool_use("t1", "patch", **tool_input), stop="tool_use"), context) == (
        chat_reply({"tool_calls": [{"id": "t1", **expected}]}, "tool_calls"),
        [],
    )


def test_a_client_of_the_deprecated_functions_gets_the_first_call() -> None:
    calls = [tool_use("t1", "f", a=1), tool_use("t2", "g")]

    assert reply_to_chat(message(*calls, stop="tool_use"), ReplyContext(legacy_functions=True)) == (
        chat_reply({"function_call": {"name": "f", "arguments": '{"a":1}'}}, "function_call"),
        ["dropped info legacy_function $.content[0].id", "dropped warning legacy_function $.content[1]"],
    )


def test_the_marks_and_the_caller_of_a_call_stay_behind() -> None:
    marked = {**tool_use(), "caller": {"type": "direct"}, "cache_control": {"type": "ephemeral"}}

    assert reply_to_chat(message(marked, stop="tool_use")) == (
        chat_reply({"tool_calls": [call()]}, "tool_calls"),
        ["dropped info tool_caller $.content[0].caller", "dropped info cache_control $.content[0].cache_control"],
    )


# -- what has no place -----------------------------------------------------------------------------

_SEARCH: Final = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}


@pytest.mark.parametrize(
    ("block", "loss"),
    [
        ({"type": "of_tomorrow", "data": 1}, "warning unknown_block"),
        ({"type": "container_upload", "file_id": "file_1"}, "warning container"),
        ({"type": "compaction", "content": "so far"}, "warning compaction"),
        ({"type": "fallback", "from": {"model": "a"}, "to": {"model": "b"}}, "info fallbacks"),
        (_SEARCH, "info server_block"),
        ({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}, "info server_block"),
    ],
)
def test_a_block_without_a_place(block: JsonObject, loss: str) -> None:
    said, after = text("hi"), text(" there")

    assert reply_to_chat(message(said, block, after)) == (
        chat_reply({"content": "hi there"}),
        [f"dropped {loss} $.content[1]"],
    )


# -- how it ended ----------------------------------------------------------------------------------

_DETAILS: Final = {"type": "refusal", "category": None, "explanation": "no"}


@pytest.mark.parametrize(
    ("stop", "details", "refusal", "finish", "losses"),
    [
        ("refusal", None, None, "content_filter", []),
        ("refusal", _DETAILS, "no", "content_filter", []),
        ("refusal", {"type": "refusal"}, None, "content_filter", []),
        (
            "refusal",
            {**_DETAILS, "recommended_model": "m2"},
            "no",
            "content_filter",
            ["dropped info refusal $.stop_details.recommended_model"],
        ),
        ("end_turn", _DETAILS, None, "stop", ["dropped info refusal $.stop_details"]),
    ],
)
def test_details_of_a_refusal(stop: str, details: Json, refusal: str | None, finish: str, losses: list[str]) -> None:
    assert reply_to_chat(message(text("hi"), stop=stop, stop_details=details)) == (
        chat_reply({"content": "hi", "refusal": refusal}, finish),
        losses,
    )


@pytest.mark.parametrize(("sequence", "choice"), [("END", {"stop_reason": "END"}), ("", {}), (None, {})])
def test_the_stop_sequence(sequence: str | None, choice: JsonObject) -> None:
    assert reply_to_chat(message(text("hi"), stop="stop_sequence", stop_sequence=sequence)) == (
        chat_reply({"content": "hi"}, choice=choice),
        [],
    )


# -- around it -------------------------------------------------------------------------------------


def test_a_reply_without_usage() -> None:
    body = message(text("hi"))
    del body["usage"]

    expected = chat_reply({"content": "hi"})
    del expected["usage"]
    assert reply_to_chat(body) == (expected, [])
    assert reply_to_chat({**body, "usage": None}) == (expected, [])


def test_a_reply_of_nobody() -> None:
    assert reply_to_chat(message(text("hi"), model="")) == (
        chat_reply({"content": "hi"}, model=""),
        ["invented info id $.model"],
    )


def test_fields_of_the_reply_that_stay_behind() -> None:
    fields: JsonObject = {
        "diagnostics": {"cache_miss_reason": None},
        "of_tomorrow": 1,
        "container": {"id": "c"},
        "nothing": None,
    }

    assert reply_to_chat(message(text("hi"), **fields)) == (
        chat_reply({"content": "hi"}),
        [
            "dropped info container $.container",
            "dropped info diagnostics $.diagnostics",
            "dropped warning unknown_field $.of_tomorrow",
        ],
    )


def test_the_outcome_is_a_typed_reply_and_keeps_the_context() -> None:
    context = ReplyContext(model="ours", renamed=True)

    converted = convert_response(message(text("hi")), source="messages", target="chat", context=context)

    assert isinstance(converted.value, chat.Response)
    assert converted.value.model == "ours"
    assert converted.context is context
