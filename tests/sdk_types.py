"""Compares the types of a vendor's SDK with our wire models, both walked in parallel.

`Drift` follows every field and every member of every union of an SDK type (``TypedDict`` or pydantic
model) and notes, with its JSON path, whatever the wire model beside it does not know:

* a field, or a member of a union, that we have no place for (an ``Unknown...`` model is no place);
* a value of an enumeration that neither our ``Literal`` nor the table of known values has;
* a type, a null or an absence that our field would refuse.

A pair of types is compared once, at the first path that leads to it.
"""

from __future__ import annotations

import collections.abc
import datetime
import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin

import typing_extensions
from pydantic import BaseModel

__all__ = ["Drift"]

Form: TypeAlias = Any
"""An annotation: a class, a union, a ``Literal`` and so on, for which there is no static type."""

_WRAPPERS = (Annotated, typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly)
_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean", datetime.datetime: "string"}


@dataclass(frozen=True)
class _Field:
    form: Form
    required: bool


@dataclass
class Drift:
    """What one SDK knows and we do not.

    ``known`` holds the values of enumerations that our models leave open, by ``Model.field`` or by
    ``field`` alone; ``ignored`` the fields of the SDK that are not part of the document; ``free_form``
    those that the SDK gives a shape to and we do not, on purpose. All are written like ``Model.field``.
    """

    known: Mapping[str, Collection[object]] = field(default_factory=dict)
    ignored: Collection[str] = ()
    free_form: Collection[str] = ()
    problems: list[str] = field(default_factory=list, init=False)
    _seen: set[tuple[str, str]] = field(default_factory=set, init=False)

    def compare(self, theirs: Form, ours: Form, path: str = "$", key: str = "") -> None:
        """Note in ``problems`` what ``ours`` does not know of ``theirs``; ``key`` names the field they stand in."""
        our_members = list(_members(ours))
        their_members = list(_members(theirs))
        for member in their_members:
            if Any not in our_members:
                self._compare_member(member, our_members, path, key, is_open=str in their_members)
            elif _is_struct(member) and key not in self.free_form:
                self._note(path, "has a shape there, is free-form JSON here")

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}")

    def _compare_member(self, theirs: Form, ours: list[Form], path: str, key: str, *, is_open: bool) -> None:
        if _is_struct(theirs):
            self._compare_struct(theirs, ours, path, key)
        elif _origin(theirs) is Literal:
            self._compare_literal(theirs, ours, path, key, is_open)
        elif theirs is type(None):
            if theirs not in ours:
                self._note(path, "may be null")
        elif (item := _item(theirs)) is not None:
            self._compare_inner(item, [_item(member) for member in ours], f"{path}[]", key)
        elif (value := _value(theirs)) is not None:
            self._compare_inner(value, [_value(member) for member in ours], f"{path}{{}}", key)
        elif theirs in _SCALARS and _SCALARS[theirs] not in {_SCALARS.get(member) for member in ours}:
            self._note(path, f"may be a {_SCALARS[theirs]}")

    def _compare_inner(self, theirs: Form, ours: list[Form], path: str, key: str) -> None:
        """Compare what stands inside a list or mapping with what may stand inside of one of ours."""
        inner = [form for form in ours if form is not None]
        if inner:
            self.compare(theirs, Union[tuple(inner)], path, key)  # noqa: UP007 - the members are not known statically
        else:
            self._note(path, "may be a list or a mapping")

    def _compare_literal(self, theirs: Form, ours: list[Form], path: str, key: str, is_open: bool) -> None:
        missing = set(get_args(theirs))
        if is_open or (bool in ours and missing <= {True, False}):
            return
        missing -= {value for member in ours if _origin(member) is Literal for value in get_args(member)}
        missing -= set(self.known.get(key, self.known.get(key.rpartition(".")[2], ())))
        if missing:
            self._note(path, f"may be {', '.join(sorted(map(repr, missing)))}")

    def _compare_struct(self, theirs: Form, ours: list[Form], path: str, key: str) -> None:
        fields = _fields(theirs)
        model = _counterpart(fields, ours)
        if model is not None:
            is_choice = sum(map(_is_struct, ours)) > 1
            self._compare_fields(theirs, model, f"{path}{_label(fields)}" if is_choice else path)
        elif dict[str, Any] in ours:
            self.compare(theirs, Any, path, key)
        elif (value := next((_value(form) for form in ours if _value(form) is not None), None)) is not None:
            for name, their_field in fields.items():
                self.compare(their_field.form, value, f"{path}.{name}", key)
        else:
            self._note(f"{path}{_label(fields)}", f"may be a {theirs.__name__}")

    def _compare_fields(self, theirs: Form, ours: type[BaseModel], path: str) -> None:
        pair = (f"{theirs.__module__}.{theirs.__qualname__}", ours.__qualname__)
        if pair in self._seen:
            return
        self._seen.add(pair)
        their_fields, our_fields = _fields(theirs), _fields(ours)
        for name, their_field in their_fields.items():
            key = f"{ours.__name__}.{name}"
            if key in self.ignored:
                continue
            if name in our_fields:
                self._compare_field(their_field, our_fields[name], f"{path}.{name}", key)
            else:
                self._note(f"{path}.{name}", "is not a field here")
        self._compare_required(their_fields, our_fields, path)

    def _compare_field(self, theirs: _Field, ours: _Field, path: str, key: str) -> None:
        if ours.required and not theirs.required:
            self._note(path, "may be absent")
        self.compare(theirs.form, ours.form, path, key)

    def _compare_required(self, theirs: Mapping[str, _Field], ours: Mapping[str, _Field], path: str) -> None:
        for name, our_field in ours.items():
            if our_field.required and name not in theirs:
                self._note(f"{path}.{name}", "is required here and does not exist there")


