"""What is timed: each conversion of ours, next to reading and writing the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pydantic_core import from_json, to_json

from llm_transcode import Converted, Options, ReplyContext, StreamTranscoder, convert_request, convert_response
from llm_transcode.protocols import Protocol
from llm_transcode.wire import WireModel

from . import inputs

__all__ = ["Case", "cases"]

_OPTIONS = Options()
_CONTEXT = ReplyContext(include_usage=True)
_DIRECTIONS: tuple[tuple[Protocol, Protocol], ...] = (("messages", "chat"), ("chat", "messages"))


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table."""

    name: str
    ours: Callable[[], object]
    floor: Callable[[], object]
    """Reads and writes the same JSON, and does nothing with it."""
    bytes: int
    events: int = 1
    """Streams are reported by the event."""


def cases() -> Iterator[Case]:
    """Requests, replies and streams, in both directions."""
    for source, target in _DIRECTIONS:
        body = inputs.messages_request() if source == "messages" else inputs.chat_request()
        yield _document(f"request, {source} to {target}", body, partial(_request, body, source, target))
    for source, target in _DIRECTIONS:
        body = inputs.messages_reply() if source == "messages" else inputs.chat_reply()
        yield _document(f"reply, {source} to {target}", body, partial(_reply, body, source, target))
    for source, target in _DIRECTIONS:
        payloads = inputs.messages_stream() if source == "messages" else inputs.chat_stream()
        yield _stream(f"stream, {source} to {target}", payloads, source, target)


def _document(name: str, body: bytes, ours: Callable[[], object]) -> Case:
    return Case(name, ours, lambda: to_json(from_json(body)), len(body))


def _stream(name: str, payloads: list[bytes], source: Protocol, target: Protocol) -> Case:
    frames = [b"data: " + payload + b"\n\n" for payload in payloads]
    if source == "chat":
        frames.append(b"data: [DONE]\n\n")
    return Case(
        name,
        partial(_streamed, frames, source, target),
        lambda: [to_json(from_json(payload)) for payload in payloads],
        sum(map(len, payloads)),
        len(payloads),
    )


def _request(body: bytes, source: Protocol, target: Protocol) -> bytes:
    converted: Converted[WireModel] = convert_request(body, source=source, target=target, options=_OPTIONS)
    return converted.to_json()


def _reply(body: bytes, source: Protocol, target: Protocol) -> bytes:
    converted: Converted[WireModel] = convert_response(
        body, source=source, target=target, context=_CONTEXT, options=_OPTIONS
    )
    return converted.to_json()


def _streamed(frames: list[bytes], source: Protocol, target: Protocol) -> bytes:
    stream = StreamTranscoder(source=source, target=target, context=_CONTEXT, options=_OPTIONS)
    return b"".join([*map(stream.feed, frames), stream.close()])
