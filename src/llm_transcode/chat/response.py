"""A complete reply (``chat.completion``).

What is required here is what a reply is useless without; everything that some server leaves out or
nulls is optional.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from ..wire import JsonObject, Number, OpenUnion, WireModel
from .content import Part
from .error import Error
from .reasoning import ReasoningSlots
from .tools import FunctionCall, ToolCall
from .usage import Usage

__all__ = [
    "Annotation",
    "AssistantFields",
    "Audio",
    "Choice",
    "ChoiceFields",
    "Logprobs",
    "ModerationError",
    "ModerationOutcome",
    "ModerationReport",
    "ModerationResult",
    "ModerationResults",
    "Response",
    "ResponseMessage",
    "TokenLogprob",
    "TopLogprob",
    "UnknownModeration",
    "UrlCitation",
    "XGroq",
]


# -- the message -------------------------------------------------------------------------------


class UrlCitation(WireModel):
    """A web page that part of the text rests on (SDK: ``AnnotationURLCitation``)."""

    url: str
    title: str | None = None
    start_index: int | None = None
    """Where the cited part of the message begins, in characters."""
    end_index: int | None = None
    """Where the cited part of the message ends, in characters."""
    content: str | None = None
    """An excerpt of the page (OpenRouter)."""


class Annotation(WireModel):
    """A remark on the text (SDK: ``Annotation``)."""

    type: str
    """``url_citation``; OpenRouter also has ``file``."""
    url_citation: UrlCitation | None = None
    """Present when ``type`` says so."""


class Audio(WireModel):
    """What the model said aloud (SDK: ``ChatCompletionAudio``); an echoed turn may keep the id alone."""

    id: str
    data: str | None = None
    """The recording in base64, in the format that the request asked for."""
    expires_at: int | None = None
    """Until when the id can be used, in seconds since 1970."""
    transcript: str | None = None


class AssistantFields(ReasoningSlots):
    """What an assistant says, in a reply and in the turn that echoes it."""

    content: str | list[Part] | None = None
    """Null or absent beside tool calls; Mistral replies with a list when it has been thinking."""
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    function_call: FunctionCall | None = None
    """Deprecated form of a single tool call."""
    audio: Audio | None = None
    annotations: list[Annotation] | None = None

    # Extensions of other vendors.
    extra_content: JsonObject | None = None
    """Gemini's slot for ``google.thought_signature``."""
    provider_specific_fields: JsonObject | None = None
    """LiteLLM's slot for what has no other."""


class ResponseMessage(AssistantFields):
    """What the model replied (SDK: ``ChatCompletionMessage``)."""

    role: str | None = None
    """``assistant``."""


# -- log probabilities -------------------------------------------------------------------------


class TopLogprob(WireModel):
    """A token that could have stood here (SDK: ``TopLogprob``)."""

    token: str
    logprob: Number
    bytes: list[int] | None = None
    """The token's UTF-8 bytes; null where it has none."""


class TokenLogprob(TopLogprob):
    """A token that was chosen (SDK: ``ChatCompletionTokenLogprob``)."""

    top_logprobs: list[TopLogprob] | None = None


class Logprobs(WireModel):
    """Log probabilities of a choice (SDK: ``ChoiceLogprobs``)."""

    content: list[TokenLogprob] | None = None
    refusal: list[TokenLogprob] | None = None


# -- moderation --------------------------------------------------------------------------------


class ModerationResult(WireModel):
    """How one model judged (SDK: ``ModerationInputModerationResultsResult``)."""

    type: str
    """``moderation_result``."""
    model: str
    flagged: bool
    categories: dict[str, bool]
    category_scores: dict[str, Number]
    """How sure the model is, from 0 to 1."""
    category_applied_input_types: dict[str, list[str]]
    """``text`` or ``image``."""


class ModerationResults(WireModel):
    """A judgement (SDK: ``ModerationInputModerationResults``)."""

    type: Literal["moderation_results"]
    model: str
    results: list[ModerationResult]


class ModerationError(WireModel):
    """Moderation failed (SDK: ``ModerationInputError``)."""

    type: Literal["error"]
    code: str
    message: str


class UnknownModeration(WireModel):
    """An outcome of a type that this version does not know, kept as it came."""

    type: str


ModerationOutcome: TypeAlias = Annotated[ModerationResults | ModerationError | UnknownModeration, OpenUnion("type")]
"""What became of moderating one side."""


class ModerationReport(WireModel):
    """Moderation of what went in and what came out (SDK: ``Moderation`` of ``ChatCompletion``)."""

    input: ModerationOutcome | None = None
    output: ModerationOutcome | None = None


# -- the reply ---------------------------------------------------------------------------------


class ChoiceFields(WireModel):
    """What is said about a choice, in a reply and in a chunk."""

    index: int | None = None
    finish_reason: str | None = None
    """One of `FINISH_REASONS` or a vendor's own; null until the last chunk, empty at Snowflake."""
    logprobs: Logprobs | None = None

    # Extensions of other vendors.
    native_finish_reason: str | None = None
    """What the upstream called it (OpenRouter)."""
    stop_reason: str | int | None = None
    """The stop string, or stop token's id, that matched (vLLM)."""
    matched_stop: str | int | None = None
    """The stop string, or stop token's id, that matched (SGLang)."""
    error: Error | None = None
    """Why this choice failed (OpenRouter)."""


class Choice(ChoiceFields):
    """One candidate answer (SDK: ``Choice`` of ``ChatCompletion``)."""

    message: ResponseMessage | None = None
    """Absent where Azure's content filter held it back."""


class XGroq(WireModel):
    """Groq's own remarks on a reply."""

    id: str | None = None
    usage: Usage | None = None
    """The only usage of a stream whose request lacked ``stream_options.include_usage``."""
    seed: int | None = None
    """The seed with which the answer was sampled."""
    error: str | None = None
    """Why a stream broke off."""


class Response(WireModel):
    """A reply (SDK: ``ChatCompletion``)."""

    id: str | None = None
    object: str | None = None
    """``chat.completion``."""
    created: Number | None = None
    """When the reply was made, in seconds since 1970."""
    model: str | None = None
    choices: list[Choice]
    usage: Usage | None = None
    service_tier: str | None = None
    """Which tier served the request, one of `SERVICE_TIERS`."""
    system_fingerprint: str | None = None
    """Which build of the backend answered."""
    metadata: JsonObject | None = None
    """The tags of a stored completion."""
    moderation: ModerationReport | None = None
    x_groq: XGroq | None = None
    """Extension of Groq."""
