"""The field ledger: what becomes of every field of a wire model in one direction.

A converter reads the fields that its `Fields` calls *mapped*; `Fields.report` records whatever else
the wire carried, so that no field can be swallowed by forgetting it. The same tables make the
mapping pages of the documentation, and the drift check compares them with the vendors' SDKs.

Most objects of a conversation are *plain*: a text that is nothing but its text, a call with an id, a
name and an input. A ledger may say what that looks like, and a plain object is read as the JSON it is.
Whatever else there is goes through its typed model, which checks it, and through the ledger, which
records what stays behind; a converter reads its few plain fields in the same place either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias

from typing_extensions import TypeVar

from ..losses import Level, LossCode, Recorder
from ..wire import JsonObject, Path, WireModel

__all__ = ["KNOWN", "Drop", "Fields", "Shape", "UnionFields", "VENDOR"]

M_co = TypeVar("M_co", bound=WireModel, covariant=True, default=WireModel)

Shape: TypeAlias = Mapping[str, type | tuple[type, ...]]
"""The fields of an object, all of them, and the Python types of their JSON values."""

KNOWN: Final[tuple[type, ...]] = ()
"""In a shape: the field that tells one model from another, where a converter has looked at it before it reads."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a field is left behind."""

    code: LossCode
    detail: str
    level: Level = "warning"


_UNKNOWN: Final = Drop(LossCode.UNKNOWN_FIELD, "the field is not known to this version of the library")

VENDOR: Final = Drop(LossCode.VENDOR_FIELD, "a vendor's extension without a counterpart", "info")
"""For the extensions of compatible backends that the typed models name."""


class Fields(Generic[M_co]):
    """The ledger of one wire model in one direction.

    ``mapped`` names each field that comes along and says where it goes; ``dropped`` each one that
    stays behind and says why. Together they name every field of the model. ``plain`` are the shapes
    in which the model finds nothing to refuse and the ledger nothing to record.
    """

    __slots__ = ("_drops", "_keys", "_mapped", "_plain", "dropped", "mapped", "model", "plain")

    def __init__(
        self,
        model: type[M_co],
        mapped: Mapping[str, str],
        dropped: Mapping[str, Drop] | None = None,
        *,
        plain: Sequence[Shape] = (),
    ) -> None:
        self.model: type[M_co] = model
        self.mapped: Mapping[str, str] = mapped
        self.dropped: Mapping[str, Drop] = dropped or {}
        self.plain: Sequence[Shape] = plain
        self._mapped = frozenset(mapped)
        self._plain = {len(shape): tuple(_types(shape)) for shape in plain}
        keys = {field.alias or name: name for name, field in model.model_fields.items()}
        self._keys = frozenset(key for key, name in keys.items() if name in mapped)
        self._drops = {key: self.dropped[name] for key, name in keys.items() if name in self.dropped}

    def read(self, value: JsonObject, path: Path, losses: Recorder) -> M_co | None:
        """Check an object of the source and record what is not mapped; None if it is plain.

        Raises `InvalidPayload` naming the place, as `WireModel.parse` does.
        """
        try:
            for name, types in self._plain[len(value)]:
                if type(value[name]) not in types:
                    break
            else:
                return None
        except KeyError:  # of no plain length, or of other fields
            pass
        model = self.model.from_object(value, path)
        self.report(model, path, losses)
        return model

    def report(self, value: WireModel, path: Path, losses: Recorder) -> None:
        """Record every field of ``value`` that is not mapped. An explicit null loses nothing."""
        if not self._mapped.issuperset(value.__pydantic_fields_set__):  # the property costs as much as all the rest
            self._report(value, value.model_fields_set - self._mapped, path, losses)

    def _report(self, value: WireModel, rest: set[str], path: Path, losses: Recorder) -> None:
        fields = type(value).model_fields
        ordered = rest if len(rest) == 1 else [name for name in (*fields, *(value.model_extra or ())) if name in rest]
        for name in ordered:
            if getattr(value, name) is not None:
                drop = self.dropped.get(name, _UNKNOWN)
                alias = fields[name].alias if name in fields else None
                losses.dropped(drop.code, (*path, alias or name), drop.detail, drop.level)

    def report_object(self, source: JsonObject, path: Path, losses: Recorder) -> None:
        """`report`, for an object that was checked against the model and is read as it is."""
        if not self._keys.issuperset(source):
            self._report_object(source, path, losses)

    def _report_object(self, source: JsonObject, path: Path, losses: Recorder) -> None:
        rest = [key for key, value in source.items() if value is not None and key not in self._keys]
        if len(rest) > 1:
            rest = [*(key for key in self._drops if key in rest), *(key for key in rest if key not in self._drops)]
        for key in rest:
            drop = self._drops.get(key, _UNKNOWN)
            losses.dropped(drop.code, (*path, key), drop.detail, drop.level)


def _types(shape: Shape) -> Iterator[tuple[str, tuple[type, ...]]]:
    for name, types in shape.items():
        if types != KNOWN:
            yield name, types if isinstance(types, tuple) else (types,)


class UnionFields:
    """The ledgers of some members of a union, each used for the values of its own model.

    A member without a ledger is none of its business: a converter takes or leaves it as a whole.
    """

    __slots__ = ("_by_model", "tables")

    def __init__(self, *tables: Fields) -> None:
        self.tables: tuple[Fields, ...] = tables
        self._by_model: Final = {table.model: table for table in tables}

    def report(self, value: WireModel, path: Path, losses: Recorder) -> None:
        """`Fields.report`, by the ledger of the value's model."""
        fields = self._by_model.get(type(value))
        if fields is not None:
            fields.report(value, path, losses)
