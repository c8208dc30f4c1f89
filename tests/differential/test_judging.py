"""What the comparison counts against a converter, on documents made up here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.corpus import Case

from .asking import MODELS, asked
from .judging import Verdict, judge
from .plain_schemas import plain_schema

_SOURCE: dict[str, Any] = {"model": "m", "max_tokens": 9, "top_k": 3, "messages": [{"role": "user", "content": "?"}]}


def _case(root: Path) -> Case:
    (root / "request.json").write_text(json.dumps(_SOURCE), "utf-8")
    return Case(root, "request.json", "request", "messages", 200)


def _answered(root: Path, told: list[str], **more: Any) -> Verdict:
    answer = {"model": MODELS["chat"], "max_completion_tokens": 9, "messages": _SOURCE["messages"], **more}
    return judge("other", _case(root), {"text": json.dumps(answer), "told": told})


def test_every_converter_gets_a_model_of_the_target() -> None:
    body = json.dumps(_SOURCE).encode()
    assert json.loads(asked("request", "messages", body)) == {**_SOURCE, "model": MODELS["chat"]}
    assert asked("response", "messages", body) == body


def test_what_is_lost_without_a_word_is_silent(tmp_path: Path) -> None:
    verdict = _answered(tmp_path, [])
    assert verdict.changed == verdict.silent == {"top_k missing"}
    assert not verdict.invalid
    assert not verdict.strays


def test_any_warning_counts_for_the_others(tmp_path: Path) -> None:
    verdict = _answered(tmp_path, ["top_k is not supported"])
    assert verdict.changed == {"top_k missing"}
    assert not verdict.silent


def test_a_field_that_the_target_does_not_know_is_a_stray(tmp_path: Path) -> None:
    assert _answered(tmp_path, [], top_k=3).strays


@pytest.mark.parametrize(("by", "fate"), [("KeyError", "crashed"), ("ValidationError", "refused")])
def test_what_was_raised_first_tells_crashes_from_refusals(tmp_path: Path, by: str, fate: str) -> None:
    assert judge("other", _case(tmp_path), {"raised": "TheirError", "by": by}).fate == fate


def test_schemas_that_bind_alike_are_alike() -> None:
    named = {"$defs": {"A": {"type": "string", "title": "A"}}, "properties": {"title": {"$ref": "#/$defs/A"}}}
    assert plain_schema({**named, "title": "B", "required": []}) == {"properties": {"title": {"type": "string"}}}
    assert plain_schema({"type": "object"}) != plain_schema({"type": "object", "additionalProperties": False})


def test_a_schema_that_holds_itself_stays_finite() -> None:
    node = {"properties": {"next": {"$ref": "#/$defs/N"}}}
    assert plain_schema({"$defs": {"N": node}, "$ref": "#/$defs/N"}) == node
