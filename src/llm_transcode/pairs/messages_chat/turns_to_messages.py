"""The turns of a conversation, Chat to Messages.

Theory of operation. Anthropic wants every call answered in the very next user turn, results before
anything else, in one turn: "`tool_use` ids were found without `tool_result` blocks immediately
after". So an assistant message with calls opens a *window* that lasts until the next assistant
message: all tool messages in it become results at the head of one user turn, in the order of the
calls, and what else was said in the window follows them. Neighbours of the same role are merged as
lists of blocks, never by gluing strings. `turns_to_chat` is the way back.

System messages at the beginning become the system prompt. Later ones stay where they are: hoisting
them would change their meaning and destroy the cached prefix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

from typing_extensions import assert_never

from ... import chat
from ...errors import InvalidPayload
from ...losses import LossCode
from ...wire import Json, JsonObject, Path, is_array, render_path, tag_of
from ..conversion import Conversion
from ..fields import KNOWN, VENDOR, Drop, Fields, Shape
from .caching import mark_for_messages, note_mark
from .calls import CALLED_TWICE, ERROR_MARK, CallIds, call_to_messages, function_call_to_messages, result_to_messages
from .content_to_messages import part_to_messages, text_block
from .reasoning import holds_reasoning, thinking_to_messages
from .turns_to_chat import MISSING_RESULT, as_user_text
from .windows import ChatWindow, OpenCall

__all__ = ["turns_to_messages"]

Spoken: TypeAlias = chat.SystemMessage | chat.DeveloperMessage | chat.UserMessage
Content: TypeAlias = str | Sequence[Json] | None

_SYSTEM: Final = ("system", "developer")

# -- ledger --------------------------------------------------------------------------------------

_NAME: Final = Drop(LossCode.TURN_NAME, "Anthropic's turns have no names")
_SPOKEN: Final = {"role": "`role`", "content": "`content`", "cache_control": "`cache_control` of the last block"}
_PLAIN_TURN: Final[Shape] = {"role": KNOWN, "content": (str, list)}
SYSTEM_TO_MESSAGES: Final = Fields(chat.SystemMessage, _SPOKEN, {"name": _NAME}, plain=[_PLAIN_TURN])
DEVELOPER_TO_MESSAGES: Final = Fields(chat.DeveloperMessage, _SPOKEN, {"name": _NAME}, plain=[_PLAIN_TURN])
USER_TO_MESSAGES: Final = Fields(chat.UserMessage, _SPOKEN, {"name": _NAME}, plain=[_PLAIN_TURN])
ASSISTANT_TO_MESSAGES: Final = Fields(
    chat.AssistantMessage,
    {
        **_SPOKEN,
        "refusal": "a `text` block",
        "tool_calls": "`tool_use` blocks",
        "function_call": "a `tool_use` block with a made-up id",
        "audio": "none; refused if nothing else was said",
        "reasoning_content": "nothing: it has no signature",
        "reasoning": "nothing: it has no signature",
        "reasoning_text": "nothing: it has no signature",
        "reasoning_details": "`thinking` and `redacted_thinking` blocks, where Anthropic signed them",
        "thinking_blocks": "`thinking` and `redacted_thinking` blocks, where signed",
        "prefix": "nothing: Anthropic continues a last assistant turn anyway",
    },
    {
        "name": _NAME,
        "annotations": Drop(LossCode.ANNOTATIONS, "the text is kept, what it cites is not", "info"),
        "reasoning_opaque": Drop(LossCode.THINKING, "reasoning that only another vendor can read", "info"),
        "extra_content": VENDOR,
        "provider_specific_fields": VENDOR,
    },
    plain=[
        {"role": KNOWN, "content": str},
        {"role": KNOWN, "content": (str, type(None)), "tool_calls": list},
    ],
)

# -- the walk --------------------------------------------------------------------------------------


def turns_to_messages(turns: Sequence[Json], body: JsonObject, cx: Conversion) -> None:
    """Write ``system`` and ``messages`` into the request."""
    roles = [tag_of(turn, "role") for turn in turns]
    leading = 0
    while leading < len(roles) and roles[leading] in _SYSTEM:
        leading += 1
    system = _system(turns[:leading], cx)
    walk = _Walk(turns, roles, cx)
    walk.run(leading)
    if not walk.out and not system:
        raise InvalidPayload("expected at least one turn with content", "$.messages")
    if not walk.out:
        for index in range(leading):
            path: Path = ("messages", index)
            cx.losses.approximated(LossCode.MID_SYSTEM, path, "a system prompt alone is sent as a user turn")
        walk.out.append({"role": "user", "content": system})
    elif system:
        body["system"] = system
    body["messages"] = walk.out


def _system(turns: Sequence[JsonObject], cx: Conversion) -> str | list[JsonObject]:
    """One string stays a string; several messages become blocks, never one string."""
    contents = [_content(turn, ("messages", index), cx) for index, turn in enumerate(turns)]
    if len(contents) == 1:
        return contents[0]
    return [block for content in contents for block in _blocks(content)]


def _content(turn: JsonObject, path: Path, cx: Conversion) -> str | list[JsonObject]:
    """What a turn says: its string, unless a cache mark wants a block to stand on; empty if it says nothing."""
    read = _LEDGERS[turn["role"]].read(turn, path, cx.losses)
    mark = None if read is None else read.cache_control
    content: Content = turn["content"]
    if isinstance(content, str) and mark is None:
        return "" if content.isspace() else content
    blocks = _content_blocks(content, path, cx)
    if blocks and mark is not None:
        mark_for_messages(None, mark, blocks[-1], path, cx)
    return sorted(blocks, key=_is_no_result)


def _is_no_result(block: JsonObject) -> bool:
    """Sorts the ``tool_result`` blocks of a hybrid client to the head of their turn."""
    return bool(block["type"] != "tool_result")


_LEDGERS: Final[dict[str, Fields[Spoken]]] = {
    "system": SYSTEM_TO_MESSAGES,
    "developer": DEVELOPER_TO_MESSAGES,
    "user": USER_TO_MESSAGES,
}


def _content_blocks(content: Content, path: Path, cx: Conversion, aside: str = "") -> list[JsonObject]:
    """The blocks of a turn's content, without the parts of a type that is read elsewhere."""
    if content is None or isinstance(content, str):
        return _blocks(content or "")
    blocks: list[JsonObject] = []
    for index, part in enumerate(content):
        if not aside or tag_of(part, "type") != aside:
            block = part_to_messages(part, (*path, "content", index), cx)
            if block is not None:
                blocks.append(block)
    return blocks


