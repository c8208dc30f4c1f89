"""Which tools may or must be called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import LossCode, Options, Unsupported
from llm_transcode.dialects import DIALECTS
from tests.pairs.messages_chat.conversions import Json, JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import custom, function

LONG = "f" * 65
"""A name that Chat does not take."""

FOREIGN = "read.file"
"""A name that neither side takes."""

DOWNGRADE = Options(downgrade=frozenset({LossCode.TOOL_CHOICE}))


def choice_to_chat(
    choice: JsonObject, names: tuple[str, ...] = ("f", "g"), options: Options | None = None
) -> tuple[JsonObject, list[str]]:
    """What a choice among these tools becomes, and what is lost."""
    tools = {"tools": [custom(name) for name in names]} if names else {}
    body, losses = to_chat({**tools, "tool_choice": choice}, options)
    return {name: value for name, value in body.items() if name != "tools"}, losses


def forced(name: str) -> JsonObject:
    return {"type": "function", "function": {"name": name}}


@pytest.mark.parametrize(
    ("choice", "sent", "losses"),
    [
        ({"type": "auto"}, {"tool_choice": "auto"}, []),
        ({"type": "any"}, {"tool_choice": "required"}, []),
        ({"type": "none"}, {"tool_choice": "none"}, []),
        ({"type": "tool", "name": "g"}, {"tool_choice": forced("g")}, []),
        (
            {"type": "auto", "disable_parallel_tool_use": True},
            {"tool_choice": "auto", "parallel_tool_calls": False},
            [],
        ),
        (
            {"type": "any", "disable_parallel_tool_use": False},
            {"tool_choice": "required", "parallel_tool_calls": True},
            [],
        ),
        (
            {"type": "tool", "name": "f", "disable_parallel_tool_use": True},
            {"tool_choice": forced("f"), "parallel_tool_calls": False},
            [],
        ),
        (
            {"type": "auto", "of_tomorrow": 1},
            {"tool_choice": "auto"},
            ["dropped warning unknown_field $.tool_choice.of_tomorrow"],
        ),
        ({"type": "of_tomorrow"}, {}, ["dropped warning unknown_value $.tool_choice.type"]),
    ],
)
def test_to_chat(choice: JsonObject, sent: JsonObject, losses: list[str]) -> None:
    assert choice_to_chat(choice) == (sent, losses)


@pytest.mark.parametrize(
    "choice", [{"type": "auto"}, {"type": "none"}, {"type": "auto", "disable_parallel_tool_use": True}]
)
def test_a_choice_that_forces_nothing_goes_with_the_last_tool(choice: JsonObject) -> None:
    assert choice_to_chat(choice, names=()) == ({}, [])


@pytest.mark.parametrize(
    ("choice", "names", "path"),
    [
        ({"type": "any"}, (), "$.tool_choice.type"),
        ({"type": "tool", "name": "f"}, (), "$.tool_choice.name"),
        ({"type": "tool", "name": "f"}, ("g",), "$.tool_choice.name"),
    ],
)
def test_what_cannot_be_forced_is_refused_to_chat(choice: JsonObject, names: tuple[str, ...], path: str) -> None:
    with pytest.raises(Unsupported) as caught:
        choice_to_chat(choice, names)

    assert caught.value.path == path
    assert choice_to_chat(choice, names, DOWNGRADE) == ({}, [f"dropped warning tool_choice {path}"])


def test_the_flag_outlives_a_choice_that_was_dropped() -> None:
    choice = {"type": "tool", "name": "f", "disable_parallel_tool_use": True}

    body, _ = choice_to_chat(choice, ("g",), DOWNGRADE)

    assert body == {"parallel_tool_calls": False}


def test_a_forced_name_is_fitted_like_that_of_its_tool() -> None:
    body, losses = to_chat({"tools": [custom(LONG)], "tool_choice": {"type": "tool", "name": LONG}})

    name = body["tools"][0]["function"]["name"]
    assert (len(name), body["tool_choice"]) == (64, forced(name))
    assert losses == ["approximated info tool_name $.tools[0].name"]


def test_a_forced_name_without_its_tool_is_named_where_it_stands() -> None:
    _, losses = choice_to_chat({"type": "tool", "name": LONG}, options=DOWNGRADE)

    path = "$.tool_choice.name"
    assert losses == [f"approximated info tool_name {path}", f"dropped warning tool_choice {path}"]


@pytest.mark.parametrize(
    ("disabled", "losses"),
    [(True, ["dropped warning tool_choice $.tool_choice.disable_parallel_tool_use"]), (False, []), (None, [])],
)
def test_a_backend_without_the_flag(disabled: bool | None, losses: list[str]) -> None:
    options = Options(dialect=replace(DIALECTS["openai"], parallel_tool_calls=False))
    choice = {"type": "auto", "disable_parallel_tool_use": disabled}

    assert choice_to_chat(choice, options=options) == ({"tool_choice": "auto"}, losses)


# -- to Messages -----------------------------------------------------------------------------------


def asked(fields: JsonObject, names: tuple[str, ...] = ("f", "g"), options: Options | None = None) -> Json:
    """The choice that a Chat request with these tools leads to, and what is lost."""
    tools = {"tools": [function(name) for name in names]} if names else {}
    body, losses = to_messages({**tools, **fields}, options)
    return body.get("tool_choice"), losses


SINGLE = {"disable_parallel_tool_use": True}
UNKNOWN = "dropped warning unknown_value"


@pytest.mark.parametrize(
    ("choice", "expected", "losses"),
    [
        (None, None, []),
        ("auto", {"type": "auto"}, []),
        ("none", {"type": "none"}, []),
        ("required", {"type": "any"}, []),
        ("any", {"type": "any"}, []),
        ("of_tomorrow", None, [f"{UNKNOWN} $.tool_choice"]),
        (forced("g"), {"type": "tool", "name": "g"}, []),
        ({"type": "custom", "custom": {"name": "g"}}, {"type": "tool", "name": "g"}, []),
        ({"type": "of_tomorrow"}, None, [f"{UNKNOWN} $.tool_choice"]),
        (
            {**forced("g"), "of_tomorrow": 1},
            {"type": "tool", "name": "g"},
            ["dropped warning unknown_field $.tool_choice.of_tomorrow"],
        ),
        (
            {"type": "function", "function": {"name": "g", "of_tomorrow": 1}},
            {"type": "tool", "name": "g"},
            ["dropped warning unknown_field $.tool_choice.function.of_tomorrow"],
        ),
        (
            {"type": "custom", "custom": {"name": "g", "of_tomorrow": 1}},
            {"type": "tool", "name": "g"},
            ["dropped warning unknown_field $.tool_choice.custom.of_tomorrow"],
        ),
    ],
)
def test_to_messages(choice: Json, expected: JsonObject | None, losses: list[str]) -> None:
    assert asked({"tool_choice": choice}) == (expected, losses)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"parallel_tool_calls": False}, {"type": "auto", **SINGLE}),
        ({"parallel_tool_calls": True}, None),
        ({"parallel_tool_calls": None}, None),
        ({"parallel_tool_calls": False, "tool_choice": "required"}, {"type": "any", **SINGLE}),
        ({"parallel_tool_calls": False, "tool_choice": forced("f")}, {"type": "tool", "name": "f", **SINGLE}),
        ({"parallel_tool_calls": False, "tool_choice": "none"}, {"type": "none"}),
    ],
)
def test_parallel_calls_to_messages(fields: JsonObject, expected: JsonObject | None) -> None:
    assert asked(fields) == (expected, [])


@pytest.mark.parametrize("choice", [None, "auto", "none"])
def test_what_makes_no_sense_without_tools_to_messages(choice: str | None) -> None:
    assert asked({"tool_choice": choice, "parallel_tool_calls": False}, names=()) == (None, [])


@pytest.mark.parametrize(
    ("fields", "names", "path"),
    [
        ({"tool_choice": "required"}, (), "$.tool_choice"),
        ({"tool_choice": forced("f")}, (), "$.tool_choice"),
        ({"tool_choice": forced("f")}, ("g",), "$.tool_choice"),
        ({"function_call": {"name": "f"}}, (), "$.function_call"),
        ({"function_call": {"name": "f"}}, ("g",), "$.function_call"),
    ],
)
def test_what_cannot_be_forced_is_refused_to_messages(fields: JsonObject, names: tuple[str, ...], path: str) -> None:
    with pytest.raises(Unsupported) as caught:
        asked(fields, names)

    assert caught.value.path == path
    assert asked(fields, names, DOWNGRADE) == (None, [f"dropped warning tool_choice {path}"])


def test_a_choice_that_was_dropped_leaves_the_flag() -> None:
    fields = {"tool_choice": forced("f"), "parallel_tool_calls": False}

    choice, _ = asked(fields, ("g",), DOWNGRADE)

    assert choice == {"type": "auto", **SINGLE}


@pytest.mark.parametrize(
    ("choice", "path"),
    [
        (forced(FOREIGN), "$.tool_choice.function.name"),
        ({"type": "custom", "custom": {"name": FOREIGN}}, "$.tool_choice.custom.name"),
    ],
)
def test_a_forced_name_without_its_tool_is_named_where_it_stands_to_messages(choice: JsonObject, path: str) -> None:
    _, losses = asked({"tool_choice": choice}, options=DOWNGRADE)

    assert losses == [f"approximated info tool_name {path}", "dropped warning tool_choice $.tool_choice"]


# -- allowed tools ---------------------------------------------------------------------------------

ALLOWED = "approximated info tool_choice $.tool_choice.allowed_tools"


def allowed(*tools: Json, mode: str = "auto", **fields: Json) -> JsonObject:
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": list(tools), **fields}}


@pytest.mark.parametrize(
    ("choice", "left", "kind", "losses"),
    [
        (allowed(forced("g")), ["g"], "auto", []),
        (allowed(forced("g"), mode="required"), ["g"], "any", []),
        (allowed({"type": "function", "name": "g"}), ["g"], "auto", []),
        (allowed({"type": "custom", "custom": {"name": "g"}}), ["g"], "auto", []),
        (allowed({"type": "function", "function": "f", "name": "g"}), ["g"], "auto", []),
        (allowed({"type": 5, "name": "g"}), ["g"], "auto", []),
        (allowed({"name": "f"}, {"name": "g"}, {"name": 5}, {}), ["f", "g"], "auto", []),
        (allowed(forced("g"), mode="of_tomorrow"), ["g"], None, [f"{UNKNOWN} $.tool_choice.allowed_tools.mode"]),
        (
            allowed(forced("g"), of_tomorrow=1),
            ["g"],
            "auto",
            ["dropped warning unknown_field $.tool_choice.allowed_tools.of_tomorrow"],
        ),
        (allowed(forced("h")), None, None, []),
    ],
)
def test_tools_that_are_not_allowed_are_left_out(
    choice: JsonObject, left: list[str] | None, kind: str | None, losses: list[str]
) -> None:
    body, found = to_messages({"tools": [function("f"), function("g")], "tool_choice": choice})

    assert [tool["name"] for tool in body.get("tools", [])] == (left or [])
    assert body.get("tool_choice") == (kind and {"type": kind})
    assert found == [ALLOWED, *losses]


def test_an_allowed_name_that_has_to_be_fitted() -> None:
    tools = [function("f"), function(FOREIGN)]

    body, losses = to_messages({"tools": tools, "tool_choice": allowed(forced(FOREIGN))})

    assert [tool["name"].startswith("read_file_") for tool in body["tools"]] == [True]
    assert losses == [ALLOWED, "approximated info tool_name $.tool_choice.allowed_tools.tools"]


def test_a_call_is_demanded_of_tools_none_of_which_is_left() -> None:
    with pytest.raises(Unsupported, match=r"^\$\.tool_choice: a tool must be called"):
        to_messages({"tools": [function("f")], "tool_choice": allowed(mode="required")})


# -- the older form --------------------------------------------------------------------------------

FUNCTIONS = {"functions": [{"name": "f"}]}


@pytest.mark.parametrize(
    ("call", "expected", "losses"),
    [
        (None, {"type": "auto", **SINGLE}, []),
        ("auto", {"type": "auto", **SINGLE}, []),
        ("none", {"type": "none"}, []),
        ("of_tomorrow", {"type": "auto", **SINGLE}, [f"{UNKNOWN} $.function_call"]),
        ({"name": "f"}, {"type": "tool", "name": "f", **SINGLE}, []),
        (
            {"name": "f", "of_tomorrow": 1},
            {"type": "tool", "name": "f", **SINGLE},
            ["dropped warning unknown_field $.function_call.of_tomorrow"],
        ),
    ],
)
def test_functions_are_called_one_at_a_time(call: Json, expected: JsonObject, losses: list[str]) -> None:
    body, found = to_messages({**FUNCTIONS, "function_call": call})

    assert (body["tool_choice"], found) == (expected, losses)


def test_functions_beside_tools_forbid_no_parallel_calls() -> None:
    choice, _ = asked({**FUNCTIONS, "tool_choice": "auto"})

    assert choice == {"type": "auto"}


def test_the_choice_goes_before_its_older_form() -> None:
    fields = {"tool_choice": "required", "function_call": "none"}

    assert asked(fields) == ({"type": "any"}, ["dropped info legacy_function $.function_call"])


def test_a_forced_function_without_its_definition_is_named_where_it_stands() -> None:
    body, losses = to_messages({**FUNCTIONS, "function_call": {"name": FOREIGN}}, DOWNGRADE)

    assert body["tool_choice"] == {"type": "auto", **SINGLE}
    assert losses == ["approximated info tool_name $.function_call.name", "dropped warning tool_choice $.function_call"]
