"""Thinking: the blocks of earlier turns and replies. How much of it is asked for is in `effort`.

Anthropic signs its thinking and refuses to read it back altered, so text, signature and redacted
data are opaque here, byte for byte, and a signature is never made up. Chat has no slot of its own;
what is in use is a plain string (``reasoning_content``, ``reasoning``, ``reasoning_text``) and two
lists that can carry signatures (``reasoning_details`` of OpenRouter, ``thinking_blocks`` of LiteLLM).

* https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
* https://openrouter.ai/docs/use-cases/reasoning-tokens
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeGuard

from typing_extensions import assert_never

from ... import chat, messages
from ...dialects import ReasoningSlot
from ...losses import LossCode, Recorder
from ...wire import JsonObject, Path
from ..conversion import Conversion
from ..fields import KNOWN, VENDOR, Drop, Fields, UnionFields

__all__ = [
    "ANTHROPIC_FORMAT",
    "BETWEEN_THOUGHTS",
    "Entry",
    "Readable",
    "Reasoning",
    "carry",
    "entry_of",
    "goes_on",
    "holds_reasoning",
    "is_readable",
    "read_reasoning",
    "report_foreign",
    "report_plain",
    "report_reasoning",
    "stated",
    "text_of",
    "text_of_part",
    "thinking_to_chat",
    "thinking_to_messages",
]

ANTHROPIC_FORMAT: Final = "anthropic-claude-v1"
"""The ``format`` of reasoning details that hold Anthropic's signatures, in OpenRouter's words."""

BETWEEN_THOUGHTS: Final = "\n\n"
"""What separates the texts of several thoughts in one string."""

# -- ledger --------------------------------------------------------------------------------------

THINKING_TO_CHAT: Final = Fields(
    messages.ThinkingBlock,
    {
        "type": "the reasoning slot of the message",
        "thinking": "`reasoning_content`, `reasoning_details[].text`",
        "signature": "`reasoning_details[].signature`",
    },
    plain=[{"type": KNOWN, "thinking": str, "signature": str}],
)
REDACTED_TO_CHAT: Final = Fields(
    messages.RedactedThinkingBlock,
    {"type": "the reasoning slot of the message", "data": "`reasoning_details[].data`"},
    plain=[{"type": KNOWN, "data": str}],
)
THOUGHTS_TO_CHAT: Final = UnionFields(THINKING_TO_CHAT, REDACTED_TO_CHAT)

_BLOCK: Final = {"type": "a `thinking` block", "index": "the order of blocks", "format": "whether it is Anthropic's"}
_DETAIL_ID: Final = {"id": Drop(LossCode.ID, "Anthropic's thinking has no ids", "info")}
_MARK: Final = Drop(LossCode.CACHE_CONTROL, "thinking takes no cache mark", "info")
_THOUGHT_MARK: Final = {"cache_control": _MARK}
DETAILS_TO_MESSAGES: Final = UnionFields(
    Fields(chat.ReasoningText, {**_BLOCK, "text": "`thinking`", "signature": "`signature`"}, _DETAIL_ID),
    Fields(chat.ReasoningSummary, {**_BLOCK, "summary": "`thinking`"}, _DETAIL_ID),
    Fields(chat.ReasoningEncrypted, {**_BLOCK, "data": "`data` of a `redacted_thinking` block"}, _DETAIL_ID),
)
PART_TO_MESSAGES: Final = Fields(
    chat.ThinkingPart,
    {"type": "a `thinking` block", "thinking": "`thinking`, if Anthropic takes it without a signature"},
    {
        "closed": VENDOR,
        "prompt_cache_breakpoint": _MARK,
        "cache_control": _MARK,
    },
)
PIECE_TO_MESSAGES: Final = Fields(
    chat.TextPart,
    {"type": "a `thinking` block", "text": "`thinking`"},
    {"prompt_cache_breakpoint": _MARK, "cache_control": _MARK},
)
THINKING_BLOCKS_TO_MESSAGES: Final = UnionFields(
    Fields(
        chat.ThinkingBlock,
        {"type": "a `thinking` block", "thinking": "`thinking`", "signature": "`signature`"},
        _THOUGHT_MARK,
    ),
    Fields(chat.RedactedThinkingBlock, {"type": "a `redacted_thinking` block", "data": "`data`"}, _THOUGHT_MARK),
)

# -- Messages to Chat --------------------------------------------------------------------


def thinking_to_chat(blocks: Sequence[tuple[JsonObject, Path]], message: JsonObject, cx: Conversion) -> None:
    """Put the thinking of an earlier turn where the backend reads it back, or record that it does not.

    ``blocks`` are ``thinking`` and ``redacted_thinking`` blocks, as they came.
    """
    slot = cx.dialect.reasoning_slot
    for block, path in blocks:
        fields = THINKING_TO_CHAT if block["type"] == "thinking" else REDACTED_TO_CHAT
        fields.read(block, path, cx.losses)
        if slot is None:
            cx.losses.dropped(LossCode.THINKING, path, "the backend does not read earlier thinking", "info")
        elif slot in ("reasoning_content", "reasoning"):
            report_plain(block, path, cx)
    if blocks and slot is not None:
        carry([block for block, _ in blocks], message, slot)


def report_plain(thought: JsonObject, path: Path, cx: Conversion) -> None:
    """Record what a plain string of reasoning cannot hold."""
    if thought["type"] == "redacted_thinking":
        cx.losses.dropped(LossCode.THINKING, path, "the backend reads plain reasoning only, not redacted data", "info")
    elif thought.get("signature"):
        cx.losses.dropped(LossCode.THINKING, (*path, "signature"), "the backend's reasoning has no signature", "info")


def carry(thoughts: Sequence[JsonObject], message: JsonObject, slot: ReasoningSlot) -> None:
    """Write thoughts, which are blocks of Messages, into one slot of a Chat message."""
    if slot == "thinking_blocks":
        message[slot] = [dict(thought) for thought in thoughts]
    elif slot == "reasoning_details":
        message[slot] = [detail_of(thought, index) for index, thought in enumerate(thoughts)]
    elif text := visible(thoughts):
        message[slot] = text


def visible(thoughts: Sequence[JsonObject]) -> str:
    """The readable text of thoughts, as one string."""
    texts = [thought["thinking"] for thought in thoughts if thought["type"] == "thinking" and thought["thinking"]]
    return BETWEEN_THOUGHTS.join(texts)


def detail_of(thought: JsonObject, index: int) -> JsonObject:
    """One entry of ``reasoning_details``; the OpenAI SDK's accumulator demands the index."""
    if thought["type"] == "redacted_thinking":
        return {"type": "reasoning.encrypted", "data": thought["data"], "format": ANTHROPIC_FORMAT, "index": index}
    detail: JsonObject = {"type": "reasoning.text", "text": thought["thinking"]}
    if thought.get("signature"):
        detail["signature"] = thought["signature"]
        detail["format"] = ANTHROPIC_FORMAT
    detail["index"] = index
    return detail


