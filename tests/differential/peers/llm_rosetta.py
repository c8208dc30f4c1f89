"""llm-rosetta: a pipeline from one protocol to the other, and back for the reply."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, Final

__all__ = ["ASKED", "NAMES", "convert"]

_pipeline_of: Final[Any] = import_module("llm_rosetta").ConversionPipeline

NAMES: Final = {"messages": "anthropic", "chat": "openai_chat"}
_BACK: Final = {"messages": "chat", "chat": "messages"}

ASKED: Final[dict[str, Any]] = {"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "?"}]}
"""Replies convert only after a request."""


def convert(kind: str, source: str, body: bytes) -> bytes:
    if kind == "request":
        return json.dumps(_pipeline(source).convert_request(json.loads(body))).encode()
    pipeline = _pipeline(_BACK[source])  # the client speaks what the reply is to become
    pipeline.convert_request(dict(ASKED))
    if kind == "response":
        return json.dumps(pipeline.convert_response(json.loads(body))).encode()
    return _stream(pipeline, source, body)


def _pipeline(client: str) -> Any:
    return _pipeline_of(NAMES[client], NAMES[_BACK[client]])


def _stream(pipeline: Any, source: str, body: bytes) -> bytes:
    processor = pipeline.create_stream_processor()
    out: list[bytes] = []
    for line in body.splitlines():
        data = line.removeprefix(b"data:").strip()
        if data in (line, b"[DONE]"):
            continue
        for event in processor.process_chunk(json.loads(data)):
            head = f"event: {event['type']}\n".encode() if source == "chat" else b""
            out.append(head + b"data: " + json.dumps(event).encode() + b"\n\n")
    return b"".join(out) + (b"data: [DONE]\n\n" if source == "messages" else b"")
