"""The facade: bodies in every form, protocols that are the same, documents that are nested too deeply."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import pytest

from llm_transcode import (
    InvalidPayload,
    ReplyContext,
    chat,
    convert_models,
    convert_request,
    convert_response,
    messages,
)
from llm_transcode.protocols import Protocol
from tests.pitfalls.conversions import chat_reply, message, text

JsonObject: TypeAlias = dict[str, Any]

HI: Final = {"role": "user", "content": "hi"}
REQUESTS: Final[dict[Protocol, JsonObject]] = {
    "messages": {"model": "m", "max_tokens": 9, "messages": [HI], "temperature": 1},
    "chat": {"messages": [HI], "model": "m", "n": 2, "field_of_tomorrow": None},
}
REPLIES: Final[dict[Protocol, JsonObject]] = {"messages": message(text("hi")), "chat": chat_reply({"content": "hi"})}
PROTOCOLS: Final = pytest.mark.parametrize("protocol", ["messages", "chat"])


# -- from a protocol to itself ---------------------------------------------------------------------


@PROTOCOLS
def test_a_request_to_its_own_protocol_passes_unchanged(protocol: Protocol) -> None:
    converted = convert_request(REQUESTS[protocol], source=protocol, target=protocol)

    assert converted.to_json() == json.dumps(REQUESTS[protocol], separators=(",", ":")).encode()
    assert converted.losses == ()
    assert type(converted.value) is (messages.Request if protocol == "messages" else chat.Request)


@PROTOCOLS
def test_a_reply_to_its_own_protocol_passes_unchanged(protocol: Protocol) -> None:
    context = ReplyContext(model="alias")

    converted = convert_response(REPLIES[protocol], source=protocol, target=protocol, context=context)

    assert converted.to_json() == json.dumps(REPLIES[protocol], separators=(",", ":")).encode()
    assert converted.context is context


@PROTOCOLS
def test_a_document_to_its_own_protocol_must_be_valid_all_the_same(protocol: Protocol) -> None:
    with pytest.raises(InvalidPayload):
        convert_request({"model": "m", "messages": "hi"}, source=protocol, target=protocol)
    with pytest.raises(InvalidPayload):
        convert_response({"error": {"message": "no"}}, source=protocol, target=protocol)


# -- forms of a body -------------------------------------------------------------------------------


def as_model(body: JsonObject) -> chat.Request:
    return chat.Request.parse(body)


FORMS: Final[dict[str, Callable[[JsonObject], Any]]] = {
    "mapping": dict,
    "str": json.dumps,
    "bytes": lambda body: json.dumps(body).encode(),
    "bytearray": lambda body: bytearray(json.dumps(body), "utf-8"),
    "memoryview": lambda body: memoryview(json.dumps(body).encode()),
    "with a byte order mark": lambda body: b"\xef\xbb\xbf" + json.dumps(body).encode(),
    "model": as_model,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_body_may_come_in_any_form(form: str) -> None:
    body = {"model": "m", "messages": [HI], "max_tokens": 9}

    converted = convert_request(FORMS[form](body), source="chat", target="messages")

    assert converted.to_dict() == {"model": "m", "messages": [HI], "max_tokens": 9}


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"[]", "an array"), (b"null", "null"), (b"1", "a number"), (b'"a"', "a string"), ("true", "a b")],
)
def test_a_body_that_is_no_object(body: bytes | str, kind: str) -> None:
    with pytest.raises(InvalidPayload, match=f"expected a JSON object, got {kind}"):
        convert_request(body, source="chat", target="messages")


def test_a_mapping_that_holds_what_json_cannot() -> None:
    with pytest.raises(InvalidPayload) as refused:
        convert_request({"model": "m", "messages": [{**HI, "at": {1, 2}}]}, source="chat", target="messages")

    assert (refused.value.path, refused.value.reason) == ("$.messages[0].at", "expected a JSON value, got set")


def test_a_mapping_with_a_key_that_is_no_string() -> None:
    with pytest.raises(InvalidPayload) as refused:
        convert_request({"model": "m", "messages": [], "metadata": {1: 2}}, source="chat", target="messages")

    assert (refused.value.path, refused.value.reason) == ("$.metadata", "expected a string as key, got 1")


def test_models_within_a_mapping() -> None:
    turn = chat.Request.parse({"messages": [HI]}).messages[0]

    converted = convert_request({"model": "m", "max_tokens": 9, "messages": [turn]}, source="chat", target="messages")

    assert converted.to_dict()["messages"] == [HI]


# -- depth -----------------------------------------------------------------------------------------


def nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = {"items": value}
    return value


@pytest.mark.parametrize(("source", "target"), [("chat", "messages"), ("messages", "chat")])
def test_a_schema_that_is_nested_too_deeply(source: Protocol, target: Protocol) -> None:
    """The least depth that is too deep is one that can be read and checked, but no longer converted."""
    for depth in range(100, 1000):
        form = {"type": "json_schema", "schema": nested(depth)}
        asked: JsonObject = {"output_config": {"format": form}, "max_tokens": 9}
        if source == "chat":
            asked = {"response_format": {"type": "json_schema", "json_schema": {"name": "a", **form, "strict": True}}}
        try:
            convert_request({"model": "m", "messages": [HI], **asked}, source=source, target=target).to_dict()
        except InvalidPayload as error:
            assert error.reason == "nested too deeply"  # noqa: PT017
            break
    else:
        pytest.fail("nothing was too deep")


# -- listings --------------------------------------------------------------------------------------


@PROTOCOLS
def test_a_list_of_models_may_come_without_its_envelope(protocol: Protocol) -> None:
    converted = convert_models([], source=protocol, target=protocol)

    assert converted.to_dict() == {"data": []}
