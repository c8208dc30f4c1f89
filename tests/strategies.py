"""Documents of both protocols, as hypothesis draws them.

*Plain* documents hold only what both protocols can say, so that they convert there and back without a
loss. *Rich* ones hold all kinds of turns and blocks. Both are valid, and small.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic_core import to_json

__all__ = [
    "broken",
    "chat_replies",
    "chat_requests",
    "chat_usages",
    "json_objects",
    "json_values",
    "messages_replies",
    "messages_requests",
    "messages_usages",
]

JsonObject: TypeAlias = dict[str, Any]
Blocks: TypeAlias = list[JsonObject]

MODEL: Final = "some-model"
"""No table knows it, so it gets the conservative choice in both directions."""

PNG: Final = "iVBORw0KGgo="
PDF: Final = "JVBERi0xLjQ="
ADDRESS: Final = "https://example.com/cat.png"

counts = st.integers(0, 10_000)
names = st.from_regex(r"[a-z][a-zA-Z0-9_-]{0,12}", fullmatch=True)
texts = st.text(min_size=1, max_size=12).filter(str.strip)
_numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
_scalars = st.none() | st.booleans() | _numbers | st.text(max_size=8)
json_values: SearchStrategy[Any] = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=6
)
json_objects: SearchStrategy[JsonObject] = st.dictionaries(names, json_values, max_size=3)


def _optional(**fields: SearchStrategy[Any]) -> SearchStrategy[JsonObject]:
    """An object with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def _tagged(kind: str, **fields: SearchStrategy[Any]) -> SearchStrategy[JsonObject]:
    return st.fixed_dictionaries({"type": st.just(kind), **fields})


def _schemas() -> SearchStrategy[JsonObject]:
    """Schemas of tools that both vendors take as they are."""
    leaf = st.sampled_from([{"type": "string"}, {"type": "integer", "minimum": 0}, {"enum": ["a", 1]}])
    properties = st.dictionaries(names, leaf, max_size=2)
    return properties.map(lambda found: {"type": "object", "properties": found, "required": sorted(found)})


# -- Messages ------------------------------------------------------------------------------------

