"""Pitfalls of tools and parameters on the way from Chat to Messages."""

from __future__ import annotations

import hashlib

import pytest

from llm_transcode import LossCode, Options, Unsupported

from .conversions import (
    CLAUDE,
    HI,
    Json,
    JsonObject,
    Outcome,
    asked_of_messages,
    assistant,
    call,
    custom,
    function,
    request_to_messages,
    tool,
    tool_result,
    tool_use,
    user,
)

ONE_OF = "claude-sonnet-4-5"
"""Takes temperature or top_p, and structured output."""
ADAPTIVE = "claude-opus-4-8"
"""Decides itself how much to think, and refuses sampling parameters."""


def asked(model: str, losses: list[tuple[str, str]] | None = None, **fields: Json) -> Outcome:
    return asked_of_messages({"model": model, **fields}, losses)


# -- sampling --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "given", "kept", "losses"),
    [
        (ONE_OF, {"temperature": 0.7, "top_p": 1}, {"temperature": 0.7}, []),
        (ONE_OF, {"temperature": 0.7, "top_p": 0.9}, {"temperature": 0.7}, [("sampling", "$.top_p")]),
        (ONE_OF, {"top_p": 0.9}, {"top_p": 0.9}, []),
        (CLAUDE, {"temperature": 0.7, "top_p": 0.9}, {"temperature": 0.7, "top_p": 0.9}, []),
    ],
)
def test_p101_temperature_and_top_p(
    model: str, given: JsonObject, kept: JsonObject, losses: list[tuple[str, str]]
) -> None:
    assert request_to_messages({"model": model, **given}) == asked(model, losses, **kept)


@pytest.mark.parametrize(
    ("given", "losses"),
    [
        ({"temperature": 0}, [("sampling", "$.temperature")]),
        ({"temperature": 1, "top_p": 1}, []),
        ({"top_p": 0.5, "top_k": 5}, [("sampling", "$.top_p"), ("sampling", "$.top_k")]),
    ],
)
def test_p102_models_that_refuse_sampling_parameters(given: JsonObject, losses: list[tuple[str, str]]) -> None:
    assert request_to_messages({"model": ADAPTIVE, **given}) == asked(ADAPTIVE, losses)


def test_p102_the_newer_version_of_the_api_refuses_them_all() -> None:
    outcome = request_to_messages({"temperature": 0}, Options(dialect="anthropic-2026-10-21"))

    assert outcome == asked_of_messages({}, [("sampling", "$.temperature")])


ROOM = {"max_completion_tokens": 32_000}
ROOM_ASKED = {"max_tokens": 32_000}


@pytest.mark.parametrize(
    ("given", "kept", "losses"),
    [
        ({"temperature": 0.2, "top_k": 5}, {}, [("sampling", "$.temperature"), ("sampling", "$.top_k")]),
        ({"temperature": 1, "top_p": 0.95}, {"temperature": 1, "top_p": 0.95}, []),
        ({"top_p": 0.5}, {}, [("sampling", "$.top_p")]),
    ],
)
def test_p103_sampling_beside_thinking(given: JsonObject, kept: JsonObject, losses: list[tuple[str, str]]) -> None:
    outcome = request_to_messages({**ROOM, "reasoning_effort": "low", **given})

    thinking = {"type": "enabled", "budget_tokens": 4096}
    assert outcome == asked_of_messages({**ROOM_ASKED, "thinking": thinking, **kept}, losses)


def test_p104_temperature_is_clamped_not_scaled() -> None:
    clamped = request_to_messages({"temperature": 1.4})

    assert clamped == asked_of_messages({"temperature": 1}, [("sampling", "$.temperature")])
    assert request_to_messages({"temperature": 1}) == asked_of_messages({"temperature": 1})


# -- limits and thinking ---------------------------------------------------------------------------

INVENTED = [("max_tokens", "$.max_tokens")]


@pytest.mark.parametrize(
    ("model", "options", "limit"),
    [
        (CLAUDE, Options(), 32_000),
        ("claude-3-5-haiku-20241022", Options(), 8192),
        (CLAUDE, Options(default_max_tokens=1000), 1000),
    ],
)
def test_p105_no_limit_was_given(model: str, options: Options, limit: int) -> None:
    outcome = request_to_messages({"model": model, "max_completion_tokens": None}, options)

    assert outcome == asked(model, INVENTED, max_tokens=limit)


