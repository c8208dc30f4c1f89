"""The request: ``POST /v1/messages``, and ``POST /v1/messages/count_tokens``, which takes a part of it.

GA and beta fields stand together. What the SDK sends as headers (``betas``, ``workspace_id``,
``user_profile_id``) is not here.

https://docs.anthropic.com/en/api/messages
https://docs.anthropic.com/en/api/messages-count-tokens
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import Json, Number, OpenUnion, WireModel
from .content import CacheControl, TextContent
from .reasoning import OutputConfig, OutputFormat, ThinkingConfig
from .tool_definitions import Tool
from .tools import ToolChoice
from .turns import Turn

__all__ = [
    "BILL_TO",
    "FALLBACK_CREDIT_MODES",
    "SERVICE_TIERS",
    "SKILL_TYPES",
    "BillingPolicy",
    "ClearThinkingEdit",
    "ClearToolUsesEdit",
    "CompactEdit",
    "Compaction",
    "Container",
    "ContextEdit",
    "ContextManagement",
    "CountTokensRequest",
    "Diagnostics",
    "Fallback",
    "FallbackCreditToken",
    "McpServer",
    "McpToolConfiguration",
    "Metadata",
    "PromptParameters",
    "Request",
    "RequestEnvelope",
    "RequestParameters",
    "Skill",
    "Thread",
    "Threshold",
    "UnknownEdit",
]

SERVICE_TIERS: Final = frozenset({"auto", "standard_only"})
"""The tiers that a request may ask for."""

SKILL_TYPES: Final = frozenset({"anthropic", "custom"})
"""Who made a skill: the vendor or the client's organisation."""

BILL_TO: Final = frozenset({"self", "user_profile"})
"""Who may be billed."""

FALLBACK_CREDIT_MODES: Final = frozenset({"strict", "best_effort"})
"""Whether a credit that cannot be applied fails the request."""


class Metadata(WireModel):
    """About the request (SDK: ``MetadataParam``)."""

    user_id: str | None = None
    """An opaque id of the end user, which must not identify a person."""


class Skill(WireModel):
    """A skill for the container (SDK: ``SkillParams``, ``ContainerSkill``)."""

    type: str
    """One of `SKILL_TYPES`."""
    skill_id: str
    version: str | None = None
    """The latest one when absent."""


class Container(WireModel):
    """The container of code execution (SDK: ``ContainerParams``)."""

    id: str | None = None
    """Of a container to be used again."""
    skills: list[Skill] | None = None


class Diagnostics(WireModel):
    """Asks why the prompt cache missed (SDK: ``DiagnosticsParam``)."""

    previous_message_id: str | None = None
    """The response whose request is to be compared with."""


class McpToolConfiguration(WireModel):
    """Which tools of an MCP server are on (SDK: ``BetaRequestMCPServerToolConfigurationParam``)."""

    enabled: bool | None = None
    allowed_tools: list[str] | None = None


class McpServer(WireModel):
    """An MCP server that the vendor is to call (SDK: ``BetaRequestMCPServerURLDefinitionParam``)."""

    type: str
    """``url``."""
    name: str
    url: str | None = None
    authorization_token: str | None = None
    """A secret."""
    tool_configuration: McpToolConfiguration | None = None


class Compaction(WireModel):
    """Makes the request one for a summary (SDK: ``BetaCompactionConfigParam``)."""

    type: str
    """``summarize``."""
    instructions: str | None = None


class Fallback(WireModel):
    """A model to ask when the first one refuses (SDK: ``BetaFallbackParam``)."""

    model: str
    max_tokens: int | None = None
    thinking: ThinkingConfig | None = None
    output_config: OutputConfig | None = None
    speed: str | None = None
    """One of `usage.SPEEDS`."""


class FallbackCreditToken(WireModel):
    """The credit of an earlier refusal (SDK: ``BetaFallbackCreditTokenParam``)."""

    token: str
    mode: str | None = None
    """One of `FALLBACK_CREDIT_MODES`."""


class BillingPolicy(WireModel):
    """Who is to pay (SDK: ``BetaBillingPolicyParam``)."""

    type: str
    """``billing_policy``."""
    bill_to: str | None = None
    """One of `BILL_TO`; ``self`` when absent."""


class Thread(WireModel):
    """Conversation state that the server holds (SDK: ``BetaThreadCreateParams``, ``BetaThreadContinueParams``)."""

    type: str
    """``create``, or ``continue`` with ``previous_message_id``."""
    previous_message_id: str | None = None


# -- editing of the context -----------------------------------------------------------------------


