"""What is known of models, by their names and by Anthropic's own answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llm_transcode import Options, convert_request
from llm_transcode.facts import ModelFacts, facts_of, with_capabilities

OPUS = facts_of("claude-opus-4-7")
CONSERVATIVE = ModelFacts(budget_thinking=True, efforts=("low", "medium", "high"))


@pytest.mark.parametrize(
    "name",
    [
        "claude-opus-4-7-20260416",
        "claude-opus-4-7[1m]",
        "Claude-Opus-4-7",
        "anthropic/claude-opus-4-7",
        "openrouter/anthropic/claude-opus-4-7:beta",
        "anthropic.claude-opus-4-7-v1:0",
        "us.anthropic.claude-opus-4-7-20260416-v1:0",
        "claude-opus-4-7@20260416",
        "accounts/x/models/claude-opus-4-7",
    ],
)
def test_decorations_of_names_are_tolerated(name: str) -> None:
    assert facts_of(name) == OPUS


@pytest.mark.parametrize(
    ("name", "sampling", "max_tokens", "structured_output"),
    [
        ("claude-3-haiku-20240307", "free", 4096, False),
        ("claude-3-5-sonnet-latest", "free", 8192, False),
        ("claude-3-7-sonnet-20250219", "free", 64_000, False),
        ("claude-sonnet-4-20250514", "free", 64_000, False),
        ("claude-opus-4-0", "free", 32_000, False),
        ("claude-opus-4-1-20250805", "one_of", 32_000, True),
        ("claude-sonnet-4-5", "one_of", 64_000, True),
        ("claude-opus-4-6", "one_of", 128_000, True),
        ("claude-opus-4-7", "none", 128_000, True),
        ("claude-opus-5", "none", 128_000, True),
        ("claude-next-year", "none", 128_000, True),
    ],
)
def test_claude(name: str, sampling: str, max_tokens: int, structured_output: bool) -> None:
    facts = facts_of(name)

    assert (facts.sampling, facts.max_tokens, facts.structured_output) == (sampling, max_tokens, structured_output)


@pytest.mark.parametrize(
    ("name", "adaptive", "budget", "mid_system", "prefill"),
    [
        ("claude-3-haiku-20240307", False, False, False, True),
        ("claude-opus-4-5-20251101", False, True, False, True),
        ("claude-sonnet-4-6", True, True, False, False),
        ("claude-opus-4-7", True, False, False, False),
        ("claude-opus-4-8", True, False, True, False),
    ],
)
def test_what_claude_takes(name: str, adaptive: bool, budget: bool, mid_system: bool, prefill: bool) -> None:
    facts = facts_of(name)

    assert (facts.adaptive_thinking, facts.budget_thinking) == (adaptive, budget)
    assert (facts.mid_system, facts.prefill) == (mid_system, prefill)


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("o3-mini", "low", "high"),
        ("gpt-5-mini", "minimal", "high"),
        ("gpt-5.1", "none", "high"),
        ("openai/gpt-5.2-2025-12-11", "none", "xhigh"),
        ("gpt-5.6", "none", "max"),
        ("gpt-6", "none", "max"),
    ],
)
def test_reasoning_models_of_openai(name: str, lowest: str, highest: str) -> None:
    facts = facts_of(name)

    assert (facts.reasoning, facts.stop, facts.sampling) == (True, False, "none")
    assert (facts.efforts[0], facts.efforts[-1]) == (lowest, highest)


@pytest.mark.parametrize("name", ["gpt-4o", "gpt-4.1-mini", "gpt-3.5-turbo", "gpt-5-chat-latest", "chatgpt-4o-latest"])
def test_models_of_openai_that_do_not_reason(name: str) -> None:
    assert facts_of(name) == ModelFacts()


@pytest.mark.parametrize("name", ["", "qwen3-coder", "deepseek-v4", "gpt-oss-120b", "llama3:8b", "o-model"])
def test_an_unknown_model_gets_the_conservative_choice(name: str) -> None:
    assert facts_of(name) == CONSERVATIVE


CAPABILITIES: dict[str, Any] = {
    "effort": {"supported": True, "low": {"supported": True}, "high": {"supported": True}, "max": {"supported": False}},
    "thinking": {
        "supported": True,
        "types": {"adaptive": {"supported": True}, "enabled": {"supported": False}, "disabled": {"supported": False}},
    },
    "structured_outputs": {"supported": False},
    "brand_new": {"supported": True},
}


def test_capabilities_replace_guesses() -> None:
    facts = with_capabilities(CONSERVATIVE, CAPABILITIES)

    assert facts == replace(
        CONSERVATIVE,
        efforts=("low", "high"),
        adaptive_thinking=True,
        budget_thinking=False,
        disabled_thinking=False,
        structured_output=False,
    )


@pytest.mark.parametrize("capabilities", [{}, {"effort": None, "thinking": None}, {"thinking": {"types": []}}])
def test_capabilities_that_say_nothing(capabilities: dict[str, Any]) -> None:
    assert with_capabilities(OPUS, capabilities) == OPUS


@pytest.mark.parametrize(("capability", "supported"), [({"supported": True}, True), ({"supported": False}, False)])
@pytest.mark.parametrize(
    ("kind", "fact"),
    [("adaptive", "adaptive_thinking"), ("enabled", "budget_thinking"), ("disabled", "disabled_thinking")],
)
def test_each_kind_of_thinking_is_a_capability(
    kind: str, fact: str, capability: dict[str, bool], supported: bool
) -> None:
    facts = with_capabilities(OPUS, {"thinking": {"types": {kind: capability}}})

    kinds = ("adaptive_thinking", "budget_thinking", "disabled_thinking")
    assert [name for name in kinds if getattr(facts, name)] == ([fact] if supported else [])


@pytest.mark.parametrize(
    ("capability", "supported"),
    [
        ({"supported": True}, True),
        ({"supported": "true"}, False),
        ({}, False),
        (None, False),
        (True, True),
        (False, False),
    ],
)
def test_yes_is_supported_true_or_a_bare_boolean(capability: Any, supported: bool) -> None:
    assert with_capabilities(OPUS, {"structured_outputs": capability}).structured_output is supported


ASKED = {"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "hi"}], "reasoning_effort": "high"}


def test_capabilities_decide_a_conversion() -> None:
    converted = convert_request(ASKED, source="chat", target="messages", options=Options(capabilities=CAPABILITIES))

    assert converted.to_dict()["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert converted.to_dict()["output_config"] == {"effort": "high"}


def test_the_callers_facts_win_over_the_table() -> None:
    facts = ModelFacts(adaptive_thinking=True, efforts=("low",))

    converted = convert_request(ASKED, source="chat", target="messages", options=Options(model_facts=facts))

    assert converted.to_dict()["output_config"] == {"effort": "low"}


def test_a_model_that_cannot_be_kept_from_thinking() -> None:
    options = Options(capabilities=CAPABILITIES)

    converted = convert_request(
        {**ASKED, "reasoning_effort": "none"}, source="chat", target="messages", options=options
    )

    assert "thinking" not in converted.to_dict()
    assert [(loss.code, loss.path) for loss in converted.losses] == [("effort", "$.reasoning_effort")]
