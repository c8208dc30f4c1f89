"""Pitfalls of whole replies on the way from Messages to Chat."""

from __future__ import annotations

import pytest

from llm_transcode import Options, ReplyContext, convert_response

from .conversions import (
    Json,
    JsonObject,
    Outcome,
    call,
    chat_reply,
    message,
    messages_usage,
    reply_to_chat,
    reply_to_messages,
    text,
    tool_use,
)

Losses = list[tuple[str, str]]


def test_p135_calls_and_pieces_of_text() -> None:
    outcome = reply_to_chat(message(text("a"), text("b"), tool_use("t1", a=1), tool_use("t2"), stop="tool_use"))

    calls = [call("t1", arguments='{"a":1}'), call("t2")]
    assert outcome == Outcome(chat_reply({"content": "ab", "tool_calls": calls}, "tool_calls"), [])


def test_p135_p064_null_content_beside_calls_alone() -> None:
    with_calls = reply_to_chat(message(tool_use(), stop="tool_use"))
    without = reply_to_chat(message())

    assert with_calls == Outcome(chat_reply({"content": None, "tool_calls": [call()]}, "tool_calls"), [])
    assert without == Outcome(chat_reply({"content": ""}), [])


def test_p027_tool_use_without_a_call() -> None:
    assert reply_to_chat(message(text("hi"), stop="tool_use")) == Outcome(chat_reply({"content": "hi"}), [])


def test_p055_a_call_that_was_cut_off() -> None:
    outcome = reply_to_chat(message(tool_use(a=1), stop="max_tokens"))

    assert outcome.body == chat_reply({"content": None, "tool_calls": [call(arguments='{"a":1}')]}, "length")


THOUGHTS = [
    {"type": "thinking", "thinking": "hm", "signature": "s"},
    {"type": "redacted_thinking", "data": "x"},
    {"type": "thinking", "thinking": "", "signature": "t"},
]
DETAILS = [
    {"type": "reasoning.text", "text": "hm", "signature": "s", "format": "anthropic-claude-v1", "index": 0},
    {"type": "reasoning.encrypted", "data": "x", "format": "anthropic-claude-v1", "index": 1},
    {"type": "reasoning.text", "text": "", "signature": "t", "format": "anthropic-claude-v1", "index": 2},
]


def test_p050_p051_thinking_is_never_content_and_keeps_its_signatures() -> None:
    outcome = reply_to_chat(message(*THOUGHTS, text("hi")))

    said = {"content": "hi", "reasoning_content": "hm", "reasoning_details": DETAILS}
    assert outcome == Outcome(chat_reply(said), [])


@pytest.mark.parametrize(
    ("slot", "fields"),
    [
        ("thinking_blocks", {"reasoning_content": "hm", "thinking_blocks": THOUGHTS}),
        ("reasoning", {"reasoning_content": "hm", "reasoning": "hm"}),
        ("reasoning_content", {"reasoning_content": "hm"}),
        (None, {"reasoning_content": "hm"}),
    ],
)
def test_p050_other_slots_for_thinking(slot: Json, fields: JsonObject) -> None:
    outcome = reply_to_chat(message(*THOUGHTS, text("hi")), options=Options(reasoning=slot, now=lambda: 0))

    assert outcome.body == chat_reply({"content": "hi", **fields})


@pytest.mark.parametrize("said", [DETAILS, None])
def test_p051_the_client_may_echo_what_it_got(said: Json) -> None:
    """What the reply carried makes the next request valid, whichever of the two lists comes back."""
    fields = {"reasoning_details": DETAILS} if said else {"thinking_blocks": THOUGHTS}

    answer = convert_response(chat_reply({"content": "hi", **fields}), source="chat", target="messages")

    assert answer.to_dict()["content"] == [*THOUGHTS, text("hi")]


def test_p136_refusal() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "I can't"}

    outcome = reply_to_chat(message(stop="refusal", stop_details=details))

    assert outcome == Outcome(
        chat_reply({"content": "", "refusal": "I can't"}, "content_filter"), [("refusal", "$.stop_details.category")]
    )


