"""Content parts: the text, images, audio and files that a message is made of.

Mirrors the SDK's ``ChatCompletionContentPart*`` types. ``cache_control`` and the parts that OpenAI
does not have are extensions of other vendors, named where they stand.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import OpenUnion, UnionReader, WireModel

__all__ = [
    "AUDIO_FORMATS",
    "AudioPart",
    "CacheControl",
    "DocumentUrlPart",
    "File",
    "FilePart",
    "IMAGE_DETAILS",
    "ImagePart",
    "ImageUrl",
    "InputAudio",
    "PROMPT_CACHE_BREAKPOINT_MODES",
    "PROMPT_CACHE_BREAKPOINT_TTLS",
    "Part",
    "PromptCacheBreakpoint",
    "RefusalPart",
    "TextPart",
    "ThinkingContent",
    "ThinkingPart",
    "UnknownPart",
    "read_part",
]

IMAGE_DETAILS: Final = ("auto", "low", "high", "original")
"""Known values of `ImageUrl.detail`."""

AUDIO_FORMATS: Final = ("wav", "mp3")
"""Known values of `InputAudio.format`."""

PROMPT_CACHE_BREAKPOINT_MODES: Final = ("explicit",)
"""Known values of `PromptCacheBreakpoint.mode`."""

PROMPT_CACHE_BREAKPOINT_TTLS: Final = ("30m", "12h")
"""Known values of `PromptCacheBreakpoint.ttl`."""


class PromptCacheBreakpoint(WireModel):
    """The end of a reusable prefix of the prompt (SDK: ``PromptCacheBreakpoint``)."""

    mode: str
    """One of `PROMPT_CACHE_BREAKPOINT_MODES`."""
    ttl: str | None = None
    """How long the prefix lives at least, one of `PROMPT_CACHE_BREAKPOINT_TTLS`."""


class CacheControl(WireModel):
    """Anthropic's mark for the prompt cache, which OpenRouter and LiteLLM take on parts, messages and tools."""

    type: str
    """Always ``ephemeral`` so far."""
    ttl: str | None = None
    """``5m`` or ``1h``."""


class _Part(WireModel):
    """What every part may carry besides its content."""

    prompt_cache_breakpoint: PromptCacheBreakpoint | None = None
    """OpenAI takes it on text, images, audio and files."""
    cache_control: CacheControl | None = None
    """Extension of OpenRouter and LiteLLM."""


class TextPart(_Part):
    """Text (SDK: ``ChatCompletionContentPartTextParam``)."""

    type: Literal["text"]
    text: str


class ImageUrl(WireModel):
    """Where an image is (SDK: ``ImageURL``)."""

    url: str
    """An http(s) address, or the image itself as a data URL."""
    detail: str | None = None
    """The resolution to read it at, one of `IMAGE_DETAILS`."""


class ImagePart(_Part):
    """An image (SDK: ``ChatCompletionContentPartImageParam``)."""

    type: Literal["image_url"]
    image_url: ImageUrl | str
    """A bare string, the address itself, is Mistral's short form."""


class InputAudio(WireModel):
    """A sound recording (SDK: ``InputAudio``)."""

    data: str
    """The recording in base64."""
    format: str
    """One of `AUDIO_FORMATS`."""


class AudioPart(_Part):
    """Audio that a user sends (SDK: ``ChatCompletionContentPartInputAudioParam``)."""

    type: Literal["input_audio"]
    input_audio: InputAudio


class File(WireModel):
    """A file, by content or by id (SDK: ``FileFile``)."""

    file_data: str | None = None
    """The file as a data URL, or in bare base64."""
    file_id: str | None = None
    """An id of OpenAI's Files API."""
    filename: str | None = None


class FilePart(_Part):
    """A file, mostly a PDF (SDK: ``File`` of ``ChatCompletionContentPartParam``)."""

    type: Literal["file"]
    file: File


class DocumentUrlPart(_Part):
    """A document given by its address: an extension of Mistral (``DocumentURLChunk``)."""

    type: Literal["document_url"]
    document_url: str
    """An http(s) address, or the document itself as a data URL."""
    document_name: str | None = None


class RefusalPart(_Part):
    """A refusal of an earlier turn (SDK: ``ChatCompletionContentPartRefusalParam``)."""

    type: Literal["refusal"]
    refusal: str


class UnknownPart(WireModel):
    """A part of a type that this version does not know, kept as it came."""

    type: str


ThinkingContent: TypeAlias = Annotated[TextPart | UnknownPart, OpenUnion("type")]
"""A piece of thinking; Mistral also puts references here."""


class ThinkingPart(_Part):
    """Reasoning within the content: an extension of Mistral (``ThinkChunk``)."""

    type: Literal["thinking"]
    thinking: str | list[ThinkingContent]
    closed: bool | None = None
    """Whether the thinking is complete."""


Part: TypeAlias = Annotated[
    TextPart | ImagePart | AudioPart | FilePart | DocumentUrlPart | RefusalPart | ThinkingPart | UnknownPart,
    OpenUnion("type"),
]
"""Any content part, of any role (SDK: ``ChatCompletionContentPartParam``)."""

read_part: Final[UnionReader[Part]] = UnionReader(Part)
"""Reads one content part."""
