"""Whole streams of one protocol: from their bytes to the complete response, and back.

This is what a vendor's client does with a stream, without the client: for tests, logs, caches, and for
proxies of which only one side streams.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import chat, messages
from .chat.accumulate import ResponseBuilder as ChatBuilder
from .chat.accumulate import chunks_of
from .errors import ConversionError, InvalidPayload, StreamError
from .messages.accumulate import ResponseBuilder as MessagesBuilder
from .messages.accumulate import events_of
from .options import Options
from .payloads import DONE, Payload, is_whole, payloads
from .protocols import Protocol, check_protocols
from .sse import SSEDecoder, SSEvent, encode_event
from .wire import Body, Json, JsonObject, WireModel, dump_json, parse_object

__all__ = ["StreamAccumulator", "stream_response"]

_NO_COUNTS: Final[JsonObject] = {"input_tokens": 0, "output_tokens": 0}
_CHUNK: Final[JsonObject] = {"object": "chat.completion.chunk"}


class StreamAccumulator:
    """Puts the complete response together from a stream of one protocol, whatever vendor sends it.

    Nothing is raised for what the stream holds: ``error`` keeps it, and what follows is ignored. Each event
    is limited by ``Options.max_event_bytes``, the response that they add up to is not: it takes as much
    memory as it needs. Raises `ValueError` for an unknown protocol.
    """

    def __init__(self, *, protocol: Protocol, options: Options | None = None) -> None:
        check_protocols(protocol)
        self._model = messages.Response if protocol == "messages" else chat.Response
        self._builder = MessagesBuilder() if protocol == "messages" else ChatBuilder()
        self._sse = SSEDecoder((options or Options()).max_event_bytes)
        self._over = False
        self._error: StreamError | None = None

    # -- what became of it

    @property
    def response(self) -> messages.Response | chat.Response:
        """The complete response.

        Raises `StreamError` while the stream has not finished, and for good if it failed, ended early, or
        adds up to something that is no response.
        """
        if self._error is not None:
            raise StreamError(self._error.reason, self._error.path) from self._error
        if not self._builder.finished:
            raise StreamError("the stream has not finished")
        try:
            return self._model.from_object(self._builder.to_dict())
        except InvalidPayload as error:
            raise StreamError(f"the stream adds up to no response: {error.reason}", error.path) from error

    @property
    def finished(self) -> bool:
        """Whether the response is complete.

        A Chat stream has finished with ``[DONE]``, or once every choice has its finish reason; its counts
        may follow then. A Messages stream has finished with ``message_stop``, or was closed after a stop
        reason.
        """
        return self._error is None and self._builder.finished

    @property
    def error(self) -> StreamError | None:
        """Why the stream failed, if it did."""
        return self._error

    # -- feeding

    def feed(self, data: bytes | bytearray | memoryview | str) -> None:
        """Read the next part of the body, cut anywhere."""
        data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
        self._read(self._sse.feed(data))

    def feed_line(self, line: bytes | str) -> None:
        """Read one line without its terminator; blank lines count, since they end events."""
        self._read(self._sse.feed_line(line))

    def feed_event(self, event: WireModel | Mapping[str, Json]) -> None:
        """Read one event that has been parsed already; raises `InvalidPayload` if it is no JSON object."""
        self._take(parse_object(event))

    def close(self) -> None:
        """The body has ended; unless the upstream said before why it stopped, that is an error. Idempotent."""
        self._read([event for event in self._sse.close() if is_whole(event)])
        if self._over:
            return
        if self._builder.complete:
            self._take(None)
        else:
            self._fail(StreamError("the stream ended early"))

    def _read(self, events: list[SSEvent]) -> None:
        for event in events:
            if event.comment is None and not self._over:
                self._read_event(event)
        if self._sse.error is not None and not self._over:
            self._fail(self._sse.error)

    def _read_event(self, event: SSEvent) -> None:
        try:
            for payload in payloads(event):
                self._take(payload if payload is None else parse_object(payload))
        except ConversionError as error:
            self._fail(StreamError(f"the data of an event is no JSON object: {error.reason}", error.path))

    def _take(self, payload: Payload) -> None:
        if self._over:
            return
        try:
            if payload is None:
                self._builder.done()
            else:
                self._builder.add(payload)
        except StreamError as error:
            self._fail(error)
        else:
            self._over = self._builder.over

    def _fail(self, error: StreamError) -> None:
        self._error = error
        self._over = True


def stream_response(response: Body, *, protocol: Protocol) -> bytes:
    """The server-sent events, up to and including the end, in which a complete response would have streamed.

    Each field of the response takes one event. What the vendor's clients cannot do without is filled in where
    a compatible server left it out of its response: ``object`` of a chunk, ``usage`` of a message.

    Raises `InvalidPayload` for what is no response of ``protocol``, be it one that holds an error, and
    `ValueError` for an unknown protocol.
    """
    check_protocols(protocol)
    if protocol == "messages":
        return _encode_messages(messages.Response.parse(response).to_dict())
    return _encode_chat(chat.Response.parse(response).to_dict())


def _encode_messages(response: JsonObject) -> bytes:
    complete = {**response, "usage": response.get("usage") or _NO_COUNTS}
    return b"".join(encode_event(dump_json(event), event["type"]) for event in events_of(complete))


def _encode_chat(response: JsonObject) -> bytes:
    chunks = (chunk if "object" in chunk else {**_CHUNK, **chunk} for chunk in chunks_of(response))
    return b"".join(encode_event(dump_json(chunk)) for chunk in chunks) + encode_event(DONE)
