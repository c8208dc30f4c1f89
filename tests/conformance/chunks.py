"""Recorded Chat chunks as OpenAI itself would have written them, for OpenAI's own client to put together.

The client was made for OpenAI's chunks. It fails on the deviations of other vendors, or misreads them
in silence: usage that does not stand in the last chunk is forgotten, an id or a name that is repeated
is added up, chunks under another name are skipped. Each rule here undoes one such deviation.
"""

from __future__ import annotations

import json
from typing import Final

from .documents import Json, JsonObject, array, objects, record, string

__all__ = ["as_openai"]

_OBJECT: Final = "chat.completion.chunk"


def as_openai(chunks: list[JsonObject]) -> bytes:
    """The stream that says what ``chunks`` say, in OpenAI's form."""
    calls: dict[int, _Calls] = {}
    common = {"object": _OBJECT, **{name: _first(name, chunks) for name in ("id", "model")}}
    if tier := _first("service_tier", chunks):
        common["service_tier"] = tier
    usage: JsonObject = {}
    plain: list[JsonObject] = []
    for chunk in chunks:
        usage.update(_usage(chunk))
        choices = [
            _choice(choice, calls.setdefault(choice.get("index") or 0, _Calls()))
            for _, choice in objects(chunk.get("choices"), ())
        ]
        plain.append({**chunk, **common, "choices": choices, "usage": None})
    if plain:
        plain[-1]["usage"] = usage or None
    return b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in plain) + b"data: [DONE]\n\n"


def _first(name: str, chunks: list[JsonObject]) -> str:
    """What the first chunk to name it says; Azure begins with chunks that name nothing."""
    return next((chunk[name] for chunk in chunks if string(chunk.get(name))), "")


def _usage(chunk: JsonObject) -> JsonObject:
    """The counts of a chunk, which are totals so far; Groq's may stand in a slot of its own."""
    counts = record(chunk.get("usage")) or record(record(chunk.get("x_groq")).get("usage"))
    return {name: count for name, count in counts.items() if count is not None}


def _choice(choice: JsonObject, calls: _Calls) -> JsonObject:
    delta = {name: value for name, value in record(choice.get("delta")).items() if name != "annotations"}
    if isinstance(delta.get("content"), list):
        delta.update(_prose(delta["content"]))
    if "tool_calls" in delta:
        delta["tool_calls"] = calls.numbered(delta["tool_calls"])
    return {**choice, "index": choice.get("index") or 0, "delta": delta}


def _prose(parts: Json) -> JsonObject:
    """Mistral's list of parts, told apart into text and reasoning."""
    text = "".join(string(part.get("text")) for _, part in objects(parts, ()))
    thoughts = [part.get("thinking") for _, part in objects(parts, ()) if part.get("type") == "thinking"]
    pieces = [piece for thought in thoughts for _, piece in objects(thought, ())]
    reasoning = "".join(string(piece.get("text")) for piece in pieces)
    return {"content": text or None, "reasoning_content": reasoning or None}


class _Calls:
    """The tool calls of one choice, numbered from 0, each introduced once."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._numbers: dict[int, int] = {}

    def numbered(self, fragments: Json) -> list[JsonObject]:
        return [self._numbered(fragment) for fragment in array(fragments)]

    def _numbered(self, fragment: JsonObject) -> JsonObject:
        index, identifier = fragment.get("index"), string(fragment.get("id"))
        number = self._numbers.get(index) if isinstance(index, int) else None
        if number is None or (identifier and identifier != self._ids[number]):
            number = len(self._ids)
            self._ids.append(identifier)
        elif identifier:
            function = {"arguments": record(fragment.get("function")).get("arguments")}
            return {"index": number, "function": function}
        if isinstance(index, int):
            self._numbers[index] = number
        return {**fragment, "index": number}
