"""Prompts that are too long, in the words of many vendors."""

from __future__ import annotations

from typing import Any, Final

import pytest

from llm_transcode.converted import ConvertedError
from llm_transcode.pairs.failure import Failure
from llm_transcode.pairs.messages_chat.overflow import Overflow, find_overflow
from tests.pairs.messages_chat.failures import chat_error, messages_error, to_chat, to_messages

TOO_LONG: Final = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens."


def message_of(error: ConvertedError[Any]) -> str:
    message: str = error.to_dict()["error"]["message"]
    return message


# -- towards both protocols ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        (TOO_LONG, "9000 tokens > 8192"),
        ("This model's maximum context length is 4097 tokens, however you requested 5000 tokens", "5000 tokens > 4097"),
        (
            "This endpoint's maximum context length is 200000 tokens. However, you requested about 2500021 tokens",
            "2500021 tokens > 200000",
        ),
        (
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 8545 tokens.",
            "8545 tokens > 8192",
        ),
        ("prompt token count of 74490 exceeds the limit of 64000", "74490 tokens > 64000"),
        (
            "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
            "1196265 tokens > 1048575",
        ),
        (
            "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
            "537812 tokens > 131072",
        ),
        (
            "request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it",
            "9000 tokens > 4096",
        ),
        ("Your request exceeded model token limit: 262144 (requested: 291351)", "291351 tokens > 262144"),
        (
            "Prompt contains 40003 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
            "40003 tokens > 32768",
        ),
        (
            "Please reduce the length of the messages or completion. Current length is 10,000 while limit is 8,192",
            "10000 tokens > 8192",
        ),
        ("The prompt is too long: 140000, model maximum context length: 131071", "140000 tokens > 131071"),
        ("prompt too long; exceeded max context length by 1119046 tokens", None),
        ("Your input exceeds the context window of this model. Please adjust your input and try again.", None),
        ("Input is too long for requested model.", None),
        ("The total length of all messages is too long.", None),
        ("tokens to keep from the initial prompt is greater than the context length", None),
        ("input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000", None),
        ("Range of input length should be [1, 30720]", None),
    ],
)
@pytest.mark.parametrize("status", [None, 400, 413, 500, 502])
def test_p148_context_overflow_is_recognised_and_recognisable(
    message: str, numbers: str | None, status: int | None
) -> None:
    there = to_messages(status, chat_error(message))
    back = to_chat(there.status, there.to_dict())

    expected = (
        f"prompt is too long: {message}" if numbers is None else f"prompt is too long: {numbers} maximum. {message}"
    )
    assert (there.status, there.to_dict()["error"]["type"], message_of(there)) == (
        400,
        "invalid_request_error",
        expected,
    )
    assert (back.status, back.to_dict()["error"]["code"]) == (400, "context_length_exceeded")
    assert to_chat(status, messages_error("api_error", message)).to_dict()["error"]["code"] == "context_length_exceeded"


@pytest.mark.parametrize("code", ["context_length_exceeded", "too_many_prompt_tokens", "exceed_context_size_error"])
def test_p148_a_code_is_enough(code: str) -> None:
    for field in ("code", "type"):
        error = to_messages(429, chat_error("Shorten it.", **{field: code}))

        assert (error.status, message_of(error)) == (400, "prompt is too long: Shorten it.")


def test_p148_what_is_recognised_is_said_in_the_words_of_each_protocol() -> None:
    there = to_messages(413, chat_error(TOO_LONG, type="x", code=None))
    back = to_chat(413, messages_error("request_too_large", TOO_LONG))

    assert there.status == back.status == 400
    assert there.to_dict() == {
        "type": "error",
        "error": {
            "type": "invalid_request_error",
            "message": f"prompt is too long: 9000 tokens > 8192 maximum. {TOO_LONG}",
            "details": {"error_code": "x"},
        },
    }
    assert back.to_dict() == chat_error(TOO_LONG, code="context_length_exceeded")


def test_p148_a_code_tells_programs_what_the_wording_tells_people() -> None:
    there = to_messages(400, chat_error(TOO_LONG))

    assert there.to_dict()["error"]["details"] == {"error_code": "context_length_exceeded"}


def test_p148_anthropics_own_wording_stays() -> None:
    message = "prompt is too long: 210000 tokens > 200000 maximum"

    assert message_of(to_messages(400, chat_error(message))) == message
    chat = to_chat(400, messages_error("invalid_request_error", message)).to_dict()
    assert chat == chat_error(message, code="context_length_exceeded")


def test_p148_other_limits_are_no_overflow() -> None:
    for status, message in (
        (400, "max_tokens: 300000 > 64000, which is the maximum allowed number of output tokens"),
        (400, "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum"),
        (
            429,
            "Request too large on tokens per min (TPM): Limit 3000, Requested 4000. Reduce the length of the messages",
        ),
        (429, "Too many tokens, please wait before trying again."),
    ):
        assert to_messages(status, chat_error(message)).to_dict()["error"]["message"] == message
        assert to_messages(status, chat_error(message)).status == status
        assert to_chat(status, messages_error("rate_limit_error", message)).status == status


