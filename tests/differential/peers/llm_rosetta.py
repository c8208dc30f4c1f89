"""llm-rosetta: a pipeline from one protocol to the other, and back for the reply, used as its own gateway does."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from .upstream import OTHER, question, server_sent

__all__ = ["convert"]

_pipeline_of: Final[Any] = import_module("llm_rosetta").ConversionPipeline
_gateway: Final[Any] = import_module("llm_rosetta.gateway.transport.sse_format")

_NAMES: Final = {"messages": "anthropic", "chat": "openai_chat"}
_SHIMS: Final = {"messages": "anthropic", "chat": "openai"}


def convert(kind: str, source: str, body: bytes) -> bytes:
    client = source if kind == "request" else OTHER[source]
    asked = json.loads(body) if kind == "request" else question(client, kind)
    names = _NAMES[client], _NAMES[OTHER[client]]
    pipeline = _pipeline_of(*names, target_shim=_SHIMS[OTHER[client]], upstream_model=asked["model"])
    try:
        converted = pipeline.convert_request(asked)
        if kind == "request":
            return _dumped(converted)
        if kind == "response":
            return _dumped(pipeline.convert_response(json.loads(body)))
        return b"".join(_stream(pipeline.create_stream_processor(), _NAMES[client], body, client))
    finally:
        for warning in pipeline.warnings:
            warnings.warn(warning, stacklevel=1)


def _stream(processor: Any, name: str, body: bytes, client: str) -> Iterator[bytes]:
    try:
        for line in body.splitlines():
            data = line.removeprefix(b"data:").strip()
            if data in (line, b"[DONE]"):
                continue
            chunk = json.loads(data)
            if _gateway.is_upstream_error_chunk(chunk):
                message = _gateway.extract_upstream_error_message(chunk)
                yield from (server_sent(client, event) for event in _gateway.build_stream_error_events(name, message))
                break
            yield from (server_sent(client, event) for event in processor.process_chunk(chunk))
    except Exception as error:  # the gateway tells the client
        yield from (server_sent(client, event) for event in _gateway.build_stream_error_events(name, str(error)))
    if client == "chat":
        yield b"data: [DONE]\n\n"


def _dumped(body: Any) -> bytes:
    return json.dumps(_stripped(body)).encode()


def _stripped(value: Any) -> Any:
    """Without what its gateway removes before it sends a body."""
    if isinstance(value, dict):
        return {name: _stripped(item) for name, item in value.items() if name != "_provider_metadata"}
    return [_stripped(item) for item in value] if isinstance(value, list) else value