# -- which model stands beside a type of the SDK ---------------------------------------------------


def _counterpart(theirs: Mapping[str, _Field], ours: list[Form]) -> type[BaseModel] | None:
    """Of our models whose tags agree, the one that knows the most of their fields."""
    models = [form for form in ours if _is_struct(form) and not form.__name__.startswith("Unknown")]
    agreeing = [model for model in models if _tags_agree(theirs, _fields(model))]
    return max(agreeing, key=lambda model: len(theirs.keys() & _fields(model).keys()), default=None)


def _tags_agree(theirs: Mapping[str, _Field], ours: Mapping[str, _Field]) -> bool:
    for name, our_field in ours.items():
        our_values = _literals(our_field.form)
        if not our_values:
            continue
        if name not in theirs:
            if our_field.required:
                return False
        elif (their_values := _literals(theirs[name].form)) and not their_values & our_values:
            return False
    return True


def _label(fields: Mapping[str, _Field]) -> str:
    """``<text>`` for the member of a union with the tag ``text``."""
    tags = (_literals(fields[name].form) for name in ("type", "role", "object") if name in fields)
    values = next(tags, frozenset())
    return f"<{'|'.join(sorted(map(str, values)))}>" if values else ""


# -- annotations -----------------------------------------------------------------------------------


def _members(form: Form) -> Iterator[Form]:
    """The members of a union, however deep; anything else is its own only member."""
    form = _bare(form)
    if _origin(form) in (Union, types.UnionType):
        for member in get_args(form):
            yield from _members(member)
    elif isinstance(form, TypeVar) or form is object:
        yield Any
    else:
        yield form


def _bare(form: Form) -> Form:
    """An annotation without what is wrapped around it."""
    for _, wrapped in _unwrapped(form):
        form = get_args(wrapped)[0]
    return _bare(form.__value__) if isinstance(form, typing_extensions.TypeAliasType) else form


def _unwrapped(form: Form) -> Iterator[tuple[Form, Form]]:
    """What is wrapped around an annotation, from the outside: the wrapper and all of it."""
    while (wrapper := _origin(form)) in _WRAPPERS:
        yield wrapper, form
        form = get_args(form)[0]


def _origin(form: Form) -> Form:
    return get_origin(form)


def _item(form: Form) -> Form:
    """What a list holds; None for anything else."""
    origin = _origin(form)
    is_list = origin in (list, collections.abc.Iterable, collections.abc.Sequence)
    # SequenceNotStr is the SDKs' own protocol for a list of strings.
    return get_args(form)[0] if is_list or getattr(origin, "__name__", "") == "SequenceNotStr" else None


def _value(form: Form) -> Form:
    """What a mapping holds; None for anything else."""
    return get_args(form)[1] if _origin(form) in (dict, collections.abc.Mapping) else None


def _literals(form: Form) -> frozenset[object]:
    """The values of a tag or enumeration; empty when anything else is allowed too."""
    members = [member for member in _members(form) if member is not type(None)]
    if not all(_origin(member) is Literal for member in members):
        return frozenset()
    return frozenset(value for member in members for value in get_args(member))


# -- structures ------------------------------------------------------------------------------------


def _is_struct(form: Form) -> bool:
    return isinstance(form, type) and (issubclass(form, BaseModel) or typing_extensions.is_typeddict(form))


def _fields(struct: Form) -> dict[str, _Field]:
    """The fields of a ``TypedDict`` or pydantic model, under their names on the wire."""
    if issubclass(struct, BaseModel):
        return {info.alias or name: _Field(info.annotation, info.is_required()) for name, info in _infos(struct)}
    hints = typing_extensions.get_type_hints(struct, include_extras=True)
    return {_wire_name(hint) or name: _Field(hint, _is_required(hint, struct)) for name, hint in hints.items()}


def _infos(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    if not model.__pydantic_complete__:
        model.model_rebuild()
    return ((name, info) for name, info in model.model_fields.items() if not name.startswith("_"))


def _is_required(hint: Form, struct: Form) -> bool:
    wrappers = [wrapper for wrapper, _ in _unwrapped(hint)]
    if typing_extensions.Required in wrappers:
        return True
    return bool(struct.__total__) and typing_extensions.NotRequired not in wrappers


def _wire_name(hint: Form) -> str | None:
    """The alias that the SDKs attach to fields whose name is a keyword of Python."""
    for wrapper, wrapped in _unwrapped(hint):
        if wrapper is Annotated:
            for extra in wrapped.__metadata__:
                alias = getattr(extra, "alias", None)
                if isinstance(alias, str):
                    return alias
    return None
