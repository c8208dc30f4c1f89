"""The field ledger."""

from __future__ import annotations

import pytest
from pydantic import Field

from llm_transcode.losses import LossCode, Recorder
from llm_transcode.pairs.fields import VENDOR, Drop, Fields, UnionFields
from llm_transcode.wire import WireModel
from tests.pairs.messages_chat.conversions import JsonObject, rows


class Sample(WireModel):
    kept: int | None = None
    also_kept: int | None = None
    left: int | None = None
    schema_: JsonObject | None = Field(None, alias="schema")
    vendors: int | None = None
    forgotten: int | None = None


class Other(WireModel):
    left: int | None = None


FIELDS = Fields(
    Sample,
    {"kept": "`there`", "also_kept": "`there`"},
    {
        "left": Drop(LossCode.METADATA, "left behind"),
        "schema_": Drop(LossCode.TOOL_SCHEMA, "left behind", "info"),
        "vendors": VENDOR,
    },
)


def report(value: WireModel, fields: Fields | UnionFields = FIELDS) -> list[str]:
    losses = Recorder()
    fields.report(value, ("a", 0), losses)
    return rows(losses)


@pytest.mark.parametrize(
    ("value", "losses"),
    [
        ({}, []),
        ({"kept": 1}, []),
        ({"kept": 1, "also_kept": 2}, []),
        ({"left": 1}, ["dropped warning metadata $.a[0].left"]),
        ({"left": 0}, ["dropped warning metadata $.a[0].left"]),
        ({"left": None, "of_tomorrow": None}, []),
        ({"kept": 1, "left": 1}, ["dropped warning metadata $.a[0].left"]),
        ({"schema": {}}, ["dropped info tool_schema $.a[0].schema"]),
        ({"vendors": 1}, ["dropped info vendor_field $.a[0].vendors"]),
        ({"forgotten": 1}, ["dropped warning unknown_field $.a[0].forgotten"]),
        ({"of_tomorrow": 1}, ["dropped warning unknown_field $.a[0].of_tomorrow"]),
        ({"left": None, "of_tomorrow": 1}, ["dropped warning unknown_field $.a[0].of_tomorrow"]),
    ],
)
def test_what_is_not_mapped_is_recorded_unless_it_is_null(value: JsonObject, losses: list[str]) -> None:
    assert report(Sample.parse(value)) == losses


def test_losses_come_in_the_order_of_the_model_and_then_of_the_document() -> None:
    value = {"z": 1, "schema": {}, "kept": 1, "left": 1, "y": 1}

    assert [row.rsplit(".", 1)[1] for row in report(Sample.parse(value))] == ["left", "schema", "z", "y"]


@pytest.mark.parametrize(
    "value",
    [
        {"kept": 1, "also_kept": 2},
        {"left": None, "of_tomorrow": None},
        {"schema": {}},
        {"forgotten": 1},
        {"of_tomorrow": 1},
        {"z": 1, "vendors": 1, "schema": {}, "kept": 1, "left": 1, "y": 1},
    ],
)
def test_an_object_is_reported_as_the_model_that_would_be_made_of_it(value: JsonObject) -> None:
    losses = Recorder()

    FIELDS.report_object(value, ("a", 0), losses)

    assert rows(losses) == report(Sample.parse(value))


def test_the_detail_is_that_of_the_drop() -> None:
    losses = Recorder()

    FIELDS.report(Sample.parse({"left": 1, "of_tomorrow": 1}), (), losses)

    assert [loss.detail for loss in losses] == [
        "left behind",
        "the field is not known to this version of the library",
    ]


def test_a_ledger_and_a_union_of_them_show_what_they_were_made_of() -> None:
    mapped, dropped = {"kept": "`there`"}, {"left": VENDOR}
    fields = Fields(Sample, mapped, dropped)
    union = UnionFields(fields)

    assert (fields.model, fields.mapped, fields.dropped) == (Sample, mapped, dropped)
    assert union.tables == (fields,)
    assert report(Sample.parse({"kept": 1, "left": 1}), union) == ["dropped info vendor_field $.a[0].left"]


def test_a_ledger_without_drops() -> None:
    fields = Fields(Other, {"left": "`there`"})

    assert dict(fields.dropped) == {}
    assert report(Other.parse({"left": 1, "of_tomorrow": 1}), fields) == [
        "dropped warning unknown_field $.a[0].of_tomorrow"
    ]


UNION = UnionFields(FIELDS, Fields(Other, {"left": "`there`"}))


def test_a_union_reports_by_the_ledger_of_the_values_own_model() -> None:
    assert report(Sample.parse({"left": 1}), UNION) == ["dropped warning metadata $.a[0].left"]
    assert report(Other.parse({"left": 1}), UNION) == []


def test_a_union_leaves_a_member_without_ledger_alone() -> None:
    class Kin(Sample):
        """Not of the union, though its parent is."""

    assert report(Kin.parse({"left": 1, "of_tomorrow": 1}), UNION) == []
