"""What the Messages endpoint refuses although its types allow it, and what its clients rely on in replies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .documents import Fault, Json, JsonObject, Path, array, nulls, objects, record, string

__all__ = ["reply_faults", "request_faults"]

_ID: Final = re.compile(r"[a-zA-Z0-9_-]+")
_TOOL_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_OPAQUE: Final = frozenset({"input", "input_schema", "schema", "input_examples"})
_COMBINATORS: Final = ("anyOf", "oneOf", "allOf")
_MAX_CACHE_MARKS: Final = 4
_MIN_BUDGET: Final = 1024
_MAX_USER_ID: Final = 256
_ENDS_WITH_CALLS: Final = frozenset(
    {"tool_use", "max_tokens", "refusal", "pause_turn", "model_context_window_exceeded", "compaction"}
)


@dataclass(frozen=True, slots=True)
class _Turn:
    role: str
    path: Path
    blocks: tuple[tuple[Path, JsonObject], ...]


def request_faults(document: JsonObject) -> Iterator[Fault]:
    turns = list(_turns(document))
    yield from _null_faults(document)
    yield from _limit_faults(document)
    yield from _sampling_faults(document)
    yield from _thinking_faults(document)
    yield from _tool_faults(document)
    yield from _tool_choice_faults(document)
    yield from _cache_faults(document)
    yield from _order_faults(turns)
    for turn in turns:
        yield from _turn_faults(turn)
    yield from _text_faults(document)
    yield from _media_faults(document)
    yield from _pairing_faults(_merged(turns))


def _turns(document: JsonObject) -> Iterator[_Turn]:
    for path, turn in objects(document.get("messages"), ("messages",)):
        yield _Turn(string(turn.get("role")), path, tuple(_blocks(turn.get("content"), (*path, "content"))))


def _blocks(content: Json, path: Path) -> Iterator[tuple[Path, JsonObject]]:
    if isinstance(content, str):
        yield path, {"type": "text", "text": content}
    else:
        yield from objects(content, path)


def _merged(turns: list[_Turn]) -> list[_Turn]:
    """Neighbours of one role as one turn, as the server sees them."""
    runs: list[_Turn] = []
    for turn in turns:
        if runs and runs[-1].role == turn.role:
            runs[-1] = _Turn(turn.role, runs[-1].path, runs[-1].blocks + turn.blocks)
        else:
            runs.append(turn)
    return runs


# -- the request around the turns ------------------------------------------------------------------


def _null_faults(document: JsonObject) -> Iterator[Fault]:
    for path in nulls(document, (), _OPAQUE):
        yield Fault("null", path, "a null stands in the request")


def _limit_faults(document: JsonObject) -> Iterator[Fault]:
    if not isinstance(document.get("max_tokens"), int) or document["max_tokens"] < 1:
        yield Fault("max_tokens", ("max_tokens",), "must be at least 1")
    for index, stop in enumerate(array(document.get("stop_sequences"))):
        if not string(stop).strip():
            yield Fault("stop sequence", ("stop_sequences", index), "must contain non-whitespace")
    user = record(document.get("metadata")).get("user_id")
    if isinstance(user, str) and len(user) > _MAX_USER_ID:
        yield Fault("user id", ("metadata", "user_id"), f"longer than {_MAX_USER_ID} characters")


def _sampling_faults(document: JsonObject) -> Iterator[Fault]:
    for name in ("temperature", "top_p"):
        value = document.get(name)
        if value is not None and not (_is_number(value) and 0 <= value <= 1):
            yield Fault("sampling", (name,), "must be a number from 0 to 1")
    top_k = document.get("top_k")
    if top_k is not None and not (isinstance(top_k, int) and top_k >= 0):
        yield Fault("sampling", ("top_k",), "must be an integer from 0")


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _thinking_faults(document: JsonObject) -> Iterator[Fault]:
    thinking = record(document.get("thinking"))
    if thinking.get("type") != "enabled":
        return
    budget, limit = thinking.get("budget_tokens"), document.get("max_tokens")
    if not isinstance(budget, int) or not isinstance(limit, int) or not _MIN_BUDGET <= budget < limit:
        yield Fault("thinking budget", ("thinking", "budget_tokens"), "must be from 1024 to below max_tokens")
    if record(document.get("tool_choice")).get("type") in ("any", "tool"):
        yield Fault("thinking", ("tool_choice",), "thinking may not be enabled when tool_choice forces tool use")
    if document.get("temperature", 1) != 1:
        yield Fault("thinking", ("temperature",), "may only be 1 when thinking is enabled")


def _tool_faults(document: JsonObject) -> Iterator[Fault]:
    tools = list(objects(document.get("tools"), ("tools",)))
    names = Counter(tool["name"] for _, tool in tools if "name" in tool)
    for path, tool in tools:
        if names[tool.get("name")] > 1:
            yield Fault("tool name", (*path, "name"), "tool names must be unique")
        if tool.get("type") in (None, "custom"):
            yield from _custom_tool_faults(tool, path)


def _custom_tool_faults(tool: JsonObject, path: Path) -> Iterator[Fault]:
    if not _TOOL_NAME.fullmatch(string(tool.get("name"))):
        yield Fault("tool name", (*path, "name"), f"should match {_TOOL_NAME.pattern}")
    schema = record(tool.get("input_schema"))
    if schema.get("type") != "object":
        yield Fault("input schema", (*path, "input_schema", "type"), "must be object")
    for word in _COMBINATORS:
        if word in schema:
            yield Fault("input schema", (*path, "input_schema", word), "not supported at the top level")


def _tool_choice_faults(document: JsonObject) -> Iterator[Fault]:
    choice = document.get("tool_choice")
    if choice is None:
        return
    names = {tool.get("name") for _, tool in objects(document.get("tools"), ())}
    if not names:
        yield Fault("tool choice", ("tool_choice",), "may only be given with tools")
    elif record(choice).get("type") == "tool" and choice.get("name") not in names:
        yield Fault("tool choice", ("tool_choice", "name"), "names no tool of the request")


def _cache_faults(document: JsonObject) -> Iterator[Fault]:
    marks = sum(1 for _ in _cache_marks(document))
    if marks > _MAX_CACHE_MARKS:
        yield Fault("cache marks", (), f"{marks} blocks with cache_control, at most {_MAX_CACHE_MARKS} are taken")


def _cache_marks(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        if value.get("cache_control") is not None:
            yield value["cache_control"]
        for key, item in value.items():
            if key not in _OPAQUE:
                yield from _cache_marks(item)
    elif isinstance(value, list):
        for item in value:
            yield from _cache_marks(item)


# -- turns --------------------------------------------------------------------------------------


def _order_faults(turns: list[_Turn]) -> Iterator[Fault]:
    if not turns:
        yield Fault("turn order", ("messages",), "at least one turn is required")
        return
    if turns[0].role == "system":  # a first assistant turn is taken, as recorded traffic shows
        yield Fault("system turn", turns[0].path, "must follow a user turn")
    for before, turn in pairwise(turns):
        if turn.role == "system" and before.role not in ("user", "system"):
            yield Fault("system turn", turn.path, "must follow a user turn")
    last = turns[-1]
    if last.role == "assistant" and last.blocks:
        text = string(last.blocks[-1][1].get("text"))
        if text != text.rstrip():
            yield Fault("prefill", last.path, "final assistant content cannot end with trailing whitespace")


_PLACES: Final = {
    "tool_use": ("assistant",),
    "thinking": ("assistant",),
    "redacted_thinking": ("assistant",),
    "server_tool_use": ("assistant",),
    "tool_result": ("user",),
    "image": ("user",),
    "document": ("user",),
    "search_result": ("user",),
}
"""The roles that may say a block; a block that is not named here may stand anywhere."""


def _turn_faults(turn: _Turn) -> Iterator[Fault]:
    if not turn.blocks:
        yield Fault("empty turn", turn.path, "must have content")
    for path, block in turn.blocks:
        kind = string(block.get("type"))
        if turn.role not in _PLACES.get(kind, (turn.role,)):
            yield Fault("block place", path, f"{kind} stands in a turn of the role {turn.role}")
        if kind == "thinking" and not block.get("signature"):
            yield Fault("unsigned thinking", path, "a thinking block needs its signature")
        if kind == "redacted_thinking" and not block.get("data"):
            yield Fault("unsigned thinking", path, "a redacted_thinking block needs its data")


def _text_faults(document: JsonObject) -> Iterator[Fault]:
    for path, block in _every_block(document):
        if block.get("type") == "text" and not string(block.get("text")).strip():
            yield Fault("blank text", path, "text content blocks must contain non-whitespace text")


def _every_block(document: JsonObject) -> Iterator[tuple[Path, JsonObject]]:
    """The blocks of the system prompt, of the turns, and of the tool results in them."""
    yield from _blocks(document.get("system"), ("system",))
    for turn in _turns(document):
        for path, block in turn.blocks:
            yield path, block
            if block.get("type") == "tool_result":
                yield from objects(block.get("content"), (*path, "content"))


def _media_faults(document: JsonObject) -> Iterator[Fault]:
    for path, block in _every_block(document):
        source = record(block.get("source"))
        if block.get("type") == "image" and source.get("type") == "base64" and source.get("media_type") not in _IMAGES:
            yield Fault("media", (*path, "source", "media_type"), "not an image type that is taken")
        if source.get("type") == "base64" and not source.get("data"):
            yield Fault("media", (*path, "source", "data"), "is empty")
        if source.get("type") == "url" and not string(source.get("url")).startswith(("http://", "https://")):
            yield Fault("media", (*path, "source", "url"), "only http and https addresses are fetched")


# -- calls and results -----------------------------------------------------------------------------


def _pairing_faults(turns: list[_Turn]) -> Iterator[Fault]:
    seen: set[str] = set()
    asked: list[str] = []
    for turn in turns:
        yield from _result_faults(turn, asked)
        asked = []
        for path, block in turn.blocks:
            if block.get("type") == "tool_use":
                identifier = string(block.get("id"))
                yield from _id_faults(identifier, path, seen)
                asked.append(identifier)
    if asked:
        yield Fault("tool pairing", turns[-1].path, f"tool_use without a tool_result: {asked}")


def _id_faults(identifier: str, path: Path, seen: set[str]) -> Iterator[Fault]:
    if not _ID.fullmatch(identifier):
        yield Fault("tool id", (*path, "id"), f"{identifier!r} should match {_ID.pattern}")
    if identifier in seen:
        yield Fault("tool id", (*path, "id"), "tool_use ids must be unique")
    seen.add(identifier)


def _result_faults(turn: _Turn, asked: list[str]) -> Iterator[Fault]:
    """The results of a turn must answer the calls of the turn before, all of them, and stand first."""
    kinds = [block.get("type") == "tool_result" for _, block in turn.blocks]
    answers = [string(block.get("tool_use_id")) for _, block in turn.blocks if block.get("type") == "tool_result"]
    if missing := [identifier for identifier in asked if identifier not in answers]:
        yield Fault("tool pairing", turn.path, f"tool_use without a tool_result immediately after: {missing}")
    if orphans := [identifier for identifier in answers if identifier not in asked]:
        yield Fault("tool pairing", turn.path, f"tool_result without a tool_use in the turn before: {orphans}")
    if len(set(answers)) < len(answers):
        yield Fault("tool pairing", turn.path, "a call has more than one tool_result")
    if asked and kinds != sorted(kinds, reverse=True):
        yield Fault("tool pairing", turn.path, "tool_result blocks must come first")


# -- replies ---------------------------------------------------------------------------------------


def reply_faults(document: JsonObject) -> Iterator[Fault]:
    blocks = list(objects(document.get("content"), ("content",)))
    yield from _stop_faults(document, [block for _, block in blocks])
    yield from _usage_faults(record(document.get("usage")))
    seen: set[str] = set()
    for path, block in blocks:
        if block.get("type") == "tool_use":
            yield from _id_faults(string(block.get("id")), path, seen)
            yield from _named_faults(block, path)
        if block.get("type") == "text" and not block.get("text"):
            yield Fault("blank text", path, "an empty text block, which the API would refuse when it is sent back")


def _named_faults(block: JsonObject, path: Path) -> Iterator[Fault]:
    if not block.get("name"):
        yield Fault("tool name", (*path, "name"), "is empty")
    if not isinstance(block.get("input"), dict):
        yield Fault("tool input", (*path, "input"), "is not an object")


def _stop_faults(document: JsonObject, blocks: list[JsonObject]) -> Iterator[Fault]:
    reason = document.get("stop_reason")
    called = any(block.get("type") == "tool_use" for block in blocks)
    if reason is None:
        yield Fault("stop reason", ("stop_reason",), "a finished reply has one")
    if reason == "tool_use" and not called:
        yield Fault("stop reason", ("stop_reason",), "tool_use without a tool_use block")
    if called and reason not in _ENDS_WITH_CALLS:
        yield Fault("stop reason", ("stop_reason",), f"{reason} although a tool is called")
    if (document.get("stop_sequence") is not None) != (reason == "stop_sequence"):
        yield Fault("stop reason", ("stop_sequence",), "goes with the stop reason stop_sequence, and only with it")


def _usage_faults(usage: JsonObject) -> Iterator[Fault]:
    for name, value in usage.items():
        if name.endswith("_tokens") and value is not None and (not isinstance(value, int) or value < 0):
            yield Fault("usage", ("usage", name), "must be an integer from 0")
