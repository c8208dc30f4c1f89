from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from llm_transcode.chat.accumulate import ResponseBuilder, accumulate, chunks_of
from llm_transcode.chat.grammar import StreamGrammar
from llm_transcode.errors import StreamError
from tests.chat.chunks import HEAD, chunk, detail, fragment, message, opening, text, thinking
from tests.recordings import JsonObject, needs_recordings, recordings
from tests.strategies import chat_replies, json_objects, texts

# -- fields of a message -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["content", "refusal", "reasoning_content", "reasoning", "reasoning_text"])
def test_texts_are_appended(name: str) -> None:
    assert message({name: None}, {name: ""}, {name: "a"}, {name: None}, {name: ""}, {name: "b"}) == {name: "ab"}


@pytest.mark.parametrize(
    ("values", "expected"), [((None, None), None), (("", None), ""), ((None, ""), ""), (("a", "", None), "a")]
)
def test_null_and_empty_stand_for_absent(values: tuple[Any, ...], expected: Any) -> None:
    for name in ("content", "role", "novel", "reasoning"):
        assert message(*({name: value} for value in values)) == {name: expected}


def test_the_first_role_and_name_stay() -> None:
    assert message({"role": None}, {"role": "assistant", "name": "n"}, {"role": "user", "name": "m"}) == {
        "role": "assistant",
        "name": "n",
    }


def test_vendors_own_fields() -> None:
    first = {
        "channel": "a",
        "extra_content": {"google": {"thought": True}},
        "annotations": [{"type": "x"}],
        "flag": False,
    }
    second = {"channel": "b", "extra_content": {"google": {"thought_signature": "s"}}, "annotations": [{"type": "y"}]}

    assert message(first, second) == {
        "channel": "b",
        "extra_content": {"google": {"thought": True, "thought_signature": "s"}},
        "annotations": [{"type": "x"}, {"type": "y"}],
        "flag": False,
    }


def test_entries_of_a_list_are_merged_by_index() -> None:
    entries = [{"index": 0, "type": "search", "arguments": "{}"}, {"index": 1, "type": "visit"}]

    assert message(
        {"executed_tools": entries}, {"executed_tools": [{"index": 0, "arguments": "{}", "output": "o"}]}
    ) == {"executed_tools": [{**entries[0], "output": "o"}, entries[1]]}


def test_audio() -> None:
    deltas = [
        {"id": "a", "transcript": "h", "expires_at": 5},
        {"data": "QUJD"},
        {"id": "b", "transcript": "i", "data": "REVG"},
        {"expires_at": 6},
    ]

    assert message(*({"audio": delta} for delta in deltas))["audio"] == {
        "id": "a",
        "transcript": "hi",
        "expires_at": 6,
        "data": "QUJDREVG",
    }


def test_the_deprecated_call() -> None:
    deltas: list[JsonObject] = [{"name": "f", "arguments": ""}, {"arguments": "{"}, {"name": "f", "arguments": "}"}]

    assert message({"function_call": None}, *({"function_call": delta} for delta in deltas)) == {
        "function_call": {"name": "f", "arguments": "{}"}
    }


# -- choices -----------------------------------------------------------------------------------------


def test_choices_are_kept_apart() -> None:
    choices = [{"index": index, "delta": {"content": text}} for index, text in ((1, "a"), (0, "b"), (1, "c"))]
    response = accumulate([{**HEAD, "choices": choices[:2]}, {**HEAD, "choices": choices[2:]}])

    assert response["choices"] == [
        {"index": 0, "message": {"content": "b"}},
        {"index": 1, "message": {"content": "ac"}},
    ]


def test_fields_of_a_choice() -> None:
    first = {"delta": {"content": "a"}, "finish_reason": None, "matched_stop": None, "text": "a", "token_ids": [1]}
    second = {
        "finish_reason": "stop",
        "matched_stop": 5,
        "text": "b",
        "token_ids": [2],
        "content_filter_results": {"x": {"y": 1}},
    }
    third = {"index": 0, "delta": {}, "finish_reason": "", "content_filter_results": {"x": {"z": 2}}}

    assert accumulate({**HEAD, "choices": [choice]} for choice in (first, second, third))["choices"] == [
        {
            "index": 0,
            "message": {"content": "a"},
            "finish_reason": "stop",
            "matched_stop": 5,
            "text": "ab",
            "token_ids": [1, 2],
            "content_filter_results": {"x": {"y": 1, "z": 2}},
        }
    ]


