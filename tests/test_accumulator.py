"""Whole streams: what we make of them is what the vendors' clients make of them, and never more than was said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import anthropic
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_transcode import InvalidPayload, Options, StreamError, chat, messages
from llm_transcode.accumulator import StreamAccumulator, stream_response
from llm_transcode.chat.grammar import StreamGrammar as ChatGrammar
from llm_transcode.messages.grammar import StreamGrammar as MessagesGrammar
from llm_transcode.protocols import Protocol
from tests.clients import read_by_anthropic, read_by_openai
from tests.recordings import JsonObject, needs_recordings, payloads, recordings
from tests.strategies import chat_replies, messages_replies

PROTOCOLS: Final[tuple[Protocol, ...]] = ("messages", "chat")

MESSAGE: Final[JsonObject] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        {"type": "text", "text": "Grüß 🐱"},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": [1, "ß"]}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 2},
}
COMPLETION: Final[JsonObject] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Grüß 🐱",
                "reasoning_content": "Hm.",
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}},
                    {"id": "call_2", "type": "function", "function": {"name": "g", "arguments": "{}"}},
                ],
            },
            "finish_reason": "tool_calls",
        },
        {"index": 1, "message": {"role": "assistant", "content": "b"}, "finish_reason": "stop"},
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}
RESPONSES: Final[dict[Protocol, JsonObject]] = {"messages": MESSAGE, "chat": COMPLETION}


def accumulated(body: bytes, protocol: Protocol) -> StreamAccumulator:
    accumulator = StreamAccumulator(protocol=protocol)
    accumulator.feed(body)
    accumulator.close()
    return accumulator


# -- feeding -----------------------------------------------------------------------------------------


def by_bytes(accumulator: StreamAccumulator, body: bytes) -> None:
    for position in range(len(body)):
        accumulator.feed(body[position : position + 1])


def by_lines(accumulator: StreamAccumulator, body: bytes) -> None:
    for line in body.split(b"\n"):
        accumulator.feed_line(line)


def by_text(accumulator: StreamAccumulator, body: bytes) -> None:
    accumulator.feed(body.decode())


def by_events(accumulator: StreamAccumulator, body: bytes) -> None:
    for event in payloads(body):
        accumulator.feed_event(event)


def by_typed_events(accumulator: StreamAccumulator, body: bytes) -> None:
    for event in payloads(body):
        accumulator.feed_event(messages.event_of(event) if "type" in event else chat.Chunk.from_object(event))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("feed", [by_bytes, by_lines, by_text, by_events, by_typed_events])
def test_however_it_is_fed(protocol: Protocol, feed: Callable[[StreamAccumulator, bytes], None]) -> None:
    accumulator = StreamAccumulator(protocol=protocol)
    feed(accumulator, stream_response(RESPONSES[protocol], protocol=protocol))

    assert accumulator.finished
    assert accumulator.error is None
    assert accumulator.response.to_dict() == RESPONSES[protocol]


def test_the_response_is_typed() -> None:
    assert type(accumulated(stream_response(MESSAGE, protocol="messages"), "messages").response) is messages.Response
    assert type(accumulated(stream_response(COMPLETION, protocol="chat"), "chat").response) is chat.Response


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_there_is_no_response_before_the_end(protocol: Protocol) -> None:
    accumulator = StreamAccumulator(protocol=protocol)
    for event in list(payloads(stream_response(RESPONSES[protocol], protocol=protocol)))[:-2]:
        assert not accumulator.finished
        with pytest.raises(StreamError, match="has not finished"):
            _ = accumulator.response
        accumulator.feed_event(event)


def without_counts(response: JsonObject) -> JsonObject:
    return {name: value for name, value in response.items() if name != "usage"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_cut_anywhere(protocol: Protocol) -> None:
    # The reason why it stopped ends the answer; only the counts of Chat come later.
    body = stream_response(RESPONSES[protocol], protocol=protocol)
    whole = [json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode() for event in payloads(body)]
    enough = body.index(whole[-2]) + len(whole[-2])
    for end in range(len(body)):
        accumulator = accumulated(body[:end], protocol)
        if end < enough:
            assert not accumulator.finished
            assert accumulator.error is not None
            with pytest.raises(StreamError):
                _ = accumulator.response
        else:
            assert without_counts(accumulator.response.to_dict()) == without_counts(RESPONSES[protocol])


def test_done_ends_a_stream_without_a_reason() -> None:
    start = stream_response({**MESSAGE, "stop_reason": None, "content": []}, protocol="messages")
    body = start[: start.index(b"event: message_delta")] + b"data: [DONE]\n\n"
    chunk = b'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n'

    assert accumulated(body, "messages").response.to_dict()["stop_reason"] is None
    assert accumulated(chunk + b"data: [DONE]", "chat").response.to_dict() == {
        "choices": [{"index": 0, "message": {"content": "a"}, "finish_reason": None}]
    }


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_follows_the_end_is_ignored(protocol: Protocol) -> None:
    body = stream_response(RESPONSES[protocol], protocol=protocol)
    accumulator = StreamAccumulator(protocol=protocol)
    accumulator.feed(body)
    accumulator.feed(b"data: {\n\n" + body)
    accumulator.feed_event({"type": "error", "error": {"type": "x", "message": "y"}})
    accumulator.close()
    accumulator.close()

    assert accumulator.response.to_dict() == RESPONSES[protocol]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            b'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"It broke."}}\n\n',
            "failed: It broke.",
        ),
        (b'event: error\ndata: {"message":"It broke."}\n\n', "It broke."),
        (b'event: error\ndata: "It broke."\n\n', ""),
        (b"data: {\n\n", "the data of an event is no JSON object"),
        (b'data: {"novel":1e999}\n\n', "the data of an event is no JSON object: expected a number that JSON can hold"),
        (b"data: 1\n\n", "the data of an event is no JSON object"),
        (b'data: {"type":"content_block_delta","choices":1}\n\n', ""),
        (b"", "the stream ended early"),
    ],
)
def test_a_stream_that_fails_makes_no_response(protocol: Protocol, wrong: bytes, reason: str) -> None:
    body = stream_response(RESPONSES[protocol], protocol=protocol)
    accumulator = accumulated(body[: len(body) // 2].rpartition(b"\n\n")[0] + b"\n\n" + wrong, protocol)
    error = accumulator.error
    accumulator.feed(body)

    assert error is not None
    assert reason in error.reason
    assert accumulator.error is error
    assert not accumulator.finished
    with pytest.raises(StreamError) as caught:
        _ = accumulator.response
    assert (caught.value.reason, caught.value.path) == (error.reason, error.path)


def test_pings_comments_and_events_on_one_line() -> None:
    body = stream_response(MESSAGE, protocol="messages")
    first, rest = body.split(b"\n\n", 1)
    body = b": hello\n\nevent: ping\ndata:\n\nevent: ping\ndata: {}\n\n" + first + b'\ndata: {"type":"ping"}\n\n' + rest

    assert accumulated(body, "messages").response.to_dict() == MESSAGE


def test_the_end_of_the_body_is_an_error_unless_the_upstream_said_why_it_stopped() -> None:
    accumulator = StreamAccumulator(protocol="chat")
    accumulator.close()

    assert accumulator.error is not None
    assert (accumulator.error.reason, accumulator.error.path) == ("the stream ended early", "$")


def test_an_error_names_the_place_within_its_event() -> None:
    accumulator = StreamAccumulator(protocol="chat")
    accumulator.feed(b'data: {"choices":[],"novel":[1e999]}\n\n')

    assert accumulator.error is not None
    assert accumulator.error.path == "$.novel[0]"


def test_half_a_surrogate_pair_in_a_text_is_replaced() -> None:
    accumulator = StreamAccumulator(protocol="chat")
    accumulator.feed('data: {"choices":[{"index":0,"delta":{"content":"\ud83d"},"finish_reason":"stop"}]}\n\n')

    assert accumulator.error is None
    assert accumulator.response.to_dict()["choices"][0]["message"]["content"] == "\ufffd" * 3


def test_what_adds_up_to_no_response() -> None:
    chunks = b'data: {"choices":[{"index":0,"delta":{"audio":{"data":"QQ=="}},"finish_reason":"stop"}]}\n\n'

    with pytest.raises(StreamError, match="adds up to no response") as caught:
        _ = accumulated(chunks, "chat").response
    assert caught.value.path == "$.choices[0].message.audio.id"


def test_the_size_of_an_event_is_limited_and_that_of_the_response_is_not() -> None:
    chunk = b'data: {"choices":[{"index":0,"delta":{"content":"aaaaaaaaaaaaaaaaaaaa"},"finish_reason":null}]}\n\n'
    accumulator = StreamAccumulator(protocol="chat", options=Options(max_event_bytes=120))
    accumulator.feed(chunk * 100)
    assert accumulator.error is None

    accumulator.feed(b"data: " + b"x" * 200)
    assert accumulator.error is not None
    assert "larger than 120 bytes" in accumulator.error.reason


def test_deep_nesting_is_an_error() -> None:
    accumulator = StreamAccumulator(protocol="chat")
    accumulator.feed(b'data: {"choices":[],"novel":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n\n")

    assert accumulator.error is not None


def test_unknown_protocols() -> None:
    unknown: Any = "smoke"
    with pytest.raises(ValueError, match="unknown protocol 'smoke'"):
        StreamAccumulator(protocol=unknown)
    with pytest.raises(ValueError, match="unknown protocol 'smoke'"):
        stream_response({}, protocol=unknown)


# -- back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "protocol"),
    [
        ({}, "messages"),
        ({"type": "error", "error": {"type": "x", "message": "y"}}, "messages"),
        (COMPLETION, "messages"),
        ({"error": {"message": "x"}}, "chat"),
        (MESSAGE, "chat"),
        (b"[]", "chat"),
        (b"{", "chat"),
    ],
)
def test_what_is_no_response_is_refused(body: Any, protocol: Protocol) -> None:
    with pytest.raises(InvalidPayload):
        stream_response(body, protocol=protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_response_in_any_form(protocol: Protocol) -> None:
    body = RESPONSES[protocol]
    model = messages.Response.parse(body) if protocol == "messages" else chat.Response.parse(body)
    written = stream_response(body, protocol=protocol)

    assert stream_response(json.dumps(body), protocol=protocol) == written
    assert stream_response(json.dumps(body).encode(), protocol=protocol) == written
    assert stream_response(model, protocol=protocol) == written


@pytest.mark.parametrize(
    ("response", "body"),
    [
        (
            {"id": "c", "object": "chat.completion", "choices": []},
            b'data: {"id":"c","object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n',
        ),
        ({"choices": []}, b'data: {"object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n'),
    ],
)
def test_the_bytes_of_a_stream(response: JsonObject, body: bytes) -> None:
    assert stream_response(response, protocol="chat") == body


def test_what_clients_cannot_do_without_is_filled_in() -> None:
    message = {name: value for name, value in MESSAGE.items() if name != "usage"}
    completion = {name: value for name, value in COMPLETION.items() if name != "object"}

    assert read_by_anthropic(stream_response(message, protocol="messages"))["usage"]["output_tokens"] == 0
    assert read_by_openai(stream_response(completion, protocol="chat"))["choices"][1]["message"]["content"] == "b"


def without_nulls(value: Any) -> Any:
    """A value without fields that are null, which the clients add, and what they parse or rewrite for convenience."""
    if isinstance(value, str):
        return value.replace("+00:00", "Z")
    if isinstance(value, dict):
        parsed = {"parsed", "parsed_arguments", "parsed_output"}
        return {key: without_nulls(item) for key, item in value.items() if item is not None and key not in parsed}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def without_indices(completion: JsonObject) -> JsonObject:
    """A completion without the index of each call, which the client keeps from its chunks."""
    for choice in completion["choices"]:
        for call in (choice.get("message") or {}).get("tool_calls") or []:
            call.pop("index", None)
    return completion


def follow_messages(body: bytes) -> MessagesGrammar:
    grammar = MessagesGrammar()
    for event in payloads(body):
        grammar.step(event)
    return grammar


def follow_chat(body: bytes) -> ChatGrammar:
    grammar = ChatGrammar()
    for chunk in payloads(body):
        grammar.step(chunk)
    if b"data: [DONE]" in body:
        grammar.done()
    return grammar


@settings(deadline=None)
@given(messages_replies())
def test_anthropics_client_reads_what_we_write(response: JsonObject) -> None:
    body = stream_response(response, protocol="messages")

    assert without_nulls(read_by_anthropic(body)) == without_nulls(response)
    assert follow_messages(body).finished


@settings(deadline=None)
@given(chat_replies(rich=False))
def test_openais_client_reads_what_we_write(response: JsonObject) -> None:
    body = stream_response(response, protocol="chat")

    assert without_nulls(without_indices(read_by_openai(body))) == without_nulls(response)
    assert follow_chat(body).finished


@given(st.sampled_from(PROTOCOLS), st.data())
def test_what_we_write_we_read(protocol: Protocol, data: st.DataObject) -> None:
    response = data.draw(messages_replies() if protocol == "messages" else chat_replies())

    assert accumulated(stream_response(response, protocol=protocol), protocol).response.to_dict() == response


# -- recorded streams --------------------------------------------------------------------------------


@needs_recordings
@pytest.mark.parametrize("path", recordings("messages", "stream"), ids=lambda path: path.stem)
def test_messages_streams_add_up_to_what_anthropics_client_says(path: Path) -> None:
    body = path.read_bytes()
    accumulator = accumulated(body, "messages")
    try:
        theirs = read_by_anthropic(body)
    except anthropic.APIStatusError:
        assert accumulator.error is not None
        return

    ours = accumulator.response.to_dict()
    if ours["stop_reason"] == "max_tokens":  # the client completes the input of a call that was cut off
        theirs["content"] = [
            {**block, "input": mine["input"]} if "_raw_arguments" in mine.get("input", {}) else block
            for block, mine in zip(theirs["content"], ours["content"], strict=True)
        ]
    assert without_nulls(ours) == without_nulls(theirs)


def is_regular(body: bytes) -> bool:
    """Whether a Chat stream is as OpenAI's own."""
    try:
        return follow_chat(body).state in ("answered", "counted", "done")
    except StreamError:
        return False


