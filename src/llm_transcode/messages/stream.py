"""The events of a stream, each the ``data`` of one server-sent event.

https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import JsonObject, OpenUnion, WireModel
from .content import Citation
from .error import ErrorResponse
from .response import ContextManagementResponse, InputTransformation, Response, ResponseContainer
from .stop import StopDetails
from .turns import ContentBlock
from .usage import Usage

__all__ = [
    "BlockDelta",
    "CitationsDelta",
    "CompactionDelta",
    "ContentBlockDelta",
    "ContentBlockStart",
    "ContentBlockStop",
    "Delta",
    "EVENTS",
    "ErrorEvent",
    "Event",
    "InputJsonDelta",
    "MessageDelta",
    "MessageStart",
    "MessageStop",
    "Ping",
    "SignatureDelta",
    "TextDelta",
    "ThinkingDelta",
    "UnknownDelta",
    "UnknownEvent",
    "event_of",
]


# -- what a block gains ---------------------------------------------------------------------------


class TextDelta(WireModel):
    """More text (SDK: ``TextDelta``)."""

    type: Literal["text_delta"]
    text: str


class InputJsonDelta(WireModel):
    """More of the JSON text of a tool's input (SDK: ``InputJSONDelta``); the first one is often empty."""

    type: Literal["input_json_delta"]
    partial_json: str


class ThinkingDelta(WireModel):
    """More thinking (SDK: ``ThinkingDelta``)."""

    type: Literal["thinking_delta"]
    thinking: str
    """Empty when thinking is not shown."""
    estimated_tokens: int | None = None
    """About how many tokens of thinking it stands for."""


class SignatureDelta(WireModel):
    """The whole signature of a thinking block, just before its end (SDK: ``SignatureDelta``)."""

    type: Literal["signature_delta"]
    signature: str


class CitationsDelta(WireModel):
    """One more citation of a text block (SDK: ``CitationsDelta``)."""

    type: Literal["citations_delta"]
    citation: Citation


class CompactionDelta(WireModel):
    """The whole summary (SDK: ``BetaCompactionContentBlockDelta``)."""

    type: Literal["compaction_delta"]
    content: str | None = None
    encrypted_content: str | None = None
    """Opaque; the API wants it back unchanged."""


class UnknownDelta(WireModel):
    """A delta of a type that this version does not know."""

    type: str


BlockDelta: TypeAlias = Annotated[
    TextDelta | InputJsonDelta | ThinkingDelta | SignatureDelta | CitationsDelta | CompactionDelta | UnknownDelta,
    OpenUnion("type"),
]
"""What a block gains (SDK: ``RawContentBlockDelta``)."""


# -- events ---------------------------------------------------------------------------------------


class MessageStart(WireModel):
    """The stream begins (SDK: ``RawMessageStartEvent``)."""

    type: Literal["message_start"]
    message: Response
    """Without content, except after a tool that a program called: then it may be the whole answer."""


class ContentBlockStart(WireModel):
    """A block begins (SDK: ``RawContentBlockStartEvent``)."""

    type: Literal["content_block_start"]
    index: int
    content_block: ContentBlock
    """Empty where deltas follow; results of server tools and redacted thinking are whole."""


class ContentBlockDelta(WireModel):
    """A block grows (SDK: ``RawContentBlockDeltaEvent``)."""

    type: Literal["content_block_delta"]
    index: int
    delta: BlockDelta


class ContentBlockStop(WireModel):
    """A block ends (SDK: ``RawContentBlockStopEvent``)."""

    type: Literal["content_block_stop"]
    index: int


class Delta(WireModel):
    """What the message gains (SDK: ``Delta`` of ``raw_message_delta_event``)."""

    stop_reason: str | None = None
    """One of `stop.STOP_REASONS`."""
    stop_sequence: str | None = None
    stop_details: StopDetails | None = None
    container: ResponseContainer | None = None


class MessageDelta(WireModel):
    """The message ends, or says more about itself (SDK: ``RawMessageDeltaEvent``)."""

    type: Literal["message_delta"]
    delta: Delta
    usage: Usage | None = None
    """Required by the vendor's own API; compatible servers leave it out."""
    context_management: ContextManagementResponse | None = None
    input_transformations: list[InputTransformation] | None = None


class MessageStop(WireModel):
    """The stream ends (SDK: ``RawMessageStopEvent``)."""

    type: Literal["message_stop"]


class Ping(WireModel):
    """Keeps the connection alive; in the documentation, not in the SDK."""

    type: Literal["ping"]


class ErrorEvent(ErrorResponse):
    """The stream fails, after a status of 200; in the documentation, not in the SDK."""


class UnknownEvent(WireModel):
    """An event of a type that this version does not know."""

    type: str


Event: TypeAlias = Annotated[
    MessageStart
    | ContentBlockStart
    | ContentBlockDelta
    | ContentBlockStop
    | MessageDelta
    | MessageStop
    | Ping
    | ErrorEvent
    | UnknownEvent,
    OpenUnion("type"),
]
"""One event of a stream (SDK: ``RawMessageStreamEvent``)."""


EVENTS: Final[dict[str, type[Event]]] = {
    "message_start": MessageStart,
    "content_block_start": ContentBlockStart,
    "content_block_delta": ContentBlockDelta,
    "content_block_stop": ContentBlockStop,
    "message_delta": MessageDelta,
    "message_stop": MessageStop,
    "ping": Ping,
    "error": ErrorEvent,
}
"""The known events by their type."""


def event_of(source: JsonObject) -> Event:
    """The typed event of a JSON object; raises `InvalidPayload` naming the JSON path."""
    kind = source.get("type")
    model = EVENTS.get(kind, UnknownEvent) if isinstance(kind, str) else UnknownEvent
    return model.from_object(source)
