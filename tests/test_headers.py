from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_transcode.headers import ANTHROPIC_VERSION, convert_request_headers, convert_response_headers
from llm_transcode.protocols import PROTOCOLS, Protocol

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=timezone.utc)

PAIRS = [(source, target) for source in PROTOCOLS for target in PROTOCOLS]


# -- protocols -----------------------------------------------------------------------------------


@pytest.mark.parametrize("convert", [convert_request_headers, convert_response_headers])
def test_converters_check_their_protocols(convert: object) -> None:
    assert callable(convert)

    with pytest.raises(ValueError, match="'anthropic'"):
        convert({}, source="anthropic", target="chat")
    with pytest.raises(ValueError, match="'openai'"):
        convert({}, source="messages", target="openai")


# -- requests: credentials -----------------------------------------------------------------------

BEARER = {"Authorization": "Bearer key-1"}
X_API_KEY = {"X-Api-Key": "key-2"}


def credential(headers: dict[str, str], source: Protocol, target: Protocol, key: str | None = None) -> dict[str, str]:
    converted = convert_request_headers(headers, source=source, target=target, api_key=key)
    return {name: value for name, value in converted.items() if name in {"authorization", "x-api-key", "api-key"}}


def test_credential_goes_out_as_the_target_wants_it() -> None:
    assert credential(BEARER, "chat", "messages") == {"x-api-key": "key-1"}
    assert credential(BEARER, "messages", "chat") == {"authorization": "Bearer key-1"}
    assert credential(X_API_KEY, "messages", "chat") == {"authorization": "Bearer key-2"}
    assert credential({"api-key": "key-3"}, "chat", "messages") == {"x-api-key": "key-3"}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_bearer_wins_over_a_stale_x_api_key(source: Protocol, target: Protocol) -> None:
    [value] = credential(X_API_KEY | BEARER, source, target).values()

    assert value.removeprefix("Bearer ") == "key-1"


def test_messages_keep_the_form_of_a_credential() -> None:
    assert credential(BEARER, "messages", "messages") == {"authorization": "Bearer key-1"}
    assert credential(X_API_KEY, "messages", "messages") == {"x-api-key": "key-2"}


def test_oauth_tokens_are_refused_in_x_api_key() -> None:
    token = {"authorization": "Bearer sk-ant-oat-token"}

    assert credential(token, "chat", "messages") == token
    assert credential({"x-api-key": "sk-ant-oat-token"}, "messages", "messages") == token
    assert credential({}, "chat", "messages", "sk-ant-oat-token") == token


def test_api_key_replaces_what_came_in() -> None:
    assert credential(BEARER | X_API_KEY, "messages", "chat", "own") == {"authorization": "Bearer own"}
    assert credential(BEARER | X_API_KEY, "messages", "messages", "own\n") == {"x-api-key": "own"}
    assert credential(BEARER | X_API_KEY, "chat", "messages", "") == {}


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "key-1"])
def test_no_credential_is_made_of_anything_else(value: str) -> None:
    assert credential({"authorization": value}, "messages", "chat") == {}


@pytest.mark.parametrize("value", ["bearer key-1", "BEARER  key-1 ", "Bearer key-1, Bearer key-2"])
def test_bearer_is_read_liberally(value: str) -> None:
    assert credential({"authorization": value}, "messages", "chat") == {"authorization": "Bearer key-1"}


# -- requests: the rest --------------------------------------------------------------------------


def test_request_from_messages_to_chat() -> None:
    headers = {
        "Host": "localhost",
        "Content-Length": "12",
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "Accept-Encoding": "br",
        "User-Agent": "client/1.0",
        "X-Stainless-Lang": "python",
        "Cookie": "a=b",
        "Connection": "keep-alive, x-hop",
        "X-Hop": "1",
        "X-Forwarded-For": "192.0.2.1",
        "X-Gateway-Token": "secret",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "context-1m-2025-08-07",
        "anthropic-workspace-id": "w",
        "x-api-key": "key",
    }

    assert convert_request_headers(headers, source="messages", target="chat") == {
        "content-type": "application/json",
        "accept": "text/event-stream",
        "authorization": "Bearer key",
    }


