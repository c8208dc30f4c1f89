"""Claude Code, the proxy and the scripted backend, which may see nothing but the loopback."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from .client import PROGRAM, Claude

if TYPE_CHECKING:
    from demo_script import Asked, Reply

    from ..servers import Recorder

_ELSEWHERE: Final = ("192.0.2.1", 443)
"""An address that is reserved for documentation."""


@pytest.fixture(scope="session", autouse=True)
def _alone() -> None:
    """Skip without the program, and fail with a way out of this machine."""
    if not PROGRAM:
        pytest.skip("CLAUDE_CODE does not say where Claude Code is installed")
    with socket.socket() as attempt:
        attempt.settimeout(1)
        refusal = attempt.connect_ex(_ELSEWHERE)
    assert refusal == errno.ENETUNREACH, "there is more of a network than the loopback"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as servers:
        yield servers


@pytest.fixture
def upstream(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The scripted backend, which calls tools when it is told to."""
    import demo_upstream  # noqa: PLC0415 - it needs the extra

    from ..servers import Recorder  # noqa: PLC0415

    monkeypatch.setattr(demo_upstream, "reply_to", _reply_to)
    return Recorder(demo_upstream.create_app(pace=0))


@pytest.fixture
def proxy(stack: ExitStack, upstream: Recorder) -> Recorder:
    """The program on port 8088, on another port."""
    from anthropic2openai_proxy import PROGRAM as program  # noqa: PLC0415
    from serving import app_from  # noqa: PLC0415

    from ..servers import Recorder, Server  # noqa: PLC0415

    address = stack.enter_context(Server(upstream)).url
    return Recorder(app_from(program, {"OPENAI_API_BASE": f"{address}/v1", "OPENAI_API_KEY": "key-of-the-proxy"}))


@pytest.fixture
def claude(stack: ExitStack, proxy: Recorder, tmp_path: Path) -> Claude:
    from ..servers import Server  # noqa: PLC0415

    return Claude(tmp_path / "home", stack.enter_context(Server(proxy)).url)


def _reply_to(asked: Asked) -> Reply:
    """The script's own reply, or calls of the tools that the prompt names, as `client.calls` writes it."""
    from demo_script import Reply, ToolCall, reply_to  # noqa: PLC0415

    if asked.results or not asked.said.startswith("[["):
        return reply_to(asked)
    named = enumerate(json.loads(asked.said))
    return Reply(
        text="Let me see.",
        calls=tuple(ToolCall(id=f"call_{number}", name=name, arguments=given) for number, (name, given) in named),
    )
