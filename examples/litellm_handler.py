"""The library embedded in LiteLLM: a provider ``transcode`` for backends that speak Anthropic Messages.

``conf_anthropic20251212.yaml`` registers it. LiteLLM hands over what it was asked, in OpenAI's words, and
wants the same words back; how that becomes Messages is the library's business and not LiteLLM's.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx2
from litellm import CustomLLM, ModelResponse, ModelResponseStream
from litellm.llms.custom_llm import CustomLLMError

from llm_transcode import (
    ConversionError,
    Converted,
    Options,
    StreamTranscoder,
    convert_error,
    convert_request,
    convert_request_headers,
    convert_response,
)
from llm_transcode.messages import Request
from llm_transcode.wire import parse_object

__all__ = ["TranscodeLLM", "handler"]

_OPTIONS: Final = Options(now=lambda: int(time.time()))


class TranscodeLLM(CustomLLM):
    """What LiteLLM calls for the models ``transcode/...``."""

    def __init__(self, http: httpx2.AsyncClient | None = None) -> None:
        super().__init__()
        self._http = http or httpx2.AsyncClient(timeout=600)

    async def acompletion(self, *, api_base: str, api_key: str | None, **asked: Any) -> ModelResponse:
        converted = _convert(**asked)
        answer = await self._http.send(self._request(api_base, api_key, converted))
        if answer.is_error:
            raise _error(answer)
        reply = convert_response(
            answer.content, source="messages", target="chat", context=converted.context, options=_OPTIONS
        )
        return ModelResponse(**reply.to_dict())

    async def astreaming(
        self, *, api_base: str, api_key: str | None, **asked: Any
    ) -> AsyncIterator[ModelResponseStream]:
        converted = _convert(**asked, stream=True)
        answer = await self._http.send(self._request(api_base, api_key, converted), stream=True)
        try:
            if answer.is_error:
                await answer.aread()
                raise _error(answer)
            stream = StreamTranscoder(source="messages", target="chat", context=converted.context, options=_OPTIONS)
            async for line in answer.aiter_lines():
                if line.startswith("data:"):  # names the kind of event within, as all of Anthropic's do
                    for chunk in stream.feed_event(parse_object(line.removeprefix("data:"))):
                        if stream.error is None:
                            yield ModelResponseStream(**chunk.to_dict())
            stream.close_events()
            if stream.error is not None:
                raise CustomLLMError(502, stream.error.reason)
        finally:
            await answer.aclose()

    def _request(self, api_base: str, api_key: str | None, body: Converted[Request]) -> httpx2.Request:
        headers = convert_request_headers({}, source="chat", target="messages", api_key=api_key)
        headers["content-type"] = "application/json"
        url = f"{api_base.rstrip('/').removesuffix('/v1')}/v1/messages"
        return self._http.build_request("POST", url, headers=headers, content=body.to_json())


def _convert(
    *, model: str, messages: list[Any], optional_params: dict[str, Any], stream: bool = False, **_: Any
) -> Converted[Request]:
    """The request that LiteLLM has taken apart; what else it hands over is its own machinery."""
    parameters = {name: value for name, value in optional_params.items() if name != "stream"}
    try:
        body = {"model": model, "messages": messages, "stream": stream, **parameters}
        return convert_request(body, source="chat", target="messages", options=_OPTIONS)
    except ConversionError as error:
        raise CustomLLMError(error.status, str(error)) from error


def _error(answer: httpx2.Response) -> CustomLLMError:
    error = convert_error(answer.status_code, answer.content, source="messages", target="chat")
    return CustomLLMError(error.status, error.to_dict()["error"]["message"])


handler: Final = TranscodeLLM()