def test_p070_both_limits_are_read() -> None:
    old = request_to_messages({"max_completion_tokens": None, "max_tokens": 5})
    both = request_to_messages({"max_completion_tokens": 7, "max_tokens": 5})

    assert old == asked_of_messages({"max_tokens": 5})
    assert both == asked_of_messages({"max_tokens": 7}, [("max_tokens", "$.max_tokens")])


def test_p106_the_budget_fits_into_the_limit() -> None:
    outcome = request_to_messages({"reasoning_effort": "high", "max_completion_tokens": 4096})

    thinking = {"type": "enabled", "budget_tokens": 4095}
    losses = [("effort", "$.reasoning_effort")]
    assert outcome == asked_of_messages({"max_tokens": 4096, "thinking": thinking}, losses)


def test_p106_too_little_room_to_think() -> None:
    outcome = request_to_messages({"reasoning_effort": "high", "max_completion_tokens": 1024})

    assert outcome == asked_of_messages({"max_tokens": 1024}, [("effort", "$.reasoning_effort")])


@pytest.mark.parametrize(
    ("effort", "fields", "losses"),
    [
        (
            "high",
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "high"}},
            [],
        ),
        (
            "minimal",
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "low"}},
            [("effort", "$.reasoning_effort")],
        ),
        ("none", {"thinking": {"type": "disabled"}}, []),
    ],
)
def test_p107_adaptive_models(effort: str, fields: JsonObject, losses: list[tuple[str, str]]) -> None:
    outcome = request_to_messages({"model": ADAPTIVE, "reasoning_effort": effort})

    assert outcome == asked(ADAPTIVE, losses, **fields)


def test_p107_models_that_do_not_think() -> None:
    outcome = request_to_messages({"model": "claude-3-haiku-20240307", "reasoning_effort": "high"})

    assert outcome == asked("claude-3-haiku-20240307", [("effort", "$.reasoning_effort")])


def test_p098_an_open_tool_loop_without_signed_thinking() -> None:
    messages = [HI, assistant(None, tool_calls=[call()]), tool()]

    outcome = request_to_messages({**ROOM, "messages": messages, "reasoning_effort": "high"})

    assert outcome == asked_of_messages(
        {**ROOM_ASKED, "messages": [HI, assistant(tool_use()), user(tool_result())]},
        [("effort", "$.reasoning_effort")],
    )


def test_p098_an_open_tool_loop_whose_thinking_came_back() -> None:
    signed = {"type": "thinking", "thinking": "hm", "signature": "s"}
    messages = [HI, assistant(None, tool_calls=[call()], thinking_blocks=[signed]), tool()]

    outcome = request_to_messages({**ROOM, "messages": messages, "reasoning_effort": "high"})

    assert outcome == asked_of_messages(
        {
            **ROOM_ASKED,
            "messages": [HI, assistant(signed, tool_use()), user(tool_result())],
            "thinking": {"type": "enabled", "budget_tokens": 16384},
        }
    )


@pytest.mark.parametrize(
    ("choice", "sent"),
    [("required", {"type": "any"}), ({"type": "function", "function": {"name": "f"}}, {"type": "tool", "name": "f"})],
)
def test_p108_thinking_gives_way_to_a_forced_tool(choice: Json, sent: JsonObject) -> None:
    outcome = request_to_messages({**ROOM, "tools": [function()], "tool_choice": choice, "reasoning_effort": "high"})

    assert outcome == asked_of_messages(
        {**ROOM_ASKED, "tools": [custom()], "tool_choice": sent}, [("effort", "$.reasoning_effort")]
    )


def test_p124_what_depends_on_thinking_goes_with_it() -> None:
    """No converter of ours writes ``context_management``, so that none can be left behind."""
    outcome = request_to_messages({"reasoning_effort": "high", "context_management": {"edits": []}})

    assert outcome == asked_of_messages(
        {}, [("unknown_field", "$.context_management"), ("effort", "$.reasoning_effort")]
    )


# -- other parameters ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stop", "kept", "losses"),
    [
        ("END", {"stop_sequences": ["END"]}, []),
        ("\n", {}, [("stop_sequences", "$.stop")]),
        (["\n\n", "END", ""], {"stop_sequences": ["END"]}, [("stop_sequences", f"$.stop[{at}]") for at in (0, 2)]),
    ],
)
def test_p119_stop_sequences(stop: Json, kept: JsonObject, losses: list[tuple[str, str]]) -> None:
    assert request_to_messages({"stop": stop}) == asked_of_messages(kept, losses)