def test_request_from_chat_to_messages() -> None:
    headers = {"openai-organization": "org", "openai-project": "p", "idempotency-key": "1", "traceparent": "00-1-2-00"}

    assert convert_request_headers(headers, source="chat", target="messages") == {
        "traceparent": "00-1-2-00",
        "anthropic-version": "2023-06-01",
    }


def test_vendor_headers_pass_within_a_protocol() -> None:
    chat = {"openai-organization": "org", "idempotency-key": "1", "x-client-request-id": "2"}
    messages = {"anthropic-workspace-id": "w", "anthropic-version": "2026-10-21"}

    assert convert_request_headers(chat, source="chat", target="chat") == chat
    assert convert_request_headers(messages, source="messages", target="messages") == messages


@pytest.mark.parametrize(
    ("source", "target", "name"),
    [("messages", "chat", "openai-organization"), ("chat", "messages", "anthropic-workspace-id")],
)
def test_vendor_headers_of_the_target_stay_behind_if_a_client_of_the_other_protocol_sends_them(
    source: Protocol, target: Protocol, name: str
) -> None:
    assert name not in convert_request_headers({name: "x"}, source=source, target=target)


def test_anthropic_version_can_be_chosen() -> None:
    def version(headers: dict[str, str], chosen: str | None) -> str:
        converted = convert_request_headers(headers, source="messages", target="messages", anthropic_version=chosen)
        return converted["anthropic-version"]

    assert version({}, None) == ANTHROPIC_VERSION
    assert version({"anthropic-version": "2026-10-21"}, None) == "2026-10-21"
    assert version({"anthropic-version": "2026-10-21"}, "2023-06-01") == "2023-06-01"


@pytest.mark.parametrize("source", PROTOCOLS)
def test_betas_are_merged_in_lower_case_and_once(source: Protocol) -> None:
    headers = [("anthropic-beta", "b-2,A-1 , ,"), ("Anthropic-Beta", "a-1"), ("anthropic-beta", "c-3")]

    converted = convert_request_headers(headers, source=source, target="messages")

    assert converted["anthropic-beta"] == "b-2,a-1,c-3"
    assert "anthropic-beta" not in convert_request_headers(headers, source=source, target="chat")


def test_empty_betas_are_left_out() -> None:
    assert "anthropic-beta" not in convert_request_headers(
        {"anthropic-beta": " , "}, source="messages", target="messages"
    )


def test_pairs_of_bytes_are_read() -> None:
    headers = [(b"X-API-Key", b"key"), (b"Content-Type", b"application/json")]

    assert convert_request_headers(headers, source="messages", target="chat") == {
        "content-type": "application/json",
        "authorization": "Bearer key",
    }


# -- responses -----------------------------------------------------------------------------------

FROM_MESSAGES = {
    "Content-Type": "text/event-stream",
    "Content-Encoding": "gzip",
    "Server": "cloudflare",
    "Set-Cookie": "a=b",
    "request-id": "req_1",
    "retry-after": "7",
    "retry-after-ms": "7000",
    "x-should-retry": "true",
    "anthropic-organization-id": "org",
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "49",
    "anthropic-ratelimit-requests-reset": "2026-11-24T12:06:00Z",
    "anthropic-ratelimit-tokens-limit": "80000",
    "anthropic-ratelimit-tokens-remaining": "79000",
    "anthropic-ratelimit-tokens-reset": "2026-11-24T12:00:01Z",
    "anthropic-ratelimit-input-tokens-limit": "40000",
    "anthropic-ratelimit-unified-status": "allowed",
    "anthropic-ratelimit-unified-5h-reset": "1795536000",
}

