"""The state of one conversion, and names that fit the other side's limits."""

from __future__ import annotations

import hashlib
import re

import pytest

from llm_transcode.dialects import DIALECTS
from llm_transcode.losses import LossCode, Recorder
from llm_transcode.options import Options
from llm_transcode.pairs.conversion import Aliases, Conversion, hashed
from tests.pairs.messages_chat.conversions import rows


def aliases(limit: int | None) -> tuple[Aliases, Recorder]:
    losses = Recorder()
    return Aliases("tool", limit, LossCode.TOOL_NAME, losses), losses


@pytest.mark.parametrize(
    ("name", "limit"),
    [("get_weather-2", 64), ("a" * 64, 64), ("a" * 65, None), ("", 64), ("0", 1), ("-", 1), ("_", 1), ("Z9", 2)],
)
def test_a_name_that_fits_stays(name: str, limit: int | None) -> None:
    names, losses = aliases(limit)

    assert names.fit(name, ("a",)) == name
    assert (names.reversed(), rows(losses)) == ({}, [])


@pytest.mark.parametrize(
    ("name", "limit", "head"),
    [
        ("a" * 65, 64, "a" * 55),
        ("read.file", 64, "read_file"),
        ("read.file", None, "read_file"),
        ("wetter wörter", 64, "wetter_w_rter"),
        ("é", 64, "_"),
        ("a.b" * 40, 64, ("a_b" * 40)[:55]),
        ("a.b" * 40, None, "a_b" * 40),
        ("abcdefghijkl", 10, "a"),
    ],
)
def test_a_name_that_does_not_fit_keeps_its_head_and_gets_a_hash(name: str, limit: int | None, head: str) -> None:
    names, losses = aliases(limit)

    fitted = names.fit(name, ("a", 0))

    assert fitted == f"{head}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", fitted)
    assert limit is None or len(fitted) <= limit
    assert names.reversed() == {fitted: name}
    assert rows(losses) == ["approximated info tool_name $.a[0]"]


def test_a_name_is_fitted_once_and_recorded_where_it_came_first() -> None:
    names, losses = aliases(64)

    assert names.fit("a.b", ("first",)) == names.fit("a.b", ("second",))
    assert rows(losses) == ["approximated info tool_name $.first"]


def test_names_that_look_alike_do_not_meet() -> None:
    names, _ = aliases(64)
    given = ["a.b", "a b", "a_b", "a" * 70, "a" * 71]

    fitted = [names.fit(name, ()) for name in given]

    assert len(set(fitted)) == len(given)
    assert names.reversed() == {new: old for new, old in zip(fitted, given, strict=True) if new != old}


def test_the_loss_says_what_became_of_the_name() -> None:
    names, losses = aliases(64)

    fitted = names.fit("a.b", ())

    assert [loss.detail for loss in losses] == [f"tool 'a.b' is sent as '{fitted}', and restored in the reply"]


@pytest.mark.parametrize("text", ["", "a", "é漢😀"])
def test_a_hash_is_the_same_everywhere(text: str) -> None:
    whole = hashlib.sha256(text.encode()).hexdigest()

    assert (hashed(text), hashed(text, 64), hashed(text, 3)) == (whole[:8], whole, whole[:3])


def test_half_a_surrogate_pair_has_a_hash_of_its_own() -> None:
    assert hashed("\ud83d") == hashlib.sha256(b"\xed\xa0\xbd").hexdigest()[:8] != hashed("\ude00")


def test_names_and_ids_have_the_limits_of_the_dialect() -> None:
    cx = Conversion(Options(), DIALECTS["openai"])

    assert len(cx.names.fit("n" * 65, ("name",))) == 64
    assert len(cx.ids.fit("i" * 41, ("id",))) == 40
    assert rows(cx.losses) == ["approximated info tool_name $.name", "approximated info tool_id $.id"]
    assert [loss.detail.split(" '")[0] for loss in cx.losses] == ["tool", "tool call id"]


def test_every_conversion_begins_with_nothing() -> None:
    first, second = (Conversion(Options(), DIALECTS["openai"]) for _ in range(2))

    first.marks.append(({}, ()))
    first.losses.dropped(LossCode.METADATA, (), "lost")
    first.names.fit("a.b", ())

    assert (second.marks, rows(second.losses), second.names.reversed()) == ([], [], {})


@pytest.mark.parametrize(("streaming", "number"), [(False, 2), (True, 1)])
def test_a_stream_records_each_loss_once(streaming: bool, number: int) -> None:
    cx = Conversion(Options(), DIALECTS["openai"], streaming=streaming)

    for _ in range(2):
        cx.losses.dropped(LossCode.METADATA, ("metadata",), "lost")

    assert rows(cx.losses) == ["dropped warning metadata $.metadata"] * number


def test_what_may_be_dropped_is_for_the_options_to_say() -> None:
    cx = Conversion(Options(downgrade=frozenset({LossCode.THREAD})), DIALECTS["openai"])

    cx.losses.refused(LossCode.THREAD, ("thread",), "no threads")

    assert rows(cx.losses) == ["dropped warning thread $.thread"]
