"""Reads the types of a vendor's SDK: what a field may hold, be it of a ``TypedDict`` or a pydantic model."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin

import typing_extensions
from pydantic import BaseModel

__all__ = ["Field", "Form", "fields", "is_struct", "item_of", "literals", "members", "origin_of", "value_of"]

Form: TypeAlias = Any
"""An annotation: a class, a union, a ``Literal`` and so on, for which there is no static type."""

_WRAPPERS = (Annotated, typing_extensions.Required, typing_extensions.NotRequired, typing_extensions.ReadOnly)


@dataclass(frozen=True)
class Field:
    """A field of a structure."""

    form: Form
    required: bool


# -- annotations -----------------------------------------------------------------------------------


def members(form: Form) -> Iterator[Form]:
    """The members of a union, however deep; anything else is its own only member."""
    form = _bare(form)
    if origin_of(form) in (Union, types.UnionType):
        for member in get_args(form):
            yield from members(member)
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
    while (wrapper := origin_of(form)) in _WRAPPERS:
        yield wrapper, form
        form = get_args(form)[0]


def origin_of(form: Form) -> Form:
    """`get_origin`, for annotations that have no static type."""
    return get_origin(form)


def item_of(form: Form) -> Form:
    """What a list holds; None for anything else."""
    container = origin_of(form)
    is_list = container in (list, collections.abc.Iterable, collections.abc.Sequence)
    # SequenceNotStr is the SDKs' own protocol for a list of strings.
    return get_args(form)[0] if is_list or getattr(container, "__name__", "") == "SequenceNotStr" else None


def value_of(form: Form) -> Form:
    """What a mapping holds; None for anything else."""
    return get_args(form)[1] if origin_of(form) in (dict, collections.abc.Mapping) else None


def literals(form: Form) -> frozenset[object]:
    """The values of a tag or enumeration; empty when anything else is allowed too."""
    values = [member for member in members(form) if member is not type(None)]
    if not all(origin_of(member) is Literal for member in values):
        return frozenset()
    return frozenset(value for member in values for value in get_args(member))


# -- structures ------------------------------------------------------------------------------------


def is_struct(form: Form) -> bool:
    """Whether the annotation is a ``TypedDict`` or a pydantic model."""
    if not isinstance(form, type) or origin_of(form) is not None:  # until Python 3.11 `list[int]` passes for a class
        return False
    return issubclass(form, BaseModel) or typing_extensions.is_typeddict(form)


def fields(struct: Form) -> dict[str, Field]:
    """The fields of a ``TypedDict`` or pydantic model, under their names on the wire."""
    if issubclass(struct, BaseModel):
        return {info.alias or name: Field(info.annotation, info.is_required()) for name, info in _infos(struct)}
    hints = typing_extensions.get_type_hints(struct, include_extras=True)
    return {_wire_name(hint) or name: Field(hint, _is_required(name, hint, struct)) for name, hint in hints.items()}


def _infos(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    if not model.__pydantic_complete__:
        model.model_rebuild()
    return ((name, info) for name, info in model.model_fields.items() if not name.startswith("_"))


def _is_required(name: str, hint: Form, struct: Form) -> bool:
    wrappers = [wrapper for wrapper, _ in _unwrapped(hint)]
    if typing_extensions.Required in wrappers:
        return True
    return _declares_total(name, struct) and typing_extensions.NotRequired not in wrappers


def _declares_total(name: str, struct: Form) -> bool:
    """Whether the ``TypedDict`` that declares a field, be it a base, requires its fields by default."""
    for base in typing_extensions.get_original_bases(struct):
        if is_struct(base) and name in base.__annotations__:
            return _declares_total(name, base)
    return bool(struct.__total__)


def _wire_name(hint: Form) -> str | None:
    """The alias that the SDKs attach to fields whose name is a keyword of Python."""
    for wrapper, wrapped in _unwrapped(hint):
        if wrapper is Annotated:
            for extra in wrapped.__metadata__:
                alias = getattr(extra, "alias", None)
                if isinstance(alias, str):
                    return alias
    return None
