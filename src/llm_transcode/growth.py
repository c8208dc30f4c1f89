"""JSON values that grow while a stream arrives, in time linear in what arrives. Knows no protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from .json_text import is_array, is_object
from .wire import Json, JsonObject

__all__ = ["Grower", "GrowingList", "GrowingObject", "GrowingText", "is_empty", "overwritten"]


def is_empty(value: Json) -> bool:
    """Whether a field says nothing: in streams, null, ``""`` and ``[]`` stand for absent."""
    return value is None or value in ("", [])


def overwritten(old: Json, new: Json) -> Json:
    """What a field holds once it is told anew: the later value, within objects field by field.

    What is empty never replaces anything, except that ``""`` and ``[]`` are more than null.
    """
    if is_empty(new):
        return new if old is None else old
    if is_object(old) and is_object(new):
        return {**old, **{key: overwritten(old.get(key), value) for key, value in new.items()}}
    return new


class Grower:
    """A value that is not complete yet."""

    __slots__ = ()

    def value(self) -> Json:
        """The value so far; it can be asked for at any time, and is not affected by what follows."""
        raise NotImplementedError


G = TypeVar("G", bound=Grower)


class GrowingText(Grower):
    """A string that arrives in pieces, which are joined once instead of copied with each."""

    __slots__ = ("_pieces",)

    def __init__(self, begun: str = "") -> None:
        self._pieces = [begun]

    def add(self, piece: str) -> None:
        """Append a piece."""
        self._pieces.append(piece)

    def value(self) -> str:
        """The text so far."""
        if len(self._pieces) > 1:
            self._pieces[:] = ["".join(self._pieces)]
        return self._pieces[0]


class GrowingObject(Grower):
    """An object whose fields are set, or grow."""

    __slots__ = ("_fields",)

    def __init__(self, begun: JsonObject | None = None) -> None:
        self._fields: dict[str, Json | Grower] = dict(begun or {})

    def get(self, key: str) -> Json:
        """The value of a field so far, or None."""
        return _value(self._fields.get(key))

    def put(self, key: str, value: Json) -> None:
        """Set a field; the last value that is not empty stays, objects are merged."""
        old = self._fields.get(key)
        if not (isinstance(old, Grower) and is_empty(value)):
            self._fields[key] = overwritten(_value(old), value)

    def put_all(self, fields: JsonObject) -> None:
        """Set several fields."""
        for key, value in fields.items():
            self.put(key, value)

    def keep(self, key: str, value: Json) -> None:
        """Set a field once; the first value that is neither empty nor 0 stays."""
        if not self._fields.get(key):
            self.put(key, value)

    def grow(self, key: str, piece: Json) -> None:
        """Let a string, or a list, grow by a piece of its kind; anything else is set."""
        if is_empty(piece):
            self.put(key, piece)
        elif isinstance(piece, str):
            self.text(key).add(piece)
        elif is_array(piece):
            self.items(key).add_all(piece)
        else:
            self.put(key, piece)

    def text(self, key: str) -> GrowingText:
        """A field that is a growing string, begun with what it holds."""
        found = self._fields.get(key)
        if not isinstance(found, GrowingText):
            found = self._fields[key] = GrowingText(found if isinstance(found, str) else "")
        return found

    def items(self, key: str) -> GrowingList:
        """A field that is a growing list, begun with what it holds."""
        found = self._fields.get(key)
        if not isinstance(found, GrowingList):
            begun = found if is_array(found) else []
            found = self._fields[key] = GrowingList()
            found.add_all(begun)
        return found

    def child(self, key: str, kind: type[G]) -> G:
        """A field that grows in some other way, begun anew unless it is of that kind already."""
        found = self._fields.get(key)
        if not isinstance(found, kind):
            found = self._fields[key] = kind()
        return found

    def value(self) -> JsonObject:
        """The object so far."""
        return {key: _value(field) for key, field in self._fields.items()}


class GrowingList(Grower):
    """A list to which items are appended; an object with the ``index`` of an earlier one goes on with that."""

    __slots__ = ("_by_index", "_items")

    def __init__(self) -> None:
        self._items: list[Json | Grower] = []
        self._by_index: dict[int, GrowingObject] = {}

    def append(self, item: Json) -> None:
        """Append an item, whatever it holds."""
        self._items.append(item)

    def add_all(self, items: Sequence[Json]) -> None:
        """Append what one event brings. Items of one event are never merged with each other."""
        begun: dict[int, GrowingObject] = {}
        for item in items:
            index = item.get("index") if is_object(item) else None
            if not isinstance(index, int):
                self._items.append(item)
            elif index in self._by_index:
                self._by_index[index].put_all(item)
            else:
                begun[index] = GrowingObject(item)
                self._items.append(begun[index])
        self._by_index.update(begun)

    def value(self) -> list[Json]:
        """The list so far."""
        return _values(self._items)


def _values(items: Iterable[Json | Grower]) -> list[Json]:
    """What items hold so far."""
    return [_value(item) for item in items]


def _value(field: Json | Grower) -> Json:
    return field.value() if isinstance(field, Grower) else field