# -- Chat to Messages --------------------------------------------------------------------


Readable: TypeAlias = chat.ReasoningText | chat.ReasoningSummary | chat.ThinkingBlock
"""An entry of a list of reasoning that has a text."""

Entry: TypeAlias = tuple[str, int | None, str | None, str | None]
"""What tells an entry from others: its type, index, id and format."""


def is_readable(entry: chat.ReasoningDetail | chat.ThinkingBlocksItem) -> TypeGuard[Readable]:
    """Whether an entry has a text."""
    return isinstance(entry, chat.ReasoningText | chat.ReasoningSummary | chat.ThinkingBlock)


def text_of(entry: Readable) -> str:
    """The text of an entry, or of a piece of one."""
    match entry:
        case chat.ReasoningText(text=text) | chat.ReasoningSummary(summary=text) | chat.ThinkingBlock(thinking=text):
            return text or ""
        case _:
            assert_never(entry)


def entry_of(entry: Readable) -> Entry:
    """What tells this entry, or the one that this is a piece of, from others."""
    if isinstance(entry, chat.ThinkingBlock):
        return entry.type, None, None, None
    return entry.type, entry.index, entry.id or None, entry.format


def goes_on(before: Entry, after: Entry) -> bool:
    """Whether two entries in a row are pieces of one thought: nothing that both of them state differs."""
    (kind, index, *others), (next_kind, next_index, *next_others) = before, after
    if kind != next_kind or next_index not in (None, index):
        return False
    return all(None in pair or pair[0] == pair[1] for pair in zip(others, next_others, strict=True))


