"""Timing: contestants take turns, so that a machine that drifts does so under all of them.

The clock is that of this process, on which what else is running has only an indirect effect.

That is why this is not pyperf, which gives each benchmark processes of its own, one after the other: it
says more of one number, but two of its numbers are minutes apart, and ours are to be compared.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Final, Literal, TypeAlias

__all__ = ["COLLECTORS", "QUICK", "Collector", "Effort", "Rounds", "Work", "least", "medians", "race"]

Work: TypeAlias = Callable[[], object]
"""What is timed."""

Rounds: TypeAlias = dict[str, list[float]]
"""Seconds that a call took in each round, by contestant."""

Collector: TypeAlias = Literal["frozen", "on", "off"]
COLLECTORS: Final[dict[str, str]] = {
    "frozen": "on, what was loaded before is frozen",
    "on": "on",
    "off": "off",
}
"""States of the garbage collector, as they are printed."""

_WARM: Final = 100
"""A single call that takes so many times the time of a round has warmed up by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured."""

    seconds: float = 1.0
    """How long each contestant runs in all."""
    fewest: int = 7
    """Rounds, however long they take."""
    round_seconds: float = 0.005
    """How long a contestant runs in a round, by as many calls as that takes."""
    collector: Collector = "frozen"
    """With ``"frozen"`` it does not matter to one contestant how much another one has loaded."""
    points: int | None = None
    """How many sizes of what grows, from the smallest; all of them by default."""


QUICK: Final = Effort(seconds=0, fewest=1, round_seconds=0, points=2)
"""Every line is run, and no number means anything."""


def race(contestants: Mapping[str, Work], effort: Effort) -> Rounds:
    """Time the contestants in turns; each round begins with another one."""
    rounds: Rounds = {name: [] for name in contestants}
    names = list(contestants)
    with _collecting(effort.collector):
        calls = {name: _calls(work, effort.round_seconds) for name, work in contestants.items()}
        end = time.perf_counter() + effort.seconds * len(names)
        while names and (len(rounds[names[-1]]) < effort.fewest or time.perf_counter() < end):
            for name in names:
                rounds[name].append(_seconds(contestants[name], calls[name]))
            names.append(names.pop(0))
    return rounds


def medians(rounds: Rounds) -> dict[str, float]:
    """What a call takes as a rule."""
    return {name: statistics.median(seconds) for name, seconds in rounds.items()}


def least(rounds: Rounds) -> dict[str, float]:
    """What a call takes when nothing else on the machine is in its way."""
    return {name: min(seconds) for name, seconds in rounds.items()}


def _calls(work: Work, seconds: float) -> int:
    """How many calls take so long; they warm up on the way."""
    if _seconds(work, 1) > _WARM * seconds:
        return 1
    calls = 1
    while (taken := _seconds(work, calls) * calls) < seconds:
        calls = max(2 * calls, int(calls * seconds / max(taken, 1e-9)))
    return calls


def _seconds(work: Work, calls: int) -> float:
    gc.collect()  # nobody pays for what another one left behind
    start = time.process_time()
    for _ in repeat(None, calls):
        work()
    return (time.process_time() - start) / calls


@contextmanager
def _collecting(collector: Collector) -> Iterator[None]:
    gc.collect()
    if collector != "on":
        gc.freeze()
    if collector == "off":
        gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
