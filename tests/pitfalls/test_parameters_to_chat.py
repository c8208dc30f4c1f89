"""Pitfalls of tools and parameters on the way from Messages to Chat."""

from __future__ import annotations

import hashlib

import pytest

from llm_transcode import LossCode, Options, Unsupported, convert_request, convert_response

from .conversions import (
    CHAT_MODEL,
    HI,
    Json,
    JsonObject,
    asked_of_chat,
    assistant,
    call,
    chat_reply,
    request_to_chat,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)

OBJECT = {"type": "object", "properties": {}}
THINKER = "gpt-5.6"
"""A model that thinks, at any level of effort."""


def function(name: str = "f", parameters: JsonObject | None = None, **fields: Json) -> JsonObject:
    return {"type": "function", "function": {"name": name, "parameters": parameters or OBJECT, **fields}}


def custom(name: str = "f", schema: JsonObject | None = None, **fields: Json) -> JsonObject:
    return {"name": name, "input_schema": schema or OBJECT, **fields}


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
        ({"thinking": {"type": "disabled"}, "output_config": {"effort": "high"}}, "none", []),
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
            ("context_management", "$.context_management"),
            ("mcp_servers", "$.mcp_servers"),
            ("diagnostics", "$.diagnostics"),
            ("unknown_field", "$.brand_new"),
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


# -- tools -----------------------------------------------------------------------------------------

SEARCH = {"type": "tool_search_tool_regex_20251119", "name": "search"}
DEFERRED = custom("late", defer_loading=True)
FOUND = [
    HI,
    assistant(tool_use("t1", "search_tools")),
    user(tool_result("t1", [{"type": "tool_reference", "tool_name": "late"}])),
]


def test_p077_deferred_tools_are_sent_like_others() -> None:
    assert request_to_chat({"tools": [custom(), DEFERRED, SEARCH]}) == asked_of_chat(
        {"tools": [function(), function("late")]},
        [("tool_deferred", "$.tools[1].defer_loading"), ("server_tool", "$.tools[2]")],
    )


def test_p077_deferred_tools_wait_until_they_are_found() -> None:
    options = Options(deferred_tools="referenced")

    hidden = request_to_chat({"tools": [custom(), DEFERRED]}, options)
    found = request_to_chat({"tools": [custom(), DEFERRED], "messages": FOUND}, options)

    assert hidden == asked_of_chat({"tools": [function()]}, [("tool_deferred", "$.tools[1].defer_loading")])
    assert found == asked_of_chat(
        {
            "tools": [function(), function("late")],
            "messages": [
                HI,
                assistant(None, tool_calls=[call("t1", "search_tools")]),
                tool("t1", [text("tool: late")]),
            ],
        },
        [
            ("tool_deferred", "$.messages[2].content[0].content[0]"),
            ("tool_deferred", "$.tools[1].defer_loading"),
        ],
    )


WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}


def test_p078_server_tools_never_become_functions() -> None:
    outcome = request_to_chat({"tools": [WEB_SEARCH, custom()]})

    assert outcome == asked_of_chat({"tools": [function()]}, [("server_tool", "$.tools[0]")])


@pytest.mark.parametrize("tools", [[WEB_SEARCH], []])
def test_p079_a_choice_goes_with_its_tools(tools: list[JsonObject]) -> None:
    choice = {"type": "auto", "disable_parallel_tool_use": True}

    outcome = request_to_chat({"tools": tools, "tool_choice": choice})

    assert outcome == asked_of_chat({}, [("server_tool", "$.tools[0]")] if tools else [])


@pytest.mark.parametrize(
    ("choice", "path"),
    [({"type": "tool", "name": "web_search"}, "$.tool_choice.name"), ({"type": "any"}, "$.tool_choice.type")],
)
def test_p079_a_forced_tool_that_is_not_there(choice: JsonObject, path: str) -> None:
    fields = {"tools": [WEB_SEARCH], "tool_choice": choice}

    with pytest.raises(Unsupported) as caught:
        request_to_chat(fields)

    assert caught.value.path == path
    assert request_to_chat(fields, Options(downgrade=frozenset({LossCode.TOOL_CHOICE}))) == asked_of_chat(
        {}, [("server_tool", "$.tools[0]"), ("tool_choice", path)]
    )


@pytest.mark.parametrize("schema", [{"properties": {}}, {}, {"type": None}])
def test_p080_a_schema_without_type(schema: JsonObject) -> None:
    outcome = request_to_chat({"tools": [{"name": "f", "input_schema": schema}]})

    assert outcome == asked_of_chat({"tools": [function()]})


@pytest.mark.parametrize(
    "schema",
    [
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {},
            "additionalProperties": {},
        },
        {"type": "object", "properties": {"address": {"type": "string", "format": "uri"}}},
        {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "additionalProperties": False},
    ],
    ids=["p081", "p082", "p083"],
)
def test_p081_p082_p083_schemas_pass_verbatim(schema: JsonObject) -> None:
    outcome = request_to_chat({"tools": [custom(schema=schema)]})

    assert outcome == asked_of_chat({"tools": [function(parameters=schema)]})


