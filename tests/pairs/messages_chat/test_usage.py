"""Token counts."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from llm_transcode import Dialect, LossCode
from llm_transcode.losses import Recorder
from llm_transcode.pairs.messages_chat.usage import counts_cache_within, usage_to_chat, usage_to_messages

JsonObject: TypeAlias = dict[str, Any]


def to_messages(
    usage: JsonObject | None, **options: bool
) -> tuple[tuple[int, int, int, int], list[tuple[str, str, str]]]:
    """Fresh, read, written and output tokens, and the losses."""
    losses = Recorder()
    found = usage_to_messages(usage, ("usage",), losses, **options)
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
    assert all(loss.detail for loss in losses)
    return (
        (found[names[0]], found[names[1]], found[names[2]], found[names[3]]),
        [(loss.code.value, loss.path, loss.level) for loss in losses],
    )


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({}, (0, 0, 0, 0)),
        ({"prompt_tokens": 10, "completion_tokens": 3}, (10, 0, 0, 3)),
        ({"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 4}}, (6, 4, 0, 0)),
        ({"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 6, "cache_write_tokens": 4}}, (0, 6, 4, 0)),
        ({"prompt_tokens": 10, "prompt_tokens_details": {"cache_creation_tokens": 4}}, (6, 0, 4, 0)),
        ({"prompt_tokens": 10, "cache_creation_input_tokens": 4, "cache_read_input_tokens": 3}, (3, 3, 4, 0)),
        ({"prompt_tokens": 10, "prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 6}, (6, 4, 0, 0)),
        ({"prompt_tokens": 10, "cached_tokens": 4}, (6, 4, 0, 0)),
        ({"prompt_tokens": 10, "num_cached_tokens": 4}, (6, 4, 0, 0)),
        ({"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 4}, "cached_tokens": 5}, (6, 4, 0, 0)),
        (
            {"prompt_tokens": 9, "prompt_tokens_details": {"cache_write_tokens": 0, "cache_creation_tokens": 5}},
            (9, 0, 0, 0),
        ),
    ],
)
def test_to_messages(usage: JsonObject, counts: tuple[int, int, int, int]) -> None:
    assert to_messages(usage) == (counts, [])


@pytest.mark.parametrize(
    ("usage", "counts", "path"),
    [
        ({"prompt_tokens": 3, "cached_tokens": 4}, (3, 4, 0, 0), "$.usage.prompt_tokens"),
        (
            {"prompt_tokens": 5, "cached_tokens": 4, "cache_creation_input_tokens": 2},
            (5, 4, 2, 0),
            "$.usage.prompt_tokens",
        ),
        ({"cached_tokens": 1}, (0, 1, 0, 0), "$.usage"),
    ],
)
def test_to_messages_from_a_server_that_counts_apart(
    usage: JsonObject, counts: tuple[int, int, int, int], path: str
) -> None:
    assert to_messages(usage) == (counts, [("usage", path, "info")])


def test_to_messages_where_the_dialect_counts_apart() -> None:
    assert to_messages({"prompt_tokens": 10, "cached_tokens": 4}, cached_included=False) == ((10, 4, 0, 0), [])


def test_to_messages_without_counts() -> None:
    assert to_messages(None) == ((0, 0, 0, 0), [("usage", "$.usage", "warning")])


@pytest.mark.parametrize(
    ("usage", "thinking"),
    [
        ({"completion_tokens_details": {"reasoning_tokens": 5}}, 5),
        ({"completion_tokens_details": {"reasoning_tokens": 0}, "reasoning_tokens": 7}, 0),
        ({"reasoning_tokens": 7}, 7),
        ({"completion_tokens_details": {}}, None),
    ],
)
def test_thinking_to_messages(usage: JsonObject, thinking: int | None) -> None:
    found = usage_to_messages(usage, (), Recorder())

    assert found.get("output_tokens_details") == (None if thinking is None else {"thinking_tokens": thinking})


@pytest.mark.parametrize(
    ("usage", "path"),
    [
        ({"prompt_tokens_details": {"audio_tokens": 1}}, "$.usage.prompt_tokens_details.audio_tokens"),
        ({"completion_tokens_details": {"audio_tokens": 1}}, "$.usage.completion_tokens_details.audio_tokens"),
    ],
)
def test_breakdowns_that_messages_lacks(usage: JsonObject, path: str) -> None:
    assert to_messages(usage)[1] == [("usage", path, "info")]


def test_to_chat() -> None:
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 4,
        "cache_creation_input_tokens": 2,
        "output_tokens": 3,
        "output_tokens_details": {"thinking_tokens": 1, "of_tomorrow": 5},
    }
    losses = Recorder()

    assert usage_to_chat(usage, ("usage",), losses) == {
        "prompt_tokens": 16,
        "completion_tokens": 3,
        "total_tokens": 19,
        "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 1},
    }
    path = "$.usage.output_tokens_details.of_tomorrow"
    assert [(loss.code, loss.path) for loss in losses] == [(LossCode.UNKNOWN_FIELD, path)]


def test_to_chat_of_nothing() -> None:
    found = usage_to_chat({}, (), Recorder())

    assert found == {
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "total_tokens": 0,
        "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    }


APART = Dialect(name="apart", protocol="chat", cached_included=False)


@pytest.mark.parametrize(
    ("dialect", "expected"), [(None, True), ("openai", True), ("nonsense", True), (APART, False)], ids=str
)
def test_whether_a_backend_counts_its_cache_within(dialect: Dialect | str | None, expected: bool) -> None:
    assert counts_cache_within(dialect) is expected


def test_whether_a_backend_by_name_counts_its_cache_within(monkeypatch: pytest.MonkeyPatch) -> None:
    from llm_transcode import dialects  # noqa: PLC0415

    monkeypatch.setitem(dialects.DIALECTS, "apart", APART)

    assert counts_cache_within("apart") is False
