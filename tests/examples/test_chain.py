"""What comes out of two proxies, there and back, is what the backend said."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from .routes import KEY, Network

_PATHS = {"messages": "/v1/messages", "chat": "/v1/chat/completions"}

_MESSAGES_TOOLS = [{"name": "look", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}]
_CHAT_TOOLS = [{"type": "function", "function": {"name": "look", "parameters": _MESSAGES_TOOLS[0]["input_schema"]}}]
_TOOLS = {"messages": _MESSAGES_TOOLS, "chat": _CHAT_TOOLS}


@pytest.fixture(scope="session")
def http() -> Any:
    with httpx2.Client(transport=httpx2.HTTPTransport(verify=False), headers={"x-api-key": KEY}) as client:
        yield client


@pytest.mark.parametrize(
    "model", ["demo", "demo-think", "demo-cut", "demo-think-tools", "demo-error-429", "demo-error-400"]
)
@pytest.mark.parametrize("client", ["messages", "chat"])
def test_reply(network: Network, http: httpx2.Client, client: Any, model: str) -> None:
    """Field for field, but for what one of the protocols has no word for."""
    body = {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}], "tools": _TOOLS[client]}
    said, heard = (http.post(network.url(route, client) + _PATHS[client], json=body) for route in ("nothing", "chain"))
    assert heard.status_code == said.status_code
    assert _comparable(heard.json(), client) == _comparable(said.json(), client)


def _comparable(reply: Any, client: str) -> Any:
    if client == "chat" and "choices" in reply:
        reply.pop("created")  # Anthropic does not say when it answered
        usage, choice = reply["usage"], reply["choices"][0]
        choice["message"] = {name: value for name, value in choice["message"].items() if value is not None}
        choice["message"].pop("reasoning_details", None)  # stand beside the text that they repeat
        reply["usage"] = {name: usage[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
        for call in choice["message"].get("tool_calls", ()):
            call["function"]["arguments"] = call["function"]["arguments"].replace(" ", "")
    if "error" in reply:  # the finer words of one vendor become the common ones of the other
        return reply["error"]["message"]
    return reply


@pytest.mark.parametrize("client", ["messages", "chat"])
def test_request_headers_of_the_reply(network: Network, http: httpx2.Client, client: Any) -> None:
    body = {"model": "demo", "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]}
    said, heard = (http.post(network.url(route, client) + _PATHS[client], json=body) for route in ("nothing", "chain"))
    for name, value in said.headers.items():
        if "ratelimit" in name and "reset" not in name:  # a time to come is rounded on its way
            assert heard.headers[name] == value
    for name in ("request-id", "x-request-id"):
        assert heard.headers.get(name) == said.headers.get(name)
