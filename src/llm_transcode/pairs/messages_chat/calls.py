"""Calls of tools and their results, in turns and in replies.

The input of a call is an object in Messages and a JSON string in Chat. A string that is no JSON
object is never swallowed: it becomes ``{"_raw_arguments": "..."}``, and turns back from it.

The error flag of a result has no slot in Chat. It is written as a first line, `ERROR_MARK`, and
exactly that line turns back into the flag.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ... import chat, messages
from ...errors import InvalidPayload
from ...json_text import dump_checked
from ...losses import LossCode
from ...messages.tools import RAW_ARGUMENTS
from ...wire import Json, JsonObject, Path, clone, is_finite, is_object, parse_json, render_path, tag_of
from ..conversion import Conversion
from ..fields import KNOWN, Drop, Fields
from .caching import mark_for_messages, no_slot_for_mark
from .content_to_chat import block_to_chat, joined, text_part, text_to_chat
from .content_to_messages import part_to_messages
from .tools import FREE_TEXT

__all__ = [
    "CALLED_TWICE",
    "ERROR_MARK",
    "RAW_ARGUMENTS",
    "CallIds",
    "arguments_of",
    "call_to_chat",
    "call_to_messages",
    "function_call_to_messages",
    "input_of",
    "result_to_chat",
    "result_to_messages",
    "tool_use",
]

CALLED_TWICE: Final = "tool_calls go before the deprecated function_call"
"""Why a ``function_call`` is left behind."""

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
    plain=[{"type": KNOWN, "id": str, "name": str, "input": dict}],
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
    plain=[
        {"type": KNOWN, "tool_use_id": str, "content": (str, list)},
        {"type": KNOWN, "tool_use_id": str, "content": (str, list), "is_error": bool},
    ],
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
    plain=[{"role": KNOWN, "tool_call_id": str, "content": (str, list)}],
)
FUNCTION_MESSAGE_TO_MESSAGES: Final = Fields(
    chat.FunctionMessage,
    {"role": "a `tool_result` block of the next user turn", "name": "the call it answers", "content": "`content`"},
)
_EXTRA: Final = Drop(LossCode.VENDOR_FIELD, "a vendor's data about the call, for which tool_use has no slot")
_CALL: Final = {
    "type": "`tool_use` block",
    "id": "`id`",
    "index": "the order of blocks",
    "cache_control": "`cache_control`",
}
_CALL_EXTRAS: Final = {"extra_content": _EXTRA, "provider_specific_fields": _EXTRA}
FUNCTION_CALL_TO_MESSAGES: Final = Fields(
    chat.FunctionToolCall,
    {**_CALL, "function": "`name`, `input`"},
    _CALL_EXTRAS,
    plain=[
        {"type": str, "id": str, "function": dict},
        {"type": str, "id": str, "function": dict, "index": int},
    ],
)
CUSTOM_CALL_TO_MESSAGES: Final = Fields(chat.CustomToolCall, {**_CALL, "custom": "`name`, `input.input`"}, _CALL_EXTRAS)
FUNCTION_TO_MESSAGES: Final = Fields(
    chat.FunctionCall, {"name": "`name`", "arguments": "`input`"}, plain=[{"name": str, "arguments": str}]
)
CUSTOM_TO_MESSAGES: Final = Fields(chat.CustomCall, {"name": "`name`", "input": "`input.input`"})

# -- arguments -----------------------------------------------------------------------------------


def arguments_of(tool_input: JsonObject) -> str:
    """The input of a call as Chat writes it: compact JSON, keys in their order."""
    if RAW_ARGUMENTS in tool_input and len(tool_input) == 1 and isinstance(tool_input[RAW_ARGUMENTS], str):
        return tool_input[RAW_ARGUMENTS]
    return dump_checked(tool_input).decode()


def input_of(arguments: str | JsonObject | None, path: Path, cx: Conversion) -> JsonObject:
    """The ``arguments`` of what stands at ``path``, as an object; nothing at all means ``{}``."""
    if not arguments:
        return {}
    if not isinstance(arguments, str):
        copied: JsonObject = clone(arguments, (*path, "arguments"))
        return copied
    try:
        value = parse_json(arguments)
    except InvalidPayload:
        value = None
    if is_object(value) and is_finite(value):  # 1e400 is JSON, but no number that can be written again
        return value
    return {} if arguments.isspace() else _raw(arguments, (*path, "arguments"), cx)


def _raw(arguments: str, path: Path, cx: Conversion) -> JsonObject:
    """Arguments that are not a JSON object, as they came."""
    if cx.options.invalid_arguments == "reject":
        raise InvalidPayload("expected a JSON object as arguments", render_path(path))
    detail = f"arguments that are not a JSON object are kept as {RAW_ARGUMENTS}"
    cx.losses.approximated(LossCode.TOOL_ARGUMENTS, path, detail)
    return {RAW_ARGUMENTS: arguments}


# -- Messages to Chat ----------------------------------------------------------------------------


def call_to_chat(block: JsonObject, ids: CallIds, path: Path, cx: Conversion) -> JsonObject:
    """A call of an earlier turn, a ``tool_use`` block, under the id that its result will name too."""
    read = TOOL_USE_TO_CHAT.read(block, path, cx.losses)
    if read is not None:
        no_slot_for_mark(read.cache_control, path, cx)
    call_id = ids.assign(block["id"], "", path, "id")
    function = {"name": cx.names.fit(block["name"], path, "name"), "arguments": arguments_of(block["input"])}
    return {"id": call_id, "type": "function", "function": function}


def result_to_chat(block: JsonObject, call_id: str, media: list[JsonObject], path: Path, cx: Conversion) -> JsonObject:
    """A result as a message. Backends whose tool messages are text only get its media in the user turn that follows."""
    read = TOOL_RESULT_TO_CHAT.read(block, path, cx.losses)
    if read is not None:
        no_slot_for_mark(read.cache_control, path, cx)
    content: str | list[Json] = block.get("content") or ""
    if not isinstance(content, str):
        content = _result_content(content, call_id, media, path, cx)
    if block.get("is_error"):
        content = _marked(content, (*path, "is_error"), cx)
    if not isinstance(content, str):
        content = joined(content, cx)
    return {"role": "tool", "tool_call_id": call_id, "content": content}


def _result_content(
    content: list[Json], call_id: str, media: list[JsonObject], path: Path, cx: Conversion
) -> str | list[JsonObject]:
    parts: list[JsonObject] = []
    before = len(media)
    for index, inner in enumerate(content):
        at = (*path, "content", index)
        for part in _result_parts(inner, at, cx):
            if part["type"] == "text" or cx.dialect.tool_media:
                parts.append(part)
            else:
                number = (len(media) - before) // 2 + 1
                label = text_part(f"[{_NOUNS[part['type']]} {number} of tool result {call_id}]")
                cx.losses.approximated(LossCode.TOOL_MEDIA, at, "sent in the user message that follows")
                parts.append(label)
                media += [label, part]
    return parts or ""


_NOUNS: Final = {"image_url": "image", "file": "file"}


def _result_parts(inner: Json, path: Path, cx: Conversion) -> list[JsonObject]:
    if tag_of(inner, "type") == "text":
        return text_to_chat(inner, path, cx)
    block = messages.read_result_content(inner, path)
    match block:
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
            return block_to_chat(block, path, cx)


_MARKED: Final = f"the text begins with a line {ERROR_MARK}"


def _marked(content: str | list[JsonObject], path: Path, cx: Conversion) -> str | list[JsonObject]:
    if cx.options.is_error == "drop":
        cx.losses.dropped(LossCode.TOOL_ERROR, path, "Chat has no error flag")
        return content
    cx.losses.approximated(LossCode.TOOL_ERROR, path, _MARKED, "info")
    if isinstance(content, str):
        return f"{ERROR_MARK}\n{content}" if content else ERROR_MARK
    return [text_part(ERROR_MARK), *content]


# -- Chat to Messages ----------------------------------------------------------------------------


def call_to_messages(call: Json, path: Path, cx: Conversion) -> JsonObject | None:
    """A call of an earlier turn as a block without an id; None for a call of an unknown type."""
    kind = tag_of(call, "type")
    if kind != "function" and isinstance(chat.read_tool_call(call, path), chat.UnknownToolCall):
        cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a call of type {kind!r}")
        return None
    read: chat.FunctionToolCall | chat.CustomToolCall | None
    if kind == "custom":
        read = CUSTOM_CALL_TO_MESSAGES.read(call, path, cx.losses)
        block = _custom_call(call["custom"], (*path, "custom"), cx)
    else:
        read = FUNCTION_CALL_TO_MESSAGES.read(call, path, cx.losses)
        block = function_call_to_messages(call["function"], (*path, "function"), cx)
    if read is not None:
        mark_for_messages(None, read.cache_control, block, path, cx)
    return block


def _custom_call(custom: JsonObject, path: Path, cx: Conversion) -> JsonObject:
    CUSTOM_TO_MESSAGES.read(custom, path, cx.losses)
    return tool_use("", cx.names.fit(custom["name"], path, "name"), {FREE_TEXT: custom["input"]})


def function_call_to_messages(function: JsonObject, path: Path, cx: Conversion) -> JsonObject:
    """A call of a function as a block without an id, which a deprecated ``function_call`` does not have."""
    FUNCTION_TO_MESSAGES.read(function, path, cx.losses)
    name = cx.names.fit(function["name"], path, "name")
    return tool_use("", name, input_of(function.get("arguments"), path, cx))


def tool_use(call_id: str, name: str, tool_input: JsonObject) -> JsonObject:
    """A call as a block of Messages."""
    return {"type": "tool_use", "id": call_id, "name": name, "input": tool_input}


def result_to_messages(message: JsonObject, call_id: str | None, path: Path, cx: Conversion) -> JsonObject:
    """A tool message, or one of the deprecated function, as a block, its error flag restored."""
    block: JsonObject = {"type": "tool_result", "tool_use_id": call_id}
    if message["role"] == "function":
        FUNCTION_MESSAGE_TO_MESSAGES.read(message, path, cx.losses)
    elif read := TOOL_MESSAGE_TO_MESSAGES.read(message, path, cx.losses):
        mark_for_messages(None, read.cache_control, block, path, cx)
    content: str | list[Json] | None = message.get("content")
    if isinstance(content, str):
        failed = content.startswith(ERROR_MARK) and content.partition("\n")[0] == ERROR_MARK
        block["content"] = content[len(ERROR_MARK) + 1 :] if failed else content
    else:
        parts = content or []
        failed = len(parts) > 0 and _is_error_mark(parts[0])
        if blocks := _result_blocks(parts, 1 if failed else 0, path, cx):
            block["content"] = blocks
    if failed:
        block["is_error"] = True
    return block


def _is_error_mark(part: Json) -> bool:
    return bool(tag_of(part, "type") == "text" and part.get("text") == ERROR_MARK)


def _result_blocks(parts: Sequence[Json], start: int, path: Path, cx: Conversion) -> list[JsonObject]:
    blocks = (part_to_messages(parts[at], (*path, "content", at), cx) for at in range(start, len(parts)))
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

    def assign(self, source_id: str | None, made_up: str, path: Path, field: str = "") -> str:
        """The id for a call; ``made_up`` serves where the source has none. It stands where `Aliases.fit` has it."""
        if source_id:
            fitted = self._cx.ids.fit(source_id, path, field)
        else:
            fitted = made_up
            at = (*path, field) if field else path
            self._cx.losses.invented(LossCode.TOOL_ID, at, f"a call without id is named {made_up}")
        if fitted in self._uses:
            fitted = self._twin(fitted, (*path, field) if field else path)
        self._uses[fitted] = 1
        return fitted

    def _twin(self, fitted: str, path: Path) -> str:
        self._cx.losses.approximated(LossCode.TOOL_ID, path, f"the id {fitted!r} was used by an earlier call", "info")
        twin = fitted
        while twin in self._uses:
            self._uses[fitted] += 1
            twin = self._cx.ids.fit(f"{fitted}_{self._uses[fitted]}", path)
        return twin
