"""What each public entry point promises for any bytes: a function that raises if a promise is broken.

The first byte of an input chooses the options, the rest is the document.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, TypeAlias

from llm_transcode import (
    ConversionError,
    Converted,
    InvalidPayload,
    Options,
    StreamAccumulator,
    StreamError,
    StreamTranscoder,
    convert_error,
    convert_models,
    convert_request,
    convert_request_headers,
    convert_response,
    convert_response_headers,
    count_tokens,
    stream_response,
)
from llm_transcode.dialects import DIALECTS
from llm_transcode.losses import LossCode
from llm_transcode.protocols import Protocol
from llm_transcode.sse import SSEDecoder, SSEvent

__all__ = ["TARGETS", "Target"]

Json: TypeAlias = Any
Target: TypeAlias = Callable[[bytes], None]

_BACK: Final[dict[Protocol, Protocol]] = {"messages": "chat", "chat": "messages"}

_PAIRS: Final[tuple[tuple[Protocol, Protocol], ...]] = (
    ("messages", "chat"),
    ("chat", "messages"),
    ("messages", "messages"),
    ("chat", "chat"),
)

_LIMIT: Final = 1 << 16
"""The largest event, so small that inputs reach it."""

_SIZES: Final = (61, 7, 251, 17, 3, 1)
"""How long the pieces are in which a body is fed. Single bytes come last, as they take most of the time."""

_VARIED: Final = (
    Options(),
    Options(downgrade=frozenset(LossCode), n="first", unsigned_thinking="text", structured_output="tool"),
    Options(prefill="continue", mid_system="native", builtin_tools="drop", unanswered_calls="keep", file_ids="keep"),
    Options(deferred_tools="referenced", is_error="drop", invalid_arguments="reject", map_fast=True, reasoning=None),
    Options(think_tags=("think",), annotations=False, eager_start=True, max_event_bytes=_LIMIT, mid_system="text"),
)


@cache
def _options(choice: int, protocol: Protocol) -> Options:
    """Those for a backend of ``protocol``."""
    dialects = [name for name, dialect in DIALECTS.items() if dialect.protocol == protocol]
    varied = [*_VARIED, *(Options(dialect=name, model_facts=None) for name in dialects)]
    return varied[choice % len(varied)]


# -- documents -------------------------------------------------------------------------------------


def request_to_chat(data: bytes) -> None:
    _convert_request(data, "messages")


def request_to_messages(data: bytes) -> None:
    _convert_request(data, "chat")


def _convert_request(data: bytes, source: Protocol) -> None:
    target = _BACK[source]
    options = _options(data[0], target)
    try:
        converted = convert_request(data[1:], source=source, target=target, options=options)
        body = _check_converted(converted)
    except ConversionError as error:
        _check_error(error)
        return
    _check_parsed(data[1:], lambda parsed: convert_request(parsed, source=source, target=target, options=options))
    try:
        _check_converted(convert_request(body, source=target, target=source))
    except ConversionError as error:
        _check_error(error)


def response_to_chat(data: bytes) -> None:
    _convert_response(data, "messages")


def response_to_messages(data: bytes) -> None:
    _convert_response(data, "chat")


def _convert_response(data: bytes, source: Protocol) -> None:
    target = _BACK[source]
    options = _options(data[0], source)
    try:
        converted = convert_response(data[1:], source=source, target=target, options=options)
        body = _check_converted(converted)
    except ConversionError as error:
        _check_error(error)
        return
    _check_converted(convert_response(body, source=target, target=source))
    _check_accumulated(stream_response(body, protocol=target), target)


def error(data: bytes) -> None:
    """Whatever a backend answers becomes an error."""
    status = (None, 200, 404, 529, -1)[data[0] % 5]
    for source, target in _PAIRS:
        converted = convert_error(status, data[1:], source=source, target=target)
        _check_converted(converted)
        assert 400 <= converted.status <= 599


def models(data: bytes) -> None:
    for source, target in _BACK.items():
        try:
            body = _check_converted(convert_models(data[1:], source=source, target=target))
        except ConversionError as error:
            _check_error(error)
        else:
            _check_converted(convert_models(body, source=target, target=source))


def tokens(data: bytes) -> None:
    try:
        counted = count_tokens(data[1:])
    except ConversionError as error:
        _check_error(error)
    else:
        assert _check_converted(counted)["input_tokens"] > 0


def headers(data: bytes) -> None:
    """Nothing is raised, and no line break comes out that did not come in."""
    lines = [line.partition(b":") for line in data[1:].split(b"\n")]
    pairs = [(name, value) for name, _, value in lines]
    for source, target in _PAIRS:
        converted = convert_request_headers(pairs, source=source, target=target)
        converted |= convert_response_headers(pairs, source=source, target=target, now=float(data[0]))
        assert not any("\n" in text for pair in converted.items() for text in pair)


# -- streams ---------------------------------------------------------------------------------------


def stream_to_chat(data: bytes) -> None:
    _transcode(data, "messages")


def stream_to_messages(data: bytes) -> None:
    _transcode(data, "chat")


def _transcode(data: bytes, source: Protocol) -> None:
    """However the body is cut, the same goes out and is lost, and it is a whole stream of the target."""
    target = _BACK[source]
    options = _options(data[0], source)
    whole = StreamTranscoder(source=source, target=target, options=options)
    out = whole.feed(data[1:]) + whole.close()
    assert whole.close() == whole.feed(b"data: {}\n\n") == whole.fail("late") == whole.ping() == b""
    _check_end(whole)
    cut = StreamTranscoder(source=source, target=target, options=options)
    assert b"".join(map(cut.feed, _pieces(data))) + cut.close() == out
    assert cut.losses == whole.losses
    if whole.finished:
        _check_accumulated(out, target)
    else:
        accumulator = StreamAccumulator(protocol=target)
        accumulator.feed(out)
        assert not accumulator.finished


def events(data: bytes) -> None:
    """Events that someone else has parsed."""
    for source, target in _BACK.items():
        stream = StreamTranscoder(source=source, target=target, options=_options(data[0], source))
        for event in _parsed_lines(data[1:]):
            try:
                stream.feed_event(event)
            except ConversionError as error:
                _check_error(error)
                assert not isinstance(event, dict)
        stream.close_events()
        _check_end(stream)


def lines(data: bytes) -> None:
    for source, target in _BACK.items():
        stream = StreamTranscoder(source=source, target=target, options=_options(data[0], source))
        for line in data[1:].split(b"\n"):
            stream.feed_line(line)
        stream.fail("reset")
        _check_end(stream)


def accumulated(data: bytes) -> None:
    for protocol in _BACK:
        accumulator = StreamAccumulator(protocol=protocol, options=Options(max_event_bytes=_LIMIT))
        for piece in _pieces(data):
            accumulator.feed(piece)
        accumulator.close()
        try:
            response = accumulator.response
        except StreamError as error:
            _check_error(error)
        else:
            _check_ended(stream_response(response, protocol=protocol), protocol)


def replayed(data: bytes) -> None:
    for protocol in _BACK:
        try:
            body = stream_response(data[1:], protocol=protocol)
        except ConversionError as error:
            _check_error(error)
        else:
            _check_ended(body, protocol)


def sse(data: bytes) -> None:
    assert _decoded([data[1:]]) == _decoded(_pieces(data))


TARGETS: Final[tuple[Target, ...]] = (
    request_to_chat,
    request_to_messages,
    response_to_chat,
    response_to_messages,
    stream_to_chat,
    stream_to_messages,
    error,
    models,
    tokens,
    headers,
    events,
    lines,
    accumulated,
    replayed,
    sse,
)
"""Every target, the most important ones first."""


# -- what holds for all of them --------------------------------------------------------------------


def _check_error(error: ConversionError) -> None:
    """An error says who is to blame and where."""
    assert error.path.startswith("$"), error.path
    assert error.reason
    assert error.status in (400, 502)


def _check_converted(converted: Converted[Any]) -> Json:
    """The document is JSON, the typed model says the same, and every loss has its place."""
    body = converted.to_dict()
    assert json.loads(converted.to_json()) == body
    try:
        assert converted.value.to_dict() == body
    except InvalidPayload as error:
        raise AssertionError("what comes out is not valid") from error
    assert all(loss.path.startswith("$") and loss.detail for loss in converted.losses)
    return body


def _check_parsed(text: bytes, convert: Callable[[Json], object]) -> None:
    """What was parsed by someone else is not changed."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return
    kept = json.dumps(parsed)
    convert(parsed)
    assert json.dumps(parsed) == kept


