"""Messages events in, Chat chunks out.

Theory of operation. Messages streams block by block, Chat keeps text, reasoning and calls apart, so a
block becomes a run of deltas of its kind and needs no more than a note of what is open. A call that has
not come to its end when the next block begins is set aside, since some servers let blocks grow side by
side, and others do not say where a block ends. Three things
are decided late: the ``reasoning_details`` entry of a thought is sent whole when its block ends, since
the OpenAI SDK's accumulator adds up what is repeated; the arguments of a call that got none become
``{}`` when its block ends; and the end waits for ``message_stop``, since counts and reason may be
corrected until then.

Most events carry one token. They are read from the parsed JSON directly; every other event goes
through its typed model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from ... import messages
from ...chat.fragments import JsonProgress
from ...converted import ReplyContext
from ...dialects import dialect_named
from ...errors import StreamError
from ...json_text import Template
from ...losses import LossCode
from ...options import Options
from ...wire import Json, JsonObject, Path
from ..conversion import Conversion
from ..fields import Drop, Fields
from .calls import arguments_of
from .error import error_to_chat
from .free_text import FreeTextReader
from .reasoning import BETWEEN_THOUGHTS, THOUGHTS_TO_CHAT, Thought, carry, report_plain
from .response import (
    CITATION_TO_CHAT,
    REPLY_CALL_TO_CHAT,
    REPLY_TEXT_TO_CHAT,
    RESPONSE_TO_CHAT,
    STOP_DETAILS_TO_CHAT,
    citation_to_chat,
    made_up_id,
    model_of_reply,
    report_unsaid,
)
from .serving import tier_to_chat
from .stop import stop_to_finish
from .usage import counts_to_chat, report_usage

__all__ = ["ToChatStream"]

# -- ledger --------------------------------------------------------------------------------------

MESSAGE_DELTA_TO_CHAT: Final = Fields(
    messages.MessageDelta,
    {"type": "the last chunks", "delta": "`finish_reason`", "usage": "`usage`, if asked for"},
    {
        "context_management": RESPONSE_TO_CHAT.dropped["context_management"],
        "input_transformations": RESPONSE_TO_CHAT.dropped["input_transformations"],
    },
)
STOP_TO_CHAT: Final = Fields(
    messages.Delta,
    {
        "stop_reason": "`finish_reason`",
        "stop_sequence": "`stop_reason` of the choice, vLLM's extension",
        "stop_details": "`refusal`",
    },
    {"container": RESPONSE_TO_CHAT.dropped["container"]},
)
THINKING_DELTA_TO_CHAT: Final = Fields(
    messages.ThinkingDelta,
    {"type": "`reasoning_content`", "thinking": "`reasoning_content`"},
    {"estimated_tokens": Drop(LossCode.USAGE, "Chat does not count thinking while it lasts", "info")},
)

_MOST_ASIDE: Final = 1000
"""No server calls so many tools at once; each has to be remembered until its end."""

_MOST_ANNOTATIONS: Final = 10_000
"""No text cites so many pages; its annotations wait for its end."""

_Kind: TypeAlias = Literal["text", "thinking", "call", "output", "ignored"]
"""What a block becomes: ``output`` is the forced tool that stands for structured output."""


_DELTAS: Final[dict[_Kind, tuple[str, str]]] = {
    "text": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
    "call": ("input_json_delta", "partial_json"),
}
"""The type of the deltas by which a block grows, and the field with what they add."""


@dataclass(slots=True)
class _Open:
    """The block that is open."""

    index: int
    kind: _Kind
    call: int = -1
    """The index of the call, which counts calls only."""
    given: JsonObject = field(default_factory=dict[str, Json])
    """The input that came with the start of a call, to be used if no other comes."""
    progress: JsonProgress | None = None
    """Follows the arguments of a call; None as long as none were sent."""
    free_text: FreeTextReader | None = None
    """Unwraps the input of a free-form tool."""
    thought: bytearray = field(default_factory=bytearray)
    """The text of a thought, as UTF-8, for the entry at the end of its block."""
    signature: str = ""
    signed_at: Path = ()
    """What holds the signature."""
    has_said: bool = False
    """Whether any text of a thought was sent."""
    start: int = 0
    """Where the text of the block begins in the text of the reply, in characters."""
    annotations: list[JsonObject] = field(default_factory=list[JsonObject])
    template: Template | None = None
    """For the chunks by which the block grows."""


class ToChatStream:
    """Transcodes the stream of one reply. Events go in as JSON objects and come out as JSON objects."""

    def __init__(self, context: ReplyContext, options: Options) -> None:
        self._cx = Conversion(options, dialect_named(None, "chat"), streaming=True)
        self._context = context
        self._out: list[JsonObject] = []
        self._base: JsonObject = {}
        """What all chunks have in common; empty until the reply has begun."""
        self._open: _Open | None = None
        self._aside: dict[int, _Open] = {}
        """Calls that have not come to their end, by the indices of their blocks."""
        self._calls = 0
        self._has_thought = False
        self._details = 0
        self._annotations = 0
        self._length = 0
        self._stop: messages.Delta | None = None
        self._counts: dict[str, Json] = {}
        self._stopped = False
        self.losses = self._cx.losses
        self.usage: JsonObject | None = None
        """The counts, once the stream is finished."""

    # -- reading

    def take(self) -> list[JsonObject]:
        """The chunks that have been written since the last call."""
        out = self._out
        self._out = []
        return out

    def token(self, event: Json) -> bytes | None:
        """The chunk that a mere token becomes; None, and nothing read, if there may be more to the event."""
        opened = self._open
        if opened is None or opened.kind not in _DELTAS:
            return None
        kind, key = _DELTAS[opened.kind]
        try:
            delta = event["delta"]
            text = delta[key]
            names = event["type"], event["index"], delta["type"]
        except (KeyError, TypeError):
            return None  # `read` says what is wrong with it, if anything is
        if names != ("content_block_delta", opened.index, kind) or len(event) != 3 or len(delta) != 2:
            return None
        if not isinstance(text, str) or not text:
            return None
        return self._more(opened, text)

    def _more(self, opened: _Open, text: str) -> bytes | None:
        """The chunk by which the open block grows; None, and nothing noted, where more is to be written."""
        if opened.kind == "text":
            self._length += len(text)
        elif opened.kind == "thinking":
            if not opened.has_said or not self._keep_thought(opened, text):
                return None
        elif opened.free_text is not None or self._context.legacy_functions:
            return None
        else:
            _progress_of(opened).read(text)
        if opened.template is None:
            opened.template = Template(self._chunk(_growth(opened, Template.HOLE)))
        return opened.template.filled(text)

    def read(self, event: JsonObject) -> None:
        """Read any event by its typed model; raises `InvalidPayload` for a malformed one."""
        self._read_event(messages.event_of(event))

    def _read_event(self, event: messages.Event) -> None:
        match event:
            case messages.MessageStart(message=message):
                self._start(message)
            case messages.ContentBlockStart(index=index, content_block=block):
                self._begin()
                self._open_block(index, block, ("content_block",))
            case messages.ContentBlockDelta(index=index, delta=delta):
                self._read_delta(index, delta)
            case messages.ContentBlockStop(index=index):
                self._stop_block(index)
            case messages.MessageDelta():
                self._read_message_delta(event)
            case messages.MessageStop():
                self._stopped = True
            case messages.Ping():
                pass
            case messages.UnknownEvent(type=kind):
                self._cx.losses.dropped(LossCode.UNKNOWN_BLOCK, ("type",), f"an event of type {kind!r}", "info")
            case messages.ErrorEvent():
                raise StreamError("an error event")  # read by `error` before it comes here

    # -- the reply

    def _start(self, message: messages.Response) -> None:
        """Begin the reply. Some servers put a whole answer into its first event."""
        path: Path = ("message",)
        if self._base:
            self._cx.losses.dropped(LossCode.STREAM_PROTOCOL, path, "the stream begins a second time")
            return
        RESPONSE_TO_CHAT.report(message, path, self._cx.losses)
        self._base = self._common(message.id, message.model)
        if message.usage is not None:
            self._count(message.usage, (*path, "usage"))
            tier = tier_to_chat(message.usage.service_tier, (*path, "usage", "service_tier"), self._cx.losses)
            if tier is not None:
                self._base["service_tier"] = tier
        self._emit({"role": "assistant", "content": ""})
        for index, block in enumerate(message.content):
            self._open_block(index, block, (*path, "content", index))
            self._close_block()
        if message.stop_reason is not None:
            self._stop = messages.Delta.from_object(
                {"stop_reason": message.stop_reason, "stop_sequence": message.stop_sequence}
            )

    def _begin(self) -> None:
        """A block before ``message_start``: the server broke the order, but what it says counts."""
        if self._base:
            return
        self._cx.losses.approximated(
            LossCode.STREAM_PROTOCOL, ("type",), "the stream does not begin with message_start"
        )
        self._cx.losses.invented(LossCode.ID, ("message", "id"), "a reply without id gets one")
        self._base = self._common(made_up_id("chatcmpl-", repr(self._context.model).encode(), self._cx.options), "")
        self._emit({"role": "assistant", "content": ""})

    def _common(self, message_id: str, model: str) -> JsonObject:
        created = 0
        if self._cx.options.now is not None:
            created = self._cx.options.now()
        else:
            detail = "Anthropic does not say when it answered; 0 (Options.now)"
            self._cx.losses.invented(LossCode.CREATED, ("message", "created"), detail)
        return {
            "id": message_id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": model_of_reply(model, self._context, self._cx.losses),
        }

    def _count(self, usage: messages.Usage, path: Path) -> None:
        """Counts are totals so far: what is said later counts, and what is null or left out stays."""
        counts = {name: value for name, value in usage.to_dict().items() if value is not None}
        news = {name: value for name, value in counts.items() if name not in self._counts}
        report_usage(messages.Usage.from_object(news), path, self._cx.losses)
        self._counts.update(counts)

    def _read_message_delta(self, event: messages.MessageDelta) -> None:
        MESSAGE_DELTA_TO_CHAT.report(event, (), self._cx.losses)
        STOP_TO_CHAT.report(event.delta, ("delta",), self._cx.losses)
        self._begin()
        self._close_all()
        if event.usage is not None:
            self._count(event.usage, ("usage",))
        if event.delta.stop_reason is not None:
            self._stop = event.delta

    # -- blocks

    def _open_block(self, index: int, block: messages.ContentBlock, path: Path) -> None:
        self._leave_block()
        opened = _Open(index, "ignored")
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
                self._detail(block, path)
            case messages.ToolUseBlock(name=self._context.output_tool):
                REPLY_CALL_TO_CHAT.report(block, path, self._cx.losses)
                opened.kind = "output"
                opened.given = block.input
            case messages.ToolUseBlock():
                REPLY_CALL_TO_CHAT.report(block, path, self._cx.losses)
                self._open_call(opened, block)
            case _:
                report_unsaid(block, path, self._cx.losses)
        self._open = opened

    def _open_call(self, opened: _Open, block: messages.ToolUseBlock) -> None:
        if self._context.legacy_functions and self._calls:
            detail = "a function_call holds one call; the others are lost"
            self._cx.losses.dropped(LossCode.LEGACY_FUNCTION, ("content_block",), detail)
            return
        opened.kind = "call"
        opened.given = block.input
        opened.call = self._calls
        self._calls += 1
        name = self._context.tool_names.get(block.name, block.name)
        if self._context.legacy_functions:
            self._emit({"function_call": {"name": name, "arguments": ""}})
        elif name in self._context.custom_tools:
            opened.free_text = FreeTextReader()
            call = {"index": opened.call, "id": block.id, "type": "custom", "custom": {"name": name, "input": ""}}
            self._emit({"tool_calls": [call]})
        else:
            call = {
                "index": opened.call,
                "id": block.id,
                "type": "function",
                "function": {"name": name, "arguments": ""},
            }
            self._emit({"tool_calls": [call]})

    def _read_delta(self, index: int, delta: messages.BlockDelta) -> None:
        opened = self._open
        if opened is None or opened.index != index:
            opened = self._aside.get(index)
        if opened is None:
            self._cx.losses.dropped(LossCode.STREAM_PROTOCOL, ("index",), "a delta for a block that is not open")
            return
        match delta:
            case messages.TextDelta(text=text) if opened.kind == "text":
                self._say(text)
            case messages.ThinkingDelta(thinking=text) if opened.kind == "thinking":
                THINKING_DELTA_TO_CHAT.report(delta, ("delta",), self._cx.losses)
                self._think(opened, text)
            case messages.SignatureDelta(signature=signature) if opened.kind == "thinking":
                opened.signature = signature
                opened.signed_at = ("delta",)
            case messages.InputJsonDelta(partial_json=piece):
                self._grow_call(opened, piece)
            case messages.CitationsDelta(citation=citation) if opened.kind == "text":
                self._cite(opened, citation, ("delta", "citation"))
            case _ if opened.kind == "ignored":
                pass  # the block is on record
            case _:
                self._cx.losses.dropped(LossCode.UNKNOWN_BLOCK, ("delta",), f"a delta of type {delta.type!r}")

    def _leave_block(self) -> None:
        """Another block begins."""
        opened = self._open
        if opened is None or opened.kind != "call":
            self._close_block()
        elif opened.progress is not None and opened.progress.complete:
            self._close_block()
        elif len(self._aside) == _MOST_ASIDE:
            raise StreamError(f"more than {_MOST_ASIDE} tool calls at once")
        else:
            self._aside[opened.index] = opened

    def _stop_block(self, index: int) -> None:
        aside = self._aside.pop(index, None)
        if aside is not None or (self._open is not None and self._open.index == index):
            self._close_block(aside)

    def _close_all(self) -> None:
        self._leave_block()
        self._open = None
        for index in sorted(self._aside):
            self._close_block(self._aside.pop(index))

    def _close_block(self, aside: _Open | None = None) -> None:
        """End the block that is open, or one that was set aside."""
        opened = aside or self._open
        if aside is None:
            self._open = None
        if opened is None:
            return
        if opened.kind == "thinking":
            text = opened.thought.decode("utf-8", "surrogatepass")
            thought = {"type": "thinking", "thinking": text, "signature": opened.signature}
            self._detail(messages.ThinkingBlock.from_object(thought), opened.signed_at)
        elif opened.kind in ("call", "output"):
            self._close_call(opened)
        elif opened.annotations:
            self._close_text(opened)

    # -- what blocks say

    def _chunk(self, delta: JsonObject, finish: str | None = None) -> JsonObject:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        if self._context.include_usage:
            return {**self._base, "choices": [choice], "usage": None}
        return {**self._base, "choices": [choice]}

    def _emit(self, delta: JsonObject) -> None:
        self._out.append(self._chunk(delta))

    def _say(self, text: str) -> None:
        if text:
            self._length += len(text)
            self._emit({"content": text})

    def _think(self, opened: _Open, text: str) -> None:
        if not text:
            return
        if self._has_thought and not opened.has_said:
            self._emit({"reasoning_content": BETWEEN_THOUGHTS})
        self._has_thought = opened.has_said = True
        self._emit(_growth(opened, text))
        if not self._keep_thought(opened, text):
            raise StreamError(f"a block of thinking exceeds {self._cx.options.max_event_bytes} bytes")

    def _keep_thought(self, opened: _Open, text: str) -> bool:
        """Keep a piece of a thought for the entry at its end; False, and nothing kept, if it becomes too long."""
        if self._cx.options.reasoning not in ("reasoning_details", "thinking_blocks"):
            return True
        data = text.encode("utf-8", "surrogatepass")
        if len(opened.thought) + len(data) > self._cx.options.max_event_bytes:
            return False
        opened.thought += data
        return True

    def _detail(self, thought: Thought, path: Path) -> None:
        """The whole thought, signed, in the slot the client is to send back."""
        slot = self._cx.options.reasoning
        if slot not in ("reasoning_details", "thinking_blocks"):
            report_plain(thought, path, self._cx)
            return
        delta: JsonObject = {}
        carry([thought], delta, slot)
        delta[slot][0]["index"] = self._details
        self._details += 1
        self._emit(delta)

    def _cite(self, opened: _Open, citation: messages.Citation, path: Path) -> None:
        annotation = citation_to_chat(citation, opened.start, 0, self._cx.options)
        if annotation is None:
            detail = "only citations of web pages become annotations"
            self._cx.losses.dropped(LossCode.CITATIONS, path, detail, "info")
        else:
            CITATION_TO_CHAT.report(citation, path, self._cx.losses)
            opened.annotations.append(annotation)
            if len(opened.annotations) > _MOST_ANNOTATIONS:
                raise StreamError(f"more than {_MOST_ANNOTATIONS} citations of one text")

    def _close_text(self, opened: _Open) -> None:
        """Annotations name the end of what they annotate, so they wait for it."""
        for annotation in opened.annotations:
            annotation["url_citation"]["end_index"] = self._length
            self._emit({"annotations": [{"index": self._annotations, **annotation}]})
            self._annotations += 1

    def _grow_call(self, opened: _Open, piece: str) -> None:
        if not piece or opened.kind == "ignored":
            return
        _progress_of(opened).read(piece)
        if opened.kind == "output":
            self._say(piece)
        elif opened.free_text is not None:
            self._write_free(opened, opened.free_text.read(piece))
        elif self._context.legacy_functions:
            self._emit({"function_call": {"arguments": piece}})
        else:
            self._emit(_growth(opened, piece))

    def _close_call(self, opened: _Open) -> None:
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

    def _write_free(self, opened: _Open, text: str) -> None:
        if text:
            self._emit({"tool_calls": [{"index": opened.call, "custom": {"input": text}}]})

    # -- errors

    def is_error(self, event: JsonObject) -> bool:
        """Whether the upstream reports an error."""
        return event.get("type") == "error" or ("type" not in event and bool(event.get("error")))

    def error(self, body: JsonObject) -> JsonObject:
        """The in-band error that tells a Chat client what ``body`` says."""
        return error_to_chat(None, body, self.losses)[1]

    # -- the end

    @property
    def complete(self) -> bool:
        """Whether the upstream said why it stopped, so that the end of its body is the end of the reply."""
        return self._stop is not None

    @property
    def stopped(self) -> bool:
        """Whether ``message_stop`` came."""
        return self._stopped

    def done(self) -> list[JsonObject]:
        """The upstream says that the stream is over: ``message_stop``, or its body ended after a stop reason."""
        if not self._base:
            raise StreamError("the stream ended before it said anything")
        self._close_all()
        stop = self._stop or messages.Delta()
        refusal = self._refusal(stop)
        if refusal:
            self._emit({"refusal": refusal})
        finish = stop_to_finish(
            stop.stop_reason, self._calls > 0, ("delta", "stop_reason"), self._cx.losses, self._context.legacy_functions
        )
        last = self._chunk({}, finish)
        if stop.stop_sequence is not None:
            last["choices"][0]["stop_reason"] = stop.stop_sequence
        self._out.append(last)
        self.usage = counts_to_chat(messages.Usage.from_object(self._counts))
        if self._context.include_usage:
            self._out.append({**self._base, "choices": [], "usage": self.usage})
        return self.take()

    def _refusal(self, stop: messages.Delta) -> str | None:
        if stop.stop_details is None:
            return None
        STOP_DETAILS_TO_CHAT.report(stop.stop_details, ("delta", "stop_details"), self._cx.losses)
        return stop.stop_details.explanation if stop.stop_reason == "refusal" else None

    def abort(self) -> list[JsonObject]:
        """The stream broke: nothing more is said. An open call stays as incomplete as it is."""
        if self._aside or (self._open is not None and self._open.kind == "call"):
            detail = "the stream broke within a tool call"
            self._cx.losses.dropped(LossCode.TOOL_CALL_INCOMPLETE, ("content_block",), detail)
        self._open = None
        self._aside.clear()
        return self.take()

    def ping(self) -> list[JsonObject]:
        """Chat has no event for it; a comment keeps the connection alive."""
        return []


def _growth(opened: _Open, text: str) -> JsonObject:
    """The delta by which a text, a thought or a call grows."""
    match opened.kind:
        case "text":
            return {"content": text}
        case "thinking":
            return {"reasoning_content": text}
        case _:
            return {"tool_calls": [{"index": opened.call, "function": {"arguments": text}}]}


def _progress_of(opened: _Open) -> JsonProgress:
    if opened.progress is None:
        opened.progress = JsonProgress()
    return opened.progress
