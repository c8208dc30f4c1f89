"""What importing the library costs: no way to do I/O, and no model of a protocol before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

import pytest

NETWORK: Final = ("socket", "ssl", "select", "selectors", "asyncio", "http.client", "urllib.request", "httpx")
OTHERS: Final = ("subprocess", "multiprocessing", "logging", "sqlite3", "tempfile", "random")


def loaded(statement: str) -> frozenset[str]:
    """The modules that a fresh interpreter has after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


PYDANTIC: Final = "from pydantic import BaseModel\nclass Model(BaseModel): ..."
EVERYTHING: Final = (
    "import llm_transcode.pairs.messages_chat\nfrom llm_transcode import *\nimport llm_transcode.headers"
)


@pytest.mark.parametrize(
    ("statement", "given"),
    [("import llm_transcode", "import pydantic"), (EVERYTHING, PYDANTIC)],
    ids=["facade", "everything"],
)
def test_nothing_that_does_io(statement: str, given: str) -> None:
    more = loaded(statement) - loaded(given)

    assert more & {*NETWORK, *OTHERS} == set()


def test_models_are_loaded_when_they_are_needed() -> None:
    modules = loaded("import llm_transcode\nfrom llm_transcode import convert_request, Converted, Options, Dialect")

    assert not any(module.startswith(("llm_transcode.messages", "llm_transcode.chat")) for module in modules)
    assert "llm_transcode.pairs.messages_chat" not in modules
    assert "pydantic.main" not in modules


def test_public_names() -> None:
    import llm_transcode  # noqa: PLC0415

    assert all(hasattr(llm_transcode, name) for name in llm_transcode.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = llm_transcode.nonsense
