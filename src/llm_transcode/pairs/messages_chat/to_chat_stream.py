"""Messages events in, Chat chunks out.

Theory of operation. What the events say of the reply as a whole is read here; `ChunkWriter` turns the
blocks into deltas. The end waits for ``message_stop``, since counts and reason may be corrected until then.

Most events carry one token. They are read from the parsed JSON directly, or need no parsing at all where
they repeat the one before (`Repeats`); every other event goes through its typed model, and along the
grammar of Messages' streams.
"""

from __future__ import annotations

from typing import Final, Literal

from ... import messages
from ...converted import ReplyContext
from ...dialects import dialect_named
from ...errors import StreamError
from ...losses import LossCode, Recorder
from ...messages.grammar import StreamGrammar
from ...options import Options
from ...repeats import Place, Token
from ...wire import Json, JsonObject, Path
from ..conversion import Conversion
from ..fields import Fields
from .chunks import ChunkWriter
from .error import error_to_chat
from .identity import created_of_reply, made_up_id, model_of_reply
from .response_to_chat import RESPONSE_TO_CHAT, STOP_DETAILS_TO_CHAT
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

_TOKENS: Final[dict[str, tuple[Literal["text", "thinking", "call"], str]]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("call", "partial_json"),
}
"""What a delta adds to by its type, and the field with what it adds."""


class ToChatStream:
    """Transcodes the stream of one reply. Events go in as JSON objects and come out as JSON objects."""

    __slots__ = ("_chunks", "_context", "_counts", "_cx", "_grammar", "_stop", "_stopped", "losses", "usage")

    def __init__(self, context: ReplyContext, options: Options) -> None:
        self._cx = Conversion(options, dialect_named(None, "chat"), streaming=True)
        self._context = context
        self._chunks = ChunkWriter(self._cx, context)
        self._grammar: StreamGrammar | None = StreamGrammar()
        """Follows the events that are no mere tokens; None once they have left the grammar."""
        self._stop: messages.Delta | None = None
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

    def grow(self, place: Place, text: str) -> bytes | None:
        """The chunk by which a token adds to the block that is open; None, and nothing noted, where that takes more."""
        opened = self._chunks.open
        if opened is None or (opened.kind, opened.index) != place:
            return None
        return self._chunks.more(opened, text)

    def read(self, event: JsonObject) -> None:
        """Read any event by its typed model; raises `InvalidPayload` for a malformed one."""
        typed = messages.event_of(event)
        self._follow(event)
        self._read_event(typed)

    def _follow(self, event: JsonObject) -> None:
        """Say where the stream leaves its grammar. What comes later could only be held against a guess."""
        if self._grammar is None:
            return
        try:
            self._grammar.step(event)
        except StreamError as error:
            self._grammar = None
            detail = f"the stream leaves the order of its events: {error.reason}"
            self._cx.losses.approximated(LossCode.STREAM_PROTOCOL, (), detail, "info")

    def _read_event(self, event: messages.Event) -> None:
        match event:
            case messages.MessageStart(message=message):
                self._start(message)
            case messages.ContentBlockStart(index=index, content_block=block):
                self._begin()
                self._chunks.open_block(index, block, ("content_block",))
            case messages.ContentBlockDelta(index=index, delta=delta):
                self._chunks.grow_block(index, delta)
            case messages.ContentBlockStop(index=index):
                self._chunks.stop_block(index)
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
        if self._chunks.base:
            self._cx.losses.dropped(LossCode.STREAM_PROTOCOL, path, "the stream begins a second time")
            return
        RESPONSE_TO_CHAT.report(message, path, self._cx.losses)
        base = self._common(message.id, message.model)
        if message.usage is not None:
            self._count(message.usage, (*path, "usage"))
            tier = tier_to_chat(message.usage.service_tier, (*path, "usage", "service_tier"), self._cx.losses)
            if tier is not None:
                base["service_tier"] = tier
        self._chunks.begin(base)
        for index, block in enumerate(message.content):
            self._chunks.open_block(index, block, (*path, "content", index))
            self._chunks.close_block()
        if message.stop_reason is not None:
            self._stop = messages.Delta.from_object(
                {"stop_reason": message.stop_reason, "stop_sequence": message.stop_sequence}
            )

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
        self._chunks.close_all()
        if event.usage is not None:
            self._count(event.usage, ("usage",))
        if event.delta.stop_reason is not None:
            self._stop = event.delta

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
        if not self._chunks.base:
            raise StreamError("the stream ended before it said anything")
        self._chunks.close_all()
        stop = self._stop or messages.Delta()
        refusal = self._refusal(stop)
        if refusal:
            self._chunks.emit({"refusal": refusal})
        legacy = self._context.legacy_functions
        path: Path = ("delta", "stop_reason")
        finish = stop_to_finish(stop.stop_reason, self._chunks.called, path, self._cx.losses, legacy)
        self._chunks.end(finish, stop.stop_sequence)
        self.usage = counts_to_chat(messages.Usage.from_object(self._counts))
        if self._context.include_usage:
            self._chunks.chunks.append({**self._chunks.base, "choices": [], "usage": self.usage})
        return self.take()

    def _refusal(self, stop: messages.Delta) -> str | None:
        if stop.stop_details is None:
            return None
        STOP_DETAILS_TO_CHAT.report(stop.stop_details, ("delta", "stop_details"), self._cx.losses)
        return stop.stop_details.explanation if stop.stop_reason == "refusal" else None

    def abort(self) -> list[JsonObject]:
        """The stream broke: nothing more is said."""
        self._chunks.abort()
        return self.take()

    def ping(self) -> list[JsonObject]:
        """Chat has no event for it; a comment keeps the connection alive."""
        return []
