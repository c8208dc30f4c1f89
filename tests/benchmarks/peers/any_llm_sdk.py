"""any-llm: its Messages interface over backends that speak Chat, and its Anthropic provider.

It has no converter of Messages streams that stands alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

from . import Peer

__all__ = ["peers"]

_chat: Final[Any] = import_module("any_llm.types.completion")
_messages: Final[Any] = import_module("any_llm.types.messages")
_compat: Final[Any] = import_module("any_llm.utils.messages_compat")
_provider: Final[Any] = import_module("any_llm.providers.anthropic.utils")
_anthropic: Final[Any] = import_module("anthropic.types")


def peers() -> dict[str, Peer]:
    return {
        "any-llm-sdk": Peer(
            requests={"messages": _request_to_chat, "chat": _request_to_messages},
            replies={"messages": _reply_to_chat, "chat": _reply_to_messages},
            streams={"chat": _stream},
        )
    }


def _request_to_chat(body: bytes) -> bytes:
    return _dumped(_compat.messages_params_to_completion_params(_messages.MessagesParams(**json.loads(body))))


def _request_to_messages(body: bytes) -> bytes:
    asked = json.loads(body)
    asked["model_id"] = asked.pop("model")
    return _dumped(_provider._convert_params(_chat.CompletionParams(**asked), provider_name="anthropic"))


def _reply_to_chat(body: bytes) -> bytes:
    return _written(_provider._convert_response(_anthropic.Message.model_validate_json(body)))


def _reply_to_messages(body: bytes) -> bytes:
    return _written(_compat.chat_completion_to_message_response(_chat.ChatCompletion.model_validate_json(body)))


def _stream(payloads: Sequence[bytes]) -> bytes:
    state = _compat.StreamingState()
    chunks = (_chat.ChatCompletionChunk.model_validate_json(payload) for payload in payloads)
    converted = _compat.chat_completion_chunk_to_message_stream_events
    events = (event for chunk in chunks for event in converted(chunk, state))
    return b"".join(b"event: %b\ndata: %b\n\n" % (event.type.encode(), _written(event)) for event in events)


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def _written(model: Any) -> bytes:
    text: str = model.model_dump_json(exclude_none=True)
    return text.encode()
