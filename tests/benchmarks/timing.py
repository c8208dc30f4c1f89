"""Timing, by the median of many runs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final

__all__ = ["import_milliseconds", "microseconds"]

_FEWEST: Final = 7
_STARTS: Final = 15
"""Interpreters started for each import."""


def microseconds(run: Callable[[], object], seconds: float) -> float:
    """The median duration of a call, measured for so many seconds after one call to warm up."""
    run()
    durations: list[int] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(durations) < _FEWEST:
        start = time.perf_counter_ns()
        run()
        durations.append(time.perf_counter_ns() - start)
    return statistics.median(durations) / 1000


def import_milliseconds(statements: list[str]) -> list[float]:
    """The median duration of a fresh interpreter with each statement, less that of one with none.

    The statements take turns, so that a machine that slows down slows all of them.
    """
    durations: dict[str, list[float]] = {statement: [] for statement in ("pass", *statements)}
    for _ in range(_STARTS):
        for statement, measured in durations.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True)
            measured.append((time.perf_counter() - start) * 1000)
    bare, *loaded = (statistics.median(measured) for measured in durations.values())
    return [median - bare for median in loaded]
