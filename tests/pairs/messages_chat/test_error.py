"""Errors in every form that servers give them, both ways."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import anthropic
import httpx2
import openai
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llm_transcode import Loss, LossCode, convert_error
from llm_transcode.converted import ConvertedError
from llm_transcode.losses import Recorder
from llm_transcode.messages import ERROR_TYPES
from llm_transcode.pairs.messages_chat import error as converter
from llm_transcode.pairs.messages_chat import error_to_chat, error_to_messages
from llm_transcode.pairs.messages_chat.error_words import WORDS
from tests.conformance.corpus import Case, recorded
from tests.conformance.referee import error_faults
from tests.pairs.messages_chat.failures import chat_error, messages_error, to_chat, to_messages
from tests.strategies import json_values

CHECKOUT: Final = Path(__file__).parents[3]
CORPUS: Final = Path(os.environ.get("LLM_TRANSCODE_CORPUS", CHECKOUT.parent / "shared" / "corpus"))

UNTYPED: Final = ("conflict_error", "request_too_large")
"""Documented types of errors that the SDK's union of error objects lacks."""


def message_of(error: ConvertedError[Any]) -> str:
    message: str = error.to_dict()["error"]["message"]
    return message


def check(error: ConvertedError[Any], protocol: str) -> None:
    """By the SDK's types, and as bytes too."""
    document = error.to_dict()
    kind = document["error"]["type"]
    assert kind in ERROR_TYPES or protocol == "chat"
    if protocol == "messages" and kind in UNTYPED:
        document["error"]["type"] = "api_error"
    assert error_faults(document, protocol, error.status) == []
    assert json.loads(error.to_json()) == error.to_dict() == error.value.to_dict()


# -- statuses and types ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "becomes", "kind", "raised"),
    [
        (400, 400, "invalid_request_error", anthropic.BadRequestError),
        (401, 401, "authentication_error", anthropic.AuthenticationError),
        (402, 402, "billing_error", anthropic.PaymentRequiredError),
        (403, 403, "permission_error", anthropic.PermissionDeniedError),
        (404, 404, "not_found_error", anthropic.NotFoundError),
        (408, 408, "timeout_error", anthropic.RequestTimeoutError),
        (409, 409, "conflict_error", anthropic.ConflictError),
        (413, 413, "request_too_large", anthropic.ContentTooLargeError),
        (418, 418, "invalid_request_error", anthropic.APIStatusError),
        (422, 422, "invalid_request_error", anthropic.UnprocessableEntityError),
        (429, 429, "rate_limit_error", anthropic.RateLimitError),
        (500, 500, "api_error", anthropic.InternalServerError),
        (501, 501, "api_error", anthropic.HTTPNotImplementedError),
        (502, 502, "api_error", anthropic.InternalServerError),
        (503, 529, "overloaded_error", anthropic.OverloadedError),
        (504, 504, "timeout_error", anthropic.GatewayTimeoutError),
        (524, 524, "api_error", anthropic.InternalServerError),
        (529, 529, "overloaded_error", anthropic.OverloadedError),
    ],
)
def test_the_status_decides_towards_messages(
    status: int, becomes: int, kind: str, raised: type[anthropic.APIStatusError]
) -> None:
    error = to_messages(status, chat_error("no"))

    assert (error.status, error.to_dict()) == (becomes, messages_error(kind))
    check(error, "messages")
    with pytest.raises(raised) as caught:
        ask_messages(error)
    assert type(caught.value) is raised
    assert caught.value.body == error.to_dict()


