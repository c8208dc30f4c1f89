"""The summary that stands for earlier turns.

It has a module of its own because it carries tool changes, whose definitions in turn need `content`.

https://docs.anthropic.com/en/docs/build-with-claude/compaction
"""

from __future__ import annotations

from typing import Literal

from ..wire import WireModel
from .content import CacheControl
from .tools import ToolChange

__all__ = ["CompactionBlock"]


class CompactionBlock(WireModel):
    """A summary of all turns before it (SDK: ``BetaCompactionBlock``)."""

    type: Literal["compaction"]
    content: str | None = None
    """The summary. Null when compaction failed, or while ``compaction_delta`` has yet to bring it."""
    encrypted_content: str | None = None
    """Opaque; the API wants it back unchanged."""
    signature: str | None = None
    """Opaque; the API wants it back unchanged."""
    tool_changes: list[ToolChange] | None = None
    """What takes the request's ``tools`` to the set in effect at the end of the summarised turns."""
    cache_control: CacheControl | None = None
