"""What turns are made of, as far as both sides may say it: text, images, documents, search results.

A block has one class for requests and responses, GA and beta together: what a client receives it
sends back in the next request. Blocks that call or answer tools are in `tools` and `server_tools`,
thinking is in `reasoning`, summaries are in `compaction`.

https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from ..wire import OpenUnion, WireModel

__all__ = [
    "CACHE_TTLS",
    "IMAGE_MEDIA_TYPES",
    "OVERSIZED_IMAGE",
    "Base64ImageSource",
    "Base64PdfSource",
    "CacheControl",
    "CharLocation",
    "Citation",
    "CitationsConfig",
    "ContainerUploadBlock",
    "ContentBlockLocation",
    "ContentSource",
    "ContentSourceContent",
    "DocumentBlock",
    "DocumentSource",
    "FallbackBlock",
    "FallbackInfo",
    "FallbackTrigger",
    "FileDocumentSource",
    "FileImageSource",
    "ImageBlock",
    "ImageSource",
    "ImageTransformations",
    "PageLocation",
    "PlainTextSource",
    "SearchResultBlock",
    "SearchResultLocation",
    "TextBlock",
    "TextContent",
    "UnknownBlock",
    "UnknownCitation",
    "UnknownSource",
    "UrlImageSource",
    "UrlPdfSource",
    "WebSearchResultLocation",
]

CACHE_TTLS: Final = ("5m", "1h")
"""How long a cached prefix may live: five minutes, which is the default, or one hour."""

IMAGE_MEDIA_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""The media types of images sent as base64."""

OVERSIZED_IMAGE: Final = frozenset({"downsize", "error"})
"""What may become of an image above the size limit."""


class UnknownBlock(WireModel):
    """A block of a type that this version does not know, kept as it came."""

    type: str


class CacheControl(WireModel):
    """Marks the end of a prefix to be cached (SDK: ``CacheControlEphemeral``)."""

    type: Literal["ephemeral"]
    ttl: str | None = None
    """One of `CACHE_TTLS`."""
    scope: str | None = None
    """Who shares the cached prefix. Claude Code sends ``"global"``; the SDK does not know the field."""


# -- citations ------------------------------------------------------------------------------------


class CitationsConfig(WireModel):
    """Whether answers are to cite a document or search result (SDK: ``CitationsConfig``)."""

    enabled: bool | None = None


class CharLocation(WireModel):
    """Cites characters of a plain text document (SDK: ``CitationCharLocation``).

    Indices count from 0; ``end_char_index`` is exclusive.
    """

    type: Literal["char_location"]
    cited_text: str
    document_index: int
    document_title: str | None = None
    start_char_index: int
    end_char_index: int
    file_id: str | None = None


class PageLocation(WireModel):
    """Cites pages of a PDF (SDK: ``CitationPageLocation``).

    Pages count from 1; ``end_page_number`` is exclusive.
    """

    type: Literal["page_location"]
    cited_text: str
    document_index: int
    document_title: str | None = None
    start_page_number: int
    end_page_number: int
    file_id: str | None = None


class ContentBlockLocation(WireModel):
    """Cites blocks of a document given as `ContentSource` (SDK: ``CitationContentBlockLocation``).

    Indices count from 0; ``end_block_index`` is exclusive.
    """

    type: Literal["content_block_location"]
    cited_text: str
    document_index: int
    document_title: str | None = None
    start_block_index: int
    end_block_index: int
    file_id: str | None = None


class SearchResultLocation(WireModel):
    """Cites blocks of a `SearchResultBlock` (SDK: ``CitationsSearchResultLocation``).

    Indices count from 0; ``end_block_index`` is exclusive.
    """

    type: Literal["search_result_location"]
    cited_text: str
    search_result_index: int
    source: str
    title: str | None = None
    start_block_index: int
    end_block_index: int


class WebSearchResultLocation(WireModel):
    """Cites a page that web search found (SDK: ``CitationsWebSearchResultLocation``)."""

    type: Literal["web_search_result_location"]
    cited_text: str
    url: str
    title: str | None = None
    encrypted_index: str
    """Opaque; the API wants it back unchanged."""


class UnknownCitation(WireModel):
    """A citation of a type that this version does not know."""

    type: str


Citation: TypeAlias = Annotated[
    CharLocation
    | PageLocation
    | ContentBlockLocation
    | SearchResultLocation
    | WebSearchResultLocation
    | UnknownCitation,
    OpenUnion("type"),
]
"""Where in its input the model found what it says (SDK: ``TextCitation``)."""


# -- text and images ------------------------------------------------------------------------------


