"""Whether every pitfall and every slip has a test that carries its number, or a reason why it needs none."""

from __future__ import annotations

from typing import Final

from tests.pitfalls.catalogue import PITFALLS, UNREACHABLE, labelled_tests
from tests.pitfalls.slips import SLIPS, UNREACHABLE_SLIPS

TESTS: Final = labelled_tests()
REASONS: Final = {**UNREACHABLE, **UNREACHABLE_SLIPS}


def test_the_numbers_are_complete() -> None:
    assert list(PITFALLS) == [f"P{number:03}" for number in range(1, 172)]
    assert list(SLIPS) == [f"A{number:02}" for number in range(1, 49)] + [f"B{number:02}" for number in range(1, 52)]


def test_every_pitfall_has_a_test_or_a_reason() -> None:
    assert [label for label in PITFALLS if label not in TESTS and label not in REASONS] == []


def test_every_slip_has_a_test_or_is_covered_or_has_a_reason() -> None:
    bare = [label for label, slip in SLIPS.items() if label not in TESTS and not slip.covered]

    assert [label for label in bare if label not in REASONS] == []


def test_what_covers_a_slip_has_tests() -> None:
    assert {label for slip in SLIPS.values() for label in slip.covered if label not in TESTS} == set()


def test_a_reason_stands_for_a_test_and_not_beside_one() -> None:
    assert [label for label in REASONS if label in TESTS] == []
    assert set(TESTS) <= {*PITFALLS, *SLIPS}
