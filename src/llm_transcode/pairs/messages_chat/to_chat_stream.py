"""Messages events in, Chat chunks out.

Theory of operation. What the events say of the reply as a whole is read here; `ChunkWriter` turns the
blocks into deltas. The end waits for ``message_stop``, since counts and reason may be corrected until then.

Most events carry one token. They are read from the parsed JSON directly, or need no parsing at all where
they repeat the one before (`Repeats`); every other event goes through its typed model, and along the
grammar of Messages' streams.
"""

from __future__ import annotations

from typing import Final, Literal

from typing_extensions import assert_never

from ... import messages
from ...converted import ReplyContext
from ...dialects import dialect_named
from ...errors import StreamError
from ...losses import LossCode, Recorder
from ...messages.grammar import StreamGrammar
from ...options import Options
from ...tokens import Growth, Place, Token
from ...wire import Json, JsonObject, Path
from ..conversion import Conversion
from ..fields import Fields, UnionFields
from .chunks import ChunkWriter
from .error import error_to_chat
from .identity import created_of_reply, made_up_id, model_of_reply
from .response_to_chat import RESPONSE_TO_CHAT, refusal_to_chat
from .serving import tier_to_chat
from .stop import stop_to_finish
from .usage import counts_to_chat, report_usage

__all__ = ["ToChatStream"]

# -- ledger --------------------------------------------------------------------------------------

