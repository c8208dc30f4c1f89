"""What an answer cost, in tokens. All counts are of the whole answer so far, never increments.

https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from typing import Final

from ..wire import WireModel

__all__ = [
    "FALLBACK_CREDIT_REASONS",
    "SPEEDS",
    "USED_SERVICE_TIERS",
    "CacheCreation",
    "FallbackCredit",
    "FallbackCreditStatus",
    "IterationUsage",
    "OutputTokensDetails",
    "ServerToolUsage",
    "Usage",
]

USED_SERVICE_TIERS: Final = frozenset({"standard", "priority", "batch"})
"""The tiers that may have served a request."""

SPEEDS: Final = frozenset({"standard", "fast"})
"""The speeds that a request may ask for and be served at."""

FALLBACK_CREDIT_REASONS: Final = frozenset(
    {
        "body_mismatch",
        "continuation_excluded",
        "continuation_only",
        "expired",
        "invalid_target_model",
        "not_enabled",
        "reprice_unavailable",
        "temporarily_unavailable",
        "variant_fields_present",
        "wrong_organization",
        "wrong_platform",
        "wrong_workspace",
    }
)
"""Why a credit may not have been applied."""


class CacheCreation(WireModel):
    """Tokens written to the prompt cache, by how long they live there (SDK: ``CacheCreation``)."""

    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class OutputTokensDetails(WireModel):
    """What is within ``output_tokens`` (SDK: ``OutputTokensDetails``)."""

    thinking_tokens: int | None = None


class ServerToolUsage(WireModel):
    """Requests, not tokens, that server tools made (SDK: ``ServerToolUsage``)."""

    web_search_requests: int | None = None
    web_fetch_requests: int | None = None


class IterationUsage(WireModel):
    """The tokens of one of several rounds (SDK: ``BetaMessageIterationUsage`` and its like)."""

    type: str
    """``message``, ``compaction``, ``advisor_message`` or ``fallback_message``."""
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: CacheCreation | None = None


class FallbackCreditStatus(WireModel):
    """What became of a credit (SDK: ``BetaFallbackCreditRedeemed``, ``BetaFallbackCreditNotApplied``)."""

    type: str
    """``redeemed`` or ``not_applied``."""
    reason: str | None = None
    """One of `FALLBACK_CREDIT_REASONS`."""
    remove_to_redeem: list[str] | None = None
    """The request's fields that stood in the way."""


class FallbackCredit(WireModel):
    """The credit of an earlier refusal (SDK: ``BetaFallbackCreditUsage``)."""

    status: FallbackCreditStatus


class Usage(WireModel):
    """What an answer cost (SDK: ``Usage``, and ``MessageDeltaUsage`` in a stream).

    ``input_tokens`` excludes what was read from and written to the prompt cache: the input is the sum
    of ``input_tokens``, ``cache_creation_input_tokens`` and ``cache_read_input_tokens``.
    A ``message_delta`` may have ``output_tokens`` alone; what it has replaces what ``message_start`` had.
    """

    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: CacheCreation | None = None
    output_tokens: int | None = None
    """Includes thinking."""
    output_tokens_details: OutputTokensDetails | None = None
    server_tool_use: ServerToolUsage | None = None
    service_tier: str | None = None
    """One of `USED_SERVICE_TIERS`."""
    speed: str | None = None
    """One of `SPEEDS`."""
    inference_geo: str | None = None
    """Where inference took place."""
    iterations: list[IterationUsage] | None = None
    """The rounds behind the answer, when there were several."""
    fallback_credit: FallbackCredit | None = None
