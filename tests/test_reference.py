"""Whether the pages that are made from the code are those that are committed."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs import generate


@pytest.mark.parametrize("place", generate.PAGES, ids=lambda place: place.name)
def test_a_page_is_up_to_date(place: Path) -> None:
    assert place.read_text("utf-8") == generate.PAGES[place], "run python -m docs.generate"
