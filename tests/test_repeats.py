"""Documents that repeat the one before with another text: found where they do, and never where they do not."""

from __future__ import annotations

import json
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llm_transcode import ReplyContext, StreamTranscoder
from llm_transcode.json_text import Json, JsonObject, Template, dump_json, is_object, parse_json
from llm_transcode.protocols import Protocol
from llm_transcode.repeats import Repeats
from llm_transcode.tokens import Growth, Place, Token
from tests.streams import (
    call,
    chat_body,
    chunk,
    message_start,
    messages_body,
    read_events,
    text_block,
    thinking_block,
    tool_block,
)

TEXT: Final[Place] = ("text", 0)

TEXTS: Final = [
    "word",
    "",
    " ",
    'a "quoted" word',
    '"}',
    '"},"pad":"ab"}',
    "\\",
    '\\"',
    "\n\t\0\x7f",
    "na\u00efve \u4f60\u597d \U0001f600 \u2028",
    "null",
    "x" * 10_000,
]


def read(document: Json) -> Token | None:
    """A token is ``{"n": 0, "t": text}`` with whatever else is any string or null."""
    if not is_object(document) or not isinstance(document.get("t"), str) or not document["t"]:
        return None
    number = document.get("n", 0)
    others: list[Json] = [value for name, value in document.items() if name not in ("n", "t")]
    if not isinstance(number, int) or document.get("stop") or any(not isinstance(x, str | None) for x in others):
        return None
    return ("text", number), document["t"]


def learnt(*documents: bytes) -> Repeats:
    repeats = Repeats(read)
    for data in documents:
        token = read(parse_json(data))
        assert token is not None
        repeats.learn(data, token)
    return repeats


def text_in(repeats: Repeats, frame: bytes) -> str | None:
    """The text that is found in a frame, and passed on as it should be."""
    said: list[str] = []
    grown = repeats.grown(frame, Growth(repeats.place, Template([Template.HOLE]), said.append))
    assert [grown] == ([dump_json(said)] if said else [None])
    return said[0] if said else None


def spaced(text: str, spaces: int) -> bytes:
    return b'{"t":' + json.dumps(text).encode() + b" " * spaces + b',"n":0}'


def padded(text: str, padding: str, field: str = "pad") -> bytes:
    return json.dumps({"n": 0, "t": text, field: padding, "id": "1"}).encode()


# -- what is found ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("text", TEXTS)
def test_another_text_is_found(text: str, ascii_only: bool) -> None:
    repeats = learnt(*(json.dumps({"n": 0, "t": said, "id": "1"}).encode() for said in ("one", "two")))

    data = json.dumps({"n": 0, "t": text, "id": "1"}, ensure_ascii=ascii_only).encode()

    assert text_in(repeats, data) == (text or None)
    assert repeats.place == TEXT


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_among_spaces_is_found(text: str) -> None:
    repeats = learnt(spaced("one", 3), spaced("two", 5))

    assert [text_in(repeats, spaced(text, spaces)) for spaces in (0, 1, 4, 20)] == [text or None] * 4


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_beside_padding_is_found(text: str) -> None:
    repeats = learnt(padded("one", "abc1"), padded("two", "abX1"))

    assert [text_in(repeats, padded(text, padding)) for padding in ("", "a", "Zz09", "x" * 99)] == [text or None] * 4


def test_a_text_that_is_escaped_throughout_is_learnt_too() -> None:
    repeats = learnt(b'{"t":"\\u4f60"}', b'{"t":"\\u597d"}')

    assert text_in(repeats, b'{"t":"\\u4f60\\u597d"}') == "\u4f60\u597d"


def test_the_place_is_that_of_the_last_token() -> None:
    repeats = learnt(b'{"t":"a","n":7}', b'{"t":"b","n":7}')

    assert (text_in(repeats, b'{"t":"c","n":7}'), repeats.place) == ("c", ("text", 7))


def test_another_place_is_learnt_anew() -> None:
    repeats = learnt(b'{"t":"a","n":7}', b'{"t":"b","n":7}', b'{"t":"c","n":8}')

    assert text_in(repeats, b'{"t":"d","n":7}') is None
    assert text_in(repeats, b'{"t":"e","n":8}') == "e"


