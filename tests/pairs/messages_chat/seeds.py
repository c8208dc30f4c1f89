"""What the types of both vendors do not say of their documents, for the search through them."""

from __future__ import annotations

from typing import Final

from llm_transcode.wire import Json
from tests.sdk_probes import Seeds

__all__ = ["CHAT", "MESSAGES"]

_CALL: Final = {"id": "x", "type": "function", "function": {"name": "x", "arguments": "{}"}}
_TOOLS: Final[list[Json]] = [{"name": name, "input_schema": {}} for name in ("x", "y")]
_PDF: Final = {"file_data": "data:application/pdf;base64,JVBERi0xLjc="}
_REMOVAL: Final = {"type": "tool_removal", "tool": {"type": "tool_reference", "name": "x"}}
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
        "stream": [True, False],
        "stop_sequences": [["x"], ["x", "y"]],
        "tool_reference.name": ["x", "unknown"],
    },
    beside={
        "tool_choice": {"tools": _TOOLS},
        "stop_details": {"stop_reason": "refusal"},
        "stop_sequence": {"stop_reason": "stop_sequence"},
        "messages": {"tools": _TOOLS},
    },
    needed={"compaction": {"content": "x"}, "system": {"content": "x"}},
    company={
        "messages<user>": [([_ASKS, _TURN_OF_CALLS], [])],
        "messages<assistant>": [([_ASKS], [_ASKS])],
        "messages<system>": [([_ASKS], [_ASKS])],
        "content<tool_addition>": [([_REMOVAL], [])],
    },
    ignored=frozenset({"betas", "user_profile_id", "workspace_id"}),
)

CHAT: Final = Seeds(
    values={
        "ImageUrl.url": ["https://example.com/x", "https://example.com/y"],
        "CacheControl.type": ["ephemeral"],
        "PromptCacheBreakpoint.mode": ["explicit"],
        "UserLocation.type": ["approximate"],
        "File.file_data": ["data:application/pdf;base64,JVBERi0xLjc=", "data:application/pdf;base64,JVBERi0xLjQ="],
        "File.file_id": [],
        "ImageURL.url": ["https://example.com/x", "https://example.com/y"],
        "stream": [True, False],
        "stop": ["x", ["x", "y"]],
        "n": [1, 2],
        "FileFile.file_data": ["data:application/pdf;base64,JVBERi0xLjc=", "data:application/pdf;base64,JVBERi0xLjQ="],
        "FileFile.file_id": [],
        "ChatCompletionAllowedToolsParam.tools": [
            [{"type": "function", "function": {"name": "x"}}],
            [{"type": "function", "function": {"name": "y"}}],
        ],
        "AllowedTools.tools": [
            [{"type": "function", "function": {"name": "x"}}],
            [{"type": "function", "function": {"name": "y"}}],
        ],
        "Function.arguments": ["{}", '{"x":1}'],
        "FunctionCall.arguments": ["{}", '{"x":1}'],
    },
    beside={
        "tool_choice": {"tools": [{"type": "function", "function": {"name": name}} for name in ("x", "y")]},
        "parallel_tool_calls": {"tools": [{"type": "function", "function": {"name": "x"}}]},
        "function_call": {"functions": [{"name": "x"}, {"name": "y"}]},
    },
    needed={
        "assistant": {"content": "x"},
        "FileFile": _PDF,
        "File": _PDF,
        # Without an id the whole document goes into one that is made up, and everything leaves a trace.
        "Response": {"id": "x"},
    },
    company={
        "messages<user>": [([_ASKS], [])],
        "messages<developer>": [([], [_ASKS]), ([_ASKS], [])],
        "messages<system>": [([], [_ASKS]), ([_ASKS], [])],
        "messages<assistant>": [([_ASKS], [_ASKS])],
        "messages<tool>": [([_ASKS, {"role": "assistant", "tool_calls": [_CALL]}], [])],
        "messages<function>": [([_ASKS, {"role": "assistant", "function_call": _CALL["function"]}], [])],
    },
)
