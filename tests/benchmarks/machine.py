"""Where and with what was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import llm_transcode

__all__ = ["described", "hints", "versions"]


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """The versions of all that takes part."""
    names = ("pydantic", "pydantic-core", *distributions)
    return {"llm-transcode": llm_transcode.__version__} | {name: version(name) for name in names}


def described() -> str:
    """The date, the interpreter and the processor."""
    interpreter = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{date.today()}, {interpreter} on {_processor()}, {_cores()} of {os.cpu_count()} cores"


def hints() -> list[str]:
    """What would make the numbers steadier."""
    found: list[str] = []
    if _cores() > 1:
        found.append("keep it on one core: taskset -c 1 python -m tests.benchmarks")
    if hasattr(os, "getloadavg") and (load := os.getloadavg()[0]) > 1:
        found.append(f"something else is running, the load is {load:.1f}")
    return found


def _processor() -> str:
    """What Linux calls it; elsewhere its architecture must do."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return " ".join([platform.machine(), *names[:1]])


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
