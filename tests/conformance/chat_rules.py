"""What the Chat Completions endpoint refuses although its types allow it, and what its clients rely on in replies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from .documents import Fault, Json, JsonObject, Path, arguments_of, array, data_url, objects, record, string

__all__ = ["reply_faults", "request_faults"]

_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_MAX_ID: Final = 40
_MAX_STOPS: Final = 4
_MAX_TOOLS: Final = 128
_MAX_SAFETY_IDENTIFIER: Final = 128
_IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_RANGES: Final = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
    "top_logprobs": (0, 20),
}
_FINISH_REASONS: Final = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})


def request_faults(document: JsonObject) -> Iterator[Fault]:
    yield from _limit_faults(document)
    yield from _tool_faults(document)
    yield from _tool_choice_faults(document)
    yield from _format_faults(document)
    yield from _stream_faults(document)
    turns = list(objects(document.get("messages"), ("messages",)))
    if not turns:
        yield Fault("turn order", ("messages",), "at least one message is required")
    for path, turn in turns:
        yield from _turn_faults(turn, path)
    yield from _pairing_faults(turns)


# -- the request around the turns ------------------------------------------------------------------


def _limit_faults(document: JsonObject) -> Iterator[Fault]:
    for name, (low, high) in _RANGES.items():
        value = document.get(name)
        if isinstance(value, (int, float)) and not low <= value <= high:
            yield Fault("range", (name,), f"must be from {low} to {high}")
    limits = [name for name in ("max_tokens", "max_completion_tokens") if document.get(name) is not None]
    if len(limits) > 1:
        yield Fault("max_tokens", ("max_tokens",), "may not stand beside max_completion_tokens")
    for name in limits:
        if not isinstance(document[name], int) or document[name] < 1:
            yield Fault("max_tokens", (name,), "must be at least 1")
    stops = document.get("stop")
    if isinstance(stops, list) and len(stops) > _MAX_STOPS:
        yield Fault("stop", ("stop",), f"at most {_MAX_STOPS} are taken")
    if len(string(document.get("safety_identifier"))) > _MAX_SAFETY_IDENTIFIER:
        yield Fault("user id", ("safety_identifier",), f"longer than {_MAX_SAFETY_IDENTIFIER} characters")


def _stream_faults(document: JsonObject) -> Iterator[Fault]:
    if document.get("stream_options") is not None and document.get("stream") is not True:
        yield Fault("stream options", ("stream_options",), "may only be given when streaming")


def _tools(document: JsonObject) -> Iterator[tuple[Path, JsonObject]]:
    """The definitions inside the tools."""
    for path, tool in objects(document.get("tools"), ("tools",)):
        kind = string(tool.get("type"))
        yield (*path, kind), record(tool.get(kind))


def _tool_faults(document: JsonObject) -> Iterator[Fault]:
    tools = list(_tools(document))
    names = Counter(string(tool.get("name")) for _, tool in tools)
    if not 1 <= len(tools) <= _MAX_TOOLS and "tools" in document:
        yield Fault("tools", ("tools",), f"from 1 to {_MAX_TOOLS} are taken")
    for path, tool in tools:
        name = string(tool.get("name"))
        if not _NAME.fullmatch(name):
            yield Fault("name", (*path, "name"), f"{name!r} does not match {_NAME.pattern}")
        if names[name] > 1:
            yield Fault("name", (*path, "name"), "tool names must be unique")
        schema = tool.get("parameters")
        if schema is not None and record(schema).get("type") != "object":
            yield Fault("parameters", (*path, "parameters"), "must be a JSON Schema of the type object")
        if tool.get("strict") is True:
            yield from _strict_faults(schema, (*path, "parameters"))


def _strict_faults(schema: Json, path: Path) -> Iterator[Fault]:
    """Strict schemas name every property as required and close every object."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            yield Fault("strict schema", path, "additionalProperties is required to be false")
        if isinstance(properties, dict) and set(properties) != {string(name) for name in array(schema.get("required"))}:
            yield Fault("strict schema", path, "required must name every property")
        for key, item in schema.items():
            if key not in ("enum", "const", "default", "examples"):
                yield from _strict_faults(item, (*path, key))
    elif isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from _strict_faults(item, (*path, index))


def _tool_choice_faults(document: JsonObject) -> Iterator[Fault]:
    if not document.get("tools"):
        for name in ("tool_choice", "parallel_tool_calls"):
            if document.get(name) is not None:
                yield Fault("tool choice", (name,), "may only be given with tools")
        return
    choice = record(document.get("tool_choice"))
    kind = string(choice.get("type"))
    named = record(choice.get(kind)).get("name")
    if named is not None and named not in {tool.get("name") for _, tool in _tools(document)}:
        yield Fault("tool choice", ("tool_choice", kind, "name"), "names no tool of the request")


def _format_faults(document: JsonObject) -> Iterator[Fault]:
    wanted = record(document.get("response_format"))
    if wanted.get("type") != "json_schema":
        return
    path: Path = ("response_format", "json_schema")
    schema = record(wanted.get("json_schema"))
    if not _NAME.fullmatch(string(schema.get("name"))):
        yield Fault("name", (*path, "name"), f"does not match {_NAME.pattern}")
    if schema.get("strict") is True:
        yield from _strict_faults(schema.get("schema"), (*path, "schema"))


# -- turns --------------------------------------------------------------------------------------


