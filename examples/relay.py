"""One request on its way to the backend, and the answer on its way back.

What a proxy adds to the translation stands here, once for every pair of protocols:

* The answer passes through as it comes. The next piece is read when the client has taken the last one,
  so that a slow client slows the backend down and nothing piles up in between.
* A client that goes away cancels the request to the backend, whatever state it is in.
* While the backend is silent the client gets a sign of life, be it before the first word.
* A backend that fails before the answer has begun gives an HTTP error, and later an error in the stream.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import anyio
import httpx2
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from client_stream import OTHER, ClientStream, Transcoder, Verbatim, error_event
from llm_transcode import (
    ConversionError,
    Converted,
    Loss,
    Options,
    ReplyContext,
    StreamTranscoder,
    convert_error,
    convert_response,
    convert_response_headers,
    stream_response,
)
from llm_transcode.protocols import Protocol
from llm_transcode.wire import JsonObject, WireModel

__all__ = ["LOSSES_HEADER", "Call", "Relay", "ask", "error_response", "report"]

LOSSES_HEADER: Final = "x-transcode-losses"
"""Says how many losses the conversion had, and their codes: ``2; cache_control, max_tokens``."""

_MOST_CODES: Final = 20
"""Header lines have limits, and requests may lose a lot."""

_DRAIN_SECONDS: Final = 1.0
"""How long a backend may take to end an answer that is complete; only then its connection can be used again."""

_log: Final = logging.getLogger("llm_transcode.examples")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request in the backend's protocol, and what its answer has to become."""

    client: Protocol
    backend: Protocol
    method: str = "POST"
    url: str
    headers: dict[str, str]
    content: bytes = b""
    losses: tuple[Loss, ...] = ()
    context: ReplyContext | None = None
    options: Options

    def build(self, http: httpx2.AsyncClient) -> httpx2.Request:
        return http.build_request(self.method, self.url, headers=self.headers, content=self.content)


# -- answers in one piece ------------------------------------------------------------------------


async def ask(http: httpx2.AsyncClient, call: Call, convert: Callable[[bytes], Converted[WireModel]]) -> Response:
    """Send a request and convert its whole answer, or whatever went wrong."""
    try:
        answer = await http.send(call.build(http))
    except httpx2.RequestError as error:
        return _unreachable(call, error)
    if answer.is_error:
        return _failed(call, answer)
    try:
        converted = convert(answer.content)
    except ConversionError:
        return _failed(call, answer)  # an error under the status of a success, or no answer at all
    losses = call.losses + converted.losses
    report(losses)
    return Response(converted.to_json(), 200, {**_headers_of(call, answer, losses), "content-type": "application/json"})


def _failed(call: Call, answer: httpx2.Response) -> Response:
    """The backend's error in the client's protocol; the body has been read."""
    error = convert_error(answer.status_code, answer.content, source=call.backend, target=call.client)
    _log.info("the backend answered %s", answer.status_code)
    headers = {**_headers_of(call, answer, call.losses), "content-type": "application/json"}
    return Response(error.to_json(), error.status, headers)


def _unreachable(call: Call, error: httpx2.RequestError) -> Response:
    status, reason = _why(error)
    return error_response(status, reason, client=call.client)


def error_response(status: int, message: str, *, client: Protocol, param: str | None = None) -> Response:
    """An error of our own, in the client's protocol."""
    body = {"error": {"message": message, "param": param}}
    error = convert_error(status, body, source=OTHER[client], target=client)
    return Response(error.to_json(), error.status, media_type="application/json")


def _headers_of(call: Call, answer: httpx2.Response, losses: Iterable[Loss]) -> dict[str, str]:
    """What passes of the backend's headers (request id, rate limits, retry-after), and what was lost."""
    headers = convert_response_headers(answer.headers, source=call.backend, target=call.client, now=time.time())
    return headers | _losses_header(losses)


def _losses_header(losses: Iterable[Loss]) -> dict[str, str]:
    codes = [loss.code.value for loss in losses]
    if not codes:
        return {}
    return {LOSSES_HEADER: f"{len(codes)}; {', '.join(sorted(set(codes))[:_MOST_CODES])}"}


def report(losses: Iterable[Loss]) -> None:
    for loss in losses:
        _log.debug("%s %s at %s (%s): %s", loss.kind, loss.code.value, loss.path, loss.level, loss.detail)


