"""Reads Messages documents into facts."""

from __future__ import annotations

from typing import Final

from .documents import Json, JsonObject, Path, array, digest, objects, record, string, words
from .facts import Fact, Reading, closed, effort_of_budget

__all__ = ["read_error", "read_reply", "read_request"]

_REQUEST: Final = words(
    "model max_tokens messages system stream stop_sequences thinking output_config output_format tools tool_choice "
    "metadata temperature top_p top_k cache_control service_tier anthropic_version"
)
_REPLY: Final = words("id type role model content stop_reason stop_sequence stop_details usage")
_USAGE: Final = words(
    "input_tokens output_tokens cache_creation_input_tokens cache_read_input_tokens output_tokens_details service_tier"
)
_BLOCKS: Final = {
    "text": frozenset({"type", "text", "cache_control", "citations"}),
    "image": frozenset({"type", "source", "cache_control"}),
    "document": frozenset({"type", "source", "cache_control", "title"}),
    "tool_use": frozenset({"type", "id", "name", "input", "cache_control"}),
    "tool_result": frozenset({"type", "tool_use_id", "content", "is_error", "cache_control"}),
    "thinking": frozenset({"type", "thinking", "signature"}),
    "redacted_thinking": frozenset({"type", "data"}),
}
_TOOL: Final = frozenset({"type", "name", "description", "input_schema", "strict", "cache_control"})

_STOPS: Final = {
    "end_turn": "end",
    "stop_sequence": "end",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tools",
    "refusal": "refusal",
}


def read_request(document: JsonObject) -> list[Fact]:
    """Everything a request asks for."""
    reading = Reading()
    for name in ("model", "top_k"):
        reading.say(name, document.get(name), (name,))
    for name in ("temperature", "top_p"):  # 1 is what both APIs take by default
        reading.say(name, None if document.get(name) == 1 else document.get(name), (name,))
    reading.say("output limit", document.get("max_tokens"), ("max_tokens",))
    reading.say("stream", document.get("stream") or None, ("stream",))
    for index, stop in enumerate(array(document.get("stop_sequences"))):
        reading.say("stop sequence", stop, ("stop_sequences", index))
    _read_settings(reading, document)
    _read_tools(reading, document)
    _read_marks(reading, document, ())
    for path, block in _blocks(document.get("system"), ("system",)):
        _read_text(reading, "system text", block, path)
    for path, turn in objects(document.get("messages"), ("messages",)):
        _read_turn(reading, turn, path)
    reading.rest(document, _REQUEST, ())
    return reading.finished()


def _read_settings(reading: Reading, document: JsonObject) -> None:
    thinking, config = record(document.get("thinking")), record(document.get("output_config"))
    budget = thinking.get("budget_tokens")
    if thinking.get("type") in ("disabled", "between_tools"):
        reading.say("effort", "none", ("thinking", "type"))
    elif config.get("effort"):
        reading.say("effort", config["effort"], ("output_config", "effort"))
    elif isinstance(budget, int):
        reading.say("effort", effort_of_budget(budget), ("thinking", "budget_tokens"))
    for path, wanted in (
        (("output_config", "format"), config.get("format")),
        (("output_format",), document.get("output_format")),
    ):
        reading.say("output format", record(wanted).get("schema"), path)
    reading.say("user", record(document.get("metadata")).get("user_id"), ("metadata", "user_id"))
    tier = {"standard_only": "default"}.get(document.get("service_tier", ""), document.get("service_tier"))
    reading.say("service tier", tier, ("service_tier",))
    reading.rest(thinking, ("type", "budget_tokens"), ("thinking",))
    reading.rest(config, ("effort", "format"), ("output_config",))
    reading.rest(record(document.get("metadata")), ("user_id",), ("metadata",))


def _read_tools(reading: Reading, document: JsonObject) -> None:
    for path, tool in objects(document.get("tools"), ("tools",)):
        _read_marks(reading, tool, path)
        if tool.get("type") not in (None, "custom"):
            searches = string(tool.get("type")).startswith("web_search")
            reading.say("web search" if searches else "vendor tool", "" if searches else tool.get("type"), path)
            continue
        reading.say("tool", tool.get("name"), (*path, "name"))
        reading.say("tool description", tool.get("description") or None, (*path, "description"))
        reading.say("tool schema", closed(tool.get("input_schema")), (*path, "input_schema"))
        reading.say("strict tool", tool.get("name") if tool.get("strict") else None, (*path, "strict"))
        reading.rest(tool, _TOOL, path)
    choice = record(document.get("tool_choice"))
    kind = choice.get("type")
    if kind not in (None, "auto"):
        reading.say("tool choice", choice.get("name") if kind == "tool" else f"<{kind}>", ("tool_choice",))
    if choice.get("disable_parallel_tool_use"):
        reading.say("one call at a time", "", ("tool_choice", "disable_parallel_tool_use"))


def _read_marks(reading: Reading, value: JsonObject, path: Path) -> None:
    if value.get("cache_control") is not None:
        reading.say("cache mark", "", (*path, "cache_control"))


# -- turns --------------------------------------------------------------------------------------


def _blocks(content: Json, path: Path) -> list[tuple[Path, JsonObject]]:
    """The blocks of a content; a string counts as a text block whose text stands at the content itself."""
    if isinstance(content, str):
        return [(path, {"text": content})]
    return list(objects(content, path))


def _read_text(reading: Reading, aspect: str, block: JsonObject, path: Path) -> bool:
    """Read a text block; whether it says anything."""
    text = string(block.get("text"))
    if text:
        reading.say(aspect, text, (*path, "text") if "type" in block else path)
    _read_marks(reading, block, path)
    reading.rest(block, _BLOCKS["text"], path)
    for index, citation in enumerate(array(block.get("citations"))):
        reading.say("citation", record(citation).get("url", "<not on the web>"), (*path, "citations", index))
    return bool(text.strip())


