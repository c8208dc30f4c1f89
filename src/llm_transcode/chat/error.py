"""Errors, as the body of a response and inside a stream.

Only ``{"error": {...}}`` is OpenAI's. What compatible servers send instead is named too, because an
error is the last thing that should be refused for its form.
"""

from __future__ import annotations

from ..wire import Json, JsonObject, WireModel

__all__ = ["Error", "ErrorResponse", "Misalignment", "MisalignmentSteer"]


class MisalignmentSteer(WireModel):
    """How to go on after a block (SDK: ``MisalignmentSteer``)."""

    message: str


class Misalignment(WireModel):
    """Why a request was blocked as unintended (SDK: ``Misalignment``)."""

    detailed_explanation: str | None = None
    error_type: str | None = None
    """A classification such as ``potentially_unintended_data_access``; the set is open."""
    review_target: str | None = None
    """An opaque target for continuing the review."""
    steer: MisalignmentSteer | None = None


class Error(WireModel):
    """What went wrong (SDK: ``ErrorObject``)."""

    message: str | None = None
    type: str | None = None
    """The kind of error, such as ``invalid_request_error``; vendors have their own."""
    param: str | None = None
    """The request field at fault."""
    code: str | int | None = None
    """A finer kind, such as ``context_length_exceeded``; at OpenRouter and others the HTTP status."""
    misalignment: Misalignment | None = None
    metadata: JsonObject | None = None
    """OpenRouter's account of the upstream error."""
    failed_generation: Json = None
    """What Groq's model wrote instead of a valid tool call."""


class ErrorResponse(WireModel):
    """The body of an error, or an event of a stream that reports one."""

    error: Error | str | None = None
    """The error; a bare string at some gateways."""

    # Servers that do not wrap their errors send these at the top.
    message: Json = None
    """The message (older vLLM, Mistral)."""
    type: str | None = None
    """As `Error.type` (older vLLM, Mistral)."""
    param: str | None = None
    """As `Error.param` (older vLLM, Mistral)."""
    code: str | int | None = None
    """As `Error.code` (older vLLM, Mistral)."""
    detail: Json = None
    """The message, or a list of what is invalid (FastAPI, and so Mistral)."""
