"""A text or a thought of a Messages stream while it is written, or waits to be."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

__all__ = ["DELTAS", "Prose", "ProseKind", "from_utf8", "utf8"]

ProseKind: TypeAlias = Literal["text", "refusal", "transcript", "thinking"]
"""Which field of Chat tells it; all but thinking are blocks of text, each of its own, as in a whole reply."""

DELTAS: Final[dict[ProseKind, tuple[str, str]]] = {
    "text": ("text_delta", "text"),
    "refusal": ("text_delta", "text"),
    "transcript": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
}
"""The type of a block's delta, and the field that grows."""


@dataclass(slots=True)
class Prose:
    """A text or a thought: what is held of it, or what has been streamed of it."""

    kind: ProseKind
    waiting: bytearray = field(default_factory=bytearray)
    """What is held, as UTF-8."""
    signature: str | None = None
    redacted: str | None = None
    done: bool = False
    """Whether nothing can be added any more."""
    length: int = 0
    checksum: int = 0
    """Length and checksum of what was streamed, to recognise a repetition without keeping the text."""

    def note(self, text: str) -> None:
        """Take note of a piece that is streamed."""
        self.length += len(text)
        self.checksum = zlib.crc32(utf8(text), self.checksum)

    def said(self, text: str) -> bool:
        """Whether exactly this text was streamed."""
        return len(text) == self.length and zlib.crc32(utf8(text)) == self.checksum


def utf8(text: str) -> bytes:
    """The bytes of a text."""
    return text.encode("utf-8", "surrogatepass")


def from_utf8(data: bytes | bytearray) -> str:
    """The text of such bytes."""
    return data.decode("utf-8", "surrogatepass")
