"""Whether the conversion maps or records every field that the vendors' SDKs have."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pytest
from anthropic.types import Message, message_create_params
from anthropic.types.beta import BetaMessage
from anthropic.types.beta import message_create_params as beta_create_params
from openai.types.chat import ChatCompletion, completion_create_params

from llm_transcode import convert_request, convert_response
from tests.pairs.messages_chat.swallowed import Search
from tests.sdk_forms import fields
from tests.sdk_probes import Seeds

_CALL: Final = {"id": "x", "type": "function", "function": {"name": "x", "arguments": "{}"}}
_ASKS: Final = {"role": "user", "content": "Go."}
_TURN_OF_CALLS: Final = {"role": "assistant", "content": [{"type": "tool_use", "id": "x", "name": "x", "input": {}}]}

MESSAGES: Final = Seeds(
    values={
        "base64.data": ["JVBERi0xLjc=", "JVBERi0xLjQ="],
        "url": ["https://example.com/x", "https://example.com/y"],
        "max_tokens": [1000, 2000],
        "budget_tokens": [2000, 20000],
        "input_schema": [{"type": "object", "properties": {}}, {"type": "object", "properties": {"x": {}}}],
        "json_schema.schema": [{"type": "object"}, {"type": "object", "properties": {"x": {}}}],
    },
    beside={
        "tool_choice": {"tools": [{"name": "x", "input_schema": {}}, {"name": "y", "input_schema": {}}]},
        "stop_details": {"stop_reason": "refusal"},
        "stop_sequence": {"stop_reason": "stop_sequence"},
    },
    company={
        "messages<user>": [([_ASKS, _TURN_OF_CALLS], [])],
        "messages<assistant>": [([_ASKS], [_ASKS])],
        "messages<system>": [([_ASKS], [_ASKS])],
    },
    ignored=frozenset({"betas", "user_profile_id", "workspace_id"}),
)

CHAT: Final = Seeds(
    values={
        "image_url.url": ["https://example.com/x", "https://example.com/y"],
    },
    beside={
        "tool_choice": {"tools": [{"type": "function", "function": {"name": name}} for name in ("x", "y")]},
        "function_call": {"functions": [{"name": "x"}, {"name": "y"}]},
    },
    company={
        "messages<developer>": [([], [_ASKS]), ([_ASKS], [])],
        "messages<system>": [([], [_ASKS]), ([_ASKS], [])],
        "messages<assistant>": [([_ASKS], [_ASKS])],
        "messages<tool>": [([_ASKS, {"role": "assistant", "tool_calls": [_CALL]}], [])],
        "messages<function>": [([_ASKS, {"role": "assistant", "function_call": _CALL["function"]}], [])],
    },
)

EXCEPTIONS: Final[dict[str, str]] = {}

_REQUEST_TO_CHAT: Final = Search(partial(convert_request, source="messages", target="chat"), MESSAGES, EXCEPTIONS)
_REPLY_TO_CHAT: Final = Search(partial(convert_response, source="messages", target="chat"), MESSAGES, EXCEPTIONS)
_REQUEST_TO_MESSAGES: Final = Search(partial(convert_request, source="chat", target="messages"), CHAT, EXCEPTIONS)
_REPLY_TO_MESSAGES: Final = Search(partial(convert_response, source="chat", target="messages"), CHAT, EXCEPTIONS)

DOCUMENTS: Final[dict[str, tuple[Any, Search]]] = {
    "messages request": (message_create_params.MessageCreateParamsStreaming, _REQUEST_TO_CHAT),
    "messages request, beta": (beta_create_params.MessageCreateParamsStreaming, _REQUEST_TO_CHAT),
    "messages response": (Message, _REPLY_TO_CHAT),
    "messages response, beta": (BetaMessage, _REPLY_TO_CHAT),
    "chat request": (completion_create_params.CompletionCreateParamsStreaming, _REQUEST_TO_MESSAGES),
    "chat response": (ChatCompletion, _REPLY_TO_MESSAGES),
}


@pytest.mark.parametrize(
    ("document", "field"),
    [(document, field) for document, (struct, _) in DOCUMENTS.items() for field in fields(struct)],
)
def test_no_field_is_swallowed(document: str, field: str) -> None:
    struct, search = DOCUMENTS[document]

    assert search.swallowed(struct, field) == []
