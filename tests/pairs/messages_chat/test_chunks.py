"""What blocks of a Messages stream become while they grow, one rule a test."""

from __future__ import annotations

from typing import Any, Final

import pytest

from llm_transcode import Options, ReplyContext
from tests.pairs.messages_chat.streamed import ROLE, deltas_of, reply, told
from tests.streams import (
    JsonObject,
    block,
    call,
    chunk,
    failed_chat,
    finished,
    message_end,
    message_start,
    text_block,
    thinking_block,
    tool_block,
)

LEGACY: Final = ReplyContext(legacy_functions=True)
FREE: Final = ReplyContext(custom_tools=frozenset({"free"}))
OUTPUT: Final = ReplyContext(output_tool="response")
INCOMPLETE: Final = "approximated warning tool_call_incomplete $.delta.partial_json"
LEFT: Final = "approximated info stream_protocol $"
PAGE: Final = {
    "type": "web_search_result_location",
    "url": "https://example.com",
    "title": "Cats",
    "encrypted_index": "eA",
    "cited_text": "cats",
}
PLACE: Final = {
    "type": "char_location",
    "cited_text": "c",
    "document_index": 0,
    "start_char_index": 0,
    "end_char_index": 1,
}


def cited_text(index: int, said: str, *citations: JsonObject) -> list[JsonObject]:
    """A block of text whose citations come before its text."""
    deltas = [{"type": "citations_delta", "citation": each} for each in citations]
    return block(index, {"type": "text", "text": ""}, [*deltas, {"type": "text_delta", "text": said}])


def annotation(index: int, start: int, end: int) -> JsonObject:
    page = {"url": "https://example.com", "title": "Cats", "start_index": start, "end_index": end}
    return {"annotations": [{"index": index, "type": "url_citation", "url_citation": page}]}


def details(*entries: tuple[str, str]) -> list[JsonObject]:
    """The entries of thoughts, by text and signature, in the order of their numbers."""
    return [
        {
            "reasoning_details": [
                {
                    "type": "reasoning.text",
                    "text": text,
                    "signature": signature,
                    "format": "anthropic-claude-v1",
                    "index": at,
                }
            ]
        }
        for at, (text, signature) in enumerate(entries)
    ]


# -- calls -----------------------------------------------------------------------------------------


def test_every_call_has_the_next_number_whatever_stands_between() -> None:
    outcome = reply(
        tool_block(0, "a", "f", "{}"),
        text_block(1, "hi"),
        tool_block(2, "b", "g", "{}"),
        thinking_block(3),
        tool_block(4, "c", "h", "{}"),
        stop="tool_use",
    )

    assert [delta for delta in deltas_of(outcome) if "tool_calls" in delta] == [
        call(0, "a", "f", ""),
        call(0, arguments="{}"),
        call(1, "b", "g", ""),
        call(1, arguments="{}"),
        call(2, "c", "h", ""),
        call(2, arguments="{}"),
    ]
    assert outcome.losses == []


def test_calls_that_were_set_aside_get_their_empty_arguments_in_the_order_of_blocks() -> None:
    starts = [tool_block(at, f"c{at}", "f")[0] for at in range(3)]

    outcome = told(message_start(), *starts, *message_end("tool_use"))

    assert deltas_of(outcome) == [
        *(call(at, f"c{at}", "f", "") for at in range(3)),
        *(call(at, arguments="{}") for at in range(3)),
    ]
    assert outcome.losses == [LEFT]


def test_a_call_that_was_set_aside_ends_at_its_own_end() -> None:
    first, second = tool_block(0, "a", "f"), tool_block(1, "b", "g")

    outcome = told(message_start(), first[0], second[0], first[1], second[1], *message_end("tool_use"))

    assert deltas_of(outcome)[2:] == [call(0, arguments="{}"), call(1, arguments="{}")]
    assert outcome.losses == [LEFT]


def test_the_end_of_another_block_ends_nothing() -> None:
    start, delta, stop = text_block(0, "hi")

    outcome = told(message_start(), start, {**stop, "index": 7}, delta, stop, *message_end())

    assert deltas_of(outcome) == [{"content": "hi"}]
    assert outcome.losses == [LEFT]


def test_a_call_takes_nothing_more_after_its_end() -> None:
    start, delta, stop = tool_block(0, "a", "f", "{}")

    outcome = told(message_start(), start, delta, stop, delta, *message_end("tool_use"))

    assert deltas_of(outcome) == [call(0, "a", "f", ""), call(0, arguments="{}")]
    assert outcome.losses == ["dropped warning stream_protocol $.index"]


