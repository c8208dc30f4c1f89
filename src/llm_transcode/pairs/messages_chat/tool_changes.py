"""Tools that come and go in mid-conversation, which Chat does not know: it takes one list of tools.

That list is the one at the end of the conversation. A removed tool may come back by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from ... import messages
from ...losses import LossCode
from ...wire import Json, JsonObject, Path, tag_of
from ..conversion import Conversion
from ..fields import Drop, Fields, UnionFields

__all__ = ["Placed", "current_tools"]

Placed: TypeAlias = tuple[Json, Path]
"""A tool as it came, and where."""

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


def current_tools(tools: Iterable[Json], cx: Conversion) -> list[Placed]:
    """The tools at the end of the conversation, whose turns have been converted."""
    known: list[Placed] = [(tool, ("tools", index)) for index, tool in enumerate(tools)]
    current = known[:]
    for raw, path in _changes(cx.tool_changes):
        change = messages.read_tool_change(raw, path)
        if isinstance(change, messages.UnknownBlock):
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a change of tools of type {change.type!r}")
            continue
        CHANGES_TO_CHAT.report(change, path, cx.losses)
        CHANGE_TARGETS_TO_CHAT.report(change.tool, (*path, "tool"), cx.losses)
        match change:
            case messages.ToolAdditionBlock(tool=messages.ToolDefinition()):
                known.append((raw["tool"]["definition"], (*path, "tool", "definition")))
                current = [*_without(_name(known[-1]), current), known[-1]]
            case messages.ToolAdditionBlock(tool=messages.ToolReference(name=name)):
                current = [*_without(name, current), *[placed for placed in known if _name(placed) == name][-1:]]
            case messages.ToolRemovalBlock(tool=messages.ToolReference(name=name)):
                current = _without(name, current)
            case _:
                cx.losses.dropped(LossCode.TOOL_CHANGE, path, f"a change of tools that Chat lacks: {change.tool.type}")
                continue
        detail = "Chat takes one list of tools; this is the one at the end of the conversation"
        cx.losses.approximated(LossCode.TOOL_CHANGE, path, detail, "info")
    return current


def _changes(blocks: Iterable[tuple[JsonObject, Path]]) -> Iterator[tuple[JsonObject, Path]]:
    """All changes in order, also those that a summary of earlier turns carries on."""
    for block, path in blocks:
        if block["type"] != "compaction":
            yield block, path
            continue
        for index, change in enumerate(block.get("tool_changes") or ()):
            yield change, (*path, "tool_changes", index)


def _without(name: str | None, tools: Iterable[Placed]) -> list[Placed]:
    return [placed for placed in tools if name is None or _name(placed) != name]


def _name(placed: Placed) -> str | None:
    """A toolset and a tool of an unknown type have no name."""
    name = tag_of(placed[0], "name")
    return name if isinstance(name, str) else None
