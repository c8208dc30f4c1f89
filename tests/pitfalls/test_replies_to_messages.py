"""Pitfalls of whole replies on the way from Chat to Messages; those of streams that concern whole replies too."""

from __future__ import annotations

import pytest

from llm_transcode import InvalidPayload, Options, ReplyContext

from .conversions import (
    Json,
    JsonObject,
    Outcome,
    call,
    chat_reply,
    message,
    reply_to_messages,
    text,
    tool_use,
)

Losses = list[tuple[str, str]]
MESSAGE = "$.choices[0].message"
FINISH = ("stop_reason", "$.choices[0].finish_reason")


def test_p014_a_call_without_id_gets_one_that_stays_the_same() -> None:
    nameless = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    reply = chat_reply({"tool_calls": [nameless, nameless]}, "tool_calls")

    outcome = reply_to_messages(reply)

    first, second = (block["id"] for block in outcome.body["content"])
    assert first != second
    assert first.startswith("toolu_")
    assert outcome == Outcome(
        message(tool_use(first), tool_use(second), stop="tool_use"),
        [("tool_id", f"{MESSAGE}.tool_calls[{at}]") for at in range(2)],
    )
    assert reply_to_messages(reply) == outcome


def test_p014_ids_are_made_by_the_caller_on_demand() -> None:
    nameless = {"type": "function", "function": {"name": "f", "arguments": "{}"}}

    outcome = reply_to_messages(
        chat_reply({"tool_calls": [nameless]}, "tool_calls"), options=Options(new_id=lambda prefix: f"{prefix}mine")
    )

    assert outcome.body["content"] == [tool_use("toolu_mine")]


@pytest.mark.parametrize("finish", ["stop", "tool_calls", "function_call", "", None, "next_year"])
def test_p026_a_call_that_went_out_wins_over_the_finish_reason(finish: str | None) -> None:
    outcome = reply_to_messages(chat_reply({"tool_calls": [call()]}, finish))

    losses = [] if finish in ("stop", "tool_calls", "function_call") else [FINISH]
    assert outcome == Outcome(message(tool_use(), stop="tool_use"), losses)


@pytest.mark.parametrize(("finish", "stop"), [("length", "max_tokens"), ("content_filter", "refusal")])
def test_p026_p055_unless_the_call_may_be_half_a_call(finish: str, stop: str) -> None:
    outcome = reply_to_messages(chat_reply({"tool_calls": [call(arguments='{"a')]}, finish))

    assert outcome.body["stop_reason"] == stop
    assert outcome.body["content"] == [tool_use(_raw_arguments='{"a')]
    assert ("tool_arguments", f"{MESSAGE}.tool_calls[0].function.arguments") in outcome.losses


def test_p027_no_call_went_out() -> None:
    outcome = reply_to_messages(chat_reply({"content": "hi", "tool_calls": []}, "tool_calls"))

    assert outcome == Outcome(message(text("hi")), [])


def test_p033_p034_reasoning_alone() -> None:
    outcome = reply_to_messages(chat_reply({"content": "", "reasoning_content": "hm"}, "length"))

    thinking = {"type": "thinking", "thinking": "hm", "signature": ""}
    losses = [("thinking_unsigned", f"{MESSAGE}.reasoning_content")]
    assert outcome == Outcome(message(thinking, stop="max_tokens"), losses)


def test_p034_signatures_survive() -> None:
    signed = {"type": "thinking", "thinking": "hm", "signature": "s"}
    silent = {"type": "thinking", "thinking": "", "signature": "t"}

    outcome = reply_to_messages(
        chat_reply({"content": "hi", "reasoning_content": "hm", "thinking_blocks": [signed, silent]})
    )

    assert outcome == Outcome(message(signed, silent, text("hi")), [])


