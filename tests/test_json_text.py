"""JSON text: copying values, writing them back, and documents that differ in one text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llm_transcode import InvalidPayload
from llm_transcode.json_text import Template, clone, dump_json, parse_json, render_path


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


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_hold_is_refused_where_it_stands(number: float) -> None:
    with pytest.raises(InvalidPayload) as refused:
        dump_json({"a": [1, {"b": number}]})

    assert refused.value.path == "$.a[1].b"


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
