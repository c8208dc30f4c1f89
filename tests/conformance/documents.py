"""Plain JSON, read tolerantly: what is missing or of another kind counts as empty."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "Fault",
    "Json",
    "JsonObject",
    "Path",
    "arguments_of",
    "array",
    "canonical",
    "data_url",
    "digest",
    "nulls",
    "objects",
    "places",
    "record",
    "render",
    "string",
    "words",
]

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule of the target protocol that a document breaks."""

    rule: str
    path: Path
    message: str

    def __str__(self) -> str:
        return f"[{self.rule}] {render(self.path)}: {self.message}"


def render(path: Path) -> str:
    """A path as JSON path, spelt as the library spells it."""
    return "$" + "".join(_step(key) for key in path)


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if key.isidentifier() else f"[{json.dumps(key)}]"


def places(value: Json, path: Path = ()) -> Iterator[str]:
    """The path of everything in a document."""
    yield render(path)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def record(value: Json) -> JsonObject:
    """The value, or an empty object."""
    return value if isinstance(value, dict) else {}


def array(value: Json) -> list[Json]:
    """The value, or an empty array."""
    return value if isinstance(value, list) else []


def string(value: Json) -> str:
    """The value, or an empty string."""
    return value if isinstance(value, str) else ""


def words(text: str) -> frozenset[str]:
    """The words of a text, to write sets of field names legibly."""
    return frozenset(text.split())


def objects(value: Json, path: Path) -> Iterator[tuple[Path, JsonObject]]:
    """The objects of an array, each with its path."""
    for index, item in enumerate(array(value)):
        if isinstance(item, dict):
            yield (*path, index), item


def canonical(value: Json) -> str:
    """One spelling for equal JSON values; key order does not count."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def arguments_of(text: Json) -> Json:
    """The arguments of a Chat tool call as JSON; what cannot be read stays the text it is."""
    if not isinstance(text, str):
        return {} if text is None else text
    try:
        return json.loads(text) if text.strip() else {}
    except ValueError:
        return text


def data_url(url: str) -> tuple[str, str] | None:
    """Media type and base64 payload of a ``data:`` URL."""
    head, comma, payload = url.partition(",")
    if not comma or not head.lower().startswith("data:"):
        return None
    return head[len("data:") :].split(";")[0].strip().lower(), payload


def digest(payload: str) -> str:
    """A short name for the bytes behind a base64 text, or for the text itself if it is none."""
    try:
        data = base64.b64decode(payload + "=" * (-len(payload) % 4))
    except (binascii.Error, ValueError):
        data = payload.encode()
    return hashlib.sha256(data).hexdigest()[:16]


def nulls(value: Json, path: Path, opaque: frozenset[str]) -> Iterator[Path]:
    """Where nulls stand, except below the keys that hold the user's own JSON."""
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in opaque or item is None:
                yield from nulls(item, (*path, key), opaque)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nulls(item, (*path, index), opaque)
