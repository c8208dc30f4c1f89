"""JSON text: copying values, writing them back, and documents that differ in one text."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from llm_transcode import InvalidPayload, chat
from llm_transcode.json_text import (
    Template,
    clone,
    dump_checked,
    dump_json,
    is_array,
    is_finite,
    is_object,
    parse_json,
    render_path,
    tag_of,
)


@pytest.mark.parametrize(
    "text", ["", "word", 'a "quoted" \\ line\n', "é 漢 😀", Template.HOLE, "\ud83d", "NaN and Infinity"]
)
def test_a_template_writes_what_the_whole_document_would_be(text: str) -> None:
    def document(said: str) -> dict[str, object]:
        return {"index": 0, "delta": {"content": said}, "usage": None}

    filled = Template(document(Template.HOLE)).filled(text)

    assert json.loads(filled) == document(text)
    if text.isprintable():
        assert filled == dump_json(document(text))


def test_the_place_of_a_template_is_the_last_one() -> None:
    """What an upstream calls itself stands before it, and may be anything."""
    template = Template({"id": Template.HOLE, "text": Template.HOLE})

    assert json.loads(template.filled("word")) == {"id": Template.HOLE, "text": "word"}


def test_a_copy_shares_nothing_that_can_change() -> None:
    source: dict[str, Any] = {"list": [1, {"deep": [True, None, 0.5, "text"]}], "empty": {}}

    copy = clone(source)

    assert copy == source
    assert copy["list"] is not source["list"]
    assert copy["list"][1]["deep"] is not source["list"][1]["deep"]
    assert copy["empty"] is not source["empty"]


def test_a_copy_is_made_of_pythons_own_objects_and_arrays() -> None:
    model = chat.UserMessage.parse({"role": "user", "content": "hi"})

    assert clone(MappingProxyType({"a": (1, MappingProxyType({})), "b": model})) == {
        "a": [1, {}],
        "b": {"role": "user", "content": "hi"},
    }


@pytest.mark.parametrize(
    ("copy", "number", "name"),
    [
        *((copy, float(name), name) for copy in (clone, dump_json, dump_checked) for name in ("inf", "-inf")),
        *((copy, float("nan"), "nan") for copy in (clone, dump_json)),
    ],
)
def test_a_number_that_json_cannot_hold_is_refused_where_it_stands(
    copy: Callable[[Any], Any], number: float, name: str
) -> None:
    for value, path in (({"a": [1, {"b": number}]}, "$.a[1].b"), (number, "$")):
        with pytest.raises(InvalidPayload) as refused:
            copy(value)
        assert (refused.value.path, refused.value.reason) == (
            path,
            f"expected a number that JSON can hold, got {name}",
        )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1, 2.0], "a": {"c": None, "d": True}}, b'{"b":[1,2.0],"a":{"c":null,"d":true}}'),
        ("é 漢 😀", '"é 漢 😀"'.encode()),
        (["Infinity", "NaN"], b'["Infinity","NaN"]'),
        ({"b": "\ud83d", "a": ["é"]}, rb'{"b":"\ud83d","a":["\u00e9"]}'),
    ],
)
def test_json_is_written_compactly_and_in_order(value: Any, text: bytes) -> None:
    assert dump_json(value) == text
    assert dump_checked(value) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"b":1,"a":[1.0,true,null]}', {"b": 1, "a": [1.0, True, None]}),
        (' "x" ', "x"),
        ('\ufeff{"a":1}', {"a": 1}),
        ('{"a":"line\nline\ttab\x00"}', {"a": "line\nline\ttab\0"}),
        ('\ufeff{"a":"line\nline"}', {"a": "line\nline"}),
    ],
)
def test_json_is_read_with_the_deviations_that_lose_nothing(text: str, value: Any) -> None:
    for data in (text, text.encode(), bytearray(text, "utf-8"), memoryview(text.encode())):
        assert parse_json(data) == value


def test_numbers_keep_their_spelling() -> None:
    assert [repr(number) for number in parse_json("[1, 1.0, -0, 1e2, 12345678901234567890]")] == [
        "1",
        "1.0",
        "0",
        "100.0",
        "12345678901234567890",
    ]


@pytest.mark.parametrize(
    "text", ["", " ", "{", '{"a":1}x', "{'a':1}", "nul", "NaN", "[Infinity]", '{"a":-Infinity}', '["\x01",NaN]']
)
def test_what_is_no_json_is_refused(text: str) -> None:
    for data in (text, text.encode()):
        with pytest.raises(InvalidPayload, match=r"^\$: expected JSON: .") as refused:
            parse_json(data)
        assert "NoneType" not in refused.value.reason


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidPayload, match=r"^\$: expected JSON: invalid unicode"):
        parse_json(b'{"a":"\xff"}')


@pytest.mark.parametrize("data", [b"[" * 100_000, '{"a":' * 100_000, b"[" * 1000 + b"]" * 1000])
def test_nesting_without_end_is_refused(data: bytes | str) -> None:
    with pytest.raises(InvalidPayload, match=r"^\$: nested too deeply$"):
        parse_json(data)


def test_nesting_without_end_is_not_copied() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(InvalidPayload, match=r"^\$: nested too deeply$"):
        clone(value)


def test_a_text_with_half_a_surrogate_pair_is_read() -> None:
    """A server that cuts a pair apart sends its halves escaped; what was parsed and is parsed again holds them bare."""
    assert parse_json('{"a": "\ud83d"}') == parse_json(b'{"a": "\\ud83d"}') == {"a": "\ud83d"}


@pytest.mark.parametrize("data", ["\ud83d", '{"a": "\ud83d}', "[\ud83d]"])
def test_half_a_surrogate_pair_is_no_json(data: str) -> None:
    with pytest.raises(InvalidPayload, match=r"^\$: expected JSON: half a surrogate pair$"):
        parse_json(data)


def test_json_in_a_view_of_bytes() -> None:
    assert parse_json(memoryview(b" [1]")[1:]) == [1]


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_what_is_no_json_is_not_copied(value: object) -> None:
    with pytest.raises(InvalidPayload, match=f"expected a JSON value, got {type(value).__name__}") as refused:
        clone({"a": [value]})

    assert refused.value.path == "$.a[0]"


def test_a_path_is_written_as_json_path() -> None:
    assert render_path(("messages", 3, "input", "a b", "ü", "")) == '$.messages[3].input["a b"].ü[""]'


@pytest.mark.parametrize("key", [1, None, ("a",)])
def test_a_key_that_is_no_string_is_refused_where_it_stands(key: object) -> None:
    with pytest.raises(InvalidPayload) as refused:
        clone({"a": [{key: 1}]})

    assert (refused.value.path, refused.value.reason) == ("$.a[0]", f"expected a string as key, got {key!r}")


@pytest.mark.parametrize(
    ("value", "an_object", "an_array"), [({}, True, False), ([], False, True), ((), False, False), ("", False, False)]
)
def test_which_values_are_objects_and_arrays(value: Any, an_object: bool, an_array: bool) -> None:
    assert (is_object(value), is_array(value)) == (an_object, an_array)


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ({"type": "text"}, "text"),
        ({"type": 5}, 5),
        ({"type": None}, None),
        ({}, None),
        ("type", None),
        ([], None),
        (None, None),
    ],
)
def test_the_tag_of_a_value(value: Any, tag: Any) -> None:
    assert tag_of(value, "type") == tag


@pytest.mark.parametrize(
    ("text", "finite"),
    [
        ("1e400", False),
        ('{"a":[1,{"b":-1e400}]}', False),
        ("[1,[2,[1e999]]]", False),
        ("1e300", True),
        ('{"a":[1,{"b":0.5}],"c":null}', True),
        ('"1e400"', True),
        ("[]", True),
    ],
)
def test_whether_what_was_read_can_be_written_again(text: str, finite: bool) -> None:
    assert is_finite(parse_json(text)) is finite
