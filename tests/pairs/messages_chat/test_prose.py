"""Texts and thoughts of a Messages stream: what is held comes out whole, and what was said is known again."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode.pairs.messages_chat.prose import Prose, from_utf8, utf8
from tests.streams import (
    JsonObject,
    call,
    chunk,
    content_of,
    text_block,
    thinking_block,
    to_messages,
    tool_block,
    usage_chunk,
)

OPEN: Final = chunk(call(0, "a", "f", '{"x":'))
CLOSE: Final = chunk(call(0, arguments="1}"))
END: Final = (chunk(finish="tool_calls"), usage_chunk())
TEXTS: Final = ["plain", "é 漢 😀", "half \ud83d", "\udc00\ud83d", "a\x00b"]


@pytest.mark.parametrize("text", TEXTS)
def test_bytes_keep_every_text_that_json_can_say(text: str) -> None:
    assert from_utf8(utf8(text)) == from_utf8(bytearray(utf8(text))) == text


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_waits_for_a_call_comes_out_as_it_was(text: str) -> None:
    stream = to_messages(OPEN, chunk({"content": text}), CLOSE, *END)

    assert stream.events[1:-2] == [*tool_block(0, "a", "f", '{"x":', "1}"), *text_block(1, text)]


@pytest.mark.parametrize("text", TEXTS)
def test_a_thought_that_waits_for_a_call_comes_out_as_it_was(text: str) -> None:
    stream = to_messages(OPEN, chunk({"reasoning_content": text}), CLOSE, *END)

    assert stream.events[1:-2] == [*tool_block(0, "a", "f", '{"x":', "1}"), *thinking_block(1, text)]


def test_pieces_that_wait_are_one_text() -> None:
    stream = to_messages(OPEN, chunk({"content": "a"}), chunk({"content": "b"}), CLOSE, chunk({"content": "c"}), *END)

    assert content_of(stream.events)[1:] == [{"type": "text", "text": "abc"}]


@pytest.mark.parametrize("pieces", [["ab", "c"], ["a", "bc"], ["abc"], ["", "abc", ""]])
def test_what_was_said_is_known_however_it_was_cut(pieces: list[str]) -> None:
    said = Prose("thinking")
    for piece in pieces:
        said.note(piece)

    assert said.said("abc")
    assert not any(said.said(other) for other in ("", "ab", "abcd", "acb", "abd", "ABC"))


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_said_is_known_in_every_script(text: str) -> None:
    said = Prose("thinking")
    said.note(text)

    assert said.said(text)
    assert not said.said(text[:-1] + "x")


def test_nothing_was_said_at_first() -> None:
    assert Prose("text").said("")
    assert not Prose("text").said("a")


@pytest.mark.parametrize("text", ["hm", "é 漢 😀", "\ud83d"])
def test_a_thought_that_is_repeated_with_its_signature_is_said_once(text: str) -> None:
    entry: JsonObject = {"type": "reasoning.text", "text": text, "signature": "eA", "index": 0}

    stream = to_messages(
        chunk({"reasoning": text}), chunk({"reasoning_details": [entry]}), chunk(finish="stop"), usage_chunk()
    )

    assert content_of(stream.events) == [{"type": "thinking", "thinking": text, "signature": "eA"}]
