"""Recorded streams: what the target's stream looks like, and what the official SDKs make of both sides."""

from __future__ import annotations

import json
import warnings
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import anthropic
import httpx2
import openai

from .chunks import as_openai
from .documents import Fault, Json, JsonObject, Path, arguments_of, objects, record, string
from .referee import without_carriers
from .sdk import type_faults

__all__ = ["accumulated", "events", "failure", "is_complete", "objects_of", "plain", "stream_faults"]

_QUESTION: Final = "?"
_TOKENS: Final = 1
_NOT_A_KEY: Final = "none"


def accumulated(body: bytes, protocol: str) -> JsonObject:
    """The reply that the vendor's own client puts together from a stream; raises what the client raises."""
    reply = _by_client(body, protocol)
    if protocol == "messages":
        _uncover(reply, body)
    return reply


def _uncover(reply: JsonObject, body: bytes) -> None:
    """Anthropic's client completes the input of a call that was cut off; what was really said is its text."""
    inputs: defaultdict[int, str] = defaultdict(str)
    for _, data in events(body):
        event = _parsed(data)
        inputs[event.get("index", -1)] += string(record(event.get("delta")).get("partial_json"))
    for (index,), block in objects(reply.get("content"), ()):
        if isinstance(arguments_of(inputs[int(index)]), str):
            block["input"] = inputs[int(index)]


def _by_client(body: bytes, protocol: str) -> JsonObject:
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=body)
    )
    with httpx2.Client(transport=transport) as http, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDKs warn where a vendor deviates from their types
        return _by_anthropic(http) if protocol == "messages" else _by_openai(http)


def _by_anthropic(http: httpx2.Client) -> JsonObject:
    client = anthropic.Anthropic(api_key=_NOT_A_KEY, base_url="http://test", http_client=http, max_retries=0)
    turns: list[anthropic.types.MessageParam] = [{"role": "user", "content": _QUESTION}]
    with client.messages.stream(model=_QUESTION, max_tokens=_TOKENS, messages=turns) as stream:
        return stream.get_final_message().to_dict(mode="json")


def _by_openai(http: httpx2.Client) -> JsonObject:
    client = openai.OpenAI(api_key=_NOT_A_KEY, base_url="http://test", http_client=http, max_retries=0)
    turns: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": _QUESTION}]
    with client.chat.completions.stream(model=_QUESTION, messages=turns) as stream:
        for _ in stream:
            pass
        # What is final raises for an answer that was cut off or filtered; the snapshot is the same answer.
        return stream.current_completion_snapshot.to_dict(mode="json")


def plain(body: bytes) -> bytes:
    """A recorded Chat stream without the deviations that OpenAI's client does not understand."""
    return as_openai([chunk for chunk in objects_of(body) if chunk])


# -- the stream itself -----------------------------------------------------------------------------