def _read_turn(reading: Reading, turn: JsonObject, path: Path) -> None:
    role = string(turn.get("role"))
    reading.rest(turn, ("role", "content"), path)
    for at, block in _blocks(turn.get("content"), (*path, "content")):
        kind = block.get("type", "text")
        if kind == "text":
            said = _read_text(reading, "later system text" if role == "system" else f"{role} text", block, at)
        else:
            said = _read_block(reading, kind, block, at)
        if said:
            reading.speaker("tool" if kind == "tool_result" else role, at)


def _read_block(reading: Reading, kind: str, block: JsonObject, path: Path) -> bool:
    """Read a block that is no text; whether it counts for the order of the speakers."""
    _read_marks(reading, block, path)
    if kind not in _BLOCKS:
        reading.say("vendor block", kind, path)
        return False
    if kind in ("image", "document"):
        _read_media(reading, kind, block, path)
    elif kind == "tool_use":
        reading.call(string(block.get("id")), block.get("name"), block.get("input"), _call_paths(path))
    elif kind == "tool_result":
        _read_result(reading, block, path)
    else:
        _read_thinking(reading, block, path)
    reading.rest(block, _BLOCKS[kind], path)
    return kind not in ("thinking", "redacted_thinking")


def _call_paths(path: Path) -> tuple[Path, Path, Path]:
    return (*path, "id"), (*path, "name"), (*path, "input")


def _read_media(reading: Reading, kind: str, block: JsonObject, path: Path) -> None:
    source = record(block.get("source"))
    match source.get("type"):
        case "base64":
            reading.say("media", f"{kind} {digest(string(source.get('data')))}", (*path, "source"))
        case "url":
            reading.say("media", f"{kind} {source.get('url')}", (*path, "source"))
        case "text" | "content":
            reading.say("document text", kind, (*path, "source"))
        case _:
            reading.say("media", f"{kind} {source.get('file_id')}", (*path, "source"))
    title = string(block.get("title")).removesuffix(".pdf")
    reading.say("document name", title or None, (*path, "title"))


def _read_result(reading: Reading, block: JsonObject, path: Path) -> None:
    texts = []
    for at, item in _blocks(block.get("content"), (*path, "content")):
        kind = item.get("type", "text")
        if kind == "text":
            texts.append(string(item.get("text")))
            _read_marks(reading, item, at)
        else:
            _read_block(reading, kind, item, at)
    paths = (*path, "tool_use_id"), (*path, "content"), (*path, "is_error")
    reading.result(string(block.get("tool_use_id")), "".join(texts), block.get("is_error"), paths)


def _read_thinking(reading: Reading, block: JsonObject, path: Path) -> None:
    reading.say("thinking", string(block.get("thinking")) or None, (*path, "thinking"))
    reading.say("signature", string(block.get("signature")) or None, (*path, "signature"))
    reading.say("signature", string(block.get("data")) or None, (*path, "data"))


# -- replies and errors ----------------------------------------------------------------------------


def read_reply(document: JsonObject) -> list[Fact]:
    """Everything a reply says."""
    reading = Reading()
    reading.say("id", string(document.get("id")) or None, ("id",))
    reading.say("model", document.get("model") or None, ("model",))
    called = False
    for path, block in objects(document.get("content"), ("content",)):
        if block.get("type") == "text":
            _read_text(reading, "reply text", block, path)
        else:
            _read_block(reading, string(block.get("type")), block, path)
            called = called or block.get("type") == "tool_use"
    _read_stop(reading, document, called=called)
    _read_usage(reading, record(document.get("usage")))
    reading.rest(document, _REPLY, ())
    return reading.finished()


def _read_stop(reading: Reading, document: JsonObject, *, called: bool) -> None:
    reason = string(document.get("stop_reason"))
    stop = _STOPS.get(reason, reason or "end")
    if stop in ("end", "tools"):
        stop = "tools" if called else "end"
    reading.say("stop", stop, ("stop_reason",))
    reading.say("stop sequence", document.get("stop_sequence") or None, ("stop_sequence",))
    details = record(document.get("stop_details"))
    reading.say("refusal", details.get("explanation"), ("stop_details", "explanation"))
    reading.rest(details, ("type", "explanation"), ("stop_details",))


def _read_usage(reading: Reading, usage: JsonObject) -> None:
    read, written = usage.get("cache_read_input_tokens") or 0, usage.get("cache_creation_input_tokens") or 0
    thought = record(usage.get("output_tokens_details")).get("thinking_tokens")
    reading.say("input tokens", ((usage.get("input_tokens") or 0) + read + written) or None, ("usage", "input_tokens"))
    reading.say("output tokens", usage.get("output_tokens") or None, ("usage", "output_tokens"))
    reading.say("cached tokens", read or None, ("usage", "cache_read_input_tokens"))
    reading.say("cache writes", written or None, ("usage", "cache_creation_input_tokens"))
    reading.say("thinking tokens", thought or None, ("usage", "output_tokens_details"))
    tier = string(usage.get("service_tier")) or None
    reading.say("service tier", "default" if tier == "standard" else tier, ("usage", "service_tier"))
    reading.rest(usage, _USAGE, ("usage",))


def read_error(document: JsonObject) -> list[Fact]:
    """What an error says."""
    reading = Reading()
    error = record(document.get("error"))
    reading.say("error message", error.get("message"), ("error", "message"))
    reading.rest(document, ("type", "error", "request_id"), ())
    reading.rest(error, ("type", "message"), ("error",))
    return reading.finished()
