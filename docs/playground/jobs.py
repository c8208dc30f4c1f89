"""One job of the playground: a document, its direction and its settings, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

from docs.playground.paths import differences, parse_path, without

from llm_transcode import (
    ConversionError,
    Converted,
    Loss,
    LossCode,
    Options,
    ReplyContext,
    convert_error,
    convert_models,
    convert_request,
    convert_response,
)
from llm_transcode.converted import ConvertedError
from llm_transcode.facts import ModelFacts
from llm_transcode.protocols import Protocol
from llm_transcode.wire import JsonObject, WireModel

__all__ = ["Job", "convert", "loss_rows"]

_MOST_TRACED: Final = 40
"""Each loss is traced by a conversion of its own."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What the page asks for."""

    kind: str
    """``request``, ``response``, ``error``, ``models`` or ``stream``."""
    source: Protocol
    target: Protocol
    text: str
    options: JsonObject
    """By their names in `Options`; only those that are set."""
    request: str = ""
    """The request that a reply answers, if its context is to be used."""
    status: int | None = None
    """The HTTP status of an error."""

    @classmethod
    def from_dict(cls, given: JsonObject) -> Job:
        """The job in what the page sends, which has more than that."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in names})

    def parsed_options(self) -> Options:
        """The options as the library takes them."""
        given = dict(self.options)
        if "downgrade" in given:
            given["downgrade"] = frozenset(map(LossCode, given["downgrade"]))
        if "model_facts" in given:
            given["model_facts"] = ModelFacts(**given["model_facts"])
        if "think_tags" in given:
            given["think_tags"] = tuple(given["think_tags"])
        return Options(**given)

    def context(self) -> ReplyContext | None:
        """What the request leaves behind, which ran in the other direction."""
        if not self.request.strip():
            return None
        options = self.parsed_options()
        return convert_request(self.request, source=self.target, target=self.source, options=options).context


def convert(job: Job) -> JsonObject:
    """Convert the document; the losses know where in the result they show."""
    converted = _converted(job, job.text)
    rows = list(loss_rows(converted.losses))
    for row in rows[:_MOST_TRACED]:
        row["targets"] = _trace(job, converted, row["path"])
    return {
        "document": json.dumps(converted.to_dict(), ensure_ascii=False, indent=2),
        "compact": converted.to_json().decode(),
        "status": converted.status if isinstance(converted, ConvertedError) else None,
        "losses": rows,
    }


def _converted(job: Job, body: Any) -> Converted[WireModel]:
    options = job.parsed_options()
    if job.kind == "error":
        return convert_error(job.status, body, source=job.source, target=job.target, options=options)
    if job.kind == "models":
        return convert_models(body, source=job.source, target=job.target, options=options)
    if job.kind == "response":
        return convert_response(body, source=job.source, target=job.target, context=job.context(), options=options)
    return convert_request(body, source=job.source, target=job.target, options=options)


def loss_rows(losses: tuple[Loss, ...]) -> Iterator[JsonObject]:
    """The losses as plain data; ``targets`` is for the places in the result."""
    for loss in losses:
        yield {
            "kind": loss.kind,
            "level": loss.level,
            "code": loss.code.value,
            "path": loss.path,
            "detail": loss.detail,
            "targets": [],
        }


def _trace(job: Job, converted: Converted[WireModel], path: str) -> list[str]:
    """Where in the result the place of a loss shows: what changes there when the source lacks that place.

    A place that cannot be left out is left out together with what it stands in.
    """
    try:
        document = json.loads(job.text)
    except ValueError:
        return []
    place = parse_path(path)
    while place:
        reduced = without(document, place)
        if reduced == document:  # nothing stands there: it was invented, and has the same name in the result
            return [path] if _has(converted.to_dict(), place) else []
        try:
            return differences(converted.to_dict(), _converted(job, reduced).to_dict())
        except ConversionError:
            place = place[:-1]
    return []


def _has(document: Any, path: tuple[str | int, ...]) -> bool:
    return bool(without(document, path) != document)
