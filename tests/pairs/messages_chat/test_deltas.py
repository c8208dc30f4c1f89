"""Deltas of a Chat stream on their way to Messages: in which order they are told, and what they lose."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import Options
from tests.pairs.messages_chat.chat_streams import DELTA, ENDED, said, tell
from tests.streams import (
    Json,
    JsonObject,
    block,
    call,
    content_of,
    message_end,
    message_start,
    text_block,
    thinking_block,
    tool_block,
    whole_content,
)

OURS: Final = "anthropic-claude-v1"
STOP_DETAILS: Final = {"type": "refusal", "category": None, "explanation": None}
CALLED: Final = (said(finish="tool_calls"), ENDED[1])


def unsigned(slot: str) -> str:
    return f"invented info thinking_unsigned {DELTA}.{slot}"


def foreign(slot: str) -> str:
    return f"dropped info thinking {DELTA}.{slot}"


def unknown(field: str) -> str:
    return f"dropped warning unknown_field {DELTA}.{field}"


def detail(said_text: str | None, **fields: Json) -> JsonObject:
    return {"type": "reasoning.text", "text": said_text, **fields}


def summary(said_text: str | None, **fields: Json) -> JsonObject:
    return {"type": "reasoning.summary", "summary": said_text, **fields}


def details(*entries: JsonObject, **strings: str) -> JsonObject:
    return said({**strings, "reasoning_details": list(entries)})


def thoughts(*entries: JsonObject, **strings: str) -> JsonObject:
    return said({**strings, "thinking_blocks": list(entries)})


def thought(said_text: str | None, signature: str | None = None) -> JsonObject:
    return {"type": "thinking", "thinking": said_text, "signature": signature}


# -- everything in one delta -----------------------------------------------------------------------


def test_a_delta_that_says_everything_is_told_in_order() -> None:
    everything = {
        "role": "assistant",
        "function_call": {"name": "g", "arguments": "{}"},
        **call(0, "t1", "f", "{}"),
        "audio": {"transcript": "d"},
        "refusal": "c",
        "content": "b",
        "reasoning": "a",
    }

    told = tell(said(everything), *ENDED)

    made_up = told.events[-5]["content_block"]["id"]
    assert told.events == [
        message_start(),
        *thinking_block(0, "a"),
        *text_block(1, "b"),
        *text_block(2, "c"),
        *text_block(3, "d"),
        *tool_block(4, "t1", "f", "{}"),
        *tool_block(5, made_up, "g", "{}"),
        *message_end("refusal", stop_details=STOP_DETAILS),
    ]
    assert told.losses == [
        unsigned("reasoning"),
        f"approximated info refusal {DELTA}.refusal",
        f"approximated warning audio {DELTA}.audio",
        f"invented info tool_id {DELTA}.function_call",
    ]


# -- text ------------------------------------------------------------------------------------------


def part(text: str) -> JsonObject:
    return {"type": "text", "text": text}


def thinking_part(*texts: str, **fields: Json) -> JsonObject:
    return {"type": "thinking", "thinking": [part(text) for text in texts], **fields}


def test_parts_of_an_unknown_type_are_left_out() -> None:
    told = tell(said({"content": [{"type": "of_tomorrow"}, part("a"), part("b")]}), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a"), *text_block(1, "b"), *message_end()]
    assert told.losses == [f"dropped warning unknown_block {DELTA}.content[0]"]


def test_what_a_part_holds_besides_its_text() -> None:
    told = tell(said({"content": [part("a"), {**part("b"), "of_tomorrow": 1}]}), *ENDED)

    assert told.losses == [unknown("content[1].of_tomorrow")]


def test_thoughts_among_the_parts_are_one_thought() -> None:
    deltas = [{"content": [thinking_part("a", "b"), thinking_part("c")]}, {"content": [thinking_part("d"), part("e")]}]

    told = tell(*map(said, deltas), *ENDED)

    assert told.events == [message_start(), *thinking_block(0, "ab", "c", "d"), *text_block(1, "e"), *message_end()]
    assert told.losses == [unsigned("content[0]")]
    assert whole_content(*map(said, deltas), *ENDED) == content_of(told.events)


def test_what_a_thought_among_the_parts_holds_besides_its_text() -> None:
    odd = {"type": "thinking", "thinking": [part("a"), {"type": "of_tomorrow"}], "closed": True}

    told = tell(said({"content": [part("b"), odd]}), *ENDED)

    assert told.losses == [
        f"dropped info vendor_field {DELTA}.content[1].closed",
        foreign("content[1].thinking[1]"),
        unsigned("content[1]"),
    ]


@pytest.mark.parametrize("delta", [{"refusal": "a"}, {"content": [{"type": "refusal", "refusal": "a"}]}])
def test_a_refusal_is_text_and_a_reason_to_stop(delta: JsonObject) -> None:
    told = tell(said(delta), *ENDED)

    slot = "refusal" if "refusal" in delta else "content[0]"
    assert told.events == [
        message_start(),
        *text_block(0, "a"),
        *message_end("refusal", stop_details=STOP_DETAILS),
    ]
    assert told.losses == [f"approximated info refusal {DELTA}.{slot}"]


SPOKEN: Final = f"approximated warning audio {DELTA}.audio"


@pytest.mark.parametrize(
    ("audio", "texts", "losses"),
    [
        ({"transcript": "a"}, ["a"], [SPOKEN]),
        ({"id": "x"}, [], [f"dropped info audio {DELTA}.audio.id", SPOKEN]),
        ({"data": "eA"}, [], [f"dropped info audio {DELTA}.audio.data", SPOKEN]),
        ({"expires_at": 1}, [], [f"dropped info audio {DELTA}.audio.expires_at"]),
        ({"id": None, "data": "", "transcript": ""}, [], []),
        ({}, [], []),
    ],
)
def test_what_is_spoken(audio: JsonObject, texts: list[str], losses: list[str]) -> None:
    told = tell(said({"audio": audio}), *ENDED)

    assert [each["text"] for each in content_of(told.events)] == texts
    assert told.losses == losses


@pytest.mark.parametrize("content", [None, [], ""])
def test_tags_may_follow_what_says_nothing(content: Json) -> None:
    told = tell(
        said({"content": content}), said({"content": "<think>a"}), *ENDED, options=Options(think_tags=("think",))
    )

    assert told.events == [message_start(), *thinking_block(0, "a"), *message_end()]


def test_tags_of_reasoning_among_the_text() -> None:
    pieces = ["<th", "ink>a", "b</thi", "nk>\n", "c"]

    told = tell(*(said({"content": piece}) for piece in pieces), *ENDED, options=Options(think_tags=("think",)))

    assert told.events == [message_start(), *thinking_block(0, "a", "b"), *text_block(1, "c"), *message_end()]
    assert told.losses == [unsigned("content")]


def test_a_thought_of_which_only_what_might_be_a_tag_is_known() -> None:
    told = tell(said({"content": "<think></thi"}), *ENDED, options=Options(think_tags=("think",)))

    assert told.events == [message_start(), *thinking_block(0, "</thi"), *message_end()]
    assert told.losses == [unsigned("content")]


@pytest.mark.parametrize(
    ("delta", "texts"),
    [
        ({"content": [part("a")]}, ["<thia"]),
        ({"refusal": "a"}, ["<thi", "a"]),
        ({"audio": {"transcript": "a"}}, ["<thi", "a"]),
        ({"content": []}, ["<thi"]),
    ],
)
def test_what_might_begin_a_tag_goes_before_what_cannot_go_on_with_it(delta: JsonObject, texts: list[str]) -> None:
    told = tell(said({"content": "<thi"}), said(delta), *ENDED, options=Options(think_tags=("think",)))

    assert [each["text"] for each in content_of(told.events)] == texts


@pytest.mark.parametrize("beside", [{}, {"of_tomorrow": 1}], ids=["a mere token", "read at length"])
def test_tags_after_a_text_in_parts_are_text(beside: JsonObject) -> None:
    tags = Options(think_tags=("think",))

    told = tell(said({"content": [part("a")]}), said({"content": "<think>b"}) | beside, *ENDED, options=tags)

    assert told.events == [message_start(), *text_block(0, "a", "<think>b"), *message_end()]


def test_a_list_may_repeat_what_stood_between_tags() -> None:
    tags = Options(think_tags=("think",))

    told = tell(
        said({"content": "<think>a"}), details(detail("a")), said({"content": "</think>b"}), *ENDED, options=tags
    )

    assert told.events == [message_start(), *thinking_block(0, "a"), *text_block(1, "b"), *message_end()]
    assert told.losses == [unsigned("content")]


@pytest.mark.parametrize("delta", [call(0, "t1", "f", "{}"), {"function_call": {"name": "f", "arguments": "{}"}}])
def test_what_might_begin_a_tag_is_text_before_a_call(delta: JsonObject) -> None:
    told = tell(said({"content": "<thi"}), said(delta), *CALLED, options=Options(think_tags=("think",)))

    assert [each["type"] for each in content_of(told.events)] == ["text", "tool_use"]
    assert told.events[:4] == [message_start(), *text_block(0, "<thi")]


# -- thoughts --------------------------------------------------------------------------------------

SIGNED: Final = {"signature": "s"}


@pytest.mark.parametrize(
    ("chunks", "blocks", "losses"),
    [
        (
            [details(summary("a"), reasoning="a"), details(summary("b"), reasoning="b")],
            thinking_block(0, "a", "b"),
            [unsigned("reasoning")],
        ),
        (
            [thoughts(thought("a"), reasoning_content="a"), thoughts(thought("b"), reasoning_content="b")],
            thinking_block(0, "a", "b"),
            [unsigned("reasoning_content")],
        ),
        (
            [details(detail("a"), reasoning_text="a"), details(detail("b"), reasoning_text="b")],
            thinking_block(0, "a", "b"),
            [unsigned("reasoning_text")],
        ),
        ([details(detail("a")), details(detail("a"))], thinking_block(0, "a", "a"), [unsigned("reasoning_details")]),
        ([thoughts(thought("a")), thoughts(thought("a"))], thinking_block(0, "a", "a"), [unsigned("thinking_blocks")]),
        (
            [details(detail("a")), said({"reasoning": "b"}), details(detail("ab")), details(detail("c"))],
            [*thinking_block(0, "a", "b"), *thinking_block(1, "c")],
            [unsigned("reasoning_details")],
        ),
        (
            [details(detail(None, **SIGNED), {"type": "reasoning.encrypted", "data": "eA"}, reasoning="a")],
            thinking_block(0, "a", signature="s"),
            [foreign("reasoning_details[1]")],
        ),
        (
            [
                details(detail("a", index=0), reasoning="a"),
                details(detail("", index=0), detail("", index=1, **SIGNED), reasoning="b"),
            ],
            [*thinking_block(0, "a", "b"), *thinking_block(1, signature="s")],
            [unsigned("reasoning")],
        ),
        ([details(summary(None))], [], []),
        ([details(detail("a", format=OURS, **SIGNED))], thinking_block(0, "a", signature="s"), []),
        ([details(detail("a", format=None, **SIGNED))], thinking_block(0, "a", signature="s"), []),
        (
            [details(detail("a", format="theirs-v1", **SIGNED))],
            thinking_block(0, "a"),
            [foreign("reasoning_details[0].signature"), unsigned("reasoning_details")],
        ),
        (
            [said({"reasoning": "a"}), details(detail("a", format="theirs-v1", **SIGNED)), details(detail("b"))],
            [*thinking_block(0, "a"), *thinking_block(1, "b")],
            [unsigned("reasoning"), foreign("reasoning_details[0].signature"), unsigned("reasoning_details")],
        ),
        (
            [details({"type": "reasoning.encrypted", "data": "eA", "format": OURS})],
            block(0, {"type": "redacted_thinking", "data": "eA"}),
            [],
        ),
        (
            [thoughts({"type": "redacted_thinking", "data": "eA"})],
            block(0, {"type": "redacted_thinking", "data": "eA"}),
            [],
        ),
        ([details({"type": "reasoning.encrypted", "data": "eA"})], [], [foreign("reasoning_details[0]")]),
        ([details({"type": "reasoning.encrypted", "format": OURS})], [], [foreign("reasoning_details[0]")]),
        ([thoughts({"type": "redacted_thinking"})], [], [foreign("thinking_blocks[0]")]),
        ([thoughts({"type": "of_tomorrow"})], [], [foreign("thinking_blocks[0]")]),
        (
            [details({"type": "of_tomorrow"}, detail("a", **SIGNED))],
            thinking_block(0, "a", signature="s"),
            [foreign("reasoning_details[0]")],
        ),
        (
            [said({"thinking_blocks": [thought("a", "s")], "reasoning_details": [detail("x", id="1", **SIGNED)]})],
            thinking_block(0, "a", signature="s"),
            [],
        ),
        (
            [details(detail("a", id="1", of_tomorrow=1, **SIGNED))],
            thinking_block(0, "a", signature="s"),
            [f"dropped info id {DELTA}.reasoning_details[0].id", unknown("reasoning_details[0].of_tomorrow")],
        ),
    ],
)
def test_what_tells_a_thought(chunks: list[JsonObject], blocks: list[JsonObject], losses: list[str]) -> None:
    told = tell(*chunks, *ENDED)

    assert told.events == [message_start(), *blocks, *message_end()]
    assert told.losses == losses


@pytest.mark.parametrize(
    ("strings", "slot"),
    [
        ({"reasoning_content": "a", "reasoning": "b", "reasoning_text": "c"}, "reasoning_content"),
        ({"reasoning_content": "", "reasoning": "a", "reasoning_text": "c"}, "reasoning"),
        ({"reasoning": None, "reasoning_text": "a"}, "reasoning_text"),
    ],
)
def test_the_first_string_tells_the_thought(strings: JsonObject, slot: str) -> None:
    told = tell(said(strings), *ENDED)

    assert told.events == [message_start(), *thinking_block(0, "a"), *message_end()]
    assert told.losses == [unsigned(slot)]


def test_each_unsigned_thought_is_on_record_where_it_began() -> None:
    told = tell(said({"reasoning": "a"}), said({"content": "b"}), details(detail("c")), *ENDED)

    assert told.losses == [unsigned("reasoning"), unsigned("reasoning_details")]


# -- calls -----------------------------------------------------------------------------------------


def custom(index: int | None, call_id: str | None = None, **told: str) -> JsonObject:
    """A chunk with a fragment of a call to a free-form tool."""
    fragment = {"index": index, "id": call_id, "type": "custom", "custom": told}
    return said({"tool_calls": [fragment]})


def test_free_form_calls_are_told_apart_by_their_index() -> None:
    fragments = [custom(0, "t1", name="f", input="a"), custom(1, "t2", name="g", input="b")]

    told = tell(*fragments, custom(0, input="c"), custom(1, input="d"), *CALLED)

    assert [(each["id"], each["input"]) for each in content_of(told.events)] == [
        ("t1", {"input": "ac"}),
        ("t2", {"input": "bd"}),
    ]


def test_a_free_form_call_whose_name_comes_late() -> None:
    told = tell(custom(0, "t1", input="a"), custom(0, name="f"), custom(0, input="b"), *CALLED)

    wrapped = tool_block(0, "t1", "f", '{"input":"', "a", "b", '"}')
    assert told.events == [message_start(), *wrapped, *message_end("tool_use")]


def test_a_free_form_call_without_id() -> None:
    told = tell(custom(0, name="f", input="a"), *CALLED)

    assert content_of(told.events)[0]["id"].startswith("toolu_")
    assert told.losses == [f"invented info tool_id {DELTA}.tool_calls[0]"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"function": {"name": "f", "arguments": "{}"}, "of_tomorrow": 1}, "of_tomorrow"),
        ({"function": {"name": "f", "arguments": "{}", "of_tomorrow": 1}}, "function.of_tomorrow"),
        ({"type": "custom", "custom": {"name": "f", "of_tomorrow": 1}}, "custom.of_tomorrow"),
    ],
)
def test_what_a_call_holds_besides(fields: JsonObject, path: str) -> None:
    first = call(0, "t1", "g", "{}")["tool_calls"]

    told = tell(said({"tool_calls": [*first, {"index": 1, "id": "t2", **fields}]}), *CALLED)

    assert told.losses == [unknown(f"tool_calls[1].{path}")]


@pytest.mark.parametrize(("kind", "other"), [("function", "custom"), ("custom", "function")])
def test_what_a_call_of_two_kinds_holds_besides(kind: str, other: str) -> None:
    both = {"function": {"name": "f", "of_tomorrow": 1}, "custom": {"name": "g", "of_tomorrow": 1}}

    told = tell(said({"tool_calls": [{"index": 0, "id": "t1", "type": kind, **both}]}), *CALLED)

    assert told.losses == [unknown(f"tool_calls[0].{other}"), unknown(f"tool_calls[0].{kind}.of_tomorrow")]


def test_what_a_legacy_call_holds_besides() -> None:
    told = tell(said({"function_call": {"name": "f", "arguments": '{"a":', "of_tomorrow": 1}}), *CALLED)

    assert told.losses == [
        unknown("function_call.of_tomorrow"),
        f"invented info tool_id {DELTA}.function_call",
        f"approximated warning tool_call_incomplete {DELTA}.function_call.arguments",
    ]


@pytest.mark.parametrize("function", [{}, {"name": None, "arguments": None}, {"name": "", "arguments": ""}])
def test_a_legacy_call_that_says_nothing(function: JsonObject) -> None:
    told = tell(said({"content": "a", "function_call": function}), *ENDED)

    assert told.events == [message_start(), *text_block(0, "a"), *message_end()]
    assert told.losses == []


@pytest.mark.parametrize(
    ("arguments", "pieces"), [({"a": [1, "é"]}, ['{"a":[1,"é"]}']), ({}, ["{}"]), ("", []), (None, [])]
)
def test_arguments_may_be_an_object(arguments: JsonObject | str | None, pieces: list[str]) -> None:
    fragment = {"index": 0, "id": "t1", "function": {"name": "f", "arguments": arguments}}

    told = tell(said({"tool_calls": [fragment]}), *CALLED)

    assert told.events == [message_start(), *tool_block(0, "t1", "f", *pieces), *message_end("tool_use")]
    assert told.losses == []


def test_a_call_that_holds_no_function() -> None:
    told = tell(said({"tool_calls": [{"index": 0, "id": "t1"}]}), said(call(0, None, "f", "{}")), *CALLED)

    assert told.events == [message_start(), *tool_block(0, "t1", "f", "{}"), *message_end("tool_use")]
    assert told.losses == []


def test_calls_of_one_delta_without_index_are_told_apart_by_their_places() -> None:
    first = [*call(None, None, "f", "{")["tool_calls"], *call(None, None, "g", "{")["tool_calls"]]
    more = [*call(None, arguments="}")["tool_calls"], *call(None, arguments="}")["tool_calls"]]

    told = tell(said({"tool_calls": first}), said({"tool_calls": more}), *CALLED)

    assert [(each["name"], each["input"]) for each in content_of(told.events)] == [("f", {}), ("g", {})]
