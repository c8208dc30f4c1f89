"""What became of one document in the hands of one converter, judged as our own conversions are judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from llm_transcode import (
    ConversionError,
    Loss,
    ReplyContext,
    StreamTranscoder,
    convert_request,
    convert_response,
)
from tests.conformance import chat_reading, messages_reading
from tests.conformance.corpus import Case
from tests.conformance.documents import Fault, JsonObject
from tests.conformance.facts import UNREAD, Fact
from tests.conformance.meaning import Difference, differences
from tests.conformance.referee import reply_faults, request_faults
from tests.conformance.stream_losses import placed
from tests.conformance.streams import accumulated, failure, is_complete, plain, stream_faults

from .asking import asked
from .plain_schemas import plain_schema

__all__ = ["OURS", "Fate", "Verdict", "judge", "judge_ours"]

OURS: Final = "llm-transcode"

Fate: TypeAlias = Literal["converted", "refused", "crashed", "not offered"]

_CRASHES: Final = frozenset(
    {"AssertionError", "AttributeError", "IndexError", "KeyError", "RecursionError", "TypeError", "UnboundLocalError"}
)
"""What Python raises where a program did not foresee its input. Anything else counts as a refusal."""

_STRAY: Final = "Extra inputs are not permitted"

_EARLIER: Final = ("output_format",)
"""What ``output_config.format`` was called before; Anthropic takes it with a header of that time."""

_SCHEMAS: Final = frozenset({"tool schema", "output format"})

_OPAQUE: Final = frozenset({UNREAD, "vendor block", "vendor tool"})
"""Aspects of what only the source's vendor knows, which need no converter's attention to keep an answer right."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One document, one converter."""

    case: Case
    peer: str
    fate: Fate
    reason: str = ""
    """What was raised."""
    invalid: bool = False
    """Whether what came out breaks a rule of the target."""
    strays: bool = False
    """Whether it has fields that the target's vendor does not know, which an API refuses and a client skips."""
    changed: frozenset[str] = frozenset()
    """In which aspects the meaning is not the same."""
    silent: frozenset[str] = frozenset()
    """Those of them that the caller is not told of: ours by the losses, the others by any warning at all."""


def judge(peer: str, case: Case, answer: dict[str, Any]) -> Verdict:
    """Judge what another converter answered."""
    if "raised" in answer:
        fate: Fate = "crashed" if answer["by"] in _CRASHES else "refused"
        return Verdict(case, peer, fate, answer["raised"])
    if "text" not in answer:
        return Verdict(case, peer, "not offered")
    verdict = _judged(peer, case, answer["text"].encode(), ())
    return replace(verdict, silent=frozenset()) if answer["told"] else verdict


def judge_ours(case: Case) -> Verdict:
    """Judge what this library makes of a document."""
    body = _given(case)
    try:
        out, losses = _converted(case, body)
    except ConversionError as error:
        return Verdict(case, OURS, "refused", type(error).__name__)
    return _judged(OURS, case, out, losses)


def _given(case: Case) -> bytes:
    return asked(case.kind, case.source, case.read())


def _converted(case: Case, body: bytes) -> tuple[bytes, tuple[Loss, ...]]:
    if case.kind == "stream":
        context = ReplyContext(include_usage=True)
        stream = StreamTranscoder(source=case.source, target=case.target, context=context)
        return stream.feed(body) + stream.close(), stream.losses
    convert = convert_request if case.kind == "request" else convert_response
    converted = convert(body, source=case.source, target=case.target)
    return converted.to_json(), converted.losses


def _judged(peer: str, case: Case, out: bytes, losses: Iterable[Loss]) -> Verdict:
    if case.kind == "stream":
        return _judged_stream(peer, case, out, losses)
    source, target = json.loads(_given(case)), json.loads(out)
    faults = request_faults(target, case.target) if case.kind == "request" else reply_faults(target, case.target)
    faults = [fault for fault in faults if fault.path != _EARLIER]
    facts = _read(source, case.source, case.kind), _read(target, case.target, case.kind)
    return Verdict(case, peer, "converted", "", *_validity(faults), *_compared(*facts, losses))


def _judged_stream(peer: str, case: Case, out: bytes, losses: Iterable[Loss]) -> Verdict:
    """A stream by what the official clients put together from it."""
    body = case.read()
    if failure(body) is not None or not is_complete(body, case.source):
        forged = failure(out) is None and is_complete(out, case.target)
        told = frozenset({"a failure that looks like success"}) if forged else frozenset[str]()
        return Verdict(case, peer, "converted", changed=told, silent=told)
    source = accumulated(plain(body) if case.source == "chat" else body, case.source)
    try:
        target = accumulated(out, case.target)
    except Exception as error:  # the SDKs raise whatever their accumulators run into
        return Verdict(case, peer, "converted", type(error).__name__, invalid=True)
    facts = _read(source, case.source, "response"), _read(target, case.target, "response")
    found = _compared(*facts, placed(losses, source, case.source))
    return Verdict(case, peer, "converted", "", *_validity(stream_faults(out, case.target)), *found)


def _validity(faults: Iterable[Fault]) -> tuple[bool, bool]:
    strays = [fault.message.startswith(_STRAY) for fault in faults]
    return not all(strays), any(strays)


def _read(document: JsonObject, protocol: str, kind: str) -> list[Fact]:
    if kind == "request":
        read = messages_reading.read_request if protocol == "messages" else chat_reading.read_request
    else:
        read = messages_reading.read_reply if protocol == "messages" else chat_reading.read_reply
    return read(document)


def _compared(source: list[Fact], target: list[Fact], losses: Iterable[Loss]) -> tuple[frozenset[str], frozenset[str]]:
    """The aspects that changed, and those of them that no loss explains."""
    return frozenset(_named(source, target, ())), frozenset(_named(source, target, losses))


def _named(source: list[Fact], target: list[Fact], losses: Iterable[Loss]) -> Iterator[str]:
    for found in differences(source, target, losses):
        if found.aspect not in _OPAQUE and not _is_same_number(found) and not _is_same_schema(found):
            change = "changed" if found.missing and found.added else "missing" if found.missing else "added"
            yield f"{found.aspect} {change}"


def _is_same_number(found: Difference) -> bool:
    """Whether a number is only written in another way; ours keep their spelling, and are compared by it elsewhere."""
    try:
        ours, theirs = ([float(fact.value) for fact in side] for side in (found.missing, found.added))
    except ValueError:
        return False
    return ours == theirs


def _is_same_schema(found: Difference) -> bool:
    """Whether schemas differ in words alone that bind no one: titles, what is empty, where a part is defined."""
    if found.aspect not in _SCHEMAS or len(found.missing) != len(found.added):
        return False
    return all(
        plain_schema(json.loads(ours.value)) == plain_schema(json.loads(theirs.value))
        for ours, theirs in zip(found.missing, found.added, strict=True)
        if ours.value.startswith("{") and theirs.value.startswith("{")
    )
