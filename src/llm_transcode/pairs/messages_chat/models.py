"""The listing of models: a page of ``ModelInfo`` <-> a list of ``Model``.

What only Anthropic says of a model goes into fields that compatible servers use for it
(``display_name``, ``context_length``, ``max_output_tokens``, ``capabilities``), and is read from
there, and from the names OpenRouter and vLLM have for the same. A Chat listing has no pages: fetch
all pages, join their ``data``, and convert once.

Compatible servers leave out fields and send strings for numbers, so entries are read field by field
and not as a whole; only what has no ``id`` is left behind.

* https://docs.anthropic.com/en/api/models-list
* https://platform.openai.com/docs/api-reference/models
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Final

from ... import chat, messages
from ...converted import Converted
from ...errors import InvalidPayload
from ...json_text import Json, JsonObject, Path, clone, is_array, is_object, parse_json
from ...losses import LossCode, Recorder
from ...wire import Body, parse_object
from ..fields import Drop, Fields

__all__ = ["models_to_chat", "models_to_messages"]

# -- ledger --------------------------------------------------------------------------------------

_FACT: Final = Drop(LossCode.MODEL_DETAILS, "a fact about the model without a counterpart", "info")

LIST_TO_CHAT: Final = Fields(
    messages.ModelList,
    {
        "data": "`data`",
        "has_more": "nothing, unless there are further pages",
        "first_id": "nothing: Chat has no pages",
        "last_id": "nothing: Chat has no pages",
    },
)
MODEL_TO_CHAT: Final = Fields(
    messages.Model,
    {
        "id": "`id`",
        "type": "`object`",
        "display_name": "extension `display_name`",
        "created_at": "`created`",
        "retires_at": "`shutdown_date`, without the time of day",
        "max_input_tokens": "extension `context_length`",
        "max_tokens": "extension `max_output_tokens`",
        "capabilities": "extension `capabilities`",
    },
    dict.fromkeys(("lifecycle", "deprecated_at", "line", "allowed_fallback_models"), _FACT),
)
LIST_TO_MESSAGES: Final = Fields(chat.ModelList, {"data": "`data`", "object": "nothing: the form of the page says it"})
MODEL_TO_MESSAGES: Final = Fields(
    chat.Model,
    {
        "id": "`id`",
        "object": "`type`",
        "created": "`created_at`",
        "shutdown_date": "`retires_at` and `lifecycle`",
        "display_name": "`display_name`",
        "name": "`display_name`",
        "context_length": "`max_input_tokens`",
        "max_model_len": "`max_input_tokens`",
        "max_output_tokens": "`max_tokens`",
        "capabilities": "`capabilities`, if in Anthropic's form",
    },
    {"owned_by": _FACT},
)

_EPOCH: Final = "1970-01-01T00:00:00Z"
"""What both vendors' times say when the time is unknown; 0 in Chat."""

_OWNER: Final = "anthropic"

_REQUIRED_CAPABILITIES: Final = (
    "batch",
    "citations",
    "code_execution",
    "context_management",
    "effort",
    "image_input",
    "pdf_input",
    "structured_outputs",
    "thinking",
)
"""What every one of Anthropic's ``capabilities`` has; the word means other things elsewhere."""


# -- to Chat ---------------------------------------------------------------------------------------


def models_to_chat(body: Body | list[Json], losses: Recorder) -> Converted[chat.ModelList] | Converted[chat.Model]:
    """A page of models, or one model. Raises `InvalidPayload` if the body is neither."""
    page, listed = _read(body)
    if listed is None:
        return Converted(chat.Model, _model_to_chat(page, (), losses), tuple(losses))
    _report(LIST_TO_CHAT, page, (), losses)
    if page.get("has_more") is True:
        detail = "the listing goes on, which Chat cannot say: fetch the other pages and join them first"
        losses.dropped(LossCode.MODEL_DETAILS, ("has_more",), detail)
    data = [_model_to_chat(model, path, losses) for model, path in _entries(listed, losses)]
    return Converted(chat.ModelList, {"object": "list", "data": data}, tuple(losses))


def _model_to_chat(source: JsonObject, path: Path, losses: Recorder) -> JsonObject:
    _report(MODEL_TO_CHAT, source, path, losses)
    model: JsonObject = {
        "id": source["id"],
        "object": "model",
        "created": _unix(source.get("created_at"), (*path, "created_at"), losses),
        "owned_by": _OWNER,
    }
    retires = _instant(source.get("retires_at"))
    if retires is not None:
        model["shutdown_date"] = retires.date().isoformat()
    for name, value in (
        ("display_name", _text(source.get("display_name"))),
        ("context_length", _count(source.get("max_input_tokens"))),
        ("max_output_tokens", _count(source.get("max_tokens"))),
        ("capabilities", _passed_on(source.get("capabilities"), (*path, "capabilities"), losses)),
    ):
        if value is not None:
            model[name] = value
    return model


def _passed_on(capabilities: Json, path: Path, losses: Recorder) -> JsonObject | None:
    if capabilities is None or is_object(capabilities):
        return capabilities
    losses.dropped(LossCode.MODEL_DETAILS, path, "capabilities that are no object", "info")
    return None


# -- to Messages -----------------------------------------------------------------------------------


