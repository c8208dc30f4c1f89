"""What the events of a Messages stream say of the reply as a whole, one rule a test."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import Options, ReplyContext
from llm_transcode.pairs.messages_chat.to_chat_stream import ToChatStream
from llm_transcode.tokens import Token
from tests.pairs.messages_chat.streamed import ROLE, deltas_of, told, told_by
from tests.streams import (
    JsonObject,
    call,
    chunk,
    counted,
    failed_chat,
    finished,
    message_end,
    message_start,
    messages_body,
    text_block,
    tool_block,
)

COUNTED: Final = ReplyContext(include_usage=True)
LEFT: Final = "approximated info stream_protocol $"
STOP: Final[JsonObject] = {"type": "message_stop"}
HI: Final = text_block(0, "hi")


def message_delta(usage: JsonObject | None = None, **delta: object) -> JsonObject:
    """A ``message_delta``, which some servers send several times."""
    event: JsonObject = {"type": "message_delta", "delta": delta}
    return event if usage is None else {**event, "usage": usage}


def prompt(spent: JsonObject | None) -> list[int]:
    """Prompt, output and total of the counts in Chat's words."""
    assert spent is not None
    return [spent["prompt_tokens"], spent["completion_tokens"], spent["total_tokens"]]


# -- the beginning ---------------------------------------------------------------------------------


def test_a_plain_reply_loses_nothing() -> None:
    outcome = told(message_start(), *HI, *message_end())

    assert outcome.events == [ROLE, chunk({"content": "hi"}), *finished()]
    assert (outcome.losses, outcome.error) == ([], None)