def _why(error: httpx2.RequestError) -> tuple[int, str]:
    """Status and reason; the text of the exception may hold addresses that are not the client's business."""
    if isinstance(error, httpx2.TimeoutException):
        return 504, "the backend did not answer in time"
    if isinstance(error, httpx2.ConnectError):
        return 502, "the backend cannot be reached"
    return 502, "the connection to the backend broke"


# -- both ways of answering ------------------------------------------------------------------------


class Relay:
    """A response for Starlette: asks the backend when it is to be sent, and sends what comes back."""

    def __init__(self, http: httpx2.AsyncClient, call: Call, *, streams: bool, ping_seconds: float) -> None:
        self._http = http
        self._call = call
        self._streams = streams
        self._ping_seconds = ping_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
            if self._streams:
                response = await self._stream(send)
            else:
                response = await ask(self._http, self._call, self._convert)
            if response is not None:
                await response(scope, receive, send)
            group.cancel_scope.cancel()

    async def _stream(self, send: Send) -> Response | None:
        """Stream the answer; returns the response to send instead if it never began."""
        transcoder = self._transcoder()
        client = ClientStream(send, transcoder, _losses_header(self._call.losses))
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(client.keep_alive, self._ping_seconds)
                response = await self._ask_for_stream(client)
                group.cancel_scope.cancel()
        finally:
            report(self._call.losses + transcoder.losses)
        return response

    def _transcoder(self) -> Transcoder:
        call = self._call
        if call.backend == call.client:
            return Verbatim(call.client)
        return StreamTranscoder(source=call.backend, target=call.client, context=call.context, options=call.options)

    def _convert(self, body: bytes) -> Converted[WireModel]:
        call = self._call
        return convert_response(
            body, source=call.backend, target=call.client, context=call.context, options=call.options
        )

    async def _ask_for_stream(self, client: ClientStream) -> Response | None:
        try:
            answer = await self._http.send(self._call.build(self._http), stream=True)
            try:
                return await self._pass_on(answer, client)
            finally:
                await answer.aclose()
        except httpx2.RequestError as error:
            if client.withdraw():
                return _unreachable(self._call, error)
            await client.fail(_why(error)[1])
            return None

    async def _pass_on(self, answer: httpx2.Response, client: ClientStream) -> Response | None:
        if answer.is_error or _is_whole(answer):
            await answer.aread()
        if answer.is_error:
            return await self._refuse(answer, client)
        if _is_whole(answer):
            return await self._pass_on_whole(answer, client)
        await client.begin(_headers_of(self._call, answer, self._call.losses))
        pieces = answer.aiter_bytes()
        async for data in pieces:
            await client.feed(data)
            if client.complete:
                break
        await client.finish()
        with anyio.move_on_after(_DRAIN_SECONDS, shield=True):
            async for _ in pieces:
                pass
        return None

    async def _pass_on_whole(self, answer: httpx2.Response, client: ClientStream) -> Response | None:
        """A backend that was not asked to stream, or does not: the client gets its stream at once."""
        try:
            converted = self._convert(answer.content)
        except ConversionError:
            return await self._refuse(answer, client)
        report(converted.losses)
        await client.begin(_headers_of(self._call, answer, self._call.losses + converted.losses))
        await client.write(stream_response(self._as_asked(converted), protocol=self._call.client))
        return None

    def _as_asked(self, reply: Converted[WireModel]) -> JsonObject:
        """A Chat stream has its usage only if the client asked for it, which a whole reply always has."""
        context = self._call.context
        kept = self._call.client == "messages" or context is None or context.include_usage
        return {name: value for name, value in reply.to_dict().items() if kept or name != "usage"}

    async def _refuse(self, answer: httpx2.Response, client: ClientStream) -> Response | None:
        if client.withdraw():
            return _failed(self._call, answer)
        error = convert_error(answer.status_code, answer.content, source=self._call.backend, target=self._call.backend)
        await client.feed(error_event(error.to_json()))
        await client.finish()
        return None


def _is_whole(answer: httpx2.Response) -> bool:
    return "application/json" in answer.headers.get("content-type", "")


async def _cancel_when_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    """The body has been read, so that all there is to receive is that the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
