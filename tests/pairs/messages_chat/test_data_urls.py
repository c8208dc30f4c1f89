"""Data URLs, taken apart."""

from __future__ import annotations

import pytest

from llm_transcode.pairs.messages_chat.data_urls import DataUrl, is_data_url

PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("data:image/png;base64,AA==", ("image/png", True, "AA==")),
        ("DATA:Image/PNG; Base64,AA==", ("image/png", True, "AA==")),
        ("data:image/jpg;base64,AA==", ("image/jpeg", True, "AA==")),
        ("data:text/plain;charset=utf-8,a%20b,c", ("text/plain", False, "a%20b,c")),
        ("data:text/plain;charset=utf-8;base64,YQ==", ("text/plain", True, "YQ==")),
        ("data:,a", ("", False, "a")),
        ("data:", ("", False, "")),
        ("data:image/png;base64", ("image/png", True, "")),
        (PNG, ("", True, PNG)),
    ],
)
def test_parse(url: str, expected: tuple[str, bool, str]) -> None:
    assert DataUrl.parse(url) == expected


@pytest.mark.parametrize(
    ("address", "expected"), [("data:,", True), ("dAtA:,", True), ("https://data:80/", False), ("data", False)]
)
def test_is_data_url(address: str, expected: bool) -> None:
    assert is_data_url(address) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("data:image/webp;base64,AA==", "image/webp"),
        ("data:image/bmp;base64,AA==", None),
        ("data:application/octet-stream;base64,/9j/4AA=", "image/jpeg"),
        ("data:;base64,R0lGODdh", "image/gif"),
        ("UklGRg==", "image/webp"),
        (PNG, "image/png"),
        ("AA==", None),
    ],
)
def test_image_type(url: str, expected: str | None) -> None:
    assert DataUrl.parse(url).image_type() == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("data:application/pdf;base64,AA==", True),
        ("data:application/pdf,%25PDF", False),
        ("data:application/pdf,JVBERi0=", True),
        ("data:application/octet-stream;base64,JVBERi0=", True),
        ("data:text/plain;base64,AA==", False),
    ],
)
def test_is_pdf(url: str, expected: bool) -> None:
    assert DataUrl.parse(url).is_pdf() is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("data:text/plain,a%20b", "a b"),
        ("data:text/plain;base64,w6k=", "é"),
        ("data:text/plain;base64,/w==", None),
        ("data:text/plain;base64,no base64", None),
        ("data:text/plain;base64,YQ", None),
        ("data:text/plain;base64,Y!Q==", None),
    ],
)
def test_text(url: str, expected: str | None) -> None:
    assert DataUrl.parse(url).text() == expected
