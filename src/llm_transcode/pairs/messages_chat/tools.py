"""Tools: what may be called. Which of it must be is in `tool_choice`.

| Messages | Chat |
|---|---|
| custom tool | function |
| bash, text editor, memory, computer | function with the documented schema |
| server tools, MCP | none: nobody would run them |
| function with one string ``input`` | custom (free-form) tool |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...losses import LossCode
from ...wire import Json, JsonObject, Path, is_object, tag_of
from ..conversion import Conversion
from ..fields import Drop, Fields, UnionFields
from .builtin_tools import ClientTool, expanded
from .caching import mark_for_messages
from .schemas import closed_schema, is_strict_at_openai, object_schema
from .tool_changes import current_tools
from .tool_choice import allowed_names, choice_to_chat, choice_to_messages

__all__ = ["FREE_TEXT", "custom_tool_names", "tools_to_chat", "tools_to_messages"]

FREE_TEXT: Final = "input"
"""The one property of a function that stands for a free-form tool."""

# -- ledger --------------------------------------------------------------------------------------

_ADVISORY: Final = Drop(LossCode.TOOL_OPTION, "Chat has no such setting of a tool", "info")
_NO_MARK: Final = Drop(LossCode.CACHE_CONTROL, "tools of Chat take no cache mark", "info")
_COMMON_DROPS: Final = {"cache_control": _NO_MARK, "input_examples": _ADVISORY}
_COMMON_MAPPED: Final = {
    "type": "`function`",
    "name": "`function.name`",
    "strict": "`function.strict`, where OpenAI takes the schema",
    "defer_loading": "sent like any other, or left out (`Options.deferred_tools`)",
    "allowed_callers": "left out unless the model may call it directly",
}
CUSTOM_TOOL_TO_CHAT: Final = Fields(
    messages.CustomTool,
    {**_COMMON_MAPPED, "description": "`function.description`", "input_schema": "`function.parameters`"},
    {**_COMMON_DROPS, "eager_input_streaming": _ADVISORY},
    plain=[
        {"name": str, "description": str, "input_schema": dict},
        {"type": str, "name": str, "description": str, "input_schema": dict},
    ],
)
BASH_TOOL_TO_CHAT: Final = Fields(messages.BashTool, _COMMON_MAPPED, _COMMON_DROPS)
TEXT_EDITOR_TO_CHAT: Final = Fields(
    messages.TextEditorTool, _COMMON_MAPPED, {**_COMMON_DROPS, "max_characters": _ADVISORY}
)
MEMORY_TOOL_TO_CHAT: Final = Fields(messages.MemoryTool, _COMMON_MAPPED, _COMMON_DROPS)
COMPUTER_TOOL_TO_CHAT: Final = Fields(
    messages.ComputerTool,
    {
        **_COMMON_MAPPED,
        "display_width_px": "the description",
        "display_height_px": "the description",
        "enable_zoom": "the actions",
    },
    {**_COMMON_DROPS, "display_number": _ADVISORY},
)
FUNCTION_TOOL_TO_MESSAGES: Final = Fields(
    chat.FunctionTool,
    {
        "type": "a custom tool",
        "function": "the tool",
        "cache_control": "`cache_control`",
        "eager_input_streaming": "`eager_input_streaming`",
    },
    plain=[{"type": str, "function": dict}],
)
FUNCTION_TO_MESSAGES: Final = Fields(
    chat.FunctionDefinition,
    {
        "name": "`name`",
        "description": "`description`",
        "parameters": "`input_schema`, with an object at its root",
        "strict": "`strict`, if true",
    },
    plain=[
        {"name": str, "parameters": dict},
        {"name": str, "description": str, "parameters": dict},
        {"name": str, "description": str, "parameters": dict, "strict": bool},
    ],
)
LEGACY_FUNCTION_TO_MESSAGES: Final = Fields(
    chat.LegacyFunction, {"name": "`name`", "description": "`description`", "parameters": "`input_schema`"}
)
CUSTOM_DEFINITION_TO_MESSAGES: Final = Fields(
    chat.CustomDefinition,
    {"name": "`name`", "description": "`description`", "format": "described, no longer enforced"},
)
CUSTOM_TOOL_TO_MESSAGES: Final = Fields(
    chat.CustomTool, {"type": "a tool with one string", "custom": "the tool", "cache_control": "`cache_control`"}
)

FORMATS_TO_MESSAGES: Final = UnionFields(
    Fields(chat.TextFormat, {"type": "nothing: text is free without a word"}),
    Fields(chat.GrammarFormat, {"type": "a sentence of `description`", "grammar": "quoted in `description`"}),
)
GRAMMAR_TO_MESSAGES: Final = Fields(chat.Grammar, dict.fromkeys(("syntax", "definition"), "quoted in `description`"))
# -- Messages to Chat ----------------------------------------------------------------------------


def tools_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """The tools, the choice and the parallel flag, which stand and fall together; the turns go before."""
    found = _found_tools(request.messages) if cx.options.deferred_tools == "referenced" else None
    tools: list[JsonObject] = []
    for tool, path in current_tools(request.tools or (), cx):
        converted = _tool_to_chat(tool, path, found, cx)
        if converted is not None:
            tools.append(converted)
    if tools:
        body["tools"] = tools
    if request.tool_choice is not None:
        choice_to_chat(request.tool_choice, tools, body, cx)


def _found_tools(turns: Iterable[Json]) -> frozenset[str]:
    """Names of the deferred tools that a search of the client's has found so far."""
    return frozenset(
        reference["tool_name"]
        for turn in turns
        if turn["role"] == "user"
        for block in _objects(turn["content"])
        if block["type"] == "tool_result"
        for reference in _objects(block.get("content"))
        if reference["type"] == "tool_reference"
    )


