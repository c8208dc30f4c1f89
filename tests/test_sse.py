from __future__ import annotations

from collections.abc import Iterable
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llm_transcode.errors import StreamError
from llm_transcode.sse import SSEDecoder, SSEvent, encode_comment, encode_event


def decode(*chunks: bytes) -> list[SSEvent]:
    decoder = SSEDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.close()


def bytewise(body: bytes) -> list[bytes]:
    return [body[at : at + 1] for at in range(len(body))]


def events_of(body: bytes) -> list[tuple[str, bytes]]:
    """What a whole body says, which must not depend on how it is cut."""
    events = decode(body)

    assert events == decode(*bytewise(body))
    assert events == decode(b"", *(body[at : at + 3] for at in range(0, len(body), 3)))
    return [(event.event, event.data) for event in events if event.comment is None]


# -- the examples of the standard, section 9.2.6 -------------------------------------------------


def test_whatwg_stock_data_lines_are_joined() -> None:
    assert events_of(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [("", b"YHOO\n+2\n10")]


def test_whatwg_four_blocks() -> None:
    body = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"

    assert events_of(body) == [("", b"first event"), ("", b"second event"), ("", b" third event")]
    assert [event for event in decode(body) if event.comment is not None] == [SSEvent("", b"", "test stream")]


def test_whatwg_third_event_is_not_dispatched_before_the_end() -> None:
    decoder = SSEDecoder()

    assert decoder.feed(b"data:  third event\n") == []
    assert decoder.close() == [SSEvent("", b" third event")]


def test_whatwg_empty_data() -> None:
    assert events_of(b"data\n\ndata\ndata\n\ndata:") == [("", b""), ("", b"\n")]


def test_whatwg_space_after_the_colon_is_optional() -> None:
    assert events_of(b"data:test\n\ndata: test\n\n") == [("", b"test"), ("", b"test")]


def test_whatwg_event_types() -> None:
    body = b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n"

    assert events_of(body) == [("add", b"73857293"), ("remove", b"2153"), ("add", b"113411")]


# -- lines and fields ----------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends(end: bytes) -> None:
    body = end.join([b"event: a", b"data: 1", b"", b"data: 2", b"data: 3", b"", b""])

    assert events_of(body) == [("a", b"1"), ("", b"2\n3")]


def test_cr_lf_cut_in_two_is_one_line_end() -> None:
    decoder = SSEDecoder()

    assert decoder.feed(b"data: 1\r") == []
    assert decoder.feed(b"") == []
    assert decoder.feed(b"\n") == []
    assert decoder.feed(b"\r") == [SSEvent("", b"1")]
    assert decoder.feed(b"\n") == []
    assert decoder.feed(b"data: 2\r\r") == [SSEvent("", b"2")]


def test_event_is_returned_with_the_chunk_that_completes_it() -> None:
    decoder = SSEDecoder()

    assert decoder.feed(b"data: 1\n\ndata") == [SSEvent("", b"1")]
    assert decoder.feed(b": 2\n\n") == [SSEvent("", b"2")]


def test_byte_order_mark_counts_only_at_the_start() -> None:
    mark = b"\xef\xbb\xbf"
    body = mark + b"data: 1\n\n" + mark + b"data: 2\n\ndata: " + mark + b"3\n\n"

    assert events_of(body) == [("", b"1"), ("", mark + b"3")]
    assert events_of(mark * 2 + b"data: 1\n\n") == []
    assert events_of(b"\n" + mark + b"data: 1\n\n") == []
    assert decode(b"\n\n", mark + b"data: 1\n\n") == []


def test_unknown_fields_are_skipped() -> None:
    body = b"id: 7\nretry: 10\nDATA: 1\n data: 2\ndata : 3\nnonsense\ndata: 4\nid: 8\n\n"

    assert events_of(body) == [("", b"4")]


def test_event_without_data_is_none_and_takes_its_type_with_it() -> None:
    assert events_of(b"event: ping\n\ndata: 1\n\n\n\nevent: done\n\n") == [("", b"1")]


def test_last_event_type_counts() -> None:
    assert events_of(b"event: a\nevent: b\ndata: 1\n\nevent: a\nevent\ndata: 2\n\n") == [("b", b"1"), ("", b"2")]


def test_characters_cut_in_two() -> None:
    assert events_of("event: é\ndata: 你好 🎉\n\n".encode()) == [("é", "你好 🎉".encode())]


def test_what_is_not_utf_8_is_replaced() -> None:
    body = b"event: \xff\ndata: a\xe4\xbd\ndata: \xed\xa0\x80\n\nevent:\xff\ndata:\xff\n\n"

    assert events_of(body) == [
        ("\ufffd", "a\ufffd\n\ufffd\ufffd\ufffd".encode()),
        ("\ufffd", "\ufffd".encode()),
    ]


def test_comments_keep_their_place() -> None:
    body = b":\n\nevent: a\n: in between\ndata: 1\n\n:after\n"
    comments = [SSEvent("", b"", ""), SSEvent("", b"", "in between"), SSEvent("a", b"1"), SSEvent("", b"", "after")]

    assert decode(body) == comments
    assert decode(*bytewise(body)) == comments


def test_event_line_after_data_starts_the_next_event() -> None:
    body = b'event: a\ndata: {"n":1}\nevent: b\ndata: {"n":2}\n\n'

    assert events_of(body) == [("a", b'{"n":1}'), ("b", b'{"n":2}')]


# -- the end of the body -------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"", b"\n", b"\r", b"\r\n", b"\n\n"])
def test_close_returns_the_unterminated_event(end: bytes) -> None:
    assert events_of(b"event: a\ndata: 1" + end) == [("a", b"1")]


@pytest.mark.parametrize("rest", [b"", b"dat", b"data:", b"data: ", b"event: a", b"event: a\ndata", b": comment"])
def test_close_returns_nothing_without_data(rest: bytes) -> None:
    assert decode(b"data: 1\n\n" + rest) == [SSEvent("", b"1")]


def test_close_is_idempotent() -> None:
    decoder = SSEDecoder()
    decoder.feed(b"data: 1")

    assert decoder.close() == [SSEvent("", b"1")]
    assert decoder.close() == []


# -- lines from a client that splits them --------------------------------------------------------


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("line", ["data: 1", "data: X", "data: X ", "data: \t", "event: a", "", ": c", "data: é"])
def test_feed_line_equals_feed(line: str, end: str) -> None:
    as_text, as_bytes, fed = SSEDecoder(), SSEDecoder(), SSEDecoder()
    for decoder in (as_text, as_bytes, fed):
        decoder.feed(b"event: e\ndata: 0\n")

    expected = fed.feed(line.encode() + b"\n"), fed.close()

    assert (as_text.feed_line(line + end), as_text.close()) == expected
    assert (as_bytes.feed_line((line + end).encode()), as_bytes.close()) == expected


def test_feed_line_replaces_what_has_no_utf_8() -> None:
    decoder = SSEDecoder()
    decoder.feed_line("data: \ud83d")

    assert decoder.feed_line("") == [SSEvent("", "\ufffd\ufffd\ufffd".encode())]


# -- any bytes, any cut --------------------------------------------------------------------------


def reference(body: bytes) -> list[tuple[str, str, str | None]]:
    """The standard read literally, with the departures that the module lists; on a whole body only."""
    text = body.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    *lines, last = text.split("\n")
    at_end = len(reference_events(lines))
    events = reference_events([*lines, last, ""])
    return events[:at_end] + [event for event in events[at_end:] if event[1]]


def reference_events(lines: list[str]) -> list[tuple[str, str, str | None]]:
    found: list[tuple[str, str, str | None]] = []
    event, data = "", ""
    for line in lines:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line or (field == "event" and data):
            if data:
                found.append((event, data.removesuffix("\n"), None))
            event, data = "", ""
        if field == "event":
            event = value
        elif field == "data":
            data += value + "\n"
        elif line and not field:
            found.append(("", "", value))
    return found


TOKENS = [b"data", b"event", b"id", b"data: x\n\n", b"event: e\ndata: y\n\n", b":", b": ", b" ", b"\n", b"\n\n", b"\r"]
TOKENS += [b"\r\n", b"x", b"{}", b"\0", b"\xff", b"\xe4\xbd\xa0", b"\xe4", b"\xa0", b"\xef\xbb\xbf", b"\xef", b"\xbb"]
bodies = st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join) | st.binary(max_size=60)


