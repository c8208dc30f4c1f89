"""Calls of tools and their results, in turns and in replies.

The input of a call is an object in Messages and a JSON string in Chat. A string that is no JSON
object is never swallowed: it becomes ``{"_raw_arguments": "..."}``, and turns back from it.

The error flag of a result has no slot in Chat. It is written as a first line, `ERROR_MARK`, and
exactly that line turns back into the flag.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...errors import InvalidPayload
from ...losses import LossCode, Recorder
from ...messages.tools import RAW_ARGUMENTS
from ...wire import Json, JsonObject, Path, clone, dump_json, is_object, parse_json, render_path
from ..conversion import Conversion
from ..fields import Drop, Fields, UnionFields
from .caching import mark_for_messages, no_slot_for_mark
from .content_to_chat import parts_to_chat, text_part
from .content_to_messages import part_to_messages
from .tools import FREE_TEXT

__all__ = [
    "ERROR_MARK",
    "RAW_ARGUMENTS",
    "CallIds",
    "arguments_of",
    "call_to_chat",
    "call_to_messages",
    "input_of",
    "legacy_call_to_messages",
    "report_call",
    "result_to_chat",
    "result_to_messages",
]

ERROR_MARK: Final = "[tool_error]"
"""The first line of a failed tool's result in Chat."""

# -- ledger --------------------------------------------------------------------------------------

_CALLER: Final = Drop(LossCode.TOOL_CALLER, "Chat does not say who called", "info")
TOOL_USE_TO_CHAT: Final = Fields(
    messages.ToolUseBlock,
    {
        "type": "`tool_calls[]`",
        "id": "`tool_calls[].id`",
        "name": "`function.name`",
        "input": "`function.arguments`",
        "cache_control": "none; recorded",
    },
    {"caller": _CALLER, "toolset_name": _CALLER},
)
TOOL_RESULT_TO_CHAT: Final = Fields(
    messages.ToolResultBlock,
    {
        "type": "a `tool` message",
        "tool_use_id": "`tool_call_id`",
        "content": "`content`; media in the user message that follows",
        "is_error": f"a first line `{ERROR_MARK}`",
        "cache_control": "none; recorded",
    },
    {"toolset_name": _CALLER},
)
TOOL_REFERENCE_TO_CHAT: Final = Fields(
    messages.ToolReferenceBlock,
    {"type": "`text` part", "tool_name": "`text`"},
    {"cache_control": Drop(LossCode.CACHE_CONTROL, "its text is a remark of this library's", "info")},
)
TOOL_MESSAGE_TO_MESSAGES: Final = Fields(
    chat.ToolMessage,
    {
        "role": "a `tool_result` block of the next user turn",
        "tool_call_id": "`tool_use_id`",
        "content": "`content`",
        "cache_control": "`cache_control`",
    },
    {"name": Drop(LossCode.TURN_NAME, "the call says which tool it was", "info")},
)
FUNCTION_MESSAGE_TO_MESSAGES: Final = Fields(
    chat.FunctionMessage,
    {"role": "a `tool_result` block of the next user turn", "name": "the call it answers", "content": "`content`"},
)
RESULTS_TO_MESSAGES: Final = UnionFields(TOOL_MESSAGE_TO_MESSAGES, FUNCTION_MESSAGE_TO_MESSAGES)
_EXTRA: Final = Drop(LossCode.VENDOR_FIELD, "a vendor's data about the call, for which tool_use has no slot")
_CALL: Final = {
    "type": "`tool_use` block",
    "id": "`id`",
    "index": "the order of blocks",
    "cache_control": "`cache_control`",
}
_CALL_EXTRAS: Final = {"extra_content": _EXTRA, "provider_specific_fields": _EXTRA}
FUNCTION_CALL_TO_MESSAGES: Final = Fields(chat.FunctionToolCall, {**_CALL, "function": "`name`, `input`"}, _CALL_EXTRAS)
CUSTOM_CALL_TO_MESSAGES: Final = Fields(chat.CustomToolCall, {**_CALL, "custom": "`name`, `input.input`"}, _CALL_EXTRAS)
FUNCTION_TO_MESSAGES: Final = Fields(chat.FunctionCall, {"name": "`name`", "arguments": "`input`"})
CALLS_TO_MESSAGES: Final = UnionFields(FUNCTION_CALL_TO_MESSAGES, CUSTOM_CALL_TO_MESSAGES)
CUSTOM_TO_MESSAGES: Final = Fields(chat.CustomCall, {"name": "`name`", "input": "`input.input`"})

# -- arguments -----------------------------------------------------------------------------------


