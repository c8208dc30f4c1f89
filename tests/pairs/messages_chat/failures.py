"""Errors of both protocols, and their conversions."""

from __future__ import annotations

from typing import Any

from llm_transcode import convert_error
from llm_transcode.converted import ConvertedError

__all__ = ["chat_error", "messages_error", "to_chat", "to_messages"]


def to_messages(status: int | None, body: Any) -> ConvertedError[Any]:
    return convert_error(status, body, source="chat", target="messages")


def to_chat(status: int | None, body: Any) -> ConvertedError[Any]:
    return convert_error(status, body, source="messages", target="chat")


def chat_error(message: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **fields}}


def messages_error(kind: str, message: str = "no", **fields: Any) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message, **fields}}
