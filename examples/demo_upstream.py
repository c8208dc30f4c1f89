"""A scripted backend that speaks both protocols, for trying the proxies without a key or a network.

It answers like a model with little to say. What it does goes by words in the name of the model or in the
last thing said: ``think``, ``weather`` (calls the tools that it is given), ``slow``, ``error-429`` or any
other status, ``broken`` (fails in mid-stream) and ``truncated`` (breaks off). It does not use
``llm_transcode``, so that it shows what backends send and not what we expect of them.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, Protocol

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import demo_chat
import demo_messages
from demo_script import Asked, Reply, reply_to

__all__ = ["HINT", "MODELS", "create_app", "start"]

HINT: Final = "Try the models demo, demo-think, demo-slow and demo-error-429, or ask for the weather with tools."

MODELS: Final = ("demo", "demo-think", "demo-cut", "demo-slow", "demo-error-429", "demo-broken", "demo-truncated")

_PACE: Final = 0.02
_SLOW_PACE: Final = 0.5

_ERROR: Final = re.compile(r"error-(\d{3})")


def create_app(*, pace: float = _PACE, slow_pace: float = _SLOW_PACE) -> Starlette:
    """The backend. A stream waits ``pace`` seconds before each event, or ``slow_pace`` when asked to be slow."""
    server = _Server(pace, slow_pace)
    return Starlette(
        routes=[
            Route("/v1/messages", server.messages, methods=["POST"]),
            Route("/v1/messages/count_tokens", server.count, methods=["POST"]),
            Route("/v1/chat/completions", server.chat, methods=["POST"]),
            Route("/v1/models", server.models),
        ]
    )


def start(app: Starlette | None = None) -> str:
    """Serve in a thread of this process, on a free port of the loopback; returns the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app or create_app(), log_config=None, lifespan="off"))
    threading.Thread(target=server.run, args=([listener],), daemon=True).start()
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


class _Wire(Protocol):
    """What the two modules of the two protocols have in common."""

    @property
    def HEADERS(self) -> dict[str, str]: ...
    def read(self, body: dict[str, Any], /) -> Asked: ...
    def whole(self, asked: Asked, reply: Reply, /) -> dict[str, Any]: ...
    def stream(self, asked: Asked, reply: Reply, /) -> Iterator[bytes]: ...
    def error(self, status: int, message: str, /) -> dict[str, Any]: ...


class _Server:
    def __init__(self, pace: float, slow_pace: float) -> None:
        self._pace = pace
        self._slow_pace = slow_pace

    async def messages(self, request: Request) -> Response:
        return await self._answer(request, demo_messages)

    async def chat(self, request: Request) -> Response:
        return await self._answer(request, demo_chat)

    async def count(self, request: Request) -> Response:
        body = await request.json()
        return JSONResponse({"input_tokens": len(str(body["messages"])) // 4})

    async def models(self, request: Request) -> Response:
        wire = demo_messages if "anthropic-version" in request.headers else demo_chat
        return JSONResponse(wire.models(MODELS), 200, wire.HEADERS)

    async def _answer(self, request: Request, wire: _Wire) -> Response:
        if not _key_of(request):
            return JSONResponse(wire.error(401, "This API key is not valid."), 401, wire.HEADERS)
        asked = wire.read(await request.json())
        if match := _ERROR.search(f"{asked.model} {asked.said}"):
            error = wire.error(int(match[1]), f"The script answers {match[1]}, as it was asked to.")
            return JSONResponse(error, int(match[1]), {**wire.HEADERS, "retry-after": "7"})
        reply = reply_to(asked)
        if not asked.streams:
            return JSONResponse(wire.whole(asked, reply), 200, wire.HEADERS)
        pace = self._slow_pace if "slow" in f"{asked.model} {asked.said}" else self._pace
        events = _paced(wire.stream(asked, reply), pace)
        return StreamingResponse(events, 200, wire.HEADERS, media_type="text/event-stream")


async def _paced(events: Iterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    for event in events:
        await anyio.sleep(seconds)
        yield event


def _key_of(request: Request) -> str:
    """Any key will do, except one that says of itself that it is invalid."""
    key = request.headers.get("x-api-key") or request.headers.get("authorization", "")
    return "" if "invalid" in key else key


if __name__ == "__main__":
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "9000"))
    uvicorn.run(create_app(), host=host, port=port, access_log=False)
