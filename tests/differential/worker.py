"""Runs one converter over many documents, within the environment of that converter.

``python -m tests.differential.worker PEER ROOT TASKS ANSWERS``: both files hold one JSON object a line.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from .asking import asked
from .peers import NotOffered

__all__ = ["main"]


def main(peer: str, root: Path, tasks: Path, answers: Path) -> None:
    convert = import_module(f"tests.differential.peers.{peer.replace('-', '_')}").convert
    with answers.open("w", encoding="utf-8") as out:
        for line in tasks.read_text("utf-8").splitlines():
            task = json.loads(line)
            body = asked(task["kind"], task["source"], (root / task["path"]).read_bytes())
            out.write(json.dumps(_answer(convert, task["kind"], task["source"], body)) + "\n")


def _answer(convert: Callable[[str, str, bytes], bytes], kind: str, source: str, body: bytes) -> dict[str, Any]:
    with _told() as told:
        try:
            return {"text": convert(kind, source, body).decode("utf-8", "replace"), "told": told}
        except NotOffered:
            return {}
        except Exception as error:
            return {"raised": type(error).__name__, "by": _innermost(error)}


@contextmanager
def _told() -> Generator[list[str], None, None]:
    """What the converter says beside its result: what it warns of, and what it logs as a warning or worse."""
    told: list[str] = []

    def record(*args: Any, **keywords: Any) -> logging.LogRecord:
        made = logging.LogRecord(*args, **keywords)
        if made.levelno >= logging.WARNING:
            told.append(made.getMessage())
        return made

    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(record)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield told
        told.extend(str(warning.message) for warning in warned)
    logging.setLogRecordFactory(before)


def _innermost(error: BaseException) -> str:
    """Some wrap whatever went wrong; what went wrong first says whether it was meant."""
    while (earlier := error.__cause__ or error.__context__) is not None:
        error = earlier
    return type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
