"""llm-rosetta: a pipeline from one protocol to the other, and back for the reply.

It takes and gives dicts, so that its speed is that of the JSON module around it, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

from llm_transcode.protocols import Protocol

from . import Peer

__all__ = ["peers"]

_NAMES: Final = {"messages": "anthropic", "chat": "openai_chat"}

_ASKED: Final[dict[str, Any]] = {"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "?"}]}
"""Replies convert only after a request."""


def peers() -> dict[str, Peer]:
    found = {"llm-rosetta": _peer(json.loads, lambda value: json.dumps(value).encode())}
    try:
        orjson: Any = import_module("orjson")
    except ImportError:
        return found
    return {**found, "llm-rosetta, orjson": _peer(orjson.loads, orjson.dumps)}


def _peer(loads: Callable[[bytes], Any], dumps: Callable[[Any], bytes]) -> Peer:
    pipeline: Any = import_module("llm_rosetta").ConversionPipeline

    def request(client: Protocol, upstream: Protocol) -> Callable[[bytes], bytes]:
        return lambda body: dumps(pipeline(_NAMES[client], _NAMES[upstream]).convert_request(loads(body)))

    def asked(client: Protocol, upstream: Protocol) -> Any:
        served = pipeline(_NAMES[client], _NAMES[upstream])
        served.convert_request(dict(_ASKED))
        return served

    def reply(client: Protocol, upstream: Protocol) -> Callable[[bytes], bytes]:
        served = asked(client, upstream)
        return lambda body: dumps(served.convert_response(loads(body)))

    def stream(client: Protocol, upstream: Protocol) -> Callable[[Sequence[bytes]], bytes]:
        def streamed(payloads: Sequence[bytes]) -> bytes:
            process = asked(client, upstream).create_stream_processor().process_chunk
            events = (event for payload in payloads for event in process(loads(payload)))
            if client == "chat":
                return b"".join(b"data: %b\n\n" % dumps(event) for event in events)
            return b"".join(b"event: %b\ndata: %b\n\n" % (event["type"].encode(), dumps(event)) for event in events)

        return streamed

    return Peer(
        requests={"messages": request("messages", "chat"), "chat": request("chat", "messages")},
        replies={"messages": reply("chat", "messages"), "chat": reply("messages", "chat")},
        streams={"messages": stream("chat", "messages"), "chat": stream("messages", "chat")},
    )
