"""How time grows with size: per unit it should not.

A slope is that of a straight line through the logarithms of size and cost, by least squares over the upper two
decades, where what a call costs anyhow has no weight: 1 is linear, 2 quadratic. It has three reasons to be more
than 1, and only the first is ours: the number of function calls grows, which is counted besides; what does not
fit into the processor's caches any more takes longer, which the floor shows as well; and so do full runs of the
garbage collector, which is off here for that reason and on in one table.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from statistics import linear_regression
from typing import Final, TypeAlias

from llm_transcode import StreamAccumulator
from llm_transcode.protocols import Protocol
from tests.steps import steps_of

from .growing import ELEMENTS, EVENTS, TEXTS, Grown, Run, long_event
from .streams import pieces
from .tables import Table
from .timing import Effort, Work, least, race
from .work import SOURCES, convert, direction, document_floors, open_stream

__all__ = ["scaling", "sizes", "slope"]

_FEWEST: Final = 3
_DECADES: Final = 2
"""Those that a slope is taken over."""
_PIECE: Final = 4096

_Growing: TypeAlias = Callable[[int], Work]
"""Makes what is timed, of a size."""


@dataclass(frozen=True, slots=True)
class _Curve:
    growing: _Growing
    sizes: list[int]
    counted: bool = True
    """Whether its function calls are counted, too; there is no use where one call does all of it."""


def scaling(effort: Effort) -> Iterator[Table]:
    """By elements and by bytes of requests, by events of streams and by bytes of one event, and in single bytes."""
    alone = replace(effort, seconds=effort.seconds / 5, fewest=min(_FEWEST, effort.fewest), collector="off")
    collected = replace(alone, collector=effort.collector)
    yield _table("scaling by elements", "each, microseconds", 1e6, dict(_elements()), alone)
    yield _table("scaling by turns, collected", "each, microseconds", 1e6, dict(_turns()), collected)
    yield _table("scaling by bytes", "each, nanoseconds", 1e9, dict(_texts()), alone)
    yield _table("scaling by events", "each, microseconds", 1e6, dict(_events()), alone)
    yield _table("one event by 4 kB", "each byte, nanoseconds", 1e9, dict(_by_pieces()), alone)
    yield _table("one byte at a time", "each, nanoseconds", 1e9, dict(_by_bytes()), alone)


def sizes(lowest: int, highest: int) -> list[int]:
    """The decades, and where the slope is taken something in between."""
    found: list[int] = []
    while lowest < highest:
        found.append(lowest)
        if lowest * 10**_DECADES >= highest:
            found.append(3 * lowest)
        lowest *= 10
    return [*found, highest]


def slope(costs: Mapping[int, float]) -> float:
    """The exponent with which a cost grows over the upper decades of size."""
    upper = [(size, cost) for size, cost in costs.items() if size * 10**_DECADES >= max(costs)]
    return linear_regression(*zip(*((math.log(size), math.log(cost)) for size, cost in upper), strict=True)).slope


def _table(name: str, caption: str, scale: float, curves: Mapping[str, _Curve], effort: Effort) -> Table:
    return Table(name, caption, {row: _row(curve, scale, effort) for row, curve in curves.items()})


def _row(curve: _Curve, scale: float, effort: Effort) -> dict[str, float]:
    chosen = curve.sizes[: effort.points]
    works = {str(size): curve.growing(size) for size in chosen}
    seconds = {int(size): taken for size, taken in least(race(works, effort)).items()}
    row = {f"{size:,}": scale * taken / size for size, taken in seconds.items()} | {"slope": slope(seconds)}
    if curve.counted:
        smaller = chosen[: max(2, len(chosen) - 1)]  # to count takes long
        row["slope of calls"] = slope({size: steps_of(works[str(size)]) for size in smaller})
    return row


# -- what grows ------------------------------------------------------------------------------------


def _elements() -> Iterator[tuple[str, _Curve]]:
    of_sizes = sizes(10, 10_000)
    for what, grown in ELEMENTS.items():
        for source in SOURCES:
            yield f"{direction(source)}, {what}", _Curve(partial(_converting, source, grown), of_sizes)
    for source in SOURCES:
        floor = partial(_floor, source, ELEMENTS["turns"])
        yield f"{direction(source)}, turns, the floor", _Curve(floor, of_sizes, counted=False)


def _turns() -> Iterator[tuple[str, _Curve]]:
    for name, curve in _elements():
        if ", turns" in name:
            yield name, replace(curve, counted=False)


def _texts() -> Iterator[tuple[str, _Curve]]:
    of_sizes = sizes(1000, 10_000_000)
    for what, grown in TEXTS.items():
        for source in SOURCES:
            yield f"{direction(source)}, {what}", _Curve(partial(_converting, source, grown), of_sizes, counted=False)
    for source in SOURCES:
        floor = partial(_floor, source, TEXTS["text"])
        yield f"{direction(source)}, text, the floor", _Curve(floor, of_sizes, counted=False)


def _converting(source: Protocol, grown: Grown, size: int) -> Work:
    return partial(convert, "request", source, grown(source, size))


def _floor(source: Protocol, grown: Grown, size: int) -> Work:
    return document_floors("request", source, grown(source, size))["floor"]


def _events() -> Iterator[tuple[str, _Curve]]:
    """Text comes in any length; of what is rarer a tenth must do."""
    of_sizes = sizes(10, 1_000_000)
    fewer = of_sizes[: of_sizes.index(100_000) + 1]
    for what, (source, run) in EVENTS.items():
        chosen = of_sizes if what.endswith("text") else fewer
        yield what, _Curve(partial(_streaming, source, run), chosen)
    for source in SOURCES:
        _, run = EVENTS[f"{direction(source)}, text"]
        yield f"{source} accumulated, text", _Curve(partial(_accumulating, source, run), fewer)


def _streaming(source: Protocol, run: Run, count: int) -> Work:
    return lambda: _drain(source, run.frames(count))


def _accumulating(source: Protocol, run: Run, count: int) -> Work:
    def accumulate() -> object:
        accumulator = StreamAccumulator(protocol=source)
        deque(map(accumulator.feed, run.frames(count)), maxlen=0)
        return accumulator.response

    return accumulate


def _by_pieces() -> Iterator[tuple[str, _Curve]]:
    for source in SOURCES:
        yield direction(source), _Curve(partial(_feeding, source, _PIECE), sizes(1000, 10_000_000), counted=False)


def _by_bytes() -> Iterator[tuple[str, _Curve]]:
    for source in SOURCES:
        yield direction(source), _Curve(partial(_feeding, source, 1), sizes(1000, 1_000_000))


def _feeding(source: Protocol, piece: int, size: int) -> Work:
    return partial(_drain, source, pieces(long_event(source, size), piece))


def _drain(source: Protocol, frames: Iterator[bytes] | list[bytes]) -> None:
    """Feed a stream without keeping what comes out."""
    stream = open_stream(source)
    deque(map(stream.feed, frames), maxlen=0)
    stream.close()
    if not stream.finished:
        raise AssertionError(stream.error)