def test_a_reply_that_was_given_whole_with_its_start() -> None:
    content: list[JsonObject] = [
        {"type": "text", "text": "hi"},
        {"type": "compaction", "content": "so far"},
        {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
        {"type": "text", "text": "ho"},
    ]

    outcome = told(message_start(content=content, stop_reason="tool_use"), STOP)

    assert outcome.events == [
        ROLE,
        chunk({"content": "hi"}),
        chunk(call(0, "a", "f", "")),
        chunk(call(0, arguments='{"x":1}')),
        chunk({"content": "ho"}),
        *finished("tool_calls"),
    ]
    assert outcome.losses == ["dropped warning compaction $.message.content[1]"]


def test_what_the_start_says_of_the_end_is_lost_at_its_place() -> None:
    stopped = told(message_start(stop_reason="model_context_window_exceeded"), STOP)
    matched = told(message_start(stop_reason="stop_sequence", stop_sequence="###"), STOP)

    assert stopped.events[1:] == finished("length")
    assert stopped.losses == ["approximated info stop_reason $.message.stop_reason"]
    assert matched.events[1:] == finished("stop", stop_reason="###")


def test_state_of_the_server_in_the_first_event() -> None:
    outcome = told(message_start(container={"id": "c", "expires_at": "2026-01-01T00:00:00Z"}), *HI, *message_end())

    assert outcome.losses == ["dropped info container $.message.container"]


def test_a_second_start_changes_nothing() -> None:
    again = message_start(id="r2", model="m2", content=[{"type": "text", "text": "ho"}], usage=counted(9))

    outcome = told(message_start(), *HI, again, *message_end())

    assert outcome.events == [ROLE, chunk({"content": "hi"}), *finished()]
    assert outcome.losses == ["dropped warning stream_protocol $.message"]


@pytest.mark.parametrize("model", ["mine", "other"])
def test_a_reply_without_a_start_gets_an_id_of_its_model(model: str) -> None:
    outcome = told(*HI, *message_end(), context=ReplyContext(model=model))
    again = told(*text_block(0, "ho"), *message_end(), context=ReplyContext(model=model))
    unlike = told(*HI, *message_end(), context=ReplyContext(model="yet another"))

    made_up = outcome.events[0]["id"]
    assert made_up.startswith("chatcmpl-")
    assert made_up == again.events[0]["id"] != unlike.events[0]["id"]
    assert outcome.events[:2] == [
        {**ROLE, "id": made_up, "model": model},
        chunk({"content": "hi"}, id=made_up, model=model),
    ]
    assert outcome.losses == ["invented info id $.message.id", LEFT]


def test_a_reply_that_has_only_an_end_begins_with_it() -> None:
    outcome = told(*message_end(), options=Options(now=lambda: 5, new_id=lambda prefix: f"{prefix}1"))

    head: JsonObject = {"id": "chatcmpl-1", "created": 5, "model": ""}
    assert outcome.events == [{**ROLE, **head}, chunk(finish="stop", **head), {"done": True}]
    assert outcome.losses == ["invented info id $.message.id", "invented info id $.model", LEFT]


def test_the_time_of_the_reply_is_made_up_at_its_start() -> None:
    assert told(message_start(), *message_end(), options=Options()).losses == [
        "invented info created $.message.created"
    ]


# -- the order of events ---------------------------------------------------------------------------


def test_where_the_order_is_left_is_said_once_and_all_that_follows_counts() -> None:
    outcome = told(message_start(), *text_block(3, "hi"), *text_block(1, "ho"), *message_end())

    assert deltas_of(outcome) == [{"content": "hi"}, {"content": "ho"}]
    assert outcome.losses == [LEFT]


def test_an_event_that_is_on_record_as_left_out_is_not_on_record_twice() -> None:
    outcome = told(message_start(), text_block(0, "hi")[1], *message_end())

    assert deltas_of(outcome) == []
    assert outcome.losses == ["dropped warning stream_protocol $.index"]


def test_an_event_of_a_later_version_is_left_out() -> None:
    outcome = told(message_start(), {"type": "brand_new", "said": "hi"}, *HI, *message_end())

    assert deltas_of(outcome) == [{"content": "hi"}]
    assert outcome.losses == ["dropped info unknown_block $"]


def test_fields_of_a_later_version_are_on_record_where_they_stand() -> None:
    start, delta, stop = text_block(0, "hi")

    outcome = told(
        {**message_start(), "new": 1},
        {**start, "new": 1},
        {**delta, "odd": 1},
        {**stop, "new": 1},
        {**message_delta(stop_reason="end_turn", newer=1)},
        {**STOP, "newest": 1},
    )

    assert [row.removeprefix("dropped warning unknown_field ") for row in outcome.losses] == [
        "$.new",
        "$.odd",
        "$.delta.newer",
        "$.newest",
    ]


# -- counts ----------------------------------------------------------------------------------------


def test_counts_are_there_for_the_caller_even_if_the_client_asked_for_none() -> None:
    silent = told(message_start(), *HI, *message_end())
    asked = told(message_start(), *HI, *message_end(), context=COUNTED)

    assert silent.usage == asked.usage
    assert prompt(silent.usage) == [1, 2, 3]
    assert silent.events[1:] == [chunk({"content": "hi"}), *finished()]
    assert asked.events[-2:] == [chunk(choices=[], usage=asked.usage), {"done": True}]


def test_a_stream_that_breaks_has_no_counts_yet() -> None:
    assert told(message_start(usage=counted(7)), *HI).usage is None


def test_later_counts_replace_earlier_ones_and_what_is_left_out_stays() -> None:
    outcome = told(
        message_start(usage=counted(25, read=4, output=1)),
        message_delta({"output_tokens": 7}, stop_reason=None),
        message_delta({"input_tokens": None, "output_tokens": 15}, stop_reason="end_turn"),
        message_delta(stop_reason="end_turn"),
        STOP,
    )

    assert prompt(outcome.usage) == [29, 15, 44]
    assert outcome.losses == []


def test_a_count_that_chat_does_not_have_is_lost_where_it_first_stood() -> None:
    searched: JsonObject = {"server_tool_use": {"web_search_requests": 1}}

    early = told(message_start(usage=counted(1, **searched)), *message_end(usage=counted(1, **searched)))
    late = told(message_start(), *message_end(usage=counted(1, **searched)))

    assert early.losses == ["dropped info usage $.message.usage.server_tool_use"]
    assert late.losses == ["dropped info usage $.usage.server_tool_use"]


def test_a_reply_without_counts_in_its_start() -> None:
    start = message_start()
    del start["message"]["usage"]

    outcome = told(start, *HI, *message_end())

    assert prompt(outcome.usage) == [1, 2, 3]


@pytest.mark.parametrize(("tier", "named"), [("standard", "default"), ("priority", "priority")])
def test_the_tier_is_in_every_chunk_from_where_it_is_known(tier: str, named: str) -> None:
    early = told(message_start(usage=counted(service_tier=tier)), *HI, *message_end())
    late = told(message_start(), *HI, *message_end(usage=counted(1, service_tier=tier)))

    assert [event.get("service_tier") for event in early.events[:-1]] == [named] * 3
    assert [event.get("service_tier") for event in late.events[:-1]] == [None, None, named]
    assert early.losses == late.losses == []


def test_a_tier_without_a_name_in_chat_is_lost_where_it_stood() -> None:
    early = told(message_start(usage=counted(service_tier="batch")), *message_end())
    late = told(message_start(), *message_end(usage=counted(1, service_tier="batch")))

    assert early.losses == ["dropped info service_tier $.message.usage.service_tier"]
    assert late.losses == ["dropped info service_tier $.usage.service_tier"]
    assert "service_tier" not in early.events[0]


# -- the end ---------------------------------------------------------------------------------------


def test_the_end_waits_for_message_stop_since_its_reason_may_be_corrected() -> None:
    outcome = told(
        message_start(stop_reason=None),
        *HI,
        message_delta(stop_reason="end_turn", stop_sequence=None),
        message_delta(stop_reason="max_tokens"),
        message_delta(stop_reason=None),
        STOP,
    )

    assert outcome.events == [ROLE, chunk({"content": "hi"}), *finished("length")]
    assert outcome.losses == []


def test_the_reason_is_lost_where_it_was_said_last() -> None:
    outcome = told(message_start(stop_reason="end_turn"), message_delta(stop_reason="pause_turn"), STOP)

    assert outcome.losses == [LEFT, "approximated warning stop_reason $.delta.stop_reason"]


def test_an_end_without_a_reason() -> None:
    outcome = told(message_start(), *tool_block(0, "a", "f", "{}"), STOP)

    assert outcome.events[-2:] == finished("tool_calls")
    assert outcome.losses == [LEFT, "approximated warning stop_reason $.delta.stop_reason"]


def test_a_reason_is_enough_of_an_end() -> None:
    outcome = told(message_start(), *HI, message_end()[0])

    assert outcome.events == [ROLE, chunk({"content": "hi"}), *finished()]
    assert (outcome.losses, outcome.error) == ([], None)


def test_a_body_that_ends_before_the_reason() -> None:
    outcome = told(message_start(), *HI)

    assert outcome.events == [ROLE, chunk({"content": "hi"}), failed_chat("the upstream's stream ended early")]
    assert outcome.error == "the upstream's stream ended early"


def test_an_end_before_anything_was_said() -> None:
    outcome = told(STOP)

    assert outcome.events == [failed_chat("the stream ended before it said anything")]
    assert outcome.error == "the stream ended before it said anything"


def test_the_end_of_the_message_ends_a_block_that_is_open() -> None:
    outcome = told(message_start(), tool_block(0, "a", "f")[0], STOP)

    assert deltas_of(outcome) == [call(0, "a", "f", ""), call(0, arguments="{}")]


def test_a_block_takes_nothing_after_the_end_of_the_message() -> None:
    start, delta, _ = text_block(0, "hi")

    outcome = told(message_start(), start, message_end()[0], delta, STOP)

    assert deltas_of(outcome) == []
    assert outcome.losses == [LEFT, "dropped warning stream_protocol $.index"]


def test_what_a_refusal_says_comes_before_the_end() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "no"}

    outcome = told(message_start(), *HI, message_delta(stop_reason="refusal", stop_details=details), STOP)

    assert outcome.events == [ROLE, chunk({"content": "hi"}), chunk({"refusal": "no"}), *finished("content_filter")]
    assert outcome.losses == ["dropped info refusal $.delta.stop_details.category"]


