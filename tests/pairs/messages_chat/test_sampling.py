"""Limits and sampling parameters."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from llm_transcode import Options, Unsupported
from llm_transcode.options import DEFAULT_MAX_TOKENS
from tests.pitfalls.conversions import request_to_chat, request_to_messages

JsonObject: TypeAlias = dict[str, Any]
Losses: TypeAlias = list[tuple[str, str]]

FREE = "claude-sonnet-4-20250514"
ONE_OF = "claude-sonnet-4-5"
ADAPTIVE = "claude-sonnet-4-6"
NONE = "claude-opus-4-7"


def to_messages(model: str, **fields: Any) -> tuple[JsonObject, Losses]:
    """The sampling parameters that come along, and the losses."""
    body, losses = request_to_messages({"model": model, "max_completion_tokens": 9000, **fields})
    return {name: body[name] for name in ("temperature", "top_p", "top_k") if name in body}, losses


def lost(*names: str) -> Losses:
    return [("sampling", f"$.{name}") for name in names]


@pytest.mark.parametrize(
    ("model", "fields", "expected", "losses"),
    [
        (FREE, {"temperature": 0.5, "top_p": 0.9, "top_k": 5}, {"temperature": 0.5, "top_p": 0.9, "top_k": 5}, []),
        (FREE, {"temperature": 1}, {"temperature": 1}, []),
        (FREE, {"temperature": 1.5}, {"temperature": 1}, lost("temperature")),
        (FREE, {"temperature": 0}, {"temperature": 0}, []),
        (FREE, {"top_p": 1}, {"top_p": 1}, []),
        (FREE, {"temperature": 0.5, "top_p": 1}, {"temperature": 0.5}, []),
        (ONE_OF, {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5}, lost("top_p")),
        (ONE_OF, {"top_p": 0.9}, {"top_p": 0.9}, []),
        (NONE, {"temperature": 0.5, "top_p": 0.9, "top_k": 5}, {}, lost("temperature", "top_p", "top_k")),
        (NONE, {"temperature": 1, "top_p": 1}, {}, []),
    ],
)
def test_to_messages(model: str, fields: JsonObject, expected: JsonObject, losses: Losses) -> None:
    assert to_messages(model, **fields) == (expected, losses)


@pytest.mark.parametrize("model", [FREE, ADAPTIVE])
@pytest.mark.parametrize(
    ("fields", "expected", "losses"),
    [
        ({"temperature": 0.5}, {}, lost("temperature")),
        ({"temperature": 1}, {"temperature": 1}, []),
        ({"top_p": 0.95}, {"top_p": 0.95}, []),
        ({"top_p": 0.94}, {}, lost("top_p")),
        ({"top_p": 1}, {}, []),
        ({"top_k": 5}, {}, lost("top_k")),
    ],
)
def test_to_messages_beside_thinking(model: str, fields: JsonObject, expected: JsonObject, losses: Losses) -> None:
    assert to_messages(model, reasoning_effort="low", **fields) == (expected, losses)


@pytest.mark.parametrize(
    ("fields", "limit", "losses"),
    [
        ({"max_completion_tokens": 5, "max_tokens": 5}, 5, []),
        ({"max_completion_tokens": 5, "max_tokens": 6}, 5, [("max_tokens", "$.max_tokens")]),
        ({"max_completion_tokens": None, "max_tokens": 6}, 6, []),
        ({"max_completion_tokens": None}, DEFAULT_MAX_TOKENS, [("max_tokens", "$.max_tokens")]),
    ],
)
def test_limits_to_messages(fields: JsonObject, limit: int, losses: Losses) -> None:
    body, found = request_to_messages(fields)

    assert (body["max_tokens"], found) == (limit, losses)


@pytest.mark.parametrize(("model", "limit"), [("claude-3-opus-20240229", 4096), (NONE, DEFAULT_MAX_TOKENS)])
def test_the_limit_that_was_not_given_is_one_that_the_model_takes(model: str, limit: int) -> None:
    body, _ = request_to_messages({"model": model, "max_completion_tokens": None})

    assert body["max_tokens"] == limit


@pytest.mark.parametrize(
    ("stop", "expected", "losses"),
    [
        ("END", ["END"], []),
        (["a", " \n", "b"], ["a", "b"], [("stop_sequences", "$.stop[1]")]),
        (" ", None, [("stop_sequences", "$.stop")]),
        ([], None, []),
        (None, None, []),
    ],
)
def test_stop_sequences_to_messages(stop: Any, expected: list[str] | None, losses: Losses) -> None:
    body, found = request_to_messages({"stop": stop})

    assert (body.get("stop_sequences"), found) == (expected, losses)


@pytest.mark.parametrize(
    ("model", "fields", "expected", "losses"),
    [
        ("gpt-4o", {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5, "top_p": 0.9}, []),
        ("gpt-4o", {"top_k": 5}, {}, lost("top_k")),
        ("gpt-5", {"temperature": 0.5, "top_p": 0.9}, {}, lost("temperature", "top_p")),
        ("gpt-5", {"temperature": 1, "top_p": 1}, {}, []),
    ],
)
def test_to_chat(model: str, fields: JsonObject, expected: JsonObject, losses: Losses) -> None:
    body, found = request_to_chat({"model": model, **fields})

    assert {name: body[name] for name in ("temperature", "top_p", "top_k") if name in body} == expected
    assert found == losses


@pytest.mark.parametrize(
    ("model", "dialect", "number", "kept"),
    [
        ("gpt-4o", None, 4, 4),
        ("gpt-4o", None, 6, 4),
        ("gpt-4o", "glm", 2, 1),
        ("gpt-4o", "vllm", 9, 9),
        ("gpt-5", None, 1, 0),
        ("gpt-4o", None, 0, 0),
    ],
)
def test_stop_sequences_to_chat(model: str, dialect: str | None, number: int, kept: int) -> None:
    stops = [str(at) for at in range(number)]

    body, losses = request_to_chat({"model": model, "stop_sequences": stops}, Options(dialect=dialect))

    surplus = [f"$.stop_sequences[{at}]" for at in range(kept, number)] if kept else ["$.stop_sequences"] * bool(number)
    assert body.get("stop", []) == stops[:kept]
    assert losses == [("stop_sequences", path) for path in surplus]


@pytest.mark.parametrize(
    ("model", "dialect", "name"),
    [
        ("gpt-4o", "openai", "max_completion_tokens"),
        ("some-model", "compatible", "max_tokens"),
        ("gpt-5", "compatible", "max_completion_tokens"),
    ],
)
def test_the_name_of_the_limit(model: str, dialect: str, name: str) -> None:
    body, _ = request_to_chat({"model": model}, Options(dialect=dialect))

    assert {key: body[key] for key in body if key.startswith("max_")} == {name: 64}


def test_a_limit_of_0_is_no_request_for_an_answer() -> None:
    with pytest.raises(Unsupported, match=r"^\$\.max_tokens: "):
        request_to_chat({"max_tokens": 0})
