"""The page about pitfalls, made from their catalogue and the names of the tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tests.pitfalls.catalogue import PITFALLS, UNREACHABLE, labelled_tests
from tests.pitfalls.slips import SLIPS, UNREACHABLE_SLIPS, Slip

__all__ = ["pitfalls_page"]

_TESTS: Final = labelled_tests()

_PAGE: Final = """\
# Pitfalls

What goes wrong between the two protocols, and the tests that hold it off.
A test carries the numbers that it is about in its name.

This page is made from `tests/pitfalls` by `python -m docs.generate`.

## What users ran into

| Number | What goes wrong | Tests |
| --- | --- | --- |
{pitfalls}
## What other converters did

Seen when they were read and run.
Those that begin with A are written in Python, those with B in other languages.

| Number | What went wrong | Held off by |
| --- | --- | --- |
{slips}"""


def pitfalls_page() -> str:
    """The page: a table of pitfalls, and one of slips."""
    pitfalls = "".join(_row(label, title, _cell(label, UNREACHABLE)) for label, title in PITFALLS.items())
    slips = "".join(_row(label, slip.title, _held_off(label, slip)) for label, slip in SLIPS.items())
    return _PAGE.format(pitfalls=pitfalls, slips=slips)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(label: str, reasons: dict[str, str]) -> str:
    return _links(_TESTS[label]) if label in _TESTS else f"none: {reasons.get(label, '')}"


def _held_off(label: str, slip: Slip) -> str:
    own = [_links(_TESTS[label])] if label in _TESTS else []
    return "<br>".join([*own, *([", ".join(slip.covered)] if slip.covered else [])]) or (
        f"none: {UNREACHABLE_SLIPS.get(label, '')}"
    )


def _links(tests: Iterable[str]) -> str:
    return "<br>".join(f"[`{test.split('::')[1]}`](../../{test.split('::')[0]})" for test in tests)