@st.composite
def cut_bodies(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    body = draw(bodies)
    places = sorted(draw(st.lists(st.integers(0, len(body)), max_size=12)))
    return body, [body[start:end] for start, end in zip([0, *places], [*places, len(body)], strict=True)]


@given(bodies)
@example(b"data: 1\revent: a\rdata: 2\r")
@example(b"data: x\n\n\n\n\ndata: y\n\n\n")
def test_whole_body_reads_like_the_standard(body: bytes) -> None:
    assert [(event.event, event.data.decode(), event.comment) for event in decode(body)] == reference(body)


@given(cut_bodies())
def test_cuts_change_nothing(case: tuple[bytes, list[bytes]]) -> None:
    body, chunks = case

    assert decode(body) == decode(*chunks) == decode(*bytewise(body))


@given(cut_bodies(), st.sampled_from([b"data: ", b"event: a\ndata: ", b"data:"]))
@example((b"data: 1\n\n" * 3, [b"data: 1\n\n"] * 3), b"data: ")
@example((b"data: 1\ndata: 2\n\n", [b"data: 1\n", b"data: 2\n\n"]), b"data: ")
@example((b"data: 1\ndata: 2\n\n", [b"data: 1\ndata: 2\n\n"]), b"data: ")
@example((b"data: 1\rdata: 2\n\n", [b"data: 1\rdata: 2\n\n"]), b"data: ")
@example((b"event: a\ndata: 2\n\n", [b"event: a\n", b"data: 2\n\n"]), b"data: ")
@example((b"data: 1\n\ndata: \xff\n\n", [b"data: 1\n\n", b"data: \xff\n\n"]), b"data: ")
@example((b"\rdata: 1\r\n\n", [b"\r", b"data: 1\r\n\n"]), b"data: ")
def test_an_event_alone_is_the_event_that_feed_returns(case: tuple[bytes, list[bytes]], head: bytes) -> None:
    decoder = SSEDecoder(max_event_bytes=30)
    decoder.feed(b"\n")
    for chunk in case[1]:
        alone = decoder.data_of_one(chunk, head)
        events = decoder.feed(chunk)
        assert alone is None or events == [SSEvent("a" if b"event" in head else "", alone.removeprefix(b" "))]


@given(cut_bodies())
@example((b"data: 1\n\ndata: 2\n\n", [b"data: 1\n\n", b"data: 2\n\n"]))
@example((b"event: a\n\ndata: 2\n\n", [b"event: a\n", b"\n", b"data: 2\n\n"]))
@example((b"data: 1\r\ndata: 2", [b"data: 1\r", b"\n", b"data: 2"]))
@example((b"data: 1\n\n\r\n", [b"data: 1\n\n\r", b"\n"]))
@example((b"\xef\xbb\xbfdata: 1\n\n", [b"", b"\xef", b"\xbb\xbfdata: 1\n\n"]))
def test_between_events_another_one_may_be_read_elsewhere(case: tuple[bytes, list[bytes]]) -> None:
    decoder, other = SSEDecoder(max_event_bytes=30), SSEDecoder(max_event_bytes=30)
    for chunk in case[1]:
        if decoder.between_events:
            assert other.feed(b"event: a\ndata: 1\n\n") == [SSEvent("a", b"1")]
        assert decoder.feed(chunk) == other.feed(chunk)


def test_a_line_goes_on_with_what_was_fed_before() -> None:
    decoder = SSEDecoder(max_event_bytes=20)
    events = [*decoder.feed(b"data: 1\n\ndata"), *decoder.feed_line(": 2"), *decoder.feed_line(b"")]
    assert events == [SSEvent("", b"1"), SSEvent("", b"2")]

    assert decoder.feed_line("data: " + "x" * 20) == []
    assert decoder.error is not None
    assert [*decoder.feed_line("data: 3"), *decoder.feed_line("")] == []


def test_an_event_alone_is_none_within_another_or_behind_an_error() -> None:
    decoder = SSEDecoder(max_event_bytes=20)
    assert decoder.data_of_one(b"data: 1\n\n", b"data: ") is None  # a byte order mark may come first

    decoder.feed(b"data: 1\n\n")
    assert decoder.data_of_one(b"data: 2\n\n", b"data: ") == b"2"
    assert decoder.data_of_one(b"data: " + b"x" * 20 + b"\n\n", b"data: ") is None
    decoder.feed(b"data: " + b"x" * 20)
    assert decoder.data_of_one(b"data: 2\n\n", b"data: ") is None


def test_a_decoder_knows_when_it_is_between_events() -> None:
    decoder = SSEDecoder(max_event_bytes=20)
    assert not decoder.between_events  # a byte order mark may come first

    for fed, between in ((b"data: 1\n\n", True), (b"data: 2\n", False), (b"\n", True), (b"event: a\n", False)):
        decoder.feed(fed)
        assert decoder.between_events is between
    for line, between in (("", True), ("data: 3", False), ("", True)):
        decoder.feed_line(line)
        assert decoder.between_events is between
    decoder.feed(b"x" * 21)
    assert decoder.error is not None
    assert not decoder.between_events


def bounded(chunks: Iterable[bytes], limit: int) -> tuple[list[SSEvent], bool]:
    decoder = SSEDecoder(max_event_bytes=limit)
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    events += decoder.close()
    return events, decoder.error is None


@given(cut_bodies(), st.integers(1, 30))
def test_cuts_change_nothing_at_the_limit(case: tuple[bytes, list[bytes]], limit: int) -> None:
    body, chunks = case

    assert bounded([body], limit) == bounded(chunks, limit) == bounded(bytewise(body), limit)


# -- bounds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [b"x", b"data: x", b": endless", b"data: x\n", b"data:\n", b"event: a\ndata: 1\ndata: 2"],
    ids=["line", "data in one line", "comment", "data lines", "empty data lines", "an event without end"],
)
def test_endless_event_is_refused(piece: bytes) -> None:
    decoder = SSEDecoder(max_event_bytes=1000)
    assert decoder.feed(b"data: 1\n\n" + piece) == [SSEvent("", b"1")]

    for _ in range(1001):
        assert decoder.feed(piece) == []

    assert isinstance(decoder.error, StreamError)
    assert decoder.error.status == 502
    assert "1000 bytes" in str(decoder.error)
    assert decoder.feed(b"\n\ndata: 2\n\n") == []
    assert decoder.close() == []


