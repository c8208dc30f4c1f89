"""Changes of JSON documents and of streams that leave them well-formed, so that most inputs get past the parser."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any, Final, TypeAlias

from .seeds import vocabulary

__all__ = ["crossed", "mutated"]

Json: TypeAlias = Any

_ODD: Final[tuple[Json, ...]] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**64, 1e308, 0.5, [], {}, [None], [[]], [{}], {"": {}}),
    *("", " ", "\n\n", "\r", "\x00", "\ud83d", "😀", "x" * 300, "{", "{}", '{"a":1}', '{"a":', "[1]", "null", "[DONE]"),
    *("data:image/png;base64,iVBORw0KGgo=", "data:,", "https://example.com/a.png", "<think>a</think>b", "a b/c"),
)


def mutated(data: bytes, random: Random) -> bytes | None:
    """One document with a few changes; None if it has no structure to change."""
    head, body = data[:1], data[1:]
    if random.random() < 0.1:
        head = bytes([random.randrange(256)])
    if b"data:" in body:
        return head + _mutated_stream(body, random)
    document = _parsed(body)
    return None if document is None else head + _dumped(_changed(document, random))


def crossed(data: bytes, other: bytes, random: Random) -> bytes | None:
    """The first document with something out of the second one."""
    if b"data:" in data[1:] and b"data:" in other[1:]:
        ours, theirs = data.split(b"\n\n"), other[1:].split(b"\n\n")
        ours.insert(random.randrange(len(ours)) + 1, random.choice(theirs))
        return b"\n\n".join(ours)
    document, source = _parsed(data[1:]), _parsed(other[1:])
    if document is None or source is None:
        return None
    container, key = random.choice(_places(source)) if _places(source) else ([source], 0)
    return data[:1] + _dumped(_with(document, container[key], random))


# -- streams ---------------------------------------------------------------------------------------


def _mutated_stream(body: bytes, random: Random) -> bytes:
    events = body.split(b"\n\n")
    at = random.randrange(len(events))
    match random.randrange(8):
        case 0:
            del events[at]
        case 1:
            events.insert(at, events[random.randrange(len(events))])
        case 2:
            other = random.randrange(len(events))
            events[at], events[other] = events[other], events[at]
        case 3:
            del events[at + 1 :]
        case _:
            events[at] = _mutated_event(events[at], random)
    return b"\n\n".join(events)


def _mutated_event(event: bytes, random: Random) -> bytes:
    head, mark, text = event.partition(b"data:")
    document = _parsed(text)
    return event if document is None else head + mark + b" " + _dumped(_changed(document, random))


# -- JSON ------------------------------------------------------------------------------------------


def _changed(document: Json, random: Random) -> Json:
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        document = _changed_once(document, random)
    return document


def _changed_once(document: Json, random: Random) -> Json:
    places = _places(document)
    if not places or random.random() < 0.02:
        return _odd(random)
    container, key = random.choice(places)
    match random.randrange(7):
        case 0:
            del container[key]
        case 1:
            _add(container, random)
        case 2:
            container[key] = deepcopy(_picked(places, random))
        case 3:
            container[key] = random.choice(vocabulary()[1])
        case 4 if isinstance(container[key], str):
            container[key] = container[key][: random.randrange(len(container[key]) + 1)]
        case 5 if isinstance(container[key], list):
            container[key] += deepcopy(container[key])
        case _:
            container[key] = _odd(random)
    return document


def _odd(random: Random) -> Json:
    return deepcopy(random.choice(_ODD))


def _add(container: Json, random: Random) -> None:
    """One more field or item."""
    fields, values = vocabulary()
    value = random.choice((random.choice(values), _odd(random), {"type": random.choice(values)}))
    if isinstance(container, dict):
        container[random.choice(fields)] = value
    else:
        container.insert(random.randrange(len(container) + 1), value)


def _with(document: Json, value: Json, random: Random) -> Json:
    places = _places(document)
    if not places:
        return value
    container, key = random.choice(places)
    if isinstance(container, list) and random.random() < 0.5:
        container.insert(key, value)
    else:
        container[key] = value
    return document


def _picked(places: list[tuple[Json, Any]], random: Random) -> Json:
    container, key = random.choice(places)
    return container[key]


def _places(value: Json) -> list[tuple[Json, Any]]:
    """Everything in a document, by what holds it and the key there."""
    found: list[tuple[Json, Any]] = []
    waiting = [value]
    while waiting:
        held = waiting.pop()
        keys: Any = held if isinstance(held, dict) else range(len(held)) if isinstance(held, list) else ()
        for key in keys:
            found.append((held, key))
            waiting.append(held[key])
    return found


def _parsed(text: bytes) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _dumped(document: Json) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