STOP = [("stop_reason", "$.stop_reason")]


@pytest.mark.parametrize(
    ("stop", "finish", "losses"),
    [
        ("pause_turn", "stop", STOP),
        ("compaction", "stop", STOP),
        ("next_year", "stop", STOP),
        ("model_context_window_exceeded", "length", STOP),
        ("max_tokens", "length", []),
        ("end_turn", "stop", []),
    ],
)
def test_p138_p139_stop_reasons(stop: str, finish: str, losses: Losses) -> None:
    outcome = reply_to_chat(message(text("hi"), stop=stop))

    assert outcome == Outcome(chat_reply({"content": "hi"}, finish), losses)


def test_p042_the_stop_sequence_goes_into_an_extension() -> None:
    outcome = reply_to_chat(message(text("hi"), stop="stop_sequence", stop_sequence="###"))

    assert outcome == Outcome(chat_reply({"content": "hi"}, choice={"stop_reason": "###"}), [])


WEB_PAGE = {
    "type": "web_search_result_location",
    "url": "https://example.com",
    "title": "Cats",
    "encrypted_index": "x",
    "cited_text": "cats",
}
PAGE_IN_DOCUMENT = {
    "type": "char_location",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 1,
    "cited_text": "c",
    "file_id": None,
}
SEARCH: list[JsonObject] = [
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "cats"}},
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
]


def test_p140_server_tools_citations_and_unknown_blocks() -> None:
    outcome = reply_to_chat(
        message(
            text("So: "),
            *SEARCH,
            text("cats", citations=[WEB_PAGE, PAGE_IN_DOCUMENT]),
            {"type": "next_year", "data": 1},
        )
    )

    cited = {"url": "https://example.com", "title": "Cats", "start_index": 4, "end_index": 8}
    assert outcome.body == chat_reply(
        {"content": "So: cats", "annotations": [{"type": "url_citation", "url_citation": cited}]}
    )
    assert [loss for loss in outcome.losses if "citations[0]" not in loss[1]] == [
        ("server_block", "$.content[1]"),
        ("server_block", "$.content[2]"),
        ("citations", "$.content[3].citations[1]"),
        ("unknown_block", "$.content[4]"),
    ]


def test_p140_annotations_can_be_switched_off() -> None:
    outcome = reply_to_chat(
        message(text("cats", citations=[WEB_PAGE])), options=Options(annotations=False, now=lambda: 0)
    )

    assert outcome == Outcome(chat_reply({"content": "cats"}), [("citations", "$.content[0].citations[0]")])


def test_what_a_reply_invents() -> None:
    nothing = reply_to_chat(message(text("hi")), options=Options())
    bare = reply_to_messages({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})

    assert nothing.losses == [("created", "$.created")]
    assert bare.losses == [("id", "$.id"), ("id", "$.model"), ("usage", "$.usage")]
    assert bare.body == message(text("hi"), id=bare.body["id"], model="", usage=messages_usage(0, 0, 0, 0))


def test_free_text_comes_back_for_custom_tools() -> None:
    context = ReplyContext(custom_tools=frozenset({"patch"}))

    outcome = reply_to_chat(message(tool_use("t1", "patch", input="*** Begin"), stop="tool_use"), context)

    custom = {"id": "t1", "type": "custom", "custom": {"name": "patch", "input": "*** Begin"}}
    assert outcome == Outcome(chat_reply({"content": None, "tool_calls": [custom]}, "tool_calls"), [])


def test_legacy_clients_get_one_call() -> None:
    outcome = reply_to_chat(
        message(tool_use("t1", "f"), tool_use("t2", "g"), stop="tool_use"), ReplyContext(legacy_functions=True)
    )

    function_call = {"name": "f", "arguments": "{}"}
    assert outcome.body == chat_reply({"content": None, "function_call": function_call}, "function_call")
    assert outcome.losses == [("legacy_function", "$.content[0].id"), ("legacy_function", "$.content[1]")]