# -- what is recognised ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("prompt is too long: 2 tokens > 1 maximum", Overflow(2, 1)),
        ("PROMPT IS TOO LONG: 2 tokens > 1 maximum", Overflow(2, 1)),
        ("prompt is too long", Overflow()),
        ("maximum context length of 1 tokens, but your prompt has 2", Overflow(2, 1)),
        ("maximum context length is 1 tokens, but you requested a total of 2", Overflow(2, 1)),
        ("maximum context length is 1 tokens, but you passed 2", Overflow(2, 1)),
        ("Your prompt's maximum context length", Overflow()),
        ("prompt too long", Overflow()),
        ("Input is too long for the model.", Overflow()),
        ("input token count 2 exceeds the maximum number of input tokens allowed 1", Overflow(2, 1)),
        ("The input token count exceeds the maximum", Overflow()),
        ("The input token count of this request exceeds the maximum", Overflow()),
        ("The input (2 tokens) is longer than the model's context length (1 tokens).", Overflow(2, 1)),
        ("You passed 2 input tokens and asked for 9, but the context length is only 1.", Overflow(2, 1)),
        ("`inputs` tokens + `max_new_tokens` must be <= 1. Given: 2 `inputs` tokens and 9", Overflow(2, 1)),
        ("Trying to keep the first 2 tokens when the prompt has a context length of only 1", Overflow(2, 1)),
        ("invalid params, context window exceeds limit", Overflow()),
        ("Your request exceeds model token limit", Overflow()),
        ("Your request exceeded model token limit", Overflow()),
        ("input exceeds max length", Overflow()),
        ("input exceeded max length", Overflow()),
        ("input exceeds maximum length", Overflow()),
        ("input exceeds max context length", Overflow()),
        ("context_length_exceeded", Overflow()),
        ("Context Length Exceeded", Overflow()),
        ("Context window exceeded.", Overflow()),
        ("The context window is exceeded.", Overflow()),
        ("The context window was exceeded.", Overflow()),
        ("The context window has been exceeded.", Overflow()),
        ("Please reduce the length of either one.", Overflow()),
        ("Please reduce the length of the messages.", Overflow()),
        ("Please reduce the length of your prompt.", Overflow()),
        ("Please reduce the length of your input.", Overflow()),
        ("The number of tokens in the prompt cannot exceed what is left.", Overflow()),
        ("`inputs` must have less than 1000 tokens.", Overflow()),
        ("exceeds the available context size", Overflow()),
        ("This would exceed the model's context window.", Overflow()),
        ("exceeds the maximum context window", Overflow()),
        ("exceeds the context length", Overflow()),
        ("exceeds the model's context limit", Overflow()),
        ("There is a context window.", None),
        ("", None),
    ],
)
def test_wordings(message: str, found: Overflow | None) -> None:
    assert find_overflow(400, Failure(message)) == found


CODES: Final = (
    "context_length_exceeded",
    "ContextWindowExceededError",
    "context_window_exceeded",
    "exceed_context_size_error",
    "model_max_prompt_tokens_exceeded",
    "prompt_too_long",
    "too_many_prompt_tokens",
    "1261",
)


@pytest.mark.parametrize("word", CODES)
def test_a_code_or_a_type_says_so_whatever_the_status(word: str) -> None:
    assert find_overflow(429, Failure("no", code=word)) == Overflow()
    assert find_overflow(429, Failure("no", type=word, code="other")) == Overflow()
    assert find_overflow(429, Failure("prompt is too long: 2 tokens > 1 maximum", code=word)) == Overflow(2, 1)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 408, 409, 429])
def test_a_status_that_says_something_else_is_believed(status: int) -> None:
    assert find_overflow(status, Failure(TOO_LONG)) is None
    assert find_overflow(None, Failure(TOO_LONG, status=status)) is None
    assert find_overflow(400, Failure(TOO_LONG, status=status)) == Overflow(9000, 8192)


def test_only_the_beginning_of_a_message_is_searched() -> None:
    words = "prompt is too long"

    assert find_overflow(400, Failure(" " * (4000 - len(words)) + words)) == Overflow()
    assert find_overflow(400, Failure(" " * (4001 - len(words)) + words)) is None


@pytest.mark.parametrize(
    ("digits", "tokens"), [("1,234,567", 1_234_567), ("9" * 19, 10**19 - 1), ("9" * 20, None), ("9" * 3000, None)]
)
def test_a_number_that_no_prompt_can_have_is_none(digits: str, tokens: int | None) -> None:
    failure = Failure(f"prompt is too long: {digits} tokens > 1 maximum")

    assert find_overflow(400, failure) == Overflow(tokens, 1)


@pytest.mark.parametrize(
    ("overflow", "message", "worded"),
    [
        (Overflow(2, 1), "Prompt is too long.", "Prompt is too long."),
        (Overflow(2, 1), "Shorten it.", "prompt is too long: 2 tokens > 1 maximum. Shorten it."),
        (Overflow(0, 0), "Shorten it.", "prompt is too long: 0 tokens > 0 maximum. Shorten it."),
        (Overflow(2, None), "Shorten it.", "prompt is too long: Shorten it."),
        (Overflow(None, 1), "Shorten it.", "prompt is too long: Shorten it."),
        (Overflow(), "Shorten it.", "prompt is too long: Shorten it."),
    ],
)
def test_the_message_begins_with_anthropics_words(overflow: Overflow, message: str, worded: str) -> None:
    assert overflow.wording(message) == worded
