"""The settings that the two proxies share."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

import anthropic2openai_proxy
import anyrouter2openai
from llm_transcode import convert_request
from serving import Program, app_from, options_from

from .routes import KEY, Network
from .servers import Server

_HI: Any = {"model": "claude-a", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}

_PROGRAMS = {"messages": anthropic2openai_proxy.PROGRAM, "chat": anyrouter2openai.PROGRAM}


@pytest.mark.parametrize(
    ("model_map", "model", "sent"),
    [
        ("", "claude-a", "claude-a"),
        ("claude-a=gpt-a, claude-b=gpt-b", "claude-b", "gpt-b"),
        ("claude-a=gpt-a,*=gpt-z", "claude-c", "gpt-z"),
        ("claude-a=gpt-a", "claude-c", "claude-c"),
    ],
)
def test_model_map(model_map: str, model: str, sent: str) -> None:
    options = options_from({"MODEL_MAP": model_map})
    converted = convert_request({**_HI, "model": model}, source="messages", target="chat", options=options)
    assert converted.to_dict()["model"] == sent


def test_dialect() -> None:
    options = options_from({"DIALECT": "vllm"})
    converted = convert_request({**_HI, "top_k": 5}, source="messages", target="chat", options=options)
    assert converted.to_dict()["top_k"] == 5


@pytest.mark.parametrize("path", ["", "/", "/v1"])
def test_addresses_with_and_without_version(network: Network, path: str) -> None:
    """Anthropic's clients are told an address without ``/v1``; either is understood."""
    settings = {"ANYROUTER_BASE_URL": network.upstream_url + path}
    with Server(app_from(anyrouter2openai.PROGRAM, settings)) as server:
        answer = httpx2.post(f"{server.url}/v1/chat/completions", json=_HI, headers={"x-api-key": KEY})
    assert answer.json()["choices"][0]["message"]["content"] == "Hello! You said: hi"


@pytest.mark.parametrize("program", _PROGRAMS.values(), ids=_PROGRAMS)
@pytest.mark.parametrize("both", [False, True])
def test_endpoints(network: Network, program: Program, both: bool) -> None:
    settings = {program.base_url_variable: f"{network.upstream_url}/v1"}
    if both:
        settings["ENDPOINTS"] = "messages,chat"
    with Server(app_from(program, settings)) as server:
        health = httpx2.get(f"{server.url}/health").json()
    assert health["clients"] == (["messages", "chat"] if both else [program.client])


def test_endpoints_that_do_not_exist() -> None:
    with pytest.raises(ValueError, match="smoke"):
        app_from(anyrouter2openai.PROGRAM, {"ANYROUTER_BASE_URL": "http://127.0.0.1:9", "ENDPOINTS": "smoke"})
