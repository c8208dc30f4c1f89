"""Reasoning: how much of it is wanted, and the slots in which vendors return it.

OpenAI's Chat Completions never return reasoning; only ``reasoning_effort`` is theirs. All types in
this module are extensions of other vendors.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import OpenUnion, WireModel
from .content import CacheControl

__all__ = [
    "EFFORTS",
    "ReasoningConfig",
    "ReasoningDetail",
    "ReasoningEncrypted",
    "ReasoningSlots",
    "ReasoningSummary",
    "ReasoningText",
    "RedactedThinkingBlock",
    "ThinkingBlock",
    "ThinkingBlocksItem",
    "ThinkingConfig",
    "UnknownReasoning",
    "UnknownThinkingBlock",
]

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Known values of ``reasoning_effort``, least first (SDK: ``ReasoningEffort``)."""


class _ReasoningDetail(WireModel):
    """What the entries of ``reasoning_details`` have in common."""

    id: str | None = None
    format: str | None = None
    """Whose reasoning it is, such as ``anthropic-claude-v1`` or ``openai-responses-v1``."""
    index: int | None = None
    """Position in the list; in a stream, entries of one index are fragments of one detail."""


class ReasoningText(_ReasoningDetail):
    """Readable reasoning, with or without the vendor's signature (OpenRouter)."""

    type: Literal["reasoning.text"]
    text: str | None = None
    """Absent where a stream delivers the signature alone."""
    signature: str | None = None


class ReasoningSummary(_ReasoningDetail):
    """A summary of reasoning that is not shown (OpenRouter)."""

    type: Literal["reasoning.summary"]
    summary: str | None = None


class ReasoningEncrypted(_ReasoningDetail):
    """Reasoning that only its vendor can read (OpenRouter)."""

    type: Literal["reasoning.encrypted"]
    data: str | None = None


class UnknownReasoning(WireModel):
    """A detail of a type that this version does not know, kept as it came."""

    type: str


ReasoningDetail: TypeAlias = Annotated[
    ReasoningText | ReasoningSummary | ReasoningEncrypted | UnknownReasoning, OpenUnion("type")
]
"""An entry of ``reasoning_details``, which OpenRouter and Vercel's gateway send and want back."""


class ThinkingBlock(WireModel):
    """Anthropic's ``thinking`` block, as LiteLLM passes it on."""

    type: Literal["thinking"]
    thinking: str | None = None
    signature: str | None = None
    """Absent, null or empty until a stream has delivered it."""
    cache_control: CacheControl | None = None


class RedactedThinkingBlock(WireModel):
    """Anthropic's ``redacted_thinking`` block, as LiteLLM passes it on."""

    type: Literal["redacted_thinking"]
    data: str | None = None
    cache_control: CacheControl | None = None


class UnknownThinkingBlock(WireModel):
    """A thinking block of a type that this version does not know, kept as it came."""

    type: str


ThinkingBlocksItem: TypeAlias = Annotated[
    ThinkingBlock | RedactedThinkingBlock | UnknownThinkingBlock, OpenUnion("type")
]
"""An entry of ``thinking_blocks``, which LiteLLM sends and wants back."""


class ReasoningSlots(WireModel):
    """Where an assistant's reasoning stands: whole in a message, as fragments in a delta."""

    reasoning_content: str | None = None
    """Readable reasoning (DeepSeek, Qwen, GLM, Moonshot, xAI, LiteLLM)."""
    reasoning: str | None = None
    """Readable reasoning (OpenRouter, Groq, Ollama, newer vLLM)."""
    reasoning_text: str | None = None
    """Readable reasoning (GitHub Copilot)."""
    reasoning_opaque: str | None = None
    """Reasoning that only its vendor can read (GitHub Copilot)."""
    reasoning_details: list[ReasoningDetail] | None = None
    """Reasoning with signatures (OpenRouter, Vercel's gateway)."""
    thinking_blocks: list[ThinkingBlocksItem] | None = None
    """Reasoning with signatures (LiteLLM)."""


class ThinkingConfig(WireModel):
    """The request's ``thinking``: an extension of DeepSeek, GLM, Moonshot and Anthropic's own compatible endpoint."""

    type: str | None = None
    """``enabled``, ``disabled``, or ``adaptive`` and ``auto`` where the model decides."""
    budget_tokens: int | None = None
    """The most tokens to think with."""
    display: str | None = None
    """How Anthropic returns the thinking: ``summarized`` or ``omitted``."""
    clear_thinking: bool | None = None
    """Whether GLM forgets the thinking of earlier turns."""


class ReasoningConfig(WireModel):
    """The request's ``reasoning``: an extension of OpenRouter and Vercel's gateway."""

    effort: str | None = None
    """One of `EFFORTS`."""
    max_tokens: int | None = None
    """The most tokens to reason with."""
    enabled: bool | None = None
    exclude: bool | None = None
    """Whether to reason without returning it."""
    summary: str | None = None
    """How detailed a summary is to be: ``auto``, ``concise`` or ``detailed``."""
