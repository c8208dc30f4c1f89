"""What a gateway does beside translating."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

import demo_upstream
from client_stream import Verbatim
from gateway import Backend, create_app
from llm_transcode import Options
from llm_transcode.protocols import Protocol
from relay import LOSSES_HEADER

from .routes import KEY, Network
from .servers import Recorder, Server, eventually

_HI: Any = {"model": "demo", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}
_HEADERS = {"x-api-key": KEY}


@pytest.fixture(scope="session")
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(transport=httpx2.HTTPTransport(verify=False), headers=_HEADERS, timeout=20) as client:
        yield client


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serves gateways of which only one test has need."""
    servers: list[Server] = []

    def start(app: Any) -> str:
        servers.append(Server(app).__enter__())
        return servers[-1].url

    yield start
    for server in servers:
        server.__exit__()


def _backend(network: Network, protocol: Protocol = "chat", **settings: Any) -> Backend:
    return Backend(protocol=protocol, base_url=f"{network.upstream_url}/v1", **settings)


def _events(text: str) -> list[str]:
    return [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]


# -- who may ask, and for what -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens", "/v1/models"])
def test_no_key_at_all(network: Network, path: str) -> None:
    ask = httpx2.get if path.endswith("models") else httpx2.post
    answer = ask(network.url("proxy", "messages") + path, headers={"anthropic-version": "2023-06-01"})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"
    assert not network.upstream.requests


def test_no_key_at_all_in_chat(network: Network) -> None:
    answer = httpx2.post(network.url("proxy", "chat") + "/v1/chat/completions", json=_HI)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


def test_keys_of_the_gateway(network: Network, serve: Any, http: httpx2.Client) -> None:
    """Clients need one of its keys, the backend gets its own, one after the other."""
    backend = _backend(network, api_keys=("key-one", "key-two"))
    url = serve(create_app(backend, client_keys=("let-me-in",))) + "/v1/messages"
    assert http.post(url, json=_HI).status_code == 401
    for _ in range(3):
        assert http.post(url, json=_HI, headers={"x-api-key": "let-me-in"}).status_code == 200
    used = [seen.headers["authorization"] for seen in network.upstream.requests]
    assert used == ["Bearer key-one", "Bearer key-two", "Bearer key-one"]


def test_several_keys_of_the_client(network: Network, serve: Any, http: httpx2.Client) -> None:
    url = serve(create_app(_backend(network, "messages"))) + "/v1/chat/completions"
    for _ in range(3):
        http.post(url, json=_HI, headers={"authorization": "Bearer key-one, key-two"})
    assert [seen.headers["x-api-key"] for seen in network.upstream.requests] == ["key-one", "key-two", "key-one"]


def test_the_clients_own_key_is_passed_on(network: Network, http: httpx2.Client) -> None:
    http.post(network.url("proxy", "messages") + "/v1/messages", json=_HI)
    assert network.upstream.last.headers["authorization"] == f"Bearer {KEY}"
    assert "x-api-key" not in network.upstream.last.headers


