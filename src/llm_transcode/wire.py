"""Documents on the wire: checking JSON against typed models, and writing it back.

Everything in this file holds for any protocol. Four promises are kept here and nowhere else:

* Absent and null stay apart: a field that was not sent is not in ``model_fields_set``.
* Unknown fields, and unknown members of a union, are kept; malformed known ones are refused.
* Numbers keep their spelling (``1`` stays ``1``), and a dumped document keeps its source's key order.
* Any bytes give a document or an `InvalidPayload` that names the JSON path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, TypeAlias, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import core_schema
from typing_extensions import Self

from .errors import InvalidPayload
from .json_text import (
    Json,
    JsonObject,
    Number,
    Path,
    clone,
    dump_json,
    is_array,
    is_finite,
    is_object,
    parse_json,
    render_path,
    tag_of,
)

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import ErrorDetails

__all__ = [
    "Body",
    "Json",
    "JsonObject",
    "Number",
    "OpenUnion",
    "Path",
    "UnionReader",
    "WireModel",
    "clone",
    "dump_json",
    "is_array",
    "is_finite",
    "is_object",
    "parse_json",
    "parse_object",
    "render_path",
    "tag_of",
]

T = TypeVar("T")

# -- models ------------------------------------------------------------------------------------


class WireModel(BaseModel):
    """Base of every type that stands for something on the wire."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="allow",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        protected_namespaces=(),
        defer_build=True,
    )

    # A slot, since a private attribute of pydantic's would double the time to make a model; without an
    # annotation, which type checkers would take for a field.
    __slots__ = ("_source",)

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Read a whole document; raises `InvalidPayload` naming the JSON path."""
        return cls.from_object(parse_object(body))

    @classmethod
    def from_object(cls, source: JsonObject, path: Path = ()) -> Self:
        """Check an object that `parse_object` returned, or that the library built itself.

        ``path`` is where it stands in its document.
        """
        try:
            model: Self = cls.__pydantic_validator__.validate_python(source)
        except ValidationError as error:
            raise _invalid(error, source, path) from error
        except RecursionError as error:
            raise InvalidPayload("nested too deeply") from error
        object.__setattr__(model, "_source", source)
        return model

    def to_dict(self) -> JsonObject:
        """The JSON object this stands for: fields that are absent on the wire are absent here."""
        dumped: JsonObject = self.model_dump(by_alias=True, exclude_unset=True, warnings=False)
        source: JsonObject | None = getattr(self, "_source", None)
        return dumped if source is None else _ordered_object(source, dumped)

    def to_json(self) -> bytes:
        """`to_dict` as compact UTF-8 JSON."""
        return dump_json(self.to_dict())

    def names(self, name: str) -> bool:
        """Whether the wire had this field at all, be it null."""
        return name in self.model_fields_set


Body: TypeAlias = bytes | bytearray | memoryview | str | Mapping[str, Json] | WireModel
"""What callers may hand in for a document."""


def parse_object(body: Body) -> JsonObject:
    """Bring a body into one form, a fresh JSON object; raises `InvalidPayload` when it is none."""
    if isinstance(body, (bytes, bytearray, memoryview, str)):
        value = parse_json(body)
    else:
        value = clone(body)
    if is_object(value):
        return value
    raise InvalidPayload(f"expected a JSON object, got {_kind(value)}")


def _kind(value: Json) -> str:
    for kind, name in ((bool, "a boolean"), (str, "a string"), (list, "an array"), ((int, float), "a number")):
        if isinstance(value, kind):
            return name
    return "null"


def _ordered_object(source: JsonObject, value: JsonObject) -> JsonObject:
    """``value`` with its keys in the order of ``source``; pydantic dumps declared fields first."""
    keys = [key for key in source if key in value]
    keys += [key for key in value if key not in source]
    return {key: _ordered_like(source.get(key), value[key]) for key in keys}


def _ordered_like(source: Json, value: Json) -> Json:
    if is_object(value) and is_object(source):
        return _ordered_object(source, value)
    if is_array(value) and is_array(source) and len(value) == len(source):
        return [_ordered_like(like, item) for like, item in zip(source, value, strict=True)]
    return value


# -- unions that are open to the future --------------------------------------------------------

_UNKNOWN: Final = "<unknown>"


class OpenUnion:
    """Marks a union of models told apart by a tag, whose last member takes every unknown tag.

    ``Annotated[TextBlock | ImageBlock | UnknownBlock, OpenUnion("type")]`` accepts a block type of
    next year as an ``UnknownBlock``, yet refuses ``{"type": "text"}`` without its text. Pydantic's
    own discriminators do only one of the two.
    """

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        *known, unknown = get_args(source)
        labels: dict[str | None, str] = {}
        choices: dict[str, core_schema.CoreSchema] = {_UNKNOWN: handler.generate_schema(unknown)}
        for member in known:
            label = f"<{member.__name__}>"
            choices[label] = handler.generate_schema(member)
            for value in _tag_values(member, self.tag):
                labels[value] = label
        return core_schema.tagged_union_schema(
            choices,
            discriminator=_discriminator(self.tag, labels),
            custom_error_type="tag",
            custom_error_message=f"Expected an object with a string as {self.tag!r}",
        )


def _tag_values(member: type[WireModel], tag: str) -> list[str | None]:
    """The values of a model's tag; an optional tag may also be absent."""
    field = member.model_fields[tag]
    values = _literals(field.annotation)
    return values if field.is_required() else [*values, None]


