"""Tables of states, whatever the protocol."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import StreamError
from llm_transcode.grammar import draw, next_state

TABLE: Final = {"shut": {"open": "ajar", "lock": "locked"}, "ajar": {"open": "ajar", "close": "shut"}, "locked": {}}
STATES: Final = {"shut": "nobody is in", "ajar": "somebody may be", "locked": "nobody will be"}


@pytest.mark.parametrize(("state", "kind", "following"), [("shut", "open", "ajar"), ("ajar", "close", "shut")])
def test_an_event_leads_to_a_state(state: str, kind: str, following: str) -> None:
    assert next_state(TABLE, state, kind) == following


@pytest.mark.parametrize(
    ("state", "kind", "reason"),
    [
        ("shut", "close", "expected open or lock, got close"),
        ("ajar", "knock", "expected open or close, got knock"),
        ("locked", "open", "expected nothing after the end of the stream, got open"),
    ],
)
def test_what_is_out_of_place_is_named_with_what_was_expected(state: str, kind: str, reason: str) -> None:
    with pytest.raises(StreamError) as refused:
        next_state(TABLE, state, kind)

    assert (refused.value.reason, refused.value.path) == (reason, "$")


def test_the_drawing_begins_in_the_first_state_and_ends_where_nothing_follows() -> None:
    assert (
        draw(TABLE, STATES)
        == """\
stateDiagram-v2
    [*] --> shut
    shut: shut (nobody is in)
    shut --> ajar: open
    shut --> locked: lock
    ajar: ajar (somebody may be)
    ajar --> ajar: open
    ajar --> shut: close
    locked: locked (nobody will be)
    locked --> [*]
"""
    )
