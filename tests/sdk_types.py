"""Compares the types of a vendor's SDK with our wire models, both walked in parallel.

`Drift` follows every field and every member of every union of an SDK type (``TypedDict`` or pydantic
model) and notes, with its JSON path, whatever the wire model beside it does not know:

* a field, or a member of a union, that we have no place for (an ``Unknown...`` model is no place);
* a value of an enumeration that neither our ``Literal`` nor the table of known values has;
* a type, a null or an absence that our field would refuse.

A pair of types is compared once, at the first path that leads to it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args

from pydantic import BaseModel

from tests.sdk_forms import Field, Form, fields, is_struct, item_of, literals, members, origin_of, value_of

__all__ = ["Drift"]

_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean", datetime.datetime: "string"}


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
        our_members = list(members(ours))
        their_members = list(members(theirs))
        for member in their_members:
            if Any not in our_members:
                self._compare_member(member, our_members, path, key, is_open=str in their_members)
            elif is_struct(member) and key not in self.free_form:
                self._note(path, "has a shape there, is free-form JSON here")

    def _note(self, path: str, problem: str) -> None:
        self.problems.append(f"{path}: {problem}")

    def _compare_member(self, theirs: Form, ours: list[Form], path: str, key: str, *, is_open: bool) -> None:
        if is_struct(theirs):
            self._compare_struct(theirs, ours, path, key)
        elif origin_of(theirs) is Literal:
            self._compare_literal(theirs, ours, path, key, is_open)
        elif theirs is type(None):
            if theirs not in ours:
                self._note(path, "may be null")
        elif (item := item_of(theirs)) is not None:
            self._compare_inner(item, [item_of(member) for member in ours], f"{path}[]", key)
        elif (value := value_of(theirs)) is not None:
            self._compare_inner(value, [value_of(member) for member in ours], f"{path}{{}}", key)
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
        missing -= {value for member in ours if origin_of(member) is Literal for value in get_args(member)}
        missing -= set(self.known.get(key, self.known.get(key.rpartition(".")[2], ())))
        if missing:
            self._note(path, f"may be {', '.join(sorted(map(repr, missing)))}")

    def _compare_struct(self, theirs: Form, ours: list[Form], path: str, key: str) -> None:
        their_fields = fields(theirs)
        model = _counterpart(their_fields, ours)
        if model is not None:
            is_choice = sum(map(is_struct, ours)) > 1
            self._compare_fields(theirs, model, f"{path}{_label(their_fields)}" if is_choice else path)
        elif dict[str, Any] in ours:
            self.compare(theirs, Any, path, key)
        elif (value := next((value_of(form) for form in ours if value_of(form) is not None), None)) is not None:
            for name, their_field in their_fields.items():
                self.compare(their_field.form, value, f"{path}.{name}", key)
        else:
            self._note(f"{path}{_label(their_fields)}", f"may be a {theirs.__name__}")

    def _compare_fields(self, theirs: Form, ours: type[BaseModel], path: str) -> None:
        pair = (f"{theirs.__module__}.{theirs.__qualname__}", ours.__qualname__)
        if pair in self._seen:
            return
        self._seen.add(pair)
        their_fields, our_fields = fields(theirs), fields(ours)
        for name, their_field in their_fields.items():
            key = f"{ours.__name__}.{name}"
            if key in self.ignored:
                continue
            if name in our_fields:
                self._compare_field(their_field, our_fields[name], f"{path}.{name}", key)
            else:
                self._note(f"{path}.{name}", "is not a field here")
        self._compare_required(their_fields, our_fields, path)

    def _compare_field(self, theirs: Field, ours: Field, path: str, key: str) -> None:
        if ours.required and not theirs.required:
            self._note(path, "may be absent")
        self.compare(theirs.form, ours.form, path, key)

    def _compare_required(self, theirs: Mapping[str, Field], ours: Mapping[str, Field], path: str) -> None:
        for name, our_field in ours.items():
            if our_field.required and name not in theirs:
                self._note(f"{path}.{name}", "is required here and does not exist there")


# -- which model stands beside a type of the SDK ---------------------------------------------------


def _counterpart(theirs: Mapping[str, Field], ours: list[Form]) -> type[BaseModel] | None:
    """Of our models whose tags agree, the one that knows the most of their fields."""
    models = [form for form in ours if is_struct(form) and not form.__name__.startswith("Unknown")]
    agreeing = [model for model in models if _tags_agree(theirs, fields(model))]
    return max(agreeing, key=lambda model: len(theirs.keys() & fields(model).keys()), default=None)


def _tags_agree(theirs: Mapping[str, Field], ours: Mapping[str, Field]) -> bool:
    for name, our_field in ours.items():
        our_values = literals(our_field.form)
        if not our_values:
            continue
        if name not in theirs:
            if our_field.required:
                return False
        elif (their_values := literals(theirs[name].form)) and not their_values & our_values:
            return False
    return True


def _label(struct: Mapping[str, Field]) -> str:
    """``<text>`` for the member of a union with the tag ``text``."""
    tags = (literals(struct[name].form) for name in ("type", "role", "object") if name in struct)
    values = next(tags, frozenset())
    return f"<{'|'.join(sorted(map(str, values)))}>" if values else ""
