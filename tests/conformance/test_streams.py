"""The stream checks accept what the vendors send, and can fail."""

from __future__ import annotations

import json

import pytest

from llm_transcode import Loss, LossCode

from .documents import JsonObject
from .stream_losses import path_faults, placed
from .streams import accumulated, failure, plain, stream_faults
from .test_referee import MESSAGES_REPLY

START: JsonObject = {
    "type": "message_start",
    "message": {**MESSAGES_REPLY, "content": [], "stop_reason": None},
}
OPEN: JsonObject = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
DELTA: JsonObject = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi."}}
CLOSE: JsonObject = {"type": "content_block_stop", "index": 0}
END: JsonObject = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 5},
}
STOP: JsonObject = {"type": "message_stop"}
PING: JsonObject = {"type": "ping"}
MESSAGES = [START, PING, OPEN, DELTA, CLOSE, END, STOP]
MESSAGES_ERROR: JsonObject = {"type": "error", "error": {"type": "api_error", "message": "It broke."}}


def chunk(delta: JsonObject, finish: str | None = None, **more: object) -> JsonObject:
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def call(index: int, **more: object) -> JsonObject:
    return chunk({"tool_calls": [{"index": index, "function": {"arguments": "{}"}, **more}]})


USAGE: JsonObject = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
TEXT = chunk({"role": "assistant", "content": "Hi.", "reasoning_content": "Hm."})
FINISH = chunk({}, "stop")
COUNTED = chunk({}, choices=[], usage=USAGE)
CHAT = [TEXT, FINISH, COUNTED]
OPENED = call(0, id="call_1", type="function", function={"name": "f", "arguments": ""})


def messages(events: list[JsonObject]) -> bytes:
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def chat(chunks: list[JsonObject], end: str = "data: [DONE]\n\n") -> bytes:
    return b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks) + end.encode()


def rules(body: bytes, protocol: str) -> set[str]:
    return {fault.rule for fault in stream_faults(body, protocol)}


@pytest.mark.parametrize("events", [MESSAGES, [START, END, STOP], [START, OPEN, MESSAGES_ERROR]])
def test_sound_messages_streams_pass(events: list[JsonObject]) -> None:
    assert rules(messages(events), "messages") == set()


@pytest.mark.parametrize("chunks", [CHAT, [OPENED, call(0), FINISH], [TEXT, FINISH]])
def test_sound_chat_streams_pass(chunks: list[JsonObject]) -> None:
    assert rules(chat(chunks), "chat") == set()


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("event order", []),
        ("event order", [START, OPEN, DELTA, CLOSE, END]),
        ("event order", [OPEN, DELTA, CLOSE, END, STOP]),
        ("event order", [START, OPEN, DELTA, END, STOP]),
        ("event order", [START, OPEN, {**OPEN, "index": 1}, CLOSE, END, STOP]),
        ("event order", [START, {**OPEN, "index": 1}, CLOSE, END, STOP]),
        ("event order", [*MESSAGES, STOP]),
        ("sdk type", [{**START, "message": {}}, END, STOP]),
        ("sdk type", [START, {**END, "usage": {}}, STOP]),
    ],
)
def test_messages_streams(rule: str, events: list[JsonObject]) -> None:
    assert rule in rules(messages(events), "messages")


def test_the_event_name_repeats_the_type() -> None:
    assert "event name" in rules(messages(MESSAGES).replace(b"event: ping", b"event: pong"), "messages")


@pytest.mark.parametrize(
    ("rule", "chunks"),
    [
        ("finish reason", [TEXT, COUNTED]),
        ("finish reason", [TEXT, FINISH, FINISH]),
        ("usage", [TEXT, COUNTED, FINISH]),
        ("chunk", [FINISH, TEXT]),
        ("chunk", [TEXT, {**FINISH, "id": "c2"}]),
        ("tool call", [call(0, id="call_1"), FINISH]),
        ("tool call", [OPENED, call(1), FINISH]),
        ("tool call", [OPENED, OPENED, FINISH]),
        ("sdk type", [{**TEXT, "object": "chunk"}, FINISH]),
        ("sdk type", [chunk({"signature": "x"}), FINISH]),
    ],
)
def test_chat_streams(rule: str, chunks: list[JsonObject]) -> None:
    assert rule in rules(chat(chunks), "chat")


def test_a_chat_stream_ends_with_done() -> None:
    assert "end" in rules(chat(CHAT, end=""), "chat")
    assert "event name" in rules(b"event: chunk\n" + chat(CHAT), "chat")


def test_a_failed_chat_stream_has_no_end() -> None:
    body = chat([TEXT, {"error": {"message": "It broke."}}], end="")
    assert rules(body, "chat") == set()
    assert failure(body) == {"message": "It broke."}
    assert failure(chat(CHAT)) is None


