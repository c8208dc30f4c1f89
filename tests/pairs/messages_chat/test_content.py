"""Content that the other side does not take, once its loss is allowed: it is dropped, and the rest stays."""

from __future__ import annotations

import pytest

from llm_transcode import LossCode, Options
from tests.pairs.messages_chat.conversions import JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import text, user

AT = "$.messages[0].content[0]"


@pytest.mark.parametrize(
    ("block", "code", "path"),
    [
        ({"type": "image", "source": {"type": "hologram", "data": "x"}}, LossCode.MEDIA, f"{AT}.source"),
        ({"type": "compaction", "content": None}, LossCode.COMPACTION, AT),
    ],
)
def test_a_block_that_chat_does_not_take(block: JsonObject, code: LossCode, path: str) -> None:
    options = Options(downgrade=frozenset({code}))

    assert to_chat({"messages": [user(block, text("hi"))]}, options) == (
        {"messages": [user(text("hi"))]},
        [f"dropped warning {code.value} {path}"],
    )


@pytest.mark.parametrize(
    ("dialect", "part", "code", "path"),
    [
        (
            "bedrock",
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            LossCode.MEDIA,
            "image_url",
        ),
        (
            "bedrock",
            {"type": "document_url", "document_url": "https://example.org/a.pdf"},
            LossCode.DOCUMENT_URL,
            "document_url",
        ),
        (
            "anthropic",
            {"type": "document_url", "document_url": "data:application/zip;base64,eA=="},
            LossCode.MEDIA,
            "document_url",
        ),
        ("anthropic", {"type": "file", "file": {"file_id": "file_1"}}, LossCode.FILE_ID, "file.file_id"),
        (
            "anthropic",
            {"type": "file", "file": {"file_data": "data:application/zip;base64,eA=="}},
            LossCode.MEDIA,
            "file.file_data",
        ),
    ],
)
def test_a_part_that_anthropic_does_not_take(dialect: str, part: JsonObject, code: LossCode, path: str) -> None:
    options = Options(dialect=dialect, downgrade=frozenset({code}))

    body, losses = to_messages({"messages": [user(part, text("hi"))]}, options)

    assert body["messages"] == [user(text("hi"))]
    assert losses == [f"dropped warning {code.value} {AT}.{path}"]


PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
MARK = {"type": "ephemeral"}


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://example.org/a.pdf", {"type": "url", "url": "https://example.org/a.pdf"}),
        ("data:application/pdf;base64,JVBERi0=", PDF),
        ("data:text/plain;base64,aGk=", {"type": "text", "media_type": "text/plain", "data": "hi"}),
    ],
)
def test_a_document_of_mistral(url: str, source: JsonObject) -> None:
    part = {"type": "document_url", "document_url": url}

    for fields, also in (({}, {}), ({"document_name": "a"}, {"title": "a"}), ({"cache_control": MARK},) * 2):
        body, losses = to_messages({"messages": [user({**part, **fields})]})
        assert body["messages"] == [user({"type": "document", "source": source, **also})]
        assert losses == []


def test_the_name_of_an_image_of_mistral() -> None:
    part = {"type": "document_url", "document_url": "data:image/png;base64,iVBORw0KGgo=", "document_name": "a"}

    body, losses = to_messages({"messages": [user(part)]})

    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    assert body["messages"] == [user({"type": "image", "source": source})]
    assert losses == [f"dropped info document_name {AT}.document_name"]
