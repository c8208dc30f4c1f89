"""What may follow what in a stream of Messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given

from llm_transcode.errors import StreamError
from llm_transcode.messages.accumulate import events_of
from llm_transcode.messages.grammar import DELTAS, INITIAL, STATES, TRANSITIONS, StreamGrammar, diagram
from tests.recordings import JsonObject, needs_recordings, payloads, recordings
from tests.strategies import messages_replies

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "streams.md"

START: Final[JsonObject] = {"type": "message_start", "message": {"stop_reason": None}}
WHOLE: Final[JsonObject] = {"type": "message_start", "message": {"stop_reason": "end_turn"}}
END: Final[JsonObject] = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
STOP: Final[JsonObject] = {"type": "message_stop"}
PING: Final[JsonObject] = {"type": "ping"}
ERROR: Final[JsonObject] = {"type": "error", "error": {"type": "api_error", "message": "It broke."}}
CLOSE: Final[JsonObject] = {"type": "content_block_stop", "index": 0}


def opening(kind: str = "text", index: int = 0) -> JsonObject:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind}}


def delta(kind: str = "text_delta", index: Any = 0) -> JsonObject:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind}}


def follow(*events: JsonObject) -> StreamGrammar:
    grammar = StreamGrammar()
    for event in events:
        grammar.step(event)
    return grammar


def test_the_table_is_closed() -> None:
    reached = {target for expected in TRANSITIONS.values() for target in expected.values()} | {INITIAL}

    assert set(TRANSITIONS) == set(STATES) == reached
    assert next(iter(TRANSITIONS)) == INITIAL


@pytest.mark.parametrize(
    "events",
    [
        [START, END, STOP],
        [START, PING, opening(), PING, delta(), delta("citations_delta"), CLOSE, PING, END, END, PING, STOP],
        [
            START,
            opening("redacted_thinking"),
            CLOSE,
            opening("tool_use", 1),
            delta("input_json_delta", 1),
            {**CLOSE, "index": 1},
            END,
            STOP,
        ],
        [PING, WHOLE, PING, STOP],
        [START, {"type": "message_pause"}, opening("video"), delta("text_delta"), CLOSE, END, STOP],
        [START, opening(), delta("scent_delta"), CLOSE, END, STOP],
    ],
)
def test_sound_streams(events: list[JsonObject]) -> None:
    grammar = follow(*events)

    assert grammar.finished
    assert grammar.state == "stopped"
    assert grammar.expected == ()


@pytest.mark.parametrize("events", [[], [START], [START, opening()], [START, END]])
def test_an_error_may_come_at_any_time_and_is_the_end(events: list[JsonObject]) -> None:
    grammar = follow(*events, ERROR)

    assert grammar.state == "failed"
    assert not grammar.finished


BETWEEN: Final = "expected content_block_start or message_delta or ping or error"
WITHIN: Final = "expected content_block_delta or content_block_stop or ping or error"
ENDING: Final = "expected message_delta or message_stop or ping or error"
OVER: Final = "expected nothing after the end of the stream"


@pytest.mark.parametrize(
    ("events", "wrong", "reason", "path"),
    [
        ([], END, "expected message_start or message_start_whole or ping or error, got message_delta", "$"),
        ([START], START, f"{BETWEEN}, got message_start", "$"),
        ([START], STOP, f"{BETWEEN}, got message_stop", "$"),
        ([START], delta(), f"{BETWEEN}, got content_block_delta", "$"),
        ([START, opening()], opening(index=1), f"{WITHIN}, got content_block_start", "$"),
        ([START, opening()], END, f"{WITHIN}, got message_delta", "$"),
        ([START], opening(index=1), "expected index 0, got 1", "$.index"),
        ([START, opening(), CLOSE], opening(), "expected index 1, got 0", "$.index"),
        ([START, opening()], delta(index="0"), "expected index 0, got 0", "$.index"),
        ([START, opening()], {**CLOSE, "index": 1}, "expected index 0, got 1", "$.index"),
        (
            [START, opening()],
            delta("thinking_delta"),
            "expected citations_delta or text_delta for a text block, got thinking_delta",
            "$.delta.type",
        ),
        (
            [START, opening("redacted_thinking")],
            delta(),
            "expected no delta for a redacted_thinking block, got text_delta",
            "$.delta.type",
        ),
        (
            [START, opening("redacted_thinking")],
            {**delta(), "delta": "text"},
            "expected no delta for a redacted_thinking block, got something without a type",
            "$.delta.type",
        ),
        ([START, END], opening(), f"{ENDING}, got content_block_start", "$"),
        ([WHOLE], END, "expected message_stop or ping or error, got message_delta", "$"),
        ([WHOLE, STOP], PING, f"{OVER}, got ping", "$"),
        ([START, ERROR], {"type": "later"}, f"{OVER}, got later", "$"),
        ([START, ERROR], {"type": 5}, f"{OVER}, got something without a type", "$"),
    ],
)
def test_what_is_out_of_place_is_refused_and_changes_nothing(
    events: list[JsonObject], wrong: JsonObject, reason: str, path: str
) -> None:
    grammar = follow(*events)
    before = (grammar.state, grammar.expected)

    with pytest.raises(StreamError) as caught:
        grammar.step(wrong)

    assert (caught.value.reason, caught.value.path) == (reason, path)
    assert (grammar.state, grammar.expected) == before


def test_malformed_events_are_of_no_type() -> None:
    grammar = StreamGrammar()

    grammar.step({"type": 5})
    grammar.step({})
    grammar.step({"type": "message_start"})

    assert grammar.state == "between"


def test_a_malformed_block_is_of_no_type() -> None:
    grammar = follow(START, {**opening(), "content_block": "text"})

    assert grammar.state == "within"


@given(messages_replies())
def test_events_of_a_response_are_sound(response: JsonObject) -> None:
    assert follow(*events_of(response)).finished


def test_the_page_shows_the_table() -> None:
    page = PAGE.read_text("utf-8")

    assert diagram() in page
    for block, deltas in DELTAS.items():
        assert f"| `{block}` | {', '.join(f'`{name}`' for name in deltas)} |" in page


# A client that stopped reading, and a server that says everything twice.
UNSOUND: Final = {
    "anthropic-sdk-python__streaming-incomplete_partial_json_response.sse",
    "ai__anthropic-duplicate-message-start.sse",
}


@needs_recordings
@pytest.mark.parametrize("path", recordings("messages", "stream"), ids=lambda path: path.stem)
def test_recorded_streams_are_sound(path: Path) -> None:
    if path.name in UNSOUND:
        with pytest.raises(StreamError):
            follow(*payloads(path.read_bytes()))
    else:
        assert follow(*payloads(path.read_bytes())).state in ("stopped", "failed")
