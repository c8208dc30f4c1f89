"""Minimal documents around what a pitfall is about, and the conversions of them that the tests compare whole."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from llm_transcode import Converted, Options, ReplyContext, convert_request, convert_response
from llm_transcode.wire import WireModel

__all__ = [
    "CHAT_MODEL",
    "CLAUDE",
    "HI",
    "Json",
    "JsonObject",
    "OBJECT",
    "Outcome",
    "asked_of_chat",
    "asked_of_messages",
    "assistant",
    "call",
    "chat_reply",
    "chat_usage",
    "custom",
    "function",
    "message",
    "messages_usage",
    "reply_to_chat",
    "reply_to_messages",
    "request_to_chat",
    "request_to_messages",
    "text",
    "tool",
    "tool_result",
    "tool_use",
    "user",
]

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
Losses: TypeAlias = list[tuple[str, str]]

CHAT_MODEL = "gpt-4o"
"""Takes everything of Chat that a model may refuse, but does not think."""

CLAUDE = "claude-sonnet-4-20250514"
"""Takes all sampling parameters and thinking budgets."""


class Outcome(NamedTuple):
    """What came of a conversion: the whole document, and code and path of each loss."""

    body: JsonObject
    losses: Losses


def outcome(converted: Converted[WireModel]) -> Outcome:
    return Outcome(converted.to_dict(), [(loss.code.value, loss.path) for loss in converted.losses])


# -- requests --------------------------------------------------------------------------------------


def request_to_chat(fields: JsonObject, options: Options | None = None) -> Outcome:
    """Convert a Messages request with these fields; what it must have besides is added."""
    body = {"model": CHAT_MODEL, "max_tokens": 64, "messages": [HI], **fields}
    return outcome(convert_request(body, source="messages", target="chat", options=options))


def asked_of_chat(fields: JsonObject, losses: Losses | None = None) -> Outcome:
    """What `request_to_chat` should make of it."""
    return Outcome({"model": CHAT_MODEL, "max_completion_tokens": 64, "messages": [HI], **fields}, losses or [])


def request_to_messages(fields: JsonObject, options: Options | None = None) -> Outcome:
    """Convert a Chat request with these fields; what it must have besides is added."""
    body = {"model": CLAUDE, "max_completion_tokens": 64, "messages": [HI], **fields}
    return outcome(convert_request(body, source="chat", target="messages", options=options))


def asked_of_messages(fields: JsonObject, losses: Losses | None = None) -> Outcome:
    """What `request_to_messages` should make of it."""
    return Outcome({"model": CLAUDE, "max_tokens": 64, "messages": [HI], **fields}, losses or [])


def user(*content: Json) -> JsonObject:
    """A user turn of either protocol: one string, or a list of blocks or parts."""
    return _turn("user", content)


def assistant(*content: Json, **fields: Json) -> JsonObject:
    """An assistant turn of either protocol."""
    return {**_turn("assistant", content), **fields}


def _turn(role: str, content: tuple[Json, ...]) -> JsonObject:
    plain = len(content) == 1 and not isinstance(content[0], dict)
    return {"role": role, "content": content[0] if plain else list(content)}


HI = user("hi")


def text(words: str, **fields: Json) -> JsonObject:
    """A text block of Messages or a text part of Chat."""
    return {"type": "text", "text": words, **fields}


def tool_use(call_id: str = "t1", name: str = "f", **tool_input: Json) -> JsonObject:
    """A call of Messages."""
    return {"type": "tool_use", "id": call_id, "name": name, "input": tool_input}


def tool_result(call_id: str = "t1", content: Json = "ok", **fields: Json) -> JsonObject:
    """A result of Messages."""
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **fields}


def call(call_id: str = "t1", name: str = "f", arguments: Json = "{}") -> JsonObject:
    """A call of Chat."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def tool(call_id: str = "t1", content: Json = "ok") -> JsonObject:
    """A tool message of Chat."""
    return {"role": "tool", "tool_call_id": call_id, "content": content}


OBJECT: JsonObject = {"type": "object", "properties": {}}
"""The schema of a tool without arguments."""


def function(name: str = "f", parameters: JsonObject | None = None, **fields: Json) -> JsonObject:
    """A tool of Chat."""
    return {"type": "function", "function": {"name": name, "parameters": parameters or OBJECT, **fields}}


def custom(name: str = "f", schema: JsonObject | None = None, **fields: Json) -> JsonObject:
    """A tool of Messages."""
    return {"name": name, "input_schema": schema or OBJECT, **fields}


# -- replies ---------------------------------------------------------------------------------------

_NO_CLOCK = Options(now=lambda: 0)
"""Spares the tests the loss that Anthropic does not say when it answered."""


def messages_usage(fresh: int = 1, written: int = 0, read: int = 0, output: int = 2) -> JsonObject:
    """Usage as Anthropic counts it."""
    return {
        "input_tokens": fresh,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "output_tokens": output,
    }


def chat_usage(prompt: int = 1, written: int = 0, read: int = 0, output: int = 2) -> JsonObject:
    """Usage as OpenAI counts it."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
    }


def message(*content: JsonObject, stop: str | None = "end_turn", **fields: Json) -> JsonObject:
    """A reply of Messages."""
    return {
        "id": "r1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": list(content),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": messages_usage(),
        **fields,
    }


def chat_reply(
    said: JsonObject, finish: str | None = "stop", choice: JsonObject | None = None, **fields: Json
) -> JsonObject:
    """A reply of Chat; ``said`` is laid over an assistant message that says nothing."""
    answer = {"role": "assistant", "content": None, "refusal": None, **said}
    return {
        "id": "r1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [{"index": 0, "message": answer, "logprobs": None, "finish_reason": finish, **(choice or {})}],
        "usage": chat_usage(),
        **fields,
    }


def reply_to_chat(body: JsonObject, context: ReplyContext | None = None, options: Options = _NO_CLOCK) -> Outcome:
    """Convert a reply of Messages."""
    return outcome(convert_response(body, source="messages", target="chat", context=context, options=options))


def reply_to_messages(body: JsonObject, context: ReplyContext | None = None, options: Options | None = None) -> Outcome:
    """Convert a reply of Chat, whose ``created`` is no concern of the tests."""
    plain = {name: value for name, value in body.items() if name != "created"}
    return outcome(convert_response(plain, source="chat", target="messages", context=context, options=options))
