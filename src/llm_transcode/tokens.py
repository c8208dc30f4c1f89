"""Mere tokens, which most events of a stream are: each adds a text to what is open, and does nothing else.

This file knows no protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from .json_text import Template, dump_finite

__all__ = ["Growth", "Note", "Place", "Token"]

Place: TypeAlias = tuple[Literal["text", "thinking", "call"], int]
"""What a token adds to: its kind, and its number where the protocol gives it one."""

Token: TypeAlias = tuple[Place, str]
"""A place, and the text that is added there."""

Note: TypeAlias = Callable[[str], bool | None]
"""Takes note of a text that is passed on. False says that more is to be written for it, and that nothing was noted."""


class Growth:
    """The event by which tokens let what is open grow, in the target's words.

    It holds for as many tokens as come in a row, until anything else is read.
    """

    __slots__ = ("_after", "_before", "_note", "place")

    def __init__(self, place: Place, template: Template, note: Note | None = None) -> None:
        self.place: Place = place
        self._before = template.before + b'"'
        self._after = b'"' + template.after
        self._note = note

    def frame(self, head: bytes, tail: bytes) -> None:
        """From now on, write what stands around an event on the wire as well."""
        self._before = head + self._before
        self._after += tail

    def by(self, text: str) -> bytes | None:
        """The event for a token; None, and nothing noted, where more is to be written."""
        if self._note is not None and self._note(text) is False:
            return None
        return self._before + dump_finite(text)[1:-1] + self._after

    def by_literal(self, literal: bytes) -> bytes | None:
        """The same for a text in ASCII that is written in JSON as it is."""
        if self._note is not None and self._note(literal.decode()) is False:
            return None
        return self._before + literal + self._after