@pytest.mark.parametrize(
    ("fields", "slot"),
    [
        ({"reasoning_content": "hm"}, "reasoning_content"),
        ({"reasoning": "hm"}, "reasoning"),
        ({"reasoning_text": "hm"}, "reasoning_text"),
        ({"reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}, "reasoning_details"),
        ({"reasoning_details": [{"type": "reasoning.summary", "summary": "hm"}]}, "reasoning_details"),
        ({"reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}, "reasoning_details"),
        ({"reasoning_content": "hm", "reasoning": "hm"}, "reasoning_content"),
        ({"reasoning_content": "", "reasoning": "hm"}, "reasoning"),
    ],
)
def test_p035_p036_reasoning_under_any_name_is_read_once(fields: JsonObject, slot: str) -> None:
    outcome = reply_to_messages(chat_reply({"content": "hi", **fields}))

    thinking = {"type": "thinking", "thinking": "hm", "signature": ""}
    assert outcome == Outcome(message(thinking, text("hi")), [("thinking_unsigned", f"{MESSAGE}.{slot}")])


def test_p037_tags_in_the_text_are_text() -> None:
    outcome = reply_to_messages(chat_reply({"content": "<think>plan</think>answer"}))

    assert outcome == Outcome(message(text("<think>plan</think>answer")), [])


ASKED_TO_STOP = ReplyContext(model="m", stop_sequences=("###",))


@pytest.mark.parametrize("field", ["stop_reason", "matched_stop"])
@pytest.mark.parametrize("context", [None, ASKED_TO_STOP])
def test_p042_the_stop_sequence_that_matched(field: str, context: ReplyContext | None) -> None:
    outcome = reply_to_messages(chat_reply({"content": "hi"}, choice={field: "###"}), context)

    assert outcome == Outcome(message(text("hi"), stop="stop_sequence", stop_sequence="###"), [])


@pytest.mark.parametrize("matched", [154827, None, "other", ""])
def test_p042_anything_else_is_no_stop_sequence(matched: Json) -> None:
    outcome = reply_to_messages(chat_reply({"content": "hi"}, choice={"stop_reason": matched}), ASKED_TO_STOP)

    lost = [("vendor_field", "$.choices[0].stop_reason")] if matched else []
    assert outcome == Outcome(message(text("hi")), lost)


def test_p043_a_vendors_data_about_a_call_is_a_recorded_loss() -> None:
    signed = {**call(), "extra_content": {"google": {"thought_signature": "x"}}}

    outcome = reply_to_messages(chat_reply({"tool_calls": [signed]}, "tool_calls"))

    assert outcome.body == message(tool_use(), stop="tool_use")
    assert [code for code, _ in outcome.losses] == ["vendor_field"]


@pytest.mark.parametrize("arguments", ["", " ", None, {}])
def test_p115_no_arguments(arguments: Json) -> None:
    outcome = reply_to_messages(chat_reply({"tool_calls": [call(arguments=arguments)]}, "tool_calls"))

    assert outcome == Outcome(message(tool_use(), stop="tool_use"), [])


def test_p116_arguments_that_are_no_object() -> None:
    outcome = reply_to_messages(chat_reply({"tool_calls": [call(arguments="[1]")]}, "tool_calls"))

    losses = [("tool_arguments", f"{MESSAGE}.tool_calls[0].function.arguments")]
    assert outcome == Outcome(message(tool_use(_raw_arguments="[1]"), stop="tool_use"), losses)


def test_p113_ids_that_anthropic_does_not_take() -> None:
    outcome = reply_to_messages(chat_reply({"tool_calls": [call("functions.bash:0")]}, "tool_calls"))

    assert outcome == Outcome(
        message(tool_use("functions_bash_0_8497fe9c"), stop="tool_use"),
        [("tool_id", f"{MESSAGE}.tool_calls[0].id")],
    )


def refused(explanation: str | None = None) -> JsonObject:
    return {"type": "refusal", "category": None, "explanation": explanation}


@pytest.mark.parametrize(
    ("said", "finish", "content"),
    [
        ({"content": "so"}, "content_filter", [text("so")]),
        ({"refusal": "I can't"}, "stop", [text("I can't")]),
        ({"refusal": "I can't"}, "content_filter", [text("I can't")]),
    ],
)
def test_p137_refusals(said: JsonObject, finish: str, content: list[JsonObject]) -> None:
    outcome = reply_to_messages(chat_reply(said, finish))

    assert outcome.body == message(*content, stop="refusal", stop_details=refused())


@pytest.mark.parametrize(
    ("finish", "stop", "losses"),
    [
        ("stop", "end_turn", []),
        ("eos", "end_turn", []),
        ("model_length", "max_tokens", []),
        ("next_year", "end_turn", [FINISH]),
        ("", "end_turn", [FINISH]),
        (None, "end_turn", [FINISH]),
    ],
)
def test_p137_p139_no_finish_reason_raises_or_becomes_null(finish: str | None, stop: str, losses: Losses) -> None:
    assert reply_to_messages(chat_reply({"content": "hi"}, finish)) == Outcome(message(text("hi"), stop=stop), losses)


def test_p137_the_legacy_form_of_a_call() -> None:
    outcome = reply_to_messages(chat_reply({"function_call": {"name": "f", "arguments": "{}"}}, "function_call"))

    [block] = outcome.body["content"]
    assert outcome == Outcome(
        message(tool_use(block["id"]), stop="tool_use"), [("tool_id", f"{MESSAGE}.function_call")]
    )


def test_p120_further_candidates_are_recorded() -> None:
    reply = chat_reply({"content": "hi"})
    reply["choices"] = [{**reply["choices"][0], "index": 1}, reply["choices"][0]]

    assert reply_to_messages(reply) == Outcome(message(text("hi")), [("candidates", "$.choices[0]")])


@pytest.mark.parametrize("body", [{"object": "response", "output": []}, {"choices": []}, {"error": {"message": "no"}}])
def test_p170_a_body_of_another_kind_is_an_error_of_its_own_type(body: JsonObject) -> None:
    with pytest.raises(InvalidPayload) as caught:
        reply_to_messages(body)

    assert caught.value.path == "$.choices"