def test_logprobs_are_appended() -> None:
    token = {"token": "a", "logprob": -1.5, "bytes": None}
    entries = [
        None,
        {"content": [token], "refusal": None},
        {"content": [token, token]},
        {"content": None, "refusal": [token], "of": "a vendor"},
    ]

    [choice] = accumulate({**HEAD, "choices": [{"index": 0, "logprobs": entry}]} for entry in entries)["choices"]

    assert choice["logprobs"] == {"content": [token] * 3, "refusal": [token], "of": "a vendor"}


def test_a_text_repeated_so_far_is_ignored() -> None:
    choice = {"index": 0, "delta": {"content": "b"}, "message": {"role": "assistant", "content": "ab"}}

    assert accumulate([chunk({"content": "a"}), {**HEAD, "choices": [choice]}])["choices"][0]["message"] == {
        "content": "ab"
    }


def test_a_choice_without_index_is_the_first() -> None:
    assert accumulate([{**HEAD, "choices": [{"delta": {"content": "a"}}]}])["choices"] == [
        {"index": 0, "message": {"content": "a"}}
    ]


def test_a_choice_may_say_nothing() -> None:
    assert accumulate([chunk(None), chunk({}, "content_filter")])["choices"] == [
        {"index": 0, "finish_reason": "content_filter"}
    ]


# -- the response --------------------------------------------------------------------------------------


def test_the_head_is_the_first_that_says_something() -> None:
    preamble: JsonObject = {
        "id": "",
        "object": "",
        "created": 0,
        "model": "",
        "choices": [],
        "prompt_filter_results": [1],
    }
    chunks = [
        preamble,
        chunk({}, system_fingerprint=None),
        {**chunk({}, "stop", system_fingerprint="f"), "id": "c2", "created": 8, "model": "n"},
    ]

    assert accumulate(chunks) == {
        "id": "c1",
        "object": "chat.completion",
        "created": 7,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop"}],
        "prompt_filter_results": [1],
        "system_fingerprint": "f",
    }


def test_padding_is_dropped_and_lists_are_replaced() -> None:
    response = accumulate([chunk({}, obfuscation="x", p="y", citations=["a"]), chunk({}, citations=["a", "b"])])

    assert response["citations"] == ["a", "b"]
    assert not response.keys() & {"obfuscation", "p"}


def test_the_last_count_of_each_kind_stays() -> None:
    usages = [
        {"prompt_tokens": 1, "completion_tokens": 1},
        None,
        {
            "prompt_tokens": 1,
            "completion_tokens": 9,
            "total_tokens": None,
            "prompt_tokens_details": {"cached_tokens": 1},
        },
        {"total_tokens": 10, "prompt_tokens_details": {"cached_tokens": None, "audio_tokens": 0}},
    ]

    assert accumulate(chunk({}, usage=usage) for usage in usages)["usage"] == {
        "prompt_tokens": 1,
        "completion_tokens": 9,
        "total_tokens": 10,
        "prompt_tokens_details": {"cached_tokens": 1, "audio_tokens": 0},
    }


def test_counts_of_groq() -> None:
    chunks = [chunk({}, x_groq={"id": "r"}), chunk({}, x_groq={"usage": {"prompt_tokens": 1}}), chunk({}, x_groq=None)]
    response = accumulate(chunks)

    assert response["x_groq"] == {"id": "r"}
    assert response["usage"] == {"prompt_tokens": 1}


@pytest.mark.parametrize(
    ("wrong", "reason", "path"),
    [
        (chunk({}, error={"message": "It broke.", "code": 502}), "the upstream failed: It broke.", "$"),
        ({"error": "It broke."}, "the upstream failed: It broke.", "$"),
        (chunk({}, x_groq={"error": "It broke."}), "the upstream failed: It broke.", "$"),
        (chunk({"content": 1}), "input should be a valid string", "$.choices[0].delta.content"),
        ({"choices": 1}, "input should be a valid list", "$.choices"),
    ],
)
def test_what_fails_is_refused(wrong: JsonObject, reason: str, path: str) -> None:
    with pytest.raises(StreamError) as caught:
        accumulate([chunk({"role": "assistant"}), wrong])

    assert caught.value.path == path
    assert caught.value.reason.startswith(reason)


