"""Pitfalls of tools on the way from Chat to Messages."""

from __future__ import annotations

import hashlib

import pytest

from llm_transcode import LossCode, Options, Unsupported, convert_request, convert_response

from .conversions import (
    CLAUDE,
    HI,
    OBJECT,
    Json,
    JsonObject,
    asked_of_messages,
    assistant,
    call,
    custom,
    function,
    message,
    request_to_messages,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)


@pytest.mark.parametrize(
    ("fields", "choice"),
    [
        ({"tool_choice": "none"}, {"type": "none"}),
        ({"tool_choice": "required"}, {"type": "any"}),
        ({"tool_choice": "auto"}, {"type": "auto"}),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, {"type": "tool", "name": "f"}),
        ({"parallel_tool_calls": False}, {"type": "auto", "disable_parallel_tool_use": True}),
        (
            {"tool_choice": "required", "parallel_tool_calls": False},
            {"type": "any", "disable_parallel_tool_use": True},
        ),
        ({"tool_choice": "none", "parallel_tool_calls": False}, {"type": "none"}),
    ],
)
def test_p109_p110_choices_keep_their_tools(fields: JsonObject, choice: JsonObject) -> None:
    outcome = request_to_messages({"tools": [function()], **fields})

    assert outcome == asked_of_messages({"tools": [custom()], "tool_choice": choice})


@pytest.mark.parametrize("fields", [{"tools": []}, {"tool_choice": "none"}, {"parallel_tool_calls": False}])
def test_p079_nothing_about_tools_without_tools(fields: JsonObject) -> None:
    assert request_to_messages(fields) == asked_of_messages({})


def test_p079_a_forced_tool_that_is_not_there() -> None:
    choice = {"type": "function", "function": {"name": "gone"}}
    downgraded = Options(downgrade=frozenset({LossCode.TOOL_CHOICE}))

    with pytest.raises(Unsupported) as caught:
        request_to_messages({"tools": [function()], "tool_choice": choice})

    assert caught.value.path == "$.tool_choice"
    assert request_to_messages({"tools": [function()], "tool_choice": choice}, downgraded) == asked_of_messages(
        {"tools": [custom()]}, [("tool_choice", "$.tool_choice")]
    )


def test_p079_only_some_tools_are_allowed() -> None:
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "b"}}]}

    outcome = request_to_messages(
        {"tools": [function("a"), function("b")], "tool_choice": {"type": "allowed_tools", "allowed_tools": allowed}}
    )

    assert outcome == asked_of_messages(
        {"tools": [custom("b")], "tool_choice": {"type": "any"}}, [("tool_choice", "$.tool_choice.allowed_tools")]
    )


def test_p111_tool_history_without_tools_passes() -> None:
    outcome = request_to_messages({"messages": [HI, assistant(None, tool_calls=[call()]), tool(), user("sum up")]})

    messages = [HI, assistant(tool_use()), user(tool_result(), text("sum up"))]
    assert outcome == asked_of_messages({"messages": messages})


NAME = {"type": "string"}
AGE = {"type": "integer"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "object", "properties": {"a": NAME}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"type": "object", "properties": {"a": NAME}},
        ),
        (
            {
                "oneOf": [
                    {"properties": {"a": NAME, "b": AGE}, "required": ["a", "b"]},
                    {"properties": {"a": NAME}, "required": ["a"]},
                ]
            },
            {"properties": {"a": NAME, "b": AGE}, "required": ["a"], "type": "object"},
        ),
        (
            {"allOf": [{"properties": {"a": NAME}, "required": ["a"]}, {"properties": {"b": AGE}}]},
            {"properties": {"a": NAME, "b": AGE}, "required": ["a"], "type": "object"},
        ),
        (
            {"$ref": "#/$defs/it", "$defs": {"it": {"type": "object", "properties": {"a": NAME}}}},
            {
                "$defs": {"it": {"type": "object", "properties": {"a": NAME}}},
                "type": "object",
                "properties": {"a": NAME},
            },
        ),
    ],
)
def test_p112_alternatives_at_the_root(schema: JsonObject, expected: JsonObject) -> None:
    outcome = request_to_messages({"tools": [function(parameters=schema)]})

    losses = [("tool_schema", "$.tools[0].function.parameters")]
    assert outcome == asked_of_messages({"tools": [custom(schema=expected)]}, losses)


FOREIGN_NAME = "apify/rag.web-browser"
SENT_NAME = f"apify_rag_web-browser_{hashlib.sha256(FOREIGN_NAME.encode()).hexdigest()[:8]}"


def test_p114_names_with_foreign_characters() -> None:
    outcome = request_to_messages(
        {
            "tools": [function(FOREIGN_NAME)],
            "tool_choice": {"type": "function", "function": {"name": FOREIGN_NAME}},
            "messages": [HI, assistant(None, tool_calls=[call("t1", FOREIGN_NAME)]), tool()],
        }
    )

    assert outcome == asked_of_messages(
        {
            "tools": [custom(SENT_NAME)],
            "tool_choice": {"type": "tool", "name": SENT_NAME},
            "messages": [HI, assistant(tool_use("t1", SENT_NAME)), user(tool_result())],
        },
        [("tool_name", "$.messages[1].tool_calls[0].function.name")],
    )


def test_p114_names_come_back() -> None:
    request = {"model": CLAUDE, "messages": [HI], "tools": [function(FOREIGN_NAME)]}
    context = convert_request(request, source="chat", target="messages").context

    answer = convert_response(
        message(tool_use("t1", SENT_NAME), stop="tool_use"), source="messages", target="chat", context=context
    )

    assert answer.to_dict()["choices"][0]["message"]["tool_calls"] == [call("t1", FOREIGN_NAME)]


LEGACY = {"functions": [{"name": "f", "parameters": OBJECT}]}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, {"type": "auto"}),
        ("none", {"type": "none"}),
        ({"name": "f"}, {"type": "tool", "name": "f"}),
    ],
)
def test_p129_legacy_functions(choice: Json, expected: JsonObject) -> None:
    outcome = request_to_messages({**LEGACY, "function_call": choice})

    single = {} if choice == "none" else {"disable_parallel_tool_use": True}
    assert outcome == asked_of_messages({"tools": [custom()], "tool_choice": {**expected, **single}})


def test_p129_tools_win_over_functions() -> None:
    outcome = request_to_messages({**LEGACY, "tools": [function("modern")]})

    assert outcome == asked_of_messages({"tools": [custom("modern")]}, [("legacy_function", "$.functions")])


def test_p129_an_answer_in_the_legacy_form() -> None:
    request = {"model": CLAUDE, "messages": [HI], **LEGACY}
    context = convert_request(request, source="chat", target="messages").context

    answer = convert_response(message(tool_use(), stop="tool_use"), source="messages", target="chat", context=context)

    choice = answer.to_dict()["choices"][0]
    assert choice["finish_reason"] == "function_call"
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "function_call": {"name": "f", "arguments": "{}"},
    }


def test_p132_cache_marks_of_tools() -> None:
    mark = {"type": "ephemeral", "ttl": "1h"}

    outcome = request_to_messages({"tools": [{**function(), "cache_control": mark}]})

    assert outcome == asked_of_messages({"tools": [custom(cache_control=mark)]})
