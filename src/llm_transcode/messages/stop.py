"""Why an answer ended.

https://docs.anthropic.com/en/api/handling-stop-reasons
"""

from __future__ import annotations

from typing import Final

from ..wire import WireModel

__all__ = ["REFUSAL_CATEGORIES", "STOP_REASONS", "StopDetails"]

STOP_REASONS: Final = frozenset(
    {
        "compaction",
        "end_turn",
        "max_tokens",
        "model_context_window_exceeded",
        "pause_turn",
        "refusal",
        "stop_sequence",
        "tool_use",
    }
)
"""The known values of ``stop_reason`` (SDK: ``StopReason``); ``compaction`` is beta."""

REFUSAL_CATEGORIES: Final = frozenset({"bio", "cyber", "frontier_llm", "general_harms", "reasoning_extraction"})
"""What a refusal may be about."""


class StopDetails(WireModel):
    """More about a refusal (SDK: ``RefusalStopDetails``)."""

    type: str
    """``refusal``."""
    category: str | None = None
    """One of `REFUSAL_CATEGORIES`."""
    explanation: str | None = None
    recommended_model: str | None = None
    """A model that may answer."""
    fallback_credit_token: str | None = None
    """Pays for asking that model, as the request's ``fallback_credit_token``."""
    fallback_has_prefill_claim: bool | None = None
    """Whether what was said so far may be continued by that model."""
