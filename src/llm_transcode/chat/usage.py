"""Token counts.

OpenAI's ``prompt_tokens`` include the tokens read from and written to the cache, and its
``completion_tokens`` include reasoning. Every count may be null or absent at some vendor.
"""

from __future__ import annotations

from ..wire import JsonObject, Number, WireModel

__all__ = ["CompletionTokensDetails", "PromptTokensDetails", "Usage"]


class PromptTokensDetails(WireModel):
    """What the prompt's tokens were, in tokens (SDK: ``PromptTokensDetails``)."""

    cached_tokens: int | None = None
    """Read from the cache."""
    cache_write_tokens: int | None = None
    """Written to the cache."""
    cache_creation_tokens: int | None = None
    """LiteLLM's word for ``cache_write_tokens``."""
    audio_tokens: int | None = None
    image_tokens: int | None = None
    text_tokens: int | None = None


class CompletionTokensDetails(WireModel):
    """What the completion's tokens were, in tokens (SDK: ``CompletionTokensDetails``)."""

    reasoning_tokens: int | None = None
    accepted_prediction_tokens: int | None = None
    """Tokens of a predicted output that appeared in the completion."""
    rejected_prediction_tokens: int | None = None
    """Tokens of a predicted output that did not appear; they count as completion all the same."""
    audio_tokens: int | None = None
    text_tokens: int | None = None


class Usage(WireModel):
    """What a request used, in tokens (SDK: ``CompletionUsage``)."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: PromptTokensDetails | None = None
    completion_tokens_details: CompletionTokensDetails | None = None

    # Other vendors' words for what ``prompt_tokens_details`` and ``completion_tokens_details`` say.
    prompt_cache_hit_tokens: int | None = None
    """Read from the cache (DeepSeek)."""
    prompt_cache_miss_tokens: int | None = None
    """Not read from the cache (DeepSeek)."""
    cache_read_input_tokens: int | None = None
    """Read from the cache (LiteLLM, Databricks)."""
    cache_creation_input_tokens: int | None = None
    """Written to the cache (LiteLLM, Databricks, Vercel's gateway)."""
    cached_tokens: int | None = None
    """Read from the cache (Together, Moonshot)."""
    num_cached_tokens: int | None = None
    """Read from the cache (Mistral)."""
    reasoning_tokens: int | None = None
    """Spent on reasoning (some models on Azure)."""
    cost: Number | JsonObject | None = None
    """What it cost, in credits (OpenRouter), or by part, in dollars (Perplexity)."""
    cost_details: JsonObject | None = None
    """What it cost, by part (OpenRouter)."""
    is_byok: bool | None = None
    """Whether the client's own key at the provider paid for it (OpenRouter)."""
