"""A vendor's server as the others' clients see it: it remembers what it was asked, and answers what it is told."""

from __future__ import annotations

import json
from typing import Any, Final

__all__ = ["OTHER", "Upstream", "question", "server_sent"]

OTHER: Final = {"messages": "chat", "chat": "messages"}

_QUESTION: Final[dict[str, Any]] = {"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "?"}]}

_REPLIES: Final[dict[str, dict[str, Any]]] = {
    "messages": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "."}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    },
    "chat": {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    },
}

_PATHS: Final = {"messages": "/messages", "chat": "/chat/completions"}


def question(client: str, kind: str) -> dict[str, Any]:
    """The request before a recorded reply; one for a stream of Chat has to ask for the counts."""
    if kind == "response":
        return dict(_QUESTION)
    counts = {"stream_options": {"include_usage": True}} if client == "chat" else {}
    return {**_QUESTION, "stream": True, **counts}


class Upstream:
    """One server for one call."""

    def __init__(self, protocol: str, reply: bytes | None = None, *, streams: bool = False) -> None:
        self._protocol, self._reply, self._streams = protocol, reply, streams
        self.asked: bytes | None = None
        """The body of the request, if it came where the protocol has it."""

    def answer(self, url: str, body: bytes) -> tuple[dict[str, str], bytes]:
        """The headers and the body of the answer; an empty stream where no reply was given to stream."""
        if url.endswith(_PATHS[self._protocol]):
            self.asked = body
        streams = self._streams or json.loads(body).get("stream") is True
        canned = b"" if streams else json.dumps(_REPLIES[self._protocol]).encode()
        kind = "text/event-stream" if streams else "application/json"
        return {"content-type": kind}, canned if self._reply is None else self._reply


def server_sent(protocol: str, event: dict[str, Any]) -> bytes:
    """An event of a stream of the protocol."""
    head = f"event: {event['type']}\n" if protocol == "messages" else ""
    return f"{head}data: {json.dumps(event)}\n\n".encode()
