"""Validity against the types of the vendors' own SDKs.

The SDKs read replies leniently and do not check requests at all. Their type definitions are turned
into strict validators here: unknown fields are refused, and what is declared as an iterable is
checked item by item instead of when it is consumed.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import anthropic.pagination
import openai.pagination
from anthropic.types import BetaErrorResponse, ErrorResponse, Message, ModelInfo, RawMessageStreamEvent
from anthropic.types import message_create_params as messages_params
from anthropic.types.beta import BetaMessage, BetaModelInfo, BetaRawMessageStreamEvent
from anthropic.types.beta import message_create_params as beta_params
from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat import completion_create_params as chat_params
from openai.types.shared import ErrorObject
from pydantic import TypeAdapter
from pydantic_core import CoreConfig, ErrorDetails, SchemaValidator, ValidationError

from .documents import Fault, Json, JsonObject, Path

__all__ = ["type_faults"]

_TYPES: Final[dict[tuple[str, str], tuple[Any, ...]]] = {
    ("messages", "request"): (
        messages_params.MessageCreateParamsNonStreaming,
        beta_params.MessageCreateParamsNonStreaming,
    ),
    ("messages", "stream request"): (
        messages_params.MessageCreateParamsStreaming,
        beta_params.MessageCreateParamsStreaming,
    ),
    ("messages", "response"): (Message, BetaMessage),
    ("messages", "error"): (ErrorResponse, BetaErrorResponse),
    ("messages", "models"): (anthropic.pagination.SyncPage[ModelInfo], anthropic.pagination.SyncPage[BetaModelInfo]),
    ("messages", "event"): (RawMessageStreamEvent, BetaRawMessageStreamEvent),
    ("chat", "request"): (chat_params.CompletionCreateParamsNonStreaming,),
    ("chat", "stream request"): (chat_params.CompletionCreateParamsStreaming,),
    ("chat", "response"): (ChatCompletion,),
    ("chat", "error"): (ErrorObject,),
    ("chat", "models"): (openai.pagination.SyncPage[Model],),
    ("chat", "event"): (ChatCompletionChunk,),
}
"""What a document must be; the alternatives after the first are the vendor's beta types."""

_TAGS: Final = frozenset({"type", "role", "object"})
"""The fields that say which member of a union is meant."""

_SHOWN: Final = 3


def type_faults(document: JsonObject, protocol: str, kind: str) -> list[Fault]:
    """What is wrong with a document by the SDK's types; nothing if any of the alternatives takes it."""
    first: list[Fault] | None = None
    for position in range(len(_TYPES[protocol, kind])):
        try:
            _check(document, protocol, kind, position)
        except ValidationError as error:
            first = first or _faults(error, document)
        else:
            return []
    return first or []


def _check(document: JsonObject, protocol: str, kind: str, position: int) -> None:
    validator = _validator(protocol, kind, position)
    if kind.endswith("request"):
        # Strictly read Python objects keep the SDK's reply models, which it takes in requests too, out of the way.
        validator.validate_python(document)
    else:
        validator.validate_json(json.dumps(document))


@functools.cache
def _validator(protocol: str, kind: str, position: int) -> SchemaValidator:
    adapter: TypeAdapter[Any] = TypeAdapter(_TYPES[protocol, kind][position])
    adapter.rebuild(force=True)
    return SchemaValidator(_strict(adapter.core_schema), CoreConfig(strict=True))


def _strict(schema: Any) -> Any:
    """A copy of pydantic's core schema that takes no iterator for a list and no unknown field."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if isinstance(schema, tuple):
        return tuple(_strict(item) for item in schema)
    if not isinstance(schema, dict):
        return schema
    copy = {key: _strict(value) for key, value in schema.items()}
    match copy.get("type"):
        case "generator":
            copy["type"] = "list"
        case "typed-dict" | "model-fields":
            copy["extra_behavior"] = "allow" if "extras_schema" in copy else "forbid"
        case "model":  # its fields alone: pydantic would take the lenient validator that the class has ready
            return {**copy["schema"], "ref": copy["ref"]} if "ref" in copy else copy["schema"]
        case "union":  # what is left of its members has no names to tell their complaints apart by
            copy["choices"] = [_labelled(choice, number) for number, choice in enumerate(copy["choices"])]
    return copy


def _labelled(choice: Any, number: int) -> Any:
    return choice if isinstance(choice, tuple) else (choice, f"#{number}")


# -- pydantic's complaints, cut down to the one that is meant ---------------------------------------


def _faults(error: ValidationError, document: JsonObject) -> list[Fault]:
    complaints = error.errors(include_url=False, include_context=False, include_input=False)
    meant = _meant(complaints) or complaints
    located = [(_json_path(complaint, document), complaint["msg"]) for complaint in meant]
    depth = max(len(path) for path, _ in located)
    deepest = dict.fromkeys((path, message) for path, message in located if len(path) == depth)
    return [Fault("sdk type", path, message) for path, message in list(deepest)[:_SHOWN]]


def _meant(complaints: Iterable[ErrorDetails]) -> list[ErrorDetails]:
    """The complaints of those union members whose tag is the document's."""
    complaints = list(complaints)
    others = [c["loc"][:-1] for c in complaints if c["type"] == "literal_error" and c["loc"][-1] in _TAGS]
    return [c for c in complaints if not any(c["loc"][: len(other)] == other for other in others)]


def _json_path(complaint: ErrorDetails, document: JsonObject) -> Path:
    return tuple(_json_steps(complaint, document))


def _json_steps(complaint: ErrorDetails, node: Json) -> Iterator[str | int]:
    """The steps of a location that lead into the document; pydantic puts names of union members in between."""
    last = len(complaint["loc"]) - 1
    for position, step in enumerate(complaint["loc"]):
        if _leads_on(node, step):
            node = node[step]
        elif position != last or complaint["type"] != "missing":
            continue
        yield step


def _leads_on(node: Json, step: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, dict) and step in node
