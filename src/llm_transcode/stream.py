"""Streams: bytes of one protocol's server-sent events in, bytes of the other one's out.

`StreamTranscoder` never raises for what an upstream sends, and never waits: what can be said of an
event leaves in the same call. How an upstream ends decides how the stream to the client ends:

* it finishes: the client gets the target's own end;
* it reports an error, breaks its own rules, or breaks off: what is open is closed, the client gets
  the target's in-band error, and `StreamTranscoder.error` says why. There is never a forged end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from . import chat, messages
from .converted import ReplyContext
from .errors import ConversionError, InvalidPayload, StreamError
from .json_text import dump_finite, is_object, parse_json
from .losses import Loss
from .options import Options
from .pairs import messages_chat
from .payloads import DONE, is_whole, payloads
from .protocols import Protocol, check_protocols
from .repeats import Repeats
from .sse import BLANK_LINE, SSEDecoder, SSEvent, encode_comment, encode_event
from .tokens import Growth, Place
from .wire import Json, JsonObject, WireModel, parse_object

__all__ = ["StreamTranscoder"]

StreamEvent: TypeAlias = messages.Event | chat.Chunk
"""A typed event of either protocol."""

_HEADS: Final = {name: f"event: {name}\ndata: ".encode() for name in messages.EVENTS}
"""What stands before the data of an event, by the event's name."""

_TOKEN_HEADS: Final = {"messages": _HEADS["content_block_delta"], "chat": b"data: "}
"""What stands before the data of a token, by the protocol."""

_KEEP_ALIVE: Final = "ping"


