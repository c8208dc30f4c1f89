"""Chunks of a stream for tests, and what they add up to."""

from __future__ import annotations

from typing import Any, Final

from llm_transcode.chat.accumulate import accumulate
from tests.recordings import JsonObject

__all__ = ["HEAD", "chunk", "detail", "fragment", "message", "opening", "text", "thinking"]

HEAD: Final[JsonObject] = {"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "m"}


def chunk(delta: Any = None, finish: Any = None, **more: Any) -> JsonObject:
    return {**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def message(*deltas: Any) -> JsonObject:
    """The message that deltas add up to."""
    found: JsonObject = accumulate(chunk(delta) for delta in deltas)["choices"][0]["message"]
    return found


def text(value: str) -> JsonObject:
    return {"type": "text", "text": value}


def thinking(*values: str, **more: Any) -> JsonObject:
    return {"type": "thinking", "thinking": [text(value) for value in values], **more}


def fragment(index: int | None = None, arguments: Any = None, **more: Any) -> JsonObject:
    found: JsonObject = {} if index is None else {"index": index}
    return {**found, **more, "function": {"arguments": arguments, **more.pop("function", {})}}


def opening(index: int | None, call_id: str, name: str, arguments: Any = "") -> JsonObject:
    found: JsonObject = {} if index is None else {"index": index}
    return {**found, "id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def detail(kind: str = "text", index: int | None = 0, **more: Any) -> JsonObject:
    found: JsonObject = {} if index is None else {"index": index}
    return {"type": f"reasoning.{kind}", **more, **found}
