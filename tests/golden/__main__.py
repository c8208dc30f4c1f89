"""``python -m tests.golden --update``: writes what the sources of the cases become, for review."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.golden.cases import ALL, DIRECTIONS, Case
from tests.golden.rendering import render


def update(cases: Iterable[Case]) -> None:
    """Write one folder. A source is only laid out anew, so that both directions can disagree with it."""
    cases = sorted(cases, key=lambda case: not case.source.exists())
    sources = [case.source for case in cases]
    losses: dict[str, Any] = {}
    for case in cases:
        if case.source.suffix == ".json":
            _write(case.source, render(json.loads(case.source.read_bytes())))
        document, losses[case.direction] = case.convert()
        if document is None:
            case.target.unlink(missing_ok=True)
        elif case.target not in sources or not case.target.exists():
            _write(case.target, document)
    _write(cases[0].place / "losses.json", render({name: losses[name] for name in DIRECTIONS if name in losses}))


def _write(place: Path, text: str) -> None:
    if not place.exists() or place.read_bytes() != text.encode():
        place.write_bytes(text.encode())
        sys.stdout.write(f"wrote {place}\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit(__doc__)
    for _, folder in groupby(ALL, lambda case: case.place):
        update(folder)
