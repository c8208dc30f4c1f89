"""Tools: their definitions, the choice among them, and the calls that a model makes.

Mirrors the SDK's ``ChatCompletion*Tool*`` types, and the deprecated functions that came before them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import JsonObject, OpenUnion, UnionReader, WireModel
from .content import CacheControl

__all__ = [
    "ALLOWED_TOOLS_MODES",
    "AllowedTools",
    "AllowedToolsChoice",
    "CustomCall",
    "CustomDefinition",
    "CustomFormat",
    "CustomTool",
    "CustomToolCall",
    "FUNCTION_CALL_MODES",
    "FunctionCall",
    "FunctionCallOption",
    "FunctionDefinition",
    "FunctionTool",
    "FunctionToolCall",
    "GRAMMAR_SYNTAXES",
    "Grammar",
    "GrammarFormat",
    "LegacyFunction",
    "NamedCustomToolChoice",
    "NamedTool",
    "NamedToolChoice",
    "TOOL_CHOICE_MODES",
    "TextFormat",
    "Tool",
    "ToolCall",
    "ToolChoice",
    "UnknownFormat",
    "UnknownTool",
    "UnknownToolCall",
    "UnknownToolChoice",
    "read_tool",
    "read_tool_call",
]

TOOL_CHOICE_MODES: Final = ("none", "auto", "required")
"""Known strings of ``tool_choice``; Mistral also says ``any``, its word for ``required``."""

ALLOWED_TOOLS_MODES: Final = ("auto", "required")
"""Known values of `AllowedTools.mode`."""

FUNCTION_CALL_MODES: Final = ("none", "auto")
"""Known strings of the deprecated request field ``function_call``."""

GRAMMAR_SYNTAXES: Final = ("lark", "regex")
"""Known values of `Grammar.syntax`."""


# -- definitions -------------------------------------------------------------------------------


class FunctionDefinition(WireModel):
    """A function the model may call (SDK: ``FunctionDefinition``)."""

    name: str
    description: str | None = None
    parameters: JsonObject | None = None
    """A JSON Schema; a function without it takes no arguments."""
    strict: bool | None = None
    """Whether arguments are to follow the schema exactly."""


class FunctionTool(WireModel):
    """A tool that takes JSON arguments (SDK: ``ChatCompletionFunctionToolParam``)."""

    type: Literal["function"] | None = None
    """Required by OpenAI, left out by some clients of Mistral."""
    function: FunctionDefinition
    cache_control: CacheControl | None = None
    """Extension of OpenRouter and LiteLLM."""
    eager_input_streaming: bool | None = None
    """Anthropic's setting for unbuffered arguments, passed on by OpenRouter."""


class TextFormat(WireModel):
    """Unconstrained text as the input of a custom tool (SDK: ``CustomFormatText``)."""

    type: Literal["text"]


class Grammar(WireModel):
    """A grammar that text must follow (SDK: ``CustomFormatGrammarGrammar``)."""

    syntax: str
    """One of `GRAMMAR_SYNTAXES`."""
    definition: str


class GrammarFormat(WireModel):
    """Text that follows a grammar as the input of a custom tool (SDK: ``CustomFormatGrammar``)."""

    type: Literal["grammar"]
    grammar: Grammar


class UnknownFormat(WireModel):
    """An input format of a type that this version does not know, kept as it came."""

    type: str


CustomFormat: TypeAlias = Annotated[TextFormat | GrammarFormat | UnknownFormat, OpenUnion("type")]
"""What a custom tool takes as its input."""


class CustomDefinition(WireModel):
    """A free-form tool the model may call (SDK: ``Custom``)."""

    name: str
    description: str | None = None
    format: CustomFormat | None = None
    """Absent means unconstrained text."""


class CustomTool(WireModel):
    """A tool that takes a string (SDK: ``ChatCompletionCustomToolParam``)."""

    type: Literal["custom"]
    custom: CustomDefinition
    cache_control: CacheControl | None = None
    """Extension of OpenRouter and LiteLLM."""


class UnknownTool(WireModel):
    """A tool of a type that this version does not know, such as a vendor's server tool, kept as it came."""

    type: str


