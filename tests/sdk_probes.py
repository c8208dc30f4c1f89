"""Makes documents out of a vendor's types: one for each field and each value of an enumeration.

`Probes` walks a type of the SDK as far as its fields go. For each it yields a `Probe`: a minimal
document that holds the field, and the documents to compare it with, the same without the field and
with its other values. What the types cannot say (which string is a URL, which turn must stand before
another) is in `Seeds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final, Literal, get_args

from llm_transcode.wire import Json, JsonObject, Path
from tests.sdk_forms import Form, fields, is_struct, item_of, literals, members, origin_of, value_of

__all__ = ["UNLISTED", "Probe", "Probes", "Seeds", "with_values"]

UNLISTED: Final = "unlisted"
"""A field that no vendor has; every structure is probed with it once."""

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
    label: str
    """The path for readers, with the tags of what stands in lists and unions: ``.messages[]<user>.content``."""
    value: Json
    document: JsonObject
    others: Sequence[JsonObject]
    """The same document without the field, or with another value in it."""


@dataclass(frozen=True)
class Seeds:
    """What is to be known beyond the types.

    Keys are ``tag.field``, ``Type.field`` or ``field``, the first that fits.
    """

    values: Mapping[str, list[Json]] = field(default_factory=dict)
    """Values for a field in place of made-up ones; the first is used wherever the field is required."""
    needed: Mapping[str, JsonObject] = field(default_factory=dict)
    """Fields without which a structure says nothing, by ``tag`` or ``Type``."""
    beside: Mapping[str, JsonObject] = field(default_factory=dict)
    """Fields without which another field means nothing."""
    company: Mapping[str, list[tuple[list[Json], list[Json]]]] = field(default_factory=dict)
    """What stands before and after an entry of a list, by ``field<tag>``; each pair makes a document."""
    ignored: frozenset[str] = frozenset()
    """Fields of the SDK's type that are not part of the document."""


def with_values(seeds: Seeds, **values: list[Json]) -> Seeds:
    """The seeds with other values for some fields."""
    return replace(seeds, values={**seeds.values, **values})


@dataclass(frozen=True)
class _Place:
    """Where in a document a value stands."""

    path: Path = ()
    label: str = ""
    wrap: Callable[[Json], JsonObject] = lambda value: value
    """Makes the document around the value."""

    def inside(self, key: str | int, label: str, wrap: Callable[[Json], Json]) -> _Place:
        return _Place((*self.path, key), self.label + label, lambda value: self.wrap(wrap(value)))

    def tagged(self, tag: str) -> _Place:
        return replace(self, label=f"{self.label}<{tag}>") if tag else self


