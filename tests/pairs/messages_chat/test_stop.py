"""Why the model stopped."""

from __future__ import annotations

import pytest

from llm_transcode import LossCode, ReplyContext
from llm_transcode.losses import Level, Recorder
from llm_transcode.pairs.messages_chat.stop import (
    FINISH_TO_STOP,
    STOP_TO_FINISH,
    ending,
    finish_to_stop,
    matched_stop,
    stop_to_finish,
)


@pytest.mark.parametrize(
    ("reason", "finish", "level"),
    [
        ("end_turn", "stop", None),
        ("stop_sequence", "stop", None),
        ("max_tokens", "length", None),
        ("refusal", "content_filter", None),
        ("model_context_window_exceeded", "length", "info"),
        ("pause_turn", "stop", "warning"),
        ("compaction", "stop", "warning"),
        ("of_tomorrow", "stop", "warning"),
        (None, "stop", "warning"),
        ("", "stop", "warning"),
    ],
)
def test_to_chat(reason: str | None, finish: str, level: Level | None) -> None:
    losses = Recorder()

    assert stop_to_finish(reason, False, ("stop_reason",), losses) == finish
    found = [(loss.kind, loss.code, loss.path, loss.level) for loss in losses]
    assert found == ([("approximated", LossCode.STOP_REASON, "$.stop_reason", level)] if level else [])
    assert all(loss.detail for loss in losses)


@pytest.mark.parametrize("reason", STOP_TO_FINISH)
@pytest.mark.parametrize(("legacy", "called"), [(False, "tool_calls"), (True, "function_call")])
def test_to_chat_with_a_call(reason: str, legacy: bool, called: str) -> None:
    finish = STOP_TO_FINISH[reason]

    found = stop_to_finish(reason, True, (), Recorder(), legacy)

    assert found == (finish if finish in ("length", "content_filter") else called)


def test_to_chat_with_a_call_is_of_the_newer_form_by_default() -> None:
    assert stop_to_finish("tool_use", True, (), Recorder()) == "tool_calls"


def test_to_chat_with_a_call_that_did_not_go_out() -> None:
    assert stop_to_finish("tool_use", False, (), Recorder()) == "stop"


@pytest.mark.parametrize("reason", [*FINISH_TO_STOP, "of_tomorrow", None, ""])
def test_to_messages(reason: str | None) -> None:
    losses = Recorder()
    stop = FINISH_TO_STOP.get(reason or "", "end_turn")

    found = finish_to_stop(reason, False, ("finish_reason",), losses)

    assert found == ("end_turn" if stop == "tool_use" else stop)
    assert [(loss.code, loss.path, loss.level) for loss in losses] == (
        [] if reason in FINISH_TO_STOP else [(LossCode.STOP_REASON, "$.finish_reason", "warning")]
    )
    assert all(loss.detail for loss in losses)


REFUSED = {"stop_details": {"type": "refusal", "category": None, "explanation": None}}


@pytest.mark.parametrize(
    ("stop", "matched", "refused", "expected"),
    [
        ("end_turn", None, False, ("end_turn", None, {})),
        ("end_turn", "END", False, ("stop_sequence", "END", {})),
        ("max_tokens", "END", False, ("max_tokens", None, {})),
        ("tool_use", "END", False, ("tool_use", None, {})),
        ("refusal", None, False, ("refusal", None, REFUSED)),
        ("end_turn", None, True, ("refusal", None, REFUSED)),
    ],
)
def test_how_a_reply_of_messages_says_that_it_ended(
    stop: str, matched: str | None, refused: bool, expected: tuple[str, str | None, dict[str, object]]
) -> None:
    reason, sequence, details = expected

    assert ending(stop, matched, refused) == {"stop_reason": reason, "stop_sequence": sequence, **details}


@pytest.mark.parametrize("reason", [*FINISH_TO_STOP, "of_tomorrow"])
def test_to_messages_with_a_call(reason: str) -> None:
    stop = FINISH_TO_STOP.get(reason, "end_turn")

    found = finish_to_stop(reason, True, (), Recorder())

    assert found == (stop if stop in ("max_tokens", "refusal") else "tool_use")


ASKED = ReplyContext(model="m", stop_sequences=("END", "stop"))


@pytest.mark.parametrize(
    ("candidate", "context", "expected"),
    [
        ("END", ASKED, "END"),
        ("stop", ASKED, "stop"),
        ("OTHER", ASKED, None),
        ("END", ReplyContext(), "END"),
        ("stop", ReplyContext(), None),
        ("END", ReplyContext(model="m"), None),
        ("END", ReplyContext(stop_sequences=("OTHER",)), None),
        (151645, ASKED, None),
        ("", ReplyContext(stop_sequences=("",)), None),
        (None, ASKED, None),
    ],
)
def test_which_stop_sequence_matched(candidate: str | int | None, context: ReplyContext, expected: str | None) -> None:
    losses = Recorder()

    assert matched_stop(candidate, ("stop_reason",), context, losses) == expected
    is_lost = expected is None and candidate not in (None, "")
    assert [(loss.code, loss.path, loss.level) for loss in losses] == (
        [(LossCode.VENDOR_FIELD, "$.stop_reason", "info")] if is_lost else []
    )
    assert all(repr(candidate) in loss.detail for loss in losses)
