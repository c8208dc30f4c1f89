"""Pitfalls of the names of models."""

from __future__ import annotations

from llm_transcode import Options, convert_request, convert_response

from .conversions import (
    HI,
    message,
    text,
)


def test_p171_the_caller_renames_and_the_reply_says_the_old_name() -> None:
    options = Options(models={"claude-opus-4-7[1m]": "gpt-5.6"}, now=lambda: 0)
    request = {"model": "claude-opus-4-7[1m]", "max_tokens": 64, "messages": [HI]}

    converted = convert_request(request, source="messages", target="chat", options=options)
    reply = {"id": "r1", "object": "chat.completion", "model": "gpt-5.6-2026-01-01", "choices": [{"message": {}}]}
    answer = convert_response(reply, source="chat", target="messages", context=converted.context)

    assert converted.to_dict()["model"] == "gpt-5.6"
    assert answer.to_dict()["model"] == "claude-opus-4-7[1m]"


def test_p171_without_renaming_the_reply_says_what_the_backend_says() -> None:
    request = {"model": "claude-haiku-4-5", "messages": [HI]}

    converted = convert_request(request, source="chat", target="messages")
    reply = message(text("hi"), model="claude-haiku-4-5-20251001")
    answer = convert_response(reply, source="messages", target="chat", context=converted.context)

    assert answer.to_dict()["model"] == "claude-haiku-4-5-20251001"


def test_p171_a_model_named_in_the_address_is_renamed_too() -> None:
    options = Options(dialect="bedrock", models={"claude": "anthropic.claude-opus-4-8"})

    converted = convert_request(
        {"model": "claude", "messages": [HI]}, source="chat", target="messages", options=options
    )
    answer = convert_response(
        message(text("hi"), model="claude-opus-4-8"), source="messages", target="chat", context=converted.context
    )

    assert "model" not in converted.to_dict()
    assert answer.to_dict()["model"] == "claude"
