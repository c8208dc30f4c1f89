"""Pitfalls of turns and their blocks on the way from Messages to Chat."""

from __future__ import annotations

import pytest

from llm_transcode import LossCode, Options, Unsupported

from .conversions import (
    CHAT_MODEL,
    HI,
    Json,
    JsonObject,
    Outcome,
    asked_of_chat,
    assistant,
    call,
    request_to_chat,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)

IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
IMAGE_PART = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
BILLING = "x-anthropic-billing-header: cc_version=2.1; cch=fa690;"


def turns(*given: JsonObject, **options: Json) -> Outcome:
    return request_to_chat({"messages": list(given)}, Options(**options))


def expected(*messages: JsonObject, losses: list[tuple[str, str]] | None = None) -> Outcome:
    return asked_of_chat({"messages": list(messages)}, losses)


def answered(result: JsonObject, **options: Json) -> Outcome:
    """A conversation in which a tool was called and answered."""
    return turns(HI, assistant(tool_use()), user(result), **options)


def answer(content: Json, *more: JsonObject, losses: list[tuple[str, str]] | None = None) -> Outcome:
    """What `answered` should be with this content of the tool message."""
    return expected(HI, assistant(None, tool_calls=[call()]), tool(content=content), *more, losses=losses)


def test_p056_text_before_tool_result() -> None:
    said = [text("<system-reminder>"), tool_result("t1", "1"), text("and"), tool_result("t2", "2")]

    outcome = turns(HI, assistant(tool_use("t1"), tool_use("t2")), user(*said))

    assert outcome == expected(
        HI,
        assistant(None, tool_calls=[call("t1"), call("t2")]),
        tool("t1", "1"),
        tool("t2", "2"),
        user(text("<system-reminder>"), text("and")),
        losses=[("turn_order", "$.messages[2].content[1]")],
    )


def test_p056_results_follow_the_order_of_the_calls() -> None:
    outcome = turns(HI, assistant(tool_use("t1"), tool_use("t2")), user(tool_result("t2", "2"), tool_result("t1", "1")))

    calls = assistant(None, tool_calls=[call("t1"), call("t2")])
    assert outcome == expected(HI, calls, tool("t1", "1"), tool("t2", "2"))


def test_p057_text_after_tool_use() -> None:
    outcome = turns(HI, assistant(tool_use(), text("done")), user(tool_result()))

    assert outcome == expected(
        HI,
        assistant(text("done"), tool_calls=[call()]),
        tool(),
        losses=[("turn_order", "$.messages[1].content[1]")],
    )


def test_p058_tool_use_behind_other_blocks() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "s"}

    outcome = turns(HI, assistant(thinking, text("let me"), tool_use()), user(tool_result()))

    assert outcome == expected(
        HI,
        assistant(text("let me"), tool_calls=[call()]),
        tool(),
        losses=[("thinking", "$.messages[1].content[0]")],
    )


def test_p059_input_becomes_compact_json_text() -> None:
    outcome = turns(HI, assistant(tool_use(z=1, a={"é": [True, None]})), user(tool_result()))

    arguments = '{"z":1,"a":{"é":[true,null]}}'
    assert outcome == expected(HI, assistant(None, tool_calls=[call(arguments=arguments)]), tool())


def test_p060_images_of_a_result_follow_all_tool_messages() -> None:
    results = [tool_result("t1", [text("see"), IMAGE]), tool_result("t2", "2")]

    outcome = turns(HI, assistant(tool_use("t1"), tool_use("t2")), user(*results, text("and?")))

    label = text("[image 1 of tool result t1]")
    assert outcome == expected(
        HI,
        assistant(None, tool_calls=[call("t1"), call("t2")]),
        tool("t1", [text("see"), label]),
        tool("t2", "2"),
        user(label, IMAGE_PART, text("and?")),
        losses=[("tool_media", "$.messages[2].content[0].content[1]")],
    )


def test_p060_images_stay_where_tool_messages_take_them() -> None:
    outcome = answered(tool_result("t1", [text("see"), IMAGE]), dialect="vllm")

    assert outcome.body["messages"][2] == tool("t1", [text("see"), IMAGE_PART])
    assert outcome.losses == []


def document(source: JsonObject, **fields: Json) -> JsonObject:
    return {"type": "document", "source": source, **fields}


PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
PDF_DATA = "data:application/pdf;base64,JVBERi0="


