"""What compatible servers answer and clients ask beyond the official API: it comes along, or its loss is on record."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import pytest

from llm_transcode import (
    InvalidPayload,
    LossCode,
    StreamTranscoder,
    convert_request,
    convert_response,
)

JsonObject: TypeAlias = dict[str, Any]
Losses: TypeAlias = set[tuple[LossCode, str]]

MISTRAL = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "Hi."}]
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": ""}
TEXT = {"type": "text", "text": "Hi."}
FOREIGN = {"type": "reasoning.text", "text": "Hm.", "signature": "c2ln", "format": "google-gemini-v1"}
EMPTY: JsonObject = {"function_call": {"name": "", "arguments": ""}, "audio": {"id": "", "data": "", "transcript": ""}}
MESSAGE = "$.choices[0].message"
DELTA = "$.choices[0].delta"


def replied(message: JsonObject, **fields: Any) -> tuple[JsonObject, Losses]:
    """What becomes of a Chat reply, and its losses."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    reply = {"id": "r", "model": "m", "choices": [choice], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    converted = convert_response({**reply, **fields}, source="chat", target="messages")
    return converted.to_dict(), {(loss.code, loss.path) for loss in converted.losses}


def streamed(delta: JsonObject, **fields: Any) -> tuple[list[JsonObject], Losses]:
    """The deltas that become of one Chat delta, and the losses."""
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": "stop"}
    chunk = {"id": "r", "model": "m", "choices": [choice], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    transcoder = StreamTranscoder(source="chat", target="messages")
    body = transcoder.feed(f"data: {json.dumps({**chunk, **fields})}\n\ndata: [DONE]\n\n") + transcoder.close()
    events = [json.loads(line.removeprefix(b"data: ")) for line in body.splitlines() if line.startswith(b"data: ")]
    said = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    return said, {(loss.code, loss.path) for loss in transcoder.losses}


def asked(request: JsonObject) -> tuple[JsonObject, Losses]:
    """What becomes of a Chat request, and its losses."""
    full = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 9000,
        "messages": [{"role": "user", "content": "Hi."}],
        **request,
    }
    converted = convert_request(full, source="chat", target="messages")
    return converted.to_dict(), {(loss.code, loss.path) for loss in converted.losses}


# -- replies -----------------------------------------------------------------------------------------


def test_reasoning_among_the_parts_of_the_text() -> None:
    body, losses = replied({"content": MISTRAL})
    assert body["content"] == [THOUGHT, TEXT]
    assert losses == {(LossCode.THINKING_UNSIGNED, f"{MESSAGE}.content[0]")}
    said, _ = streamed({"content": MISTRAL})
    assert said == [{"type": "thinking_delta", "thinking": "Hm."}, {"type": "text_delta", "text": "Hi."}]


def test_a_signature_of_another_vendor() -> None:
    body, losses = replied({"content": "Hi.", "reasoning_details": [FOREIGN]})
    assert body["content"] == [THOUGHT, TEXT]
    assert (LossCode.THINKING, f"{MESSAGE}.reasoning_details[0].signature") in losses
    said, losses = streamed({"reasoning_details": [FOREIGN]})
    assert said == [{"type": "thinking_delta", "thinking": "Hm."}]
    assert (LossCode.THINKING, f"{DELTA}.reasoning_details[0].signature") in losses


def test_slots_that_are_there_and_empty() -> None:
    body, losses = replied({"content": "Hi.", "refusal": "", **EMPTY})
    assert (body["content"], body["stop_reason"], losses) == ([TEXT], "end_turn", set())
    assert streamed({"content": "Hi.", "refusal": "", **EMPTY}) == ([{"type": "text_delta", "text": "Hi."}], set())


@pytest.mark.parametrize("message", [{"refusal": "No."}, {"content": [{"type": "refusal", "refusal": "No."}]}])
def test_a_refusal_becomes_text(message: JsonObject) -> None:
    body, losses = replied(message)
    assert (body["content"], body["stop_reason"]) == ([{"type": "text", "text": "No."}], "refusal")
    assert [code for code, _ in losses] == [LossCode.REFUSAL]
    said, losses = streamed(message)
    assert said == [{"type": "text_delta", "text": "No."}]
    assert [code for code, _ in losses] == [LossCode.REFUSAL]