# -- what is not found -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"t":"',
        b'{"t":"}',
        b'{"t":"c"',
        b'{"t":"c","n":0',
        b'{"t":"c","n":1}',
        b'{"t":"c\\","n":0}',
        b'{"t":"c" ,"n":0}',
        b'{"t":"c" "d","n":0}',
        b'{"t":"c","t":"d","n":0}',
        b'{"t":"c","x":"","n":0}',
        b'{"t":"\n","n":0}',
        b'{"t":"\xff","n":0}',
        b'{"t":"\\x","n":0}',
        b'{"t":"\\ud83d","n":0}',
        b'{"t":1,"n":0}',
        b'{"t":null,"n":0}',
        b'{"t":["c"],"n":0}',
        b' {"t":"c","n":0}',
        b'{"t":"c","n":0} ',
        b'{"t":"c","n":0}{"t":"d","n":0}',
    ],
)
def test_anything_else_is_not_taken_for_a_repetition(data: bytes) -> None:
    assert text_in(learnt(b'{"t":"a","n":0}', b'{"t":"b","n":0}'), data) is None


def test_nothing_is_found_before_a_token_was_learnt() -> None:
    assert text_in(Repeats(read), b"") is None
    assert text_in(Repeats(read), b'{"t":"a"}') is None
    assert text_in(learnt(b'{"t":"a"}'), b'{"t":"b"}') == "b"


def test_padding_is_not_expected_before_two_tokens_differed_in_it() -> None:
    assert text_in(learnt(padded("one", "abc")), padded("two", "xyz")) is None


def test_what_stands_around_a_document_is_part_of_its_frame() -> None:
    repeats = Repeats(read, b"data: ", b"\n\n")
    repeats.learn(b'{"t":"a","n":0}', (TEXT, "a"))

    assert text_in(repeats, b'data: {"t":"b","n":0}\n\n') == "b"
    assert text_in(repeats, b'{"t":"b","n":0}') is None
    assert text_in(repeats, b'data: {"t":"b","n":0}\n') is None
    assert text_in(repeats, b'data: {"t":"b","n":0}\n\n\n') is None
    assert text_in(repeats, b'data: {"t":"b\n\ndata: b","n":0}\n\n') is None


def test_padding_stands_within_a_frame() -> None:
    repeats = Repeats(read, b"data: ", b"\n\n")
    for data, text in ((b'{"t":"a"  }', "a"), (b'{"t":"b"   }', "b")):
        repeats.learn(data, (TEXT, text))

    assert text_in(repeats, b'data: {"t":"c" }\n\n') == "c"
    assert text_in(repeats, b'data: {"t":"c"}   \n\n') is None


def test_documents_of_several_lines_are_not_remembered() -> None:
    """On the wire each line would have a head of its own."""
    assert text_in(learnt(b'{"t":\n"a"}', b'{"t":\n"b"}'), b'{"t":\n"c"}') is None


@pytest.mark.parametrize("padding", ['\\"', "\\u0041", "\\", '","stop":"', "a-b", "\u00e9", "\t", "\n"])
def test_padding_is_letters_and_digits(padding: str) -> None:
    repeats = learnt(padded("one", "abc"), padded("two", "xyz"))

    assert text_in(repeats, padded("three", "").replace(b'"pad": ""', b'"pad": "' + padding.encode() + b'"')) is None


@pytest.mark.parametrize("padding", [b"\t", b"\n", b"1", b",", b',"x":1', b"\x0b"])
def test_padding_outside_of_strings_is_spaces(padding: bytes) -> None:
    repeats = learnt(spaced("one", 3), spaced("two", 5))

    assert text_in(repeats, spaced("three", 1).replace(b" ", padding)) is None