@pytest.mark.parametrize(
    ("given", "part", "losses"),
    [
        (
            document(PDF, title="report.pdf"),
            {"type": "file", "file": {"filename": "report.pdf", "file_data": PDF_DATA}},
            [],
        ),
        (
            document(PDF),
            {"type": "file", "file": {"filename": "document.pdf", "file_data": PDF_DATA}},
            [("document_name", "$.messages[0].content[0].source")],
        ),
        (
            document({"type": "text", "media_type": "text/plain", "data": "hello"}, title="note", context="a note"),
            text("note\na note\nhello"),
            [("document_as_text", "$.messages[0].content[0].source")],
        ),
    ],
)
def test_p061_documents(given: JsonObject, part: JsonObject, losses: list[tuple[str, str]]) -> None:
    assert turns(user(given)) == expected(user(part), losses=losses)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ({"type": "url", "url": "https://example.com/a.pdf"}, LossCode.DOCUMENT_URL),
        ({"type": "file", "file_id": "file_1"}, LossCode.FILE_ID),
    ],
)
def test_p061_documents_out_of_reach_are_never_dropped_in_silence(source: JsonObject, code: LossCode) -> None:
    with pytest.raises(Unsupported) as caught:
        turns(user(text("read"), document(source)))

    assert caught.value.path == "$.messages[0].content[1].source"
    assert turns(user(text("read"), document(source)), downgrade={code}) == expected(
        user(text("read")), losses=[(code.value, "$.messages[0].content[1].source")]
    )


def test_p061_a_pdf_in_a_result_follows_it() -> None:
    outcome = answered(tool_result("t1", [document(PDF, title="a.pdf")]))

    label = text("[file 1 of tool result t1]")
    part = {"type": "file", "file": {"filename": "a.pdf", "file_data": PDF_DATA}}
    losses = [("tool_media", "$.messages[2].content[0].content[0]")]
    assert outcome == answer([label], user(label, part), losses=losses)


def test_p062_is_error_is_marked() -> None:
    outcome = answered(tool_result("t1", "boom", is_error=True))

    assert outcome == answer("[tool_error]\nboom", losses=[("tool_error", "$.messages[2].content[0].is_error")])


def test_p062_is_error_is_dropped_on_demand() -> None:
    outcome = answered(tool_result("t1", "boom", is_error=True), is_error="drop")

    assert outcome == answer("boom", losses=[("tool_error", "$.messages[2].content[0].is_error")])


@pytest.mark.parametrize("result", [{"type": "tool_result", "tool_use_id": "t1"}, tool_result(content=[])])
def test_p063_result_without_content(result: JsonObject) -> None:
    assert answered(result) == answer("")


def test_p063_null_content() -> None:
    assert answered(tool_result(content=None)) == answer("")


def test_p064_null_content_beside_calls() -> None:
    assert answered(tool_result()) == answer("ok")


def test_p064_empty_content_for_picky_servers() -> None:
    outcome = answered(tool_result(), dialect="ollama")

    assert outcome.body["messages"][1] == assistant("", tool_calls=[call()])


def test_p064_never_null_without_calls() -> None:
    assert turns(HI, assistant({"type": "thinking", "thinking": "hm", "signature": "s"}), HI) == expected(
        HI, HI, losses=[("thinking", "$.messages[1].content[0]"), ("turn_empty", "$.messages[1]")]
    )


THOUGHTS = [
    {"type": "thinking", "thinking": "one", "signature": "s"},
    {"type": "redacted_thinking", "data": "x"},
    {"type": "thinking", "thinking": "two", "signature": "s"},
]


def test_p065_thinking_goes_back_where_it_is_required() -> None:
    outcome = turns(HI, assistant(*THOUGHTS, tool_use()), user(tool_result()), dialect="deepseek")

    assert outcome.body["messages"] == [
        HI,
        {"role": "assistant", "content": None, "reasoning_content": "one\n\ntwo", "tool_calls": [call()]},
        tool(),
    ]
    assert outcome.losses == [
        ("thinking", "$.messages[1].content[0].signature"),
        ("thinking", "$.messages[1].content[1]"),
        ("thinking", "$.messages[1].content[2].signature"),
    ]


def test_p065_a_calling_turn_without_thinking_gets_an_empty_one() -> None:
    outcome = answered(tool_result(), dialect="deepseek")

    assert outcome.body["messages"][1] == {
        "role": "assistant",
        "content": None,
        "tool_calls": [call()],
        "reasoning_content": "",
    }


def test_p065_openai_gets_none() -> None:
    outcome = turns(HI, assistant(*THOUGHTS, tool_use()), user(tool_result()))

    losses = [("thinking", f"$.messages[1].content[{at}]") for at in range(3)]
    assert outcome == answer("ok", losses=losses)