def test_events_before_the_one_that_is_too_large_are_returned() -> None:
    decoder = SSEDecoder(max_event_bytes=20)

    assert decoder.feed(b"data: 1\n\ndata: " + b"x" * 21 + b"\n\ndata: 2\n\n") == [SSEvent("", b"1")]
    assert decoder.error is not None


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"data: 12345678\n\n", 14),
        (b"data: 12345678", 14),
        (b": 12345678\ndata: 1\n\n", 10),
        (b"data:1234\ndata:6789\ndata:1\n\n", 11),
    ],
    ids=["line", "line without end", "comment", "data lines"],
)
def test_the_limit_itself_is_kept_to(body: bytes, size: int) -> None:
    for limit, fits in ((size, True), (size - 1, False)):
        decoder = SSEDecoder(max_event_bytes=limit)
        for byte in bytewise(body):
            decoder.feed(byte)
        assert (decoder.error is None) is fits


def test_the_limit_holds_for_single_lines_too() -> None:
    decoder = SSEDecoder(max_event_bytes=14)
    decoder.feed_line("data: 12345")
    decoder.feed_line("data: 789")
    assert decoder.error is None

    assert decoder.feed_line("data: 123456") == []
    assert isinstance(decoder.error, StreamError)
    assert decoder.feed_line("") == decoder.feed_line("data: 1") == decoder.close() == []


