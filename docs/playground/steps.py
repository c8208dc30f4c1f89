"""A stream, step by step: what each piece of the body gives, and where both protocols stand after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from docs.playground.jobs import Job, loss_rows

from llm_transcode import ConversionError, StreamTranscoder
from llm_transcode.chat import grammar as chat
from llm_transcode.json_text import parse_json
from llm_transcode.messages import grammar as messages
from llm_transcode.protocols import Protocol
from llm_transcode.sse import SSEDecoder
from llm_transcode.wire import Json, JsonObject

__all__ = ["step_through"]

_EVENT: Final = re.compile(rb".+?(?:\r?\n\r?\n|\r\r|\Z)", re.DOTALL)
_PIECE: Final = 16
"""How many bytes a piece has when the body is cut without regard to what it says."""

_MOST_PIECES: Final = 5000

_DONE: Final = b"[DONE]"


def _table(protocol: Protocol) -> dict[str, dict[str, str]]:
    """What may follow what: state -> kind of event -> state."""
    states = messages.TRANSITIONS.items() if protocol == "messages" else chat.TRANSITIONS.items()
    return {state: {kind: following for kind, following in kinds.items()} for state, kinds in states}  # noqa: C416


class _Follower:
    """Follows a stream by the grammar of its protocol, and goes on where the grammar would not."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._transitions = _table(protocol)
        self._grammar = chat.StreamGrammar() if protocol == "chat" else messages.StreamGrammar()
        self._sse = SSEDecoder()
        self._is_odd = False
        self.state = next(iter(self._transitions))

    @property
    def expected(self) -> list[str]:
        """What may come next."""
        return list(self._transitions[self.state])

    def feed(self, data: bytes) -> list[str]:
        """Read the next bytes; returns what was out of place in them, of which only the first thing counts."""
        return [odd for event in self._sse.feed(data) if event.comment is None and (odd := self._read(event.data))]

    def _read(self, data: bytes) -> str:
        try:
            event = None if data.strip() == _DONE else parse_json(data)
        except ConversionError as error:
            return self._remark(error)
        for kind in self._kinds(event):
            self.state = self._following(kind)
        try:
            self._step(event)
        except ConversionError as error:
            return self._remark(error)
        return ""

    def _step(self, event: Json) -> None:
        if isinstance(event, dict):
            self._grammar.step(event)
        elif isinstance(self._grammar, chat.StreamGrammar):
            self._grammar.done()

    def _remark(self, error: ConversionError) -> str:
        known, self._is_odd = self._is_odd, True
        return "" if known else str(error)

    def _kinds(self, event: Json) -> list[str]:
        """What an event brings, in the words of the table."""
        if not isinstance(event, dict):
            return ["[DONE]"]
        if self._protocol == "messages":
            return [str(event.get("type"))]
        if event.get("error"):
            return ["error"]
        choices = event.get("choices") or []
        finished = any(choice.get("finish_reason") for choice in choices)
        return ["choice"] * bool(choices) + ["last_finish"] * finished or ["usage"] * bool(event.get("usage"))

    def _following(self, kind: str) -> str:
        """Where a kind of event leads to from here, else from wherever it may come."""
        if kind in self._transitions[self.state]:
            return self._transitions[self.state][kind]
        return next((known[kind] for known in self._transitions.values() if kind in known), self.state)


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
        "source": source.state,
        "target": target.state,
        "expected": source.expected,
        "losses": len(stream.losses),
    }


def _length(data: bytes) -> int:
    """How many units of UTF-16 the whole characters take, which is how the page counts."""
    return len(data.decode("utf-8", "ignore").encode("utf-16-le")) // 2
