"""Pitfalls of streams on the way from Chat to Messages; those of tool calls have a file of their own."""

from __future__ import annotations

import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder
from tests.pitfalls.streamed import CREATED, NO_REASON, check, reply, unsigned
from tests.streams import (
    DONE,
    SPENT,
    JsonObject,
    block,
    call,
    chat_body,
    chunk,
    counted,
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

# -- text and reasoning ----------------------------------------------------------------------------


def test_p016_empty_placeholders() -> None:
    deltas: list[JsonObject] = [
        {"reasoning_content": "", "content": piece, "tool_calls": [], "refusal": ""} for piece in ("an", "swer")
    ]

    check(
        reply({"reasoning_content": "hm", "content": ""}, *deltas),
        thinking_block(0, "hm", signature=None),
        text_block(1, "an", "swer"),
        losses=[unsigned()],
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
        losses=[unsigned()],
    )


def test_p017_reasoning_within_a_call_waits_for_its_end() -> None:
    stream = reply(
        call(0, "a", "f", '{"x":'), {"reasoning_content": "well"}, call(0, arguments="1}"), finish="tool_calls"
    )

    check(
        stream, tool_block(0, "a", "f", '{"x":', "1}"), thinking_block(1, "well"), stop="tool_use", losses=[unsigned()]
    )


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

    check(stream, thinking_block(0, "hm"), stop="max_tokens", losses=[unsigned()])


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
    check(reply({slot: "hm"}, {"content": "hi"}), thinking_block(0, "hm"), text_block(1, "hi"), losses=[unsigned(slot)])


def test_p036_the_same_reasoning_under_three_names() -> None:
    detail = {"type": "reasoning.text", "text": "hm", "format": "unknown", "index": 0}

    stream = reply({"reasoning_content": "hm", "reasoning": "hm", "reasoning_details": [detail]}, {"content": "hi"})

    check(stream, thinking_block(0, "hm"), text_block(1, "hi"), losses=[unsigned()])


def test_p036_reasoning_in_details_alone() -> None:
    details = [{"type": "reasoning.summary", "summary": "so", "index": 0}]

    check(
        reply({"reasoning_details": details}, {"content": "hi"}),
        thinking_block(0, "so"),
        text_block(1, "hi"),
        losses=[unsigned("reasoning_details")],
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

    lost = [("vendor_field", "$.choices[0].stop_reason")] if stop else []
    check(to_messages(chunk({"content": "hi"}), last, usage_chunk()), text_block(0, "hi"), losses=lost)


def test_p043_a_thought_signature_beside_a_call_is_recorded() -> None:
    called = call(0, "a", "f", "{}")
    called["tool_calls"][0]["extra_content"] = {"google": {"thought_signature": "c2ln"}}

    check(
        reply(called, finish="tool_calls"),
        tool_block(0, "a", "f", "{}"),
        stop="tool_use",
        losses=[("vendor_field", "$.choices[0].delta.tool_calls[0].extra_content")],
    )
