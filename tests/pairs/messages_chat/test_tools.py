"""Tools: what may be called."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import Dialect, InvalidPayload, LossCode, Options, Unsupported
from llm_transcode.pairs.conversion import hashed
from tests.pairs.messages_chat.conversions import Json, JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import OBJECT, assistant, custom, function, tool_result, tool_use, user

CLOSED: Final[JsonObject] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
MARK: Final[JsonObject] = {"cache_control": {"type": "ephemeral"}}
FITTED: Final = "a_b_" + hashed("a b")
"""What becomes of a name that neither vendor takes, ``a b``."""

# -- Messages to Chat ------------------------------------------------------------------------------


def functions_of(tool: JsonObject, options: Options | None = None) -> tuple[list[JsonObject], list[str]]:
    """The functions that stand for a tool, and what is lost of it, by its place within the tool."""
    body, losses = to_chat({"tools": [tool]}, options)
    return body.get("tools", []), [loss.replace("$.tools[0]", "").strip() for loss in losses]


@pytest.mark.parametrize(
    ("tool", "made", "losses"),
    [
        (custom(), function(), []),
        (custom(type="custom"), function(), []),
        (custom(type=None), function(), []),
        (custom(description="d"), function(description="d"), []),
        (custom(description=""), function(description=""), []),
        (custom("a b"), function(FITTED), ["approximated info tool_name .name"]),
        (custom("a b", strict=False), function(FITTED, strict=False), ["approximated info tool_name .name"]),
        (custom(schema=CLOSED, strict=True), function(parameters=CLOSED, strict=True), []),
        (custom(strict=True), function(), ["dropped warning tool_schema .strict"]),
        (custom(strict=False), function(strict=False), []),
        (custom(defer_loading=True), function(), ["approximated info tool_deferred .defer_loading"]),
        (custom(defer_loading=False), function(), []),
        (custom(allowed_callers=["direct", "code_execution_20260120"]), function(), []),
        (custom(allowed_callers=[]), function(), []),
        (
            custom(mood=1, input_examples=[{}], eager_input_streaming=True, **MARK),
            function(),
            [
                "dropped info cache_control .cache_control",
                "dropped info tool_option .input_examples",
                "dropped info tool_option .eager_input_streaming",
                "dropped warning unknown_field .mood",
            ],
        ),
    ],
)
def test_a_tool_is_a_function(tool: JsonObject, made: JsonObject, losses: list[str]) -> None:
    found, lost = functions_of(tool)

    assert (found, sorted(lost)) == ([made], sorted(losses))


@pytest.mark.parametrize("strict", [True, False])
def test_a_backend_that_does_not_enforce_schemas(strict: bool) -> None:
    lax = Options(dialect=Dialect(name="lax", protocol="chat", strict_tools=False))

    assert functions_of(custom(schema=CLOSED, strict=strict), lax) == (
        [function(parameters=CLOSED)],
        ["dropped warning tool_option .strict"],
    )


BASH: Final = {"type": "bash_20250124", "name": "bash"}


@pytest.mark.parametrize("tool", [custom("bash"), BASH], ids=["custom", "built in"])
def test_a_tool_for_programs_only_is_left_out(tool: JsonObject) -> None:
    found, losses = functions_of({**tool, "allowed_callers": ["code_execution_20260120"]})

    assert (found, losses) == ([], ["dropped warning tool_caller .allowed_callers"])


@pytest.mark.parametrize("tool", [custom("bash"), BASH], ids=["custom", "built in"])
@pytest.mark.parametrize(
    ("reference", "is_sent"),
    [({"type": "tool_reference", "tool_name": "bash"}, True), ({"type": "tool_reference", "tool_name": "f"}, False)],
)
def test_a_deferred_tool_is_sent_once_it_was_found(tool: JsonObject, reference: JsonObject, is_sent: bool) -> None:
    turns = [user("find it"), assistant(tool_use()), user(tool_result(content=[reference]))]
    request = {"tools": [{**tool, "defer_loading": True}], "messages": turns}

    body, losses = to_chat(request, Options(deferred_tools="referenced"))
    plain, unlost = to_chat({**request, "tools": [tool]}, Options(deferred_tools="referenced"))

    assert body.get("tools") == (plain["tools"] if is_sent else None)
    assert [loss for loss in losses if loss not in unlost] == [
        "approximated info tool_deferred $.tools[0].defer_loading"
    ]


def test_a_built_in_tool_is_a_function_with_its_documented_schema() -> None:
    [made], losses = functions_of({**BASH, "strict": False, "input_examples": [{}], "mood": 1})

    assert (made["function"]["name"], made["function"]["strict"]) == ("bash", False)
    assert list(made["function"]["parameters"]["properties"]) == ["command", "restart"]
    assert losses == [
        "dropped info tool_option .input_examples",
        "dropped warning unknown_field .mood",
        "approximated warning builtin_tool",
    ]


def test_a_built_in_tool_is_left_out_on_demand() -> None:
    assert functions_of(BASH, Options(builtin_tools="drop")) == ([], ["dropped warning builtin_tool"])


@pytest.mark.parametrize(
    ("tool", "options"),
    [
        (BASH, Options(builtin_tools="reject")),
        ({"type": "browser_toolset_20260801"}, Options()),
        ({"type": "computer_toolset_20260801"}, Options()),
    ],
)
def test_a_tool_that_is_refused_unless_its_loss_is_allowed(tool: JsonObject, options: Options) -> None:
    allowed = Options(builtin_tools=options.builtin_tools, downgrade=frozenset({LossCode.BUILTIN_TOOL}))

    with pytest.raises(Unsupported, match=r"LossCode\.BUILTIN_TOOL") as caught:
        functions_of(tool, options)

    assert caught.value.path == "$.tools[0]"
    assert to_chat({"tools": [tool, custom()]}, allowed) == (
        {"tools": [function()]},
        ["dropped warning builtin_tool $.tools[0]"],
    )


@pytest.mark.parametrize(
    ("tool", "code"),
    [
        ({"type": "web_fetch_20250910", "name": "web_fetch"}, "server_tool"),
        ({"type": "mcp_toolset", "mcp_server_name": "s"}, "server_tool"),
        ({"type": "of_tomorrow"}, "unknown_block"),
    ],
)
def test_a_tool_that_chat_does_not_run_is_left_out(tool: JsonObject, code: str) -> None:
    assert to_chat({"tools": [custom(), tool]}) == (
        {"tools": [function()]},
        [f"dropped warning {code} $.tools[1]"],
    )


@pytest.mark.parametrize(
    ("tool", "place"),
    [({**BASH, "name": 1}, ".name"), (custom(strict=1), ".strict"), ({"name": 1, "input_schema": OBJECT}, ".name")],
)
def test_a_tool_of_messages_that_is_none_is_bad_input(tool: JsonObject, place: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        functions_of(tool)

    assert caught.value.path == f"$.tools[0]{place}"


# -- Chat to Messages ------------------------------------------------------------------------------


def tools_of(tool: Json) -> tuple[list[JsonObject], list[str]]:
    """What stands for a tool of Chat, and what is lost of it, by its place within the tool."""
    body, losses = to_messages({"tools": [tool]})
    return body.get("tools", []), [loss.replace("$.tools[0]", "").strip() for loss in losses]


def untyped(tool: JsonObject) -> JsonObject:
    return {name: value for name, value in tool.items() if name != "type"}


SHORT: Final[JsonObject] = {"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}}


@pytest.mark.parametrize(
    ("tool", "made", "losses"),
    [
        (function(), custom(), []),
        (untyped(function()), custom(), []),
        (function(description="d"), custom(description="d"), []),
        (function(description=""), custom(description=""), []),
        (function("a b"), custom(FITTED), ["approximated info tool_name .function.name"]),
        (function(strict=False), custom(), []),
        (function(strict=None), custom(), []),
        (function(parameters=CLOSED, strict=True), custom(schema=CLOSED, strict=True), []),
        ({"type": "function", "function": {"name": "f"}}, custom(), []),
        ({"type": "function", "function": {"name": "f", "parameters": None}}, custom(), []),
        (
            {"type": "function", "function": {"name": "f", "parameters": {}}},
            custom(),
            ["approximated info tool_schema .function.parameters"],
        ),
        ({**function(), "eager_input_streaming": False}, custom(eager_input_streaming=False), []),
        ({**function(), **MARK}, custom(**MARK), []),
        (
            {**untyped(function(mood=1)), "mood": 2},
            custom(),
            ["dropped warning unknown_field .mood", "dropped warning unknown_field .function.mood"],
        ),
    ],
)
def test_a_function_is_a_tool(tool: JsonObject, made: JsonObject, losses: list[str]) -> None:
    assert tools_of(tool) == ([made], losses)


def test_what_anthropic_does_not_enforce_moves_into_descriptions() -> None:
    [made], losses = tools_of(function(parameters=SHORT, strict=True))

    assert made["strict"] is True
    assert made["input_schema"]["additionalProperties"] is False
    assert "minLength" not in made["input_schema"]["properties"]["a"]
    assert losses == ["approximated warning tool_schema .function.parameters"]


def free_form(**fields: Json) -> JsonObject:
    return {"type": "custom", "custom": {"name": "patch", **fields}}


def one_string(description: str, name: str = "patch") -> JsonObject:
    schema = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}
    return {"name": name, "description": description, "input_schema": {**schema, "additionalProperties": False}}


FREE: Final = "input is free text."
UNWRAPPED: Final = "approximated info custom_tool .custom"
GRAMMAR: Final = {"syntax": "lark", "definition": "start: /a+/"}


@pytest.mark.parametrize(
    ("tool", "made", "losses"),
    [
        (free_form(), one_string(FREE), [UNWRAPPED]),
        (free_form(description=""), one_string(FREE), [UNWRAPPED]),
        (free_form(description="d"), one_string(f"d\n{FREE}"), [UNWRAPPED]),
        (free_form(format={"type": "text"}), one_string(FREE), [UNWRAPPED]),
        (
            free_form(format={"type": "grammar", "grammar": GRAMMAR}),
            one_string(f"{FREE}\nIt must follow this lark grammar:\nstart: /a+/"),
            [UNWRAPPED, "approximated warning tool_grammar .custom.format"],
        ),
        (
            free_form(format={"type": "of_tomorrow"}),
            one_string(FREE),
            [UNWRAPPED, "dropped warning unknown_value .custom.format"],
        ),
        (free_form(name="a b"), one_string(FREE, FITTED), [UNWRAPPED, "approximated info tool_name .custom.name"]),
        ({**free_form(), **MARK}, {**one_string(FREE), **MARK}, [UNWRAPPED]),
        (
            {**free_form(mood=1, format={"type": "text", "mood": 2}), "mood": 3},
            one_string(FREE),
            [
                "dropped warning unknown_field .mood",
                "dropped warning unknown_field .custom.mood",
                UNWRAPPED,
                "dropped warning unknown_field .custom.format.mood",
            ],
        ),
        (
            free_form(format={"type": "grammar", "grammar": {**GRAMMAR, "mood": 1}, "mood": 2}),
            one_string(f"{FREE}\nIt must follow this lark grammar:\nstart: /a+/"),
            [
                UNWRAPPED,
                "dropped warning unknown_field .custom.format.mood",
                "dropped warning unknown_field .custom.format.grammar.mood",
                "approximated warning tool_grammar .custom.format",
            ],
        ),
    ],
)
def test_a_free_form_tool_is_a_tool_with_one_string(tool: JsonObject, made: JsonObject, losses: list[str]) -> None:
    assert tools_of(tool) == ([made], losses)


def test_a_tool_that_messages_does_not_know_is_left_out() -> None:
    assert to_messages({"tools": [{"type": "of_tomorrow"}, function()]}) == (
        {"tools": [custom()]},
        ["dropped warning unknown_block $.tools[0]"],
    )


@pytest.mark.parametrize(
    ("tool", "place"),
    [
        ({"type": "function", "function": {"name": 1}}, ".function.name"),
        ({"function": {}}, ".function.name"),
        ({"type": "custom", "custom": {"name": 1}}, ".custom.name"),
    ],
)
def test_a_tool_of_chat_that_is_none_is_bad_input(tool: JsonObject, place: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        tools_of(tool)

    assert caught.value.path == f"$.tools[0]{place}"


def legacy(name: str = "f", **fields: Json) -> JsonObject:
    return {"name": name, "parameters": OBJECT, **fields}


@pytest.mark.parametrize(
    ("item", "made", "losses"),
    [
        (legacy(), custom(), []),
        ({"name": "f"}, custom(), []),
        (legacy(description="d"), custom(description="d"), []),
        (legacy("a b"), custom(FITTED), ["approximated info tool_name $.functions[0].name"]),
        (legacy(mood=1), custom(), ["dropped warning unknown_field $.functions[0].mood"]),
        (
            legacy(parameters={"type": "array"}),
            custom(),
            ["approximated info tool_schema $.functions[0].parameters"],
        ),
    ],
)
def test_a_deprecated_function_is_a_tool(item: JsonObject, made: JsonObject, losses: list[str]) -> None:
    one_by_one = {"type": "auto", "disable_parallel_tool_use": True}
    assert to_messages({"functions": [item]}) == ({"tools": [made], "tool_choice": one_by_one}, losses)


def test_tools_go_before_the_deprecated_functions() -> None:
    assert to_messages({"tools": [function("f")], "functions": [legacy("g")]}) == (
        {"tools": [custom("f")]},
        ["dropped warning legacy_function $.functions"],
    )
