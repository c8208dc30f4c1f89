"""The field ledger."""

from __future__ import annotations

from typing import Final

import pytest
from pydantic import Field

from llm_transcode.errors import InvalidPayload
from llm_transcode.losses import Loss, LossCode, Recorder
from llm_transcode.pairs.fields import KNOWN, VENDOR, Drop, Fields, Shape, UnionFields
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


MAPPED = {"kept": "`there`", "also_kept": "`there`"}
DROPPED = {
    "left": Drop(LossCode.METADATA, "left behind"),
    "schema_": Drop(LossCode.TOOL_SCHEMA, "left behind", "info"),
    "vendors": VENDOR,
}
PLAIN: list[Shape] = [{"kept": int}, {"kept": (int, float), "also_kept": KNOWN}]


def ledger() -> Fields[Sample]:
    return Fields(Sample, MAPPED, DROPPED, plain=PLAIN)


def report(value: WireModel, fields: Fields | UnionFields | None = None) -> list[str]:
    losses = Recorder()
    (fields or ledger()).report(value, ("a", 0), losses)
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
        {"schema": {}, "left": 1},
        {"forgotten": 1},
        {"of_tomorrow": 1},
        {"z": 1, "vendors": 1, "schema": {}, "kept": 1, "left": 1, "y": 1},
    ],
)
def test_an_object_is_reported_as_the_model_that_would_be_made_of_it(value: JsonObject) -> None:
    losses = Recorder()

    ledger().report_object(value, ("a", 0), losses)

    assert rows(losses) == report(Sample.parse(value))


def test_the_detail_is_that_of_the_drop() -> None:
    losses = Recorder()

    ledger().report(Sample.parse({"left": 1, "of_tomorrow": 1}), (), losses)

    assert [loss.detail for loss in losses] == [
        "left behind",
        "the field is not known to this version of the library",
    ]


def test_a_ledger_and_a_union_of_them_show_what_they_were_made_of() -> None:
    fields = ledger()

    assert (fields.model, fields.mapped, fields.dropped, fields.plain) == (Sample, MAPPED, DROPPED, PLAIN)
    assert UnionFields(fields).tables == (fields,)
    assert report(Sample.parse({"kept": 1, "left": 1}), UnionFields(fields)) == ["dropped warning metadata $.a[0].left"]


def test_a_ledger_without_drops() -> None:
    fields = Fields(Other, {"left": "`there`"})

    assert dict(fields.dropped) == {}
    assert report(Other.parse({"left": 1, "of_tomorrow": 1}), fields) == [
        "dropped warning unknown_field $.a[0].of_tomorrow"
    ]


@pytest.mark.parametrize("value", [{"kept": 1}, {"kept": 1, "also_kept": 2}, {"kept": 1, "also_kept": "unseen"}])
def test_a_plain_object_is_read_as_it_is(value: JsonObject) -> None:
    """What a converter has looked at before is not looked at again."""
    assert ledger().read(value, (), Recorder()) is None


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kept": None},
        {"also_kept": 1},
        {"also_kept": 1, "left": 2},
        {"kept": None, "also_kept": 2},
        {"kept": 1, "also_kept": 2, "left": 3},
    ],
)
def test_any_other_object_is_read_through_its_model(value: JsonObject) -> None:
    assert ledger().read(value, (), Recorder()) == Sample.parse(value)


def test_what_is_no_plain_object_is_reported_where_it_stands() -> None:
    losses = Recorder()

    ledger().read({"kept": 1, "left": 1, "of_tomorrow": 1}, ("a", 0), losses)

    assert rows(losses) == ["dropped warning metadata $.a[0].left", "dropped warning unknown_field $.a[0].of_tomorrow"]


def test_a_malformed_object_is_refused_where_it_stands() -> None:
    with pytest.raises(InvalidPayload) as caught:
        ledger().read({"kept": "one"}, ("a", 0), Recorder())

    assert caught.value.path == "$.a[0].kept"


def union() -> UnionFields:
    return UnionFields(ledger(), Fields(Other, {"left": "`there`"}))


def test_a_union_reports_by_the_ledger_of_the_values_own_model() -> None:
    assert report(Sample.parse({"left": 1}), union()) == ["dropped warning metadata $.a[0].left"]
    assert report(Other.parse({"left": 1}), union()) == []


def test_a_union_leaves_a_member_without_ledger_alone() -> None:
    class Kin(Sample):
        """Not of the union, though its parent is."""

    assert report(Kin.parse({"left": 1, "of_tomorrow": 1}), union()) == []


class Thing(WireModel):
    kept: int | None = None
    from_: int | None = Field(default=None, alias="from")
    second: int | None = None
    first: int | None = None
    schema_: int | None = Field(default=None, alias="schema")


THINGS: Final = Fields(
    Thing,
    {"kept": "`kept`", "from_": "`from`"},
    {
        "first": Drop(LossCode.METADATA, "it comes last in the model", "info"),
        "second": Drop(LossCode.USAGE, "it comes first in the model"),
        "schema_": Drop(LossCode.STORE, "it has another name on the wire"),
    },
)


def of_model(source: JsonObject) -> list[Loss]:
    losses = Recorder()
    THINGS.report(Thing.parse(source), ("a", 1), losses)
    return list(losses)


def of_object(source: JsonObject) -> list[Loss]:
    losses = Recorder()
    THINGS.report_object(source, ("a", 1), losses)
    return list(losses)


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ({}, []),
        ({"kept": 1, "from": 2}, []),
        ({"first": None, "of_tomorrow": None}, []),
        ({"first": 1}, ["$.a[1].first"]),
        ({"schema": 1}, ["$.a[1].schema"]),
        ({"first": 1, "second": 2, "kept": 3}, ["$.a[1].second", "$.a[1].first"]),
        ({"of_tomorrow": [], "schema": 1, "after": 0}, ["$.a[1].schema", "$.a[1].of_tomorrow", "$.a[1].after"]),
    ],
)
def test_fields_that_are_not_mapped(source: JsonObject, paths: list[str]) -> None:
    assert [loss.path for loss in of_object(source)] == paths
    assert of_object(source) == of_model(source)
