"""What every model of the wire keeps: its promises hold for any protocol."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import pytest
from pydantic import Field, ValidationError, create_model, field_validator

from llm_transcode import InvalidPayload
from llm_transcode.wire import OpenUnion, UnionReader, WireModel, parse_object


class Endless(WireModel):
    """A model that takes more stack to check than there is."""

    value: int

    @field_validator("value")
    @classmethod
    def _check(cls, value: int) -> int:
        return cls._check(value)


class Named(WireModel):
    a: int | None = None
    b: int | None = None
    kind: str | None = Field(default=None, alias="class")
    inner: Named | None = None
    many: list[Named | str] | None = None


class Text(WireModel):
    type: Literal["text"]
    text: str


class Picture(WireModel):
    type: Literal["image", "picture"]
    url: str


class Plain(WireModel):
    type: Literal["plain"] | None = None
    value: int


class Unknown(WireModel):
    type: str | None = None


class EndlessBlock(Endless):
    type: Literal["endless"]


def holding(union: Any) -> type[WireModel]:
    """A model with a list of blocks of an open union."""
    tagged = OpenUnion("type")
    blocks: Any = list[Annotated[union, tagged]]
    return create_model("Holder", __base__=WireModel, blocks=(blocks, ...))


KNOWN: Final = Text | Picture | Unknown
TAGLESS: Final = Text | Plain | Unknown


# -- models ----------------------------------------------------------------------------------------


def test_a_document_that_takes_too_much_stack_to_check_is_bad_input() -> None:
    with pytest.raises(InvalidPayload, match=r"^\$: nested too deeply$"):
        Endless.parse({"value": 1})


def test_what_the_wire_had_is_known_even_if_it_was_null() -> None:
    document = Named.parse({"a": None})

    assert document.names("a")
    assert not document.names("b")
    assert document.to_json() == b'{"a":null}'


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"novel":[1.0,{"z":1,"a":2}],"a":2}',
        '{"class":"x","inner":{"b":1,"later":null,"a":null},"a":1}',
        '{"many":[{"b":1,"a":2},"x",{"class":"y","a":1}],"b":null}',
        "{}",
    ],
)
def test_a_document_comes_back_byte_for_byte(text: str) -> None:
    assert Named.parse(text).to_json().decode() == text
    assert Named.parse(Named.parse(text)).to_json().decode() == text


def test_a_document_cannot_be_changed() -> None:
    document = Named.parse({"a": 1})

    with pytest.raises(ValidationError, match="frozen"):
        document.__setattr__("a", 2)


def test_a_document_can_hold_models() -> None:
    document = Named.from_object({"inner": Named.parse({"b": 1, "a": 2}), "many": [Named.parse({"a": 1}), "x"]})

    assert document.to_dict() == {"inner": {"a": 2, "b": 1}, "many": [{"a": 1}, "x"]}


def test_a_model_made_by_hand_has_a_document_too() -> None:
    assert Named(a=1).to_json() == b'{"a":1}'


def test_a_model_whose_fields_are_of_another_type_is_still_written() -> None:
    """Callers construct models without checking them, and find out from the backend."""
    fields: dict[str, Any] = {"a": "one"}

    assert Named.model_construct(**fields).to_dict() == fields


# -- bodies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("null", "null"),
        ("true", "a boolean"),
        ("1", "a number"),
        ("1.5", "a number"),
        ('"a"', "a string"),
        ("[]", "an array"),
        ([], "an array"),
        (None, "null"),
    ],
)
def test_a_body_that_is_no_object(body: Any, kind: str) -> None:
    with pytest.raises(InvalidPayload) as refused:
        parse_object(body)

    assert (refused.value.reason, refused.value.path) == (f"expected a JSON object, got {kind}", "$")


@pytest.mark.parametrize(
    "body", ['{"a":1}', b'{"a":1}', bytearray(b'{"a":1}'), memoryview(b'{"a":1}'), {"a": 1}, Named(a=1)], ids=type
)
def test_a_body_in_any_form(body: Any) -> None:
    assert parse_object(body) == {"a": 1}


# -- open unions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("union", "block", "member"),
    [
        (KNOWN, {"type": "text", "text": "a"}, Text),
        (KNOWN, {"type": "image", "url": "u"}, Picture),
        (KNOWN, {"type": "picture", "url": "u", "novel": 1}, Picture),
        (KNOWN, {"type": "video", "frames": [1]}, Unknown),
        (KNOWN, {"frames": [1]}, Unknown),
        (KNOWN, {"type": None}, Unknown),
        (TAGLESS, {"type": "plain", "value": 1}, Plain),
        (TAGLESS, {"value": 1}, Plain),
        (TAGLESS, {"type": None, "value": 1}, Plain),
        (TAGLESS, {"type": "text", "text": "a"}, Text),
        (TAGLESS, {"type": "video"}, Unknown),
        (KNOWN, Text.parse({"type": "text", "text": "a"}), Text),
        (KNOWN, Unknown.parse({"type": "video"}), Unknown),
        (TAGLESS, Plain.parse({"value": 1}), Plain),
    ],
)
def test_the_tag_chooses_the_model_and_the_unknown_is_kept(union: Any, block: Any, member: type[WireModel]) -> None:
    document = holding(union).from_object({"blocks": [block]})

    [found] = document.__getattribute__("blocks")
    assert type(found) is member
    assert document.to_dict() == {"blocks": [block.to_dict() if isinstance(block, WireModel) else block]}


NO_TAG: Final = "expected an object with a string as 'type'"


@pytest.mark.parametrize(
    ("union", "block", "path", "reason"),
    [
        (KNOWN, {"type": "text"}, "$.blocks[0].text", "field required"),
        (KNOWN, {"type": "text", "text": 1}, "$.blocks[0].text", "input should be a valid string"),
        (KNOWN, {"type": "picture", "text": "a"}, "$.blocks[0].url", "field required"),
        (TAGLESS, {}, "$.blocks[0].value", "field required"),
        (KNOWN, {"type": 5}, "$.blocks[0]", NO_TAG),
        (KNOWN, {"type": ["text"]}, "$.blocks[0]", NO_TAG),
        (KNOWN, "text", "$.blocks[0]", NO_TAG),
        (KNOWN, None, "$.blocks[0]", NO_TAG),
        (KNOWN, ["type"], "$.blocks[0]", NO_TAG),
    ],
)
def test_a_malformed_block_is_refused_by_the_model_that_its_tag_names(
    union: Any, block: Any, path: str, reason: str
) -> None:
    with pytest.raises(InvalidPayload) as refused:
        holding(union).parse({"blocks": [block]})

    assert (refused.value.path, refused.value.reason) == (path, reason)


def reader(union: Any) -> UnionReader[WireModel]:
    tagged = OpenUnion("type")
    return UnionReader(Annotated[union, tagged])


def test_a_single_block_is_read_as_one_of_a_list_is() -> None:
    block = {"type": "text", "text": "a"}

    assert reader(KNOWN)(block, ()) == Text.parse(block)
    assert type(reader(KNOWN)({"type": "video"}, ())) is Unknown


@pytest.mark.parametrize(
    ("block", "path", "reason"),
    [
        ({"type": "text"}, "$.blocks[2].text", "field required"),
        ("text", "$.blocks[2]", NO_TAG),
        ({"type": "endless", "value": 1}, "$", "nested too deeply"),
    ],
)
def test_a_malformed_block_is_refused_in_its_place(block: Any, path: str, reason: str) -> None:
    with pytest.raises(InvalidPayload) as refused:
        reader(Text | EndlessBlock | Unknown)(block, ("blocks", 2))

    assert (refused.value.path, refused.value.reason) == (path, reason)


# -- who is to blame -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        ({"a": "1"}, "$.a", "input should be a valid integer"),
        ({"class": 5}, "$.class", "input should be a valid string"),
        (
            {"inner": {"inner": {"b": 1.5}}},
            "$.inner.inner.b",
            "input should be a valid integer",
        ),
        ({"inner": []}, "$.inner", "input should be a valid dictionary"),
        ({"many": ["x", {"a": "1"}]}, "$.many[1].a", "input should be a valid integer"),
        ({"many": {"0": "x"}}, "$.many", "input should be a valid list"),
    ],
)
def test_the_deepest_complaint_counts_and_is_located_in_the_document(document: Any, path: str, reason: str) -> None:
    """In a union of types, the one that came furthest is the one that was meant."""
    with pytest.raises(InvalidPayload) as refused:
        Named.parse(document)

    assert refused.value.path == path
    assert refused.value.reason.startswith(reason)