@pytest.mark.parametrize(
    ("one", "two", "three"),
    [
        (b'{"t":"a","b":null}', b'{"t":"a","c":null}', b'{"t":"a","t":null}'),
        (b'{"t":"a","st1p":null}', b'{"t":"a","st2p":null}', b'{"t":"a","stp":null}'),
        (b'{"t":"a","x":"","n":1}', b'{"t":"a","x":"","n":1 }', b'{"t":"a","x":"","n":1,"n":2}'),
        (b'{"t":"a","n":1}', b'{"t":"a","n":2}', b'{"t":"a","n":3}'),
        (b'{"x":"a","t":"a"}', b'{"x":"b","t":"b"}', b'{"x":"a","t":"c"}'),
        (b'{"t":",","a":"\\u002c"}', b'{"t":",","a":"\\u002c"}', b'{"t":"x","a":"\\u002c"}'),
        (b'{"t":"\\u002c","a":"","b":"c"}', b'{"t":"\\u002c","a":"","b":"c"}', b'{"t":"\\u002c","a":"x","b":"c"}'),
        (b'{"t":"a","x":"a"}', b'{"t":"b","x":"b"}', b'{"t":"a","x":"c"}'),
        (b'{"t":"\\u0000","x":"\\u0000"}', b'{"t":"\\u0000","x":"\\u0000"}', b'{"t":"\\u0000","x":"a"}'),
        (b'{"t":"a","n":1}', b'{"t":"a","n":2}', b'{"t":"a","n": }'),
        (b'{"t":"\\u0061","x":"a"}', b'{"t":"\\u0061","x":"a"}', b'{"t":"\\u0061","x":"b"}'),
        (b'{"x":"/b","t":"\\/b"}', b'{"x":"/c","t":"\\/c"}', b'{"x":"/d","t":"\\/e"}'),
        (b'{"t":"a","x":"\\nb"}', b'{"t":"a","x":"\\tb"}', b'{"t":"a","x":"\\xb"}'),
    ],
    ids=[
        "the name of a field differs",
        "a part of a name differs",
        "a number and spaces",
        "a number differs",
        "what stands before the text differs too",
        "a text that stands elsewhere in another spelling",
        "a text that stands nowhere in a known spelling",
        "a field that repeats the text",
        "the mark is said",
        "no number",
        "a field that repeats a text in an uncommon spelling",
        "a field and what it repeats",
        "an escape differs",
    ],
)
def test_what_is_found_is_what_is_said(one: bytes, two: bytes, three: bytes) -> None:
    for repeats in (learnt(one), learnt(one, two)):
        found = text_in(repeats, three)

        assert found is None or (read(parse_json(three)) == (TEXT, found))


def test_long_documents_are_not_remembered() -> None:
    one, two, three = (padded(text, "x" * 3000) for text in ("one", "two", "three"))

    assert text_in(learnt(one, two), three) is None


def test_a_stream_whose_tokens_always_differ_is_given_up() -> None:
    reads = 0

    def counted(document: Json) -> Token | None:
        nonlocal reads
        reads += 1
        return read(document)

    repeats = Repeats(counted)
    for number in range(1000):
        repeats.learn(b'{"t":"a","n":0,"x":{"y":%d}}' % number, (TEXT, "a"))

    assert reads < 20


def test_a_stream_that_is_repeated_now_and_then_is_not_given_up() -> None:
    repeats = Repeats(read)
    for number in range(100):
        for text in ("one", "two"):
            repeats.learn(b'{"t":"%s","id":"-%d-"}' % (text.encode(), number), (TEXT, text))
        assert text_in(repeats, b'{"t":"three","id":"-%d-"}' % number) == "three"


# -- whatever stands there -------------------------------------------------------------------------

SCRAPS: Final = st.text(alphabet='ab1 t",:}{][\\-.\u00e9', max_size=4)
WORDS: Final = st.text(alphabet="abtx1", max_size=3)
NAMES: Final = st.sampled_from(["t", "n", "stop", "pad", "x", "", "\\u0074"])
VALUES: Final = st.one_of(
    SCRAPS.map(json.dumps),
    SCRAPS.map(lambda text: json.dumps(text).replace("a", "\\u0061")),
    st.sampled_from(["null", "0", "1", "-1.5", "true", "{}", '[""]', '{"t":"a"}']),
)
SPACES: Final = st.sampled_from(["", "", " ", "   "])


def field(name: str, left: str, value: str, right: str) -> str:
    return f'"{name}":{left}{value}{right}'


FIELDS: Final = st.builds(field, NAMES, SPACES, VALUES, SPACES)
NULLS: Final = st.builds(field, st.sampled_from(["id", "", "x"]), SPACES, st.just("null"), SPACES)
PADDINGS: Final = (
    FIELDS,
    WORDS.map(lambda word: field("pad", "", f'"{word}"', "")),
    WORDS.map(lambda word: field("pad", "", f'"-{word}"', "")),
    WORDS.map(lambda word: field(word, "", "null", "")),
    WORDS.map(lambda word: field("pad", "", f'"\\\\{word}"', "")),
    SPACES.map(lambda spaces: field("pad", spaces, "null", "")),
)
"""How one more field is written: freely, or so that its letters, its name, what follows an escape, or spaces differ."""


