"""The command line: ``python -m tests.differential CORPUS [--page]``. Exit status 1 if ours loses in silence."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Final

import llm_transcode

from .environments import PEERS, version
from .judging import OURS
from .page import page
from .run import cases, verdicts

_PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "comparison.md"


def main() -> int:
    arguments = _arguments()
    arguments.environments.mkdir(parents=True, exist_ok=True)
    found = list(verdicts(arguments.corpus, arguments.environments, cases(arguments.corpus, arguments.limit)))
    versions = {OURS: llm_transcode.__version__}
    versions |= {peer: version(peer, arguments.environments) for peer in PEERS}
    text = page(found, versions, date.today())
    if arguments.page:
        _PAGE.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return int(any(verdict.silent or verdict.fate == "crashed" for verdict in found if verdict.peer == OURS))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description="Compare converters.")
    parser.add_argument("corpus", type=Path, help="recorded traffic: index.jsonl and the files it names")
    parser.add_argument("--environments", type=Path, default=Path(".differential"), help="where the others live")
    parser.add_argument("--limit", type=int, help="compare only so many documents of each kind and direction")
    parser.add_argument("--page", action="store_true", help=f"write {_PAGE.name} of the documentation")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
