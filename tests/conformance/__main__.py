"""The command line: ``python -m tests.conformance DIR``. Exit status 1 if anything was found, else 0."""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path

from .corpus import KINDS, recorded
from .report import report
from .runner import run


def main() -> int:
    arguments = _arguments()
    cases = (
        case
        for case in recorded(arguments.directory)
        if case.kind in (arguments.kind or KINDS) and arguments.direction in (None, case.direction)
    )
    outcomes = [run(case) for case in islice(cases, arguments.limit)]
    for line in report(outcomes, verbose=arguments.verbose):
        print(line)
    return int(any(outcome.failed for outcome in outcomes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance", description="Judge conversions of real traffic."
    )
    parser.add_argument("directory", type=Path, help="recorded traffic: index.jsonl and the files it names")
    parser.add_argument("--kind", action="append", choices=KINDS, help="may be repeated; all kinds by default")
    parser.add_argument("--direction", choices=("messages-to-chat", "chat-to-messages"), help="both by default")
    parser.add_argument("--limit", type=int, help="judge only so many documents")
    parser.add_argument("--verbose", action="store_true", help="show every finding, not one example of each")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