def _objects(content: str | list[JsonObject] | None) -> list[JsonObject]:
    return content if isinstance(content, list) else []


def _tool_to_chat(tool: Json, path: Path, found: frozenset[str] | None, cx: Conversion) -> JsonObject | None:
    if is_object(tool) and tool.get("type") in (None, "custom"):
        return _custom_to_chat(tool, path, found, cx)
    read = messages.read_tool(tool, path)
    match read:
        case messages.BashTool() | messages.TextEditorTool() | messages.MemoryTool() | messages.ComputerTool():
            return _builtin_to_chat(read, path, found, cx)
        case messages.BrowserToolset() | messages.ComputerToolset():
            cx.losses.refused(LossCode.BUILTIN_TOOL, path, f"the tools of {read.type} have no public schemas")
        case messages.UnknownTool():
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a tool of type {read.type!r}")
        case _:
            cx.losses.dropped(LossCode.SERVER_TOOL, path, f"{read.type} runs on Anthropic's servers only")
    return None


def _custom_to_chat(tool: JsonObject, path: Path, found: frozenset[str] | None, cx: Conversion) -> JsonObject | None:
    read = CUSTOM_TOOL_TO_CHAT.read(tool, path, cx.losses)
    if read is not None and not _is_callable(read, path, found, cx):
        return None
    schema = object_schema(tool["input_schema"])
    converted = _function_tool(tool["name"], tool.get("description"), schema, path, cx)
    if read is not None:
        _strict_to_chat(read.strict, converted["function"], path, cx)
    return converted


def _is_callable(
    tool: messages.CustomTool | ClientTool, path: Path, found: frozenset[str] | None, cx: Conversion
) -> bool:
    """Whether the model may call the tool itself, and has found it if it is deferred."""
    if tool.allowed_callers and "direct" not in tool.allowed_callers:
        detail = "only programs may call this tool, and Chat runs none"
        cx.losses.dropped(LossCode.TOOL_CALLER, (*path, "allowed_callers"), detail)
        return False
    if tool.defer_loading:
        hidden = found is not None and tool.name not in found
        detail = "left out until a search finds it" if hidden else "sent like any other tool"
        cx.losses.approximated(LossCode.TOOL_DEFERRED, (*path, "defer_loading"), detail, "info")
        return not hidden
    return True


