"""LiteLLM: its two calls, with servers of OpenAI's and Anthropic's that are not there."""

from __future__ import annotations

import asyncio
import json
import os
from importlib import import_module
from typing import Any, Final

from . import NotOffered
from .upstream import OTHER, Upstream, question

__all__ = ["convert"]

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # or importing it waits for a network

_litellm: Final[Any] = import_module("litellm")
_litellm.suppress_debug_info = True
_litellm.drop_params = True  # else it raises for what the target has no parameter for
_litellm.use_chat_completions_url_for_anthropic_messages = True  # else it asks OpenAI's Responses

_loop: Final = asyncio.new_event_loop()  # its logger warns of each new one


def convert(kind: str, source: str, body: bytes) -> bytes:
    answer = _request(source, json.loads(body)) if kind == "request" else _reply(kind, source, body)
    return _loop.run_until_complete(answer)


async def _request(client: str, body: dict[str, Any]) -> bytes:
    upstream = Upstream(OTHER[client])
    try:
        await _call(client, upstream, body)
    except Exception as error:
        if upstream.asked is None:
            raise (_not_offered(error) or error) from None
    assert upstream.asked is not None
    return upstream.asked


def _not_offered(error: BaseException | None) -> NotOffered | None:
    """Whether OpenAI's Responses were to be asked."""
    while error is not None and not isinstance(error, NotOffered):
        error = error.__cause__ or error.__context__
    return error


def _responses(**_: Any) -> Any:
    raise NotOffered


async def _reply(kind: str, source: str, body: bytes) -> bytes:
    client = OTHER[source]
    answer = await _call(client, Upstream(source, body, streams=kind == "stream"), question(client, kind))
    if kind == "response":
        return json.dumps(answer if client == "messages" else answer.model_dump(exclude_none=True)).encode()
    if client == "messages":
        return b"".join([event async for event in answer])
    chunks = [chunk.model_dump_json(exclude_none=True, exclude_unset=True) async for chunk in answer]
    return b"".join(f"data: {chunk}\n\n".encode() for chunk in chunks) + b"data: [DONE]\n\n"


async def _call(client: str, upstream: Upstream, body: dict[str, Any]) -> Any:
    if client == "chat":
        given = {"model": f"anthropic/{body['model']}", "client": _anthropic(upstream), "api_key": "none"}
        return await _litellm.acompletion(**{**body, **given})
    given = {"model": f"openai/{body['model']}", "client": _openai(upstream), "api_key": "none"}
    return await _litellm.anthropic.messages.acreate(**{**body, **given, "api_base": "http://upstream/v1"})


def _openai(upstream: Upstream) -> Any:
    return import_module("openai").AsyncOpenAI(
        api_key="none", base_url="http://upstream/v1", max_retries=0, http_client=_http("httpx2", upstream)
    )


def _anthropic(upstream: Upstream) -> Any:
    handler = import_module("litellm.llms.custom_httpx.http_handler").AsyncHTTPHandler()
    handler.client = _http("httpx", upstream)
    return handler


def _http(library: str, upstream: Upstream) -> Any:
    http = import_module(library)

    def respond(request: Any) -> Any:
        headers, content = upstream.answer(str(request.url), request.content)
        return http.Response(200, headers=headers, content=content)

    return http.AsyncClient(transport=http.MockTransport(respond))


_litellm.aresponses = _responses  # which it asks for a GPT's thoughts, whatever it is told
