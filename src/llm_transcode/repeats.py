"""Documents of a stream that say what the one before said, with another text in the same place.

Theory of operation. Nearly all documents of a stream carry one token, and differ from the one before in
nothing but its text. So the bytes before the text and those after it are remembered. A document that
begins and ends with the same bytes, and has exactly one JSON string in between, must say the same with
that string for its text: what a parser makes of the rest does not depend on what the string holds. Only
the string has to be parsed then, and not even that where it is plain: written as it is read, and written
again in the same way.

The same holds for what stands around a document on the wire, so that an event that comes alone and whole
need not be taken apart before.

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
from typing import Final

from pydantic_core import from_json

from .json_text import Json, dump_finite
from .tokens import Growth, Place, Token

__all__ = ["Repeats"]

_MARK: Final = "\0"
_MARK_IN_JSON: Final = b"\\u0000"
_LF: Final = ord("\n")
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SPACES: Final = b" "
_END_OF_VALUE: Final = re.compile(rb'"\s*[,}\]]')
"""How a string ends that is no name of a field."""

_PLAIN: Final = b" etaoinshrdlu" + _LETTERS + b"!#$%&'()*+,-./:;<=>?@[]^_`{|}~"
"""What a JSON string may consist of that is written as it is read, without an escape."""

_SHORT: Final = 100
"""A longer text is read faster by a parser, whatever it consists of."""

_LONGEST: Final = 2048
"""More bytes around a text are not remembered: that is no mere token."""

_MOST_MISSES: Final = 8
"""After so many tokens in a row that differ in more than their texts, the others are expected to do so too."""


class Repeats:
    """Remembers the last token of a stream. ``read`` recognises one in a parsed document, and has no effects.

    ``head`` and ``tail`` stand around each document on the wire; the three together are its frame.
    """

    __slots__ = (
        "_after",
        "_before",
        "_between",
        "_head",
        "_last",
        "_misses",
        "_padding",
        "_read",
        "_size",
        "_tail",
        "place",
    )

    def __init__(self, read: Callable[[Json], Token | None], head: bytes = b"", tail: bytes = b"") -> None:
        self.place: Place = ("text", 0)
        """Where the last token was added."""
        self._read = read
        self._head = head
        self._tail = tail
        self._before = b""
        """The bytes of a frame up to the text, with its opening quote; empty while nothing is known."""
        self._between = b""
        """The bytes from its closing quote to the padding; empty if there is none."""
        self._padding = b""
        """What padding may consist of."""
        self._after = b""
        """The bytes after the padding, or from the closing quote on."""
        self._size = -1
        """How many bytes stand before and after; no frame has so many while nothing is known."""
        self._last = (b"", b"")
        """The bytes around the text of the last token that was learnt."""
        self._misses = 0

    def forget(self) -> None:
        """Forget the last token: what was read since may have changed what counts as one."""
        self._before = self._after = b""
        self._size = -1

    def grown(self, frame: bytes, growth: Growth) -> bytes | None:
        """The event for a frame that differs from the last token's in nothing but its text; None for any other."""
        literal = frame.removeprefix(self._before).removesuffix(self._after)
        if len(frame) - len(literal) != self._size:
            return None
        if self._between:
            literal = self._without_padding(literal)
        if len(literal) <= _SHORT and literal and not literal.strip(_PLAIN):
            grown = growth.by_literal(literal)
        else:
            grown = _grown_by_any(literal, growth)
        if grown is not None:
            self._misses = 0
        return grown

    def _without_padding(self, rest: bytes) -> bytes:
        """What stands before the padding; empty if there is more than that."""
        literal, _, padding = rest.rpartition(self._between)
        return b"" if padding.strip(self._padding) else literal

    def learn(self, data: bytes, token: Token) -> None:
        """Remember a document that was recognised as a token."""
        place, text = token
        self._size = -1
        if place != self.place:
            self.place = place
            self._misses = 0
        elif self._misses == _MOST_MISSES:
            return
        self._misses += 1
        if len(data) - len(text) > _LONGEST or _LF in data:
            return
        last, self._last = self._last, self._around(data, text)
        before, rest = self._last
        if before and text != _MARK:
            if self._misses == 1:
                self._know(before, b"", b"", rest)
            elif before == last[0]:
                self._compare(before, last[1], rest)

    def _around(self, data: bytes, text: str) -> tuple[bytes, bytes]:
        """The frame around a text, with its quotes; empty if the text is written in neither vendors' way nor ours."""
        for literal in (dump_finite(text), json.dumps(text).encode()):
            before, found, rest = data.rpartition(literal)
            if found:
                return self._head + before + b'"', b'"' + rest + self._tail
        return b"", b""

    def _compare(self, before: bytes, last: bytes, rest: bytes) -> None:
        """Find out whether two tokens in a row differ after their texts in padding at most."""
        if rest == last:
            self._know(before, b"", b"", rest)
            return
        between = _common_head(last, rest).rstrip(_LETTERS + _SPACES)
        after = _common_head(last[::-1], rest[::-1])[::-1].lstrip(_LETTERS + _SPACES)
        if self._parsed(before, between + b"x" + after) is None:  # outside of strings a letter is no JSON
            self._know(before, between, _SPACES, after)
        elif _END_OF_VALUE.match(after):
            self._know(before, between, _LETTERS, after)

    def _know(self, before: bytes, between: bytes, padding: bytes, after: bytes) -> None:
        """Remember what is around a text, if a document with the mark in these places is a token that says the mark."""
        marked = self._parsed(before, between + padding[:1] + after)
        if self._read(marked) == (self.place, _MARK):
            self._before, self._between, self._padding, self._after = before, between, padding, after
            self._size = len(before) + len(after)

    def _parsed(self, before: bytes, rest: bytes) -> Json:
        """What a document says with the mark for its text; None if it is no JSON then."""
        document = before.removeprefix(self._head) + _MARK_IN_JSON + rest.removesuffix(self._tail)
        try:
            return from_json(document, allow_inf_nan=False)
        except ValueError:
            return None


def _grown_by_any(literal: bytes, growth: Growth) -> bytes | None:
    """What comes of whatever stands between two quotes, which may be no JSON string, or an empty one."""
    try:
        text: str = from_json(b'"' + literal + b'"')
    except ValueError:
        return None
    return growth.by(text) if text else None


def _common_head(one: bytes, other: bytes) -> bytes:
    """What the beginnings of both have in common."""
    size = bisect_left(range(len(one)), True, key=lambda at: not other.startswith(one[: at + 1]))
    return one[:size]
