"""How losses are collected."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Final

import pytest

from llm_transcode import Loss, LossCode, Unsupported
from llm_transcode.json_text import Path
from llm_transcode.losses import Kind, Level, Recorder

PATH: Final[Path] = ("messages", 2, "name")


@pytest.mark.parametrize(("kind", "level"), [("dropped", "warning"), ("approximated", "warning"), ("invented", "info")])
def test_a_loss_is_as_serious_as_its_kind_unless_told_otherwise(kind: Kind, level: Level) -> None:
    losses = Recorder()
    record: Callable[..., None] = getattr(losses, kind)

    record(LossCode.TURN_NAME, PATH, "a name")
    record(LossCode.TURN_NAME, (), "a name", "info")
    record(LossCode.TURN_NAME, (), "a name", "warning")

    assert list(losses) == [
        Loss(kind, level, LossCode.TURN_NAME, "$.messages[2].name", "a name"),
        Loss(kind, "info", LossCode.TURN_NAME, "$", "a name"),
        Loss(kind, "warning", LossCode.TURN_NAME, "$", "a name"),
    ]


def test_a_loss_can_be_pickled() -> None:
    loss = Loss("dropped", "info", LossCode.USER_ID, "$.user", "an end user")

    assert pickle.loads(pickle.dumps(loss)) == loss


def test_what_would_change_the_meaning_is_refused() -> None:
    losses = Recorder({LossCode.AUDIO})

    with pytest.raises(Unsupported) as refused:
        losses.refused(LossCode.FILE_ID, PATH, "a file id of another vendor")

    assert refused.value.path == "$.messages[2].name"
    assert refused.value.reason == (
        "a file id of another vendor (to drop it instead: Options.downgrade={LossCode.FILE_ID})"
    )
    assert list(losses) == []


def test_what_may_be_downgraded_is_dropped() -> None:
    losses = Recorder({LossCode.FILE_ID})

    losses.refused(LossCode.FILE_ID, PATH, "a file id")

    assert list(losses) == [Loss("dropped", "warning", LossCode.FILE_ID, "$.messages[2].name", "a file id")]


@pytest.mark.parametrize(("once", "recorded"), [(False, 2), (True, 1)])
def test_a_stream_records_each_loss_once(once: bool, recorded: int) -> None:
    losses = Recorder(once=once)

    for _ in range(2):
        losses.dropped(LossCode.LOGPROBS, PATH, "log probabilities")

    assert len(list(losses)) == recorded


@pytest.mark.parametrize(
    ("code", "path", "detail"),
    [
        (LossCode.METADATA, PATH, "log probabilities"),
        (LossCode.LOGPROBS, ("choices", 1), "log probabilities"),
        (LossCode.LOGPROBS, PATH, "other probabilities"),
    ],
)
def test_another_loss_is_one_more(code: LossCode, path: Path, detail: str) -> None:
    losses = Recorder(once=True)

    losses.dropped(LossCode.LOGPROBS, PATH, "log probabilities")
    losses.dropped(code, path, detail)

    assert len(list(losses)) == 2


def test_a_stream_records_a_thousand_losses_and_no_more() -> None:
    losses = Recorder(once=True)

    for number in range(1001):
        losses.dropped(LossCode.UNKNOWN_FIELD, (f"field_{number}",), "unknown")

    assert [loss.path for loss in losses] == [f"$.field_{number}" for number in range(1000)]
