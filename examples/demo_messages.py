"""The scripted backend's Anthropic Messages, written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from demo_script import Asked, Reply, pieces

__all__ = ["HEADERS", "error", "models", "read", "stream", "whole"]

HEADERS: Final = {
    "request-id": "req_demo",
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "49",
    "anthropic-ratelimit-requests-reset": "2100-01-01T00:00:00Z",
}

_ERRORS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}

_SIGNATURE: Final = "c2lnbmVkIGJ5IHRoZSBkZW1v"


def read(body: dict[str, Any]) -> Asked:
    """What the script wants to know of a request."""
    users = [turn["content"] for turn in body["messages"] if turn["role"] == "user"]
    last = users[-1] if users else ""
    blocks = [{"type": "text", "text": last}] if isinstance(last, str) else last
    output = body.get("output_config", {}).get("format")
    return Asked(
        model=body["model"],
        said=next((block["text"] for block in reversed(blocks) if block["type"] == "text"), ""),
        answered=sum(turn["role"] == "assistant" for turn in body["messages"]),
        images=sum(block["type"] == "image" for block in blocks),
        results=tuple(_text_of(block.get("content", "")) for block in blocks if block["type"] == "tool_result"),
        tools={tool["name"]: tool.get("input_schema") for tool in body.get("tools", ())},
        schema=output["schema"] if output else None,
        streams=body.get("stream", False),
    )


def _text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    return " ".join(block.get("text", f"[{block['type']}]") for block in content)


def whole(asked: Asked, reply: Reply) -> dict[str, Any]:
    """The reply in one piece."""
    content: list[dict[str, Any]] = []
    if reply.thinking:
        content.append({"type": "thinking", "thinking": reply.thinking, "signature": _SIGNATURE})
    if reply.text:
        content.append({"type": "text", "text": reply.text})
    for call in reply.calls:
        content.append({"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments})
    return {
        "id": f"msg_demo_{asked.answered}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": content,
        "stop_reason": "tool_use" if reply.calls else "max_tokens" if reply.cut else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 12,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 30,
            "output_tokens": 8,
        },
    }


def stream(asked: Asked, reply: Reply) -> Iterator[bytes]:
    """The reply as it streams."""
    for event in _events(asked, reply):
        yield f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _events(asked: Asked, reply: Reply) -> Iterator[dict[str, Any]]:
    message = whole(asked, reply)
    start = {**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}
    yield {"type": "message_start", "message": start}
    yield {"type": "ping"}
    for index, block in enumerate(message["content"]):
        yield from _block(index, block)
    if reply.fails == "broken":
        yield {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    if reply.fails is None:
        delta = {"stop_reason": message["stop_reason"], "stop_sequence": None}
        yield {"type": "message_delta", "delta": delta, "usage": message["usage"]}
        yield {"type": "message_stop"}


def _block(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    start, deltas = _cut(block)
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _cut(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    match block:
        case {"type": "text", "text": text}:
            return {**block, "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces(text)]
        case {"type": "thinking", "thinking": text, "signature": signature}:
            deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(text)]
            deltas.append({"type": "signature_delta", "signature": signature})
            return {**block, "thinking": "", "signature": ""}, deltas
        case _:
            text = json.dumps(block["input"], ensure_ascii=False)
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *pieces(text))]
            return {**block, "input": {}}, deltas


def error(status: int, message: str) -> dict[str, Any]:
    kind = _ERRORS.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_demo"}


def models(names: tuple[str, ...]) -> dict[str, Any]:
    data = [
        {"type": "model", "id": name, "display_name": name.title(), "created_at": "2026-01-01T00:00:00Z"}
        for name in names
    ]
    return {"data": data, "has_more": False, "first_id": names[0], "last_id": names[-1]}