@pytest.mark.parametrize(
    ("status", "kind", "becomes", "named", "raised"),
    [
        (400, "invalid_request_error", 400, ("invalid_request_error", None), openai.BadRequestError),
        (401, "authentication_error", 401, ("authentication_error", "invalid_api_key"), openai.AuthenticationError),
        (402, "billing_error", 402, ("billing_error", "insufficient_quota"), openai.APIStatusError),
        (403, "permission_error", 403, ("permission_error", None), openai.PermissionDeniedError),
        (404, "not_found_error", 404, ("not_found_error", None), openai.NotFoundError),
        (409, "conflict_error", 409, ("invalid_request_error", "conflict_error"), openai.ConflictError),
        (413, "request_too_large", 413, ("invalid_request_error", "request_too_large"), openai.APIStatusError),
        (422, "invalid_request_error", 422, ("invalid_request_error", None), openai.UnprocessableEntityError),
        (429, "rate_limit_error", 429, ("rate_limit_error", "rate_limit_exceeded"), openai.RateLimitError),
        (500, "api_error", 500, ("server_error", None), openai.InternalServerError),
        (503, "api_error", 503, ("server_error", None), openai.InternalServerError),
        (504, "timeout_error", 504, ("server_error", "timeout"), openai.InternalServerError),
        (529, "overloaded_error", 503, ("server_error", "overloaded_error"), openai.InternalServerError),
    ],
)
def test_types_and_statuses_towards_chat(
    status: int, kind: str, becomes: int, named: tuple[str, str | None], raised: type[openai.APIStatusError]
) -> None:
    chat_type, code = named
    error = to_chat(status, messages_error(kind))

    assert error.status == becomes
    assert error.to_dict() == {"error": {"message": "no", "type": chat_type, "param": None, "code": code}}
    check(error, "chat")
    with pytest.raises(raised) as caught:
        ask_chat(error)
    assert type(caught.value) is raised
    assert (caught.value.code, caught.value.type) == (code, chat_type)


@pytest.mark.parametrize("kind", sorted(ERROR_TYPES))
def test_every_type_of_messages_survives_the_way_there_and_back_within_a_stream(kind: str) -> None:
    status, chat = error_to_chat(None, messages_error(kind))
    back = error_to_messages(None, chat)[1]["error"]

    assert converter.STATUS_TO_CHAT.get(converter.TYPE_TO_STATUS[kind], converter.TYPE_TO_STATUS[kind]) == status
    assert back["type"] == kind


def test_the_tables_know_every_type() -> None:
    assert set(converter.TYPE_TO_STATUS) == set(converter.TYPE_TO_CHAT) == ERROR_TYPES
    assert set(converter.STATUS_TO_TYPE.values()) <= ERROR_TYPES
    assert set(WORDS) <= ERROR_TYPES


def test_an_unknown_type_leaves_it_to_the_status() -> None:
    towards_chat, towards_messages = (
        to_chat(403, messages_error("weather_error")),
        to_messages(404, chat_error("no", type="w")),
    )

    assert towards_chat.to_dict()["error"]["type"] == "permission_error"
    assert towards_chat.to_dict()["error"]["code"] == "weather_error"
    assert towards_messages.to_dict()["error"] == {
        "type": "not_found_error",
        "message": "no",
        "details": {"error_code": "w"},
    }
    for error in (towards_chat, towards_messages):
        assert [(loss.code, loss.path) for loss in error.losses] == [(LossCode.UNKNOWN_VALUE, "$.error.type")]


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        ({"message": "no", "code": "content_filter"}, 400, "invalid_request_error"),
        ({"message": "no", "code": 404}, 404, "not_found_error"),
        ({"message": "no", "code": "503"}, 529, "overloaded_error"),
        ({"message": "no", "status_code": 418}, 418, "invalid_request_error"),
        ({"message": "no"}, 500, "api_error"),
    ],
)
@pytest.mark.parametrize("sent", [None, 200, 0, -1, 302, 600, 10**30])
def test_an_error_without_a_fitting_status(error: dict[str, Any], status: int, kind: str, sent: int | None) -> None:
    converted = to_messages(sent, {"choices": [], "error": error})

    assert (converted.status, converted.to_dict()["error"]["type"]) == (status, kind)


def test_a_missing_model_is_named_as_such() -> None:
    assert to_chat(404, messages_error("not_found_error", "model: x")).to_dict()["error"]["code"] == "model_not_found"
    assert to_chat(404, messages_error("not_found_error", "no file")).to_dict()["error"]["code"] is None


# -- what comes along ------------------------------------------------------------------------------


def test_code_and_parameter_come_along_both_ways() -> None:
    body = chat_error("Unsupported parameter: 'stop'", code="unsupported_parameter", param="stop")

    there = to_messages(400, body)
    back = to_chat(there.status, there.to_dict())

    assert there.to_dict()["error"]["details"] == {"error_code": "unsupported_parameter", "param": "stop"}
    assert {(loss.kind, loss.level, loss.path) for loss in there.losses} == {
        ("approximated", "info", "$.error.code"),
        ("approximated", "info", "$.error.param"),
    }
    assert (back.status, back.to_dict(), back.losses) == (400, body, ())