def stated(before: Entry | None, after: Entry) -> Entry:
    """What is known of an entry by one more piece of it, which may leave out what others state."""
    if before is None:
        return after
    kind, index, entry_id, form = before
    return kind, after[1] if index is None else index, entry_id or after[2], form or after[3]


@dataclass(slots=True)
class Reasoning:
    """What a Chat message holds of reasoning, as blocks of Messages."""

    paths: list[Path]
    """Where it stands."""
    thoughts: list[JsonObject] = field(default_factory=list[JsonObject])
    """One without signature, which Anthropic does not read back, has an empty one."""
    foreign: list[Path] = field(default_factory=list[Path])
    """Where data stands that only another vendor can read, or should stand."""
    _told: list[str] = field(default_factory=list[str])
    """The pieces of a thought that has not come to its end."""
    _entry: Entry | None = None
    """The entry that told the last pieces."""

    @property
    def signed(self) -> list[JsonObject]:
        """What Anthropic reads back."""
        return [thought for thought in self.thoughts if thought.get("signature") or "data" in thought]

    @property
    def unsigned(self) -> str:
        """The text of all other thoughts."""
        return visible([thought for thought in self.thoughts if not thought.get("signature")])

    def add(self, text: str, signature: str | None) -> None:
        """A piece of readable reasoning; a signature ends the thought that the pieces make up."""
        self._told.append(text)
        if signature:
            self.end(signature)

    def add_piece(self, piece: Readable, signature: str | None) -> None:
        """The same; a signature covers nothing but the pieces of its own entry."""
        entry = entry_of(piece)
        if self._entry is not None and not goes_on(self._entry, entry):
            self.end()
            self._entry = None
        self._entry = stated(self._entry, entry)
        self.add(text_of(piece), signature)

    def add_redacted(self, data: str | None, path: Path) -> None:
        """Reasoning that only Anthropic reads; without its data not even that."""
        if data is None:
            self.foreign.append(path)
        else:
            self.end()
            self.thoughts.append({"type": "redacted_thinking", "data": data})

    def end(self, signature: str = "") -> None:
        """The thought that was told has come to its end, if there is one."""
        text = "".join(self._told)
        self._told.clear()
        if text or signature:
            self.thoughts.append({"type": "thinking", "thinking": text, "signature": signature})


_SLOTS: Final = frozenset(("thinking_blocks", "reasoning_details", "reasoning_content", "reasoning", "reasoning_text"))
"""The fields of a message that hold reasoning; the parts of its content may too."""


def holds_reasoning(message: JsonObject) -> bool:
    """Whether there may be something for `read_reasoning` in a message that has been checked."""
    if isinstance(message.get("content"), list):
        return True
    return not _SLOTS.isdisjoint(message) and any(message.get(slot) is not None for slot in _SLOTS)


def read_reasoning(message: chat.AssistantFields, path: Path, losses: Recorder) -> Reasoning:
    """Read every slot in use, and record what Anthropic cannot read."""
    found = _reasoning_of(message, path)
    report_reasoning(message, path, losses)
    for at in found.foreign:
        report_foreign(at, losses)
    return found


def _reasoning_of(message: chat.AssistantFields, path: Path) -> Reasoning:
    """The lists win over the strings, which repeat their text."""
    if message.thinking_blocks:
        return _from_thinking_blocks(message.thinking_blocks, (*path, "thinking_blocks"))
    found = _from_details(message.reasoning_details or (), (*path, "reasoning_details"))
    if not found.thoughts:
        _add_plain(message, path, found)
        found.end()
    return found


def _add_plain(message: chat.AssistantFields, path: Path, found: Reasoning) -> None:
    for slot, text in (
        ("reasoning_content", message.reasoning_content),
        ("reasoning", message.reasoning),
        ("reasoning_text", message.reasoning_text),
    ):
        if text:
            found.paths = [(*path, slot)]
            found.add(text, None)
            return
    if isinstance(message.content, list):
        _add_parts(message.content, (*path, "content"), found)


