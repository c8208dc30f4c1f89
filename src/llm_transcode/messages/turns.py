"""The turns of a conversation and the union of all blocks they are made of.

Which role may say which block is for the server to enforce; its rules change without a new version.

https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import OpenUnion, UnionReader, WireModel
from .compaction import CompactionBlock
from .content import (
    ContainerUploadBlock,
    DocumentBlock,
    FallbackBlock,
    ImageBlock,
    SearchResultBlock,
    TextBlock,
    UnknownBlock,
)
from .reasoning import OutputConfig, RedactedThinkingBlock, ThinkingBlock
from .server_tools import (
    AdvisorToolResultBlock,
    BashCodeExecutionToolResultBlock,
    CodeExecutionToolResultBlock,
    McpToolListingBlock,
    McpToolResultBlock,
    McpToolUseBlock,
    ServerToolUseBlock,
    TextEditorCodeExecutionToolResultBlock,
    ToolSearchToolResultBlock,
    WebFetchToolResultBlock,
    WebSearchToolResultBlock,
)
from .tools import (
    BrowserStateBlock,
    ToolAdditionBlock,
    ToolReferenceBlock,
    ToolRemovalBlock,
    ToolResultBlock,
    ToolUseBlock,
)

__all__ = [
    "CLEAR_AT",
    "AssistantTurn",
    "ContentBlock",
    "SystemTurn",
    "Turn",
    "UnknownTurn",
    "UserTurn",
    "read_block",
    "read_turn",
]

CLEAR_AT: Final = frozenset({"next_user_message", "never"})
"""When a system turn may lose its effect."""

ContentBlock: TypeAlias = Annotated[
    TextBlock
    | ImageBlock
    | DocumentBlock
    | SearchResultBlock
    | ThinkingBlock
    | RedactedThinkingBlock
    | ToolUseBlock
    | ToolResultBlock
    | ToolReferenceBlock
    | BrowserStateBlock
    | ToolAdditionBlock
    | ToolRemovalBlock
    | ServerToolUseBlock
    | WebSearchToolResultBlock
    | WebFetchToolResultBlock
    | CodeExecutionToolResultBlock
    | BashCodeExecutionToolResultBlock
    | TextEditorCodeExecutionToolResultBlock
    | ToolSearchToolResultBlock
    | AdvisorToolResultBlock
    | McpToolUseBlock
    | McpToolResultBlock
    | McpToolListingBlock
    | ContainerUploadBlock
    | CompactionBlock
    | FallbackBlock
    | UnknownBlock,
    OpenUnion("type"),
]
"""Any block, of a request or a response (SDK: ``ContentBlock``, ``ContentBlockParam``)."""


class UserTurn(WireModel):
    """What the user says, and what tools answered (SDK: ``UserMessageParam``)."""

    role: Literal["user"]
    content: str | list[ContentBlock]


class AssistantTurn(WireModel):
    """What the model said (SDK: ``AssistantMessageParam``); as the last turn, a prefill to be continued."""

    role: Literal["assistant"]
    content: str | list[ContentBlock]


class SystemTurn(WireModel):
    """Instructions in mid-conversation (SDK: ``SystemMessageParam``)."""

    role: Literal["system"]
    content: str | list[ContentBlock] | None = None
    """Absent when the turn only changes settings."""
    clear_at: str | None = None
    """One of `CLEAR_AT`."""
    output_config: OutputConfig | None = None
    """Settings from here on; only ``effort`` is allowed."""


class UnknownTurn(WireModel):
    """A turn of a role that this version does not know."""

    role: str


Turn: TypeAlias = Annotated[UserTurn | AssistantTurn | SystemTurn | UnknownTurn, OpenUnion("role")]
"""One of a request's ``messages`` (SDK: ``MessageParam``)."""

read_block: Final[UnionReader[ContentBlock]] = UnionReader(ContentBlock)
"""Reads one block of a request."""

read_turn: Final[UnionReader[Turn]] = UnionReader(Turn)
"""Reads one turn of a request."""