def comparable(response: JsonObject, body: bytes) -> JsonObject:
    """What the client and we must agree on, whatever the vendor.

    The client appends roles and ids that are repeated, keeps the counts and fingerprint of the last chunk only
    and the vendor's own fields of the first chunk only, skips a last event without its blank line, and does not
    know content in parts.
    """
    *_, last = payloads(body)
    choices = [without_what_the_client_misses(choice, body) for choice in response["choices"]]
    counts = last.get("usage") and not last.get("x_groq") and body.endswith(b"\n\n")
    counted = {"usage": response.get("usage")} if counts else {}
    return {"id": response.get("id"), "choices": choices, **counted}


def repeats_an_id(body: bytes) -> bool:
    """Whether some fragment that is not the first of its call has the call's id."""
    choices = [choice for chunk in payloads(body) for choice in chunk.get("choices") or []]
    fragments = [call for choice in choices for call in (choice.get("delta") or {}).get("tool_calls") or []]
    ids = [call["id"] for call in fragments if call.get("id")]
    return len(ids) > len(set(ids))


def without_what_the_client_misses(choice: JsonObject, body: bytes) -> JsonObject:
    said = choice.get("message") or {}
    kept = {name: said.get(name) for name in ("refusal", "reasoning", "reasoning_content", "function_call", "audio")}
    if b'"content":[' not in body.replace(b" ", b""):
        kept["content"] = said.get("content") or None
    if not repeats_an_id(body):
        calls = said.get("tool_calls") or []
        kept["tool_calls"] = [{"id": call.get("id"), "function": call.get("function")} for call in calls]
    return {"index": choice["index"], "message": kept, "logprobs": choice.get("logprobs")}


