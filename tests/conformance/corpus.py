"""The recorded traffic: an ``index.jsonl`` that names the documents beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

__all__ = ["KINDS", "Case", "Protocol", "recorded"]

Protocol: TypeAlias = Literal["messages", "chat"]

KINDS: Final = ("request", "response", "error", "stream")

_PROTOCOLS: Final[dict[str, Protocol]] = {"anthropic": "messages", "openai_chat": "chat"}
_TARGETS: Final[dict[Protocol, Protocol]] = {"messages": "chat", "chat": "messages"}


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded document."""

    root: Path
    path: str
    kind: str
    source: Protocol
    status: int

    @property
    def target(self) -> Protocol:
        """The protocol it is converted to."""
        return _TARGETS[self.source]

    @property
    def direction(self) -> str:
        return f"{self.source}-to-{self.target}"

    def read(self) -> bytes:
        return (self.root / self.path).read_bytes()


def recorded(root: Path) -> Iterator[Case]:
    """The documents of the protocols that are known here, in the order of the index."""
    with (root / "index.jsonl").open(encoding="utf-8") as index:
        for line in index:
            row = json.loads(line)
            if row["protocol"] in _PROTOCOLS and row["kind"] in KINDS:
                yield Case(root, row["path"], row["kind"], _PROTOCOLS[row["protocol"]], row.get("status") or 200)
