"""What memory streams and conversions take.

Bytes are those that ``tracemalloc`` sees: all that Python's allocators give, the objects that pydantic's parser
makes among it, but not what its Rust code uses for itself meanwhile. Blocks kept are those that
`sys.getallocatedblocks` counts more than before; blocks allocated, however soon they are freed again, can only
be counted by ``memray``, where that is installed.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import repeat
from pathlib import Path
from typing import Any, Final

from llm_transcode import StreamTranscoder
from llm_transcode.protocols import Protocol

from . import inputs
from .growing import EVENTS, TEXTS, Run
from .tables import Table
from .timing import Effort
from .work import OTHER, SOURCES, convert, direction, open_stream

__all__ = ["memory"]

_MANY: Final = 1_000_000
_SOME: Final = 1000
_FEW: Final = 20
"""How many events or streams are enough to see that it works."""

_FREEING: Final = ("FREE", "MUNMAP", "PYMALLOC_FREE")
"""Records of memray that are no allocations."""


def memory(effort: Effort) -> Iterator[Table]:
    """Of an open stream, of one that runs for long, of each event, and of a whole document."""
    some, many = (_SOME, _MANY) if effort.points is None else (_FEW, _FEW)
    yield Table("an open stream", "bytes", dict(_open_streams(some)))
    rows = {name: _long_run(source, run, many) for name, (source, run) in EVENTS.items()}
    yield Table(f"a stream after {many:,} events", "more than when it began", rows)
    rows = {name: _allocations(source, run, some) for name, (source, run) in EVENTS.items()}
    yield Table("allocations", "for each event", rows)
    rows = {name: _peaks(bodies) for name, bodies in _documents(some).items()}
    yield Table("a conversion", "bytes at its peak for each byte of the body", rows)


@contextmanager
def _traced() -> Iterator[Callable[[], int]]:
    """Yields what tells the bytes that have been added."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    try:
        yield lambda: tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


# -- open streams ----------------------------------------------------------------------------------


def _open_streams(count: int) -> Iterator[tuple[str, dict[str, float]]]:
    """In which state, and how large in either direction."""
    yield "just opened", {direction(source): _size(partial(open_stream, source), count) for source in SOURCES}
    yield "with options of its own", {direction(source): _size(partial(_alone, source), count) for source in SOURCES}
    for what in ("text", "arguments of a call"):
        runs = [EVENTS[f"{direction(source)}, {what}"] for source in SOURCES]
        yield f"within {what}", {direction(source): _size(partial(_begun, source, run), count) for source, run in runs}
    runs = [EVENTS[f"{direction(source)}, text"] for source in SOURCES]
    yield "within an event", {direction(source): _size(partial(_cut, source, run), count) for source, run in runs}


def _size(make: Callable[[], StreamTranscoder], count: int) -> float:
    make()
    with _traced() as added:
        streams = [make() for _ in range(count)]
        return added() / len(streams)


def _alone(source: Protocol) -> StreamTranscoder:
    return StreamTranscoder(source=source, target=OTHER[source])


def _begun(source: Protocol, run: Run) -> StreamTranscoder:
    stream = open_stream(source)
    for piece in [*run.before, *repeat(run.repeated, _FEW)]:
        stream.feed(piece)
    return stream


def _cut(source: Protocol, run: Run) -> StreamTranscoder:
    stream = _begun(source, run)
    stream.feed(run.repeated[:-3])
    return stream


# -- running streams -------------------------------------------------------------------------------


def _long_run(source: Protocol, run: Run, count: int) -> dict[str, float]:
    stream = _begun(source, run)
    gc.collect()
    blocks = sys.getallocatedblocks()
    with _traced() as added:
        deque(map(stream.feed, repeat(run.repeated, count)), maxlen=0)
        gc.collect()
        kept, peak = added(), tracemalloc.get_traced_memory()[1]
    return {"bytes": kept, "bytes at the peak": peak, "blocks": max(0, sys.getallocatedblocks() - blocks)}


def _allocations(source: Protocol, run: Run, count: int) -> dict[str, float]:
    stream = _begun(source, run)
    with _traced():
        at_peak = [_peak(partial(stream.feed, run.repeated)) for _ in range(_FEW)]
    allocated = _allocated(lambda: deque(map(stream.feed, repeat(run.repeated, count)), maxlen=0))
    found: dict[str, float] = {"bytes at the peak": max(at_peak)}
    return found if allocated is None else {**found, "blocks": allocated / count}


def _peak(work: Callable[[], object]) -> int:
    """How many bytes more there were for a moment."""
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    work()
    return tracemalloc.get_traced_memory()[1] - before


def _allocated(work: Callable[[], object]) -> int | None:
    """How many blocks were asked for, if that can be counted."""
    try:
        memray: Any = import_module("memray")
    except ImportError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record"
        with memray.Tracker(record, trace_python_allocators=True):
            work()
        records = memray.FileReader(record).get_allocation_records()
        return sum(memray.AllocatorType(found.allocator).name not in _FREEING for found in records)


# -- documents -------------------------------------------------------------------------------------


def _documents(turns: int) -> dict[str, dict[Protocol, bytes]]:
    return {
        "10 turns": {source: inputs.request(source) for source in SOURCES},
        f"{turns:,} turns": {source: inputs.request(source, turns=turns) for source in SOURCES},
        "much text": {source: TEXTS["text"](source, turns * _SOME) for source in SOURCES},
    }


def _peaks(bodies: dict[Protocol, bytes]) -> dict[str, float]:
    return {direction(source): _peak_of_request(source, body) / len(body) for source, body in bodies.items()}


def _peak_of_request(source: Protocol, body: bytes) -> int:
    convert("request", source, body)
    with _traced():
        return _peak(partial(convert, "request", source, body))
