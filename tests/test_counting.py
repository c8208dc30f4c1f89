"""Counting tokens without a server."""

from __future__ import annotations

import base64
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import pytest
from hypothesis import given

from llm_transcode import InvalidPayload, LossCode, count_tokens
from llm_transcode.counting import estimate_text
from tests.strategies import messages_requests

CHECKOUT: Final = Path(__file__).parents[1]
CORPUS: Final = Path(os.environ.get("LLM_TRANSCODE_CORPUS", CHECKOUT.parent / "shared" / "corpus"))

TOOL: Final = {"name": "look", "description": "Look at it.", "input_schema": {"type": "object", "properties": {}}}


def counted(content: Any = "Hi", **fields: Any) -> int:
    request = {"model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": content}], **fields}
    return count_tokens(request).value.input_tokens


def seen(content: Any, **fields: Any) -> str:
    """All text that reaches the caller's counter."""
    texts: list[str] = []

    def counter(text: str) -> int:
        texts.append(text)
        return len(text)

    count_tokens({"messages": [{"role": "user", "content": content}], **fields}, counter=counter)
    return "\n".join(texts)


def image(data: bytes) -> dict[str, Any]:
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(data).decode()}
    return {"type": "image", "source": source}


def document(**source: Any) -> dict[str, Any]:
    return {"type": "document", "title": "Title", "context": "Context", "source": source}


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)


# -- what counts -----------------------------------------------------------------------------------


def test_p146_everything_that_fills_the_context_counts() -> None:
    plain = counted()
    schema = {"type": "object", "properties": {"place": {"type": "string", "description": "Where to look."}}}
    call = {"type": "tool_use", "id": "x", "name": "look", "input": {"place": "here"}}
    result = {"type": "tool_result", "tool_use_id": "x", "content": [{"type": "text", "text": "Nothing."}]}

    assert 5 < plain < 20
    assert counted(system="Be brief and kind, always.") > plain
    assert counted(system=[{"type": "text", "text": "Be brief and kind, always."}]) > plain
    assert counted(tools=[TOOL]) > plain + 300
    assert counted(tools=[{**TOOL, "input_schema": schema}]) > counted(tools=[TOOL])
    assert counted(tools=[{**TOOL, "description": "Look at it from all sides."}]) > counted(tools=[TOOL])
    assert counted(tools=[{"type": "text_editor_20250728", "name": "x"}]) > counted(tools=[TOOL]) + 500
    assert counted(tools=[{"type": "web_search_20260318", "name": "x"}]) > counted(tools=[TOOL])
    assert counted([{"type": "text", "text": "Hi"}, image(png(750, 100))]) == plain + 100
    assert counted([call]) > plain + 40
    assert counted([result]) > plain + 40
    assert counted(thinking={"type": "enabled", "budget_tokens": 1024}) > plain
    assert counted(thinking={"type": "disabled"}) == plain
    assert counted(output_config={"format": {"type": "json_schema", "schema": schema}}) > plain + 100
    assert counted(output_format={"type": "json_schema", "schema": schema}) > plain + 100


def test_the_callers_counter_sees_all_text_and_nothing_else() -> None:
    content = [
        {"type": "text", "text": "one", "cache_control": {"type": "ephemeral"}},
        {"type": "thinking", "thinking": "two", "signature": "SIGNATURE"},
        {"type": "redacted_thinking", "data": "REDACTED"},
        {"type": "tool_use", "id": "ID", "name": "three", "input": {"four": 4}},
        {"type": "tool_result", "tool_use_id": "ID", "content": "five", "is_error": True},
        {"type": "search_result", "source": "six", "title": "seven", "content": [{"type": "text", "text": "eight"}]},
        document(type="text", media_type="text/plain", data="nine"),
        document(type="content", content=[{"type": "text", "text": "ten"}]),
        {"type": "block_of_next_year", "words": ["eleven"]},
        {"type": "image", "source": {"type": "file", "file_id": "ID"}},
    ]

    text = seen(content, system="zero", tools=[TOOL])

    for word in ("zero", "one", "two", "three", '{"four":4}', "five", "six", "seven", "eight", "nine", "ten", "eleven"):
        assert word in text
    assert "Title" in text
    assert '"description":"Look at it."' in text
    for word in ("SIGNATURE", "REDACTED", "ID", "ephemeral", "text/plain"):
        assert word not in text


def test_a_turn_never_lowers_the_count_of_the_others() -> None:
    turns: list[dict[str, Any]] = []
    last = 0
    for number in range(6):
        turns.append({"role": ("user", "assistant")[number % 2], "content": "And then?"})
        count = count_tokens({"messages": turns}).value.input_tokens
        assert count > last
        last = count


