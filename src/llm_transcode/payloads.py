"""What the data of a server-sent event says, in both protocols: mostly one JSON object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from .errors import ConversionError, InvalidPayload
from .json_text import Json, JsonObject, is_object, parse_json
from .sse import SSEvent

__all__ = ["DONE", "Payload", "is_whole", "payload_of", "payloads"]

DONE: Final = b"[DONE]"
"""What ends a Chat stream; some servers end Messages streams with it too."""

Payload: TypeAlias = JsonObject | None
"""One event of a protocol as JSON; None stands for `DONE`."""


def payloads(event: SSEvent) -> Iterator[Payload]:
    """What an event says, one after the other; raises `InvalidPayload` where it is no JSON object.

    Nothing comes of empty data and of ``{}``, by which some servers keep the connection alive.
    """
    data = event.data.strip()
    if data == DONE:
        yield None
    elif data:
        try:
            value = parse_json(data)
        except InvalidPayload:
            yield from _payloads_of_text(event.event, data)
        else:
            if value != {} or event.event == "error":
                yield payload_of(event.event, value)


def _payloads_of_text(name: str, data: bytes) -> Iterator[Payload]:
    """No JSON: the words of an error, or two events without a blank line between them."""
    lines = data.split(b"\n")
    if name == "error":
        yield payload_of(name, data.decode())
    elif len(lines) == 1:
        parse_json(data)  # raises
    else:
        for line in lines:
            yield from payloads(SSEvent("", line))


def payload_of(name: str, value: Json) -> JsonObject:
    """The value in an event of this name; whatever stands in an ``error`` event is an error.

    Raises `InvalidPayload` for what is no JSON object elsewhere.
    """
    if name == "error" and not (is_object(value) and "error" in value):
        return {"type": "error", "error": value}
    if is_object(value):
        return value
    raise InvalidPayload("some other JSON value")


def is_whole(event: SSEvent) -> bool:
    """Whether the last event of a body was only left without its blank line, and not cut off."""
    try:
        return all(payload is None or is_object(payload) for payload in payloads(event))
    except ConversionError:
        return False
