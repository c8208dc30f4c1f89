"""Finds the fields of a vendor's documents that a conversion neither maps nor records.

A field is accounted for if the document that holds it

* is refused, with a path at, above or below the field;
* has a loss at or below the field, one above it that drops it, or one above it that the document
  without the field does not have;
* converts to something else than the same document without the field, and than the same document
  with another value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from llm_transcode import ConversionError, Converted, InvalidPayload, Loss
from llm_transcode.wire import JsonObject, Path, WireModel, render_path
from tests.sdk_forms import Form
from tests.sdk_probes import Probe, Probes, Seeds

__all__ = ["Conversion", "Search", "subject"]

Conversion = Callable[[JsonObject], Converted[WireModel]]


@dataclass(frozen=True)
class _Outcome:
    """What a conversion made of one document."""

    output: bytes = b""
    """The document, and what the reply is to know of it."""
    losses: frozenset[Loss] = frozenset()
    error: ConversionError | None = None

    def at_or_below(self, path: str) -> frozenset[Loss]:
        return frozenset(loss for loss in self.losses if _covers(path, loss.path))

    def above(self, path: str) -> frozenset[Loss]:
        return frozenset(loss for loss in self.losses if loss.path != path and _covers(loss.path, path))

    def drops(self, path: str) -> bool:
        """Whether all that stands at the path, or a thing that it is part of, is left behind or refused."""
        if self.error is not None:
            return not isinstance(self.error, InvalidPayload) and _covers(self.error.path, path)
        return any(loss.kind == "dropped" and _covers(loss.path, path) for loss in self.losses)


def _covers(whole: str, part: str) -> bool:
    return part == whole or (part.startswith(whole) and part[len(whole)] in ".[")


@dataclass
class Search:
    """One search through the types of one kind of document.

    ``exceptions`` holds, with the reason why, what may go without a trace: patterns for ``path=value``,
    where the path is the label of the `Probe` and the value is JSON.
    """

    convert: Conversion
    seeds: Seeds
    exceptions: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set, init=False)
    probed: int = field(default=0, init=False)
    _outcomes: dict[str, _Outcome] = field(default_factory=dict, init=False)

    def swallowed(self, struct: Form, name: str) -> list[str]:
        """What is lost without a trace at and below one field of the document."""
        return list(dict.fromkeys(self._problems(self.probes(struct, name))))

    def probes(self, struct: Form, name: str) -> Iterator[Probe]:
        """What is looked at: one field, and everything below that does not go as a whole."""
        return Probes(self.seeds, self._is_settled).of_field(struct, name)

    def _problems(self, probes: Iterator[Probe]) -> Iterator[str]:
        for probe in probes:
            self.probed += 1
            problem = self._problem(probe)
            if problem is not None and not self._is_excepted(probe):
                yield f"{subject(probe)}: {problem}"

    def _problem(self, probe: Probe) -> str | None:
        path = render_path(probe.path)
        outcome = self._outcome(probe.document)
        if isinstance(outcome.error, InvalidPayload):
            return f"is refused as invalid: {outcome.error}"
        if outcome.error is not None:
            concerned = _covers(outcome.error.path, path) or _covers(path, outcome.error.path)
            return None if concerned else f"is refused for another reason: {outcome.error}"
        if outcome.at_or_below(path) or outcome.drops(path):
            return None
        others = [self._outcome(other) for other in probe.others]
        if outcome.above(path) - frozenset[Loss]().union(*(other.above(path) for other in others)):
            return None
        return None if _is_visible(outcome, others, path) else "is swallowed"

    def _is_settled(self, path: Path, document: JsonObject) -> bool:
        return self._outcome(document).drops(render_path(path))

    def _is_excepted(self, probe: Probe) -> bool:
        matching = [pattern for pattern in self.exceptions if fnmatchcase(subject(probe), pattern)]
        self.used.update(matching)
        return bool(matching)

    def _outcome(self, document: JsonObject) -> _Outcome:
        key = json.dumps(document)
        if key not in self._outcomes:
            self._outcomes[key] = self._converted(document)
        return self._outcomes[key]

    def _converted(self, document: JsonObject) -> _Outcome:
        try:
            converted = self.convert(document)
        except ConversionError as error:
            return _Outcome(error=error)
        return _Outcome(converted.to_json() + repr(converted.context).encode(), frozenset(converted.losses))


def _is_visible(outcome: _Outcome, others: Sequence[_Outcome], path: str) -> bool:
    return bool(others) and all(
        other.error is not None or other.output != outcome.output or other.at_or_below(path) for other in others
    )


def subject(probe: Probe) -> str:
    """What is probed, for readers."""
    return f"${probe.label}={json.dumps(probe.value)}"
