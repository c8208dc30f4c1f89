"""The words by which servers name errors, as Anthropic's types.

They matter where the status says nothing: within a stream, and in an error sent with status 200.
"""

from __future__ import annotations

import re
from typing import Final

from ...messages import ERROR_TYPES

__all__ = ["WORDS", "type_of_words"]

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "invalid_request_error": (
        "bad_request",
        "bad_request_error",
        "content_filter",
        "content_policy_violation",
        "context_length_exceeded",
        "failed_precondition",
        "invalid_argument",
        "invalid_image_url",
        "invalid_parameter",
        "invalid_request",
        "invalid_value",
        "json_validate_failed",
        "missing_required_parameter",
        "tool_use_failed",
        "unsupported_parameter",
        "unsupported_value",
        "validation_error",
        "validation_exception",
    ),
    "authentication_error": (
        "incorrect_api_key",
        "invalid_api_key",
        "missing_api_key",
        "unauthenticated",
        "unauthorized",
    ),
    "billing_error": (
        "arrearage",  # DashScope
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_balance",
        "insufficient_credits",
        "insufficient_quota",
        "payment_required",
    ),
    "permission_error": (
        "access_denied",
        "access_denied_exception",
        "forbidden",
        "permission_denied",
        "permission_denied_error",
        "unsupported_country_region_territory",
    ),
    "not_found_error": (
        "deployment_not_found",
        "model_not_found",
        "not_found",
        "resource_not_found",
        "resource_not_found_exception",
    ),
    "conflict_error": ("conflict",),
    "request_too_large": ("payload_too_large", "request_entity_too_large"),
    "rate_limit_error": (
        "rate_limit_exceeded",
        "rate_limit_reached",
        "requests",  # OpenAI: what there were too many of
        "resource_exhausted",
        "throttling",
        "throttling_exception",
        "tokens",
        "too_many_requests",
    ),
    "timeout_error": ("deadline_exceeded", "gateway_timeout", "request_timeout", "timeout"),
    "overloaded_error": (
        "engine_overloaded",
        "engine_overloaded_error",
        "overloaded",
        "server_overloaded",
        "service_unavailable",
        "service_unavailable_error",
        "unavailable",
    ),
    "api_error": (
        "bad_gateway",
        "internal",
        "internal_error",
        "internal_server_error",
        "internal_server_exception",
        "model_error",
        "server_error",
        "upstream_error",
    ),
}
"""What vendors call each of Anthropic's types, in their types and codes."""

_VAGUE: Final = frozenset({"invalid_request_error", "api_error"})
"""Types that many servers give to everything."""

_OTHER: Final = re.compile(r"[^a-z0-9]")


def _plain(word: str) -> str:
    """``RateLimitReached``, ``RATE_LIMIT_REACHED`` and ``rate_limit_reached`` are one word."""
    return _OTHER.sub("", word[:80].lower())


_TYPES: Final = {
    **{_plain(name): name for name in ERROR_TYPES},
    **{_plain(word): name for name, words in WORDS.items() for word in words},
}


def type_of_words(*words: str | None) -> str | None:
    """The type that a code and a type stand for; a vague word counts only if no other says more."""
    types = [_TYPES[_plain(word)] for word in words if word is not None and _plain(word) in _TYPES]
    return next((name for name in types if name not in _VAGUE), types[0] if types else None)
