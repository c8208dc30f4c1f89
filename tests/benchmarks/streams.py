"""Streams: ours beside the floor and the peers, and the ways of feeding one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from pydantic_core import from_json

from llm_transcode.protocols import Protocol

from . import inputs
from .documents import timed_tables
from .peers import Peer, willing
from .tables import Table
from .timing import Effort, Work, medians, race
from .work import OURS, SOURCES, direction, frame, open_stream, stream_floors, transcode

__all__ = ["pieces", "streams"]

_PIECE: Final = 4096
"""Bytes that a socket may well give at once."""

_DONE: Final[dict[Protocol, list[bytes]]] = {"messages": [], "chat": [b"data: [DONE]\n\n"]}


def streams(effort: Effort, peers: Mapping[str, Peer]) -> Iterator[Table]:
    """Thinking, text and tool calls in some hundred events."""
    payloads = {direction(source): (source, inputs.stream(source)) for source in SOURCES}
    rounds = {name: race(_contestants(source, found, peers), effort) for name, (source, found) in payloads.items()}
    units = {name: len(found) for name, (_, found) in payloads.items()}
    for table in timed_tables("streams", rounds, units):
        yield Table(table.name, f"each event, {table.caption}", table.rows, table.floor)
    yield _ways_of_feeding(effort)


def pieces(body: bytes, size: int) -> list[bytes]:
    """The body, cut after so many bytes."""
    return [body[start : start + size] for start in range(0, len(body), size)]


def _contestants(source: Protocol, payloads: list[bytes], peers: Mapping[str, Peer]) -> dict[str, Work]:
    works: dict[str, Work] = {**stream_floors(source, payloads), OURS: partial(transcode, source, _frames(source))}
    others = ((name, peer.streams.get(source)) for name, peer in peers.items())
    return works | willing({name: partial(other, payloads) for name, other in others if other is not None})


def _frames(source: Protocol) -> list[bytes]:
    return [frame(source, payload) for payload in inputs.stream(source)] + _DONE[source]


def _ways_of_feeding(effort: Effort) -> Table:
    rows: dict[str, dict[str, float]] = {}
    for source in SOURCES:
        seconds = medians(race(_ways(source), effort))
        rows[direction(source)] = {way: 1e6 * taken / len(inputs.stream(source)) for way, taken in seconds.items()}
    return Table("feeding", "each event, microseconds", rows)


def _ways(source: Protocol) -> dict[str, Work]:
    frames = _frames(source)
    body = b"".join(frames)
    events = [from_json(payload) for payload in inputs.stream(source)]

    def by_line() -> object:
        stream = open_stream(source)
        return [*map(stream.feed_line, lines), stream.close()]

    def by_event() -> object:
        stream = open_stream(source)
        return [*map(stream.feed_event, events), stream.close_events()]

    lines = body.split(b"\n")[:-1]
    return {
        "all at once": partial(transcode, source, [body]),
        "4 kB at a time": partial(transcode, source, pieces(body, _PIECE)),
        "an event at a time": partial(transcode, source, frames),
        "a line at a time": by_line,
        "a byte at a time": partial(transcode, source, pieces(body, 1)),
        "feed_event": by_event,
    }
