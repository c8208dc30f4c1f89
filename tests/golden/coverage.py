"""Which rows of the field ledger stand in the source of some golden case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from llm_transcode import chat, messages
from llm_transcode.pairs.messages_chat.ledger import LEDGER, WHOLE, Entry
from llm_transcode.sse import SSEDecoder
from llm_transcode.wire import WireModel
from tests.golden.cases import ALL, DIRECTIONS

__all__ = ["EXCEPTIONS", "missing_rows", "missing_types", "unneeded_exceptions"]

Kind: TypeAlias = str
Row: TypeAlias = tuple[Kind, type[WireModel], str]
"""A field that is there and not null, in a source of a kind."""

_KINDS: Final[dict[str, frozenset[Kind]]] = {
    "chunks": frozenset({"stream"}),
    "deltas": frozenset({"stream"}),
    "error": frozenset({"error"}),
    "models": frozenset({"models"}),
    "response_to_chat": frozenset({"response"}),
    "response_to_messages": frozenset({"response"}),
    "to_chat_stream": frozenset({"stream"}),
    "to_messages_stream": frozenset({"stream"}),
    "usage": frozenset({"response", "stream"}),
}
"""Where the fields of a concept are to be seen; those of the others in requests."""

EXCEPTIONS: Final[dict[str, str]] = {}
"""Rows, as ``concept: Model.field``, and types that no case has, with the reason."""


def _document(kind: Kind, source: str, place: Path) -> Iterator[WireModel]:
    vocabulary = messages if source == "messages" else chat
    if kind == "stream":
        yield from _events(source, place)
        return
    document = json.loads(place.read_bytes())
    match kind:
        case "request":
            yield vocabulary.Request.from_object(document)
        case "response":
            yield vocabulary.Response.from_object(document)
        case "models":
            listing = vocabulary.ModelList if "data" in document else vocabulary.Model
            yield listing.from_object(document)
        case _ if isinstance(document["body"], dict):
            yield vocabulary.ErrorResponse.from_object(document["body"])


def _events(source: str, place: Path) -> Iterator[WireModel]:
    decoder = SSEDecoder()
    for event in [*decoder.feed(place.read_bytes()), *decoder.close()]:
        if event.data.startswith(b"{"):
            data = json.loads(event.data)
            yield messages.event_of(data) if source == "messages" else chat.Chunk.from_object(data)


def _walk(value: Any) -> Iterator[tuple[type[WireModel], str]]:
    """The fields of every model in a value; a model without fields is a row without a name."""
    if isinstance(value, WireModel):
        yield type(value), ""
        for name in value.model_fields_set:
            inner = getattr(value, name)
            if inner is not None:
                yield type(value), name
                yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _seen() -> dict[str, set[Row]]:
    seen: dict[str, set[Row]] = {direction: set() for direction in DIRECTIONS}
    for case in ALL:
        for document in _document(case.kind, DIRECTIONS[case.direction][0], case.source):
            seen[case.direction].update((case.kind, model, name) for model, name in _walk(document))
    return seen


_SEEN: Final = _seen()


def _belongs(model: type[WireModel], direction: str) -> bool:
    """Whether a model is one of the source's vocabulary."""
    return model.__module__.split(".")[1] == ("messages" if direction == "to_chat" else "chat")


def _rows(entry: Entry) -> Iterator[str]:
    """Every field that the page of the mapping shows for a table, under its name in Python."""
    return (name for name in entry.fields.model.model_fields if name in {*entry.fields.mapped, *entry.fields.dropped})


def _uncovered_rows(direction: str) -> Iterator[str]:
    for entry in LEDGER:
        model = entry.fields.model
        if not _belongs(model, direction):
            continue
        kinds = _KINDS.get(entry.concept, frozenset({"request"}))
        for name in _rows(entry):
            if not any((kind, model, name) in _SEEN[direction] for kind in kinds):
                yield f"{entry.concept}: {model.__name__}.{name}"


def _uncovered_types(direction: str) -> Iterator[str]:
    present = {model for _, model, _ in _SEEN[direction]}
    for model in WHOLE:
        if _belongs(model, direction) and model not in present:
            yield model.__name__


def missing_rows(direction: str) -> list[str]:
    """The rows without a case, but for the exceptions."""
    return [row for row in _uncovered_rows(direction) if row not in EXCEPTIONS]


def missing_types(direction: str) -> list[str]:
    """The types without a case, but for the exceptions."""
    return [name for name in _uncovered_types(direction) if name not in EXCEPTIONS]


def unneeded_exceptions() -> list[str]:
    """The exceptions whose row has a case, or does not exist."""
    uncovered = {name for way in DIRECTIONS for name in (*_uncovered_rows(way), *_uncovered_types(way))}
    return [name for name in EXCEPTIONS if name not in uncovered]
