"""JSON text and JSON values: reading bytes, writing them back, copying, naming a place.

Knows no model, so that what needs JSON alone does not load pydantic. Any bytes give a value or an
`InvalidPayload`, and numbers keep their spelling (``1`` stays ``1``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, TypeGuard, runtime_checkable

from pydantic_core import PydanticSerializationError, from_json, to_json

from .errors import InvalidPayload

__all__ = [
    "Json",
    "JsonObject",
    "Number",
    "Path",
    "Template",
    "clone",
    "dump_checked",
    "dump_finite",
    "dump_json",
    "is_array",
    "is_finite",
    "is_object",
    "parse_json",
    "render_path",
    "tag_of",
]

Json: TypeAlias = Any
"""A JSON value that no protocol gives a shape to, such as a JSON Schema or the input of a tool."""

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object, as Python's own ``dict``."""

Number: TypeAlias = int | float
"""A JSON number; the union keeps ``1`` from becoming ``1.0``."""

Path: TypeAlias = tuple[str | int, ...]
"""Where in a document: object keys and list indices from the root."""


@runtime_checkable
class _Document(Protocol):
    """A typed model, which can say what it is in plain JSON."""

    def to_dict(self) -> JsonObject: ...


def is_object(value: Json) -> TypeGuard[JsonObject]:
    """Whether a JSON value is an object; unlike ``isinstance`` it keeps the type of what is inside."""
    return isinstance(value, dict)


def is_array(value: Json) -> TypeGuard[list[Json]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def tag_of(value: Json, tag: str) -> Json:
    """What an object has under the key that tells its kind, such as ``type``; None for what is no object."""
    try:
        return value[tag]
    except (KeyError, TypeError):
        return None


def render_path(path: Sequence[str | int]) -> str:
    """Write a path as JSON path: ``("messages", 3, "content")`` is ``$.messages[3].content``."""
    parts = ["$"]
    for key in path:
        if isinstance(key, int):
            parts.append(f"[{key}]")
        elif key.isidentifier():
            parts.append(f".{key}")
        else:
            parts.append(f"[{json.dumps(key)}]")
    return "".join(parts)


def parse_json(data: bytes | bytearray | memoryview | str) -> Json:
    """Read one JSON value; raises `InvalidPayload` for anything else."""
    if isinstance(data, memoryview):
        data = bytes(data)
    try:
        # Keys repeat within a document, values seldom do.
        return from_json(data, allow_inf_nan=False, cache_strings="keys")
    except ValueError as strict_error:
        return _parse_leniently(data, strict_error)
    except TypeError:  # all it says of a text with half a surrogate pair, which has no UTF-8 form
        return _parse_leniently(data, ValueError("half a surrogate pair"))


def _parse_leniently(data: bytes | bytearray | str, strict_error: ValueError) -> Json:
    """Accept the two deviations that real servers produce and that lose nothing.

    These are a lone surrogate (half of a pair that was cut between two deltas) and an unescaped
    control character inside a string. A byte order mark is tolerated, as RFC 8259 section 8.1 allows.
    """
    if "recursion limit" in str(strict_error):
        raise InvalidPayload("nested too deeply") from strict_error
    try:
        text = data if isinstance(data, str) else data.decode("utf-8-sig")
        return json.loads(text.removeprefix("\ufeff"), strict=False, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidPayload(f"expected JSON: {strict_error}") from strict_error


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def dump_finite(value: Json) -> bytes:
    """Write a JSON value that is known to hold no infinite number as compact UTF-8."""
    try:
        return to_json(value)
    except PydanticSerializationError:
        # A lone surrogate has no UTF-8 form; its escaped form is legal JSON and says the same.
        return json.dumps(clone(value), separators=(",", ":")).encode()


def dump_checked(value: Json) -> bytes:
    """Write a JSON value that was parsed or copied, and holds no infinite number but for such as 1e400."""
    text = dump_finite(value)
    if text.rfind(b"Infinity") >= 0:  # from the end, which takes a third of the time
        clone(value)  # the word may stand in a string; only a number is refused
    return text


def dump_json(value: Json) -> bytes:
    """Write any JSON value as compact UTF-8, keys in the order they stand in."""
    text = dump_checked(value)
    if text.rfind(b"NaN") >= 0:
        clone(value)
    return text


class Template:
    """A JSON document to be written many times, each time with another text in one place.

    That place is the last one in the document that holds `HOLE`.
    """

    __slots__ = ("after", "before")

    HOLE: Final = "\0"

    def __init__(self, document: Json) -> None:
        self.before: bytes
        """What stands before the text."""
        self.after: bytes
        """What stands after it."""
        self.before, _, self.after = dump_json(document).rpartition(dump_json(Template.HOLE))

    def filled(self, text: str) -> bytes:
        """The document with ``text`` in its place, as compact UTF-8."""
        return self.before + dump_finite(text) + self.after


def clone(value: Json, path: Path = ()) -> Json:
    """Copy a JSON value, so that no one else's change reaches it; refuse what is not JSON."""
    try:
        return _clone(value, path)
    except RecursionError:
        raise InvalidPayload("nested too deeply") from None


_PLAIN: Final = frozenset((str, int, bool, type(None)))
"""What needs no copy. Most values are of these types, and are copied without a call and a path of their own."""


def is_finite(value: Json) -> bool:
    """Whether a parsed JSON value can be written again: it holds no number beyond Python's, such as 1e400."""
    items: Collection[Json]
    if is_object(value):
        items = value.values()
    elif is_array(value):
        items = value
    else:
        return not isinstance(value, float) or math.isfinite(value)
    return _PLAIN.issuperset(map(type, items)) or all(map(is_finite, items))


def _clone(value: Json, path: Path) -> Json:
    if type(value) in _PLAIN or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise InvalidPayload(f"expected a number that JSON can hold, got {value}", render_path(path))
    if _is_mapping(value):
        return {
            _key(key, path): item if type(item) in _PLAIN else _clone(item, (*path, str(key)))
            for key, item in value.items()
        }
    if _is_sequence(value):
        return [_clone(item, (*path, index)) for index, item in enumerate(value)]
    if isinstance(value, _Document):
        return _clone(value.to_dict(), path)
    raise InvalidPayload(f"expected a JSON value, got {type(value).__name__}", render_path(path))


def _is_mapping(value: Json) -> TypeGuard[Mapping[Json, Json]]:
    return isinstance(value, (dict, Mapping))  # the abstract class alone takes longer to say so


def _is_sequence(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, (list, tuple))


def _key(key: object, path: Path) -> str:
    if isinstance(key, str):
        return key
    raise InvalidPayload(f"expected a string as key, got {key!r}", render_path(path))
