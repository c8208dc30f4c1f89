"""What the errors say of themselves, in the process that raised them and in another one."""

from __future__ import annotations

import pickle

import pytest

from llm_transcode import (
    ConversionError,
    InvalidPayload,
    Loss,
    LossCode,
    LossyConversionError,
    StreamError,
    Unsupported,
)

LOSS = Loss("dropped", "warning", LossCode.SAMPLING, "$.top_k", "the target has no top_k")
OTHER = Loss("approximated", "info", LossCode.USAGE, "$.usage", "estimated")


@pytest.mark.parametrize(
    ("kind", "status"), [(ConversionError, 400), (InvalidPayload, 400), (Unsupported, 400), (StreamError, 502)]
)
def test_an_error_says_what_is_wrong_and_where_and_which_status_fits(kind: type[ConversionError], status: int) -> None:
    error = kind("no such thing", "$.messages[0]")

    assert str(error) == "$.messages[0]: no such thing"
    assert (error.reason, error.path, error.status) == ("no such thing", "$.messages[0]", status)
    assert isinstance(error, ConversionError)
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("kind", [ConversionError, InvalidPayload, Unsupported, StreamError])
def test_an_error_can_be_pickled(kind: type[ConversionError]) -> None:
    error = kind("no", "$.messages[0]")

    copied = pickle.loads(pickle.dumps(error))

    assert type(copied) is kind
    assert (str(copied), copied.reason, copied.path, copied.status) == (str(error), "no", "$.messages[0]", kind.status)


def test_what_stands_nowhere_concerns_the_document() -> None:
    assert (str(ConversionError("no")), ConversionError("no").path) == ("$: no", "$")


@pytest.mark.parametrize(
    ("losses", "text"),
    [
        ((LOSS,), "$.top_k: sampling dropped: the target has no top_k"),
        ((OTHER, LOSS), "$.usage: usage approximated: estimated (and 1 more)"),
        ((LOSS, OTHER, OTHER), "$.top_k: sampling dropped: the target has no top_k (and 2 more)"),
    ],
)
def test_a_lossy_conversion_names_its_first_loss_and_counts_the_others(losses: tuple[Loss, ...], text: str) -> None:
    error = LossyConversionError(losses)

    assert (str(error), error.path, error.status, error.losses) == (text, losses[0].path, 400, losses)


def test_a_lossy_conversion_can_be_pickled() -> None:
    error = LossyConversionError([LOSS, OTHER])

    copied = pickle.loads(pickle.dumps(error))

    assert type(copied) is LossyConversionError
    assert (str(copied), copied.losses) == (str(error), (LOSS, OTHER))
