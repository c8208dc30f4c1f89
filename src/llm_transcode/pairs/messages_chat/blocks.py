"""The blocks of a Messages stream while they are written.

Theory of operation. Chat lets text, reasoning and any number of tool calls grow side by side;
Messages has one block open at a time, and clients misassemble anything else. Text and reasoning close
as soon as something else begins. A tool call cannot: its next fragment may come after one of another
call. So the call that is open streams live, and what comes beside it is *held* until the open call's
arguments form a whole JSON object or the stream finishes. Then the held blocks follow, in order, and
the last of them goes on live. Nothing else is ever delayed.

What is held is bounded by `Options.max_event_bytes`; of all other calls and texts only sizes and checksums
are kept.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from ...chat.fragments import Call, CallTracker, Fragment
from ...converted import ReplyContext
from ...errors import StreamError
from ...json_text import Template
from ...losses import LossCode
from ...tokens import Growth, Place
from ...wire import JsonObject, Path
from ..conversion import Conversion
from .calls import CallIds
from .free_text import escaped
from .identity import made_up_id
from .prose import DELTAS, Prose, ProseKind, from_utf8, utf8
from .tools import FREE_TEXT

__all__ = ["DELTA", "BlockWriter"]

DELTA: Final[Path] = ("choices", 0, "delta")
"""Where what a stream says stands in its chunks."""

_ARGUMENTS_DELTA: Final = ("input_json_delta", "partial_json")
"""The type of a call's delta, and the field that grows."""

_CALL: Final[Path] = (*DELTA, "tool_calls", 0)
_ARGUMENTS: Final[Path] = (*_CALL, "function", "arguments")

_MOST_CALLS: Final = 10_000
"""No model calls so many tools in one reply, and something of each call has to be kept to the end."""


