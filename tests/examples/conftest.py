"""Every route between an official SDK and the scripted backend, over real sockets of the loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for module in ("httpx2", "starlette", "uvicorn", "anthropic", "openai"):
    pytest.importorskip(module, reason="needs the extra `examples` and both SDKs")

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from .routes import Network


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """All servers, for the whole run."""
    with Network() as servers:
        yield servers


@pytest.fixture(autouse=True)
def _forget(request: pytest.FixtureRequest) -> None:
    """Each test sees its own requests only."""
    if "network" in request.fixturenames:
        servers: Network = request.getfixturevalue("network")
        servers.upstream.requests.clear()
