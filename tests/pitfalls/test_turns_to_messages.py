"""Pitfalls of messages and their parts on the way from Chat to Messages."""

from __future__ import annotations

import hashlib

import pytest

from llm_transcode import InvalidPayload, LossCode, Options, Unsupported

from .conversions import (
    CLAUDE,
    HI,
    Json,
    JsonObject,
    Outcome,
    asked_of_messages,
    assistant,
    call,
    request_to_messages,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)

NEWER = "claude-opus-5"
"""Takes system turns between the others."""


def turns(*given: JsonObject, model: str = CLAUDE, **options: Json) -> Outcome:
    return request_to_messages({"model": model, "messages": list(given)}, Options(**options))


def expected(*messages: JsonObject, losses: list[tuple[str, str]] | None = None, **fields: Json) -> Outcome:
    return asked_of_messages({"messages": list(messages), **fields}, losses)


def system(content: Json, role: str = "system") -> JsonObject:
    return {"role": role, "content": content}


# -- system messages -------------------------------------------------------------------------------

LATE = [system("Be kind."), HI, assistant("hello"), system("Be brief."), HI]


def test_p092_a_later_system_message_becomes_labelled_text_in_its_place() -> None:
    assert turns(*LATE) == expected(
        HI,
        assistant("hello"),
        user(text("<system>\nBe brief.\n</system>"), text("hi")),
        system="Be kind.",
        losses=[("mid_system", "$.messages[3]")],
    )


def test_p092_models_that_know_system_turns_get_them_behind_a_user_turn() -> None:
    outcome = turns(HI, system("Be brief.", "developer"), assistant("hello"), HI, model=NEWER)

    assert outcome == expected(HI, system("Be brief."), assistant("hello"), HI, model=NEWER)


def test_p092_no_system_turn_stands_behind_an_assistant_turn() -> None:
    outcome = turns(*LATE, model=NEWER)

    assert outcome.body["messages"][2] == user(text("<system>\nBe brief.\n</system>"), text("hi"))


@pytest.mark.parametrize(
    ("mode", "later"),
    [("native", [system("Be brief."), HI]), ("text", [user(text("<system>\nBe brief.\n</system>"), text("hi"))])],
)
def test_p092_modes(mode: str, later: list[JsonObject]) -> None:
    assert turns(*LATE, mid_system=mode).body["messages"] == [HI, assistant("hello"), *later]


def test_p092_never_between_a_call_and_its_result() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), system("Be brief."), tool(), HI)

    assert outcome == expected(
        HI,
        assistant(tool_use()),
        user(tool_result(), text("<system>\nBe brief.\n</system>"), text("hi")),
        losses=[("mid_system", "$.messages[2]")],
    )


def test_p068_all_leading_system_messages_survive() -> None:
    outcome = turns(system("one"), system([text("two"), text("three")], "developer"), HI)

    assert outcome == expected(HI, system=[text("one"), text("two"), text("three")])


# -- tool messages ---------------------------------------------------------------------------------


def test_p093_tool_messages_become_results() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}

    outcome = turns(HI, assistant(None, tool_calls=[call()]), tool(content=[text("72F"), image]))

    block = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert outcome == expected(HI, assistant(tool_use()), user(tool_result(content=[text("72F"), block])))


def test_p094_parallel_results_share_one_turn_and_come_first() -> None:
    calls = assistant(None, tool_calls=[call("a"), call("b")])

    outcome = turns(HI, calls, tool("b", "2"), tool("a", "1"), user("and?"))

    assert outcome == expected(
        HI,
        assistant(tool_use("a"), tool_use("b")),
        user(tool_result("a", "1"), tool_result("b", "2"), text("and?")),
    )


MISSING = {
    "type": "tool_result",
    "tool_use_id": "t1",
    "content": "[no result: the call was interrupted]",
    "is_error": True,
}


def test_p095_a_call_without_result() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), user("never mind"))

    assert outcome == expected(
        HI,
        assistant(tool_use()),
        user(MISSING, text("never mind")),
        losses=[("tool_result_missing", "$.messages[1].tool_calls[0]")],
    )


def test_p095_a_result_without_call() -> None:
    outcome = turns(HI, assistant("ok"), tool("gone", "42"))

    assert outcome == expected(
        HI,
        assistant("ok"),
        user(text("[result of tool call gone]"), text("42")),
        losses=[("tool_result_orphan", "$.messages[2]")],
    )


