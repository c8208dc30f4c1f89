"""Why the model stopped: ``stop_reason`` <-> ``finish_reason``.

Chat knows five reasons. A tool call that went out makes ``tool_calls`` and ``tool_use`` whatever the
other side called it, since a client that is told "stop" never runs the tool; but an answer that was
cut off or filtered stays that, since its last call may be half a call.
"""

from __future__ import annotations

from typing import Final

from ...converted import ReplyContext
from ...losses import LossCode, Recorder
from ...wire import JsonObject, Path

__all__ = ["FINISH_TO_STOP", "STOP_TO_FINISH", "ending", "finish_to_stop", "matched_stop", "stop_to_finish"]

STOP_TO_FINISH: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
    "pause_turn": "stop",
    "compaction": "stop",
}
FINISH_TO_STOP: Final = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "length": "max_tokens",
    "content_filter": "refusal",
    # of compatible backends
    "eos": "end_turn",
    "end_turn": "end_turn",
    "tool_use": "tool_use",
    "max_tokens": "max_tokens",
    "model_length": "max_tokens",
}

_LIMITS: Final = {"model_context_window_exceeded": "Chat does not say which limit was met"}
_COARSE: Final = {
    "pause_turn": "Anthropic paused a server tool and wants to be asked to go on",
    "compaction": "Anthropic stopped after it had summarised the conversation",
}
"""Reasons after which a client should not simply read on."""


def stop_to_finish(reason: str | None, calls: bool, path: Path, losses: Recorder, legacy: bool = False) -> str:
    """The ``finish_reason`` that says what a ``stop_reason`` says. ``calls``: whether a tool call went out."""
    finish = STOP_TO_FINISH.get(reason or "")
    if finish is None:
        losses.approximated(LossCode.STOP_REASON, path, f"stop reason {reason!r} becomes 'stop'")
        finish = "stop"
    elif reason in _COARSE:
        losses.approximated(LossCode.STOP_REASON, path, _COARSE[reason])
    elif reason in _LIMITS:
        losses.approximated(LossCode.STOP_REASON, path, _LIMITS[reason], "info")
    if finish in ("stop", "tool_calls"):
        finish = _finish_of(calls, legacy)
    return finish


def _finish_of(calls: bool, legacy: bool) -> str:
    if not calls:
        return "stop"
    return "function_call" if legacy else "tool_calls"


def finish_to_stop(reason: str | None, calls: bool, path: Path, losses: Recorder) -> str:
    """The ``stop_reason`` that says what a ``finish_reason`` says; "" counts as none."""
    stop = FINISH_TO_STOP.get(reason or "")
    if stop is None:
        losses.approximated(LossCode.STOP_REASON, path, f"finish reason {reason!r} says no more than that it ended")
        stop = "end_turn"
    if stop in ("end_turn", "tool_use"):
        return "tool_use" if calls else "end_turn"
    return stop


def matched_stop(candidate: str | int | None, path: Path, context: ReplyContext, losses: Recorder) -> str | None:
    """The stop sequence that ended an answer, where the backend says (vLLM, SGLang); OpenAI does not.

    The same field also holds token ids and reasons of other kinds, so a text counts only if the
    request asked for it, where the request is known.
    """
    if candidate is None or candidate == "":
        return None
    if isinstance(candidate, str) and _is_sequence(candidate, context):
        return candidate
    losses.dropped(LossCode.VENDOR_FIELD, path, f"{candidate!r} is no stop sequence of the request", "info")
    return None


def _is_sequence(text: str, context: ReplyContext) -> bool:
    is_unknown_request = context.model is None and not context.stop_sequences
    return text in context.stop_sequences or (is_unknown_request and text not in FINISH_TO_STOP)


def ending(stop: str, matched: str | None, refused: bool) -> JsonObject:
    """The fields by which a Messages reply says how it ended, whole or as the delta of ``message_delta``."""
    if stop == "end_turn" and matched is not None:
        stop = "stop_sequence"
    fields: JsonObject = {
        "stop_reason": "refusal" if refused else stop,
        "stop_sequence": matched if stop == "stop_sequence" else None,
    }
    if fields["stop_reason"] == "refusal":
        fields["stop_details"] = {"type": "refusal", "category": None, "explanation": None}
    return fields
