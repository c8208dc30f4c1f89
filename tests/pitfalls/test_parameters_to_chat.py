"""Pitfalls of tools and parameters on the way from Messages to Chat."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from llm_transcode import LossCode, Options, Unsupported, convert_request

from .conversions import (
    CHAT_MODEL,
    HI,
    JsonObject,
    asked_of_chat,
    request_to_chat,
    text,
    user,
)

CLOSED = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
THINKER = "gpt-5.6"
"""A model that thinks, at any level of effort."""


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "dialect", "name"),
    [
        (CHAT_MODEL, "openai", "max_completion_tokens"),
        ("gpt-5", "openai", "max_completion_tokens"),
        ("gpt-5", "litellm", "max_completion_tokens"),
        ("qwen3", "vllm", "max_tokens"),
    ],
)
def test_p070_name_of_the_token_limit(model: str, dialect: str, name: str) -> None:
    outcome = request_to_chat({"model": model, "max_tokens": 32_000}, Options(dialect=dialect))

    assert outcome.body == {"model": model, name: 32_000, "messages": [HI]}
    assert outcome.losses == []


def test_p071_a_probe_of_one_token_passes() -> None:
    assert request_to_chat({"max_tokens": 1}) == asked_of_chat({"max_completion_tokens": 1})


def test_p071_a_request_for_no_token_at_all() -> None:
    with pytest.raises(Unsupported) as caught:
        request_to_chat({"max_tokens": 0})
    outcome = request_to_chat({"max_tokens": 0}, Options(downgrade=frozenset({LossCode.MAX_TOKENS})))

    assert caught.value.path == "$.max_tokens"
    assert outcome.body == {"model": CHAT_MODEL, "messages": [HI]}
    assert outcome.losses == [("max_tokens", "$.max_tokens")]


# -- thinking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "effort", "losses"),
    [
        (
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "high"}},
            {"reasoning_effort": "high"},
            [("thinking_display", "$.thinking.display")],
        ),
        ({"thinking": {"type": "adaptive"}}, {}, [("thinking", "$.thinking.type")]),
        ({"thinking": {"type": "disabled"}}, {"reasoning_effort": "none"}, []),
        ({"thinking": {"type": "next_year"}}, {}, [("unknown_value", "$.thinking.type")]),
    ],
)
def test_p072_adaptive_thinking(fields: JsonObject, effort: JsonObject, losses: list[tuple[str, str]]) -> None:
    outcome = request_to_chat({"model": THINKER, **fields})

    assert outcome == asked_of_chat({"model": THINKER, **effort}, losses)


def test_p072_thinking_that_is_off_is_nothing_to_a_model_that_never_thinks() -> None:
    assert request_to_chat({"thinking": {"type": "disabled"}}) == asked_of_chat({})


def test_p072_adaptive_thinking_where_the_backend_knows_no_levels() -> None:
    fields = {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}}

    outcome = request_to_chat({"model": "deepseek-v4", **fields}, Options(dialect="deepseek"))

    assert outcome.body == {
        "model": "deepseek-v4",
        "max_tokens": 64,
        "messages": [HI],
        "thinking": {"type": "enabled"},
    }
    assert outcome.losses == [("effort", "$.output_config.effort")]


@pytest.mark.parametrize(
    ("model", "level", "expected"),
    [(THINKER, "max", "max"), ("gpt-5.2", "max", "xhigh"), ("gpt-5", "xhigh", "high"), ("gpt-5", "low", "low")],
)
def test_p073_effort_is_cut_to_what_the_model_takes(model: str, level: str, expected: str) -> None:
    outcome = request_to_chat({"model": model, "output_config": {"effort": level}})

    losses = [] if expected == level else [("effort", "$.output_config.effort")]
    assert outcome == asked_of_chat({"model": model, "reasoning_effort": expected}, losses)


@pytest.mark.parametrize(
    ("fields", "expected", "losses"),
    [
        ({"thinking": {"type": "enabled", "budget_tokens": 16384}}, "high", []),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 10_000}},
            "medium",
            [("effort", "$.thinking.budget_tokens")],
        ),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 1024}, "output_config": {"effort": "high"}},
            "high",
            [("effort", "$.thinking.budget_tokens")],
        ),
        (
            {"thinking": {"type": "disabled"}, "output_config": {"effort": "high"}},
            "none",
            [("effort", "$.output_config.effort")],
        ),
    ],
)
def test_p073_precedence(fields: JsonObject, expected: str, losses: list[tuple[str, str]]) -> None:
    outcome = request_to_chat({"model": THINKER, **fields})

    assert outcome == asked_of_chat({"model": THINKER, "reasoning_effort": expected}, losses)


def test_p169_thinking_can_be_asked_for_but_not_its_text() -> None:
    fields = {"thinking": {"type": "enabled", "budget_tokens": 4096, "display": "summarized"}}

    outcome = request_to_chat({"model": THINKER, **fields})

    losses = [("thinking_display", "$.thinking.display")]
    assert outcome == asked_of_chat({"model": THINKER, "reasoning_effort": "low"}, losses)


# -- fields that Chat does not have ----------------------------------------------------------------


def test_p074_fields_without_counterpart() -> None:
    fields = {
        "context_management": {"edits": []},
        "diagnostics": {},
        "mcp_servers": [],
        "container": "c1",
        "speed": "fast",
        "brand_new": 1,
    }

    assert request_to_chat(fields) == asked_of_chat(
        {},
        [
            ("mcp_servers", "$.mcp_servers"),
            ("diagnostics", "$.diagnostics"),
            ("unknown_field", "$.brand_new"),
            ("context_management", "$.context_management"),
            ("container", "$.container"),
            ("service_tier", "$.speed"),
        ],
    )


MARK = {"type": "ephemeral", "ttl": "1h", "scope": "global"}


def test_p076_cache_marks_are_stripped() -> None:
    outcome = request_to_chat({"system": [text("long", cache_control=MARK)]})

    assert outcome == asked_of_chat(
        {"messages": [{"role": "system", "content": [text("long")]}, HI]},
        [("cache_control", "$.system[0].cache_control")],
    )


@pytest.mark.parametrize(
    ("model", "dialect", "mark"),
    [
        ("claude", "openrouter", {"cache_control": {"type": "ephemeral", "ttl": "1h"}}),
        (THINKER, "openai", {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}),
    ],
)
def test_p076_cache_marks_are_kept_where_they_are_known(model: str, dialect: str, mark: JsonObject) -> None:
    fields = {"model": model, "messages": [user(text("long", cache_control=MARK))]}

    outcome = request_to_chat(fields, Options(dialect=dialect))

    assert outcome.body["messages"] == [user(text("long", **mark))]


# -- serving and sampling --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "field"), [("openai", "safety_identifier"), ("openrouter", "user"), ("azure", "user")]
)
def test_p086_user_ids(dialect: str, field: str) -> None:
    long_id = "user_" + "0" * 150
    hashed = hashlib.sha256(long_id.encode()).hexdigest()

    kept = request_to_chat({"metadata": {"user_id": "u1"}}, Options(dialect=dialect))
    outcome = request_to_chat({"metadata": {"user_id": long_id}}, Options(dialect=dialect))

    assert (kept.body[field], kept.losses) == ("u1", [])
    assert (outcome.body[field], outcome.losses) == (hashed, [("user_id", "$.metadata.user_id")])


@pytest.mark.parametrize(
    ("dialect", "stream", "expected"),
    [
        ("openai", True, {"stream": True, "stream_options": {"include_usage": True}}),
        ("openai", False, {"stream": False}),
        ("mistral", True, {"stream": True}),
    ],
)
def test_p087_usage_of_streams(dialect: str, stream: bool, expected: JsonObject) -> None:
    outcome = request_to_chat({"stream": stream}, Options(dialect=dialect))

    assert {name: value for name, value in outcome.body.items() if name.startswith("stream")} == expected
    assert outcome.losses == []


def test_p089_the_first_four_stop_sequences() -> None:
    outcome = request_to_chat({"stop_sequences": ["a", "b", "c", "d", "e"]})

    assert outcome == asked_of_chat({"stop": ["a", "b", "c", "d"]}, [("stop_sequences", "$.stop_sequences[4]")])


def test_p089_models_without_stop() -> None:
    outcome = request_to_chat({"model": "o3", "stop_sequences": ["a"]})

    assert outcome == asked_of_chat({"model": "o3"}, [("stop_sequences", "$.stop_sequences")])


def test_p102_models_that_refuse_sampling_parameters() -> None:
    sampling = {"temperature": 0.2, "top_p": 1, "top_k": 5}

    free = request_to_chat(sampling)
    refused = request_to_chat({"model": "gpt-5", **sampling})

    assert free == asked_of_chat({"temperature": 0.2, "top_p": 1}, [("sampling", "$.top_k")])
    assert refused == asked_of_chat({"model": "gpt-5"}, [("sampling", "$.temperature"), ("sampling", "$.top_k")])


@pytest.mark.parametrize(
    ("tier", "expected", "losses"),
    [
        ("auto", {"service_tier": "auto"}, []),
        ("standard_only", {"service_tier": "default"}, []),
        ("next_year", {}, [("service_tier", "$.service_tier")]),
    ],
)
def test_p126_service_tiers(tier: str, expected: JsonObject, losses: list[tuple[str, str]]) -> None:
    assert request_to_chat({"service_tier": tier}) == asked_of_chat(expected, losses)


@pytest.mark.parametrize(
    ("schema", "losses"),
    [(CLOSED, []), ({"type": "object", "properties": {}}, [("output_format", "$.output_config.format.schema")])],
)
def test_p127_structured_output(schema: JsonObject, losses: list[tuple[str, str]]) -> None:
    outcome = request_to_chat({"output_config": {"format": {"type": "json_schema", "schema": schema}}})

    json_schema = {"name": "response", "schema": schema, "strict": not losses}
    assert outcome == asked_of_chat({"response_format": {"type": "json_schema", "json_schema": json_schema}}, losses)


def test_p127_the_older_field_of_structured_output() -> None:
    outcome = request_to_chat({"output_format": {"type": "json_schema", "schema": CLOSED}})

    json_schema = {"name": "response", "schema": CLOSED, "strict": True}
    assert outcome == asked_of_chat({"response_format": {"type": "json_schema", "json_schema": json_schema}})


def test_p130_nulls_count_as_absent() -> None:
    names = (
        "tools",
        "tool_choice",
        "stop_sequences",
        "temperature",
        "top_p",
        "top_k",
        "thinking",
        "system",
        "metadata",
    )

    outcome = request_to_chat(
        {**dict.fromkeys(names), "stream": None, "output_config": {"effort": None, "format": None}}
    )

    assert outcome == asked_of_chat({})


@pytest.mark.parametrize(
    ("edits", "level"),
    [
        ([{"type": "clear_thinking_20251015", "keep": "all"}], "info"),
        ([{"type": "clear_thinking_20251015"}, {"type": "clear_tool_uses_20250919"}], "warning"),
    ],
)
def test_clearing_old_thinking_loses_nothing(edits: list[dict[str, Any]], level: str) -> None:
    body = {"model": "m", "max_tokens": 1, "messages": [], "context_management": {"edits": edits}}

    (loss,) = convert_request(body, source="messages", target="chat").losses

    assert (loss.code, loss.level) == ("context_management", level)
