"""The library embedded in other people's frameworks, each in front of the scripted backend."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import anthropic
import httpx2
import openai
import pytest
from aiohttp import web

import aiohttp_app
import fastapi_app
import starlette_app
import wsgi_app

from .routes import KEY, Network
from .servers import Server, eventually, free_port

_EMBEDDING = Path(__file__).parents[2] / "examples" / "embedding"

_HI: Any = [{"role": "user", "content": "hi"}]


@contextmanager
def _starlette(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(starlette_app, "http", httpx2.AsyncClient(base_url=f"{network.upstream_url}/v1"))
    with Server(starlette_app.app) as server:
        yield server.url


@contextmanager
def _aiohttp(network: Network, _: pytest.MonkeyPatch) -> Iterator[str]:
    port = free_port()
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(aiohttp_app.create_app(f"{network.upstream_url}/v1"))

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class _ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _wsgi(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with (
        httpx2.Client(base_url=f"{network.upstream_url}/v1") as client,
        make_server("127.0.0.1", 0, wsgi_app.app, _ThreadingServer, _SilentHandler) as server,
    ):
        monkeypatch.setattr(wsgi_app, "http", client)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def _mitmproxy(network: Network, _: pytest.MonkeyPatch) -> Iterator[str]:
    if find_spec("mitmproxy") is None:
        pytest.skip("mitmproxy is not installed")
    port = free_port()
    backend = f"reverse:{network.upstream_url}"
    addon = str(_EMBEDDING / "mitmproxy_addon.py")
    program = [sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()"]
    command = [*program, "-q", "--listen-host", "127.0.0.1", "-p", str(port), "--mode", backend, "-s", addon]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, env=environment) as process:
        try:
            eventually(lambda: _answers(f"http://127.0.0.1:{port}"), patience=20)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url).status_code < 500
    except httpx2.TransportError:
        return False


_Start = Callable[[Network, pytest.MonkeyPatch], AbstractContextManager[str]]


@pytest.mark.parametrize("start", [_starlette, _aiohttp, _wsgi, _mitmproxy], ids=lambda start: start.__name__[1:])
def test_anthropic_client(start: _Start, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    with start(network, monkeypatch) as url, anthropic.Anthropic(base_url=url, api_key=KEY, max_retries=0) as client:
        message = client.messages.create(model="demo", max_tokens=10, messages=_HI)
        assert message.content[0].to_dict() == {"type": "text", "text": "Hello! You said: hi"}
        with client.messages.stream(model="demo-think", max_tokens=10, messages=_HI) as stream:
            assert [block.type for block in stream.get_final_message().content] == ["thinking", "text"]
        with pytest.raises(anthropic.RateLimitError, match="as it was asked to"):
            client.messages.create(model="demo-error-429", max_tokens=10, messages=_HI)
        assert network.upstream.last.path == "/v1/chat/completions"


def test_fastapi(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastapi_app, "http", httpx2.AsyncClient(base_url=network.upstream_url))
    with Server(fastapi_app.app) as server, openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY) as client:
        ask = client.with_options(max_retries=0).chat.completions.create
        assert ask(model="demo", messages=_HI).choices[0].message.content == "Hello! You said: hi"
        chunks = list(ask(model="demo", messages=_HI, stream=True))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello! You said: hi"
        with pytest.raises(openai.RateLimitError) as limited:
            ask(model="demo-error-429", messages=_HI)
        assert limited.value.response.headers["retry-after"] == "7"
        with pytest.raises(openai.BadRequestError, match=r"\$\.n"):
            ask(model="demo", messages=_HI, n=2)
