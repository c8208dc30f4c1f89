"""How much thinking is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import Options
from llm_transcode.dialects import DIALECTS
from llm_transcode.facts import ALL_EFFORTS, ModelFacts
from tests.pairs.messages_chat.conversions import JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import HI, assistant, call, function, text, tool, user

# -- to Chat ---------------------------------------------------------------------------------------

LOST = "dropped warning effort $.output_config.effort"
CUT = "approximated warning effort $.output_config.effort"
BUDGET_CUT = "approximated warning effort $.thinking.budget_tokens"
LEVELS_ONLY = "approximated info effort $.thinking.budget_tokens"
SHOWN = "dropped info thinking_display $.thinking.display"
BOUND = "dropped info thinking_display $.thinking.block_binding"

THINKER = Options(model_facts=ModelFacts(efforts=ALL_EFFORTS, reasoning=True))


def levels(*efforts: str) -> Options:
    """For a backend whose model thinks, at these levels."""
    return Options(model_facts=ModelFacts(efforts=efforts, reasoning=True))


def enabled(budget: int, **fields: object) -> JsonObject:
    return {"thinking": {"type": "enabled", "budget_tokens": budget, **fields}}


def effort(level: str) -> JsonObject:
    return {"output_config": {"effort": level}}


BUDGETS = [
    (1024, "minimal", True),
    (2047, "minimal", False),
    (2048, "low", False),
    (4096, "low", True),
    (8191, "low", False),
    (8192, "medium", True),
    (16383, "medium", False),
    (16384, "high", True),
    (32767, "high", False),
    (32768, "xhigh", True),
    (65535, "xhigh", False),
    (65536, "max", True),
    (200_000, "max", False),
]
"""A budget, the level it becomes, and whether it is the budget that the level stands for."""


@pytest.mark.parametrize(("budget", "level", "is_exact"), BUDGETS)
def test_a_budget_becomes_the_level_it_stands_for(budget: int, level: str, is_exact: bool) -> None:
    losses = [] if is_exact else [LEVELS_ONLY]

    assert to_chat(enabled(budget), THINKER) == ({"reasoning_effort": level}, losses)


@pytest.mark.parametrize(
    ("level", "known", "sent", "losses"),
    [
        ("medium", ("low", "medium", "high"), "medium", []),
        ("medium", ("low", "high"), "low", [CUT]),
        ("max", ("none", "low", "high"), "high", [CUT]),
        ("minimal", ("low", "high"), "low", [CUT]),
        ("low", ("none", "high"), "high", [CUT]),
        ("low", ("none",), None, [LOST]),
        ("low", (), None, [LOST]),
        ("of_tomorrow", ("low",), None, [LOST]),
        ("of_tomorrow", ("low", "of_tomorrow"), "of_tomorrow", []),
        ("none", ("none", "low"), "none", []),
        ("none", ("low",), None, [LOST]),
    ],
)
def test_a_level_that_the_model_lacks(level: str, known: tuple[str, ...], sent: str | None, losses: list[str]) -> None:
    fields = {} if sent is None else {"reasoning_effort": sent}

    assert to_chat(effort(level), levels(*known)) == (fields, losses)


def test_a_level_that_does_not_fit_is_the_one_of_the_budget() -> None:
    assert to_chat(enabled(8192), levels("low")) == (
        {"reasoning_effort": "low"},
        [BUDGET_CUT],
    )


@pytest.mark.parametrize(
    ("facts", "losses"),
    [
        (ModelFacts(), []),
        (ModelFacts(efforts=("low",)), ["dropped warning effort $.thinking.type"]),
        (ModelFacts(reasoning=True), ["dropped warning effort $.thinking.type"]),
        (ModelFacts(adaptive_thinking=True), ["dropped warning effort $.thinking.type"]),
        (ModelFacts(budget_thinking=True), ["dropped warning effort $.thinking.type"]),
    ],
)
def test_no_thinking_is_only_lost_on_a_model_that_thinks(facts: ModelFacts, losses: list[str]) -> None:
    assert to_chat({"thinking": {"type": "disabled"}}, Options(model_facts=facts)) == ({}, losses)


@pytest.mark.parametrize(
    ("fields", "sent", "losses"),
    [
        ({"thinking": {"type": "disabled"}}, {"reasoning_effort": "none"}, []),
        (
            {"thinking": {"type": "disabled"}, **effort("high")},
            {"reasoning_effort": "none"},
            ["dropped info effort $.output_config.effort"],
        ),
        ({"thinking": {"type": "disabled"}, **effort("none")}, {"reasoning_effort": "none"}, []),
        ({"thinking": {"type": "disabled"}, **effort("")}, {"reasoning_effort": "none"}, []),
        (
            {"thinking": {"type": "between_tools"}},
            {"reasoning_effort": "none"},
            ["approximated warning thinking $.thinking.type"],
        ),
        ({"thinking": {"type": "adaptive"}}, {}, ["approximated info thinking $.thinking.type"]),
        ({"thinking": {"type": "adaptive"}, **effort("low")}, {"reasoning_effort": "low"}, []),
        ({"thinking": {"type": "of_tomorrow"}}, {}, ["dropped warning unknown_value $.thinking.type"]),
        (
            {"thinking": {"type": "of_tomorrow"}, **effort("low")},
            {"reasoning_effort": "low"},
            ["dropped warning unknown_value $.thinking.type"],
        ),
        ({**enabled(16384), **effort("high")}, {"reasoning_effort": "high"}, []),
        (
            {**enabled(16384), **effort("low")},
            {"reasoning_effort": "low"},
            [LEVELS_ONLY],
        ),
        (
            {**enabled(16384), **effort("of_tomorrow")},
            {},
            [LOST, LEVELS_ONLY],
        ),
        ({"thinking": None}, {}, []),
        ({"thinking": None, **effort("low")}, {"reasoning_effort": "low"}, []),
        (effort(""), {}, []),
        ({"output_config": {}}, {}, []),
        (
            {"thinking": {"type": "adaptive", "block_binding": {}, "display": "summarized"}, **effort("low")},
            {"reasoning_effort": "low"},
            [BOUND, SHOWN],
        ),
        (
            enabled(4096, display="omitted", block_binding={}),
            {"reasoning_effort": "low"},
            [BOUND, SHOWN],
        ),
        (
            {"thinking": {"type": "adaptive", "display": "omitted"}},
            {},
            [SHOWN, "approximated info thinking $.thinking.type"],
        ),
    ],
)
def test_what_counts_to_chat(fields: JsonObject, sent: JsonObject, losses: list[str]) -> None:
    assert to_chat(fields, THINKER) == (sent, losses)


def directive(level: str | None, **fields: str) -> JsonObject:
    return {"role": "system", "output_config": {"effort": level}, **fields}


BEFORE = {"role": "system", "content": "Be brief."}
UNTIL_THEN = {"clear_at": "next_user_message"}


@pytest.mark.parametrize(
    ("turns", "path"),
    [
        ([HI], "$.output_config.effort"),
        ([HI, directive("high")], "$.messages[1].output_config.effort"),
        ([HI, directive("high"), HI, directive("high")], "$.messages[3].output_config.effort"),
        ([HI, directive("high"), HI, directive("")], "$.messages[1].output_config.effort"),
        ([HI, directive("high"), HI, directive(None)], "$.messages[1].output_config.effort"),
        ([HI, directive("high"), HI, BEFORE], "$.messages[1].output_config.effort"),
        ([HI, directive("high", **UNTIL_THEN)], "$.messages[1].output_config.effort"),
        ([HI, directive("high", **UNTIL_THEN), HI], "$.output_config.effort"),
        ([HI, directive("high", **UNTIL_THEN), assistant("a")], "$.messages[1].output_config.effort"),
        ([HI, directive("high", clear_at="of_tomorrow"), HI], "$.messages[1].output_config.effort"),
        ([HI, directive("high"), directive("high", **UNTIL_THEN), HI], "$.messages[1].output_config.effort"),
    ],
)
def test_the_last_system_turn_that_sets_a_level_counts(turns: list[JsonObject], path: str) -> None:
    outcome = to_chat({"messages": turns, **effort("max")}, levels("low"))

    assert [row for row in outcome.losses if " effort " in row] == [f"approximated warning effort {path}"]


def asks(how: str, efforts: tuple[str, ...] | None = None) -> Options:
    """For a backend that is asked for thinking in this way."""
    dialects = {"reasoning_effort": "openai", "reasoning": "openrouter", "thinking": "deepseek"}
    dialect = replace(DIALECTS[dialects[how]], efforts=efforts)
    return Options(dialect=dialect, model_facts=ModelFacts(efforts=("high",)))


@pytest.mark.parametrize(
    ("efforts", "fields", "losses"),
    [
        (None, {"reasoning_effort": "high"}, [CUT]),
        (("low",), {"reasoning_effort": "low"}, []),
        ((), {}, [LOST]),
    ],
)
def test_levels_of_the_backend_go_before_those_of_the_model(
    efforts: tuple[str, ...] | None, fields: JsonObject, losses: list[str]
) -> None:
    assert to_chat(effort("low"), asks("reasoning_effort", efforts)) == (fields, losses)


@pytest.mark.parametrize(
    ("fields", "sent", "losses"),
    [
        (effort("low"), "enabled", [CUT]),
        (enabled(4096), "enabled", [BUDGET_CUT]),
        (
            {**enabled(4096), **effort("low")},
            "enabled",
            [CUT, LEVELS_ONLY],
        ),
        ({"thinking": {"type": "disabled"}}, "disabled", []),
        (effort("none"), "disabled", []),
        (
            enabled(4096, display="omitted"),
            "enabled",
            [SHOWN, BUDGET_CUT],
        ),
    ],
)
def test_a_backend_that_thinks_or_does_not(fields: JsonObject, sent: str, losses: list[str]) -> None:
    assert to_chat(fields, asks("thinking")) == ({"thinking": {"type": sent}}, losses)


@pytest.mark.parametrize(
    ("fields", "efforts", "sent", "losses"),
    [
        (effort("low"), None, {"effort": "low"}, []),
        (effort("max"), None, {"effort": "max"}, []),
        (effort("max"), ("low", "high"), {"effort": "high"}, [CUT]),
        (effort("of_tomorrow"), ("low",), {"enabled": True}, [LOST]),
        (
            {**enabled(5000), **effort("of_tomorrow")},
            ("low",),
            {"enabled": True},
            [LOST, LEVELS_ONLY],
        ),
        (enabled(5000), ("low",), {"max_tokens": 5000}, []),
        (
            {**enabled(5000), **effort("low")},
            None,
            {"effort": "low"},
            [LEVELS_ONLY],
        ),
        ({**enabled(4096), **effort("low")}, None, {"effort": "low"}, []),
        (enabled(5000, display="omitted"), None, {"max_tokens": 5000, "exclude": True}, []),
        (
            {"thinking": {"type": "adaptive", "display": "omitted"}, **effort("low")},
            None,
            {"effort": "low", "exclude": True},
            [],
        ),
        (
            enabled(5000, display="summarized"),
            None,
            {"max_tokens": 5000},
            [SHOWN],
        ),
        ({"thinking": {"type": "adaptive"}, **effort("low")}, None, {"effort": "low"}, []),
        ({"thinking": {"type": "disabled"}}, None, {"effort": "none"}, []),
        ({"thinking": {"type": "disabled"}}, ("low",), {"enabled": False}, []),
    ],
)
def test_openrouters_form(
    fields: JsonObject, efforts: tuple[str, ...] | None, sent: JsonObject, losses: list[str]
) -> None:
    assert to_chat(fields, asks("reasoning", efforts)) == ({"reasoning": sent}, losses)


def test_openrouters_form_without_a_level() -> None:
    fields = {"thinking": {"type": "adaptive", "display": "omitted"}}

    assert to_chat(fields, asks("reasoning")) == (
        {},
        [SHOWN, "approximated info thinking $.thinking.type"],
    )


# -- to Messages -----------------------------------------------------------------------------------

ROOM = {"max_completion_tokens": 128_000}
BUDGET = Options(model_facts=ModelFacts(budget_thinking=True))
ADAPTIVE = Options(model_facts=ModelFacts(adaptive_thinking=True, efforts=("low", "medium", "high", "max")))


def budget(tokens: int) -> JsonObject:
    return {"thinking": {"type": "enabled", "budget_tokens": tokens}}


def adaptive(level: str | None) -> JsonObject:
    config = {} if level is None else {"output_config": {"effort": level}}
    return {"thinking": {"type": "adaptive", "display": "summarized"}, **config}


DISABLED = {"thinking": {"type": "disabled"}}


def thinking_asked(fields: JsonObject, options: Options) -> tuple[JsonObject, list[str]]:
    """What a Chat request with much room becomes, besides its limit."""
    body, losses = to_messages({**ROOM, **fields}, options)
    return {name: value for name, value in body.items() if name != "max_tokens"}, losses


@pytest.mark.parametrize(("tokens", "level"), [(tokens, level) for tokens, level, is_exact in BUDGETS if is_exact])
def test_a_level_becomes_the_budget_it_stands_for(tokens: int, level: str) -> None:
    assert thinking_asked({"reasoning_effort": level}, BUDGET) == (budget(tokens), [])


@pytest.mark.parametrize(("tokens", "level", "is_exact"), BUDGETS)
def test_a_budget_for_a_model_that_knows_levels(tokens: int, level: str, is_exact: bool) -> None:
    options = Options(model_facts=ModelFacts(adaptive_thinking=True, efforts=ALL_EFFORTS))
    losses = [] if is_exact else ["approximated info effort $.reasoning.max_tokens"]

    assert thinking_asked({"reasoning": {"max_tokens": tokens}}, options) == (adaptive(level), losses)


SAID = "approximated info effort"


@pytest.mark.parametrize(
    ("fields", "sent", "losses"),
    [
        ({"reasoning_effort": "high"}, budget(16384), []),
        ({"reasoning_effort": "none"}, DISABLED, []),
        ({"reasoning_effort": "of_tomorrow"}, {}, ["dropped warning effort $.reasoning_effort"]),
        ({"reasoning_effort": ""}, {}, []),
        ({"reasoning": {"effort": "low"}}, budget(4096), []),
        ({"reasoning": {"effort": "of_tomorrow"}}, {}, ["dropped warning effort $.reasoning.effort"]),
        (
            {"reasoning": {"effort": "low", "max_tokens": 5000}},
            budget(4096),
            ["dropped info effort $.reasoning.max_tokens"],
        ),
        ({"reasoning": {"max_tokens": 5000}}, budget(5000), []),
        ({"reasoning": {"enabled": True}}, budget(8192), [f"{SAID} $.reasoning.enabled"]),
        ({"reasoning": {"enabled": True, "max_tokens": 5000}}, budget(5000), []),
        ({"reasoning": {"enabled": False, "effort": "low"}}, DISABLED, []),
        ({"reasoning": {}}, {}, []),
        (
            {"reasoning": {"exclude": True, "summary": "auto"}},
            {},
            ["dropped info thinking_display $.reasoning.exclude", "dropped info thinking_display $.reasoning.summary"],
        ),
        ({"thinking": {"type": "enabled", "budget_tokens": 5000}}, budget(5000), []),
        ({"thinking": {"type": "enabled"}}, budget(8192), [f"{SAID} $.thinking.type"]),
        ({"thinking": {}}, budget(8192), [f"{SAID} $.thinking"]),
        ({"thinking": {"type": "disabled", "budget_tokens": 5000}}, DISABLED, []),
        (
            {"thinking": {"type": "disabled", "display": "omitted", "clear_thinking": True}},
            DISABLED,
            [SHOWN, "dropped info context_management $.thinking.clear_thinking"],
        ),
        (
            {"reasoning_effort": "low", "reasoning": {"effort": "high"}, "thinking": {"type": "disabled"}},
            budget(4096),
            ["dropped info effort $.reasoning", "dropped info effort $.thinking"],
        ),
        (
            {"reasoning": {"effort": "low"}, "thinking": {"type": "disabled"}},
            budget(4096),
            ["dropped info effort $.thinking"],
        ),
    ],
)
def test_what_counts_to_messages(fields: JsonObject, sent: JsonObject, losses: list[str]) -> None:
    assert thinking_asked(fields, BUDGET) == (sent, losses)


@pytest.mark.parametrize(
    ("fields", "level", "losses"),
    [
        ({"reasoning_effort": "high"}, "high", []),
        ({"reasoning_effort": "xhigh"}, "high", ["approximated warning effort $.reasoning_effort"]),
        ({"reasoning_effort": "of_tomorrow"}, None, ["dropped warning effort $.reasoning_effort"]),
        ({"reasoning": {"effort": "minimal"}}, "low", ["approximated warning effort $.reasoning.effort"]),
        (
            {"reasoning": {"max_tokens": 40_000}},
            "high",
            ["approximated warning effort $.reasoning.max_tokens"],
        ),
        ({"thinking": {"budget_tokens": 1024}}, "low", [BUDGET_CUT]),
        ({"thinking": {"budget_tokens": 8192}}, "medium", []),
        ({"thinking": {"budget_tokens": 9000}}, "medium", [f"{SAID} $.thinking.budget_tokens"]),
    ],
)
def test_a_model_that_thinks_as_it_sees_fit(fields: JsonObject, level: str | None, losses: list[str]) -> None:
    assert thinking_asked(fields, ADAPTIVE) == (adaptive(level), losses)


def test_adaptive_thinking_goes_before_a_budget() -> None:
    options = Options(model_facts=ModelFacts(adaptive_thinking=True, budget_thinking=True, efforts=("low",)))

    assert thinking_asked({"reasoning_effort": "low"}, options) == (adaptive("low"), [])


THINKS_ALWAYS = ModelFacts(adaptive_thinking=True, disabled_thinking=False)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"reasoning_effort": "none"}, "$.reasoning_effort"),
        ({"reasoning": {"enabled": False}}, "$.reasoning.enabled"),
        ({"reasoning": {"effort": "none"}}, "$.reasoning.effort"),
        ({"thinking": {"type": "disabled"}}, "$.thinking.type"),
    ],
)
def test_a_wish_not_to_think(fields: JsonObject, path: str) -> None:
    assert to_messages(fields, Options(model_facts=ModelFacts())) == ({}, [])
    assert to_messages(fields, BUDGET) == (DISABLED, [])
    assert to_messages(fields, ADAPTIVE) == (DISABLED, [])
    assert to_messages(fields, Options(model_facts=THINKS_ALWAYS)) == ({}, [f"dropped warning effort {path}"])


def test_a_model_that_does_not_think() -> None:
    options = Options(model_facts=ModelFacts())

    assert to_messages({"reasoning_effort": "low"}, options) == ({}, ["dropped warning effort $.reasoning_effort"])


@pytest.mark.parametrize(
    ("limit", "asked", "sent", "losses"),
    [
        (4097, 4096, 4096, []),
        (4096, 4096, 4095, ["approximated warning effort $.reasoning.max_tokens"]),
        (1025, 4096, 1024, ["approximated warning effort $.reasoning.max_tokens"]),
        (1024, 4096, None, ["dropped warning effort $.reasoning.max_tokens"]),
        (9000, 1024, 1024, []),
        (9000, 1023, None, ["dropped warning effort $.reasoning.max_tokens"]),
        (9000, 0, None, ["dropped warning effort $.reasoning.max_tokens"]),
    ],
)
def test_a_budget_has_to_fit_into_the_limit(limit: int, asked: int, sent: int | None, losses: list[str]) -> None:
    fields = {"max_completion_tokens": limit, "reasoning": {"max_tokens": asked}}

    thinking = {} if sent is None else budget(sent)
    assert to_messages(fields, BUDGET) == ({"max_tokens": limit, **thinking}, losses)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"reasoning_effort": "low"}, "$.reasoning_effort"),
        ({"reasoning": {"enabled": True}}, "$.reasoning.enabled"),
        ({"thinking": {"type": "enabled"}}, "$.thinking.type"),
    ],
)
def test_no_room_for_thinking_is_recorded_where_it_was_asked_for(fields: JsonObject, path: str) -> None:
    body, losses = to_messages(fields, BUDGET)

    assert (body, losses[-1]) == ({}, f"dropped warning effort {path}")


TOOLS = {**ROOM, "tools": [function()], "reasoning_effort": "low"}


@pytest.mark.parametrize(
    ("choice", "thinks"),
    [
        (None, True),
        ("auto", True),
        ("none", True),
        ("required", False),
        ({"type": "function", "function": {"name": "f"}}, False),
    ],
)
def test_a_budget_beside_the_choice_of_a_tool(choice: object, thinks: bool) -> None:
    body, losses = to_messages({**TOOLS, "tool_choice": choice}, BUDGET)

    assert body.get("thinking") == (budget(4096)["thinking"] if thinks else None)
    assert losses == ([] if thinks else ["dropped warning effort $.reasoning_effort"])


CALL = {"tool_calls": [call()]}
SIGNED = {"thinking_blocks": [{"type": "thinking", "thinking": "hm", "signature": "made-up"}]}
REDACTED = {"thinking_blocks": [{"type": "redacted_thinking", "data": "made-up"}]}


@pytest.mark.parametrize(
    ("turns", "thinks"),
    [
        ([HI], True),
        ([HI, assistant("a"), HI], True),
        ([HI, assistant(None, **CALL), tool()], False),
        ([assistant(None, **CALL), tool()], False),
        ([HI, assistant("a", **CALL), tool()], False),
        ([HI, assistant(None, **CALL), tool(), HI], False),
        ([HI, assistant(None, **CALL), tool(), assistant("a"), HI], True),
        ([HI, assistant(None, **CALL), tool(), assistant("a")], True),
        ([HI, assistant("a"), user(text("b"))], True),
        ([HI, assistant(text("a"), text("b")), HI], True),
        ([HI, assistant(None, **CALL, **SIGNED), tool()], True),
        ([HI, assistant(None, **CALL, **REDACTED), tool()], True),
    ],
)
def test_a_budget_amid_the_use_of_tools(turns: list[JsonObject], thinks: bool) -> None:
    """Anthropic wants the signed thinking that led to the calls that are being answered."""
    body, losses = to_messages({**TOOLS, "messages": turns}, BUDGET)

    assert ("thinking" in body) is thinks
    assert [row for row in losses if " effort " in row] == (
        [] if thinks else ["dropped warning effort $.reasoning_effort"]
    )


def test_a_budget_beside_a_result_that_answers_no_call() -> None:
    options = Options(model_facts=ModelFacts(budget_thinking=True), unanswered_calls="keep")

    body, _ = to_messages({**TOOLS, "messages": [HI, assistant("a"), tool()]}, options)

    assert body["thinking"] == budget(4096)["thinking"]
