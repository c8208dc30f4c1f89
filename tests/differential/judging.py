"""What became of one document in the hands of one converter, judged as our own conversions are judged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
from tests.conformance.documents import JsonObject
from tests.conformance.facts import UNREAD, Fact
from tests.conformance.meaning import differences
from tests.conformance.referee import reply_faults, request_faults
from tests.conformance.stream_losses import placed
from tests.conformance.streams import accumulated, failure, is_complete, plain, stream_faults

__all__ = ["OURS", "Fate", "Verdict", "judge", "judge_ours"]

OURS: Final = "llm-transcode"

Fate: TypeAlias = Literal["converted", "refused", "crashed", "not offered"]

_CRASHES: Final = frozenset(
    {"AssertionError", "AttributeError", "IndexError", "KeyError", "RecursionError", "TypeError", "UnboundLocalError"}
)
"""What Python raises where a program did not foresee its input. Anything else counts as a refusal."""

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
    """Whether the official API or client would not take what came out."""
    changed: frozenset[str] = frozenset()
    """In which aspects the meaning is not the same."""
    silent: frozenset[str] = frozenset()
    """Those of them that the caller is not told of."""


def judge(peer: str, case: Case, answer: dict[str, Any]) -> Verdict:
    """Judge what another converter answered."""
    if "raised" in answer:
        fate: Fate = "crashed" if answer["by"] in _CRASHES else "refused"
        return Verdict(case, peer, fate, answer["raised"])
    if "text" not in answer:
        return Verdict(case, peer, "not offered")
    return _judged(peer, case, answer["text"].encode(), ())


def judge_ours(case: Case) -> Verdict:
    """Judge what this library makes of a document."""
    body = case.read()
    try:
        out, losses = _converted(case, body)
    except ConversionError as error:
        return Verdict(case, OURS, "refused", type(error).__name__)
    return _judged(OURS, case, out, losses)


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
    source, target = json.loads(case.read()), json.loads(out)
    faults = request_faults(target, case.target) if case.kind == "request" else reply_faults(target, case.target)
    facts = _read(source, case.source, case.kind), _read(target, case.target, case.kind)
    return Verdict(case, peer, "converted", "", bool(faults), *_compared(*facts, losses))


def _judged_stream(peer: str, case: Case, out: bytes, losses: Iterable[Loss]) -> Verdict:
    """A stream by what the official clients put together from it."""
    body = case.read()
    if failure(body) is not None or not is_complete(body, case.source):
        forged = failure(out) is None and is_complete(out, case.target)
        told = frozenset({"a stream that broke off"}) if forged else frozenset[str]()
        return Verdict(case, peer, "converted", "", forged, told, told)
    source = accumulated(plain(body) if case.source == "chat" else body, case.source)
    invalid = any(True for _ in stream_faults(out, case.target))
    try:
        target = accumulated(out, case.target)
    except Exception as error:  # the SDKs raise whatever their accumulators run into
        return Verdict(case, peer, "converted", type(error).__name__, True)
    facts = _read(source, case.source, "response"), _read(target, case.target, "response")
    return Verdict(case, peer, "converted", "", invalid, *_compared(*facts, placed(losses, source, case.source)))


def _read(document: JsonObject, protocol: str, kind: str) -> list[Fact]:
    reading = messages_reading if protocol == "messages" else chat_reading
    return reading.read_request(document) if kind == "request" else reading.read_reply(document)


def _compared(source: list[Fact], target: list[Fact], losses: Iterable[Loss]) -> tuple[frozenset[str], frozenset[str]]:
    """The aspects that changed, and those of them that no loss explains."""
    return frozenset(_named(source, target, ())), frozenset(_named(source, target, losses))


def _named(source: list[Fact], target: list[Fact], losses: Iterable[Loss]) -> Iterator[str]:
    for found in differences(source, target, losses):
        if found.aspect not in _OPAQUE:
            change = "changed" if found.missing and found.added else "missing" if found.missing else "added"
            yield f"{found.aspect} {change}"
