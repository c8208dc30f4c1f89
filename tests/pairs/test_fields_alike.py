"""The ledger says the same of a model and of the JSON object that it was made of."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import pytest
from pydantic import Field

from llm_transcode.losses import Loss, LossCode, Recorder
from llm_transcode.pairs.fields import Drop, Fields
from llm_transcode.wire import WireModel

JsonObject: TypeAlias = dict[str, Any]


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