def arguments_of(tool_input: JsonObject) -> str:
    """The input of a call as Chat writes it: compact JSON, keys in their order."""
    raw = tool_input.get(RAW_ARGUMENTS)
    if isinstance(raw, str) and len(tool_input) == 1:
        return raw
    return dump_json(tool_input).decode()


def input_of(arguments: str | JsonObject | None, path: Path, cx: Conversion) -> JsonObject:
    """The arguments of a call as an object; nothing at all means ``{}``."""
    if isinstance(arguments, dict):
        return arguments
    if arguments is None or not arguments.strip():
        return {}
    try:
        value: Json = clone(parse_json(arguments))  # 1e400 is JSON, but no number that can be written again
    except InvalidPayload:
        value = None
    if is_object(value):
        return value
    if cx.options.invalid_arguments == "reject":
        raise InvalidPayload("expected a JSON object as arguments", render_path(path))
    detail = f"arguments that are not a JSON object are kept as {RAW_ARGUMENTS}"
    cx.losses.approximated(LossCode.TOOL_ARGUMENTS, path, detail)
    return {RAW_ARGUMENTS: arguments}


# -- Messages to Chat ----------------------------------------------------------------------------


def call_to_chat(block: messages.ToolUseBlock, call_id: str, path: Path, cx: Conversion) -> JsonObject:
    """A call of an earlier turn, under the id that its result will name too."""
    TOOL_USE_TO_CHAT.report(block, path, cx.losses)
    if block.cache_control is not None:
        no_slot_for_mark(block.cache_control, path, cx)
    function = {"name": cx.names.fit(block.name, (*path, "name")), "arguments": arguments_of(block.input)}
    return {"id": call_id, "type": "function", "function": function}


def result_to_chat(
    block: messages.ToolResultBlock, call_id: str, path: Path, cx: Conversion
) -> tuple[JsonObject, list[JsonObject]]:
    """A result, and its media, which follow in the user turn for backends whose tool messages are text only."""
    TOOL_RESULT_TO_CHAT.report(block, path, cx.losses)
    if block.cache_control is not None:
        no_slot_for_mark(block.cache_control, path, cx)
    media: list[JsonObject] = []
    content = _result_content(block.content or "", call_id, path, media, cx)
    if block.is_error:
        content = _marked(content, (*path, "is_error"), cx)
    return {"role": "tool", "tool_call_id": call_id, "content": content}, media


def _result_content(
    content: str | list[messages.ToolResultContent], call_id: str, path: Path, media: list[JsonObject], cx: Conversion
) -> str | list[JsonObject]:
    if isinstance(content, str):
        return content
    parts: list[JsonObject] = []
    for index, inner in enumerate(content):
        at = (*path, "content", index)
        for part in _result_parts(inner, at, cx):
            if part["type"] == "text" or cx.dialect.tool_media:
                parts.append(part)
            else:
                label = text_part(f"[{_NOUNS[part['type']]} {len(media) // 2 + 1} of tool result {call_id}]")
                cx.losses.approximated(LossCode.TOOL_MEDIA, at, "sent in the user message that follows")
                parts.append(label)
                media += [label, part]
    return parts or ""


_NOUNS: Final = {"image_url": "image", "file": "file"}


def _result_parts(block: messages.ToolResultContent, path: Path, cx: Conversion) -> list[JsonObject]:
    match block:
        case messages.TextBlock():
            return parts_to_chat(block, path, cx)
        case messages.ToolReferenceBlock(tool_name=name):
            TOOL_REFERENCE_TO_CHAT.report(block, path, cx.losses)
            cx.losses.approximated(LossCode.TOOL_DEFERRED, path, "a tool that was found is named in text", "info")
            return [text_part(f"tool: {name}")]
        case messages.BrowserStateBlock():
            cx.losses.approximated(LossCode.BUILTIN_TOOL, path, "the state of a browser is sent as JSON text", "info")
            return [text_part(block.to_json().decode())]
        case messages.UnknownBlock():
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a result of type {block.type!r}")
            return []
        case _:
            return parts_to_chat(block, path, cx)


def _marked(content: str | list[JsonObject], path: Path, cx: Conversion) -> str | list[JsonObject]:
    if cx.options.is_error == "drop":
        cx.losses.dropped(LossCode.TOOL_ERROR, path, "Chat has no error flag")
        return content
    cx.losses.approximated(LossCode.TOOL_ERROR, path, f"the text begins with a line {ERROR_MARK}", "info")
    if isinstance(content, str):
        return f"{ERROR_MARK}\n{content}" if content else ERROR_MARK
    return [text_part(ERROR_MARK), *content]


