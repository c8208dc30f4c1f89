"""Data URLs (RFC 2397), the form in which Chat carries images and files."""

from __future__ import annotations

from base64 import b64decode
from typing import Final, NamedTuple
from urllib.parse import unquote

__all__ = ["IMAGE_TYPES", "DataUrl", "is_data_url"]

IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")
"""The images that Anthropic takes."""

_ALIASES: Final = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}

_IMAGE_MAGIC: Final = {"/9j/": "image/jpeg", "iVBORw0KGgo": "image/png", "R0lGOD": "image/gif", "UklGR": "image/webp"}
"""The first bytes of a file, as base64 shows them."""
_PDF_MAGIC: Final = "JVBERi"


def is_data_url(address: str) -> bool:
    """Whether an address is the data itself; schemes know no upper and lower case."""
    return address[:5].lower() == "data:"


class DataUrl(NamedTuple):
    """A data URL, taken apart."""

    media_type: str
    """In lower case, by its registered name; empty where there is no label."""
    base64: bool
    """Whether ``data`` is base64; otherwise it is percent-encoded."""
    data: str

    @classmethod
    def parse(cls, url: str) -> DataUrl:
        """Take a data URL apart; bare base64, as some clients send it, counts as one without a label."""
        if not is_data_url(url):
            return cls("", True, url)
        header, _, data = url[5:].partition(",")
        media_type, *parameters = (field.strip().lower() for field in header.split(";"))
        return cls(_ALIASES.get(media_type, media_type), "base64" in parameters, data)

    def image_type(self) -> str | None:
        """Which of `IMAGE_TYPES` it is, by its first bytes where the label is missing or wrong."""
        if self.media_type in IMAGE_TYPES:
            return self.media_type
        return next((kind for magic, kind in _IMAGE_MAGIC.items() if self.data.startswith(magic)), None)

    def is_pdf(self) -> bool:
        """Whether it is a PDF in base64, by its label or its first bytes."""
        return (self.media_type == "application/pdf" and self.base64) or self.data.startswith(_PDF_MAGIC)

    def text(self) -> str | None:
        """The text inside, or None if it is none."""
        if not self.base64:
            return unquote(self.data)
        try:
            return b64decode(self.data, validate=True).decode()
        except ValueError:
            return None