class Probes:
    """The probes of one type. ``is_settled`` tells whether a structure goes as a whole, fields and all."""

    def __init__(self, seeds: Seeds, is_settled: Callable[[Path, JsonObject], bool]) -> None:
        self._seeds = seeds
        self._is_settled = is_settled

    def of_field(self, struct: Form, name: str) -> Iterator[Probe]:
        """Everything at and below one field of the document itself, be it `UNLISTED`."""
        if name == UNLISTED:
            return iter([_unlisted(self._minimal(struct), _Place())])
        return self._field(struct, self._minimal(struct), name, _Place())

    # -- structures

    def _structs(self, form: Form, place: _Place, name: str) -> Iterator[Probe]:
        """Everything below the structures that ``form`` may hold."""
        is_union = sum(map(is_struct, members(form))) > 1
        for member in members(form):
            if is_struct(member):
                for base in self._bases(member):
                    yield from self._struct(member, base, place.tagged(_tag(base)) if is_union else place)
            elif (item := item_of(member)) is not None:
                yield from self._items(item, place, name)
            elif (value := value_of(member)) is not None:
                yield from self._structs(value, place.inside("x", "{}", lambda value: {"x": value}), name)

    def _struct(self, struct: Form, base: JsonObject, place: _Place) -> Iterator[Probe]:
        document = place.wrap(base)
        if self._is_settled(place.path, document):
            return
        yield _unlisted(base, place)
        for name, declared in fields(struct).items():
            if name not in _TAGS or not literals(declared.form):
                yield from self._field(struct, base, name, place)

    def _items(self, item: Form, place: _Place, name: str) -> Iterator[Probe]:
        for member in members(item):
            if not is_struct(member):
                yield from self._structs(member, place.inside(0, "[]", lambda value: [value]), name)
                continue
            for base in self._bases(member):
                tag = _tag(base)
                for before, after in self._seeds.company.get(f"{name}<{tag}>", [([], [])]):
                    around = place.inside(len(before), "[]", _between(before, after))
                    yield from self._struct(member, base, around.tagged(tag))

    def _bases(self, struct: Form) -> Iterator[JsonObject]:
        """The least that is valid, once for each value of the tag."""
        base = self._minimal(struct)
        for name in _TAGS:
            if name in base and len(values := literals(fields(struct)[name].form)) > 1:
                return ({**base, name: value} for value in sorted(values, key=str))
        return iter([base])

    def _minimal(self, struct: Form) -> JsonObject:
        least = {
            name: self._first(struct, name)
            for name, declared in fields(struct).items()
            if declared.required or (name in _TAGS and literals(declared.form))
        }
        return {**least, **self._seeds.needed.get(_tag(least) or struct.__name__, {})}

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

    def _field(self, struct: Form, base: JsonObject, name: str, place: _Place) -> Iterator[Probe]:
        if name in self._seeds.ignored:
            return
        declared = fields(struct)[name]
        rest = {
            **base,
            **next((self._seeds.beside[key] for key in _keys(struct, name) if key in self._seeds.beside), {}),
        }
        rest.pop(name, None)
        at = place.inside(name, f".{name}", lambda value: rest if value is _ABSENT else {**rest, name: value})
        without = [] if declared.required else [at.wrap(_ABSENT)]
        yield from _values(self._leaves(struct, name), at, without)
        if without:
            for value in filter(_says_something, self._minimal_structs(declared.form)):
                yield Probe(at.path, at.label, value, at.wrap(value), without)
        yield from self._structs(declared.form, at, name)

    def _leaves(self, struct: Form, name: str) -> list[Json]:
        """Distinct values of a field, as far as they hold no structure."""
        for key in _keys(struct, name):
            if key in self._seeds.values:
                return self._seeds.values[key]
        return _leaves(fields(struct)[name].form)


def _unlisted(base: JsonObject, place: _Place) -> Probe:
    document = place.wrap({**base, UNLISTED: "x"})
    return Probe((*place.path, UNLISTED), f"{place.label}.{UNLISTED}", "x", document, [place.wrap(base)])


def _values(values: list[Json], at: _Place, without: list[JsonObject]) -> Iterator[Probe]:
    if values == _SCALARS[bool]:
        # One of the two is what an absent field means, so they are compared with each other.
        yield Probe(at.path, at.label, True, at.wrap(True), [at.wrap(False)])
        return
    for value in values:
        others = [at.wrap(other) for other in values if other is not value]
        yield Probe(at.path, at.label, value, at.wrap(value), [*without, *others])


def _leaves(form: Form) -> list[Json]:
    options = list(members(form))
    found: list[Json] = []
    for option in options:
        if origin_of(option) is Literal:
            found += [value for value in get_args(option) if value not in found]
        elif option is str:
            found += ["x", "y"] if not any(origin_of(other) is Literal for other in options) else []
        elif option is Any:
            found += [{"x": "x"}, {"x": "y"}]
        elif option in _SCALARS:
            found += _SCALARS[option]
        elif (item := item_of(option)) is not None:
            found += [[value] for value in _leaves(item)]
        elif (value := value_of(option)) is not None:
            found += [{"x": inner} for inner in _leaves(value)]
    return found


def _keys(struct: Form, name: str) -> Iterator[str]:
    tags = (literals(declared.form) for tag, declared in fields(struct).items() if tag in _TAGS)
    yield from (f"{tag}.{name}" for values in tags for tag in sorted(map(str, values)))
    yield f"{struct.__name__}.{name}"
    yield name


def _between(before: list[Json], after: list[Json]) -> Callable[[Json], Json]:
    return lambda value: [*before, value, *after]


def _says_something(value: Json) -> bool:
    return bool(value) and value not in ([{}], {"x": {}})


def _tag(value: JsonObject) -> str:
    return next((str(value[name]) for name in _TAGS if name in value), "")
