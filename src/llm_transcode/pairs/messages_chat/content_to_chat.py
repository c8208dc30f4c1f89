"""Blocks of text, images and documents as parts of Chat, in turns and in tool results.

| Messages | Chat |
|---|---|
| ``text`` | ``text`` |
| ``image`` base64, url | ``image_url``: a data URL, an address |
| ``document`` base64 (PDF) | ``file`` with ``file_data`` |
| ``document`` text, content; ``search_result`` | ``text`` with a header line |
| ``document`` url | none: Chat takes no addresses of documents, and this library does no I/O |

Empty text is left out: OpenAI does not miss it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ... import messages
from ...losses import LossCode
from ...wire import Json, JsonObject, Path, tag_of
from ..conversion import Conversion
from ..fields import KNOWN, Drop, Fields, UnionFields
from .caching import mark_for_chat, no_slot_for_mark

__all__ = ["block_to_chat", "joined", "parts_to_chat", "text_part", "text_to_chat"]

# -- ledger --------------------------------------------------------------------------------------

_CITATIONS: Final = Drop(LossCode.CITATIONS, "the text is kept; what it cites has no slot in Chat", "info")
_MARK: Final = "`prompt_cache_breakpoint` or `cache_control` of the part, where the backend takes it"

TEXT_TO_CHAT: Final = Fields(
    messages.TextBlock,
    {"type": "`text` part", "text": "`text`", "cache_control": _MARK},
    {"citations": _CITATIONS},
    plain=[{"type": KNOWN, "text": str}],
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

# -- blocks ----------------------------------------------------------------------------------------


def text_part(text: str) -> JsonObject:
    """A text part of Chat."""
    return {"type": "text", "text": text}


def joined(parts: list[JsonObject], cx: Conversion) -> str | list[JsonObject]:
    """Parts as the content of a message; texts as one string, for backends that take no list of parts."""
    if cx.dialect.content_parts or any(part["type"] != "text" for part in parts):
        return parts
    return "\n\n".join(part["text"] for part in parts)


def parts_to_chat(block: Json, path: Path, cx: Conversion) -> list[JsonObject]:
    """The parts that say what one block of a user turn says."""
    if tag_of(block, "type") == "text":
        return text_to_chat(block, path, cx)
    return block_to_chat(messages.read_block(block, path), path, cx)


def text_to_chat(block: JsonObject, path: Path, cx: Conversion) -> list[JsonObject]:
    """A text part; none for a text that says nothing. Both protocols write a plain text alike."""
    read = TEXT_TO_CHAT.read(block, path, cx.losses)
    if read is None and block["text"]:
        return [block]
    return _text(block["text"], None if read is None else read.cache_control, path, cx)


def _text(text: str, mark: messages.CacheControl | None, path: Path, cx: Conversion) -> list[JsonObject]:
    if not text:
        cx.losses.dropped(LossCode.TURN_EMPTY, path, "an empty text", "info")
        return []
    part = text_part(text)
    if mark is not None:
        mark_for_chat(mark, part, path, cx)
    return [part]


def block_to_chat(block: messages.ContentBlock, path: Path, cx: Conversion) -> list[JsonObject]:
    """`parts_to_chat` for a block that has been read."""
    match block:
        case messages.TextBlock():
            TEXT_TO_CHAT.report(block, path, cx.losses)
            return _text(block.text, block.cache_control, path, cx)
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
        parts += block_to_chat(inner, (*path, "content", index), cx)
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
