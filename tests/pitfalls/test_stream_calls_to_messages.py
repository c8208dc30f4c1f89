"""Pitfalls of streamed tool calls on the way from Chat to Messages."""

from __future__ import annotations

import pytest

from tests.pitfalls.streamed import INCOMPLETE, check, reply
from tests.streams import (
    Stream,
    call,
    chunk,
    text_block,
    to_messages,
    tool_block,
    usage_chunk,
)


def test_p001_interleaved_calls() -> None:
    stream = reply(
        call(0, "a", "f", ""),
        call(1, "b", "g", ""),
        call(0, arguments='{"x":'),
        call(1, arguments='{"y":'),
        call(0, arguments="1}"),
        call(1, arguments="2}"),
        finish="tool_calls",
    )

    check(
        stream,
        tool_block(0, "a", "f", '{"x":', "1}"),
        tool_block(1, "b", "g", '{"y":', "2}"),
        stop="tool_use",
    )


def test_p002_one_block_for_each_call() -> None:
    deltas = [call(at, f"c{at}", "f", f'{{"n":{at}}}') for at in range(3)]

    check(
        reply(*deltas, finish="tool_calls"),
        *(tool_block(at, f"c{at}", "f", f'{{"n":{at}}}') for at in range(3)),
        stop="tool_use",
    )


def test_p003_every_call_has_index_0() -> None:
    stream = reply(
        call(0, "a", "f", '{"x":1}'),
        call(0, "b", "f", '{"x":'),
        call(0, arguments="2}"),
        finish="tool_calls",
    )

    check(stream, tool_block(0, "a", "f", '{"x":1}'), tool_block(1, "b", "f", '{"x":', "2}"), stop="tool_use")


def test_p003_a_new_name_without_id_begins_another_call() -> None:
    stream = reply(call(0, "a", "f", '{"x":1}'), call(0, None, "g", "{}"), finish="tool_calls")

    made_up = made_up_id(stream)
    check(
        stream,
        tool_block(0, "a", "f", '{"x":1}'),
        tool_block(1, made_up, "g", "{}"),
        stop="tool_use",
        losses=[("tool_id", "$.choices[0].delta.tool_calls[0]")],
    )


@pytest.mark.parametrize("index", [None, "null"])
def test_p004_no_index(index: str | None) -> None:
    deltas = [call(None, "a", "f", '{"x":'), call(None, arguments="1}"), call(None, "b", "g", "{}")]
    if index == "null":
        for delta in deltas:
            delta["tool_calls"][0]["index"] = None

    check(
        reply(*deltas, finish="tool_calls"),
        tool_block(0, "a", "f", '{"x":', "1}"),
        tool_block(1, "b", "g", "{}"),
        stop="tool_use",
    )


def test_p004_no_index_in_a_delta_of_two() -> None:
    both = {"tool_calls": [*call(None, "a", "f", "{")["tool_calls"], *call(None, "b", "g", "{")["tool_calls"]]}
    more = {"tool_calls": [*call(None, arguments="}")["tool_calls"], *call(None, arguments="}")["tool_calls"]]}

    check(
        reply(both, more, finish="tool_calls"),
        tool_block(0, "a", "f", "{", "}"),
        tool_block(1, "b", "g", "{", "}"),
        stop="tool_use",
    )


def test_p005_fragments_under_a_strange_index() -> None:
    stream = reply(call(0, "a", "f", ""), call(1, arguments='{"x":1}'), finish="tool_calls")

    check(
        stream,
        tool_block(0, "a", "f", '{"x":1}'),
        stop="tool_use",
        losses=[("stream_protocol", "$.choices[0].delta.tool_calls[0].index")],
    )


def test_p006_every_chunk_repeats_id_and_name() -> None:
    stream = reply(call(0, "a", "f", "{"), call(0, "a", "f", '"x":1'), call(0, "a", "f", "}"), finish="tool_calls")

    check(stream, tool_block(0, "a", "f", "{", '"x":1', "}"), stop="tool_use")


