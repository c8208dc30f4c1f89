"""Converts one recorded document and judges the outcome."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from llm_transcode import (
    ConversionError,
    Loss,
    ReplyContext,
    StreamTranscoder,
    convert_error,
    convert_request,
    convert_response,
)

from . import chat_reading, messages_reading
from .corpus import Case
from .documents import Fault, Json, JsonObject, places
from .facts import Fact
from .meaning import Difference, differences
from .referee import error_faults, reply_faults, request_faults
from .streams import accumulated, failure, stream_faults

__all__ = ["Outcome", "run"]

_REFUSED: Final = 400
"""The status with which a server refused a recorded request; what was invalid then may stay so."""

_STATUSES: Final = {529: 503}
"""Anthropic's own status for overload, and the registered one that says the same."""

_PIECE: Final = 61
"""The size in bytes of the pieces in which a stream is fed a second time; it cuts lines and characters apart."""

_STREAMED: Final = frozenset(
    {"reply text", "thinking", "call id", "call name", "call arguments", "stop", "id", "model"}
    | {"input tokens", "output tokens", "cached tokens", "cache writes", "thinking tokens"}
)
"""The aspects in which a stream is compared."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    case: Case
    rejection: str = ""
    crash: str = ""
    faults: tuple[Fault, ...] = ()
    differences: tuple[Difference, ...] = ()
    uncompared: str = ""
    """Why the meaning could not be compared."""

    @property
    def verdict(self) -> str:
        if self.crash:
            return "crashed"
        return "rejected" if self.rejection else "converted"

    @property
    def failed(self) -> bool:
        return bool(self.crash or self.faults or self.differences)


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
            return _judge_stream(case)


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
    faults += _loss_faults(converted.losses, source)
    if converted.value.to_dict() != target:
        faults.append(Fault("typed value", (), "the typed value and the JSON differ"))
    found = differences(_request(source, case.source), _request(target, case.target), converted.losses)
    return Outcome(case, faults=tuple(faults), differences=tuple(found))


def _judge_response(case: Case) -> Outcome:
    body = case.read()
    converted = convert_response(body, source=case.source, target=case.target)
    source, target = json.loads(body), json.loads(converted.to_json())
    faults = [*reply_faults(target, case.target), *_loss_faults(converted.losses, source)]
    if converted.value.to_dict() != target:
        faults.append(Fault("typed value", (), "the typed value and the JSON differ"))
    found = differences(_reply(source, case.source), _reply(target, case.target), converted.losses)
    return Outcome(case, faults=tuple(faults), differences=tuple(found))


def _judge_error(case: Case) -> Outcome:
    body = case.read()
    converted = convert_error(case.status, body, source=case.source, target=case.target)
    source, target = json.loads(body), json.loads(converted.to_json())
    faults = [*error_faults(target, case.target, converted.status), *_loss_faults(converted.losses, source)]
    if _STATUSES.get(converted.status, converted.status) != _STATUSES.get(case.status, case.status):
        faults.append(Fault("status", (), f"{case.status} became {converted.status}"))
    found = differences(_error(source, case.source), _error(target, case.target), converted.losses)
    return Outcome(case, faults=tuple(faults), differences=tuple(found))


def _request(document: JsonObject, protocol: str) -> list[Fact]:
    return messages_reading.read_request(document) if protocol == "messages" else chat_reading.read_request(document)


def _reply(document: JsonObject, protocol: str) -> list[Fact]:
    return messages_reading.read_reply(document) if protocol == "messages" else chat_reading.read_reply(document)


def _error(document: JsonObject, protocol: str) -> list[Fact]:
    return messages_reading.read_error(document) if protocol == "messages" else chat_reading.read_error(document)


def _loss_faults(losses: Iterable[Loss], source: Json) -> Iterator[Fault]:
    """A loss must point into the source, unless what it tells of was invented."""
    known: frozenset[str] | None = None
    for loss in losses:
        if loss.kind != "invented":
            known = known or frozenset(places(source))
            if loss.path not in known:
                yield Fault("loss path", (), f"{loss.code.value} points at {loss.path}, which does not exist")


# -- streams ---------------------------------------------------------------------------------------


def _judge_stream(case: Case) -> Outcome:
    body = case.read()
    transcoder = _transcoder(case)
    written = transcoder.feed(body) + transcoder.close()
    faults = list(stream_faults(written, case.target))
    if _in_pieces(case, body) != written:
        faults.append(Fault("pieces", (), "fed in pieces, the stream comes out differently"))
    if failure(written) is not None:
        return _judge_failed(case, body, faults)
    try:
        source = accumulated(body, case.source)
    except Exception as error:  # the SDKs raise whatever their accumulators run into
        return Outcome(case, faults=tuple(faults), uncompared=f"the source's SDK raises {type(error).__name__}")
    try:
        target = accumulated(written, case.target)
    except Exception as error:
        faults.append(Fault("sdk", (), f"the target's SDK raises {type(error).__name__}: {error}"))
        return Outcome(case, faults=tuple(faults))
    ours, theirs = _streamed(_reply(source, case.source)), _streamed(_reply(target, case.target))
    return Outcome(case, faults=tuple(faults), differences=tuple(differences(ours, theirs, transcoder.losses)))


def _transcoder(case: Case) -> StreamTranscoder:
    return StreamTranscoder(source=case.source, target=case.target, context=ReplyContext(include_usage=True))


def _in_pieces(case: Case, body: bytes) -> bytes:
    transcoder = _transcoder(case)
    pieces = [transcoder.feed(body[start : start + _PIECE]) for start in range(0, len(body), _PIECE)]
    return b"".join([*pieces, transcoder.close()])


def _judge_failed(case: Case, body: bytes, faults: list[Fault]) -> Outcome:
    """The target reports an error; that is right only where the source has one, or breaks off."""
    if failure(body) is None:
        try:
            accumulated(body, case.source)
        except Exception as error:
            return Outcome(case, faults=tuple(faults), uncompared=f"failed, as the source's SDK does: {error}")
        faults.append(Fault("failure", (), "an error is reported for a stream that the source's SDK accepts"))
    return Outcome(case, faults=tuple(faults), uncompared="the stream failed")


def _streamed(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.aspect in _STREAMED]
