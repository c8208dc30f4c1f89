"""Prompts that are too long for the model, in the words of many vendors.

Clients act on this error: they compact the conversation and try again. They find it by its wording
(Messages) or its code (Chat), so it has to be recognised in whatever form a backend gives it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ..failure import Failure

__all__ = ["MESSAGES_PHRASE", "Overflow", "find_overflow"]

MESSAGES_PHRASE: Final = "prompt is too long"
"""How Anthropic's message begins: ``prompt is too long: 210000 tokens > 200000 maximum``."""

_CODES: Final = frozenset(
    {
        "context_length_exceeded",  # OpenAI, Groq, Cerebras
        "contextwindowexceedederror",  # LiteLLM
        "context_window_exceeded",
        "exceed_context_size_error",  # llama.cpp
        "model_max_prompt_tokens_exceeded",  # GitHub Copilot
        "prompt_too_long",
        "too_many_prompt_tokens",  # Perplexity
        "1261",  # GLM
    }
)

_NEVER: Final = frozenset({401, 402, 403, 404, 408, 409, 429})
"""Statuses that say something else, whatever words stand in the message."""

_SEARCHED: Final = 4000
"""Characters of the message that are looked at."""

# N stands for a number of tokens and M for the maximum.
_WORDINGS: Final = (
    r"prompt is too long: N tokens > M maximum",  # Anthropic
    r"prompt is too long: N, model maximum context length: M",  # Fireworks
    r"current length is N while limit is M",  # Cerebras
    # OpenAI, Azure, DeepSeek, OpenRouter, vLLM
    r"maximum context length (?:is|of) M\b.{0,90}?(?:requested|resulted in|has|passed) (?:about |a total of )?N",
    r"token count of N exceeds the limit of M",  # GitHub Copilot
    r"input token count \(?N\)? exceeds the maximum number of (?:input )?tokens allowed \(?M",  # Google
    r"maximum prompt length is M but the request contains N",  # xAI
    r"request \(N tokens\) exceeds the available context size \(M",  # llama.cpp
    r"exceeded model token limit: M \(requested: N",  # Moonshot
    r"prompt contains N tokens.{0,60}? too large for model with M",  # Mistral
    r"input \(N tokens\) is longer than the model's context length \(M",  # SGLang
    r"passed N input tokens.{0,90}? context length is only M",  # vLLM
    r"must be <= M\. given: N `inputs` tokens",  # TGI, Together
    r"keep the first N tokens .{0,60}? context length of only M",  # LM Studio
    r"prompt (?:is )?too long",  # Ollama
    r"maximum context length",
    r"input is too long for (?:the )?(?:requested )?model",  # Bedrock
    r"exceeds? the (?:model's )?(?:maximum |available )?context (?:window|length|size|limit)",  # OpenAI, llama.cpp
    r"exceed context limit: \d",  # Anthropic, with max_tokens counted in
    r"input token count.{0,40}? exceeds the maximum",  # Google
    r"greater than the context length",  # LM Studio
    r"context window exceeds limit",  # MiniMax
    r"exceed(?:s|ed) model token limit",
    r"exceed(?:s|ed) max(?:imum)? (?:context )?length",  # Ollama, GLM
    r"context[ _]length[ _]exceeded",
    r"context window (?:is |was |has been )?exceeded",
    r"reduce the length of (?:the |your )?(?:messages|prompt|input|either one)",  # Groq
    r"total length of all messages is too long",  # Perplexity
    r"range of input length should be",  # DashScope
    r"number of tokens in the prompt cannot exceed",  # Cohere
    r"`inputs` must have less than \d+ tokens",  # TGI
)

_NUMBER: Final = r"(?P<{}>\d[\d,]*)"


def _compiled(wording: str) -> re.Pattern[str]:
    text = re.sub(r"\bN\b", lambda _: _NUMBER.format("tokens"), wording)
    text = re.sub(r"\bM\b", lambda _: _NUMBER.format("maximum"), text)
    return re.compile(text, re.IGNORECASE)


_PATTERNS: Final = tuple(map(_compiled, _WORDINGS))


class Overflow(NamedTuple):
    """A prompt that is too long, and by how much, where the message says so."""

    tokens: int | None = None
    maximum: int | None = None

    def wording(self, message: str) -> str:
        """The message with Anthropic's words before it, unless it begins with them."""
        if message.lower().startswith(MESSAGES_PHRASE):
            return message
        if self.tokens is None or self.maximum is None:
            return f"{MESSAGES_PHRASE}: {message}"
        return f"{MESSAGES_PHRASE}: {self.tokens} tokens > {self.maximum} maximum. {message}"


def find_overflow(status: int | None, failure: Failure) -> Overflow | None:
    """Whether an error says that the prompt is too long."""
    named = any(word is not None and word.lower() in _CODES for word in (failure.code, failure.type))
    if not named and (status or failure.status) in _NEVER:
        return None
    for pattern in _PATTERNS:
        found = pattern.search(failure.message[:_SEARCHED])
        if found:
            numbers = found.groupdict()
            return Overflow(_number(numbers.get("tokens")), _number(numbers.get("maximum")))
    return Overflow() if named else None


def _number(digits: str | None) -> int | None:
    # Nothing that counts tokens has more digits, and Python refuses to read thousands of them.
    return int(digits.replace(",", "")) if digits and len(digits) < 20 else None