def models_to_messages(
    body: Body | list[Json], losses: Recorder
) -> Converted[messages.ModelList] | Converted[messages.Model]:
    """A list of models, or one model. Raises `InvalidPayload` if the body is neither."""
    listing, listed = _read(body)
    if listed is None:
        return Converted(messages.Model, _model_to_messages(listing, (), losses), tuple(losses))
    _report(LIST_TO_MESSAGES, listing, (), losses)
    data = [_model_to_messages(model, path, losses) for model, path in _entries(listed, losses)]
    page: JsonObject = {
        "data": data,
        "has_more": False,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }
    return Converted(messages.ModelList, page, tuple(losses))


def _model_to_messages(source: JsonObject, path: Path, losses: Recorder) -> JsonObject:
    _report(MODEL_TO_MESSAGES, source, path, losses)
    model: JsonObject = {
        "type": "model",
        "id": source["id"],
        "display_name": _text(source.get("display_name")) or _text(source.get("name")) or source["id"],
        "created_at": _rfc3339(source.get("created"), (*path, "created"), losses),
        "lifecycle": "active",
    }
    retires = _instant(source.get("shutdown_date"))
    if retires is not None:
        model |= {"lifecycle": "deprecated", "retires_at": _written(retires)}
    for name, value in (
        ("max_input_tokens", _count(source.get("context_length")) or _count(source.get("max_model_len"))),
        ("max_tokens", _count(source.get("max_output_tokens"))),
        ("capabilities", _capabilities(source.get("capabilities"), (*path, "capabilities"), losses)),
    ):
        if value is not None:
            model[name] = value
    return model


def _capabilities(value: Json, path: Path, losses: Recorder) -> JsonObject | None:
    """Anthropic's own ``capabilities``, as a gateway passes them on; other vendors have other forms."""
    if value is None:
        return None
    if is_object(value) and all(is_object(value.get(name)) for name in _REQUIRED_CAPABILITIES):
        try:
            return messages.ModelCapabilities.from_object(value).to_dict()
        except InvalidPayload:
            pass
    losses.dropped(LossCode.MODEL_DETAILS, path, "capabilities in another form than Anthropic's", "info")
    return None


# -- reading ---------------------------------------------------------------------------------------


def _read(body: Body | list[Json]) -> tuple[JsonObject, list[Json] | None]:
    """The document, and its models; None if it is itself a model. Some servers send a bare list."""
    value: Json = parse_json(body) if isinstance(body, (bytes, bytearray, memoryview, str)) else body
    if is_array(value):
        return {}, clone(value)
    document = parse_object(value)
    listed = document.get("data")
    if is_array(listed):
        return document, listed
    if isinstance(document.get("id"), str):
        return document, None
    raise InvalidPayload("expected a list of models, or a model with its id", "$.data")


def _entries(listed: list[Json], losses: Recorder) -> Iterable[tuple[JsonObject, Path]]:
    for at, entry in enumerate(listed):
        if is_object(entry) and isinstance(entry.get("id"), str):
            yield entry, ("data", at)
        else:
            losses.dropped(LossCode.MODEL_DETAILS, ("data", at), "an entry without the id of a model")


def _report(fields: Fields, value: JsonObject, path: Path, losses: Recorder) -> None:
    for name, item in value.items():
        if name not in fields.mapped and item is not None:
            drop = fields.dropped.get(name, _FACT)
            losses.dropped(drop.code, (*path, name), drop.detail, drop.level)


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Json) -> int | None:
    """A number of tokens; some servers write it as a float or as digits."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value):
        return int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf:
        return int(value)
    return None


# -- time ------------------------------------------------------------------------------------------

_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)
"""RFC 3339, or its date alone, which `datetime.fromisoformat` reads in full only from Python 3.11 on."""

_ZERO: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECONDS: Final = 10**11
"""A larger number does not count seconds: it would be after the year 5138."""


def _unix(value: Json, path: Path, losses: Recorder) -> int:
    instant = _instant(value)
    if instant is None:
        losses.invented(LossCode.CREATED, path, "the time of creation is unknown; 0 stands for it")
        return 0
    return (instant - _ZERO) // timedelta(seconds=1)


def _rfc3339(value: Json, path: Path, losses: Recorder) -> str:
    instant = _instant(value)
    if instant is None:
        losses.invented(LossCode.CREATED, path, "the time of creation is unknown; the epoch stands for it")
        return _EPOCH
    return _written(instant)


def _written(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(value: Json) -> datetime | None:
    """A time given as RFC 3339, or in seconds or milliseconds since 1970, as a number or its digits."""
    if isinstance(value, str):
        found = _TIME.fullmatch(value.strip())
        if found:
            return _parsed(found[1], found[2] or "00:00:00", found[3] or "Z")
    seconds = 0 if value == 0 else _count(value)
    if seconds is None:
        return None
    try:
        return _ZERO + timedelta(seconds=seconds // 1000 if seconds > _MILLISECONDS else seconds)
    except OverflowError:
        return None


def _parsed(date: str, time: str, offset: str) -> datetime | None:
    offset = "+00:00" if offset in "Zz" else f"{offset[:3]}:{offset[-2:]}"
    try:
        return datetime.fromisoformat(f"{date}T{time}{offset}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
