"""Every golden case, in every direction it has: the whole document, its losses, and the order of both."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pytest

from tests.golden.cases import ALL, DIRECTIONS, Case
from tests.golden.coverage import EXCEPTIONS, missing_rows, missing_types, unneeded_exceptions
from tests.golden.rendering import render

PLACES = [place for place, _ in groupby(ALL, lambda case: case.place)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.name}-{case.direction}")
def test_a_case(case: Case) -> None:
    document, losses = case.convert()

    assert document == (case.target.read_bytes().decode() if case.target.exists() else None)
    assert losses == case.expected


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.parent.name}/{place.name}")
def test_files_are_laid_out_as_an_update_would(place: Path) -> None:
    for file in place.glob("*.json"):
        assert file.read_text("utf-8") == render(json.loads(file.read_bytes())), "python -m tests.golden --update"


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_row_of_the_ledger_has_a_case(direction: str) -> None:
    assert missing_rows(direction) == [], "add a case whose source has the field, or an exception with its reason"


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_type_that_goes_as_a_whole_has_a_case(direction: str) -> None:
    assert missing_types(direction) == [], "add a case whose source has the type, or an exception with its reason"


def test_exceptions_are_needed_and_reasoned() -> None:
    assert unneeded_exceptions() == []
    assert all(EXCEPTIONS.values())
