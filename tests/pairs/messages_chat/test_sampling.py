"""Limits and sampling parameters."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from llm_transcode import LossCode, Options, Unsupported, convert_request
from llm_transcode.facts import ModelFacts
from llm_transcode.options import DEFAULT_MAX_TOKENS
from tests.pairs.messages_chat.conversions import to_chat, to_messages
from tests.pitfalls.conversions import HI

JsonObject: TypeAlias = dict[str, Any]
Losses: TypeAlias = list[str]

FREE = "claude-sonnet-4-20250514"
ONE_OF = "claude-sonnet-4-5"
ADAPTIVE = "claude-sonnet-4-6"
NONE = "claude-opus-4-7"


def sampled(model: str, options: Options | None = None, **fields: Any) -> tuple[JsonObject, Losses]:
    """The sampling parameters that come along, and the losses."""
    body, losses = to_messages({"model": model, "max_completion_tokens": 9000, **fields}, options)
    return {name: body[name] for name in ("temperature", "top_p", "top_k") if name in body}, losses


def lost(*names: str) -> Losses:
    return [f"dropped warning sampling $.{name}" for name in names]


CLAMPED = ["approximated warning sampling $.temperature"]


@pytest.mark.parametrize(
    ("model", "fields", "expected", "losses"),
    [
        (FREE, {"temperature": 0.5, "top_p": 0.9, "top_k": 5}, {"temperature": 0.5, "top_p": 0.9, "top_k": 5}, []),
        (FREE, {"temperature": 1}, {"temperature": 1}, []),
        (FREE, {"temperature": 1.5}, {"temperature": 1}, CLAMPED),
        (FREE, {"temperature": 1.5, "top_p": 1}, {"temperature": 1}, CLAMPED),
        (FREE, {"top_p": 0.9}, {"top_p": 0.9}, []),
        (FREE, {"top_k": 5}, {"top_k": 5}, []),
        (FREE, {"temperature": 0}, {"temperature": 0}, []),
        (FREE, {"top_p": 1}, {"top_p": 1}, []),
        (FREE, {"temperature": 0.5, "top_p": 1}, {"temperature": 0.5}, []),
        (ONE_OF, {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5}, lost("top_p")),
        (ONE_OF, {"top_p": 0.9}, {"top_p": 0.9}, []),
        (NONE, {"temperature": 0.5, "top_p": 0.9, "top_k": 5}, {}, lost("temperature", "top_p", "top_k")),
        (NONE, {"temperature": 1, "top_p": 1}, {}, []),
        (NONE, {"top_p": 0.9}, {}, lost("top_p")),
        (NONE, {"top_k": 5}, {}, lost("top_k")),
    ],
)
def test_to_messages(model: str, fields: JsonObject, expected: JsonObject, losses: Losses) -> None:
    assert sampled(model, **fields) == (expected, losses)


def test_the_newer_version_of_the_api_refuses_them_for_every_model() -> None:
    fields = {"temperature": 0.5, "top_p": 0.9, "top_k": 5}

    outcome = sampled(FREE, Options(dialect="anthropic-2026-10-21"), **fields)

    assert outcome == ({}, lost("temperature", "top_p", "top_k"))


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
        ({"temperature": 1.5}, {}, lost("temperature")),
    ],
)
def test_to_messages_beside_thinking(model: str, fields: JsonObject, expected: JsonObject, losses: Losses) -> None:
    assert sampled(model, reasoning_effort="low", **fields) == (expected, losses)


INVENTED = ["invented info max_tokens $.max_tokens"]


@pytest.mark.parametrize(
    ("fields", "limit", "losses"),
    [
        ({"max_completion_tokens": 5, "max_tokens": 5}, 5, []),
        ({"max_completion_tokens": 5, "max_tokens": 6}, 5, ["dropped info max_tokens $.max_tokens"]),
        ({"max_completion_tokens": None, "max_tokens": 6}, 6, []),
        ({"max_completion_tokens": None}, DEFAULT_MAX_TOKENS, INVENTED),
    ],
)
def test_limits_to_messages(fields: JsonObject, limit: int, losses: Losses) -> None:
    assert to_messages({"max_completion_tokens": 64, **fields}) == ({"max_tokens": limit}, losses)


@pytest.mark.parametrize(
    ("facts", "wanted", "limit"),
    [
        (ModelFacts(max_tokens=4096), None, 4096),
        (ModelFacts(max_tokens=128_000), None, DEFAULT_MAX_TOKENS),
        (ModelFacts(), None, DEFAULT_MAX_TOKENS),
        (ModelFacts(max_tokens=4096), 9, 9),
        (ModelFacts(), 50_000, 50_000),
    ],
)
def test_a_limit_that_was_not_given(facts: ModelFacts, wanted: int | None, limit: int) -> None:
    options = Options(model_facts=facts, default_max_tokens=wanted)

    assert to_messages({"max_completion_tokens": None}, options) == ({"max_tokens": limit}, INVENTED)


def test_a_limit_that_was_not_given_is_said_in_the_loss() -> None:
    converted = convert_request({"model": "m", "messages": [HI]}, source="chat", target="messages")

    assert [loss.detail for loss in converted.losses if loss.path == "$.max_tokens"] == [
        f"Anthropic demands a limit; {DEFAULT_MAX_TOKENS} tokens is Options.default_max_tokens"
    ]


@pytest.mark.parametrize(
    ("stop", "expected", "losses"),
    [
        ("END", ["END"], []),
        (["a", " \n", "b"], ["a", "b"], ["dropped warning stop_sequences $.stop[1]"]),
        (" ", None, ["dropped warning stop_sequences $.stop"]),
        ([], None, []),
        (None, None, []),
    ],
)
def test_stop_sequences_to_messages(stop: Any, expected: list[str] | None, losses: Losses) -> None:
    fields = {} if expected is None else {"stop_sequences": expected}

    assert to_messages({"stop": stop}) == (fields, losses)


@pytest.mark.parametrize(
    ("model", "fields", "expected", "losses"),
    [
        ("gpt-4o", {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5, "top_p": 0.9}, []),
        ("gpt-4o", {"top_k": 5}, {}, lost("top_k")),
        ("gpt-5", {"temperature": 0.5, "top_p": 0.9}, {}, lost("temperature", "top_p")),
        ("gpt-5", {"temperature": 1, "top_p": 1}, {}, []),
        ("gpt-5", {"top_p": 0.9}, {}, lost("top_p")),
        ("gpt-4o", {"temperature": 1, "top_p": 1}, {"temperature": 1, "top_p": 1}, []),
        ("gpt-4o", {"temperature": None, "top_p": 0.9, "top_k": None}, {"top_p": 0.9}, []),
    ],
)
def test_to_chat(model: str, fields: JsonObject, expected: JsonObject, losses: Losses) -> None:
    assert to_chat({"model": model, **fields}) == (expected, losses)


def test_a_backend_that_takes_top_k() -> None:
    assert to_chat({"top_k": 5}, Options(dialect="qwen")) == ({"top_k": 5}, [])


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

    body, losses = to_chat({"model": model, "stop_sequences": stops}, Options(dialect=dialect))

    surplus = [f"$.stop_sequences[{at}]" for at in range(kept, number)] if kept else ["$.stop_sequences"] * bool(number)
    assert body.get("stop", []) == stops[:kept]
    assert losses == [f"dropped warning stop_sequences {path}" for path in surplus]


@pytest.mark.parametrize(
    ("model", "dialect", "name"),
    [
        ("gpt-4o", "openai", "max_completion_tokens"),
        ("some-model", "compatible", "max_tokens"),
        ("gpt-5", "compatible", "max_completion_tokens"),
    ],
)
def test_the_name_of_the_limit(model: str, dialect: str, name: str) -> None:
    assert to_chat({"model": model, "max_tokens": 64}, Options(dialect=dialect)) == ({name: 64}, [])


def test_a_limit_of_0_is_no_request_for_an_answer() -> None:
    with pytest.raises(Unsupported, match=r"^\$\.max_tokens: "):
        to_chat({"max_tokens": 0})


def test_a_limit_of_0_is_left_out_on_demand() -> None:
    options = Options(downgrade=frozenset({LossCode.MAX_TOKENS}))

    assert to_chat({"max_tokens": 0}, options) == ({}, ["dropped warning max_tokens $.max_tokens"])
