"""Tools: what may be called, and which of it must be.

| Messages | Chat |
|---|---|
| custom tool | function |
| bash, text editor, memory, computer | function with the documented schema |
| server tools, MCP | none: nobody would run them |
| function with one string ``input`` | custom (free-form) tool |
| ``tool_choice`` auto, any, tool, none | auto, required, a named tool, none |
| ``disable_parallel_tool_use`` | ``parallel_tool_calls``, inverted |
| a filtered list of tools | ``allowed_tools`` |

What makes no sense without tools goes when no tool is left: "tools are required when tool choice is
specified". A choice that forces a tool which cannot come along is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...losses import LossCode
from ...wire import JsonObject, Path
from ..conversion import Conversion
from ..fields import Drop, Fields
from .builtin_tools import ClientTool, expanded
from .caching import mark_for_messages
from .schemas import closed_schema, is_strict_at_openai, object_schema

__all__ = ["FREE_TEXT", "custom_tool_names", "tools_to_chat", "tools_to_messages"]

FREE_TEXT: Final = "input"
"""The one property of a function that stands for a free-form tool."""

# -- ledger --------------------------------------------------------------------------------------

_ADVISORY: Final = Drop(LossCode.TOOL_OPTION, "Chat has no such setting of a tool", "info")
_NO_MARK: Final = Drop(LossCode.CACHE_CONTROL, "tools of Chat take no cache mark", "info")
_COMMON_DROPS: Final = {"cache_control": _NO_MARK, "input_examples": _ADVISORY, "eager_input_streaming": _ADVISORY}
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
    _COMMON_DROPS,
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

# -- Messages to Chat ----------------------------------------------------------------------------


def tools_to_chat(request: messages.Prompt, turns: Iterable[messages.Turn], body: JsonObject, cx: Conversion) -> None:
    """The tools, the choice and the parallel flag, which stand and fall together."""
    found = _found_tools(turns) if cx.options.deferred_tools == "referenced" else None
    tools: list[JsonObject] = []
    for tool, path in _current_tools(request.tools or [], turns, cx):
        converted = _tool_to_chat(tool, path, found, cx)
        if converted is not None:
            tools.append(converted)
    if tools:
        body["tools"] = tools
    if request.tool_choice is not None:
        _choice_to_chat(request.tool_choice, tools, body, cx)


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


def _current_tools(
    tools: Iterable[messages.Tool], turns: Iterable[messages.Turn], cx: Conversion
) -> list[tuple[messages.Tool, Path]]:
    """The tools at the end of the conversation: Chat cannot add or remove one half-way."""
    current: list[tuple[messages.Tool, Path]] = [(tool, ("tools", index)) for index, tool in enumerate(tools)]
    for at, turn in enumerate(turns):
        if isinstance(turn, messages.UnknownTurn) or turn.content is None or isinstance(turn.content, str):
            continue
        for index, block in enumerate(turn.content):
            path: Path = ("messages", at, "content", index)
            match block:
                case messages.ToolAdditionBlock(tool=messages.ToolDefinition(definition=tool)):
                    current.append((tool, path))
                case messages.ToolRemovalBlock(tool=messages.ToolReference(name=name)):
                    current = [(tool, where) for tool, where in current if getattr(tool, "name", None) != name]
                case messages.ToolAdditionBlock() | messages.ToolRemovalBlock():
                    pass
                case _:
                    continue
            detail = "Chat takes one list of tools; this is the one at the end of the conversation"
            cx.losses.approximated(LossCode.TOOL_CHANGE, path, detail, "info")
    return current


def _tool_to_chat(tool: messages.Tool, path: Path, found: frozenset[str] | None, cx: Conversion) -> JsonObject | None:
    match tool:
        case messages.CustomTool():
            CUSTOM_TOOL_TO_CHAT.report(tool, path, cx.losses)
            if not _is_callable(tool, path, found, cx):
                return None
            return _function(tool.name, tool.description, object_schema(tool.input_schema), tool.strict, path, cx)
        case messages.BashTool() | messages.TextEditorTool() | messages.MemoryTool() | messages.ComputerTool():
            return _builtin_to_chat(tool, path, found, cx)
        case messages.BrowserToolset() | messages.ComputerToolset():
            cx.losses.refused(LossCode.BUILTIN_TOOL, path, f"the tools of {tool.type} have no public schemas")
        case messages.UnknownTool():
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a tool of type {tool.type!r}")
        case _:
            cx.losses.dropped(LossCode.SERVER_TOOL, path, f"{tool.type} runs on Anthropic's servers only")
    return None


def _is_callable(tool: messages.CustomTool | ClientTool, path: Path, found: frozenset[str] | None, cx: Conversion) -> bool:
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
    return _function(tool.name, builtin.description, builtin.parameters, None, path, cx)


_BUILTIN_LEDGER: Final[dict[type[ClientTool], Fields]] = {
    messages.BashTool: BASH_TOOL_TO_CHAT,
    messages.TextEditorTool: TEXT_EDITOR_TO_CHAT,
    messages.MemoryTool: MEMORY_TOOL_TO_CHAT,
    messages.ComputerTool: COMPUTER_TOOL_TO_CHAT,
}


def _function(
    name: str, description: str | None, parameters: JsonObject, strict: bool | None, path: Path, cx: Conversion
) -> JsonObject:
    function: JsonObject = {"name": cx.names.fit(name, (*path, "name"))}
    if description is not None:
        function["description"] = description
    function["parameters"] = parameters
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


_CHOICES_TO_CHAT: Final = {"auto": "auto", "any": "required", "none": "none"}
_CHOICES_TO_MESSAGES: Final = {"auto": "auto", "required": "any", "any": "any", "none": "none"}


def _choice_to_chat(choice: messages.ToolChoice, tools: list[JsonObject], body: JsonObject, cx: Conversion) -> None:
    names = {tool["function"]["name"] for tool in tools}
    match choice:
        case messages.ToolChoiceTool(name=name):
            fitted = cx.names.fit(name, ("tool_choice", "name"))
            if fitted in names:
                body["tool_choice"] = {"type": "function", "function": {"name": fitted}}
            else:
                cx.losses.refused(LossCode.TOOL_CHOICE, ("tool_choice", "name"), f"the forced tool {name!r} is not sent")
        case messages.ToolChoiceAny() if not tools:
            cx.losses.refused(LossCode.TOOL_CHOICE, ("tool_choice", "type"), "a tool must be called, but none is left")
        case messages.ToolChoiceAuto() | messages.ToolChoiceAny() | messages.ToolChoiceNone():
            if tools:
                body["tool_choice"] = _CHOICES_TO_CHAT[choice.type]
        case messages.UnknownToolChoice():
            cx.losses.dropped(LossCode.UNKNOWN_VALUE, ("tool_choice", "type"), f"a choice of type {choice.type!r}")
        case _:
            assert_never(choice)
    if tools:
        _parallel_to_chat(choice, body, cx)


def _parallel_to_chat(choice: messages.ToolChoice, body: JsonObject, cx: Conversion) -> None:
    disabled = getattr(choice, "disable_parallel_tool_use", None)
    if disabled is None:
        return
    if cx.dialect.parallel_tool_calls:
        body["parallel_tool_calls"] = not disabled
    elif disabled:
        path = ("tool_choice", "disable_parallel_tool_use")
        cx.losses.dropped(LossCode.TOOL_CHOICE, path, "the backend cannot be kept from parallel calls")


# -- Chat to Messages ----------------------------------------------------------------------------


def custom_tool_names(request: chat.Request) -> frozenset[str]:
    """The client's free-form tools, whose calls turn back into free text."""
    return frozenset(tool.custom.name for tool in request.tools or [] if isinstance(tool, chat.CustomTool))


