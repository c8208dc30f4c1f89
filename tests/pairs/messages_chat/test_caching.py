"""Marks for the prompt cache."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from llm_transcode import Options
from tests.pitfalls.conversions import request_to_chat, request_to_messages, text, user

JsonObject: TypeAlias = dict[str, Any]

MARKED = "$.messages[0].content[0]"


def to_messages(**marks: JsonObject) -> tuple[JsonObject, list[tuple[str, str]]]:
    """The text block that a marked text part becomes, and the losses."""
    body, losses = request_to_messages({"messages": [user(text("a", **marks))]})
    return body["messages"][0]["content"][0], losses


@pytest.mark.parametrize(
    ("mark", "expected", "lost"),
    [
        ({"mode": "explicit"}, {"type": "ephemeral"}, []),
        ({"mode": "explicit", "ttl": "30m"}, {"type": "ephemeral"}, []),
        ({"mode": "explicit", "ttl": "12h"}, {"type": "ephemeral", "ttl": "1h"}, []),
        ({"mode": "explicit", "ttl": "9d"}, {"type": "ephemeral"}, ["cache_control", ".ttl"]),
        ({"mode": "explicit", "of_tomorrow": 1}, {"type": "ephemeral"}, ["unknown_field", ".of_tomorrow"]),
    ],
)
def test_openais_mark(mark: JsonObject, expected: JsonObject, lost: list[str]) -> None:
    losses = [(lost[0], f"{MARKED}.prompt_cache_breakpoint{lost[1]}")] if lost else []

    assert to_messages(prompt_cache_breakpoint=mark) == (text("a", cache_control=expected), losses)


@pytest.mark.parametrize(
    ("mark", "lost"),
    [({"type": "ephemeral"}, []), ({"type": "ephemeral", "ttl": "1h"}, []), ({"type": "ephemeral", "x": 1}, [".x"])],
)
def test_anthropics_own_mark(mark: JsonObject, lost: list[str]) -> None:
    known = {name: value for name, value in mark.items() if name != "x"}
    losses = [("unknown_field", f"{MARKED}.cache_control{name}") for name in lost]

    assert to_messages(cache_control=mark) == (text("a", cache_control=known), losses)


def test_two_marks_in_the_same_place() -> None:
    block, losses = to_messages(cache_control={"type": "ephemeral"}, prompt_cache_breakpoint={"mode": "explicit"})

    assert block["cache_control"] == {"type": "ephemeral"}
    assert losses == [("cache_control", f"{MARKED}.prompt_cache_breakpoint")]


@pytest.mark.parametrize(
    ("dialect", "model", "ttl", "expected", "lost"),
    [
        ("openai", "gpt-6", None, {"prompt_cache_breakpoint": {"mode": "explicit"}}, []),
        ("openai", "gpt-6", "5m", {"prompt_cache_breakpoint": {"mode": "explicit"}}, []),
        ("openai", "gpt-6", "1h", {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}, []),
        ("openai", "gpt-6", "9d", {"prompt_cache_breakpoint": {"mode": "explicit"}}, [".ttl"]),
        ("openai", "gpt-4o", "1h", {}, [""]),
        ("openrouter", "gpt-4o", "1h", {"cache_control": {"type": "ephemeral", "ttl": "1h"}}, []),
        ("openrouter", "gpt-4o", None, {"cache_control": {"type": "ephemeral"}}, []),
        ("compatible", "gpt-6", None, {}, [""]),
    ],
)
def test_to_chat(dialect: str, model: str, ttl: str | None, expected: JsonObject, lost: list[str]) -> None:
    mark = {"type": "ephemeral"} if ttl is None else {"type": "ephemeral", "ttl": ttl}
    turns = [user(text("a", cache_control=mark), text("b"))]

    body, losses = request_to_chat({"messages": turns, "model": model}, Options(dialect=dialect))

    assert body["messages"][0]["content"][0] == text("a", **expected)
    assert losses == [("cache_control", f"{MARKED}.cache_control{name}") for name in lost]


@pytest.mark.parametrize("number", [4, 6])
def test_only_the_last_marks_are_kept(number: int) -> None:
    marked = [text(str(at), cache_control={"type": "ephemeral"}) for at in range(number)]

    body, losses = request_to_messages({"messages": [user(*marked)]})

    kept = ["cache_control" in block for block in body["messages"][0]["content"]]
    assert kept == [False] * (number - 4) + [True] * 4
    assert [code for code, _ in losses] == ["cache_control"] * (number - 4)