class StreamTranscoder:
    """Transcodes the stream of one reply.

    Feed it the body of the upstream's reply as it comes, by `feed`, `feed_line` or `feed_event`, and
    send on what it returns. Tell it how the body ended: by `close`, or by `fail` if the connection
    broke. ``context`` is that of the converted request.

    Raises `ValueError` for an unknown protocol, and for two protocols that are the same.
    """

    def __init__(
        self,
        *,
        source: Protocol,
        target: Protocol,
        context: ReplyContext | None = None,
        options: Options | None = None,
    ) -> None:
        check_protocols(source, target)
        if source == target:
            raise ValueError(f"a stream of {source!r} needs no transcoding to {target!r}; forward it as it is")
        self._options = options or Options()
        self._target = target
        self._head_in = _TOKEN_HEADS[source]
        self._head_out = _TOKEN_HEADS[target]
        self._sse = SSEDecoder(self._options.max_event_bytes)
        direction = messages_chat.ToMessagesStream if target == "messages" else messages_chat.ToChatStream
        self._direction = direction(context or ReplyContext(), self._options)
        self._repeats = Repeats(self._direction.token, self._head_in, BLANK_LINE)
        self._growth: Growth | None = None
        """What tokens add to; None once anything else has been read."""
        self._finished = False
        self._is_over = False
        self._error: StreamError | None = None

    # -- what became of it

    @property
    def losses(self) -> tuple[Loss, ...]:
        """Everything that was dropped, approximated or invented so far, each kind of loss once."""
        return tuple(self._direction.losses)

    @property
    def usage(self) -> JsonObject | None:
        """The counts in the target's words, once the stream has finished."""
        return self._direction.usage

    @property
    def finished(self) -> bool:
        """Whether the reply came to its proper end."""
        return self._finished

    @property
    def error(self) -> StreamError | None:
        """Why the stream failed, if it did."""
        return self._error

    # -- feeding

    def feed(self, data: bytes | bytearray | memoryview | str) -> bytes:
        """Read the next part of the body, cut anywhere; returns what the client gets for it."""
        if not isinstance(data, bytes):
            data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
        if self._sse.between_events and len(data) <= self._options.max_event_bytes:
            token = self._repeated(data)
            if token is not None:
                return token
        alone = self._sse.data_of_one(data, self._head_in)
        if alone is not None:
            return self._transcode_new(alone)
        if BLANK_LINE in data[: -len(BLANK_LINE)]:
            return self._feed_several(data)
        return self._transcode(self._sse.feed(data))

    def feed_line(self, line: bytes | str) -> bytes:
        """Read one line without its terminator; blank lines count, since they end events."""
        return self._transcode(self._sse.feed_line(line))

    def feed_event(self, event: WireModel | Mapping[str, Json]) -> list[StreamEvent]:
        """Read one event that has been parsed already; returns typed events. `close_events` ends them."""
        if self._is_over:
            return []
        try:
            parsed = parse_object(event)
        except InvalidPayload as error:
            return self._typed(self._break(StreamError(error.reason, error.path)))
        return self._typed(self._read(parsed))

    def close(self) -> bytes:
        """The body has ended; returns the rest. Idempotent."""
        rest = self._transcode([event for event in self._sse.close() if is_whole(event)])
        return rest + self._encode(self._close())

    def close_events(self) -> list[StreamEvent]:
        """What `close` is to `feed`, for `feed_event`. Idempotent."""
        return self._typed(self._close())

    def fail(self, reason: str) -> bytes:
        """The connection to the upstream broke; returns the target's in-band error."""
        return self._encode(self._break(StreamError(reason))) if not self._is_over else b""

    def ping(self) -> bytes:
        """A keep-alive that is legal at this point: an event of the target where it has one, else a comment."""
        if self._is_over:
            return b""
        return self._encode(self._direction.ping()) or encode_comment(_KEEP_ALIVE)

    # -- one event

    def _feed_several(self, data: bytes) -> bytes:
        """Feed event by event what came at once, so that each token among them costs no more than if it came alone."""
        *events, rest = data.split(BLANK_LINE)
        out = [self.feed(event + BLANK_LINE) for at, event in enumerate(events) if event or not at]
        out.append(self.feed(rest))
        return b"".join(out)

    def _transcode(self, events: list[SSEvent]) -> bytes:
        if not events and self._sse.error is None:
            return b""  # as for most lines
        out = [self._transcode_one(event) for event in events]
        if self._sse.error is not None and not self._is_over:
            out.append(self._encode(self._break(self._sse.error)))
        return b"".join(out)

    def _transcode_one(self, event: SSEvent) -> bytes:
        if self._is_over:
            return b""
        if event.comment is not None:
            return self.ping()
        if event.event == "error":
            return self._encode(self._read_odd(event))
        token = self._repeated(self._head_in + event.data + BLANK_LINE)
        return self._transcode_new(event.data) if token is None else token

    def _repeated(self, frame: bytes) -> bytes | None:
        """What the client gets for an event that repeats the last token with another text; None for any other."""
        growth = self._growth or self._growth_of(self._repeats.place)
        return None if growth is None else self._repeats.grown(frame, growth)

    def _growth_of(self, place: Place) -> Growth | None:
        """What lets a place grow by one event for each token, if that is what is open."""
        if self._growth is None or self._growth.place != place:
            self._growth = None if self._is_over else self._direction.growth(place)
            if self._growth is not None:
                self._growth.frame(self._head_out, BLANK_LINE)
        return self._growth

    def _transcode_new(self, data: bytes) -> bytes:
        """Transcode data that does not repeat what came before."""
        if self._is_over:
            return b""
        try:
            document = parse_json(data)
        except ConversionError:
            return self._encode(self._read_odd(SSEvent("", data)))
        token = self._direction.token(document)
        grown = self._grown(*token) if token is not None else None
        if token is not None and grown is not None:
            if not self._direction.note_beside(document):
                self._repeats.learn(data, token)
            return grown
        if not is_object(document):
            return self._encode(self._read_odd(SSEvent("", data)))
        return self._encode(self._read(document)) or self._keep_alive(document)

    def _grown(self, place: Place, text: str) -> bytes | None:
        growth = self._growth_of(place)
        return None if growth is None else growth.by(text)

    def _keep_alive(self, event: JsonObject) -> bytes:
        """What keeps the upstream's connection alive keeps the client's alive too."""
        return self.ping() if event.get("type") == "ping" else b""

    def _read_odd(self, event: SSEvent) -> list[JsonObject]:
        """Whatever is not one JSON object: the end, an error, nothing at all, or several objects."""
        out: list[JsonObject] = []
        try:
            for payload in payloads(event):
                if payload is None:
                    out += self._end()
                elif event.event == "error":
                    out += self._break(None, payload)
                else:
                    out += self._read(payload)
                if self._is_over:
                    break
        except InvalidPayload as error:
            out += self._break(StreamError(f"the data of an event is no JSON object: {error.reason}"))
        return out

    def _read(self, event: JsonObject) -> list[JsonObject]:
        """Let the direction read an event; whatever is wrong with it becomes the in-band error."""
        direction = self._direction
        self._growth = None
        self._repeats.forget()
        if not event:
            return []  # some servers send {} to keep the connection alive
        if direction.is_error(event):
            return self._break(None, event)
        try:
            direction.read(event)
        except ConversionError as error:
            return self._break(StreamError(error.reason, error.path))
        except RecursionError:
            return self._break(StreamError("an event is nested too deeply"))
        return self._end() if direction.stopped else direction.take()

    # -- the end

    def _close(self) -> list[JsonObject]:
        if self._is_over:
            return []
        if self._direction.complete:
            return self._end()
        return self._break(StreamError("the upstream's stream ended early"))

    def _end(self) -> list[JsonObject]:
        try:
            out = self._direction.done()
        except StreamError as error:
            return self._break(error)
        self._finished = True
        self._is_over = True
        self._growth = None
        return out

    def _break(self, error: StreamError | None, event: JsonObject | None = None) -> list[JsonObject]:
        """Close what is open and add the target's in-band error: ours, or the one that the upstream sent."""
        reason = error.reason if error is not None else ""
        told = self._direction.error(event or {"error": {"message": reason, "type": "api_error"}})
        self._error = error or StreamError(told["error"]["message"])
        self._is_over = True
        self._growth = None
        return [*self._direction.abort(), told]

    # -- writing

    def _encode(self, events: list[JsonObject]) -> bytes:
        out = b"".join([self._encode_one(event) for event in events])
        if self._finished and events and self._target == "chat":
            out += encode_event(DONE)
        return out

    def _encode_one(self, event: JsonObject) -> bytes:
        head = _HEADS[event["type"]] if self._target == "messages" else b"data: "
        return head + dump_finite(event) + BLANK_LINE

    def _typed(self, events: list[JsonObject]) -> list[StreamEvent]:
        if self._target == "messages":
            return [messages.event_of(event) for event in events]
        return [chat.Chunk.from_object(chunk) for chunk in events]
