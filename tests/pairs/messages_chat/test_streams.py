"""Blocks of a Messages stream that wait for a call, and deltas that add nothing."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import Options
from tests.streams import (
    SPENT,
    JsonObject,
    block,
    call,
    chunk,
    content_of,
    message_end,
    message_start,
    text_block,
    thinking_block,
    to_messages,
    tool_block,
    usage_chunk,
    whole_content,
)

DELTA: Final = "$.choices[0].delta"
OPEN: Final = chunk(call(0, "t1", "f", '{"a":'))
CLOSE: Final = chunk(call(0, arguments="1}"))
CREATED: Final = ("created", "$.created")
"""Lost by every stream: Anthropic does not say when it answered."""
END: Final = (chunk(finish="tool_calls"), usage_chunk())


def test_a_signed_thought_waits_for_the_open_call() -> None:
    signed = {"reasoning_details": [{"type": "reasoning.text", "text": "hm", "signature": "eA"}]}

    stream = to_messages(OPEN, chunk(signed), CLOSE, *END)

    assert stream.events == [
        message_start(),
        *tool_block(0, "t1", "f", '{"a":', "1}"),
        *thinking_block(1, "hm", signature="eA"),
        *message_end("tool_use", usage=SPENT),
    ]
    assert (stream.losses, stream.finished) == ([CREATED], True)


def test_a_redacted_thought_waits_for_the_open_call() -> None:
    stream = to_messages(OPEN, chunk({"thinking_blocks": [{"type": "redacted_thinking", "data": "eA"}]}), CLOSE, *END)

    assert stream.events == [
        message_start(),
        *tool_block(0, "t1", "f", '{"a":', "1}"),
        *block(1, {"type": "redacted_thinking", "data": "eA"}),
        *message_end("tool_use", usage=SPENT),
    ]
    assert (stream.losses, stream.finished) == ([CREATED], True)


def test_text_waits_to_the_end_for_a_call_that_never_becomes_whole() -> None:
    stream = to_messages(OPEN, chunk({"content": "hi"}), *END)

    assert stream.events == [
        message_start(),
        *tool_block(0, "t1", "f", '{"a":'),
        *text_block(1, "hi"),
        *message_end("tool_use", usage=SPENT),
    ]
    assert stream.losses == [CREATED, ("tool_call_incomplete", f"{DELTA}.tool_calls[0].function.arguments")]
    assert stream.finished


def test_a_fragment_without_arguments_adds_nothing_to_a_call_that_has_ended() -> None:
    second = chunk(call(1, "t2", "g", "{}"))

    stream = to_messages(OPEN, CLOSE, second, chunk(call(0, arguments="")), *END)

    assert stream.events == [
        message_start(),
        *tool_block(0, "t1", "f", '{"a":', "1}"),
        *tool_block(1, "t2", "g", "{}"),
        *message_end("tool_use", usage=SPENT),
    ]
    assert (stream.losses, stream.finished) == ([CREATED], True)


def test_a_whole_list_of_reasoning_ends_the_thought_that_it_repeats() -> None:
    whole = {"reasoning_details": [{"type": "reasoning.text", "text": "hm hm"}]}
    told = [chunk({"reasoning": "hm"}), chunk({"reasoning": " hm"})]

    stream = to_messages(*told, chunk(whole), chunk({"reasoning": "so"}), chunk(finish="stop"), usage_chunk())

    assert stream.events == [
        message_start(),
        *thinking_block(0, "hm", " hm"),
        *thinking_block(1, "so"),
        *message_end(usage=SPENT),
    ]
    assert stream.losses == [CREATED, ("thinking_unsigned", f"{DELTA}.reasoning")]


def test_audio_that_says_only_when_it_expires_says_nothing() -> None:
    stream = to_messages(
        chunk({"audio": {"expires_at": 1}}), chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk()
    )

    assert stream.events == [message_start(), *text_block(0, "hi"), *message_end(usage=SPENT)]
    assert stream.losses == [CREATED, ("audio", f"{DELTA}.audio.expires_at")]


# -- whose text a signature covers ---------------------------------------------------------------------


def detail(index: int | None, said: str | None, **fields: str) -> JsonObject:
    return {"type": "reasoning.text", "text": said, "index": index, **fields}


def thought(said: str | None, signature: str | None = None) -> JsonObject:
    return {"type": "thinking", "thinking": said, "signature": signature}


def details(*entries: JsonObject, **strings: str) -> JsonObject:
    return chunk({**strings, "reasoning_details": list(entries)})


def thoughts(*entries: JsonObject, **strings: str) -> JsonObject:
    return chunk({**strings, "thinking_blocks": list(entries)})


THINKING: Final[dict[str, tuple[list[JsonObject], list[tuple[str, str]]]]] = {
    "an entry of another index": (
        [details(detail(0, "a")), details(detail(1, "b")), details(detail(1, None, signature="s"))],
        [("a", ""), ("b", "s")],
    ),
    "a signature of another index, and no text": (
        [details(detail(0, "a")), details(detail(1, None, signature="s"))],
        [("a", ""), ("", "s")],
    ),
    "an entry of another index, beside its string": (
        [
            details(detail(0, "a"), reasoning="a"),
            details(detail(0, "b"), reasoning="b"),
            details(detail(1, "c"), reasoning="c"),
            details(detail(1, "d"), reasoning="d"),
            details(detail(1, None, signature="s")),
        ],
        [("ab", ""), ("cd", "s")],
    ),
    "an entry of another id": (
        [details(detail(0, "a", id="1")), details(detail(0, "b", id="2", signature="s"))],
        [("a", ""), ("b", "s")],
    ),
    "a summary before": (
        [details({"type": "reasoning.summary", "summary": "a"}), details(detail(None, "b", signature="s"))],
        [("a", ""), ("b", "s")],
    ),
    "the last piece comes with the signature": (
        [details(detail(0, "a")), details(detail(0, "b", signature="s"))],
        [("ab", "s")],
    ),
    "the last piece comes with the signature, and without an index": (
        [details(detail(None, "a")), details(detail(None, "b", signature="s")), details(detail(None, "c"))],
        [("ab", "s"), ("c", "")],
    ),
    "another entry of the same index": (
        [details(detail(0, "a", signature="s")), details(detail(0, "b")), details(detail(0, None, signature="t"))],
        [("a", "s"), ("b", "t")],
    ),
    "two entries in one delta, beside one string": (
        [details(detail(0, "a", signature="s"), detail(1, "b", signature="t"), reasoning="ab")],
        [("a", "s"), ("b", "t")],
    ),
    "an end and a beginning in one delta, beside one string": (
        [details(detail(0, "a"), reasoning="a"), details(detail(0, "", signature="s"), detail(1, "b"), reasoning="b")],
        [("a", "s"), ("b", "")],
    ),
    "two blocks in one delta, beside one string": (
        [thoughts(thought("a", "s"), thought("b", "t"), reasoning_content="ab")],
        [("a", "s"), ("b", "t")],
    ),
    "a block without signature before another in the same delta": (
        [thoughts(thought("a"), thought("b", "s"))],
        [("a", ""), ("b", "s")],
    ),
    "pieces of a block, and its signature": (
        [thoughts(thought("a")), thoughts(thought("b")), thoughts(thought("", "s")), thoughts(thought("c", "t"))],
        [("ab", "s"), ("c", "t")],
    ),
    "the last piece of a block comes with its signature": (
        [thoughts(thought("a")), thoughts(thought("b", "s"))],
        [("ab", "s")],
    ),
    "an entry of another id, after a piece that has none": (
        [
            details(detail(0, "a", id="1")),
            details(detail(0, "b")),
            details(detail(0, "c", id="2", signature="s")),
        ],
        [("ab", ""), ("c", "s")],
    ),
    "a piece without an index": (
        [details(detail(0, "a")), details(detail(None, "b")), details(detail(0, "c", signature="s"))],
        [("abc", "s")],
    ),
    "the string first, then the entry": (
        [
            chunk({"reasoning": "a"}),
            details(detail(0, "a", signature="s")),
            chunk({"reasoning": "b"}),
            details(detail(1, "b", signature="t")),
        ],
        [("a", "s"), ("b", "t")],
    ),
}


@pytest.mark.parametrize(("chunks", "said"), THINKING.values(), ids=THINKING)
def test_a_signature_covers_the_text_of_its_own_block_only(
    chunks: list[JsonObject], said: list[tuple[str, str]]
) -> None:
    stream = to_messages(*chunks, chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk())

    assert [(block["thinking"], block["signature"]) for block in content_of(stream.events)[:-1]] == said


@pytest.mark.parametrize("chunks", [chunks for chunks, _ in THINKING.values()], ids=THINKING)
def test_thoughts_are_the_same_whole_and_streamed(chunks: list[JsonObject]) -> None:
    told = [*chunks, chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk()]

    assert whole_content(*told) == content_of(to_messages(*told).events)


def test_an_entry_that_comes_back_tells_another_thought() -> None:
    """It looks like the pieces before on the wire, and must not be taken for one of them."""
    chunks = [details(detail(index, said), reasoning=said) for index, said in ((0, "a"), (0, "b"), (1, "c"), (0, "d"))]

    stream = to_messages(*chunks, details(detail(1, None, signature="s")), chunk(finish="stop"), usage_chunk())

    assert [(block["thinking"], block["signature"]) for block in content_of(stream.events)] == [
        ("ab", ""),
        ("c", ""),
        ("d", ""),
        ("", "s"),
    ]


# -- texts of several kinds ----------------------------------------------------------------------------


def part(text: str) -> JsonObject:
    return {"type": "text", "text": text}


def no(refusal: str) -> JsonObject:
    return {"type": "refusal", "refusal": refusal}


@pytest.mark.parametrize(
    ("deltas", "texts"),
    [
        ([{"content": "a"}, {"refusal": "b"}, {"refusal": "c"}], ["a", "bc"]),
        ([{"content": "a", "refusal": "b"}], ["a", "b"]),
        ([{"content": [part("a"), no("b")]}, {"content": [no("c")]}], ["a", "bc"]),
        ([{"content": [part("a"), part("b")]}, {"content": [part("c")]}], ["a", "bc"]),
        ([{"content": [no("a"), no("b")]}], ["a", "b"]),
        ([{"content": [no("a")]}, {"content": [part("b")]}, {"content": [part("c")]}], ["a", "bc"]),
        ([{"content": "a"}, {"content": [part("b")]}], ["ab"]),
        ([{"content": "a"}, {"audio": {"id": "x", "transcript": "b"}}, {"audio": {"transcript": "c"}}], ["a", "bc"]),
    ],
)
def test_texts_of_several_kinds_are_the_same_whole_and_streamed(deltas: list[JsonObject], texts: list[str]) -> None:
    told = [*map(chunk, deltas), chunk(finish="stop"), usage_chunk()]

    assert content_of(to_messages(*told).events) == [part(text) for text in texts]
    assert whole_content(*told) == [part(text) for text in texts]


def test_texts_of_several_kinds_wait_for_the_open_call() -> None:
    deltas: list[JsonObject] = [{"content": [part("a"), part("b")]}, {"refusal": "c"}, {"refusal": "d"}]

    stream = to_messages(OPEN, *map(chunk, deltas), CLOSE, *END)

    assert content_of(stream.events)[1:] == [part("a"), part("b"), part("cd")]


def test_text_does_not_go_on_with_a_refusal() -> None:
    deltas = [{"content": "a"}, {"content": "b"}, {"content": "c"}, {"refusal": "d"}, {"content": "e"}]

    stream = to_messages(*map(chunk, deltas), chunk(finish="stop"), usage_chunk())

    assert content_of(stream.events) == [part("abc"), part("d"), part("e")]


def test_what_may_begin_a_think_tag_goes_before_parts_of_text() -> None:
    chunks = [chunk({"content": said}) for said in ("<t", [{"type": "text", "text": "A"}], "B")]

    stream = to_messages(*chunks, chunk(finish="stop"), usage_chunk(), options=Options(think_tags=("think",)))

    assert "".join(block["text"] for block in content_of(stream.events)) == "<tAB"
