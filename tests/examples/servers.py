"""Servers in threads, and what they saw."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from typing_extensions import Self

__all__ = ["Recorder", "Seen", "Server", "eventually", "free_port"]


class Server:
    """Serves an app on a free port of the loopback, until it is left."""

    def __init__(self, app: ASGIApp) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],))
        host, port = self._listener.getsockname()
        self.url = f"http://{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        eventually(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


def free_port() -> int:
    """For servers that cannot be told to choose one themselves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def eventually(condition: Callable[[], bool], *, patience: float = 5.0) -> None:
    """Wait until a condition holds, for so many seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@dataclass
class Seen:
    """A request as it reached the backend."""

    path: str
    query: str
    headers: dict[str, str]
    client: tuple[str, int]
    content: bytearray = field(default_factory=bytearray)
    sent: int = 0
    """How many pieces of the answer went out."""
    done: bool = False
    gone: bool = False
    """Whether the client went away before the answer was done."""

    @property
    def body(self) -> Any:
        return json.loads(bytes(self.content))


class Recorder:
    """Keeps what passes into an app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests: list[Seen] = []

    @property
    def last(self) -> Seen:
        return self.requests[-1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        seen = Seen(scope["path"], scope["query_string"].decode(), headers, scope["client"])
        self.requests.append(seen)

        async def recorded_receive() -> Message:
            message = await receive()
            seen.content.extend(message.get("body", b""))
            seen.gone = seen.gone or (message["type"] == "http.disconnect" and not seen.done)
            return message

        async def recorded_send(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body":
                seen.sent += 1
                seen.done = not message.get("more_body", False)

        await self._app(scope, recorded_receive, recorded_send)
        return None
