"""Errors, as a body of their own and within a stream.

https://docs.anthropic.com/en/api/errors
"""

from __future__ import annotations

from typing import Final, Literal

from ..wire import WireModel

__all__ = ["ERROR_TYPES", "Error", "ErrorDetails", "ErrorResponse"]

ERROR_TYPES: Final = frozenset(
    {
        "api_error",
        "authentication_error",
        "billing_error",
        "conflict_error",
        "invalid_request_error",
        "memory_path_conflict_error",
        "memory_precondition_failed_error",
        "not_found_error",
        "overloaded_error",
        "permission_error",
        "rate_limit_error",
        "request_too_large",
        "timeout_error",
    }
)
"""The known values of an error's ``type`` (SDK: ``ErrorType``; ``request_too_large`` is documented only)."""


class ErrorDetails(WireModel):
    """What a program can read of an error (SDK: ``ErrorDetails``); further fields depend on the code."""

    error_code: str | None = None
    """Stable, unlike the message; there are more than a hundred."""


class Error(WireModel):
    """What went wrong (SDK: ``ErrorObject``)."""

    type: str
    """One of `ERROR_TYPES`."""
    message: str
    details: ErrorDetails | None = None


class ErrorResponse(WireModel):
    """The body of a response whose status is not 200 (SDK: ``ErrorResponse``)."""

    type: Literal["error"]
    error: Error
    request_id: str | None = None
