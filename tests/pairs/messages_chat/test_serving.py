"""Tiers and end users."""

from __future__ import annotations

import hashlib
from typing import Any, TypeAlias

import pytest

from llm_transcode import Options
from llm_transcode.losses import Recorder
from llm_transcode.pairs.messages_chat.serving import tier_to_chat, tier_to_messages
from tests.pairs.messages_chat.conversions import rows, to_chat, to_messages

JsonObject: TypeAlias = dict[str, Any]
FAST = Options(map_fast=True)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


NO_TIER = ["dropped info service_tier $.service_tier"]


@pytest.mark.parametrize(
    ("tier", "expected", "losses"),
    [
        ("auto", {"service_tier": "auto"}, []),
        ("default", {"service_tier": "standard_only"}, []),
        ("priority", {"service_tier": "auto"}, NO_TIER),
        ("fast", {"service_tier": "auto"}, NO_TIER),
        ("flex", {}, NO_TIER),
        (None, {}, []),
    ],
)
def test_tiers_to_messages(tier: str | None, expected: JsonObject, losses: list[str]) -> None:
    assert to_messages({"service_tier": tier}) == (expected, losses)


@pytest.mark.parametrize(
    ("tier", "expected", "losses"),
    [
        ("priority", {"speed": "fast"}, []),
        ("fast", {"speed": "fast"}, []),
        ("default", {"service_tier": "standard_only"}, []),
        ("flex", {}, NO_TIER),
    ],
)
def test_tiers_where_money_may_be_spent_to_messages(tier: str, expected: JsonObject, losses: list[str]) -> None:
    assert to_messages({"service_tier": tier}, FAST) == (expected, losses)


SLOW = ["dropped warning service_tier $.speed"]


@pytest.mark.parametrize(
    ("fields", "options", "expected", "losses"),
    [
        ({"service_tier": "auto"}, None, {"service_tier": "auto"}, []),
        ({"service_tier": "standard_only"}, None, {"service_tier": "default"}, []),
        ({"service_tier": "of_tomorrow"}, None, {}, NO_TIER),
        ({"service_tier": None, "speed": None}, None, {}, []),
        ({"speed": "standard"}, None, {}, []),
        ({"speed": "standard"}, FAST, {}, []),
        ({"speed": "fast"}, None, {}, SLOW),
        ({"speed": "fast"}, FAST, {"service_tier": "fast"}, []),
        ({"speed": "fast", "service_tier": "standard_only"}, None, {"service_tier": "default"}, SLOW),
        ({"speed": "fast", "service_tier": "standard_only"}, FAST, {"service_tier": "fast"}, []),
    ],
)
def test_tiers_to_chat(fields: JsonObject, options: Options | None, expected: JsonObject, losses: list[str]) -> None:
    assert to_chat(fields, options) == (expected, losses)


HASHED = "approximated info user_id"


@pytest.mark.parametrize(
    ("fields", "user", "losses"),
    [
        ({"user": "u1"}, "u1", []),
        ({"safety_identifier": "u1"}, "u1", []),
        ({"safety_identifier": "u1", "user": "u1"}, "u1", []),
        ({"safety_identifier": "u1", "user": ""}, "u1", []),
        ({"safety_identifier": "u1", "user": "u2"}, "u1", ["dropped info user_id $.user"]),
        ({"safety_identifier": "", "user": "u2"}, "u2", []),
        ({"user": "a" * 256}, "a" * 256, []),
        ({"user": "a" * 257}, hashed("a" * 257), [f"{HASHED} $.user"]),
        ({"user": "jane@example.com"}, hashed("jane@example.com"), [f"{HASHED} $.user"]),
        ({"safety_identifier": "+1 (555) 555-0100"}, hashed("+1 (555) 555-0100"), [f"{HASHED} $.safety_identifier"]),
        ({"user": "123456"}, "123456", []),
    ],
)
def test_users_to_messages(fields: JsonObject, user: str, losses: list[str]) -> None:
    assert to_messages(fields) == ({"metadata": {"user_id": user}}, losses)


@pytest.mark.parametrize("fields", [{}, {"user": None}, {"user": ""}, {"safety_identifier": ""}])
def test_no_user_to_messages(fields: JsonObject) -> None:
    assert to_messages(fields) == ({}, [])


@pytest.mark.parametrize(
    ("user", "sent", "losses"),
    [
        ("a" * 128, "a" * 128, []),
        ("a" * 129, hashed("a" * 129), [f"{HASHED} $.metadata.user_id"]),
        ("jane@example.com", "jane@example.com", []),
    ],
)
@pytest.mark.parametrize(("dialect", "name"), [("openai", "safety_identifier"), ("compatible", "user")])
def test_users_to_chat(user: str, sent: str, losses: list[str], dialect: str, name: str) -> None:
    assert to_chat({"metadata": {"user_id": user}}, Options(dialect=dialect)) == ({name: sent}, losses)


@pytest.mark.parametrize("metadata", [{}, {"user_id": None}, {"user_id": ""}, None])
def test_no_user_to_chat(metadata: JsonObject | None) -> None:
    assert to_chat({"metadata": metadata}) == ({}, [])


UNSERVED = ["dropped info service_tier $.usage.service_tier"]


@pytest.mark.parametrize(
    ("tier", "expected", "losses"),
    [
        ("standard", "default", []),
        ("priority", "priority", []),
        ("batch", None, UNSERVED),
        ("", None, UNSERVED),
        (None, None, []),
    ],
)
def test_the_tier_that_served_to_chat(tier: str | None, expected: str | None, losses: list[str]) -> None:
    recorder = Recorder()

    assert tier_to_chat(tier, ("usage", "service_tier"), recorder) == expected
    assert rows(recorder) == losses


RENAMED = ["approximated info service_tier $.service_tier"]


@pytest.mark.parametrize(
    ("tier", "expected", "losses"),
    [
        ("default", "standard", []),
        ("auto", "standard", RENAMED),
        ("priority", "priority", []),
        ("fast", "priority", RENAMED),
        ("flex", None, NO_TIER),
        ("", None, NO_TIER),
        (None, None, []),
    ],
)
def test_the_tier_that_served_to_messages(tier: str | None, expected: str | None, losses: list[str]) -> None:
    recorder = Recorder()

    assert tier_to_messages(tier, ("service_tier",), recorder) == expected
    assert rows(recorder) == losses