LONG_NAME = "mcp__ymir-privileged__get_failed_pipeline_jobs_from_merge_request"
SHORT_NAME = f"{LONG_NAME[:55]}_{hashlib.sha256(LONG_NAME.encode()).hexdigest()[:8]}"


def test_p084_long_tool_names() -> None:
    fields = {
        "tools": [custom(LONG_NAME)],
        "tool_choice": {"type": "tool", "name": LONG_NAME},
        "messages": [HI, assistant(tool_use("t1", LONG_NAME)), user(tool_result())],
    }

    assert request_to_chat(fields) == asked_of_chat(
        {
            "tools": [function(SHORT_NAME)],
            "tool_choice": {"type": "function", "function": {"name": SHORT_NAME}},
            "messages": [HI, assistant(None, tool_calls=[call("t1", SHORT_NAME)]), tool()],
        },
        [("tool_name", "$.messages[1].content[0].name")],
    )
    assert len(SHORT_NAME) == 64


def test_p084_long_tool_names_come_back() -> None:
    request = {"model": CHAT_MODEL, "max_tokens": 64, "messages": [HI], "tools": [custom(LONG_NAME)]}
    context = convert_request(request, source="messages", target="chat").context

    reply = chat_reply({"tool_calls": [call("t1", SHORT_NAME)]}, "tool_calls")
    answer = convert_response(reply, source="chat", target="messages", context=context)

    assert answer.to_dict()["content"] == [tool_use("t1", LONG_NAME)]


def test_p084_long_names_with_one_beginning_stay_apart() -> None:
    names = [f"{'x' * 70}{end}" for end in "ab"]

    outcome = request_to_chat({"tools": [custom(name) for name in names]})

    sent = [made["function"]["name"] for made in outcome.body["tools"]]
    assert len(set(sent)) == 2
    assert {len(name) for name in sent} == {64}


def test_p085_long_call_ids() -> None:
    long_id = "toolu_vrtx_" + "0" * 40
    short_id = f"{long_id[:31]}_{hashlib.sha256(long_id.encode()).hexdigest()[:8]}"

    outcome = request_to_chat({"messages": [HI, assistant(tool_use(long_id)), user(tool_result(long_id))]})

    assert len(short_id) == 40
    assert outcome == asked_of_chat(
        {"messages": [HI, assistant(None, tool_calls=[call(short_id)]), tool(short_id)]},
        [("tool_id", "$.messages[1].content[0].id")],
    )


def test_p085_backends_without_a_limit_get_the_id() -> None:
    long_id = "t" * 300
    fields = {"messages": [HI, assistant(tool_use(long_id)), user(tool_result(long_id))]}

    outcome = request_to_chat(fields, Options(dialect="vllm"))

    assert outcome.body["messages"][2] == tool(long_id)


def test_p088_the_number_of_tools_is_not_ours_to_cut() -> None:
    tools = [custom(f"f{at}") for at in range(200)]

    outcome = request_to_chat({"tools": tools})

    assert outcome == asked_of_chat({"tools": [function(f"f{at}") for at in range(200)]})


def test_p091_settings_of_tools_that_chat_lacks() -> None:
    tool_definition = custom(
        type="custom",
        description="does it",
        eager_input_streaming=True,
        input_examples=[{}],
        cache_control={"type": "ephemeral"},
        brand_new=1,
    )

    assert request_to_chat({"tools": [tool_definition]}) == asked_of_chat(
        {"tools": [function(description="does it")]},
        [
            ("tool_option", "$.tools[0].input_examples"),
            ("tool_option", "$.tools[0].eager_input_streaming"),
            ("cache_control", "$.tools[0].cache_control"),
            ("unknown_field", "$.tools[0].brand_new"),
        ],
    )


CLOSED = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


def test_p091_strict_tools() -> None:
    loose = {**CLOSED, "required": []}

    outcome = request_to_chat({"tools": [custom("a", CLOSED, strict=True), custom("b", loose, strict=True)]})

    assert outcome == asked_of_chat(
        {"tools": [function("a", CLOSED, strict=True), function("b", loose)]},
        [("tool_schema", "$.tools[1].strict")],
    )


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"type": "none"}, {"tool_choice": "none"}),
        ({"type": "any"}, {"tool_choice": "required"}),
        ({"type": "auto"}, {"tool_choice": "auto"}),
        ({"type": "tool", "name": "f"}, {"tool_choice": {"type": "function", "function": {"name": "f"}}}),
        (
            {"type": "auto", "disable_parallel_tool_use": True},
            {"tool_choice": "auto", "parallel_tool_calls": False},
        ),
        (
            {"type": "any", "disable_parallel_tool_use": False},
            {"tool_choice": "required", "parallel_tool_calls": True},
        ),
    ],
)
def test_p109_p110_choices(choice: JsonObject, expected: JsonObject) -> None:
    outcome = request_to_chat({"tools": [custom()], "tool_choice": choice})

    assert outcome == asked_of_chat({"tools": [function()], **expected})


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
    names = ("tools", "tool_choice", "stop_sequences", "temperature", "top_p", "top_k", "thinking", "system", "metadata")

    outcome = request_to_chat(
        {**dict.fromkeys(names), "stream": None, "output_config": {"effort": None, "format": None}}
    )

    assert outcome == asked_of_chat({})
