"""Documents of a stream that say what the one before said, with another text in the same place.

Theory of operation. Nearly all documents of a stream carry one token, and differ from the one before in
nothing but its text. So the bytes before the text and those after it are remembered. A document that
begins and ends with the same bytes, and has exactly one JSON string in between, must say the same with
that string for its text: what a parser makes of the rest does not depend on what the string holds. Only
the string has to be parsed then.

Some vendors hide how long a token is by padding: spaces before the last brace, or letters and digits in a
field of their own. So one such place after the text may differ too.

Where the text and the padding are is not guessed from the bytes: the document is read once more with
marks in these places, and must be recognised as a token that says the mark.

This file knows no protocol.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from pydantic_core import from_json

from .json_text import Json, dump_finite

__all__ = ["Place", "Repeats", "Token"]

Place: TypeAlias = tuple[Literal["text", "thinking", "call"], int]
"""What a token adds to: its kind, and its number where the protocol gives it one."""

Token: TypeAlias = tuple[Place, str]
"""A place, and the text that is added there."""

_MARK: Final = "\0"
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SPACES: Final = b" "
_END_OF_VALUE: Final = re.compile(rb'"\s*[,}\]]')
"""How a string ends that is no name of a field."""

_LONGEST: Final = 2048
"""More bytes around a text are not remembered: that is no mere token."""

_MOST_MISSES: Final = 8
"""After so many tokens in a row that differ in more than their texts, the others are expected to do so too."""


class Repeats:
    """Remembers the last token of a stream. ``read`` recognises one in a parsed document, and has no effects."""

    __slots__ = ("_after", "_before", "_between", "_last", "_misses", "_padding", "_read", "place")

    def __init__(self, read: Callable[[Json], Token | None]) -> None:
        self.place: Place = ("text", 0)
        """Where the texts are added that `text_in` finds."""
        self._read = read
        self._before = b""
        """The bytes up to the text, with its opening quote; empty while nothing is known."""
        self._between = b""
        """The bytes from its closing quote to the padding; empty if there is none."""
        self._padding = b""
        """What padding may consist of."""
        self._after = b""
        """The bytes after the padding, or from the closing quote on."""
        self._last = (b"", b"")
        """The bytes around the text of the last token that was learnt."""
        self._misses = 0

    def text_in(self, data: bytes) -> str | None:
        """The text of a document that differs from the last token in nothing else."""
        before = self._before
        if not before or not data.startswith(before) or not data.endswith(self._after):
            return None
        end = len(data) - len(self._after)
        if self._between:
            end = self._end_before_padding(data, end)
        try:
            text: str = from_json(data[len(before) - 1 : end + 1])  # with both quotes, so that it is a string
        except ValueError:
            return None
        self._misses = 0
        return text

    def _end_before_padding(self, data: bytes, end: int) -> int:
        """Where the closing quote is, if there is no more than padding up to ``end``; else -1."""
        start = data.rfind(self._between, len(self._before), end)
        return start if not data[start + len(self._between) : end].strip(self._padding) else -1

    def learn(self, data: bytes, token: Token) -> None:
        """Remember a document that was recognised as a token."""
        place, text = token
        self._before = b""
        if place != self.place:
            self.place = place
            self._misses = 0
        elif self._misses == _MOST_MISSES:
            return
        self._misses += 1
        if len(data) - len(text) > _LONGEST:
            return
        before, rest = _around(data, text)
        (last_before, last_rest), self._last = self._last, (before, rest)
        if before and before == last_before and text != _MARK:
            self._compare(before, last_rest, rest)

    def _compare(self, before: bytes, last: bytes, rest: bytes) -> None:
        """Find out whether two tokens in a row differ after their texts in padding at most."""
        if rest == last:
            if self._is_marked(_parsed(before, rest)):
                self._before, self._between, self._after = before, b"", rest
            return
        between = _common_head(last, rest).rstrip(_LETTERS + _SPACES)
        after = _common_head(last[::-1], rest[::-1])[::-1].lstrip(_LETTERS + _SPACES)
        padding = self._padding_of(before, between, after)
        if padding:
            self._before, self._between, self._padding, self._after = before, between, padding, after

    def _padding_of(self, before: bytes, between: bytes, after: bytes) -> bytes:
        """What may stand after ``between`` and mean nothing; empty if it would mean something."""
        document = _parsed(before, between + b"x" + after)
        if document is None:  # outside of strings a letter is no JSON, and spaces mean nothing
            return _SPACES if self._is_marked(_parsed(before, between + b" " + after)) else b""
        return _LETTERS if _END_OF_VALUE.match(after) and self._is_marked(document) else b""

    def _is_marked(self, document: Json) -> bool:
        """Whether a document is a token that says the mark."""
        return self._read(document) == (self.place, _MARK)


def _around(data: bytes, text: str) -> tuple[bytes, bytes]:
    """The bytes around a text, with its quotes; empty if it is written in a way that is neither vendors' nor ours."""
    for literal in (dump_finite(text), json.dumps(text).encode()):
        before, found, rest = data.rpartition(literal)
        if found:
            return before + b'"', b'"' + rest
    return b"", b""


def _parsed(before: bytes, rest: bytes) -> Json:
    """What a document says with the mark for its text; None if it is no JSON then."""
    try:
        return from_json(before + json.dumps(_MARK)[1:-1].encode() + rest, allow_inf_nan=False)
    except ValueError:
        return None


def _common_head(one: bytes, other: bytes) -> bytes:
    """What the beginnings of both have in common."""
    size = bisect_left(range(len(one)), True, key=lambda at: not other.startswith(one[: at + 1]))
    return one[:size]
