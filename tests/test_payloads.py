"""What the data of server-sent events says."""

from __future__ import annotations

import pytest

from llm_transcode.errors import InvalidPayload
from llm_transcode.payloads import Payload, is_whole, payloads
from llm_transcode.sse import SSEvent


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (SSEvent("", b'{"a":1}'), [{"a": 1}]),
        (SSEvent("", b"[DONE]"), [None]),
        (SSEvent("", b" [DONE] "), [None]),
        (SSEvent("ping", b""), []),
        (SSEvent("ping", b"{}"), []),
        (SSEvent("", b'{"a":1}\n{"b":2}\n[DONE]'), [{"a": 1}, {"b": 2}, None]),
        (SSEvent("error", b'{"error":{"message":"no"}}'), [{"error": {"message": "no"}}]),
        (SSEvent("error", b'{"message":"no"}'), [{"type": "error", "error": {"message": "no"}}]),
        (SSEvent("", b'{"a": 1}\n{"b": 2}'), [{"a": 1}, {"b": 2}]),
        (SSEvent("error", b"{}"), [{"type": "error", "error": {}}]),
        (SSEvent("error", b"[1]"), [{"type": "error", "error": [1]}]),
        (SSEvent("error", b"two\nlines"), [{"type": "error", "error": "two\nlines"}]),
        (SSEvent("error", b"no luck"), [{"type": "error", "error": "no luck"}]),
    ],
)
def test_what_an_event_says(event: SSEvent, expected: list[Payload]) -> None:
    assert list(payloads(event)) == expected
    assert is_whole(event)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"1", "some other JSON value"),
        (b"[]", "some other JSON value"),
        (b'"{}"', "some other JSON value"),
        (b"null", "some other JSON value"),
        (b'{"a":', "expected JSON: "),
        (b'{"a":1}\n{"b":', "expected JSON: "),
    ],
)
def test_what_says_nothing(data: bytes, reason: str) -> None:
    event = SSEvent("", data)

    with pytest.raises(InvalidPayload) as refused:
        list(payloads(event))
    assert refused.value.reason.startswith(reason)
    assert not is_whole(event)
