"""Where and with what was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import llm_transcode

__all__ = ["described", "hints", "stamp", "versions"]


def versions(distributions: Iterable[str]) -> dict[str, str]:
    """The versions of all that takes part."""
    names = ("pydantic", "pydantic-core", *distributions)
    return {"llm-transcode": llm_transcode.__version__} | {name: version(name) for name in names}


def stamp() -> str:
    """When what was measured."""
    return f"{llm_transcode.__version__} on {date.today()}"


def described() -> str:
    """The interpreter, the processor, and how busy it is."""
    interpreter = f"{platform.python_implementation()} {platform.python_version()}"
    load = f" at a load of {_load():.1f}" if _load() else ""
    return f"{stamp()}, {interpreter} on {_processor()}, {_cores()} of {os.cpu_count()} cores{load}"


def hints() -> list[str]:
    """What would make the numbers steadier."""
    found: list[str] = []
    if _cores() > 1:
        found.append("keep it on one core: taskset -c 1 python -m tests.benchmarks")
    if _load() > 1:
        found.append("wait until nothing else is running")
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


def _load() -> float:
    """How many programs want to run, where the system says so."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
