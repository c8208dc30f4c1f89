"""Tiers and end users."""

from __future__ import annotations

import hashlib
from typing import Any, TypeAlias

import pytest

from llm_transcode import Options
from llm_transcode.losses import Recorder
from llm_transcode.pairs.messages_chat.serving import tier_to_chat, tier_to_messages
from tests.pitfalls.conversions import request_to_chat, request_to_messages

JsonObject: TypeAlias = dict[str, Any]
FAST = Options(map_fast=True)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def asked(fields: JsonObject, options: Options | None = None) -> tuple[JsonObject, list[tuple[str, str]]]:
    """What a Chat request says of how it is to be served, and the losses."""
    body, losses = request_to_messages(fields, options)
    return {name: body[name] for name in ("service_tier", "speed", "metadata") if name in body}, losses


@pytest.mark.parametrize(
    ("tier", "expected", "is_lost"),
    [
        ("auto", {"service_tier": "auto"}, False),
        ("default", {"service_tier": "standard_only"}, False),
        ("priority", {"service_tier": "auto"}, True),
        ("fast", {"service_tier": "auto"}, True),
        ("flex", {}, True),
    ],
)
def test_tiers_to_messages(tier: str, expected: JsonObject, is_lost: bool) -> None:
    assert asked({"service_tier": tier}) == (expected, [("service_tier", "$.service_tier")] if is_lost else [])


@pytest.mark.parametrize("tier", ["priority", "fast"])
def test_tiers_that_cost_money_to_messages(tier: str) -> None:
    assert asked({"service_tier": tier}, FAST) == ({"speed": "fast"}, [])


@pytest.mark.parametrize(
    ("fields", "user", "losses"),
    [
        ({"user": "u1"}, "u1", []),
        ({"safety_identifier": "u1"}, "u1", []),
        ({"safety_identifier": "u1", "user": "u1"}, "u1", []),
        ({"safety_identifier": "u1", "user": ""}, "u1", []),
        ({"safety_identifier": "u1", "user": "u2"}, "u1", [("user_id", "$.user")]),
        ({"safety_identifier": "", "user": "u2"}, "u2", []),
        ({"user": "a" * 256}, "a" * 256, []),
        ({"user": "a" * 257}, hashed("a" * 257), [("user_id", "$.user")]),
        ({"user": "jane@example.com"}, hashed("jane@example.com"), [("user_id", "$.user")]),
        ({"safety_identifier": "+1 (555) 555-0100"}, hashed("+1 (555) 555-0100"), [("user_id", "$.safety_identifier")]),
        ({"user": "123456"}, "123456", []),
    ],
)
def test_users_to_messages(fields: JsonObject, user: str, losses: list[tuple[str, str]]) -> None:
    assert asked(fields) == ({"metadata": {"user_id": user}}, losses)


@pytest.mark.parametrize("length", [128, 129])
def test_users_to_chat(length: int) -> None:
    body, losses = request_to_chat({"metadata": {"user_id": "a" * length}})

    assert body["safety_identifier"] == ("a" * 128 if length == 128 else hashed("a" * 129))
    assert losses == ([] if length == 128 else [("user_id", "$.metadata.user_id")])


USED_AT_ANTHROPIC = [("standard", "default"), ("priority", "priority"), ("batch", None), (None, None), ("", None)]


@pytest.mark.parametrize(("tier", "expected"), USED_AT_ANTHROPIC)
def test_the_tier_that_served_to_chat(tier: str | None, expected: str | None) -> None:
    losses = Recorder()

    assert tier_to_chat(tier, ("usage", "service_tier"), losses) == expected
    assert [loss.kind for loss in losses] == (["dropped"] if expected is None and tier is not None else [])
    assert all(loss.detail for loss in losses)


@pytest.mark.parametrize(
    ("tier", "expected", "kinds"),
    [
        ("default", "standard", []),
        ("auto", "standard", ["approximated"]),
        ("priority", "priority", []),
        ("fast", "priority", ["approximated"]),
        ("flex", None, ["dropped"]),
        ("", None, ["dropped"]),
        (None, None, []),
    ],
)
def test_the_tier_that_served_to_messages(tier: str | None, expected: str | None, kinds: list[str]) -> None:
    losses = Recorder()

    assert tier_to_messages(tier, ("service_tier",), losses) == expected
    assert [loss.kind for loss in losses] == kinds
    assert all(loss.detail for loss in losses)
