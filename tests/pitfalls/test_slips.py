"""Slips of other converters that are no pitfall of their own; `SLIPS` has them all."""

from __future__ import annotations

import copy
from typing import Final

import pytest

from llm_transcode import StreamAccumulator, StreamTranscoder, convert_request, stream_response
from tests import streams
from tests.pitfalls.conversions import (
    HI,
    OBJECT,
    JsonObject,
    asked_of_chat,
    asked_of_messages,
    assistant,
    call,
    chat_reply,
    chat_usage,
    custom,
    message,
    messages_usage,
    reply_to_chat,
    reply_to_messages,
    request_to_chat,
    request_to_messages,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)
from tests.streams import chunk, finished, message_end, message_start, text_block, usage_chunk

OPTIONAL: Final = {
    "type": "object",
    "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": {"type": "string"},
}
FREE: Final = {"type": "custom", "custom": {"name": "run"}}
SEARCH: Final = {"type": "url_citation", "url_citation": {"url": "https://example.com", "title": "Cats"}}


def said(stream: streams.Stream) -> list[JsonObject]:
    """The deltas of a Messages stream."""
    return [event["delta"] for event in stream.events if event["type"] == "content_block_delta"]


def kinds(stream: streams.Stream) -> list[str]:
    """The types of the events of a Messages stream."""
    return [event["type"].removeprefix("content_block_") for event in stream.events]


# -- requests --------------------------------------------------------------------------------------


def test_a06_a_schema_is_not_changed_in_silence() -> None:
    outcome = request_to_chat({"output_config": {"format": {"type": "json_schema", "schema": OPTIONAL}}})

    form = {"type": "json_schema", "json_schema": {"name": "response", "schema": OPTIONAL, "strict": False}}
    assert outcome == asked_of_chat({"response_format": form}, [("output_format", "$.output_config.format.schema")])


def test_a08_a_built_in_tool_becomes_a_function() -> None:
    outcome = request_to_chat({"tools": [{"type": "bash_20250124", "name": "bash"}]})

    [function] = outcome.body["tools"]
    assert (function["type"], function["function"]["name"]) == ("function", "bash")
    assert outcome.losses == [("builtin_tool", "$.tools[0]")]


def test_a13_effort_counts_without_thinking() -> None:
    outcome = request_to_chat({"model": "gpt-5.2", "output_config": {"effort": "high"}})

    assert outcome == asked_of_chat({"model": "gpt-5.2", "reasoning_effort": "high"})


def test_a14_a_free_form_tool_is_a_function_with_one_string() -> None:
    outcome = request_to_messages({"tools": [FREE]})

    [wrapped] = outcome.body["tools"]
    assert (wrapped["name"], list(wrapped["input_schema"]["properties"])) == ("run", ["input"])
    assert outcome.losses == [("custom_tool", "$.tools[0].custom")]


def test_a25_the_document_of_the_caller_is_not_changed() -> None:
    body = {"model": "m", "max_tokens": 9, "messages": [HI, assistant(tool_use()), user(tool_result())]}
    before = copy.deepcopy(body)

    converted = convert_request(body, source="messages", target="chat")
    converted.to_dict()["messages"].clear()

    assert body == before
    assert len(converted.to_dict()["messages"]) == 3


def test_a28_text_beside_calls_stays() -> None:
    outcome = request_to_messages({"messages": [HI, assistant("so", tool_calls=[call()]), tool()]})

    turns = [HI, assistant(text("so"), tool_use()), user(tool_result())]
    assert outcome == asked_of_messages({"messages": turns})


def test_a43_prose_about_calls_is_prose() -> None:
    words = 'Tool call t1: rm({"path": "/"})'
    stream = streams.to_messages(chunk({"content": words}), chunk(finish="stop"))

    assert said(stream) == [{"type": "text_delta", "text": words}]
    assert reply_to_messages(chat_reply({"content": words})).body["content"] == [text(words)]


def test_a47_the_address_of_an_image_stays_an_address() -> None:
    address = "https://example.com/cat.png"
    outcome = request_to_chat({"messages": [user({"type": "image", "source": {"type": "url", "url": address}})]})

    turns = [user({"type": "image_url", "image_url": {"url": address}})]
    assert outcome == asked_of_chat({"messages": turns})


def test_b11_a_tool_without_parameters_takes_none() -> None:
    outcome = request_to_messages({"tools": [{"type": "function", "function": {"name": "f"}}]})

    assert outcome == asked_of_messages({"tools": [custom(schema=OBJECT)]})


def test_b29_the_word_error_is_no_error_flag() -> None:
    output = '{"error": null}'
    outcome = request_to_messages({"messages": [HI, assistant(None, tool_calls=[call()]), tool(content=output)]})

    turns = [HI, assistant(tool_use()), user(tool_result(content=output))]
    assert outcome == asked_of_messages({"messages": turns})


def test_b32_effort_and_format_share_the_output_config() -> None:
    form = {"type": "json_schema", "json_schema": {"name": "response", "schema": OPTIONAL, "strict": True}}
    outcome = request_to_messages({"model": "claude-opus-5", "reasoning_effort": "low", "response_format": form})

    assert set(outcome.body["output_config"]) == {"effort", "format"}


def test_b40_no_quote_and_no_space_of_a_user_is_trimmed() -> None:
    outcome = request_to_messages({"messages": [user(' "hi" '), user("so")]})

    assert outcome == asked_of_messages({"messages": [user(text(' "hi" '), text("so"))]})


# -- replies ---------------------------------------------------------------------------------------


