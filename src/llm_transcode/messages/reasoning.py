"""Thinking: the blocks it comes in, the settings that ask for it, and those of the output as a whole.

https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from ..wire import JsonObject, OpenUnion, WireModel

__all__ = [
    "EFFORTS",
    "PREFIX_MISMATCH_BEHAVIORS",
    "THINKING_DISPLAYS",
    "JsonOutputFormat",
    "OutputConfig",
    "OutputFormat",
    "RedactedThinkingBlock",
    "TaskBudget",
    "ThinkingAdaptive",
    "ThinkingBetweenTools",
    "ThinkingBlock",
    "ThinkingBlockBinding",
    "ThinkingConfig",
    "ThinkingDisabled",
    "ThinkingEnabled",
    "UnknownOutputFormat",
    "UnknownThinking",
]

EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
"""The levels of ``output_config.effort``, from least to most."""

THINKING_DISPLAYS: Final = frozenset({"summarized", "omitted", "updates"})
"""How thinking may be shown; ``updates`` is beta."""

PREFIX_MISMATCH_BEHAVIORS: Final = frozenset({"error", "drop_block"})
"""What may become of a thinking block behind a prefix that has changed since."""


# -- blocks ---------------------------------------------------------------------------------------


class ThinkingBlock(WireModel):
    """What the model thought, or a summary of it (SDK: ``ThinkingBlock``)."""

    type: Literal["thinking"]
    thinking: str
    """Empty when ``display`` is ``omitted``."""
    signature: str | None = None
    """Opaque proof of origin, without which the API does not read the block again. The SDK requires
    it; streams of 2025 and compatible servers open the block without."""


class RedactedThinkingBlock(WireModel):
    """Encrypted thinking, to be sent back unchanged (SDK: ``RedactedThinkingBlock``)."""

    type: Literal["redacted_thinking"]
    data: str


# -- the ``thinking`` parameter -------------------------------------------------------------------


class ThinkingBlockBinding(WireModel):
    """How strictly thinking is bound to what stood before it (SDK: ``BetaThinkingBlockBindingParam``)."""

    prefix_mismatch_behavior: str | None = None
    """One of `PREFIX_MISMATCH_BEHAVIORS`."""


class ThinkingAdaptive(WireModel):
    """The model decides how much to think (SDK: ``ThinkingConfigAdaptiveParam``)."""

    type: Literal["adaptive"]
    display: str | None = None
    """One of `THINKING_DISPLAYS`; the default depends on the model."""
    block_binding: ThinkingBlockBinding | None = None


class ThinkingEnabled(WireModel):
    """Thinking within a budget (SDK: ``ThinkingConfigEnabledParam``)."""

    type: Literal["enabled"]
    budget_tokens: int
    """At least 1024 and less than ``max_tokens``, of which it is a part."""
    display: str | None = None
    """One of `THINKING_DISPLAYS`; the default depends on the model."""
    block_binding: ThinkingBlockBinding | None = None


class ThinkingDisabled(WireModel):
    """No thinking (SDK: ``ThinkingConfigDisabledParam``)."""

    type: Literal["disabled"]


class ThinkingBetweenTools(WireModel):
    """No thinking but notes on the progress between tool calls (SDK: ``ThinkingConfigBetweenToolsParam``)."""

    type: Literal["between_tools"]


class UnknownThinking(WireModel):
    """A mode of thinking that this version does not know."""

    type: str


ThinkingConfig: TypeAlias = Annotated[
    ThinkingAdaptive | ThinkingEnabled | ThinkingDisabled | ThinkingBetweenTools | UnknownThinking,
    OpenUnion("type"),
]
"""The ``thinking`` parameter of a request (SDK: ``ThinkingConfigParam``)."""


# -- the ``output_config`` parameter --------------------------------------------------------------


class JsonOutputFormat(WireModel):
    """Structured output: an answer that obeys a JSON Schema (SDK: ``JSONOutputFormatParam``)."""

    type: Literal["json_schema"]
    schema_: JsonObject = Field(alias="schema")
    """A JSON Schema. ``schema`` itself is a method of every pydantic model."""


class UnknownOutputFormat(WireModel):
    """An output format that this version does not know."""

    type: str


OutputFormat: TypeAlias = Annotated[JsonOutputFormat | UnknownOutputFormat, OpenUnion("type")]
"""The form of the answer."""


class TaskBudget(WireModel):
    """A budget for a whole task, which the model is told about (SDK: ``BetaTokenTaskBudgetParam``)."""

    type: str
    """``tokens``."""
    total: int
    """Tokens of the whole task."""
    remaining: int | None = None
    """Tokens that are left; ``total`` when absent."""


class OutputConfig(WireModel):
    """Settings of the output (SDK: ``OutputConfigParam``)."""

    effort: str | None = None
    """One of `EFFORTS`."""
    format: OutputFormat | None = None
    task_budget: TaskBudget | None = None