def test_complete_with_all_finish_reasons_and_over_with_the_end() -> None:
    builder = ResponseBuilder()
    with pytest.raises(StreamError, match=r"^\$: the stream ended before it said anything$"):
        builder.done()
    states = []
    for each in (chunk({}), {**HEAD, "choices": [{"index": 1, "delta": {}}]}, chunk({}, "stop")):
        builder.add(each)
        states.append(builder.finished)
    builder.add({**HEAD, "choices": [{"index": 1, "delta": {}, "finish_reason": "stop"}]})

    assert (states, builder.complete, builder.finished, builder.over) == ([False] * 3, True, True, False)
    builder.done()
    assert builder.over


def test_chunks_are_not_changed_by_what_follows_them() -> None:
    chunks = [
        chunk({"tool_calls": [opening(0, "a", "f")], "content": [thinking("a")]}, x=[1]),
        chunk({"content": [thinking("b")]}),
    ]
    before = copy.deepcopy(chunks)

    accumulate(chunks)

    assert chunks == before


def test_time_is_linear() -> None:
    def seconds(count: int) -> float:
        piece = {"content": "ab", "tool_calls": [fragment(0, "{" * 20)], "reasoning_details": [detail(text="ab")]}
        chunks = [chunk({"tool_calls": [opening(0, "a", "f")]}), *[chunk(piece)] * count]
        begun = time.process_time()
        accumulate(chunks)
        return time.process_time() - begun

    seconds(10)
    few = min(seconds(1000) for _ in range(3))

    assert seconds(10_000) < 30 * few


# -- back ------------------------------------------------------------------------------------------


def test_where_each_field_stands() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    said = {
        "role": "assistant",
        "content": "Hi.",
        "refusal": None,
        "reasoning_content": "Hm.",
        "reasoning_details": [detail(text="Hm.")],
        "tool_calls": [call],
        "annotations": [{"type": "x"}],
    }
    choice = {
        "index": 0,
        "message": said,
        "logprobs": {"content": []},
        "finish_reason": "stop",
        "native_finish_reason": "end",
    }
    usage = {"prompt_tokens": 1}
    response = {**HEAD, "object": "chat.completion", "provider": "p", "choices": [choice], "usage": usage}
    response["moderation"] = {"input": None}

    def entry(delta: JsonObject, finish: str | None = None, **more: Any) -> JsonObject:
        return {"index": 0, "delta": delta, "finish_reason": finish, **more}

    entries = [
        entry({"reasoning_content": "Hm."}),
        entry({"reasoning_details": [detail(text="Hm.")]}),
        entry({"content": "Hi."}, logprobs={"content": []}),
        entry({"tool_calls": [{**call, "index": 0, "function": {"name": "f", "arguments": ""}}]}),
        entry({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}),
        entry({"annotations": [{"type": "x"}]}),
        entry({}, "stop", native_finish_reason="end"),
    ]
    assert list(chunks_of(response)) == [
        {**HEAD, "provider": "p", "choices": [entry({"role": "assistant", "refusal": None, "content": ""})]},
        *({**HEAD, "choices": [each]} for each in entries),
        {**HEAD, "choices": [], "moderation": {"input": None}},
        {**HEAD, "choices": [], "usage": usage},
    ]


@pytest.mark.parametrize(
    ("said", "logprobs", "entries"),
    [
        (
            {"content": "Hi."},
            {"content": []},
            [{"delta": {"content": ""}}, {"delta": {"content": "Hi."}, "logprobs": {"content": []}}, {"delta": {}}],
        ),
        (
            {"content": "Hi."},
            None,
            [{"delta": {"content": ""}}, {"delta": {"content": "Hi."}}, {"logprobs": None, "delta": {}}],
        ),
        (
            {"refusal": "No."},
            {"refusal": []},
            [{"delta": {}}, {"delta": {"refusal": "No."}}, {"logprobs": {"refusal": []}, "delta": {}}],
        ),
    ],
)
def test_logprobs_stand_beside_the_content_or_else_last(
    said: JsonObject, logprobs: JsonObject | None, entries: list[JsonObject]
) -> None:
    response = {**HEAD, "choices": [{"index": 0, "message": said, "logprobs": logprobs}]}

    assert [chunk["choices"] for chunk in chunks_of(response)] == [[{"index": 0, **entry}] for entry in entries]


