"""The size of an image, out of its first bytes."""

from __future__ import annotations

import struct
from typing import Final

import pytest

from llm_transcode.image_size import image_size


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)


JPEG: Final = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc4\x00\x02\xff\xc2\x00\x11\x08\x00\x07\x00\x05\x03"
)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(3, 4), (3, 4)),
        (png(2**31 + 1, 2**32 - 1), (2**31 + 1, 2**32 - 1)),
        (b"GIF89a\x05\x00\x06\x00", (5, 6)),
        (b"GIF89a\x00\x80\xff\xff", (32_768, 65_535)),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\x80\x00\xff\xff", (65_535, 32_768)),
        (b"GIF87a\x05\x00\x06\x00", (5, 6)),
        (JPEG, (5, 7)),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x08\x40\x09\x40", (8, 9)),
        (b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f\x07\x00\x02\x00", (8, 9)),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x08\x00\x00", (8, 9)),
        (b"RIFF\x00\x00\x00\x00WEBPVP9 ", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"RIFF\x00\x00\x00\x00WAVEVP8X\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x08\x00\x00", None),
        (b"FORM\x00\x00\x00\x00WEBPVP8X\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x08\x00\x00", None),
        (b"\xff\xd8", None),
        (b"BM", None),
        (b"", None),
    ],
)
def test_sizes_of_images(data: bytes, size: tuple[int, int] | None) -> None:
    assert image_size(data) == size


def test_an_image_that_is_cut_off_has_no_size() -> None:
    for data in (png(3, 4), JPEG[:-7], b"GIF89a\x05\x00\x06\x00"):
        for end in range(len(data)):
            assert image_size(data[:end]) is None
