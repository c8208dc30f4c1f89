"""The programs as they are started at a shell, with ``--demo`` in place of a backend."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from .servers import eventually, free_port

_EXAMPLES = Path(__file__).parents[2] / "examples"

_WEATHER = ["get_weather(Paris)", "get_weather(北京)", "The tools say: 21 °C in Paris; 21 °C in 北京"]

_SETTINGS = re.compile("API_KEY|_BASE|PROXY|ENDPOINTS|CONCURRENCY|^(HOST|PORT|MODEL|DIALECT)")


def _environment(**settings: str) -> dict[str, str]:
    """The one of the tests, without what would be settings of a program."""
    kept = {name: value for name, value in os.environ.items() if not _SETTINGS.search(name)}
    return {**kept, "PYTHONUTF8": "1", **settings}


@contextmanager
def _running(program: str, *arguments: str, **settings: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, str(_EXAMPLES / program), *arguments]
    environment = _environment(PORT=str(port), **settings)
    with subprocess.Popen(command, env=environment) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            eventually(lambda: _answers(url), patience=20)
            yield url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health").is_success
    except httpx2.ConnectError:
        return False


def _output(program: str, **settings: str) -> list[str]:
    command = [sys.executable, str(_EXAMPLES / program)]
    finished = subprocess.run(
        command, env=_environment(**settings), stdout=subprocess.PIPE, check=True, encoding="utf-8", timeout=30
    )
    return finished.stdout.splitlines()


def test_openai_client_through_anyrouter2openai() -> None:
    with _running("anyrouter2openai.py", "--demo") as url:
        greeting, *weather = _output("openai_client.py", PROXY_URL=f"{url}/v1")
    assert greeting.startswith("你好")
    assert weather == _WEATHER


def test_anthropic_client_through_anthropic2openai_proxy() -> None:
    with _running("anthropic2openai_proxy.py", "--demo") as url:
        greeting, *weather = _output("anthropic_client.py", PROXY_URL=url)
    assert greeting.startswith("你好")
    assert weather == _WEATHER


def test_chain_of_both() -> None:
    """What the compose file sets up: an Anthropic client, 8088, 9999, an Anthropic backend."""
    with (
        _running("anyrouter2openai.py", "--demo", "--both", FORCE_NON_STREAM="true") as inner,
        _running("anthropic2openai_proxy.py", OPENAI_API_BASE=f"{inner}/v1", WEB_CONCURRENCY="2") as outer,
    ):
        assert _output("anthropic_client.py", PROXY_URL=outer)[1:] == _WEATHER
        assert _output("openai_client.py", PROXY_URL=f"{inner}/v1")[1:] == _WEATHER


@pytest.mark.parametrize("program", ["anyrouter2openai.py", "anthropic2openai_proxy.py"])
def test_without_backend(program: str) -> None:
    command = [sys.executable, str(_EXAMPLES / program)]
    finished = subprocess.run(command, env=_environment(), capture_output=True, check=False, text=True, timeout=30)
    assert finished.returncode == 1
    assert "--demo" in finished.stderr
