"""any-llm: the calls of its interface, with servers of OpenAI's and Anthropic's that are not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import Any, Final

from .upstream import OTHER, Upstream, question, server_sent

__all__ = ["convert"]

_any_llm: Final[Any] = import_module("any_llm").AnyLLM

_UPSTREAMS: Final = {"messages": ("anthropic", "httpx"), "chat": ("openai", "httpx2")}
"""The provider of each protocol, and the HTTP library of its client."""

_CALLS: Final = {"messages": "amessages", "chat": "acompletion"}
"""Where its parameters are named. What else a request holds it would hand on as the target's own: left out."""

_RENAMED: Final = {"output_config": "output_format"}
"""A parameter of its own, which takes the value of the field."""


def convert(kind: str, source: str, body: bytes) -> bytes:
    if kind == "request":
        return _request(source, json.loads(body))
    client = OTHER[source]
    answer = _call(client, Upstream(source, body, streams=kind == "stream"))(**question(client, kind))
    if kind == "response":
        return json.dumps(answer.model_dump(mode="json", exclude_none=True)).encode()
    events = b"".join(server_sent(client, event.model_dump(mode="json", exclude_none=True)) for event in answer)
    return events + (b"data: [DONE]\n\n" if client == "chat" else b"")


def _request(client: str, body: dict[str, Any]) -> bytes:
    upstream = Upstream(OTHER[client])
    given = {_RENAMED.get(name, name): value for name, value in body.items()}
    known = signature(getattr(_any_llm, _CALLS[client])).parameters
    try:
        answer = _call(client, upstream)(**{name: value for name, value in given.items() if name in known})
        if body.get("stream"):
            list(answer)
    except Exception:
        if upstream.asked is None:
            raise
    assert upstream.asked is not None
    return upstream.asked


def _call(client: str, upstream: Upstream) -> Callable[..., Any]:
    """What a client of a protocol calls to reach the server."""
    name, library = _UPSTREAMS[OTHER[client]]
    http = import_module(library)

    def respond(request: Any) -> Any:
        headers, content = upstream.answer(str(request.url), request.content)
        return http.Response(200, headers=headers, content=content)

    provider = _any_llm.create(
        name, api_key="none", http_client=http.AsyncClient(transport=http.MockTransport(respond))
    )
    provider._MESSAGES_TOOLS_THINKING_VIA_RESPONSES = False  # OpenAI's own models get such a request another way
    call: Callable[..., Any] = provider.completion if client == "chat" else provider.messages
    return call
