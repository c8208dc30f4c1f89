"""The client's end of a stream: what is written to it, in which order, and how it is kept alive."""

from __future__ import annotations

from typing import Final, Protocol

import anyio
from starlette.types import Send

from llm_transcode import Loss, StreamError, convert_error
from llm_transcode.protocols import Protocol as WireProtocol

__all__ = ["OTHER", "ClientStream", "Transcoder", "Verbatim", "error_event"]

OTHER: Final[dict[WireProtocol, WireProtocol]] = {"messages": "chat", "chat": "messages"}
"""An error that comes as the other protocol's is completed with a type and a code."""

_EVENT_STREAM: Final = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",  # else nginx would collect the events
}


class Transcoder(Protocol):
    """What is asked of `StreamTranscoder`, and of `Verbatim` where there is nothing to transcode."""

    def feed(self, data: bytes, /) -> bytes: ...
    def close(self) -> bytes: ...
    def fail(self, reason: str) -> bytes: ...
    def ping(self) -> bytes: ...
    @property
    def finished(self) -> bool: ...
    @property
    def error(self) -> StreamError | None: ...
    @property
    def losses(self) -> tuple[Loss, ...]: ...


class Verbatim:
    """Passes a stream on to a client of the same protocol."""

    finished = False
    error = None
    losses: tuple[Loss, ...] = ()

    def __init__(self, protocol: WireProtocol) -> None:
        self._protocol = protocol
        self._tail = b"\n\n"

    def feed(self, data: bytes, /) -> bytes:
        self._tail = (self._tail + data)[-4:]
        return data

    def close(self) -> bytes:
        return b""

    def fail(self, reason: str) -> bytes:
        error = convert_error(None, {"error": {"message": reason}}, source=OTHER[self._protocol], target=self._protocol)
        return b"\n\n" + error_event(error.to_json())  # ends the event that may have been cut off

    def ping(self) -> bytes:
        """A comment, as long as it would not end up within an event."""
        return b": ping\n\n" if self._tail.endswith((b"\n\n", b"\r\n\r\n")) else b""


def error_event(error: bytes) -> bytes:
    """An error within a stream; Messages goes by the event's name, and Chat by the data."""
    return b"event: error\ndata: %b\n\n" % error


class ClientStream:
    """The client's end of a stream: begins it, writes to it, and keeps it alive.

    ``headers`` are those that are known before the backend has answered.
    """

    def __init__(self, send: Send, transcoder: Transcoder, headers: dict[str, str]) -> None:
        self._send = send
        self._transcoder = transcoder
        self._headers = headers
        self._one_at_a_time = anyio.Lock(fast_acquire=True)
        self._silent = False
        self._over = False
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether all has been said, be it before the backend closes the connection."""
        return self._transcoder.finished or self._transcoder.error is not None

    def withdraw(self) -> bool:
        """Send nothing at all, so that another response can take its place; False if it is too late for that."""
        self._over = not self._begun
        return self._over

    async def begin(self, headers: dict[str, str]) -> None:
        async with self._one_at_a_time:
            await self._begin(headers)

    async def feed(self, data: bytes) -> None:
        async with self._one_at_a_time:
            await self._write(self._transcoder.feed(data))

    async def finish(self) -> None:
        async with self._one_at_a_time:
            await self._write(self._transcoder.close(), more=False)

    async def fail(self, reason: str) -> None:
        async with self._one_at_a_time:
            await self._write(self._transcoder.fail(reason), more=False)

    async def keep_alive(self, seconds: float) -> None:
        """Break every silence that lasts from one tick of the clock to the next."""
        while not self._over:
            self._silent = True
            await anyio.sleep(seconds)
            async with self._one_at_a_time:
                if self._silent and not self._over:
                    await self._begin({})
                    await self._write(self._transcoder.ping())

    async def write(self, data: bytes) -> None:
        """Write what has been transcoded already."""
        async with self._one_at_a_time:
            await self._write(data, more=False)

    async def _begin(self, headers: dict[str, str]) -> None:
        if not self._begun:
            self._begun = True
            fields = {**self._headers, **headers, **_EVENT_STREAM}
            raw = [(name.encode(), value.encode("latin-1")) for name, value in fields.items()]
            await self._send({"type": "http.response.start", "status": 200, "headers": raw})

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        self._silent = False
        self._over = not more
        if data or not more:
            await self._send({"type": "http.response.body", "body": data, "more_body": more})
