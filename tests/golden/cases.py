"""Reads, converts and writes golden cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from llm_transcode import (
    ConversionError,
    Converted,
    LossCode,
    Options,
    ReplyContext,
    StreamTranscoder,
    convert_error,
    convert_models,
    convert_request,
    convert_response,
)
from llm_transcode.converted import ConvertedError
from llm_transcode.facts import ModelFacts
from llm_transcode.losses import Loss
from llm_transcode.protocols import Protocol
from llm_transcode.wire import WireModel
from tests.golden.rendering import render

__all__ = ["ALL", "DIRECTIONS", "Case", "Direction", "Outcome"]

Direction: TypeAlias = Literal["to_chat", "to_messages"]
Json: TypeAlias = Any

DIRECTIONS: Final[dict[Direction, tuple[Protocol, Protocol]]] = {
    "to_chat": ("messages", "chat"),
    "to_messages": ("chat", "messages"),
}
"""The source and the target of each."""

_BACK: Final[dict[Direction, Direction]] = {"to_chat": "to_messages", "to_messages": "to_chat"}
_ROOT: Final = Path(__file__).parent


class Outcome(NamedTuple):
    """What a conversion came to."""

    document: str | None
    """The text of the target's file; None if the document is refused."""
    losses: Json
    """What stands in ``losses.json`` for the direction."""


@dataclass(frozen=True)
class Case:
    """A case in one of its directions."""

    place: Path
    direction: Direction

    @property
    def name(self) -> str:
        return self.place.relative_to(_ROOT).as_posix()

    @property
    def kind(self) -> str:
        return self.place.parent.name

    @property
    def source(self) -> Path:
        return self.file(DIRECTIONS[self.direction][0])

    @property
    def target(self) -> Path:
        return self.file(DIRECTIONS[self.direction][1])

    def file(self, protocol: Protocol) -> Path:
        return self.place / f"{protocol}.{'sse' if self.kind == 'stream' else 'json'}"

    def read(self, name: str) -> Json:
        """A file of the folder, as JSON; an empty object if there is none."""
        place = self.place / name
        return json.loads(place.read_text("utf-8")) if place.exists() else {}

    @property
    def expected(self) -> Json:
        return self.read("losses.json")[self.direction]

    def convert(self) -> Outcome:
        try:
            return _CONVERTERS[self.kind](self)
        except ConversionError as error:
            return Outcome(None, {"error": type(error).__name__, "path": error.path})

    def options(self) -> Options:
        given = dict(self.read("case.json").get("options", {}))
        if "downgrade" in given:
            given["downgrade"] = frozenset(map(LossCode, given["downgrade"]))
        if "model_facts" in given:
            given["model_facts"] = ModelFacts(**given["model_facts"])
        return Options(**given)

    def context(self) -> ReplyContext | None:
        """What the request that a reply answers leaves behind, on its way in the other direction."""
        request = self.read("case.json").get("request")
        return Case(_ROOT / request, _BACK[self.direction]).converted_request().context if request else None

    def converted_request(self) -> Converted[WireModel]:
        source, target = DIRECTIONS[self.direction]
        return convert_request(self.source.read_bytes(), source=source, target=target, options=self.options())


def _request(case: Case) -> Outcome:
    return _outcome(case.converted_request())


def _response(case: Case) -> Outcome:
    source, target = DIRECTIONS[case.direction]
    return _outcome(
        convert_response(
            case.source.read_bytes(), source=source, target=target, context=case.context(), options=case.options()
        )
    )


def _models(case: Case) -> Outcome:
    source, target = DIRECTIONS[case.direction]
    return _outcome(convert_models(case.source.read_bytes(), source=source, target=target, options=case.options()))


def _error(case: Case) -> Outcome:
    source, target = DIRECTIONS[case.direction]
    upstream = json.loads(case.source.read_bytes())
    error = convert_error(upstream["status"], upstream["body"], source=source, target=target, options=case.options())
    return _outcome(error)


def _stream(case: Case) -> Outcome:
    source, target = DIRECTIONS[case.direction]
    stream = StreamTranscoder(source=source, target=target, context=case.context(), options=case.options())
    out = stream.feed(case.source.read_bytes()) + stream.close()
    return Outcome(out.decode(), [_row(loss) for loss in stream.losses])


_CONVERTERS: Final = {
    "request": _request,
    "response": _response,
    "models": _models,
    "error": _error,
    "stream": _stream,
}


def _outcome(converted: Converted[WireModel]) -> Outcome:
    body = converted.to_dict()
    document = {"status": converted.status, "body": body} if isinstance(converted, ConvertedError) else body
    return Outcome(render(document), [_row(loss) for loss in converted.losses])


def _row(loss: Loss) -> dict[str, str]:
    return {"kind": loss.kind, "level": loss.level, "code": loss.code.value, "path": loss.path}


def _all() -> Iterator[Case]:
    for losses in sorted(_ROOT.glob("*/*/losses.json")):
        directions = json.loads(losses.read_text("utf-8"))
        for direction in DIRECTIONS:
            if direction in directions:
                yield Case(losses.parent, direction)


ALL: Final = tuple(_all())
"""Every case in every direction it has."""
