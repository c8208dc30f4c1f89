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

from llm_transcode import InvalidPayload, Loss, LossCode, Options, count_tokens
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


TOOL_TEXT: Final = '{"name":"look","description":"Look at it.","input_schema":{"type":"object","properties":{}}}'
COMPUTER: Final = {"type": "computer_20251124", "name": "computer", "display_width_px": 1, "display_height_px": 1}
FORMAT: Final = {"type": "json_schema", "schema": {"type": "object"}}
FORMAT_TEXT: Final = '{"type":"json_schema","schema":{"type":"object"}}'
PDF: Final = base64.b64encode(b"%PDF-1.7").decode()


@pytest.mark.parametrize(
    ("content", "fields", "tokens"),
    [
        ("four", {}, 4),
        ("", {"system": "four"}, 4),
        ("", {"system": [{"type": "text", "text": "four"}, {"type": "text", "text": "and four"}]}, 12),
        ("", {"tools": []}, 0),
        ("", {"tools": [TOOL]}, 346 + 6 + len(TOOL_TEXT)),
        ("", {"tools": [{**TOOL, "cache_control": {"type": "ephemeral"}}]}, 346 + 6 + len(TOOL_TEXT)),
        ("", {"tools": [{"type": "bash_20250124", "name": "bash"}]}, 346 + 245),
        ("", {"tools": [{"type": "text_editor_20250728", "name": "e"}]}, 346 + 700),
        ("", {"tools": [COMPUTER]}, 346 + 735),
        ("", {"tools": [{"type": "code_execution_20250825", "name": "c"}]}, 346 + 4000),
        ("", {"tools": [{"type": "web_search_20250305", "name": "w"}]}, 346 + 500),
        ("", {"tools": [{"type": "web_search_20250305", "name": "w"}] * 2}, 346 + 2 * 500),
        ("", {"thinking": {"type": "enabled", "budget_tokens": 1024}}, 28),
        ("", {"thinking": {"type": "adaptive"}}, 28),
        ("", {"thinking": {"type": "disabled"}}, 0),
        ("", {"output_config": {"format": FORMAT}}, 150 + len(FORMAT_TEXT)),
        ("", {"output_format": FORMAT}, 150 + len(FORMAT_TEXT)),
        ("", {"output_config": {"effort": "low"}}, 0),
        ([{"type": "tool_use", "id": "t", "name": "look", "input": {}}], {}, 50 + 4 + 2),
        ([{"type": "server_tool_use", "id": "t", "name": "look", "input": {}}], {}, 50 + 4 + 2),
        ([{"type": "mcp_tool_use", "id": "t", "name": "look", "server_name": "s", "input": {}}], {}, 50 + 4 + 2),
        ([{"type": "tool_result", "tool_use_id": "t", "content": "four"}], {}, 50 + 4),
        ([{"type": "tool_result", "tool_use_id": "t"}], {}, 50),
        ([{"type": "mcp_tool_result", "tool_use_id": "t", "is_error": False, "content": "four"}], {}, 50 + 4),
        ([{"type": "next_year", "words": ["four"], "number": 5, "deep": {"er": "four", "n": None}}], {}, 8),
        ([{**image(png(751, 1)), "cache_control": {"type": "ephemeral"}}], {}, 2),
        ([image(png(9000, 9000))], {}, 1600),
        ([document(type="text", media_type="text/plain", data="four")], {}, 5 + 7 + 4),
        ([document(type="base64", media_type="application/pdf", data=PDF)], {}, 5 + 7 + 2250),
        ([document(type="base64", media_type="application/pdf", data="")], {}, 5 + 7 + 2250),
        ([document(type="file", file_id="f")], {}, 5 + 7 + 2250),
    ],
)
def test_what_each_thing_counts_beside_its_text(content: Any, fields: dict[str, Any], tokens: int) -> None:
    """6 for the request, 4 for the turn, and what the API's documentation says of everything else."""
    request = {"messages": [{"role": "user", "content": content}], **fields}

    assert count_tokens(request, counter=len).value.input_tokens == 6 + 4 + tokens


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


@pytest.mark.parametrize(
    ("asked", "sent"), [("claude-sonnet-5", "gpt-6"), ("gpt-6", "claude-sonnet-5"), ("gpt-6", "gpt-6")]
)
def test_the_count_is_for_the_model_that_the_backend_is_asked_for(asked: str, sent: str) -> None:
    text = "word " * 400
    request = {"model": asked, "messages": [{"role": "user", "content": text}]}

    for models in ({asked: sent}, lambda _model: sent):
        count = count_tokens(request, options=Options(models=models)).value.input_tokens
        assert count == counted(text, model=sent)


def test_the_count_is_recorded_as_an_estimate() -> None:
    request = {"messages": [{"role": "user", "content": "Hi"}]}

    for counter, how in (
        (None, "counted by characters"),
        (len, "counted, media and the API's own additions estimated"),
    ):
        losses = count_tokens(request, counter=counter, options=Options()).losses
        assert losses == (Loss("approximated", "info", LossCode.USAGE, "$", f"the tokens are {how}"),)


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

    with pytest.raises(InvalidPayload, match=r"^\$: nested too deeply$"):
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
