"""Free text out of the JSON that wraps it, however it is cut."""

from __future__ import annotations

import json

import pytest

from llm_transcode.pairs.messages_chat.free_text import FreeTextReader


def read(*pieces: str) -> tuple[list[str], bool]:
    """What becomes of each piece and of the end, and whether there was a wrapper."""
    reader = FreeTextReader()
    return [*(reader.read(piece) for piece in pieces), reader.close()], reader.unwraps


TEXTS = {
    "nothing": "",
    "plain": "plain",
    "quotes": 'a "quoted" \\ text',
    "escapes": "line\nline\ttab\r\b\f/",
    "other scripts": "é 漢 😀",
    "a half pair before text": "\ud83d alone",
    "a half pair": "\ud83d",
    "half pairs around a whole one": "\udc00😀\ud83d",
    "controls": "\x00\x1f",
    "an object": "{}",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_the_text_comes_out_wherever_it_is_cut(name: str, ensure_ascii: bool) -> None:
    text = TEXTS[name]
    wrapped = json.dumps({"input": text}, ensure_ascii=ensure_ascii)

    assert read(wrapped) == ([text, ""], True)
    assert ("".join(read(*wrapped)[0]), read(*wrapped)[1]) == (text, True)
    for at in range(len(wrapped)):
        found, unwraps = read(wrapped[:at], wrapped[at:])
        assert ("".join(found), unwraps) == (text, True)


ESCAPES = [
    r"\/",
    r"\uabcd",
    r"\uABCD",
    r"\ud83d\ude00",
    r"\uD83D\uDE00",
    r"\udbff\udfff",
    r"\uDBFF\uDFFF",
    r"\uDABC",
    r"\ud9ab",
    r"\ud83d\n",
    r"\uD83D\\u0041",
    r"\uDE00",
]


@pytest.mark.parametrize("escape", ESCAPES)
def test_every_escape_of_json_is_text_wherever_it_is_cut(escape: str) -> None:
    wrapped = '{"input":"a' + escape + 'b"}'
    text = json.loads(wrapped)["input"]

    assert read(wrapped) == ([text, ""], True)
    assert "".join(read(*wrapped)[0]) == text
    for at in range(len(wrapped)):
        assert "".join(read(wrapped[:at], wrapped[at:])[0]) == text


def test_what_is_certain_comes_at_once() -> None:
    assert read('{"input":"a', "b", "\\", "n", "\\u00", "e9c", '"}', "rest") == (
        ["a", "b", "", "\n", "", "éc", "", "", ""],
        True,
    )


def test_nothing_after_the_end_is_text() -> None:
    assert read('{"input":"a"}', "and much that follows") == (["a", "", ""], True)


def test_what_might_be_an_escape_is_held_while_it_may_be_one() -> None:
    assert read('{"input":"', "\\x123456789", "0", "1") == (["", "", "\\x1234567890", "1", ""], True)


def test_the_wrapper_may_be_spaced() -> None:
    assert read(' {\n "input" : "a" } ') == (["a", ""], True)


@pytest.mark.parametrize(
    "text", ['{"other":"a"}', "no JSON", "[1]", '{"input":5}'], ids=["other field", "no JSON", "list", "number"]
)
def test_without_a_wrapper_everything_is_given_back(text: str) -> None:
    assert read(text) == (["", text], False)
    assert read(*text) == ([*[""] * len(text), text], False)


def test_without_a_wrapper_nothing_is_held_for_long() -> None:
    assert read("x" * 64, "y", "z") == (["", "x" * 64 + "y", "z", ""], False)


@pytest.mark.parametrize("text", ["", "{}", " {} ", "  "], ids=["none", "object", "spaced object", "blanks"])
def test_nothing_is_no_text(text: str) -> None:
    assert read(text) == (["", ""], True)


def test_what_is_no_escape_of_json_comes_as_it_is() -> None:
    assert "".join(read('{"input":"a\\x12345678901234"}')[0]) == "a\\x12345678901234"


def test_a_control_character_that_is_not_escaped() -> None:
    assert read('{"input":"a\nb"}') == (["a\nb", ""], True)


def test_a_text_that_is_cut_off() -> None:
    assert read('{"input":"abc') == (["abc", ""], True)
