"""The tools that a request offers. The dated versions of one tool are one class.

https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import JsonObject, OpenUnion, UnionReader, WireModel
from .content import CacheControl, CitationsConfig

__all__ = [
    "ALLOWED_CALLERS",
    "RESPONSE_INCLUSIONS",
    "AdvisorTool",
    "BashTool",
    "BrowserToolset",
    "CodeExecutionTool",
    "ComputerTool",
    "ComputerToolset",
    "CustomTool",
    "McpTool",
    "McpToolset",
    "MemoryTool",
    "TextEditorTool",
    "Tool",
    "ToolSearchTool",
    "ToolsetMemberConfig",
    "UnknownTool",
    "UserLocation",
    "WebFetchTool",
    "WebFetchUrlSource",
    "WebFetchUrlSourceTool",
    "WebFetchUrlSources",
    "WebSearchTool",
    "read_tool",
]

ALLOWED_CALLERS: Final = frozenset(
    {"direct", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"}
)
"""Who may call a tool: the model itself, or a program it runs in code execution."""

RESPONSE_INCLUSIONS: Final = frozenset({"full", "excluded"})
"""How much of what a web tool found may stand in the response."""


class _NamedTool(WireModel):
    """What every tool with a name takes."""

    name: str
    allowed_callers: list[str] | None = None
    """Some of `ALLOWED_CALLERS`."""
    defer_loading: bool | None = None
    """Leave the tool out of the prompt until a tool search finds it."""
    strict: bool | None = None
    """Guarantee that names and inputs of calls obey the schema."""
    cache_control: CacheControl | None = None


# -- tools that the client runs -------------------------------------------------------------------


class CustomTool(WireModel):
    """A tool of the client's own (SDK: ``ToolParam``)."""

    name: str
    description: str | None = None
    input_schema: JsonObject
    """JSON Schema of the input; its ``type`` is ``object``."""
    type: Literal["custom"] | None = None
    strict: bool | None = None
    """Guarantee that names and inputs of calls obey the schema."""
    input_examples: list[JsonObject] | None = None
    eager_input_streaming: bool | None = None
    """Stream the input unbuffered, at the risk that it is not valid JSON."""
    allowed_callers: list[str] | None = None
    """Some of `ALLOWED_CALLERS`."""
    defer_loading: bool | None = None
    """Leave the tool out of the prompt until a tool search finds it."""
    cache_control: CacheControl | None = None


class BashTool(_NamedTool):
    """A shell (SDK: ``ToolBash20250124Param`` and its like)."""

    type: Literal["bash_20241022", "bash_20250124"]
    input_examples: list[JsonObject] | None = None


class TextEditorTool(_NamedTool):
    """An editor of text files (SDK: ``ToolTextEditor20250728Param`` and its like)."""

    type: Literal["text_editor_20241022", "text_editor_20250124", "text_editor_20250429", "text_editor_20250728"]
    input_examples: list[JsonObject] | None = None
    max_characters: int | None = None
    """Where the display of a file is to be cut; since ``text_editor_20250728``."""


class MemoryTool(_NamedTool):
    """Files that outlive a conversation (SDK: ``MemoryTool20250818Param``)."""

    type: Literal["memory_20250818"]
    input_examples: list[JsonObject] | None = None


class ComputerTool(_NamedTool):
    """Screen, mouse and keyboard (SDK: ``BetaToolComputerUse20251124Param`` and its like)."""

    type: Literal["computer_20241022", "computer_20250124", "computer_20251124"]
    display_width_px: int
    display_height_px: int
    display_number: int | None = None
    """The number of an X11 display."""
    enable_zoom: bool | None = None
    """Since ``computer_20251124``."""
    input_examples: list[JsonObject] | None = None


class ToolsetMemberConfig(WireModel):
    """Settings of one member of a toolset (SDK: ``BrowserNavigateConfigParam``, ``BetaMCPToolConfig`` and so on)."""

    enabled: bool | None = None
    defer_loading: bool | None = None


class BrowserToolset(WireModel):
    """The members of a browser, such as ``navigate`` (SDK: ``BrowserToolset20260801Param``)."""

    type: Literal["browser_toolset_20260801"]
    configs: dict[str, ToolsetMemberConfig | None] | None = None
    """By the name of the member."""
    cache_control: CacheControl | None = None


class ComputerToolset(WireModel):
    """The members of a computer, such as ``left_click`` (SDK: ``ComputerToolset20260801Param``)."""

    type: Literal["computer_toolset_20260801"]
    configs: dict[str, ToolsetMemberConfig | None] | None = None
    """By the name of the member."""
    cache_control: CacheControl | None = None


# -- tools that the vendor's servers run ----------------------------------------------------------


