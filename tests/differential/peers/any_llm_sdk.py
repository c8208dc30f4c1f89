"""any-llm: its Messages interface over backends that speak Chat, and its Anthropic provider."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, Final

from . import NotOffered

__all__ = ["convert"]

_chat: Final[Any] = import_module("any_llm.types.completion")
_messages: Final[Any] = import_module("any_llm.types.messages")
_compat: Final[Any] = import_module("any_llm.utils.messages_compat")
_provider: Final[Any] = import_module("any_llm.providers.anthropic.utils")


def convert(kind: str, source: str, body: bytes) -> bytes:
    match kind, source:
        case "request", "messages":
            return _dumped(
                _compat.messages_params_to_completion_params(_messages.MessagesParams(**json.loads(body))), "model_id"
            )
        case "request", _:
            return _dumped(_to_messages(json.loads(body)))
        case "response", "messages":
            message = import_module("anthropic").types.Message(**json.loads(body))
            return _reply(_provider._convert_response(message))
        case "response", _:
            completion = _chat.ChatCompletion(**json.loads(body))
            return _reply(_compat.chat_completion_to_message_response(completion))
        case "stream", "chat":
            return _stream(body)
        case _:
            raise NotOffered


def _to_messages(body: dict[str, Any]) -> Any:
    body["model_id"] = body.pop("model")
    return _provider._convert_params(_chat.CompletionParams(**body), provider_name="anthropic")


def _reply(reply: Any) -> bytes:
    text: str = reply.model_dump_json(exclude_none=True)
    return text.encode()


def _dumped(body: Any, model: str = "model") -> bytes:
    """What is handed to the vendor's client, which leaves out what is None."""
    named = {"model" if name == model else name: value for name, value in body.items() if value is not None}
    return json.dumps(named, default=lambda value: value.model_dump(exclude_none=True)).encode()


def _stream(body: bytes) -> bytes:
    state = _compat.StreamingState()
    events: list[Any] = []
    for line in body.splitlines():
        data = line.removeprefix(b"data:").strip()
        if data not in (line, b"[DONE]"):
            chunk = _chat.ChatCompletionChunk(**json.loads(data))
            events += _compat.chat_completion_chunk_to_message_stream_events(chunk, state)
    events += _compat.close_open_blocks(state)
    dumped = [event.model_dump(exclude_none=True) for event in events] + _end(state)
    return b"".join(_event(event) for event in dumped)


def _end(state: Any) -> list[dict[str, Any]]:
    """What its client adds after the last chunk."""
    tokens, read = _compat.split_cached_input_tokens(
        state.input_tokens, state.cache_read_input_tokens, state.cache_creation_input_tokens
    )
    usage = {
        "input_tokens": tokens,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": state.cache_creation_input_tokens,
        "output_tokens": state.output_tokens,
    }
    stop = {"stop_reason": state.stop_reason or "end_turn", "stop_sequence": None}
    return [{"type": "message_delta", "delta": stop, "usage": usage}, {"type": "message_stop"}]


def _event(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
