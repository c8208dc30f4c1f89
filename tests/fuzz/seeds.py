"""First inputs for the fuzzer: the documents of the golden cases, and the words of both protocols."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

from llm_transcode import chat, messages
from llm_transcode.wire import WireModel
from tests.golden.cases import ALL

__all__ = ["documents", "vocabulary", "write"]

_KINDS: Final = {
    "request_to_chat": ("request/*/messages.json",),
    "request_to_messages": ("request/*/chat.json",),
    "response_to_chat": ("response/*/messages.json",),
    "response_to_messages": ("response/*/chat.json",),
    "stream_to_chat": ("stream/*/messages.sse",),
    "stream_to_messages": ("stream/*/chat.sse",),
    "error": ("error/*/*.json",),
    "models": ("models/*/*.json",),
    "tokens": ("request/*/messages.json",),
    "headers": (),
    "replayed": ("response/*/*.json",),
}
"""Which golden cases are good first inputs of a target; streams where none are named."""

_LARGEST: Final = 20_000
"""Bytes of an input; larger ones only take longer."""

_HEADERS: Final = b"x-api-key: none\nanthropic-beta: a,b\nx-ratelimit-reset-requests: 6m0s\nretry-after: 1"


def documents(target: str) -> Iterator[bytes]:
    """The first inputs of a target, each with the default options."""
    root = ALL[0].place.parents[1]
    for pattern in _KINDS.get(target, ("stream/*/*.sse",)):
        for place in sorted(root.glob(pattern)):
            if place.stat().st_size < _LARGEST:
                yield b"\0" + place.read_bytes()
    if target == "headers":
        yield b"\0" + _HEADERS


def write(target: str, folder: Path) -> None:
    """Put the first inputs into the folder where the fuzzer keeps what it finds interesting."""
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents(target):
        (folder / hashlib.sha256(document).hexdigest()[:16]).write_bytes(document)


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of all fields, and the values that some field may have."""
    fields: set[str] = set()
    values: set[str] = set()
    for module in (messages, chat):
        for name in module.__all__:
            model = getattr(module, name)
            if isinstance(model, type) and issubclass(model, WireModel):
                fields |= {info.alias or field for field, info in model.model_fields.items()}
                values |= {word for info in model.model_fields.values() for word in _words(info.annotation)}
    return tuple(sorted(fields)), tuple(sorted(values))


def _words(annotation: Any) -> Iterator[str]:
    for part in get_args(annotation):
        if isinstance(part, str):
            yield part
        else:
            yield from _words(part)
