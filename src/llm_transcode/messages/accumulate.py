"""A stream's events to the complete response they stand for, and back.

The two are inverse: the events of a response add up to that response. Where each field stands follows
the vendor's own streams:

* ``message_start`` carries the message without content and stop, ``container`` and fields that this
  version does not know included; its ``usage`` has what is known before the first token.
* Blocks open empty and grow by one delta a field. Whole in ``content_block_start`` are the results of
  server tools, redacted thinking, and blocks that this version does not know.
* ``message_delta`` carries the stop, ``context_management`` and the final counts, which replace the
  first ones.

The events say no more than the response does. One thing has no streaming form: an input that is not an
object is whole in ``content_block_start``.

https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..errors import InvalidPayload, StreamError
from ..growth import GrowingObject, overwritten
from ..json_text import is_object
from ..wire import Json, JsonObject, clone, dump_json, parse_json
from .stream import event_of
from .tools import RAW_ARGUMENTS

__all__ = ["ResponseBuilder", "accumulate", "events_of"]

# -- events to a response ------------------------------------------------------------------------


class _Block:
    """A block that may still grow."""

    __slots__ = ("_fields", "_input")

    def __init__(self, start: JsonObject) -> None:
        self._fields = GrowingObject(start)
        self._input: list[str] = []

    def grow(self, delta: JsonObject) -> None:
        fields = self._fields
        match delta["type"]:
            case "text_delta":
                fields.grow("text", delta["text"])
            case "thinking_delta":  # its ``estimated_tokens`` are about the delta
                fields.grow("thinking", delta["thinking"])
            case "input_json_delta":
                self._input.append(delta["partial_json"])
            case "citations_delta":
                fields.items("citations").append(delta["citation"])
            case "signature_delta" | "compaction_delta":
                fields.put_all(_without_type(delta))
            case _:
                for name, value in _without_type(delta).items():
                    fields.grow(name, value)

    def value(self) -> JsonObject:
        block = self._fields.value()
        text = "".join(self._input)
        if text.strip():
            block["input"] = _input_of(text)
        return block


def _without_type(delta: JsonObject) -> JsonObject:
    return {name: value for name, value in delta.items() if name != "type"}


def _input_of(text: str) -> JsonObject:
    """The input of a tool, in which JSON that is none, or was cut off, stands as text."""
    try:
        value: Json = clone(parse_json(text))  # a number that is too large parses as infinity
    except InvalidPayload:
        value = None
    return value if is_object(value) else {RAW_ARGUMENTS: text}


def _reason(error: Json) -> Json:
    """What an error event says, whatever its form."""
    return error.get("message") if is_object(error) else error


class ResponseBuilder:
    """Puts the response together, event by event.

    Tolerates a repeated ``message_start``, a missing ``content_block_stop``, blocks that grow side by side,
    gaps in their indices, and types of events, blocks and deltas that this version does not know.
    """

    __slots__ = ("_blocks", "_content", "_message", "finished")

    def __init__(self) -> None:
        self.finished: bool = False
        """Whether the stream has come to its proper end."""
        self._message: JsonObject | None = None
        self._content: list[_Block] = []
        self._blocks: dict[int, _Block] = {}

    def add(self, event: JsonObject) -> None:
        """Take in the next event, which is not changed.

        Raises `StreamError` for one that is malformed, that has no place here, or by which the upstream
        reports that it failed.
        """
        if event.get("type") == "error":
            raise StreamError(f"the upstream failed: {_reason(event.get('error'))}")
        try:
            event_of(event)
        except InvalidPayload as error:
            raise StreamError(error.reason, error.path) from error
        match event["type"]:
            case "message_start":
                self._start(event["message"])
            case "content_block_start":
                self._open(event["index"], event["content_block"])
            case "content_block_delta":
                self._grow(event)
            case "message_delta":
                self._tell(event)
            case "message_stop":
                self.done()
            case _:
                pass  # the end of a block, a ping, or an event of a later version

    def done(self) -> None:
        """Take in the end of the stream: ``message_stop``, or ``[DONE]`` from servers that mix the two protocols."""
        self._begun()
        self.finished = True

    @property
    def complete(self) -> bool:
        """Whether the upstream said why it stopped, so that the end of its body is the end of the response."""
        return self._message is not None and bool(self._message.get("stop_reason"))

    @property
    def over(self) -> bool:
        """Whether nothing can follow any more."""
        return self.finished

    def to_dict(self) -> JsonObject:
        """The response so far; raises `StreamError` before ``message_start``."""
        message = self._begun()
        return {**message, "content": [*message["content"], *(block.value() for block in self._content)]}

    def _begun(self) -> JsonObject:
        if self._message is None:
            raise StreamError("expected message_start")
        return self._message

    def _start(self, message: JsonObject) -> None:
        if self._message is None:
            self._message = dict(message)
        elif message["id"] != self._message["id"]:
            raise StreamError("a second message_start", "$.message.id")

    def _open(self, index: int, block: JsonObject) -> None:
        if block["type"] == "fallback":  # whatever model began, the answer is that of the last one
            self._begun()["model"] = block["to"]["model"]
        self._blocks[index] = opened = _Block(block)
        self._content.append(opened)

    def _grow(self, event: JsonObject) -> None:
        block = self._blocks.get(event["index"])
        if block is None:
            raise StreamError(f"a delta for block {event['index']}, which has not been opened", "$.index")
        block.grow(event["delta"])

    def _tell(self, event: JsonObject) -> None:
        message = self._begun()
        beside = {name: value for name, value in event.items() if name not in ("type", "delta", "usage")}
        for name, value in {**event["delta"], **beside}.items():
            message[name] = overwritten(message.get(name), value)
        if event.get("usage") is not None:
            message["usage"] = overwritten(message.get("usage"), event["usage"])


def accumulate(events: Iterable[JsonObject]) -> JsonObject:
    """The complete response that the events of a whole stream stand for.

    Raises `StreamError` if they do not come to an end, or do not fit together.
    """
    builder = ResponseBuilder()
    for event in events:
        builder.add(event)
    if not builder.finished:
        raise StreamError("the stream ended early")
    return builder.to_dict()


# -- a response to events ------------------------------------------------------------------------

_TOLD_LAST: Final = ("context_management",)
"""Fields of the message that stand in ``message_delta``, beside its ``delta``."""

_STOP: Final = ("stop_reason", "stop_sequence", "stop_details")
"""Fields of the message that stand in the ``delta`` of ``message_delta``, and are null before."""

_COUNTED_TWICE: Final = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
"""Counts that stand in ``message_start`` and, corrected, in ``message_delta``."""

_COUNTED_LAST: Final = ("output_tokens_details", "server_tool_use", "iterations", "fallback_credit")
"""Counts that stand in ``message_delta`` alone."""

_CALLS: Final = ("tool_use", "server_tool_use", "mcp_tool_use")
"""The blocks whose input streams as JSON text."""


def events_of(response: JsonObject) -> Iterator[JsonObject]:
    """The events in which a response, valid as `Response`, would have streamed."""
    yield {"type": "message_start", "message": _skeleton(response)}
    for index, block in enumerate(response["content"]):
        yield {"type": "content_block_start", "index": index, "content_block": _opening(block)}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield _last_word(response)
    yield {"type": "message_stop"}


def _skeleton(response: JsonObject) -> JsonObject:
    skeleton = {name: value for name, value in response.items() if name not in _TOLD_LAST}
    skeleton["content"] = []
    skeleton.update((name, None) for name in _STOP if name in response)
    if response.get("usage"):
        skeleton["usage"] = _first_counts(response["usage"])
    return skeleton


def _first_counts(usage: JsonObject) -> JsonObject:
    """What is known with the first token."""
    counts = {name: value for name, value in usage.items() if name not in _COUNTED_LAST}
    if counts.get("output_tokens"):
        counts["output_tokens"] = 1
    return counts


def _last_word(response: JsonObject) -> JsonObject:
    event: JsonObject = {"type": "message_delta", "delta": _picked(response, _STOP)}
    if response.get("usage"):
        event["usage"] = _picked(response["usage"], (*_COUNTED_TWICE, *_COUNTED_LAST))
    return {**event, **_picked(response, _TOLD_LAST)}


def _picked(source: JsonObject, names: Iterable[str]) -> JsonObject:
    return {name: source[name] for name in names if name in source}


def _opening(block: JsonObject) -> JsonObject:
    """A block as it opens: empty where deltas follow."""
    match block["type"]:
        case "text":
            return {**block, "text": "", **({"citations": []} if block.get("citations") else {})}
        case "thinking":
            return {**block, "thinking": "", **({"signature": ""} if block.get("signature") else {})}
        case "compaction":
            return {**block, **dict.fromkeys(_picked(block, ("content", "encrypted_content")))}
        case kind if kind in _CALLS and is_object(block.get("input")):
            return {**block, "input": {}}
        case _:
            return block


def _deltas(block: JsonObject) -> Iterator[JsonObject]:
    match block["type"]:
        case "text":
            citations: list[Json] = block.get("citations") or []
            yield from ({"type": "citations_delta", "citation": citation} for citation in citations)
            if block["text"]:
                yield {"type": "text_delta", "text": block["text"]}
        case "thinking":
            if block["thinking"]:
                yield {"type": "thinking_delta", "thinking": block["thinking"]}
            if block.get("signature"):
                yield {"type": "signature_delta", "signature": block["signature"]}
        case "compaction":
            yield {"type": "compaction_delta", **_picked(block, ("content", "encrypted_content"))}
        case kind if kind in _CALLS and is_object(block.get("input")):
            text = dump_json(block["input"]).decode() if block["input"] else ""
            yield {"type": "input_json_delta", "partial_json": text}
        case _:
            pass
