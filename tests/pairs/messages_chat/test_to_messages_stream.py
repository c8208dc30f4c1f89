"""Streams of Chat on their way to Messages: what is a mere token, and what a chunk says besides its delta."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder
from llm_transcode.dialects import DIALECTS
from llm_transcode.pairs.messages_chat import ToMessagesStream
from llm_transcode.tokens import Token
from tests.pairs.messages_chat.chat_streams import DELTA, ENDED, said, tell
from tests.streams import (
    SPENT,
    Json,
    JsonObject,
    call,
    chat_body,
    counted,
    failed_messages,
    message_end,
    message_start,
    text_block,
    thinking_block,
)

COUNTS: Final = {"prompt_tokens": 1, "completion_tokens": 2}


def choice(**fields: Json) -> JsonObject:
    """A chunk with one choice of these fields."""
    return said(choices=[{"index": 0, "delta": {"content": "b"}, "finish_reason": None, **fields}])


def begun(*chunks: JsonObject) -> ToMessagesStream:
    """A stream in which these chunks have been read."""
    stream = ToMessagesStream(ReplyContext(), Options())
    for each in chunks:
        stream.read(each)
    stream.take()
    return stream


# -- mere tokens -----------------------------------------------------------------------------------

TEXT: Final = [said({"content": "a"})]
THOUGHT: Final = [said({"reasoning": "a"})]
CALL: Final = [said(call(0, "t1", "f", '{"a":'))]


def fragment(**fields: Json) -> JsonObject:
    """A chunk with a fragment of a call."""
    return said({"tool_calls": [{"index": 0, "function": {"arguments": "1}"}, **fields}]})


TOKENS: Final[dict[str, tuple[list[JsonObject], JsonObject, Token]]] = {
    "text": (TEXT, said({"content": "b"}), (("text", 0), "b")),
    "text with the role": (TEXT, said({"role": "assistant", "content": "b"}), (("text", 0), "b")),
    "text beside what is empty": (
        TEXT,
        said({"content": "b", "refusal": None, "tool_calls": [], "reasoning": "", "reasoning_details": []}),
        (("text", 0), "b"),
    ),
    "text beside an unknown null": (TEXT, said({"content": "b", "of_tomorrow": None}), (("text", 0), "b")),
    "text without a finish reason": (TEXT, choice(finish_reason=""), (("text", 0), "b")),
    "text in a choice without index": (TEXT, choice(index=None), (("text", 0), "b")),
    "text beside counts": (TEXT, said({"content": "b"}, usage=COUNTS), (("text", 0), "b")),
    "text beside no counts": (TEXT, said({"content": "b"}, usage=None), (("text", 0), "b")),
    "text beside an unknown null of the chunk": (TEXT, said({"content": "b"}, of_tomorrow=None), (("text", 0), "b")),
    "text beside an unknown null of the choice": (TEXT, choice(of_tomorrow=None), (("text", 0), "b")),
    "text beside what is on record as lost": (
        [said({"content": "a"}, created=1, of_tomorrow=1)],
        said({"content": "b"}, created=2, of_tomorrow=2),
        (("text", 0), "b"),
    ),
    "text beside what is on record as lost of the choice": (
        [choice(of_tomorrow=1)],
        choice(of_tomorrow=2),
        (("text", 0), "b"),
    ),
    "text beside what is on record as lost of the delta": (
        [said({"content": "a", "of_tomorrow": 1})],
        said({"content": "b", "of_tomorrow": 2}),
        (("text", 0), "b"),
    ),
    "text beside the tier, which all chunks have": (
        [said({"content": "a"}, service_tier="default")],
        said({"content": "b"}, service_tier="default"),
        (("text", 0), "b"),
    ),
    "reasoning": (THOUGHT, said({"reasoning": "b"}), (("thinking", 0), "b")),
    "reasoning_content": (THOUGHT, said({"reasoning_content": "b"}), (("thinking", 0), "b")),
    "reasoning_text": (THOUGHT, said({"reasoning_text": "b"}), (("thinking", 0), "b")),
    "arguments": (CALL, said(call(0, arguments="1}")), (("call", 0), "1}")),
    "arguments of a function": (CALL, fragment(type="function"), (("call", 0), "1}")),
}


@pytest.mark.parametrize(("before", "chunk", "token"), TOKENS.values(), ids=TOKENS)
def test_mere_tokens_are_read_from_the_json(before: list[JsonObject], chunk: JsonObject, token: Token) -> None:
    stream = begun(*before)

    assert stream.token(chunk) == token
    assert stream.token(chunk) == token


@pytest.mark.parametrize(("before", "chunk", "token"), TOKENS.values(), ids=TOKENS)
def test_a_mere_token_says_what_its_chunk_says(before: list[JsonObject], chunk: JsonObject, token: Token) -> None:
    stream, other = begun(*before), begun(*before)
    place, text = token

    growth = stream.growth(place)
    other.read(chunk)

    assert growth is not None
    assert [json.loads(growth.by(text) or b"")] == other.take()
    assert list(stream.losses) == list(other.losses)


DETAIL: Final[JsonObject] = {"type": "reasoning.text", "text": "a", "index": 0, "format": "theirs-v1"}
SUMMARY: Final[JsonObject] = {"type": "reasoning.summary", "summary": "a", "format": None}


def thought(text: str) -> JsonObject:
    return said({"reasoning": text})


def both(text: str = "a", *details: JsonObject) -> JsonObject:
    """A thought that is told by a string and by a list."""
    return said({"reasoning": text, "reasoning_details": list(details)})


@pytest.mark.parametrize("detail", [DETAIL, SUMMARY, {**SUMMARY, "index": 1}, {"type": "reasoning.text", "text": "a"}])
def test_a_string_beside_the_list_that_repeats_it_is_a_token(detail: JsonObject) -> None:
    stream = begun(both("a", detail))

    assert stream.token(both("b", detail)) == (("thinking", 0), "b")


def test_a_string_after_a_list_that_told_the_thought_is_no_mere_token() -> None:
    """A list may repeat what the two have said, which is then no more of the thought."""
    told = said({"reasoning_details": [DETAIL]})

    again = said({"reasoning_details": [{**DETAIL, "text": "abc"}]})
    stream = tell(said({"reasoning": "x"}), said({"content": "y"}), told, *map(thought, "bc"), again, *ENDED)

    assert stream.events == [
        message_start(),
        *thinking_block(0, "x"),
        *text_block(1, "y"),
        *thinking_block(2, "a", "b", "c"),
        *message_end(),
    ]
    assert begun(told).growth(("thinking", 0)) is None
    assert begun(told, thought("b")).growth(("thinking", 0)) is not None


NO_TOKENS: Final[dict[str, tuple[list[JsonObject], Any]]] = {
    "null": (TEXT, None),
    "a text": (TEXT, "hi"),
    "a list": (TEXT, [said({"content": "b"})]),
    "nothing": (TEXT, {}),
    "no choices": (TEXT, said(choices=[])),
    "null for choices": (TEXT, said(choices=None)),
    "two choices": (TEXT, said(choices=[*choice()["choices"], *choice()["choices"]])),
    "a text for a choice": (TEXT, said(choices=["hi"])),
    "null for a delta": (TEXT, choice(delta=None)),
    "a list for a delta": (TEXT, choice(delta=[])),
    "a delta that says nothing": (TEXT, said({})),
    "a delta that says the role": (TEXT, said({"role": "assistant", "content": ""})),
    "a finish reason": (TEXT, said({"content": "b"}, "stop")),
    "probabilities": (TEXT, choice(logprobs={"content": []})),
    "another choice": (TEXT, choice(index=1)),
    "malformed counts": (TEXT, said({"content": "b"}, usage={"prompt_tokens": "many"})),
    "a list for counts": (TEXT, said({"content": "b"}, usage=[1])),
    "another id": (TEXT, said({"content": "b"}, id="r2")),
    "another model": (TEXT, said({"content": "b"}, model="m2")),
    "no names": (TEXT, choice() | {"id": None, "model": None}),
    "an unknown field": (TEXT, said({"content": "b"}, of_tomorrow=0)),
    "an unknown field of the choice": (TEXT, choice(of_tomorrow=0)),
    "an unknown field of the delta": (TEXT, said({"content": "b", "of_tomorrow": 1})),
    "an empty unknown field of the delta": (TEXT, said({"content": "b", "of_tomorrow": 0})),
    "remarks of Groq": (TEXT, said({"content": "b"}, x_groq={"id": "req"})),
    "a matched stop sequence": (TEXT, choice(stop_reason="#")),
    "two kinds of text": (TEXT, said({"content": "b", "refusal": "c"})),
    "a refusal": (TEXT, said({"refusal": "b"})),
    "parts": (TEXT, said({"content": [{"type": "text", "text": "b"}]})),
    "a number": (TEXT, said({"content": 1})),
    "text beside a list of reasoning": (TEXT, said({"content": "b", "reasoning_details": [DETAIL]})),
    "a list of reasoning": ([both("a", DETAIL)], said({"reasoning_details": [DETAIL]})),
    "a list of another entry": ([both("a", DETAIL)], both("b", {**DETAIL, "index": 1})),
    "a list of another format": (
        [both("a", {**DETAIL, "format": "one"})],
        both("b", {**DETAIL, "format": "other"}),
    ),
    "a list that states a format": ([both("a", DETAIL)], both("b", {**DETAIL, "format": "one"})),
    "a list of another type": ([both("a", SUMMARY)], both("b", {"type": "reasoning.text", "text": "b"})),
    "a list of two entries": ([both("a", DETAIL)], both("b", DETAIL, DETAIL)),
    "a list with a signature": ([both("a", DETAIL)], both("b", {**DETAIL, "signature": "s"})),
    "a list with an id": ([both("a", DETAIL)], both("b", {**DETAIL, "id": "1"})),
    "a list with an unknown field": ([both("a", DETAIL)], both("b", {**DETAIL, "of_tomorrow": 1})),
    "a list with an entry of an unknown type": ([both("a", DETAIL)], both("b", {"type": "reasoning.of_tomorrow"})),
    "a list with an entry without type": ([both("a", DETAIL)], both("b", {"text": "b"})),
    "a list of texts": ([both("a", DETAIL)], said({"reasoning": "b", "reasoning_details": ["b"]})),
    "a first list": (THOUGHT, both("b", DETAIL)),
    "arguments beside a list of reasoning": (
        [both("a", DETAIL), *CALL],
        said({**call(0, arguments="1}"), "reasoning_details": [DETAIL]}),
    ),
    "two calls": (CALL, said({"tool_calls": [*call(0)["tool_calls"], *call(1)["tool_calls"]]})),
    "a call with an id": (CALL, fragment(id="t1")),
    "a call of another kind": (CALL, fragment(custom={"input": "x"})),
    "a call without index": (CALL, said(call(None, arguments="1}"))),
    "a text for an index": (CALL, fragment(index="0")),
    "a name": (CALL, fragment(function={"name": "f", "arguments": "1}"})),
    "a name alone": (CALL, fragment(function={"name": "f"})),
    "an object for arguments": (CALL, fragment(function={"arguments": {"a": 1}})),
    "no function": (CALL, said({"tool_calls": [{"index": 0}]})),
    "a text for a call": (CALL, said({"tool_calls": ["hi"]})),
}


@pytest.mark.parametrize(("before", "chunk"), NO_TOKENS.values(), ids=NO_TOKENS)
def test_chunks_that_may_say_more_than_a_token(before: list[JsonObject], chunk: Any) -> None:
    assert begun(*before).token(chunk) is None


def test_chunks_of_an_upstream_that_makes_up_names_are_read_at_length() -> None:
    odd = [said({"content": "a"}) | {f"of_tomorrow_{at}": 1} for at in range(150)]
    stream = begun(*odd)

    assert stream.token(said({"content": "b"}, of_tomorrow_50=1)) == (("text", 0), "b")
    assert stream.token(said({"content": "b"}, of_tomorrow_149=1)) is None


@pytest.mark.parametrize(("counts", "beside"), [(COUNTS, True), (None, False), ({}, False)])
def test_counts_beside_a_token(counts: JsonObject | None, beside: bool) -> None:
    """A chunk with counts must not be remembered for those that repeat it."""
    assert begun(*TEXT).note_beside(said({"content": "b"}, usage=counts)) is beside


# -- counts ----------------------------------------------------------------------------------------


def test_the_last_word_on_each_count_stands() -> None:
    usages = [
        {"prompt_tokens": 7, "completion_tokens": 1},
        {"prompt_tokens": None, "completion_tokens": 2},
        {"completion_tokens": 3, "of_tomorrow": 1},
    ]
    chunks = [said({"content": "a"}, usage=usage) for usage in usages]

    told = tell(*chunks, ENDED[0])

    assert told.events[-2:] == message_end(usage=counted(7, output=3))
    assert told.losses == ["dropped warning unknown_field $.usage.of_tomorrow"]


def test_what_else_the_counts_hold() -> None:
    told = tell(said({"content": "a"}), ENDED[0], said(choices=[], usage={**COUNTS, "of_tomorrow": 1}))

    assert told.losses == ["dropped warning unknown_field $.usage.of_tomorrow"]


@pytest.mark.parametrize(("included", "fresh"), [(True, 3), (False, 5)])
def test_whether_cached_tokens_are_counted_twice_depends_on_the_backend(included: bool, fresh: int) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 2}}
    options = Options(dialect=replace(DIALECTS["openai"], cached_included=included))

    told = tell(said({"content": "a"}), ENDED[0], said(choices=[], usage=usage), options=options)

    assert told.events[-2:] == message_end(usage=counted(fresh, read=2, output=1))


def test_the_counts_that_went_out_are_known_at_the_end() -> None:
    stream = StreamTranscoder(source="chat", target="messages")

    stream.feed(chat_body(*TEXT, *ENDED, end=b""))
    assert stream.usage is None
    stream.close()

    assert stream.usage == SPENT


def test_counts_in_groqs_remarks() -> None:
    remarks = {"id": "req", "usage": {**COUNTS, "of_tomorrow": 1}}

    told = tell(said({"content": "a"}), said(finish="stop", x_groq=remarks))

    assert told.events[-2:] == message_end(usage=SPENT)
    assert told.losses == [
        "dropped info vendor_field $.x_groq.id",
        "dropped warning unknown_field $.x_groq.usage.of_tomorrow",
    ]


def test_counts_of_the_chunk_go_before_those_of_groqs_remarks() -> None:
    other = {"usage": {"prompt_tokens": 8, "completion_tokens": 9}}

    told = tell(said({"content": "a"}), said(finish="stop", usage=COUNTS, x_groq=other))

    assert told.events[-2:] == message_end(usage=SPENT)
    assert told.losses == []


def test_groqs_remarks_without_counts() -> None:
    told = tell(said({"content": "a"}, x_groq={"id": "req"}), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a"), *message_end()]
    assert told.losses == ["dropped info vendor_field $.x_groq.id"]


# -- the tier --------------------------------------------------------------------------------------


def test_the_tier_stands_in_the_start() -> None:
    chunks = [said({"content": text}, service_tier="priority") for text in "ab"]

    told = tell(*chunks, *ENDED)

    assert told.events[0] == message_start(usage=counted(service_tier="priority"))
    assert told.losses == []


def test_a_tier_that_messages_calls_otherwise() -> None:
    told = tell(said({"content": "a"}, service_tier="fast"), *ENDED)

    assert told.events[0] == message_start(usage=counted(service_tier="priority"))
    assert told.losses == ["approximated info service_tier $.service_tier"]


def test_a_tier_that_comes_after_the_start() -> None:
    late = [said({"content": text}, service_tier="default") for text in "bc"]

    told = tell(said({"content": "a"}), *late, *ENDED)

    assert told.events[0] == message_start()
    assert told.losses == ["dropped info service_tier $.service_tier"]


# -- names -----------------------------------------------------------------------------------------


def test_the_answer_begins_with_the_first_chunk_that_names_it() -> None:
    nameless: JsonObject = {"object": "chat.completion.chunk", "choices": []}

    told = tell(nameless, said(choices=[]), said({"content": "a"}), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a"), *message_end()]
    assert told.losses == []


def test_a_preamble_that_names_a_model_but_no_reply_does_not_begin_the_answer() -> None:
    told = tell(said(choices=[], id="", model="router"), said({"content": "a"}), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a"), *message_end()]
    assert told.losses == []


def test_an_id_is_made_up_for_each_model() -> None:
    chunks = [said({"content": "a"}, id=None), said(finish="stop", id=None, usage=COUNTS)]

    one, same, other = (tell(*chunks, context=ReplyContext(model=model)) for model in ("m", "m", "n"))

    (first, again, second) = (told.events[0]["message"]["id"] for told in (one, same, other))
    assert first == again != second
    assert first.startswith("msg_")
    assert one.losses == ["invented info id $.id"]


def test_names_that_differ_from_those_of_the_start() -> None:
    told = tell(said({"content": "a"}), said({"content": "b"}, id="r2"), said({"content": "c"}, model="m2"), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a", "b", "c"), *message_end()]
    assert told.losses == ["dropped info stream_protocol $.id", "dropped info stream_protocol $.model"]


# -- choices ---------------------------------------------------------------------------------------


def test_only_the_first_candidate_is_told() -> None:
    further: JsonObject = {"index": 1, "delta": {"content": "x"}, "finish_reason": "length"}
    first = choice()["choices"][0]

    told = tell(said(choices=[further, first]), said(choices=[{**first, "index": None}]), *ENDED)

    assert told.events == [message_start(), *text_block(0, "b", "b"), *message_end()]
    assert told.losses == ["dropped warning candidates $.choices[0]"]


def test_what_a_choice_loses_stands_at_its_place() -> None:
    further: JsonObject = {"index": 1, "delta": {}}

    told = tell(said(choices=[further, choice(of_tomorrow=1, stop_reason=7)["choices"][0]]), *ENDED)

    assert told.losses == [
        "dropped warning candidates $.choices[0]",
        "dropped warning unknown_field $.choices[1].of_tomorrow",
        "dropped info vendor_field $.choices[1].stop_reason",
    ]


def test_a_matched_stop_sequence_is_not_forgotten() -> None:
    context = ReplyContext(stop_sequences=("#",))
    matched = said(choices=[{"index": 0, "delta": {}, "matched_stop": "#", "finish_reason": None}])

    told = tell(said({"content": "a"}), matched, *ENDED, context=context)

    assert told.events[-2:] == message_end("stop_sequence", stop_sequence="#")
    assert told.losses == []


@pytest.mark.parametrize("field", ["stop_reason", "matched_stop"])
def test_what_is_no_stop_sequence_is_on_record_where_it_stands(field: str) -> None:
    told = tell(choice(**{field: 7}), *ENDED)

    assert told.events[-2:] == message_end()
    assert told.losses == [f"dropped info vendor_field $.choices[0].{field}"]


def test_a_finish_reason_ends_what_is_open() -> None:
    told = tell(said({"content": "a"}), said({"content": "b"}, "length"), said({"content": "c"}), ENDED[1])

    assert told.events == [message_start(), *text_block(0, "a", "b"), *text_block(1, "c"), *message_end("max_tokens")]


@pytest.mark.parametrize(("finish", "lost"), [(None, "$.choices"), ("of_tomorrow", "$.choices[0].finish_reason")])
def test_where_the_reason_for_the_end_is_missing(finish: str | None, lost: str) -> None:
    told = tell(said({"content": "a"}), said(finish=finish), ENDED[1])

    assert told.events == [message_start(), *text_block(0, "a"), *message_end()]
    assert told.losses == [f"approximated warning stop_reason {lost}"]


def test_what_might_begin_a_tag_is_text_when_the_reply_ends() -> None:
    """With the finish reason, with the end of the stream, and when it breaks off."""
    tags = Options(think_tags=("think",))
    begun_tag = said({"content": "<thi"})

    finished = tell(begun_tag, *ENDED, options=tags)
    ended = tell(begun_tag, ENDED[1], options=tags)
    broken = tell(begun_tag, end=b"", options=tags)

    assert finished.events == [message_start(), *text_block(0, "<thi"), *message_end()]
    assert ended.events == finished.events
    assert broken.events[:-1] == [message_start(), *text_block(0, "<thi")]


# -- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chunk", "is_error"),
    [
        ({"error": {"message": "busy"}}, True),
        ({"error": "busy"}, True),
        ({"error": None, "choices": []}, False),
        ({"detail": "busy"}, True),
        ({"message": "busy"}, True),
        ({"message": "busy", "object": "error"}, False),
        ({"detail": "busy", "choices": []}, False),
        ({"detail": "busy", "choices": None}, False),
        ({"message": "busy", "choices": None}, False),
        ({"choices": [{"index": 0}, {"index": 1, "error": {"message": "busy"}}]}, True),
        ({"choices": [{"index": 0, "error": None}]}, False),
        ({"choices": ["error"]}, False),
        ({"choices": "error"}, False),
        ({"object": "chat.completion.chunk"}, False),
        ({}, False),
    ],
)
def test_what_is_an_error(chunk: JsonObject, is_error: bool) -> None:
    assert begun().is_error(chunk) is is_error


def test_the_error_of_a_choice_stands_at_its_place() -> None:
    failed = {"index": 1, "error": {"message": "busy", "code": "no_gpu"}}

    told = tell(said({"content": "a"}), said(choices=["odd", {"index": 0}, failed]))

    error = failed_messages("busy", details={"error_code": "no_gpu"})
    assert told.events == [message_start(), *text_block(0, "a"), error]
    assert told.losses == ["approximated info error_details $.choices[2].error.code"]


def test_the_end_of_a_stream_that_said_nothing() -> None:
    told = tell()

    assert told.events == [failed_messages("the stream ended before it said anything")]
    assert told.error is not None


def test_a_chunk_never_ends_the_stream() -> None:
    assert begun(*TEXT, ENDED[0]).stopped is False


def test_a_stream_is_complete_once_it_has_a_finish_reason() -> None:
    assert begun(*TEXT).complete is False
    assert begun(*TEXT, ENDED[0]).complete is True


# -- what stands beside a token --------------------------------------------------------------------


def test_a_loss_of_a_later_chunk_is_recorded() -> None:
    """Although most chunks are not looked at as a whole."""
    told = tell(said({"content": "a"}), said({"content": "b"}), said({"content": "c", "of_tomorrow": 1}), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a", "b", "c"), *message_end()]
    assert told.losses == [f"dropped warning unknown_field {DELTA}.of_tomorrow"]


def test_padding_is_lost() -> None:
    told = tell(*(said({"content": text}, obfuscation="x" * at) for at, text in enumerate("abc")), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a", "b", "c"), *message_end()]
    assert told.losses == ["dropped info stream_options $.obfuscation"]


def test_a_signature_beside_a_token_is_not_passed_over() -> None:
    detail = {**DETAIL, "format": None}

    told = tell(both("a", detail), both("b", detail), both("", {**detail, "text": "", "signature": "s"}), *ENDED)

    assert told.events == [message_start(), *thinking_block(0, "a", "b", signature="s"), *message_end()]
    assert told.losses == []


def test_a_string_and_a_signature_in_one_chunk() -> None:
    detail = {**DETAIL, "format": None}

    told = tell(both("a", detail), both("b", {**detail, "text": "b", "signature": "s"}), *ENDED)

    assert told.events == [message_start(), *thinking_block(0, "a", "b", signature="s"), *message_end()]
    assert told.losses == []