class TextBlock(WireModel):
    """Text, with what it cites (SDK: ``TextBlock``)."""

    type: Literal["text"]
    text: str
    citations: list[Citation] | None = None
    cache_control: CacheControl | None = None


TextContent: TypeAlias = Annotated[TextBlock | UnknownBlock, OpenUnion("type")]
"""Content where the API takes text alone: the system prompt, search results, results of MCP tools."""


class Base64ImageSource(WireModel):
    """An image within the document itself (SDK: ``Base64ImageSource``)."""

    type: Literal["base64"]
    media_type: str
    """One of `IMAGE_MEDIA_TYPES`."""
    data: str


class UrlImageSource(WireModel):
    """An image by its address (SDK: ``URLImageSource``)."""

    type: Literal["url"]
    url: str


class FileImageSource(WireModel):
    """An image uploaded through the Files API (SDK: ``FileImageSource``)."""

    type: Literal["file"]
    file_id: str


class UnknownSource(WireModel):
    """A source, of an image or document, of a type that this version does not know."""

    type: str


ImageSource: TypeAlias = Annotated[
    Base64ImageSource | UrlImageSource | FileImageSource | UnknownSource, OpenUnion("type")
]
"""Where the bytes of an image are."""


class ImageTransformations(WireModel):
    """What the server may do to an image (SDK: ``ImageTransformationsParam``)."""

    oversized_image: str | None = None
    """One of `OVERSIZED_IMAGE`."""


class ImageBlock(WireModel):
    """An image to look at (SDK: ``ImageBlockParam``)."""

    type: Literal["image"]
    source: ImageSource
    transformations: ImageTransformations | None = None
    cache_control: CacheControl | None = None


# -- documents and search results -----------------------------------------------------------------


class Base64PdfSource(WireModel):
    """A PDF within the document itself (SDK: ``Base64PDFSource``)."""

    type: Literal["base64"]
    media_type: str
    """``application/pdf``."""
    data: str


class PlainTextSource(WireModel):
    """A document of plain text (SDK: ``PlainTextSource``)."""

    type: Literal["text"]
    media_type: str
    """``text/plain``."""
    data: str


ContentSourceContent: TypeAlias = Annotated[TextBlock | ImageBlock | UnknownBlock, OpenUnion("type")]
"""What a document given as blocks may hold."""


class ContentSource(WireModel):
    """A document given as blocks, which are also what citations point at (SDK: ``ContentBlockSource``)."""

    type: Literal["content"]
    content: str | list[ContentSourceContent]


class UrlPdfSource(WireModel):
    """A PDF by its address (SDK: ``URLPDFSource``)."""

    type: Literal["url"]
    url: str


class FileDocumentSource(WireModel):
    """A document uploaded through the Files API (SDK: ``FileDocumentSource``)."""

    type: Literal["file"]
    file_id: str


DocumentSource: TypeAlias = Annotated[
    Base64PdfSource | PlainTextSource | ContentSource | UrlPdfSource | FileDocumentSource | UnknownSource,
    OpenUnion("type"),
]
"""Where the contents of a document are."""


class DocumentBlock(WireModel):
    """A document to read (SDK: ``DocumentBlock``)."""

    type: Literal["document"]
    source: DocumentSource
    title: str | None = None
    context: str | None = None
    """About the document; the model reads it but does not cite it."""
    citations: CitationsConfig | None = None
    cache_control: CacheControl | None = None


class SearchResultBlock(WireModel):
    """A result of the client's own search, which answers can cite (SDK: ``SearchResultBlockParam``)."""

    type: Literal["search_result"]
    source: str
    """Where it was found, commonly a URL."""
    title: str
    content: list[TextContent]
    citations: CitationsConfig | None = None
    cache_control: CacheControl | None = None


# -- what the server keeps its books with ---------------------------------------------------------


class ContainerUploadBlock(WireModel):
    """A file put into, or left in, the container of code execution (SDK: ``ContainerUploadBlock``)."""

    type: Literal["container_upload"]
    file_id: str
    cache_control: CacheControl | None = None


class FallbackInfo(WireModel):
    """One end of a fallback (SDK: ``BetaFallbackInfo``)."""

    model: str


class FallbackTrigger(WireModel):
    """Why the server fell back (SDK: ``BetaFallbackRefusalTrigger``); requests may echo any object."""

    type: str | None = None
    """``refusal``."""
    category: str | None = None
    """One of `stop.REFUSAL_CATEGORIES`."""


class FallbackBlock(WireModel):
    """Says that another model took over from here (SDK: ``BetaFallbackBlock``)."""

    type: Literal["fallback"]
    from_: FallbackInfo = Field(alias="from")
    """``from`` itself is a keyword of Python."""
    to: FallbackInfo
    trigger: FallbackTrigger | None = None