def test_p095_valid_results_are_never_repaired() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), tool(), assistant("done"), HI)

    assert outcome == expected(HI, assistant(tool_use()), user(tool_result()), assistant("done"), HI)


@pytest.mark.parametrize(
    ("later", "path"),
    [([HI], "$.messages[1].tool_calls[0]"), ([tool(), tool("gone")], "$.messages[3]")],
)
def test_p095_orphans_are_rejected_on_demand(later: list[JsonObject], path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, assistant(None, tool_calls=[call()]), *later, unanswered_calls="reject")

    assert caught.value.path == path


def test_p095_open_calls_are_kept_on_demand() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), HI, unanswered_calls="keep")

    assert outcome == expected(HI, assistant(tool_use()), HI)


def test_p096_blocks_of_hybrid_clients() -> None:
    outcome = turns(
        user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}),
        assistant(text("let me"), tool_use("t1", a=1), tool_calls=[call("t1", arguments='{"a":1}')]),
        user(text("there"), tool_result("t1")),
    )

    assert outcome == expected(
        user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}),
        assistant(text("let me"), tool_use("t1", a=1)),
        user(tool_result("t1"), text("there")),
    )


def test_p096_a_malformed_foreign_block_is_found() -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(user({"type": "tool_result"}))

    assert caught.value.path == "$.messages[0].content[0].tool_use_id"


def test_p014_a_call_without_id_is_answered_in_order() -> None:
    nameless = {"type": "function", "function": {"name": "f", "arguments": "{}"}}

    outcome = turns(HI, assistant(None, tool_calls=[nameless]), tool(""), HI)

    assert outcome == expected(
        HI,
        assistant(tool_use("call_1_0")),
        user(tool_result("call_1_0"), text("hi")),
        losses=[("tool_id", "$.messages[1].tool_calls[0].id")],
    )


def test_p015_ids_used_again_in_a_later_turn() -> None:
    round_trip = [assistant(None, tool_calls=[call("call_0")]), tool("call_0")]

    outcome = turns(HI, *round_trip, *round_trip)

    assert outcome == expected(
        HI,
        assistant(tool_use("call_0")),
        user(tool_result("call_0")),
        assistant(tool_use("call_0_2")),
        user(tool_result("call_0_2")),
        losses=[("tool_id", "$.messages[3].tool_calls[0].id")],
    )


def sanitised(name: str) -> str:
    return f"{name.replace(':', '_').replace('.', '_')}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def test_p113_ids_with_foreign_characters() -> None:
    ids = ["f.bash:0", "f:bash.0", "call_1"]
    given = assistant(None, tool_calls=[call(call_id) for call_id in ids])

    outcome = turns(HI, given, *(tool(call_id) for call_id in ids))

    sent = [sanitised("f.bash:0"), sanitised("f:bash.0"), "call_1"]
    assert outcome == expected(
        HI,
        assistant(*(tool_use(call_id) for call_id in sent)),
        user(*(tool_result(call_id) for call_id in sent)),
        losses=[("tool_id", f"$.messages[1].tool_calls[{at}].id") for at in range(2)],
    )


@pytest.mark.parametrize("arguments", ["", "  ", None, {}])
def test_p115_no_arguments(arguments: Json) -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call(arguments=arguments)]), tool())

    assert outcome == expected(HI, assistant(tool_use()), user(tool_result()))


def test_p115_arguments_that_are_an_object_already() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call(arguments={"a": 1})]), tool())

    assert outcome == expected(HI, assistant(tool_use(a=1)), user(tool_result()))


BROKEN_ARGUMENTS = ['{"command": "ls', "[1]", '"{}"', '{"a": NaN}', '{"a": 1e400}']


@pytest.mark.parametrize("arguments", BROKEN_ARGUMENTS)
def test_p116_arguments_that_are_no_object_are_wrapped(arguments: str) -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call(arguments=arguments)]), tool())

    assert outcome == expected(
        HI,
        assistant(tool_use(_raw_arguments=arguments)),
        user(tool_result()),
        losses=[("tool_arguments", "$.messages[1].tool_calls[0].function.arguments")],
    )


def test_p116_arguments_that_are_no_object_are_rejected_on_demand() -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, assistant(None, tool_calls=[call(arguments="[1]")]), tool(), invalid_arguments="reject")

    assert caught.value.path == "$.messages[1].tool_calls[0].function.arguments"


