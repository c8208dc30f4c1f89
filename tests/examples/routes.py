"""The ways from an SDK to the scripted backend, each named by what lies between the two."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final

import anthropic
import httpx2
import openai
from starlette.applications import Starlette
from typing_extensions import Self

import demo_upstream
from gateway import Backend, create_app
from llm_transcode import Options
from llm_transcode.protocols import Protocol
from sdk_transport import TranscodingTransport

from .servers import Recorder, Server

__all__ = ["ROUTES", "Network"]

ROUTES: Final = ("nothing", "proxy", "chain", "transport", "same")
"""Nothing, a proxy to the other protocol, two proxies there and back, a transport, a proxy that transcodes nothing."""

KEY: Final = "key-of-the-client"

_OTHER: Final[dict[Protocol, Protocol]] = {"messages": "chat", "chat": "messages"}


class Network:
    """The backend, and a proxy for each pair of protocols, plus one behind the other."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._urls: dict[tuple[str, Protocol], str] = {}
        self._anthropic: dict[tuple[str, str], anthropic.Anthropic] = {}
        self._openai: dict[tuple[str, str], openai.OpenAI] = {}

    def __enter__(self) -> Self:
        self.upstream = Recorder(demo_upstream.create_app(pace=0, slow_pace=0.1))
        self.upstream_url = self.serve(self.upstream)
        for client, other in _OTHER.items():
            self._urls["nothing", client] = self.upstream_url
            self._urls["same", client] = self.serve(self.gateway(client, self.upstream_url))
            self._urls["proxy", client] = self.serve(self.gateway(other, self.upstream_url))
        for client, other in _OTHER.items():
            self._urls["chain", client] = self.serve(self.gateway(other, self._urls["proxy", other]))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def serve(self, app: Starlette | Recorder) -> str:
        return self._stack.enter_context(Server(app)).url

    def gateway(self, backend: Protocol, url: str) -> Starlette:
        options = Options(eager_start=True)
        return create_app(Backend(protocol=backend, base_url=f"{url}/v1", options=options), ping_seconds=0.2)

    def url(self, route: str, client: Protocol) -> str:
        return self._urls[route, client]

    # -- clients, which take long to make and are kept

    def anthropic(self, route: str, key: str = KEY) -> anthropic.Anthropic:
        if (route, key) not in self._anthropic:
            http = self._http(route, "messages")
            base_url = self._urls.get((route, "messages"), "http://elsewhere.invalid")
            self._anthropic[route, key] = anthropic.Anthropic(
                base_url=base_url, api_key=key, max_retries=0, http_client=http
            )
        return self._anthropic[route, key]

    def openai(self, route: str, key: str = KEY) -> openai.OpenAI:
        if (route, key) not in self._openai:
            http = self._http(route, "chat")
            base_url = self._urls.get((route, "chat"), "http://elsewhere.invalid")
            self._openai[route, key] = openai.OpenAI(
                base_url=f"{base_url}/v1", api_key=key, max_retries=0, http_client=http
            )
        return self._openai[route, key]

    def _http(self, route: str, client: Protocol) -> httpx2.Client:
        transport: httpx2.BaseTransport = httpx2.HTTPTransport(verify=False)
        if route == "transport":
            base_url = f"{self.upstream_url}/v1"
            transport = TranscodingTransport(
                client=client, backend=_OTHER[client], base_url=base_url, transport=transport
            )
        return self._stack.enter_context(httpx2.Client(transport=transport))