def _builtin_to_chat(tool: ClientTool, path: Path, found: frozenset[str] | None, cx: Conversion) -> JsonObject | None:
    _BUILTIN_LEDGER[type(tool)].report(tool, path, cx.losses)
    if cx.options.builtin_tools == "drop":
        cx.losses.dropped(LossCode.BUILTIN_TOOL, path, f"{tool.type} is left out")
        return None
    if cx.options.builtin_tools == "reject":
        cx.losses.refused(LossCode.BUILTIN_TOOL, path, f"{tool.type} is known to Anthropic's models only")
        return None
    if not _is_callable(tool, path, found, cx):
        return None
    cx.losses.approximated(LossCode.BUILTIN_TOOL, path, f"{tool.type} is sent as a function with its documented schema")
    builtin = expanded(tool)
    converted = _function_tool(tool.name, builtin.description, builtin.parameters, path, cx)
    _strict_to_chat(tool.strict, converted["function"], path, cx)
    return converted


_BUILTIN_LEDGER: Final[dict[type[ClientTool], Fields]] = {
    messages.BashTool: BASH_TOOL_TO_CHAT,
    messages.TextEditorTool: TEXT_EDITOR_TO_CHAT,
    messages.MemoryTool: MEMORY_TOOL_TO_CHAT,
    messages.ComputerTool: COMPUTER_TOOL_TO_CHAT,
}


def _function_tool(
    name: str, description: str | None, parameters: JsonObject, path: Path, cx: Conversion
) -> JsonObject:
    function: JsonObject = {"name": cx.names.fit(name, path, "name")}
    if description is not None:
        function["description"] = description
    function["parameters"] = parameters
    return {"type": "function", "function": function}


def _strict_to_chat(strict: bool | None, function: JsonObject, path: Path, cx: Conversion) -> None:
    if strict is None:
        return
    if not cx.dialect.strict_tools:
        cx.losses.dropped(LossCode.TOOL_OPTION, (*path, "strict"), "the backend does not enforce schemas")
    elif strict and not is_strict_at_openai(function["parameters"]):
        detail = "OpenAI enforces only schemas that close every object and require every property"
        cx.losses.dropped(LossCode.TOOL_SCHEMA, (*path, "strict"), detail)
    else:
        function["strict"] = strict


# -- Chat to Messages ----------------------------------------------------------------------------


def custom_tool_names(tools: Iterable[JsonObject]) -> frozenset[str]:
    """The client's free-form tools, whose calls turn back into free text; the tools have been converted."""
    return frozenset(tool["custom"]["name"] for tool in tools if tool.get("type") == "custom")


def tools_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """The tools and the choice; tools win over the deprecated functions."""
    allowed = allowed_names(request.tool_choice, cx)
    tools: list[JsonObject] = []
    for index, tool in enumerate(request.tools or ()):
        converted = _tool_to_messages(tool, ("tools", index), cx)
        if converted is not None and (allowed is None or converted["name"] in allowed):
            tools.append(converted)
    if not request.tools:
        tools = [_legacy_to_messages(item, ("functions", at), cx) for at, item in enumerate(request.functions or ())]
    elif request.functions:
        cx.losses.dropped(LossCode.LEGACY_FUNCTION, ("functions",), "tools go before the deprecated functions")
    if tools:
        body["tools"] = tools
    choice = choice_to_messages(request, tools, cx)
    if choice is not None:
        body["tool_choice"] = choice


