"""A block of a Messages stream while it grows, and what it becomes in Chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ...chat.fragments import JsonProgress
from ...wire import Json, JsonObject, Path
from .free_text import FreeTextReader

__all__ = ["BlockKind", "OpenBlock"]

BlockKind: TypeAlias = Literal["text", "thinking", "call", "output", "whole", "ignored"]
"""What a block becomes: ``output`` is the forced tool that stands for structured output.

One that came ``whole`` takes nothing more; one that is ``ignored`` is on record, with all that it gains.
"""


@dataclass(slots=True)
class OpenBlock:
    """A block that has not come to its end."""

    index: int
    kind: BlockKind
    call: int = -1
    """The index of the call, which counts calls only."""
    given: JsonObject = field(default_factory=dict[str, Json])
    """The input that came with the start of a call, to be used if no other comes."""
    progress: JsonProgress | None = None
    """Follows the arguments of a call; None as long as none were sent."""
    free_text: FreeTextReader | None = None
    """Unwraps the input of a free-form tool."""
    thought: bytearray = field(default_factory=bytearray)
    """The text of a thought, as UTF-8, for the entry at the end of its block."""
    signature: str = ""
    signed_at: Path = ()
    """What holds the signature."""
    has_said: bool = False
    """Whether any text of a thought was sent."""
    start: int = 0
    """Where the text of the block begins in the text of the reply, in characters."""
    annotations: list[JsonObject] = field(default_factory=list[JsonObject])

    def growth(self, text: str) -> JsonObject:
        """The delta by which a text, a thought or a call grows."""
        match self.kind:
            case "text":
                return {"content": text}
            case "thinking":
                return {"reasoning_content": text}
            case _:
                return {"tool_calls": [{"index": self.call, "function": {"arguments": text}}]}

    def read_arguments(self, piece: str) -> None:
        """Follow the arguments of a call."""
        if self.progress is None:
            self.progress = JsonProgress()
        self.progress.read(piece)
