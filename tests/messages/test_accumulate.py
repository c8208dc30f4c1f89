"""Events of Messages to the response that they stand for, and back."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from llm_transcode.errors import StreamError
from llm_transcode.messages import Response
from llm_transcode.messages.accumulate import ResponseBuilder, accumulate, events_of
from llm_transcode.messages.grammar import StreamGrammar
from tests.recordings import JsonObject, needs_recordings, recordings
from tests.strategies import json_objects, messages_replies, texts

MESSAGE: Final[JsonObject] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 9, "output_tokens": 1, "service_tier": "standard", "cache_read_input_tokens": 4},
}
START: Final[JsonObject] = {"type": "message_start", "message": MESSAGE}
END: Final[JsonObject] = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 5},
}
STOP: Final[JsonObject] = {"type": "message_stop"}


def opening(index: int = 0, **block: Any) -> JsonObject:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(kind: str, index: int = 0, **fields: Any) -> JsonObject:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def closing(index: int = 0) -> JsonObject:
    return {"type": "content_block_stop", "index": index}


def content(*events: JsonObject) -> list[JsonObject]:
    """The content that events between the first and the last ones add up to."""
    found: list[JsonObject] = accumulate([START, *events, END, STOP])["content"]
    return found


def growing(block: JsonObject, *deltas: JsonObject) -> JsonObject:
    [grown] = content(opening(**block), *deltas, closing())
    return grown


# -- blocks ----------------------------------------------------------------------------------------

TEXT: Final[JsonObject] = {"type": "text", "text": ""}
CALL: Final[JsonObject] = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
THINKING: Final[JsonObject] = {"type": "thinking", "thinking": "", "signature": ""}
CITATION: Final[JsonObject] = {"type": "scene_location", "index": 0}


def test_text_and_thinking_are_appended() -> None:
    assert growing(TEXT, delta("text_delta", text="a"), delta("text_delta", text="b")) == {"type": "text", "text": "ab"}
    assert growing(
        THINKING, delta("thinking_delta", thinking="h", estimated_tokens=3), delta("thinking_delta", thinking="m")
    ) == {
        "type": "thinking",
        "thinking": "hm",
        "signature": "",
    }


def test_what_else_a_delta_of_text_says_is_about_the_delta() -> None:
    assert growing(TEXT, delta("text_delta", text="a", novel=1)) == {"type": "text", "text": "a"}


def test_the_last_signature_stays() -> None:
    assert growing(THINKING, delta("signature_delta", signature="s"), delta("signature_delta", signature="t")) == {
        **THINKING,
        "signature": "t",
    }


def test_a_signature_is_set() -> None:
    for block in (THINKING, {"type": "thinking", "thinking": ""}):
        assert growing(block, delta("signature_delta", signature="s"))["signature"] == "s"


@pytest.mark.parametrize("begun", [{}, {"citations": None}, {"citations": []}, {"citations": [CITATION]}])
def test_citations_are_appended(begun: JsonObject) -> None:
    cited = growing({**TEXT, **begun}, *[delta("citations_delta", citation=CITATION)] * 2)

    assert cited["citations"] == [*(begun.get("citations") or []), CITATION, CITATION]


def test_a_compaction_is_set() -> None:
    block: JsonObject = {"type": "compaction", "content": None, "encrypted_content": None}

    assert growing(block, delta("compaction_delta", content="c", encrypted_content="e")) == {
        "type": "compaction",
        "content": "c",
        "encrypted_content": "e",
    }
    assert growing(block, delta("compaction_delta", content=None)) == block
    assert growing(block, delta("compaction_delta", content="c"), delta("compaction_delta", content="d")) == {
        **block,
        "content": "d",
    }


@pytest.mark.parametrize(
    ("start", "pieces", "expected"),
    [
        ({}, ["", '{"a":', " 1}"], {"a": 1}),
        ({}, [], {}),
        ({}, [""], {}),
        ({"b": 2}, ["", " "], {"b": 2}),
        ({"b": 2}, ['{"a": 1}'], {"a": 1}),
        ({}, ['{"a": "cut o'], {"_raw_arguments": '{"a": "cut o'}),
        ({}, ["[1]"], {"_raw_arguments": "[1]"}),
        ({}, ['{"a": 1e400}'], {"_raw_arguments": '{"a": 1e400}'}),
        ({}, ['{"a": "\\ud83d"}'], {"a": "\ud83d"}),
    ],
)
def test_the_input_of_a_tool_is_read_at_its_end(start: JsonObject, pieces: list[str], expected: JsonObject) -> None:
    deltas = [delta("input_json_delta", partial_json=piece) for piece in pieces]

    assert growing({**CALL, "input": start}, *deltas)["input"] == expected


def test_unknown_deltas_are_kept() -> None:
    block = growing(TEXT, *[delta("scent_delta", scent="rain", notes=["wet"], strength=number) for number in (1, 2)])

    assert block == {**TEXT, "scent": "rainrain", "notes": ["wet", "wet"], "strength": 2}


def test_unknown_and_whole_blocks_are_kept() -> None:
    whole: list[dict[str, Any]] = [{"type": "redacted_thinking", "data": "d"}, {"type": "video", "frames": [1]}]

    assert content(*(opening(index, **block) for index, block in enumerate(whole))) == whole


# -- the order of events ---------------------------------------------------------------------------


def test_blocks_may_lack_their_end_grow_side_by_side_and_skip_numbers() -> None:
    events = [opening(3, **TEXT), opening(1, **CALL), delta("text_delta", 3, text="a")]
    events += [delta("input_json_delta", 1, partial_json="{}"), delta("text_delta", 3, text="b")]

    assert content(*events) == [{"type": "text", "text": "ab"}, CALL]


def test_a_number_used_again_is_another_block() -> None:
    events = [opening(**TEXT), delta("text_delta", text="a"), opening(**TEXT), delta("text_delta", text="b")]

    assert [block["text"] for block in content(*events)] == ["a", "b"]


def test_pings_and_unknown_events_say_nothing() -> None:
    assert content({"type": "ping"}, {"type": "message_pause", "content": []}) == []


def test_a_whole_answer_may_come_in_message_start() -> None:
    whole = {**MESSAGE, "content": [CALL], "stop_reason": "tool_use"}

    assert accumulate([{"type": "message_start", "message": whole}, STOP]) == whole


def test_a_repeated_start_is_no_other_message() -> None:
    assert accumulate([START, START, END, STOP])["id"] == "msg_1"

    with pytest.raises(StreamError) as caught:
        accumulate([START, {"type": "message_start", "message": {**MESSAGE, "id": "msg_2"}}])
    assert (caught.value.reason, caught.value.path) == ("a second message_start", "$.message.id")


def test_the_model_is_the_one_that_fell_in() -> None:
    fallback: JsonObject = {"type": "fallback", "from": {"model": "m"}, "to": {"model": "n"}}

    assert accumulate([START, opening(**fallback), END, STOP])["model"] == "n"


@pytest.mark.parametrize(
    ("events", "reason", "path"),
    [
        ([END], "expected message_start", "$"),
        ([STOP], "expected message_start", "$"),
        ([START, delta("text_delta", text="a")], "a delta for block 0, which has not been opened", "$.index"),
        ([START, delta("text_delta")], "field required", "$.delta.text"),
        ([{"type": "message_start", "message": {}}], "field required", "$.message.id"),
        ([{}], "field required", "$.type"),
        (
            [START, {"type": "error", "error": {"type": "x", "message": "It broke."}}],
            "the upstream failed: It broke.",
            "$",
        ),
        ([START, {"type": "error", "error": "It broke."}], "the upstream failed: It broke.", "$"),
        ([START, END], "the stream ended early", "$"),
    ],
)
def test_what_does_not_fit_is_refused(events: list[JsonObject], reason: str, path: str) -> None:
    with pytest.raises(StreamError) as caught:
        accumulate(events)

    assert (caught.value.reason, caught.value.path) == (reason, path)


# -- what is said last -------------------------------------------------------------------------------


def test_counts_replace_those_of_the_start_unless_null() -> None:
    usage = {"output_tokens": 7, "input_tokens": None, "cache_read_input_tokens": 0, "iterations": None, "novel": 1}

    assert accumulate([START, END, {**END, "usage": usage}, STOP])["usage"] == {
        "input_tokens": 9,
        "output_tokens": 7,
        "service_tier": "standard",
        "cache_read_input_tokens": 0,
        "iterations": None,
        "novel": 1,
    }


def test_the_message_gains_what_stands_in_the_delta_and_beside_it() -> None:
    container = {"id": "c", "expires_at": "2026-01-01T00:00:00Z"}
    details = {"type": "refusal", "category": None}
    event = {**END, "delta": {"stop_reason": "refusal", "container": container, "stop_details": details}}
    event |= {"context_management": {"applied_edits": []}, "novel": 1}

    assert accumulate([START, event, {**END, "delta": {"stop_reason": None}}, STOP]) == {
        **MESSAGE,
        "stop_reason": "refusal",
        "container": container,
        "stop_details": details,
        "context_management": {"applied_edits": []},
        "novel": 1,
        "usage": {**MESSAGE["usage"], "output_tokens": 5},
    }


def test_complete_with_a_stop_reason_and_finished_with_the_end() -> None:
    builder = ResponseBuilder()
    states = [(builder.complete, builder.finished, builder.over)]
    for event in (START, END, STOP):
        builder.add(event)
        states.append((builder.complete, builder.finished, builder.over))

    assert states == [(False, False, False), (False, False, False), (True, False, False), (True, True, True)]


def test_events_are_not_changed_by_what_follows_them() -> None:
    events = [START, opening(**TEXT, citations=[]), delta("citations_delta", citation=CITATION), END, STOP]
    before = copy.deepcopy(events)

    accumulate(events)

    assert events == before


# -- back ------------------------------------------------------------------------------------------

RESPONSE: Final[JsonObject] = {
    **MESSAGE,
    "stop_reason": "end_turn",
    "container": {"id": "c"},
    "content": [
        THINKING | {"thinking": "hm", "signature": "s"},
        {"type": "text", "text": "Hi.", "citations": [CITATION]},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"q": "x"}},
        CALL,
    ],
    "context_management": {"applied_edits": []},
    "usage": {
        **MESSAGE["usage"],
        "output_tokens": 5,
        "server_tool_use": {"web_search_requests": 1},
        "novel": 1,
    },
}


def test_where_each_field_stands() -> None:
    counts = {
        "input_tokens": 9,
        "output_tokens": 1,
        "service_tier": "standard",
        "cache_read_input_tokens": 4,
        "novel": 1,
    }
    search = RESPONSE["content"][2]

    assert list(events_of(RESPONSE)) == [
        {"type": "message_start", "message": {**MESSAGE, "container": {"id": "c"}, "usage": counts}},
        opening(0, **THINKING),
        delta("thinking_delta", 0, thinking="hm"),
        delta("signature_delta", 0, signature="s"),
        closing(0),
        opening(1, **TEXT, citations=[]),
        delta("citations_delta", 1, citation=CITATION),
        delta("text_delta", 1, text="Hi."),
        closing(1),
        opening(2, **{**search, "input": {}}),
        delta("input_json_delta", 2, partial_json='{"q":"x"}'),
        closing(2),
        opening(3, **CALL),
        delta("input_json_delta", 3, partial_json=""),
        closing(3),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {
                "input_tokens": 9,
                "cache_read_input_tokens": 4,
                "output_tokens": 5,
                "server_tool_use": {"web_search_requests": 1},
            },
            "context_management": {"applied_edits": []},
        },
        STOP,
    ]


@pytest.mark.parametrize(
    ("block", "events"),
    [
        (
            {"type": "compaction", "content": "c", "encrypted_content": "e"},
            [
                opening(type="compaction", content=None, encrypted_content=None),
                delta("compaction_delta", content="c", encrypted_content="e"),
            ],
        ),
        (
            {"type": "compaction", "content": "c"},
            [opening(type="compaction", content=None), delta("compaction_delta", content="c")],
        ),
        ({**CALL, "input": "no object"}, [opening(**{**CALL, "input": "no object"})]),
        ({"type": "video", "input": {"a": 1}}, [opening(type="video", input={"a": 1})]),
        (TEXT, [opening(**TEXT)]),
        ({"type": "thinking", "thinking": ""}, [opening(type="thinking", thinking="")]),
    ],
)
def test_how_a_block_streams(block: JsonObject, events: list[JsonObject]) -> None:
    streamed = list(events_of({**MESSAGE, "content": [block]}))

    assert streamed[1:-2] == [*events, closing()]


_empty_or = st.none() | st.just("") | texts
_blocks = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("text"), "text": st.just("") | texts},
        optional={"citations": st.none() | st.lists(st.just(CITATION), max_size=2), "novel": json_objects},
    ),
    st.fixed_dictionaries(
        {"type": st.just("thinking"), "thinking": st.just("") | texts}, optional={"signature": _empty_or}
    ),
    st.fixed_dictionaries({"type": st.just("redacted_thinking"), "data": texts}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["tool_use", "server_tool_use"]), "id": texts, "name": texts, "input": json_objects},
        optional={"caller": st.just({"type": "direct"})},
    ),
    st.fixed_dictionaries(
        {"type": st.just("compaction")}, optional={"content": _empty_or, "encrypted_content": _empty_or}
    ),
    st.fixed_dictionaries({"type": st.just("video"), "frames": json_objects}),
)
_extras: SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {},
    optional={
        "container": st.none() | st.just({"id": "c", "expires_at": None}),
        "stop_details": st.none() | st.just({"type": "refusal", "category": None}),
        "context_management": st.none() | st.just({"applied_edits": []}),
        "input_transformations": st.none() | st.just([]),
        "diagnostics": st.none() | st.just({"cache_miss_reason": None}),
        "novel": json_objects | _empty_or,
    },
)
_counts = st.none() | st.integers(0, 99)
_usages = st.fixed_dictionaries(
    {"output_tokens": _counts},
    optional={
        "input_tokens": _counts,
        "iterations": st.none() | st.just([{"type": "message", "output_tokens": 1}]),
        "server_tool_use": st.none() | st.just({"web_search_requests": 1}),
        "speed": _empty_or,
        "novel": json_objects,
    },
)


@given(messages_replies(), st.lists(_blocks, max_size=4), _extras, _usages)
def test_the_events_of_a_response_add_up_to_it(
    response: JsonObject, blocks: list[JsonObject], extras: JsonObject, usage: JsonObject
) -> None:
    response = {**response, **extras, "content": response["content"] + blocks, "usage": usage}
    before = copy.deepcopy(response)
    grammar = StreamGrammar()
    events = list(events_of(response))
    for event in events:
        grammar.step(event)

    assert accumulate(events) == response == before
    assert grammar.finished


@pytest.mark.parametrize("name", ["stop_reason", "stop_sequence", "usage"])
def test_what_a_response_lacks_stays_absent(name: str) -> None:
    response = {key: value for key, value in RESPONSE.items() if key != name}

    assert accumulate(events_of(response)) == response


@needs_recordings
@pytest.mark.parametrize("path", recordings("messages", "response"), ids=lambda path: path.stem)
def test_recorded_responses(path: Path) -> None:
    response = Response.parse(path.read_bytes()).to_dict()
    grammar = StreamGrammar()
    events = list(events_of(response))
    for event in events:
        grammar.step(event)

    assert accumulate(events) == json.loads(path.read_bytes())
    assert grammar.finished
