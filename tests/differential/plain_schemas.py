"""JSON Schemas without what makes no difference to what they accept."""

from __future__ import annotations

from typing import Final

from tests.conformance.documents import Json, JsonObject, record

__all__ = ["plain_schema"]

_IDLE: Final = frozenset({"$schema", "$defs", "definitions"})
_NAMED: Final = frozenset({"properties", "patternProperties"})
_DATA: Final = frozenset({"enum", "const", "default", "examples"})


def plain_schema(schema: Json) -> Json:
    """A schema with its definitions put where they are used, and without titles and empty words."""
    root = record(schema)
    return _plain(schema, {**record(root.get("definitions")), **record(root.get("$defs"))}, ())


def _plain(schema: Json, known: JsonObject, within: tuple[str, ...]) -> Json:
    if isinstance(schema, list):
        return [_plain(item, known, within) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name in known and name not in within:  # one that holds itself stays where it is
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**record(known[name]), **rest}, known, (*within, name))
    return {key: _value(key, value, known, within) for key, value in schema.items() if not _is_idle(key, value)}


def _is_idle(key: str, value: Json) -> bool:
    return key in _IDLE or (key == "title" and isinstance(value, str)) or (key, value) in _EMPTY


_EMPTY: Final[tuple[tuple[str, Json], ...]] = (("required", []), ("description", ""))


def _value(key: str, value: Json, known: JsonObject, within: tuple[str, ...]) -> Json:
    if key in _NAMED:
        return {name: _plain(item, known, within) for name, item in record(value).items()}
    if key == "required" and isinstance(value, list):
        return sorted(map(str, value))
    return value if key in _DATA else _plain(value, known, within)
