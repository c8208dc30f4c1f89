"""LiteLLM: the adapter behind its Messages endpoint, and its Anthropic provider.

Towards Chat its parser of chunks is timed alone. What its users get has also gone through its
``CustomStreamWrapper``, which takes many times as long.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final

from . import Peer

__all__ = ["peers"]

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # or importing it waits for a network

_ANTHROPIC: Final = "litellm.llms.anthropic"
_CONFIG: Final[Any] = import_module(f"{_ANTHROPIC}.chat.transformation").AnthropicConfig()
_HANDLER: Final[Any] = import_module(f"{_ANTHROPIC}.chat.handler")
_ADAPTER: Final[Any] = import_module(f"{_ANTHROPIC}.messages.adapters.transformation").AnthropicAdapter()
_STREAMS: Final[Any] = import_module(f"{_ANTHROPIC}.messages.adapters.streaming_iterator")
_TYPES: Final[Any] = import_module("litellm.types.utils")


class _Answer:
    """What the provider reads of an HTTP response besides its body."""

    headers: Final[dict[str, str]] = {}
    status_code: Final = 200


def peers() -> dict[str, Peer]:
    return {
        "litellm": Peer(
            requests={"messages": _request_to_chat, "chat": _request_to_messages},
            replies={"messages": _reply_to_chat, "chat": _reply_to_messages},
            streams={"messages": _stream_to_chat, "chat": _stream_to_messages},
        )
    }


def _request_to_chat(body: bytes) -> bytes:
    return _dumped(_ADAPTER.translate_completion_input_params_with_tool_mapping(json.loads(body))[0])


def _request_to_messages(body: bytes) -> bytes:
    asked = json.loads(body)
    model, turns = asked.pop("model"), asked.pop("messages")
    mapped = _CONFIG.map_openai_params(asked, {}, model, drop_params=False)
    return _dumped(
        _CONFIG.transform_request(model=model, messages=turns, optional_params=mapped, litellm_params={}, headers={})
    )


def _reply_to_chat(body: bytes) -> bytes:
    return _written(_CONFIG.transform_parsed_response(json.loads(body), _Answer, _TYPES.ModelResponse()))


def _reply_to_messages(body: bytes) -> bytes:
    return _dumped(_ADAPTER.translate_completion_output_params(_TYPES.ModelResponse(**json.loads(body))))


def _stream_to_chat(payloads: Sequence[bytes]) -> bytes:
    parse = _HANDLER.ModelResponseIterator(streaming_response=iter(()), sync_stream=True).chunk_parser
    return b"".join(b"data: %b\n\n" % _written(parse(json.loads(payload))) for payload in payloads)


def _stream_to_messages(payloads: Sequence[bytes]) -> bytes:
    def chunks() -> Iterator[Any]:
        for payload in payloads:
            yield _TYPES.ModelResponseStream(**json.loads(payload))

    return b"".join(_STREAMS.AnthropicStreamWrapper(chunks(), model="m").anthropic_sse_wrapper())


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def _written(model: Any) -> bytes:
    text: str = model.model_dump_json(exclude_none=True)
    return text.encode()
