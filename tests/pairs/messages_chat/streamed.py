"""Streams of Messages towards Chat whose outcome fits into a row: deltas in, chunks out, and what was lost."""

from __future__ import annotations

from typing import Final, NamedTuple

from llm_transcode import Options, ReplyContext, StreamTranscoder
from tests.pairs.messages_chat.conversions import rows
from tests.streams import NO_CLOCK, JsonObject, chunk, message_end, message_start, messages_body, read_events

__all__ = ["ROLE", "Told", "deltas_of", "reply", "told", "told_by"]

ROLE: Final = chunk({"role": "assistant", "content": ""})
"""The first chunk of every reply."""


class Told(NamedTuple):
    """What the client was told, and how the stream ended."""

    events: list[JsonObject]
    losses: list[str]
    error: str | None
    usage: JsonObject | None


def told(*events: JsonObject, context: ReplyContext | None = None, options: Options = NO_CLOCK) -> Told:
    """Transcode these events and close."""
    return told_by(messages_body(*events), context, options)


def told_by(body: bytes, context: ReplyContext | None = None, options: Options = NO_CLOCK) -> Told:
    """Transcode a body, for what is not written as usual."""
    stream = StreamTranscoder(source="messages", target="chat", context=context, options=options)
    out = read_events(stream.feed(body) + stream.close())
    assert stream.finished is (stream.error is None)
    reason = None if stream.error is None else stream.error.reason
    return Told(out, rows(stream.losses), reason, stream.usage)


def reply(
    *blocks: list[JsonObject], stop: str = "end_turn", context: ReplyContext | None = None, options: Options = NO_CLOCK
) -> Told:
    """Transcode a reply with these blocks."""
    said = [event for each in blocks for event in each]
    return told(message_start(), *said, *message_end(stop), context=context, options=options)


def deltas_of(outcome: Told) -> list[JsonObject]:
    """The deltas between the first chunk and the one with the finish reason."""
    assert outcome.events[0]["choices"][0]["delta"] == ROLE["choices"][0]["delta"]
    assert outcome.events[-1] == {"done": True}
    return [event["choices"][0]["delta"] for event in outcome.events[1:-2]]
