"""Converts one recorded document and judges the outcome."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Iterator
from typing import Any, Final

import llm_transcode
from llm_transcode import ConversionError, Converted, convert_request, convert_response

from . import chat_reading, messages_reading
from .corpus import Case
from .documents import Fault, Json, JsonObject, places
from .facts import Fact
from .meaning import differences
from .outcome import Outcome
from .referee import error_faults, reply_faults, request_faults
from .stream_runner import judge_stream

__all__ = ["run"]

_REFUSED: Final = 400
"""The status with which a server refused a recorded request; what was invalid then may stay so."""

_STATUSES: Final = {529: 503}
"""Anthropic's own status for overload, and the registered one that says the same."""


def run(case: Case) -> Outcome:
    """Convert a document with default options; what is raised becomes part of the outcome."""
    try:
        return _judged(case)
    except ConversionError as error:
        return Outcome(case, rejection=_reason(error))
    except Exception:  # whatever else comes out is what this is here to find
        return Outcome(case, crash=traceback.format_exc())


def _judged(case: Case) -> Outcome:
    match case.kind:
        case "request":
            return _judge_request(case)
        case "response":
            return _judge_response(case)
        case "error":
            return _judge_error(case)
        case _:
            return judge_stream(case)


def _reason(error: ConversionError) -> str:
    """A rejection without the details that differ from document to document."""
    reason = re.sub(r"'[^']*'|\"[^\"]*\"", "'…'", error.reason)
    return f"{type(error).__name__}: {re.sub(r'[0-9]+', '#', reason)} at {re.sub(r'[0-9]+', '#', error.path)}"


# -- whole documents -------------------------------------------------------------------------------


def _judge_request(case: Case) -> Outcome:
    body = case.read()
    converted = convert_request(body, source=case.source, target=case.target)
    source, target = json.loads(body), json.loads(converted.to_json())
    faults = [] if case.status == _REFUSED else request_faults(target, case.target)
    if source.get("model") is None:  # it stands in the address at some vendors, and cannot be made up
        faults = [fault for fault in faults if fault.path != ("model",)]
    found = differences(_request(source, case.source), _request(target, case.target), converted.losses)
    return Outcome(case, faults=(*faults, *_form_faults(converted, source, target)), differences=tuple(found))


def _judge_response(case: Case) -> Outcome:
    body = case.read()
    converted = convert_response(body, source=case.source, target=case.target)
    source, target = json.loads(body), json.loads(converted.to_json())
    faults = reply_faults(target, case.target)
    found = differences(_reply(source, case.source), _reply(target, case.target), converted.losses)
    return Outcome(case, faults=(*faults, *_form_faults(converted, source, target)), differences=tuple(found))


def _judge_error(case: Case) -> Outcome:
    body = case.read()
    converted = llm_transcode.convert_error(case.status, body, source=case.source, target=case.target)
    source, target = json.loads(body), json.loads(converted.to_json())
    faults = error_faults(target, case.target, converted.status)
    if _STATUSES.get(converted.status, converted.status) != _STATUSES.get(case.status, case.status):
        faults.append(Fault("status", (), f"{case.status} became {converted.status}"))
    found = differences(_error(source, case.source), _error(target, case.target), converted.losses)
    return Outcome(case, faults=(*faults, *_form_faults(converted, source, target)), differences=tuple(found))


def _request(document: JsonObject, protocol: str) -> list[Fact]:
    return messages_reading.read_request(document) if protocol == "messages" else chat_reading.read_request(document)


def _reply(document: JsonObject, protocol: str) -> list[Fact]:
    return messages_reading.read_reply(document) if protocol == "messages" else chat_reading.read_reply(document)


def _error(document: JsonObject, protocol: str) -> list[Fact]:
    return messages_reading.read_error(document) if protocol == "messages" else chat_reading.read_error(document)


def _form_faults(converted: Converted[Any], source: Json, target: JsonObject) -> Iterator[Fault]:
    """The typed value says what the JSON says; a loss points into the source, unless it tells of an invention."""
    if converted.value.to_dict() != target:
        yield Fault("typed value", (), "the typed value and the JSON differ")
    lost = [loss for loss in converted.losses if loss.kind != "invented"]
    known = frozenset(places(source)) if lost else frozenset()
    for loss in lost:
        if loss.path not in known:
            yield Fault("loss path", (), f"{loss.code.value} points at {loss.path}, which does not exist")
