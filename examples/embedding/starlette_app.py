"""The smallest useful proxy: Anthropic's clients in front of an OpenAI-compatible backend.

    uvicorn --app-dir examples/embedding starlette_app:app

What a real one needs besides (pings, limits, time-outs, cancellation) is in ``examples/gateway.py``.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from llm_transcode import StreamTranscoder, convert_error, convert_request, convert_request_headers, convert_response

http = httpx2.AsyncClient(base_url=os.environ.get("OPENAI_API_BASE", "https://api.openai.com/v1"), timeout=600)


async def messages(request: Request) -> Response:
    converted = convert_request(await request.body(), source="messages", target="chat")
    headers = convert_request_headers(request.headers, source="messages", target="chat")
    onward = http.build_request("POST", "chat/completions", headers=headers, content=converted.to_json())
    reply = await http.send(onward, stream=True)
    if reply.is_success and "text/event-stream" in reply.headers["content-type"]:
        stream = StreamTranscoder(source="chat", target="messages", context=converted.context)
        return StreamingResponse(transcoded(reply, stream), media_type="text/event-stream")
    body = await reply.aread()
    if reply.is_success:
        message = convert_response(body, source="chat", target="messages", context=converted.context)
        return Response(message.to_json(), media_type="application/json")
    error = convert_error(reply.status_code, body, source="chat", target="messages")
    return Response(error.to_json(), error.status, media_type="application/json")


async def transcoded(reply: httpx2.Response, stream: StreamTranscoder) -> AsyncIterator[bytes]:
    async for data in reply.aiter_bytes():
        yield stream.feed(data)
    yield stream.close()


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    async with http:
        yield


app = Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])], lifespan=lifespan)