def _literals(annotation: Any) -> list[str | None]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) for value in _literals(part)]


def _discriminator(tag: str, labels: dict[str | None, str]) -> Callable[[Any], str | None]:
    def label_of(value: Any) -> str | None:
        try:
            return labels[value[tag]]
        except (KeyError, TypeError):
            return label_of_odd(value)

    def label_of_odd(value: Any) -> str | None:
        """An unknown tag, none at all, a model, or what has no tag."""
        if is_object(value):
            found: Json = value.get(tag)
        elif isinstance(value, WireModel):
            found = getattr(value, tag, None)
        else:
            return None
        if found is None or isinstance(found, str):
            return labels.get(found, _UNKNOWN)
        return None

    return label_of


class UnionReader(Generic[T]):
    """Reads single values of an open union, such as one block of a turn, out of parsed JSON."""

    __slots__ = ("_adapter",)

    def __init__(self, union: Any) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(union, config=ConfigDict(defer_build=True))

    def __call__(self, value: Json, path: Path) -> T:
        """The typed model of a value that stands at ``path``; raises `InvalidPayload` as `WireModel.parse` does."""
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            raise _invalid(error, value, path) from error
        except RecursionError as error:
            raise InvalidPayload("nested too deeply") from error


# -- pydantic's errors in our words -------------------------------------------------------------


def _invalid(error: ValidationError, source: Json, at: Path) -> InvalidPayload:
    """The deepest of pydantic's complaints: in a union, the branch that came furthest is the one meant."""
    complaints = error.errors(include_url=False, include_context=False)
    located = [(_json_path(complaint, source), complaint["msg"]) for complaint in complaints]
    path, message = max(located, key=lambda complaint: len(complaint[0]))
    return InvalidPayload(message[:1].lower() + message[1:], render_path((*at, *path)))


def _json_path(complaint: ErrorDetails, source: Json) -> Path:
    """Keep of pydantic's location what is JSON: union members and constraints stand in it as labels."""
    path: list[str | int] = []
    node = source
    last = len(complaint["loc"]) - 1
    for position, part in enumerate(complaint["loc"]):
        if isinstance(part, str) and part.startswith("<"):
            continue
        if is_object(node) and part in node:
            node = node[part]
        elif is_array(node) and isinstance(part, int) and part < len(node):
            node = node[part]
        elif not (position == last and complaint["type"] == "missing"):
            continue
        path.append(part)
    return tuple(path)
