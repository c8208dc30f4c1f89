"""What a conversion returns."""

from __future__ import annotations

import json
import pickle
from typing import Any, Final, TypeAlias

import pytest

from llm_transcode import (
    InvalidPayload,
    Loss,
    LossCode,
    LossyConversionError,
    chat,
    convert_error,
    convert_request,
    messages,
)
from llm_transcode.converted import Converted, ConvertedError, ReplyContext

JsonObject: TypeAlias = dict[str, Any]

REQUEST: Final[JsonObject] = {
    "model": "m",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "hi"}],
    "temperature": 1,
}


def to_chat(**fields: Any) -> Converted[chat.Request]:
    return convert_request({**REQUEST, **fields}, source="messages", target="chat")


def test_what_is_returned_says_what_it_is() -> None:
    assert repr(to_chat(top_k=5, mcp_servers=[])) == "<Converted Request with 2 losses>"


def test_the_document_comes_in_three_forms() -> None:
    converted = to_chat()

    assert isinstance(converted.value, chat.Request)
    assert converted.value.to_dict() == converted.to_dict() == json.loads(converted.to_json())


def test_losses_are_made_once() -> None:
    converted = to_chat(top_k=5)

    assert [loss.path for loss in converted.losses] == ["$.top_k"]
    assert converted.losses is converted.losses


def test_without_losses_and_context_there_are_none() -> None:
    converted = Converted(chat.Model, {"id": "m"})

    assert converted.losses == ()
    assert converted.context == ReplyContext()


def test_a_context_can_be_pickled() -> None:
    context = to_chat(stop_sequences=["END"]).context

    assert context.stop_sequences == ("END",)
    assert pickle.loads(pickle.dumps(context)) == context


def test_the_document_is_the_callers_own() -> None:
    converted = to_chat()

    converted.to_dict()["messages"].clear()

    assert len(converted.to_dict()["messages"]) == 1


def test_a_number_that_json_cannot_hold_is_refused_in_every_form() -> None:
    converted = Converted(messages.Model, {"id": "m", "limit": float("inf")})

    for form in (converted.to_dict, converted.to_json, lambda: converted.value):
        with pytest.raises(InvalidPayload) as refused:
            form()
        assert refused.value.path == "$.limit"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_model_that_holds_such_a_number_is_refused(number: float) -> None:
    model = messages.Request.from_object({**REQUEST, "tools": [{"name": "f", "input_schema": {"maximum": number}}]})

    with pytest.raises(InvalidPayload) as refused:
        convert_request(model, source="messages", target="chat")

    assert refused.value.path == "$.tools[0].input_schema.maximum"


def test_an_error_has_a_status() -> None:
    error = convert_error(503, {"error": {"message": "no"}}, source="chat", target="messages")

    assert error.status == 529
    assert [(loss.code, loss.detail) for loss in error.losses] == [(LossCode.ERROR_DETAILS, "status 503 becomes 529")]


def test_an_error_is_a_conversion_like_any_other() -> None:
    error = ConvertedError(400, chat.ErrorResponse, {"error": "no"})

    assert (error.to_dict(), error.losses, error.context) == ({"error": "no"}, (), ReplyContext())
    assert isinstance(error.value, chat.ErrorResponse)


# -- require_lossless ------------------------------------------------------------------------------


def test_nothing_is_raised_if_what_was_lost_is_allowed() -> None:
    converted = to_chat(top_k=5)

    assert converted.require_lossless(allow={LossCode.SAMPLING}) is converted
    assert converted.require_lossless(allow=["sampling"]) is converted
    assert converted.require_lossless(levels=()) is converted


def test_what_is_advisory_is_looked_at_on_demand() -> None:
    converted = Converted(chat.Model, {"id": "m"}, [Loss("dropped", "info", LossCode.USER_ID, "$.user", "no id")])

    assert converted.require_lossless() is converted
    with pytest.raises(LossyConversionError):
        converted.require_lossless(levels=("warning", "info"))


def test_what_was_lost_is_raised() -> None:
    with pytest.raises(LossyConversionError) as lost:
        to_chat(top_k=5).require_lossless(allow={LossCode.MAX_TOKENS})

    assert lost.value.path == "$.top_k"
    assert [loss.code for loss in lost.value.losses] == [LossCode.SAMPLING]