def test_documents_by_their_pages() -> None:
    pages = b"%PDF-1.7 <</Type /Pages>> <</Type /Page>> <</Type/Page >>"
    data = base64.b64encode(pages).decode()
    two = counted([document(type="base64", media_type="application/pdf", data=data)])
    one = counted([document(type="url", url="https://a.example/b.pdf")])
    by_size = counted(
        [document(type="base64", media_type="application/pdf", data=base64.b64encode(b"x" * 150_000).decode())]
    )

    assert 4500 < two < 4600
    assert 2250 < one < 2350
    assert 6750 < by_size < 6850


@pytest.mark.parametrize(
    "source",
    [
        {"type": "url", "url": "https://a.example/b.png"},
        {"type": "file", "file_id": "file_1"},
        {"type": "base64", "media_type": "image/png", "data": "no base64!"},
        {"type": "base64", "media_type": "image/png", "data": "é"},
        {"type": "hologram"},
    ],
)
def test_an_image_that_cannot_be_looked_into_counts_as_a_large_one(source: Any) -> None:
    assert counted([{"type": "image", "source": source}]) == counted([image(png(9000, 9000))])


# -- the estimate ----------------------------------------------------------------------------------


def test_the_estimate_depends_on_the_script() -> None:
    assert estimate_text("") == 0
    assert estimate_text("four" * 25) == 25
    assert estimate_text("é" * 100) == 25
    assert estimate_text("日本語" * 10) == 20
    assert estimate_text("кот" * 10) == 12


def test_newer_models_need_more_tokens_for_the_same_text() -> None:
    text = "word " * 400

    for model in ("claude-opus-4-7", "claude-sonnet-5", "anthropic/claude-opus-5-20270101"):
        assert counted(text, model=model) > counted(text) * 1.3
    for other in ("claude-3-5-sonnet-20241022", "claude-opus-4-1", "gpt-6", None):
        assert counted(text, model=other) == counted(text)


def test_the_count_is_recorded_as_an_estimate() -> None:
    request = {"messages": [{"role": "user", "content": "Hi"}]}

    for counter in (None, len):
        losses = count_tokens(request, counter=counter).losses
        assert [(loss.kind, loss.level, loss.code, loss.path) for loss in losses] == [
            ("approximated", "info", LossCode.USAGE, "$")
        ]


def test_a_malformed_request_is_refused() -> None:
    for body in (
        b"",
        "{}",
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
    ):
        with pytest.raises(InvalidPayload):
            count_tokens(body)


def test_nesting_without_end_is_refused() -> None:
    block: Any = {"type": "block_of_next_year"}
    for _ in range(450):
        block = {"type": "block_of_next_year", "inner": block}

    with pytest.raises(InvalidPayload, match="nested too deeply"):
        counted([block])


@given(messages_requests())
def test_any_valid_request_has_a_count(request: Any) -> None:
    assert count_tokens(request).value.input_tokens > 0


# -- against recorded counts -----------------------------------------------------------------------


def recorded_counts() -> Iterator[tuple[Any, int]]:
    """Requests of text and client tools, with the ``input_tokens`` that Anthropic answered."""
    with (CORPUS / "index.jsonl").open(encoding="utf-8") as index:
        rows = [row for row in map(json.loads, index) if row["protocol"] == "anthropic" and row.get("pair")]
    requests = {
        row["pair"]: row["path"] for row in rows if row["kind"] == "request" and row["provenance"] == "recorded"
    }
    for row in rows:
        if row["kind"] == "response" and row["pair"] in requests:
            request = json.loads((CORPUS / requests[row["pair"]]).read_bytes())
            usage = json.loads((CORPUS / row["path"]).read_bytes()).get("usage") or {}
            total = sum(usage.get(name) or 0 for name in usage if name.endswith("input_tokens"))
            if total and is_plain(request):
                yield request, total


def is_plain(request: Any) -> bool:
    text = json.dumps(request)
    media = any(word in text for word in ('"base64"', '"file"', '"source"', "server_tool", "mcp_"))
    return not media and all("input_schema" in tool for tool in request.get("tools") or ())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no recorded traffic")
def test_the_estimate_is_as_good_as_documented() -> None:
    errors = [abs(count_tokens(request).value.input_tokens - total) / total for request, total in recorded_counts()]

    assert len(errors) > 50
    assert median(errors) < 0.15
    assert quantiles(errors, n=10)[-1] < 0.45