def test_details_of_a_refusal_where_there_is_none() -> None:
    details = {"type": "refusal", "category": None, "explanation": "no"}

    late = told(message_start(), message_delta(stop_reason="end_turn", stop_details=details), STOP)
    early = told(message_start(stop_reason="end_turn", stop_details=details), STOP)

    assert late.events == early.events == [ROLE, *finished()]
    assert late.losses == ["dropped info refusal $.delta.stop_details"]
    assert early.losses == ["dropped info refusal $.message.stop_details"]


def test_a_legacy_client_is_told_that_its_function_was_called() -> None:
    legacy = ReplyContext(legacy_functions=True)

    called = told(message_start(), *tool_block(0, "a", "f", "{}"), *message_end("tool_use"), context=legacy)
    spoken = told(message_start(), *HI, *message_end(), context=legacy)

    assert called.events[-2:] == finished("function_call")
    assert spoken.events[-2:] == finished("stop")


def test_state_of_the_server_in_the_last_event() -> None:
    end = message_delta(stop_reason="end_turn", container={"id": "c", "expires_at": "2026-01-01T00:00:00Z"})

    outcome = told(message_start(), *HI, {**end, "context_management": {"applied_edits": []}}, STOP)

    assert sorted(row.split()[-1] for row in outcome.losses) == ["$.context_management", "$.delta.container"]


