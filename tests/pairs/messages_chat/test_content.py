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
