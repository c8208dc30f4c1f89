"""What the body of an error says, whatever its form.

An error is the last thing that should be refused for its form. Behind one address stand gateways,
frameworks and other vendors' servers, each with an envelope of its own, and often one within the
other as text. `read_failure` finds the same six facts in all of them and never raises:

* ``{"error": {...}}`` of both vendors, Google's, also within a list; ``{"error": "text"}``, ``{"message"}``;
* FastAPI's ``{"detail": "text" or [{"loc", "msg"}]}``; OpenRouter's ``metadata.raw``;
* JSON or a stream event as text within a message, with or without words before it;
* HTML pages of proxies, plain text, nothing at all.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final

from ..errors import ConversionError
from ..json_text import Json, JsonObject, Path, clone, dump_json, is_array, is_object, parse_json

__all__ = ["Failure", "is_error_status", "read_failure"]

_MAX_LEVELS: Final = 16
"""Objects and texts within each other; real errors have up to four envelopes, of two levels each."""

_MAX_MESSAGE: Final = 20_000
"""Characters of a message; a longer one is no message but a document that came instead."""

_MAX_RAW: Final = 2000
"""Characters of a document without any message that are shown in place of one."""

_MAX_ITEMS: Final = 10
"""Complaints of one list that are joined into the message."""

_MAX_STATUS_LINE: Final = 40
"""Characters of words that only name a status, such as ``Error code: 529 - ``."""

_MAX_CODE: Final = 10**9
"""The largest number that is taken for a code; Python refuses to print ones of many thousand digits."""

_MAX_PAGE: Final = 8_000
"""Characters of an HTML page in which its title is looked for."""

_WRAPPERS: Final = ("error", "errors", "detail", "message", "base_resp")
"""Where an inner envelope stands: any vendor, Cloudflare, FastAPI, older Mistral, MiniMax."""

_TEXTS: Final = (
    "message",
    "Message",
    "detail",
    "msg",
    "error_message",
    "errorMessage",
    "error_msg",
    "status_msg",
    "error_description",
    "error",
    "details",
    "title",
)
"""Where the message itself stands, best first."""

# Best first, as above.
_TYPES: Final = ("type", "__type", "status")
_STATUSES: Final = ("status", "status_code", "statusCode", "StatusCode", "code")
_REQUEST_IDS: Final = ("request_id", "requestId")

_EVENT: Final = re.compile(r"(?:event: ?error\s+)?data: ?(\{.*)")
_STATUS_LINE: Final = re.compile(r"\W*(?:Error code:? |HTTP |API Error:? )?(\d{3})?\W*", re.IGNORECASE)
_PAGE: Final = re.compile(r"\s*(?:<!doctype|<html|<head|<body|<\?xml)", re.IGNORECASE)
_TITLES: Final = tuple(
    re.compile(rf"<{name}\b[^<>]*>([^<]+)</{name}", re.IGNORECASE) for name in ("title", "h1", "message")
)
_CODE: Final = re.compile(r"<(script|style)\b.*?</\1[^<>]*>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


@dataclass(slots=True)
class Failure:
    """The six facts of an error, and where in the body they stand."""

    message: str = ""
    type: str | None = None
    code: str | None = None
    """A finer kind; a number that is an HTTP status is in ``status`` instead."""
    param: str | None = None
    request_id: str | None = None
    status: int | None = None
    """The HTTP status that the body names."""
    paths: dict[str, Path] = field(default_factory=dict[str, Path])
    """Where the facts stand, by their names here; those within a text have no path."""
    rewritten: bool = False
    """Whether the message is not just the text that stands at its path."""
    objects: list[tuple[Path, JsonObject]] = field(default_factory=list[tuple[Path, JsonObject]])
    """Every envelope, and its path."""
    used: set[Path] = field(default_factory=set[Path])
    """The paths of what has been read."""


def is_error_status(status: object) -> bool:
    """Whether this is the HTTP status of an error."""
    return isinstance(status, int) and 400 <= status <= 599


def read_failure(body: Json, path: Path = ()) -> Failure:
    """Read the body of an error: bytes, text, or JSON in any shape, which stands at ``path``."""
    failure = Failure()
    message = _Reader(failure).read(_parsed(body), path, 0)
    failure.message = message[:_MAX_MESSAGE]
    failure.rewritten |= len(message) > _MAX_MESSAGE
    return failure


def _parsed(body: Json) -> Json:
    if isinstance(body, memoryview):
        body = body.tobytes()
    if isinstance(body, (bytes, bytearray)):
        body = body.decode("utf-8-sig", "replace")
    try:
        return parse_json(body) if isinstance(body, str) else clone(body)
    except (ConversionError, RecursionError):
        return body  # a part of it that is no JSON says nothing, and the rest may


def _clean(text: str) -> str:
    """The text without control characters and halves of surrogate pairs, which UTF-8 cannot hold."""
    if not text.isprintable():
        text = _CONTROL.sub(" ", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return text.strip()


class _Reader:
    """Goes from envelope to envelope; what the inner one says counts."""

    __slots__ = ("_failure",)

    def __init__(self, failure: Failure) -> None:
        self._failure = failure

    def read(self, value: Json, path: Path | None, level: int) -> str:
        """The message of a value; everything else is noted. ``path`` is None within a text."""
        if value is None:
            return ""
        if level > _MAX_LEVELS:
            return _raw(value)
        if isinstance(value, str):
            return self._read_text(value, path, level)
        if is_object(value):
            return self._read_object(value, path, level) or (_raw(value) if level == 0 and value else "")
        if is_array(value):
            return self._read_list(value, path, level)
        return _raw(value)

    # -- objects and lists

    def _read_object(self, envelope: JsonObject, path: Path | None, level: int) -> str:
        self._note_all(envelope, path)
        message = self._read_wrapper(envelope, path, level) or self._read_message(envelope, path, level)
        raw = envelope["metadata"].get("raw") if is_object(envelope.get("metadata")) else None
        rewritten = self._failure.rewritten
        inner = self.read(raw, None, level + 1)
        if not inner or inner == message:
            self._failure.rewritten = rewritten
            return message
        self._failure.rewritten = True
        return f"{message}: {inner}" if message else inner

    def _read_wrapper(self, envelope: JsonObject, path: Path | None, level: int) -> str:
        for name in _WRAPPERS:
            if is_object(envelope.get(name)) or is_array(envelope.get(name)):
                message = self.read(envelope[name], self._use(path, name), level + 1)
                if message:
                    return message
        return ""

    def _read_message(self, envelope: JsonObject, path: Path | None, level: int) -> str:
        for name in _TEXTS:
            text = envelope.get(name)
            if isinstance(text, str) and text.strip():
                return self.read(text, self._use(path, name), level + 1)
        return ""

    def _read_list(self, values: list[Json], path: Path | None, level: int) -> str:
        messages = [
            self._read_item(value, None if path is None else (*path, at), level)
            for at, value in enumerate(values[:_MAX_ITEMS])
        ]
        if len(values) > 1:
            self._rewrite(path)
        return "; ".join(message for message in messages if message)

    def _read_item(self, value: Json, path: Path | None, level: int) -> str:
        if is_object(value) and "loc" in value:
            self._rewrite(path)
            return _complaint(value)
        return self.read(value, path, level + 1)

    def _rewrite(self, path: Path | None) -> None:
        """Note that the message is put together out of what stands at a path."""
        self._failure.rewritten = True
        if path is not None:
            self._failure.paths["message"] = path

    # -- text

    def _read_text(self, text: str, path: Path | None, level: int) -> str:
        clean = _clean(text)
        if path is not None:
            self._failure.paths["message"] = path
        message = self._read_nested(clean, level) or (_title(clean) if _PAGE.match(clean) else clean)
        self._failure.rewritten |= path is None or message != text
        return message

    def _read_nested(self, text: str, level: int) -> str:
        """The message of an envelope that stands in a text, after the words that come before it."""
        event = _EVENT.search(text)
        start = event.start() if event else text.find("{")
        if start < 0:
            return ""
        value = _envelope(event[1] if event else text[start:], alone=start == 0 or event is not None)
        if value is None:
            return ""
        words = text[:start]
        status = _STATUS_LINE.fullmatch(words) if start <= _MAX_STATUS_LINE else None
        if status is None:
            return words + self.read(value, None, level + 1)
        self._note_status(status[1], None, "status")
        return self.read(value, None, level + 1)

    # -- facts

    def _note_all(self, envelope: JsonObject, path: Path | None) -> None:
        if path is not None and "choices" not in envelope:  # a stream's chunk is more than an error
            self._failure.objects.append((path, envelope))
        for name in reversed(_STATUSES):
            self._note_status(envelope.get(name), path, name)
        for name in reversed(_TYPES):
            if not _is_status(envelope.get(name)):
                self._note("type", envelope.get(name), path, name)
        if not _is_status(envelope.get("code")):
            self._note("code", envelope.get("code"), path, "code")
        self._note("param", envelope.get("param"), path, "param")
        for name in _REQUEST_IDS:
            self._note("request_id", envelope.get(name), path, name)
        if is_object(envelope.get("details")):
            self._note_details(envelope["details"], None if path is None else (*path, "details"))
        if isinstance(envelope.get("error"), str) and isinstance(envelope.get("message"), str):
            self._note("type", envelope["error"], path, "error")

    def _note_details(self, details: JsonObject, path: Path | None) -> None:
        """Anthropic's ``details``, which hold the code."""
        self._note("code", details.get("error_code"), path, "error_code")
        self._note("param", details.get("param"), path, "param")
        if path is not None:
            self._failure.used.add(path)
            self._failure.objects.append((path, details))

    def _note(self, fact: str, value: Json, path: Path | None, name: str) -> None:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_CODE:
            value = str(value)
        if not isinstance(value, str) or not (word := _clean(value)):
            return
        used = self._use(path, name)
        if fact == "type" and word == "error":
            return
        setattr(self._failure, fact, word)
        self._failure.paths.pop(fact, None)
        if used is not None:
            self._failure.paths[fact] = used

    def _note_status(self, value: Json, path: Path | None, name: str) -> None:
        if _is_status(value):
            self._failure.status = int(value)
            self._use(path, name)

    def _use(self, path: Path | None, name: str) -> Path | None:
        if path is None:
            return None
        self._failure.used.add((*path, name))
        return (*path, name)


