"""Streams of both protocols in few words, and the transcoding of them that the tests compare whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from llm_transcode import Options, ReplyContext, StreamAccumulator, StreamTranscoder, convert_response
from llm_transcode.errors import StreamError
from llm_transcode.protocols import Protocol

__all__ = [
    "DONE",
    "Json",
    "JsonObject",
    "NO_CLOCK",
    "SPENT",
    "Stream",
    "block",
    "call",
    "chat_body",
    "chunk",
    "content_of",
    "counted",
    "failed_chat",
    "failed_messages",
    "finished",
    "message_end",
    "message_start",
    "messages_body",
    "read_events",
    "text_block",
    "thinking_block",
    "to_chat",
    "to_messages",
    "tool_block",
    "transcode",
    "usage_chunk",
    "whole_content",
]

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
Losses: TypeAlias = list[tuple[str, str]]

DONE: Final = b"data: [DONE]\n\n"
NO_CLOCK: Final = Options(now=lambda: 0)
"""Spares the tests the loss that Anthropic does not say when it answered."""

# -- transcoding -----------------------------------------------------------------------------------


@dataclass
class Stream:
    """What came of a stream: its events, code and path of each loss, and how it ended."""

    events: list[JsonObject]
    losses: Losses
    finished: bool
    error: StreamError | None


def transcode(
    body: bytes,
    source: Protocol,
    context: ReplyContext | None = None,
    options: Options | None = None,
) -> Stream:
    """Feed a whole body and close."""
    target: Protocol = "chat" if source == "messages" else "messages"
    stream = StreamTranscoder(source=source, target=target, context=context, options=options)
    out = stream.feed(body) + stream.close()
    losses = [(loss.code.value, loss.path) for loss in stream.losses]
    return Stream(read_events(out), losses, stream.finished, stream.error)


def to_messages(
    *chunks: JsonObject, end: bytes = DONE, context: ReplyContext | None = None, options: Options | None = None
) -> Stream:
    """Transcode a Chat stream of these chunks; ``end`` follows them."""
    return transcode(chat_body(*chunks, end=end), "chat", context, options)


def to_chat(*events: JsonObject, context: ReplyContext | None = None, options: Options = NO_CLOCK) -> Stream:
    """Transcode a Messages stream of these events."""
    return transcode(messages_body(*events), "messages", context, options)


def chat_body(*chunks: JsonObject, end: bytes = DONE) -> bytes:
    """The bytes of a Chat stream."""
    return b"".join([b"data: %b\n\n" % json.dumps(each).encode() for each in chunks]) + end


def messages_body(*events: JsonObject) -> bytes:
    """The bytes of a Messages stream."""
    return b"".join(
        [b"event: %b\ndata: %b\n\n" % (each["type"].encode(), json.dumps(each).encode()) for each in events]
    )


def content_of(events: Iterable[JsonObject]) -> list[JsonObject]:
    """The blocks that the events of a Messages stream add up to."""
    accumulator = StreamAccumulator(protocol="messages")
    for event in events:
        accumulator.feed_event(event)
    content: list[JsonObject] = accumulator.response.to_dict()["content"]
    return content


def whole_content(*chunks: JsonObject) -> list[JsonObject]:
    """The blocks that become of the whole reply to which the chunks of a Chat stream add up."""
    accumulator = StreamAccumulator(protocol="chat")
    accumulator.feed(chat_body(*chunks))
    reply = convert_response(accumulator.response, source="chat", target="messages")
    content: list[JsonObject] = reply.to_dict()["content"]
    return content


def read_events(body: bytes) -> list[JsonObject]:
    """The events of a stream that we wrote; ``[DONE]`` and comments stand as objects of their own."""
    assert body == b"" or body.endswith(b"\n\n")
    return [_read_event(piece) for piece in body.decode().split("\n\n")[:-1]]


def _read_event(text: str) -> JsonObject:
    if text.startswith(": "):
        return {"comment": text[2:]}
    if text == "data: [DONE]":
        return {"done": True}
    *names, data = text.split("\n")
    event: JsonObject = json.loads(data.removeprefix("data: "))
    assert names == ([f"event: {event['type']}"] if "type" in event else [])
    return event


# -- Chat ------------------------------------------------------------------------------------------


def chunk(delta: JsonObject | None = None, finish: str | None = None, **fields: Json) -> JsonObject:
    """A chunk with one choice; without a delta it has none, only a finish reason."""
    choice = {"index": 0, "delta": delta or {}, "logprobs": None, "finish_reason": finish}
    head = {"id": "r1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    return {**head, "choices": [choice], **fields}


def call(
    index: int | None = 0, call_id: str | None = None, name: str | None = None, arguments: str | None = None
) -> JsonObject:
    """A delta with one fragment of a call; what is None is absent."""
    function = {"name": name, "arguments": arguments}
    fragment = {"index": index, "id": call_id, "type": "function" if call_id else None}
    said: JsonObject = {key: value for key, value in fragment.items() if value is not None}
    said["function"] = {key: value for key, value in function.items() if value is not None}
    return {"tool_calls": [said]}


def usage_chunk(prompt: int = 1, output: int = 2, **fields: Json) -> JsonObject:
    """The chunk that brings the counts; by default those that `SPENT` says in Anthropic's words."""
    usage = {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output}
    return chunk(choices=[], usage={**usage, **fields})


