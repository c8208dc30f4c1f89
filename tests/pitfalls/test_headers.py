"""Pitfalls of HTTP headers."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Final

from llm_transcode import convert_request_headers, convert_response_headers

NOW: Final = datetime(2026, 11, 24, 12, 0, 0, tzinfo=timezone.utc)
BETA: Final = {"anthropic-beta": "context-management-2025-06-27"}


def test_p153_beta_names_pass_and_are_merged() -> None:
    headers = [*BETA.items(), ("anthropic-beta", "Files-API-2025-04-14, context-management-2025-06-27")]

    converted = convert_request_headers(headers, source="messages", target="messages")

    assert converted["anthropic-beta"] == "context-management-2025-06-27,files-api-2025-04-14"


def test_p154_p155_beta_names_never_reach_a_chat_backend() -> None:
    """Nor do the body fields that need them: the converter of requests drops and records those."""
    assert convert_request_headers(BETA, source="messages", target="chat") == {}


def test_p155_nothing_is_taken_away_within_messages() -> None:
    assert convert_request_headers(BETA, source="messages", target="messages").items() >= BETA.items()


def test_p156_the_bearer_wins_and_goes_where_the_target_looks() -> None:
    both = {"x-api-key": "stale", "authorization": "Bearer key"}
    versioned = {"anthropic-version": "2023-06-01"}

    assert convert_request_headers(both, source="messages", target="chat") == {"authorization": "Bearer key"}
    assert convert_request_headers(both, source="chat", target="messages") == {**versioned, "x-api-key": "key"}


def test_p157_the_version_is_always_there() -> None:
    assert convert_request_headers({}, source="chat", target="messages") == {"anthropic-version": "2023-06-01"}


def test_p158_clients_can_back_off() -> None:
    headers = {
        "retry-after": "7",
        "request-id": "req_1",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-24T12:06:00Z",
        "anthropic-ratelimit-unified-status": "rejected",
    }

    assert convert_response_headers(headers, source="messages", target="chat", now=NOW) == {
        "retry-after": "7",
        "anthropic-ratelimit-unified-status": "rejected",
        "x-request-id": "req_1",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "6m0s",
    }
