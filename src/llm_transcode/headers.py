"""HTTP headers of requests and responses, in the words of the other protocol.

What passes is listed here; everything else stays behind: what belongs to a connection, cookies,
who the client is (``user-agent``, ``x-stainless-*``, addresses), and what only the two ends of one
hop know of, which may be a secret. Callers add what they want to send besides.

Names come out in lower case. Odd values are passed on or left out, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Final, TypeAlias

from .protocols import Protocol, check_protocols

__all__ = ["ANTHROPIC_VERSION", "Headers", "convert_request_headers", "convert_response_headers"]

Headers: TypeAlias = Mapping[str, str] | Sequence[tuple[str | bytes, str | bytes]]
"""Headers by name, or as pairs that may repeat a name; bytes are read as Latin-1, as ASGI has them."""

ANTHROPIC_VERSION: Final = "2023-06-01"
"""The ``anthropic-version`` that every model and every compatible backend takes."""


# -- what passes ---------------------------------------------------------------------------------

_NEUTRAL_REQUEST: Final = frozenset({"accept", "content-type", "traceparent", "tracestate"})

_OWN_REQUEST: Final[dict[Protocol, tuple[str, ...]]] = {
    "messages": ("anthropic-",),
    "chat": ("openai-", "idempotency-key", "x-client-request-id"),
}
"""How the names begin that only the vendor of the protocol understands."""

_NEUTRAL_RESPONSE: Final = frozenset({"retry-after", "retry-after-ms", "x-should-retry"})

_UNIFIED: Final = "anthropic-ratelimit-unified-"
"""The quota of a subscription. Chat has no counterpart, but clients that know it ask for nothing else."""

_OWN_RESPONSE: Final[dict[Protocol, tuple[str, ...]]] = {
    "messages": ("anthropic-",),
    "chat": ("openai-", "x-ratelimit-"),
}

_REQUEST_ID: Final[dict[Protocol, str]] = {"messages": "request-id", "chat": "x-request-id"}

_COUNTS_TO_CHAT: Final = {
    "anthropic-ratelimit-requests-limit": "x-ratelimit-limit-requests",
    "anthropic-ratelimit-requests-remaining": "x-ratelimit-remaining-requests",
    "anthropic-ratelimit-tokens-limit": "x-ratelimit-limit-tokens",
    "anthropic-ratelimit-tokens-remaining": "x-ratelimit-remaining-tokens",
}
_COUNTS_TO_MESSAGES: Final = {chat: messages for messages, chat in _COUNTS_TO_CHAT.items()}

_RESETS_TO_CHAT: Final = {
    "anthropic-ratelimit-requests-reset": "x-ratelimit-reset-requests",
    "anthropic-ratelimit-tokens-reset": "x-ratelimit-reset-tokens",
}
_RESETS_TO_MESSAGES: Final = {chat: messages for messages, chat in _RESETS_TO_CHAT.items()}


# -- requests ------------------------------------------------------------------------------------


def convert_request_headers(
    headers: Headers,
    *,
    source: Protocol,
    target: Protocol,
    api_key: str | None = None,
    anthropic_version: str | None = None,
) -> dict[str, str]:
    """The headers to send to a backend of ``target`` for a request that came as ``source``.

    ``api_key`` replaces the credential that came in; an empty one removes it. Otherwise that of
    ``authorization: Bearer`` is used, else that of ``x-api-key`` (or Azure's ``api-key``). It goes out as
    ``authorization`` towards Chat and as ``x-api-key`` towards Messages, but there as ``authorization`` too
    if it is an OAuth token or came from a Messages client in this form.

    ``anthropic_version`` is sent towards Messages; by default the client's own, else `ANTHROPIC_VERSION`.
    The names in ``anthropic-beta`` are sent towards Messages only, in lower case and each one once;
    add to them by repeating the header. Raises `ValueError` for an unknown protocol.
    """
    check_protocols(source, target)
    received = _collect(headers)
    own = _OWN_REQUEST[target] if source == target else ()
    converted = {name: value for name, value in received.items() if name in _NEUTRAL_REQUEST or name.startswith(own)}
    if target == "messages":
        version = anthropic_version or received.get("anthropic-version") or ANTHROPIC_VERSION
        converted["anthropic-version"] = version
        converted["anthropic-beta"] = _betas(received.get("anthropic-beta", ""))
    converted |= _credential(received, source, target, api_key)
    return {name: value for name, value in converted.items() if value}


def _betas(value: str) -> str:
    names = (name.strip().lower() for name in value.split(","))
    return ",".join(dict.fromkeys(name for name in names if name))


_BEARER: Final = re.compile(r"bearer +([^\s,]+)", re.IGNORECASE)
_OAUTH_PREFIX: Final = "sk-ant-oat"
"""How Anthropic's OAuth tokens begin, which it refuses in ``x-api-key``."""


def _credential(received: Mapping[str, str], source: Protocol, target: Protocol, api_key: str | None) -> dict[str, str]:
    """At most one credential: with two, Anthropic would take ``x-api-key``, which may be a stale one."""
    bearer = _BEARER.match(received.get("authorization", ""))
    if api_key is not None:
        key, as_bearer = api_key.strip(), False
    elif bearer:
        key, as_bearer = bearer[1], source == target
    else:
        key, as_bearer = received.get("x-api-key") or received.get("api-key", ""), False
    if not key:
        return {}
    if as_bearer or target == "chat" or key.startswith(_OAUTH_PREFIX):
        return {"authorization": f"Bearer {key}"}
    return {"x-api-key": key}


# -- responses -----------------------------------------------------------------------------------


def convert_response_headers(
    headers: Headers,
    *,
    source: Protocol,
    target: Protocol,
    now: float | datetime | None = None,
) -> dict[str, str]:
    """The headers to send to a client of ``target`` for a response that came as ``source``.

    Messages says when a rate limit is reset as an instant, Chat as the time until then. They are converted
    with ``now``, in Unix seconds or as a datetime (UTC if naive), and left out without it. Rounding is
    upwards, so that nobody retries too early. ``content-type`` is for the caller to set, who knows
    whether a stream follows. Raises `ValueError` for an unknown protocol.
    """
    check_protocols(source, target)
    received = _collect(headers)
    own = (_UNIFIED, *_OWN_RESPONSE[target]) if source == target else _UNIFIED
    converted = {name: value for name, value in received.items() if name in _NEUTRAL_RESPONSE or name.startswith(own)}
    if request_id := received.get(_REQUEST_ID[source]) or received.get(_REQUEST_ID[target]):
        converted[_REQUEST_ID[target]] = request_id
    if source != target:
        converted |= _rate_limits(received, target, now)
    return converted


def _rate_limits(received: Mapping[str, str], target: Protocol, now: float | datetime | None) -> dict[str, str]:
    counts = _COUNTS_TO_CHAT if target == "chat" else _COUNTS_TO_MESSAGES
    converted = {name: received[other] for other, name in counts.items() if other in received}
    if now is not None:
        converted |= _resets(received, target, _as_datetime(now))
    return converted


def _resets(received: Mapping[str, str], target: Protocol, now: datetime) -> dict[str, str]:
    names = _RESETS_TO_CHAT if target == "chat" else _RESETS_TO_MESSAGES
    converted: dict[str, str] = {}
    for other, name in names.items():
        value = received.get(other, "")
        reset = _duration_until(value, now) if target == "chat" else _instant_after(value, now)
        if reset is not None:
            converted[name] = reset
    return converted


# -- names and values ----------------------------------------------------------------------------


def _collect(headers: Headers) -> dict[str, str]:
    """Lower-case names; a repeated one has its values joined, as RFC 9110 section 5.3 allows."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    collected: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = _text(raw_name).lower(), _text(raw_value)
        collected[name] = f"{collected[name]}, {value}" if name in collected else value
    return collected


def _text(value: str | bytes) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return " ".join(text.split())  # a line break would end the header


# -- instants and durations ----------------------------------------------------------------------

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND: Final = timedelta(seconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)

_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
"""RFC 3339, which `datetime.fromisoformat` reads in full only from Python 3.11 on."""

_DURATION: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ns|us|µs|ms|s|m|h|d))+")
_DURATION_PART: Final = re.compile(r"([0-9.]+)([^0-9.]+)")
_UNITS: Final = {
    "ns": timedelta(0),  # finer than a timedelta
    "us": timedelta(microseconds=1),
    "µs": timedelta(microseconds=1),
    "ms": _MILLISECOND,
    "s": _SECOND,
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def _as_datetime(now: float | datetime) -> datetime:
    if not isinstance(now, datetime):
        return _EPOCH + timedelta(seconds=now)
    return now if now.tzinfo else now.replace(tzinfo=timezone.utc)


def _duration_until(instant: str, now: datetime) -> str | None:
    """``1s`` for one second after ``now``; None if ``instant`` is none."""
    match = _INSTANT.fullmatch(instant)
    if match is None:
        return None
    date, time, fraction, offset = match.groups()
    try:
        at = datetime.fromisoformat(f"{date}T{time}{offset.upper().replace('Z', '+00:00')}")
    except ValueError:
        return None
    return _write_duration(at - now + float(fraction or 0) * _SECOND)


def _instant_after(duration: str, now: datetime) -> str | None:
    """The instant at which ``duration`` will have passed; None if it is none."""
    if not _DURATION.fullmatch(duration):
        return None
    try:
        wait = sum((float(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(duration)), timedelta())
        at = (now + wait).astimezone(timezone.utc)
        whole = at if at.microsecond == 0 else at.replace(microsecond=0) + _SECOND
    except OverflowError:
        return None
    return whole.isoformat().replace("+00:00", "Z")


def _write_duration(duration: timedelta) -> str:
    """As OpenAI writes them, which is as Go does: ``6m0s``, ``1.5s``, ``20ms``."""
    milliseconds = max(0, -(-duration // _MILLISECOND))
    if 0 < milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{milliseconds / 1000:g}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds
