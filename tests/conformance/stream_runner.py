"""Transcodes one recorded stream and judges what comes out."""

from __future__ import annotations

from typing import Final

import llm_transcode
from llm_transcode import ReplyContext

from . import chat_reading, messages_reading
from .corpus import Case
from .documents import Fault
from .meaning import differences
from .outcome import Outcome
from .stream_losses import path_faults, placed
from .streams import accumulated, failure, is_complete, objects_of, plain, stream_faults

__all__ = ["judge_stream"]

_PIECE: Final = 61
"""The size in bytes of the pieces in which a stream is fed a second time; it cuts lines and characters apart."""


def judge_stream(case: Case) -> Outcome:
    """Transcode a stream, as a whole and in pieces; the SDKs say what both sides amount to."""
    body = case.read()
    transcoder = _transcoder(case)
    written = transcoder.feed(body) + transcoder.close()
    faults = [*stream_faults(written, case.target), *path_faults(transcoder.losses, objects_of(body))]
    if _in_pieces(case, body) != written:
        faults.append(Fault("pieces", (), "fed in pieces, the stream comes out differently"))
    fails = failure(body) is not None or not is_complete(body, case.source)
    if fails != (failure(written) is not None):
        faults.append(Fault("failure", (), f"the source {_ends(fails)}, the target {_ends(not fails)}"))
    if fails:
        return Outcome(case, faults=tuple(faults), uncompared="the source fails or breaks off")
    try:
        source = accumulated(plain(body) if case.source == "chat" else body, case.source)
    except Exception as error:  # the SDKs raise whatever their accumulators run into
        return Outcome(case, faults=tuple(faults), uncompared=f"the source's SDK raises {type(error).__name__}")
    try:
        target = accumulated(written, case.target)
    except Exception as error:
        faults.append(Fault("sdk", (), f"the target's SDK raises {type(error).__name__}: {error}"))
        return Outcome(case, faults=tuple(faults))
    if case.source == "messages":
        ours, theirs = messages_reading.read_reply(source), chat_reading.read_reply(target)
    else:
        ours, theirs = chat_reading.read_reply(source), messages_reading.read_reply(target)
    found = differences(ours, theirs, placed(transcoder.losses, source, case.source))
    return Outcome(case, faults=tuple(faults), differences=tuple(found))


def _transcoder(case: Case) -> llm_transcode.StreamTranscoder:
    context = ReplyContext(include_usage=True)
    return llm_transcode.StreamTranscoder(source=case.source, target=case.target, context=context)


def _in_pieces(case: Case, body: bytes) -> bytes:
    transcoder = _transcoder(case)
    pieces = [transcoder.feed(body[start : start + _PIECE]) for start in range(0, len(body), _PIECE)]
    return b"".join([*pieces, transcoder.close()])


def _ends(fails: bool) -> str:
    return "fails" if fails else "ends well"
