"""The turns of a conversation, Messages to Chat.

Theory of operation. Anthropic answers tool calls by blocks inside the user turn that follows; OpenAI
by messages of their own, which must directly follow the assistant message that made the calls. So an
assistant turn with calls opens a *window* that lasts until the next assistant turn: all results in
it become tool messages right behind the calls, in the order of the calls, and what else the turns in
the window hold stays in its turn and its order. `turns_to_messages` is the way back.

Anthropic reads neighbouring turns of one role as one, so that several assistant turns may share a window;
each gets the results of its own calls.

What the turns say is never reordered otherwise, and no turn's conversion depends on a later turn,
except that results are fetched for their calls: prompt caches live on stable prefixes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ... import messages
from ...errors import InvalidPayload
from ...losses import LossCode
from ...wire import Json, JsonObject, Path, is_array, render_path, tag_of
from ..conversion import Conversion
from ..fields import KNOWN, Drop, Fields
from .calls import CallIds, call_to_chat, result_to_chat
from .content_to_chat import block_to_chat, joined, parts_to_chat, text_part, text_to_chat
from .reasoning import thinking_to_chat
from .windows import MessagesWindow

__all__ = ["BILLING_LINE", "MISSING_RESULT", "SYSTEM_TEXT", "as_user_text", "system_to_chat", "turns_to_chat"]

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
_PLAIN_TURN: Final = {"role": KNOWN, "content": (str, list)}
USER_TURN_TO_CHAT: Final = Fields(
    messages.UserTurn, {"role": "`user`, `tool`", "content": "`content`"}, plain=[_PLAIN_TURN]
)
ASSISTANT_TURN_TO_CHAT: Final = Fields(
    messages.AssistantTurn,
    {"role": "`assistant`", "content": "`content`, `tool_calls`, the reasoning slot"},
    plain=[_PLAIN_TURN],
)
_SERVER: Final = Drop(LossCode.SERVER_BLOCK, "what Anthropic's server tools did; the text that used it stays")

_FOLDED: Final = ("tool_addition", "tool_removal")
"""Blocks that are folded into the list of tools."""

_CHANGING: Final = (*_FOLDED, "compaction")
"""Blocks that change the list of tools; a summary carries on the changes of the turns it stands for."""

# -- system ----------------------------------------------------------------------------------------


def system_to_chat(system: str | Sequence[Json] | None, cx: Conversion) -> list[JsonObject]:
    """The system prompt as the first message."""
    if isinstance(system, str):
        text = _without_billing_line(system, cx)
        return [{"role": "system", "content": text}] if text else []
    parts: list[JsonObject] = []
    for index, block in enumerate(system or ()):
        path = ("system", index)
        if not (_is_billing_line(block) and _strips_billing_line(path, cx)):
            parts += parts_to_chat(block, path, cx)
    return [{"role": "system", "content": joined(parts, cx)}] if parts else []


def _is_billing_line(block: Json) -> bool:
    text = tag_of(block, "text")
    return isinstance(text, str) and text.startswith(BILLING_LINE) and tag_of(block, "type") == "text"


def _without_billing_line(system: str, cx: Conversion) -> str:
    if system.startswith(BILLING_LINE) and _strips_billing_line(("system",), cx):
        return system.partition("\n")[2].lstrip("\n")
    return system


def _strips_billing_line(path: Path, cx: Conversion) -> bool:
    if cx.options.strip_billing_line:
        cx.losses.dropped(LossCode.BILLING_LINE, path, "it would defeat the backend's prompt cache", "info")
    return cx.options.strip_billing_line


# -- the walk --------------------------------------------------------------------------------------


def turns_to_chat(turns: Sequence[Json], cx: Conversion) -> list[JsonObject]:
    """All turns, in order."""
    return _Walk(turns, cx).run()


class _Walk:
    def __init__(self, turns: Sequence[Json], cx: Conversion) -> None:
        self._turns = turns
        self._cx = cx
        self._ids = CallIds(cx)
        self._window = MessagesWindow()
        self._out: list[JsonObject] = []
        self._last_user: int | None = None

    def run(self) -> list[JsonObject]:
        for index, turn in enumerate(self._turns):
            match tag_of(turn, "role"):
                case "user":
                    self._window.is_over = True
                    self._user(turn, index)
                case "assistant":
                    self._assistant(turn, index)
                case _:
                    self._window.is_over = True
                    self._system(turn, index)
        if self._turns and tag_of(self._turns[-1], "role") != "assistant":
            self._close_window()  # else the conversation ends with the calls: nothing is missing yet
        return self._out

    def _close_window(self) -> None:
        """Put the results right behind their calls, where OpenAI wants them."""
        window = self._window
        window.is_over = False
        if not window.results:
            return
        if any(window.waiting.values()):
            self._make_up(window)
        for call_id in window.moved():
            detail = "the results of neighbouring turns each go behind their own calls"
            self._cx.losses.approximated(LossCode.TURN_ORDER, window.paths[call_id], detail, "info")
        results = list(window.results.values())
        for place, first in reversed(window.places):
            self._out[place:place] = filter(None, results[first:])
            del results[first:]
        self._window = MessagesWindow()

    def _make_up(self, window: MessagesWindow) -> None:
        """Answer the calls that have no result."""
        for call_id, path in window.paths.items():
            if not window.results[call_id] and self._cx.options.unanswered_calls != "keep":
                self._repairs("a call without a result", path)
                detail = "a call without result gets one that says so"
                self._cx.losses.invented(LossCode.TOOL_RESULT_MISSING, path, detail, "warning")
                window.results[call_id] = {"role": "tool", "tool_call_id": call_id, "content": MISSING_RESULT}

    # -- user turns

    def _user(self, turn: JsonObject, index: int) -> None:
        path: Path = ("messages", index)
        USER_TURN_TO_CHAT.read(turn, path, self._cx.losses)
        content: str | list[Json] = turn["content"]
        if isinstance(content, str):
            self._out.append({"role": "user", "content": content})
            return
        if not content:
            self._cx.losses.dropped(LossCode.TURN_EMPTY, path, "a turn without content", "info")
        parts = self._said(content, index)
        if parts:
            self._out.append({"role": "user", "content": joined(parts, self._cx)})

    def _said(self, blocks: list[Json], index: int) -> list[JsonObject]:
        """What a user turn says beside its results, the media of the results first."""
        parts: list[JsonObject] = []
        media: list[JsonObject] = []
        late: Path | None = None
        spoken = False
        for at, block in enumerate(blocks):
            where: Path = ("messages", index, "content", at)
            kind = tag_of(block, "type")
            if kind == "tool_result":
                if spoken and late is None:
                    late = where
                self._result(block, where, parts, media)
                continue
            spoken = True
            if kind == "text":
                parts += text_to_chat(block, where, self._cx)
            elif _notes_change(block, where, self._cx) not in _FOLDED:
                parts += parts_to_chat(block, where, self._cx)
        if late is not None:
            detail = "results go before what else the turn says"
            self._cx.losses.approximated(LossCode.TURN_ORDER, late, detail, "info")
        return media + parts if media else parts

    def _result(self, block: JsonObject, path: Path, parts: list[JsonObject], media: list[JsonObject]) -> None:
        """Give a result to its call, and its media to the turn."""
        source_id = block.get("tool_use_id")
        if not isinstance(source_id, str):
            source_id = messages.ToolResultBlock.from_object(block, path).tool_use_id  # says what is wrong
        waiting = self._window.waiting.get(source_id)
        if waiting is None:
            parts += self._orphan(block, source_id, path)
        elif waiting:
            call_id = waiting.popleft()
            self._window.results[call_id] = result_to_chat(block, call_id, media, path, self._cx)
        else:
            messages.ToolResultBlock.from_object(block, path)
            self._cx.losses.dropped(LossCode.TOOL_RESULT_ORPHAN, path, "a second result for the same call")

    def _orphan(self, block: JsonObject, call_id: str, path: Path) -> list[JsonObject]:
        """A result whose call is gone, perhaps compacted away. OpenAI refuses it as a tool message."""
        self._repairs("a result without its call", path)
        self._cx.losses.approximated(LossCode.TOOL_RESULT_ORPHAN, path, "a result without its call is sent as text")
        media: list[JsonObject] = []
        content = result_to_chat(block, call_id, media, path, self._cx)["content"]
        parts = [text_part(content)] if isinstance(content, str) else content
        said = [part for part in parts if part != text_part("")]
        return [text_part(f"[result of tool call {call_id}]"), *said, *media[1::2]]  # the labels are said already

    def _repairs(self, what: str, path: Path) -> None:
        if self._cx.options.unanswered_calls == "reject":
            raise InvalidPayload(f"{what}; every call needs one result in the turn that follows", render_path(path))

    # -- assistant turns

    def _assistant(self, turn: JsonObject, index: int) -> None:
        path: Path = ("messages", index)
        ASSISTANT_TURN_TO_CHAT.read(turn, path, self._cx.losses)
        content: str | list[Json] = turn["content"]
        if self._window.is_over:
            self._close_window()
        if isinstance(content, str):
            self._out.append({"role": "assistant", "content": content})
            return
        earlier = len(self._window.results)
        message = self._message(content, index)
        if message is None:
            self._cx.losses.dropped(LossCode.TURN_EMPTY, path, "nothing of this turn can be said in Chat", "info")
            return
        self._out.append(message)
        if len(self._window.results) > earlier:
            self._window.places.append((len(self._out), earlier))

    def _message(self, blocks: list[Json], index: int) -> JsonObject | None:
        """The message that says what the blocks say, OpenAI keeping text and calls apart; None if nothing is left."""
        parts: list[JsonObject] = []
        calls: list[JsonObject] = []
        thoughts: list[tuple[JsonObject, Path]] = []
        for at, block in enumerate(blocks):
            where: Path = ("messages", index, "content", at)
            match tag_of(block, "type"):
                case "text":
                    if calls:
                        self._cx.losses.approximated(LossCode.TURN_ORDER, where, "text goes before the calls", "info")
                    parts += text_to_chat(block, where, self._cx)
                case "tool_use":
                    call = call_to_chat(block, self._ids, where, self._cx)
                    self._window.opens(block["id"], call["id"], where)
                    calls.append(call)
                case "thinking" | "redacted_thinking":
                    thoughts.append((block, where))
                case _:
                    parts += _other_to_chat(block, where, self._cx)
        return _assistant_message(parts, calls, thoughts, self._cx)

    # -- system turns

    def _system(self, raw: Json, index: int) -> None:
        path: Path = ("messages", index)
        turn = messages.read_turn(raw, path)
        if not isinstance(turn, messages.SystemTurn):
            expected = f"expected 'user', 'assistant' or 'system', got {turn.role!r}"
            raise InvalidPayload(expected, render_path((*path, "role")))
        SYSTEM_TURN_TO_CHAT.report(turn, path, self._cx.losses)
        if turn.output_config is not None:
            SYSTEM_CONFIG_TO_CHAT.report(turn.output_config, (*path, "output_config"), self._cx.losses)
        if turn.clear_at is not None and turn.clear_at not in messages.CLEAR_AT:
            detail = f"when the turn loses its effect: {turn.clear_at!r}"
            self._cx.losses.dropped(LossCode.UNKNOWN_VALUE, (*path, "clear_at"), detail)
        content = raw.get("content")
        for at, block in enumerate(content if is_array(content) else ()):
            _notes_change(block, (*path, "content", at), self._cx)
        if turn.clear_at == "next_user_message" and index < self._last_user_turn():
            return  # cleared by then
        if turn.output_config is not None and turn.output_config.effort:
            self._cx.effort = (turn.output_config.effort, (*path, "output_config", "effort"))
        said = self._system_content(content, (*path, "content"))
        if not said:
            return  # a directive only, which stands in the parameters of the request
        mode = self._cx.options.mid_system
        if mode == "native" or (mode == "auto" and self._cx.dialect.mid_system):
            self._out.append({"role": "system", "content": said})
            return
        self._cx.losses.approximated(LossCode.MID_SYSTEM, path, "a system turn is sent as text of a user turn")
        self._out.append({"role": "user", "content": _as_user_content(said)})

    def _last_user_turn(self) -> int:
        if self._last_user is None:
            users = (at for at, turn in enumerate(self._turns) if tag_of(turn, "role") == "user")
            self._last_user = max(users, default=-1)
        return self._last_user

    def _system_content(self, content: str | list[Json] | None, path: Path) -> str | list[JsonObject]:
        if content is None or isinstance(content, str):
            return content or ""
        parts: list[JsonObject] = []
        for at, block in enumerate(content):
            kind = block["type"]
            if kind == "text":
                parts += text_to_chat(block, (*path, at), self._cx)
            elif kind not in _FOLDED:
                self._cx.losses.refused(LossCode.MEDIA, (*path, at), f"{kind} in a system turn, which takes text only")
        return joined(parts, self._cx)


def as_user_text(part: JsonObject) -> JsonObject:
    """A part or block of a system turn as one of a user turn, for models that know no system turns between others."""
    return {**part, "text": SYSTEM_TEXT.format(part["text"])} if part["type"] == "text" else part


def _as_user_content(said: str | list[JsonObject]) -> str | list[JsonObject]:
    """One string, unless a part carries a mark for the prompt cache."""
    if isinstance(said, list) and any(len(part) > 2 for part in said):  # more than type and text
        return [as_user_text(part) for part in said]
    return SYSTEM_TEXT.format(said if isinstance(said, str) else "\n\n".join(part["text"] for part in said))


def _notes_change(block: Json, path: Path, cx: Conversion) -> Json:
    """Note a block that changes the tools, for `tool_changes`; returns its type."""
    kind = tag_of(block, "type")
    if kind in _CHANGING:
        cx.tool_changes.append((block, path))
    return kind


def _other_to_chat(raw: Json, path: Path, cx: Conversion) -> list[JsonObject]:
    """The rarer blocks of an assistant turn."""
    _notes_change(raw, path, cx)
    block = messages.read_block(raw, path)
    match block:
        case messages.ImageBlock() | messages.DocumentBlock() | messages.ContainerUploadBlock():
            cx.losses.refused(LossCode.MEDIA, path, f"{block.type} in an assistant turn, which takes text only")
        case messages.FallbackBlock():
            cx.losses.dropped(LossCode.FALLBACKS, path, "which model took over", "info")
        case messages.UnknownBlock():
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a block of type {block.type!r}")
        case messages.ToolAdditionBlock() | messages.ToolRemovalBlock():
            pass  # folded into the list of tools
        case messages.SearchResultBlock() | messages.CompactionBlock():
            return block_to_chat(block, path, cx)
        case _:
            cx.losses.dropped(_SERVER.code, path, _SERVER.detail)
    return []


def _assistant_message(
    parts: list[JsonObject], calls: list[JsonObject], thoughts: list[tuple[JsonObject, Path]], cx: Conversion
) -> JsonObject | None:
    message: JsonObject = {"role": "assistant", "content": joined(parts, cx) if parts else ""}
    if thoughts:
        thinking_to_chat(thoughts, message, cx)
    if calls:
        if not parts and cx.dialect.null_content:
            message["content"] = None
        message["tool_calls"] = calls
        if cx.dialect.reasoning_required and cx.dialect.reasoning_slot not in message:
            message[cx.dialect.reasoning_slot or "reasoning_content"] = ""
    elif not parts and len(message) == 2:  # role and content
        return None
    return message