def test_anthropics_own_code_beats_ours() -> None:
    error = messages_error("rate_limit_error", details={"error_code": "ramp_limit_exceeded", "ramp": 3})

    converted = to_chat(429, error)

    assert converted.to_dict()["error"]["code"] == "ramp_limit_exceeded"
    assert [(loss.kind, loss.path) for loss in converted.losses] == [("dropped", "$.error.details.ramp")]


def test_a_request_id() -> None:
    there = to_chat(500, {**messages_error("api_error"), "request_id": "req_1"})

    assert [(loss.kind, loss.path) for loss in there.losses] == [("dropped", "$.request_id")]
    assert to_messages(500, {"code": "x", "message": "no", "request_id": "r-1"}).to_dict()["request_id"] == "r-1"


@pytest.mark.parametrize(
    ("convert", "status", "body", "losses"),
    [
        (
            to_messages,
            400,
            chat_error("no", code="c", param="p"),
            [
                ("approximated", "error_details", "$.error.code", "the code is in `details.error_code`"),
                ("approximated", "error_details", "$.error.param", "`param` is in `details`"),
            ],
        ),
        (
            to_messages,
            404,
            chat_error("no", type="w"),
            [("approximated", "unknown_value", "$.error.type", "the type 'w' becomes 'not_found_error'")],
        ),
        (to_messages, 503, chat_error("no"), [("approximated", "error_details", "$", "status 503 becomes 529")]),
        (to_messages, None, chat_error("no", type="overloaded_error"), []),
        (
            to_messages,
            400,
            chat_error(" prompt too long"),
            [
                (
                    "approximated",
                    "error_details",
                    "$.error.message",
                    "the message becomes 'prompt is too long: prompt too long'",
                ),
            ],
        ),
        (
            to_messages,
            400,
            chat_error(" " + "x" * 81),
            [("approximated", "error_details", "$.error.message", f"the message becomes '{'x' * 80}'")],
        ),
        (
            to_messages,
            500,
            b"",
            [("invented", "error_details", "$", "the body has no message; the status stands for it")],
        ),
        (
            to_messages,
            500,
            {"message": "no", "a": "", "b": [], "c": {}, "d": None, "zero": 0},
            [("dropped", "error_details", "$.zero", "a detail of the error without a counterpart")],
        ),
        (
            to_chat,
            403,
            messages_error("weather_error"),
            [("approximated", "unknown_value", "$.error.type", "the type 'weather_error' becomes 'permission_error'")],
        ),
        (
            to_chat,
            400,
            messages_error("invalid_request_error", details={"error_code": "prompt_too_long"}),
            [
                (
                    "approximated",
                    "error_details",
                    "$.error.details.error_code",
                    "the code 'prompt_too_long' becomes 'context_length_exceeded'",
                ),
            ],
        ),
        (
            to_chat,
            500,
            {**messages_error("api_error"), "request_id": "req_1"},
            [("dropped", "error_details", "$.request_id", "the id is in the header `x-request-id`")],
        ),
        (
            to_chat,
            529,
            messages_error("overloaded_error"),
            [("approximated", "error_details", "$", "status 529 becomes 503")],
        ),
    ],
)
def test_what_is_said_in_another_way_is_recorded(
    convert: Callable[[int | None, Any], ConvertedError[Any]],
    status: int | None,
    body: Any,
    losses: list[tuple[str, str, str, str]],
) -> None:
    found = convert(status, body).losses

    assert [(loss.kind, loss.code.value, loss.path, loss.detail) for loss in found] == losses
    assert {loss.level for loss in found} <= {"info"}


def test_an_error_within_a_chunk_is_recorded_where_it_stands() -> None:
    losses = Recorder()

    error_to_messages(None, chat_error("no", code="c", more=1), losses, ("choices", 0))

    assert [loss.path for loss in losses] == ["$.choices[0].error.more", "$.choices[0].error.code"]


def test_what_has_no_counterpart_is_recorded() -> None:
    body = chat_error("no", misalignment={"error_type": "other"}, failed_generation="{", innererror={"code": "x"})

    losses = to_messages(400, body).losses

    assert [(loss.level, loss.path, loss.detail) for loss in losses] == [
        ("warning", "$.error.misalignment", "why the request was blocked, and how to go on"),
        ("info", "$.error.failed_generation", "what the model wrote instead of a valid tool call"),
        ("info", "$.error.innererror", "a detail of the error without a counterpart"),
    ]
    assert {loss.code for loss in losses} == {LossCode.ERROR_DETAILS}


