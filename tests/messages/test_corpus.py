"""Recorded traffic comes back as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from llm_transcode.messages import ErrorResponse, Event, Request, Response
from llm_transcode.wire import Json, JsonObject, WireModel

CHECKOUT: Final = Path(__file__).parents[2]
CORPUS: Final = Path(os.environ.get("LLM_TRANSCODE_CORPUS", CHECKOUT.parent / "shared" / "corpus")) / "anthropic"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no recorded traffic")


class AnyEvent(WireModel):
    event: Event


def recordings(kind: str) -> list[Path]:
    return sorted((CORPUS / kind).glob("*")) if CORPUS.is_dir() else []


def events(stream: str) -> Iterator[Json]:
    for line in stream.splitlines():
        field, _, value = line.partition(":")
        if field == "data":
            yield json.loads(value)


def check_round_trip(model: type[WireModel], document: JsonObject) -> None:
    # Compared as text, so that key order and number spelling count.
    assert json.dumps(model.parse(json.dumps(document)).to_dict()) == json.dumps(document)


@pytest.mark.parametrize("path", recordings("request"), ids=lambda path: path.stem)
def test_requests(path: Path) -> None:
    check_round_trip(Request, json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", recordings("response"), ids=lambda path: path.stem)
def test_responses(path: Path) -> None:
    check_round_trip(Response, json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", recordings("error"), ids=lambda path: path.stem)
def test_errors(path: Path) -> None:
    check_round_trip(ErrorResponse, json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", recordings("stream"), ids=lambda path: path.stem)
def test_streams(path: Path) -> None:
    for event in events(path.read_text("utf-8")):
        check_round_trip(AnyEvent, {"event": event})
