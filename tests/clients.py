"""What the vendors' own clients put together from a stream, by their public interfaces."""

from __future__ import annotations

import warnings
from typing import Final

import anthropic
import httpx2
import openai

from tests.recordings import JsonObject

__all__ = ["read_by_anthropic", "read_by_openai"]

_QUESTION: Final = "?"
_NOT_A_KEY: Final = "none"


def _served(body: bytes) -> httpx2.Client:
    headers = {"content-type": "text/event-stream"}
    return httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, content=body)))


def read_by_anthropic(body: bytes) -> JsonObject:
    """The message that ``anthropic`` accumulates; raises what it raises. Its beta types know more blocks."""
    with _served(body) as http, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where a vendor deviates from its types
        client = anthropic.Anthropic(api_key=_NOT_A_KEY, base_url="http://test", http_client=http, max_retries=0)
        turns: list[anthropic.types.beta.BetaMessageParam] = [{"role": "user", "content": _QUESTION}]
        with client.beta.messages.stream(model=_QUESTION, max_tokens=1, messages=turns) as stream:
            return stream.get_final_message().to_dict(mode="json", use_api_names=True)


def read_by_openai(body: bytes) -> JsonObject:
    """The completion that ``openai`` accumulates; raises what it raises."""
    with _served(body) as http, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = openai.OpenAI(api_key=_NOT_A_KEY, base_url="http://test", http_client=http, max_retries=0)
        turns: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": _QUESTION}]
        with client.chat.completions.stream(model=_QUESTION, messages=turns) as stream:
            # Not the final completion, which raises where the model reached its limit.
            return stream.until_done().current_completion_snapshot.to_dict(mode="json")
