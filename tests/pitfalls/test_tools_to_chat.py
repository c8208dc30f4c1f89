"""Pitfalls of tools on the way from Messages to Chat."""

from __future__ import annotations

import hashlib

import pytest

from llm_transcode import LossCode, Options, Unsupported, convert_request, convert_response

from .conversions import (
    CHAT_MODEL,
    HI,
    JsonObject,
    asked_of_chat,
    assistant,
    call,
    chat_reply,
    custom,
    function,
    request_to_chat,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)

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