@pytest.mark.parametrize(
    "events",
    [
        tool_block(0, "a", "f", '{"x":')[:-1],
        tool_block(0, "a", "f")[:-1],
        [tool_block(0, "a", "f")[0], *text_block(1, "hi")],
    ],
    ids=["within its arguments", "before its arguments", "set aside"],
)
def test_a_stream_that_breaks_within_a_call(events: list[JsonObject]) -> None:
    outcome = told(message_start(), *events)

    assert outcome.events[-1] == failed_chat("the upstream's stream ended early")
    assert [row for row in outcome.losses if row != LEFT] == ["dropped warning tool_call_incomplete $.content_block"]


@pytest.mark.parametrize(
    "events",
    [text_block(0, "hi")[:-1], thinking_block(0, "hm")[:-1], tool_block(0, "a", "f", '{"x":1}')],
    ids=["text", "a thought", "a whole call"],
)
def test_a_stream_that_breaks_elsewhere_loses_no_call(events: list[JsonObject]) -> None:
    outcome = told(message_start(), *events)

    assert (outcome.error, outcome.losses) == ("the upstream's stream ended early", [])


def test_a_legacy_client_gets_the_first_call_without_its_id() -> None:
    blocks = [tool_block(at, f"c{at}", f"f{at}", "{}") for at in range(3)]

    outcome = reply(*blocks, stop="tool_use", context=LEGACY)

    assert outcome.events == [
        ROLE,
        chunk({"function_call": {"name": "f0", "arguments": ""}}),
        chunk({"function_call": {"arguments": "{}"}}),
        *finished("function_call"),
    ]
    assert outcome.losses == [
        "dropped info legacy_function $.content_block.id",
        "dropped warning legacy_function $.content_block",
    ]


def test_names_of_every_form_of_call_come_back() -> None:
    names = {"f_1": "f.1"}
    free = ReplyContext(tool_names=names, custom_tools=frozenset({"f.1"}))
    legacy = ReplyContext(tool_names=names, legacy_functions=True)
    called = tool_block(0, "a", "f_1", '{"input":"x"}')

    assert deltas_of(reply(called, context=free)) == [
        {"tool_calls": [{"index": 0, "id": "a", "type": "custom", "custom": {"name": "f.1", "input": ""}}]},
        {"tool_calls": [{"index": 0, "custom": {"input": "x"}}]},
    ]
    assert deltas_of(reply(called, context=legacy)) == [
        {"function_call": {"name": "f.1", "arguments": ""}},
        {"function_call": {"arguments": '{"input":"x"}'}},
    ]


@pytest.mark.parametrize("pieces", [['{"x":'], ['{"x":', "1"], ["[1"]])
def test_arguments_that_are_no_whole_object(pieces: list[str]) -> None:
    outcome = reply(tool_block(0, "a", "f", *pieces), stop="tool_use")

    assert deltas_of(outcome)[1:] == [call(0, arguments=piece) for piece in pieces]
    assert outcome.losses == [INCOMPLETE]


@pytest.mark.parametrize(
    ("pieces", "text", "losses"),
    [
        (['{"input":"a', 'b"}'], ["a", "b"], []),
        (['{"input":""}'], [], []),
        ([], [], []),
        (['{"x":1}'], ['{"x":1}'], ["approximated warning tool_arguments $.delta.partial_json"]),
        (['{"input":"a'], ["a"], [INCOMPLETE]),
    ],
    ids=["pieces", "empty", "none", "no wrapper", "cut off"],
)
def test_the_input_of_a_free_form_tool(pieces: list[str], text: list[str], losses: list[str]) -> None:
    outcome = reply(tool_block(0, "a", "free", *pieces), stop="tool_use", context=FREE)

    assert deltas_of(outcome)[1:] == [{"tool_calls": [{"index": 0, "custom": {"input": each}}]} for each in text]
    assert outcome.losses == losses


@pytest.mark.parametrize(
    ("given", "pieces", "said", "losses"),
    [
        ({}, ['{"x":', "1}"], ['{"x":', "1}"], []),
        ({"x": 1}, [], ['{"x":1}'], []),
        ({}, [], ["{}"], []),
        ({}, ['{"x":'], ['{"x":'], [INCOMPLETE]),
    ],
    ids=["pieces", "whole", "none", "cut off"],
)
def test_emulated_output_is_text_and_no_call(
    given: JsonObject, pieces: list[str], said: list[str], losses: list[str]
) -> None:
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    called = block(0, {"type": "tool_use", "id": "a", "name": "response", "input": given}, deltas)

    outcome = reply(called, stop="tool_use", context=OUTPUT)

    assert outcome.events == [ROLE, *(chunk({"content": each}) for each in said), *finished("stop")]
    assert outcome.losses == losses


