"""The documents that are timed: a coding agent's conversation of ten turns, its replies and its streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from llm_transcode.protocols import Protocol

__all__ = ["reply", "request", "stream"]

_TOOLS: Final = 10
_WORDS: Final = 200
"""Pieces of text in a stream."""
_FRAGMENTS: Final = 50
"""Pieces of the arguments of each of a stream's two tool calls."""
_THOUGHTS: Final = 20
"""Pieces of thinking in a stream."""

_PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_SYSTEM: Final = "You are a careful programmer. " * 22
_SENTENCE: Final = "I look at it. "
_SCHEMA: Final = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "line": {"type": "integer"}},
    "required": ["path"],
}


# -- requests --------------------------------------------------------------------------------------


def request(protocol: Protocol, *, turns: int = 10, tools: int = _TOOLS) -> bytes:
    """The body of ``POST /v1/messages`` or ``/v1/chat/completions``, of 10 to 13 kB."""
    return _messages_request(turns, tools) if protocol == "messages" else _chat_request(turns, tools)


def _messages_request(count: int, tools: int) -> bytes:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": _PIXEL}}
    turns = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, picture]}]
    for turn in range(count):
        turns += _messages_turns(turn)
    return _dumped(
        {
            "model": "gpt-4o",
            "max_tokens": 4096,
            "system": [{"type": "text", "text": _SYSTEM, "cache_control": {"type": "ephemeral"}}],
            "messages": turns,
            "tools": [{**tool, "input_schema": _SCHEMA} for tool in _tools(tools)],
            "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
            "thinking": {"type": "enabled", "budget_tokens": 2048},
            "stop_sequences": ["END"],
            "metadata": {"user_id": "user"},
            "stream": True,
        }
    )


def _messages_turns(turn: int) -> list[dict[str, Any]]:
    first, second = f"toolu_{turn}a", f"toolu_{turn}b"
    called = [
        {"type": "thinking", "thinking": "Look at it first. " * 8, "signature": f"signature {turn}"},
        {"type": "text", "text": "I look at both."},
        {"type": "tool_use", "id": first, "name": "tool_0", "input": {"path": f"/source/{turn}", "line": turn}},
        {"type": "tool_use", "id": second, "name": "tool_1", "input": {"path": f"/tests/{turn}"}},
    ]
    answered = [
        {"type": "tool_result", "tool_use_id": first, "content": [{"type": "text", "text": "a line of it " * 11}]},
        {"type": "tool_result", "tool_use_id": second, "content": "not found", "is_error": True},
        {"type": "text", "text": "Go on."},
    ]
    return [{"role": "assistant", "content": called}, {"role": "user", "content": answered}]


def _chat_request(count: int, tools: int) -> bytes:
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_PIXEL}"}}
    turns: list[dict[str, Any]] = [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, picture]},
    ]
    for turn in range(count):
        turns += _chat_turns(turn)
    return _dumped(
        {
            "model": "claude-sonnet-4-5",
            "max_tokens": 4096,
            "messages": turns,
            "tools": [{"type": "function", "function": {**tool, "parameters": _SCHEMA}} for tool in _tools(tools)],
            "tool_choice": "auto",
            "parallel_tool_calls": False,
            "stop": ["END"],
            "temperature": 1.0,
            "user": "user",
            "stream": True,
        }
    )


def _chat_turns(turn: int) -> list[dict[str, Any]]:
    calls = [
        _call(f"call_{turn}a", "tool_0", {"path": f"/source/{turn}", "line": turn}),
        _call(f"call_{turn}b", "tool_1", {"path": f"/tests/{turn}"}),
    ]
    return [
        {"role": "assistant", "content": "I look at both.", "tool_calls": calls},
        {"role": "tool", "tool_call_id": f"call_{turn}a", "content": "a line of it " * 11},
        {"role": "tool", "tool_call_id": f"call_{turn}b", "content": "not found"},
        {"role": "user", "content": "Go on."},
    ]


def _tools(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"name": f"tool_{number}", "description": "Looks at a line of a file. " * 4}