def finished(finish: str = "stop", *, usage: JsonObject | None = None, **choice: Json) -> list[JsonObject]:
    """The end of a Chat stream that we write."""
    last = chunk(finish=finish)
    last["choices"][0].update(choice)
    counts = [] if usage is None else [chunk(choices=[], usage=usage)]
    return [last, *counts, {"done": True}]


def failed_chat(message: str, kind: str = "server_error", code: str | None = None) -> JsonObject:
    """The in-band error of Chat."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


# -- Messages --------------------------------------------------------------------------------------


def counted(fresh: int = 0, written: int = 0, read: int = 0, output: int = 0, **fields: Json) -> JsonObject:
    """Usage as Anthropic counts it."""
    counts = {"input_tokens": fresh, "cache_creation_input_tokens": written, "cache_read_input_tokens": read}
    return {**counts, "output_tokens": output, **fields}


SPENT: Final = counted(1, output=2)


def message_start(*, usage: JsonObject | None = None, **fields: Json) -> JsonObject:
    """The start of a Messages stream."""
    message = {
        "id": "r1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage or counted(),
        **fields,
    }
    return {"type": "message_start", "message": message}


def block(index: int, opening: JsonObject, deltas: Iterable[JsonObject] = ()) -> list[JsonObject]:
    """A whole block."""
    return [
        {"type": "content_block_start", "index": index, "content_block": opening},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text_block(index: int, *pieces: str) -> list[JsonObject]:
    """A block of text, delta by delta."""
    return block(index, {"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces])


def thinking_block(index: int, *pieces: str, signature: str | None = None) -> list[JsonObject]:
    """A block of thinking, delta by delta."""
    deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces]
    if signature is not None:
        deltas.append({"type": "signature_delta", "signature": signature})
    return block(index, {"type": "thinking", "thinking": "", "signature": ""}, deltas)


def tool_block(index: int, call_id: str, name: str, *pieces: str) -> list[JsonObject]:
    """A call, delta by delta."""
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return block(index, {"type": "tool_use", "id": call_id, "name": name, "input": {}}, deltas)


def message_end(stop: str = "end_turn", *, usage: JsonObject = SPENT, **delta: Json) -> list[JsonObject]:
    """The end of a Messages stream."""
    told = {"stop_reason": stop, "stop_sequence": None, **delta}
    return [{"type": "message_delta", "delta": told, "usage": usage}, {"type": "message_stop"}]


def failed_messages(message: str, kind: str = "api_error", **fields: Json) -> JsonObject:
    """The in-band error of Messages."""
    return {"type": "error", "error": {"type": kind, "message": message, **fields}}