# -- deltas without a place ------------------------------------------------------------------------


def test_a_delta_that_its_block_does_not_take() -> None:
    thought = {"type": "thinking_delta", "thinking": "hm"}
    text = {"type": "text_delta", "text": "hi"}
    signature = {"type": "signature_delta", "signature": "eA"}
    piece = {"type": "input_json_delta", "partial_json": "{}"}
    cited = {"type": "citations_delta", "citation": PAGE}
    openings: list[tuple[JsonObject, list[JsonObject]]] = [
        ({"type": "text", "text": ""}, [thought, signature, piece]),
        ({"type": "thinking", "thinking": "", "signature": ""}, [text, piece, cited]),
        ({"type": "tool_use", "id": "a", "name": "f", "input": {}}, [text, thought, signature, cited]),
        ({"type": "redacted_thinking", "data": "eA"}, [text, thought, signature, piece, cited]),
    ]
    for opening, others in openings:
        plain = reply(block(0, opening))
        for delta in others:
            odd = reply(block(0, opening, [delta]))
            assert odd.events == plain.events
            assert "dropped warning unknown_block $.delta" in odd.losses
            assert LEFT not in odd.losses


def test_an_ignored_block_is_on_record_and_so_is_what_its_grammar_does_not_allow() -> None:
    compaction = block(0, {"type": "compaction", "content": None}, [{"type": "text_delta", "text": "hi"}])

    outcome = reply(compaction)

    assert deltas_of(outcome) == []
    assert LEFT in outcome.losses


@pytest.mark.parametrize(
    "opening",
    [
        {"type": "text", "text": "hi"},
        {"type": "thinking", "thinking": "hm", "signature": ""},
        {"type": "redacted_thinking", "data": "eA"},
        {"type": "tool_use", "id": "a", "name": "f", "input": {}},
        {"type": "tool_use", "id": "a", "name": "response", "input": {}},
    ],
    ids=["text", "thinking", "redacted thinking", "call", "output"],
)
def test_a_field_of_a_later_version_is_lost_where_it_stood(opening: JsonObject) -> None:
    outcome = reply(block(0, {**opening, "brand_new": 1}), context=OUTPUT)

    assert outcome.events == reply(block(0, opening), context=OUTPUT).events
    assert outcome.losses == ["dropped warning unknown_field $.content_block.brand_new"]


# -- thoughts --------------------------------------------------------------------------------------


def test_every_thought_has_the_next_number() -> None:
    blocks = [thinking_block(at, f"t{at}", signature=f"s{at}") for at in range(3)]

    outcome = reply(*blocks)

    assert [delta for delta in deltas_of(outcome) if "reasoning_details" in delta] == details(
        *((f"t{at}", f"s{at}") for at in range(3))
    )


def test_the_count_of_thinking_while_it_lasts_is_lost() -> None:
    start, delta, stop = thinking_block(0, "hm")
    delta["delta"]["estimated_tokens"] = 3

    outcome = reply([start, delta, stop])

    assert deltas_of(outcome)[0] == {"reasoning_content": "hm"}
    assert outcome.losses == ["dropped info usage $.delta.estimated_tokens"]


def test_a_blank_line_keeps_thoughts_apart_that_say_something() -> None:
    outcome = reply(thinking_block(0), thinking_block(1, "a", "b"), thinking_block(2), thinking_block(3, "c"))

    assert [delta["reasoning_content"] for delta in deltas_of(outcome) if "reasoning_content" in delta] == [
        "a",
        "b",
        "\n\n",
        "c",
    ]


def test_the_text_and_the_signature_of_the_start_count() -> None:
    opening = {"type": "thinking", "thinking": "a", "signature": "s"}

    outcome = reply(block(0, opening, [{"type": "thinking_delta", "thinking": "b"}]))

    assert deltas_of(outcome) == [{"reasoning_content": "a"}, {"reasoning_content": "b"}, *details(("ab", "s"))]


@pytest.mark.parametrize(
    ("opening", "path"),
    [("s", "$.content_block.signature"), ("", "$.delta.signature")],
    ids=["from the start", "from a delta"],
)
def test_a_signature_without_a_slot_is_lost_where_it_stood(opening: str, path: str) -> None:
    deltas = [] if opening else [{"type": "signature_delta", "signature": "s"}]
    thought = block(0, {"type": "thinking", "thinking": "a", "signature": opening}, deltas)

    outcome = reply(thought, options=Options(reasoning=None, now=lambda: 0))

    assert deltas_of(outcome) == [{"reasoning_content": "a"}]
    assert [row.split()[-1] for row in outcome.losses] == [path]


