"""The same with aiohttp, as server and as client: Anthropic's clients, an OpenAI-compatible backend.

python examples/embedding/aiohttp_app.py
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

from aiohttp import ClientResponse, ClientSession, web

from llm_transcode import (
    ConversionError,
    StreamTranscoder,
    convert_error,
    convert_request,
    convert_request_headers,
    convert_response,
)

BACKEND = web.AppKey("backend", str)
HTTP = web.AppKey("http", ClientSession)


async def messages(request: web.Request) -> web.StreamResponse:
    try:
        converted = convert_request(await request.read(), source="messages", target="chat")
    except ConversionError as error:
        return _error(error.status, {"error": {"message": str(error)}})
    headers = convert_request_headers(request.headers, source="messages", target="chat")
    url = f"{request.app[BACKEND]}/chat/completions"
    async with request.app[HTTP].post(url, headers=headers, data=converted.to_json()) as reply:
        if not reply.ok:
            return _error(reply.status, await reply.read())
        if reply.content_type == "text/event-stream":
            stream = StreamTranscoder(source="chat", target="messages", context=converted.context)
            return await _stream(request, reply, stream)
        message = convert_response(await reply.read(), source="chat", target="messages", context=converted.context)
        return web.Response(body=message.to_json(), content_type="application/json")


async def _stream(request: web.Request, reply: ClientResponse, stream: StreamTranscoder) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream", "cache-control": "no-cache"})
    await response.prepare(request)
    async for data in reply.content.iter_any():
        await response.write(stream.feed(data))
    await response.write(stream.close())
    await response.write_eof()
    return response


def _error(status: int, body: object) -> web.Response:
    error = convert_error(status, body, source="chat", target="messages")
    return web.Response(body=error.to_json(), status=error.status, content_type="application/json")


async def _session(app: web.Application) -> AsyncIterator[None]:
    async with ClientSession() as app[HTTP]:
        yield


def create_app(backend: str) -> web.Application:
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app[BACKEND] = backend.rstrip("/")
    app.cleanup_ctx.append(_session)
    app.router.add_post("/v1/messages", messages)
    return app


if __name__ == "__main__":
    web.run_app(create_app(os.environ["OPENAI_API_BASE"]), host="127.0.0.1", port=8088)
