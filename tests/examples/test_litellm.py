"""The library embedded in LiteLLM, where that is installed."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from .routes import KEY, Network

pytestmark = pytest.mark.filterwarnings("ignore")

litellm = pytest.importorskip("litellm", exc_type=ImportError)

_HI = [{"role": "user", "content": "hi"}]


@pytest.fixture
def ask(network: Network, monkeypatch: pytest.MonkeyPatch) -> Any:
    from litellm_handler import TranscodeLLM  # noqa: PLC0415 - it needs LiteLLM

    async def through_litellm(model: str, **arguments: Any) -> Any:
        async with httpx2.AsyncClient() as http:
            provider = {"provider": "transcode", "custom_handler": TranscodeLLM(http)}
            monkeypatch.setattr(litellm, "custom_provider_map", [provider])
            reply = await litellm.acompletion(
                model=f"transcode/{model}", messages=_HI, api_base=network.upstream_url, api_key=KEY, **arguments
            )
            return [chunk async for chunk in reply] if arguments.get("stream") else reply

    return lambda *model, **arguments: asyncio.run(through_litellm(*model, **arguments))


def test_whole(ask: Any, network: Network) -> None:
    reply = ask("demo-think", temperature=0.5)
    assert reply.choices[0].message.content == "Hello! You said: hi"
    assert reply.choices[0].message.reasoning_content == "The user wants me to think, so I do."
    assert reply.usage.prompt_tokens == 42
    assert (network.upstream.last.path, network.upstream.last.body["temperature"]) == ("/v1/messages", 0.5)


def test_stream(ask: Any) -> None:
    chunks = ask("demo", stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello! You said: hi"
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_error(ask: Any) -> None:
    with pytest.raises(litellm.RateLimitError, match="as it was asked to"):
        ask("demo-error-429")


def test_truncated_stream(ask: Any) -> None:
    with pytest.raises(Exception, match="ended early"):
        ask("demo-truncated", stream=True)
