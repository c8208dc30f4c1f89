"""Parts of Chat as blocks of text, images and documents, in turns and in tool results.

| Chat | Messages |
|---|---|
| ``text``, ``refusal`` | ``text`` |
| ``image_url``: a data URL, an address | ``image`` base64, url |
| ``file`` with ``file_data``: a PDF, a text, an image | ``document`` base64, ``document`` text, ``image`` |
| ``input_audio`` | none |

Text without words is left out, since Anthropic refuses it.
"""

from __future__ import annotations

from typing import Final

from ... import chat, messages
from ...losses import LossCode
from ...wire import Json, JsonObject, Path, WireModel, is_object, tag_of
from ..conversion import Conversion
from ..fields import KNOWN, Drop, Fields
from .caching import mark_for_messages, note_mark
from .data_urls import IMAGE_TYPES, DataUrl, is_data_url

__all__ = ["part_to_messages", "text_block"]

# -- ledger --------------------------------------------------------------------------------------

_MARKS: Final = {"prompt_cache_breakpoint": "`cache_control`", "cache_control": "`cache_control`"}
TEXT_TO_MESSAGES: Final = Fields(
    chat.TextPart, {"type": "`text` block", "text": "`text`", **_MARKS}, plain=[{"type": KNOWN, "text": str}]
)
IMAGE_TO_MESSAGES: Final = Fields(
    chat.ImagePart,
    {"type": "`image` block", "image_url": "`source`", **_MARKS},
    plain=[{"type": KNOWN, "image_url": (dict, str)}],
)
IMAGE_URL_TO_MESSAGES: Final = Fields(
    chat.ImageUrl,
    {"url": "`source` base64 or url"},
    {"detail": Drop(LossCode.IMAGE_DETAIL, "Anthropic chooses the resolution itself", "info")},
    plain=[{"url": str}],
)
FILE_TO_MESSAGES: Final = Fields(chat.FilePart, {"type": "`document` or `image` block", "file": "`source`", **_MARKS})
FILE_DATA_TO_MESSAGES: Final = Fields(
    chat.File,
    {"file_data": "`source` base64 or text", "file_id": "`source` file, if allowed", "filename": "`title`"},
)
REFUSAL_TO_MESSAGES: Final = Fields(chat.RefusalPart, {"type": "`text` block", "refusal": "`text`", **_MARKS})

# -- parts -----------------------------------------------------------------------------------------


def text_block(text: str) -> JsonObject:
    """A text block of Messages."""
    return {"type": "text", "text": text}


def part_to_messages(part: Json, path: Path, cx: Conversion) -> JsonObject | None:
    """The block that says what one content part says; None if it says nothing."""
    match tag_of(part, "type"):
        case "text":
            return _text_to_messages(part, path, cx)
        case "image_url":
            return _image_to_messages(part, path, cx)
        case _:
            return _other_to_messages(part, path, cx)


def _other_to_messages(part: Json, path: Path, cx: Conversion) -> JsonObject | None:
    read = chat.read_part(part, path)
    match read:
        case chat.FilePart():
            return _file_to_messages(read, path, cx)
        case chat.RefusalPart():
            return _refusal_to_messages(read, path, cx)
        case chat.AudioPart():
            cx.losses.refused(LossCode.AUDIO, path, "audio input, which Anthropic does not take")
        case chat.UnknownPart() if read.type in _BLOCKS:
            return _foreign_block(part, path, cx)
        case _:
            cx.losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"Anthropic has no block for a part of type {read.type!r}")
    return None


_BLOCKS: Final[dict[str, type[WireModel]]] = {
    "image": messages.ImageBlock,
    "document": messages.DocumentBlock,
    "search_result": messages.SearchResultBlock,
    "tool_use": messages.ToolUseBlock,
    "tool_result": messages.ToolResultBlock,
}
"""Blocks of Messages that hybrid clients put among the parts of Chat; they are honoured as they are."""


def _foreign_block(part: JsonObject, path: Path, cx: Conversion) -> JsonObject:
    block = _BLOCKS[part["type"]].from_object(part, path).to_dict()
    note_mark(block, path, cx)
    return block


def _text_to_messages(part: JsonObject, path: Path, cx: Conversion) -> JsonObject | None:
    read = TEXT_TO_MESSAGES.read(part, path, cx.losses)
    text: str = part["text"]
    if not text or text.isspace():
        # "text content blocks must contain non-whitespace text"
        cx.losses.dropped(LossCode.TURN_EMPTY, path, "a text without words, which Anthropic refuses", "info")
        return None
    block = text_block(text)
    if read is not None:
        mark_for_messages(read.prompt_cache_breakpoint, read.cache_control, block, path, cx)
    return block


def _refusal_to_messages(part: chat.RefusalPart, path: Path, cx: Conversion) -> JsonObject:
    REFUSAL_TO_MESSAGES.report(part, path, cx.losses)
    cx.losses.approximated(LossCode.REFUSAL, path, "a past refusal is sent as text", "info")
    block = text_block(part.refusal)
    mark_for_messages(part.prompt_cache_breakpoint, part.cache_control, block, path, cx)
    return block


def _image_to_messages(part: JsonObject, path: Path, cx: Conversion) -> JsonObject | None:
    read = IMAGE_TO_MESSAGES.read(part, path, cx.losses)
    address: Json = part["image_url"]
    at: Path = (*path, "image_url")
    if is_object(address):
        IMAGE_URL_TO_MESSAGES.read(address, at, cx.losses)
        address = address["url"]
    block = _image_block(address, at, cx)
    if block is not None and read is not None:
        mark_for_messages(read.prompt_cache_breakpoint, read.cache_control, block, path, cx)
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
