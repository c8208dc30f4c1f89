"""The chunks of a Chat stream while they are written.

Theory of operation. Messages streams block by block, Chat keeps text, reasoning and calls apart, so a
block becomes a run of deltas of its kind and needs no more than a note of what is open. A call that has
not come to its end when the next block begins is set aside, since some servers let blocks grow side by
side, and others do not say where a block ends. Three things wait for the end of their block: the
``reasoning_details`` entry of a thought, since the OpenAI SDK's accumulator adds up what is repeated; the
annotations of a text, since they name the end of what they annotate; and the arguments of a call that got
none, which become ``{}``.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from ... import messages
from ...converted import ReplyContext
from ...errors import StreamError
from ...json_text import Template
from ...losses import LossCode
from ...tokens import Growth, Note, Place
from ...wire import JsonObject, Path
from ..conversion import Conversion
from ..fields import Drop, Fields, UnionFields
from .calls import arguments_of
from .free_text import FreeTextReader
from .open_block import OpenBlock
from .reasoning import BETWEEN_THOUGHTS, THOUGHTS_TO_CHAT, carry, report_plain
from .response_to_chat import (
    CITATION_TO_CHAT,
    NO_ID,
    REPLY_CALL_TO_CHAT,
    REPLY_TEXT_TO_CHAT,
    citation_to_chat,
    report_unsaid,
)

__all__ = ["ChunkWriter"]

# -- ledger --------------------------------------------------------------------------------------

DELTAS_TO_CHAT: Final = UnionFields(
    Fields(messages.TextDelta, {"type": "`content`", "text": "`content`"}),
    Fields(
        messages.ThinkingDelta,
        {"type": "`reasoning_content`", "thinking": "`reasoning_content`"},
        {"estimated_tokens": Drop(LossCode.USAGE, "Chat does not count thinking while it lasts", "info")},
    ),
    Fields(messages.SignatureDelta, {"type": "`reasoning_details[]`", "signature": "`reasoning_details[].signature`"}),
    Fields(messages.InputJsonDelta, {"type": "`tool_calls[]`", "partial_json": "`function.arguments`"}),
    Fields(messages.CitationsDelta, {"type": "`annotations[]`", "citation": "`annotations[]`"}),
)

_MOST_ASIDE: Final = 1000
"""No server calls so many tools at once; each has to be remembered until its end."""

_MOST_ANNOTATIONS: Final = 10_000
"""No text cites so many pages; its annotations wait for its end."""


class ChunkWriter:
    """Writes chunks, whatever blocks grow. They collect in ``chunks`` for the caller to take."""

    __slots__ = (
        "_annotations",
        "_aside",
        "_calls",
        "_context",
        "_cx",
        "_details",
        "_has_thought",
        "_length",
        "base",
        "chunks",
        "open",
    )

    def __init__(self, cx: Conversion, context: ReplyContext) -> None:
        self.chunks: list[JsonObject] = []
        self.base: JsonObject = {}
        """What all chunks have in common; empty until the reply has begun."""
        self.open: OpenBlock | None = None
        """The block that began last, if it has not come to its end."""
        self._cx = cx
        self._context = context
        self._aside: dict[int, OpenBlock] = {}
        """Calls that have not come to their end, by the indices of their blocks."""
        self._calls = 0
        self._has_thought = False
        self._details = 0
        self._annotations = 0
        self._length = 0

    @property
    def called(self) -> bool:
        """Whether a tool call went out."""
        return self._calls > 0

    def begin(self, base: JsonObject) -> None:
        """Write the first chunk, which says who speaks; ``base`` is what all chunks have in common."""
        self.base = base
        self.emit({"role": "assistant", "content": ""})

    def emit(self, delta: JsonObject) -> None:
        """Write a chunk with one delta."""
        self.chunks.append(self._chunk(delta))

    def end(self, finish: str, stop_sequence: str | None) -> None:
        """Write the chunk that says why the reply stopped."""
        last = self._chunk({}, finish)
        if stop_sequence is not None:
            last["choices"][0]["stop_reason"] = stop_sequence
        self.chunks.append(last)

    def abort(self) -> None:
        """The stream broke: nothing more is said. An open call stays as incomplete as it is."""
        if self._aside or (self.open is not None and self.open.kind == "call"):
            detail = "the stream broke within a tool call"
            self._cx.losses.dropped(LossCode.TOOL_CALL_INCOMPLETE, ("content_block",), detail)
        self.open = None
        self._aside.clear()

    # -- mere tokens

    def growth(self, opened: OpenBlock, place: Place) -> Growth | None:
        """The chunk by which mere tokens let a block grow; None where more is to be written for each."""
        note: Note
        if opened.kind == "text":
            note = self._count
        elif opened.kind == "thinking":
            if not opened.has_said:
                return None
            note = partial(self._keep_thought, opened)
        elif opened.free_text is not None or self._context.legacy_functions:
            return None
        else:
            note = opened.read_arguments
        return Growth(place, Template(self._chunk(opened.growth(Template.HOLE))), note)

    def _count(self, text: str) -> None:
        self._length += len(text)

    # -- blocks

    def open_block(self, index: int, block: messages.ContentBlock, path: Path) -> None:
        """A block begins, be it whole; ``path`` is where it stands in the event."""
        self._leave_block()
        opened = OpenBlock(index, "ignored")
        match block:
            case messages.TextBlock():
                REPLY_TEXT_TO_CHAT.report(block, path, self._cx.losses)
                opened.kind = "text"
                opened.start = self._length
                self._say(block.text)
                for at, citation in enumerate(block.citations or ()):
                    self._cite(opened, citation, (*path, "citations", at))
            case messages.ThinkingBlock():
                THOUGHTS_TO_CHAT.report(block, path, self._cx.losses)
                opened.kind = "thinking"
                opened.signature = block.signature or ""
                opened.signed_at = path
                self._think(opened, block.thinking)
            case messages.RedactedThinkingBlock():
                THOUGHTS_TO_CHAT.report(block, path, self._cx.losses)
                opened.kind = "whole"
                self._detail(block.to_dict(), path)
            case messages.ToolUseBlock(name=self._context.output_tool):
                REPLY_CALL_TO_CHAT.report(block, path, self._cx.losses)
                opened.kind = "output"
                opened.given = block.input
            case messages.ToolUseBlock():
                REPLY_CALL_TO_CHAT.report(block, path, self._cx.losses)
                self._open_call(opened, block, path)
            case _:
                report_unsaid(block, path, self._cx.losses)
        self.open = opened

    def _open_call(self, opened: OpenBlock, block: messages.ToolUseBlock, path: Path) -> None:
        if self._context.legacy_functions and self._calls:
            detail = "a function_call holds one call; the others are lost"
            self._cx.losses.dropped(LossCode.LEGACY_FUNCTION, path, detail)
            return
        opened.kind = "call"
        opened.given = block.input
        opened.call = self._calls
        self._calls += 1
        name = self._context.tool_names.get(block.name, block.name)
        if self._context.legacy_functions:
            self._cx.losses.dropped(NO_ID.code, (*path, "id"), NO_ID.detail, NO_ID.level)
            self.emit({"function_call": {"name": name, "arguments": ""}})
        elif name in self._context.custom_tools:
            opened.free_text = FreeTextReader()
            call = {"index": opened.call, "id": block.id, "type": "custom", "custom": {"name": name, "input": ""}}
            self.emit({"tool_calls": [call]})
        else:
            function = {"name": name, "arguments": ""}
            call = {"index": opened.call, "id": block.id, "type": "function", "function": function}
            self.emit({"tool_calls": [call]})

    def grow_block(self, index: int, delta: messages.BlockDelta) -> bool:
        """More of a block that is open, or was set aside; False if no such block takes it."""
        opened = self.open
        if opened is None or opened.index != index:
            opened = self._aside.get(index)
        if opened is None:
            self._cx.losses.dropped(LossCode.STREAM_PROTOCOL, ("index",), "a delta for a block that is not open")
            return False
        if opened.kind == "ignored":
            return True
        return self._grow(opened, delta)

    def _grow(self, opened: OpenBlock, delta: messages.BlockDelta) -> bool:
        DELTAS_TO_CHAT.report(delta, ("delta",), self._cx.losses)
        match delta:
            case messages.TextDelta(text=text) if opened.kind == "text":
                self._say(text)
            case messages.ThinkingDelta(thinking=text) if opened.kind == "thinking":
                self._think(opened, text)
            case messages.SignatureDelta(signature=signature) if opened.kind == "thinking":
                opened.signature = signature
                opened.signed_at = ("delta",)
            case messages.InputJsonDelta(partial_json=piece) if opened.kind in ("call", "output"):
                self._grow_call(opened, piece)
            case messages.CitationsDelta(citation=citation) if opened.kind == "text":
                self._cite(opened, citation, ("delta", "citation"))
            case _:
                self._cx.losses.dropped(LossCode.UNKNOWN_BLOCK, ("delta",), f"a delta of type {delta.type!r}")
                return False
        return True

    def _leave_block(self) -> None:
        """Another block begins."""
        opened = self.open
        if opened is None or opened.kind != "call":
            self.close_block()
        elif opened.progress is not None and opened.progress.complete:
            self.close_block()
        elif len(self._aside) == _MOST_ASIDE:
            raise StreamError(f"more than {_MOST_ASIDE} tool calls at once")
        else:
            self._aside[opened.index] = opened

    def stop_block(self, index: int) -> None:
        """A block has come to its end. Nothing happens if it is not open."""
        aside = self._aside.pop(index, None)
        if aside is not None or (self.open is not None and self.open.index == index):
            self.close_block(aside)

    def close_all(self) -> None:
        """No block grows any more."""
        self._leave_block()
        self.open = None
        for index in sorted(self._aside):
            self.close_block(self._aside.pop(index))

    def close_block(self, aside: OpenBlock | None = None) -> None:
        """End the block that is open, or one that was set aside."""
        opened = aside or self.open
        if aside is None:
            self.open = None
        if opened is None:
            return
        if opened.kind == "thinking":
            text = opened.thought.decode("utf-8", "surrogatepass")
            self._detail({"type": "thinking", "thinking": text, "signature": opened.signature}, opened.signed_at)
        elif opened.kind in ("call", "output"):
            self._close_call(opened)
        elif opened.annotations:
            self._close_text(opened)

    # -- what blocks say

    def _chunk(self, delta: JsonObject, finish: str | None = None) -> JsonObject:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        if self._context.include_usage:
            return {**self.base, "choices": [choice], "usage": None}
        return {**self.base, "choices": [choice]}

    def _say(self, text: str) -> None:
        if text:
            self._count(text)
            self.emit({"content": text})

    def _think(self, opened: OpenBlock, text: str) -> None:
        if not text:
            return
        if self._has_thought and not opened.has_said:
            self.emit({"reasoning_content": BETWEEN_THOUGHTS})
        self._has_thought = opened.has_said = True
        self.emit(opened.growth(text))
        if not self._keep_thought(opened, text):
            raise StreamError(f"a block of thinking exceeds {self._cx.options.max_event_bytes} bytes")

    def _keep_thought(self, opened: OpenBlock, text: str) -> bool:
        """Keep a piece of a thought for the entry at its end; False, and nothing kept, if it becomes too long."""
        if self._cx.options.reasoning not in ("reasoning_details", "thinking_blocks"):
            return True
        data = text.encode("utf-8", "surrogatepass")
        if len(opened.thought) + len(data) > self._cx.options.max_event_bytes:
            return False
        opened.thought += data
        return True

    def _detail(self, thought: JsonObject, path: Path) -> None:
        """The whole thought, signed, in the slot the client is to send back."""
        slot = self._cx.options.reasoning
        if slot not in ("reasoning_details", "thinking_blocks"):
            report_plain(thought, path, self._cx)
            return
        delta: JsonObject = {}
        carry([thought], delta, slot)
        delta[slot][0]["index"] = self._details
        self._details += 1
        self.emit(delta)

    def _cite(self, opened: OpenBlock, citation: messages.Citation, path: Path) -> None:
        annotation = citation_to_chat(citation, opened.start, 0, self._cx.options)
        if annotation is None:
            detail = "only citations of web pages become annotations"
            self._cx.losses.dropped(LossCode.CITATIONS, path, detail, "info")
        else:
            CITATION_TO_CHAT.report(citation, path, self._cx.losses)
            opened.annotations.append(annotation)
            if len(opened.annotations) > _MOST_ANNOTATIONS:
                raise StreamError(f"more than {_MOST_ANNOTATIONS} citations of one text")

    def _close_text(self, opened: OpenBlock) -> None:
        """Annotations name the end of what they annotate, so they wait for it."""
        for annotation in opened.annotations:
            annotation["url_citation"]["end_index"] = self._length
            self.emit({"annotations": [{"index": self._annotations, **annotation}]})
            self._annotations += 1

    def _grow_call(self, opened: OpenBlock, piece: str) -> None:
        if not piece:
            return
        opened.read_arguments(piece)
        if opened.kind == "output":
            self._say(piece)
        elif opened.free_text is not None:
            self._write_free(opened, opened.free_text.read(piece))
        elif self._context.legacy_functions:
            self.emit({"function_call": {"arguments": piece}})
        else:
            self.emit(opened.growth(piece))

    def _close_call(self, opened: OpenBlock) -> None:
        """A call without arguments has the empty object; clients parse what they get."""
        if opened.progress is None:
            self._grow_call(opened, arguments_of(opened.given))
        if opened.progress is not None and not opened.progress.complete:
            detail = "the arguments of a tool call are no complete JSON object"
            self._cx.losses.approximated(LossCode.TOOL_CALL_INCOMPLETE, ("delta", "partial_json"), detail)
        if opened.free_text is not None:
            self._write_free(opened, opened.free_text.close())
            if not opened.free_text.unwraps:
                detail = "the input of a free-form tool is no text; its JSON stands for it"
                self._cx.losses.approximated(LossCode.TOOL_ARGUMENTS, ("delta", "partial_json"), detail)

    def _write_free(self, opened: OpenBlock, text: str) -> None:
        if text:
            self.emit({"tool_calls": [{"index": opened.call, "custom": {"input": text}}]})
