"""Blocks of a Messages stream that wait for a call, and deltas that add nothing."""

from __future__ import annotations

from typing import Final

from tests.streams import (
    SPENT,
    block,
    call,
    chunk,
    message_end,
    message_start,
    text_block,
    thinking_block,
    to_messages,
    tool_block,
    usage_chunk,
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
