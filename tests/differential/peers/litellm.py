"""LiteLLM: the adapter behind its Messages endpoint, and its Anthropic provider."""

from __future__ import annotations

import datetime
import json
import os
from importlib import import_module
from typing import Any, Final

__all__ = ["ADAPTER", "CONFIG", "HANDLER", "STREAMS", "TYPES", "Answer", "convert"]

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # or importing it waits for a network

_ANTHROPIC: Final = "litellm.llms.anthropic"
CONFIG: Final[Any] = import_module(f"{_ANTHROPIC}.chat.transformation").AnthropicConfig()
HANDLER: Final[Any] = import_module(f"{_ANTHROPIC}.chat.handler")
ADAPTER: Final[Any] = import_module(f"{_ANTHROPIC}.messages.adapters.transformation").AnthropicAdapter()
STREAMS: Final[Any] = import_module(f"{_ANTHROPIC}.messages.adapters.streaming_iterator")
TYPES: Final[Any] = import_module("litellm.types.utils")


class Answer:
    """What the provider reads of an HTTP response besides its body."""

    headers: Final[dict[str, str]] = {}
    status_code: Final = 200


def convert(kind: str, source: str, body: bytes) -> bytes:
    match kind, source:
        case "request", "messages":
            return _dumped(ADAPTER.translate_completion_input_params_with_tool_mapping(json.loads(body))[0])
        case "request", _:
            return _dumped(_request(json.loads(body)))
        case "response", "messages":
            return _dumped(CONFIG.transform_parsed_response(json.loads(body), Answer, TYPES.ModelResponse()))
        case "response", _:
            return _dumped(ADAPTER.translate_completion_output_params(TYPES.ModelResponse(**json.loads(body))))
        case _, "chat":
            return b"".join(STREAMS.AnthropicStreamWrapper(_chunks(body), model="m").anthropic_sse_wrapper())
        case _:
            return _chat_stream(body)


def _request(body: dict[str, Any]) -> Any:
    model, turns = body.pop("model"), body.pop("messages")
    stream = body.get("stream")
    mapped = CONFIG.map_openai_params(body, {}, model, drop_params=False)
    asked = CONFIG.transform_request(model=model, messages=turns, optional_params=mapped, litellm_params={}, headers={})
    return asked if stream is None else {**asked, "stream": stream}


def _chunks(body: bytes) -> Any:
    for line in body.splitlines():
        data = line.removeprefix(b"data:").strip()
        if data not in (line, b"[DONE]"):
            yield TYPES.ModelResponseStream(**json.loads(data))


def _chat_stream(body: bytes) -> bytes:
    lines = (line for line in body.decode().splitlines() if line)
    iterator = HANDLER.ModelResponseIterator(streaming_response=lines, sync_stream=True)
    now = datetime.datetime(2026, 1, 1)
    log = import_module("litellm.litellm_core_utils.litellm_logging").Logging(
        model="m",
        messages=[],
        stream=True,
        call_type="completion",
        start_time=now,
        litellm_call_id="x",
        function_id="x",
    )
    log.model_call_details["litellm_params"] = {}
    wrapper = import_module("litellm").CustomStreamWrapper(
        completion_stream=iterator,
        model="m",
        custom_llm_provider="anthropic",
        logging_obj=log,
        stream_options={"include_usage": True},
    )
    chunks = [b"data: " + chunk.model_dump_json(exclude_none=True).encode() + b"\n\n" for chunk in wrapper]
    return b"".join(chunks) + b"data: [DONE]\n\n"


def _dumped(value: Any) -> bytes:
    return json.dumps(value, default=lambda item: item.model_dump(exclude_none=True)).encode()