def test_more_cached_tokens_than_tokens() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 163}}
    body, losses = replied({"content": "Hi."}, usage=usage)
    assert (body["usage"]["input_tokens"], body["usage"]["cache_read_input_tokens"]) == (7, 163)
    assert losses == {(LossCode.USAGE, "$.usage.prompt_tokens")}


def test_what_groq_remarks() -> None:
    remarks = {"id": "req_1", "seed": 3}
    lost = {(LossCode.VENDOR_FIELD, "$.x_groq.id"), (LossCode.VENDOR_FIELD, "$.x_groq.seed")}
    assert replied({"content": "Hi."}, x_groq=remarks)[1] == lost
    assert streamed({"content": "Hi."}, x_groq=remarks)[1] == lost


def test_a_reply_that_names_no_model() -> None:
    body, losses = replied({"content": "Hi."}, model="")
    assert (body["model"], losses) == ("", {(LossCode.ID, "$.model")})


def test_a_reply_without_a_finish_reason() -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi."}}
    assert replied({}, choices=[choice])[1] == {(LossCode.STOP_REASON, "$.choices[0]")}


def test_an_empty_stop_sequence_is_none() -> None:
    usage = {"input_tokens": 5, "output_tokens": 2}
    reply = {"id": "r", "type": "message", "role": "assistant", "model": "m", "content": [TEXT], "usage": usage}
    ended = {**reply, "stop_reason": "end_turn", "stop_sequence": ""}
    assert "stop_reason" not in convert_response(ended, source="messages", target="chat").to_dict()["choices"][0]


# -- requests ----------------------------------------------------------------------------------------


def test_reasoning_parts_of_an_earlier_turn() -> None:
    turns = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": MISTRAL}]
    body, losses = asked({"messages": [*turns, {"role": "user", "content": "And?"}]})
    assert body["messages"][1] == {"role": "assistant", "content": [TEXT]}
    assert losses == {(LossCode.THINKING_UNSIGNED, "$.messages[1].content[0]")}


def test_white_space_beside_a_call() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    turns = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "  ", "tool_calls": [call]}]
    body, losses = asked({"messages": [*turns, {"role": "tool", "tool_call_id": "call_1", "content": "1"}]})
    assert [block["type"] for block in body["messages"][1]["content"]] == ["tool_use"]
    assert (LossCode.TURN_EMPTY, "$.messages[1].content") in losses


def test_nobody_says_anything() -> None:
    with pytest.raises(InvalidPayload, match="at least one turn with content") as raised:
        asked({"messages": [{"role": "user", "content": ""}]})
    assert raised.value.path == "$.messages"


def test_a_system_prompt_alone_is_a_user_turn() -> None:
    body, losses = asked({"messages": [{"role": "developer", "content": "Hi."}]})
    assert body["messages"] == [{"role": "user", "content": "Hi."}]
    assert losses == {(LossCode.MID_SYSTEM, "$.messages[0]")}


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"reasoning": {"enabled": True}}, "$.reasoning.enabled"),
        ({"thinking": {"type": "enabled"}}, "$.thinking.type"),
    ],
)
def test_thinking_without_a_measure(request_: JsonObject, path: str) -> None:
    body, losses = asked(request_)
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 8192}
    assert (LossCode.EFFORT, path) in losses


def test_a_schema_that_describes_itself() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False, "description": "Inner."}
    form = {"name": "response", "schema": schema, "description": "Outer."}
    body, losses = asked({"response_format": {"type": "json_schema", "json_schema": form}})
    assert body["output_config"]["format"]["schema"]["description"] == "Inner."
    lost = {(LossCode.OUTPUT_FORMAT, "$.response_format.json_schema" + name) for name in ("", ".description")}
    assert losses == lost


def test_thinking_that_cannot_be_switched_off() -> None:
    request = {"max_tokens": 100, "messages": [{"role": "user", "content": "Hi."}], "thinking": {"type": "disabled"}}
    for model, codes in (("claude-sonnet-4-0", [LossCode.EFFORT]), ("gpt-4o", [])):
        converted = convert_request({**request, "model": model}, source="messages", target="chat")
        assert "reasoning_effort" not in converted.to_dict()
        assert [loss.code for loss in converted.losses] == codes