def test_the_sdks_put_streams_together() -> None:
    assert accumulated(messages(MESSAGES), "messages")["content"] == [{"type": "text", "text": "Hi."}]
    reply = accumulated(chat(CHAT), "chat")
    assert reply["choices"][0]["message"]["reasoning_content"] == "Hm."
    assert reply["usage"] == USAGE


# -- how recorded streams are read -----------------------------------------------------------------


def test_usage_of_an_earlier_chunk_is_not_forgotten() -> None:
    reply = accumulated(plain(chat([chunk({"content": "Hi."}, usage=USAGE), FINISH])), "chat")
    assert reply["usage"] == USAGE


def test_groqs_usage_counts() -> None:
    reply = accumulated(plain(chat([TEXT, {**FINISH, "x_groq": {"usage": USAGE}}])), "chat")
    assert reply["usage"] == USAGE


def test_a_list_of_parts_is_told_apart() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "Hi"}]
    reply = accumulated(plain(chat([chunk({"content": parts}), chunk({"content": "."}), FINISH])), "chat")
    message = reply["choices"][0]["message"]
    assert (message["reasoning_content"], message["content"]) == ("Hm.", "Hi.")


def test_a_call_is_introduced_once() -> None:
    repeated = call(0, id="call_1", type="function", function={"name": "f", "arguments": "{}"})
    (said,) = accumulated(plain(chat([OPENED, repeated, FINISH])), "chat")["choices"][0]["message"]["tool_calls"]
    assert (said["id"], said["function"]["name"], said["function"]["arguments"]) == ("call_1", "f", "{}")


def test_calls_are_numbered_in_their_order() -> None:
    whole = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    fragments = [{**whole, "id": "a"}, {**whole, "id": "b", "index": None}, {**whole, "id": "c", "index": 7}]
    reply = accumulated(plain(chat([chunk({"tool_calls": fragments}), FINISH])), "chat")
    assert [said["id"] for said in reply["choices"][0]["message"]["tool_calls"]] == ["a", "b", "c"]


def test_chunks_that_name_nothing_are_named_by_the_others() -> None:
    nameless = {"id": "", "object": "", "model": "", "choices": []}
    reply = accumulated(plain(chat([nameless, TEXT, FINISH])), "chat")
    assert (reply["id"], reply["model"]) == ("c1", "m")


def test_the_input_of_a_call_that_was_cut_off_is_not_completed() -> None:
    opened = {**OPEN, "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}}}
    cut = {**DELTA, "delta": {"type": "input_json_delta", "partial_json": '{"a": [1, '}}
    reply = accumulated(messages([START, opened, cut, CLOSE, END, STOP]), "messages")
    assert reply["content"][0]["input"] == '{"a": [1, '


# -- where the losses of a stream stand ------------------------------------------------------------


def loss(code: LossCode, path: str, detail: str = "") -> Loss:
    return Loss("dropped", "info", code, path, detail)


def test_a_loss_must_point_into_an_event() -> None:
    found = [loss(LossCode.USAGE, "$.usage.output_tokens"), loss(LossCode.USAGE, "$.usage.cost")]
    assert [fault.rule for fault in path_faults(found, MESSAGES)] == ["loss path"]


@pytest.mark.parametrize(
    ("found", "paths"),
    [
        (loss(LossCode.CONTAINER, "$.message.container"), ["$.container"]),
        (loss(LossCode.REFUSAL, "$.delta.stop_details.category"), ["$.stop_details.category"]),
        (loss(LossCode.CITATIONS, "$.delta.citation"), ["$.content[0].citations", "$.content[1].citations"]),
        (loss(LossCode.TOOL_CALLER, "$.content_block.caller"), ["$.content[0].caller", "$.content[1].caller"]),
        (loss(LossCode.SERVER_BLOCK, "$.content_block", "'server_tool_use'"), ["$.content[1]"]),
    ],
)
def test_losses_of_messages_streams_are_placed(found: Loss, paths: list[str]) -> None:
    reply = {"content": [{"type": "text"}, {"type": "server_tool_use"}]}
    assert [item.path for item in placed([found], reply, "messages")] == paths


@pytest.mark.parametrize(
    ("found", "paths"),
    [
        (loss(LossCode.THINKING, "$.choices[0].delta.reasoning_details"), ["$.choices[0].message.reasoning_details"]),
        (loss(LossCode.CANDIDATES, "$.choices[0]"), ["$.choices[1]"]),
        (loss(LossCode.TOOL_ID, "$.choices[0].delta.tool_calls[0].id"), ["$.choices[0].message.tool_calls[0].id"]),
        (loss(LossCode.UNKNOWN_FIELD, "$.x_groq.usage.queue_time"), ["$.usage.queue_time"]),
    ],
)
def test_losses_of_chat_streams_are_placed(found: Loss, paths: list[str]) -> None:
    reply: JsonObject = {"choices": [{"message": {"tool_calls": [{}]}}, {}]}
    assert [item.path for item in placed([found], reply, "chat")] == paths