def tools_to_messages(request: chat.Request, body: JsonObject, cx: Conversion) -> None:
    """The tools and the choice; tools win over the deprecated functions."""
    allowed = _allowed_names(request.tool_choice, cx)
    tools: list[JsonObject] = []
    for index, tool in enumerate(request.tools or []):
        converted = _tool_to_messages(tool, ("tools", index), cx)
        if converted is not None and (allowed is None or converted["name"] in allowed):
            tools.append(converted)
    if not tools:
        tools = [_legacy_to_messages(function, ("functions", at), cx) for at, function in enumerate(request.functions or [])]
    if tools:
        body["tools"] = tools
    choice = _choice_to_messages(request, tools, cx)
    if choice is not None:
        body["tool_choice"] = choice


def _allowed_names(choice: chat.ToolChoice | None, cx: Conversion) -> frozenset[str] | None:
    """Anthropic cannot hide a tool from a model that knows it, so the others are left out."""
    if not isinstance(choice, chat.AllowedToolsChoice):
        return None
    detail = "the tools that are not allowed are left out, which changes the cached prefix"
    cx.losses.approximated(LossCode.TOOL_CHOICE, ("tool_choice", "allowed_tools"), detail, "info")
    path = ("tool_choice", "allowed_tools", "tools")
    names = (_allowed_name(entry) for entry in choice.allowed_tools.tools)
    return frozenset(cx.names.fit(name, path) for name in names if name is not None)


