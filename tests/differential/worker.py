"""Runs one converter over many documents, within the environment of that converter.

``python -m tests.differential.worker PEER ROOT TASKS ANSWERS``: both files hold one JSON object a line.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from .peers import NotOffered

__all__ = ["main"]


def main(peer: str, root: Path, tasks: Path, answers: Path) -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    convert = import_module(f"tests.differential.peers.{peer.replace('-', '_')}").convert
    with answers.open("w", encoding="utf-8") as out:
        for line in tasks.read_text("utf-8").splitlines():
            task = json.loads(line)
            answer = _answer(convert, task["kind"], task["source"], (root / task["path"]).read_bytes())
            out.write(json.dumps(answer) + "\n")


def _answer(convert: Callable[[str, str, bytes], bytes], kind: str, source: str, body: bytes) -> dict[str, Any]:
    try:
        return {"text": convert(kind, source, body).decode("utf-8", "replace")}
    except NotOffered:
        return {}
    except Exception as error:
        return {"raised": type(error).__name__, "by": _innermost(error)}


def _innermost(error: BaseException) -> str:
    """Some wrap whatever went wrong; what went wrong first says whether it was meant."""
    while error.__cause__ is not None:
        error = error.__cause__
    return type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
