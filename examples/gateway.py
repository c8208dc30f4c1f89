"""A gateway between the two protocols, as one Starlette application.

    client  -- messages | chat -->  gateway  -- messages | chat -->  backend

`create_app` serves one endpoint or both in front of a backend of either kind. It keeps no state but its
pool of connections, so any number of processes may stand behind a load balancer.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Final

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from llm_transcode import (
    ConversionError,
    Converted,
    Options,
    convert_models,
    convert_request,
    convert_request_headers,
    count_tokens,
)
from llm_transcode.messages import TokenCount
from llm_transcode.protocols import Protocol
from llm_transcode.wire import dump_json, parse_object
from relay import Call, Relay, ask, error_response

__all__ = ["MAX_BODY_BYTES", "Backend", "Gateway", "create_app"]

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
"""What Anthropic takes; images travel within the body."""

PING_SECONDS: Final = 5.0
"""Claude Code gives up after some fifteen seconds without an event, load balancers after thirty or sixty."""

_PATHS: Final[dict[Protocol, str]] = {"messages": "/messages", "chat": "/chat/completions"}

_TIMEOUTS: Final = httpx2.Timeout(connect=10.0, write=60.0, pool=10.0, read=600.0)
"""A model may think for minutes before its first word, and both SDKs wait ten of them."""

_CONNECTIONS: Final = httpx2.Limits(max_connections=2000, max_keepalive_connections=200, keepalive_expiry=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The service behind the gateway."""

    protocol: Protocol
    base_url: str
    """The address to which ``/messages`` or ``/chat/completions`` is added; mostly it ends in ``/v1``."""
    api_keys: tuple[str, ...] = ()
    """Used in turn, in place of the client's own key; without any, that one is passed on."""
    streams: bool = True
    """Whether it is asked to stream when the client wants a stream, which it gets either way."""
    options: Options = field(default_factory=Options)