# -- bodies of every form --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "unauthorized"}, "unauthorized"),
        ({"code": "Bad", "error": "Incorrect key"}, "Incorrect key"),
        ({"message": "Too many tokens"}, "Too many tokens"),
        ({"Message": "User is not authorized"}, "User is not authorized"),
        ({"object": "error", "message": "no", "type": "BadRequestError", "param": None, "code": 400}, "no"),
        ({"detail": "Invalid API Key"}, "Invalid API Key"),
        (
            {"detail": [{"type": "missing", "loc": ["body", "messages", 0], "msg": "Field required"}]},
            "body.messages.0: Field required",
        ),
        ({"message": {"detail": [{"loc": ["body"], "msg": "a"}, {"loc": "x"}]}}, "body: a; x: invalid"),
        ([{"error": {"code": 404, "message": "not there", "status": "NOT_FOUND"}}], "not there"),
        ({"error": {"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"}}, "API key not valid"),
        ({"errors": [{"code": 10000, "message": "Authentication error"}], "success": False}, "Authentication error"),
        ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, "insufficient balance"),
        ({"statusCode": 401, "error": "Unauthorized", "message": "Invalid token"}, "Invalid token"),
        (
            {"error": {"message": "Provider returned error", "metadata": {"raw": "busy"}}},
            "Provider returned error: busy",
        ),
        ({"error": {"message": "", "metadata": {"raw": {"error": {"message": "busy"}}}}}, "busy"),
        (
            {"error": {"message": None, "type": None, "code": None}},
            '{"error":{"message":null,"type":null,"code":null}}',
        ),
        ({"foo": 1}, '{"foo":1}'),
        ({}, "400 Bad Request"),
        ([], "400 Bad Request"),
        (None, "400 Bad Request"),
        (b"", "400 Bad Request"),
        (b"  \r\n", "400 Bad Request"),
        ("plain text", "plain text"),
        (b"not \xff UTF-8", "not \ufffd UTF-8"),
        (bytearray(b'"a string"'), "a string"),
        (memoryview(b"true"), "true"),
        ("12", "12"),
        ("[1, 2]", "1; 2"),
        (b"<html>\r\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "502 Bad Gateway"),
        (
            "<!DOCTYPE html><title>a.example | 520: Web server &amp; error</title>",
            "a.example | 520: Web server & error",
        ),
        ("<html><style>p {}</style><body><p>Sorry,</p> no.</body></html>", "Sorry, no."),
        (
            '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
            "Access Denied",
        ),
        ('{"error":{"message":"half \\ud83d"}}', "half \ufffd"),
        ("a\x00b\x1b[0m", "a b [0m"),
    ],
)
def test_bodies_of_every_form(body: Any, message: str) -> None:
    for convert, protocol in ((to_messages, "messages"), (to_chat, "chat")):
        error = convert(400, body)

        assert message_of(error) == message
        assert error.status == 400
        check(error, protocol)


def test_an_error_that_is_an_example_within_a_message_stays() -> None:
    message = 'Invalid schema for function: {"type": "object", "message": "x"}'

    assert message_of(to_messages(400, chat_error(message))) == message


def test_every_status_has_a_message() -> None:
    assert message_of(to_messages(529, b"")) == "529 Overloaded"
    assert message_of(to_messages(524, b"")) == "524 api_error"
    assert [loss.kind for loss in to_messages(529, b"").losses] == ["invented"]


def test_the_body_is_not_changed() -> None:
    body = chat_error("no", metadata={"raw": {"error": "x"}})
    before = json.dumps(body)

    to_messages(503, body)

    assert json.dumps(body) == before


def test_deep_and_large_bodies() -> None:
    deep = b'{"error":' * 100_000
    nested: dict[str, Any] = {"message": "x"}
    for _ in range(500):
        nested = {"error": nested}

    for body in (
        deep,
        deep + b"1" + b"}" * 100_000,
        nested,
        b"[" * 100_000,
        '{"error":' + "9" * 5000 + "}",
        "x" * 10**6,
    ):
        check(to_messages(500, body), "messages")
        check(to_chat(500, body), "chat")
        assert len(message_of(to_messages(500, body))) <= 20_000