_text_blocks: SearchStrategy[JsonObject] = _tagged("text", text=texts)
_media_blocks: SearchStrategy[JsonObject] = st.sampled_from(
    [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
        {"type": "image", "source": {"type": "url", "url": ADDRESS}},
    ]
)
_pdf_blocks: SearchStrategy[JsonObject] = st.just(
    {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}, "title": "a.pdf"}
)
_plain_blocks: SearchStrategy[JsonObject] = _text_blocks | _media_blocks | _pdf_blocks
_rich_blocks: SearchStrategy[JsonObject] = _plain_blocks | st.sampled_from(
    [
        {"type": "text", "text": "marked", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "read me"}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}},
        {
            "type": "search_result",
            "source": ADDRESS,
            "title": "Cats",
            "content": [{"type": "text", "text": "found"}],
        },
    ]
)
_thoughts: SearchStrategy[JsonObject] = st.sampled_from(
    [
        {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
        {"type": "thinking", "thinking": "", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "ZGF0YQ"},
    ]
)


@st.composite
def messages_turns(draw: DrawFn, rich: bool) -> Blocks:
    """Rounds of a user turn, with the results of the calls before it, and an assistant turn."""
    turns: Blocks = []
    calls: list[str] = []
    for number in range(draw(st.integers(0, 2))):
        turns.append({"role": "user", "content": draw(_user_content(calls, rich))})
        if rich and draw(st.booleans()):
            turns.append({"role": "system", "content": draw(texts)})
        calls = [f"toolu_{number}_{at}" for at in range(draw(st.integers(0, 2)))]
        turns.append({"role": "assistant", "content": draw(_assistant_content(calls, rich))})
    turns.append({"role": "user", "content": draw(_user_content(calls, rich))})
    return turns


@st.composite
def _user_content(draw: DrawFn, calls: list[str], rich: bool) -> str | Blocks:
    if not calls and draw(st.booleans()):
        return draw(texts)
    said = draw(st.lists(_rich_blocks if rich else _plain_blocks, min_size=0 if calls else 1, max_size=2))
    answers = [draw(_results(call, rich)) for call in calls]
    if rich and said and draw(st.booleans()):
        said.append({"type": "text", "text": ""})
    return said + answers if rich and draw(st.booleans()) else answers + said


@st.composite
def _results(draw: DrawFn, call: str, rich: bool) -> JsonObject:
    block: JsonObject = {"type": "tool_result", "tool_use_id": call}
    parts = st.lists(_text_blocks | _media_blocks if rich else _text_blocks, min_size=1, max_size=2)
    block["content"] = draw(texts | parts)
    if rich and draw(st.booleans()):
        block["is_error"] = True
    return block


@st.composite
def _assistant_content(draw: DrawFn, calls: list[str], rich: bool) -> str | Blocks:
    if not calls and draw(st.booleans()):
        return draw(texts)
    thoughts = draw(st.lists(_thoughts, max_size=2)) if rich else []
    said = draw(st.lists(_text_blocks, min_size=0 if calls else 1, max_size=2))
    uses = [{"type": "tool_use", "id": call, "name": draw(names), "input": draw(json_objects)} for call in calls]
    return [*thoughts, *said, *uses]


_messages_choices: SearchStrategy[JsonObject] = st.sampled_from(
    [
        {"type": "auto"},
        {"type": "none"},
        {"type": "any", "disable_parallel_tool_use": True},
        {"type": "tool", "name": "first"},
    ]
)
_messages_tools: SearchStrategy[Blocks] = _schemas().flatmap(
    lambda schema: st.just([{"name": "first", "description": "does it", "input_schema": schema}])
)
_closed: Final = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
_messages_rare: SearchStrategy[JsonObject] = st.sampled_from(
    [
        {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
        {"thinking": {"type": "enabled", "budget_tokens": 5000}},
        {"thinking": {"type": "disabled"}},
        {"stop_sequences": ["a", "b", "c", "d", "e"], "top_k": 5},
        {"metadata": {"user_id": "u" * 200}, "service_tier": "auto"},
        {"tools": [{"type": "bash_20250124", "name": "bash"}]},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"context_management": {"edits": []}, "container": "c1"},
    ]
)


@st.composite
def messages_requests(draw: DrawFn, rich: bool = True) -> JsonObject:
    """Requests for ``/v1/messages``."""
    request: JsonObject = {"model": MODEL, "max_tokens": draw(st.integers(1, 64_000))}
    request["messages"] = draw(messages_turns(rich))
    request |= draw(
        _optional(
            system=texts | st.lists(_text_blocks, min_size=1, max_size=2),
            stop_sequences=st.lists(texts, min_size=1, max_size=4),
            temperature=st.sampled_from([0, 0.5, 1]),
            stream=st.booleans(),
            metadata=_optional(user_id=names),
            output_config=st.just({"format": {"type": "json_schema", "schema": _closed}}),
        )
    )
    if request.get("metadata") == {}:
        del request["metadata"]
    if draw(st.booleans()):
        request |= draw(st.fixed_dictionaries({"tools": _messages_tools}, optional={"tool_choice": _messages_choices}))
    elif rich:
        request |= draw(_messages_rare)
    return request


_messages_usage = {
    "input_tokens": counts,
    "cache_creation_input_tokens": counts,
    "cache_read_input_tokens": counts,
    "output_tokens": counts,
}
messages_usages: SearchStrategy[JsonObject] = st.fixed_dictionaries(_messages_usage)


@st.composite
def messages_replies(draw: DrawFn, rich: bool = True) -> JsonObject:
    """Replies of ``/v1/messages``."""
    thoughts = draw(st.lists(_thoughts, max_size=2))
    said = draw(st.lists(_text_blocks, max_size=2 if rich else 1))
    uses = [
        {"type": "tool_use", "id": f"toolu_{at}", "name": draw(names), "input": draw(json_objects)}
        for at in range(draw(st.integers(0, 2)))
    ]
    stop = "tool_use" if uses else draw(st.sampled_from(["end_turn", "max_tokens"]))
    if rich:
        stop = draw(st.sampled_from([stop, "max_tokens", "pause_turn", "refusal", "next_year", "stop_sequence"]))
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [*thoughts, *said, *uses],
        "stop_reason": stop,
        "stop_sequence": "END" if stop == "stop_sequence" else None,
        "usage": draw(messages_usages),
    }


