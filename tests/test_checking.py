"""Checking without making a model refuses exactly what making it refuses, in the same words."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_transcode import InvalidPayload, chat, messages
from llm_transcode.checking import checked
from llm_transcode.wire import WireModel
from tests.strategies import broken, chat_replies, json_values, messages_replies

JsonObject: TypeAlias = dict[str, Any]

REPLIES: Final = [
    pytest.param(messages.Response, messages_replies(), id="messages"),
    pytest.param(chat.Response, chat_replies(), id="chat"),
]


def complaint(model: type[WireModel], document: JsonObject) -> str | None:
    """What the model itself says against a document."""
    try:
        model.parse(document)
    except InvalidPayload as error:
        return str(error)
    return None


def agrees(model: type[WireModel], document: JsonObject) -> None:
    """Assert that the check and the model say the same of a document."""
    expected = complaint(model, document)
    if expected is None:
        assert checked(model, document) == document
    else:
        with pytest.raises(InvalidPayload) as raised:
            checked(model, document)
        assert str(raised.value) == expected


@pytest.mark.parametrize(("model", "documents"), REPLIES)
@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_verdict_is_that_of_the_model(
    model: type[WireModel], documents: st.SearchStrategy[JsonObject], data: st.DataObject
) -> None:
    agrees(model, data.draw(documents | broken(documents)))


class Inner(WireModel):
    kind: Literal["a", "b"]
    count: int | None = None


class Outer(WireModel):
    name: str
    inner: Inner | None = None
    several: list[Inner] | None = None
    either: str | list[Inner] | None = None
    free: JsonObject | None = None
    number: int | float | None = None
    flag: bool | None = None


INNERS: Final = ({"kind": "a"}, [{"kind": "b", "count": 1}], [{"kind": "c"}], {"kind": "a", "of_tomorrow": 1})
VALUES: Final = json_values | st.sampled_from(INNERS)
OUTERS: Final = st.fixed_dictionaries({"name": VALUES}, optional=dict.fromkeys(list(Outer.model_fields)[1:], VALUES))


@given(document=OUTERS | broken(OUTERS))
@settings(max_examples=300, deadline=None)
def test_the_verdict_is_that_of_any_model(document: JsonObject) -> None:
    agrees(Outer, document)


def test_an_alias_is_the_name_on_the_wire() -> None:
    block = {"type": "fallback", "from": {"model": "a"}, "to": {"model": "b"}}

    assert checked(messages.FallbackBlock, block) == block
    with pytest.raises(InvalidPayload, match=r"\$\.from"):
        checked(messages.FallbackBlock, {**block, "from": 1})
    with pytest.raises(InvalidPayload, match=r"\$\.from"):
        checked(messages.FallbackBlock, {"type": "fallback", "from_": {"model": "a"}, "to": {"model": "b"}})


def test_what_is_checked_is_a_copy_of_what_was_given() -> None:
    given_choices: list[JsonObject] = [{}]

    found = checked(chat.Response, {"choices": given_choices, "of_tomorrow": {"a": 1}})

    assert found == {"choices": [{}], "of_tomorrow": {"a": 1}}
    assert found["choices"] is not given_choices