@pytest.mark.parametrize(
    ("system", "content", "path"),
    [
        ([text(BILLING), text("Be kind.")], [text("Be kind.")], "$.system[0]"),
        (f"{BILLING}\nBe kind.", "Be kind.", "$.system"),
    ],
)
def test_p066_billing_line(system: Json, content: Json, path: str) -> None:
    outcome = request_to_chat({"system": system})

    messages = [{"role": "system", "content": content}, HI]
    assert outcome == asked_of_chat({"messages": messages}, [("billing_line", path)])


def test_p066_the_line_counts_at_the_head_of_the_system_prompt_only() -> None:
    quoted = f"He said {BILLING}"

    outcome = request_to_chat({"system": quoted, "messages": [user(BILLING)]})

    assert outcome == expected({"role": "system", "content": quoted}, user(BILLING))


def test_p066_the_line_stays_on_demand() -> None:
    outcome = request_to_chat({"system": BILLING}, Options(strip_billing_line=False))

    assert outcome == expected({"role": "system", "content": BILLING}, HI)


REMINDER = {"role": "system", "content": "Remember."}


def test_p067_a_system_turn_stays_in_place() -> None:
    assert turns(HI, REMINDER, assistant("ok"), HI) == expected(HI, REMINDER, assistant("ok"), HI)


def test_p067_a_system_turn_as_text() -> None:
    outcome = turns(HI, REMINDER, mid_system="text")

    assert outcome == expected(HI, user("<system>\nRemember.\n</system>"), losses=[("mid_system", "$.messages[1]")])


def test_p067_a_system_turn_for_strict_templates() -> None:
    outcome = turns(HI, REMINDER, dialect="llama.cpp")

    assert outcome.body["messages"] == [HI, user("<system>\nRemember.\n</system>")]
    assert outcome.losses == [("mid_system", "$.messages[1]")]


def test_p067_never_between_a_call_and_its_result() -> None:
    outcome = turns(HI, assistant(tool_use()), REMINDER, user(tool_result()))

    assert outcome == expected(HI, assistant(None, tool_calls=[call()]), tool(), REMINDER)


def test_p068_all_system_blocks_survive() -> None:
    outcome = request_to_chat({"system": [text("1"), text("2"), text("3")]})

    assert outcome == expected({"role": "system", "content": [text("1"), text("2"), text("3")]}, HI)


def test_p069_system_never_becomes_developer() -> None:
    outcome = request_to_chat({"model": "gpt-5.6", "system": "Be kind."})

    assert outcome == asked_of_chat({"model": "gpt-5.6", "messages": [{"role": "system", "content": "Be kind."}, HI]})


def test_p075_directives_of_a_system_turn() -> None:
    directive = {"role": "system", "output_config": {"effort": "low"}}

    outcome = request_to_chat({"model": "gpt-5.6", "messages": [HI, directive], "output_config": {"effort": "high"}})

    assert outcome == asked_of_chat({"model": "gpt-5.6", "reasoning_effort": "low"})


def test_p075_unknown_keys_of_a_turn() -> None:
    outcome = turns({**HI, "directive": 1})

    assert outcome == expected(HI, losses=[("unknown_field", "$.messages[0].directive")])


PREFILL_LOSS = [("prefill", "$.messages[1]")]


def test_p090_prefill_is_kept_and_recorded() -> None:
    assert turns(HI, assistant("{")) == expected(HI, assistant("{"), losses=PREFILL_LOSS)


def test_p090_prefill_is_dropped_on_demand() -> None:
    assert turns(HI, assistant("{"), prefill="drop") == expected(HI, losses=PREFILL_LOSS)


def test_p090_prefill_is_rejected_on_demand() -> None:
    with pytest.raises(Unsupported) as caught:
        turns(HI, assistant("{"), prefill="reject")

    assert caught.value.path == "$.messages[1]"
    assert turns(HI, assistant("{"), prefill="reject", downgrade={LossCode.PREFILL}) == expected(
        HI, losses=PREFILL_LOSS
    )


@pytest.mark.parametrize(
    ("dialect", "last", "fields"),
    [
        ("deepseek", {"prefix": True}, {}),
        ("vllm", {}, {"continue_final_message": True, "add_generation_prompt": False}),
    ],
)
def test_p090_prefill_is_continued_where_the_backend_can(dialect: str, last: JsonObject, fields: JsonObject) -> None:
    outcome = turns(HI, assistant("{"), prefill="continue", dialect=dialect)

    assert outcome.losses == []
    assert outcome.body == {
        "model": CHAT_MODEL,
        "max_tokens": 64,
        "messages": [HI, {**assistant("{"), **last}],
        **fields,
    }