_empty_or = st.none() | st.just("") | texts
_call: SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {
        "id": texts,
        "type": st.just("function"),
        "function": st.fixed_dictionaries({"name": texts, "arguments": _empty_or}),
    },
    optional={"extra_content": json_objects},
) | st.fixed_dictionaries(
    {
        "id": texts,
        "type": st.just("custom"),
        "custom": st.fixed_dictionaries({"name": texts, "input": st.just("") | texts}),
    }
)
_details = st.lists(
    st.sampled_from([detail(text="a"), detail("summary", summary="b"), detail(index=None, text="c")]),
    unique_by=str,
    max_size=3,
)
_parts = st.lists(
    st.sampled_from([text("a"), thinking("a", "b"), thinking("c", closed=True), {"type": "reference", "ids": [1]}]),
    max_size=3,
)
_token = st.fixed_dictionaries({"token": st.text(max_size=2), "logprob": st.floats(-9, 0)})
_messages: SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {"role": st.just("assistant")},
    optional={
        "content": _empty_or | _parts,
        "refusal": _empty_or,
        "reasoning": _empty_or,
        "reasoning_content": _empty_or,
        "reasoning_opaque": _empty_or,
        "reasoning_details": st.none() | _details,
        "thinking_blocks": st.none() | st.lists(st.just({"type": "thinking", "thinking": "a"}), max_size=2),
        "tool_calls": st.none() | st.lists(_call, max_size=3, unique_by=lambda call: str(call["id"])),
        "function_call": st.none() | st.fixed_dictionaries({"name": texts, "arguments": _empty_or}),
        "audio": st.none() | st.fixed_dictionaries({"id": texts}, optional={"data": texts, "transcript": _empty_or}),
        "annotations": st.none() | st.lists(st.just({"type": "x", "index": 0}), max_size=2),
        "extra_content": json_objects,
        "novel": _empty_or | json_objects | st.integers() | st.lists(json_objects, max_size=2),
    },
)
_choices: SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {"message": _messages, "finish_reason": st.sampled_from(["stop", "length", "next_year"])},
    optional={
        "logprobs": st.none()
        | st.fixed_dictionaries({"content": st.none() | st.lists(_token, max_size=2), "refusal": st.none()}),
        "native_finish_reason": _empty_or,
        "novel": _empty_or | json_objects | st.lists(st.integers(), max_size=2),
    },
)
_extras: SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {},
    optional={
        "service_tier": _empty_or,
        "system_fingerprint": _empty_or,
        "usage": st.none(),
        "moderation": st.none() | st.just({"input": None}),
        "x_groq": json_objects.filter(lambda remarks: bool(remarks) and not remarks.keys() & {"id", "usage", "error"}),
        "novel": json_objects | _empty_or,
    },
)


@given(chat_replies(rich=False), st.lists(_choices, max_size=3), _extras)
def test_the_chunks_of_a_response_add_up_to_it(
    response: JsonObject, choices: list[JsonObject], extras: JsonObject
) -> None:
    choices = [{**choice, "index": index} for index, choice in enumerate(choices)]
    response = {**response, **extras, "choices": choices or response["choices"]}
    before = copy.deepcopy(response)
    grammar = StreamGrammar()
    chunks = list(chunks_of(response))
    for each in chunks:
        grammar.step(each)
    grammar.done()

    assert accumulate(chunks) == response == before


@pytest.mark.parametrize("name", ["id", "object", "created", "model", "usage"])
def test_what_a_response_lacks_stays_absent(name: str) -> None:
    response = {**HEAD, "object": "chat.completion", "choices": [{"index": 0, "message": {}}], "usage": None}
    del response[name]

    assert accumulate(chunks_of(response)) == {**response, "choices": [{"index": 0}]}


def without_what_cannot_stream(response: JsonObject) -> JsonObject:
    """A response without the index of its calls and a choice's own delta."""
    for choice in response["choices"]:
        choice.pop("delta", None)
        for call in (choice.get("message") or {}).get("tool_calls") or []:
            call.pop("index", None)
    return response


@needs_recordings
@pytest.mark.parametrize("path", recordings("chat", "response"), ids=lambda path: path.stem)
def test_recorded_responses(path: Path) -> None:
    response = json.loads(path.read_bytes())

    assert accumulate(chunks_of(response)) == without_what_cannot_stream(response)
