"""Plain shapes: what is read as the JSON it is must be what the model accepts and the ledger is silent about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final, Literal, TypeAlias, get_args, get_origin

import pytest

from llm_transcode.losses import Recorder
from llm_transcode.pairs.fields import KNOWN, Fields, Shape
from llm_transcode.pairs.messages_chat.ledger import LEDGER

JsonObject: TypeAlias = dict[str, Any]

SAMPLES: Final[dict[type, list[Any]]] = {
    str: ["", " ", "a text\n\u00e9"],
    dict: [{}, {"type": "object", "any": [1]}],
    list: [[]],
    bool: [True, False],
    int: [0, 7],
    type(None): [None],
}

NESTED: Final[dict[str, list[Any]]] = {
    "function": [{"name": "a_name"}],
    "image_url": ["", "an address", {"url": "an address"}],
}
"""Objects that have a ledger of their own, by which they are read next."""

PLAIN: Final = [
    pytest.param(entry.fields, shape, id=f"{entry.fields.model.__module__}.{entry.fields.model.__name__}-{number}")
    for entry in LEDGER
    for number, shape in enumerate(entry.fields.plain)
]


def tags(fields: Fields, name: str) -> list[str]:
    """The values of the field that tells the model from others."""
    return list(_literals(fields.model.model_fields[name].annotation))


def _literals(annotation: Any) -> Iterator[str]:
    for part in get_args(annotation):
        if get_origin(annotation) is Literal:
            yield part
        else:
            yield from _literals(part)


def objects(fields: Fields, shape: Shape) -> Iterator[JsonObject]:
    """Objects of a shape: every combination of the samples of its types, so that only `read` can choose."""
    choices: list[list[Any]] = []
    for name, types in shape.items():
        named = tags(fields, name)
        kinds = types if isinstance(types, tuple) else (types,)
        choices.append(named or NESTED.get(name) or [sample for kind in kinds for sample in SAMPLES[kind]])
    for values in product(*choices):
        yield dict(zip(shape, values, strict=True))


def test_there_are_plain_shapes_in_both_directions() -> None:
    modules = {entry.fields.model.__module__.split(".")[1] for entry in LEDGER if entry.fields.plain}

    assert modules == {"messages", "chat"}


@pytest.mark.parametrize(("fields", "shape"), PLAIN)
def test_the_model_accepts_what_is_plain_and_the_ledger_has_nothing_to_say(fields: Fields, shape: Shape) -> None:
    for value in objects(fields, shape):
        losses = Recorder()

        assert fields.read(value, (), losses) is None
        fields.report(fields.model.from_object(value), (), losses)
        assert list(losses) == []


@pytest.mark.parametrize(("fields", "shape"), PLAIN)
def test_whatever_else_an_object_holds_goes_through_the_model(fields: Fields, shape: Shape) -> None:
    for value in objects(fields, shape):
        losses = Recorder()
        odd = {**value, "of_tomorrow": 1}

        read = fields.read(odd, ("at",), losses)

        assert read is not None
        assert read.to_dict() == odd
        assert [loss.path for loss in losses] == ["$.at.of_tomorrow"]


@pytest.mark.parametrize(("fields", "shape"), PLAIN)
def test_no_shape_has_a_field_whose_values_matter(fields: Fields, shape: Shape) -> None:
    """The type of a JSON value says nothing about an enumeration, so only the known tag may be one."""
    for name, types in shape.items():
        assert types == KNOWN or name == "type" or tags(fields, name) == []


@pytest.mark.parametrize(("fields", "shape"), PLAIN)
def test_two_shapes_of_a_ledger_differ_in_size(fields: Fields, shape: Shape) -> None:
    """They are looked up by it."""
    assert [len(other) for other in fields.plain].count(len(shape)) == 1
