"""An otherwise valid stream around one event, and what becomes of it: transcoded, or whole.

The event counts as a document: losses have their paths in it, and the search for swallowed fields takes
the bytes that go out for the output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, TypeAlias

from llm_transcode import (
    Converted,
    InvalidPayload,
    Options,
    ReplyContext,
    StreamAccumulator,
    StreamTranscoder,
    convert_response,
)
from llm_transcode.protocols import Protocol
from llm_transcode.wire import JsonObject, WireModel
from tests.streams import NO_CLOCK, block, chat_body, chunk, message_start, messages_body, text_block, usage_chunk

__all__ = ["NAMES", "Place", "Surroundings", "chat_around", "messages_around"]

Place: TypeAlias = Literal["first", "amid"]
"""Whether a chunk begins the stream, or comes while a text grows."""

_TEXT: Final[JsonObject] = {"type": "text", "text": ""}
_THINKING: Final[JsonObject] = {"type": "thinking", "thinking": "", "signature": ""}
_GROWING: Final[dict[str, JsonObject]] = {
    "text_delta": _TEXT,
    "citations_delta": _TEXT,
    "thinking_delta": _THINKING,
    "signature_delta": _THINKING,
    "input_json_delta": {"type": "tool_use", "id": "a", "name": "x", "input": {}},
    "compaction_delta": {"type": "compaction", "content": None},
}
"""A block that takes a delta."""

_LAST_WORD: Final[JsonObject] = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 5},
}
_STOP: Final[JsonObject] = {"type": "message_stop"}
NAMES: Final[JsonObject] = {"id": "x", "model": "x"}
"""What all chunks of a stream have in common."""
_COUNTED: Final = ReplyContext(include_usage=True)


def messages_around(event: JsonObject) -> list[JsonObject]:
    """The events of a whole stream of Messages, of which ``event`` is one."""
    match event["type"]:
        case "message_start" if event["message"].get("stop_reason") is not None:
            return [event, _STOP]
        case "message_start":
            return [event, _LAST_WORD, _STOP]
        case "content_block_start":
            return [message_start(), event, *block(event["index"], _TEXT)[1:], _LAST_WORD, _STOP]
        case "content_block_delta":
            opening, end = block(event["index"], _GROWING.get(event["delta"]["type"], _TEXT))
            return [message_start(), opening, event, end, _LAST_WORD, _STOP]
        case "content_block_stop":
            return [message_start(), *text_block(event["index"], "hi")[:-1], event, _LAST_WORD, _STOP]
        case "message_delta":
            return [message_start(), *text_block(0, "hi"), event, _STOP]
        case "message_stop":
            return [message_start(), _LAST_WORD, event]
        case _:
            return [message_start(), event, _LAST_WORD, _STOP]


def chat_around(place: Place, event: JsonObject) -> list[JsonObject]:
    """The chunks of a whole stream of Chat, of which ``event`` is one."""
    choices = event.get("choices") or ()
    before = [] if place == "first" else [chunk({"role": "assistant", "content": "a"})]
    finish = [] if any(choice.get("finish_reason") for choice in choices) else [chunk(finish="stop")]
    usage = [] if event.get("usage") or event.get("x_groq") else [usage_chunk()]
    return [*({**each, **NAMES} for each in before), event, *({**each, **NAMES} for each in (*finish, *usage))]


class _Events(WireModel):
    """The bytes of a stream."""


def _is_told(event: JsonObject) -> bool:
    """Whether the upstream itself says that it failed."""
    choices = event.get("choices") or ()
    return bool(event.get("error")) or any(choice.get("error") for choice in choices)


@dataclass(frozen=True)
class Surroundings:
    """In what a single event of one protocol is looked at."""

    source: Protocol
    around: Callable[[JsonObject], list[JsonObject]]
    context: ReplyContext = _COUNTED
    options: Options = NO_CLOCK

    @property
    def _target(self) -> Protocol:
        return "chat" if self.source == "messages" else "messages"

    def body(self, event: JsonObject) -> bytes:
        """The stream around an event."""
        events = self.around(event)
        return messages_body(*events) if self.source == "messages" else chat_body(*events)

    def transcoded(self, event: JsonObject) -> Converted[WireModel]:
        """What a stream makes of an event; raises `InvalidPayload` if it breaks on it."""
        stream = StreamTranscoder(source=self.source, target=self._target, context=self.context, options=self.options)
        out = stream.feed(self.body(event)) + stream.close()
        if stream.error is not None and not _is_told(event):
            raise InvalidPayload(stream.error.reason, stream.error.path)
        return Converted(_Events, {"events": out.decode()}, stream.losses)

    def whole(self, event: JsonObject) -> Converted[WireModel]:
        """What becomes of the whole reply for which the stream stands."""
        accumulator = StreamAccumulator(protocol=self.source)
        accumulator.feed(self.body(event))
        accumulator.close()
        convert = partial(convert_response, source=self.source, target=self._target)
        return convert(accumulator.response, context=self.context, options=self.options)
