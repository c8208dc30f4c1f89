"""The transports beyond what the clients' own tests show of them."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from sdk_transport import AsyncTranscodingTransport, TranscodingTransport

from .routes import KEY, Network
from .servers import eventually

_HI: Any = [{"role": "user", "content": "hi"}]


def test_async_openai(network: Network) -> None:
    async def ask() -> list[str]:
        transport = AsyncTranscodingTransport(client="chat", backend="messages", base_url=f"{network.upstream_url}/v1")
        async with openai.AsyncOpenAI(api_key=KEY, http_client=httpx2.AsyncClient(transport=transport)) as client:
            completion = await client.chat.completions.create(model="demo", messages=_HI)
            stream = await client.chat.completions.create(model="demo", messages=_HI, stream=True)
            streamed = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
            return [completion.choices[0].message.content or "", streamed]

    assert asyncio.run(ask()) == ["Hello! You said: hi"] * 2
    assert {seen.path for seen in network.upstream.requests} == {"/v1/messages"}


def test_async_anthropic(network: Network) -> None:
    async def ask() -> list[str]:
        transport = AsyncTranscodingTransport(client="messages", backend="chat", base_url=f"{network.upstream_url}/v1")
        async with anthropic.AsyncAnthropic(
            api_key=KEY, max_retries=0, http_client=httpx2.AsyncClient(transport=transport)
        ) as client:
            async with client.messages.stream(model="demo", max_tokens=9, messages=_HI) as stream:
                streamed = await stream.get_final_text()
            with pytest.raises(anthropic.OverloadedError):
                await client.messages.create(model="demo-error-529", max_tokens=9, messages=_HI)
            return [streamed]

    assert asyncio.run(ask()) == ["Hello! You said: hi"]


def test_what_cannot_be_said(network: Network) -> None:
    """It is refused as the vendor would refuse it, and nothing is sent."""
    with pytest.raises(openai.BadRequestError, match=r"\$\.n: "):
        network.openai("transport").chat.completions.create(model="demo", messages=_HI, n=2)
    with pytest.raises(openai.NotFoundError, match="embeddings"):
        network.openai("transport").embeddings.create(model="demo", input="hi")
    assert not network.upstream.requests


def test_stream_that_is_left_early(network: Network) -> None:
    with network.anthropic("transport").messages.stream(model="demo-slow", max_tokens=9, messages=_HI) as stream:
        next(iter(stream))
    eventually(lambda: network.upstream.last.gone)


def test_backend_that_is_not_there() -> None:
    transport = TranscodingTransport(client="chat", backend="messages", base_url="http://127.0.0.1:9/v1")
    with (
        httpx2.Client(transport=transport) as http,
        openai.OpenAI(api_key=KEY, max_retries=0, http_client=http) as client,
        pytest.raises(openai.APIConnectionError),
    ):
        client.chat.completions.create(model="demo", messages=_HI)
