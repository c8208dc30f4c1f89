"""Pitfalls of streams on the way from Chat to Messages."""

from __future__ import annotations

import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder

from tests.streams import (
    DONE,
    SPENT,
    JsonObject,
    Stream,
    block,
    call,
    chat_body,
    chunk,
    counted,
    failed_messages,
    message_end,
    message_start,
    read_events,
    text_block,
    thinking_block,
    to_messages,
    tool_block,
    transcode,
    usage_chunk,
)

UNSIGNED = ("thinking_unsigned", "$.choices[0].delta")
INCOMPLETE = ("tool_call_incomplete", "$.choices[0].delta.tool_calls[0].function.arguments")
CREATED = ("created", "$.created")
NO_REASON = ("stop_reason", "$.choices")


def reply(*deltas: JsonObject, finish: str = "stop", **options: ReplyContext | Options | None) -> Stream:
    """Transcode a reply with these deltas, a finish reason and the counts."""
    chunks = [*(chunk(delta) for delta in deltas), chunk(finish=finish), usage_chunk()]
    return to_messages(*chunks, **options)  # type: ignore[arg-type]


def check(
    stream: Stream, *blocks: list[JsonObject], stop: str = "end_turn", losses: list[tuple[str, str]] = []
) -> None:
    """Compare a reply whole; every stream loses the time of creation."""
    events = [event for each in blocks for event in each]

    assert stream.events == [message_start(), *events, *message_end(stop)]
    assert stream.losses == [CREATED, *losses]
    assert stream.finished
    assert stream.error is None


