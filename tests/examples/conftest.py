"""Every route between an official SDK and the scripted backend, over real sockets of the loopback.

Without the extra ``examples`` there is nothing to run here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .routes import Network

_EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path[:0] = [str(_EXAMPLES), str(_EXAMPLES / "embedding")]

_NEEDED = ("aiohttp", "anthropic", "fastapi", "httpx2", "openai", "starlette", "uvicorn")

collect_ignore_glob = [] if all(map(find_spec, _NEEDED)) else ["*test_*.py"]


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """All servers, for the whole run."""
    from .routes import Network  # noqa: PLC0415 - it needs the extra

    with Network() as servers:
        yield servers


@pytest.fixture(autouse=True)
def _forget(request: pytest.FixtureRequest) -> None:
    """Each test sees its own requests only."""
    if "network" in request.fixturenames:
        servers: Network = request.getfixturevalue("network")
        servers.upstream.requests.clear()
