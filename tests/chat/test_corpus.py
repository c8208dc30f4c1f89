"""Recorded traffic of OpenAI and of about 40 vendors that speak its protocol comes back as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from llm_transcode.chat import Chunk, ErrorResponse, Request, Response
from llm_transcode.errors import InvalidPayload
from llm_transcode.wire import WireModel

CHECKOUT: Final = Path(__file__).parents[2]
CORPUS: Final = Path(os.environ.get("LLM_TRANSCODE_CORPUS", CHECKOUT.parent / "shared" / "corpus")) / "openai_chat"

# Messages where content parts belong; OpenAI answers "Missing required parameter:
# 'messages[1].content[0].type'."
MALFORMED: Final = {"crewAI__crewai-test_custom_llm_within_crew.json": "$.messages[1].content[0].type"}

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no recorded traffic")


def recordings(kind: str) -> list[Path]:
    return sorted((CORPUS / kind).glob("*")) if CORPUS.is_dir() else []


def payloads(stream: str) -> Iterator[str]:
    for line in stream.splitlines():
        field, _, value = line.partition(":")
        if field == "data" and value.strip() != "[DONE]":
            yield value


def check_round_trip(model: type[WireModel], text: str) -> None:
    # Compared as text, so that key order and number spelling count.
    assert json.dumps(model.parse(text).to_dict()) == json.dumps(json.loads(text))


@pytest.mark.parametrize("path", recordings("request"), ids=lambda path: path.stem)
def test_requests(path: Path) -> None:
    if path.name in MALFORMED:
        with pytest.raises(InvalidPayload) as caught:
            Request.parse(path.read_bytes())

        assert caught.value.path == MALFORMED[path.name]
    else:
        check_round_trip(Request, path.read_text("utf-8"))


@pytest.mark.parametrize("path", recordings("response"), ids=lambda path: path.stem)
def test_responses(path: Path) -> None:
    check_round_trip(Response, path.read_text("utf-8"))


@pytest.mark.parametrize("path", recordings("error"), ids=lambda path: path.stem)
def test_errors(path: Path) -> None:
    check_round_trip(ErrorResponse, path.read_text("utf-8"))


@pytest.mark.parametrize("path", recordings("stream"), ids=lambda path: path.stem)
def test_streams(path: Path) -> None:
    for payload in payloads(path.read_text("utf-8")):
        check_round_trip(Chunk, payload)
