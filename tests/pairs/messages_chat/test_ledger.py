"""Whether the ledger names every field of every model that a conversion may meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, get_args

import pytest

from llm_transcode import chat, messages
from llm_transcode.pairs.messages_chat.ledger import LEDGER, WHOLE, Entry
from llm_transcode.wire import WireModel


def _models(form: Any) -> Iterator[type[WireModel]]:
    """The models in an annotation, however deep."""
    # To Python 3.10, list[int] is a type.
    if isinstance(form, type) and not get_args(form) and issubclass(form, WireModel):
        yield form
    for part in get_args(form):
        yield from _models(part)


ROOTS: Final[tuple[type[WireModel], ...]] = (
    messages.Request,
    messages.Response,
    messages.ErrorResponse,
    messages.ModelList,
    chat.Request,
    chat.Response,
    chat.ErrorResponse,
    chat.ModelList,
    *_models(messages.Event),
    chat.Chunk,
)
"""Every document, and every event of a stream."""


def _inside(model: type[WireModel]) -> Iterator[type[WireModel]]:
    """The models in the fields of a model that come along; what is left behind needs no tables below it."""
    model.model_rebuild()
    for entry in LEDGER:
        if entry.fields.model is model:
            for name in entry.fields.mapped:
                yield from _models(model.model_fields[name].annotation)


def _reachable() -> frozenset[type[WireModel]]:
    found: set[type[WireModel]] = set()
    waiting: list[type[WireModel]] = list(ROOTS)
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += _inside(model)
    return frozenset(found)


REACHABLE: Final = _reachable()


@pytest.mark.parametrize(
    "entry",
    [entry for entry in LEDGER if entry.fields.model in REACHABLE],
    ids=lambda entry: f"{entry.concept}-{entry.fields.model.__qualname__}",
)
def test_a_table_names_every_field_once(entry: Entry) -> None:
    mapped, dropped = set(entry.fields.mapped), set(entry.fields.dropped)

    assert mapped | dropped == set(entry.fields.model.model_fields)
    assert mapped & dropped == set()


def test_every_model_has_a_table_or_goes_as_a_whole() -> None:
    accounted = {entry.fields.model for entry in LEDGER} | set(WHOLE)

    assert {model.__qualname__ for model in REACHABLE - accounted} == set()


def test_what_goes_as_a_whole_is_met_and_has_no_table() -> None:
    tabled = {entry.fields.model for entry in LEDGER}

    assert {model.__qualname__ for model in WHOLE if model not in REACHABLE} == set()
    assert {model.__qualname__ for model in WHOLE if model in tabled} == set()


@pytest.mark.parametrize(
    ("concept", "model"),
    [
        ("tools", messages.BashTool),
        ("content_to_chat", messages.TextBlock),
        ("content_to_chat", messages.UrlImageSource),
        ("response_to_chat", messages.Response),
        ("response_to_messages", chat.Response),
    ],
)
def test_a_table_is_named_after_the_module_that_makes_it(concept: str, model: type[WireModel]) -> None:
    """Those that a module imports, or puts together in a union, are not counted twice."""
    assert [entry.concept for entry in LEDGER if (entry.concept, entry.fields.model) == (concept, model)] == [concept]
