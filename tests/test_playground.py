"""What the playground runs in the browser, run here: it gives what the library gives, and says where."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest
from docs.playground.bridge import answer
from docs.playground.paths import differences, parse_path, without

from llm_transcode import Options
from llm_transcode.json_text import render_path
from tests.golden.cases import ALL, DIRECTIONS, Case


def ask(do: str, case: Case, **more: Any) -> dict[str, Any]:
    source, target = DIRECTIONS[case.direction]
    settings = case.read("case.json")
    question = {
        "do": do,
        "kind": case.kind,
        "source": source,
        "target": target,
        "cut": "event",
        "name": case.place.name,
    }
    question |= {"text": case.source.read_text("utf-8"), "options": settings.get("options", {}), "request": ""}
    if case.kind == "error":
        error = json.loads(question["text"])
        question |= {"status": error["status"], "text": json.dumps(error["body"])}
    if "request" in settings:
        request = Case(case.place.parents[1] / settings["request"], case.direction)
        question["request"] = request.file(target).read_text("utf-8")
        question["options"] |= request.read("case.json").get("options", {})
    answered: dict[str, Any] = json.loads(answer(json.dumps(question | more)))
    return answered


_GOLDEN: Final = ("kind", "level", "code", "path")
"""What a golden case holds of a loss."""


def of_kind(*kinds: str) -> list[Case]:
    return [case for case in ALL if case.kind in kinds]


def name(case: Case) -> str:
    return f"{case.name}:{case.direction}"


@pytest.mark.parametrize("case", of_kind("request", "response", "models"), ids=name)
def test_a_document(case: Case) -> None:
    shown = ask("convert", case)

    document, losses = case.convert()
    if document is None:
        assert losses == {"error": shown["error"], "path": shown["path"]}
    else:
        assert [{name: row[name] for name in _GOLDEN} for row in shown["losses"]] == losses
        assert json.loads(shown["compact"]) == json.loads(shown["document"]) == json.loads(document)


@pytest.mark.parametrize("cut", ["event", "line", "bytes"])
@pytest.mark.parametrize("case", of_kind("stream"), ids=name)
def test_a_stream(case: Case, cut: str) -> None:
    shown = ask("convert", case, cut=cut)

    assert "".join(step["out"] for step in shown["steps"]) == case.convert().document
    assert shown["steps"][-1]["at"] == len(case.source.read_text("utf-8"))
    assert shown["finished"] is (shown["error"] is None)
    assert shown["steps"][-1]["target"] in ("stopped", "done", "failed")


@pytest.mark.parametrize("case", ALL, ids=name)
def test_an_exported_case_is_the_golden_one(case: Case) -> None:
    exported = ask("export", case)

    with zipfile.ZipFile(io.BytesIO(base64.b64decode(exported["zip"]))) as archive:
        files = {Path(member).name: archive.read(member).decode() for member in archive.namelist()}
    assert files[case.source.name] == case.source.read_text("utf-8")
    assert files.get(case.target.name) == case.convert().document
    assert json.loads(files["losses.json"]) == {case.direction: case.convert().losses}


def test_the_place_of_a_loss_in_the_result() -> None:
    case = next(case for case in ALL if name(case) == "request/failed_tool:to_chat")

    assert [row["targets"] for row in ask("convert", case)["losses"]] == [["$.messages[2].content"]]


def test_what_was_invented_has_its_own_place() -> None:
    case = next(case for case in ALL if name(case) == "request/no_limit:to_messages")

    assert [row["targets"] for row in ask("convert", case)["losses"]] == [["$.max_tokens"]]


def test_a_setting_that_makes_no_sense() -> None:
    shown = ask("convert", of_kind("request")[0], options={"dialect": "nobody"})

    assert shown["error"] == "ValueError"
    assert "nobody" in shown["reason"]


def test_every_option_has_a_control() -> None:
    described = json.loads(answer('{"do": "describe"}'))
    asked_elsewhere = {"dialect", "new_id", "now"}

    assert {option["name"] for option in described["options"]} == set(Options.__slots__) - asked_elsewhere
    assert all(option["help"] for option in described["options"])


@pytest.mark.parametrize("path", [(), ("a",), ("a", 0, "b"), ("a.b", "c[0]"), ('"', 12)])
def test_a_path(path: tuple[str | int, ...]) -> None:
    assert parse_path(render_path(path)) == path


@pytest.mark.parametrize(
    ("path", "rest"),
    [(("a",), {"b": 1}), (("a", 1), {"a": [0, {"c": 2}], "b": 1}), (("a", 2, "c"), {"a": [0, 1, {}], "b": 1})],
)
def test_a_document_without_a_part(path: tuple[str | int, ...], rest: Any) -> None:
    assert without({"a": [0, 1, {"c": 2}], "b": 1}, path) == rest


def test_differences_are_as_small_as_can_be() -> None:
    ours = {"a": [1, {"x": 1}, 3], "b": {"c": 1, "d": 2}, "e": None}
    theirs = {"a": [1, 3], "b": {"c": 1, "d": 3}, "e": None}

    assert differences(ours, theirs) == ["$.a[1]", "$.b.d"]