def _tool_to_messages(tool: Json, path: Path, cx: Conversion) -> JsonObject | None:
    if tag_of(tool, "type") == "function":
        return _function_to_messages(tool, path, cx)
    read = chat.read_tool(tool, path)
    match read:
        case chat.FunctionTool():
            return _function_to_messages(tool, path, cx)
        case chat.CustomTool(custom=custom):
            CUSTOM_TOOL_TO_MESSAGES.report(read, path, cx.losses)
            converted = _free_form(custom, (*path, "custom"), cx)
            mark_for_messages(None, read.cache_control, converted, path, cx)
            return converted
        case chat.UnknownTool():
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a tool of type {read.type!r}")
            return None
        case _:
            assert_never(read)


def _function_to_messages(tool: JsonObject, path: Path, cx: Conversion) -> JsonObject:
    read = FUNCTION_TOOL_TO_MESSAGES.read(tool, path, cx.losses)
    function: JsonObject = tool["function"]
    at: Path = (*path, "function")
    FUNCTION_TO_MESSAGES.read(function, at, cx.losses)
    converted = _custom(function["name"], function.get("description"), function.get("parameters"), at, cx)
    if function.get("strict"):
        _strict_to_messages(converted, (*at, "parameters"), cx)
    if read is not None:
        if read.eager_input_streaming is not None:
            converted["eager_input_streaming"] = read.eager_input_streaming
        mark_for_messages(None, read.cache_control, converted, path, cx)
    return converted


def _custom(
    name: str, description: str | None, parameters: JsonObject | None, path: Path, cx: Conversion
) -> JsonObject:
    tool: JsonObject = {"name": cx.names.fit(name, path, "name")}
    if description is not None:
        tool["description"] = description
    tool["input_schema"] = schema = object_schema(parameters or {})
    if schema is not parameters and parameters is not None and schema != parameters:
        detail = "Anthropic wants an object at the root of a tool's schema, without alternatives"
        cx.losses.approximated(LossCode.TOOL_SCHEMA, (*path, "parameters"), detail, "info")
    return tool


def _strict_to_messages(tool: JsonObject, path: Path, cx: Conversion) -> None:
    schema = tool["input_schema"]
    tool["input_schema"] = closed_schema(schema)
    tool["strict"] = True
    if tool["input_schema"] != schema:
        detail = "keywords that Anthropic does not enforce are moved into descriptions"
        cx.losses.approximated(LossCode.TOOL_SCHEMA, path, detail)


def _free_form(custom: chat.CustomDefinition, path: Path, cx: Conversion) -> JsonObject:
    CUSTOM_DEFINITION_TO_MESSAGES.report(custom, path, cx.losses)
    cx.losses.approximated(LossCode.CUSTOM_TOOL, path, "a free-form tool is sent as a function with one string", "info")
    description = [custom.description] if custom.description else []
    description.append(f"{FREE_TEXT} is free text.")
    if custom.format is not None:
        FORMATS_TO_MESSAGES.report(custom.format, (*path, "format"), cx.losses)
    if isinstance(custom.format, chat.GrammarFormat):
        GRAMMAR_TO_MESSAGES.report(custom.format.grammar, (*path, "format", "grammar"), cx.losses)
        cx.losses.approximated(LossCode.TOOL_GRAMMAR, (*path, "format"), "the grammar is described, but not enforced")
        grammar = custom.format.grammar
        description.append(f"It must follow this {grammar.syntax} grammar:\n{grammar.definition}")
    elif isinstance(custom.format, chat.UnknownFormat):
        cx.losses.dropped(LossCode.UNKNOWN_VALUE, (*path, "format"), f"a format of type {custom.format.type!r}")
    return {
        "name": cx.names.fit(custom.name, path, "name"),
        "description": "\n".join(description),
        "input_schema": {
            "type": "object",
            "properties": {FREE_TEXT: {"type": "string"}},
            "required": [FREE_TEXT],
            "additionalProperties": False,
        },
    }


def _legacy_to_messages(function: chat.LegacyFunction, path: Path, cx: Conversion) -> JsonObject:
    LEGACY_FUNCTION_TO_MESSAGES.report(function, path, cx.losses)
    return _custom(function.name, function.description, function.parameters, path, cx)
