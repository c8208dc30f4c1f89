"""The request, ``POST /v1/chat/completions``."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from ..wire import Json, JsonObject, Number, OpenUnion, WireModel
from .content import CacheControl, Part
from .reasoning import ReasoningConfig, ThinkingConfig
from .tools import FunctionCallOption, LegacyFunction, Tool, ToolChoice
from .turns import Message

__all__ = [
    "ApproximateLocation",
    "AudioParam",
    "JsonSchema",
    "MODALITIES",
    "MODERATION_MODES",
    "Moderation",
    "ModerationPolicy",
    "ModerationPolicyMode",
    "OUTPUT_AUDIO_FORMATS",
    "PROMPT_CACHE_MODES",
    "PROMPT_CACHE_RETENTIONS",
    "PROMPT_CACHE_TTLS",
    "Prediction",
    "PromptCacheOptions",
    "Request",
    "RequestEnvelope",
    "RequestParameters",
    "ResponseFormat",
    "ResponseFormatJsonObject",
    "ResponseFormatJsonSchema",
    "ResponseFormatText",
    "SEARCH_CONTEXT_SIZES",
    "SERVICE_TIERS",
    "StreamOptions",
    "UnknownResponseFormat",
    "UserLocation",
    "VERBOSITIES",
    "VoiceId",
    "WebSearchOptions",
]

MODALITIES: Final = ("text", "audio")
"""Known entries of `Request.modalities`."""

MODERATION_MODES: Final = ("score", "block")
"""Known values of `ModerationPolicyMode.mode`."""

OUTPUT_AUDIO_FORMATS: Final = ("wav", "aac", "mp3", "flac", "opus", "pcm16")
"""Known values of `AudioParam.format`."""

PROMPT_CACHE_MODES: Final = ("implicit", "explicit")
"""Known values of `PromptCacheOptions.mode`."""

PROMPT_CACHE_RETENTIONS: Final = ("in_memory", "24h")
"""Known values of `Request.prompt_cache_retention`."""

PROMPT_CACHE_TTLS: Final = ("30m",)
"""Known values of `PromptCacheOptions.ttl`."""

SEARCH_CONTEXT_SIZES: Final = ("low", "medium", "high")
"""Known values of `WebSearchOptions.search_context_size`."""

SERVICE_TIERS: Final = ("auto", "default", "flex", "scale", "priority", "fast")
"""Known values of ``service_tier``, in requests and replies."""

VERBOSITIES: Final = ("low", "medium", "high")
"""Known values of `Request.verbosity`."""


class StreamOptions(WireModel):
    """How to stream (SDK: ``ChatCompletionStreamOptionsParam``)."""

    include_usage: bool | None = None
    """Whether the usage is to follow in a chunk of its own."""
    include_obfuscation: bool | None = None
    """Whether chunks are padded at random, against eavesdroppers who measure them."""


# -- the form of the output --------------------------------------------------------------------


class ResponseFormatText(WireModel):
    """Plain text, the default (SDK: ``ResponseFormatText``)."""

    type: Literal["text"]


class ResponseFormatJsonObject(WireModel):
    """Any JSON object (SDK: ``ResponseFormatJSONObject``)."""

    type: Literal["json_object"]


class JsonSchema(WireModel):
    """The JSON that is wanted (SDK: ``JSONSchema``)."""

    name: str | None = None
    """Required by OpenAI, left out by clients of Perplexity."""
    description: str | None = None
    schema_: JsonObject | None = Field(default=None, alias="schema")
    """A JSON Schema. ``schema`` itself is a method of every pydantic model."""
    strict: bool | None = None
    """Whether the output is to follow the schema exactly."""

    @model_serializer(mode="wrap")
    def _dump_by_alias(self, handler: SerializerFunctionWrapHandler) -> JsonObject:
        return {"schema" if key == "schema_" else key: value for key, value in handler(self).items()}


class ResponseFormatJsonSchema(WireModel):
    """JSON that follows a schema (SDK: ``ResponseFormatJSONSchema``)."""

    type: Literal["json_schema"]
    json_schema: JsonSchema


class UnknownResponseFormat(WireModel):
    """A format of a type that this version does not know, kept as it came."""

    type: str


ResponseFormat: TypeAlias = Annotated[
    ResponseFormatText | ResponseFormatJsonObject | ResponseFormatJsonSchema | UnknownResponseFormat,
    OpenUnion("type"),
]
"""The request's ``response_format``."""


class VoiceId(WireModel):
    """A custom voice (SDK: ``VoiceID``)."""

    id: str


class AudioParam(WireModel):
    """How the model is to speak (SDK: ``ChatCompletionAudioParam``)."""

    format: str
    """One of `OUTPUT_AUDIO_FORMATS`."""
    voice: str | VoiceId
    """The name of a voice of OpenAI's, or a custom voice."""


class Prediction(WireModel):
    """Output that is largely known beforehand (SDK: ``ChatCompletionPredictionContentParam``)."""

    type: str
    """``content``."""
    content: str | list[Part]


# -- caching, searching, moderation ------------------------------------------------------------


class PromptCacheOptions(WireModel):
    """How the prompt is to be cached (SDK: ``PromptCacheOptions``)."""

    mode: str | None = None
    """One of `PROMPT_CACHE_MODES`: whether OpenAI adds a breakpoint of its own."""
    ttl: str | None = None
    """How long a prefix lives at least, one of `PROMPT_CACHE_TTLS`."""