# -- tool calls ------------------------------------------------------------------------------------


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
    deltas = [call(at, f"c{at}", "f", '{"n":%d}' % at) for at in range(3)]

    check(
        reply(*deltas, finish="tool_calls"),
        *(tool_block(at, f"c{at}", "f", '{"n":%d}' % at) for at in range(3)),
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


# -- text and reasoning ----------------------------------------------------------------------------


def test_p016_empty_placeholders() -> None:
    deltas = [{"reasoning_content": "", "content": piece, "tool_calls": [], "refusal": ""} for piece in ("an", "swer")]

    check(
        reply({"reasoning_content": "hm", "content": ""}, *deltas),
        thinking_block(0, "hm", signature=None),
        text_block(1, "an", "swer"),
        losses=[UNSIGNED],
    )


def test_p017_reasoning_resumes() -> None:
    stream = reply(
        {"content": "\n"},
        {"reasoning_content": "hm"},
        {"content": "so"},
        call(0, "a", "f", "{}"),
        {"reasoning_content": "well"},
        finish="tool_calls",
    )

    check(
        stream,
        text_block(0, "\n"),
        thinking_block(1, "hm"),
        text_block(2, "so"),
        tool_block(3, "a", "f", "{}"),
        thinking_block(4, "well"),
        stop="tool_use",
        losses=[UNSIGNED],
    )


def test_p017_reasoning_within_a_call_waits_for_its_end() -> None:
    stream = reply(
        call(0, "a", "f", '{"x":'), {"reasoning_content": "well"}, call(0, arguments="1}"), finish="tool_calls"
    )

    check(stream, tool_block(0, "a", "f", '{"x":', "1}"), thinking_block(1, "well"), stop="tool_use", losses=[UNSIGNED])


def test_p018_a_block_ends_before_the_next_begins() -> None:
    stream = reply({"content": "I will look"}, call(0, "a", "f", "{}"), finish="tool_calls")

    check(stream, text_block(0, "I will look"), tool_block(1, "a", "f", "{}"), stop="tool_use")


def test_p019_one_block_for_all_tokens_however_they_are_cut() -> None:
    body = chat_body(*(chunk({"content": piece}) for piece in ("a", "b", "c")), chunk(finish="stop"), usage_chunk())
    stream = StreamTranscoder(source="chat", target="messages")

    out = b"".join([stream.feed(body[at : at + 1]) for at in range(len(body))]) + stream.close()

    assert read_events(out) == [message_start(), *text_block(0, "a", "b", "c"), *message_end()]


# -- the beginning and the end ---------------------------------------------------------------------


def test_p020_a_usage_chunk_without_choices() -> None:
    stream = to_messages(chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk(5, 7))

    assert stream.events == [message_start(), *text_block(0, "hi"), *message_end(usage=counted(5, output=7))]


def test_p021_a_first_chunk_without_choices() -> None:
    preamble = chunk(choices=[], prompt_filter_results=[{"prompt_index": 0}])

    stream = to_messages(preamble, chunk({"content": "hi"}), chunk(choices=[]), chunk(finish="stop"), usage_chunk())

    check(stream, text_block(0, "hi"), losses=[("unknown_field", "$.prompt_filter_results")])


def test_p021_a_first_chunk_that_names_nothing() -> None:
    preamble = {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": []}

    stream = to_messages(preamble, chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk())

    assert stream.events == [message_start(), *text_block(0, "hi"), *message_end()]


def test_p022_the_end_waits_for_the_counts() -> None:
    stream = StreamTranscoder(source="chat", target="messages")

    before = stream.feed(chat_body(chunk({"content": "hi"}), chunk(finish="stop"), end=b""))
    counts = stream.feed(chat_body(usage_chunk(), end=b""))
    after = stream.feed(DONE)

    assert read_events(before) == [message_start(), *text_block(0, "hi")]
    assert counts == b""
    assert read_events(after) == message_end()
    assert stream.usage == SPENT


def test_p023_no_finish_reason_but_done() -> None:
    called = to_messages(chunk(call(0, "a", "f", "{}")), usage_chunk())
    said = to_messages(chunk({"content": "hi"}), usage_chunk())

    check(called, tool_block(0, "a", "f", "{}"), stop="tool_use", losses=[NO_REASON])
    check(said, text_block(0, "hi"), losses=[NO_REASON])


def test_p024_cut_off_within_a_call() -> None:
    stream = to_messages(chunk(call(0, "a", "f", '{"x":')), end=b"")

    assert stream.events == [
        message_start(),
        *tool_block(0, "a", "f", '{"x":'),
        failed_messages("the upstream's stream ended early"),
    ]
    assert not stream.finished
    assert stream.error is not None
    assert stream.losses == [CREATED, INCOMPLETE]


def test_p024_what_is_held_when_the_stream_breaks_is_lost() -> None:
    stream = to_messages(chunk(call(0, "a", "f", "{")), chunk(call(1, "b", "g", "{}")), end=b"")

    assert stream.events == [
        message_start(),
        *tool_block(0, "a", "f", "{"),
        failed_messages("the upstream's stream ended early"),
    ]
    assert stream.losses == [CREATED, ("tool_call_incomplete", "$.choices[0].delta.tool_calls[0]"), INCOMPLETE]


def test_p025_an_empty_finish_reason_in_every_chunk() -> None:
    stream = to_messages(chunk({"content": "h"}, ""), chunk({"content": "i"}, ""), chunk(finish="stop"), usage_chunk())

    check(stream, text_block(0, "h", "i"))


def test_p026_stop_although_a_tool_was_called() -> None:
    check(reply(call(0, "a", "f", "{}"), finish="stop"), tool_block(0, "a", "f", "{}"), stop="tool_use")
    check(reply(call(0, "a", "f", "{}"), finish="length"), tool_block(0, "a", "f", "{}"), stop="max_tokens")


def test_p026_filtered_although_a_tool_was_called() -> None:
    stream = reply(call(0, "a", "f", "{}"), finish="content_filter")

    details = {"type": "refusal", "category": None, "explanation": None}
    assert stream.events[-2:] == message_end("refusal", stop_details=details)


def test_p027_tool_calls_although_none_was_made() -> None:
    check(reply({"content": "hi"}, {"tool_calls": []}, finish="tool_calls"), text_block(0, "hi"))


def test_p028_the_whole_skeleton_of_the_message() -> None:
    stream = reply({"content": "hi"})

    assert stream.events[0] == {
        "type": "message_start",
        "message": {
            "id": "r1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {
                "input_tokens": 0,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "output_tokens": 0,
            },
        },
    }


def test_p029_message_delta_has_usage_even_if_nobody_counted() -> None:
    stream = to_messages(chunk({"content": "hi"}), chunk(finish="stop"))

    assert stream.events == [message_start(), *text_block(0, "hi"), *message_end(usage=counted())]
    assert stream.losses == [CREATED, ("usage", "$.usage")]


def test_p030_no_done_for_messages() -> None:
    stream = StreamTranscoder(source="chat", target="messages")

    out = stream.feed(chat_body(chunk({"content": "hi"}, "stop"))) + stream.close()

    assert b"DONE" not in out


def test_p031_a_ping_has_data() -> None:
    stream = StreamTranscoder(source="chat", target="messages")
    stream.feed(chat_body(chunk({"content": "hi"}), end=b""))

    assert stream.ping() == b'event: ping\ndata: {"type":"ping"}\n\n'


def test_p031_empty_data_and_empty_objects_say_nothing() -> None:
    body = b"data:\n\ndata: {}\n\n" + chat_body(chunk({"content": "hi"}), end=b"event: ping\ndata:\n\n")

    stream = transcode(body + chat_body(chunk(finish="stop"), usage_chunk()), "chat")

    check(stream, text_block(0, "hi"))


def test_p032_keep_alives_before_the_first_token() -> None:
    patient = StreamTranscoder(source="chat", target="messages")
    eager = StreamTranscoder(
        source="chat",
        target="messages",
        context=ReplyContext(model="m"),
        options=Options(eager_start=True, new_id=lambda prefix: prefix + "1"),
    )

    assert patient.ping() == b": ping\n\n"
    assert read_events(eager.ping()) == [message_start(id="msg_1"), {"type": "ping"}]
    assert read_events(eager.ping()) == [{"type": "ping"}]
    assert read_events(eager.feed(chat_body(chunk({"content": "hi"}), end=b""))) == text_block(0, "hi")[:2]


def test_p032_an_upstream_comment_keeps_the_client_waiting() -> None:
    stream = StreamTranscoder(source="chat", target="messages")

    first = stream.feed(b": OPENROUTER PROCESSING\n\n")
    stream.feed(chat_body(chunk({"content": "hi"}), end=b""))
    second = stream.feed(b": OPENROUTER PROCESSING\n\n")

    assert first == b": ping\n\n"
    assert read_events(second) == [{"type": "ping"}]


def test_p033_reasoning_alone() -> None:
    stream = reply({"content": "", "reasoning_content": "hm"}, finish="length")

    check(stream, thinking_block(0, "hm"), stop="max_tokens", losses=[UNSIGNED])


def test_p034_a_signature_ends_the_thought() -> None:
    signed = {"type": "thinking", "thinking": "", "signature": "c2ln"}

    stream = reply({"reasoning_content": "hm"}, {"thinking_blocks": [signed]}, {"content": "hi"})

    check(stream, thinking_block(0, "hm", signature="c2ln"), text_block(1, "hi"))


def test_p034_a_signature_without_text() -> None:
    signed = {"type": "thinking", "thinking": "", "signature": "c2ln"}

    check(
        reply({"thinking_blocks": [signed]}, {"content": "hi"}),
        thinking_block(0, signature="c2ln"),
        text_block(1, "hi"),
    )


def test_p034_redacted_thinking() -> None:
    redacted = {"type": "redacted_thinking", "data": "ZGF0YQ"}

    check(reply({"thinking_blocks": [redacted]}, {"content": "hi"}), block(0, redacted), text_block(1, "hi"))


@pytest.mark.parametrize("slot", ["thinking_blocks", "reasoning_details"])
def test_p035_the_signed_text_repeats_what_was_streamed(slot: str) -> None:
    signed = {
        "thinking_blocks": {"type": "thinking", "thinking": "hm well", "signature": "c2ln"},
        "reasoning_details": {"type": "reasoning.text", "text": "hm well", "signature": "c2ln", "index": 0},
    }

    stream = reply(
        {"reasoning_content": "hm "}, {"reasoning_content": "well"}, {slot: [signed[slot]]}, {"content": "hi"}
    )

    check(stream, thinking_block(0, "hm ", "well", signature="c2ln"), text_block(1, "hi"))


@pytest.mark.parametrize("slot", ["reasoning_content", "reasoning", "reasoning_text"])
def test_p036_reasoning_by_any_name(slot: str) -> None:
    check(reply({slot: "hm"}, {"content": "hi"}), thinking_block(0, "hm"), text_block(1, "hi"), losses=[UNSIGNED])


def test_p036_the_same_reasoning_under_three_names() -> None:
    detail = {"type": "reasoning.text", "text": "hm", "format": "unknown", "index": 0}

    stream = reply({"reasoning_content": "hm", "reasoning": "hm", "reasoning_details": [detail]}, {"content": "hi"})

    check(stream, thinking_block(0, "hm"), text_block(1, "hi"), losses=[UNSIGNED])


def test_p036_reasoning_in_details_alone() -> None:
    details = [{"type": "reasoning.summary", "summary": "so", "index": 0}]

    check(
        reply({"reasoning_details": details}, {"content": "hi"}),
        thinking_block(0, "so"),
        text_block(1, "hi"),
        losses=[UNSIGNED],
    )


# -- bytes -----------------------------------------------------------------------------------------


def test_p038_characters_cut_apart() -> None:
    body = chat_body(chunk({"content": "€😀"}), end=b"").replace(b"\\u20ac\\ud83d\\ude00", "€😀".encode())
    body += chat_body(chunk(call(0, "a", "f", '{"x":"漢字"}')), chunk(finish="tool_calls"), usage_chunk())

    for cut in range(len(body)):
        stream = StreamTranscoder(source="chat", target="messages")
        out = stream.feed(body[:cut]) + stream.feed(body[cut:]) + stream.close()
        assert read_events(out) == [
            message_start(),
            *text_block(0, "€😀"),
            *tool_block(1, "a", "f", '{"x":"漢字"}'),
            *message_end("tool_use"),
        ]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("colon", [b":", b": "])
def test_p039_line_ends_and_spaces(line_end: bytes, colon: bytes) -> None:
    body = b"\xef\xbb\xbf" + chat_body(chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk())

    check(transcode(body.replace(b"data: ", b"data" + colon).replace(b"\n", line_end), "chat"), text_block(0, "hi"))


def test_p039_no_blank_line_at_the_end() -> None:
    body = chat_body(chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk())

    check(transcode(body.rstrip(), "chat"), text_block(0, "hi"))


def test_p041_raw_control_characters() -> None:
    body = chat_body(chunk({"content": "a\tb\x01"}), chunk(finish="stop"), usage_chunk())

    check(transcode(body.replace(b"\\t", b"\t").replace(b"\\u0001", b"\x01"), "chat"), text_block(0, "a\tb\x01"))


# -- extensions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["stop_reason", "matched_stop"])
def test_p042_the_matched_stop_sequence(field: str) -> None:
    last = chunk(finish="stop")
    last["choices"][0][field] = "###"
    context = ReplyContext(stop_sequences=("###",))

    stream = to_messages(chunk({"content": "hi"}), last, usage_chunk(), context=context)

    assert stream.events == [
        message_start(),
        *text_block(0, "hi"),
        *message_end("stop_sequence", stop_sequence="###"),
    ]


@pytest.mark.parametrize("stop", [None, 151645])
def test_p042_no_matched_stop_sequence(stop: int | None) -> None:
    last = chunk(finish="stop")
    last["choices"][0]["stop_reason"] = stop

    check(to_messages(chunk({"content": "hi"}), last, usage_chunk()), text_block(0, "hi"))


def test_p043_a_thought_signature_beside_a_call_is_recorded() -> None:
    called = call(0, "a", "f", "{}")
    called["tool_calls"][0]["extra_content"] = {"google": {"thought_signature": "c2ln"}}

    check(
        reply(called, finish="tool_calls"),
        tool_block(0, "a", "f", "{}"),
        stop="tool_use",
        losses=[("vendor_field", "$.choices[0].delta.tool_calls[0].extra_content")],
    )


# -- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"", DONE])
def test_p149_an_error_chunk(end: bytes) -> None:
    error = {"error": {"message": "overloaded", "type": "server_error", "code": "overloaded_error"}}

    stream = to_messages(chunk({"content": "par"}), error, chunk({"content": "never"}), end=end)

    assert stream.events == [
        message_start(),
        *text_block(0, "par"),
        failed_messages("overloaded", "overloaded_error", details={"error_code": "overloaded_error"}),
    ]
    assert not stream.finished
    assert stream.error is not None
    assert stream.error.reason == "overloaded"


@pytest.mark.parametrize(
    "error",
    [
        b'data: {"error":"overloaded"}\n\n',
        b'event: error\ndata: {"message":"overloaded"}\n\n',
        b'event: error\ndata: "overloaded"\n\n',
        b"event: error\ndata: overloaded\n\n",
        b'data: {"id":"r1","choices":[{"index":0,"delta":{},"error":{"message":"overloaded"}}]}\n\n',
    ],
)
def test_p149_errors_in_other_forms(error: bytes) -> None:
    stream = transcode(chat_body(chunk({"content": "par"}), end=error), "chat")

    assert stream.events == [message_start(), *text_block(0, "par"), failed_messages("overloaded")]


def test_p149_an_error_before_anything_else() -> None:
    stream = to_messages({"error": {"message": "no such model", "code": 404}})

    assert stream.events == [failed_messages("no such model", "not_found_error")]