def events(body: bytes) -> Iterator[tuple[str, str]]:
    """The events of a server-sent event stream, as pairs of name and data."""
    for block in body.decode(errors="surrogateescape").replace("\r\n", "\n").split("\n\n"):
        name, data = "", []
        for line in block.split("\n"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
        if data:
            yield name, "\n".join(data)


def objects_of(body: bytes) -> Iterator[JsonObject]:
    """The data of the events of a stream; empty objects stand for what is no JSON object."""
    return (_parsed(data) for _, data in events(body))


def failure(body: bytes) -> Json:
    """The error that a stream of either protocol reports in-band, or None."""
    for _, data in events(body):
        if '"error"' in data and (error := _parsed(data).get("error")):
            return error
    return None


def _parsed(data: str) -> JsonObject:
    """The data of an event, or an empty object for what is no JSON object, such as ``[DONE]``."""
    try:
        return record(json.loads(data))
    except ValueError:
        return {}


def is_complete(body: bytes, protocol: str) -> bool:
    """Whether a stream came to its end, as far as its vendor gave it one."""
    found = list(events(body))
    if protocol == "messages":
        return any(_parsed(data).get("type") == "message_stop" for _, data in found)
    if found and found[-1][1] == "[DONE]":
        return True
    chunks = [_parsed(data) for _, data in found]
    return any(choice.get("finish_reason") for chunk in chunks for _, choice in objects(chunk.get("choices"), ()))


def stream_faults(body: bytes, protocol: str) -> Iterator[Fault]:
    """What is wrong with a stream that was written."""
    if protocol == "messages":
        return _messages_faults(list(events(body)))
    return _chat_faults(list(events(body)))


def _messages_faults(found: list[tuple[str, str]]) -> Iterator[Fault]:
    """Blocks come one at a time, numbered from 0; an error may end the stream at any point."""
    state, block = "", -1
    for number, (name, data) in enumerate(found):
        event = _parsed(data)
        path: Path = (number,)
        kind = event.get("type")
        if name != kind:
            yield Fault("event name", path, f"{name!r} does not repeat the type {kind!r}")
        if kind in ("ping", "error"):
            state = "message_stop" if kind == "error" else state
            continue
        yield from (Fault(f.rule, (number, *f.path), f.message) for f in type_faults(event, "messages", "event"))
        if state not in _BEFORE.get(str(kind), ()):
            yield Fault("event order", path, f"{kind} after {state or 'nothing'}")
        block += kind == "content_block_start"
        if event.get("index", block) != block:
            yield Fault("event order", path, f"index {event.get('index')} while block {block} is the open one")
        state = str(kind)
    if state != "message_stop":
        yield Fault("event order", (), f"the stream ends after {state or 'nothing'}")


_BEFORE: Final = {
    "message_start": ("",),
    "content_block_start": ("message_start", "content_block_stop"),
    "content_block_delta": ("content_block_start", "content_block_delta"),
    "content_block_stop": ("content_block_start", "content_block_delta"),
    "message_delta": ("message_start", "content_block_stop"),
    "message_stop": ("message_delta",),
}
"""What may stand directly before each event of a Messages stream, pings aside."""


def _chat_faults(found: list[tuple[str, str]]) -> Iterator[Fault]:
    chunks = [_parsed(data) for _, data in found if data != "[DONE]"]
    yield from (Fault("event name", (n,), "Chat events have no name") for n, (name, _) in enumerate(found) if name)
    failed = bool(chunks) and bool(chunks[-1].get("error"))
    if not failed:
        yield from _end_faults(found, chunks)
    for number, chunk in enumerate(chunks[:-1] if failed else chunks):
        typed = without_carriers(chunk)
        yield from (Fault(f.rule, (number, *f.path), f.message) for f in type_faults(typed, "chat", "event"))
    for name in ("id", "model", "created"):
        if len({chunk.get(name) for chunk in chunks if "error" not in chunk}) > 1:
            yield Fault("chunk", (name,), "changes within the stream")
    yield from _delta_faults(chunks)


def _end_faults(found: list[tuple[str, str]], chunks: list[JsonObject]) -> Iterator[Fault]:
    if not found or found[-1][1] != "[DONE]":
        yield Fault("end", (), "the stream does not end with [DONE]")
    finished = [
        choice for chunk in chunks for _, choice in objects(chunk.get("choices"), ()) if choice.get("finish_reason")
    ]
    if len(finished) != 1:
        yield Fault("finish reason", (), f"stands in {len(finished)} chunks")
    if any(chunk.get("usage") for chunk in chunks[:-1]):
        yield Fault("usage", (), "stands before the last chunk, where a client would forget it")


def _delta_faults(chunks: list[JsonObject]) -> Iterator[Fault]:
    """Tool calls are numbered from 0 in order, and only their first delta holds id and name."""
    calls = 0
    finished = False
    for number, chunk in enumerate(chunks):
        for path, choice in objects(chunk.get("choices"), (number, "choices")):
            delta = record(choice.get("delta"))
            if finished and any(delta.values()):
                yield Fault("chunk", path, "says something after the finish reason")
            finished = finished or bool(choice.get("finish_reason"))
            for at, call in objects(delta.get("tool_calls"), (*path, "delta", "tool_calls")):
                opens = "id" in call
                if call.get("index") != (calls if opens else calls - 1):
                    yield Fault("tool call", at, f"index {call.get('index')} after {calls} calls")
                if opens and not record(call.get("function")).get("name"):
                    yield Fault("tool call", at, "opens without a name")
                calls += opens
