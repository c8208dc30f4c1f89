"""Reasoning that an open model writes into its text, between tags such as ``<think>`` and ``</think>``.

Servers with a reasoning parser take it out; others leave it where it is. Only what begins the answer
counts, since tags further on may be quoted code. The opening tag has to be there: some chat templates put
it into the prompt, and then nothing tells the reasoning from text before it has been sent. Without a
closing tag, everything is reasoning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

__all__ = ["Said", "ThinkTagReader", "split_thinking"]

Said: TypeAlias = tuple[Literal["text", "thinking"], str]
"""A piece of text or of reasoning; never empty."""


class ThinkTagReader:
    """Reads a text piece by piece, and tells reasoning from text as soon as it is certain.

    ``tags`` are the names of the tags without brackets; with none of them everything is text. What cannot
    yet be told is held: white space, and less than one tag.
    """

    __slots__ = ("_closing", "_held", "_state", "_tags")

    def __init__(self, tags: Sequence[str]) -> None:
        self._tags = tags
        self._state: Literal["start", "inside", "after", "done"] = "start"
        self._closing = ""
        self._held = ""

    def read(self, piece: str) -> list[Said]:
        """What the next piece makes certain."""
        text, self._held = self._held + piece, ""
        said: list[Said] = []
        if self._state == "start":
            text = self._read_start(text)
        if self._state == "inside":
            text = self._read_inside(text, said)
        if self._state == "after":
            text = self._read_after(text)
        if text and self._state == "done":
            said.append(("text", text))
        return said

    def close(self) -> list[Said]:
        """What was held, once nothing more comes."""
        held, self._held = self._held, ""
        state, self._state = self._state, "done"
        return [("thinking" if state == "inside" else "text", held)] if held else []

    def _read_start(self, text: str) -> str:
        begun = text.lstrip()
        for tag in self._tags:
            opening = f"<{tag}>"
            if begun.startswith(opening):
                self._state, self._closing = "inside", f"</{tag}>"
                return begun[len(opening) :]
            if opening.startswith(begun):
                self._held = text
                return ""
        self._state = "done"
        return text

    def _read_inside(self, text: str, said: list[Said]) -> str:
        thought, closing, rest = text.partition(self._closing)
        if closing:
            self._state = "after"
        else:
            self._held = _end_that_begins(self._closing, text)
            thought = text.removesuffix(self._held)
        if thought:
            said.append(("thinking", thought))
        return rest

    def _read_after(self, text: str) -> str:
        """The blank lines between reasoning and answer belong to neither."""
        text = text.lstrip()
        if text:
            self._state = "done"
        return text


def _end_that_begins(tag: str, text: str) -> str:
    """The longest end of a text that a tag may begin with."""
    return next((tag[:size] for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), "")


def split_thinking(text: str, tags: Sequence[str]) -> tuple[str, str]:
    """The reasoning that begins a whole text, and the rest."""
    reader = ThinkTagReader(tags)
    said = reader.read(text) + reader.close()
    thinking = "".join(piece for kind, piece in said if kind == "thinking")
    return thinking, "".join(piece for kind, piece in said if kind == "text")