def test_limit_is_on_the_event_not_on_the_chunk_or_the_stream() -> None:
    decoder = SSEDecoder(max_event_bytes=20)
    body = b": comment\ndata: 123456\n\n"

    assert len(decoder.feed(body * 10_000)) == 20_000
    assert [event for _ in range(100) for event in decoder.feed(b"id: 1\n")] == []
    assert decoder.error is None


@pytest.mark.parametrize("body", [b"data: " + b"x" * 99, b"data:x\n" * 14], ids=["one line", "many lines"])
def test_work_is_linear_byte_by_byte(body: bytes) -> None:
    """Were anything rescanned or copied again with each byte, the larger body would cost 16 times as much a byte."""

    def cost_of_a_byte(times: int) -> float:
        chunks = bytewise(body * times)
        decoder = SSEDecoder()
        start = process_time()
        for chunk in chunks:
            decoder.feed(chunk)
        return (process_time() - start) / len(chunks)

    assert cost_of_a_byte(3200) < 6 * min(cost_of_a_byte(200) for _ in range(3))


# -- writing -------------------------------------------------------------------------------------


def test_encode_event() -> None:
    assert encode_event(b'{"a":1}') == b'data: {"a":1}\n\n'
    assert encode_event(b'{"a":1}', "ping") == b'event: ping\ndata: {"a":1}\n\n'
    assert encode_event(b"", "") == b"data: \n\n"


@pytest.mark.parametrize(("data", "name"), [(b"1\n2", "a\nb"), (b"1\r2", "a\rb"), (b"1\r\n2", "a\r\nb")])
def test_a_line_break_never_ends_what_is_encoded(data: bytes, name: str) -> None:
    assert encode_event(data, name) == b"event: a b\ndata: 1\ndata: 2\n\n"


def test_encode_comment() -> None:
    assert encode_comment("keep-alive") == b": keep-alive\n\n"
    assert encode_comment("two\r\nlines") == b": two\n: lines\n\n"
    assert encode_comment("half \ud83d") == b": half ?\n\n"


def as_received(text: str) -> str:
    """What is left of a text on the wire: line ends are LF, and half of a surrogate pair is a question mark."""
    return text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(), st.text() | st.none())
@example("a\rb\r\nc\n", None)
@example("1", "ping\n\ndata: 2")
@example("1", "\ud83d")
def test_what_is_written_reads_back(text: str, name: str | None) -> None:
    [event] = SSEDecoder().feed(encode_event(text.encode("utf-8", "replace"), name))

    assert event.data.decode() == as_received(text)
    assert event.event == as_received(name or "").replace("\n", " ")


@given(st.text())
def test_comments_hold_nothing_but_comments(text: str) -> None:
    assert all(event.comment is not None for event in SSEDecoder().feed(encode_comment(text)))