class Refusal(Exception):
    """A request that is not passed on."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def create_app(
    backend: Backend,
    *,
    clients: tuple[Protocol, ...] = ("messages", "chat"),
    client_keys: tuple[str, ...] = (),
    max_body_bytes: int = MAX_BODY_BYTES,
    ping_seconds: float = PING_SECONDS,
) -> Starlette:
    """The application.

    ``clients`` are the protocols it serves; ``client_keys`` the keys it asks of its clients, any key if
    there are none; ``ping_seconds`` how long a stream may be silent.
    """
    gateway = Gateway(backend, clients, client_keys, max_body_bytes, ping_seconds)
    return Starlette(
        routes=gateway.routes(),
        lifespan=gateway.lifespan,
        exception_handlers={
            Refusal: gateway.on_refusal,
            ConversionError: gateway.on_conversion_error,
            HTTPException: gateway.on_http_exception,
            Exception: gateway.on_exception,
        },
    )


class Gateway:
    """The endpoints of one gateway."""

    def __init__(
        self,
        backend: Backend,
        clients: tuple[Protocol, ...],
        client_keys: tuple[str, ...],
        max_body_bytes: int,
        ping_seconds: float,
    ) -> None:
        self._backend = backend
        self._base_url = backend.base_url.rstrip("/")
        self._clients = clients
        self._client_keys = [key.encode() for key in client_keys]
        self._max_body_bytes = max_body_bytes
        self._ping_seconds = ping_seconds
        self._turns = count()
        self._http = httpx2.AsyncClient(timeout=_TIMEOUTS, limits=_CONNECTIONS, follow_redirects=False)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self._http:
            yield

    def routes(self) -> list[Route]:
        routes = [
            Route("/", self.health, methods=["GET", "HEAD"]),  # Claude Code asks for it before anything else
            Route("/health", self.health, methods=["GET", "HEAD"]),
            Route("/v1/models", self.models),
            Route("/v1/models/{model:path}", self.models),
        ]
        routes += [Route(f"/v1{_PATHS[client]}", self.converse, methods=["POST"]) for client in self._clients]
        if "messages" in self._clients:
            routes.append(Route("/v1/messages/count_tokens", self.count, methods=["POST"]))
        return routes

    # -- endpoints

    async def health(self, _: Request) -> Response:
        """That this process answers; the backend is not asked, since its troubles are not ours to restart for."""
        return JSONResponse({"status": "ok", "clients": self._clients, "backend": self._backend.protocol})

    async def converse(self, request: Request) -> Relay:
        """``POST /v1/messages`` and ``POST /v1/chat/completions``."""
        client, backend = self._client_of(request), self._backend
        headers = self._headers(request, client)
        converted = convert_request(
            await self._body_of(request), source=client, target=backend.protocol, options=backend.options
        )
        body = converted.to_dict()
        streams = body.get("stream") is True
        if streams and not backend.streams:
            body = {name: value for name, value in body.items() if name not in ("stream", "stream_options")}
        call = Call(
            client=client,
            backend=backend.protocol,
            url=self._url(_PATHS[backend.protocol], request),
            headers=headers,
            content=dump_json(body),
            losses=converted.losses,
            context=converted.context,
            options=backend.options,
        )
        return Relay(self._http, call, streams=streams, ping_seconds=self._ping_seconds)

    async def models(self, request: Request) -> Response:
        """``GET /v1/models`` and ``GET /v1/models/{id}``, in the protocol that the headers speak."""
        client, backend = self._client_of(request), self._backend
        model = request.path_params.get("model")
        path = f"/models/{model}" if model else "/models"
        if backend.protocol == "messages" and not model:
            path += "?limit=1000"  # all at once, since Chat knows no pages
        call = Call(
            client=client,
            backend=backend.protocol,
            method="GET",
            url=self._base_url + path,
            headers=self._headers(request, client),
            options=backend.options,
        )
        return await ask(self._http, call, partial(convert_models, source=backend.protocol, target=client))

    async def count(self, request: Request) -> Response:
        """``POST /v1/messages/count_tokens``: asked of a backend that can count, and else estimated."""
        backend = self._backend
        headers, body = self._headers(request, "messages"), await self._body_of(request)
        if backend.protocol == "chat":
            counted = count_tokens(body, options=backend.options)
            return Response(counted.to_json(), media_type="application/json")
        call = Call(
            client="messages",
            backend="messages",
            url=self._url("/messages/count_tokens", request),
            headers=headers,
            content=body,
            options=backend.options,
        )
        return await ask(self._http, call, _as_count)

    # -- requests

    def _client_of(self, request: Request) -> Protocol:
        """The protocol to answer in: by the path, or by a header that only clients of Messages send."""
        if len(self._clients) == 1:
            return self._clients[0]
        if request.url.path.startswith("/v1/messages") or "anthropic-version" in request.headers:
            return "messages"
        return "chat"

    def _headers(self, request: Request, client: Protocol) -> dict[str, str]:
        """Admit the client; returns the headers to send on, with the key that is due."""
        sent = _credential(request)
        if not sent:
            raise Refusal(401, "no API key: send one as `authorization: Bearer ...` or `x-api-key`")
        if self._client_keys and not any(hmac.compare_digest(sent.encode(), key) for key in self._client_keys):
            raise Refusal(401, "this API key is not known here")
        keys = self._backend.api_keys or split(sent)
        api_key = None if keys == (sent,) else keys[next(self._turns) % len(keys)]
        headers = convert_request_headers(
            request.headers, source=client, target=self._backend.protocol, api_key=api_key
        )
        headers.pop("accept", None)  # the answer comes as the body asks, and some backends go by the header
        return {**headers, "content-type": "application/json"}

    def _url(self, path: str, request: Request) -> str:
        """Messages knows a query, ``?beta=true``, that only its own backends understand."""
        same = self._client_of(request) == self._backend.protocol
        query = f"?{request.url.query}" if same and request.url.query else ""
        return self._base_url + path + query

    async def _body_of(self, request: Request) -> bytes:
        limit = self._max_body_bytes
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > limit:
                raise Refusal(413, f"the request is larger than {limit} bytes")
        return bytes(body)

    # -- errors

    def on_refusal(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return error_response(error.status, error.message, client=self._client_of(request))

    def on_conversion_error(self, request: Request, error: Exception) -> Response:
        """What the client sent is wrong, or the backend's protocol cannot say it; the message names the place."""
        assert isinstance(error, ConversionError)
        return error_response(error.status, str(error), client=self._client_of(request), param=error.path)

    def on_http_exception(self, request: Request, error: Exception) -> Response:
        """Starlette's own: no such path, no such method."""
        assert isinstance(error, HTTPException)
        message = f"{error.detail}: {request.method} {request.url.path}"
        return error_response(error.status_code, message, client=self._client_of(request))

    def on_exception(self, request: Request, _: Exception) -> Response:
        """A bug; the server writes it to its log."""
        return error_response(500, "internal error of the gateway", client=self._client_of(request))


def split(keys: str) -> tuple[str, ...]:
    """Several keys in one string, as ``key-one,key-two``."""
    return tuple(key.strip() for key in keys.split(",") if key.strip())


def _credential(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.headers.get("x-api-key") or request.headers.get("api-key") or ""


def _as_count(body: bytes) -> Converted[TokenCount]:
    return Converted(TokenCount, parse_object(body))
