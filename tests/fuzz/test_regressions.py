"""What broke a promise once, and the first inputs of the fuzzer, keep every promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz import targets
from tests.fuzz.run import REGRESSIONS
from tests.fuzz.seeds import documents

FOUND = sorted(place for place in REGRESSIONS.glob("*/*") if place.is_file())


@pytest.mark.parametrize("place", FOUND, ids=lambda place: f"{place.parent.name}-{place.name}")
def test_what_was_found_keeps_its_promises(place: Path) -> None:
    getattr(targets, place.parent.name)(place.read_bytes())


@pytest.mark.parametrize("target", targets.TARGETS, ids=lambda target: target.__name__)
def test_first_inputs_keep_their_promises(target: targets.Target) -> None:
    found = list(documents(target.__name__))

    assert found
    for document in found:
        target(document)