_ORDER: Final = {"type": "nothing: chunks have no types", "index": "the order of deltas"}
EVENTS_TO_CHAT: Final = UnionFields(
    Fields(messages.MessageStart, {"type": _ORDER["type"], "message": "what all chunks have in common"}),
    Fields(messages.ContentBlockStart, {**_ORDER, "content_block": "a delta"}),
    Fields(messages.ContentBlockDelta, {**_ORDER, "delta": "a delta"}),
    Fields(messages.ContentBlockStop, _ORDER),
    Fields(
        messages.MessageDelta,
        {"type": "the last chunks", "delta": "`finish_reason`", "usage": "`usage`, if asked for"},
        {
            "context_management": RESPONSE_TO_CHAT.dropped["context_management"],
            "input_transformations": RESPONSE_TO_CHAT.dropped["input_transformations"],
        },
    ),
    Fields(messages.MessageStop, {"type": "the last chunks"}),
    Fields(messages.Ping, {"type": "a comment"}),
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
_STOP: Final = ("stop_reason", "stop_sequence", "stop_details")
"""What a reply says of its end, in its first event or in one of its last."""

_TOKENS: Final[dict[str, tuple[Literal["text", "thinking", "call"], str]]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("call", "partial_json"),
}
"""What a delta adds to by its type, and the field with what it adds."""


class ToChatStream:
    """Transcodes the stream of one reply. Events go in as JSON objects and come out as JSON objects."""

    __slots__ = (
        "_chunks",
        "_context",
        "_counts",
        "_cx",
        "_grammar",
        "_stop",
        "_stop_at",
        "_stopped",
        "losses",
        "usage",
    )

    def __init__(self, context: ReplyContext, options: Options) -> None:
        self._cx = Conversion(options, dialect_named(None, "chat"), streaming=True)
        self._context = context
        self._chunks = ChunkWriter(self._cx, context)
        self._grammar: StreamGrammar | None = StreamGrammar()
        """Follows the events that are no mere tokens; None once they have left the grammar."""
        self._stop: JsonObject = {}
        """What was said of the end so far."""
        self._stop_at: dict[str, Path] = {}
        """Where it was said, by the names of its fields."""
        self._counts: JsonObject = {}
        self._stopped = False
        self.losses: Recorder = self._cx.losses
        self.usage: JsonObject | None = None
        """The counts, once the stream is finished."""

    # -- reading

    def take(self) -> list[JsonObject]:
        """The chunks that have been written since the last call."""
        chunks = self._chunks.chunks
        self._chunks.chunks = []
        return chunks

    def token(self, event: Json) -> Token | None:
        """What an event says if it is a mere token; None if there may be more to it. Has no effects."""
        try:
            delta = event["delta"]
            kind, name = _TOKENS[delta["type"]]
            index, text = event["index"], delta[name]
        except (KeyError, TypeError):
            return None  # `read` says what is wrong with it, if anything is
        if event.get("type") != "content_block_delta" or len(event) != 3 or len(delta) != 2:
            return None
        return ((kind, index), text) if text and isinstance(text, str) else None

    def note_beside(self, event: JsonObject) -> bool:
        """Take note of what a mere token's event says besides, which is nothing. Returns whether it says anything."""
        return False

    def growth(self, place: Place) -> Growth | None:
        """How tokens let the block that is open grow, if it is this one; None where that takes more than an event."""
        opened = self._chunks.open
        if opened is None or (opened.kind, opened.index) != place:
            return None
        return self._chunks.growth(opened, place)

    def read(self, event: JsonObject) -> None:
        """Read any event by its typed model; raises `InvalidPayload` for a malformed one."""
        typed = messages.event_of(event)
        reason = self._follow(event)
        if self._read_event(typed) and reason is not None:
            detail = f"the stream leaves the order of its events: {reason}"
            self._cx.losses.approximated(LossCode.STREAM_PROTOCOL, (), detail, "info")

    def _follow(self, event: JsonObject) -> str | None:
        """Why the stream leaves its grammar, if it does. What comes later could only be held against a guess."""
        if self._grammar is None:
            return None
        try:
            self._grammar.step(event)
        except StreamError as error:
            self._grammar = None
            return error.reason
        return None

    def _read_event(self, event: messages.Event) -> bool:
        """Read an event; returns False if it has no place in the stream and is on record as left out."""
        EVENTS_TO_CHAT.report(event, (), self._cx.losses)
        match event:
            case messages.MessageStart(message=message):
                return self._start(message)
            case messages.ContentBlockStart(index=index, content_block=block):
                self._begin()
                self._chunks.open_block(index, block, ("content_block",))
            case messages.ContentBlockDelta(index=index, delta=delta):
                return self._chunks.grow_block(index, delta)
            case messages.ContentBlockStop(index=index):
                self._chunks.stop_block(index)
            case messages.MessageDelta():
                self._read_message_delta(event)
            case messages.MessageStop():
                self._stopped = True
            case messages.Ping() | messages.ErrorEvent():
                pass  # an error goes to `error` and never comes here
            case messages.UnknownEvent(type=kind):
                self._cx.losses.dropped(LossCode.UNKNOWN_BLOCK, (), f"an event of type {kind!r}", "info")
            case _:
                assert_never(event)
        return True

    # -- the reply

    def _start(self, message: messages.Response) -> bool:
        """Begin the reply, unless it has begun. Some servers put a whole answer into its first event."""
        path: Path = ("message",)
        if self._chunks.base:
            self._cx.losses.dropped(LossCode.STREAM_PROTOCOL, path, "the stream begins a second time")
            return False
        RESPONSE_TO_CHAT.report(message, path, self._cx.losses)
        base = self._common(message.id, message.model)
        if message.usage is not None:
            base.update(self._count(message.usage, (*path, "usage")))
        self._chunks.begin(base)
        for index, block in enumerate(message.content):
            self._chunks.open_block(index, block, (*path, "content", index))
            self._chunks.close_block()
        self._note_stop(message, path)
        return True

    def _begin(self) -> None:
        """A block before ``message_start``: the server broke the order, but what it says counts."""
        if self._chunks.base:
            return
        self._cx.losses.invented(LossCode.ID, ("message", "id"), "a reply without id gets one")
        made_up = made_up_id("chatcmpl-", repr(self._context.model).encode(), self._cx.options)
        self._chunks.begin(self._common(made_up, ""))

    def _common(self, message_id: str, model: str) -> JsonObject:
        return {
            "id": message_id,
            "object": "chat.completion.chunk",
            "created": created_of_reply(("message", "created"), self._cx),
            "model": model_of_reply(model, self._context, self._cx.losses),
        }

    def _count(self, usage: messages.Usage, path: Path) -> JsonObject:
        """Counts are totals so far: what is said later counts, and what is null or left out stays.

        Returns what else the usage tells, which every chunk has from here on.
        """
        counts = {name: value for name, value in usage.to_dict().items() if value is not None}
        news = {name: value for name, value in counts.items() if name not in self._counts}
        report_usage(news, path, self._cx.losses)
        self._counts.update(counts)
        tier = tier_to_chat(news.get("service_tier"), (*path, "service_tier"), self._cx.losses)
        return {} if tier is None else {"service_tier": tier}

    def _read_message_delta(self, event: messages.MessageDelta) -> None:
        STOP_TO_CHAT.report(event.delta, ("delta",), self._cx.losses)
        self._begin()
        self._chunks.close_all()
        if event.usage is not None:
            self._chunks.base.update(self._count(event.usage, ("usage",)))
        self._note_stop(event.delta, ("delta",))

    def _note_stop(self, said: messages.Response | messages.Delta, path: Path) -> None:
        """What is said later counts here too."""
        fields = said.to_dict()
        told = {name: fields[name] for name in _STOP if fields.get(name) is not None}
        self._stop.update(told)
        self._stop_at.update({name: (*path, name) for name in told})

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
        return "stop_reason" in self._stop

    @property
    def stopped(self) -> bool:
        """Whether ``message_stop`` came."""
        return self._stopped

    def done(self) -> list[JsonObject]:
        """The upstream says that the stream is over: ``message_stop``, or its body ended after a stop reason."""
        if not self._chunks.base:
            raise StreamError("the stream ended before it said anything")
        self._chunks.close_all()
        self._chunks.end(self._finish(), self._stop.get("stop_sequence"))
        self.usage = counts_to_chat(self._counts)
        if self._context.include_usage:
            self._chunks.chunks.append({**self._chunks.base, "choices": [], "usage": self.usage})
        return self.take()

    def _finish(self) -> str:
        """Say what was refused, if anything was; returns the finish reason."""
        reason, losses = self._stop.get("stop_reason"), self._cx.losses
        refusal = refusal_to_chat(self._stop.get("stop_details"), reason, self._told_at("stop_details"), losses)
        if refusal:
            self._chunks.emit({"refusal": refusal})
        legacy = self._context.legacy_functions
        return stop_to_finish(reason, self._chunks.called, self._told_at("stop_reason"), losses, legacy)

    def _told_at(self, name: str) -> Path:
        return self._stop_at.get(name, ("delta", name))

    def abort(self) -> list[JsonObject]:
        """The stream broke: nothing more is said."""
        self._chunks.abort()
        return self.take()

    def ping(self) -> list[JsonObject]:
        """Chat has no event for it; a comment keeps the connection alive."""
        return []
