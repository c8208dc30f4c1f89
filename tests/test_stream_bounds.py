"""What a stream may cost: time in proportion to its length, memory that does not grow, and no delay."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Final

import pytest

from llm_transcode import Options, ReplyContext, StreamError, StreamTranscoder
from llm_transcode.protocols import Protocol
from tests.steps import steps_of
from tests.streams import (
    DONE,
    JsonObject,
    Stream,
    block,
    call,
    chat_body,
    chunk,
    failed_chat,
    failed_messages,
    finished,
    message_end,
    message_start,
    messages_body,
    read_events,
    text_block,
    thinking_block,
    to_chat,
    to_messages,
    tool_block,
    transcode,
    usage_chunk,
)

MIB: Final = 1 << 20
SMALL: Final = Options(max_event_bytes=2000, now=lambda: 0)
TOO_LARGE: Final = "an event of the stream is larger than 2000 bytes"


def opened(source: Protocol, options: Options | None = None) -> StreamTranscoder:
    target: Protocol = "chat" if source == "messages" else "messages"
    return StreamTranscoder(source=source, target=target, options=options)


# -- memory ----------------------------------------------------------------------------------------


def growth_over(stream: StreamTranscoder, body: bytes, times: int) -> tuple[int, int]:
    """How many blocks of memory are kept after feeding a body this often, and how many bytes the last 100 times take.

    Tracing every byte all the time would take too long.
    """
    stream.feed(body)
    before = sys.getallocatedblocks()
    for _ in range(times - 100):
        stream.feed(body)
    kept = sys.getallocatedblocks() - before
    tracemalloc.start()
    try:
        for _ in range(100):
            stream.feed(body)
        return kept, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def text_of(source: Protocol) -> tuple[bytes, bytes]:
    """How a text begins, and fifty deltas of it."""
    if source == "chat":
        return b"", chat_body(*[chunk({"content": "word "})] * 50, end=b"")
    start, delta, _ = text_block(0, "word ")
    return messages_body(message_start(), start), messages_body(*[delta] * 50)


def call_of(source: Protocol) -> tuple[bytes, bytes]:
    """How a call begins, and fifty deltas of its arguments."""
    if source == "chat":
        return chat_body(chunk(call(0, "a", "f", '{"x":"')), end=b""), chat_body(
            *[chunk(call(0, arguments="word "))] * 50, end=b""
        )
    start, first, delta, _ = tool_block(0, "a", "f", '{"x":"', "word ")
    return messages_body(message_start(), start, first), messages_body(*[delta] * 50)


@pytest.mark.parametrize("source", ["chat", "messages"])
@pytest.mark.parametrize("kind", [text_of, call_of])
def test_memory_does_not_grow_over_200_000_deltas(
    source: Protocol, kind: Callable[[Protocol], tuple[bytes, bytes]]
) -> None:
    beginning, deltas = kind(source)
    stream = opened(source)
    stream.feed(beginning)

    kept, peak = growth_over(stream, deltas, 4000)

    assert kept < 1000
    assert peak < MIB // 4


def test_memory_does_not_grow_with_names_that_are_made_up() -> None:
    stream = opened("chat")
    stream.feed(chat_body(chunk({"content": "hi"}), end=b""))

    tracemalloc.start()
    try:
        for number in range(5000):
            stream.feed(chat_body({**chunk({"content": "word"}), f"field_{number}": 1}, end=b""))
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("source", ["chat", "messages"])
@pytest.mark.parametrize("kind", [None, text_of, call_of], ids=["new", "text", "call"])
def test_an_idle_stream_keeps_less_than_four_kilobytes(
    source: Protocol, kind: Callable[[Protocol], tuple[bytes, bytes]] | None
) -> None:
    body = b"".join(kind(source)) if kind else b""
    options, context = Options(), ReplyContext(include_usage=True)
    target: Protocol = "chat" if source == "messages" else "messages"

    def opened_many(count: int) -> list[StreamTranscoder]:
        streams = [
            StreamTranscoder(source=source, target=target, options=options, context=context) for _ in range(count)
        ]
        for stream in streams:
            stream.feed(body)
        return streams

    opened_many(2)  # what all of them share is there from now on
    tracemalloc.start()
    try:
        streams = opened_many(50)
        assert tracemalloc.get_traced_memory()[0] < 50 * 4000
    finally:
        tracemalloc.stop()
    assert all(stream.error is None for stream in streams)


# -- time ------------------------------------------------------------------------------------------


def long_body(source: Protocol, size: int) -> bytes:
    """A stream in which calls are held, reasoning is repeated, and text is long; for Messages, all blocks."""
    if source == "messages":
        pieces = ["word "] * size
        blocks = [
            thinking_block(0, *pieces, signature="c2ln"),
            text_block(1, *pieces),
            tool_block(2, "a", "f", *pieces),
        ]
        return messages_body(message_start(), *(event for each in blocks for event in each), *message_end())
    thought = {"thinking_blocks": [{"type": "thinking", "thinking": "hm" * size, "signature": "c2ln"}]}
    deltas: list[JsonObject] = [*[{"reasoning_content": "hm"}] * size, thought, *[{"content": "word"}] * size]
    deltas += [call(0, "a", "f", "{"), call(1, "b", "g", "{"), *[call(1, arguments=" ")] * size, call(0, arguments="}")]
    return chat_body(*(chunk(delta) for delta in deltas), chunk(finish="stop"), usage_chunk())


@pytest.mark.parametrize("source", ["chat", "messages"])
def test_twice_the_stream_takes_twice_the_steps(source: Protocol) -> None:
    once, twice = long_body(source, 200), long_body(source, 400)

    steps = steps_of(lambda: opened(source).feed(once))

    assert steps_of(lambda: opened(source).feed(twice)) < 2.1 * steps


@pytest.mark.parametrize("source", ["chat", "messages"])
def test_bytes_one_at_a_time_take_steps_in_proportion(source: Protocol) -> None:
    once, twice = long_body(source, 20), long_body(source, 40)

    def feed(body: bytes) -> None:
        stream = opened(source)
        for at in range(len(body)):
            stream.feed(body[at : at + 1])

    assert steps_of(lambda: feed(twice)) < 2.1 * steps_of(lambda: feed(once))


# -- limits ----------------------------------------------------------------------------------------


def check_failed(stream: Stream, reason: str) -> None:
    """The client is told in-band, and the caller by the stream."""
    told = (
        failed_chat(reason)
        if "error" in stream.events[-1] and "type" not in stream.events[-1]
        else failed_messages(reason)
    )
    assert stream.events[-1] == told
    assert stream.error is not None
    assert stream.error.reason == reason
    assert not stream.finished


@pytest.mark.parametrize("source", ["chat", "messages"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"data: " + b"x" * 3000, id="an endless line"),
        pytest.param(b"x" * 3000, id="no line of the format"),
        pytest.param(b"data: x\n" * 1500, id="an endless event"),
    ],
)
def test_an_event_may_not_be_too_large(source: Protocol, body: bytes) -> None:
    check_failed(transcode(body, source, options=SMALL), TOO_LARGE)


@pytest.mark.parametrize("source", ["chat", "messages"])
@pytest.mark.parametrize(
    "bomb", [b"[" * 100_000, b'{"a":' * 100_000, b'{"choices":' + b"[" * 5000 + b"]" * 5000 + b"}"]
)
def test_json_may_not_be_nested_too_deeply(source: Protocol, bomb: bytes) -> None:
    stream = transcode(b"data: " + bomb + b"\n\n", source)

    assert stream.error is not None
    assert "nested too deeply" in stream.error.reason


def test_an_event_that_takes_too_much_stack_is_an_error() -> None:
    def endless(prefix: str) -> str:
        return endless(prefix)

    stream = StreamTranscoder(source="chat", target="messages", options=Options(new_id=endless))
    out = stream.feed(b'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n')

    assert stream.error is not None
    assert stream.error.reason == "an event is nested too deeply"
    assert out.startswith(b"event: error\n")


def test_what_is_held_may_not_be_too_much() -> None:
    held = [chunk(call(1, arguments="x" * 500))] * 5

    stream = to_messages(chunk(call(0, "a", "f", "{")), chunk(call(1, "b", "g", "{")), *held, options=SMALL)

    check_failed(stream, "what waits for a tool call to end exceeds 2000 bytes")
    assert stream.events[:-1] == [message_start(), *tool_block(0, "a", "f", "{")]


def test_what_is_not_held_any_more_does_not_count() -> None:
    rounds = [
        delta
        for at in range(0, 20, 2)
        for delta in (
            call(at, f"c{at}", "f", "{"),
            call(at + 1, f"d{at}", "f", '{"x":"%s"}' % ("x" * 500)),
            call(at, arguments="}"),
        )
    ]

    stream = to_messages(*(chunk(delta) for delta in rounds), chunk(finish="tool_calls"), usage_chunk(), options=SMALL)

    assert stream.finished


def test_there_may_not_be_too_many_calls() -> None:
    calls = [chunk(call(at, f"c{at}", "f", "{")) for at in range(10_001)]

    stream = to_messages(*calls)

    check_failed(stream, "more than 10000 tool calls in one reply, or names too long to keep")


def test_thinking_that_is_kept_may_not_be_too_long() -> None:
    stream = to_chat(message_start(), *thinking_block(0, *["x" * 500] * 5), *message_end(), options=SMALL)

    check_failed(stream, "a block of thinking exceeds 2000 bytes")


def test_there_may_not_be_too_many_calls_without_an_end() -> None:
    starts = [tool_block(at, f"c{at}", "f")[0] for at in range(1002)]

    check_failed(to_chat(message_start(), *starts), "more than 1000 tool calls at once")


def test_there_may_not_be_too_many_citations() -> None:
    page = {"type": "web_search_result_location", "url": "u", "title": None, "encrypted_index": "eA", "cited_text": "c"}
    cited = [{"type": "citations_delta", "citation": page}] * 10_001

    stream = to_chat(message_start(), *block(0, {"type": "text", "text": "hi"}, cited))

    check_failed(stream, "more than 10000 citations of one text")


# -- delay -----------------------------------------------------------------------------------------


def fed(stream: StreamTranscoder, body: bytes) -> list[JsonObject]:
    return read_events(stream.feed(body))


def test_towards_messages_all_but_what_is_held_leaves_at_once() -> None:
    stream = opened("chat")

    def said(delta: JsonObject, finish: str | None = None) -> list[JsonObject]:
        return fed(stream, chat_body(chunk(delta, finish), end=b""))

    assert said({"role": "assistant", "content": ""}) == [message_start()]
    assert said({"reasoning_content": "hm"}) == thinking_block(0, "hm")[:2]
    assert said({"content": "hi"}) == [thinking_block(0)[1], *text_block(1, "hi")[:2]]
    assert said({"content": "!"}) == text_block(1, "!")[1:2]
    assert said(call(0, "a", "f", "")) == [text_block(1)[1], tool_block(2, "a", "f")[0]]
    assert said(call(0, arguments='{"x":')) == tool_block(2, "a", "f", '{"x":')[1:2]
    assert said(call(1, "b", "g", '{"y":')) == []  # held: the first call has not come to its end
    assert said(call(0, arguments="1}")) == [*tool_block(2, "a", "f", "1}")[1:], *tool_block(3, "b", "g", '{"y":')[:2]]
    assert said(call(1, arguments="2}")) == tool_block(3, "b", "g", "2}")[1:2]
    assert said({}, "tool_calls") == [tool_block(3, "b", "g")[1]]
    assert fed(stream, chat_body(usage_chunk(), end=b"")) == []  # held: what ends the stream comes last
    assert fed(stream, DONE) == message_end("tool_use")


def test_towards_chat_all_but_the_end_leaves_at_once() -> None:
    stream = StreamTranscoder(
        source="messages",
        target="chat",
        context=ReplyContext(custom_tools=frozenset({"g"})),
        options=Options(now=lambda: 0),
    )

    def said(*events: JsonObject) -> list[JsonObject]:
        return fed(stream, messages_body(*events))

    thought, text, called = (
        thinking_block(0, "hm", signature="c2ln"),
        text_block(1, "hi"),
        tool_block(2, "a", "f", "{}"),
    )
    free = tool_block(3, "b", "g", '{"inp', 'ut":"one\\', 'ntwo"}')
    entry = {"type": "reasoning.text", "text": "hm", "signature": "c2ln", "format": "anthropic-claude-v1", "index": 0}
    custom = {"index": 1, "id": "b", "type": "custom", "custom": {"name": "g", "input": ""}}

    assert said(message_start()) == [chunk({"role": "assistant", "content": ""})]
    assert said(*thought[:2]) == [chunk({"reasoning_content": "hm"})]
    assert said(thought[2]) == []  # held: the entry is sent whole
    assert said(thought[3]) == [chunk({"reasoning_details": [entry]})]
    assert said(*text[:2]) == [chunk({"content": "hi"})]
    assert said(text[2], called[0]) == [chunk(call(0, "a", "f", ""))]
    assert said(called[1]) == [chunk(call(0, arguments="{}"))]
    assert said(called[2], free[0]) == [chunk({"tool_calls": [custom]})]
    assert said(free[1]) == []  # held: it may be the wrapper of free text
    assert said(free[2]) == [chunk({"tool_calls": [{"index": 1, "custom": {"input": "one"}}]})]
    assert said(free[3]) == [chunk({"tool_calls": [{"index": 1, "custom": {"input": "\ntwo"}}]})]
    assert said(free[4], message_end("tool_use")[0]) == []  # held: the reason may be corrected
    assert said(message_end()[1]) == finished("tool_calls")


def test_redacted_thinking_and_empty_calls_leave_with_their_blocks() -> None:
    stream = opened("messages", SMALL)
    stream.feed(messages_body(message_start()))
    start, stop = block(0, {"type": "redacted_thinking", "data": "ZGF0YQ"})
    called = tool_block(1, "a", "f")

    assert len(fed(stream, messages_body(start))) == 1
    assert fed(stream, messages_body(stop, called[0])) == [chunk(call(0, "a", "f", ""))]
    assert fed(stream, messages_body(called[1])) == [chunk(call(0, arguments="{}"))]


def test_an_event_that_is_no_json_ends_in_the_in_band_error() -> None:
    stream = StreamTranscoder(source="chat", target="messages")

    events = stream.feed_event({"id": "1", "choices": [{"index": 0, "logit": float("inf")}]})

    assert [event.to_dict()["type"] for event in events] == ["error"]
    assert isinstance(stream.error, StreamError)
    assert stream.error.path == "$.choices[0].logit"
