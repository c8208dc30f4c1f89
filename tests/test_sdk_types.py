"""The drift check itself: each thing it is there to find, it finds."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import pytest
from typing_extensions import Required, TypedDict

from llm_transcode.wire import JsonObject, OpenUnion, WireModel
from tests.sdk_types import Drift


class Text(WireModel):
    type: Literal["text"]
    text: str


class UnknownContent(WireModel):
    type: str


class Loose(WireModel):
    type: Literal["image"]
    size: int


Content: TypeAlias = Annotated[Text | UnknownContent, OpenUnion("type")]


class TheirText(TypedDict, total=False):
    type: Required[Literal["text"]]
    text: Required[str]


class TheirImage(TypedDict, total=False):
    type: Required[Literal["image"]]


class TheirVideoText(TypedDict, total=False):
    type: Required[Literal["text"]]
    text: Required[str]
    video: str


class OptionalText(TypedDict, total=False):
    type: Required[Literal["text"]]
    text: str | None


class Members(TypedDict, total=False):
    one: TheirText
    two: TheirVideoText


class Schema(TypedDict, total=False):
    type: Literal["object"]


def problems(theirs: Any, ours: Any, **tables: Any) -> list[str]:
    drift = Drift(**tables)
    drift.compare(theirs, ours, key="Ours.field")
    return drift.problems


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        (list[TheirText], []),
        (list[TheirText | TheirImage], ["$[]<image>: may be a TheirImage"]),
        (list[TheirVideoText], ["$[]<text>.video: is not a field here"]),
        (list[OptionalText], ["$[]<text>.text: may be absent", "$[]<text>.text: may be null"]),
        (str, ["$: may be a string"]),
        (dict[str, TheirText], ["${}: may be a list or a mapping"]),
    ],
)
def test_structures(theirs: Any, expected: list[str]) -> None:
    assert problems(theirs, list[Content]) == expected


def test_a_field_of_ours_that_they_lack_must_be_optional() -> None:
    assert problems(TheirImage, Loose) == ["$.size: is required here and does not exist there"]


@pytest.mark.parametrize(
    ("theirs", "known", "expected"),
    [
        (Literal["low", "high"], {}, ["$: may be 'high', 'low'"]),
        (Literal["low", "high"], {"field": {"low"}}, ["$: may be 'high'"]),
        (Literal["low", "high"], {"Ours.field": {"low", "high"}}, []),
        (Literal["low"] | str, {}, []),
        (Literal["low"] | None, {"field": {"low"}}, ["$: may be null"]),
    ],
)
def test_enumerations(theirs: Any, known: dict[str, set[str]], expected: list[str]) -> None:
    assert problems(theirs, str, known=known) == expected


def test_a_literal_boolean_is_a_boolean() -> None:
    assert problems(Literal[True], bool) == []


def test_free_form_json_is_on_purpose() -> None:
    assert problems(Schema, JsonObject) == ["$: has a shape there, is free-form JSON here"]
    assert problems(Schema, JsonObject, free_form={"Ours.field"}) == []


def test_a_structure_may_stand_beside_a_mapping() -> None:
    assert problems(Members, dict[str, Text]) == ["$.two.video: is not a field here"]


def test_headers_are_not_part_of_the_document() -> None:
    assert problems(TheirVideoText, Text, ignored={"Text.video"}) == []
