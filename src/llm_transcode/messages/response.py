"""The answers to ``POST /v1/messages`` and ``POST /v1/messages/count_tokens``.

https://docs.anthropic.com/en/api/messages
https://docs.anthropic.com/en/api/messages-count-tokens
"""

from __future__ import annotations

from typing import Final, Literal

from ..wire import WireModel
from .request import Skill
from .stop import StopDetails
from .turns import ContentBlock
from .usage import Usage

__all__ = [
    "INPUT_TRANSFORMATION_REASONS",
    "AppliedEdit",
    "CacheMissReason",
    "ContextManagementResponse",
    "InputTransformation",
    "Response",
    "ResponseContainer",
    "ResponseDiagnostics",
    "TokenCount",
    "TokenCountContextManagement",
]

INPUT_TRANSFORMATION_REASONS: Final = frozenset(
    {
        "end_user_binding_mismatch",
        "model_binding_mismatch",
        "organization_binding_mismatch",
        "prefix_binding_mismatch",
    }
)
"""Why the server may have changed the input."""


class ResponseContainer(WireModel):
    """The container that code execution used (SDK: ``Container``)."""

    id: str
    expires_at: str | None = None
    """RFC 3339."""
    skills: list[Skill] | None = None


class CacheMissReason(WireModel):
    """Why the prompt cache missed (SDK: ``CacheMissModelChanged`` and its like)."""

    type: str
    """``model_changed``, ``system_changed``, ``tools_changed``, ``messages_changed``,
    ``previous_message_not_found`` or ``unavailable``."""
    cache_missed_input_tokens: int | None = None
    """Absent for the last two."""


class ResponseDiagnostics(WireModel):
    """What became of the request's ``diagnostics`` (SDK: ``Diagnostics``)."""

    cache_miss_reason: CacheMissReason | None = None


class AppliedEdit(WireModel):
    """What an edit cleared (SDK: ``BetaClearToolUses20250919EditResponse`` and its like)."""

    type: str
    """``clear_tool_uses_20250919`` or ``clear_thinking_20251015``."""
    cleared_input_tokens: int | None = None
    cleared_tool_uses: int | None = None
    cleared_thinking_turns: int | None = None


class ContextManagementResponse(WireModel):
    """What became of the request's ``context_management`` (SDK: ``BetaContextManagementResponse``)."""

    applied_edits: list[AppliedEdit] | None = None


class InputTransformation(WireModel):
    """What the server changed in the input (SDK: ``BetaThinkingDroppedInputTransformation`` and its like)."""

    type: str
    """``thinking_dropped`` or ``thinking_mismatch_allowed``."""
    path: str
    """Where in the request."""
    reason: str
    """One of `INPUT_TRANSFORMATION_REASONS`."""


class Response(WireModel):
    """A complete answer, or the skeleton in ``message_start`` (SDK: ``Message``)."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    model: str
    content: list[ContentBlock]
    stop_reason: str | None = None
    """One of `stop.STOP_REASONS`; null in ``message_start``."""
    stop_sequence: str | None = None
    """Which of the request's ``stop_sequences`` was met."""
    stop_details: StopDetails | None = None
    container: ResponseContainer | None = None
    usage: Usage | None = None
    """Required by the vendor's own API; compatible servers leave it out."""
    diagnostics: ResponseDiagnostics | None = None
    context_management: ContextManagementResponse | None = None
    input_transformations: list[InputTransformation] | None = None


class TokenCountContextManagement(WireModel):
    """The effect of context management on a count (SDK: ``BetaCountTokensContextManagementResponse``)."""

    original_input_tokens: int
    """Before editing."""


class TokenCount(WireModel):
    """How many tokens a request has (SDK: ``MessageTokensCount``)."""

    input_tokens: int
    context_management: TokenCountContextManagement | None = None