def test_p129_legacy_function_messages() -> None:
    answer = {"role": "function", "name": "f", "content": "72F"}

    outcome = turns(HI, assistant(None, function_call={"name": "f", "arguments": "{}"}), answer)

    assert outcome == expected(
        HI,
        assistant(tool_use("call_1")),
        user(tool_result("call_1", "72F")),
        losses=[("tool_id", "$.messages[1].function_call")],
    )


# -- empty turns, order and the end of the conversation --------------------------------------------


def test_p097_empty_texts() -> None:
    outcome = turns(
        system(""),
        user([text(" "), text("hi")]),
        assistant("", tool_calls=[call()]),
        tool(),
        user(""),
        assistant([text("")]),
        HI,
    )

    assert outcome == expected(
        user(text("hi")),
        assistant(tool_use()),
        user(tool_result(), text("hi")),
        losses=[
            ("turn_empty", "$.messages[1].content[0]"),
            ("turn_empty", "$.messages[4]"),
            ("turn_empty", "$.messages[5].content[0]"),
            ("turn_empty", "$.messages[5]"),
        ],
    )


def test_p099_white_space_at_the_very_end() -> None:
    art = "  /\\_/\\  "

    outcome = turns(HI, assistant(art), HI, assistant("Sure, "))

    assert outcome == expected(
        HI, assistant(art), HI, assistant("Sure,"), losses=[("prefill", "$.messages[3]"), ("prefill", "$.messages")]
    )


PREFILL_LOSS = [("prefill", "$.messages[1]")]


def test_p100_a_last_assistant_turn_is_kept_and_recorded() -> None:
    assert turns(HI, assistant("{")) == expected(HI, assistant("{"), losses=PREFILL_LOSS)


def test_p100_a_last_assistant_turn_is_dropped_on_demand() -> None:
    assert turns(HI, assistant("{"), prefill="drop") == expected(HI, losses=PREFILL_LOSS)


def test_p100_a_last_assistant_turn_is_rejected_on_demand() -> None:
    with pytest.raises(Unsupported) as caught:
        turns(HI, assistant("{"), prefill="reject")

    assert caught.value.path == "$.messages[1]"


def test_p134_neighbours_of_one_role_are_merged_as_blocks() -> None:
    outcome = turns(system("a"), system("b"), assistant("hello"), user("1"), user([text("2")]), user("3"))

    assert outcome == expected(
        assistant("hello"), user(text("1"), text("2"), text("3")), system=[text("a"), text("b")]
    )


# -- parts -----------------------------------------------------------------------------------------

PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    ("url", "media_type", "data"),
    [
        ("data:image/jpg;base64,/9j/4A==", "image/jpeg", "/9j/4A=="),
        (f"data:image/png;charset=utf-8;base64,{PNG}", "image/png", PNG),
        (f"DATA:IMAGE/PNG;BASE64,{PNG}", "image/png", PNG),
        (f"data:;base64,{PNG}", "image/png", PNG),
        (f"data:application/octet-stream;base64,{PNG}", "image/png", PNG),
    ],
)
def test_p117_data_urls(url: str, media_type: str, data: str) -> None:
    outcome = turns(user({"type": "image_url", "image_url": {"url": url}}))

    source = {"type": "base64", "media_type": media_type, "data": data}
    assert outcome == expected(user({"type": "image", "source": source}))


def test_p117_detail_is_dropped() -> None:
    outcome = turns(user({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "high"}}))

    source = {"type": "base64", "media_type": "image/png", "data": PNG}
    losses = [("image_detail", "$.messages[0].content[0].image_url.detail")]
    assert outcome == expected(user({"type": "image", "source": source}), losses=losses)


def test_p117_formats_that_anthropic_does_not_take() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/svg+xml;base64,PHN2Zz4="}}

    with pytest.raises(Unsupported) as caught:
        turns(user(part))

    assert caught.value.path == "$.messages[0].content[0].image_url"
    assert turns(user(text("see"), part), downgrade={LossCode.MEDIA}) == expected(
        user(text("see")), losses=[("media", "$.messages[0].content[1].image_url")]
    )


ADDRESS = "https://example.com/a.png"


def test_p118_addresses_of_images_pass() -> None:
    outcome = turns(user({"type": "image_url", "image_url": {"url": ADDRESS}}))

    assert outcome == expected(user({"type": "image", "source": {"type": "url", "url": ADDRESS}}))


