"""Transports with which an official SDK talks to the other vendor's backend, without any proxy.

    transport = TranscodingTransport(client="chat", backend="messages", base_url="https://api.anthropic.com/v1")
    client = openai.OpenAI(api_key=..., http_client=httpx2.Client(transport=transport))

`AsyncTranscodingTransport` is the same for ``httpx2.AsyncClient``. The address that the SDK is given does
not matter; where requests go is the transport's ``base_url``. The SDK's retries, time-outs and errors work
as ever, since what it gets is its own protocol.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Final

import httpx2

from llm_transcode import (
    ConversionError,
    Options,
    ReplyContext,
    StreamTranscoder,
    convert_error,
    convert_models,
    convert_request,
    convert_request_headers,
    convert_response,
    convert_response_headers,
    count_tokens,
)
from llm_transcode.protocols import Protocol

__all__ = ["AsyncTranscodingTransport", "TranscodingTransport"]

_PATHS: Final[dict[Protocol, str]] = {"messages": "/messages", "chat": "/chat/completions"}
_JSON: Final = {"content-type": "application/json"}
_EVENT_STREAM: Final = {"content-type": "text/event-stream; charset=utf-8"}


class TranscodingTransport(httpx2.BaseTransport):
    """Sends requests of ``client``'s protocol to a backend that speaks ``backend``'s, below ``base_url``."""

    def __init__(
        self,
        *,
        client: Protocol,
        backend: Protocol,
        base_url: str,
        options: Options | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._translation = _Translation(client, backend, base_url, options or Options())
        self._transport = transport or httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        exchange = _Exchange(self._translation, request)
        request.read()
        onward = exchange.onward()
        if isinstance(onward, httpx2.Response):
            return onward
        answer = self._transport.handle_request(onward)
        if _is_stream(answer):
            return exchange.streamed(answer, _Stream(answer, exchange.transcoder()))
        answer.read()
        answer.close()
        return exchange.whole(answer)

    def close(self) -> None:
        self._transport.close()


class AsyncTranscodingTransport(httpx2.AsyncBaseTransport):
    """`TranscodingTransport` for ``httpx2.AsyncClient``."""

    def __init__(
        self,
        *,
        client: Protocol,
        backend: Protocol,
        base_url: str,
        options: Options | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._translation = _Translation(client, backend, base_url, options or Options())
        self._transport = transport or httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        exchange = _Exchange(self._translation, request)
        await request.aread()
        onward = exchange.onward()
        if isinstance(onward, httpx2.Response):
            return onward
        answer = await self._transport.handle_async_request(onward)
        if _is_stream(answer):
            return exchange.streamed(answer, _AsyncStream(answer, exchange.transcoder()))
        await answer.aread()
        await answer.aclose()
        return exchange.whole(answer)

    async def aclose(self) -> None:
        await self._transport.aclose()


# -- what both have in common, without I/O -----------------------------------------------------------


class _Translation:
    """What holds for every request of a transport."""

    def __init__(self, client: Protocol, backend: Protocol, base_url: str, options: Options) -> None:
        self.client = client
        self.backend = backend
        self.base_url = base_url.rstrip("/")
        self.options = options


class _Exchange:
    """One request and its answer."""

    def __init__(self, translation: _Translation, request: httpx2.Request) -> None:
        self._on = translation
        self._request = request
        self._context: ReplyContext | None = None

    def onward(self) -> httpx2.Request | httpx2.Response:
        """The request to the backend, or the answer if none is needed. The request's body has been read."""
        path = self._request.url.path
        try:
            if path.endswith(_PATHS[self._on.client]):
                return self._to_backend("POST", _PATHS[self._on.backend], self._body())
            if path.endswith("/messages/count_tokens"):
                return httpx2.Response(200, headers=_JSON, content=count_tokens(self._request.content).to_json())
        except ConversionError as error:
            return self._error(error.status, {"error": {"message": str(error), "param": error.path}})
        at = path.find("/models")
        if self._request.method == "GET" and at >= 0:
            return self._to_backend("GET", path[at:], b"")
        return self._error(404, {"error": {"message": f"{self._on.backend!r} has nothing like {path}"}})

    def _body(self) -> bytes:
        converted = convert_request(
            self._request.content, source=self._on.client, target=self._on.backend, options=self._on.options
        )
        self._context = converted.context
        return converted.to_json()

    def _to_backend(self, method: str, path: str, content: bytes) -> httpx2.Request:
        headers = convert_request_headers(self._request.headers, source=self._on.client, target=self._on.backend)
        url, timeouts = self._on.base_url + path, self._request.extensions
        return httpx2.Request(method, url, headers=headers, content=content, extensions=timeouts)

    def transcoder(self) -> StreamTranscoder:
        on = self._on
        return StreamTranscoder(source=on.backend, target=on.client, context=self._context, options=on.options)

    def streamed(
        self, answer: httpx2.Response, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream
    ) -> httpx2.Response:
        return httpx2.Response(200, headers={**self._headers(answer), **_EVENT_STREAM}, stream=stream)

    def whole(self, answer: httpx2.Response) -> httpx2.Response:
        """The answer that was no stream; its body has been read."""
        if answer.is_error:
            return self._failed(answer)
        try:
            content = self._converted(answer.content)
        except ConversionError:
            return self._failed(answer)
        return httpx2.Response(200, headers={**self._headers(answer), **_JSON}, content=content)

    def _converted(self, body: bytes) -> bytes:
        on = self._on
        if self._request.method == "GET":
            return convert_models(body, source=on.backend, target=on.client).to_json()
        return convert_response(
            body, source=on.backend, target=on.client, context=self._context, options=on.options
        ).to_json()

    def _failed(self, answer: httpx2.Response) -> httpx2.Response:
        error = convert_error(answer.status_code, answer.content, source=self._on.backend, target=self._on.client)
        return httpx2.Response(error.status, headers={**self._headers(answer), **_JSON}, content=error.to_json())

    def _error(self, status: int, body: dict[str, object]) -> httpx2.Response:
        error = convert_error(status, body, source=self._on.backend, target=self._on.client)
        return httpx2.Response(error.status, headers=_JSON, content=error.to_json())

    def _headers(self, answer: httpx2.Response) -> dict[str, str]:
        on = self._on
        return convert_response_headers(answer.headers, source=on.backend, target=on.client, now=time.time())


def _is_stream(answer: httpx2.Response) -> bool:
    return answer.is_success and "text/event-stream" in answer.headers.get("content-type", "")


class _Stream(httpx2.SyncByteStream):
    """The backend's stream in the client's protocol, read as the SDK asks for it."""

    def __init__(self, answer: httpx2.Response, transcoder: StreamTranscoder) -> None:
        self._answer = answer
        self._transcoder = transcoder

    def __iter__(self) -> Iterator[bytes]:
        try:
            for data in self._answer.iter_bytes():
                yield self._transcoder.feed(data)
            yield self._transcoder.close()
        except httpx2.RequestError:
            yield self._transcoder.fail("the connection to the backend broke")

    def close(self) -> None:
        self._answer.close()


class _AsyncStream(httpx2.AsyncByteStream):
    def __init__(self, answer: httpx2.Response, transcoder: StreamTranscoder) -> None:
        self._answer = answer
        self._transcoder = transcoder

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for data in self._answer.aiter_bytes():
                yield self._transcoder.feed(data)
            yield self._transcoder.close()
        except httpx2.RequestError:
            yield self._transcoder.fail("the connection to the backend broke")

    async def aclose(self) -> None:
        await self._answer.aclose()
