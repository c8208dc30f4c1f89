"""The page of the comparison: counts alone, nothing of the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from .judgements import judgement
from .judging import OURS, Verdict

__all__ = ["page"]

_TEXT: Final = Path(__file__).with_name("page.txt").read_text("utf-8")

_CLASSES: Final = """
## What changes

How many documents change in which aspect, and what we make of it.
"""

_KINDS: Final = {"request": "Requests", "response": "Replies", "stream": "Streams"}
_DIRECTIONS: Final = {"messages-to-chat": "Messages to Chat", "chat-to-messages": "Chat to Messages"}
_FEW: Final = 5
"""Aspects that change in fewer documents are not worth a row."""

_COLUMNS: Final = ("converted", "refused", "crashed", "invalid", "strays", "changed", "silent", "unlike ours")


def page(verdicts: Collection[Verdict], versions: Mapping[str, str], day: date) -> str:
    """The text of the page."""
    names = {peer: f"{peer} {version}" for peer, version in versions.items()}
    head = _TEXT.format(
        date=day.isoformat(),
        ours=names[OURS],
        rosetta=names["llm-rosetta"],
        any_llm=names["any-llm-sdk"],
        litellm=names["litellm"],
    )
    ours = {verdict.case.path: verdict for verdict in verdicts if verdict.peer == OURS}
    groups = [(kind, direction) for kind in _KINDS for direction in _DIRECTIONS]
    sections = [_section(*group, _of(verdicts, *group), ours) for group in groups]
    classes = [_classes(*group, _of(verdicts, *group)) for group in groups]
    return head + "".join(sections) + _CLASSES + "".join(classes)


def _of(verdicts: Iterable[Verdict], kind: str, direction: str) -> dict[str, list[Verdict]]:
    """The verdicts of one kind and direction, by converter."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if (verdict.case.kind, verdict.case.direction) == (kind, direction):
            found.setdefault(verdict.peer, []).append(verdict)
    return found


def _section(kind: str, direction: str, found: Mapping[str, list[Verdict]], ours: Mapping[str, Verdict]) -> str:
    rows = [(peer, *_counts(group, ours)) for peer, group in found.items() if _is_offered(group)]
    number = max((len(group) for group in found.values()), default=0)
    title = f"\n## {_KINDS[kind]}, {_DIRECTIONS[direction]}\n\n{number} documents.\n\n"
    return title + _table(("Converter", *_COLUMNS), rows)


def _is_offered(group: Iterable[Verdict]) -> bool:
    return any(verdict.fate != "not offered" for verdict in group)


def _counts(group: Iterable[Verdict], ours: Mapping[str, Verdict]) -> Iterator[str]:
    group = list(group)
    fates = Counter(verdict.fate for verdict in group)
    yield str(fates["converted"])
    yield str(fates["refused"])
    yield str(fates["crashed"])
    yield str(sum(verdict.invalid for verdict in group))
    yield str(sum(verdict.strays for verdict in group))
    yield str(sum(bool(verdict.changed) for verdict in group))
    yield str(sum(bool(verdict.silent) for verdict in group))
    converted = [verdict for verdict in group if verdict.fate == "converted"]
    yield str(sum(verdict.changed != ours[verdict.case.path].changed for verdict in converted))


def _classes(kind: str, direction: str, found: Mapping[str, list[Verdict]]) -> str:
    peers = [peer for peer, group in found.items() if _is_offered(group)]
    counts = {peer: Counter(name for verdict in found[peer] for name in verdict.changed) for peer in peers}
    total = sum(counts.values(), Counter[str]())
    rows = [
        (name, *(str(counts[peer][name]) for peer in peers), judgement(direction, name))
        for name, number in total.most_common()
        if number >= _FEW
    ]
    rare = sum(number < _FEW for number in total.values())
    rest = f"\n{rare} more aspects change in fewer than {_FEW} documents.\n" if rare else ""
    return f"\n### {_KINDS[kind]}, {_DIRECTIONS[direction]}\n\n" + _table(("Aspect", *peers, "Judgement"), rows) + rest


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
