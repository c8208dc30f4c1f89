"""What it takes to start: importing the library and its peers, and the first conversion, in fresh interpreters."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from .peers import installed
from .tables import Table
from .timing import Effort

__all__ = ["imports"]

_ROUNDS: Final = 11

_FIRST: Final = (
    "from llm_transcode import convert_request\n"
    'body = b\'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "?"}]}\'\n'
    'convert_request(body, source="messages", target="chat").to_json()'
)

_STATEMENTS: Final = {
    "pydantic": "import pydantic",
    "pydantic and a model": "from pydantic import BaseModel\nclass Model(BaseModel):\n    field: int",
    "llm_transcode": "import llm_transcode",
    "llm_transcode and its pair": "import llm_transcode.pairs.messages_chat",
    "llm_transcode and a conversion": _FIRST,
}
"""Importing pydantic loads little of it; defining a model loads the rest."""

_PEERS: Final = {"llm-rosetta": "llm_rosetta", "any-llm-sdk": "any_llm", "litellm": "litellm"}
"""What is imported of each distribution."""


def imports(effort: Effort) -> Iterator[Table]:
    """Milliseconds more than an interpreter that imports nothing, whose own come first."""
    statements = _STATEMENTS | {_PEERS[name]: f"import {_PEERS[name]}" for name in installed()}
    bare, *others = _started(["pass", *statements.values()], _ROUNDS if effort.points is None else 1)
    rows = {"the interpreter alone": _row(bare)}
    rows |= {name: _row(taken, less=bare) for name, taken in zip(statements, others, strict=True)}
    yield Table("import", "milliseconds more than the interpreter alone", rows)


def _row(seconds: list[float], less: Sequence[float] = (0,)) -> dict[str, float]:
    return {
        "median": 1000 * (statistics.median(seconds) - statistics.median(less)),
        "best round": 1000 * (min(seconds) - min(less)),
    }


def _started(statements: list[str], count: int) -> list[list[float]]:
    """The interpreters take turns; each of them runs once before, for the sake of compiled modules and caches."""
    _, *rounds = [[_seconds(statement) for statement in statements] for _ in range(count + 1)]
    return [list(taken) for taken in zip(*rounds, strict=True)]


def _seconds(statement: str) -> float:
    """Of the interpreter's own clock, which begins with it and stands still while others run."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or importing it waits for a network
    timed = f"{statement}\nimport time\nprint(time.process_time())"
    return float(subprocess.check_output([sys.executable, "-c", timed], env=environment).split()[-1])