Tool: TypeAlias = Annotated[FunctionTool | CustomTool | UnknownTool, OpenUnion("type")]
"""An entry of ``tools`` (SDK: ``ChatCompletionToolUnionParam``)."""

read_tool: Final[UnionReader[Tool]] = UnionReader(Tool)
"""Reads one entry of ``tools``."""


# -- choice ------------------------------------------------------------------------------------


class NamedTool(WireModel):
    """A tool by its name (SDK: ``Function`` and ``Custom`` of the named tool choices)."""

    name: str


class NamedToolChoice(WireModel):
    """The model must call this function (SDK: ``ChatCompletionNamedToolChoiceParam``)."""

    type: Literal["function"]
    function: NamedTool


class NamedCustomToolChoice(WireModel):
    """The model must call this custom tool (SDK: ``ChatCompletionNamedToolChoiceCustomParam``)."""

    type: Literal["custom"]
    custom: NamedTool


class AllowedTools(WireModel):
    """Some of the tools (SDK: ``ChatCompletionAllowedToolsParam``)."""

    mode: str
    """One of `ALLOWED_TOOLS_MODES`."""
    tools: list[JsonObject]
    """References such as ``{"type": "function", "function": {"name": "get_time"}}``."""


class AllowedToolsChoice(WireModel):
    """The model may call these tools only (SDK: ``ChatCompletionAllowedToolChoiceParam``)."""

    type: Literal["allowed_tools"]
    allowed_tools: AllowedTools


class UnknownToolChoice(WireModel):
    """A choice of a type that this version does not know, kept as it came."""

    type: str


ToolChoice: TypeAlias = (
    str
    | Annotated[
        NamedToolChoice | NamedCustomToolChoice | AllowedToolsChoice | UnknownToolChoice,
        OpenUnion("type"),
    ]
)
"""One of `TOOL_CHOICE_MODES`, or an object (SDK: ``ChatCompletionToolChoiceOptionParam``)."""


# -- calls -------------------------------------------------------------------------------------


class FunctionCall(WireModel):
    """A function's name and arguments (SDK: ``FunctionCall`` and the ``Function`` of a tool call)."""

    name: str
    arguments: str | JsonObject | None = None
    """JSON text, which need not be valid; some servers send the object itself, or nothing."""


class _ToolCall(WireModel):
    """What calls carry besides what is called."""

    id: str | None = None
    """Required by OpenAI, left out by Gemini's compatible endpoint and Ollama."""
    index: int | None = None
    """Position in the list, which Mistral, DeepSeek and others repeat here."""
    extra_content: JsonObject | None = None
    """Gemini's slot for ``google.thought_signature``."""
    provider_specific_fields: JsonObject | None = None
    """LiteLLM's slot for what has no other."""
    cache_control: CacheControl | None = None
    """Extension of OpenRouter."""


class FunctionToolCall(_ToolCall):
    """A call of a function (SDK: ``ChatCompletionMessageFunctionToolCall``)."""

    type: Literal["function"] | None = None
    function: FunctionCall


class CustomCall(WireModel):
    """A custom tool's name and input (SDK: ``Custom``)."""

    name: str
    input: str


class CustomToolCall(_ToolCall):
    """A call of a custom tool (SDK: ``ChatCompletionMessageCustomToolCall``)."""

    type: Literal["custom"]
    custom: CustomCall


class UnknownToolCall(WireModel):
    """A call of a type that this version does not know, kept as it came."""

    type: str


ToolCall: TypeAlias = Annotated[FunctionToolCall | CustomToolCall | UnknownToolCall, OpenUnion("type")]
"""An entry of ``tool_calls`` (SDK: ``ChatCompletionMessageToolCallUnion``)."""

read_tool_call: Final[UnionReader[ToolCall]] = UnionReader(ToolCall)
"""Reads one entry of ``tool_calls``."""


# -- deprecated functions ----------------------------------------------------------------------


class LegacyFunction(WireModel):
    """An entry of the deprecated ``functions`` (SDK: ``Function`` of ``CompletionCreateParams``)."""

    name: str
    description: str | None = None
    parameters: JsonObject | None = None
    """A JSON Schema; a function without it takes no arguments."""


class FunctionCallOption(WireModel):
    """The model must call this function (SDK: ``ChatCompletionFunctionCallOptionParam``)."""

    name: str