AS_CHAT = {
    "retry-after": "7",
    "retry-after-ms": "7000",
    "x-should-retry": "true",
    "anthropic-ratelimit-unified-status": "allowed",
    "anthropic-ratelimit-unified-5h-reset": "1795536000",
    "x-request-id": "req_1",
    "x-ratelimit-limit-requests": "50",
    "x-ratelimit-remaining-requests": "49",
    "x-ratelimit-limit-tokens": "80000",
    "x-ratelimit-remaining-tokens": "79000",
    "x-ratelimit-reset-requests": "6m0s",
    "x-ratelimit-reset-tokens": "1s",
}


@pytest.mark.parametrize("now", [NOW, NOW.timestamp(), int(NOW.timestamp()), NOW.replace(tzinfo=None)])
def test_response_from_messages_to_chat(now: float | datetime) -> None:
    assert convert_response_headers(FROM_MESSAGES, source="messages", target="chat", now=now) == AS_CHAT


def test_response_from_chat_to_messages() -> None:
    headers = AS_CHAT | {"openai-processing-ms": "12", "openai-version": "2020-10-01"}

    converted = convert_response_headers(headers, source="chat", target="messages", now=NOW)

    left_behind = {"content-type", "content-encoding", "server", "set-cookie", "anthropic-organization-id"}
    left_behind |= {"anthropic-ratelimit-input-tokens-limit"}
    assert converted == {
        name.lower(): value for name, value in FROM_MESSAGES.items() if name.lower() not in left_behind
    }


def test_resets_are_left_out_without_now() -> None:
    converted = convert_response_headers(FROM_MESSAGES, source="messages", target="chat")

    assert converted == {name: value for name, value in AS_CHAT.items() if "ratelimit-reset" not in name}


def test_vendor_headers_of_responses_pass_within_a_protocol() -> None:
    chat = {"x-request-id": "1", "openai-processing-ms": "12", "x-ratelimit-reset-tokens": "6m0s"}
    messages = {"request-id": "1", "anthropic-organization-id": "o", "anthropic-ratelimit-tokens-reset": "soon"}

    assert convert_response_headers(chat, source="chat", target="chat", now=NOW) == chat
    assert convert_response_headers(messages, source="messages", target="messages", now=NOW) == messages


@pytest.mark.parametrize(
    ("source", "target", "name"),
    [("messages", "chat", "openai-processing-ms"), ("chat", "messages", "anthropic-organization-id")],
)
def test_vendor_headers_of_the_target_stay_behind_if_a_backend_of_the_other_protocol_sends_them(
    source: Protocol, target: Protocol, name: str
) -> None:
    assert convert_response_headers({name: "x"}, source=source, target=target) == {}


def test_request_id_is_found_under_the_other_name_too() -> None:
    both = {"request-id": "1", "x-request-id": "2"}

    assert convert_response_headers({"x-request-id": "1"}, source="messages", target="chat") == {"x-request-id": "1"}
    assert convert_response_headers(both, source="messages", target="chat") == {"x-request-id": "1"}
    assert convert_response_headers(both, source="chat", target="messages") == {"request-id": "2"}


@pytest.mark.parametrize(
    ("instant", "duration"),
    [
        ("2026-11-24T12:00:00Z", "0s"),
        ("2026-11-24T11:59:00Z", "0s"),
        ("2026-11-24T12:00:00.020Z", "20ms"),
        ("2026-11-24T12:00:00.0001Z", "1ms"),
        ("2026-11-24T12:00:01.5Z", "1.5s"),
        ("2026-11-24T12:01:30Z", "1m30s"),
        ("2026-11-24t14:00:59.999z", "2h0m59.999s"),
        ("2026-11-24 13:06:00+01:00", "6m0s"),
        ("2026-11-26T12:00:00Z", "48h0m0s"),
    ],
)
def test_instant_becomes_duration(instant: str, duration: str) -> None:
    headers = {"anthropic-ratelimit-tokens-reset": instant}

    converted = convert_response_headers(headers, source="messages", target="chat", now=NOW)

    assert converted == {"x-ratelimit-reset-tokens": duration}