@st.composite
def likely_repeats(draw: st.DrawFn) -> list[bytes]:
    """Documents that differ in their text, and mostly in one field more, so that many are found to repeat others."""
    fields = [*draw(st.lists(NULLS, max_size=1)), "", *draw(st.lists(st.one_of(NULLS, FIELDS), max_size=2))]
    text = fields.index("")
    padding = draw(st.none() | st.integers(text + 1, len(fields)))
    paddings = draw(st.sampled_from(PADDINGS))
    documents: list[bytes] = []
    for _ in range(5):
        fresh = list(fields)
        fresh[text] = field("t", "", json.dumps(draw(SCRAPS)), "")
        if padding is not None:
            fresh[padding:padding] = [draw(paddings)]
        documents.append(("{" + ",".join(fresh) + "}").encode())
    return documents


@given(likely_repeats())
@example([b'{"t":"a"}', b'{"t":"b"}', b'{"t":"c"}', b'{"t":"c","t":""}'])
def test_no_document_is_found_to_say_what_it_does_not(documents: list[bytes]) -> None:
    repeats = Repeats(read)
    for data in documents:
        said = read(parse_json(data))
        found = text_in(repeats, data)
        if found:
            assert said == (repeats.place, found)
        elif said is not None:
            repeats.learn(data, said)


# -- in a stream -----------------------------------------------------------------------------------

SAID: Final = st.one_of(st.sampled_from(["a", "{", "}", "{}", '"', "\\", " "]), SCRAPS)


def text_delta(text: str) -> JsonObject:
    return {"content": text}


def thinking_delta(text: str) -> JsonObject:
    return {"reasoning_content": text}


def marked_delta(text: str) -> JsonObject:
    return {"role": "assistant", "content": text, "token_id": len(text), "name": None}


def detailed_delta(text: str) -> JsonObject:
    """A thought that is told twice."""
    detail = {"type": "reasoning.text", "text": text, "format": None, "index": 0}
    return {"content": "", "reasoning": text, "reasoning_details": [detail]}


def signed_delta(text: str) -> JsonObject:
    return {"reasoning": text, "reasoning_details": [{"type": "reasoning.text", "signature": text}]}


def summarised_delta(text: str) -> JsonObject:
    """A thought beside a text, or one that has an id."""
    detail = {"type": "reasoning.summary", "summary": text} | ({"id": "a"} if text == "a" else {})
    return {("content" if text == "{" else "reasoning"): text, "reasoning_details": [detail]}


def first_call(text: str) -> JsonObject:
    return call(0, arguments=text)


def second_call(text: str) -> JsonObject:
    return call(1, arguments=text)


DELTAS: Final[list[st.SearchStrategy[JsonObject]]] = [
    SAID.map(text_delta),
    SAID.map(thinking_delta),
    SAID.map(marked_delta),
    SAID.map(detailed_delta),
    SAID.map(signed_delta),
    SAID.map(summarised_delta),
    SAID.map(first_call),
    SAID.map(second_call),
    st.just(call(0, "a", "f", "")),
    st.just(call(1, "b", "g", "")),
]


@st.composite
def chat_tokens(draw: st.DrawFn) -> list[tuple[JsonObject, bytes]]:
    """Chunks of which many repeat the one before, and how each is written."""
    chunks: list[JsonObject] = []
    for delta in draw(st.lists(st.sampled_from(DELTAS), max_size=4)):
        paddings = draw(st.sampled_from([st.none(), WORDS]))
        for said in draw(st.lists(delta, max_size=6)):
            padding = draw(paddings)
            chunks.append(chunk(said) if padding is None else chunk(said, obfuscation=padding))
    return [(each, chat_body(each, end=b"")) for each in chunks]


def any_block(kind: str, index: int, pieces: list[str]) -> list[JsonObject]:
    if kind == "call":
        return tool_block(index, f"call_{index}", "f", *pieces)
    return (text_block if kind == "text" else thinking_block)(index, *pieces)


