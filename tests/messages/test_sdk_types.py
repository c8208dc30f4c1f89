"""Whether the installed SDK knows anything about the wire that our models do not."""

from __future__ import annotations

from typing import Any, Final

import pytest
from anthropic.pagination import SyncPage
from anthropic.types import (
    Message,
    MessageTokensCount,
    ModelInfo,
    RawMessageStreamEvent,
    beta,
    beta_error_response,
    message_count_tokens_params,
    message_create_params,
    shared,
)
from anthropic.types.beta import message_count_tokens_params as beta_count_tokens_params
from anthropic.types.beta import message_create_params as beta_create_params

from llm_transcode import messages
from tests.sdk_types import Drift

KNOWN: Final = {
    "allowed_callers": messages.ALLOWED_CALLERS,
    "bill_to": messages.BILL_TO,
    "category": messages.REFUSAL_CATEGORIES,
    "clear_at": messages.CLEAR_AT,
    "display": messages.THINKING_DISPLAYS,
    "effort": messages.EFFORTS,
    "error_code": messages.SERVER_TOOL_ERROR_CODES,
    "file_type": messages.FILE_TYPES,
    "lifecycle": messages.LIFECYCLES,
    "line": messages.MODEL_LINES,
    "mode": messages.FALLBACK_CREDIT_MODES,
    "oversized_image": messages.OVERSIZED_IMAGE,
    "prefix_mismatch_behavior": messages.PREFIX_MISMATCH_BEHAVIORS,
    "response_inclusion": messages.RESPONSE_INCLUSIONS,
    "service_tier": messages.SERVICE_TIERS,
    "speed": messages.SPEEDS,
    "stop_reason": messages.STOP_REASONS,
    "ttl": messages.CACHE_TTLS,
    "AppliedEdit.type": {"clear_tool_uses_20250919", "clear_thinking_20251015"},
    "Base64ImageSource.media_type": messages.IMAGE_MEDIA_TYPES,
    "Base64PdfSource.media_type": {"application/pdf"},
    "BillingPolicy.type": {"billing_policy"},
    "BrowserStateChange.type": {"tab_opened", "download_started", "download_completed", "download_failed"},
    "CacheMissReason.type": {
        "messages_changed",
        "model_changed",
        "previous_message_not_found",
        "system_changed",
        "tools_changed",
        "unavailable",
    },
    "Caller.type": messages.ALLOWED_CALLERS,
    "ClearThinkingEdit.keep": {"all"},
    "Compaction.type": {"summarize"},
    "Error.type": messages.ERROR_TYPES,
    "FallbackCreditStatus.reason": messages.FALLBACK_CREDIT_REASONS,
    "FallbackCreditStatus.type": {"redeemed", "not_applied"},
    "FallbackTrigger.type": {"refusal"},
    "InputTransformation.reason": messages.INPUT_TRANSFORMATION_REASONS,
    "InputTransformation.type": {"thinking_dropped", "thinking_mismatch_allowed"},
    "IterationUsage.type": {"message", "compaction", "advisor_message", "fallback_message"},
    "McpServer.type": {"url"},
    "PlainTextSource.media_type": {"text/plain"},
    "Request.fallbacks": {"default"},
    "ServerToolUseBlock.name": messages.SERVER_TOOL_NAMES,
    "Skill.type": messages.SKILL_TYPES,
    "StopDetails.type": {"refusal"},
    "TaskBudget.type": {"tokens"},
    "Thread.type": {"create", "continue"},
    "Threshold.type": {"input_tokens", "tool_uses", "thinking_turns", "all"},
    "Usage.service_tier": messages.USED_SERVICE_TIERS,
    "UserLocation.type": {"approximate"},
    "WebFetchUrlSource.type": {"all", "none", "only", "except"},
    "WebFetchUrlSourceTool.type": {"tool_reference"},
    # the names of built-in tools
    "AdvisorTool.name": {"advisor"},
    "BashTool.name": {"bash"},
    "CodeExecutionTool.name": {"code_execution"},
    "ComputerTool.name": {"computer"},
    "MemoryTool.name": {"memory"},
    "TextEditorTool.name": {"str_replace_editor", "str_replace_based_edit_tool"},
    "ToolSearchTool.name": {"tool_search_tool_bm25", "tool_search_tool_regex"},
    "WebFetchTool.name": {"web_fetch"},
    "WebSearchTool.name": {"web_search"},
}

HEADERS: Final = {
    f"{request}.{field}"
    for request in ("Request", "CountTokensRequest")
    for field in ("betas", "user_profile_id", "workspace_id")
}
"""What the SDK takes together with the body and sends as headers."""

FREE_FORM: Final = {"CustomTool.input_schema"}
"""JSON Schema, of which the SDK names three keywords."""

DOCUMENTS: Final[dict[str, tuple[Any, Any]]] = {
    "request": (message_create_params.MessageCreateParamsNonStreaming, messages.Request),
    "request, streaming": (message_create_params.MessageCreateParamsStreaming, messages.Request),
    "request, beta": (beta_create_params.MessageCreateParamsNonStreaming, messages.Request),
    "request, beta, streaming": (beta_create_params.MessageCreateParamsStreaming, messages.Request),
    "count_tokens": (message_count_tokens_params.MessageCountTokensParams, messages.CountTokensRequest),
    "count_tokens, beta": (beta_count_tokens_params.MessageCountTokensParams, messages.CountTokensRequest),
    "token count": (MessageTokensCount, messages.TokenCount),
    "token count, beta": (beta.BetaMessageTokensCount, messages.TokenCount),
    "response": (Message, messages.Response),
    "response, beta": (beta.BetaMessage, messages.Response),
    "event": (RawMessageStreamEvent, messages.Event),
    "event, beta": (beta.BetaRawMessageStreamEvent, messages.Event),
    "error": (shared.ErrorResponse, messages.ErrorResponse),
    "error, beta": (beta_error_response.BetaErrorResponse, messages.ErrorResponse),
    "model": (ModelInfo, messages.Model),
    "model, beta": (beta.BetaModelInfo, messages.Model),
    "models": (SyncPage[ModelInfo], messages.ModelList),
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_sdk_knows_nothing_that_we_do_not(document: str) -> None:
    theirs, ours = DOCUMENTS[document]
    drift = Drift(known=KNOWN, ignored=HEADERS, free_form=FREE_FORM)

    drift.compare(theirs, ours)

    assert drift.problems == []
