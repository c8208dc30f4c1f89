"""The words by which servers name errors."""

from __future__ import annotations

import pytest

from llm_transcode.messages import ERROR_TYPES
from llm_transcode.pairs.messages_chat.error_words import WORDS, type_of_words


@pytest.mark.parametrize("kind", sorted(ERROR_TYPES))
def test_a_type_of_messages_stands_for_itself(kind: str) -> None:
    assert type_of_words(kind) == kind


@pytest.mark.parametrize(("kind", "word"), [(kind, word) for kind, words in WORDS.items() for word in words])
def test_each_word_stands_for_its_type(kind: str, word: str) -> None:
    """One word never stands for two types, so that the order of the table means nothing."""
    assert type_of_words(word) == kind


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("insufficient_quota", "billing_error"),
        ("Arrearage", "billing_error"),
        ("rate_limit_exceeded", "rate_limit_error"),
        ("RESOURCE_EXHAUSTED", "rate_limit_error"),
        ("ThrottlingException", "rate_limit_error"),
        ("UNAVAILABLE", "overloaded_error"),
        ("model_not_found", "not_found_error"),
        ("INVALID_ARGUMENT", "invalid_request_error"),
        ("invalid_api_key", "authentication_error"),
        ("PERMISSION_DENIED", "permission_error"),
        ("DEADLINE_EXCEEDED", "timeout_error"),
        ("server_error", "api_error"),
    ],
)
def test_what_vendors_say(word: str, kind: str) -> None:
    assert type_of_words(word) == kind


@pytest.mark.parametrize(
    "word", ["RateLimitReached", "RATE_LIMIT_REACHED", "rate-limit reached", "rate.limit.reached", "rate_limit_reached"]
)
def test_words_are_known_in_every_spelling(word: str) -> None:
    assert type_of_words(word) == "rate_limit_error"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ((), None),
        ((None,), None),
        (("weather", None), None),
        (("invalid_request_error", "authentication_error"), "authentication_error"),
        (("authentication_error", "invalid_request_error"), "authentication_error"),
        (("api_error", "server_overloaded"), "overloaded_error"),
        (("forbidden", "overloaded"), "permission_error"),
        (("api_error", "invalid_request_error"), "api_error"),
        (("weather", "invalid_request_error"), "invalid_request_error"),
        ((None, "timeout"), "timeout_error"),
    ],
)
def test_the_first_word_counts_that_is_not_vague(words: tuple[str | None, ...], kind: str | None) -> None:
    assert type_of_words(*words) == kind


def test_only_the_beginning_of_a_word_is_read() -> None:
    """A vendor's type is a word; what is longer is a text, and is not looked through."""
    assert type_of_words("_" * 73 + "timeout") == "timeout_error"
    assert type_of_words("_" * 74 + "timeout") is None
    assert type_of_words("timeout" + "_" * 73 + "s") == "timeout_error"
