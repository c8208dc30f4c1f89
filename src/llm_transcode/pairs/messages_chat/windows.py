"""The calls of an assistant turn, and the search for their results, up to the next assistant turn.

Anthropic pairs calls and results by id. Chat does too, but servers leave ids out or use one twice, results of the
deprecated functions go by name, and hybrid clients answer by blocks of Messages.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ...wire import Json, JsonObject, Path, is_array, tag_of

__all__ = ["ChatWindow", "MessagesWindow", "OpenCall"]

# -- of Messages -----------------------------------------------------------------------------------


class MessagesWindow:
    """The calls of the last assistant turns, and the results found for them."""

    __slots__ = ("is_over", "paths", "places", "results", "waiting")

    def __init__(self) -> None:
        self.results: dict[str, JsonObject] = {}
        """The result of each call, by the call's id in Chat; empty as long as there is none."""
        self.paths: dict[str, Path] = {}
        """Where the calls stand, by the same id."""
        self.waiting: dict[str, deque[str]] = {}
        """The calls that have no result yet, by their ids in Messages, which several may share."""
        self.places: list[tuple[int, int]] = []
        """For each turn with calls, where among the messages their results go, and which of the calls is its first."""
        self.is_over: bool = False
        """Whether the next assistant turn opens a window of its own."""

    def opens(self, source_id: str, call_id: str, path: Path) -> None:
        """A call was made."""
        self.results[call_id] = {}
        self.paths[call_id] = path
        self.waiting.setdefault(source_id, deque()).append(call_id)

    def moved(self) -> list[str]:
        """The calls whose results go before a turn that was there earlier: those of all turns but the last."""
        first = self.places[-1][1]
        return list(self.results)[:first] if first else []


# -- of Chat ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class OpenCall:
    """A call in the window, until its result is found."""

    source: JsonObject
    """The call as it came: a deprecated one as the ``function`` of a call without an id, a hybrid's as its block."""
    id: str
    path: Path
    result: JsonObject | None = None

    def name(self) -> str:
        """The name of the tool at the client."""
        kind = self.source.get("type")
        named = self.source if kind == "tool_use" else self.source["custom" if kind == "custom" else "function"]
        name: str = named["name"]
        return name


class ChatWindow:
    """The calls of one turn that wait for their result, found by id, by name, or by their order."""

    __slots__ = ("_by_id", "_by_name", "_calls", "_hybrid")

    def __init__(self, calls: list[OpenCall]) -> None:
        self._calls = calls
        self._hybrid: set[str] = set()
        self._by_name: dict[str, list[OpenCall]] = {}
        self._by_id: dict[str, list[OpenCall]] = {}
        """Several calls may share an id, or have none; the next to be answered stands last."""
        for call in reversed(calls):
            self._by_id.setdefault(call.source.get("id") or "", []).append(call)

    def answered_by(self, call_id: Json) -> OpenCall | None:
        """The first open call that the message with this id answers."""
        waiting = self._by_id.get(call_id) if isinstance(call_id, str) else None
        return _next_open(waiting) or _next_open(self._by_id.get(""))

    def answered_by_name(self, name: Json) -> OpenCall | None:
        """The first open call that the message of a deprecated function answers."""
        if not self._by_name:
            for call in reversed(self._calls):
                self._by_name.setdefault(call.name(), []).append(call)
        return _next_open(self._by_name.get(name)) if isinstance(name, str) else None

    def answered_inside(self, parts: Json) -> None:
        """Note the ``tool_result`` blocks of a hybrid client, which come along with their user message."""
        for part in parts if is_array(parts) else ():
            if tag_of(part, "type") == "tool_result":
                answered = part.get("tool_use_id")
                if isinstance(answered, str):
                    self._hybrid.add(answered)

    def ours(self) -> list[OpenCall]:
        """The calls that no hybrid block answers."""
        return [call for call in self._calls if call.id not in self._hybrid] if self._hybrid else self._calls


def _next_open(waiting: list[OpenCall] | None) -> OpenCall | None:
    while waiting:
        call = waiting.pop()
        if call.result is None:
            return call
    return None