def _check_end(stream: StreamTranscoder) -> None:
    """A stream that was ended has either finished or failed."""
    assert stream.finished is (stream.error is None)
    assert all(loss.path.startswith("$") for loss in stream.losses)
    assert len(set(stream.losses)) == len(stream.losses)


def _check_accumulated(body: bytes, protocol: Protocol) -> None:
    """A stream that went out adds up to a response."""
    accumulator = StreamAccumulator(protocol=protocol)
    accumulator.feed(body)
    accumulator.close()
    assert accumulator.response


def _check_ended(body: bytes, protocol: Protocol) -> None:
    """A stream that is replayed ends, with an error if the response holds one, or a call of tomorrow's with one."""
    accumulator = StreamAccumulator(protocol=protocol)
    accumulator.feed(body)
    assert accumulator.finished is (accumulator.error is None)


def _pieces(data: bytes) -> Iterator[bytes]:
    """The document in pieces, whose size the first byte chooses."""
    size = _SIZES[data[0] % len(_SIZES)]
    return (data[at : at + size] for at in range(1, len(data), size))


def _decoded(pieces: Iterable[bytes]) -> list[SSEvent]:
    decoder = SSEDecoder(_LIMIT)
    found = [event for piece in pieces for event in decoder.feed(piece)]
    return [*found, *decoder.close()]


def _parsed_lines(data: bytes) -> Iterator[Json]:
    for line in data.split(b"\n"):
        try:
            yield json.loads(line.removeprefix(b"data: "))
        except (ValueError, RecursionError):
            continue
