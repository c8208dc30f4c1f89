"""Our own part of what is timed: from bytes to bytes, and the least that the same bytes cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

from pydantic_core import from_json, to_json

from llm_transcode import Options, ReplyContext, StreamTranscoder, convert_request, convert_response
from llm_transcode.protocols import Protocol

from .timing import Work

__all__ = [
    "OTHER",
    "OURS",
    "SOURCES",
    "Kind",
    "convert",
    "direction",
    "document_floors",
    "frame",
    "open_stream",
    "stream_floors",
    "transcode",
]

Kind: TypeAlias = Literal["request", "reply"]

OURS: Final = "llm-transcode"
SOURCES: Final[tuple[Protocol, ...]] = ("messages", "chat")
OTHER: Final[dict[Protocol, Protocol]] = {"messages": "chat", "chat": "messages"}

_OPTIONS: Final = Options()
_CONTEXT: Final = ReplyContext(include_usage=True)


def direction(source: Protocol) -> str:
    return f"{source} to {OTHER[source]}"


def convert(kind: Kind, source: Protocol, body: bytes) -> bytes:
    target = OTHER[source]
    if kind == "request":
        return convert_request(body, source=source, target=target, options=_OPTIONS).to_json()
    return convert_response(body, source=source, target=target, context=_CONTEXT, options=_OPTIONS).to_json()


def open_stream(source: Protocol) -> StreamTranscoder:
    return StreamTranscoder(source=source, target=OTHER[source], context=_CONTEXT, options=_OPTIONS)


def transcode(source: Protocol, pieces: Iterable[bytes]) -> bytes:
    stream = open_stream(source)
    return b"".join([*map(stream.feed, pieces), stream.close()])


def frame(source: Protocol, payload: bytes) -> bytes:
    """An event as its vendor sends it: Messages names it in a line of its own."""
    if source == "chat":
        return b"data: " + payload + b"\n\n"
    name: str = from_json(payload)["type"]
    return b"event: " + name.encode() + b"\ndata: " + payload + b"\n\n"


# -- the least -------------------------------------------------------------------------------------


def document_floors(kind: Kind, source: Protocol, body: bytes) -> dict[str, Work]:
    """Reading what comes in and writing what goes out; reading and writing what comes in."""
    answer = from_json(convert(kind, source, body))
    return {"floor": lambda: (from_json(body), to_json(answer)), "same JSON": lambda: to_json(from_json(body))}


def stream_floors(source: Protocol, payloads: Sequence[bytes]) -> dict[str, Work]:
    """The same for the events of a stream. What goes out may be larger or smaller than what comes in."""
    out = transcode(source, (frame(source, payload) for payload in payloads))
    data = [line.removeprefix(b"data: ") for line in out.split(b"\n") if line.startswith(b"data: {")]
    answers = [from_json(payload) for payload in data]

    def read_and_write() -> object:
        return [*map(from_json, payloads)], [*map(to_json, answers)]

    return {"floor": read_and_write, "same JSON": lambda: [to_json(from_json(payload)) for payload in payloads]}
