"""Pitfalls of streams on the way from Messages to Chat."""

from __future__ import annotations

import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder
from tests.streams import (
    DONE,
    NO_CLOCK,
    JsonObject,
    Stream,
    block,
    call,
    chunk,
    counted,
    finished,
    message_end,
    message_start,
    messages_body,
    read_events,
    text_block,
    thinking_block,
    to_chat,
    tool_block,
    transcode,
)

ROLE = {"role": "assistant", "content": ""}
INCOMPLETE = ("tool_call_incomplete", "$.delta.partial_json")


def reply(
    *blocks: list[JsonObject], stop: str = "end_turn", context: ReplyContext | None = None, options: Options = NO_CLOCK
) -> Stream:
    """Transcode a reply with these blocks."""
    said = [event for each in blocks for event in each]
    return to_chat(message_start(), *said, *message_end(stop), context=context, options=options)


def check(
    stream: Stream, *deltas: JsonObject, finish: str = "stop", losses: list[tuple[str, str]] | None = None
) -> None:
    """Compare a reply whole."""
    assert stream.events == [chunk(delta) for delta in (ROLE, *deltas)] + finished(finish)
    assert stream.losses == (losses or [])
    assert stream.finished
    assert stream.error is None


def text_of_thought(index: int, text: str, signature: str) -> JsonObject:
    """The entry at the end of a thought."""
    detail = {"type": "reasoning.text", "text": text, "signature": signature}
    return {"reasoning_details": [{**detail, "format": "anthropic-claude-v1", "index": index}]}


# -- tool calls ------------------------------------------------------------------------------------


def test_p044_calls_are_counted_apart_from_blocks() -> None:
    stream = reply(
        text_block(0, "hi"), tool_block(1, "a", "f", '{"x":1}'), tool_block(2, "b", "g", '{"y":', "2}"), stop="tool_use"
    )

    check(
        stream,
        {"content": "hi"},
        call(0, "a", "f", ""),
        call(0, arguments='{"x":1}'),
        call(1, "b", "g", ""),
        call(1, arguments='{"y":'),
        call(1, arguments="2}"),
        finish="tool_calls",
    )


def test_p045_id_type_and_name_come_once() -> None:
    stream = reply(tool_block(0, "a", "bash", "", '{"x"', ":1}"), stop="tool_use")

    check(
        stream,
        call(0, "a", "bash", ""),
        call(0, arguments='{"x"'),
        call(0, arguments=":1}"),
        finish="tool_calls",
    )


@pytest.mark.parametrize("pieces", [(), ("",)])
def test_p046_no_arguments_are_an_empty_object(pieces: tuple[str, ...]) -> None:
    stream = reply(tool_block(0, "a", "f", *pieces), stop="tool_use")

    check(stream, call(0, "a", "f", ""), call(0, arguments="{}"), finish="tool_calls")


def test_p047_the_input_of_the_start_is_used_if_nothing_else_comes() -> None:
    given = {"type": "tool_use", "id": "a", "name": "f", "input": {"b": 1, "a": [2]}}
    grown = {"type": "input_json_delta", "partial_json": '{"c":3}'}

    check(
        reply(block(0, given), stop="tool_use"),
        call(0, "a", "f", ""),
        call(0, arguments='{"b":1,"a":[2]}'),
        finish="tool_calls",
    )
    check(
        reply(block(0, given, [grown]), stop="tool_use"),
        call(0, "a", "f", ""),
        call(0, arguments='{"c":3}'),
        finish="tool_calls",
    )


def test_p048_what_the_start_of_a_block_says_counts() -> None:
    text = block(0, {"type": "text", "text": "Hel"}, [{"type": "text_delta", "text": "lo"}])
    thought = block(1, {"type": "thinking", "thinking": "hm", "signature": "c2ln"})

    check(
        reply(text, thought),
        {"content": "Hel"},
        {"content": "lo"},
        {"reasoning_content": "hm"},
        text_of_thought(0, "hm", "c2ln"),
    )


def test_p048_what_the_start_of_the_message_says_counts() -> None:
    start = message_start(content=[{"type": "text", "text": "hi"}], stop_reason="end_turn")

    check(to_chat(start, {"type": "message_stop"}), {"content": "hi"})


def test_p049_no_content_block_stop() -> None:
    blocks = [text_block(0, "hi")[:-1], tool_block(1, "a", "f", '{"x":1}')[:-1], tool_block(2, "b", "g")[:-1]]

    check(
        reply(*blocks, stop="tool_use"),
        {"content": "hi"},
        call(0, "a", "f", ""),
        call(0, arguments='{"x":1}'),
        call(1, "b", "g", ""),
        call(1, arguments="{}"),
        finish="tool_calls",
        losses=[("stream_protocol", "$")],
    )