def _call(id: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


# -- replies ---------------------------------------------------------------------------------------


def reply(protocol: Protocol, *, sentences: int = 20, calls: int = 1) -> bytes:
    """A whole reply: text and tool calls, and for Messages some thinking; of 0.7 kB."""
    return (_messages_reply if protocol == "messages" else _chat_reply)(sentences, calls)


def _messages_reply(sentences: int, calls: int) -> bytes:
    content: list[dict[str, Any]] = [
        {"type": "thinking", "thinking": "Look at it first.", "signature": "signature"},
        {"type": "text", "text": _SENTENCE * sentences},
    ]
    for call in range(calls):
        content.append({"type": "tool_use", "id": f"toolu_{call}", "name": "tool_0", "input": {"path": "/source"}})
    return _dumped(_message(content, "tool_use", 50))


def _message(content: list[dict[str, Any]], stop_reason: str | None, output_tokens: int) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 60, "cache_read_input_tokens": 40, "output_tokens": output_tokens},
    }


def _chat_reply(sentences: int, calls: int) -> bytes:
    called = [_call(f"call_{call}", "tool_0", {"path": "/source"}) for call in range(calls)]
    message = {"role": "assistant", "content": _SENTENCE * sentences, "refusal": None, "tool_calls": called}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls"}
    return _dumped({**_completion("chat.completion", [choice]), "usage": _USAGE})


_USAGE: Final = {
    "prompt_tokens": 100,
    "completion_tokens": 50,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 40},
}


def _completion(object: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": object, "created": 1, "model": "gpt-4o", "choices": choices}


# -- streams, as the payloads of their events -------------------------------------------------------


def stream(protocol: Protocol) -> list[bytes]:
    """What the events of a stream hold, without ``[DONE]``: text and two tool calls, and for Messages some thinking."""
    return _messages_stream() if protocol == "messages" else _chat_stream()


def _messages_stream() -> list[bytes]:
    events: list[dict[str, Any]] = [{"type": "message_start", "message": _message([], None, 1)}, {"type": "ping"}]
    thoughts = [{"type": "thinking_delta", "thinking": "hm, "}] * _THOUGHTS
    signed = [*thoughts, {"type": "signature_delta", "signature": "signature"}]
    events += _block(0, {"type": "thinking", "thinking": "", "signature": ""}, signed)
    words = [{"type": "text_delta", "text": f"word{word} "} for word in range(_WORDS)]
    events += _block(1, {"type": "text", "text": ""}, words)
    for call in range(2):
        opened = {"type": "tool_use", "id": f"toolu_{call}", "name": f"tool_{call}", "input": {}}
        fragments = [{"type": "input_json_delta", "partial_json": piece} for piece in _argument_pieces()]
        events += _block(2 + call, opened, fragments)
    ended = {"stop_reason": "tool_use", "stop_sequence": None}
    events += [{"type": "message_delta", "delta": ended, "usage": {"output_tokens": 50}}, {"type": "message_stop"}]
    return [_dumped(event) for event in events]


def _block(index: int, opened: dict[str, Any], deltas: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield {"type": "content_block_start", "index": index, "content_block": opened}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _chat_stream() -> list[bytes]:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": f"word{word} "} for word in range(_WORDS)]
    for call in range(2):
        function = {"name": f"tool_{call}", "arguments": ""}
        deltas += [{"tool_calls": [{"index": call, "id": f"call_{call}", "type": "function", "function": function}]}]
        deltas += [{"tool_calls": [{"index": call, "function": {"arguments": piece}}]} for piece in _argument_pieces()]
    chunks = [_chunk(delta, None) for delta in deltas]
    last = {**_completion("chat.completion.chunk", []), "usage": _USAGE}
    return [_dumped(chunk) for chunk in (*chunks, _chunk({}, "tool_calls"), last)]


def _chunk(delta: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return _completion("chat.completion.chunk", [choice])


def _argument_pieces() -> list[str]:
    return ['{"path"', ': "', *(f"directory{piece}/" for piece in range(_FRAGMENTS - 3)), '"}']


def _dumped(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()