class BlockWriter:
    """Writes blocks, one open at a time. Events collect in ``events`` for the caller to take."""

    __slots__ = (
        "_arguments",
        "_context",
        "_cx",
        "_held",
        "_held_size",
        "_ids",
        "_index",
        "_names_size",
        "_open",
        "_seen",
        "_thoughts_ended",
        "_tracker",
        "arguments_at",
        "call_at",
        "called",
        "events",
        "message_id",
        "thought_at",
    )

    def __init__(self, cx: Conversion, context: ReplyContext, message_id: str = "") -> None:
        self.events: list[JsonObject] = []
        self.called: bool = False
        """Whether a tool call went out."""
        self.message_id: str = message_id
        self.thought_at: Path = DELTA
        """Where the thought that was told last began."""
        self.call_at: Path = _CALL
        """Where calls stand."""
        self.arguments_at: Path = _ARGUMENTS
        self._cx = cx
        self._context = context
        self._ids = CallIds(cx)
        self._tracker = CallTracker()
        self._index = -1
        self._open: Prose | Call | None = None
        self._seen = 0
        """How many calls have been spoken of."""
        self._names_size = 0
        self._thoughts_ended = False
        self._held: deque[Prose | Call] | None = None
        """None until something has to wait, since few streams need one, and it takes most of a kilobyte."""
        self._arguments: dict[int, bytearray] = {}
        """What is held of calls, by their positions, as UTF-8."""
        self._held_size = 0

    # -- mere tokens

    def growth(self, place: Place) -> Growth | None:
        """The event by which mere tokens let a place grow; None unless that, without any doubt, is what is open."""
        (kind, index), opened = place, self._open
        if isinstance(opened, Call):
            if kind != "call" or self._tracker.at(index) is not opened or self._held or opened.custom:
                return None
            return Growth(place, self._template_of(*_ARGUMENTS_DELTA), self._note_arguments)
        if opened is None or kind == "call" or opened.kind != kind:
            return None
        return Growth(place, self._template_of(*DELTAS[kind]), opened.note if kind == "thinking" else None)

    def _note_arguments(self, arguments: str) -> bool:
        """Take note of more arguments of the open call, unless they may be the whole ones once more."""
        call = self._open
        if not isinstance(call, Call) or not arguments or (call.size and arguments.startswith("{")):
            return False
        call.add(arguments)
        return True

    def _template_of(self, kind: str, key: str) -> Template:
        """The deltas of the open block, which differ in nothing but their text."""
        delta = {"type": kind, key: Template.HOLE}
        return Template({"type": "content_block_delta", "index": self._index, "delta": delta})

    # -- what the upstream says

    def say(self, kind: ProseKind, text: str) -> None:
        """A piece of text or of reasoning."""
        opened = self._open
        if isinstance(opened, Prose) and opened.kind == kind:
            if kind == "thinking":
                opened.note(text)
            self._delta(*DELTAS[kind], text)
        elif self._must_wait():
            self._hold_prose(kind, text)
        else:
            self._open_prose(Prose(kind))
            self.say(kind, text)

    def sign(self, text: str, signature: str, *, goes_on: bool) -> None:
        """The signature of a thought, with its text once more, or with the rest of it if the thought ``goes_on``."""
        thought = self._thought()
        if thought is None or not (goes_on or not text or thought.said(text)):
            self._put_thought(Prose("thinking", bytearray(utf8(text)), signature))
            return
        if text and not thought.said(text):
            self.say("thinking", text)
        thought.signature = signature
        self.end_told()

    def end_thought(self, text: str) -> bool:
        """End the thought that is being told if exactly this is what it has said; returns whether it is."""
        thought = self._thought()
        if thought is None or not thought.said(text):
            return False
        self.end_told()
        return True

    def end_told(self) -> None:
        """End the thought that is being told, if there is one: what follows belongs to another."""
        thought = self._thought()
        if thought is not None:
            self._thoughts_ended = True
            self._end(thought)

    def end_text(self) -> None:
        """The same of a text."""
        text = self._told()
        if text is not None and text.kind != "thinking":
            self._end(text)

    def _end(self, prose: Prose) -> None:
        prose.done = True
        if prose is self._open:
            self._close()
        else:
            self._note_held(len(prose.signature or ""))

    @property
    def thinking(self) -> bool:
        """Whether a thought is being told."""
        return self._thought() is not None

    @property
    def between_thoughts(self) -> bool:
        """Whether a thought has come to its end, and no other has begun."""
        return self._thoughts_ended and not self.thinking

    def _thought(self) -> Prose | None:
        """The thought that is being told, be it written or held."""
        told = self._told()
        return told if told is not None and told.kind == "thinking" else None

    def _told(self) -> Prose | None:
        last = self._held[-1] if self._held else self._open
        return last if isinstance(last, Prose) and not last.done else None

    def redact(self, data: str) -> None:
        """A thought that only Anthropic can read."""
        self._put_thought(Prose("thinking", redacted=data))

    def call(self, fragment: Fragment) -> None:
        """A fragment of a tool call."""
        is_strange = not (fragment.id or fragment.name) and self._tracker.is_unknown(fragment.index)
        call, added = self._tracker.assign(fragment)
        if is_strange and call.position < self._seen and not call.ended:
            detail = "a fragment under an index of its own is taken for more of the last call"
            self._cx.losses.approximated(LossCode.STREAM_PROTOCOL, (*self.call_at, "index"), detail)
        if call is self._open:
            self._grow_call(added)
        elif call.ended:
            if added:
                detail = "a fragment of a tool call that had come to its end"
                self._cx.losses.dropped(LossCode.STREAM_PROTOCOL, self.call_at, detail)
        elif call.position < self._seen:
            self._hold_arguments(call, added)
            self._release()
        else:
            self._count_call(fragment)
            if self._must_wait() or not call.name:
                self._wait(call)
                self._hold_arguments(call, added)
            else:
                self._begin_call(call, added)

    def finish(self) -> None:
        """Nothing more comes: close what is open, and write what is held."""
        self._close()
        while self._held:
            held = self._held.popleft()
            if isinstance(held, Prose):
                self._write_prose(held)
            elif held.name:
                self._begin_call(held, self._take_arguments(held))
            else:
                held.ended = True
                detail = "a tool call that never got its name"
                self._cx.losses.dropped(LossCode.TOOL_CALL_INCOMPLETE, self.call_at, detail)
            self._close()

    def abort(self) -> None:
        """The stream broke: close what is open, and drop what is held, which nobody can know to be whole."""
        if self._held:
            detail = "what was held when the stream broke"
            self._cx.losses.dropped(LossCode.TOOL_CALL_INCOMPLETE, self.call_at, detail)
            self._held.clear()
            self._arguments.clear()
        self._close()

    # -- waiting

    def _must_wait(self) -> bool:
        """Whether what comes now must wait for the open call, or behind others that wait."""
        return bool(self._held) or self._is_growing()

    def _wait(self, block: Prose | Call) -> None:
        if self._held is None:
            self._held = deque()
        self._held.append(block)

    def _hold_prose(self, kind: ProseKind, text: str) -> None:
        last = self._held[-1] if self._held else None
        if not (isinstance(last, Prose) and last.kind == kind and not last.done):
            last = Prose(kind)
            self._wait(last)
        last.note(text)
        self._hold(last.waiting, text)

    def _hold_arguments(self, call: Call, arguments: str) -> None:
        self._hold(self._arguments.setdefault(call.position, bytearray()), arguments)

    def _take_arguments(self, call: Call) -> str:
        return from_utf8(self._arguments.pop(call.position))

    def _put_thought(self, thought: Prose) -> None:
        """Write or hold a thought of which everything is known."""
        self._thoughts_ended = True
        thought.done = True
        if self._must_wait():
            self._wait(thought)
            self._note_held(len(thought.waiting) + len(thought.signature or thought.redacted or ""))
        else:
            self._write_prose(thought)

    def _hold(self, waiting: bytearray, text: str) -> None:
        data = utf8(text)
        waiting += data
        self._note_held(len(data))

    def _note_held(self, size: int) -> None:
        self._held_size += size
        if self._held_size > self._cx.options.max_event_bytes:
            raise StreamError(f"what waits for a tool call to end exceeds {self._cx.options.max_event_bytes} bytes")

    def _count_call(self, fragment: Fragment) -> None:
        self._seen += 1
        self._names_size += len(fragment.id) + len(fragment.name)
        if self._seen > _MOST_CALLS or self._names_size > self._cx.options.max_event_bytes:
            raise StreamError(f"more than {_MOST_CALLS} tool calls in one reply, or names too long to keep")

    def _release(self) -> None:
        """Write what waited, as far as it can be written: up to a call that is still growing."""
        while self._held and not self._is_growing():
            held = self._held[0]
            if isinstance(held, Call) and not held.name:
                return
            self._held.popleft()
            if isinstance(held, Prose):
                self._write_prose(held)
            else:
                self._begin_call(held, self._take_arguments(held))
        if not self._held:
            self._held_size = 0

    def _is_growing(self) -> bool:
        """Whether the open block is a call without its end."""
        return isinstance(self._open, Call) and not self._open.complete

    # -- writing

    def _start(self, block: JsonObject) -> None:
        self._close()
        self._index += 1
        self.events.append({"type": "content_block_start", "index": self._index, "content_block": block})

    def _delta(self, kind: str, key: str, value: str) -> None:
        self.events.append({"type": "content_block_delta", "index": self._index, "delta": {"type": kind, key: value}})

    def _close(self) -> None:
        opened = self._open
        if opened is None:
            return
        if isinstance(opened, Call):
            self._end_call(opened)
        elif opened.kind == "thinking":
            self._end_thought(opened)
        self._open = None
        self.events.append({"type": "content_block_stop", "index": self._index})

    def _write_prose(self, prose: Prose) -> None:
        """Write a block of which everything, or everything so far, is known."""
        if prose.redacted is not None:
            self._start({"type": "redacted_thinking", "data": prose.redacted})
            self.events.append({"type": "content_block_stop", "index": self._index})
            return
        self._open_prose(prose)
        if prose.waiting:
            self._delta(*DELTAS[prose.kind], from_utf8(prose.waiting))
            prose.waiting.clear()
        if prose.done:
            self._close()

    def _open_prose(self, prose: Prose) -> None:
        thought = {"type": "thinking", "thinking": "", "signature": ""}
        self._start(thought if prose.kind == "thinking" else {"type": "text", "text": ""})
        self._open = prose

    def _end_thought(self, thought: Prose) -> None:
        if thought.signature is not None:
            self._delta("signature_delta", "signature", thought.signature)
        else:
            detail = "reasoning without signature gets an empty one"
            self._cx.losses.invented(LossCode.THINKING_UNSIGNED, self.thought_at, detail)

    def _begin_call(self, call: Call, arguments: str) -> None:
        seed = f"{self.message_id}_{call.position}".encode("utf-8", "surrogatepass")
        made_up = made_up_id("toolu_", seed, self._cx.options)
        call_id = self._ids.assign(call.id, made_up, (*self.call_at, "id") if call.id else self.call_at)
        name = self._context.tool_names.get(call.name, call.name)
        self._start({"type": "tool_use", "id": call_id, "name": name, "input": {}})
        self._open = call
        self.called = True
        if call.custom:
            self._write_arguments(f'{{"{FREE_TEXT}":"')
        self._write_arguments(escaped(arguments) if call.custom else arguments)

    def _grow_call(self, added: str) -> None:
        if not added or not isinstance(self._open, Call):
            return
        self._write_arguments(escaped(added) if self._open.custom else added)
        if self._held:
            self._release()

    def _write_arguments(self, text: str) -> None:
        if text:
            self._delta(*_ARGUMENTS_DELTA, text)

    def _end_call(self, call: Call) -> None:
        if call.custom:
            self._write_arguments('"}')
        elif not (call.blank or call.complete):
            detail = "the arguments of a tool call are no complete JSON object"
            self._cx.losses.approximated(LossCode.TOOL_CALL_INCOMPLETE, self.arguments_at, detail)
        call.ended = True
