"""A FastAPI application with an endpoint of OpenAI's, served by an Anthropic backend.

    uvicorn --app-dir examples/embedding fastapi_app:app

Bad input is answered in the client's protocol by one exception handler, whichever endpoint it hits.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx2
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from llm_transcode import (
    ConversionError,
    Options,
    StreamTranscoder,
    convert_error,
    convert_request,
    convert_request_headers,
    convert_response,
    convert_response_headers,
)

OPTIONS: Final = Options(default_max_tokens=8000, now=lambda: int(time.time()))

http = httpx2.AsyncClient(base_url=os.environ.get("ANYROUTER_BASE_URL", "https://api.anthropic.com"), timeout=600)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with http:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/v1/chat/completions")
async def chat_completions(request: Request) -> Response:
    converted = convert_request(await request.body(), source="chat", target="messages", options=OPTIONS)
    headers = convert_request_headers(request.headers, source="chat", target="messages")
    onward = http.build_request("POST", "/v1/messages", headers=headers, content=converted.to_json())
    reply = await http.send(onward, stream=True)
    carried = convert_response_headers(reply.headers, source="messages", target="chat", now=time.time())
    if reply.is_success and "text/event-stream" in reply.headers["content-type"]:
        stream = StreamTranscoder(source="messages", target="chat", context=converted.context, options=OPTIONS)
        return StreamingResponse(transcoded(reply, stream), headers=carried, media_type="text/event-stream")
    body = await reply.aread()
    if reply.is_error:
        error = convert_error(reply.status_code, body, source="messages", target="chat")
        return Response(error.to_json(), error.status, carried, media_type="application/json")
    completion = convert_response(body, source="messages", target="chat", context=converted.context, options=OPTIONS)
    return Response(completion.to_json(), headers=carried, media_type="application/json")


async def transcoded(reply: httpx2.Response, stream: StreamTranscoder) -> AsyncIterator[bytes]:
    try:
        async for data in reply.aiter_bytes():
            yield stream.feed(data)
        yield stream.close()
    except httpx2.RequestError:
        yield stream.fail("the connection to the backend broke")
    finally:
        await reply.aclose()


@app.exception_handler(ConversionError)
async def on_conversion_error(_: Request, error: ConversionError) -> Response:
    body = {"error": {"message": str(error), "param": error.path}}
    converted = convert_error(error.status, body, source="messages", target="chat")
    return Response(converted.to_json(), converted.status, media_type="application/json")
