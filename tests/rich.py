"""One rich request of each protocol, which touches everything that a dialect or an option decides."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

__all__ = ["CHAT_REQUEST", "MESSAGES_REQUEST"]

JsonObject: TypeAlias = dict[str, Any]

_MARK: Final = {"type": "ephemeral", "ttl": "1h"}
_PNG: Final = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
_CLOSED: Final = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
_LONG_NAME: Final = "weather" * 12
_LONG_ID: Final = "toolu_" + "0" * 60

MESSAGES_REQUEST: Final[JsonObject] = {
    "model": "some-model",
    "max_tokens": 20_000,
    "system": [
        {"type": "text", "text": "x-anthropic-billing-header: cch=1;"},
        {"type": "text", "text": "Be kind.", "cache_control": _MARK},
    ],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Look."}, {"type": "image", "source": _PNG}]},
        {"role": "system", "content": "Be brief."},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "ZGF0YQ"},
                {"type": "tool_use", "id": _LONG_ID, "name": _LONG_NAME, "input": {"city": "Köln"}},
                {"type": "tool_use", "id": "toolu_2", "name": "bash", "input": {"command": "ls"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_2", "content": "boom", "is_error": True},
                {"type": "tool_result", "tool_use_id": _LONG_ID, "content": [{"type": "image", "source": _PNG}]},
                {"type": "text", "text": "And?"},
            ],
        },
        {"role": "assistant", "content": "So:"},
    ],
    "tools": [
        {"name": _LONG_NAME, "description": "Weather.", "input_schema": _CLOSED, "strict": True},
        {"type": "bash_20250124", "name": "bash"},
        {"name": "late", "input_schema": {"type": "object", "properties": {}}, "defer_loading": True},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 16384},
    "output_config": {"format": {"type": "json_schema", "schema": _CLOSED}},
    "stop_sequences": [str(number) for number in range(20)],
    "temperature": 1,
    "top_k": 5,
    "metadata": {"user_id": "u" * 200},
    "speed": "fast",
    "stream": True,
}
"""For ``/v1/messages``."""

CHAT_REQUEST: Final[JsonObject] = {
    "model": "claude-sonnet-4-5",
    "messages": [
        {"role": "developer", "content": [{"type": "text", "text": "Be kind.", "cache_control": _MARK}]},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look.", "prompt_cache_breakpoint": {"mode": "explicit"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}},
            ],
        },
        {"role": "system", "content": "Be brief."},
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "hm",
            "tool_calls": [
                {"id": "a.b:0", "type": "function", "function": {"name": "a/weather", "arguments": '{"city":"Köln"}'}},
                {"id": "call_2", "type": "custom", "custom": {"name": "patch", "input": "*** Begin"}},
            ],
        },
        {"role": "tool", "tool_call_id": "call_2", "content": "[tool_error]\nboom"},
        {"role": "tool", "tool_call_id": "a.b:0", "content": "rain"},
        {"role": "user", "content": "And?"},
        {"role": "assistant", "content": "So: "},
    ],
    "tools": [
        {"type": "function", "function": {"name": "a/weather", "parameters": _CLOSED, "strict": True}},
        {"type": "custom", "custom": {"name": "patch"}},
    ],
    "parallel_tool_calls": False,
    "reasoning_effort": "high",
    "response_format": {"type": "json_schema", "json_schema": {"name": "weather", "schema": _CLOSED, "strict": True}},
    "stop": ["END", "\n"],
    "temperature": 0.5,
    "top_p": 0.9,
    "user": "jane@example.com",
    "service_tier": "priority",
    "web_search_options": {"search_context_size": "low"},
    "stream": True,
    "stream_options": {"include_usage": True},
}
"""For ``/v1/chat/completions``."""
