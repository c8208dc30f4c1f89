"""Each loss that only a stream can have, or that a stream records in its own way: the smallest stream that loses it."""

from __future__ import annotations

import json
from typing import Final

import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder
from tests.streams import (
    NO_CLOCK,
    JsonObject,
    Stream,
    block,
    call,
    chat_body,
    chunk,
    content_of,
    counted,
    finished,
    message_end,
    message_start,
    messages_body,
    read_events,
    text_block,
    thinking_block,
    to_chat,
    to_messages,
    tool_block,
    usage_chunk,
    whole_content,
)

DELTA: Final = "$.choices[0].delta"


def lost(stream: Stream, *unlost: str) -> list[tuple[str, str]]:
    """Codes and paths of the losses, but those that have nothing to do with the test."""
    assert stream.finished
    return [loss for loss in stream.losses if loss[0] not in unlost]


@pytest.mark.parametrize(
    ("delta", "losses"),
    [
        ({"annotations": [{"type": "url_citation"}]}, [("annotations", f"{DELTA}.annotations")]),
        ({"audio": {"id": "a", "transcript": "hi"}}, [("audio", f"{DELTA}.audio.id"), ("audio", f"{DELTA}.audio")]),
        ({"refusal": "no"}, [("refusal", f"{DELTA}.refusal")]),
        ({"content": [{"type": "refusal", "refusal": "no"}]}, [("refusal", f"{DELTA}.content[0]")]),
        ({"content": [{"type": "image_url", "image_url": {"url": "x"}}]}, [("unknown_block", f"{DELTA}.content[0]")]),
        ({"reasoning_opaque": "eA"}, [("thinking", f"{DELTA}.reasoning_opaque")]),
        (
            {"reasoning_details": [{"type": "reasoning.encrypted", "data": "eA", "format": "openai-responses-v1"}]},
            [("thinking", f"{DELTA}.reasoning_details[0]")],
        ),
        ({"extra_content": {"google": {}}}, [("vendor_field", f"{DELTA}.extra_content")]),
        ({"brand_new": 1}, [("unknown_field", f"{DELTA}.brand_new")]),
    ],
)
def test_what_a_delta_loses_towards_messages(delta: JsonObject, losses: list[tuple[str, str]]) -> None:
    stream = to_messages(chunk(delta), chunk(delta), chunk(finish="stop"), usage_chunk())

    assert lost(stream, "created", "thinking_unsigned") == losses


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("service_tier", "flex", "service_tier"),
        ("system_fingerprint", "fp", "system_fingerprint"),
        ("obfuscation", "xyz", "stream_options"),
        ("moderation", {}, "moderation"),
        ("brand_new", 1, "unknown_field"),
    ],
)
def test_what_a_chunk_loses_towards_messages(field: str, value: object, code: str) -> None:
    stream = to_messages(*[{**chunk({"content": "hi"}), field: value}] * 3, chunk(finish="stop"), usage_chunk())

    assert lost(stream, "created") == [(code, f"$.{field}")]


def test_further_candidates_and_probabilities() -> None:
    both = chunk({"content": "hi"})
    both["choices"][0]["logprobs"] = {"content": []}
    both["choices"].append({"index": 1, "delta": {"content": "ho"}, "finish_reason": None})

    stream = to_messages(both, chunk(finish="stop"), usage_chunk())

    assert lost(stream, "created") == [("logprobs", "$.choices[0].logprobs"), ("candidates", "$.choices[1]")]


def test_the_failure_of_a_choice() -> None:
    failed = chunk({})
    failed["choices"][0]["error"] = {"message": "busy", "code": "no_gpu"}

    stream = to_messages(failed)

    assert stream.events[-1]["error"] == {"type": "api_error", "message": "busy", "details": {"error_code": "no_gpu"}}
    assert stream.losses == [("error_details", "$.choices[0].error.code")]


@pytest.mark.parametrize(
    ("kind", "name", "arguments", "other"),
    [
        ("function", "f", '{"x":1}', "custom"),
        (None, "f", '{"x":1}', "custom"),
        ("custom", "g", '{"input":"y"}', "function"),
    ],
)
def test_a_call_of_two_kinds(kind: str | None, name: str, arguments: str, other: str) -> None:
    """Its type decides, as it does in a whole reply."""
    both = {"function": {"name": "f", "arguments": '{"x":1}'}, "custom": {"name": "g", "input": "y"}}
    told = [chunk({"tool_calls": [{"index": 0, "id": "a", "type": kind, **both}]}), chunk(finish="tool_calls")]

    stream = to_messages(*told, usage_chunk())

    assert content_of(stream.events) == [{"type": "tool_use", "id": "a", "name": name, "input": json.loads(arguments)}]
    assert lost(stream, "created") == [("unknown_field", f"{DELTA}.tool_calls[0].{other}")]
    assert whole_content(*told, usage_chunk()) == content_of(stream.events)