@pytest.mark.parametrize(
    ("duration", "instant"),
    [
        ("0s", "2026-11-24T12:00:00Z"),
        ("20ms", "2026-11-24T12:00:01Z"),
        ("1.001s", "2026-11-24T12:00:02Z"),
        ("7000ms", "2026-11-24T12:00:07Z"),
        ("6m0s", "2026-11-24T12:06:00Z"),
        ("1h2m3s", "2026-11-24T13:02:03Z"),
        ("1d", "2026-11-25T12:00:00Z"),
        ("12µs", "2026-11-24T12:00:01Z"),
        ("500ns", "2026-11-24T12:00:00Z"),
    ],
)
def test_duration_becomes_instant(duration: str, instant: str) -> None:
    headers = {"x-ratelimit-reset-tokens": duration}

    converted = convert_response_headers(headers, source="chat", target="messages", now=NOW)

    assert converted == {"anthropic-ratelimit-tokens-reset": instant}


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """A machine that is not set to UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("hours", [0, 5])
def test_instants_are_in_utc_wherever_the_machine_and_its_clock_are(hours: int) -> None:
    now = NOW.astimezone(timezone(timedelta(hours=hours)))

    there = convert_response_headers(FROM_MESSAGES, source="messages", target="chat", now=now)
    back = convert_response_headers(AS_CHAT, source="chat", target="messages", now=now)

    assert there == AS_CHAT
    assert back["anthropic-ratelimit-requests-reset"] == "2026-11-24T12:06:00Z"


NO_INSTANTS = ["2026-11-24", "2026-13-24T12:00:00Z", "2026-11-24T12:00:00", "2026-11-24T12:00:00+99:00"]
NO_DURATIONS = ["6 m", "-1s", "1s!", "1 s", "٣s", "9" * 400 + "s", "9" * 30 + "h", "99999999d"]


@pytest.mark.parametrize("value", ["", "soon", "60", "1795536000", *NO_INSTANTS, *NO_DURATIONS])
def test_unreadable_resets_are_left_out(value: str) -> None:
    from_chat = {"x-ratelimit-reset-tokens": value}
    from_messages = {"anthropic-ratelimit-tokens-reset": value}

    assert convert_response_headers(from_chat, source="chat", target="messages", now=NOW) == {}
    assert convert_response_headers(from_messages, source="messages", target="chat", now=NOW) == {}


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_rounding_never_shortens_a_wait(wait: timedelta) -> None:
    instant = (NOW + wait).isoformat().replace("+00:00", "Z")
    there = convert_response_headers(
        {"anthropic-ratelimit-tokens-reset": instant}, source="messages", target="chat", now=NOW
    )
    back = convert_response_headers(there, source="chat", target="messages", now=NOW)

    reset = datetime.fromisoformat(back["anthropic-ratelimit-tokens-reset"].replace("Z", "+00:00"))

    assert timedelta(0) <= reset - (NOW + wait) < timedelta(seconds=1)


NAMES = ["authorization", "X-Api-Key", "anthropic-beta", "request-id", "x-ratelimit-reset-tokens", "content-type"]
NAMES += ["anthropic-ratelimit-requests-reset", "anthropic-version", "retry-after"]
odd_pairs = st.lists(st.tuples(st.sampled_from(NAMES) | st.text(), st.text()))
odd_bytes = st.lists(st.tuples(st.sampled_from(NAMES).map(str.encode) | st.binary(), st.binary()))


@given(odd_pairs | odd_bytes, st.sampled_from(PAIRS))
def test_odd_values_never_raise(
    headers: list[tuple[str | bytes, str | bytes]], pair: tuple[Protocol, Protocol]
) -> None:
    source, target = pair
    request = convert_request_headers(headers, source=source, target=target)
    response = convert_response_headers(headers, source=source, target=target, now=NOW)

    for name, value in (*request.items(), *response.items()):
        assert name == name.lower()
        assert not set("\r\n") & set(value)
