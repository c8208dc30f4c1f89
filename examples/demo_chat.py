"""The scripted backend's OpenAI Chat Completions, written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from demo_script import Asked, Reply, pieces

__all__ = ["HEADERS", "error", "models", "read", "stream", "whole"]

HEADERS: Final = {
    "x-request-id": "req_demo",
    "x-ratelimit-limit-requests": "50",
    "x-ratelimit-remaining-requests": "49",
    "x-ratelimit-reset-requests": "1m0s",
}

_ERRORS: Final = {
    400: ("invalid_request_error", None),
    401: ("invalid_request_error", "invalid_api_key"),
    404: ("invalid_request_error", "model_not_found"),
    429: ("requests", "rate_limit_exceeded"),
}


def read(body: dict[str, Any]) -> Asked:
    """What the script wants to know of a request."""
    messages = body["messages"]
    last = next((message["content"] for message in reversed(messages) if message["role"] == "user"), "")
    parts = [{"type": "text", "text": last}] if isinstance(last, str) else last
    output = body.get("response_format", {}).get("json_schema")
    return Asked(
        model=body["model"],
        said=next((part["text"] for part in reversed(parts) if part["type"] == "text"), ""),
        answered=sum(message["role"] == "assistant" for message in messages),
        images=sum(part["type"] == "image_url" for part in parts),
        results=tuple(_results(messages)),
        tools={tool["function"]["name"]: tool["function"].get("parameters") for tool in body.get("tools", ())},
        schema=output["schema"] if output else None,
        streams=body.get("stream", False),
        include_usage=body.get("stream_options", {}).get("include_usage", False),
    )


def _results(messages: list[dict[str, Any]]) -> Iterator[str]:
    """The texts of the tool messages that follow the last assistant message."""
    last = max((place for place, message in enumerate(messages) if message["role"] == "assistant"), default=-1)
    for message in messages[last + 1 :]:
        if message["role"] == "tool":
            content = message["content"]
            yield content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-demo-{asked.answered}", "object": kind, "created": 1767225600, "model": asked.model}


def _usage() -> dict[str, Any]:
    details = {"cached_tokens": 30}
    return {"prompt_tokens": 42, "completion_tokens": 8, "total_tokens": 50, "prompt_tokens_details": details}


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "length" if reply.cut else "stop"


def whole(asked: Asked, reply: Reply) -> dict[str, Any]:
    """The reply in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.thinking:
        message["reasoning_content"] = reply.thinking
    if reply.calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
            }
            for call in reply.calls
        ]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(reply)}
    return {**_head(asked, "chat.completion"), "choices": [choice], "usage": _usage()}


def stream(asked: Asked, reply: Reply) -> Iterator[bytes]:
    """The reply as it streams."""
    for chunk in _chunks(asked, reply):
        yield f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()
    if reply.fails is None:
        yield b"data: [DONE]\n\n"


def _chunks(asked: Asked, reply: Reply) -> Iterator[dict[str, Any]]:
    head = _head(asked, "chat.completion.chunk")
    for delta in _deltas(reply):
        yield {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}]}
    if reply.fails == "broken":
        yield {"error": {"message": "Overloaded", "type": "server_error", "param": None, "code": None}}
    if reply.fails is None:
        yield {**head, "choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": _finish(reply)}]}
        if asked.include_usage:
            yield {**head, "choices": [], "usage": _usage()}


def _deltas(reply: Reply) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": "", "refusal": None}
    for piece in pieces(reply.thinking):
        yield {"reasoning_content": piece}
    for piece in pieces(reply.text):
        yield {"content": piece}
    for index, call in enumerate(reply.calls):
        function = {"name": call.name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": function}]}
        for piece in pieces(json.dumps(call.arguments, ensure_ascii=False)):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def error(status: int, message: str) -> dict[str, Any]:
    kind, code = _ERRORS.get(status, ("server_error", None))
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def models(names: tuple[str, ...]) -> dict[str, Any]:
    data = [{"id": name, "object": "model", "created": 1767225600, "owned_by": "demo"} for name in names]
    return {"object": "list", "data": data}
