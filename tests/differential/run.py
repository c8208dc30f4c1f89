"""Runs every converter over a directory of recorded traffic."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.conformance.corpus import Case, recorded

from .environments import PEERS, answers
from .judging import Verdict, judge, judge_ours

__all__ = ["cases", "verdicts"]

_KINDS: Final = ("request", "response", "stream")
"""Errors are left out: none of the others converts whatever body an error has."""

_REFUSED: Final = 400


def cases(root: Path, limit: int | None) -> list[Case]:
    """What servers accepted or sent, the first ``limit`` of each kind and direction."""
    found = [case for case in recorded(root) if case.kind in _KINDS and case.status < _REFUSED]
    if limit is None:
        return found
    kept: dict[tuple[str, str], list[Case]] = {}
    for case in found:
        kept.setdefault((case.kind, case.direction), []).append(case)
    return [case for group in kept.values() for case in group[:limit]]


def verdicts(root: Path, folder: Path, chosen: list[Case]) -> Iterator[Verdict]:
    """Ours first; a document that the official client itself cannot read is left out."""
    readable = []
    for case in chosen:
        try:
            yield judge_ours(case)
        except Exception:  # an SDK that cannot read the source
            continue
        readable.append(case)
    for peer in PEERS:
        for case, answer in zip(readable, answers(peer, folder, root, readable), strict=True):
            yield _guarded(peer, case, answer)


def _guarded(peer: str, case: Case, answer: dict[str, object]) -> Verdict:
    try:
        return judge(peer, case, answer)
    except Exception as error:  # what came out cannot even be read
        return Verdict(case, peer, "converted", type(error).__name__, invalid=True)
