"""The search for swallowed fields itself: each way of losing one is found, each way of keeping one counts."""

from __future__ import annotations

from typing import Literal

import pytest
from typing_extensions import Required, TypedDict

from llm_transcode import Converted, Loss, LossCode, Unsupported
from llm_transcode.wire import JsonObject, WireModel
from tests.pairs.messages_chat.swallowed import Search
from tests.sdk_probes import Seeds


class Inner(TypedDict, total=False):
    note: str


class Theirs(TypedDict, total=False):
    text: Required[str]
    level: Literal["low", "high"]
    flag: bool
    inner: list[Inner]


class Ours(WireModel):
    text: str


def _converted(document: JsonObject, *losses: Loss, **more: object) -> Converted[WireModel]:
    return Converted(Ours, {"text": document["text"], **more}, losses)


def _forgets(document: JsonObject) -> Converted[WireModel]:
    return _converted(document)


def _records(document: JsonObject) -> Converted[WireModel]:
    names = ("level", "flag", "inner") if len(document) > 1 else ()
    return _converted(
        document, *(Loss("dropped", "info", LossCode.UNKNOWN_FIELD, f"$.{name}", "gone") for name in names)
    )


def _maps(document: JsonObject) -> Converted[WireModel]:
    return _converted(document, rest=document)


def _blurs(document: JsonObject) -> Converted[WireModel]:
    return _converted(document, level="level" in document, flag="flag" in document)


def _refuses(document: JsonObject) -> Converted[WireModel]:
    if len(document) > 1:
        raise Unsupported("no", "$")
    return _converted(document)


def swallowed(convert: object, name: str, **exceptions: str) -> list[str]:
    assert callable(convert)
    return Search(convert, Seeds(), exceptions).swallowed(Theirs, name)


@pytest.mark.parametrize("convert", [_records, _maps, _refuses])
@pytest.mark.parametrize("name", ["text", "level", "flag", "inner"])
def test_a_field_that_is_accounted_for(convert: object, name: str) -> None:
    assert swallowed(convert, name) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("level", ['$.level="low": is swallowed', '$.level="high": is swallowed']),
        ("flag", ["$.flag=true: is swallowed"]),
        (
            "inner",
            [
                '$.inner[].unlisted="x": is swallowed',
                '$.inner[].note="x": is swallowed',
                '$.inner[].note="y": is swallowed',
            ],
        ),
    ],
)
def test_a_field_that_is_forgotten(name: str, expected: list[str]) -> None:
    assert swallowed(_forgets, name) == expected


@pytest.mark.parametrize("name", ["level", "flag"])
def test_values_that_become_the_same(name: str) -> None:
    assert swallowed(_blurs, name) != []


def test_an_exception_lets_a_value_go() -> None:
    exceptions = {"$.level=*": "it is only a wish"}

    assert swallowed(_forgets, "level", **exceptions) == []
