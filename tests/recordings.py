"""Recorded traffic, where it is at hand; none of it is part of the project."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

__all__ = ["JsonObject", "needs_recordings", "payloads", "recordings"]

JsonObject: TypeAlias = dict[str, Any]

CHECKOUT: Final = Path(__file__).parents[1]
ROOT: Final = Path(os.environ.get("LLM_TRANSCODE_CORPUS", CHECKOUT.parent / "shared" / "corpus"))
FOLDERS: Final = {"messages": "anthropic", "chat": "openai_chat"}

needs_recordings = pytest.mark.skipif(not ROOT.is_dir(), reason="no recorded traffic")


def recordings(protocol: str, kind: str) -> list[Path]:
    return sorted((ROOT / FOLDERS[protocol] / kind).glob("*"))


def payloads(stream: bytes) -> Iterator[JsonObject]:
    """The JSON data of a stream's events; the end of a Chat stream is none."""
    for line in stream.splitlines():  # of bytes, so that U+0085 and its like end no line
        field, _, value = line.partition(b":")
        if field == b"data" and value.strip() not in (b"", b"[DONE]"):
            yield json.loads(value.decode("utf-8", "replace"))