def _turn_faults(turn: JsonObject, path: Path) -> Iterator[Fault]:
    content = turn.get("content")
    speaks = ("tool_calls", "function_call", "refusal", "audio")
    if content is None and not any(turn.get(name) for name in speaks):
        yield Fault("null content", (*path, "content"), "may only be absent or null beside tool calls")
    if content == []:
        yield Fault("null content", (*path, "content"), "[] is too short")
    if turn.get("tool_calls") == []:
        yield Fault("tool calls", (*path, "tool_calls"), "[] is too short")
    if turn.get("name") is not None and not _NAME.fullmatch(string(turn["name"])):
        yield Fault("name", (*path, "name"), f"does not match {_NAME.pattern}")
    yield from _part_faults(content, (*path, "content"))
    yield from _call_faults(turn, path)


def _part_faults(content: Json, path: Path) -> Iterator[Fault]:
    for at, part in objects(content, path):
        if part.get("type") == "text" and not part.get("text"):
            yield Fault("blank text", at, "a text part must not be empty")
        url = string(record(part.get("image_url")).get("url"))
        if part.get("type") == "image_url" and not _is_image(url):
            yield Fault(
                "media", (*at, "image_url", "url"), f"neither an address nor an image that is taken: {url[:40]}"
            )
        data = record(part.get("file")).get("file_data")
        if data is not None and data_url(string(data)) is None:
            yield Fault("media", (*at, "file", "file_data"), "must be a data URL")


def _is_image(url: str) -> bool:
    parsed = data_url(url)
    return parsed[0] in _IMAGES and bool(parsed[1]) if parsed else url.startswith(("http://", "https://"))


def _call_faults(turn: JsonObject, path: Path) -> Iterator[Fault]:
    for at, call in objects(turn.get("tool_calls"), (*path, "tool_calls")):
        identifier = string(call.get("id"))
        if not 1 <= len(identifier) <= _MAX_ID:
            yield Fault("tool id", (*at, "id"), f"{identifier!r} must have from 1 to {_MAX_ID} characters")
        function = record(call.get("function"))
        if call.get("type") != "function":
            continue
        if not _NAME.fullmatch(string(function.get("name"))):
            yield Fault("name", (*at, "function", "name"), f"does not match {_NAME.pattern}")
        if not isinstance(function.get("arguments"), str) or not isinstance(arguments_of(function["arguments"]), dict):
            yield Fault("arguments", (*at, "function", "arguments"), "must be the text of a JSON object")


def _pairing_faults(turns: list[tuple[Path, JsonObject]]) -> Iterator[Fault]:
    """Each tool message answers a call of the assistant turn before it, and each call is answered at once."""
    asked: list[str] = []
    for path, turn in turns:
        if turn.get("role") == "tool":
            answered = string(turn.get("tool_call_id"))
            if answered not in asked:
                yield Fault("tool pairing", path, f"no preceding tool_calls hold {answered!r}")
            asked = [identifier for identifier in asked if identifier != answered]
            continue
        yield from _open_faults(asked, path)
        asked = [string(call.get("id")) for _, call in objects(turn.get("tool_calls"), ())]
        if len(set(asked)) < len(asked):
            yield Fault("tool id", path, "ids of tool calls must be unique")
    yield from _open_faults(asked, ("messages",))


def _open_faults(asked: list[str], path: Path) -> Iterator[Fault]:
    if asked:
        yield Fault("tool pairing", path, f"tool_calls without a tool message before this point: {asked}")


# -- replies ---------------------------------------------------------------------------------------


def reply_faults(document: JsonObject) -> Iterator[Fault]:
    choices = list(objects(document.get("choices"), ("choices",)))
    if len(choices) != 1 or choices[0][1].get("index") != 0:
        yield Fault("choices", ("choices",), "exactly one choice of index 0 is due")
    for path, choice in choices:
        yield from _choice_faults(choice, path)
    yield from _usage_faults(record(document.get("usage")))


def _choice_faults(choice: JsonObject, path: Path) -> Iterator[Fault]:
    message = record(choice.get("message"))
    reason = choice.get("finish_reason")
    calls = bool(message.get("tool_calls") or message.get("function_call"))
    at = (*path, "finish_reason")
    if reason not in _FINISH_REASONS:
        yield Fault("finish reason", at, f"{reason!r} is none")
    if calls and reason == "stop":
        yield Fault("finish reason", at, "stop although a tool is called")
    if not calls and reason in ("tool_calls", "function_call"):
        yield Fault("finish reason", at, f"{reason} without a call")
    if message.get("tool_calls") == []:
        yield Fault("tool calls", (*path, "message", "tool_calls"), "is empty")
    if message.get("content") is None and not calls and not message.get("refusal"):
        yield Fault("null content", (*path, "message", "content"), "null without a call or a refusal")
    yield from _call_arguments_faults(message, (*path, "message"))


def _call_arguments_faults(message: JsonObject, path: Path) -> Iterator[Fault]:
    for at, call in objects(message.get("tool_calls"), (*path, "tool_calls")):
        if not call.get("id"):
            yield Fault("tool id", (*at, "id"), "is empty")
        if call.get("type") == "function" and not isinstance(record(call.get("function")).get("arguments"), str):
            yield Fault("arguments", (*at, "function", "arguments"), "must be text")


def _usage_faults(usage: JsonObject) -> Iterator[Fault]:
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(completion, int):
        return
    if usage.get("total_tokens") != prompt + completion:
        yield Fault("usage", ("usage", "total_tokens"), "is not prompt_tokens + completion_tokens")
    if min(prompt, completion) < 0:
        yield Fault("usage", ("usage",), "is negative")
    details = record(usage.get("prompt_tokens_details"))
    if (details.get("cached_tokens") or 0) + (details.get("cache_write_tokens") or 0) > prompt:
        yield Fault("usage", ("usage", "prompt_tokens_details"), "more tokens are cached than there are")
