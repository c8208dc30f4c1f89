"""JSON Schemas where the two vendors take different subsets.

Schemas pass verbatim wherever both sides take them. Three places need more:

* the root of a tool's schema, which both vendors want to be an object without alternatives;
* structured output and strict tools at Anthropic, which refuse keywords such as ``minimum``;
* ``strict`` at OpenAI, which wants every property required and no other allowed.

* https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations
* https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from __future__ import annotations

from typing import Final

from ...json_text import Json, JsonObject, dump_json, is_array, is_object

__all__ = ["closed_schema", "is_strict_at_openai", "object_schema"]

# -- what a client may have put into a schema --------------------------------------------------------


def _object(value: Json) -> JsonObject:
    """The value, or an empty object: no one has checked a client's schema yet."""
    return value if is_object(value) else {}


def _array(value: Json) -> list[Json]:
    return value if is_array(value) else []


def _strings(value: Json) -> list[str]:
    return [item for item in _array(value) if isinstance(item, str)]


# -- the root of a tool's schema -------------------------------------------------------------------

_ALTERNATIVES: Final = ("anyOf", "oneOf", "allOf")
_NOT_AT_ROOT: Final = frozenset(("$ref", *_ALTERNATIVES))


def object_schema(schema: JsonObject) -> JsonObject:
    """The schema with an object at its root, unchanged if it has one.

    "schema must be a JSON Schema of type object", "input_schema does not support oneOf, allOf, or
    anyOf at the top level": alternatives at the root are merged into one wider object.
    """
    if _NOT_AT_ROOT.isdisjoint(schema) and schema.get("type") == "object" and "properties" in schema:
        return schema
    if "$ref" in schema:
        schema = _resolved(schema)
    if not schema.keys().isdisjoint(_ALTERNATIVES):
        schema = _merged(schema)
    if schema.get("type") != "object":
        schema = {**schema, "type": "object"}
    return schema if "properties" in schema else {**schema, "properties": {}}


def _resolved(schema: JsonObject) -> JsonObject:
    """A root that is a local reference, replaced by what it refers to."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    target: Json = schema
    for key in reference.removeprefix("#/").split("/"):
        target = target.get(key) if is_object(target) else None
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return {**rest, **target} if is_object(target) else rest


def _merged(schema: JsonObject) -> JsonObject:
    """One object that takes whatever any of the alternatives takes."""
    merged = {key: value for key, value in schema.items() if key not in _ALTERNATIVES}
    properties = dict(_object(merged.get("properties")))
    required = _strings(merged.get("required"))
    for name in _ALTERNATIVES:
        branches = [branch for branch in _array(schema.get(name)) if is_object(branch)]
        for branch in branches:
            for key, value in _object(branch.get("properties")).items():
                properties.setdefault(key, value)
        required += [key for key in _common(branches, name) if key not in required]
    return {**merged, "properties": properties, **({"required": required} if required else {})}


def _common(branches: list[JsonObject], name: str) -> list[str]:
    """What all branches require: of ``allOf`` everything, of the others what none leaves out."""
    lists = [_strings(branch.get("required")) for branch in branches]
    if name == "allOf":
        return [key for keys in lists for key in keys]
    return [key for key in lists[0] if all(key in keys for keys in lists)] if lists else []


# -- Anthropic's subset for structured output ------------------------------------------------------

_KEPT: Final = frozenset(
    {
        "$schema", "$defs", "definitions", "$ref", "type", "anyOf", "allOf", "oneOf", "enum", "const", "default",
        "title", "description", "properties", "required", "additionalProperties", "items", "minItems", "format",
    }
)  # fmt: skip
_FORMATS: Final = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
)


def closed_schema(schema: JsonObject) -> JsonObject:
    """The schema in Anthropic's subset; equal to the source if it already is.

    As Anthropic's own SDK does it, a keyword that the API refuses moves into the description, where
    the model still reads it, and every object is closed.
    """
    closed: JsonObject = {}
    refused: list[str] = []
    for key, value in schema.items():
        if _is_refused(key, value) or (key == "oneOf" and "anyOf" in schema):
            refused.append(f"{key}: {dump_json(value).decode()}")
        elif key == "oneOf":
            closed["anyOf"] = _closed_value("anyOf", value)
        else:
            closed[key] = _closed_value(key, value)
    if closed.get("type") == "object" or "properties" in closed:
        closed["additionalProperties"] = False
    if refused:
        note = "{" + ", ".join(refused) + "}"
        described = closed.get("description")
        closed["description"] = f"{described}\n\n{note}" if described else note
    return closed


def _is_refused(key: str, value: Json) -> bool:
    if key == "format":
        return not (isinstance(value, str) and value in _FORMATS)
    if key == "minItems":
        return value not in (0, 1)
    return key not in _KEPT


def _closed_value(key: str, value: Json) -> Json:
    if key in ("properties", "$defs", "definitions") and is_object(value):
        return {name: closed_schema(item) if is_object(item) else item for name, item in value.items()}
    if key in ("anyOf", "allOf") and is_array(value):
        return [closed_schema(item) if is_object(item) else item for item in value]
    if key == "items" and is_object(value):
        return closed_schema(value)
    return value


# -- OpenAI's subset for strict ----------------------------------------------------------------------

_NESTED_IN_OBJECTS: Final = ("properties", "$defs", "definitions")
_REFUSED_WITH_STRICT: Final = frozenset(
    ("allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas")
)
"""Keywords of composition: "In context=(), 'oneOf' is not permitted"."""


def is_strict_at_openai(schema: JsonObject) -> bool:
    """Whether OpenAI takes the schema with ``strict``.

    Its root has to be an object without alternatives, every object closed, and every property required.
    """
    return schema.get("type") == "object" and "anyOf" not in schema and _is_strict(schema)


def _is_strict(schema: Json) -> bool:
    if not is_object(schema):
        return True
    if not schema.keys().isdisjoint(_REFUSED_WITH_STRICT):
        return False
    if "properties" in schema or schema.get("type") == "object":
        required, properties = _strings(schema.get("required")), _object(schema.get("properties"))
        if schema.get("additionalProperties") is not False or set(required) != set(properties):
            return False
    nested = [item for key in _NESTED_IN_OBJECTS for item in _object(schema.get(key)).values()]
    return all(_is_strict(item) for item in (*nested, *_array(schema.get("anyOf")), schema.get("items")))