class Threshold(WireModel):
    """A number of something (SDK: ``BetaInputTokensTriggerParam``, ``BetaToolUsesKeepParam`` and so on)."""

    type: str
    """``input_tokens``, ``tool_uses`` or ``thinking_turns``; ``all`` has no value."""
    value: int | None = None


class ClearToolUsesEdit(WireModel):
    """Clears old tool results (SDK: ``BetaClearToolUses20250919EditParam``)."""

    type: Literal["clear_tool_uses_20250919"]
    trigger: Threshold | None = None
    keep: Threshold | None = None
    clear_at_least: Threshold | None = None
    clear_tool_inputs: bool | list[str] | None = None
    """Whether to clear the inputs too, or of which tools."""
    exclude_tools: list[str] | None = None


class ClearThinkingEdit(WireModel):
    """Clears old thinking (SDK: ``BetaClearThinking20251015EditParam``)."""

    type: Literal["clear_thinking_20251015"]
    keep: str | Threshold | None = None
    """``all``, or a number of turns."""


class CompactEdit(WireModel):
    """Summarises old turns (SDK: ``BetaCompact20260112EditParam``)."""

    type: Literal["compact_20260112"]
    trigger: Threshold | None = None
    instructions: str | None = None
    pause_after_compaction: bool | None = None


class UnknownEdit(WireModel):
    """An edit that this version does not know."""

    type: str


ContextEdit: TypeAlias = Annotated[ClearToolUsesEdit | ClearThinkingEdit | CompactEdit | UnknownEdit, OpenUnion("type")]
"""One way to shorten the context."""


class ContextManagement(WireModel):
    """How the server is to shorten the context (SDK: ``BetaContextManagementConfigParam``)."""

    edits: list[ContextEdit] | None = None


# -- the request itself ---------------------------------------------------------------------------


class PromptParameters(WireModel):
    """What takes part in counting tokens, beside the prompt itself: system prompt, turns and tools."""

    model: str | None = None
    """Required by the vendor's own API; Bedrock and Vertex have it in the address instead."""
    tool_choice: ToolChoice | None = None
    thinking: ThinkingConfig | None = None
    output_config: OutputConfig | None = None
    output_format: OutputFormat | str | None = None
    """The beta form of ``output_config.format``, in use until 2026; a string is not of any version."""
    cache_control: CacheControl | None = None
    """Marks the last block that can be marked."""
    speed: str | None = None
    """One of `usage.SPEEDS`."""
    context_management: ContextManagement | None = None
    compaction: Compaction | None = None
    mcp_servers: list[McpServer] | None = None
    billing_policy: BillingPolicy | None = None
    anthropic_version: str | None = None
    """Bedrock and Vertex take the version here instead of in a header."""
    anthropic_beta: list[str] | None = None
    """Bedrock and Vertex take the beta features here instead of in a header."""


class CountTokensRequest(PromptParameters):
    """``POST /v1/messages/count_tokens`` (SDK: ``MessageCountTokensParams``)."""

    system: str | list[TextContent] | None = None
    messages: list[Turn]
    tools: list[Tool] | None = None


class RequestParameters(PromptParameters):
    """A request but for its prompt."""

    max_tokens: int
    """Limit on output tokens, thinking included; 0 fills the prompt cache without an answer."""
    stream: bool | None = None
    stop_sequences: list[str] | None = None
    temperature: Number | None = None
    """0 to 1. Not in the API of 2026-10-21, nor taken by newer models."""
    top_p: Number | None = None
    """0 to 1. Not in the API of 2026-10-21, nor taken by newer models."""
    top_k: int | None = None
    """Not in the API of 2026-10-21, nor taken by newer models."""
    metadata: Metadata | None = None
    service_tier: str | None = None
    """One of `SERVICE_TIERS`."""
    inference_geo: Json = None
    """Where inference must take place. The API takes the name of a region; gateways take objects too."""
    container: str | Container | None = None
    """A container, or its id."""
    diagnostics: Diagnostics | None = None
    fallbacks: str | list[Fallback] | None = None
    """``default``, or the models to fall back to."""
    fallback_credit_token: str | FallbackCreditToken | None = None
    thread: Thread | None = None


class Request(RequestParameters):
    """``POST /v1/messages`` (SDK: ``MessageCreateParams``)."""

    system: str | list[TextContent] | None = None
    messages: list[Turn]
    tools: list[Tool] | None = None


class RequestEnvelope(RequestParameters):
    """A request whose prompt is still the JSON that it came as.

    Nearly all of a request is its prompt, whose blocks `read_block` and its like read one by one.
    """

    system: str | list[Json] | None = None
    messages: list[Json]
    tools: list[Json] | None = None
