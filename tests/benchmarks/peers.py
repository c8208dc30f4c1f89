"""Other converters, if they are installed; each from bytes to bytes, as ours is timed.

Their interfaces are private or change, so that one that no longer fits is left out rather than mended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, TypeAlias

from . import inputs

__all__ = ["DISTRIBUTIONS", "Converters", "load"]

Converters: TypeAlias = Mapping[str, Callable[[], object]]
"""From the name of a benchmark to what does the same work."""

DISTRIBUTIONS: Final = ("llm-rosetta", "any-llm-sdk", "litellm")


def load(distribution: str) -> Converters:
    """The converters of a distribution; none if it is missing or has changed."""
    try:
        match distribution:
            case "llm-rosetta":
                return _rosetta()
            case "any-llm-sdk":
                return _any_llm()
            case _:
                return _litellm()
    except (ImportError, AttributeError, TypeError):
        return {}


def _requests(to_chat: Callable[[Any], Any], to_messages: Callable[[Any], Any]) -> dict[str, Callable[[], object]]:
    messages, chat = inputs.messages_request(), inputs.chat_request()
    return {
        "request, messages to chat": lambda: _dumped(to_chat(json.loads(messages))),
        "request, chat to messages": lambda: _dumped(to_messages(json.loads(chat))),
    }


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


# -- llm-rosetta -----------------------------------------------------------------------------------

_ROSETTA: Final = {"messages": "anthropic", "chat": "openai_chat"}
_CHAT_STREAM: Final = inputs.chat_stream()
_MESSAGES_STREAM: Final = inputs.messages_stream()


def _rosetta() -> Converters:
    pipeline = import_module("llm_rosetta").ConversionPipeline

    def streamed(request: bytes, payloads: list[bytes], client: str, upstream: str) -> bytes:
        served = pipeline(_ROSETTA[client], _ROSETTA[upstream])
        served.convert_request(json.loads(request))
        processor = served.create_stream_processor()
        events = (event for payload in payloads for event in processor.process_chunk(json.loads(payload)))
        return b"".join(b"data: " + _dumped(event) + b"\n\n" for event in events)

    converters = _requests(
        lambda body: pipeline("anthropic", "openai_chat").convert_request(body),
        lambda body: pipeline("openai_chat", "anthropic").convert_request(body),
    )
    converters["stream, chat to messages"] = lambda: streamed(
        inputs.messages_request(), _CHAT_STREAM, client="messages", upstream="chat"
    )
    converters["stream, messages to chat"] = lambda: streamed(
        inputs.chat_request(), _MESSAGES_STREAM, client="chat", upstream="messages"
    )
    return converters


# -- any-llm ---------------------------------------------------------------------------------------


def _any_llm() -> Converters:
    compat = import_module("any_llm.utils.messages_compat")
    params = import_module("any_llm.types.messages").MessagesParams
    types = import_module("any_llm.types.completion")
    provider = import_module("any_llm.providers.anthropic.utils")

    def to_messages(body: dict[str, Any]) -> Any:
        body["model_id"] = body.pop("model")
        return provider._convert_params(types.CompletionParams(**body), provider_name="anthropic")

    def streamed() -> bytes:
        state = compat.StreamingState()
        chunks = (types.ChatCompletionChunk.model_validate_json(payload) for payload in _CHAT_STREAM)
        events = (
            event for chunk in chunks for event in compat.chat_completion_chunk_to_message_stream_events(chunk, state)
        )
        return b"".join(_event(event.type, event.model_dump_json(exclude_none=True)) for event in events)

    converters = _requests(lambda body: compat.messages_params_to_completion_params(params(**body)), to_messages)
    converters["stream, chat to messages"] = streamed
    return converters


def _event(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


# -- LiteLLM ---------------------------------------------------------------------------------------


def _litellm() -> Converters:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # or importing it waits for a network
    adapter = import_module("litellm.llms.anthropic.messages.adapters.transformation")
    config = import_module("litellm.llms.anthropic.chat.transformation").AnthropicConfig()

    def to_messages(body: dict[str, Any]) -> Any:
        model, turns = body.pop("model"), body.pop("messages")
        mapped = config.map_openai_params(body, {}, model, drop_params=False)
        return config.transform_request(
            model=model, messages=turns, optional_params=mapped, litellm_params={}, headers={}
        )

    translate = adapter.AnthropicAdapter().translate_completion_input_params_with_tool_mapping
    return _requests(lambda body: translate(body)[0], to_messages)
