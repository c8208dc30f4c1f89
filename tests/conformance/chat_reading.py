"""Reads Chat Completions documents into facts, vendors' variations included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .documents import Json, JsonObject, Path, arguments_of, array, data_url, digest, objects, record, string, words
from .facts import Fact, Reading, closed, effort_of_budget

__all__ = ["read_error", "read_reply", "read_request"]

_REQUEST: Final = words(
    "model messages max_tokens max_completion_tokens stream stream_options temperature top_p top_k stop tools "
    "tool_choice parallel_tool_calls functions function_call reasoning_effort response_format safety_identifier user "
    "service_tier reasoning thinking web_search_options"
)
_TURN: Final = words(
    "role content tool_calls tool_call_id refusal function_call cache_control reasoning_content reasoning "
    "reasoning_text reasoning_details thinking_blocks"
)
_REPLY: Final = words("id object created model choices usage service_tier x_groq")
_MESSAGE: Final = _TURN | {"annotations"}
_CHOICE: Final = words("index message finish_reason stop_reason native_finish_reason")
_USAGE: Final = words(
    "prompt_tokens completion_tokens total_tokens prompt_tokens_details completion_tokens_details "
    "prompt_cache_hit_tokens prompt_cache_miss_tokens num_cached_tokens"
)

_STOPS: Final = {
    "stop": "end",
    "length": "length",
    "tool_calls": "tools",
    "function_call": "tools",
    "content_filter": "refusal",
}


_TIERS: Final = {"auto": "default", "fast": "priority"}
"""The tier that a reply was served with, under its other name."""


def read_request(document: JsonObject) -> list[Fact]:
    """Everything a request asks for."""
    reading = Reading()
    for name in ("model", "top_k"):
        reading.say(name, document.get(name), (name,))
    for name in ("temperature", "top_p"):  # 1 is what both APIs take by default
        reading.say(name, None if document.get(name) == 1 else document.get(name), (name,))
    limit = "max_completion_tokens" if document.get("max_completion_tokens") is not None else "max_tokens"
    reading.say("output limit", document.get(limit), (limit,))
    reading.say("stream", document.get("stream") or None, ("stream",))
    for path, stop in _stops(document.get("stop")):
        reading.say("stop sequence", stop, path)
    _read_settings(reading, document)
    _read_tools(reading, document)
    _read_tool_choice(reading, document)
    leading = True
    for path, turn in objects(document.get("messages"), ("messages",)):
        leading = leading and turn.get("role") in ("system", "developer")
        _read_turn(reading, turn, path, leading=leading)
    reading.rest(document, _REQUEST, ())
    return reading.finished()


def _stops(stop: Json) -> Iterator[tuple[Path, Json]]:
    if isinstance(stop, str):
        yield ("stop",), stop
    else:
        yield from ((("stop", index), item) for index, item in enumerate(array(stop)))


def _read_settings(reading: Reading, document: JsonObject) -> None:
    _read_effort(reading, document)
    wanted = record(document.get("response_format"))
    if wanted.get("type") == "json_schema":
        schema = record(wanted.get("json_schema"))
        reading.say("output format", schema.get("schema"), ("response_format", "json_schema", "schema"))
        said_twice = record(schema.get("schema")).get("description") == schema.get("description")
        known = ("name", "schema", "strict", *(["description"] if said_twice else []))
        reading.rest(schema, known, ("response_format", "json_schema"))
    elif wanted.get("type") not in (None, "text"):
        reading.say("output format", wanted.get("type"), ("response_format",))
    user = "safety_identifier" if document.get("safety_identifier") is not None else "user"
    reading.say("user", document.get(user), (user,))
    reading.say("service tier", document.get("service_tier"), ("service_tier",))
    reading.rest(record(document.get("stream_options")), ("include_usage",), ("stream_options",))


def _read_effort(reading: Reading, document: JsonObject) -> None:
    """How much to think, which vendors ask for in four ways."""
    reasoning, thinking = record(document.get("reasoning")), record(document.get("thinking"))
    if document.get("reasoning_effort") is not None:
        reading.say("effort", document["reasoning_effort"], ("reasoning_effort",))
    elif reasoning.get("effort") is not None:
        reading.say("effort", reasoning["effort"], ("reasoning", "effort"))
    elif isinstance(reasoning.get("max_tokens"), int):
        reading.say("effort", effort_of_budget(reasoning["max_tokens"]), ("reasoning", "max_tokens"))
    elif isinstance(thinking.get("budget_tokens"), int):
        reading.say("effort", effort_of_budget(thinking["budget_tokens"]), ("thinking", "budget_tokens"))
    elif thinking.get("type") == "disabled":
        reading.say("effort", "none", ("thinking", "type"))
    reading.rest(reasoning, ("effort", "max_tokens", "enabled"), ("reasoning",))
    reading.rest(thinking, ("type", "budget_tokens"), ("thinking",))


def _read_tools(reading: Reading, document: JsonObject) -> None:
    search = document.get("web_search_options")
    reading.say("web search", None if search is None else "", ("web_search_options",))
    reading.rest(record(search), ("user_location",), ("web_search_options",))
    for path, function in objects(document.get("functions"), ("functions",)):
        _read_function(reading, function, path)
    for path, tool in objects(document.get("tools"), ("tools",)):
        _read_marks(reading, tool, path)
        kind = string(tool.get("type"))
        if kind in ("function", "") and "function" in tool:
            _read_function(reading, record(tool["function"]), (*path, "function"))
            reading.rest(tool, ("type", "function", "cache_control"), path)
        elif kind == "custom":
            custom = record(tool.get("custom"))
            reading.say("tool", custom.get("name"), (*path, "custom", "name"))
            reading.say("tool description", custom.get("description") or None, (*path, "custom", "description"))
            reading.rest(custom, ("name", "description"), (*path, "custom"))
        else:
            reading.say("vendor tool", kind, path)


def _read_function(reading: Reading, function: JsonObject, path: Path) -> None:
    reading.say("tool", function.get("name"), (*path, "name"))
    reading.say("tool description", function.get("description") or None, (*path, "description"))
    reading.say("tool schema", closed(function.get("parameters") or {"type": "object"}), (*path, "parameters"))
    reading.say("strict tool", function.get("name") if function.get("strict") else None, (*path, "strict"))
    reading.rest(function, ("name", "description", "parameters", "strict"), path)


def _read_tool_choice(reading: Reading, document: JsonObject) -> None:
    name = "tool_choice" if document.get("tool_choice") is not None else "function_call"
    choice = document.get(name)
    if isinstance(choice, str) and choice != "auto":
        reading.say("tool choice", f"<{'any' if choice == 'required' else choice}>", (name,))
    elif isinstance(choice, dict):
        kind = string(choice.get("type"))
        named = record(choice.get(kind, choice)).get("name")
        reading.say("tool choice", named or choice, (name,))
    if document.get("functions"):
        reading.say("one call at a time", "", ("functions",))
    elif document.get("tools") and document.get("parallel_tool_calls") is False:
        reading.say("one call at a time", "", ("parallel_tool_calls",))


def _read_marks(reading: Reading, value: JsonObject, path: Path) -> None:
    for name in ("cache_control", "prompt_cache_breakpoint"):
        if value.get(name) is not None:
            reading.say("cache mark", "", (*path, name))


# -- turns --------------------------------------------------------------------------------------


def _read_turn(reading: Reading, turn: JsonObject, path: Path, *, leading: bool) -> None:
    role = string(turn.get("role"))
    _read_marks(reading, turn, path)
    reading.rest(turn, _TURN, path)
    if role in ("tool", "function"):
        _read_result(reading, turn, path)
        reading.speaker("tool", path)
        return
    role = "system" if role == "developer" else role
    aspect = {"system": "system text" if leading else "later system text"}.get(role, f"{role} text")
    _read_thinking(reading, turn, path)
    said = _read_content(reading, aspect, turn.get("content"), (*path, "content"))
    reading.say(aspect, turn.get("refusal") or None, (*path, "refusal"))
    called = _read_calls(reading, turn, path)
    if (said or called or turn.get("refusal")) and not leading:
        reading.speaker(role, path)


def _read_content(reading: Reading, aspect: str, content: Json, path: Path) -> bool:
    """Read the text and media of a turn; whether there is any."""
    if isinstance(content, str):
        reading.say(aspect, content or None, path)
        return bool(content.strip())
    said = False
    for at, part in objects(content, path):
        _read_marks(reading, part, at)
        said = _read_part(reading, aspect, part, at) or said
    return said


def _read_part(reading: Reading, aspect: str, part: JsonObject, path: Path) -> bool:
    kind = string(part.get("type"))
    match kind:
        case "text" | "refusal":
            text = string(part.get(kind))
            reading.say(aspect, text or None, (*path, kind))
            return bool(text.strip())
        case "image_url":
            image = part.get("image_url")
            url = image if isinstance(image, str) else string(record(image).get("url"))
            reading.say("media", f"image {_named(url)}", (*path, kind))
            reading.rest(record(image), ("url",), (*path, kind))
        case "file":
            _read_file(reading, record(part.get("file")), (*path, kind))
        case "document_url":
            named = {"file_data": part.get(kind), "filename": part.get("document_name")}
            _read_file(reading, named, path)
            reading.rest(part, ("type", "cache_control", "prompt_cache_breakpoint", kind, "document_name"), path)
            return True
        case "thinking":
            _read_content(reading, "thinking", part.get("thinking"), (*path, kind))
            return False
        case _:
            reading.say("vendor block", kind, path)
            return False
    reading.rest(part, ("type", "cache_control", "prompt_cache_breakpoint", kind), path)
    return True


def _named(url: str) -> str:
    parsed = data_url(url)
    return digest(parsed[1]) if parsed else url


def _read_file(reading: Reading, file: JsonObject, path: Path) -> None:
    data = file.get("file_data")
    kind = "image" if string(data).startswith("data:image/") else "document"
    reading.say("media", f"{kind} {_named(data) if isinstance(data, str) else file.get('file_id')}", path)
    name = string(file.get("filename")).removesuffix(".pdf")
    reading.say("document name", name or None, (*path, "filename"))
    reading.rest(file, ("file_data", "file_id", "filename"), path)


def _read_thinking(reading: Reading, turn: JsonObject, path: Path) -> None:
    """Thinking stands in one of several slots, often in more than one; the most complete is read."""
    for slot in ("reasoning_details", "thinking_blocks"):
        entries = list(objects(turn.get(slot), (*path, slot)))
        if any(string(entry.get(name)) for _, entry in entries for name in _ENTRY):
            for at, entry in entries:
                _read_entry(reading, entry, at)
            return
    for slot in ("reasoning_content", "reasoning", "reasoning_text"):
        if string(turn.get(slot)):
            reading.say("thinking", turn[slot], (*path, slot))
            return


_ENTRY: Final = {
    "text": "thinking",
    "summary": "thinking",
    "thinking": "thinking",
    "signature": "signature",
    "data": "signature",
}
"""Where the entries of the two lists hold what."""


def _read_entry(reading: Reading, entry: JsonObject, path: Path) -> None:
    for name, aspect in _ENTRY.items():
        reading.say(aspect, string(entry.get(name)) or None, (*path, name))


def _read_calls(reading: Reading, turn: JsonObject, path: Path) -> bool:
    """Read the calls of a turn; whether there are any."""
    legacy = record(turn.get("function_call"))
    if legacy.get("name"):
        at = (*path, "function_call")
        paths = at, (*at, "name"), (*at, "arguments")
        reading.call(string(legacy.get("name")), legacy.get("name"), arguments_of(legacy.get("arguments")), paths)
    calls = list(objects(turn.get("tool_calls"), (*path, "tool_calls")))
    for at, call in calls:
        kind = "custom" if "custom" in call and "function" not in call else "function"
        said = record(call.get(kind))
        arguments = {"input": said.get("input")} if kind == "custom" else arguments_of(said.get("arguments"))
        paths = (*at, "id"), (*at, kind, "name"), (*at, kind, "input" if kind == "custom" else "arguments")
        reading.call(string(call.get("id")), said.get("name"), arguments, paths)
        _read_marks(reading, call, at)
        reading.rest(call, ("id", "type", "index", "cache_control", kind), at)
    return bool(calls or legacy.get("name"))


def _read_result(reading: Reading, turn: JsonObject, path: Path) -> None:
    identifier = turn.get("tool_call_id", turn.get("name"))
    content = turn.get("content")
    texts = [content] if isinstance(content, str) else []
    for at, part in objects(content, (*path, "content")):
        _read_marks(reading, part, at)
        if part.get("type") == "text":
            texts.append(string(part.get("text")))
        else:
            _read_part(reading, "result text", part, at)
    paths = (*path, "tool_call_id"), (*path, "content"), path
    reading.result(string(identifier), "".join(texts), None, paths)


# -- replies and errors ----------------------------------------------------------------------------


def read_reply(document: JsonObject) -> list[Fact]:
    """Everything a reply says."""
    reading = Reading()
    reading.say("id", string(document.get("id")) or None, ("id",))
    reading.say("model", document.get("model") or None, ("model",))
    choices = list(objects(document.get("choices"), ("choices",)))
    for path, choice in choices[:1]:
        _read_choice(reading, choice, path)
    for path, choice in choices[1:]:
        reading.say("candidate", choice.get("index"), path)
    tier = string(document.get("service_tier")) or None
    reading.say("service tier", _TIERS.get(tier or "", tier), ("service_tier",))
    groq = record(document.get("x_groq"))
    _read_usage(reading, record(document.get("usage")) or record(groq.get("usage")))
    reading.rest(groq, ("usage",), ("x_groq",))
    reading.rest(document, _REPLY, ())
    return reading.finished()


def _read_choice(reading: Reading, choice: JsonObject, path: Path) -> None:
    message = record(choice.get("message"))
    at = (*path, "message")
    _read_thinking(reading, message, at)
    _read_content(reading, "reply text", message.get("content"), (*at, "content"))
    reading.say("refusal", message.get("refusal") or None, (*at, "refusal"))
    called = _read_calls(reading, message, at)
    for where, note in objects(message.get("annotations"), (*at, "annotations")):
        reading.say("citation", record(note.get("url_citation")).get("url", "<not on the web>"), where)
    reading.rest(message, _MESSAGE, at)
    reading.rest(choice, _CHOICE, path)
    reason = string(choice.get("finish_reason"))
    stop = _STOPS.get(reason, reason or "end")
    if stop in ("end", "tools"):
        stop = "refusal" if message.get("refusal") else "tools" if called else "end"
    reading.say("stop", stop, (*path, "finish_reason"))
    if isinstance(choice.get("stop_reason"), str):
        reading.say("stop sequence", choice["stop_reason"], (*path, "stop_reason"))


def _read_usage(reading: Reading, usage: JsonObject) -> None:
    prompt, completion = record(usage.get("prompt_tokens_details")), record(usage.get("completion_tokens_details"))
    reading.say("input tokens", usage.get("prompt_tokens") or None, ("usage", "prompt_tokens"))
    reading.say("output tokens", usage.get("completion_tokens") or None, ("usage", "completion_tokens"))
    at: Path = ("usage", "prompt_tokens_details")
    cached = prompt.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or usage.get("num_cached_tokens")
    reading.say("cached tokens", cached or None, (*at, "cached_tokens"))
    reading.say("cache writes", prompt.get("cache_write_tokens") or None, (*at, "cache_write_tokens"))
    reading.rest(prompt, ("cached_tokens", "cache_write_tokens"), at)
    at = ("usage", "completion_tokens_details")
    reading.say("thinking tokens", completion.get("reasoning_tokens") or None, (*at, "reasoning_tokens"))
    reading.rest(completion, ("reasoning_tokens",), at)
    reading.rest(usage, _USAGE, ("usage",))


def read_error(document: JsonObject) -> list[Fact]:
    """What an error says; some vendors put its fields at the top, or the message alone."""
    reading = Reading()
    error = document.get("error", document)
    path: Path = ("error",) if "error" in document else ()
    if isinstance(error, str):
        reading.say("error message", error, path)
        return reading.finished()
    message = next((name for name in ("message", "detail") if isinstance(record(error).get(name), str)), "message")
    reading.say("error message", record(error).get(message), (*path, message))
    repeated = ("code",) if _is_status(record(error).get("code")) else ()
    reading.rest(record(error), ("type", "message", message, *repeated), path)
    return reading.finished()


def _is_status(code: Json) -> bool:
    """Whether an error's code only repeats the status, which is compared by itself."""
    return re.fullmatch("[45][0-9]{2}", str(code)) is not None