def test_p120_parameters_that_anthropic_lacks() -> None:
    fields = {
        "n": 1,
        "logprobs": True,
        "top_logprobs": 2,
        "seed": 1,
        "presence_penalty": 0.5,
        "frequency_penalty": 0.5,
        "logit_bias": {"1": 1},
        "store": True,
        "prediction": {"type": "content", "content": "x"},
        "modalities": ["text"],
        "verbosity": "low",
        "prompt_cache_key": "k",
        "brand_new": 1,
    }

    outcome = request_to_messages(fields)

    assert outcome.body == asked_of_messages({}).body
    assert sorted(outcome.losses) == [
        ("cache_routing", "$.prompt_cache_key"),
        ("logprobs", "$.logprobs"),
        ("logprobs", "$.top_logprobs"),
        ("prediction", "$.prediction"),
        ("sampling", "$.frequency_penalty"),
        ("sampling", "$.logit_bias"),
        ("sampling", "$.presence_penalty"),
        ("sampling", "$.seed"),
        ("store", "$.store"),
        ("unknown_field", "$.brand_new"),
        ("verbosity", "$.verbosity"),
    ]


def test_p120_settings_that_do_nothing_are_no_loss() -> None:
    idle = {"n": 1, "logprobs": False, "presence_penalty": 0, "frequency_penalty": 0, "logit_bias": {}, "store": False}

    assert request_to_messages(idle) == asked_of_messages({})


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"n": 2}, "$.n", LossCode.CANDIDATES),
        ({"modalities": ["text", "audio"]}, "$.modalities[1]", LossCode.MODALITIES),
    ],
)
def test_p120_what_would_change_the_answer_is_refused(fields: JsonObject, path: str, code: LossCode) -> None:
    with pytest.raises(Unsupported) as caught:
        request_to_messages(fields)

    assert caught.value.path == path
    assert request_to_messages(fields, Options(downgrade=frozenset({code}))) == asked_of_messages(
        {}, [(code.value, path)]
    )


@pytest.mark.parametrize("user_id", ["jane@example.com", "+49 170 1234567"])
@pytest.mark.parametrize("field", ["user", "safety_identifier"])
def test_p125_user_ids_that_name_a_person_are_hashed(field: str, user_id: str) -> None:
    outcome = request_to_messages({field: user_id})

    hashed = hashlib.sha256(user_id.encode()).hexdigest()
    assert outcome == asked_of_messages({"metadata": {"user_id": hashed}}, [("user_id", f"$.{field}")])


def test_p125_the_safety_identifier_wins() -> None:
    outcome = request_to_messages({"user": "old", "safety_identifier": "new"})

    assert outcome == asked_of_messages({"metadata": {"user_id": "new"}}, [("user_id", "$.user")])


@pytest.mark.parametrize(
    ("tier", "expected", "losses"),
    [
        ("auto", {"service_tier": "auto"}, []),
        ("default", {"service_tier": "standard_only"}, []),
        ("priority", {"service_tier": "auto"}, [("service_tier", "$.service_tier")]),
        ("flex", {}, [("service_tier", "$.service_tier")]),
    ],
)
def test_p126_service_tiers(tier: str, expected: JsonObject, losses: list[tuple[str, str]]) -> None:
    assert request_to_messages({"service_tier": tier}) == asked_of_messages(expected, losses)


def test_p130_nulls_count_as_absent() -> None:
    names = (
        *("tools", "tool_choice", "parallel_tool_calls", "stop", "max_tokens", "temperature", "top_p", "n", "user"),
        *("response_format", "reasoning_effort", "stream", "stream_options", "metadata", "seed", "functions"),
    )

    outcome = request_to_messages({"messages": [assistant("ok", tool_calls=None), HI], **dict.fromkeys(names)})

    assert outcome == asked_of_messages({"messages": [assistant("ok"), HI]})


def test_p130_nulls_within_tools() -> None:
    nulls = {"type": "function", "function": {"name": "f", "description": None, "parameters": None, "strict": None}}

    assert request_to_messages({"tools": [nulls]}) == asked_of_messages({"tools": [custom()]})
