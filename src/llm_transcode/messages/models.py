"""The listing of models: ``GET /v1/models``.

https://docs.anthropic.com/en/api/models-list
"""

from __future__ import annotations

from typing import Final, Literal

from ..wire import WireModel

__all__ = [
    "LIFECYCLES",
    "MODEL_LINES",
    "CapabilitySupport",
    "CompactionCapability",
    "ContextManagementCapability",
    "EffortCapability",
    "Model",
    "ModelCapabilities",
    "ModelList",
    "ServerToolsCapability",
    "ThinkingCapability",
    "ThinkingTypes",
]

LIFECYCLES: Final = frozenset({"active", "deprecated", "retired"})
"""The states of a model."""

MODEL_LINES: Final = frozenset({"haiku", "sonnet", "opus", "fable", "mythos"})
"""The families of models."""


class CapabilitySupport(WireModel):
    """Whether a model can do something (SDK: ``CapabilitySupport``)."""

    supported: bool


class ContextManagementCapability(CapabilitySupport):
    """Which edits of the context the model takes (SDK: ``ContextManagementCapability``)."""

    clear_thinking_20251015: CapabilitySupport | None = None
    clear_tool_uses_20250919: CapabilitySupport | None = None
    compact_20260112: CapabilitySupport | None = None


class CompactionCapability(CapabilitySupport):
    """Which forms of ``compaction`` the model takes (SDK: ``BetaCompactionCapability``)."""

    summarize: CapabilitySupport | None = None


class EffortCapability(CapabilitySupport):
    """Which levels of effort the model takes (SDK: ``EffortCapability``)."""

    low: CapabilitySupport | None = None
    medium: CapabilitySupport | None = None
    high: CapabilitySupport | None = None
    xhigh: CapabilitySupport | None = None
    max: CapabilitySupport | None = None


class ServerToolsCapability(CapabilitySupport):
    """Which tools the server runs for the model (SDK: ``ServerToolsCapability``)."""

    web_search: CapabilitySupport | None = None
    code_execution: CapabilitySupport | None = None


class ThinkingTypes(WireModel):
    """Which modes of ``thinking`` the model takes (SDK: ``ThinkingTypes``)."""

    adaptive: CapabilitySupport | None = None
    between_tools: CapabilitySupport | None = None
    disabled: CapabilitySupport | None = None
    enabled: CapabilitySupport | None = None


class ThinkingCapability(CapabilitySupport):
    """Whether and how the model thinks (SDK: ``ThinkingCapability``)."""

    types: ThinkingTypes | None = None


class ModelCapabilities(WireModel):
    """What a model can do (SDK: ``ModelCapabilities``)."""

    batch: CapabilitySupport | None = None
    citations: CapabilitySupport | None = None
    code_execution: CapabilitySupport | None = None
    compaction: CompactionCapability | None = None
    context_management: ContextManagementCapability | None = None
    effort: EffortCapability | None = None
    image_input: CapabilitySupport | None = None
    pdf_input: CapabilitySupport | None = None
    server_tools: ServerToolsCapability | None = None
    structured_outputs: CapabilitySupport | None = None
    thinking: ThinkingCapability | None = None


class Model(WireModel):
    """A model (SDK: ``ModelInfo``). Only ``id`` and ``type`` are in every server's listing."""

    type: Literal["model"]
    id: str
    display_name: str | None = None
    created_at: str | None = None
    """RFC 3339; the epoch when unknown."""
    lifecycle: str | None = None
    """One of `LIFECYCLES`."""
    deprecated_at: str | None = None
    """RFC 3339."""
    retires_at: str | None = None
    """RFC 3339."""
    line: str | None = None
    """One of `MODEL_LINES`."""
    max_input_tokens: int | None = None
    """Size of the context window, in tokens."""
    max_tokens: int | None = None
    """Largest ``max_tokens`` of a request."""
    capabilities: ModelCapabilities | None = None
    allowed_fallback_models: list[str] | None = None


class ModelList(WireModel):
    """One page of the listing (SDK: ``SyncPage[ModelInfo]``)."""

    data: list[Model]
    has_more: bool | None = None
    first_id: str | None = None
    """For ``before_id`` of the request for the page before."""
    last_id: str | None = None
    """For ``after_id`` of the request for the next page."""