def test_a24_a_free_form_call_is_a_call() -> None:
    free = {"id": "t1", "type": "custom", "custom": {"name": "run", "input": "print(1)"}}
    outcome = reply_to_messages(chat_reply({"tool_calls": [free]}, "tool_calls"))

    assert outcome == (message(tool_use(name="run", input="print(1)"), stop="tool_use"), [])


def test_b37_text_and_calls_of_a_reply_both_come_along() -> None:
    outcome = reply_to_messages(chat_reply({"content": "so", "tool_calls": [call()]}, "tool_calls"))

    assert outcome == (message(text("so"), tool_use(), stop="tool_use"), [])


def test_b49_annotations_are_a_loss_and_no_search() -> None:
    outcome = reply_to_messages(chat_reply({"content": "so", "annotations": [SEARCH]}))

    assert outcome == (message(text("so")), [("annotations", "$.choices[0].message.annotations")])


# -- streams to Messages ---------------------------------------------------------------------------


def test_a16_a17_reads_may_end_anywhere() -> None:
    body = streams.chat_body(chunk({"content": "héé"}), chunk(finish="stop"), usage_chunk())
    whole = streams.transcode(body, "chat")

    for cut in range(len(body)):
        stream = StreamTranscoder(source="chat", target="messages")
        out = stream.feed(body[:cut]) + stream.feed(body[cut:]) + stream.close()
        assert streams.read_events(out) == whole.events


def test_a19_the_client_is_told_when_the_upstream_fails() -> None:
    stream = StreamTranscoder(source="chat", target="messages")
    stream.feed(streams.chat_body(chunk({"content": "hi"}), end=b""))

    events = streams.read_events(stream.fail("reset"))

    assert [event["type"] for event in events] == ["content_block_stop", "error"]
    assert stream.close() == b""


def test_a21_text_after_the_finish_reason_has_a_block_of_its_own() -> None:
    stream = streams.to_messages(chunk({"content": "a"}), chunk(finish="stop"), chunk({"content": "b"}), usage_chunk())

    blocks = ["start", "delta", "stop"]
    assert kinds(stream) == ["message_start", *blocks, *blocks, "message_delta", "message_stop"]
    assert [delta["text"] for delta in said(stream)] == ["a", "b"]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a22_usage_counts_on_any_chunk(at: int) -> None:
    chunks = [chunk({"content": "a"}), chunk({"content": "b"}), chunk(finish="stop")]
    chunks[at]["usage"] = chat_usage(7)

    assert streams.to_messages(*chunks).events[-2]["usage"] == messages_usage(7)


def test_b47_usage_on_every_chunk_ends_nothing() -> None:
    chunks = [chunk({"content": "a"}, usage=chat_usage(7)), chunk({"content": "b"}, usage=chat_usage(7))]
    stream = streams.to_messages(*chunks, chunk(finish="length"))

    assert [delta["text"] for delta in said(stream)] == ["a", "b"]
    assert stream.events[-2]["delta"]["stop_reason"] == "max_tokens"


def test_a23_candidates_are_not_glued_together() -> None:
    other = chunk({"content": "Z"})
    other["choices"][0]["index"] = 1
    stream = streams.to_messages(chunk({"content": "a"}), other, chunk(finish="stop"), usage_chunk())

    assert said(stream) == [{"type": "text_delta", "text": "a"}]
    assert ("candidates", "$.choices[0]") in stream.losses


def test_a38_the_text_of_the_first_chunk_is_there() -> None:
    stream = streams.to_messages(chunk({"role": "assistant", "content": "FIRST"}), chunk(finish="stop"))

    assert said(stream) == [{"type": "text_delta", "text": "FIRST"}]


def test_a41_arguments_go_on_behind_a_complete_value() -> None:
    pieces = ['{"n":1', "23}"]
    fragments = [chunk(streams.call(arguments=piece)) for piece in pieces]
    stream = streams.to_messages(chunk(streams.call(0, "t1", "f")), *fragments, chunk(finish="tool_calls"))

    assert "".join(delta["partial_json"] for delta in said(stream)) == '{"n":123}'


def test_a41_an_empty_stream_is_an_error_and_nothing_else() -> None:
    assert kinds(streams.to_messages()) == ["error"]


def test_b39_reasoning_and_text_in_one_chunk() -> None:
    stream = streams.to_messages(chunk({"reasoning_content": "hm", "content": "so"}), chunk(finish="stop"))

    assert [delta["type"] for delta in said(stream)] == ["thinking_delta", "text_delta"]


def test_b04_a_filtered_answer_is_the_same_whole_and_streamed() -> None:
    whole = reply_to_messages(chat_reply({"content": "so"}, "content_filter")).body
    stream = streams.to_messages(chunk({"content": "so"}), chunk(finish="content_filter"), usage_chunk())

    end = stream.events[-2]["delta"]
    assert end == {name: whole[name] for name in ("stop_reason", "stop_sequence", "stop_details")}


# -- ids, and streams of our own -------------------------------------------------------------------


def test_a35_ids_are_kept() -> None:
    to_chat = streams.to_chat(message_start(), *text_block(0, "hi"), *message_end())
    to_messages = streams.to_messages(chunk({"content": "hi"}), *finished()[:1])

    assert {event["id"] for event in to_chat.events if "id" in event} == {"r1"}
    assert to_messages.events[0]["message"]["id"] == "r1"
    assert reply_to_chat(message(text("hi"))).body["id"] == "r1"


def test_b44_the_stream_of_a_reply_gives_the_reply() -> None:
    reply = message({"type": "redacted_thinking", "data": "x"}, text("so"), tool_use(city="Kyiv"), stop="tool_use")
    accumulator = StreamAccumulator(protocol="messages")

    accumulator.feed(stream_response(reply, protocol="messages"))

    assert accumulator.response.to_dict() == reply
