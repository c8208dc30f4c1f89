from __future__ import annotations

from typing import Any

import pytest

from llm_transcode.growth import Grower, GrowingList, GrowingObject, GrowingText, is_empty, overwritten


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, None, None),
        (None, "", ""),
        (None, [], []),
        ("", None, ""),
        ("a", "", "a"),
        ([1], [], [1]),
        ("a", "b", "b"),
        (1, 0, 0),
        (True, False, False),
        ([1], [2], [2]),
        ({"a": 1, "b": {"c": 1}}, {"a": None, "b": {"d": 2}, "e": None}, {"a": 1, "b": {"c": 1, "d": 2}, "e": None}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, 2, 2),
    ],
)
def test_the_last_value_that_says_something_stays(old: Any, new: Any, expected: Any) -> None:
    assert overwritten(old, new) == expected


@pytest.mark.parametrize(
    ("value", "empty"), [(None, True), ("", True), ([], True), ({}, False), (0, False), (False, False)]
)
def test_what_is_empty(value: Any, empty: bool) -> None:
    assert is_empty(value) is empty


def test_a_text_can_be_read_while_it_grows() -> None:
    text = GrowingText("a")
    read = []
    for piece in ("b", "", "c"):
        text.add(piece)
        read.append(text.value())

    assert read == ["ab", "ab", "abc"]


def test_a_list_merges_by_index_what_other_events_brought() -> None:
    items = GrowingList()
    items.add_all([{"index": 0, "a": 1}, {"index": 0, "a": 2}, "x"])
    items.add_all([{"index": 0, "b": 3}, {"index": 1}, "x"])
    items.append({"index": 1})

    assert items.value() == [
        {"index": 0, "a": 1},
        {"index": 0, "a": 2, "b": 3},
        "x",
        {"index": 1},
        "x",
        {"index": 1},
    ]


def test_fields_of_an_object() -> None:
    grown = GrowingObject({"text": "a", "items": [1]})
    for name, piece in [("text", "b"), ("items", [2]), ("number", 1), ("number", 2), ("text", None)]:
        grown.grow(name, piece)
    for created in (0, 5, 6):
        grown.keep("created", created)
    grown.child("child", GrowingObject).put("a", 1)
    grown.child("child", GrowingObject).put("b", 2)

    assert grown.get("text") == "ab"
    assert grown.get("nothing") is None
    assert grown.value() == {"text": "ab", "items": [1, 2], "number": 2, "created": 5, "child": {"a": 1, "b": 2}}


@pytest.mark.parametrize(
    ("begun", "piece", "grown"),
    [
        (None, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ("a", ["b"], ["b"]),
        (["a"], "b", "b"),
        (7, "b", "b"),
        (7, ["b"], ["b"]),
        ([1], [], [1]),
        (None, "", ""),
    ],
)
def test_a_field_grows_by_a_piece_of_its_kind_and_is_set_by_another(begun: Any, piece: Any, grown: Any) -> None:
    growing = GrowingObject({"field": begun, "other": 1})
    growing.grow("field", piece)

    assert growing.value() == {"field": grown, "other": 1}


def test_what_has_grown_is_not_replaced_by_nothing_but_by_another_value() -> None:
    growing = GrowingObject()
    for piece in ("a", "b"):
        growing.grow("text", piece)
    growing.put("text", "")
    growing.put("text", None)
    assert growing.value() == {"text": "ab"}

    growing.put("text", "c")
    assert growing.value() == {"text": "c"}


def test_a_list_grows_by_all_that_comes() -> None:
    growing = GrowingObject({"items": [1]})
    for piece in ([2], [3, 4]):
        growing.grow("items", piece)

    assert growing.value() == {"items": [1, 2, 3, 4]}


def test_a_child_is_merged_with_what_is_set_later() -> None:
    growing = GrowingObject()
    growing.child("child", GrowingObject).put("a", 1)
    growing.put("child", {"b": 2})

    assert growing.value() == {"child": {"a": 1, "b": 2}}


def test_every_grower_says_what_it_holds() -> None:
    with pytest.raises(NotImplementedError):
        Grower().value()
