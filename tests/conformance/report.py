"""A readable account of many outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from .outcome import Outcome

__all__ = ["report"]

_COLUMNS = ("all", "converted", "rejected", "crashed", "invalid", "different", "uncompared")


def report(outcomes: Iterable[Outcome], *, verbose: bool = False) -> Iterator[str]:
    """The lines of the report: a table of counts, then each group of findings with an example."""
    outcomes = list(outcomes)
    yield from _table(outcomes)
    yield from _section("Rejected", ((o.rejection, "", o) for o in outcomes if o.rejection), verbose)
    yield from _section("Crashed", ((_last_line(o.crash), o.crash, o) for o in outcomes if o.crash), verbose)
    yield from _section("Invalid", _faults(outcomes), verbose)
    yield from _section("Different", _differences(outcomes), verbose)
    yield from _section("Not compared", ((o.uncompared, "", o) for o in outcomes if o.uncompared), verbose)


def _table(outcomes: list[Outcome]) -> Iterator[str]:
    yield f"{'':28}" + "".join(f"{name:>11}" for name in _COLUMNS)
    groups: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[f"{outcome.case.kind} {outcome.case.direction}"].append(outcome)
    for name, group in groups.items():
        yield f"{name:28}" + "".join(f"{number:>11}" for number in _counts(group))


def _counts(group: list[Outcome]) -> tuple[int, ...]:
    verdicts = [outcome.verdict for outcome in group]
    return (
        len(group),
        verdicts.count("converted"),
        verdicts.count("rejected"),
        verdicts.count("crashed"),
        sum(bool(outcome.faults) for outcome in group),
        sum(bool(outcome.differences) for outcome in group),
        sum(bool(outcome.uncompared) for outcome in group),
    )


_Finding = tuple[str, str, Outcome]
"""What a finding is counted by, what one example of it says, and where it was found."""


def _faults(outcomes: list[Outcome]) -> Iterator[_Finding]:
    for outcome in outcomes:
        for fault in outcome.faults:
            place = ".".join(step for step in fault.path if isinstance(step, str))
            yield f"[{fault.rule}] {place}: {fault.message[:70]}", str(fault), outcome


def _differences(outcomes: list[Outcome]) -> Iterator[_Finding]:
    return ((d.name, str(d), outcome) for outcome in outcomes for d in outcome.differences)


def _last_line(text: str) -> str:
    return text.strip().rsplit("\n", 1)[-1]


def _section(title: str, findings: Iterable[_Finding], verbose: bool) -> Iterator[str]:
    groups: defaultdict[str, list[_Finding]] = defaultdict(list)
    for finding in findings:
        groups[f"{finding[2].case.kind} {finding[2].case.direction}  {finding[0]}"].append(finding)
    if groups:
        yield f"\n{title}"
    for name, group in sorted(groups.items(), key=lambda item: -len(item[1])):
        yield f"{len(group):6}  {name}"
        for _, example, outcome in islice(group, None if verbose else 1):
            yield f"            {outcome.case.path}"
            yield from (f"              {line}" for line in example.splitlines())