@st.composite
def messages_tokens(draw: st.DrawFn) -> list[tuple[JsonObject, bytes]]:
    """Events of which many repeat the one before, and how each is written; some name another block."""
    events: list[JsonObject] = [message_start()]
    for index in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["text", "thinking", "call"]))
        _, *deltas, _ = block = any_block(kind, draw(st.sampled_from([index, 0])), draw(st.lists(SAID, max_size=6)))
        for delta in draw(st.lists(st.sampled_from(deltas), max_size=2)) if deltas else ():
            delta["index"] = draw(st.integers(0, 2))
        events += block
    most = draw(st.sampled_from([0, 9]))
    return [(each, hidden(each, draw(st.integers(0, most)))) for each in events]


def hidden(event: JsonObject, spaces: int) -> bytes:
    """An event whose length is hidden by spaces."""
    return messages_body(event).removesuffix(b"}\n\n") + b" " * spaces + b"}\n\n"


def assert_the_same(source: Protocol, target: Protocol, events: list[tuple[JsonObject, bytes]]) -> None:
    """Fed as bytes, events must say what they say one by one, when none is taken for a mere token."""
    by_bytes = StreamTranscoder(source=source, target=target, context=ReplyContext(include_usage=True))
    by_events = StreamTranscoder(source=source, target=target, context=ReplyContext(include_usage=True))

    for event, written_event in events:
        out = read_events(by_bytes.feed(written_event))

        assert out == [typed.to_dict() for typed in by_events.feed_event(event)]
    assert (by_bytes.losses, repr(by_bytes.error)) == (by_events.losses, repr(by_events.error))


@pytest.mark.parametrize(
    "deltas",
    [
        [{"content": "a"}, {"content": "b", "reasoning_details": [{"type": "reasoning.text", "text": "c"}]}],
        [{"reasoning": "a"}, {"reasoning": "b", "reasoning_details": [{"type": "reasoning.text", "signature": "c"}]}],
        [{"reasoning": "a"}, {"reasoning": "b", "reasoning_details": [{"type": "reasoning.encrypted", "data": "c"}]}],
        [{"reasoning": "a"}, {"reasoning": "b", "reasoning_details": [{"type": "reasoning.summary", "id": "c"}]}],
        [{"content": "a"}, {"reasoning_content": "b"}, {"content": "c", "reasoning": "d"}],
        [{"content": "a", "channel": "b"}, {"content": "c", "channel": "d"}, {"content": "e", "unknown": "f"}],
        [{"content": "a"}, {"content": "b", "refusal": "c"}, {"content": "d", "refusal": "e"}],
        [{"reasoning_content": "a"}, {"reasoning": "b"}, {"content": "c"}],
    ],
    ids=["a thought and a text", "a signature", "what is redacted", "an id", "both", "names", "refusals", "two slots"],
)
def test_what_is_more_than_a_token_is_read_as_such(deltas: list[JsonObject]) -> None:
    assert_the_same("chat", "messages", [(chunk(delta), chat_body(chunk(delta), end=b"")) for delta in deltas])


@pytest.mark.parametrize(
    ("source", "target", "tokens"), [("chat", "messages", chat_tokens()), ("messages", "chat", messages_tokens())]
)
@given(data=st.data())
def test_repetitions_say_what_their_events_say(
    source: Protocol, target: Protocol, tokens: st.SearchStrategy[list[tuple[JsonObject, bytes]]], data: st.DataObject
) -> None:
    assert_the_same(source, target, data.draw(tokens))


@pytest.mark.parametrize("last", [{"completion_tokens": 1}, {"completion_tokens": "1"}, {"completion_tokens": None}])
def test_counts_beside_tokens_are_noted_each_time(last: JsonObject) -> None:
    counts: list[JsonObject] = [{"prompt_tokens": 9, "completion_tokens": count} for count in (1, 2, 1, 1, 2)]
    chunks = [chunk({"content": "a"}, usage=count) for count in [*counts, last]]
    chunks += [{**chunk({}), "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
    by_bytes, by_events = (StreamTranscoder(source="chat", target="messages") for _ in range(2))

    for each in chunks:
        out = read_events(by_bytes.feed(chat_body(each, end=b"")))
        assert out == [typed.to_dict() for typed in by_events.feed_event(each)]
    assert read_events(by_bytes.close()) == [typed.to_dict() for typed in by_events.close_events()]
    assert (by_bytes.usage, repr(by_bytes.error)) == (by_events.usage, repr(by_events.error))
    assert (by_bytes.error is None) == (last["completion_tokens"] != "1")
