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
        (SSEvent("error", b"no luck"), [{"type": "error", "error": "no luck"}]),
    ],
)
def test_what_an_event_says(event: SSEvent, expected: list[Payload]) -> None:
    assert list(payloads(event)) == expected
    assert is_whole(event)


@pytest.mark.parametrize("data", [b"1", b"[]", b'"{}"', b"null", b'{"a":', b'{"a":1}\n{"b":'])
def test_what_says_nothing(data: bytes) -> None:
    event = SSEvent("", data)

    with pytest.raises(InvalidPayload):
        list(payloads(event))
    assert not is_whole(event)