def test_p049_calls_that_grow_side_by_side() -> None:
    first, second = tool_block(0, "a", "f", '{"x":', "1}"), tool_block(1, "b", "g", '{"y":', "2}")
    mixed = [first[0], second[0], first[1], second[1], first[2], first[3], second[2], second[3]]

    check(
        reply(mixed, stop="tool_use"),
        call(0, "a", "f", ""),
        call(1, "b", "g", ""),
        call(0, arguments='{"x":'),
        call(1, arguments='{"y":'),
        call(0, arguments="1}"),
        call(1, arguments="2}"),
        finish="tool_calls",
        losses=[("stream_protocol", "$")],
    )


# -- reasoning -------------------------------------------------------------------------------------


def test_p050_thinking_is_no_content() -> None:
    stream = reply(thinking_block(0, "hm ", "well", signature="c2ln"), text_block(1, "hi"))

    check(
        stream,
        {"reasoning_content": "hm "},
        {"reasoning_content": "well"},
        text_of_thought(0, "hm well", "c2ln"),
        {"content": "hi"},
    )


def test_p050_thoughts_are_kept_apart() -> None:
    stream = reply(
        thinking_block(0, "one", signature="MQ"), text_block(1, "hi"), thinking_block(2, "two", signature="Mg")
    )

    check(
        stream,
        {"reasoning_content": "one"},
        text_of_thought(0, "one", "MQ"),
        {"content": "hi"},
        {"reasoning_content": "\n\n"},
        {"reasoning_content": "two"},
        text_of_thought(1, "two", "Mg"),
    )


def test_p051_signatures_and_redacted_thinking() -> None:
    redacted = block(1, {"type": "redacted_thinking", "data": "ZGF0YQ"})
    encrypted = {"type": "reasoning.encrypted", "data": "ZGF0YQ", "format": "anthropic-claude-v1", "index": 1}

    stream = reply(thinking_block(0, signature="c2ln"), redacted, text_block(2, "hi"))

    check(stream, text_of_thought(0, "", "c2ln"), {"reasoning_details": [encrypted]}, {"content": "hi"})


def test_p051_the_slot_of_litellm() -> None:
    options = Options(reasoning="thinking_blocks", now=lambda: 0)

    stream = reply(thinking_block(0, "hm", signature="c2ln"), options=options)

    signed = {"type": "thinking", "thinking": "hm", "signature": "c2ln", "index": 0}
    check(stream, {"reasoning_content": "hm"}, {"thinking_blocks": [signed]})


def test_p051_no_slot_for_signatures() -> None:
    stream = reply(thinking_block(0, "hm", signature="c2ln"), options=Options(reasoning=None, now=lambda: 0))

    check(stream, {"reasoning_content": "hm"}, losses=[("thinking", "$.delta.signature")])


def test_p051_thoughts_come_back_as_they_were() -> None:
    blocks = [
        thinking_block(0, "one", signature="MQ"),
        block(1, {"type": "redacted_thinking", "data": "ZGF0YQ"}),
        thinking_block(2, "two", signature="Mg"),
        text_block(3, "hi"),
        thinking_block(4, "three", signature="Mw"),
        tool_block(5, "a", "f", "{}"),
    ]
    body = messages_body(message_start(), *(event for each in blocks for event in each), *message_end("tool_use"))
    there = StreamTranscoder(source="messages", target="chat", context=ReplyContext(include_usage=True))
    back = StreamTranscoder(source="chat", target="messages")

    out = back.feed(there.feed(body) + there.close()) + back.close()

    assert read_events(out)[1:-2] == [event for each in blocks for event in each]


# -- the end and the counts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stop", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("refusal", "content_filter"),
    ],
)
def test_p052_one_finish_reason(stop: str, finish: str) -> None:
    check(reply(text_block(0, "hi"), stop=stop), {"content": "hi"}, finish=finish)


def test_p052_a_reason_that_chat_says_in_coarser_words() -> None:
    stream = reply(text_block(0, "hi"), stop="model_context_window_exceeded")

    check(stream, {"content": "hi"}, finish="length", losses=[("stop_reason", "$.delta.stop_reason")])


def test_p052_a_full_context_window_is_a_limit() -> None:
    out = reply(text_block(0, "hi"), stop="model_context_window_exceeded")

    check(out, {"content": "hi"}, finish="length", losses=[("stop_reason", "$.delta.stop_reason")])


