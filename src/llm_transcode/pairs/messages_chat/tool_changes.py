"""Tools that come and go in mid-conversation, which Chat does not know: it takes one list of tools.

That list is the one at the end of the conversation. A removed tool may come back by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from ... import messages
from ...losses import LossCode
from ...wire import Path
from ..conversion import Conversion
from ..fields import Drop, Fields, UnionFields

__all__ = ["current_tools"]

_Placed: TypeAlias = tuple[messages.Tool, Path]
_Change: TypeAlias = messages.ToolAdditionBlock | messages.ToolRemovalBlock | messages.UnknownBlock

_NO_MARK: Final = Drop(LossCode.CACHE_CONTROL, "tools of Chat take no cache mark", "info")
_CHANGED: Final = {"type": "`tools`, those at the end of the conversation", "tool": "`tools`"}
CHANGES_TO_CHAT: Final = UnionFields(
    Fields(messages.ToolAdditionBlock, _CHANGED, {"cache_control": _NO_MARK}),
    Fields(messages.ToolRemovalBlock, _CHANGED, {"cache_control": _NO_MARK}),
)
CHANGE_TARGETS_TO_CHAT: Final = UnionFields(
    Fields(messages.ToolReference, {"type": "`tools`", "name": "which of the request's tools"}),
    Fields(messages.ToolDefinition, {"type": "`tools`", "definition": "`tools[]`"}),
)


def current_tools(tools: Iterable[messages.Tool], turns: Iterable[messages.Turn], cx: Conversion) -> list[_Placed]:
    """The tools at the end of the conversation, each with its path."""
    known: list[_Placed] = [(tool, ("tools", index)) for index, tool in enumerate(tools)]
    current = list(known)
    for change, path in _changes(turns):
        if isinstance(change, messages.UnknownBlock):
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a change of tools of type {change.type!r}")
            continue
        CHANGES_TO_CHAT.report(change, path, cx.losses)
        CHANGE_TARGETS_TO_CHAT.report(change.tool, (*path, "tool"), cx.losses)
        match change:
            case messages.ToolAdditionBlock(tool=messages.ToolDefinition(definition=tool)):
                known.append((tool, (*path, "tool", "definition")))
                current = [*_without(_name(tool), current), known[-1]]
            case messages.ToolAdditionBlock(tool=messages.ToolReference(name=name)):
                current = [*_without(name, current), *[placed for placed in known if _name(placed[0]) == name][-1:]]
            case messages.ToolRemovalBlock(tool=messages.ToolReference(name=name)):
                current = _without(name, current)
            case _:
                cx.losses.dropped(LossCode.TOOL_CHANGE, path, f"a change of tools that Chat lacks: {change.tool.type}")
                continue
        detail = "Chat takes one list of tools; this is the one at the end of the conversation"
        cx.losses.approximated(LossCode.TOOL_CHANGE, path, detail, "info")
    return current


_CHANGING: Final = frozenset((messages.ToolAdditionBlock, messages.ToolRemovalBlock, messages.CompactionBlock))
"""Looked up before the types are told apart: nearly all blocks of a long conversation are others."""


def _changes(turns: Iterable[messages.Turn]) -> Iterator[tuple[_Change, Path]]:
    """All changes in order, also those that a summary of earlier turns carries on."""
    for at, turn in enumerate(turns):
        if isinstance(turn, messages.UnknownTurn) or turn.content is None or isinstance(turn.content, str):
            continue
        for index, block in enumerate(turn.content):
            if type(block) not in _CHANGING:
                continue
            if isinstance(block, (messages.ToolAdditionBlock, messages.ToolRemovalBlock)):
                yield block, ("messages", at, "content", index)
            elif isinstance(block, messages.CompactionBlock):
                for position, change in enumerate(block.tool_changes or ()):
                    yield change, ("messages", at, "content", index, "tool_changes", position)


def _without(name: str | None, tools: Iterable[_Placed]) -> list[_Placed]:
    return [placed for placed in tools if name is None or _name(placed[0]) != name]


def _name(tool: messages.Tool) -> str | None:
    """A toolset and a tool of an unknown type have no name."""
    name = getattr(tool, "name", None)
    return name if isinstance(name, str) else None