def _is_status(value: Json) -> bool:
    """An HTTP status of an error, as a number or its digits."""
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    return is_error_status(value)


def _envelope(text: str, *, alone: bool) -> JsonObject | None:
    """An error as JSON text. An object in the midst of words may be an example of what was wrong."""
    if not text.rstrip().endswith("}"):
        return None
    try:
        value = parse_json(text)
    except ConversionError:
        return None
    if is_object(value) and ("error" in value or (alone and ("message" in value or "detail" in value))):
        return value
    return None


def _complaint(item: JsonObject) -> str:
    """FastAPI's account of one invalid field."""
    where = item["loc"] if is_array(item["loc"]) else [item["loc"]]
    place = ".".join(str(part) for part in where if isinstance(part, (str, int)))
    return _clean(f"{place}: {item.get('msg', 'invalid')}")


def _title(page: str) -> str:
    """The title of an HTML page, else its text."""
    page = page[:_MAX_PAGE]
    for pattern in _TITLES:
        title = pattern.search(page)
        if title and title[1].strip():
            return " ".join(html.unescape(title[1]).split())
    text = _TAG.sub(" ", _CODE.sub(" ", page))
    return " ".join(html.unescape(text).split())[:_MAX_RAW]


def _raw(value: Json) -> str:
    """A document that says nothing in words we know, as it is."""
    if isinstance(value, str):
        return _clean(value)
    try:
        return _clean(dump_json(value).decode())[:_MAX_RAW]
    except (ValueError, RecursionError):
        return ""
