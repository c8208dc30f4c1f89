"""Thinking of earlier turns and of replies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import Options
from llm_transcode.dialects import DIALECTS, ReasoningSlot
from tests.pairs.messages_chat.conversions import (
    Json,
    JsonObject,
    reply_to_chat,
    reply_to_messages,
    to_chat,
    to_messages,
)
from tests.pitfalls.conversions import HI, chat_reply, message, text

SIGNED: JsonObject = {"type": "thinking", "thinking": "hm", "signature": "made-up"}
UNSIGNED: JsonObject = {"type": "thinking", "thinking": "ah"}
OMITTED: JsonObject = {"type": "thinking", "thinking": "", "signature": "made-up"}
REDACTED: JsonObject = {"type": "redacted_thinking", "data": "closed"}

OURS = "anthropic-claude-v1"
SIGNED_DETAIL: JsonObject = {"type": "reasoning.text", "text": "hm", "signature": "made-up", "format": OURS}
REDACTED_DETAIL: JsonObject = {"type": "reasoning.encrypted", "data": "closed", "format": OURS}
UNSIGNED_DETAIL: JsonObject = {"type": "reasoning.text", "text": "ah"}

# -- to Chat ---------------------------------------------------------------------------------------


def replayed(slot: ReasoningSlot | None, *thoughts: JsonObject) -> tuple[JsonObject, list[str]]:
    """The message that an earlier turn with these thoughts becomes, besides its text, and the losses."""
    options = Options(dialect=replace(DIALECTS["openai"], reasoning_slot=slot))
    turns = [HI, {"role": "assistant", "content": [*thoughts, text("a")]}, HI]
    body, losses = to_chat({"messages": turns}, options)
    said = body["messages"][1]
    return {name: value for name, value in said.items() if name not in ("role", "content")}, losses


def lost(at: int, name: str = "") -> str:
    return f"dropped info thinking $.messages[1].content[{at}]{name}"


@pytest.mark.parametrize(
    ("slot", "thoughts", "fields", "losses"),
    [
        (None, [SIGNED, REDACTED], {}, [lost(0), lost(1)]),
        ("reasoning_content", [SIGNED], {"reasoning_content": "hm"}, [lost(0, ".signature")]),
        ("reasoning", [SIGNED], {"reasoning": "hm"}, [lost(0, ".signature")]),
        ("reasoning_content", [UNSIGNED], {"reasoning_content": "ah"}, []),
        ("reasoning_content", [{**UNSIGNED, "signature": ""}], {"reasoning_content": "ah"}, []),
        ("reasoning_content", [OMITTED], {}, [lost(0, ".signature")]),
        ("reasoning_content", [REDACTED], {}, [lost(0)]),
        ("reasoning_content", [UNSIGNED, REDACTED, UNSIGNED], {"reasoning_content": "ah\n\nah"}, [lost(1)]),
        ("reasoning_content", [UNSIGNED, OMITTED], {"reasoning_content": "ah"}, [lost(1, ".signature")]),
        ("reasoning_details", [SIGNED], {"reasoning_details": [{**SIGNED_DETAIL, "index": 0}]}, []),
        (
            "reasoning_details",
            [REDACTED, UNSIGNED, {**UNSIGNED, "signature": ""}],
            {
                "reasoning_details": [
                    {**REDACTED_DETAIL, "index": 0},
                    {**UNSIGNED_DETAIL, "index": 1},
                    {**UNSIGNED_DETAIL, "index": 2},
                ]
            },
            [],
        ),
        ("thinking_blocks", [SIGNED, UNSIGNED, REDACTED], {"thinking_blocks": [SIGNED, UNSIGNED, REDACTED]}, []),
        ("reasoning_content", [], {}, []),
        (None, [], {}, []),
    ],
)
def test_thinking_goes_where_the_backend_reads_it(
    slot: ReasoningSlot | None, thoughts: list[JsonObject], fields: JsonObject, losses: list[str]
) -> None:
    assert replayed(slot, *thoughts) == (fields, losses)


@pytest.mark.parametrize("thought", [SIGNED, REDACTED])
@pytest.mark.parametrize("slot", [None, "thinking_blocks"])
def test_what_else_a_thought_holds(slot: ReasoningSlot | None, thought: JsonObject) -> None:
    _, losses = replayed(slot, {**thought, "of_tomorrow": 1})

    assert losses[0] == "dropped warning unknown_field $.messages[1].content[0].of_tomorrow"


@pytest.mark.parametrize(
    ("slot", "fields"),
    [
        ("reasoning_details", {"reasoning_details": [{**SIGNED_DETAIL, "index": 0}, {**REDACTED_DETAIL, "index": 1}]}),
        ("thinking_blocks", {"thinking_blocks": [SIGNED, REDACTED]}),
        ("reasoning_content", {}),
        ("reasoning", {"reasoning": "hm"}),
        (None, {}),
    ],
)
def test_thinking_of_a_reply_is_readable_and_in_the_slot_of_the_options(
    slot: ReasoningSlot | None, fields: JsonObject
) -> None:
    body, _ = reply_to_chat(message(SIGNED, REDACTED, text("a")), options=Options(now=lambda: 0, reasoning=slot))

    said = body["choices"][0]["message"]
    slots = ("reasoning", "reasoning_details", "thinking_blocks")
    assert {name: said[name] for name in slots if name in said} == fields
    assert said["reasoning_content"] == "hm"


# -- to Messages -----------------------------------------------------------------------------------

AT = "$.messages[1]"
ROLE = {"role": "assistant", "content": "a"}


def thought_again(fields: JsonObject, options: Options | None = None) -> tuple[list[JsonObject], list[str]]:
    """The blocks before the text that an earlier message becomes, and the losses."""
    body, losses = to_messages({"messages": [HI, {**ROLE, **fields}, HI]}, options)
    content = body["messages"][1]["content"]
    return ([] if isinstance(content, str) else content[:-1]), losses


def unsigned(slot: str) -> str:
    return f"dropped info thinking_unsigned {AT}.{slot}"


def foreign(slot: str) -> str:
    return f"dropped info thinking {AT}.{slot}"


def details(*entries: JsonObject) -> JsonObject:
    return {"reasoning_details": list(entries)}


def blocks(*entries: JsonObject) -> JsonObject:
    return {"thinking_blocks": list(entries)}


SUMMARY: JsonObject = {"type": "reasoning.summary", "summary": "in short"}


@pytest.mark.parametrize(
    ("fields", "sent", "losses"),
    [
        # strings
        ({"reasoning_content": "hm"}, [], [unsigned("reasoning_content")]),
        ({"reasoning": "hm"}, [], [unsigned("reasoning")]),
        ({"reasoning_text": "hm"}, [], [unsigned("reasoning_text")]),
        ({"reasoning_content": "hm", "reasoning": "hm"}, [], [unsigned("reasoning_content")]),
        ({"reasoning_content": "", "reasoning": "hm"}, [], [unsigned("reasoning")]),
        ({"reasoning_content": None, "reasoning_text": "hm"}, [], [unsigned("reasoning_text")]),
        ({"reasoning_content": " \n"}, [], []),
        # OpenRouter's list
        (details(SIGNED_DETAIL), [SIGNED], []),
        (details({**SIGNED_DETAIL, "format": None}), [SIGNED], []),
        (details({**SIGNED_DETAIL, "index": 0}, {**REDACTED_DETAIL, "index": 1}), [SIGNED, REDACTED], []),
        (details(UNSIGNED_DETAIL, SIGNED_DETAIL), [{**SIGNED, "thinking": "ahhm"}], []),
        (details(UNSIGNED_DETAIL, {**SIGNED_DETAIL, "text": None}), [{**SIGNED, "thinking": "ah"}], []),
        (details(SIGNED_DETAIL, SIGNED_DETAIL), [SIGNED, SIGNED], []),
        (details(SIGNED_DETAIL, UNSIGNED_DETAIL), [SIGNED], [unsigned("reasoning_details")]),
        (details(UNSIGNED_DETAIL), [], [unsigned("reasoning_details")]),
        (details(SUMMARY, SIGNED_DETAIL), [SIGNED], [unsigned("reasoning_details")]),
        (
            details(UNSIGNED_DETAIL, REDACTED_DETAIL, {**SIGNED_DETAIL, "text": None}),
            [REDACTED, OMITTED],
            [unsigned("reasoning_details")],
        ),
        (
            details({**SIGNED_DETAIL, "format": "theirs-v1"}),
            [],
            [foreign("reasoning_details[0].signature"), unsigned("reasoning_details")],
        ),
        (details({**UNSIGNED_DETAIL, "format": "theirs-v1"}), [], [unsigned("reasoning_details")]),
        (details(SUMMARY), [], [unsigned("reasoning_details")]),
        (details({**SUMMARY, "summary": None}), [], []),
        (
            details(SIGNED_DETAIL, {**REDACTED_DETAIL, "format": "theirs-v1"}),
            [SIGNED],
            [foreign("reasoning_details[1]")],
        ),
        (details({**REDACTED_DETAIL, "format": None}), [], [foreign("reasoning_details[0]")]),
        (details({"type": "reasoning.encrypted", "format": OURS}), [], [foreign("reasoning_details[0]")]),
        (details({"type": "reasoning.of_tomorrow"}), [], [foreign("reasoning_details[0]")]),
        (details(), [], []),
        ({"reasoning_details": None}, [], []),
        # LiteLLM's list
        (blocks(SIGNED), [SIGNED], []),
        (blocks(SIGNED, REDACTED), [SIGNED, REDACTED], []),
        (blocks(UNSIGNED), [], [unsigned("thinking_blocks")]),
        (blocks({**UNSIGNED, "signature": ""}), [], [unsigned("thinking_blocks")]),
        (blocks(UNSIGNED, SIGNED), [SIGNED], [unsigned("thinking_blocks")]),
        (blocks(UNSIGNED, OMITTED), [OMITTED], [unsigned("thinking_blocks")]),
        (blocks(UNSIGNED, {"type": "thinking", "signature": "made-up"}), [{**SIGNED, "thinking": "ah"}], []),
        (blocks(SIGNED, {"type": "redacted_thinking"}), [SIGNED], [foreign("thinking_blocks[1]")]),
        (blocks(SIGNED, {"type": "of_tomorrow"}), [SIGNED], [foreign("thinking_blocks[1]")]),
        # several of them
        ({**details(SIGNED_DETAIL), "reasoning_content": "hm"}, [SIGNED], []),
        ({**details(UNSIGNED_DETAIL), "reasoning_content": "hm"}, [], [unsigned("reasoning_details")]),
        (
            {**details({**REDACTED_DETAIL, "format": None}), "reasoning_content": "hm"},
            [],
            [foreign("reasoning_details[0]"), unsigned("reasoning_content")],
        ),
        ({**blocks(SIGNED), **details({**SIGNED_DETAIL, "text": "other"}), "reasoning": "hm"}, [SIGNED], []),
        ({**blocks(), **details(SIGNED_DETAIL)}, [SIGNED], []),
    ],
)
def test_what_anthropic_reads_back(fields: JsonObject, sent: list[JsonObject], losses: list[str]) -> None:
    assert thought_again(fields) == (sent, losses)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"index": 0}, {"index": 1}),
        ({}, {"index": 0}),
        ({"format": "theirs-v1"}, {}),
    ],
)
def test_a_signature_does_not_cover_another_entry(before: JsonObject, after: JsonObject) -> None:
    fields = details({**UNSIGNED_DETAIL, **before}, {**SIGNED_DETAIL, **after})

    assert thought_again(fields) == ([SIGNED], [unsigned("reasoning_details")])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"index": 0}, {"index": 0}),
        ({"index": 1}, {}),
        ({"format": OURS}, {"format": None}),
    ],
)
def test_a_signature_covers_all_pieces_of_its_entry(before: JsonObject, after: JsonObject) -> None:
    fields = details({**UNSIGNED_DETAIL, **before}, {**SIGNED_DETAIL, **after})

    assert thought_again(fields) == ([{**SIGNED, "thinking": "ahhm"}], [])


@pytest.mark.parametrize(
    ("fields", "losses"),
    [
        (details({**SIGNED_DETAIL, "id": "d1", "of_tomorrow": 1}), [".id", ".of_tomorrow"]),
        (details({**REDACTED_DETAIL, "id": "d1", "of_tomorrow": 1}), [".id", ".of_tomorrow"]),
        (
            blocks({**SIGNED, "cache_control": {"type": "ephemeral"}, "of_tomorrow": 1}),
            [".cache_control", ".of_tomorrow"],
        ),
        (blocks({**REDACTED, "of_tomorrow": 1}), [".of_tomorrow"]),
    ],
)
def test_what_else_an_entry_holds(fields: JsonObject, losses: list[str]) -> None:
    (slot,) = fields
    kinds = {".id": "info id", ".cache_control": "info cache_control", ".of_tomorrow": "warning unknown_field"}

    assert thought_again(fields)[1] == [f"dropped {kinds[name]} {AT}.{slot}[0]{name}" for name in losses]


def test_what_the_entries_of_a_list_that_does_not_count_hold_is_not_recorded() -> None:
    fields = {**blocks(SIGNED), **details({**SIGNED_DETAIL, "id": "d1"})}

    assert thought_again(fields) == ([SIGNED], [])


AS_TEXT = Options(unsigned_thinking="text")


@pytest.mark.parametrize(
    ("fields", "sent", "losses"),
    [
        ({"reasoning_content": "hm"}, [text("hm")], ["reasoning_content"]),
        ({"reasoning_content": " "}, [], []),
        (details(SIGNED_DETAIL, UNSIGNED_DETAIL, SUMMARY), [SIGNED, text("ah\n\nin short")], ["reasoning_details"]),
        (blocks(REDACTED, UNSIGNED), [REDACTED, text("ah")], ["thinking_blocks"]),
    ],
)
def test_unsigned_reasoning_as_text(fields: JsonObject, sent: list[JsonObject], losses: list[str]) -> None:
    assert thought_again(fields, AS_TEXT) == (
        sent,
        [f"approximated warning thinking_unsigned {AT}.{at}" for at in losses],
    )


# -- Mistral's parts -------------------------------------------------------------------------------


def part(*pieces: JsonObject, **fields: Json) -> JsonObject:
    return {"type": "thinking", "thinking": list(pieces), **fields}


def with_parts(*parts: JsonObject, options: Options | None = None) -> tuple[Json, list[str]]:
    """The content that a message of these parts becomes, and the losses."""
    body, losses = to_messages({"messages": [HI, {"role": "assistant", "content": list(parts)}, HI]}, options)
    return body["messages"][1]["content"], losses


def test_reasoning_among_the_parts() -> None:
    parts = [part(text("h"), text("m")), text("a"), {"type": "thinking", "thinking": "ah"}]

    assert with_parts(*parts) == ([text("a")], [unsigned("content[0]"), unsigned("content[2]")])
    assert with_parts(*parts, options=AS_TEXT) == (
        [text("hmah"), text("a")],
        [f"approximated warning thinking_unsigned {AT}.content[{at}]" for at in (0, 2)],
    )


def test_pieces_of_the_future_among_the_parts() -> None:
    parts = [part(text("hm"), {"type": "of_tomorrow"}), text("a")]

    content, losses = with_parts(*parts)

    assert content == [text("a")]
    assert sorted(losses) == sorted([foreign("content[0].thinking[1]"), unsigned("content[0]")])


def test_what_else_a_part_of_reasoning_holds() -> None:
    mark = {"type": "ephemeral"}

    _, losses = with_parts(part(text("hm"), closed=True, cache_control=mark, of_tomorrow=1), text("a"))

    assert sorted(losses) == sorted(
        [
            f"dropped info cache_control {AT}.content[0].cache_control",
            f"dropped info vendor_field {AT}.content[0].closed",
            f"dropped warning unknown_field {AT}.content[0].of_tomorrow",
            unsigned("content[0]"),
        ]
    )


@pytest.mark.parametrize("fields", [{"reasoning": "hm"}, details(SIGNED_DETAIL)])
def test_another_slot_goes_before_the_parts(fields: JsonObject) -> None:
    said = {"role": "assistant", "content": [part(text("other")), text("a")], **fields}

    body, losses = to_messages({"messages": [HI, said, HI]})

    assert "other" not in str(body)
    assert unsigned("content[0]") not in losses


# -- replies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        ({"reasoning_content": "hm"}, [{**SIGNED, "signature": ""}]),
        (details(SIGNED_DETAIL, REDACTED_DETAIL), [SIGNED, REDACTED]),
        (blocks(SIGNED, UNSIGNED), [SIGNED, {**UNSIGNED, "signature": ""}]),
        (blocks(UNSIGNED, SIGNED), [{**UNSIGNED, "signature": ""}, SIGNED]),
        (
            details({**UNSIGNED_DETAIL, "id": "1"}, {**SIGNED_DETAIL, "id": "2"}),
            [{**UNSIGNED, "signature": ""}, SIGNED],
        ),
        (
            details({**UNSIGNED_DETAIL, "index": 0}, {**UNSIGNED_DETAIL, "index": 1}, {**SIGNED_DETAIL, "index": 2}),
            [{**UNSIGNED, "signature": ""}, {**UNSIGNED, "signature": ""}, SIGNED],
        ),
    ],
)
def test_reasoning_of_a_reply(fields: JsonObject, content: list[JsonObject]) -> None:
    body, _ = reply_to_messages(chat_reply({"content": "a", **fields}))

    assert body["content"] == [*content, text("a")]