def test_p053_usage_if_it_was_asked_for() -> None:
    asked = to_chat(message_start(), *text_block(0, "hi"), *message_end(), context=ReplyContext(include_usage=True))
    details = {"cached_tokens": 0, "cache_write_tokens": 0}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "prompt_tokens_details": details}

    assert asked.events == [
        chunk(ROLE, usage=None),
        chunk({"content": "hi"}, usage=None),
        chunk(finish="stop", usage=None),
        chunk(choices=[], usage=usage),
        {"done": True},
    ]
    check(reply(text_block(0, "hi")), {"content": "hi"})


def test_p054_counts_are_totals() -> None:
    start = message_start(usage=counted(25, read=4, output=1))
    first = {"type": "message_delta", "delta": {"stop_reason": None}, "usage": {"output_tokens": 7}}
    last = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {"input_tokens": None, "output_tokens": 15},
    }

    stream = to_chat(
        start, *text_block(0, "hi"), first, last, {"type": "message_stop"}, context=ReplyContext(include_usage=True)
    )

    assert stream.events[-2]["usage"] == {
        "prompt_tokens": 29,
        "completion_tokens": 15,
        "total_tokens": 44,
        "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 0},
    }


def test_p055_arguments_cut_off_by_max_tokens() -> None:
    stream = reply(tool_block(0, "a", "f", '{"x":'), stop="max_tokens")

    check(stream, call(0, "a", "f", ""), call(0, arguments='{"x":'), finish="length", losses=[INCOMPLETE])


# -- bytes -----------------------------------------------------------------------------------------


def test_p027_tool_use_although_none_was_made() -> None:
    check(reply(text_block(0, "hi"), stop="tool_use"), {"content": "hi"})


def test_p030_done_in_a_messages_stream_ends_it() -> None:
    body = messages_body(message_start(), *text_block(0, "hi"), message_end()[0]) + DONE

    check(transcode(body, "messages", options=NO_CLOCK), {"content": "hi"})


def test_p031_pings_with_and_without_data() -> None:
    body = messages_body(message_start()) + b"event: ping\ndata:\n\nevent: ping\ndata: {}\n\n"

    stream = transcode(body + messages_body(*text_block(0, "hi"), *message_end()), "messages", options=NO_CLOCK)

    check(stream, {"content": "hi"})


def test_p032_a_ping_becomes_a_comment() -> None:
    stream = StreamTranscoder(source="messages", target="chat")
    stream.feed(messages_body(message_start()))

    assert stream.feed(messages_body({"type": "ping"})) == b": ping\n\n"
    assert stream.ping() == b": ping\n\n"


def test_p038_characters_cut_apart() -> None:
    events = [
        message_start(),
        *text_block(0, "€😀"),
        *tool_block(1, "a", "f", '{"x":"漢字"}'),
        *message_end("tool_use"),
    ]
    body = messages_body(*events).replace(b"\\u20ac\\ud83d\\ude00", "€😀".encode())
    expected = transcode(body, "messages", options=NO_CLOCK).events

    assert expected[1] == chunk({"content": "€😀"})
    for cut in range(len(body)):
        stream = StreamTranscoder(source="messages", target="chat", options=NO_CLOCK)
        assert read_events(stream.feed(body[:cut]) + stream.feed(body[cut:]) + stream.close()) == expected


def test_p039_line_ends_and_spaces() -> None:
    body = messages_body(message_start(), *text_block(0, "hi"), *message_end())

    for line_end in (b"\r\n", b"\r"):
        odd = body.replace(b": {", b":{").replace(b"\n", line_end)
        check(transcode(odd, "messages", options=NO_CLOCK), {"content": "hi"})


def test_p040_two_events_without_a_blank_line() -> None:
    body = messages_body(message_start(), *text_block(0, "hi"), *message_end())

    check(transcode(body.replace(b"}\n\nevent", b"}\nevent"), "messages", options=NO_CLOCK), {"content": "hi"})


def test_p040_two_events_without_names_and_blank_line() -> None:
    body = messages_body(message_start(), *text_block(0, "hi"), *message_end())
    lines = b"".join(line + b"\n" for line in body.split(b"\n") if line.startswith(b"data"))

    check(transcode(lines + b"\n", "messages", options=NO_CLOCK), {"content": "hi"})


def test_p041_raw_control_characters() -> None:
    body = messages_body(message_start(), *text_block(0, "a\tb\x01"), *message_end())

    odd = body.replace(b"\\t", b"\t").replace(b"\\u0001", b"\x01")

    check(transcode(odd, "messages", options=NO_CLOCK), {"content": "a\tb\x01"})


def test_p042_the_matched_stop_sequence() -> None:
    stream = to_chat(message_start(), *text_block(0, "hi"), *message_end("stop_sequence", stop_sequence="###"))

    assert stream.events[-2:] == finished("stop", stop_reason="###")