def test_a_legacy_function_call() -> None:
    parts = [{"name": "f", "arguments": ""}, {"arguments": '{"x":'}, {"arguments": "1}"}]

    stream = to_messages(
        *(chunk({"function_call": part}) for part in parts), chunk(finish="function_call"), usage_chunk()
    )

    made_up = stream.events[1]["content_block"]["id"]
    assert stream.events == [message_start(), *tool_block(0, made_up, "f", '{"x":', "1}"), *message_end("tool_use")]
    assert lost(stream, "created") == [("tool_id", f"{DELTA}.function_call")]


def test_names_that_change() -> None:
    """A gateway that falls back to another model, or answers in several steps."""
    first, second = chunk({"content": "h"}), chunk({"content": "i"}, id="other", model="other")

    stream = to_messages(first, second, first, second, chunk(finish="stop"), usage_chunk())

    assert stream.events == [message_start(), *text_block(0, "h", "i", "h", "i"), *message_end()]
    assert lost(stream, "created") == [("stream_protocol", "$.id"), ("stream_protocol", "$.model")]


def test_the_model_of_a_renamed_request_may_change() -> None:
    """The client knows its own name for the model, and no other."""
    context = ReplyContext(model="mine", renamed=True)

    stream = to_messages(chunk({"content": "hi"}), chunk(finish="stop", model="other"), usage_chunk(), context=context)

    assert stream.events[0] == message_start(model="mine")
    assert lost(stream, "created") == []


@pytest.mark.parametrize("preamble", [{"id": "", "model": ""}, {"id": None, "model": None}])
def test_names_that_come_after_a_preamble_do_not_change(preamble: JsonObject) -> None:
    """Azure's first chunk holds the verdict of its filter and nothing else."""
    stream = to_messages(
        chunk(choices=[], **preamble), chunk({"content": "hi"}), chunk(finish="stop", **preamble), usage_chunk()
    )

    assert stream.events == [message_start(), *text_block(0, "hi"), *message_end()]
    assert lost(stream, "created") == []


def test_names_that_come_after_an_early_start() -> None:
    stream = StreamTranscoder(source="chat", target="messages", options=Options(eager_start=True))

    stream.ping()
    stream.feed(chat_body(chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk()))

    codes = [(loss.code.value, loss.path) for loss in stream.losses]
    assert codes[:2] == [("id", "$.id"), ("id", "$.model")]
    assert ("stream_protocol", "$.id") in codes
    assert ("stream_protocol", "$.model") in codes


def test_a_reply_without_id_that_names_its_model_too_late() -> None:
    nameless = chunk({"content": "hi"}, id="", model=None)

    stream = to_messages(
        nameless,
        chunk(finish="stop", id=""),
        chunk(choices=[], id="", usage={"prompt_tokens": 1, "completion_tokens": 2}),
    )

    assert lost(stream, "created") == [("id", "$.id"), ("id", "$.model"), ("stream_protocol", "$.model")]


def test_a_fragment_of_a_call_that_has_ended() -> None:
    late = [call(0, "a", "f", "{}"), {"content": "hi"}, call(0, arguments='{"y":2}')]

    stream = to_messages(*(chunk(delta) for delta in late), chunk(finish="tool_calls"), usage_chunk())

    assert stream.events[1:-2] == [*tool_block(0, "a", "f", "{}"), *text_block(1, "hi")]
    assert lost(stream, "created") == [("stream_protocol", f"{DELTA}.tool_calls[0]")]


def test_an_unknown_finish_reason() -> None:
    stream = to_messages(chunk({"content": "hi"}), chunk(finish="next_year"), usage_chunk())

    assert lost(stream, "created") == [("stop_reason", "$.choices[0].finish_reason")]


# -- towards Chat ----------------------------------------------------------------------------------


def lost_by(*events: JsonObject, context: ReplyContext | None = None) -> list[tuple[str, str]]:
    return lost(to_chat(message_start(), *events, *message_end(), context=context))


