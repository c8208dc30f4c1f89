"""Text, images, documents and files, in turns and in tool results.

| Messages | Chat |
|---|---|
| ``text`` | ``text`` |
| ``image`` base64, url | ``image_url``: a data URL, an address |
| ``document`` base64 (PDF) | ``file`` with ``file_data`` |
| ``document`` text, content; ``search_result`` | ``text`` with a header line |
| ``document`` url | none: Chat takes no addresses of documents, and this library does no I/O |
| none | ``input_audio`` |

Empty text is left out on both sides: Anthropic refuses it, OpenAI does not miss it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ... import chat, messages
from ...errors import InvalidPayload
from ...losses import LossCode
from ...wire import JsonObject, Path, WireModel, render_path
from ..conversion import Conversion
from ..fields import Drop, Fields, UnionFields
from .caching import mark_for_chat, mark_for_messages, no_slot_for_mark
from .data_urls import IMAGE_TYPES, DataUrl, is_data_url

__all__ = ["part_to_messages", "parts_to_chat", "text_block", "text_part", "text_to_chat"]

# -- ledger --------------------------------------------------------------------------------------

_CITATIONS: Final = Drop(LossCode.CITATIONS, "the text is kept; what it cites has no slot in Chat", "info")
_MARK: Final = "`prompt_cache_breakpoint` or `cache_control` of the part, where the backend takes it"

TEXT_TO_CHAT: Final = Fields(
    messages.TextBlock,
    {"type": "`text` part", "text": "`text`", "cache_control": _MARK},
    {"citations": _CITATIONS},
)
IMAGE_TO_CHAT: Final = Fields(
    messages.ImageBlock,
    {"type": "`image_url` part", "source": "`image_url.url`", "cache_control": _MARK},
    {"transformations": Drop(LossCode.IMAGE_TRANSFORMATIONS, "Chat does not say how to scale an image", "info")},
)
DOCUMENT_TO_CHAT: Final = Fields(
    messages.DocumentBlock,
    {
        "type": "`file` or `text` part",
        "source": "`file.file_data`, or text",
        "title": "`file.filename`, or a header line",
        "context": "`text` part before the file",
        "cache_control": _MARK,
    },
    {"citations": Drop(LossCode.CITATIONS, "Chat does not cite documents")},
)
SEARCH_RESULT_TO_CHAT: Final = Fields(
    messages.SearchResultBlock,
    {
        "type": "`text` part",
        "title": "header line",
        "source": "header line",
        "content": "text",
        "cache_control": _MARK,
    },
    {"citations": Drop(LossCode.CITATIONS, "Chat does not cite search results")},
)
_DATA_URL: Final = "the data URL"
SOURCES_TO_CHAT: Final = UnionFields(
    Fields(messages.Base64ImageSource, dict.fromkeys(("type", "media_type", "data"), _DATA_URL)),
    Fields(messages.UrlImageSource, {"type": "an address", "url": "`image_url.url`"}),
    Fields(messages.Base64PdfSource, dict.fromkeys(("type", "media_type", "data"), _DATA_URL)),
    Fields(
        messages.PlainTextSource,
        {"type": "`text` part", "media_type": "nothing: it is always plain text", "data": "`text`"},
    ),
    Fields(messages.ContentSource, {"type": "parts", "content": "`text` and `image_url` parts"}),
    Fields(messages.FileDocumentSource, {"type": "`file` part", "file_id": "`file.file_id`, if allowed"}),
)
_SUMMARY: Final = Drop(LossCode.COMPACTION, "proof for Anthropic's servers; the summary itself is sent", "info")
COMPACTION_TO_CHAT: Final = Fields(
    messages.CompactionBlock,
    {
        "type": "`text` part",
        "content": "`text`",
        "tool_changes": "`tools`, those at the end of the conversation",
        "cache_control": _MARK,
    },
    {"encrypted_content": _SUMMARY, "signature": _SUMMARY},
)
TEXT_TO_MESSAGES: Final = Fields(
    chat.TextPart,
    {
        "type": "`text` block",
        "text": "`text`",
        "prompt_cache_breakpoint": "`cache_control`",
        "cache_control": "`cache_control`",
    },
)
IMAGE_TO_MESSAGES: Final = Fields(
    chat.ImagePart,
    {
        "type": "`image` block",
        "image_url": "`source`",
        "prompt_cache_breakpoint": "`cache_control`",
        "cache_control": "`cache_control`",
    },
)
IMAGE_URL_TO_MESSAGES: Final = Fields(
    chat.ImageUrl,
    {"url": "`source` base64 or url"},
    {"detail": Drop(LossCode.IMAGE_DETAIL, "Anthropic chooses the resolution itself", "info")},
)
FILE_TO_MESSAGES: Final = Fields(
    chat.FilePart,
    {
        "type": "`document` or `image` block",
        "file": "`source`",
        "prompt_cache_breakpoint": "`cache_control`",
        "cache_control": "`cache_control`",
    },
)
FILE_DATA_TO_MESSAGES: Final = Fields(
    chat.File,
    {"file_data": "`source` base64 or text", "file_id": "`source` file, if allowed", "filename": "`title`"},
)
REFUSAL_TO_MESSAGES: Final = Fields(
    chat.RefusalPart,
    {
        "type": "`text` block",
        "refusal": "`text`",
        "prompt_cache_breakpoint": "`cache_control`",
        "cache_control": "`cache_control`",
    },
)

PARTS_TO_MESSAGES: Final = UnionFields(TEXT_TO_MESSAGES, REFUSAL_TO_MESSAGES)

# -- Messages to Chat ----------------------------------------------------------------------------


def text_part(text: str) -> JsonObject:
    """A text part of Chat."""
    return {"type": "text", "text": text}


def parts_to_chat(block: messages.ContentBlock, path: Path, cx: Conversion) -> list[JsonObject]:
    """The parts that say what one block of a user turn or a tool result says."""
    match block:
        case messages.TextBlock():
            part = text_to_chat(block, path, cx)
            return [] if part is None else [part]
        case messages.ImageBlock():
            return _image_to_chat(block, path, cx)
        case messages.DocumentBlock():
            return _document_to_chat(block, path, cx)
        case messages.SearchResultBlock():
            return [_search_result_to_chat(block, path, cx)]
        case messages.CompactionBlock():
            return _compaction_to_chat(block, path, cx)
        case messages.ContainerUploadBlock():
            cx.losses.refused(LossCode.FILE_ID, path, "a file of a container exists at Anthropic only")
        case _:
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"Chat has no part for a block of type {block.type!r}")
    return []


def text_to_chat(block: messages.TextBlock, path: Path, cx: Conversion) -> JsonObject | None:
    """A text part; None for a text that says nothing."""
    TEXT_TO_CHAT.report(block, path, cx.losses)
    if not block.text:
        cx.losses.dropped(LossCode.TURN_EMPTY, path, "an empty text", "info")
        return None
    part = text_part(block.text)
    if block.cache_control is not None:
        mark_for_chat(block.cache_control, part, path, cx)
    return part


def _image_to_chat(block: messages.ImageBlock, path: Path, cx: Conversion) -> list[JsonObject]:
    IMAGE_TO_CHAT.report(block, path, cx.losses)
    SOURCES_TO_CHAT.report(block.source, (*path, "source"), cx.losses)
    match block.source:
        case messages.Base64ImageSource(media_type=media_type, data=data):
            url = f"data:{media_type};base64,{data}"
        case messages.UrlImageSource(url=address):
            url = address
        case messages.FileImageSource():
            cx.losses.refused(LossCode.FILE_ID, (*path, "source"), "an image by file id; Chat takes data and addresses")
            return []
        case _:
            cx.losses.refused(LossCode.MEDIA, (*path, "source"), f"an image source of type {block.source.type!r}")
            return []
    part: JsonObject = {"type": "image_url", "image_url": {"url": url}}
    mark_for_chat(block.cache_control, part, path, cx)
    return [part]


def _document_to_chat(block: messages.DocumentBlock, path: Path, cx: Conversion) -> list[JsonObject]:
    DOCUMENT_TO_CHAT.report(block, path, cx.losses)
    SOURCES_TO_CHAT.report(block.source, (*path, "source"), cx.losses)
    parts = _document_parts(block, (*path, "source"), cx)
    if parts:
        mark_for_chat(block.cache_control, parts[-1], path, cx)
    return parts


def _document_parts(block: messages.DocumentBlock, path: Path, cx: Conversion) -> list[JsonObject]:
    match block.source:
        case messages.Base64PdfSource(media_type=media_type, data=data):
            context = [text_part(block.context)] if block.context else []
            return [*context, _file_part(f"data:{media_type};base64,{data}", block.title, path, cx)]
        case messages.PlainTextSource(data=text):
            return [text_part(_with_header(block, text, path, cx))]
        case messages.ContentSource(content=content):
            return _content_parts(block, content, path, cx)
        case messages.FileDocumentSource(file_id=file_id) if cx.options.file_ids == "keep":
            header = "\n".join(line for line in (block.title, block.context) if line)
            return [*([text_part(header)] if header else []), {"type": "file", "file": {"file_id": file_id}}]
        case messages.FileDocumentSource():
            cx.losses.refused(LossCode.FILE_ID, path, "a document by a file id of Anthropic's")
        case messages.UrlPdfSource():
            cx.losses.refused(LossCode.DOCUMENT_URL, path, "a document by its address; Chat takes files as data only")
        case _:
            cx.losses.refused(LossCode.MEDIA, path, f"a document source of type {block.source.type!r}")
    return []


def _content_parts(
    block: messages.DocumentBlock, content: str | list[messages.ContentSourceContent], path: Path, cx: Conversion
) -> list[JsonObject]:
    if isinstance(content, str):
        return [text_part(_with_header(block, content, path, cx))]
    header = _with_header(block, "", path, cx)
    parts = [text_part(header)] if header else []
    for index, inner in enumerate(content):
        parts += parts_to_chat(inner, (*path, "content", index), cx)
    return parts


def _file_part(data_url: str, title: str | None, path: Path, cx: Conversion) -> JsonObject:
    """OpenAI refuses a file without a name, and tells its type by the extension."""
    if not title:
        cx.losses.invented(LossCode.DOCUMENT_NAME, path, "a document without title is named document.pdf")
        title = "document.pdf"
    filename = title if "." in title else f"{title}.pdf"
    return {"type": "file", "file": {"filename": filename, "file_data": data_url}}


def _with_header(block: messages.DocumentBlock, text: str, path: Path, cx: Conversion) -> str:
    cx.losses.approximated(LossCode.DOCUMENT_AS_TEXT, path, "a document of text is sent as text", "info")
    return "\n".join(line for line in (block.title, block.context, text) if line)


def _search_result_to_chat(block: messages.SearchResultBlock, path: Path, cx: Conversion) -> JsonObject:
    SEARCH_RESULT_TO_CHAT.report(block, path, cx.losses)
    cx.losses.approximated(LossCode.DOCUMENT_AS_TEXT, path, "a search result is sent as text", "info")
    lines = [f"{block.title} ({block.source})", *_found_texts(block, path, cx)]
    part = text_part("\n".join(lines))
    mark_for_chat(block.cache_control, part, path, cx)
    return part


def _found_texts(block: messages.SearchResultBlock, path: Path, cx: Conversion) -> Iterator[str]:
    for index, text in enumerate(block.content):
        at: Path = (*path, "content", index)
        if isinstance(text, messages.TextBlock):
            TEXT_TO_CHAT.report(text, at, cx.losses)
            no_slot_for_mark(text.cache_control, at, cx)
            yield text.text
        else:
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, at, f"a part of a search result of type {text.type!r}")


def _compaction_to_chat(block: messages.CompactionBlock, path: Path, cx: Conversion) -> list[JsonObject]:
    """The summary is all that is left of the turns before it, so it must not be dropped in silence."""
    if not block.content:
        cx.losses.refused(
            LossCode.COMPACTION, path, "an encrypted summary of earlier turns, which only Anthropic reads"
        )
        return []
    COMPACTION_TO_CHAT.report(block, path, cx.losses)
    cx.losses.approximated(LossCode.COMPACTION, path, "the summary of earlier turns is sent as text")
    part = text_part(block.content)
    mark_for_chat(block.cache_control, part, path, cx)
    return [part]


# -- Chat to Messages ----------------------------------------------------------------------------


def text_block(text: str) -> JsonObject:
    """A text block of Messages."""
    return {"type": "text", "text": text}


def part_to_messages(part: chat.Part, path: Path, cx: Conversion) -> JsonObject | None:
    """The block that says what one content part says; None if it says nothing."""
    match part:
        case chat.TextPart():
            return _text_to_messages(part, path, cx)
        case chat.ImagePart():
            return _image_to_messages(part, path, cx)
        case chat.FilePart():
            return _file_to_messages(part, path, cx)
        case chat.RefusalPart():
            return _refusal_to_messages(part, path, cx)
        case chat.AudioPart():
            cx.losses.refused(LossCode.AUDIO, path, "audio input, which Anthropic does not take")
        case chat.UnknownPart() if part.type in _BLOCKS:
            return _foreign_block(part, path)
        case _:
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"Anthropic has no block for a part of type {part.type!r}")
    return None


_BLOCKS: Final[dict[str, type[WireModel]]] = {
    "image": messages.ImageBlock,
    "document": messages.DocumentBlock,
    "search_result": messages.SearchResultBlock,
    "tool_use": messages.ToolUseBlock,
    "tool_result": messages.ToolResultBlock,
}
"""Blocks of Messages that hybrid clients put among the parts of Chat; they are honoured as they are."""


def _foreign_block(part: chat.UnknownPart, path: Path) -> JsonObject:
    try:
        return _BLOCKS[part.type].from_object(part.to_dict()).to_dict()
    except InvalidPayload as error:
        raise InvalidPayload(error.reason, render_path(path) + error.path.removeprefix("$")) from error


def _text_to_messages(part: chat.TextPart, path: Path, cx: Conversion) -> JsonObject | None:
    PARTS_TO_MESSAGES.report(part, path, cx.losses)
    if not part.text.strip():
        # "text content blocks must contain non-whitespace text"
        cx.losses.dropped(LossCode.TURN_EMPTY, path, "a text without words, which Anthropic refuses", "info")
        return None
    block = text_block(part.text)
    mark_for_messages(part.prompt_cache_breakpoint, part.cache_control, block, path, cx)
    return block


def _refusal_to_messages(part: chat.RefusalPart, path: Path, cx: Conversion) -> JsonObject:
    PARTS_TO_MESSAGES.report(part, path, cx.losses)
    cx.losses.approximated(LossCode.REFUSAL, path, "a past refusal is sent as text", "info")
    block = text_block(part.refusal)
    mark_for_messages(part.prompt_cache_breakpoint, part.cache_control, block, path, cx)
    return block


def _image_to_messages(part: chat.ImagePart, path: Path, cx: Conversion) -> JsonObject | None:
    IMAGE_TO_MESSAGES.report(part, path, cx.losses)
    address = part.image_url
    if isinstance(address, chat.ImageUrl):
        IMAGE_URL_TO_MESSAGES.report(address, (*path, "image_url"), cx.losses)
        address = address.url
    block = _image_block(address, (*path, "image_url"), cx)
    if block is not None:
        mark_for_messages(part.prompt_cache_breakpoint, part.cache_control, block, path, cx)
    return block


def _image_block(address: str, path: Path, cx: Conversion) -> JsonObject | None:
    if not is_data_url(address):
        if cx.dialect.url_sources:
            return {"type": "image", "source": {"type": "url", "url": address}}
        cx.losses.refused(LossCode.MEDIA, path, f"{cx.dialect.name} takes images as data only, not by address")
        return None
    return _image_from_data(DataUrl.parse(address), path, cx)


def _image_from_data(url: DataUrl, path: Path, cx: Conversion) -> JsonObject | None:
    media_type = url.image_type()
    if media_type is None or not url.base64:
        cx.losses.refused(LossCode.MEDIA, path, f"an image of type {url.media_type!r}, not {' or '.join(IMAGE_TYPES)}")
        return None
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": url.data}}


def _file_to_messages(part: chat.FilePart, path: Path, cx: Conversion) -> JsonObject | None:
    FILE_TO_MESSAGES.report(part, path, cx.losses)
    FILE_DATA_TO_MESSAGES.report(part.file, (*path, "file"), cx.losses)
    block = _file_block(part.file, (*path, "file"), cx)
    if block is not None:
        mark_for_messages(part.prompt_cache_breakpoint, part.cache_control, block, path, cx)
    return block


def _file_block(file: chat.File, path: Path, cx: Conversion) -> JsonObject | None:
    title = {"title": file.filename} if file.filename else {}
    if file.file_data:
        if file.file_id is not None:
            cx.losses.dropped(LossCode.FILE_ID, (*path, "file_id"), "the content itself is sent", "info")
        return _document_from_data(DataUrl.parse(file.file_data), title, (*path, "file_data"), cx)
    if file.file_id and cx.options.file_ids == "keep":
        return {"type": "document", "source": {"type": "file", "file_id": file.file_id}, **title}
    cx.losses.refused(LossCode.FILE_ID, (*path, "file_id"), "a document by a file id of OpenAI's")
    return None


def _document_from_data(url: DataUrl, title: JsonObject, path: Path, cx: Conversion) -> JsonObject | None:
    if url.is_pdf():
        source = {"type": "base64", "media_type": "application/pdf", "data": url.data}
        return {"type": "document", "source": source, **title}
    if url.media_type.startswith("image/"):
        if title:
            cx.losses.dropped(
                LossCode.DOCUMENT_NAME, (*path[:-1], "filename"), "Anthropic's images have no names", "info"
            )
        return _image_from_data(url, path, cx)
    text = url.text() if url.media_type.startswith("text/") else None
    if text is None:
        cx.losses.refused(LossCode.MEDIA, path, f"a file of type {url.media_type!r}; Anthropic takes PDF and text")
        return None
    return {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": text}, **title}