def test_a_thought_without_a_signature_is_carried_without_one() -> None:
    outcome = reply(block(0, {"type": "thinking", "thinking": "a"}))

    entry = {"type": "reasoning.text", "text": "a", "index": 0}
    assert deltas_of(outcome) == [{"reasoning_content": "a"}, {"reasoning_details": [entry]}]
    assert outcome.losses == []


def test_redacted_thinking_without_a_slot_is_lost() -> None:
    options = Options(reasoning=None, now=lambda: 0)

    outcome = reply(block(0, {"type": "redacted_thinking", "data": "eA"}), options=options)

    assert deltas_of(outcome) == []
    assert outcome.losses == ["dropped info thinking $.content_block"]


def test_half_a_pair_of_surrogates_in_a_thought_is_kept() -> None:
    outcome = reply(thinking_block(0, "a", "\ud83d", signature="s"))

    assert deltas_of(outcome) == [
        {"reasoning_content": "a"},
        {"reasoning_content": "\ud83d"},
        *details(("a\ud83d", "s")),
    ]


def test_a_thought_may_be_as_long_as_an_event_and_no_longer() -> None:
    options = Options(max_event_bytes=2000, now=lambda: 0)
    kept = thinking_block(0, *["x" * 1000] * 2, signature="s")[:-1]
    longer = {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "x"}}

    within = told(message_start(), *kept, options=options)
    beyond = told(message_start(), *kept, longer, options=options)

    assert within.error == "the upstream's stream ended early"
    assert beyond.error == "a block of thinking exceeds 2000 bytes"


def test_a_thought_that_is_not_kept_may_be_of_any_length() -> None:
    options = Options(max_event_bytes=2000, reasoning=None, now=lambda: 0)

    outcome = reply(thinking_block(0, *["x" * 1000] * 5), options=options)

    assert [delta["reasoning_content"] for delta in deltas_of(outcome)] == ["x" * 1000] * 5


# -- citations -------------------------------------------------------------------------------------


def test_annotations_are_numbered_and_span_the_text_of_their_block() -> None:
    outcome = reply(text_block(0, "abc"), cited_text(1, "de", PAGE, PAGE), cited_text(2, "f", PAGE))

    assert deltas_of(outcome) == [
        {"content": "abc"},
        {"content": "de"},
        annotation(0, 3, 5),
        annotation(1, 3, 5),
        {"content": "f"},
        annotation(2, 5, 6),
    ]
    assert set(outcome.losses) == {
        "dropped info citations $.delta.citation.cited_text",
        "dropped info citations $.delta.citation.encrypted_index",
    }


def test_citations_that_come_with_the_start() -> None:
    outcome = reply(block(0, {"type": "text", "text": "hi", "citations": [PAGE, PLACE]}))

    assert deltas_of(outcome) == [{"content": "hi"}, annotation(0, 0, 2)]
    assert outcome.losses[-1] == "dropped info citations $.content_block.citations[1]"


def test_a_citation_of_a_document_is_lost() -> None:
    outcome = reply(cited_text(0, "hi", PLACE))

    assert deltas_of(outcome) == [{"content": "hi"}]
    assert outcome.losses == ["dropped info citations $.delta.citation"]


def test_a_text_may_have_as_many_annotations_as_are_kept() -> None:
    outcome = reply(cited_text(0, "hi", *[PAGE] * 10_000))

    assert outcome.error is None
    assert deltas_of(outcome)[-1] == annotation(9_999, 0, 2)


# -- what every chunk has --------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [True, False])
def test_every_chunk_says_whether_counts_are_to_come(asked: bool) -> None:
    blocks = [thinking_block(0, "hm", "hm"), text_block(1, "a", "b"), tool_block(2, "c", "f", "{", "}")]
    fields: dict[str, Any] = {"usage": None} if asked else {}

    outcome = reply(*blocks, stop="tool_use", context=ReplyContext(include_usage=asked))

    chunks = [event for event in outcome.events[:-1] if event["choices"]]
    assert chunks == [
        chunk(event["choices"][0]["delta"], event["choices"][0]["finish_reason"], **fields) for event in chunks
    ]
    assert len(outcome.events) == len(chunks) + 1 + asked
