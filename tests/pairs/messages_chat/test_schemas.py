"""JSON Schemas, brought into what each vendor takes."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from llm_transcode.pairs.messages_chat.schemas import closed_schema, is_strict_at_openai, object_schema

JsonObject: TypeAlias = dict[str, Any]

TEXT = {"type": "string"}
NUMBER = {"type": "number"}


# -- the root of a tool's schema -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, {"type": "object", "properties": {}}),
        ({"type": "string"}, {"type": "object", "properties": {}}),
        ({"type": "object"}, {"type": "object", "properties": {}}),
        ({"properties": {"a": TEXT}}, {"properties": {"a": TEXT}, "type": "object"}),
        ({"type": ["object", "null"], "properties": {}}, {"type": "object", "properties": {}}),
    ],
)
def test_the_root_is_an_object(schema: JsonObject, expected: JsonObject) -> None:
    assert object_schema(schema) == expected


def test_an_object_stays_as_it_is() -> None:
    schema = {"type": "object", "properties": {"a": {"anyOf": [TEXT, NUMBER]}}, "required": ["a"]}

    assert object_schema(schema) is schema


@pytest.mark.parametrize("name", ["anyOf", "oneOf"])
def test_alternatives_at_the_root_require_what_all_of_them_do(name: str) -> None:
    one = {"properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"]}
    other = {"properties": {"a": NUMBER, "c": NUMBER}, "required": ["c", "a"]}

    assert object_schema({"description": "d", name: [one, other]}) == {
        "description": "d",
        "type": "object",
        "properties": {"a": TEXT, "b": TEXT, "c": NUMBER},
        "required": ["a"],
    }


def test_all_of_several_schemas_require_what_any_of_them_does() -> None:
    one = {"properties": {"a": TEXT}, "required": ["a"]}
    other = {"properties": {"b": TEXT}, "required": ["b"]}
    schema = {"type": "object", "properties": {"c": TEXT}, "required": ["c", "a"], "allOf": [one, other]}

    assert object_schema(schema) == {
        "type": "object",
        "properties": {"c": TEXT, "a": TEXT, "b": TEXT},
        "required": ["c", "a", "b"],
    }


@pytest.mark.parametrize("branches", [[], None, [True, 1], [{"required": "a"}, {"required": [1]}], [{}]])
def test_alternatives_that_say_nothing(branches: Any) -> None:
    assert object_schema({"anyOf": branches}) == {"type": "object", "properties": {}}


def test_what_an_alternative_that_says_nothing_does_not_require() -> None:
    assert "required" not in object_schema({"anyOf": [{"required": ["a"]}, {}]})


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("#/$defs/Cat", {"type": "object", "properties": {"a": TEXT}}),
        ("#/$defs/Dog", {"type": "object", "properties": {}}),
        ("#/$defs/Cat/type/deeper", {"type": "object", "properties": {}}),
        ("https://example.com/cat", {"type": "object", "properties": {}}),
        (5, {"$ref": 5, "type": "object", "properties": {}}),
    ],
)
def test_a_root_that_is_a_reference(reference: Any, expected: JsonObject) -> None:
    definitions = {"Cat": {"type": "object", "properties": {"a": TEXT}}}

    assert object_schema({"$defs": definitions, "$ref": reference}) == {"$defs": definitions, **expected}


# -- Anthropic's subset ----------------------------------------------------------------------------

CLOSED = {"type": "object", "properties": {"a": TEXT}, "required": ["a"], "additionalProperties": False}
OPEN = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}


@pytest.mark.parametrize(
    ("around", "key"),
    [
        ({"type": "object", "additionalProperties": False}, "properties"),
        ({"type": "string"}, "$defs"),
        ({"type": "string"}, "definitions"),
    ],
)
def test_objects_within_an_object_are_closed(around: JsonObject, key: str) -> None:
    assert closed_schema({**around, key: {"x": OPEN, "y": True}}) == {**around, key: {"x": CLOSED, "y": True}}


@pytest.mark.parametrize("key", ["anyOf", "allOf"])
def test_objects_within_alternatives_are_closed(key: str) -> None:
    assert closed_schema({key: [OPEN, True]}) == {key: [CLOSED, True]}


def test_one_of_becomes_any_of() -> None:
    assert closed_schema({"oneOf": [OPEN, TEXT]}) == {"anyOf": [CLOSED, TEXT]}


def test_one_of_beside_any_of_moves_into_the_description() -> None:
    assert closed_schema({"oneOf": [TEXT], "anyOf": [OPEN]}) == {
        "anyOf": [CLOSED],
        "description": '{oneOf: [{"type":"string"}]}',
    }


def test_an_object_without_properties_is_closed() -> None:
    assert closed_schema({"type": "object"}) == {"type": "object", "additionalProperties": False}


def test_items_are_closed() -> None:
    assert closed_schema({"type": "array", "items": OPEN}) == {"type": "array", "items": CLOSED}


def test_an_object_by_its_properties_is_closed() -> None:
    assert closed_schema({"properties": {}}) == {"properties": {}, "additionalProperties": False}


def test_an_object_that_was_open_is_closed() -> None:
    assert closed_schema({**OPEN, "additionalProperties": True}) == CLOSED


@pytest.mark.parametrize(
    "odd", [{"properties": [1]}, {"anyOf": "x"}, {"items": [TEXT]}, {"items": True}, {"$defs": None}]
)
def test_what_is_no_schema_stays(odd: JsonObject) -> None:
    (key,) = odd

    assert closed_schema(odd)[key] == odd[key]


@pytest.mark.parametrize(
    "kept",
    [
        *({"format": name} for name in ("date-time", "time", "date", "duration", "email", "hostname", "uri")),
        *({"format": name} for name in ("ipv4", "ipv6", "uuid")),
        *({"minItems": number} for number in (0, 1)),
        {"enum": ["a", 1]},
        {"const": 5},
        {"title": "T", "description": "d", "default": 1},
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
    ],
)
def test_what_the_api_takes_stays(kept: JsonObject) -> None:
    assert closed_schema(kept) == kept


@pytest.mark.parametrize(
    ("refused", "note"),
    [
        ({"minimum": 1}, "{minimum: 1}"),
        ({"minItems": 2}, "{minItems: 2}"),
        ({"format": "color"}, '{format: "color"}'),
        ({"format": 5}, "{format: 5}"),
        ({"pattern": "^é$", "maxLength": 9}, '{pattern: "^é$", maxLength: 9}'),
    ],
)
def test_what_the_api_refuses_moves_into_the_description(refused: JsonObject, note: str) -> None:
    assert closed_schema({"type": "string", **refused}) == {"type": "string", "description": note}
    assert closed_schema({**refused, "description": "A word."}) == {"description": f"A word.\n\n{note}"}


# -- OpenAI's strict -------------------------------------------------------------------------------


def with_property(schema: Any) -> JsonObject:
    return {"type": "object", "properties": {"x": schema}, "required": ["x"], "additionalProperties": False}


@pytest.mark.parametrize("schema", [CLOSED, TEXT, True, {"items": CLOSED}, {"anyOf": [CLOSED, TEXT]}, {}])
def test_what_openai_takes_with_strict(schema: Any) -> None:
    assert is_strict_at_openai(with_property(schema))


@pytest.mark.parametrize(
    "schema", [{}, TEXT, {"$ref": "#"}, {"anyOf": [CLOSED]}, {**CLOSED, "anyOf": []}, OPEN, {**CLOSED, "not": {}}]
)
def test_roots_that_openai_refuses_with_strict(schema: JsonObject) -> None:
    assert not is_strict_at_openai(schema)


BROKEN = [
    OPEN,
    {**CLOSED, "required": []},
    {**CLOSED, "required": ["a", "b"]},
    {**CLOSED, "additionalProperties": None},
    {"type": "object"},
    {"properties": {}},
    *({key: []} for key in ("allOf", "oneOf")),
    *({key: {}} for key in ("not", "if", "then", "else", "dependentRequired", "dependentSchemas")),
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("key", ["properties", "$defs", "definitions", "anyOf", "items"])
def test_what_openai_refuses_with_strict_wherever_it_stands(broken: JsonObject, key: str) -> None:
    match key:
        case "properties":
            schema = broken
        case "items":
            schema = {key: broken}
        case "anyOf":
            schema = {key: [TEXT, broken]}
        case _:
            schema = {key: {"x": broken}}

    assert not is_strict_at_openai(with_property(schema))