def report_reasoning(message: chat.AssistantFields | chat.Delta, path: Path, losses: Recorder) -> None:
    """Record what the entries that `read_reasoning` reads hold besides their thinking."""
    for index, block in enumerate(message.thinking_blocks or ()):
        THINKING_BLOCKS_TO_MESSAGES.report(block, (*path, "thinking_blocks", index), losses)
    for index, detail in enumerate(() if message.thinking_blocks else message.reasoning_details or ()):
        DETAILS_TO_MESSAGES.report(detail, (*path, "reasoning_details", index), losses)
    for index, part in enumerate(message.content if isinstance(message.content, list) else ()):
        if isinstance(part, chat.ThinkingPart):
            _report_part(part, (*path, "content", index), losses)


def _report_part(part: chat.ThinkingPart, path: Path, losses: Recorder) -> None:
    PART_TO_MESSAGES.report(part, path, losses)
    for index, piece in enumerate(part.thinking if isinstance(part.thinking, list) else ()):
        if isinstance(piece, chat.TextPart):
            PIECE_TO_MESSAGES.report(piece, (*path, "thinking", index), losses)
        else:
            report_foreign((*path, "thinking", index), losses)


def report_foreign(path: Path, losses: Recorder) -> None:
    """Record what Anthropic cannot read."""
    losses.dropped(LossCode.THINKING, path, "reasoning that only another vendor can read", "info")


def _add_parts(parts: Sequence[chat.Part], path: Path, found: Reasoning) -> None:
    """Mistral's reasoning, which stands among the parts of the text."""
    found.paths = [(*path, index) for index, part in enumerate(parts) if isinstance(part, chat.ThinkingPart)]
    found.add("".join(text_of_part(part) for part in parts if isinstance(part, chat.ThinkingPart)), None)


def text_of_part(part: chat.ThinkingPart) -> str:
    """The readable text of one part."""
    if isinstance(part.thinking, str):
        return part.thinking
    return "".join(piece.text for piece in part.thinking if isinstance(piece, chat.TextPart))


def _from_thinking_blocks(blocks: Sequence[chat.ThinkingBlocksItem], path: Path) -> Reasoning:
    """Each block is a thought of its own; one that has no text at all is the signature of the one before."""
    found = Reasoning([path])
    for index, block in enumerate(blocks):
        match block:
            case chat.ThinkingBlock():
                if block.thinking is not None:
                    found.end()
                found.add(block.thinking or "", block.signature)
            case chat.RedactedThinkingBlock():
                found.add_redacted(block.data, (*path, index))
            case chat.UnknownThinkingBlock():
                found.foreign.append((*path, index))
            case _:
                assert_never(block)
    found.end()
    return found


def _from_details(details: Sequence[chat.ReasoningDetail], path: Path) -> Reasoning:
    """Entries may run on into the next until a signature ends them: OpenRouter cuts one block into many."""
    found = Reasoning([path])
    for index, detail in enumerate(details):
        match detail:
            case chat.ReasoningText():
                ours = detail.format in (None, ANTHROPIC_FORMAT)
                found.add_piece(detail, detail.signature if ours else None)
                if detail.signature and not ours:
                    found.foreign.append((*path, index, "signature"))
            case chat.ReasoningSummary():
                found.add_piece(detail, None)
            case chat.ReasoningEncrypted() if detail.format == ANTHROPIC_FORMAT:
                found.add_redacted(detail.data, (*path, index))
            case chat.ReasoningEncrypted() | chat.UnknownReasoning():
                found.foreign.append((*path, index))
            case _:
                assert_never(detail)
    found.end()
    return found


def thinking_to_messages(message: chat.AssistantFields, path: Path, cx: Conversion) -> list[JsonObject]:
    """The thinking of an earlier turn, as far as Anthropic reads it: "Invalid `signature` in `thinking` block"."""
    found = read_reasoning(message, path, cx.losses)
    if not found.unsigned.strip():
        return found.signed
    if cx.options.unsigned_thinking == "text":
        for at in found.paths:
            cx.losses.approximated(LossCode.THINKING_UNSIGNED, at, "reasoning without signature is sent as text")
        return [*found.signed, {"type": "text", "text": found.unsigned}]
    for at in found.paths:
        cx.losses.dropped(LossCode.THINKING_UNSIGNED, at, "Anthropic reads back only what it has signed", "info")
    return found.signed