@pytest.mark.parametrize(
    ("opening", "losses"),
    [
        ({"type": "brand_new"}, [("unknown_block", "$.content_block")]),
        (
            {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
            [("server_block", "$.content_block")],
        ),
        ({"type": "compaction", "content": "so far"}, [("compaction", "$.content_block")]),
        ({"type": "container_upload", "file_id": "f"}, [("container", "$.content_block")]),
        (
            {"type": "tool_use", "id": "a", "name": "f", "input": {}, "caller": {"type": "direct"}},
            [("tool_caller", "$.content_block.caller")],
        ),
    ],
)
def test_what_a_block_loses_towards_chat(opening: JsonObject, losses: list[tuple[str, str]]) -> None:
    assert lost_by(*block(0, opening)) == losses


def test_the_input_of_a_server_tool_is_no_call() -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    searched = block(0, search, [{"type": "input_json_delta", "partial_json": '{"query":"cats"}'}])

    stream = to_chat(message_start(), *searched, *text_block(1, "hi"), *message_end())

    assert stream.events[1:] == [chunk({"content": "hi"}), *finished()]


def test_an_unknown_delta_and_an_unknown_event() -> None:
    odd = block(0, {"type": "text", "text": ""}, [{"type": "brand_new_delta"}])

    assert lost_by(*odd, {"type": "brand_new"}) == [("unknown_block", "$.delta"), ("unknown_block", "$")]


def test_a_delta_of_another_kind_than_its_block() -> None:
    odd = block(0, {"type": "text", "text": ""}, [{"type": "signature_delta", "signature": "c2ln"}])

    assert lost_by(*odd) == [("unknown_block", "$.delta")]


def test_a_delta_for_a_block_that_is_not_open() -> None:
    assert lost_by(text_block(3, "hi")[1]) == [("stream_protocol", "$.index")]


def test_no_message_start() -> None:
    stream = to_chat(*text_block(0, "hi"), *message_end())

    assert ("stream_protocol", "$") in lost(stream)
    assert [each["choices"][0]["delta"] for each in stream.events[:2]] == [
        {"role": "assistant", "content": ""},
        {"content": "hi"},
    ]


def test_where_a_stream_leaves_its_grammar_is_said_once() -> None:
    blocks = (*text_block(0, "hi")[:-1], *text_block(1, "ho")[:-1], *text_block(2, "hu")[:-1])

    assert lost_by(*blocks) == [("stream_protocol", "$")]


def test_a_second_message_start() -> None:
    assert lost_by(message_start(id="r2"), *text_block(0, "hi")) == [("stream_protocol", "$.message")]


def test_thinking_that_is_counted_while_it_lasts() -> None:
    start, delta, stop = thinking_block(0, "hm")
    delta["delta"]["estimated_tokens"] = 3

    assert ("usage", "$.delta.estimated_tokens") in lost_by(start, delta, stop)


def test_counts_that_chat_does_not_have() -> None:
    usage = counted(1, output=2, server_tool_use={"web_search_requests": 1})

    stream = to_chat(message_start(), *text_block(0, "hi"), *message_end(usage=usage))

    assert lost(stream) == [("usage", "$.usage.server_tool_use")]


def test_the_time_of_the_reply() -> None:
    stream = to_chat(message_start(), *message_end(), options=Options())

    assert lost(stream) == [("created", "$.message.created")]


def test_citations() -> None:
    page = {
        "type": "web_search_result_location",
        "url": "https://example.com",
        "title": "Cats",
        "encrypted_index": "eA",
        "cited_text": "cats",
    }
    place = {
        "type": "char_location",
        "cited_text": "c",
        "document_index": 0,
        "start_char_index": 0,
        "end_char_index": 1,
    }
    deltas: list[JsonObject] = [{"type": "citations_delta", "citation": each} for each in (page, place)]
    text = block(0, {"type": "text", "text": "hi", "citations": []}, [*deltas, {"type": "text_delta", "text": "!"}])

    stream = to_chat(message_start(), *text, *message_end())

    cited = {"url": "https://example.com", "title": "Cats", "start_index": 0, "end_index": 3}
    annotation = {"index": 0, "type": "url_citation", "url_citation": cited}
    assert chunk({"annotations": [annotation]}) in stream.events
    assert ("citations", "$.delta.citation") in lost(stream)


def test_a_legacy_client_gets_one_call() -> None:
    context = ReplyContext(legacy_functions=True)

    stream = to_chat(
        message_start(),
        *tool_block(0, "a", "f", '{"x":', "1}"),
        *tool_block(1, "b", "g", "{}"),
        *message_end("tool_use"),
        context=context,
    )

    assert stream.events[1:] == [
        chunk({"function_call": {"name": "f", "arguments": ""}}),
        chunk({"function_call": {"arguments": '{"x":'}}),
        chunk({"function_call": {"arguments": "1}"}}),
        *finished("function_call"),
    ]
    assert lost(stream) == [("legacy_function", "$.content_block.id"), ("legacy_function", "$.content_block")]


# -- free text and emulated output -------------------------------------------------------------------

FREE: Final = ReplyContext(custom_tools=frozenset({"free"}))


def free_text(*pieces: str) -> tuple[str, list[tuple[str, str]]]:
    """The input of a free-form tool, and what is lost."""
    stream = to_chat(message_start(), *tool_block(0, "a", "free", *pieces), *message_end("tool_use"), context=FREE)
    deltas = [each["choices"][0]["delta"] for each in stream.events if each.get("choices")]
    return "".join(delta["tool_calls"][0]["custom"]["input"] for delta in deltas if "tool_calls" in delta), lost(stream)


@pytest.mark.parametrize(
    ("json_text", "text"),
    [
        ('{"input":"a \\"b\\"\\n\\u00fc"}', 'a "b"\nü'),
        ('{"input": "\\ud83d\\ude00 \\\\"} ', "😀 \\"),
        ('{"input":""}', ""),
        ("{}", ""),
        ("", ""),
    ],
)
def test_free_text_is_unwrapped_wherever_it_is_cut(json_text: str, text: str) -> None:
    for cut in range(len(json_text) + 1):
        assert free_text(json_text[:cut], json_text[cut:]) == (text, [])
    assert free_text(*json_text) == (text, [])


def test_half_of_a_surrogate_pair() -> None:
    context = FREE
    stream = StreamTranscoder(source="messages", target="chat", context=context, options=NO_CLOCK)

    out = stream.feed(messages_body(message_start(), *tool_block(0, "a", "free", '{"input":"\\ud83d', ' and on"}')))

    deltas = [each["choices"][0]["delta"] for each in read_events(out)]
    assert (
        "".join(delta["tool_calls"][0]["custom"]["input"] for delta in deltas if "tool_calls" in delta)
        == "\ud83d and on"
    )


@pytest.mark.parametrize("json_text", ['{"x":1}', '{"other":"' + "x" * 80 + '"}'])
def test_free_text_that_is_not_wrapped(json_text: str) -> None:
    for cut in (0, 3, len(json_text) - 1):
        assert free_text(json_text[:cut], json_text[cut:]) == (json_text, [("tool_arguments", "$.delta.partial_json")])


def test_an_escape_that_json_does_not_have() -> None:
    assert free_text('{"input":"a\\x and more text"}')[0] == "a\\x and more text"


def test_structured_output_by_a_forced_tool_is_text() -> None:
    called = tool_block(0, "a", "response", '{"x":', "1}")

    stream = to_chat(message_start(), *called, *message_end("tool_use"), context=ReplyContext(output_tool="response"))

    assert stream.events[1:] == [chunk({"content": '{"x":'}), chunk({"content": "1}"}), *finished("stop")]


# -- the context ---------------------------------------------------------------------------------------


def test_names_come_back_as_the_client_knows_them() -> None:
    context = ReplyContext(model="mine", renamed=True, tool_names={"f_1": "f.1"})

    to = to_messages(chunk(call(0, "a", "f_1", "{}")), chunk(finish="tool_calls"), usage_chunk(), context=context)
    back = to_chat(message_start(), *tool_block(0, "a", "f_1", "{}"), *message_end("tool_use"), context=context)

    assert to.events[:2] == [message_start(model="mine"), tool_block(0, "a", "f.1")[0]]
    assert back.events[1] == chunk(call(0, "a", "f.1", ""), model="mine")


def test_the_estimate_of_input_tokens_is_replaced_by_the_counts() -> None:
    options = Options(estimated_input_tokens=9)

    stream = to_messages(chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk(), options=options)

    assert stream.events[0] == message_start(usage=counted(9))
    assert stream.events[-2]["usage"] == counted(1, output=2)


def test_usage_in_every_chunk_and_in_pieces() -> None:
    usages = [{"prompt_tokens": 1, "completion_tokens": 1}, {"prompt_tokens": None, "completion_tokens": 5}, None]
    chunks = [chunk({"content": "a"}, usage=usage) for usage in usages]

    stream = to_messages(*chunks, chunk(finish="stop"))

    assert stream.events[-2]["usage"] == counted(1, output=5)


@pytest.mark.parametrize("end", [b"", b"\n", chat_body()])
def test_a_finish_reason_is_enough_of_an_end(end: bytes) -> None:
    stream = to_messages(chunk({"content": "hi"}), chunk(finish="stop"), usage_chunk(), end=end)

    assert stream.events == [message_start(), *text_block(0, "hi"), *message_end()]
