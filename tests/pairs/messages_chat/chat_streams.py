"""Streams of Chat whose outcome fits into a row of a table: which events become of them, and what they lose."""

from __future__ import annotations

from typing import Final, NamedTuple

from llm_transcode import Options, ReplyContext, StreamError, StreamTranscoder
from tests.pairs.messages_chat.conversions import rows
from tests.streams import DONE, Json, JsonObject, chat_body, chunk, read_events

__all__ = ["DELTA", "ENDED", "Told", "said", "tell", "tell_each"]

DELTA: Final = "$.choices[0].delta"


class Told(NamedTuple):
    """What came of a stream."""

    events: list[JsonObject]
    losses: list[str]
    error: StreamError | None = None


def said(delta: JsonObject | None = None, finish: str | None = None, **fields: Json) -> JsonObject:
    """A chunk that does not say when it was made, which is lost by every stream and no concern of the tests."""
    return {name: value for name, value in chunk(delta, finish).items() if name != "created"} | fields


ENDED: Final = (said(finish="stop"), said(choices=[], usage={"prompt_tokens": 1, "completion_tokens": 2}))
"""The last two chunks; the counts are those that `tests.streams.SPENT` has."""


def tell(
    *chunks: JsonObject, end: bytes = DONE, context: ReplyContext | None = None, options: Options | None = None
) -> Told:
    """What becomes of a stream of these chunks, which came at once."""
    stream = StreamTranscoder(source="chat", target="messages", context=context, options=options)
    out = stream.feed(chat_body(*chunks, end=end)) + stream.close()
    return Told(read_events(out), rows(stream.losses), stream.error)


def tell_each(*chunks: JsonObject, options: Options | None = None) -> list[list[JsonObject]]:
    """The events that leave for each chunk at once."""
    stream = StreamTranscoder(source="chat", target="messages", options=options)
    return [read_events(stream.feed(chat_body(each, end=b""))) for each in chunks]