def test_p007_empty_id_and_name_mean_absent() -> None:
    later = call(0, None, "", '{"x":1}')
    later["tool_calls"][0] |= {"id": "", "type": ""}

    check(reply(call(0, "a", "f"), later, finish="tool_calls"), tool_block(0, "a", "f", '{"x":1}'), stop="tool_use")


def test_p008_the_name_comes_late() -> None:
    stream = reply(call(0, "a", "", ""), call(0, None, None, '{"x":'), call(0, None, "f", "1}"), finish="tool_calls")

    check(stream, tool_block(0, "a", "f", '{"x":1}'), stop="tool_use")


def test_p008_the_name_never_comes() -> None:
    stream = reply(call(0, "a", "", '{"x":1}'), finish="tool_calls")

    check(stream, losses=[("tool_call_incomplete", "$.choices[0].delta.tool_calls[0]")])


def test_p009_a_whole_call_in_one_delta() -> None:
    check(
        reply(call(0, "a", "add", '{"a":17}'), finish="tool_calls"),
        tool_block(0, "a", "add", '{"a":17}'),
        stop="tool_use",
    )


def test_p010_the_finish_reason_in_the_chunk_of_the_call() -> None:
    stream = to_messages(chunk(call(0, "a", "f", "{}"), "tool_calls"), usage_chunk())

    check(stream, tool_block(0, "a", "f", "{}"), stop="tool_use")


def test_p011_the_finish_reason_in_the_chunk_of_the_last_text() -> None:
    check(to_messages(chunk({"content": "end"}, "length"), usage_chunk()), text_block(0, "end"), stop="max_tokens")


def test_p012_two_calls_in_one_delta() -> None:
    both = {"tool_calls": [*call(0, "a", "f", "{}")["tool_calls"], *call(1, "b", "g", '{"y":')["tool_calls"]]}

    check(
        reply(both, call(1, arguments="2}"), finish="tool_calls"),
        tool_block(0, "a", "f", "{}"),
        tool_block(1, "b", "g", '{"y":', "2}"),
        stop="tool_use",
    )


def test_p013_the_whole_arguments_again() -> None:
    stream = reply(
        call(0, "a", "f", '{"x":'), call(0, arguments="1}"), call(0, arguments='{"x":1}'), finish="tool_calls"
    )

    check(stream, tool_block(0, "a", "f", '{"x":', "1}"), stop="tool_use")


def test_p013_fragments_that_look_like_snapshots_are_appended() -> None:
    stream = reply(call(0, "a", "f", '{"a"'), call(0, arguments='{"a":1'), finish="tool_calls")

    check(stream, tool_block(0, "a", "f", '{"a"', '{"a":1'), stop="tool_use", losses=[INCOMPLETE])


def test_p014_a_call_without_id() -> None:
    stream = reply(call(0, None, "f", "{}"), finish="tool_calls")

    made_up = made_up_id(stream)
    assert made_up.startswith("toolu_")
    check(
        stream,
        tool_block(0, made_up, "f", "{}"),
        stop="tool_use",
        losses=[("tool_id", "$.choices[0].delta.tool_calls[0]")],
    )
    assert reply(call(0, None, "f", "{}"), finish="tool_calls").events == stream.events


def made_up_id(stream: Stream) -> str:
    """The id of the last call."""
    started = [event["content_block"] for event in stream.events if event["type"] == "content_block_start"]
    found: str = started[-1]["id"]
    return found


def test_p015_an_id_used_twice_in_one_reply() -> None:
    stream = reply(call(0, "call_0", "f", "{}"), call(1, "call_0", "g", "{}"), finish="tool_calls")

    check(
        stream,
        tool_block(0, "call_0", "f", "{}"),
        tool_block(1, "call_0_2", "g", "{}"),
        stop="tool_use",
        losses=[("tool_id", "$.choices[0].delta.tool_calls[0].id")],
    )
