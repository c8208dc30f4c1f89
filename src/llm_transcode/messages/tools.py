"""Calls of tools that the client runs, their results, and the choice among tools.

What a request offers is in `tool_definitions`; what the vendor's servers ran is in `server_tools`.

https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import JsonObject, OpenUnion, UnionReader, WireModel
from .content import CacheControl, DocumentBlock, ImageBlock, SearchResultBlock, TextBlock, UnknownBlock
from .tool_definitions import Tool

__all__ = [
    "RAW_ARGUMENTS",
    "BrowserStateBlock",
    "BrowserStateChange",
    "BrowserStateTab",
    "Caller",
    "McpToolReference",
    "McpToolsetReference",
    "ToolAdditionBlock",
    "ToolChange",
    "ToolChangeTarget",
    "ToolChoice",
    "ToolChoiceAny",
    "ToolChoiceAuto",
    "ToolChoiceNone",
    "ToolChoiceTool",
    "ToolDefinition",
    "ToolReference",
    "ToolReferenceBlock",
    "ToolRemovalBlock",
    "ToolResultBlock",
    "ToolResultContent",
    "ToolUseBlock",
    "UnknownToolChange",
    "UnknownToolChoice",
    "read_result_content",
    "read_tool_change",
]


# -- calls and results ----------------------------------------------------------------------------

RAW_ARGUMENTS: Final = "_raw_arguments"
"""The one key of an input of ours that holds, as text, arguments which are not a JSON object."""


class Caller(WireModel):
    """Who called a tool (SDK: ``DirectCaller``, ``ServerToolCaller``, ``ServerToolCaller20260120``)."""

    type: str
    """One of `tool_definitions.ALLOWED_CALLERS`."""
    tool_id: str | None = None
    """The ``server_tool_use`` whose program called; absent for ``direct``."""


class ToolUseBlock(WireModel):
    """The model calls a tool (SDK: ``ToolUseBlock``, ``BrowserToolUseBlock``, ``ComputerToolUseBlock``)."""

    type: Literal["tool_use"]
    id: str
    name: str
    """Of the tool, or of the member of the toolset."""
    input: JsonObject
    """Empty in ``content_block_start``, with rare exceptions: deltas bring it."""
    toolset_name: str | None = None
    """``browser`` or ``computer`` when the tool is a member of a toolset."""
    caller: Caller | None = None
    cache_control: CacheControl | None = None


class ToolReferenceBlock(WireModel):
    """A tool that a tool search found (SDK: ``ToolReferenceBlock``)."""

    type: Literal["tool_reference"]
    tool_name: str
    cache_control: CacheControl | None = None


class BrowserStateTab(WireModel):
    """An open tab (SDK: ``BrowserStateTabEntryParam``)."""

    tab_id: str
    title: str
    url: str
    active: bool | None = None


class BrowserStateChange(WireModel):
    """What happened in the browser (SDK: ``BrowserStateChangeTabOpenedParam`` and its like)."""

    type: str
    """``tab_opened``, ``download_started``, ``download_completed`` or ``download_failed``."""
    tab_id: str | None = None
    download_id: str | None = None
    url: str | None = None
    path: str | None = None
    size_bytes: int | None = None
    error: str | None = None


class BrowserStateBlock(WireModel):
    """The state of the browser after a call of its toolset (SDK: ``BrowserStateBlockParam``)."""

    type: Literal["browser_state"]
    tabs: list[BrowserStateTab]
    state_changes: list[BrowserStateChange] | None = None
    cache_control: CacheControl | None = None


ToolResultContent: TypeAlias = Annotated[
    TextBlock | ImageBlock | DocumentBlock | SearchResultBlock | ToolReferenceBlock | BrowserStateBlock | UnknownBlock,
    OpenUnion("type"),
]
"""What the result of a tool may hold."""


read_result_content: Final[UnionReader[ToolResultContent]] = UnionReader(ToolResultContent)
"""Reads one block of a result."""


class ToolResultBlock(WireModel):
    """The client's answer to a `ToolUseBlock` (SDK: ``ToolResultBlockParam``)."""

    type: Literal["tool_result"]
    tool_use_id: str
    content: str | list[ToolResultContent] | None = None
    is_error: bool | None = None
    toolset_name: str | None = None
    cache_control: CacheControl | None = None


# -- the ``tool_choice`` parameter ----------------------------------------------------------------


class ToolChoiceAuto(WireModel):
    """The model decides whether to call a tool (SDK: ``ToolChoiceAutoParam``)."""

    type: Literal["auto"]
    disable_parallel_tool_use: bool | None = None
    """At most one call."""


class ToolChoiceAny(WireModel):
    """The model must call some tool (SDK: ``ToolChoiceAnyParam``)."""

    type: Literal["any"]
    disable_parallel_tool_use: bool | None = None
    """Exactly one call."""


class ToolChoiceTool(WireModel):
    """The model must call this tool (SDK: ``ToolChoiceToolParam``)."""

    type: Literal["tool"]
    name: str
    disable_parallel_tool_use: bool | None = None
    """Exactly one call."""


class ToolChoiceNone(WireModel):
    """The model must not call a tool (SDK: ``ToolChoiceNoneParam``)."""

    type: Literal["none"]


class UnknownToolChoice(WireModel):
    """A choice that this version does not know."""

    type: str


ToolChoice: TypeAlias = Annotated[
    ToolChoiceAuto | ToolChoiceAny | ToolChoiceTool | ToolChoiceNone | UnknownToolChoice, OpenUnion("type")
]
"""Whether and which tools are to be called (SDK: ``ToolChoiceParam``)."""


# -- tools that come and go in mid-conversation ---------------------------------------------------


class ToolReference(WireModel):
    """One of the request's tools (SDK: ``BetaToolChangeToolReferenceParam``)."""

    type: Literal["tool_reference"]
    name: str


class McpToolReference(WireModel):
    """A tool of an MCP server (SDK: ``BetaToolChangeMCPToolReferenceParam``)."""

    type: Literal["mcp_tool_reference"]
    server_name: str
    name: str


class McpToolsetReference(WireModel):
    """All tools of an MCP server (SDK: ``BetaToolChangeMCPToolsetReferenceParam``)."""

    type: Literal["mcp_toolset_reference"]
    server_name: str


class ToolDefinition(WireModel):
    """A tool defined on the spot (SDK: ``BetaToolChangeToolDefinitionParam``)."""

    type: Literal["tool_definition"]
    definition: Tool


class UnknownToolChange(WireModel):
    """A way to name a tool that this version does not know."""

    type: str


ToolChangeTarget: TypeAlias = Annotated[
    ToolReference | McpToolReference | McpToolsetReference | ToolDefinition | UnknownToolChange, OpenUnion("type")
]
"""Which tool comes or goes; only an addition may define it."""


class ToolAdditionBlock(WireModel):
    """Offers a tool from here on (SDK: ``BetaRequestToolAdditionBlockParam``)."""

    type: Literal["tool_addition"]
    tool: ToolChangeTarget
    cache_control: CacheControl | None = None


class ToolRemovalBlock(WireModel):
    """Withdraws a tool from here on (SDK: ``BetaRequestToolRemovalBlockParam``)."""

    type: Literal["tool_removal"]
    tool: ToolChangeTarget
    cache_control: CacheControl | None = None


ToolChange: TypeAlias = Annotated[ToolAdditionBlock | ToolRemovalBlock | UnknownBlock, OpenUnion("type")]
"""A change of the set of tools."""

read_tool_change: Final[UnionReader[ToolChange]] = UnionReader(ToolChange)
"""Reads one change of the tools."""