# -- one protocol ----------------------------------------------------------------------------------


def test_a_valid_error_of_the_same_protocol_passes() -> None:
    body = {**messages_error("overloaded_error", new=1), "request_id": "req_1"}
    error = convert_error(503, body, source="messages", target="messages")

    assert (error.status, error.to_dict(), error.losses) == (503, body, ())


@pytest.mark.parametrize(("sent", "status"), [(418, 418), (None, 429), (200, 429)])
def test_a_valid_error_of_chat_passes_with_the_status_that_it_names(sent: int | None, status: int) -> None:
    body = chat_error("no", code="rate_limit_exceeded", new=1)
    error = convert_error(sent, body, source="chat", target="chat")

    assert (error.status, error.to_dict(), error.losses) == (status, body, ())


def test_anything_else_gets_the_envelope_of_the_protocol() -> None:
    page = b"<html><title>Bad Gateway</title></html>"
    for protocol in ("messages", "chat"):
        for body in (page, {"detail": "no"}, {"error": "no"}, {"error": {"code": 1}}, b""):
            check(convert_error(502, body, source=protocol, target=protocol), protocol)


def test_an_unknown_protocol() -> None:
    with pytest.raises(ValueError, match="unknown protocol 'gemini'"):
        convert_error(500, b"", source="gemini", target="chat")  # type: ignore[call-overload]


# -- pitfalls --------------------------------------------------------------------------------------


def test_p147_the_envelope_is_that_of_the_target_whatever_came() -> None:
    assert to_messages(401, messages_error("authentication_error")).to_dict() == messages_error("authentication_error")
    assert to_chat(400, chat_error("no")).to_dict() == chat_error("no")
    assert convert_error(400, chat_error("no"), source="messages", target="messages").to_dict() == messages_error(
        "invalid_request_error"
    )


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"error": {"message": "no", "type": "server_error", "code": "rate_limit_exceeded"}}, 429, "rate_limit_error"),
        ({"error": {"message": "no", "type": "overloaded"}}, 529, "overloaded_error"),
        ({"error": {"message": "no", "code": 502}, "id": "gen-1", "choices": []}, 502, "api_error"),
        ({"error": {"message": "no", "type": "insufficient_quota"}}, 402, "billing_error"),
        ({"type": "error", "code": "server_error", "message": "no", "param": None}, 500, "api_error"),
        ({"error": {"message": "no", "failed_generation": "{", "status_code": 400}}, 400, "invalid_request_error"),
    ],
)
def test_p149_an_error_within_a_stream_is_translated_by_its_words(body: Any, status: int, kind: str) -> None:
    assert error_to_messages(None, body)[0] == status
    assert error_to_messages(None, body)[1]["error"]["type"] == kind


def test_p149_an_error_event_of_messages() -> None:
    status, body = error_to_chat(None, messages_error("overloaded_error", "Overloaded"))

    assert status == 503
    assert body == {
        "error": {"message": "Overloaded", "type": "server_error", "param": None, "code": "overloaded_error"}
    }


def test_p150_what_can_be_retried_stays_so_and_what_is_final_stays_final() -> None:
    retried = {408, 409, 429, *range(500, 600)}
    for status in range(400, 600):
        for error in (to_messages(status, chat_error("no")), to_chat(status, messages_error("api_error"))):
            assert (error.status in retried) == (status in retried)


@pytest.mark.parametrize(("sent", "status"), [(429, 402), (None, 402), (200, 402), (402, 402), (403, 403), (500, 500)])
def test_p150_an_empty_account_is_402_unless_the_status_says_more(sent: int | None, status: int) -> None:
    assert to_messages(sent, chat_error("no", code="insufficient_quota")).status == status


def test_p150_an_empty_account_is_final() -> None:
    body = chat_error("You exceeded your current quota", type="insufficient_quota", code="insufficient_quota")

    error = to_messages(429, body)
    back = to_chat(error.status, error.to_dict())

    assert (error.status, error.to_dict()["error"]["type"]) == (402, "billing_error")
    assert (back.status, back.to_dict()["error"]["code"]) == (402, "insufficient_quota")
    assert to_messages(429, chat_error("Slow down", code="rate_limit_exceeded")).status == 429
    assert Loss("approximated", "info", LossCode.ERROR_DETAILS, "$", "status 429 becomes 402") in error.losses


