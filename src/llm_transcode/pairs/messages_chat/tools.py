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
from ...wire import JsonObject, Path
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
)
FUNCTION_TO_MESSAGES: Final = Fields(
    chat.FunctionDefinition,
    {
        "name": "`name`",
        "description": "`description`",
        "parameters": "`input_schema`, with an object at its root",
        "strict": "`strict`, if true",
    },
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


def tools_to_chat(request: messages.Prompt, turns: Iterable[messages.Turn], body: JsonObject, cx: Conversion) -> None:
    """The tools, the choice and the parallel flag, which stand and fall together."""
    found = _found_tools(turns) if cx.options.deferred_tools == "referenced" else None
    tools: list[JsonObject] = []
    for tool, path in current_tools(request.tools or [], turns, cx):
        converted = _tool_to_chat(tool, path, found, cx)
        if converted is not None:
            tools.append(converted)
    if tools:
        body["tools"] = tools
    if request.tool_choice is not None:
        choice_to_chat(request.tool_choice, tools, body, cx)


def _found_tools(turns: Iterable[messages.Turn]) -> frozenset[str]:
    """Names of the deferred tools that a search of the client's has found so far."""
    return frozenset(
        reference.tool_name
        for turn in turns
        if isinstance(turn, messages.UserTurn) and not isinstance(turn.content, str)
        for block in turn.content
        if isinstance(block, messages.ToolResultBlock) and isinstance(block.content, list)
        for reference in block.content
        if isinstance(reference, messages.ToolReferenceBlock)
    )


def _tool_to_chat(tool: messages.Tool, path: Path, found: frozenset[str] | None, cx: Conversion) -> JsonObject | None:
    match tool:
        case messages.CustomTool():
            CUSTOM_TOOL_TO_CHAT.report(tool, path, cx.losses)
            if not _is_callable(tool, path, found, cx):
                return None
            function = _function(tool.name, tool.description, object_schema(tool.input_schema))
            return _tool_of(function, tool.strict, path, cx)
        case messages.BashTool() | messages.TextEditorTool() | messages.MemoryTool() | messages.ComputerTool():
            return _builtin_to_chat(tool, path, found, cx)
        case messages.BrowserToolset() | messages.ComputerToolset():
            cx.losses.refused(LossCode.BUILTIN_TOOL, path, f"the tools of {tool.type} have no public schemas")
        case messages.UnknownTool():
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a tool of type {tool.type!r}")
        case _:
            cx.losses.dropped(LossCode.SERVER_TOOL, path, f"{tool.type} runs on Anthropic's servers only")
    return None


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
    return _tool_of(_function(tool.name, builtin.description, builtin.parameters), tool.strict, path, cx)


_BUILTIN_LEDGER: Final[dict[type[ClientTool], Fields]] = {
    messages.BashTool: BASH_TOOL_TO_CHAT,
    messages.TextEditorTool: TEXT_EDITOR_TO_CHAT,
    messages.MemoryTool: MEMORY_TOOL_TO_CHAT,
    messages.ComputerTool: COMPUTER_TOOL_TO_CHAT,
}


def _function(name: str, description: str | None, parameters: JsonObject) -> JsonObject:
    if description is None:
        return {"name": name, "parameters": parameters}
    return {"name": name, "description": description, "parameters": parameters}


def _tool_of(function: JsonObject, strict: bool | None, path: Path, cx: Conversion) -> JsonObject:
    function["name"] = cx.names.fit(function["name"], (*path, "name"))
    if strict is not None:
        _strict_to_chat(strict, function, (*path, "strict"), cx)
    return {"type": "function", "function": function}


def _strict_to_chat(strict: bool, function: JsonObject, path: Path, cx: Conversion) -> None:
    if not cx.dialect.strict_tools:
        cx.losses.dropped(LossCode.TOOL_OPTION, path, "the backend does not enforce schemas")
    elif strict and not is_strict_at_openai(function["parameters"]):
        detail = "OpenAI enforces only schemas that close every object and require every property"
        cx.losses.dropped(LossCode.TOOL_SCHEMA, path, detail)
    else:
        function["strict"] = strict


# -- Chat to Messages ----------------------------------------------------------------------------


def custom_tool_names(request: chat.Request) -> frozenset[str]:
    """The client's free-form tools, whose calls turn back into free text."""
    return frozenset(tool.custom.name for tool in request.tools or [] if isinstance(tool, chat.CustomTool))


def tools_to_messages(request: chat.Request, body: JsonObject, cx: Conversion) -> None:
    """The tools and the choice; tools win over the deprecated functions."""
    allowed = allowed_names(request.tool_choice, cx)
    tools: list[JsonObject] = []
    for index, tool in enumerate(request.tools or []):
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


def _tool_to_messages(tool: chat.Tool, path: Path, cx: Conversion) -> JsonObject | None:
    match tool:
        case chat.FunctionTool(function=function):
            FUNCTION_TOOL_TO_MESSAGES.report(tool, path, cx.losses)
            FUNCTION_TO_MESSAGES.report(function, (*path, "function"), cx.losses)
            converted = _custom(function.name, function.description, function.parameters, (*path, "function"), cx)
            if function.strict:
                _strict_to_messages(converted, (*path, "function", "parameters"), cx)
            if tool.eager_input_streaming is not None:
                converted["eager_input_streaming"] = tool.eager_input_streaming
        case chat.CustomTool(custom=custom):
            CUSTOM_TOOL_TO_MESSAGES.report(tool, path, cx.losses)
            converted = _free_form(custom, (*path, "custom"), cx)
        case chat.UnknownTool():
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a tool of type {tool.type!r}")
            return None
        case _:
            assert_never(tool)
    mark_for_messages(None, tool.cache_control, converted, path, cx)
    return converted


def _custom(
    name: str, description: str | None, parameters: JsonObject | None, path: Path, cx: Conversion
) -> JsonObject:
    tool: JsonObject = {"name": cx.names.fit(name, (*path, "name"))}
    if description is not None:
        tool["description"] = description
    tool["input_schema"] = schema = object_schema(parameters or {})
    if parameters is not None and schema != parameters:
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
        "name": cx.names.fit(custom.name, (*path, "name")),
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
