"""A chunk of a streamed reply (``chat.completion.chunk``).

Everything that some server leaves out or nulls is optional, which is everything.
"""

from __future__ import annotations

from typing import Final

from ..wire import JsonObject, Number, WireModel
from .content import Part
from .error import Error
from .reasoning import ReasoningSlots
from .response import Annotation, ChoiceFields, ModerationReport, XGroq
from .usage import Usage

__all__ = [
    "AudioDelta",
    "Chunk",
    "ChunkChoice",
    "CustomDelta",
    "DELTA_ROLES",
    "Delta",
    "FunctionDelta",
    "ToolCallDelta",
]

DELTA_ROLES: Final = ("developer", "system", "user", "assistant", "tool")
"""Known values of `Delta.role`; in practice it is ``assistant``."""


class FunctionDelta(WireModel):
    """A fragment of a function call (SDK: ``ChoiceDeltaToolCallFunction``, ``ChoiceDeltaFunctionCall``)."""

    name: str | None = None
    """Comes whole, in the first fragment; some servers repeat it or send it empty later on."""
    arguments: str | JsonObject | None = None
    """More JSON text; some servers send the whole object at once."""


class CustomDelta(WireModel):
    """A fragment of a custom tool call; on the wire, though not in the SDK's types."""

    name: str | None = None
    input: str | None = None
    """More of the input."""


class ToolCallDelta(WireModel):
    """A fragment of a tool call (SDK: ``ChoiceDeltaToolCall``)."""

    index: int | None = None
    """Which call it belongs to; not to be trusted alone, as servers omit it or leave it at 0."""
    id: str | None = None
    """Comes in the first fragment; some servers repeat it or send it empty later on."""
    type: str | None = None
    """``function`` or ``custom``."""
    function: FunctionDelta | None = None
    custom: CustomDelta | None = None
    extra_content: JsonObject | None = None
    """Gemini's slot for ``google.thought_signature``."""
    provider_specific_fields: JsonObject | None = None
    """LiteLLM's slot for what has no other."""


class AudioDelta(WireModel):
    """A fragment of speech (SDK: ``ChoiceDeltaAudio``)."""

    id: str | None = None
    data: str | None = None
    """More of the recording, in base64."""
    transcript: str | None = None
    """More of the transcript."""
    expires_at: int | None = None
    """Until when the id can be used, in seconds since 1970; may come after the finish reason."""


class Delta(ReasoningSlots):
    """What a choice gains (SDK: ``ChoiceDelta``)."""

    role: str | None = None
    """One of `DELTA_ROLES`: in the first chunk, in each one, or in none."""
    content: str | list[Part] | None = None
    """More text; Mistral sends a list while it is thinking."""
    refusal: str | None = None
    tool_calls: list[ToolCallDelta] | None = None
    function_call: FunctionDelta | None = None
    """Deprecated form of a single tool call."""
    audio: AudioDelta | None = None

    # Extensions of other vendors.
    annotations: list[Annotation] | None = None
    """OpenRouter."""
    extra_content: JsonObject | None = None
    """Gemini's slot for ``google.thought_signature``."""
    provider_specific_fields: JsonObject | None = None
    """LiteLLM's slot for what has no other."""


class ChunkChoice(ChoiceFields):
    """What a chunk says about one choice (SDK: ``Choice`` of ``ChatCompletionChunk``)."""

    delta: Delta | None = None
    """Null or absent in Azure's chunks about content filters."""


class Chunk(WireModel):
    """One event of a stream (SDK: ``ChatCompletionChunk``)."""

    id: str | None = None
    """The reply's id: the same in each chunk, except where a server changes or empties it."""
    object: str | None = None
    """``chat.completion.chunk``."""
    created: Number | None = None
    """When the reply was begun, in seconds since 1970."""
    model: str | None = None
    choices: list[ChunkChoice] | None = None
    """Empty in a chunk that only brings the usage."""
    usage: Usage | None = None
    """The usage so far, where it comes more than once."""
    service_tier: str | None = None
    """Which tier serves the request, one of `SERVICE_TIERS`."""
    system_fingerprint: str | None = None
    """Which build of the backend answers."""
    moderation: ModerationReport | None = None
    obfuscation: str | None = None
    """Random padding."""

    # Extensions of other vendors.
    x_groq: XGroq | None = None
    """Groq."""
    error: Error | str | None = None
    """Why the stream broke off; OpenRouter sends it beside ``choices``."""
