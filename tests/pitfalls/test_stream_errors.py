"""Pitfalls of streams that fail, both ways."""

from __future__ import annotations

import pytest

from tests.pitfalls.streamed import CREATED, INCOMPLETE
from tests.streams import (
    DONE,
    NO_CLOCK,
    call,
    chat_body,
    chunk,
    failed_chat,
    failed_messages,
    message_end,
    message_start,
    messages_body,
    text_block,
    to_chat,
    to_messages,
    tool_block,
    transcode,
)

ROLE = {"role": "assistant", "content": ""}
ENDED_EARLY = "the upstream's stream ended early"


# -- from Chat to Messages -------------------------------------------------------------------------


def test_p024_cut_off_within_a_call() -> None:
    stream = to_messages(chunk(call(0, "a", "f", '{"x":')), end=b"")

    assert stream.events == [
        message_start(),
        *tool_block(0, "a", "f", '{"x":'),
        failed_messages(ENDED_EARLY),
    ]
    assert not stream.finished
    assert stream.error is not None
    assert stream.losses == [CREATED, INCOMPLETE]


def test_p024_what_is_held_when_the_stream_breaks_is_lost() -> None:
    stream = to_messages(chunk(call(0, "a", "f", "{")), chunk(call(1, "b", "g", "{}")), end=b"")

    assert stream.events == [
        message_start(),
        *tool_block(0, "a", "f", "{"),
        failed_messages(ENDED_EARLY),
    ]
    assert stream.losses == [CREATED, ("tool_call_incomplete", "$.choices[0].delta.tool_calls[0]"), INCOMPLETE]


@pytest.mark.parametrize("end", [b"", DONE])
def test_p149_an_error_chunk(end: bytes) -> None:
    error = {"error": {"message": "overloaded", "type": "server_error", "code": "overloaded_error"}}

    stream = to_messages(chunk({"content": "par"}), error, chunk({"content": "never"}), end=end)

    assert stream.events == [
        message_start(),
        *text_block(0, "par"),
        failed_messages("overloaded", "overloaded_error", details={"error_code": "overloaded_error"}),
    ]
    assert not stream.finished
    assert stream.error is not None
    assert stream.error.reason == "overloaded"


@pytest.mark.parametrize(
    "error",
    [
        b'data: {"error":"overloaded"}\n\n',
        b'event: error\ndata: {"message":"overloaded"}\n\n',
        b'event: error\ndata: "overloaded"\n\n',
        b"event: error\ndata: overloaded\n\n",
        b'data: {"id":"r1","choices":[{"index":0,"delta":{},"error":{"message":"overloaded"}}]}\n\n',
    ],
)
def test_p149_errors_in_other_forms(error: bytes) -> None:
    stream = transcode(chat_body(chunk({"content": "par"}), end=error), "chat")

    assert stream.events == [message_start(), *text_block(0, "par"), failed_messages("overloaded")]


def test_p149_an_error_before_anything_else() -> None:
    stream = to_messages({"error": {"message": "no such model", "code": 404}})

    assert stream.events == [failed_messages("no such model", "not_found_error")]


# -- from Messages to Chat -------------------------------------------------------------------------


def test_p024_cut_off_within_a_call_of_messages() -> None:
    stream = to_chat(message_start(), *tool_block(0, "a", "f", '{"x":')[:-1])

    assert stream.events == [
        chunk(ROLE),
        chunk(call(0, "a", "f", "")),
        chunk(call(0, arguments='{"x":')),
        failed_chat(ENDED_EARLY),
    ]
    assert not stream.finished
    assert stream.losses == [("tool_call_incomplete", "$.content_block")]


def test_p149_an_error_event_of_messages() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

    stream = to_chat(message_start(), *text_block(0, "par")[:-1], error, *message_end())

    assert stream.events == [
        chunk(ROLE),
        chunk({"content": "par"}),
        failed_chat("Overloaded", "server_error", "overloaded_error"),
    ]
    assert not stream.finished
    assert stream.error is not None
    assert stream.error.reason == "Overloaded"


@pytest.mark.parametrize(
    "error",
    [
        b'data: {"error":{"message":"no"}}\n\n',
        b'event: error\ndata: {"message":"no"}\n\n',
        b'event: error\ndata: "no"\n\n',
        b"event: error\ndata: no\n\n",
        b'event: error\ndata: {"error":"no"}\n\n',
    ],
)
def test_p149_errors_in_other_forms_of_messages(error: bytes) -> None:
    stream = transcode(messages_body(message_start()) + error, "messages", options=NO_CLOCK)

    assert stream.events == [chunk(ROLE), failed_chat("no")]