class ApproximateLocation(WireModel):
    """Roughly where the user is (SDK: ``WebSearchOptionsUserLocationApproximate``)."""

    city: str | None = None
    country: str | None = None
    """A code of ISO 3166-1 alpha-2."""
    region: str | None = None
    timezone: str | None = None
    """A name of the IANA time zone database."""


class UserLocation(WireModel):
    """Where the user is (SDK: ``WebSearchOptionsUserLocation``)."""

    type: str
    """``approximate``."""
    approximate: ApproximateLocation


class WebSearchOptions(WireModel):
    """How to search the web (SDK: ``WebSearchOptions``)."""

    search_context_size: str | None = None
    """One of `SEARCH_CONTEXT_SIZES`."""
    user_location: UserLocation | None = None


class ModerationPolicyMode(WireModel):
    """What to do about one side (SDK: ``ModerationPolicyInput``, ``ModerationPolicyOutput``)."""

    mode: str
    """One of `MODERATION_MODES`."""


class ModerationPolicy(WireModel):
    """What to do about each side (SDK: ``ModerationPolicy``)."""

    input: ModerationPolicyMode | None = None
    output: ModerationPolicyMode | None = None


class Moderation(WireModel):
    """How to moderate what goes in and what comes out (SDK: ``Moderation`` of ``CompletionCreateParams``)."""

    model: str
    policy: ModerationPolicy | None = None


# -- the request -------------------------------------------------------------------------------


class RequestParameters(WireModel):
    """A request but for its turns and tools."""

    model: str | None = None
    """Required by OpenAI; on Azure it stands in the URL."""

    # output
    max_completion_tokens: int | None = None
    """The most tokens to generate, reasoning included."""
    max_tokens: int | None = None
    """The older name, which OpenAI's reasoning models refuse and most other vendors want."""
    stop: str | list[str] | None = None
    """Up to four strings to stop at."""
    n: int | None = None
    """How many choices to generate."""
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None
    modalities: list[str] | None = None
    """Some of `MODALITIES`."""
    audio: AudioParam | None = None
    prediction: Prediction | None = None
    verbosity: str | None = None
    """How long answers are to be, one of `VERBOSITIES`."""
    logprobs: bool | None = None
    top_logprobs: int | None = None
    """How many alternatives to give for each token, 0 to 20."""

    # sampling
    temperature: Number | None = None
    """0 to 2."""
    top_p: Number | None = None
    """0 to 1."""
    frequency_penalty: Number | None = None
    """-2 to 2."""
    presence_penalty: Number | None = None
    """-2 to 2."""
    logit_bias: dict[str, Number] | None = None
    """Bias by token id, -100 to 100."""
    seed: int | None = None

    # reasoning
    reasoning_effort: str | None = None
    """One of `EFFORTS`."""

    # tools
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    functions: list[LegacyFunction] | None = None
    """Deprecated form of ``tools``."""
    function_call: str | FunctionCallOption | None = None
    """Deprecated form of ``tool_choice``: one of `FUNCTION_CALL_MODES`, or an object."""
    web_search_options: WebSearchOptions | None = None

    # serving
    moderation: Moderation | None = None
    prompt_cache_key: str | None = None
    """Routes requests with the same prefix to the same cache."""
    prompt_cache_options: PromptCacheOptions | None = None
    prompt_cache_retention: str | None = None
    """Deprecated: how long prefixes live at most, one of `PROMPT_CACHE_RETENTIONS`."""
    safety_identifier: str | None = None
    """A stable id of the end user, of at most 128 characters."""
    user: str | None = None
    """The older name of ``safety_identifier`` and ``prompt_cache_key``."""
    service_tier: str | None = None
    """One of `SERVICE_TIERS`."""
    store: bool | None = None
    metadata: JsonObject | None = None
    """Up to 16 tags for a stored completion."""

    # extensions of other vendors
    thinking: ThinkingConfig | None = None
    """DeepSeek, GLM, Moonshot, Anthropic's compatible endpoint."""
    reasoning: ReasoningConfig | None = None
    """OpenRouter, Vercel's gateway."""
    enable_thinking: bool | None = None
    """Qwen."""
    thinking_budget: int | None = None
    """The most tokens to think with (Qwen)."""
    chat_template_kwargs: JsonObject | None = None
    """Arguments of the chat template, such as ``enable_thinking`` (vLLM, SGLang, llama.cpp)."""
    top_k: int | None = None
    """vLLM, SGLang, OpenRouter and others."""
    min_p: Number | None = None
    """vLLM, SGLang, OpenRouter and others."""
    repetition_penalty: Number | None = None
    """vLLM, SGLang, OpenRouter and others."""
    random_seed: int | None = None
    """Mistral's word for ``seed``."""
    cache_control: CacheControl | None = None
    """Automatic caching by Anthropic's models (OpenRouter)."""
    continue_final_message: bool | None = None
    """Whether to continue a last assistant message (vLLM, SGLang)."""
    add_generation_prompt: bool | None = None
    """Whether to open an assistant turn; false where the last message is continued (vLLM)."""


class Request(RequestParameters):
    """A request (SDK: ``CompletionCreateParams``)."""

    messages: list[Message]
    tools: list[Tool] | None = None


class RequestEnvelope(RequestParameters):
    """A request whose turns and tools are still the JSON that they came as.

    They are nearly all of it; `read_message` and its like read them one by one.
    """

    messages: list[Json]
    tools: list[Json] | None = None