def test_body_that_is_too_large(network: Network, serve: Any, http: httpx2.Client) -> None:
    url = serve(create_app(_backend(network), max_body_bytes=1000)) + "/v1/messages"
    answer = http.post(url, json={**_HI, "system": "x" * 1000})
    assert (answer.status_code, answer.json()["error"]["type"]) == (413, "request_too_large")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"{", "$"),
        (b"[]", "$"),
        (b'{"model": "demo", "max_tokens": 1, "messages": [{"role": "user", "content": 1}]}', "$.messages[0].content"),
    ],
)
def test_bad_input(network: Network, http: httpx2.Client, body: bytes, named: str) -> None:
    answer = http.post(network.url("proxy", "messages") + "/v1/messages", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.json()["error"]["message"].startswith(f"{named}: ")


def test_what_cannot_be_said(network: Network, http: httpx2.Client) -> None:
    answer = http.post(network.url("proxy", "chat") + "/v1/chat/completions", json={**_HI, "n": 3})
    assert answer.status_code == 400
    assert (answer.json()["error"]["param"], answer.json()["error"]["type"]) == ("$.n", "invalid_request_error")


def test_path_that_does_not_exist(network: Network, http: httpx2.Client) -> None:
    answer = http.get(network.url("proxy", "messages") + "/v1/files", headers={"anthropic-version": "2023-06-01"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "not_found_error")


def test_health_needs_no_key(network: Network) -> None:
    assert httpx2.get(network.url("proxy", "messages") + "/health").json()["status"] == "ok"


# -- what becomes of the answer ----------------------------------------------------------------------


def test_losses(network: Network, http: httpx2.Client, caplog: pytest.LogCaptureFixture) -> None:
    """They are in a header, and in the log; keys are in neither."""
    caplog.set_level(logging.DEBUG)
    answer = http.post(network.url("proxy", "messages") + "/v1/messages", json={**_HI, "top_k": 5})
    assert answer.headers[LOSSES_HEADER] == "2; created, sampling"
    eventually(lambda: "$.top_k" in caplog.text)
    assert KEY not in caplog.text


def test_backend_that_does_not_stream(network: Network, serve: Any, http: httpx2.Client) -> None:
    url = serve(create_app(_backend(network, streams=False))) + "/v1/messages"
    text = http.post(url, json={**_HI, "stream": True}).text
    assert "stream" not in network.upstream.last.body
    assert (_events(text)[0], _events(text)[-1]) == ("message_start", "message_stop")


@pytest.mark.parametrize("wanted", [True, False])
def test_usage_of_a_backend_that_does_not_stream(
    network: Network, serve: Any, http: httpx2.Client, wanted: bool
) -> None:
    url = serve(create_app(_backend(network, "messages", streams=False))) + "/v1/chat/completions"
    body = {**_HI, "stream": True, "stream_options": {"include_usage": wanted}}
    text = http.post(url, json=body).text
    assert text.endswith("data: [DONE]\n\n")
    assert ('"prompt_tokens"' in text) is wanted


def test_both_endpoints(network: Network, serve: Any, http: httpx2.Client) -> None:
    for protocol in ("messages", "chat"):
        url = serve(create_app(_backend(network, protocol)))
        assert http.post(f"{url}/v1/messages", json=_HI).json()["type"] == "message"
        assert http.post(f"{url}/v1/chat/completions", json=_HI).json()["object"] == "chat.completion"
        assert "object" in http.get(f"{url}/v1/models").json()
        assert "has_more" in http.get(f"{url}/v1/models", headers={"anthropic-version": "2023-06-01"}).json()


def test_backend_that_is_not_there(serve: Any, http: httpx2.Client) -> None:
    url = serve(create_app(Backend(protocol="chat", base_url="http://127.0.0.1:9"))) + "/v1/messages"
    for stream in (False, True):
        answer = http.post(url, json={**_HI, "stream": stream})
        assert (answer.status_code, answer.json()["error"]["type"]) == (502, "api_error")
        assert "127.0.0.1" not in answer.text


# -- time --------------------------------------------------------------------------------------------


def test_client_that_goes_away_in_mid_stream(network: Network, http: httpx2.Client) -> None:
    for route in ("proxy", "chain", "same"):
        body = {**_HI, "model": "demo-slow", "stream": True}
        with http.stream("POST", network.url(route, "messages") + "/v1/messages", json=body) as answer:
            next(answer.iter_bytes())
        eventually(lambda: network.upstream.last.gone)
        assert not network.upstream.last.done


def test_client_that_goes_away_before_the_answer(serve: Any) -> None:
    released = threading.Event()
    upstream = Recorder(_never_answers)
    url = serve(create_app(Backend(protocol="chat", base_url=serve(upstream)))) + "/v1/messages"
    with httpx2.Client(timeout=0.3) as impatient, pytest.raises(httpx2.ReadTimeout):
        impatient.post(url, json=_HI, headers=_HEADERS)
    eventually(lambda: upstream.last.gone)
    released.set()


async def _never_answers(scope: Any, receive: Any, send: Any) -> None:
    while scope["type"] == "http" and (await receive())["type"] != "http.disconnect":
        pass


def test_signs_of_life(serve: Any, http: httpx2.Client) -> None:
    """Before the first word of the backend, and between two of them."""
    slow = serve(demo_upstream.create_app(slow_pace=0.3))
    backend = Backend(protocol="chat", base_url=f"{slow}/v1", options=Options(eager_start=True))
    url = serve(create_app(backend, ping_seconds=0.1)) + "/v1/messages"
    began = time.monotonic()
    with http.stream("POST", url, json={**_HI, "model": "demo-slow", "stream": True}) as answer:
        pieces = answer.iter_text()
        assert _events(next(pieces)) == ["message_start", "ping"]
        assert time.monotonic() - began < 0.3
        events = _events("".join(pieces))
    assert "ping" in events[events.index("content_block_start") : events.index("content_block_stop")]
    assert events[-1] == "message_stop"


def test_error_after_a_sign_of_life(serve: Any, http: httpx2.Client) -> None:
    """The status is out already; the error comes within the stream."""
    slow = serve(_fails_late)
    backend = Backend(protocol="chat", base_url=slow, options=Options(eager_start=True))
    url = serve(create_app(backend, ping_seconds=0.05)) + "/v1/messages"
    answer = http.post(url, json={**_HI, "stream": True})
    assert answer.status_code == 200
    assert _events(answer.text)[-1] == "error"
    error = json.loads(answer.text.rsplit("data: ", 1)[1])["error"]
    assert (error["type"], error["message"]) == ("rate_limit_error", "Slow down")


async def _fails_late(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        time.sleep(0.5)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        body = b'{"error": {"message": "Slow down", "type": "requests", "code": "rate_limit_exceeded"}}'
        await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("client", ["messages", "chat"])
def test_connections_are_reused(network: Network, http: httpx2.Client, client: Protocol, stream: bool) -> None:
    path = {"messages": "/v1/messages", "chat": "/v1/chat/completions"}[client]
    for _ in range(5):
        http.post(network.url("proxy", client) + path, json={**_HI, "stream": stream})
    assert len({seen.client for seen in network.upstream.requests}) == 1


async def _never_hangs_up(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        choice = {"index": 0, "delta": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}
        body = b"data: %b\n\ndata: [DONE]\n\n" % json.dumps({**chunk, "choices": [choice]}).encode()
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await _never_answers(scope, receive, send)


def test_backend_that_never_hangs_up(serve: Any, http: httpx2.Client) -> None:
    """The answer is over when it says so."""
    upstream = Recorder(_never_hangs_up)
    url = serve(create_app(Backend(protocol="chat", base_url=serve(upstream)))) + "/v1/messages"
    began = time.monotonic()
    text = http.post(url, json={**_HI, "stream": True}).text
    assert _events(text)[-1] == "message_stop"
    assert time.monotonic() - began < 1
    eventually(lambda: upstream.last.gone)


def test_comments_stay_out_of_events() -> None:
    stream = Verbatim("chat")
    assert stream.ping() == b": ping\n\n"
    stream.feed(b'data: {"a"')
    assert stream.ping() == b""
    stream.feed(b": 1}\n")
    assert stream.ping() == b""
    stream.feed(b"\n")
    assert stream.ping() == b": ping\n\n"
