"""What one delta of a Chat stream says, told to the writer of blocks in the order in which a reply says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ... import chat
from ...chat.fragments import Fragment
from ...losses import LossCode
from ...wire import Json, JsonObject, Path, dump_json
from ..conversion import Conversion
from ..fields import Fields
from .blocks import DELTA, BlockWriter
from .calls import FUNCTION_CALL_TO_MESSAGES
from .prose import ProseKind
from .reasoning import (
    ANTHROPIC_FORMAT,
    BETWEEN_THOUGHTS,
    Entry,
    Readable,
    entry_of,
    goes_on,
    is_readable,
    report_foreign,
    report_reasoning,
    stated,
    text_of,
    text_of_part,
)
from .response_to_messages import AUDIO_TO_MESSAGES, MESSAGE_TO_MESSAGES, REPLY_PARTS_TO_MESSAGES
from .think_tags import ThinkTagReader

__all__ = ["DELTA_TO_MESSAGES", "DeltaReader"]

# -- ledger --------------------------------------------------------------------------------------

DELTA_TO_MESSAGES: Final = Fields(
    chat.Delta,
    {
        "role": "nothing: `message_start` has it",
        "content": "a `text` block",
        "refusal": "a `text` block, `stop_reason` refusal",
        "tool_calls": "`tool_use` blocks",
        "function_call": "a `tool_use` block",
        "audio": "a `text` block with the transcript",
        "reasoning_content": "a `thinking` block",
        "reasoning": "a `thinking` block",
        "reasoning_text": "a `thinking` block",
        "reasoning_details": "`thinking` and `redacted_thinking` blocks",
        "thinking_blocks": "`thinking` and `redacted_thinking` blocks",
    },
    MESSAGE_TO_MESSAGES.dropped,
)
CALL_DELTA_TO_MESSAGES: Final = Fields(
    chat.ToolCallDelta,
    {
        "index": "which call it is",
        "id": "`id`",
        "type": "`tool_use`",
        "function": "`name`, `input_json_delta`",
        "custom": "`name`, `input_json_delta`",
    },
    FUNCTION_CALL_TO_MESSAGES.dropped,
)
FUNCTION_DELTA_TO_MESSAGES: Final = Fields(
    chat.FunctionDelta, {"name": "`name`", "arguments": "`input_json_delta`, a whole object as its JSON text"}
)
CUSTOM_DELTA_TO_MESSAGES: Final = Fields(chat.CustomDelta, {"name": "`name`", "input": "`input_json_delta`"})
AUDIO_DELTA_TO_MESSAGES: Final = Fields(chat.AudioDelta, AUDIO_TO_MESSAGES.mapped, AUDIO_TO_MESSAGES.dropped)

_DETAILS: Final = {
    "reasoning.text": frozenset(("type", "text", "format", "index")),
    "reasoning.summary": frozenset(("type", "summary", "format", "index")),
}
"""The fields of reasoning without signature or anything that is lost, by its type."""


class DeltaReader:
    """Reads deltas by their typed models: reasoning, then text, then calls."""

    __slots__ = ("_blocks", "_cx", "_entry", "_think_tags", "refused", "thought_in_list")

    def __init__(self, blocks: BlockWriter, cx: Conversion) -> None:
        self.refused: bool = False
        """Whether the model refused to answer."""
        self.thought_in_list: bool = False
        """Whether a list of reasoning tells the thought, and does not only repeat what a string told."""
        self._entry: Entry | None = None
        """The entry of a list that tells the thought, or tells it beside a string."""
        self._blocks = blocks
        self._cx = cx
        self._think_tags = ThinkTagReader(cx.options.think_tags)

    def read(self, delta: chat.Delta) -> None:
        """Tell everything that a delta says."""
        DELTA_TO_MESSAGES.report(delta, DELTA, self._cx.losses)
        self._read_reasoning(delta)
        self._read_content(delta)
        if delta.refusal:
            self._refuse(delta.refusal, (*DELTA, "refusal"))
        if delta.audio is not None:
            self._hear(delta.audio)
        for at, call in enumerate(delta.tool_calls or ()):
            self._report_call(call, (*DELTA, "tool_calls", at))
            self._read_call(call, at if len(delta.tool_calls or ()) > 1 else None)
        if delta.function_call is not None:
            self._read_legacy_call(delta.function_call)

    def _read_content(self, delta: chat.Delta) -> None:
        if isinstance(delta.content, str):
            for kind, text in self._think_tags.read(delta.content):
                self._say(kind, text, (*DELTA, "content"))
            return
        if delta.content:
            self.end_text()  # tags only count where they begin the answer
        for at, part in enumerate(delta.content or ()):
            REPLY_PARTS_TO_MESSAGES.report(part, (*DELTA, "content", at), self._cx.losses)
            if at:
                self._blocks.end_text()  # only the first part of a delta may go on with the one before
            match part:
                case chat.TextPart(text=text):
                    self._say("text", text, (*DELTA, "content", at))
                case chat.RefusalPart(refusal=text):
                    self._refuse(text, (*DELTA, "content", at))
                case chat.ThinkingPart():
                    self._say("thinking", text_of_part(part), (*DELTA, "content", at))
                case _:
                    detail = f"a part of type {part.type!r}"
                    self._cx.losses.dropped(LossCode.UNKNOWN_BLOCK, (*DELTA, "content", at), detail)

    def end_text(self) -> None:
        """No text follows at once: what might have begun a think tag is text after all."""
        for kind, text in self._think_tags.close():
            self._say(kind, text, (*DELTA, "content"))

    def _refuse(self, text: str, path: Path) -> None:
        self.end_text()
        self.refused = True
        self._cx.losses.approximated(LossCode.REFUSAL, path, "a refusal becomes text", "info")
        self._say("refusal", text, path)

    def _hear(self, audio: chat.AudioDelta) -> None:
        if not any(audio.to_dict().values()):
            return
        path: Path = (*DELTA, "audio")
        AUDIO_DELTA_TO_MESSAGES.report(audio, path, self._cx.losses)
        if audio.id or audio.data or audio.transcript:
            self._cx.losses.approximated(LossCode.AUDIO, path, "the transcript stands for what was spoken")
        if audio.transcript:
            self.end_text()
            self._say("transcript", audio.transcript, path)

    def _say(self, kind: ProseKind, text: str, path: Path) -> None:
        if kind == "thinking" and not self._blocks.thinking:
            self._blocks.thought_at = path
            self._entry = None
        if text:
            self._blocks.say(kind, text)

    def _read_reasoning(self, delta: chat.Delta) -> None:
        """The strings are the text; the lists repeat it, and add what is signed."""
        report_reasoning(delta, DELTA, self._cx.losses)
        slot = "thinking_blocks" if delta.thinking_blocks else "reasoning_details"
        entries = delta.thinking_blocks or delta.reasoning_details or ()
        plain = None if _are_several(entries) else _plain(delta)
        if plain and not (plain == BETWEEN_THOUGHTS and self._blocks.between_thoughts):
            self._end_other(entries[:1])
            self.thought_in_list = False
            self._say("thinking", plain, (*DELTA, _slot_of(delta)))
        for at, entry in enumerate(entries):
            self._read_entry(entry, plain, (*DELTA, slot, at))

    def repeats(self, details: Json) -> bool:
        """Whether ``reasoning_details`` can do no more than repeat the thought that a string tells. Has no effects."""
        entry, told = _entry_of(details), self._entry
        return entry is not None and told is not None and goes_on(told, entry) and stated(told, entry) == told

    def _read_entry(self, entry: chat.ThinkingBlocksItem | chat.ReasoningDetail, plain: str | None, path: Path) -> None:
        match entry:
            case chat.ThinkingBlock():
                if path[-1] and entry.thinking is not None:
                    self._blocks.end_told()  # the blocks of one delta do not go on with each other
                self._read_thought(entry, entry.signature, plain, path)
            case chat.ReasoningText():
                ours = entry.format in (None, ANTHROPIC_FORMAT)
                self._read_thought(entry, entry.signature if ours else None, plain, path)
                if entry.signature and not ours:
                    report_foreign((*path, "signature"), self._cx.losses)
            case chat.ReasoningSummary():
                self._read_thought(entry, None, plain, path)
            case chat.RedactedThinkingBlock(data=str() as data):
                self._blocks.redact(data)
            case chat.ReasoningEncrypted(data=str() as data) if entry.format == ANTHROPIC_FORMAT:
                self._blocks.redact(data)
            case _:
                report_foreign(path, self._cx.losses)

    def _read_thought(self, piece: Readable, signature: str | None, plain: str | None, path: Path) -> None:
        """A piece of an entry, which may repeat what strings told."""
        self._end_other([piece])
        text = "" if plain else text_of(piece)
        if signature:
            self._blocks.sign(text, signature, goes_on=self._entry is not None)
        elif text and (self.thought_in_list or not self._blocks.end_thought(text)):
            self.thought_in_list = True
            self._say("thinking", text, path[:-1])
        self._entry = stated(self._entry, entry_of(piece))

    def _end_other(self, pieces: Sequence[chat.ThinkingBlocksItem | chat.ReasoningDetail]) -> None:
        """End the thought that another entry tells, lest it gets the text or the signature of these."""
        for piece in pieces:
            if self._entry is not None and is_readable(piece) and not goes_on(self._entry, entry_of(piece)):
                self._blocks.end_told()
                self._entry = None

    def _read_call(self, call: chat.ToolCallDelta, position: int | None) -> None:
        self.end_text()
        index = call.index if call.index is not None else position
        custom = _custom_of(call)
        if custom is not None:
            self._blocks.call(Fragment(index, call.id or "", custom.name or "", custom.input or "", True))
        else:
            function = call.function or chat.FunctionDelta()
            self._blocks.call(Fragment(index, call.id or "", function.name or "", _text_of(function.arguments)))

    def _report_call(self, call: chat.ToolCallDelta, path: Path) -> None:
        CALL_DELTA_TO_MESSAGES.report(call, path, self._cx.losses)
        custom = _custom_of(call)
        if call.function is not None and call.custom is not None:
            other = "custom" if custom is None else "function"
            self._cx.losses.dropped(LossCode.UNKNOWN_FIELD, (*path, other), "a call is of one kind")
        if custom is not None:
            CUSTOM_DELTA_TO_MESSAGES.report(custom, (*path, "custom"), self._cx.losses)
        elif call.function is not None:
            FUNCTION_DELTA_TO_MESSAGES.report(call.function, (*path, "function"), self._cx.losses)

    def _read_legacy_call(self, call: chat.FunctionDelta) -> None:
        path: Path = (*DELTA, "function_call")
        FUNCTION_DELTA_TO_MESSAGES.report(call, path, self._cx.losses)
        if call.name or call.arguments:
            self.end_text()
            self._blocks.call_at, self._blocks.arguments_at = path, (*path, "arguments")
            self._blocks.call(Fragment(None, "", call.name or "", _text_of(call.arguments)))


def _entry_of(details: Json) -> Entry | None:
    """The entry of which a list of reasoning is a piece; None if the list says more than a text."""
    try:
        (detail,) = details
        kind: str = detail["type"]
        is_piece = _DETAILS[kind].issuperset(detail)
        return (kind, detail.get("index"), None, detail.get("format")) if is_piece else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _are_several(entries: Sequence[chat.ThinkingBlocksItem | chat.ReasoningDetail]) -> bool:
    """Whether a list tells more than one thought, which a string beside it runs together."""
    return len(entries) > 1 and any(is_readable(entry) and text_of(entry) for entry in entries)


def _plain(delta: chat.Delta) -> str | None:
    return delta.reasoning_content or delta.reasoning or delta.reasoning_text


def _custom_of(call: chat.ToolCallDelta) -> chat.CustomDelta | None:
    """What a free-form call says; of a call that says to be of both kinds its type decides, as in a whole reply."""
    return call.custom if call.function is None or call.type == "custom" else None


def _slot_of(delta: chat.Delta) -> str:
    """Which string tells the thought."""
    if delta.reasoning_content:
        return "reasoning_content"
    return "reasoning" if delta.reasoning else "reasoning_text"


def _text_of(arguments: str | JsonObject | None) -> str:
    return arguments if isinstance(arguments, str) else "" if arguments is None else dump_json(arguments).decode()
