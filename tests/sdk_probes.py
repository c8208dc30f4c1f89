"""Makes documents out of a vendor's types: one for each field and each value of an enumeration.

`Probes` walks a type of the SDK as far as its fields go. For each it yields a `Probe`: a minimal
document that holds the field, and the documents to compare it with, the same without the field and
with its other values. What the types cannot say (which string is a URL, which turn must stand before
another) is in `Seeds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, Final, Literal, TypeAlias, get_args

from llm_transcode.wire import Json, JsonObject, Path
from tests.sdk_forms import Form, fields, is_struct, item_of, literals, members, origin_of, value_of

__all__ = ["UNLISTED", "Probe", "Probes", "Seeds"]

UNLISTED: Final = "unlisted"
"""A field that no vendor has; every structure is probed with it once."""

Wrap: TypeAlias = Callable[[Json], JsonObject]
"""Puts a value where it belongs in a document."""

_TAGS: Final = ("type", "role")
_SCALARS: Final[dict[Form, list[Json]]] = {
    int: [7, 9],
    float: [0.25, 0.75],
    bool: [True, False],
    datetime: ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"],
}
_ABSENT: Final = object()


@dataclass(frozen=True)
class Probe:
    """One field of one document."""

    path: Path
    value: Json
    document: JsonObject
    others: Sequence[JsonObject]
    """The same document without the field, or with another value in it."""


@dataclass(frozen=True)
class Seeds:
    """What is to be known beyond the types. Keys are names of fields, or ``tag.field``."""

    values: Mapping[str, list[Json]] = field(default_factory=dict)
    """Values for a field in place of made-up ones; the first is used wherever the field is required."""
    beside: Mapping[str, JsonObject] = field(default_factory=dict)
    """Other fields without which a field means nothing."""
    company: Mapping[str, list[tuple[list[Json], list[Json]]]] = field(default_factory=dict)
    """What stands before and after an entry of a list, by ``field<tag>``; each pair makes a document."""
    ignored: frozenset[str] = frozenset()
    """Fields of the SDK's type that are not part of the document."""


