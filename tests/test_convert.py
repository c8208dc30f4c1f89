"""The facade: every verb in every direction, bodies in every form, documents that are nested too deeply."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import pytest

from llm_transcode import (
    InvalidPayload,
    LossCode,
    Options,
    ReplyContext,
    chat,
    convert_error,
    convert_models,
    convert_request,
    convert_response,
    messages,
)
from llm_transcode.options import DEFAULT_MAX_TOKENS
from llm_transcode.pairs import messages_chat
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


ERRORS: Final[dict[Protocol, JsonObject]] = {
    "messages": {"type": "error", "error": {"type": "overloaded_error", "message": "no", "novel": 1}},
    "chat": {"error": {"message": "no", "type": "server_error", "param": None, "code": "overloaded_error", "novel": 1}},
}


@PROTOCOLS
def test_an_error_to_its_own_protocol_passes_unchanged(protocol: Protocol) -> None:
    converted = convert_error(503, ERRORS[protocol], source=protocol, target=protocol)

    assert (converted.status, converted.to_dict(), converted.losses) == (503, ERRORS[protocol], ())
    assert type(converted.value) is (messages.ErrorResponse if protocol == "messages" else chat.ErrorResponse)


@PROTOCOLS
def test_a_listing_to_its_own_protocol_passes_unchanged(protocol: Protocol) -> None:
    models = messages if protocol == "messages" else chat
    model = {"id": "m", "type": "model", "novel": 1}

    listed = convert_models({"novel": 1, "data": [model]}, source=protocol, target=protocol)
    single = convert_models(model, source=protocol, target=protocol)

    assert (listed.to_json(), type(listed.value)) == (
        b'{"novel":1,"data":[{"id":"m","type":"model","novel":1}]}',
        models.ModelList,
    )
    assert (single.to_json(), type(single.value)) == (b'{"id":"m","type":"model","novel":1}', models.Model)
    assert listed.losses == single.losses == ()


# -- from one protocol to the other ----------------------------------------------------------------

OPTIONS: Final = Options(
    models={"m": "n"}, new_id=lambda prefix: f"{prefix}1", now=lambda: 7, downgrade=frozenset({LossCode.CANDIDATES})
)


def test_a_request_of_messages_becomes_one_of_chat() -> None:
    converted = convert_request(REQUESTS["messages"], source="messages", target="chat", options=OPTIONS)

    assert type(converted.value) is chat.Request
    assert converted.to_dict() == {"model": "n", "max_completion_tokens": 9, "messages": [HI], "temperature": 1}
    assert converted.context.model == "m"


def test_a_request_of_chat_becomes_one_of_messages() -> None:
    converted = convert_request(REQUESTS["chat"], source="chat", target="messages", options=OPTIONS)

    assert type(converted.value) is messages.Request
    assert converted.to_dict() == {"messages": [HI], "model": "n", "max_tokens": DEFAULT_MAX_TOKENS}
    assert [(loss.kind, loss.path) for loss in converted.losses] == [("dropped", "$.n"), ("invented", "$.max_tokens")]


def test_a_reply_of_messages_becomes_one_of_chat() -> None:
    context = ReplyContext(model="alias", renamed=True)
    converted = convert_response(
        REPLIES["messages"], source="messages", target="chat", context=context, options=OPTIONS
    )

    assert type(converted.value) is chat.Response
    assert (converted.to_dict()["model"], converted.to_dict()["created"]) == ("alias", 7)
    assert convert_response(REPLIES["messages"], source="messages", target="chat").to_dict()["created"] == 0


def test_a_reply_of_chat_becomes_one_of_messages() -> None:
    context = ReplyContext(model="alias", renamed=True)
    body = {name: value for name, value in REPLIES["chat"].items() if name != "id"}
    converted = convert_response(body, source="chat", target="messages", context=context, options=OPTIONS)

    assert type(converted.value) is messages.Response
    assert (converted.to_dict()["model"], converted.to_dict()["id"]) == ("alias", "msg_1")
    assert convert_response(body, source="chat", target="messages").to_dict()["content"] == [text("hi")]


@pytest.mark.parametrize(
    ("source", "target", "status", "becomes", "path"),
    [("messages", "chat", 529, 503, "$.error.novel"), ("chat", "messages", 503, 529, "$.error.novel")],
)
def test_an_error_becomes_one_of_the_other_protocol(
    source: Protocol, target: Protocol, status: int, becomes: int, path: str
) -> None:
    converted = convert_error(status, ERRORS[source], source=source, target=target)

    assert converted.status == becomes
    assert type(converted.value) is (messages.ErrorResponse if target == "messages" else chat.ErrorResponse)
    assert converted.to_dict()["error"]["message"] == "no"
    assert ("dropped", path) in [(loss.kind, loss.path) for loss in converted.losses]


def test_listings_become_those_of_the_other_protocol() -> None:
    there = convert_models([{"id": "m", "type": "model"}], source="messages", target="chat")
    back = convert_models([{"id": "m", "object": "model"}], source="chat", target="messages")

    assert (type(there.value), there.to_dict()["data"][0]["id"]) == (chat.ModelList, "m")
    assert (type(back.value), back.to_dict()["data"][0]["id"]) == (messages.ModelList, "m")


@pytest.mark.parametrize("source_is_unknown", [True, False])
@pytest.mark.parametrize(
    "convert",
    [
        lambda source, target: convert_request({}, source=source, target=target),
        lambda source, target: convert_response({}, source=source, target=target),
        lambda source, target: convert_error(500, {}, source=source, target=target),
        lambda source, target: convert_models({}, source=source, target=target),
    ],
)
def test_an_unknown_protocol_is_named(convert: Callable[[Any, Any], Any], source_is_unknown: bool) -> None:
    names = ("smoke", "chat") if source_is_unknown else ("chat", "smoke")

    with pytest.raises(ValueError, match=r"^unknown protocol 'smoke'; known are "):
        convert(*names)


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


def endless(*arguments: object) -> Any:
    """What takes more stack than there is."""
    return endless(*arguments)


ENDLESS: Final = Options(models=endless, new_id=endless, now=endless)
WITHOUT_ID: Final = {name: value for name, value in REPLIES["chat"].items() if name != "id"}


@pytest.mark.parametrize(
    "call",
    [
        lambda: convert_request(REQUESTS["messages"], source="messages", target="chat", options=ENDLESS),
        lambda: convert_request(REQUESTS["chat"], source="chat", target="messages", options=ENDLESS),
        lambda: convert_response(REPLIES["messages"], source="messages", target="chat", options=ENDLESS),
        lambda: convert_response(WITHOUT_ID, source="chat", target="messages", options=ENDLESS),
    ],
)
def test_what_takes_too_much_stack_to_convert_is_bad_input(call: Callable[[], object]) -> None:
    with pytest.raises(InvalidPayload, match=r"^\$: nested too deeply$"):
        call()


@PROTOCOLS
def test_a_listing_that_takes_too_much_stack_is_bad_input(protocol: Protocol, monkeypatch: pytest.MonkeyPatch) -> None:
    for converter in ("models_to_chat", "models_to_messages"):
        monkeypatch.setattr(messages_chat, converter, endless)
    target: Protocol = "chat" if protocol == "messages" else "messages"

    with pytest.raises(InvalidPayload, match=r"^\$: nested too deeply$"):
        convert_models([], source=protocol, target=target)


# -- listings --------------------------------------------------------------------------------------


@PROTOCOLS
def test_a_list_of_models_may_come_without_its_envelope(protocol: Protocol) -> None:
    converted = convert_models([], source=protocol, target=protocol)

    assert converted.to_dict() == {"data": []}
