"""Free text in the JSON that wraps it, while it streams.

A free-form tool of Chat is a function with one string towards Anthropic, so its call streams as
``{"input":"..."}`` in pieces cut anywhere, inside an escape too.
"""

from __future__ import annotations

import json
import re
from typing import Final

from ...wire import dump_json
from .tools import FREE_TEXT

__all__ = ["FreeTextReader", "escaped"]

_OPENING: Final = re.compile(r'\s*\{\s*"' + FREE_TEXT + r'"\s*:\s*"')
_LONGEST_OPENING: Final = 64
"""A call whose input does not begin with the wrapper within so many characters has none."""

_WHOLE: Final = re.compile(
    r"""(?: [^"\\]+                                     # plain characters
          | \\ ["\\/bfnrt]                             # a short escape
          | \\u(?![dD][89abAB]) [0-9a-fA-F]{4}           # one unit
          | \\u[dD][89abAB][0-9a-fA-F]{2} (?:            # half of a pair,
                \\u[0-9a-fA-F]{4} | (?=[^\\]|\\[^u]) )  # with the other half or without
        )*""",
    re.VERBOSE,
)
_LONGEST_ESCAPE: Final = 12
"""A surrogate pair; what is longer and still not whole is no escape of JSON."""


class FreeTextReader:
    """Reads pieces of ``{"input":"..."}`` and gives back the text in them, as soon as it is certain."""

    __slots__ = ("_ended", "_inside", "_rest", "unwraps")

    def __init__(self) -> None:
        self.unwraps: bool = True
        """False once it is certain that there is no such wrapper; the JSON is then given back as it is."""
        self._inside = False
        self._ended = False
        self._rest = ""

    def read(self, piece: str) -> str:
        """The text that the next piece makes certain. What cannot yet be read is held: a few characters."""
        if self._ended or not self.unwraps:
            return "" if self._ended else piece
        self._rest += piece
        if not self._inside and not self._open():
            return self._rest if not self.unwraps else ""
        texts: list[str] = []
        while text := self._next_text():
            texts.append(text)
        return "".join(texts)

    def close(self) -> str:
        """The rest, once nothing more comes: what looked like the beginning of a wrapper and was none."""
        if self._inside or not self.unwraps or self._rest.strip() in ("", "{}"):
            return ""
        self.unwraps = False
        return self._rest

    def _next_text(self) -> str:
        match = _WHOLE.match(self._rest)
        end = match.end() if match is not None else 0
        text: str = json.loads(f'"{self._rest[:end]}"', strict=False)
        self._rest = self._rest[end:]
        if self._rest.startswith('"'):
            self._ended = True
            self._rest = ""
        elif not text and len(self._rest) >= _LONGEST_ESCAPE:
            text, self._rest = self._rest[0], self._rest[1:]
        return text

    def _open(self) -> bool:
        opening = _OPENING.match(self._rest)
        if opening is not None:
            self._inside = True
            self._rest = self._rest[opening.end() :]
        elif len(self._rest) > _LONGEST_OPENING:
            self.unwraps = False
        return self._inside


def escaped(text: str) -> str:
    """Text as it stands inside a JSON string."""
    return dump_json(text)[1:-1].decode()