@needs_recordings
@pytest.mark.parametrize("path", recordings("chat", "stream"), ids=lambda path: path.stem)
def test_chat_streams_add_up_to_what_openais_client_says(path: Path) -> None:
    body = path.read_bytes()
    accumulator = accumulated(body, "chat")
    try:
        theirs = without_indices(read_by_openai(body))
    except openai.APIError:
        assert accumulator.error is not None
        return
    except (AssertionError, IndexError, RuntimeError, TypeError):
        assert not is_regular(body)
        assert accumulator.finished
        return

    ours = without_indices(accumulator.response.to_dict())
    assert without_nulls(comparable(ours, body)) == without_nulls(comparable(theirs, body))
    if is_regular(body):
        reasons = [choice["finish_reason"] for choice in ours["choices"]]
        assert reasons == [choice["finish_reason"] for choice in theirs["choices"]]


@needs_recordings
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_recorded_streams_that_are_cut_make_no_response(protocol: Protocol) -> None:
    for path in recordings(protocol, "stream"):
        body = path.read_bytes()
        reason = b'"stop_reason":"' if protocol == "messages" else b'"finish_reason":"'
        accumulator = accumulated(body[: body.find(reason) + 1], protocol)
        assert accumulator.error is not None, path.name


@needs_recordings
@pytest.mark.parametrize("path", recordings("messages", "response"), ids=lambda path: path.stem)
def test_recorded_messages_are_read_by_anthropics_client(path: Path) -> None:
    body = stream_response(path.read_bytes(), protocol="messages")
    response = json.loads(path.read_bytes())

    assert without_nulls(read_by_anthropic(body)) == without_nulls(response)
    assert accumulated(body, "messages").response.to_dict() == response


@needs_recordings
@pytest.mark.parametrize("path", recordings("chat", "response"), ids=lambda path: path.stem)
def test_recorded_completions_are_read_by_openais_client(path: Path) -> None:
    body = stream_response(path.read_bytes(), protocol="chat")
    response = without_indices(json.loads(path.read_bytes()))
    theirs = without_indices(read_by_openai(body))

    assert without_nulls(comparable(theirs, body)) == without_nulls(comparable(response, body))
