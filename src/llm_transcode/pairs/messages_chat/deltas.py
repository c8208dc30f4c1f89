"""What one delta of a Chat stream says, told to the writer of blocks in the order in which a reply says it."""

from __future__ import annotations

from typing import Final

from ... import chat
from ...chat.fragments import Fragment
from ...losses import LossCode
from ...wire import JsonObject, Path, dump_json
from ..conversion import Conversion
from ..fields import Fields
from .blocks import BlockWriter
from .calls import FUNCTION_CALL_TO_MESSAGES
from .prose import ProseKind
from .reasoning import ANTHROPIC_FORMAT, BETWEEN_THOUGHTS, report_reasoning, text_of_part
from .response_to_messages import MESSAGE_TO_MESSAGES
from .think_tags import ThinkTagReader

__all__ = ["DeltaReader"]

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

_DELTA: Final[Path] = ("choices", 0, "delta")


class DeltaReader:
    """Reads deltas by their typed models: reasoning, then text, then calls."""

    __slots__ = ("_blocks", "_cx", "_think_tags", "_thought_in_list", "refused")

    def __init__(self, blocks: BlockWriter, cx: Conversion) -> None:
        self.refused: bool = False
        """Whether the model refused to answer."""
        self._blocks = blocks
        self._cx = cx
        self._think_tags = ThinkTagReader(cx.options.think_tags)
        self._thought_in_list = False
        """Whether a list of reasoning tells the thought, and does not only repeat what a string told."""

    def read(self, delta: chat.Delta) -> None:
        """Tell everything that a delta says."""
        DELTA_TO_MESSAGES.report(delta, _DELTA, self._cx.losses)
        self._read_reasoning(delta)
        self._read_content(delta)
        if delta.refusal:
            self._refuse(delta.refusal, (*_DELTA, "refusal"))
        if delta.audio is not None and (delta.audio.id or delta.audio.data or delta.audio.transcript):
            self._cx.losses.approximated(LossCode.AUDIO, (*_DELTA, "audio"), "the transcript stands for what is spoken")
            if delta.audio.transcript:
                self._blocks.say("text", delta.audio.transcript)
        for at, call in enumerate(delta.tool_calls or ()):
            CALL_DELTA_TO_MESSAGES.report(call, (*_DELTA, "tool_calls", at), self._cx.losses)
            self._read_call(call, at if len(delta.tool_calls or ()) > 1 else None)
        if delta.function_call is not None and (delta.function_call.name or delta.function_call.arguments):
            self._cx.losses.approximated(
                LossCode.LEGACY_FUNCTION, (*_DELTA, "function_call"), "a call without id", "info"
            )
            self.end_text()
            arguments = _text_of(delta.function_call.arguments)
            self._blocks.call(Fragment(None, "", delta.function_call.name or "", arguments))

    def _read_content(self, delta: chat.Delta) -> None:
        if isinstance(delta.content, str):
            for kind, text in self._think_tags.read(delta.content):
                self._blocks.say(kind, text)
            return
        for at, part in enumerate(delta.content or ()):
            match part:
                case chat.TextPart(text=text):
                    self._say("text", text)
                case chat.RefusalPart(refusal=text):
                    self._refuse(text, (*_DELTA, "content", at))
                case chat.ThinkingPart():
                    self._say("thinking", text_of_part(part))
                case _:
                    detail = f"a part of type {part.type!r}"
                    self._cx.losses.dropped(LossCode.UNKNOWN_BLOCK, (*_DELTA, "content", at), detail)

    def end_text(self) -> None:
        """No text follows at once: what might have begun a think tag is text after all."""
        for kind, text in self._think_tags.close():
            self._blocks.say(kind, text)

    def _refuse(self, text: str, path: Path) -> None:
        self.refused = True
        self._cx.losses.approximated(LossCode.REFUSAL, path, "a refusal becomes text", "info")
        self._say("text", text)

    def _say(self, kind: ProseKind, text: str) -> None:
        if text:
            self._blocks.say(kind, text)

    def _read_reasoning(self, delta: chat.Delta) -> None:
        """The strings are the text; the lists repeat it, and add what is signed."""
        report_reasoning(delta, _DELTA, self._cx.losses)
        plain = delta.reasoning_content or delta.reasoning or delta.reasoning_text
        if plain and not (plain == BETWEEN_THOUGHTS and self._blocks.between_thoughts):
            self._thought_in_list = False
            self._blocks.say("thinking", plain)
        for block in delta.thinking_blocks or ():
            match block:
                case chat.ThinkingBlock():
                    self._read_thought(block.thinking, block.signature, plain)
                case chat.RedactedThinkingBlock(data=str() as data):
                    self._blocks.redact(data)
                case _:
                    self._foreign("thinking_blocks")
        for detail in () if delta.thinking_blocks else delta.reasoning_details or ():
            self._read_detail(detail, plain)

    def _read_detail(self, detail: chat.ReasoningDetail, plain: str | None) -> None:
        match detail:
            case chat.ReasoningText():
                ours = detail.format in (None, ANTHROPIC_FORMAT)
                self._read_thought(detail.text, detail.signature if ours else None, plain)
                if detail.signature and not ours:
                    self._foreign("reasoning_details")
            case chat.ReasoningSummary():
                self._read_thought(detail.summary, None, plain)
            case chat.ReasoningEncrypted(data=str() as data) if detail.format == ANTHROPIC_FORMAT:
                self._blocks.redact(data)
            case _:
                self._foreign("reasoning_details")

    def _read_thought(self, text: str | None, signature: str | None, plain: str | None) -> None:
        if signature:
            self._blocks.sign("" if plain else text or "", signature)
        elif text and not plain and (self._thought_in_list or not self._blocks.end_thought(text)):
            self._thought_in_list = True
            self._blocks.say("thinking", text)

    def _foreign(self, slot: str) -> None:
        detail = "reasoning that only another vendor can read"
        self._cx.losses.dropped(LossCode.THINKING, (*_DELTA, slot), detail, "info")

    def _read_call(self, call: chat.ToolCallDelta, position: int | None) -> None:
        self.end_text()
        index = call.index if call.index is not None else position
        if call.custom is not None:
            self._blocks.call(Fragment(index, call.id or "", call.custom.name or "", call.custom.input or "", True))
        else:
            function = call.function or chat.FunctionDelta()
            self._blocks.call(Fragment(index, call.id or "", function.name or "", _text_of(function.arguments)))


def _text_of(arguments: str | JsonObject | None) -> str:
    return arguments if isinstance(arguments, str) else "" if arguments is None else dump_json(arguments).decode()
