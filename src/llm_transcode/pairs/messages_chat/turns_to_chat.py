"""The turns of a conversation, Messages to Chat.

Theory of operation. Anthropic answers tool calls by blocks inside the user turn that follows; OpenAI
by messages of their own, which must directly follow the assistant message that made the calls. So an
assistant turn with calls opens a *window* that lasts until the next assistant turn: all results in
it become tool messages right behind the calls, in the order of the calls, and what else the turns in
the window hold stays in its turn and its order. `turns_to_messages` is the way back.

What the turns say is never reordered otherwise, and no turn's conversion depends on a later turn,
except that results are fetched for their calls: prompt caches live on stable prefixes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from typing_extensions import assert_never

from ... import messages
from ...errors import InvalidPayload
from ...losses import LossCode
from ...wire import JsonObject, Path, is_array, render_path
from ..conversion import Conversion
from ..fields import Drop, Fields
from .calls import CallIds, call_to_chat, result_to_chat
from .content_to_chat import parts_to_chat, text_part, text_to_chat
from .reasoning import Thought, thinking_to_chat

__all__ = ["BILLING_LINE", "MISSING_RESULT", "SYSTEM_TEXT", "system_to_chat", "turns_to_chat"]

BILLING_LINE: Final = "x-anthropic-billing-header:"
"""How the line begins that Claude Code puts first into the system prompt. It changes with every
request, so that no prompt cache of another backend could ever hit."""

MISSING_RESULT: Final = "[no result: the call was interrupted]"
"""The made-up result of a call that was never answered."""

SYSTEM_TEXT: Final = "<system>\n{}\n</system>"
"""A system turn as text of a user turn, for models that know none between the others."""

SYSTEM_TURN_TO_CHAT: Final = Fields(
    messages.SystemTurn,
    {
        "role": "`system`",
        "content": "`content`",
        "output_config": "`reasoning_effort`; the last one wins",
        "clear_at": "left out once a later user turn has cleared it",
    },
)
SYSTEM_CONFIG_TO_CHAT: Final = Fields(
    messages.OutputConfig,
    {"effort": "`reasoning_effort`"},
    {
        "format": Drop(LossCode.OUTPUT_FORMAT, "a system turn sets the effort only"),
        "task_budget": Drop(LossCode.TASK_BUDGET, "a system turn sets the effort only"),
    },
)
USER_TURN_TO_CHAT: Final = Fields(messages.UserTurn, {"role": "`user`, `tool`", "content": "`content`"})
ASSISTANT_TURN_TO_CHAT: Final = Fields(
    messages.AssistantTurn, {"role": "`assistant`", "content": "`content`, `tool_calls`, the reasoning slot"}
)
_SERVER: Final = Drop(LossCode.SERVER_BLOCK, "what Anthropic's server tools did; the text that used it stays")

_FOLDED: Final = frozenset((messages.ToolAdditionBlock, messages.ToolRemovalBlock))
"""Blocks that are folded into the list of tools."""

# -- system ----------------------------------------------------------------------------------------


def system_to_chat(system: str | Sequence[messages.TextContent] | None, cx: Conversion) -> list[JsonObject]:
    """The system prompt as the first message."""
    if isinstance(system, str):
        text = _without_billing_line(system, cx)
        return [{"role": "system", "content": text}] if text else []
    parts: list[JsonObject] = []
    for index, block in enumerate(system or ()):
        path = ("system", index)
        if isinstance(block, messages.TextBlock):
            if not (block.text.startswith(BILLING_LINE) and _strips_billing_line(path, cx)):
                parts += _present(text_to_chat(block, path, cx))
        else:
            parts += parts_to_chat(block, path, cx)
    return [{"role": "system", "content": _joined(parts, cx)}] if parts else []


def _without_billing_line(system: str, cx: Conversion) -> str:
    if system.startswith(BILLING_LINE) and _strips_billing_line(("system",), cx):
        return system.partition("\n")[2].lstrip("\n")
    return system


def _strips_billing_line(path: Path, cx: Conversion) -> bool:
    if cx.options.strip_billing_line:
        cx.losses.dropped(LossCode.BILLING_LINE, path, "it would defeat the backend's prompt cache", "info")
    return cx.options.strip_billing_line


def _present(part: JsonObject | None) -> list[JsonObject]:
    return [] if part is None else [part]


def _joined(parts: list[JsonObject], cx: Conversion) -> str | list[JsonObject]:
    """Texts as one string, for backends that take no list of parts."""
    if cx.dialect.content_parts or any(part["type"] != "text" for part in parts):
        return parts
    return "\n\n".join(part["text"] for part in parts)


# -- the walk --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Call:
    """A call in the window, until its result is found."""

    id: str
    path: Path
    result: JsonObject | None = None


class _Window:
    """The calls of the last assistant turn, and the results found for them."""

    __slots__ = ("calls", "media", "waiting")

    def __init__(self) -> None:
        self.calls: list[_Call] = []
        self.waiting: dict[str, deque[_Call]] = {}
        """The calls without a result, by their id in the source; two may share one."""
        self.media: dict[int, list[JsonObject]] = {}
        """Media of results, by the position of the turn they go into."""


def turns_to_chat(turns: Sequence[messages.Turn], cx: Conversion) -> list[JsonObject]:
    """All turns, in order."""
    return _Walk(turns, cx).run()


class _Walk:
    def __init__(self, turns: Sequence[messages.Turn], cx: Conversion) -> None:
        self._turns = turns
        self._cx = cx
        self._ids = CallIds(cx)
        self._window = _Window()
        self._out: list[JsonObject] = []
        self._last_user = max((at for at, turn in enumerate(turns) if isinstance(turn, messages.UserTurn)), default=-1)

    def run(self) -> list[JsonObject]:
        for index, turn in enumerate(self._turns):
            match turn:
                case messages.UserTurn():
                    self._user(turn, index)
                case messages.AssistantTurn():
                    self._assistant(turn, index)
                case messages.SystemTurn():
                    self._system(turn, index)
                case messages.UnknownTurn(role=role):
                    path = render_path(("messages", index, "role"))
                    raise InvalidPayload(f"expected 'user', 'assistant' or 'system', got {role!r}", path)
                case _:
                    assert_never(turn)
        return self._out

    # -- user turns

    def _user(self, turn: messages.UserTurn, index: int) -> None:
        USER_TURN_TO_CHAT.report(turn, ("messages", index), self._cx.losses)
        if isinstance(turn.content, str):
            self._out.append({"role": "user", "content": turn.content})
            return
        if not turn.content:
            self._cx.losses.dropped(LossCode.TURN_EMPTY, ("messages", index), "a turn without content", "info")
        parts = self._window.media.pop(index, [])
        said = False
        late: Path | None = None
        for at, block in enumerate(turn.content):
            if not isinstance(block, messages.ToolResultBlock):
                said = True
                if type(block) not in _FOLDED:
                    parts += parts_to_chat(block, ("messages", index, "content", at), self._cx)
                continue
            if said and late is None:
                late = ("messages", index, "content", at)
            if block.tool_use_id not in self._window.waiting:
                parts += self._orphan(block, ("messages", index, "content", at))
        if late is not None:
            detail = "results go before what else the turn says"
            self._cx.losses.approximated(LossCode.TURN_ORDER, late, detail, "info")
        if parts:
            self._out.append({"role": "user", "content": _joined(parts, self._cx)})

    def _orphan(self, block: messages.ToolResultBlock, path: Path) -> list[JsonObject]:
        """A result whose call is gone, perhaps compacted away. OpenAI refuses it as a tool message."""
        self._repairs("a result without its call", path)
        self._cx.losses.approximated(LossCode.TOOL_RESULT_ORPHAN, path, "a result without its call is sent as text")
        message, media = result_to_chat(block, block.tool_use_id, path, self._cx)
        content = message["content"]
        parts = [text_part(content)] if isinstance(content, str) else content
        return [
            text_part(f"[result of tool call {block.tool_use_id}]"),
            *(part for part in parts if part != text_part("")),
            *media,
        ]

    def _repairs(self, what: str, path: Path) -> None:
        if self._cx.options.unanswered_calls == "reject":
            raise InvalidPayload(f"{what}; every call needs one result in the turn that follows", render_path(path))

    # -- assistant turns

    def _assistant(self, turn: messages.AssistantTurn, index: int) -> None:
        path: Path = ("messages", index)
        ASSISTANT_TURN_TO_CHAT.report(turn, path, self._cx.losses)
        self._window = _Window()
        if isinstance(turn.content, str):
            self._out.append({"role": "assistant", "content": turn.content})
            return
        message = _AssistantMessage(self._cx, self._ids, self._window)
        for at, block in enumerate(turn.content):
            message.add(block, (*path, "content", at))
        finished = message.finish()
        if finished is None:
            self._cx.losses.dropped(LossCode.TURN_EMPTY, path, "nothing of this turn can be said in Chat", "info")
            return
        self._out.append(finished)
        if self._window.calls:
            self._answer(index)

    def _answer(self, index: int) -> None:
        """Fetch the results of the window's calls, and put them where OpenAI wants them."""
        answered = self._collect(index + 1)
        if not answered and index + 1 == len(self._turns):
            return  # the conversation ends with the calls: nothing is missing yet
        for call in self._window.calls:
            self._out += _present(call.result or self._missing(call))

    def _collect(self, start: int) -> bool:
        found = False
        for index in range(start, len(self._turns)):
            turn = self._turns[index]
            if isinstance(turn, messages.AssistantTurn):
                break
            if isinstance(turn, messages.UserTurn) and not isinstance(turn.content, str):
                found |= self._collect_from(turn.content, index)
        return found

    def _collect_from(self, blocks: Iterable[messages.ContentBlock], index: int) -> bool:
        found = False
        for at, block in enumerate(blocks):
            if not isinstance(block, messages.ToolResultBlock) or block.tool_use_id not in self._window.waiting:
                continue
            found = True
            path: Path = ("messages", index, "content", at)
            waiting = self._window.waiting[block.tool_use_id]
            if not waiting:
                self._cx.losses.dropped(LossCode.TOOL_RESULT_ORPHAN, path, "a second result for the same call")
                continue
            call = waiting.popleft()
            message, media = result_to_chat(block, call.id, path, self._cx)
            if is_array(message["content"]):
                message["content"] = _joined(message["content"], self._cx)
            call.result = message
            if media:
                self._window.media.setdefault(index, []).extend(media)
        return found

    def _missing(self, call: _Call) -> JsonObject | None:
        if self._cx.options.unanswered_calls == "keep":
            return None
        self._repairs("a call without a result", call.path)
        self._cx.losses.invented(
            LossCode.TOOL_RESULT_MISSING, call.path, "a call without result gets one that says so", "warning"
        )
        return {"role": "tool", "tool_call_id": call.id, "content": MISSING_RESULT}

    # -- system turns

    def _system(self, turn: messages.SystemTurn, index: int) -> None:
        path: Path = ("messages", index)
        SYSTEM_TURN_TO_CHAT.report(turn, path, self._cx.losses)
        if turn.output_config is not None:
            SYSTEM_CONFIG_TO_CHAT.report(turn.output_config, (*path, "output_config"), self._cx.losses)
        if turn.clear_at is not None and turn.clear_at not in messages.CLEAR_AT:
            detail = f"when the turn loses its effect: {turn.clear_at!r}"
            self._cx.losses.dropped(LossCode.UNKNOWN_VALUE, (*path, "clear_at"), detail)
        if turn.clear_at == "next_user_message" and index < self._last_user:
            return  # cleared by then
        content = self._system_content(turn, (*path, "content"))
        if not content:
            return  # a directive only, which stands in the parameters of the request
        if self._cx.options.mid_system != "text" and (
            self._cx.dialect.mid_system or self._cx.options.mid_system == "native"
        ):
            self._out.append({"role": "system", "content": content})
            return
        self._cx.losses.approximated(LossCode.MID_SYSTEM, path, "a system turn is sent as text of a user turn")
        text = content if isinstance(content, str) else "\n\n".join(part["text"] for part in content)
        self._out.append({"role": "user", "content": SYSTEM_TEXT.format(text)})

    def _system_content(self, turn: messages.SystemTurn, path: Path) -> str | list[JsonObject]:
        if turn.content is None or isinstance(turn.content, str):
            return turn.content or ""
        parts: list[JsonObject] = []
        for at, block in enumerate(turn.content):
            if isinstance(block, messages.TextBlock):
                parts += _present(text_to_chat(block, (*path, at), self._cx))
            elif not isinstance(block, (messages.ToolAdditionBlock, messages.ToolRemovalBlock)):
                self._cx.losses.refused(
                    LossCode.MEDIA, (*path, at), f"{block.type} in a system turn, which takes text only"
                )
        return _joined(parts, self._cx)