def _blocks(content: str | list[JsonObject]) -> list[JsonObject]:
    if isinstance(content, str):
        return [text_block(content)] if content and not content.isspace() else []
    return content


class _Walk:
    def __init__(self, turns: Sequence[Json], roles: Sequence[Json], cx: Conversion) -> None:
        self._turns = turns
        self._roles = roles
        self._cx = cx
        self._ids = CallIds(cx)
        self._answered: set[int] = set()
        """Positions of the tool messages that have found their call."""
        self._mixed: list[JsonObject] = []
        """Turns in which results of hybrid clients follow what was said before."""
        self.out: list[JsonObject] = []

    def run(self, start: int) -> None:
        for index in range(start, len(self._turns)):
            turn = self._turns[index]
            path: Path = ("messages", index)
            match self._roles[index]:
                case "user":
                    self._say("user", _content(turn, path, self._cx), path)
                case "assistant":
                    self._assistant(turn, index, path)
                case "tool" | "function":
                    if index not in self._answered:
                        self._orphan(turn, path)
                case "system" | "developer":
                    self._system(turn, path)
                case _:
                    role = chat.read_message(turn, path).role
                    roles = "'developer', 'system', 'user', 'assistant', 'tool' or 'function'"
                    raise InvalidPayload(f"expected {roles}, got {role!r}", render_path((*path, "role")))
        for turn in self._mixed:
            turn["content"].sort(key=_is_no_result)

    def _say(self, role: Literal["user", "assistant"], content: str | list[JsonObject], path: Path) -> None:
        """Add to the conversation; a turn that says nothing is left out, one of the same role is merged."""
        if not content:
            self._cx.losses.dropped(
                LossCode.TURN_EMPTY, path, "a turn without content, which Anthropic refuses", "info"
            )
        elif self.out and (last := self.out[-1])["role"] == role:
            if isinstance(last["content"], str):
                last["content"] = [text_block(last["content"])]
            added = _blocks(content)
            last["content"] += added
            if not _is_no_result(added[0]) and (not self._mixed or self._mixed[-1] is not last):
                self._mixed.append(last)
        else:
            self.out.append({"role": role, "content": content})

    # -- assistant turns

    def _assistant(self, turn: JsonObject, index: int, path: Path) -> None:
        read = ASSISTANT_TO_MESSAGES.read(turn, path, self._cx.losses)
        content: Content = turn.get("content")
        blocks = _content_blocks(content, path, self._cx, aside="thinking")
        if read is not None:
            thinking = thinking_to_messages(read, path, self._cx) if holds_reasoning(turn) else []
            blocks = [*thinking, *blocks, *_otherwise_said(read, blocks, path, self._cx)]
        calls = self._calls(turn, read, blocks, path)
        if isinstance(content, str) and content.isspace() and blocks:
            detail = "a text without words, which Anthropic refuses"
            self._cx.losses.dropped(LossCode.TURN_EMPTY, (*path, "content"), detail, "info")
        if read is not None and blocks:
            self._mark(read.cache_control, blocks[-1], path)
        self._say("assistant", _unwrapped(blocks, content), path)
        if calls:
            self._answer(calls, index + 1)

    def _mark(self, mark: chat.CacheControl | None, last: JsonObject, path: Path) -> None:
        """Mark the last block for the mark of a whole turn."""
        if mark is not None and last["type"].endswith("thinking"):
            detail = "thinking takes no cache mark"
            self._cx.losses.dropped(LossCode.CACHE_CONTROL, (*path, "cache_control"), detail, "info")
        else:
            mark_for_messages(None, mark, last, path, self._cx)

    def _calls(
        self, turn: JsonObject, read: chat.AssistantMessage | None, blocks: list[JsonObject], path: Path
    ) -> list[OpenCall]:
        """Add a block for each call; a hybrid client's ``tool_use`` blocks are there already."""
        opened = _hybrid_calls(blocks, (*path, "content")) if is_array(turn.get("content")) else []
        known = {call.id for call in opened} if opened else ()
        calls: list[JsonObject] = turn.get("tool_calls") or []
        for at, call in enumerate(calls):
            where: Path = (*path, "tool_calls", at)
            block = call_to_messages(call, where, self._cx)
            if block is not None and call.get("id") not in known:
                opened.append(self._open(call, block, where))
                blocks.append(block)
        if read is not None and read.function_call is not None:
            where = (*path, "function_call")
            if calls:
                self._cx.losses.dropped(LossCode.LEGACY_FUNCTION, where, CALLED_TWICE)
                return opened
            block = function_call_to_messages(turn["function_call"], where, self._cx)
            opened.append(self._open({"function": turn["function_call"]}, block, where))
            blocks.append(block)
        return opened

    def _open(self, call: JsonObject, block: JsonObject, path: Path) -> OpenCall:
        """Give the block of a call its id."""
        source_id: str | None = call.get("id")
        if source_id:
            block["id"] = self._ids.assign(source_id, "", path, "id")
        else:
            place = "_".join(str(key) for key in path if isinstance(key, int))
            block["id"] = self._ids.assign(None, f"call_{place}", path)
        return OpenCall(call, block["id"], path)

    def _answer(self, calls: list[OpenCall], start: int) -> None:
        """Put the results of the calls, which stand in the window that begins here, into the next turn."""
        if start == len(self._turns):
            return  # the conversation ends with the calls: nothing is missing yet
        window = ChatWindow(calls)
        self._collect(window, start)
        results: list[JsonObject] = []
        for call in window.ours():
            result = call.result or self._missing(call)
            if result is not None:
                results.append(result)
        if results:
            self._say("user", results, calls[0].path)

    def _collect(self, window: ChatWindow, start: int) -> None:
        """Give each call its result, if the window has one."""
        for index in range(start, len(self._turns)):
            turn = self._turns[index]
            match self._roles[index]:
                case "tool":
                    call = window.answered_by(turn.get("tool_call_id"))
                case "function":
                    call = window.answered_by_name(turn.get("name"))
                case "user":
                    window.answered_inside(turn.get("content"))
                    continue
                case "assistant":
                    return
                case _:
                    continue
            if call is not None:
                self._answered.add(index)
                call.result = result_to_messages(turn, call.id, ("messages", index), self._cx)

    def _missing(self, call: OpenCall) -> JsonObject | None:
        match self._cx.options.unanswered_calls:
            case "keep":
                return None
            case "reject":
                raise InvalidPayload("every call needs one tool message that answers it", render_path(call.path))
            case "repair":
                detail = "a call without result gets one that says so"
                self._cx.losses.invented(LossCode.TOOL_RESULT_MISSING, call.path, detail, "warning")
                return {"type": "tool_result", "tool_use_id": call.id, "content": MISSING_RESULT, "is_error": True}
            case _:
                assert_never(self._cx.options.unanswered_calls)

    def _orphan(self, turn: JsonObject, path: Path) -> None:
        """A result whose call is gone: Anthropic refuses it as a block, so it becomes text."""
        if self._cx.options.unanswered_calls == "reject":
            raise InvalidPayload("expected a call that this tool message answers", render_path(path))
        self._cx.losses.approximated(LossCode.TOOL_RESULT_ORPHAN, path, "a result without its call is sent as text")
        name = turn.get("tool_call_id" if turn["role"] == "tool" else "name")
        result = result_to_messages(turn, name, path, self._cx)
        said = [
            text_block(f"[result of tool call {name}]"),
            *([text_block(ERROR_MARK)] if "is_error" in result else []),
        ]
        said += _blocks(result.get("content") or [])
        if "cache_control" in result:
            said[-1]["cache_control"] = result["cache_control"]
            note_mark(said[-1], path, self._cx)
        self._say("user", said, path)

    # -- system turns

    def _system(self, turn: JsonObject, path: Path) -> None:
        content = _content(turn, path, self._cx)
        if not content:
            self._cx.losses.dropped(LossCode.TURN_EMPTY, path, "a system turn without content", "info")
        elif self._takes_system():
            self.out.append({"role": "system", "content": content})
        else:
            self._cx.losses.approximated(LossCode.MID_SYSTEM, path, "a system turn is sent as text of a user turn")
            self._say("user", [as_user_text(block) for block in _blocks(content)], path)

    def _takes_system(self) -> bool:
        """Native system turns "must follow a user turn", and only newer models know them."""
        match self._cx.options.mid_system:
            case "text":
                return False
            case "native":
                return True
            case "auto":
                return self._cx.facts.mid_system and bool(self.out) and self.out[-1]["role"] == "user"
            case _:
                assert_never(self._cx.options.mid_system)


def _otherwise_said(
    read: chat.AssistantMessage, said: list[JsonObject], path: Path, cx: Conversion
) -> Iterator[JsonObject]:
    """The refusal of an assistant turn and, if it says nothing else, its audio."""
    if read.refusal:
        cx.losses.approximated(LossCode.REFUSAL, (*path, "refusal"), "a past refusal is sent as text", "info")
        yield text_block(read.refusal)
    if read.audio is not None:
        where: Path = (*path, "audio")
        if said or read.refusal or read.tool_calls:
            cx.losses.dropped(LossCode.AUDIO, where, "what was spoken; the text is kept")
        else:
            cx.losses.refused(LossCode.AUDIO, where, "a turn that was only spoken, which OpenAI alone can look up")


def _hybrid_calls(blocks: list[JsonObject], path: Path) -> list[OpenCall]:
    return [OpenCall(block, block["id"], path) for block in blocks if block["type"] == "tool_use"]


def _unwrapped(blocks: list[JsonObject], content: Content) -> str | list[JsonObject]:
    """A string that came as one and is all there is stays one."""
    if len(blocks) == 1 and isinstance(content, str) and blocks[0] == text_block(content):
        return content
    return blocks