class Probes:
    """The probes of one type. ``is_settled`` tells whether a structure goes as a whole, fields and all."""

    def __init__(self, seeds: Seeds, is_settled: Callable[[Path, JsonObject], bool]) -> None:
        self._seeds = seeds
        self._is_settled = is_settled

    def of_field(self, struct: Form, name: str) -> Iterator[Probe]:
        """Everything at and below one field of the document itself."""
        return self._field(struct, self._minimal(struct), name, (), lambda value: value)

    # -- structures

    def _structs(self, form: Form, path: Path, wrap: Wrap, key: str) -> Iterator[Probe]:
        """Everything below the structures that ``form`` may hold."""
        for member in members(form):
            if is_struct(member):
                for base in self._bases(member):
                    yield from self._struct(member, base, path, wrap)
            elif (item := item_of(member)) is not None:
                yield from self._items(item, path, wrap, key)
            elif (value := value_of(member)) is not None:
                yield from self._structs(value, (*path, "x"), lambda value: wrap({"x": value}), key)

    def _struct(self, struct: Form, base: JsonObject, path: Path, wrap: Wrap) -> Iterator[Probe]:
        if self._is_settled(path, wrap(base)):
            return
        yield Probe((*path, UNLISTED), "x", wrap({**base, UNLISTED: "x"}), [wrap(base)])
        for name in fields(struct):
            if name not in _TAGS or not literals(fields(struct)[name].form):
                yield from self._field(struct, base, name, path, wrap)

    def _items(self, item: Form, path: Path, wrap: Wrap, key: str) -> Iterator[Probe]:
        for member in members(item):
            if not is_struct(member):
                yield from self._structs(member, (*path, 0), lambda value: wrap([value]), key)
                continue
            for base in self._bases(member):
                for before, after in self._seeds.company.get(f"{key}<{_tag(base)}>", [([], [])]):
                    around = _between(wrap, before, after)
                    yield from self._struct(member, base, (*path, len(before)), around)

    def _bases(self, struct: Form) -> Iterator[JsonObject]:
        """The least that is valid, once for each value of the tag."""
        base = self._minimal(struct)
        for name in _TAGS:
            if name in base and len(values := literals(fields(struct)[name].form)) > 1:
                return ({**base, name: value} for value in sorted(values, key=str))
        return iter([base])

    def _minimal(self, struct: Form) -> JsonObject:
        return {
            name: self._first(struct, name)
            for name, declared in fields(struct).items()
            if declared.required or (name in _TAGS and literals(declared.form))
        }

    def _first(self, struct: Form, name: str) -> Json:
        return next(chain(self._leaves(struct, name), self._minimal_structs(fields(struct)[name].form)))

    def _minimal_structs(self, form: Form) -> Iterator[Json]:
        for member in members(form):
            if is_struct(member):
                yield self._minimal(member)
            elif (item := item_of(member)) is not None:
                yield from ([value] for value in self._minimal_structs(item))
            elif (value := value_of(member)) is not None:
                yield from ({"x": value} for value in self._minimal_structs(value))

    # -- fields

    def _field(self, struct: Form, base: JsonObject, name: str, path: Path, wrap: Wrap) -> Iterator[Probe]:
        if name in self._seeds.ignored:
            return
        put = self._putting(base, name, wrap)
        required = fields(struct)[name].required
        form = fields(struct)[name].form
        without = [] if required else [put(_ABSENT)]
        yield from self._values(self._leaves(struct, name), (*path, name), put, without)
        if not required:
            for value in filter(_says_something, self._minimal_structs(form)):
                yield Probe((*path, name), value, put(value), without)
        yield from self._structs(form, (*path, name), put, name)

    def _putting(self, base: JsonObject, name: str, wrap: Wrap) -> Wrap:
        beside = self._seeds.beside.get(f"{_tag(base)}.{name}", self._seeds.beside.get(name, {}))
        rest = {**base, **beside}
        rest.pop(name, None)
        return lambda value: wrap(rest if value is _ABSENT else {**rest, name: value})

    def _values(self, values: list[Json], path: Path, put: Wrap, without: list[JsonObject]) -> Iterator[Probe]:
        if values == _SCALARS[bool]:
            # One of the two is what an absent field means, so they are compared with each other.
            yield Probe(path, True, put(True), [put(False)])
            return
        for value in values:
            others = [put(other) for other in values if other is not value]
            yield Probe(path, value, put(value), [*without, *others])

    def _leaves(self, struct: Form, name: str) -> list[Json]:
        """Distinct values of a field, as far as they hold no structure."""
        tags = fields(struct).get("type")
        labels = literals(tags.form) if tags is not None else frozenset()
        for key in (*(f"{label}.{name}" for label in labels), name):
            if key in self._seeds.values:
                return self._seeds.values[key]
        return _leaves(fields(struct)[name].form)


def _leaves(form: Form) -> list[Json]:
    options = list(members(form))
    literal = [value for option in options if origin_of(option) is Literal for value in get_args(option)]
    found: list[Json] = list(dict.fromkeys(literal))
    for option in options:
        if option is str and not found:
            found += ["x", "y"]
        elif option in _SCALARS:
            found += _SCALARS[option]
        elif option is Any:
            found += [{"x": "x"}, {"x": "y"}]
        elif (item := item_of(option)) is not None:
            found += [[value] for value in _leaves(item)]
        elif (value := value_of(option)) is not None:
            found += [{"x": inner} for inner in _leaves(value)]
    return found


def _between(wrap: Wrap, before: list[Json], after: list[Json]) -> Wrap:
    return lambda value: wrap([*before, value, *after])


def _says_something(value: Json) -> bool:
    return bool(value) and value not in ([{}], {"x": {}})


def _tag(value: Json) -> str:
    return next((value[name] for name in _TAGS if isinstance(value, dict) and name in value), "")
