"""The field ledger: what becomes of every field of a wire model in one direction.

A converter reads the fields that its `Fields` calls *mapped*; `Fields.report` records whatever else
the wire carried, so that no field can be swallowed by forgetting it. The same tables make the
mapping pages of the documentation, and the drift check compares them with the vendors' SDKs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..losses import Level, LossCode, Recorder
from ..wire import Path, WireModel

__all__ = ["Drop", "Fields", "UnionFields", "VENDOR"]


@dataclass(frozen=True, slots=True)
class Drop:
    """Why a field is left behind."""

    code: LossCode
    detail: str
    level: Level = "warning"


_UNKNOWN: Final = Drop(LossCode.UNKNOWN_FIELD, "the field is not known to this version of the library")

VENDOR: Final = Drop(LossCode.VENDOR_FIELD, "a vendor's extension without a counterpart", "info")
"""For the extensions of compatible backends that the typed models name."""


class Fields:
    """The ledger of one wire model in one direction.

    ``mapped`` names each field that comes along and says where it goes; ``dropped`` each one that
    stays behind and says why. Together they name every field of the model.
    """

    __slots__ = ("_mapped", "dropped", "mapped", "model")

    def __init__(
        self, model: type[WireModel], mapped: Mapping[str, str], dropped: Mapping[str, Drop] | None = None
    ) -> None:
        self.model: type[WireModel] = model
        self.mapped: Mapping[str, str] = mapped
        self.dropped: Mapping[str, Drop] = dropped or {}
        self._mapped = frozenset(mapped)

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
