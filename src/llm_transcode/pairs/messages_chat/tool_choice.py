"""Which tools may or must be called: ``tool_choice``, with the flag for parallel calls.

| Messages | Chat |
|---|---|
| ``tool_choice`` auto, any, tool, none | auto, required, a named tool, none |
| ``disable_parallel_tool_use`` | ``parallel_tool_calls``, inverted |
| a filtered list of tools | ``allowed_tools`` |

What makes no sense without tools goes when no tool is left: "tools are required when tool choice is
specified". A choice that forces a tool which cannot come along is refused.
"""

from __future__ import annotations

from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...json_text import JsonObject, Path, is_object
from ...losses import LossCode
from ...wire import WireModel
from ..conversion import Conversion
from ..fields import Fields, UnionFields

__all__ = ["allowed_names", "choice_to_chat", "choice_to_messages"]

# -- ledger --------------------------------------------------------------------------------------

_PARALLEL: Final = "`parallel_tool_calls`, inverted"
CHOICES_TO_CHAT: Final = UnionFields(
    Fields(messages.ToolChoiceAuto, {"type": "`auto`", "disable_parallel_tool_use": _PARALLEL}),
    Fields(messages.ToolChoiceAny, {"type": "`required`", "disable_parallel_tool_use": _PARALLEL}),
    Fields(
        messages.ToolChoiceTool,
        {"type": "`function`", "name": "`function.name`", "disable_parallel_tool_use": _PARALLEL},
    ),
    Fields(messages.ToolChoiceNone, {"type": "`none`"}),
    Fields(messages.UnknownToolChoice, {"type": "none; recorded"}),
)
NAMED_CHOICES_TO_MESSAGES: Final = UnionFields(
    Fields(chat.NamedToolChoice, {"type": "`tool`", "function": "`name`"}),
    Fields(chat.NamedCustomToolChoice, {"type": "`tool`", "custom": "`name`"}),
    Fields(chat.AllowedToolsChoice, {"type": "fewer `tools`", "allowed_tools": "`tools`, `tool_choice`"}),
)
NAMED_TOOL_TO_MESSAGES: Final = Fields(chat.NamedTool, {"name": "`name`"})
ALLOWED_TOOLS_TO_MESSAGES: Final = Fields(chat.AllowedTools, {"mode": "`tool_choice.type`", "tools": "`tools`"})
FUNCTION_OPTION_TO_MESSAGES: Final = Fields(chat.FunctionCallOption, {"name": "`tool_choice.name`"})

# -- Messages to Chat ----------------------------------------------------------------------------

_CHOICES_TO_CHAT: Final = {"auto": "auto", "any": "required", "none": "none"}
_CHOICES_TO_MESSAGES: Final = {"auto": "auto", "required": "any", "any": "any", "none": "none"}


def choice_to_chat(choice: messages.ToolChoice, tools: list[JsonObject], body: JsonObject, cx: Conversion) -> None:
    """Write the choice and the parallel flag; ``tools`` are those that come along."""
    CHOICES_TO_CHAT.report(choice, ("tool_choice",), cx.losses)
    names = {tool["function"]["name"] for tool in tools}
    match choice:
        case messages.ToolChoiceTool(name=name):
            fitted = cx.names.fit(name, ("tool_choice", "name"))
            if fitted in names:
                body["tool_choice"] = {"type": "function", "function": {"name": fitted}}
            else:
                cx.losses.refused(
                    LossCode.TOOL_CHOICE, ("tool_choice", "name"), f"the forced tool {name!r} is not sent"
                )
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


def allowed_names(choice: chat.ToolChoice | None, cx: Conversion) -> frozenset[str] | None:
    """Anthropic cannot hide a tool from a model that knows it, so the others are left out."""
    if not isinstance(choice, chat.AllowedToolsChoice):
        return None
    detail = "the tools that are not allowed are left out, which changes the cached prefix"
    cx.losses.approximated(LossCode.TOOL_CHOICE, ("tool_choice", "allowed_tools"), detail, "info")
    ALLOWED_TOOLS_TO_MESSAGES.report(choice.allowed_tools, ("tool_choice", "allowed_tools"), cx.losses)
    path = ("tool_choice", "allowed_tools", "tools")
    names = (_allowed_name(entry) for entry in choice.allowed_tools.tools)
    return frozenset(cx.names.fit(name, path) for name in names if name is not None)


def _allowed_name(entry: JsonObject) -> str | None:
    """``{"type": "function", "function": {"name": ...}}``, or without the inner object, as in the Responses API."""
    kind = entry.get("type")
    named = entry.get(kind) if isinstance(kind, str) else None
    name = named.get("name") if is_object(named) else entry.get("name")
    return name if isinstance(name, str) else None


def choice_to_messages(request: chat.RequestEnvelope, tools: list[JsonObject], cx: Conversion) -> JsonObject | None:
    """The choice, with the parallel flag in it; ``tools`` are those that come along."""
    choice = _asked_choice(request, cx)
    if not tools:
        if choice is not None and choice["type"] in ("any", "tool"):
            cx.losses.refused(LossCode.TOOL_CHOICE, _choice_path(request), "a tool must be called, but there is none")
        return None
    if choice is not None and choice["type"] == "tool" and choice["name"] not in {tool["name"] for tool in tools}:
        cx.losses.refused(
            LossCode.TOOL_CHOICE, _choice_path(request), f"the forced tool {choice['name']!r} is not sent"
        )
        choice = None
    single = request.parallel_tool_calls is False or bool(request.functions and not request.tools)
    if single and (choice is None or choice["type"] != "none"):
        choice = {**(choice or {"type": "auto"}), "disable_parallel_tool_use": True}
    return choice


def _asked_choice(request: chat.RequestEnvelope, cx: Conversion) -> JsonObject | None:
    if isinstance(request.tool_choice, WireModel):
        NAMED_CHOICES_TO_MESSAGES.report(request.tool_choice, ("tool_choice",), cx.losses)
    if request.tool_choice is not None and request.function_call is not None:
        cx.losses.dropped(LossCode.LEGACY_FUNCTION, ("function_call",), "tool_choice goes before it", "info")
    match request.tool_choice:
        case None:
            return _legacy_choice(request.function_call, cx)
        case str() as word:
            return _worded_choice(word, ("tool_choice",), cx)
        case chat.NamedToolChoice(function=named):
            return _named_choice(named, ("tool_choice", "function"), cx)
        case chat.NamedCustomToolChoice(custom=named):
            return _named_choice(named, ("tool_choice", "custom"), cx)
        case chat.AllowedToolsChoice(allowed_tools=allowed):
            return _worded_choice(allowed.mode, ("tool_choice", "allowed_tools", "mode"), cx)
        case chat.UnknownToolChoice(type=kind):
            cx.losses.dropped(LossCode.UNKNOWN_VALUE, ("tool_choice",), f"a choice of type {kind!r}")
            return None
        case _:
            assert_never(request.tool_choice)


def _choice_path(request: chat.RequestEnvelope) -> Path:
    return ("function_call",) if request.tool_choice is None else ("tool_choice",)


def _named_choice(named: chat.NamedTool, path: Path, cx: Conversion) -> JsonObject:
    NAMED_TOOL_TO_MESSAGES.report(named, path, cx.losses)
    return {"type": "tool", "name": cx.names.fit(named.name, (*path, "name"))}


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
            FUNCTION_OPTION_TO_MESSAGES.report(choice, ("function_call",), cx.losses)
            return {"type": "tool", "name": cx.names.fit(name, ("function_call", "name"))}
        case _:
            assert_never(choice)