class UserLocation(WireModel):
    """About where the user is (SDK: ``UserLocationParam``)."""

    type: str
    """``approximate``."""
    city: str | None = None
    region: str | None = None
    country: str | None = None
    """Two letters, ISO 3166-1."""
    timezone: str | None = None
    """A name of the IANA time zone database."""


class WebSearchTool(_NamedTool):
    """Web search (SDK: ``WebSearchTool20250305Param`` and its like)."""

    type: Literal["web_search_20250305", "web_search_20260209", "web_search_20260318"]
    allowed_domains: list[str] | None = None
    blocked_domains: list[str] | None = None
    max_uses: int | None = None
    user_location: UserLocation | None = None
    response_inclusion: str | None = None
    """One of `RESPONSE_INCLUSIONS`; since ``web_search_20260318``."""


class WebFetchUrlSourceTool(WireModel):
    """A tool whose results may, or may not, name addresses (SDK: ``WebFetchURLSourceToolReferenceParam``)."""

    type: str
    """``tool_reference``."""
    name: str


class WebFetchUrlSource(WireModel):
    """Whose addresses may be fetched (SDK: ``WebFetchURLSourceAllParam`` and its like)."""

    type: str
    """``all``, ``none``, ``only`` or ``except``; the last two name ``tools``."""
    tools: list[WebFetchUrlSourceTool] | None = None


class WebFetchUrlSources(WireModel):
    """Where the addresses to be fetched may come from (SDK: ``WebFetchURLSourcesParam``)."""

    user_input: WebFetchUrlSource | None = None
    client_tool_results: WebFetchUrlSource | None = None
    server_tool_results: WebFetchUrlSource | None = None


class WebFetchTool(_NamedTool):
    """Fetches pages and PDFs (SDK: ``WebFetchTool20250910Param`` and its like)."""

    type: Literal["web_fetch_20250910", "web_fetch_20260209", "web_fetch_20260309", "web_fetch_20260318"]
    allowed_domains: list[str] | None = None
    blocked_domains: list[str] | None = None
    max_uses: int | None = None
    max_content_tokens: int | None = None
    citations: CitationsConfig | None = None
    url_sources: WebFetchUrlSources | None = None
    use_cache: bool | None = None
    """Since ``web_fetch_20260309``."""
    response_inclusion: str | None = None
    """One of `RESPONSE_INCLUSIONS`; since ``web_fetch_20260318``."""


class CodeExecutionTool(_NamedTool):
    """Runs programs in a container (SDK: ``CodeExecutionTool20250825Param`` and its like)."""

    type: Literal[
        "code_execution_20250522", "code_execution_20250825", "code_execution_20260120", "code_execution_20260521"
    ]


class ToolSearchTool(_NamedTool):
    """Finds tools whose loading was deferred (SDK: ``ToolSearchToolBm25_20251119Param`` and its like)."""

    type: Literal[
        "tool_search_tool_bm25",
        "tool_search_tool_bm25_20251119",
        "tool_search_tool_regex",
        "tool_search_tool_regex_20251119",
    ]


class AdvisorTool(_NamedTool):
    """Asks another model for advice (SDK: ``BetaAdvisorTool20260301Param``)."""

    type: Literal["advisor_20260301"]
    model: str
    max_tokens: int | None = None
    """Limit on the tokens of one answer."""
    max_uses: int | None = None
    caching: CacheControl | None = None


class McpTool(WireModel):
    """A tool as its MCP server describes it (SDK: ``BetaMCPTool``)."""

    name: str
    description: str | None = None
    input_schema: JsonObject


class McpToolset(WireModel):
    """The tools of one of the ``mcp_servers`` (SDK: ``BetaMCPToolset``)."""

    type: Literal["mcp_toolset"]
    mcp_server_name: str
    default_config: ToolsetMemberConfig | None = None
    configs: dict[str, ToolsetMemberConfig] | None = None
    """By the name of the tool."""
    tools: list[McpTool] | None = None
    """The server's listing, when the client has it already."""
    cache_control: CacheControl | None = None


class UnknownTool(WireModel):
    """A tool of a type that this version does not know."""

    type: str


Tool: TypeAlias = Annotated[
    CustomTool
    | BashTool
    | TextEditorTool
    | MemoryTool
    | ComputerTool
    | BrowserToolset
    | ComputerToolset
    | WebSearchTool
    | WebFetchTool
    | CodeExecutionTool
    | ToolSearchTool
    | AdvisorTool
    | McpToolset
    | UnknownTool,
    OpenUnion("type"),
]
"""A tool that a request offers (SDK: ``ToolUnionParam``); without a ``type`` it is a `CustomTool`."""

read_tool: Final[UnionReader[Tool]] = UnionReader(Tool)
"""Reads one tool of a request."""
