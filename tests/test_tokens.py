"""The event by which a token is passed on: its bytes, and who takes note of it."""

from __future__ import annotations

import json
from typing import Final

import pytest

from llm_transcode.json_text import Template
from llm_transcode.tokens import Growth, Note

TEXTS: Final = ["word", 'a "quoted" \\ line\n', "\u00e9 \U0001f600", "\ud83d"]


def growth(note: Note | None = None) -> Growth:
    return Growth(("text", 0), Template({"said": Template.HOLE, "index": 0}), note)


@pytest.mark.parametrize("text", TEXTS)
def test_an_event_says_the_text(text: str) -> None:
    grown = growth().by(text)

    assert grown is not None
    assert json.loads(grown) == {"said": text, "index": 0}


def test_a_literal_is_written_as_it_is() -> None:
    assert growth().by_literal(b"a word") == growth().by("a word") == b'{"said":"a word","index":0}'


def test_what_stands_around_an_event_is_written_too() -> None:
    framed = growth()
    framed.frame(b"data: ", b"\n\n")

    assert framed.by_literal(b"a") == framed.by("a") == b'data: {"said":"a","index":0}\n\n'


def test_each_text_is_noted_once() -> None:
    said: list[str] = []
    noted = growth(said.append)
    noted.by("a")
    noted.by_literal(b"b")

    assert said == ["a", "b"]


def test_nothing_is_written_where_more_is_to_be_written() -> None:
    refusing = growth(lambda text: text != "a")

    assert refusing.by("a") is refusing.by_literal(b"a") is None
    assert refusing.by("b") == refusing.by_literal(b"b") == growth().by("b")
