"""What holds for every stream, whatever it says and however it is cut."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy

from llm_transcode import Loss, Options, ReplyContext, StreamAccumulator, StreamTranscoder, convert_response
from llm_transcode.chat.grammar import StreamGrammar as ChatGrammar
from llm_transcode.messages.grammar import StreamGrammar as MessagesGrammar
from llm_transcode.protocols import Protocol
from tests.strategies import json_values
from tests.stream_strategies import Call, as_bytes, calls, chat_streams, messages_streams, told_calls
from tests.streams import (
    DONE,
    JsonObject,
    block,
    call,
    chat_body,
    chunk,
    message_end,
    message_start,
    messages_body,
    read_events,
    text_block,
    thinking_block,
    to_messages,
    tool_block,
    usage_chunk,
)

Json: TypeAlias = Any

CONTEXT = ReplyContext(include_usage=True)
OPTIONS = Options(now=lambda: 0)
QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

STREAMS: dict[Protocol, SearchStrategy[list[JsonObject]]] = {"chat": chat_streams(), "messages": messages_streams()}
BODIES: dict[Protocol, SearchStrategy[bytes]] = {name: as_bytes(drawn) for name, drawn in STREAMS.items()}
TARGETS: dict[Protocol, Protocol] = {"chat": "messages", "messages": "chat"}

both_ways = pytest.mark.parametrize("source", ["chat", "messages"])

RICH: dict[Protocol, bytes] = {
    "chat": chat_body(
        chunk({"role": "assistant", "content": ""}),
        chunk({"reasoning_content": "hm"}),
        chunk({"content": "héllo 漢"}),
        chunk(call(0, "a", "f", '{"x":')),
        chunk(call(1, "b", "g", '{"y":"ü')),
        chunk(call(0, arguments="1}")),
        chunk(call(1, arguments='"}')),
        chunk(finish="tool_calls"),
        usage_chunk(),
    ),
    "messages": messages_body(
        message_start(),
        {"type": "ping"},
        *thinking_block(0, "hm", signature="c2ln"),
        *block(1, {"type": "redacted_thinking", "data": "ZGF0YQ"}),
        *text_block(2, "héllo 漢"),
        *tool_block(3, "a", "f", '{"x":', "1}"),
        *tool_block(4, "b", "g"),
        *message_end("tool_use"),
    ),
}
"""One stream of each protocol that has something of everything, small enough to be cut at every byte."""


def transcoder(source: Protocol, options: Options = OPTIONS) -> StreamTranscoder:
    return StreamTranscoder(source=source, target=TARGETS[source], context=CONTEXT, options=options)


def transcode(body: bytes, source: Protocol) -> bytes:
    stream = transcoder(source)
    return stream.feed(body) + stream.close()


def losses_of(body: bytes, source: Protocol) -> tuple[Loss, ...]:
    stream = transcoder(source)
    stream.feed(body)
    stream.close()
    return stream.losses


def is_finished(events: list[JsonObject], target: Protocol) -> bool:
    """Check a stream of ours against the grammar, and tell whether it came to its proper end."""
    grammar = MessagesGrammar() if target == "messages" else ChatGrammar()
    for event in events:
        if "comment" in event:
            continue
        if event == {"done": True}:
            assert isinstance(grammar, ChatGrammar)
            grammar.done()
        else:
            grammar.step(event)
    assert not grammar.expected, f"the stream ends in state {grammar.state}"
    return grammar.finished


# -- cuts ------------------------------------------------------------------------------------------


@both_ways
@QUICK
@given(data=st.data())
def test_any_cut_gives_the_same(source: Protocol, data: DataObject) -> None:
    body = data.draw(BODIES[source])
    cuts = sorted(data.draw(st.sets(st.integers(0, len(body)), max_size=5)))
    stream = transcoder(source)

    pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    out = b"".join([stream.feed(piece) for piece in pieces]) + stream.close()

    assert out == transcode(body, source)
    assert stream.losses == losses_of(body, source)


@both_ways
@QUICK
@given(data=st.data())
def test_each_loss_is_recorded_once(source: Protocol, data: DataObject) -> None:
    losses = losses_of(data.draw(BODIES[source]), source)

    assert len(set(losses)) == len(losses)


@both_ways
def test_one_byte_at_a_time(source: Protocol) -> None:
    stream = transcoder(source)

    out = b"".join([stream.feed(RICH[source][at : at + 1]) for at in range(len(RICH[source]))])

    assert out + stream.close() == transcode(RICH[source], source)
    assert stream.losses == losses_of(RICH[source], source)


@both_ways
def test_cut_off_at_every_byte(source: Protocol) -> None:
    """The end is claimed from the byte on with which the upstream has given its reason."""
    body = RICH[source]
    reason = b'"finish_reason": "tool_calls"' if source == "chat" else b'"stop_reason": "tool_use"'
    told = body.index(b"\n", body.index(reason))

    for cut in range(len(body) + 1):
        stream = transcoder(source)
        out = stream.feed(body[:cut]) + stream.close()

        assert is_finished(read_events(out), TARGETS[source]) == (cut >= told), body[:cut]
        assert stream.finished == (stream.error is None) == (cut >= told)


@both_ways
@QUICK
@given(data=st.data())
def test_cut_off_anywhere(source: Protocol, data: DataObject) -> None:
    body = data.draw(BODIES[source])
    cut = data.draw(st.integers(0, len(body)))
    stream = transcoder(source)

    out = stream.feed(body[:cut]) + stream.close()

    has_reason = b'"finish_reason": "' in body[:cut] or b'"stop_reason": "' in body[:cut] or b"[DONE]" in body[:cut]
    assert is_finished(read_events(out), TARGETS[source]) <= has_reason
    assert stream.finished == (stream.error is None)


@both_ways
@QUICK
@given(data=st.data())
def test_a_whole_stream_is_grammatical(source: Protocol, data: DataObject) -> None:
    assert is_finished(read_events(transcode(data.draw(BODIES[source]), source)), TARGETS[source])


# -- the same as without streaming -------------------------------------------------------------------


def accumulated(body: bytes, protocol: Protocol) -> JsonObject:
    accumulator = StreamAccumulator(protocol=protocol)
    accumulator.feed(body)
    accumulator.close()
    return accumulator.response.to_dict()


def said(value: Json) -> Json:
    """A document without what says nothing: nulls, and the numbers by which a stream counts annotations.

    Arguments are read, since a stream keeps how numbers are spelled.
    """
    if isinstance(value, dict):
        return {
            name: json.loads(item) if name == "arguments" else said(item)
            for name, item in value.items()
            if item is not None
            and (name, item) != ("content", "")
            and not (name == "index" and "url_citation" in value)
        }
    return [said(item) for item in value] if isinstance(value, list) else value


@both_ways
@QUICK
@given(data=st.data())
def test_transcoding_commutes_with_accumulating(source: Protocol, data: DataObject) -> None:
    body, target = data.draw(BODIES[source]), TARGETS[source]

    streamed = accumulated(transcode(body, source), target)

    at_once = convert_response(accumulated(body, source), source=source, target=target, options=OPTIONS)
    assert said(streamed) == said(at_once.to_dict())


@QUICK
@given(st.data(), calls())
def test_the_manner_of_telling_calls_does_not_matter(data: DataObject, made: list[Call]) -> None:
    deltas = data.draw(told_calls(made))

    stream = to_messages(*(chunk(delta) for delta in deltas), chunk(finish="tool_calls"), usage_chunk())

    content = accumulated(messages_body(*stream.events), "messages")["content"]
    assert [(each["id"], each["name"], each["input"]) for each in content] == [
        (call_id, name, json.loads(arguments)) for call_id, name, arguments in made
    ]


# -- ways to feed ----------------------------------------------------------------------------------


@both_ways
@QUICK
@given(data=st.data())
def test_lines_and_bytes_give_the_same(source: Protocol, data: DataObject) -> None:
    body = data.draw(BODIES[source])
    stream = transcoder(source)

    out = b"".join([stream.feed_line(line) for line in body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")])

    assert out + stream.close() == transcode(body, source)
    assert stream.losses == losses_of(body, source)


@both_ways
@QUICK
@given(data=st.data())
def test_events_and_bytes_give_the_same(source: Protocol, data: DataObject) -> None:
    events = data.draw(STREAMS[source])
    body = chat_body(*events) if source == "chat" else messages_body(*events)
    stream = transcoder(source)

    typed = [event for each in events for event in stream.feed_event(each)] + stream.close_events()

    plain = [event for event in read_events(transcode(body, source)) if "comment" not in event and "done" not in event]
    assert [event.to_dict() for event in typed] == plain
    assert stream.losses == losses_of(body, source)


@both_ways
def test_text_and_buffers_are_taken_too(source: Protocol) -> None:
    body = RICH[source]

    for data in (body.decode(), bytearray(body), memoryview(body)):
        stream = transcoder(source)
        assert stream.feed(data) + stream.close() == transcode(body, source)


# -- whatever comes --------------------------------------------------------------------------------


@both_ways
@settings(QUICK, max_examples=100)
@given(body=st.binary(max_size=200))
def test_no_bytes_make_feed_raise(source: Protocol, body: bytes) -> None:
    assert not is_finished(read_events(transcode(body, source)), TARGETS[source])


@both_ways
@settings(QUICK, max_examples=100)
@given(data=st.data())
def test_no_damage_makes_feed_raise(source: Protocol, data: DataObject) -> None:
    """A stream in which some bytes were replaced may come to its end or fail, but is written by the rules."""
    body = bytearray(RICH[source])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        body[start : start + data.draw(st.integers(0, 9))] = data.draw(_DAMAGE)
    stream = transcoder(source)

    out = stream.feed(bytes(body)) + stream.close()

    assert is_finished(read_events(out), TARGETS[source]) == stream.finished == (stream.error is None)


_DAMAGE = st.binary(max_size=3) | st.sampled_from(
    [b"null", b'"', b"{", b"}", b"[]", b"{}", b"-1", b"1e999", b"\\ud83d", b"\\", b"\n", b"\n\n", b"data: ", DONE]
)


@both_ways
@settings(QUICK, max_examples=100)
@given(data=st.data())
def test_no_json_makes_feed_raise(source: Protocol, data: DataObject) -> None:
    """One value within an event is replaced by another."""
    events = json.loads(json.dumps(data.draw(STREAMS[source])))
    node = events
    while True:
        key = data.draw(st.sampled_from(sorted(node)) if isinstance(node, dict) else st.integers(0, len(node) - 1))
        if not node[key] or not isinstance(node[key], (dict, list)) or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(json_values)
    body = b"".join([b"data: %b\n\n" % json.dumps(event).encode() for event in events])
    stream = transcoder(source)

    out = stream.feed(body) + stream.close()

    assert is_finished(read_events(out), TARGETS[source]) == stream.finished == (stream.error is None)


# -- at any point ----------------------------------------------------------------------------------


@both_ways
@QUICK
@given(data=st.data())
def test_pings_are_legal_at_any_point(source: Protocol, data: DataObject) -> None:
    body = data.draw(BODIES[source])
    cut = data.draw(st.integers(0, len(body)))
    stream = transcoder(source, Options(now=lambda: 0, eager_start=data.draw(st.booleans())))

    out = stream.ping() + stream.feed(body[:cut]) + stream.ping() + stream.feed(body[cut:]) + stream.close()

    assert is_finished(read_events(out), TARGETS[source])
    assert stream.ping() == b""


@both_ways
@QUICK
@given(data=st.data())
def test_a_stream_can_fail_at_any_point(source: Protocol, data: DataObject) -> None:
    body = data.draw(BODIES[source])
    cut = data.draw(st.integers(0, len(body)))
    stream = transcoder(source)

    out = stream.feed(body[:cut])
    was_finished = stream.finished
    out += stream.fail("connection reset")

    assert is_finished(read_events(out), TARGETS[source]) == was_finished == (stream.error is None)
    assert stream.error is None or stream.error.reason == "connection reset"
    assert stream.fail("again") == stream.close() == stream.feed(body) == b""


@both_ways
@pytest.mark.parametrize("whole", [True, False])
def test_nothing_follows_the_end(source: Protocol, whole: bool) -> None:
    stream = transcoder(source)
    stream.feed(RICH[source] if whole else RICH[source][:300])
    stream.close()

    assert stream.finished is whole
    assert stream.close() == stream.feed(RICH[source]) == stream.feed_line("data: {}") == stream.ping() == b""
    assert stream.feed_event({"type": "ping"}) == stream.close_events() == []


@both_ways
def test_the_same_bytes_every_time(source: Protocol) -> None:
    assert transcode(RICH[source], source) == transcode(RICH[source], source)
