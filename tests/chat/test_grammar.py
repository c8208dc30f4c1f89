"""What may follow what in a stream of Chat."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given

from llm_transcode.chat.accumulate import chunks_of
from llm_transcode.chat.grammar import (
    CHOICE_STATES,
    CHOICE_TRANSITIONS,
    INITIAL,
    STATES,
    TRANSITIONS,
    StreamGrammar,
    choice_diagram,
    diagram,
)
from llm_transcode.errors import StreamError
from tests.recordings import JsonObject
from tests.strategies import chat_replies

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "streams.md"

HEAD: Final[JsonObject] = {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
USAGE: Final[JsonObject] = {**HEAD, "choices": [], "usage": {"prompt_tokens": 1}}
MODERATION: Final[JsonObject] = {**HEAD, "choices": [], "moderation": {"input": None}}
ERROR: Final[JsonObject] = {"error": {"message": "It broke."}}


def chunk(delta: Any, finish: str | None = None, index: Any = 0, **more: Any) -> JsonObject:
    return {**HEAD, "choices": [{"index": index, "delta": delta, "finish_reason": finish}], **more}


def call(index: Any, **more: Any) -> JsonObject:
    return chunk({"tool_calls": [{"index": index, **more}]})


def opening(index: int, kind: str = "function") -> JsonObject:
    return call(index, id=f"call_{index}", type=kind, **{kind: {"name": "f"}})


ROLE: Final = chunk({"role": "assistant", "content": ""})
TEXT: Final = chunk({"content": "Hi."})
FINISH: Final = chunk({}, "stop")
MORE: Final = {"function": {"arguments": "{"}}
DETAIL: Final = {"type": "reasoning.text", "text": "Hm."}


def follow(*chunks: JsonObject) -> StreamGrammar:
    grammar = StreamGrammar()
    for each in chunks:
        grammar.step(each)
    return grammar


def test_the_tables_are_closed() -> None:
    reached = {target for expected in TRANSITIONS.values() for target in expected.values()} | {INITIAL}
    choices = {target for expected in CHOICE_TRANSITIONS.values() for target in expected.values()} | {"unopened"}

    assert set(TRANSITIONS) == set(STATES) == reached
    assert set(CHOICE_TRANSITIONS) == set(CHOICE_STATES) == choices
    assert next(iter(TRANSITIONS)) == INITIAL


@pytest.mark.parametrize(
    "chunks",
    [
        [ROLE, FINISH],
        [ROLE, TEXT, {**FINISH, "usage": None}, USAGE],
        [ROLE, FINISH, USAGE, MODERATION],
        [ROLE, FINISH, MODERATION, USAGE],
        [ROLE, chunk({"role": "assistant"}, index=1), FINISH, chunk({}, "stop", index=1)],
        [
            ROLE,
            opening(0),
            call(0, **MORE),
            opening(1, "custom"),
            call(1, custom={"input": "x"}),
            call(0, **MORE),
            FINISH,
        ],
        [
            ROLE,
            chunk({"reasoning_details": [{**DETAIL, "index": 0}]}),
            chunk({"reasoning_details": [{**DETAIL, "index": 1}]}),
            FINISH,
        ],
        [
            ROLE,
            chunk({"annotations": [{"type": "url_citation"}]}),
            chunk({"tool_calls": None, "annotations": []}),
            FINISH,
        ],
    ],
)
def test_sound_streams(chunks: list[JsonObject]) -> None:
    grammar = follow(*chunks)
    grammar.done()

    assert grammar.finished
    assert grammar.state == "done"
    assert grammar.expected == ()


@pytest.mark.parametrize("chunks", [[], [ROLE], [ROLE, FINISH], [ROLE, FINISH, USAGE]])
def test_an_error_may_come_at_any_time_and_is_the_end(chunks: list[JsonObject]) -> None:
    grammar = follow(*chunks, ERROR)

    assert grammar.state == "failed"
    with pytest.raises(StreamError, match="expected nothing after the end"):
        grammar.done()


FIRST_CALL: Final = "expected call 0 to open with id, type and name; got index"
NEXT_CALL: Final = "expected call 1 to open with id, type and name, or a fragment of a call below 1; got index"
BLOCKS: Final = chunk({"thinking_blocks": [{"type": "thinking"}]})


@pytest.mark.parametrize(
    ("chunks", "wrong", "reason", "path"),
    [
        ([], TEXT, "expected role, got delta", "$"),
        ([], USAGE, "expected choice or error, got usage", "$"),
        ([], {**HEAD, "choices": []}, "expected choice or error, got a chunk that says nothing", "$"),
        ([], HEAD, "expected a list of choices", "$.choices"),
        ([], chunk({"role": "assistant"}, index=None), "expected an index in each choice", "$.choices[].index"),
        ([ROLE], ROLE, "expected delta or finish, got role", "$"),
        ([ROLE], chunk(None), "expected an object as delta", "$.choices[].delta"),
        ([ROLE], {**TEXT, "id": "c2"}, "expected 'c1' as in the first chunk, got 'c2'", "$.id"),
        ([ROLE], {**TEXT, "model": None}, "expected 'm' as in the first chunk, got None", "$.model"),
        ([ROLE], {**TEXT, "usage": {}}, "expected the usage in a chunk without choices", "$.usage"),
        (
            [ROLE],
            chunk({"content": "Hi."}, "stop"),
            "expected an empty delta beside the finish reason",
            "$.choices[].delta",
        ),
        ([ROLE, FINISH], FINISH, "expected nothing after the end of the stream, got finish", "$"),
        ([ROLE, FINISH], TEXT, "expected nothing after the end of the stream, got delta", "$"),
        ([ROLE, FINISH, USAGE], USAGE, "expected moderation or [DONE] or error, got usage", "$"),
        (
            [ROLE, BLOCKS],
            BLOCKS,
            "expected an index in the entries of thinking_blocks, which came before",
            "$.choices[].delta.thinking_blocks",
        ),
    ],
)
def test_what_is_out_of_place_is_refused(chunks: list[JsonObject], wrong: JsonObject, reason: str, path: str) -> None:
    grammar = follow(*chunks)

    with pytest.raises(StreamError) as caught:
        grammar.step(wrong)

    assert (caught.value.reason, caught.value.path) == (reason, path)


@pytest.mark.parametrize(
    ("opened", "wrong", "reason"),
    [
        (0, call(0, **MORE), f"{FIRST_CALL} 0"),
        (0, opening(1), f"{FIRST_CALL} 1"),
        (0, call(None), f"{FIRST_CALL} None"),
        (0, call(0, id="a", type="function"), f"{FIRST_CALL} 0"),
        (0, call(0, id="a", function={"name": "f"}), f"{FIRST_CALL} 0"),
        (
            0,
            call(0, type="custom", custom={"name": "f"}),
            f"{FIRST_CALL} 0",
        ),
        (1, opening(0), f"{NEXT_CALL} 0"),
        (1, call(0, id="call_0", **MORE), f"{NEXT_CALL} 0"),
        (1, call(0, type="function", **MORE), f"{NEXT_CALL} 0"),
        (1, call(0, function={"name": "f", "arguments": "{"}), f"{NEXT_CALL} 0"),
        (1, call(-1, **MORE), f"{NEXT_CALL} -1"),
        (1, call(1, **MORE), f"{NEXT_CALL} 1"),
    ],
)
def test_a_call_opens_with_everything_and_grows_with_nothing_else(opened: int, wrong: JsonObject, reason: str) -> None:
    grammar = follow(ROLE, *(opening(index) for index in range(opened)))

    with pytest.raises(StreamError) as caught:
        grammar.step(wrong)

    assert (caught.value.reason, caught.value.path) == (reason, "$.choices[].delta.tool_calls")


@pytest.mark.parametrize(("chunks", "state"), [([], "silent"), ([ROLE], "answering")])
def test_done_needs_every_finish_reason(chunks: list[JsonObject], state: str) -> None:
    grammar = follow(*chunks)

    assert grammar.state == state
    with pytest.raises(StreamError, match=r"got \[DONE\]"):
        grammar.done()


@given(chat_replies(rich=False))
def test_chunks_of_a_response_are_sound(response: JsonObject) -> None:
    grammar = follow(*chunks_of(response))
    grammar.done()

    assert grammar.finished


def test_the_page_shows_the_tables() -> None:
    page = PAGE.read_text("utf-8")

    assert diagram() in page
    assert choice_diagram() in page