def _allowed_name(entry: JsonObject) -> str | None:
    """``{"type": "function", "function": {"name": ...}}``, or without the inner object, as in the Responses API."""
    kind = entry.get("type")
    named = entry.get(kind) if isinstance(kind, str) else None
    name = named.get("name") if isinstance(named, dict) else entry.get("name")
    return name if isinstance(name, str) else None


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
    mark_for_messages(None, tool.cache_control, converted)
    return converted


def _custom(name: str, description: str | None, parameters: JsonObject | None, path: Path, cx: Conversion) -> JsonObject:
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
    if isinstance(custom.format, chat.GrammarFormat):
        cx.losses.approximated(LossCode.TOOL_GRAMMAR, (*path, "format"), "the grammar is described, but not enforced")
        grammar = custom.format.grammar
        description.append(f"It must follow this {grammar.syntax} grammar:\n{grammar.definition}")
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


def _choice_to_messages(request: chat.Request, tools: list[JsonObject], cx: Conversion) -> JsonObject | None:
    choice = _asked_choice(request, cx)
    if not tools:
        if choice is not None and choice["type"] in ("any", "tool"):
            cx.losses.refused(LossCode.TOOL_CHOICE, ("tool_choice",), "a tool must be called, but there is none")
        return None
    if choice is not None and choice["type"] == "tool" and choice["name"] not in {tool["name"] for tool in tools}:
        cx.losses.refused(LossCode.TOOL_CHOICE, ("tool_choice",), f"the forced tool {choice['name']!r} is not sent")
        choice = None
    single = request.parallel_tool_calls is False or bool(request.functions and not request.tools)
    if single and (choice is None or choice["type"] != "none"):
        choice = {**(choice or {"type": "auto"}), "disable_parallel_tool_use": True}
    return choice


def _asked_choice(request: chat.Request, cx: Conversion) -> JsonObject | None:
    match request.tool_choice:
        case None:
            return _legacy_choice(request.function_call, cx)
        case str() as word:
            return _worded_choice(word, ("tool_choice",), cx)
        case chat.NamedToolChoice(function=named) | chat.NamedCustomToolChoice(custom=named):
            return {"type": "tool", "name": cx.names.fit(named.name, ("tool_choice",))}
        case chat.AllowedToolsChoice(allowed_tools=allowed):
            return _worded_choice(allowed.mode, ("tool_choice", "allowed_tools", "mode"), cx)
        case chat.UnknownToolChoice(type=kind):
            cx.losses.dropped(LossCode.UNKNOWN_VALUE, ("tool_choice",), f"a choice of type {kind!r}")
            return None
        case _:
            assert_never(request.tool_choice)


def _worded_choice(word: str, path: Path, cx: Conversion) -> JsonObject | None:
    if word in _CHOICES_TO_MESSAGES:
        return {"type": _CHOICES_TO_MESSAGES[word]}
    cx.losses.dropped(LossCode.UNKNOWN_VALUE, path, f"a choice {word!r}")
    return None


def _legacy_choice(choice: str | chat.FunctionCallOption | None, cx: Conversion) -> JsonObject | None:
    match choice:
        case None:
            return None
        case str() as word:
            return _worded_choice(word, ("function_call",), cx)
        case chat.FunctionCallOption(name=name):
            return {"type": "tool", "name": cx.names.fit(name, ("function_call", "name"))}
