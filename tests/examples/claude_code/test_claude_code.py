"""The real Claude Code, through the proxy on port 8088, with a backend that speaks Chat Completions.

`tox run -e claude-code` installs it and runs these tests where there is no network but the loopback.
"""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from llm_transcode import LossCode, convert_request

from ..servers import Recorder
from .client import Claude, calls

_PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

_EXPECTED_LOSSES: Final = {
    LossCode.BILLING_LINE,
    LossCode.CACHE_CONTROL,
    LossCode.CONTEXT_MANAGEMENT,
    LossCode.EFFORT,
    LossCode.THINKING,
    LossCode.TOOL_ERROR,
    LossCode.TOOL_MEDIA,
    LossCode.USER_ID,
}


@pytest.fixture(autouse=True)
def _conversions(proxy: Recorder) -> Any:
    """Whatever Claude Code said in a test, its conversion loses nothing that has not been seen before."""
    yield
    said = [request for request in proxy.requests if request.path == "/v1/messages"]
    converted = [convert_request(bytes(request.content), source="messages", target="chat") for request in said]
    assert {loss.code for one in converted for loss in one.losses} <= _EXPECTED_LOSSES


def _echo(text: str) -> tuple[str, dict[str, Any]]:
    return "Bash", {"command": f"echo {text}", "description": "Says it"}


def _results(request: Any) -> dict[str, Any]:
    """What the tools answered, by the id of the call."""
    messages = request["messages"]
    return {message["tool_call_id"]: message["content"] for message in messages if message["role"] == "tool"}


def test_answer(claude: Claude, upstream: Recorder) -> None:
    answer = claude.ask("Hello")
    assert (answer["is_error"], answer["result"]) == (False, "Hello! You said: Hello")
    usage = answer["usage"]
    assert (usage["input_tokens"], usage["cache_read_input_tokens"], usage["output_tokens"]) == (12, 30, 8)
    assert upstream.last.headers["authorization"] == "Bearer key-of-the-proxy"
    assert "x-anthropic-billing-header" not in upstream.last.content.decode()
    assert upstream.last.body["reasoning_effort"] == "high"


def test_bash(claude: Claude, upstream: Recorder) -> None:
    answer = claude.ask(calls(_echo("one")), "--allowedTools", "Bash")
    assert answer["result"] == "The tools say: one"
    assert _results(upstream.last.body) == {"call_0": "one"}


def test_parallel_calls(claude: Claude, upstream: Recorder) -> None:
    answer = claude.ask(calls(_echo("one"), _echo("two")), "--allowedTools", "Bash")
    assert answer["result"] == "The tools say: one; two"
    assert _results(upstream.last.body) == {"call_0": "one", "call_1": "two"}


def test_failing_command(claude: Claude, upstream: Recorder) -> None:
    claude.ask(calls(("Bash", {"command": "exit 3"})), "--allowedTools", "Bash")
    assert _results(upstream.last.body) == {"call_0": "[tool_error]\nExit code 3"}


def test_image(claude: Claude, upstream: Recorder) -> None:
    claude.home.mkdir()
    image = claude.home / "pixel.png"
    image.write_bytes(_PIXEL)
    claude.ask(calls(("Read", {"file_path": str(image)})))
    *_, last = upstream.last.body["messages"]
    assert (last["role"], [part["type"] for part in last["content"]]) == ("user", ["text", "image_url"])


def test_agent(claude: Claude, upstream: Recorder) -> None:
    """A conversation within the conversation."""
    task = {"description": "Greets", "prompt": "Hello there", "subagent_type": "general-purpose"}
    answer = claude.ask(calls(("Agent", task)))
    assert answer["result"].startswith("The tools say: Hello! You said: Hello there")
    assert len(upstream.requests) == 3


def test_thinking(claude: Claude) -> None:
    assert claude.ask("Hello", model="demo-think")["result"] == "Hello! You said: Hello"


def test_two_at_once(claude: Claude, tmp_path: Path) -> None:
    """Nothing of one conversation gets into another."""
    texts = ["one", "two"]
    clients = [replace(claude, home=tmp_path / text) for text in texts]

    def ask(client: Claude) -> Any:
        return client.ask(calls(_echo(client.home.name), _echo("both")), "--allowedTools", "Bash")["result"]

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(ask, clients)) == [f"The tools say: {text}; both" for text in texts]


def test_count_tokens(claude: Claude, proxy: Recorder) -> None:
    answer = claude.ask("/context")
    assert "**Tokens:**" in answer["result"]
    assert "/v1/messages/count_tokens" in {request.path for request in proxy.requests}


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("demo-error-429", "The script answers 429, as it was asked to."),
        ("demo-error-529", "The script answers 529, as it was asked to."),
        ("demo-broken", "Overloaded"),
        ("demo-truncated", "the upstream's stream ended early"),
    ],
)
def test_error(claude: Claude, model: str, message: str) -> None:
    answer = claude.ask("Hello", model=model)
    assert answer["is_error"]
    assert message in answer["result"]
