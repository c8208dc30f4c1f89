"""The command line: ``python -m tests.benchmarks``.

Nothing is judged. Numbers compare with those of the same run only.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Final

import llm_transcode

from . import peers
from .cases import Case, cases
from .timing import import_milliseconds, microseconds

_OURS: Final = "llm-transcode"

_IMPORTS: Final = {
    "pydantic": "import pydantic",
    "pydantic with one model": "from pydantic import BaseModel\nclass Model(BaseModel):\n    field: int",
    "llm_transcode": "import llm_transcode",
    "llm_transcode with its models": "import llm_transcode.pairs.messages_chat",
    "llm_rosetta": "import llm_rosetta",
}
"""What is imported, by the names in the table; the last one only if it is installed."""


def main() -> None:
    arguments = _arguments()
    others = {name: converters for name in peers.DISTRIBUTIONS if (converters := peers.load(name))}
    print(", ".join(_versions(others)))
    print("\nMicroseconds, the median, and how many times the floor: reading and writing the same JSON.\n")
    _print_table(["", "kB", "floor", _OURS, *others], [_row(case, others, arguments.seconds) for case in cases()])
    print("\nMilliseconds to import in a fresh interpreter, the median.\n")
    _print_table(["", "ms"], list(_import_rows("llm-rosetta" in others)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure conversions.")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long to measure each conversion")
    return parser.parse_args()


def _versions(others: Mapping[str, object]) -> Iterator[str]:
    yield f"{platform.python_implementation()} {platform.python_version()} on {platform.machine()}"
    yield f"{_OURS} {llm_transcode.__version__}"
    for name in ("pydantic", "pydantic-core", *others):
        yield f"{name} {version(name)}"


def _row(case: Case, others: Mapping[str, peers.Converters], seconds: float) -> list[str]:
    floor = microseconds(case.floor, seconds) / case.events
    runs = [case.ours, *(converters.get(case.name) for converters in others.values())]
    measured = [microseconds(run, seconds) / case.events if run else None for run in runs]
    cells = ["" if micros is None else f"{micros:,.1f} ({micros / floor:.1f}x)" for micros in measured]
    name = case.name + (", each event" if case.events > 1 else "")
    return [name, f"{case.bytes / case.events / 1000:.1f}", f"{floor:,.1f}", *cells]


def _import_rows(with_rosetta: bool) -> Iterator[list[str]]:
    statements = dict(list(_IMPORTS.items())[: None if with_rosetta else -1])
    for name, milliseconds in zip(statements, import_milliseconds(list(statements.values())), strict=True):
        yield [name, f"{milliseconds:.0f}"]


def _print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join([first.strip().ljust(widths[0]), *rest]).rstrip())


if __name__ == "__main__":
    main()
