"""Whether the conversion maps or records every field that the vendors' SDKs and our own models have."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, TypeAlias

import pytest
from anthropic.types import Message, message_create_params
from anthropic.types.beta import BetaMessage
from anthropic.types.beta import message_create_params as beta_create_params
from openai.types.chat import ChatCompletion, completion_create_params

from llm_transcode import Options, chat, convert_request, convert_response, messages
from tests.pairs.messages_chat.seeds import CHAT, MESSAGES
from tests.pairs.messages_chat.swallowed import Search
from tests.sdk_forms import fields
from tests.sdk_probes import UNLISTED, with_values

_DEFAULT: Final = "what an absent field means too"
_CONSTANT: Final = "the only value there is"
EXCEPTIONS: Final = {
    # -- defaults
    '$.messages[[]]<system>.clear_at="never"': _DEFAULT,
    "$.billing_policy={*": _DEFAULT,
    '$.billing_policy.bill_to="self"': _DEFAULT,
    '$.speed="standard"': _DEFAULT,
    '*.cache_control.ttl="5m"': _DEFAULT,
    '*.allowed_callers=[[]"direct"]': _DEFAULT,
    '*.prompt_cache_breakpoint.mode="explicit"': _DEFAULT,
    '*.prompt_cache_breakpoint.ttl="30m"': _DEFAULT,
    '$.function_call="auto"': _DEFAULT,
    '$.modalities=[[]"text"]': _DEFAULT,
    "$.n=1": _DEFAULT,
    '$.response_format={"type": "text"}': _DEFAULT,
    '$.tools[[]]<custom>.custom.format={"type": "text"}': _DEFAULT,
    '$.thinking={"type": "disabled"}': "a model that never thinks needs not be told",
    '$.reasoning_effort="none"': "a model that never thinks needs not be told",
    # -- what is said elsewhere
    "$.anthropic_version=*": "it names the version of this protocol",
    "$.continue_final_message=true": "Anthropic continues a last assistant turn anyway",
    "$.add_generation_prompt=true": "Anthropic continues a last assistant turn anyway",
    '$.stop_reason="end_turn"': "`stop_sequence` tells the two apart",
    '$.stop_reason="stop_sequence"': "`stop_sequence` tells the two apart",
    '$.stop_reason="tool_use"': "the calls say so",
    "$.stop_details={*": "`stop_reason` says so",
    '$.choices[[]].finish_reason="stop"': "the calls tell the three apart",
    '$.choices[[]].finish_reason="tool_calls"': "the calls tell the three apart",
    '$.choices[[]].finish_reason="function_call"': "the calls tell the three apart",
    "$.choices[[]].index=*": "the place of the only candidate",
    "*.usage.total_tokens=*": "the sum of two other fields",
    "*.usage.prompt_cache_miss_tokens=*": "the rest of `prompt_tokens`",
    "$.choices[[]].native_finish_reason=*": "`finish_reason` says it",
    "$.choices[[]].message.role=*": "who replies is the assistant",
    "$.messages[[]]<assistant>.prefix=true": "Anthropic continues a last assistant turn anyway",
    "*.tool_calls[[]]<*>.index=*": "the place in the list",
    "*.reasoning_details[[]]<*>.index=*": "the place in the list",
    "*.reasoning_details[[]]<*>.format=*": "whose the signature is, where there is none",
    '*.function.arguments="{}"': _DEFAULT,
    '*.function_call.arguments="{}"': _DEFAULT,
    '*.thinking_blocks=[[]{"type": "thinking"}]': "it says nothing",
    '*.reasoning_details=[[]{"type": "reasoning.[st]*"}]': "it says nothing",
    # -- what cannot vary
    '*.cache_control.type="ephemeral"': _CONSTANT,
    '$.web_search_options.user_location.type="approximate"': _CONSTANT,
    '$.billing_policy.type="*': _CONSTANT,
    '$.stop_details.type="*': _CONSTANT,
    '*<document>.source<*>.media_type="*': _CONSTANT,
    "$.messages[[]]<x>*": "refused: nobody knows who speaks",
    '$.type="message"': _CONSTANT,
    '$.role="assistant"': _CONSTANT,
    '$.object="*': _CONSTANT,
}
"""What may go without a trace, by patterns of `fnmatch`, and why."""

Document: TypeAlias = tuple[Any, Search]


def _messages_request(model: str, dialect: str = "openai") -> Search:
    convert = partial(convert_request, source="messages", target="chat", options=Options(dialect=dialect))
    return Search(convert, with_values(MESSAGES, model=[model, "another"]), EXCEPTIONS)


def _chat_request(model: str, dialect: str = "anthropic") -> Search:
    convert = partial(convert_request, source="chat", target="messages", options=Options(dialect=dialect))
    return Search(convert, with_values(CHAT, model=[model, "another"]), EXCEPTIONS)


_MESSAGES_REPLY: Final = Search(partial(convert_response, source="messages", target="chat"), MESSAGES, EXCEPTIONS)
_CHAT_REPLY: Final = Search(partial(convert_response, source="chat", target="messages"), CHAT, EXCEPTIONS)

DOCUMENTS: Final[dict[str, Document]] = {
    "messages request": (message_create_params.MessageCreateParamsStreaming, _messages_request("gpt-6")),
    "messages request, beta": (beta_create_params.MessageCreateParamsStreaming, _messages_request("gpt-6")),
    "messages request, older model": (beta_create_params.MessageCreateParamsStreaming, _messages_request("gpt-4o")),
    "messages request, OpenRouter": (
        beta_create_params.MessageCreateParamsStreaming,
        _messages_request("qwen/qwen3", "openrouter"),
    ),
    "messages request, DeepSeek": (
        beta_create_params.MessageCreateParamsStreaming,
        _messages_request("deepseek-chat", "deepseek"),
    ),
    "messages request, ours": (messages.Request, _messages_request("gpt-6")),
    "messages response": (Message, _MESSAGES_REPLY),
    "messages response, beta": (BetaMessage, _MESSAGES_REPLY),
    "messages response, ours": (messages.Response, _MESSAGES_REPLY),
    "chat request": (completion_create_params.CompletionCreateParamsStreaming, _chat_request("claude-opus-5")),
    "chat request, older model": (
        completion_create_params.CompletionCreateParamsStreaming,
        _chat_request("claude-3-5-haiku"),
    ),
    "chat request, newer API": (
        completion_create_params.CompletionCreateParamsStreaming,
        _chat_request("claude-sonnet-4-5", "anthropic-2026-10-21"),
    ),
    "chat request, ours": (chat.Request, _chat_request("claude-opus-5")),
    "chat request, ours, older model": (chat.Request, _chat_request("claude-opus-4-5")),
    "chat response": (ChatCompletion, _CHAT_REPLY),
    "chat response, ours": (chat.Response, _CHAT_REPLY),
}


@pytest.mark.parametrize(
    ("document", "field"),
    [(document, field) for document, (struct, _) in DOCUMENTS.items() for field in (*fields(struct), UNLISTED)],
)
def test_no_field_is_swallowed(document: str, field: str) -> None:
    struct, search = DOCUMENTS[document]

    assert search.swallowed(struct, field) == []


def test_every_exception_is_needed() -> None:
    for struct, search in DOCUMENTS.values():
        for field in fields(struct):
            search.swallowed(struct, field)

    assert set(EXCEPTIONS) == {pattern for _, search in DOCUMENTS.values() for pattern in search.used}
