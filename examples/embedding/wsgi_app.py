"""The same without a framework and without ``async``: a WSGI application, with a blocking client.

    python examples/embedding/wsgi_app.py

Under a threading server each stream holds a thread, which is fine for a few of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from http.client import responses
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

import httpx2

from llm_transcode import (
    ConversionError,
    StreamTranscoder,
    convert_error,
    convert_request,
    convert_request_headers,
    convert_response,
)

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

http = httpx2.Client(base_url=os.environ.get("OPENAI_API_BASE", "https://api.openai.com/v1"), timeout=600)


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """``POST /v1/messages``."""
    try:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        converted = convert_request(body, source="messages", target="chat")
    except ConversionError as error:
        return _error(error.status, {"error": {"message": str(error)}}, start_response)
    received = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers = convert_request_headers(received, source="messages", target="chat") | {"content-type": "application/json"}
    onward = http.build_request("POST", "chat/completions", headers=headers, content=converted.to_json())
    reply = http.send(onward, stream=True)
    if reply.is_success and "text/event-stream" in reply.headers["content-type"]:
        start_response("200 OK", [("content-type", "text/event-stream")])
        return _transcoded(reply, StreamTranscoder(source="chat", target="messages", context=converted.context))
    content = reply.read()
    if reply.is_error:
        return _error(reply.status_code, content, start_response)
    start_response("200 OK", [("content-type", "application/json")])
    return [convert_response(content, source="chat", target="messages", context=converted.context).to_json()]


def _transcoded(reply: httpx2.Response, stream: StreamTranscoder) -> Iterator[bytes]:
    """A WSGI server closes the iterator when the client has gone, and with it the connection to the backend."""
    with closing(reply):
        for data in reply.iter_bytes():
            yield stream.feed(data)
        yield stream.close()


def _error(status: int, body: object, start_response: StartResponse) -> list[bytes]:
    error = convert_error(status, body, source="chat", target="messages")
    start_response(f"{error.status} {responses.get(error.status, 'Error')}", [("content-type", "application/json")])
    return [error.to_json()]


if __name__ == "__main__":
    with make_server("127.0.0.1", 8088, app) as server:
        server.serve_forever()