# -- errors ----------------------------------------------------------------------------------------


FAILURE: Final = b'"error":{"type":"overloaded_error","message":"busy","details":{"x":1}}}\n\n'
"""An error from its second field on."""


@pytest.mark.parametrize("head", [b'event: error\ndata: {"type":"error",', b'data: {"type":"error",', b"data: {"])
def test_an_error_of_the_upstream_ends_the_stream_whether_or_not_it_is_called_one(head: bytes) -> None:
    outcome = told_by(messages_body(message_start(), *HI[:2]) + head + FAILURE + messages_body(*HI, *message_end()))

    assert outcome.events == [ROLE, chunk({"content": "hi"}), failed_chat("busy", code="overloaded_error")]
    assert outcome.error == "busy"
    assert outcome.losses == ["dropped info error_details $.error.details.x"]


def test_an_empty_error_without_a_type_is_no_error_of_the_upstream() -> None:
    outcome = told_by(messages_body(message_start()) + b'data: {"error":null}\n\n')

    assert outcome.error == "field required"


def test_an_event_of_another_type_may_have_a_field_named_error() -> None:
    outcome = told(message_start(), {"type": "brand_new", "error": {"message": "no"}}, *HI, *message_end())

    assert outcome.events == [ROLE, chunk({"content": "hi"}), *finished()]


# -- mere tokens -----------------------------------------------------------------------------------


def token_of(event: object) -> Token | None:
    return ToChatStream(ReplyContext(), Options()).token(event)


def delta_event(**delta: object) -> JsonObject:
    return {"type": "content_block_delta", "index": 3, "delta": delta}


@pytest.mark.parametrize(
    ("delta", "kind"),
    [
        ({"type": "text_delta", "text": "hi"}, "text"),
        ({"type": "thinking_delta", "thinking": "hi"}, "thinking"),
        ({"type": "input_json_delta", "partial_json": "hi"}, "call"),
    ],
)
def test_a_delta_that_only_adds_text_is_a_mere_token(delta: JsonObject, kind: str) -> None:
    assert token_of(delta_event(**delta)) == ((kind, 3), "hi")


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        None,
        {"type": "ping"},
        {**delta_event(type="text_delta", text="hi"), "type": "content_block_start"},
        {**delta_event(type="text_delta", text="hi"), "more": 1},
        delta_event(type="text_delta", text="hi", more=1),
        delta_event(type="text_delta", text=""),
        delta_event(type="text_delta", text=["hi"]),
        delta_event(type="text_delta", thinking="hi"),
        delta_event(type="signature_delta", signature="eA"),
        delta_event(type=["text_delta"], text="hi"),
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "hi"}},
        {"type": "content_block_delta", "index": 3, "delta": "text_delta"},
    ],
)
def test_what_may_say_more_or_nothing_is_no_mere_token(event: object) -> None:
    assert token_of(event) is None


def test_only_what_is_open_grows_by_mere_tokens() -> None:
    stream = ToChatStream(ReplyContext(), Options())
    assert stream.growth(("text", 0)) is None

    stream.read(message_start())
    stream.read(HI[0])

    grown = stream.growth(("text", 0))
    assert grown is not None
    assert grown.place == ("text", 0)
    assert stream.growth(("text", 1)) is None
    assert stream.growth(("call", 0)) is None
