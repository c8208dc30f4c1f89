"""Pitfalls of token counts."""

from __future__ import annotations

import pytest

from llm_transcode import Options
from tests.streams import chunk, to_messages

from .conversions import (
    Json,
    JsonObject,
    Outcome,
    chat_reply,
    chat_usage,
    message,
    messages_usage,
    reply_to_chat,
    reply_to_messages,
    text,
)

Losses = list[tuple[str, str]]


def counted_by_chat(usage: Json, **fields: Json) -> Outcome:
    """The usage that becomes of a Chat reply's, and what was lost on the way."""
    outcome = reply_to_messages(chat_reply({"content": "hi"}, usage=usage, **fields))
    assert outcome.body == message(text("hi"), usage=outcome.body["usage"])
    return Outcome(outcome.body["usage"], outcome.losses)


def counted_by_messages(usage: JsonObject) -> Outcome:
    """The usage that becomes of a Messages reply's, and what was lost on the way."""
    outcome = reply_to_chat(message(text("hi"), usage=usage))
    return Outcome(outcome.body["usage"], outcome.losses)


def test_p141_cached_tokens_are_counted_once() -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 75}}

    assert counted_by_chat(usage) == Outcome(messages_usage(25, 0, 75, 7), [])


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (chat_usage(100, written=20, read=70), messages_usage(10, 20, 70)),
        ({"prompt_tokens": 100, "completion_tokens": 2, "cache_read_input_tokens": 75}, messages_usage(25, 0, 75)),
        (
            {
                "prompt_tokens": 100,
                "completion_tokens": 2,
                "prompt_cache_hit_tokens": 75,
                "prompt_cache_miss_tokens": 25,
            },
            messages_usage(25, 0, 75),
        ),
    ],
)
def test_p141_other_slots_of_cached_tokens(usage: JsonObject, expected: JsonObject) -> None:
    assert counted_by_chat(usage) == Outcome(expected, [])


def test_p141_more_cached_tokens_than_tokens_were_counted_outside() -> None:
    outcome = counted_by_chat(chat_usage(25, read=75))

    assert outcome == Outcome(messages_usage(25, 0, 75), [("usage", "$.usage.prompt_tokens")])


def test_p142_prompt_tokens_include_the_cache() -> None:
    outcome = counted_by_messages(messages_usage(25, 200, 3800, 7))

    assert outcome == Outcome(chat_usage(4025, 200, 3800, 7), [])


def test_p142_the_split_by_lifetime_is_a_recorded_loss() -> None:
    split = {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 0}

    outcome = counted_by_messages({**messages_usage(25, 200, 0, 7), "cache_creation": split})

    assert outcome == Outcome(chat_usage(225, 200, 0, 7), [("usage", "$.usage.cache_creation")])


def test_reasoning_is_part_of_the_output_on_both_sides() -> None:
    chat = {**chat_usage(output=9), "completion_tokens_details": {"reasoning_tokens": 5}}
    messages = {**messages_usage(output=9), "output_tokens_details": {"thinking_tokens": 5}}

    assert counted_by_chat(chat) == Outcome(messages, [])
    assert counted_by_messages(messages) == Outcome(chat, [])


def test_p145_no_usage_at_all() -> None:
    assert counted_by_chat(None) == Outcome(messages_usage(0, 0, 0, 0), [("usage", "$.usage")])


def test_p145_nulls_within_usage() -> None:
    usage = {
        "prompt_tokens": 5,
        "completion_tokens": None,
        "total_tokens": None,
        "prompt_tokens_details": None,
        "completion_tokens_details": None,
    }

    assert counted_by_chat(usage) == Outcome(messages_usage(5, output=0), [])


def test_p145_extra_keys_are_not_passed_on() -> None:
    usage = {**chat_usage(), "cost": 0.1, "brand_new": 1}

    outcome = counted_by_chat(usage)

    assert outcome == Outcome(
        messages_usage(), [("vendor_field", "$.usage.cost"), ("unknown_field", "$.usage.brand_new")]
    )


def test_p145_usage_that_stands_in_a_corner_of_groqs() -> None:
    outcome = counted_by_chat(None, x_groq={"id": "req_1", "usage": chat_usage(5)})

    assert outcome.body == messages_usage(5)


@pytest.mark.parametrize(
    ("tier", "expected", "losses"),
    [
        ("default", {"service_tier": "standard"}, []),
        ("priority", {"service_tier": "priority"}, []),
        ("flex", {}, [("service_tier", "$.service_tier")]),
    ],
)
def test_p126_the_tier_that_served(tier: str, expected: JsonObject, losses: Losses) -> None:
    assert counted_by_chat(chat_usage(), service_tier=tier) == Outcome({**messages_usage(), **expected}, losses)


@pytest.mark.parametrize(
    ("tier", "expected"),
    [("standard", {"service_tier": "default"}), ("priority", {"service_tier": "priority"})],
)
def test_p126_the_tier_that_served_at_anthropic(tier: str, expected: JsonObject) -> None:
    outcome = reply_to_chat(message(text("hi"), usage={**messages_usage(), "service_tier": tier}))

    assert outcome == Outcome(chat_reply({"content": "hi"}, **expected), [])


# -- streams ---------------------------------------------------------------------------------------


def test_p143_the_caller_may_estimate_the_input() -> None:
    stream = to_messages(chunk({"content": "hi"}), options=Options(estimated_input_tokens=90))

    assert stream.events[0]["message"]["usage"]["input_tokens"] == 90


def test_p144_all_counts_stand_at_the_end() -> None:
    stream = to_messages(chunk({"content": "hi"}, "stop"), chunk(choices=[], usage=chat_usage(12, written=3, read=4)))

    assert stream.events[-2]["usage"] == messages_usage(5, written=3, read=4)
