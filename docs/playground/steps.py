"""A stream, step by step: what each piece of the body gives, and where both protocols stand after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from docs.playground.jobs import Job, loss_rows

from llm_transcode import ConversionError, StreamTranscoder
from llm_transcode.chat.grammar import StreamGrammar as ChatGrammar
from llm_transcode.json_text import is_object, parse_json
from llm_transcode.messages.grammar import StreamGrammar as MessagesGrammar
from llm_transcode.protocols import Protocol
from llm_transcode.sse import SSEDecoder, SSEvent
from llm_transcode.wire import JsonObject

__all__ = ["step_through"]

Grammar: TypeAlias = ChatGrammar | MessagesGrammar

_EVENT: Final = re.compile(rb".+?(?:\r?\n\r?\n|\r\r|\Z)", re.DOTALL)
_PIECE: Final = 16
"""How many bytes a piece has when the body is cut without regard to what it says."""

_MOST_PIECES: Final = 5000


class _Follower:
    """Follows a stream by the grammar of its protocol, and keeps what was out of place."""

    def __init__(self, protocol: Protocol) -> None:
        self.grammar: Grammar = ChatGrammar() if protocol == "chat" else MessagesGrammar()
        self._sse = SSEDecoder()

    def feed(self, data: bytes) -> list[str]:
        """Read the next bytes; returns what was out of place in them."""
        return [found for event in self._sse.feed(data) if (found := self._step(event))]

    def _step(self, event: SSEvent) -> str:
        if event.comment is not None:
            return ""
        try:
            if event.data.strip() == b"[DONE]":
                if isinstance(self.grammar, ChatGrammar):
                    self.grammar.done()
                return ""
            data = parse_json(event.data)
            if is_object(data):
                self.grammar.step(data)
        except ConversionError as error:
            return str(error)
        return ""


def step_through(job: Job, cut: str) -> JsonObject:
    """Every step of a stream. ``cut`` says how the body comes: by ``event``, by ``line``, or in small ``bytes``."""
    stream = StreamTranscoder(source=job.source, target=job.target, context=job.context(), options=job.parsed_options())
    body = job.text.encode("utf-8", "surrogatepass")
    steps = list(_steps(job, stream, _pieces(body, cut)))
    return {
        "steps": steps,
        "losses": list(loss_rows(stream.losses)),
        "usage": stream.usage,
        "finished": stream.finished,
        "error": str(stream.error) if stream.error else None,
    }


def _pieces(body: bytes, cut: str) -> list[bytes]:
    if cut == "event":
        pieces = _EVENT.findall(body)
    elif cut == "line":
        pieces = body.splitlines(keepends=True)
    else:
        pieces = [body[start : start + _PIECE] for start in range(0, len(body), _PIECE)]
    return [*pieces[:_MOST_PIECES], b"".join(pieces[_MOST_PIECES:])] if len(pieces) > _MOST_PIECES else pieces


def _steps(job: Job, stream: StreamTranscoder, pieces: list[bytes]) -> Iterator[JsonObject]:
    """One for each piece, and one for the end of the body."""
    source, target = _Follower(job.source), _Follower(job.target)
    fed = b""
    for piece in pieces:
        fed += piece
        odd = source.feed(piece)
        yield _step(stream, fed, stream.feed(piece), source, target) | {"odd": odd}
    yield _step(stream, fed, stream.close(), source, target) | {"odd": source.feed(b"\n\n")}


def _step(stream: StreamTranscoder, fed: bytes, out: bytes, source: _Follower, target: _Follower) -> JsonObject:
    target.feed(out)
    return {
        "at": _length(fed),
        "out": out.decode(),
        "source": source.grammar.state,
        "target": target.grammar.state,
        "expected": list(source.grammar.expected),
        "losses": len(stream.losses),
    }


def _length(data: bytes) -> int:
    """How many units of UTF-16 the whole characters take, which is how the page counts."""
    return len(data.decode("utf-8", "ignore").encode("utf-16-le")) // 2