INNER: Final = json.dumps(messages_error("overloaded_error", "Overloaded"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (INNER, "Overloaded"),
        (json.dumps({"error": {"message": INNER}}), "Overloaded"),
        (json.dumps({"error": json.dumps({"detail": INNER})}), "Overloaded"),
        (f"event: error\ndata: {INNER}\n\n", "Overloaded"),
        (f"data: {INNER}", "Overloaded"),
        (f"API Error: event: error\ndata: {INNER}\n", "Overloaded"),
        (f"529 {INNER}", "Overloaded"),
        (f"Provider failed - {INNER}", "Provider failed - Overloaded"),
    ],
)
def test_p151_nested_text_is_unwrapped(text: str, message: str) -> None:
    outer = {"error": {"message": text, "type": "error"}}

    for body in (outer, text, json.dumps(text)):
        status, error = error_to_messages(None, body)
        assert error["error"]["message"] == message
        assert (status, error["error"]["type"]) == (529, "overloaded_error")
    losses = to_messages(500, outer).losses
    assert [(loss.kind, loss.path) for loss in losses] == [("approximated", "$.error.message")]


def test_p151_nesting_without_end_is_kept_as_text() -> None:
    text = "deep"
    for _ in range(12):
        text = json.dumps({"error": text})

    assert "deep" in message_of(to_messages(500, text))


def test_p152_the_wording_of_a_refusal_is_kept() -> None:
    wording = "messages.1.role: role 'system' is not supported on this model"

    assert message_of(to_messages(400, chat_error(wording))) == wording
    assert message_of(to_chat(400, messages_error("invalid_request_error", wording))) == wording


# -- whatever comes --------------------------------------------------------------------------------

BODIES: Final = st.binary(max_size=200) | st.text(max_size=200) | json_values
NAMES: Final = st.sampled_from(
    ["error", "errors", "message", "detail", "type", "code", "param", "status", "metadata", "raw", "details", "choices"]
)
ENVELOPES: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["529 {}", '{"error":1}', INNER]),
    lambda inner: st.dictionaries(NAMES, inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@given(status=st.none() | st.integers(), body=BODIES | ENVELOPES)
@example(status=True, body=b"")
@example(status=500, body={"error": {"code": 10**6000, "message": [float("inf")]}})
@example(status=500, body={"error": object()})
def test_any_status_and_any_body_give_a_valid_error(status: int | None, body: Any) -> None:
    for source in ("messages", "chat"):
        for target in ("messages", "chat"):
            error = convert_error(status, body, source=source, target=target)
            if source != target:
                check(error, target)
            assert 400 <= error.status <= 599


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no recorded traffic")
def test_recorded_errors() -> None:
    cases: list[Case] = [case for case in recorded(CORPUS) if case.kind == "error"]

    assert cases
    for case in cases:
        error = convert_error(case.status, case.read(), source=case.source, target=case.target)
        check(error, case.target)
        assert error.status == case.status
        assert all(loss.kind != "invented" for loss in error.losses)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no recorded traffic")
def test_recorded_overflows_become_recognisable() -> None:
    recordings = list((CORPUS / "openai_chat" / "error").glob("*context_*"))

    assert recordings
    for recording in recordings:
        message = message_of(to_messages(400, recording.read_bytes()))
        if "azure" not in recording.name:  # which answers with a rate limit
            assert message.startswith("prompt is too long")


# -- the vendors' clients --------------------------------------------------------------------------


def answering(error: ConvertedError[Any]) -> Callable[[httpx2.Request], httpx2.Response]:
    def handle(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(error.status, content=error.to_json(), headers={"content-type": "application/json"})

    return handle


def ask_messages(error: ConvertedError[Any]) -> None:
    transport = httpx2.MockTransport(answering(error))
    with anthropic.Anthropic(api_key="none", max_retries=0, http_client=httpx2.Client(transport=transport)) as client:
        client.messages.create(model="x", max_tokens=1, messages=[{"role": "user", "content": "Hi"}])


def ask_chat(error: ConvertedError[Any]) -> None:
    transport = httpx2.MockTransport(answering(error))
    with openai.OpenAI(api_key="none", max_retries=0, http_client=httpx2.Client(transport=transport)) as client:
        client.chat.completions.create(model="x", messages=[{"role": "user", "content": "Hi"}])
