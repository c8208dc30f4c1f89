"""Documents and streams of any size: what each of them has many of, or much."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Final, TypeAlias

from llm_transcode.protocols import Protocol

from . import inputs
from .work import frame

__all__ = ["ELEMENTS", "EVENTS", "TEXTS", "Grown", "Run", "long_event"]

Grown: TypeAlias = Callable[[Protocol, int], bytes]
"""Makes the body of a request with so many elements, or of about so many bytes."""

_LONG_NAME: Final = b"x" * 80


# -- requests of many elements ---------------------------------------------------------------------


def _turns(protocol: Protocol, count: int) -> bytes:
    return inputs.request(protocol, turns=count)


def _tools(protocol: Protocol, count: int) -> bytes:
    return inputs.request(protocol, turns=1, tools=count)


def _tools_with_long_names(protocol: Protocol, count: int) -> bytes:
    """More than either protocol takes, so that each of them is shortened and may not be mixed up."""
    return re.sub(rb'(?<=")tool_(?=\d)', _LONG_NAME, _tools(protocol, count))


def _calls_of_one_turn(protocol: Protocol, count: int) -> bytes:
    ids = [f"call_{number}" for number in range(count)]
    if protocol == "messages":
        called = [{"type": "tool_use", "id": id, "name": "tool", "input": {}} for id in ids]
        answered = [{"type": "tool_result", "tool_use_id": id, "content": "Yes."} for id in ids]
        return _request(protocol, {"role": "assistant", "content": called}, {"role": "user", "content": answered})
    function = {"name": "tool", "arguments": "{}"}
    calls = [{"id": id, "type": "function", "function": function} for id in ids]
    answers = [{"role": "tool", "tool_call_id": id, "content": "Yes."} for id in ids]
    return _request(protocol, {"role": "assistant", "content": None, "tool_calls": calls}, *answers)


ELEMENTS: Final[dict[str, Grown]] = {
    "turns": _turns,
    "tools": _tools,
    "tools with long names": _tools_with_long_names,
    "calls of one turn": _calls_of_one_turn,
}


# -- requests of many bytes ------------------------------------------------------------------------


def _text(protocol: Protocol, size: int) -> bytes:
    return _request(protocol, {"role": "user", "content": "word " * (size // 5)})


def _image(protocol: Protocol, size: int) -> bytes:
    data = "A" * (size // 4 * 4)
    if protocol == "messages":
        picture: dict[str, Any] = {"source": {"type": "base64", "media_type": "image/png", "data": data}}
        return _request(protocol, {"role": "user", "content": [{"type": "image", **picture}]})
    picture = {"image_url": {"url": f"data:image/png;base64,{data}"}}
    return _request(protocol, {"role": "user", "content": [{"type": "image_url", **picture}]})


def _arguments(protocol: Protocol, size: int) -> bytes:
    """What a call writes into a file, say."""
    given = {"text": "a line of words\n" * (size // 16)}
    if protocol == "messages":
        call: dict[str, Any] = {"type": "tool_use", "id": "call", "name": "tool", "input": given}
        answer: dict[str, Any] = {"type": "tool_result", "tool_use_id": "call", "content": "Yes."}
        return _request(protocol, {"role": "assistant", "content": [call]}, {"role": "user", "content": [answer]})
    call = {"id": "call", "type": "function", "function": {"name": "tool", "arguments": json.dumps(given)}}
    answer = {"role": "tool", "tool_call_id": "call", "content": "Yes."}
    return _request(protocol, {"role": "assistant", "content": None, "tool_calls": [call]}, answer)


TEXTS: Final[dict[str, Grown]] = {"text": _text, "an image": _image, "arguments of a call": _arguments}


def _request(protocol: Protocol, *turns: dict[str, Any]) -> bytes:
    model = "gpt-4o" if protocol == "messages" else "claude-sonnet-4-5"
    return json.dumps({"model": model, "max_tokens": 4096, "messages": turns}).encode()


# -- streams ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """A stream most of which is one event over and over."""

    before: list[bytes]
    repeated: bytes
    after: list[bytes]

    def frames(self, count: int) -> Iterator[bytes]:
        return chain(self.before, repeat(self.repeated, count), self.after)


def _messages_run(opened: dict[str, Any], delta: dict[str, Any]) -> Run:
    """One block."""
    first, *_ = inputs.stream("messages")
    *_, stopped, end = inputs.stream("messages")
    start = {"type": "content_block_start", "index": 0, "content_block": opened}
    repeated = {"type": "content_block_delta", "index": 0, "delta": delta}
    frames = [_framed(event) for event in (start, repeated, {"type": "content_block_stop", "index": 0})]
    before = [frame("messages", first), frames[0]]
    return Run(before, frames[1], [frames[2], frame("messages", stopped), frame("messages", end)])


def _framed(event: dict[str, Any]) -> bytes:
    return frame("messages", json.dumps(event).encode())


def _chat_run(repeated: dict[str, Any], before: tuple[dict[str, Any], ...] = (), after: str = "") -> Run:
    """``after`` ends the arguments of the first call."""
    first, *_ = inputs.stream("chat")
    *_, stopped, usage = inputs.stream("chat")
    ended = [_call_delta(0, after)] if after else []
    return Run(
        [frame("chat", first), *map(_chunk, before)],
        _chunk(repeated),
        [*map(_chunk, ended), frame("chat", stopped), frame("chat", usage), b"data: [DONE]\n\n"],
    )


def _chunk(delta: dict[str, Any]) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    return frame("chat", json.dumps({**head, "choices": [choice]}).encode())


def _call_delta(index: int, arguments: str, id: str | None = None) -> dict[str, Any]:
    function: dict[str, Any] = {"arguments": arguments}
    if id is None:
        return {"tool_calls": [{"index": index, "function": function}]}
    return {"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": "tool", **function}}]}


EVENTS: Final[dict[str, tuple[Protocol, Run]]] = {
    "messages to chat, text": (
        "messages",
        _messages_run({"type": "text", "text": ""}, {"type": "text_delta", "text": "word "}),
    ),
    "messages to chat, thinking": (
        "messages",
        _messages_run(
            {"type": "thinking", "thinking": "", "signature": "signature"},
            {"type": "thinking_delta", "thinking": "word "},
        ),
    ),
    "messages to chat, arguments of a call": (
        "messages",
        _messages_run(
            {"type": "tool_use", "id": "call", "name": "tool", "input": {}},
            {"type": "input_json_delta", "partial_json": " "},
        ),
    ),
    "chat to messages, text": ("chat", _chat_run({"content": "word "})),
    "chat to messages, thinking": ("chat", _chat_run({"reasoning_content": "word "})),
    "chat to messages, arguments of a call": (
        "chat",
        _chat_run(_call_delta(0, "word "), (_call_delta(0, '{"text": "', "a"),), '"}'),
    ),
    "chat to messages, a call that is held": (
        "chat",
        _chat_run(_call_delta(1, " "), (_call_delta(0, "{", "a"), _call_delta(1, "{}", "b")), "}"),
    ),
}
"""By what is repeated. A call is held while the arguments of another one are not complete."""


def long_event(protocol: Protocol, size: int) -> bytes:
    """The body of a stream in which one event has so many bytes of text."""
    text = "word " * (size // 5)
    if protocol == "chat":
        run = _chat_run({"content": text})
    else:
        run = _messages_run({"type": "text", "text": ""}, {"type": "text_delta", "text": text})
    return b"".join(run.frames(1))