# -- Chat ----------------------------------------------------------------------------------------

_text_parts: SearchStrategy[JsonObject] = _text_blocks
_plain_parts: SearchStrategy[JsonObject] = _text_parts | st.sampled_from(
    [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        {"type": "image_url", "image_url": {"url": ADDRESS}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}},
    ]
)
_BLANK: Final = {"type": "text", "text": " "}
_rich_parts: SearchStrategy[JsonObject] = _plain_parts | st.sampled_from(
    [
        _BLANK,
        {"type": "image_url", "image_url": {"url": ADDRESS, "detail": "high"}},
        {"type": "text", "text": "marked", "prompt_cache_breakpoint": {"mode": "explicit"}},
        {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,aGk="}},
    ]
)


@st.composite
def chat_turns(draw: DrawFn, rich: bool) -> Blocks:
    """Rounds of a user message, an assistant message and the tool messages that answer it."""
    turns: Blocks = []
    parts = _rich_parts if rich else _plain_parts
    for number in range(draw(st.integers(0, 2))):
        beside_results = turns[-1:] and turns[-1]["role"] == "tool"
        content = st.lists(_plain_parts, min_size=1, max_size=2) if beside_results else _chat_content(parts)
        turns.append({"role": "user", "content": draw(content)})
        if rich and draw(st.booleans()):
            turns.append({"role": draw(st.sampled_from(["system", "developer"])), "content": draw(texts)})
        calls = [f"call_{number}_{at}" for at in range(draw(st.integers(0, 2)))]
        turns.append(draw(_assistant_messages(calls, rich)))
        turns += [{"role": "tool", "tool_call_id": call, "content": draw(_chat_content(_text_parts))} for call in calls]
    if not turns or turns[-1]["role"] != "tool" or draw(st.booleans()):
        turns.append({"role": "user", "content": draw(st.lists(_plain_parts, min_size=1, max_size=2))})
    return turns


def _chat_content(parts: SearchStrategy[JsonObject]) -> SearchStrategy[str | Blocks]:
    lists = st.lists(parts, min_size=1, max_size=2)
    return texts | lists.filter(lambda drawn: any(part != _BLANK for part in drawn))


@st.composite
def _assistant_messages(draw: DrawFn, calls: list[str], rich: bool) -> JsonObject:
    content = st.none() if calls else st.nothing()
    message: JsonObject = {"role": "assistant", "content": draw(_chat_content(_text_parts) | content)}
    if calls and isinstance(message["content"], str):
        message["content"] = [{"type": "text", "text": message["content"]}]
    if calls:
        message["tool_calls"] = [draw(_function_calls(call)) for call in calls]
    if rich:
        message |= draw(_optional(reasoning_content=texts, refusal=texts, name=names, thinking_blocks=_signed))
    return message


_signed: SearchStrategy[Blocks] = st.lists(_thoughts, min_size=1, max_size=2)


def _function_calls(call: str) -> SearchStrategy[JsonObject]:
    arguments = json_objects.map(lambda value: to_json(value).decode())
    function = st.fixed_dictionaries({"name": names, "arguments": arguments})
    return st.fixed_dictionaries({"id": st.just(call), "type": st.just("function"), "function": function})


_chat_tools: SearchStrategy[Blocks] = _schemas().flatmap(
    lambda schema: st.just([{"type": "function", "function": {"name": "first", "parameters": schema}}])
)
_chat_choices = st.sampled_from(["auto", "none", "required", {"type": "function", "function": {"name": "first"}}])
_chat_rare: SearchStrategy[JsonObject] = st.sampled_from(
    [
        {"reasoning_effort": "high"},
        {"temperature": 1.5, "top_p": 0.9, "seed": 1, "frequency_penalty": 0.5},
        {"response_format": {"type": "json_object"}},
        {"functions": [{"name": "old", "parameters": {}}], "function_call": "auto"},
        {"tools": [{"type": "custom", "custom": {"name": "free"}}], "tool_choice": "required"},
        {"stop": "\n", "user": "jane@example.com", "service_tier": "flex"},
        {"logprobs": True, "store": True, "verbosity": "low"},
    ]
)


@st.composite
def chat_requests(draw: DrawFn, rich: bool = True) -> JsonObject:
    """Requests for ``/v1/chat/completions``."""
    leading = draw(st.lists(_chat_content(_text_parts), max_size=2 if rich else 1))
    turns: Blocks = [{"role": "system", "content": content} for content in leading]
    request: JsonObject = {"model": MODEL, "messages": turns + draw(chat_turns(rich))}
    request["max_completion_tokens"] = draw(st.integers(1, 64_000))
    request |= draw(
        _optional(
            stop=st.lists(texts, min_size=1, max_size=4),
            temperature=st.sampled_from([0, 0.5, 1]),
            safety_identifier=names,
            response_format=st.just(_response_format()),
        )
    )
    if draw(st.booleans()):
        request |= draw(st.fixed_dictionaries({"tools": _chat_tools}, optional={"tool_choice": _chat_choices}))
        request |= draw(_optional(parallel_tool_calls=st.just(False))) if request.get("tool_choice") == "auto" else {}
    elif rich:
        request |= draw(_chat_rare)
    return request


def _response_format() -> JsonObject:
    return {"type": "json_schema", "json_schema": {"name": "response", "schema": _closed, "strict": True}}


@st.composite
def chat_usages(draw: DrawFn) -> JsonObject:
    """Usage as OpenAI counts it: the cached tokens are part of the prompt."""
    fresh, read, written, completion = (draw(counts) for _ in range(4))
    return {
        "prompt_tokens": fresh + read + written,
        "completion_tokens": completion,
        "total_tokens": fresh + read + written + completion,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
    }


@st.composite
def chat_replies(draw: DrawFn, rich: bool = True) -> JsonObject:
    """Replies of ``/v1/chat/completions``; plain ones lack what only OpenAI has."""
    calls = [draw(_function_calls(f"call_{at}")) for at in range(draw(st.integers(0, 2)))]
    message: JsonObject = {"role": "assistant", "content": draw(texts | st.none()) if calls else draw(texts)}
    message["refusal"] = None
    if calls:
        message["tool_calls"] = calls
    if rich:
        message |= draw(_optional(reasoning_content=texts, refusal=texts, thinking_blocks=_signed))
    finish: str | None = "tool_calls" if calls else draw(st.sampled_from(["stop", "length"]))
    if rich:
        finish = draw(st.sampled_from([finish, "stop", "content_filter", "tool_calls", "next_year", "", None]))
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    reply = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice]}
    reply["usage"] = draw(chat_usages())
    return reply


# -- documents that something is wrong with ----------------------------------------------------------


def _places(value: Any, put: Callable[[Any], None]) -> Iterator[Callable[[Any], None]]:
    """For each node below a value, how to put another one in its place."""
    yield put
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield from _places(value[key], lambda new, key=key: value.__setitem__(key, new))  # type: ignore[misc]


@st.composite
def broken(draw: DrawFn, documents: SearchStrategy[JsonObject]) -> JsonObject:
    """A valid document in which one random node was replaced by a random JSON value."""
    holder: list[JsonObject] = [json.loads(json.dumps(draw(documents)))]
    places = list(_places(holder[0], lambda new: holder.__setitem__(0, new)))[1:]
    draw(st.sampled_from(places))(draw(json_values))
    return holder[0]
