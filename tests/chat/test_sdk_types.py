"""Whether the installed SDK knows anything about the wire that our models do not."""

from __future__ import annotations

from typing import Any, Final

import pytest
from openai.pagination import SyncPage
from openai.types import Model
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionDeleted,
    ChatCompletionStoreMessage,
    completion_create_params,
    completion_list_params,
    completion_update_params,
)
from openai.types.chat.completions import message_list_params
from openai.types.shared import ErrorObject

from llm_transcode import chat
from tests.sdk_types import Drift

KNOWN: Final = {
    "finish_reason": chat.FINISH_REASONS,
    "order": chat.ORDERS,
    "service_tier": chat.SERVICE_TIERS,
    "AllowedTools.mode": chat.ALLOWED_TOOLS_MODES,
    "Annotation.type": {"url_citation"},
    "AudioParam.format": chat.OUTPUT_AUDIO_FORMATS,
    "Chunk.object": {"chat.completion.chunk"},
    "CompletionDeleted.object": {"chat.completion.deleted"},
    "Delta.role": chat.DELTA_ROLES,
    "Grammar.syntax": chat.GRAMMAR_SYNTAXES,
    "ImageUrl.detail": chat.IMAGE_DETAILS,
    "InputAudio.format": chat.AUDIO_FORMATS,
    "Model.object": {"model"},
    "ModerationPolicyMode.mode": chat.MODERATION_MODES,
    "ModerationResult.category_applied_input_types": {"text", "image"},
    "ModerationResult.type": {"moderation_result"},
    "Prediction.type": {"content"},
    "PromptCacheBreakpoint.mode": chat.PROMPT_CACHE_BREAKPOINT_MODES,
    "PromptCacheBreakpoint.ttl": chat.PROMPT_CACHE_BREAKPOINT_TTLS,
    "PromptCacheOptions.mode": chat.PROMPT_CACHE_MODES,
    "PromptCacheOptions.ttl": chat.PROMPT_CACHE_TTLS,
    "Request.function_call": chat.FUNCTION_CALL_MODES,
    "Request.modalities": chat.MODALITIES,
    "Request.prompt_cache_retention": chat.PROMPT_CACHE_RETENTIONS,
    "Request.reasoning_effort": chat.EFFORTS,
    "Request.tool_choice": chat.TOOL_CHOICE_MODES,
    "Request.verbosity": chat.VERBOSITIES,
    "Response.object": {"chat.completion"},
    "ResponseMessage.role": {"assistant"},
    "StoreMessage.role": {"assistant"},
    "ToolCallDelta.type": {"function"},
    "UserLocation.type": {"approximate"},
    "WebSearchOptions.search_context_size": chat.SEARCH_CONTEXT_SIZES,
}

DOCUMENTS: Final[dict[str, tuple[Any, Any]]] = {
    "request": (completion_create_params.CompletionCreateParamsNonStreaming, chat.Request),
    "request, streaming": (completion_create_params.CompletionCreateParamsStreaming, chat.Request),
    "response": (ChatCompletion, chat.Response),
    "chunk": (ChatCompletionChunk, chat.Chunk),
    "error": (ErrorObject, chat.Error),
    "model": (Model, chat.Model),
    "models": (SyncPage[Model], chat.ModelList),
    "stored, listing": (completion_list_params.CompletionListParams, chat.CompletionListParams),
    "stored, messages": (message_list_params.MessageListParams, chat.MessageListParams),
    "stored, message": (ChatCompletionStoreMessage, chat.StoreMessage),
    "stored, update": (completion_update_params.CompletionUpdateParams, chat.CompletionUpdateParams),
    "stored, deleted": (ChatCompletionDeleted, chat.CompletionDeleted),
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_sdk_knows_nothing_that_we_do_not(document: str) -> None:
    theirs, ours = DOCUMENTS[document]
    drift = Drift(known=KNOWN)

    drift.compare(theirs, ours)

    assert drift.problems == []
