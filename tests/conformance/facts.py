"""What a document says, as a list of facts that both protocols can state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from .documents import Json, JsonObject, Path, canonical

__all__ = ["JOINED", "UNREAD", "Fact", "Reading", "closed", "effort_of_budget"]

UNREAD: Final = "unread field"
"""The aspect of fields that the reading has no use for. The target need not say them, but their loss is due."""

JOINED: Final = frozenset(
    {"system text", "later system text", "user text", "assistant text", "reply text", "thinking", "refusal"}
)
"""The aspects whose facts are pieces of one text: where one piece ends and the next begins does not count."""

_BUDGETS: Final = ((2048, "minimal"), (8192, "low"), (16384, "medium"), (32768, "high"), (65536, "xhigh"))
"""Thinking budgets below the first number count as the effort beside it, as the documented mapping has it."""


def effort_of_budget(tokens: int) -> str:
    """The effort that a thinking budget stands for."""
    return next((effort for limit, effort in _BUDGETS if tokens < limit), "max")


def closed(schema: Json) -> Json:
    """A tool's schema with its properties, which may be left out where there are none."""
    return {"properties": {}, **schema} if isinstance(schema, dict) and schema.get("type") == "object" else schema


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a document says, and where it says it."""

    aspect: str
    value: str
    path: Path


class Reading:
    """Collects the facts of one document."""

    __slots__ = ("_calls", "_results", "_speakers", "facts")

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self._speakers: list[str] = []
        self._calls: dict[str, int] = {}
        self._results: list[tuple[int, list[Fact]]] = []

    def say(self, aspect: str, value: Json, path: Path) -> None:
        """Add a fact, unless the value is absent."""
        if value is not None:
            self.facts.append(Fact(aspect, value if isinstance(value, str) else canonical(value), path))

    def speaker(self, name: str, path: Path) -> None:
        """Who speaks next; neighbours of the same name are one."""
        if self._speakers[-1:] != [name]:
            self._speakers.append(name)
            self.say("speakers", name, path)

    def rest(self, value: JsonObject, known: Collection[str], path: Path) -> None:
        """Add each field beyond the known ones that says anything."""
        for name, item in value.items():
            if name not in known and not _says_nothing(name, item):
                self.say(UNREAD, name, (*path, name))

    def call(self, identifier: str, name: Json, arguments: Json, paths: tuple[Path, Path, Path]) -> None:
        """Add a call of a tool, the paths being those of its id, name and arguments."""
        self._calls[identifier] = len(self._calls)
        self.say("call id", identifier, paths[0])
        self.say("call name", name, paths[1])
        self.say("call arguments", canonical(arguments), paths[2])

    def result(self, identifier: str, text: str, error: Json, paths: tuple[Path, Path, Path]) -> None:
        """Add what a tool answered, the paths being those of its id, text and error flag."""
        number = self._calls.get(identifier, -1)
        facts = [Fact("result of call", str(number), paths[0]), Fact("result text", text, paths[1])]
        if error:
            facts.append(Fact("result error", str(number), paths[2]))
        self._results.append((number, facts))

    def finished(self) -> list[Fact]:
        """All facts; results in the order of their calls, since parallel results have none of their own."""
        for _, facts in sorted(self._results, key=lambda result: result[0]):
            self.facts.extend(facts)
        return self.facts


def _says_nothing(name: str, value: Json) -> bool:
    """Whether a field's value is what its absence means too."""
    if isinstance(value, dict):
        return all(_says_nothing(key, item) for key, item in value.items())
    return value in (None, False, "", []) or (name, value) in (("n", 1), ("modalities", ["text"]))
