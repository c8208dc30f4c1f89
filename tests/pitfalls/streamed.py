"""Streamed replies of Chat around what a pitfall is about, and what should become of them."""

from __future__ import annotations

from llm_transcode import Options, ReplyContext
from tests.streams import (
    JsonObject,
    Stream,
    chunk,
    message_end,
    message_start,
    to_messages,
    usage_chunk,
)

__all__ = ["CREATED", "INCOMPLETE", "NO_REASON", "check", "reply", "unsigned"]

INCOMPLETE = ("tool_call_incomplete", "$.choices[0].delta.tool_calls[0].function.arguments")
CREATED = ("created", "$.created")
NO_REASON = ("stop_reason", "$.choices")


def reply(*deltas: JsonObject, finish: str = "stop", **options: ReplyContext | Options | None) -> Stream:
    """Transcode a reply with these deltas, a finish reason and the counts."""
    chunks = [*(chunk(delta) for delta in deltas), chunk(finish=finish), usage_chunk()]
    return to_messages(*chunks, **options)  # type: ignore[arg-type]


def check(
    stream: Stream, *blocks: list[JsonObject], stop: str = "end_turn", losses: list[tuple[str, str]] | None = None
) -> None:
    """Compare a reply whole; every stream loses the time of creation."""
    events = [event for each in blocks for event in each]

    assert stream.events == [message_start(), *events, *message_end(stop)]
    assert stream.losses == [CREATED, *(losses or [])]
    assert stream.finished
    assert stream.error is None


def unsigned(slot: str = "reasoning_content") -> tuple[str, str]:
    """The loss of a thought that stood in ``slot`` of a delta, without signature."""
    return ("thinking_unsigned", f"$.choices[0].delta.{slot}")