def test_p118_addresses_of_images_where_only_data_is_taken() -> None:
    with pytest.raises(Unsupported) as caught:
        turns(user({"type": "image_url", "image_url": {"url": ADDRESS}}), dialect="bedrock")

    assert caught.value.path == "$.messages[0].content[0].image_url"


@pytest.mark.parametrize(
    ("file", "block"),
    [
        (
            {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
                "title": "a.pdf",
            },
        ),
        (
            {"file_data": "data:text/plain;base64,aGk="},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hi"}},
        ),
    ],
)
def test_p061_files(file: JsonObject, block: JsonObject) -> None:
    assert turns(user({"type": "file", "file": file})) == expected(user(block))


MARK = {"type": "ephemeral"}


def test_p132_cache_marks_of_parts_messages_and_results() -> None:
    outcome = turns(
        system([text("long", cache_control=MARK)]),
        {**user("marked"), "cache_control": MARK},
        assistant(None, tool_calls=[call()]),
        {**tool(), "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    )

    assert outcome == expected(
        user(text("marked", cache_control=MARK)),
        assistant(tool_use()),
        user(tool_result(cache_control={"type": "ephemeral", "ttl": "1h"})),
        system=[text("long", cache_control=MARK)],
    )


def test_p131_at_most_four_cache_marks() -> None:
    outcome = turns(
        system([text(str(at), cache_control=MARK) for at in range(3)]), user(*(text(str(at), cache_control=MARK) for at in range(3)))
    )

    assert outcome == expected(
        user(*(text(str(at), cache_control=MARK) for at in range(3))),
        system=[text("0"), text("1"), text("2", cache_control=MARK)],
        losses=[("cache_control", "$.system"), ("cache_control", "$.system")],
    )


# -- thinking --------------------------------------------------------------------------------------

SIGNED = {"type": "thinking", "thinking": "h\u00fcm \ud83d ", "signature": "s"}
"""With a lone surrogate and a space at its end: what was signed must come back byte for byte."""


def test_p121_an_empty_signature_is_none() -> None:
    unsigned = {"type": "thinking", "thinking": "hm", "signature": ""}

    outcome = turns(HI, assistant("ok", thinking_blocks=[unsigned]), HI)

    assert outcome == expected(HI, assistant("ok"), HI, losses=[("thinking_unsigned", "$.messages[1].thinking_blocks")])


def test_p121_unsigned_thinking_is_left_out() -> None:
    outcome = turns(HI, assistant("ok", reasoning_content="hm"), HI)

    assert outcome == expected(HI, assistant("ok"), HI, losses=[("thinking_unsigned", "$.messages[1].reasoning_content")])


def test_p121_unsigned_thinking_as_text_on_demand() -> None:
    outcome = turns(HI, assistant("ok", reasoning_content="hm"), HI, unsigned_thinking="text")

    assert outcome == expected(
        HI, assistant(text("hm"), text("ok")), HI, losses=[("thinking_unsigned", "$.messages[1].reasoning_content")]
    )


def test_p121_reasoning_of_another_vendor_is_left_out() -> None:
    foreign = {"type": "reasoning.encrypted", "data": "x", "format": "openai-responses-v1", "index": 0}

    outcome = turns(HI, assistant("ok", reasoning_details=[foreign]), HI)

    losses = [("thinking", "$.messages[1].reasoning_details[0]")]
    assert outcome == expected(HI, assistant("ok"), HI, losses=losses)


def test_p122_a_signature_alone_is_kept() -> None:
    signed = {"type": "thinking", "thinking": "", "signature": "s", "cache_control": MARK}

    outcome = turns(HI, assistant(None, thinking_blocks=[signed], tool_calls=[call()]), tool())

    block = {"type": "thinking", "thinking": "", "signature": "s"}
    losses = [("cache_control", "$.messages[1].thinking_blocks[0].cache_control")]
    assert outcome == expected(HI, assistant(block, tool_use()), user(tool_result()), losses=losses)


def test_p123_thinking_is_opaque() -> None:
    details = [
        {"type": "reasoning.text", "text": SIGNED["thinking"], "signature": "s", "format": "anthropic-claude-v1"},
        {"type": "reasoning.encrypted", "data": "x", "format": "anthropic-claude-v1"},
    ]

    outcome = turns(HI, assistant("ok", reasoning_details=details, reasoning_content="hm"), HI)

    redacted = {"type": "redacted_thinking", "data": "x"}
    assert outcome == expected(HI, assistant(SIGNED, redacted, text("ok")), HI)
