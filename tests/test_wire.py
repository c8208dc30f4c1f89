"""What every model of the wire keeps: its promises hold for any protocol."""

from __future__ import annotations

import pytest
from pydantic import field_validator

from llm_transcode import InvalidPayload
from llm_transcode.wire import WireModel


class Endless(WireModel):
    """A model that takes more stack to check than there is."""

    value: int

    @field_validator("value")
    @classmethod
    def _check(cls, value: int) -> int:
        return cls._check(value)


def test_a_document_that_takes_too_much_stack_to_check_is_bad_input() -> None:
    with pytest.raises(InvalidPayload, match="nested too deeply"):
        Endless.parse({"value": 1})


def test_what_the_wire_had_is_known_even_if_it_was_null() -> None:
    class Named(WireModel):
        a: int | None = None
        b: int | None = None

    document = Named.parse({"a": None})

    assert document.names("a")
    assert not document.names("b")
    assert document.to_json() == b'{"a":null}'
