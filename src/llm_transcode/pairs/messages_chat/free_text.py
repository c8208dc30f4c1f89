"""Free text out of the JSON that wraps it, while it streams.

A free-form tool of Chat is a function with one string towards Anthropic, so its call streams as
``{"input":"..."}`` in pieces cut anywhere, inside an escape too.
"""

from __future__ import annotations

import json
import re
from typing import Final

from .tools import FREE_TEXT

__all__ = ["FreeTextReader"]

_OPENING: Final = re.compile(r'\s*\{\s*"' + FREE_TEXT + r'"\s*:\s*"')
_LONGEST_OPENING: Final = 64
"""A call whose input does not begin with the wrapper within so many characters has none."""

_WHOLE: Final = re.compile(
    r"""(?: [^"\\]                                   # a plain character
          | \\ ["\\/bfnrt]                          # a short escape
          | \\u(?![dD][89abAB]) [0-9a-fA-F]{4}        # one unit
          | \\u[dD][89abAB][0-9a-fA-F]{2} \\u[0-9a-fA-F]{4}  # a surrogate pair
        )*""",
    re.VERBOSE,
)


class FreeTextReader:
    """Reads pieces of ``{"input":"..."}`` and gives back the text in them, as soon as it is certain."""

    __slots__ = ("_inside", "_rest", "_unwrapped")

    def __init__(self) -> None:
        self._inside = False
        self._unwrapped = False
        self._rest = ""

    def read(self, piece: str) -> str:
        """The text that the next piece makes certain. What cannot yet be read is held: a few characters."""
        if self._unwrapped:
            return piece
        self._rest += piece
        if not self._inside and not self._open():
            return self._rest if self._unwrapped else ""
        match = _WHOLE.match(self._rest)
        if match is None:
            return ""
        self._rest = self._rest[match.end() :]
        text: str = json.loads(f'"{match.group()}"', strict=False)
        return text

    def _open(self) -> bool:
        opening = _OPENING.match(self._rest)
        if opening is not None:
            self._inside = True
            self._rest = self._rest[opening.end() :]
        elif len(self._rest) > _LONGEST_OPENING:
            self._unwrapped = True
        return self._inside