class _AssistantMessage:
    """An assistant message while it is put together: OpenAI keeps text and calls apart."""

    def __init__(self, cx: Conversion, ids: CallIds, window: _Window) -> None:
        self._cx = cx
        self._ids = ids
        self._window = window
        self._parts: list[JsonObject] = []
        self._calls: list[JsonObject] = []
        self._thoughts: list[tuple[Thought, Path]] = []

    def add(self, block: messages.ContentBlock, path: Path) -> None:
        match block:
            case messages.TextBlock():
                if self._calls:
                    self._cx.losses.approximated(LossCode.TURN_ORDER, path, "text goes before the calls", "info")
                self._parts += _present(text_to_chat(block, path, self._cx))
            case messages.ToolUseBlock():
                self._call(block, path)
            case messages.ThinkingBlock() | messages.RedactedThinkingBlock():
                self._thoughts.append((block, path))
            case messages.ImageBlock() | messages.DocumentBlock() | messages.ContainerUploadBlock():
                self._cx.losses.refused(
                    LossCode.MEDIA, path, f"{block.type} in an assistant turn, which takes text only"
                )
            case messages.FallbackBlock():
                self._cx.losses.dropped(LossCode.FALLBACKS, path, "which model took over", "info")
            case messages.UnknownBlock():
                self._cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a block of type {block.type!r}")
            case messages.ToolAdditionBlock() | messages.ToolRemovalBlock():
                pass  # folded into the list of tools
            case messages.SearchResultBlock() | messages.CompactionBlock():
                self._parts += parts_to_chat(block, path, self._cx)
            case _:
                self._cx.losses.dropped(_SERVER.code, path, _SERVER.detail)

    def _call(self, block: messages.ToolUseBlock, path: Path) -> None:
        call_id = self._ids.assign(block.id, "", (*path, "id"))
        call = _Call(call_id, path)
        self._window.calls.append(call)
        self._window.waiting.setdefault(block.id, deque()).append(call)
        self._calls.append(call_to_chat(block, call_id, path, self._cx))

    def finish(self) -> JsonObject | None:
        """The message; None if nothing is left to say."""
        message: JsonObject = {"role": "assistant", "content": _joined(self._parts, self._cx)}
        thinking_to_chat(self._thoughts, message, self._cx)
        if self._calls:
            if not self._parts:
                message["content"] = None if self._cx.dialect.null_content else ""
            message["tool_calls"] = self._calls
            if self._cx.dialect.reasoning_required and self._cx.dialect.reasoning_slot not in message:
                message[self._cx.dialect.reasoning_slot or "reasoning_content"] = ""
        elif not self._parts:
            if len(message) == 2:  # role and content
                return None
            message["content"] = ""
        return message
