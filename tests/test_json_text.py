"""JSON text: copying values, writing them back, and documents that differ in one text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llm_transcode import InvalidPayload
from llm_transcode.json_text import Template, clone, dump_json


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
