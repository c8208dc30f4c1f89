"""Other converters, if they are installed; each from bytes to bytes, as ours is timed.

Each does its work in the fastest way that its interface has, and is spared what is ours to do: it gets the
data of a stream's events, where we get the body. Their interfaces are private or change: what no longer fits
is left out, with a word about it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module, metadata
from typing import Any, Final, TypeAlias

from llm_transcode.protocols import Protocol

from ..timing import Work

__all__ = ["DISTRIBUTIONS", "Documents", "Peer", "Streams", "installed", "load", "willing"]

Documents: TypeAlias = Mapping[Protocol, Callable[[bytes], object]]
"""By the protocol that comes in."""

Streams: TypeAlias = Mapping[Protocol, Callable[[Sequence[bytes]], object]]
"""They get the data of the events, without ``[DONE]``."""

DISTRIBUTIONS: Final = {"llm-rosetta": "llm_rosetta", "any-llm-sdk": "any_llm_sdk", "litellm": "litellm"}
"""The converters, and the modules here that know how to call them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What a converter offers."""

    requests: Documents = field(default_factory=dict[Protocol, Callable[[bytes], object]])
    replies: Documents = field(default_factory=dict[Protocol, Callable[[bytes], object]])
    streams: Streams = field(default_factory=dict[Protocol, Callable[[Sequence[bytes]], object]])


def installed() -> list[str]:
    """The distributions that are there."""
    return [name for name in DISTRIBUTIONS if any(metadata.distributions(name=name))]


def load() -> dict[str, Peer]:
    """Every converter that is there, by the name of its column."""
    found: dict[str, Peer] = {}
    for name in installed():
        try:
            module: Any = import_module(f"{__name__}.{DISTRIBUTIONS[name]}")
            found |= module.peers()
        except Exception as error:
            _leave_out(name, error)
    return found


def willing(works: Mapping[str, Work]) -> dict[str, Work]:
    """Those that do not fail."""
    found: dict[str, Work] = {}
    for name, work in works.items():
        try:
            work()
        except Exception as error:
            _leave_out(name, error)
        else:
            found[name] = work
    return found


def _leave_out(name: str, error: Exception) -> None:
    print(f"{name} is left out: {type(error).__name__}: {error}", file=sys.stderr)