# -- Chat to Messages ----------------------------------------------------------------------------


def call_to_messages(
    call: chat.FunctionToolCall | chat.CustomToolCall, call_id: str, path: Path, cx: Conversion
) -> JsonObject:
    """A call as a block, under an id that Anthropic takes."""
    report_call(call, path, cx.losses)
    match call:
        case chat.FunctionToolCall(function=function):
            tool_input = input_of(function.arguments, (*path, "function", "arguments"), cx)
            block = _tool_use(call_id, cx.names.fit(function.name, (*path, "function", "name")), tool_input)
        case chat.CustomToolCall(custom=custom):
            block = _tool_use(call_id, cx.names.fit(custom.name, (*path, "custom", "name")), {FREE_TEXT: custom.input})
        case _:
            assert_never(call)
    mark_for_messages(None, call.cache_control, block, path, cx)
    return block


def report_call(call: chat.FunctionToolCall | chat.CustomToolCall, path: Path, losses: Recorder) -> None:
    """Record what a call holds besides its name and its arguments."""
    CALLS_TO_MESSAGES.report(call, path, losses)
    if isinstance(call, chat.FunctionToolCall):
        FUNCTION_TO_MESSAGES.report(call.function, (*path, "function"), losses)
    else:
        CUSTOM_TO_MESSAGES.report(call.custom, (*path, "custom"), losses)


def legacy_call_to_messages(call: chat.FunctionCall, call_id: str, path: Path, cx: Conversion) -> JsonObject:
    """A deprecated ``function_call``, which has no id of its own."""
    FUNCTION_TO_MESSAGES.report(call, path, cx.losses)
    tool_input = input_of(call.arguments, (*path, "arguments"), cx)
    return _tool_use(call_id, cx.names.fit(call.name, (*path, "name")), tool_input)


def _tool_use(call_id: str, name: str, tool_input: JsonObject) -> JsonObject:
    return {"type": "tool_use", "id": call_id, "name": name, "input": tool_input}


def result_to_messages(
    message: chat.ToolMessage | chat.FunctionMessage, call_id: str, path: Path, cx: Conversion
) -> JsonObject:
    """A tool message as a block, its error flag restored."""
    block: JsonObject = {"type": "tool_result", "tool_use_id": call_id}
    RESULTS_TO_MESSAGES.report(message, path, cx.losses)
    if isinstance(message, chat.ToolMessage):
        mark_for_messages(None, message.cache_control, block, path, cx)
    content, failed = _unmarked(message.content)
    if isinstance(content, str):
        block["content"] = content
    elif blocks := _result_blocks(content or [], path, cx):
        block["content"] = blocks
    if failed:
        block["is_error"] = True
    return block


def _unmarked(content: str | list[chat.Part] | None) -> tuple[str | list[chat.Part] | None, bool]:
    if isinstance(content, str):
        first, _, rest = content.partition("\n")
        return (rest, True) if first == ERROR_MARK else (content, False)
    if content and isinstance(content[0], chat.TextPart) and content[0].text == ERROR_MARK:
        return content[1:], True
    return content, False


def _result_blocks(parts: Collection[chat.Part], path: Path, cx: Conversion) -> list[JsonObject]:
    blocks = (part_to_messages(part, (*path, "content", index), cx) for index, part in enumerate(parts))
    return [block for block in blocks if block is not None]


# -- ids -----------------------------------------------------------------------------------------


class CallIds:
    """Ids of tool calls on the other side, each used once in a conversation.

    Some servers count their calls anew in every turn (``call_0``), and both vendors pair calls and
    results by id alone: a later twin gets a suffix by its occurrence, which no later turn changes.
    """

    __slots__ = ("_cx", "_uses")

    def __init__(self, cx: Conversion) -> None:
        self._cx = cx
        self._uses: dict[str, int] = {}

    def assign(self, source_id: str | None, made_up: str, path: Path) -> str:
        """The id for a call; ``made_up`` serves where the source has none."""
        if source_id:
            fitted = self._cx.ids.fit(source_id, path)
        else:
            fitted = made_up
            self._cx.losses.invented(LossCode.TOOL_ID, path, f"a call without id is named {made_up}")
        if fitted not in self._uses:
            self._uses[fitted] = 1
            return fitted
        self._cx.losses.approximated(LossCode.TOOL_ID, path, f"the id {fitted!r} was used by an earlier call", "info")
        twin = fitted
        while twin in self._uses:
            self._uses[fitted] += 1
            twin = self._cx.ids.fit(f"{fitted}_{self._uses[fitted]}", path)
        self._uses[twin] = 1
        return twin
