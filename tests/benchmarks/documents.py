"""Requests and replies: ours beside the floor and the peers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from llm_transcode.protocols import Protocol

from . import inputs
from .peers import Peer, willing
from .tables import Table
from .timing import Effort, Rounds, Work, least, medians, race
from .work import OURS, SOURCES, Kind, convert, direction, document_floors

__all__ = ["replies", "requests", "timed_tables"]

_LONG: Final = {"sentences": 600, "calls": 8}
"""A reply of some 10 kB."""


def requests(effort: Effort, peers: Mapping[str, Peer]) -> Iterator[Table]:
    """A coding agent's conversation of ten turns, and one that begins."""
    bodies = [(source, inputs.request(source, turns=turns)) for turns in (10, 1) for source in SOURCES]
    rows = {_name(source, body): _request(source, body, effort, peers) for source, body in bodies}
    yield from timed_tables("requests", rows)


def replies(effort: Effort, peers: Mapping[str, Peer]) -> Iterator[Table]:
    """A few sentences with a tool call, and some pages with several."""
    bodies = [(source, inputs.reply(source, **size)) for size in ({}, _LONG) for source in SOURCES]
    rows = {_name(source, body): _reply(source, body, effort, peers) for source, body in bodies}
    yield from timed_tables("replies", rows)


def timed_tables(name: str, rows: Mapping[str, Rounds], units: Mapping[str, int] | None = None) -> Iterator[Table]:
    """The medians, and the best rounds, in microseconds; by the unit for what has many."""
    units = units or {}
    for title, statistic in ((name, medians), (f"{name}, best round", least)):
        numbers = {
            row: {column: 1e6 * seconds / units.get(row, 1) for column, seconds in statistic(rounds).items()}
            for row, rounds in rows.items()
        }
        yield Table(title, "microseconds (and how many times the floor)", numbers, floor="floor")


def _name(source: Protocol, body: bytes) -> str:
    return f"{direction(source)}, {len(body) / 1000:.1f} kB"


def _request(source: Protocol, body: bytes, effort: Effort, peers: Mapping[str, Peer]) -> Rounds:
    others = ((name, peer.requests.get(source)) for name, peer in peers.items())
    return _race("request", source, body, others, effort)


def _reply(source: Protocol, body: bytes, effort: Effort, peers: Mapping[str, Peer]) -> Rounds:
    others = ((name, peer.replies.get(source)) for name, peer in peers.items())
    return _race("reply", source, body, others, effort)


def _race(
    kind: Kind,
    source: Protocol,
    body: bytes,
    others: Iterable[tuple[str, Callable[[bytes], object] | None]],
    effort: Effort,
) -> Rounds:
    works: dict[str, Work] = {**document_floors(kind, source, body), OURS: partial(convert, kind, source, body)}
    works |= willing({name: partial(other, body) for name, other in others if other is not None})
    return race(works, effort)
