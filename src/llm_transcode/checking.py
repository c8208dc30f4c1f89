"""Checking a document against a typed model without making the model.

To make a model of a small object with many optional fields takes longer than to check it. What is read
once, and nearly all of it, such as a reply on its way to the other protocol, is read as the JSON object
that it is, once its model has found nothing to refuse.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, core_schema

from .wire import Body, Json, JsonObject, WireModel, is_array, is_object, parse_object

__all__ = ["accepts", "checked"]


def checked(model: type[WireModel], body: Body) -> JsonObject:
    """The JSON object of a document; raises `InvalidPayload` exactly as ``model.parse`` does."""
    source = parse_object(body)
    if not accepts(model, source):
        model.from_object(source)  # says what is wrong
    return source


def accepts(model: type[WireModel], value: Json) -> bool:
    """Whether a model finds nothing to refuse in a parsed JSON value."""
    return _checker(model).isinstance_python(value)


@cache
def _checker(model: type[WireModel]) -> SchemaValidator:
    model.model_rebuild()  # does nothing for a model that has been used
    return SchemaValidator(_without_models(model.__pydantic_core_schema__))


def _without_models(schema: Any) -> Any:
    """A schema of pydantic's core that accepts the same JSON, and makes nothing but dictionaries of it."""
    if is_array(schema):
        return [_without_models(inner) for inner in schema]
    if not is_object(schema):
        return schema
    kind = schema.get("type")
    if kind == "model":
        settings = {key: schema[key] for key in ("config", "ref") if key in schema}
        return {**_without_models(schema["schema"]), **settings}
    if kind == "model-fields":
        fields = {name: _without_default(field) for name, field in schema["fields"].items()}
        return core_schema.typed_dict_schema(fields, extra_behavior="ignore")
    return {key: _without_models(value) for key, value in schema.items()}


def _without_default(field: Any) -> core_schema.TypedDictField:
    """A field that may be absent, instead of one that is filled in."""
    schema = field["schema"]
    required = schema["type"] != "default"
    return core_schema.typed_dict_field(
        _without_models(schema if required else schema["schema"]),
        required=required,
        validation_alias=field.get("validation_alias"),
    )
