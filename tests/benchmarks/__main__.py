"""The command line: ``python -m tests.benchmarks``; ``--help`` says more."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from . import peers
from .documents import replies, requests
from .imports import imports
from .machine import described, hints, stamp, versions
from .memory import memory
from .scaling import scaling
from .streams import streams
from .tables import Table, as_json, as_text, compared, from_json, with_tables, with_text
from .timing import COLLECTORS, QUICK, Effort

__all__ = ["main"]

_PAGE: Final = Path(__file__).parents[2] / "docs" / "explanation" / "performance.md"

_SECTIONS: Final = ("requests", "replies", "streams", "scaling", "memory", "import")


def main(words: Sequence[str] | None = None) -> None:
    arguments = _parser().parse_args(words)
    facts = _facts(arguments.gc)
    print("\n".join([facts, *hints()]), end="\n\n")
    effort = QUICK if arguments.quick else Effort(seconds=arguments.seconds, collector=arguments.gc)
    tables = list(_shown(_measured(arguments.sections or _SECTIONS, effort)))
    if arguments.against:
        before = from_json(json.loads(arguments.against.read_text("utf-8"))["tables"])
        list(_shown(compared(before, tables)))
    if arguments.json:
        arguments.json.write_text(json.dumps({"facts": facts, "tables": as_json(tables)}, indent=1), "utf-8")
    if arguments.page:
        page = with_text(arguments.page.read_text("utf-8"), "facts", facts)
        arguments.page.write_text(with_tables(page, tables, stamp()), "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure time and memory.")
    parser.add_argument(
        "sections", nargs="*", type=_section, help=f"all of them if none is named: {', '.join(_SECTIONS)}"
    )
    parser.add_argument("--quick", action="store_true", help="run every line once; no number means anything")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each contestant runs (default: 1)")
    parser.add_argument(
        "--gc", choices=list(COLLECTORS), default="frozen", help="the garbage collector (default: frozen)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the numbers")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare with numbers that were kept")
    parser.add_argument("--page", type=Path, nargs="?", const=_PAGE, help=f"put the tables into {_PAGE.name}")
    return parser


def _section(name: str) -> str:
    if name not in _SECTIONS:
        raise argparse.ArgumentTypeError(f"no section {name!r}, only {', '.join(_SECTIONS)}")
    return name


def _facts(collector: str) -> str:
    known = ", ".join(f"{name} {version}" for name, version in versions(peers.installed()).items())
    return f"{described()}, the garbage collector is {COLLECTORS[collector]}; {known}."


def _measured(sections: Iterable[str], effort: Effort) -> Iterator[Table]:
    others = peers.load()
    for name in sections:
        match name:
            case "requests":
                yield from requests(effort, others)
            case "replies":
                yield from replies(effort, others)
            case "streams":
                yield from streams(effort, others)
            case "scaling":
                yield from scaling(effort)
            case "memory":
                yield from memory(effort)
            case _:
                yield from imports(effort)


def _shown(tables: Iterable[Table]) -> Iterator[Table]:
    for table in tables:
        print(as_text(table), end="\n\n")
        sys.stdout.flush()
        yield table


if __name__ == "__main__":
    logging.disable()  # some of the others have much to say
    warnings.simplefilter("ignore")
    main()
