"""Calls of tools that the vendor's servers run, and their results; requests send them back unchanged.

https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/server-tools
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import JsonObject, OpenUnion, WireModel
from .content import CacheControl, DocumentBlock, TextContent, UnknownBlock
from .tool_definitions import McpTool
from .tools import Caller, ToolReferenceBlock

__all__ = [
    "FILE_TYPES",
    "SERVER_TOOL_ERROR_CODES",
    "SERVER_TOOL_NAMES",
    "AdvisorRedactedResultBlock",
    "AdvisorResultBlock",
    "AdvisorToolResultBlock",
    "BashCodeExecutionToolResultBlock",
    "CodeExecutionOutput",
    "CodeExecutionOutputBlock",
    "CodeExecutionResult",
    "CodeExecutionResultBlock",
    "CodeExecutionToolResultBlock",
    "EncryptedCodeExecutionResultBlock",
    "McpToolListingBlock",
    "McpToolResultBlock",
    "McpToolUseBlock",
    "ServerToolError",
    "ServerToolUseBlock",
    "TextEditorCodeExecutionCreateResultBlock",
    "TextEditorCodeExecutionStrReplaceResultBlock",
    "TextEditorCodeExecutionToolResultBlock",
    "TextEditorCodeExecutionViewResultBlock",
    "ToolSearchToolResultBlock",
    "ToolSearchToolSearchResultBlock",
    "WebFetchResultBlock",
    "WebFetchToolResultBlock",
    "WebSearchResult",
    "WebSearchResultBlock",
    "WebSearchToolResultBlock",
]

SERVER_TOOL_NAMES: Final = frozenset(
    {
        "advisor",
        "bash_code_execution",
        "code_execution",
        "text_editor_code_execution",
        "tool_search_tool_bm25",
        "tool_search_tool_regex",
        "web_fetch",
        "web_search",
    }
)
"""The names under which a `ServerToolUseBlock` calls; ``advisor`` is beta."""

SERVER_TOOL_ERROR_CODES: Final = frozenset(
    {
        "content_too_large",
        "execution_time_exceeded",
        "file_not_found",
        "invalid_tool_input",
        "max_uses_exceeded",
        "model_not_found",
        "output_file_too_large",
        "overloaded",
        "prompt_too_long",
        "query_too_long",
        "request_too_large",
        "too_many_requests",
        "unavailable",
        "unsupported_content_type",
        "url_not_accessible",
        "url_not_allowed",
        "url_not_in_prior_context",
        "url_too_long",
    }
)
"""Why the server could not run a tool, for all server tools together."""

FILE_TYPES: Final = frozenset({"text", "image", "pdf"})
"""What the text editor may show."""


class ServerToolUseBlock(WireModel):
    """The model calls a tool of the server (SDK: ``ServerToolUseBlock``)."""

    type: Literal["server_tool_use"]
    id: str
    name: str
    """One of `SERVER_TOOL_NAMES`."""
    input: JsonObject
    """Empty in ``content_block_start``: deltas bring it."""
    caller: Caller | None = None
    cache_control: CacheControl | None = None


class ServerToolError(WireModel):
    """A server tool failed (SDK: ``WebSearchToolResultError`` and its like, one for each tool)."""

    type: Literal[
        "advisor_tool_result_error",
        "bash_code_execution_tool_result_error",
        "code_execution_tool_result_error",
        "text_editor_code_execution_tool_result_error",
        "tool_search_tool_result_error",
        "web_fetch_tool_result_error",
        "web_search_tool_result_error",
    ]
    error_code: str
    """One of `SERVER_TOOL_ERROR_CODES`."""
    error_message: str | None = None


# -- web search and web fetch ---------------------------------------------------------------------


class WebSearchResultBlock(WireModel):
    """A page that was found (SDK: ``WebSearchResultBlock``)."""

    type: Literal["web_search_result"]
    title: str
    url: str
    encrypted_content: str
    """Opaque; the API wants it back unchanged."""
    page_age: str | None = None
    """When the page last changed, in words."""


WebSearchResult: TypeAlias = Annotated[WebSearchResultBlock | UnknownBlock, OpenUnion("type")]
"""One of the results of a web search."""


class WebSearchToolResultBlock(WireModel):
    """What web search found (SDK: ``WebSearchToolResultBlock``)."""

    type: Literal["web_search_tool_result"]
    tool_use_id: str
    content: list[WebSearchResult] | Annotated[ServerToolError | UnknownBlock, OpenUnion("type")]
    caller: Caller | None = None
    cache_control: CacheControl | None = None


class WebFetchResultBlock(WireModel):
    """A page that was fetched (SDK: ``WebFetchBlock``)."""

    type: Literal["web_fetch_result"]
    url: str
    content: DocumentBlock
    retrieved_at: str | None = None
    """RFC 3339."""


class WebFetchToolResultBlock(WireModel):
    """What web fetch returned (SDK: ``WebFetchToolResultBlock``)."""

    type: Literal["web_fetch_tool_result"]
    tool_use_id: str
    content: Annotated[WebFetchResultBlock | ServerToolError | UnknownBlock, OpenUnion("type")]
    caller: Caller | None = None
    cache_control: CacheControl | None = None


# -- code execution -------------------------------------------------------------------------------


class CodeExecutionOutputBlock(WireModel):
    """A file that a program wrote (SDK: ``CodeExecutionOutputBlock``, ``BashCodeExecutionOutputBlock``)."""

    type: Literal["code_execution_output", "bash_code_execution_output"]
    file_id: str


CodeExecutionOutput: TypeAlias = Annotated[CodeExecutionOutputBlock | UnknownBlock, OpenUnion("type")]
"""One of the things that a program left behind."""


class CodeExecutionResultBlock(WireModel):
    """How a program ended (SDK: ``CodeExecutionResultBlock``, ``BashCodeExecutionResultBlock``)."""

    type: Literal["code_execution_result", "bash_code_execution_result"]
    stdout: str
    stderr: str
    return_code: int
    content: list[CodeExecutionOutput]
    abort_reason: str | None = None
    """Real responses have it, be it null; the SDK does not know it."""


class EncryptedCodeExecutionResultBlock(WireModel):
    """How a program ended whose output only the server may read (SDK: ``EncryptedCodeExecutionResultBlock``)."""

    type: Literal["encrypted_code_execution_result"]
    encrypted_stdout: str
    stderr: str
    return_code: int
    content: list[CodeExecutionOutput]


CodeExecutionResult: TypeAlias = Annotated[
    CodeExecutionResultBlock | EncryptedCodeExecutionResultBlock | ServerToolError | UnknownBlock, OpenUnion("type")
]
"""How a program ended, or why it did not run."""


class CodeExecutionToolResultBlock(WireModel):
    """What a program did (SDK: ``CodeExecutionToolResultBlock``)."""

    type: Literal["code_execution_tool_result"]
    tool_use_id: str
    content: CodeExecutionResult
    cache_control: CacheControl | None = None


class BashCodeExecutionToolResultBlock(WireModel):
    """What a shell command did (SDK: ``BashCodeExecutionToolResultBlock``)."""

    type: Literal["bash_code_execution_tool_result"]
    tool_use_id: str
    content: CodeExecutionResult
    cache_control: CacheControl | None = None


class TextEditorCodeExecutionViewResultBlock(WireModel):
    """A file was shown (SDK: ``TextEditorCodeExecutionViewResultBlock``). Lines count from 1."""

    type: Literal["text_editor_code_execution_view_result"]
    file_type: str
    """One of `FILE_TYPES`."""
    content: str
    start_line: int | None = None
    num_lines: int | None = None
    total_lines: int | None = None


class TextEditorCodeExecutionCreateResultBlock(WireModel):
    """A file was written (SDK: ``TextEditorCodeExecutionCreateResultBlock``)."""

    type: Literal["text_editor_code_execution_create_result"]
    is_file_update: bool


class TextEditorCodeExecutionStrReplaceResultBlock(WireModel):
    """A file was changed, as in a hunk of a diff (SDK: ``TextEditorCodeExecutionStrReplaceResultBlock``)."""

    type: Literal["text_editor_code_execution_str_replace_result"]
    lines: list[str] | None = None
    old_start: int | None = None
    old_lines: int | None = None
    new_start: int | None = None
    new_lines: int | None = None


class TextEditorCodeExecutionToolResultBlock(WireModel):
    """What the text editor did (SDK: ``TextEditorCodeExecutionToolResultBlock``)."""

    type: Literal["text_editor_code_execution_tool_result"]
    tool_use_id: str
    content: Annotated[
        TextEditorCodeExecutionViewResultBlock
        | TextEditorCodeExecutionCreateResultBlock
        | TextEditorCodeExecutionStrReplaceResultBlock
        | ServerToolError
        | UnknownBlock,
        OpenUnion("type"),
    ]
    cache_control: CacheControl | None = None


# -- tool search and advisor ----------------------------------------------------------------------


class ToolSearchToolSearchResultBlock(WireModel):
    """The tools that were found (SDK: ``ToolSearchToolSearchResultBlock``)."""

    type: Literal["tool_search_tool_search_result"]
    tool_references: list[ToolReferenceBlock]


class ToolSearchToolResultBlock(WireModel):
    """What a tool search returned (SDK: ``ToolSearchToolResultBlock``)."""

    type: Literal["tool_search_tool_result"]
    tool_use_id: str
    content: Annotated[ToolSearchToolSearchResultBlock | ServerToolError | UnknownBlock, OpenUnion("type")]
    cache_control: CacheControl | None = None


class AdvisorResultBlock(WireModel):
    """The advice (SDK: ``BetaAdvisorResultBlock``)."""

    type: Literal["advisor_result"]
    text: str
    stop_reason: str | None = None
    """Why the advisor stopped."""


class AdvisorRedactedResultBlock(WireModel):
    """Advice that only the server may read (SDK: ``BetaAdvisorRedactedResultBlock``)."""

    type: Literal["advisor_redacted_result"]
    encrypted_content: str
    stop_reason: str | None = None
    """Why the advisor stopped."""


class AdvisorToolResultBlock(WireModel):
    """What the advisor answered (SDK: ``BetaAdvisorToolResultBlock``)."""

    type: Literal["advisor_tool_result"]
    tool_use_id: str
    content: Annotated[
        AdvisorResultBlock | AdvisorRedactedResultBlock | ServerToolError | UnknownBlock, OpenUnion("type")
    ]
    cache_control: CacheControl | None = None


# -- MCP ------------------------------------------------------------------------------------------


class McpToolUseBlock(WireModel):
    """The model calls a tool of an MCP server (SDK: ``BetaMCPToolUseBlock``)."""

    type: Literal["mcp_tool_use"]
    id: str
    name: str
    server_name: str
    input: JsonObject
    """Empty in ``content_block_start``: deltas bring it."""
    cache_control: CacheControl | None = None


class McpToolResultBlock(WireModel):
    """What the MCP server answered (SDK: ``BetaMCPToolResultBlock``)."""

    type: Literal["mcp_tool_result"]
    tool_use_id: str
    content: str | list[TextContent] | None = None
    is_error: bool | None = None
    cache_control: CacheControl | None = None


class McpToolListingBlock(WireModel):
    """The tools that an MCP server offered (SDK: ``BetaMCPToolListingBlock``)."""

    type: Literal["mcp_tool_listing"]
    mcp_server_name: str
    tools: list[McpTool]
