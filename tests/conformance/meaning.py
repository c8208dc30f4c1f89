"""Compares what two documents mean, and lets pass what a recorded loss explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from llm_transcode import Loss, LossCode

from .documents import Path, render
from .facts import JOINED, UNREAD, Fact

__all__ = ["Difference", "differences"]

_ALONE: Final = frozenset({UNREAD, "vendor block", "vendor tool", "candidate", "cache mark", "citation"})
"""The aspects of which every single fact must be found again or be covered. What the target adds does no harm."""

_TEXTS: Final = JOINED | {"result text"}

_TOO_WIDE: Final = frozenset(
    {"$", "$.messages", "$.tools", "$.choices", "$.choices[0]", "$.choices[0].message", "$.content", "$.usage"}
)
"""Paths that cover so much that they would excuse anything."""

_ELSEWHERE: Final = {
    LossCode.MAX_TOKENS: {"output limit"},
    LossCode.EFFORT: {"effort"},
    LossCode.TURN_ORDER: {"speakers"},
    LossCode.TURN_EMPTY: {"speakers"},
    LossCode.MID_SYSTEM: {"user text", "speakers"},
    LossCode.PREFILL: {"speakers"},
    LossCode.DOCUMENT_AS_TEXT: {"user text", "document name"},
    LossCode.DOCUMENT_NAME: {"document name"},
    LossCode.TOOL_MEDIA: {"user text", "speakers"},
    LossCode.COMPACTION: {"user text", "assistant text", "speakers"},
    LossCode.AUDIO: {"reply text"},
    LossCode.REFUSAL: {"reply text", "refusal", "stop"},
    LossCode.TOOL_NAME: {"tool", "call name", "tool choice", "strict tool"},
    LossCode.TOOL_ID: {"call id"},
    LossCode.TOOL_RESULT_MISSING: {"result of call", "result text", "result error", "speakers"},
    LossCode.TOOL_RESULT_ORPHAN: {"user text", "speakers"},
    LossCode.TOOL_CHOICE: {"tool choice", "one call at a time"},
    LossCode.TOOL_CHANGE: {"tool", "tool description", "tool schema"},
    LossCode.BUILTIN_TOOL: {"tool", "tool description", "tool schema"},
    LossCode.CUSTOM_TOOL: {"tool schema", "tool description"},
    LossCode.TOOL_GRAMMAR: {"tool description"},
    LossCode.LEGACY_FUNCTION: {"call id", "one call at a time"},
    LossCode.OUTPUT_FORMAT: {"output format", "system text"},
    LossCode.ID: {"id"},
    LossCode.STOP_REASON: {"stop"},
}
"""Aspects in which a loss makes the target say something in another place than the one it was recorded for."""

_BESIDE: Final = {
    LossCode.TOOL_ERROR: {"result text"},
    LossCode.TOOL_MEDIA: {"result text"},
    LossCode.TOOL_DEFERRED: {"result text"},
    LossCode.DOCUMENT_AS_TEXT: {"result text"},
}
"""Aspects in which a loss changes what stands beside the datum it was recorded for."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one side says and the other does not, without a loss that would explain it."""

    aspect: str
    missing: tuple[Fact, ...]
    added: tuple[Fact, ...]

    @property
    def name(self) -> str:
        """What differences are counted by."""
        change = "changed" if self.missing and self.added else "missing" if self.missing else "added"
        named = self.aspect in (UNREAD, "vendor block", "vendor tool")
        which = f" {(*self.missing, *self.added)[0].value}" if named else ""
        return f"{self.aspect}{which} {change}"

    def __str__(self) -> str:
        return f"{self.name}: {_shown(self.missing)} -> {_shown(self.added)}"


def _shown(facts: Iterable[Fact]) -> str:
    return ", ".join(f"{render(fact.path)} {fact.value[:200]!r}" for fact in facts) or "nothing"


def differences(source: list[Fact], target: list[Fact], losses: Iterable[Loss]) -> Iterator[Difference]:
    """Compare two readings, aspect by aspect."""
    losses = list(losses)
    for aspect in dict.fromkeys(fact.aspect for fact in (*source, *target)):
        ours = [fact for fact in source if fact.aspect == aspect]
        theirs = [fact for fact in target if fact.aspect == aspect]
        if aspect in _ALONE:
            yield from _unmatched(ours, theirs, losses)
        else:
            yield from (found for found in _changes(aspect, ours, theirs) if not _is_excused(found, losses))


def _unmatched(source: list[Fact], target: list[Fact], losses: list[Loss]) -> Iterator[Difference]:
    """The facts that are neither found again nor covered; equal ones stand for each other."""
    found = Counter(fact.value for fact in target)
    for fact in sorted(source, key=lambda fact: _is_covered(fact, losses)):
        if found[fact.value]:
            found[fact.value] -= 1
        elif not _is_covered(fact, losses):
            yield Difference(fact.aspect, (fact,), ())


def _changes(aspect: str, source: list[Fact], target: list[Fact]) -> Iterator[Difference]:
    ours, theirs = [fact.value for fact in source], [fact.value for fact in target]
    if aspect in JOINED and "".join(ours) == "".join(theirs):
        return
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if operation != "equal":
            yield Difference(aspect, tuple(source[i1:i2]), tuple(target[j1:j2]))


# -- what losses excuse ----------------------------------------------------------------------------


def _is_excused(found: Difference, losses: list[Loss]) -> bool:
    uncovered = [fact for fact in found.missing if not _is_covered(fact, losses)]
    if found.missing and not uncovered:
        return True
    text = "".join(fact.value for fact in found.added)
    if found.aspect in JOINED and "".join(fact.value for fact in uncovered) == text:
        return True
    if found.aspect in _TEXTS and not all(_survives(fact.value, text) for fact in uncovered):
        return False
    if any(found.aspect in _ELSEWHERE.get(loss.code, ()) for loss in losses):
        return True
    nearby = [loss for loss in losses if found.aspect in _BESIDE.get(loss.code, ())]
    return bool(uncovered) and all(any(_is_beside(loss, fact.path) for loss in nearby) for fact in uncovered)


def _is_covered(fact: Fact, losses: list[Loss]) -> bool:
    """Whether a loss stands at a datum, or at something that contains it."""
    at = render(fact.path)
    return any(at == loss.path or (loss.path not in _TOO_WIDE and _is_within(at, loss.path)) for loss in losses)


def _survives(text: str, changed: str) -> bool:
    """Whether a loss only added to a text, be it in its middle: no character has gone."""
    rest = iter(changed)
    return all(character in rest for character in text)


def _is_beside(loss: Loss, path: Path) -> bool:
    """Whether a loss stands in the object that holds a datum."""
    return _is_within(loss.path, render(path[:-1]))


def _is_within(path: str, container: str) -> bool:
    return path == container or path.startswith((f"{container}.", f"{container}["))
