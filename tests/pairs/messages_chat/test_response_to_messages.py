"""Whole replies of Chat, as replies of Messages."""

from __future__ import annotations

from typing import Any, Final

import pytest

from llm_transcode import Dialect, InvalidPayload, Options, ReplyContext, convert_response, messages
from llm_transcode.pairs.conversion import hashed
from tests.pairs.messages_chat.conversions import Json, JsonObject, reply_to_messages
from tests.pitfalls.conversions import call, chat_reply, message, messages_usage, text, tool_use

CHOICE: Final = "$.choices[0]"
SAID: Final = f"{CHOICE}.message"

REFUSED: Final[dict[str, Any]] = {
    "stop": "refusal",
    "stop_details": {"type": "refusal", "category": None, "explanation": None},
}


def unsigned(thought: str) -> JsonObject:
    return {"type": "thinking", "thinking": thought, "signature": ""}


def made_up(prefix: str, seed: str) -> str:
    """An id that comes from what is there, so that the same reply gets the same id."""
    return prefix + hashed(seed, 24)


# -- choices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indices", "used"),
    [((0, 1), 0), ((1, 0), 1), ((2, 1, 0), 2), ((1, 2), 0), ((1, None), 1), ((0, 0), 0), ((7,), 0)],
)
def test_the_first_candidate_is_used(indices: tuple[int | None, ...], used: int) -> None:
    [plain] = chat_reply({})["choices"]
    choices = [
        {**plain, "index": index, "message": {"role": "assistant", "content": f"at {at}"}}
        for at, index in enumerate(indices)
    ]

    assert reply_to_messages(chat_reply({}, choices=choices)) == (
        message(text(f"at {used}")),
        [f"dropped warning candidates $.choices[{at}]" for at in range(len(indices)) if at != used],
    )


def test_losses_name_the_candidate_that_is_used() -> None:
    [plain] = chat_reply({"content": "hi"})["choices"]
    used = {**plain, "finish_reason": "of_tomorrow", "matched_stop": 7, "mood": "glad"}

    assert reply_to_messages(chat_reply({}, choices=[{**plain, "index": 1}, used])) == (
        message(text("hi")),
        [
            "dropped warning candidates $.choices[0]",
            "dropped warning unknown_field $.choices[1].mood",
            "approximated warning stop_reason $.choices[1].finish_reason",
            "dropped info vendor_field $.choices[1].matched_stop",
        ],
    )


def test_a_reply_without_choices_is_none() -> None:
    with pytest.raises(InvalidPayload, match="convert_error") as caught:
        reply_to_messages(chat_reply({}, choices=[]))

    assert caught.value.path == "$.choices"


# -- texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", None])
def test_what_says_nothing_is_no_block(content: str | None) -> None:
    assert reply_to_messages(chat_reply({"content": content})) == (message(), [])


def test_everything_that_is_said_is_in_anthropics_order() -> None:
    said = {
        "tool_calls": [call()],
        "audio": {"id": "a1", "transcript": "spoken"},
        "refusal": "no",
        "content": "written",
        "reasoning": "hm",
    }

    assert reply_to_messages(chat_reply(said)) == (
        message(unsigned("hm"), text("written"), text("no"), text("spoken"), tool_use(), **REFUSED),
        [
            f"invented info thinking_unsigned {SAID}.reasoning",
            f"approximated info refusal {SAID}.refusal",
            f"dropped info audio {SAID}.audio.id",
            f"approximated warning audio {SAID}.audio",
        ],
    )


def test_parts_are_texts_and_thoughts_among_them_go_before() -> None:
    parts: list[JsonObject] = [
        text("a", cache_control={"type": "ephemeral"}),
        {"type": "thinking", "thinking": "hm"},
        text(""),
        {"type": "hologram"},
        {"type": "refusal", "refusal": "no", "mood": "sad"},
    ]

    assert reply_to_messages(chat_reply({"content": parts})) == (
        message(unsigned("hm"), text("a"), text("no"), **REFUSED),
        [
            f"invented info thinking_unsigned {SAID}.content[1]",
            f"dropped info cache_control {SAID}.content[0].cache_control",
            f"dropped warning unknown_block {SAID}.content[3]",
            f"dropped warning unknown_field {SAID}.content[4].mood",
            f"approximated info refusal {SAID}.content[4]",
        ],
    )


def test_parts_of_text_are_no_refusal() -> None:
    assert reply_to_messages(chat_reply({"content": [text("a"), text("b")]})) == (message(text("a"), text("b")), [])


def test_thoughts_go_before_the_parts_of_a_text() -> None:
    signed = {"type": "thinking", "thinking": "hm", "signature": "s"}
    said = {"thinking_blocks": [signed], "content": [text("a")], "function_call": {"name": "f", "arguments": "{}"}}

    assert reply_to_messages(chat_reply(said, "function_call")) == (
        message(signed, text("a"), tool_use(made_up("toolu_", "r1_0")), stop="tool_use"),
        [f"invented info tool_id {SAID}.function_call"],
    )


@pytest.mark.parametrize(
    ("content", "blocks", "is_told"),
    [
        ("<think>hm</think>hi", [unsigned("hm"), text("hi")], True),
        ("<think>hm</think>", [unsigned("hm")], True),
        ("<think></think>hi", [text("hi")], False),
        ("hi", [text("hi")], False),
        ("", [], False),
    ],
)
def test_thoughts_in_the_text(content: str, blocks: list[JsonObject], is_told: bool) -> None:
    assert reply_to_messages(chat_reply({"content": content}), options=Options(think_tags=("think",))) == (
        message(*blocks),
        [f"invented info thinking_unsigned {SAID}.content"] if is_told else [],
    )


@pytest.mark.parametrize(
    ("audio", "blocks", "losses"),
    [
        ({"id": "a", "transcript": "hi"}, [text("hi")], ["dropped info audio .id", "approximated warning audio "]),
        ({"id": "", "transcript": "hi"}, [text("hi")], ["dropped info audio .id", "approximated warning audio "]),
        ({"id": "a", "transcript": ""}, [], ["dropped info audio .id", "approximated warning audio "]),
        (
            {"id": "", "data": "eA=="},
            [],
            ["dropped info audio .id", "dropped info audio .data", "approximated warning audio "],
        ),
        ({"id": ""}, [], []),
        (None, [], []),
    ],
)
def test_what_was_spoken(audio: Json, blocks: list[JsonObject], losses: list[str]) -> None:
    expected = []
    for loss in losses:
        what, _, where = loss.rpartition(" ")
        expected.append(f"{what} {SAID}.audio{where}")

    assert reply_to_messages(chat_reply({"audio": audio})) == (message(*blocks), expected)


# -- calls -----------------------------------------------------------------------------------------


def test_only_calls_get_the_clients_names_back() -> None:
    context = ReplyContext(tool_names={"short": "a.long.name"})
    said = {"content": "short", "tool_calls": [call("t1", "short"), call("t2", "other")]}

    assert reply_to_messages(chat_reply(said, "tool_calls"), context) == (
        message(text("short"), tool_use("t1", "a.long.name"), tool_use("t2", "other"), stop="tool_use"),
        [],
    )


MARKED: Final = {"cache_control": {"type": "ephemeral"}}


def test_what_else_calls_hold() -> None:
    function = {**call(), **MARKED, "mood": 1, "function": {"name": "f", "arguments": "{}", "mood": 2}}
    custom = {"id": "t2", "type": "custom", **MARKED, "mood": 3, "custom": {"name": "g", "input": "x", "mood": 4}}

    at = f"{SAID}.tool_calls"
    assert reply_to_messages(chat_reply({"tool_calls": [function, custom]}, "tool_calls")) == (
        message(tool_use(), tool_use("t2", "g", input="x"), stop="tool_use"),
        [
            f"dropped warning unknown_field {at}[0].mood",
            f"dropped info cache_control {at}[0].cache_control",
            f"dropped warning unknown_field {at}[0].function.mood",
            f"dropped warning unknown_field {at}[1].mood",
            f"dropped info cache_control {at}[1].cache_control",
            f"dropped warning unknown_field {at}[1].custom.mood",
        ],
    )


def test_a_call_of_an_unknown_type_is_left_out() -> None:
    said = {"content": "hi", "tool_calls": [{"type": "of_tomorrow", "id": "t1"}]}

    assert reply_to_messages(chat_reply(said, "tool_calls")) == (
        message(text("hi")),
        [f"dropped warning unknown_block {SAID}.tool_calls[0]"],
    )


@pytest.mark.parametrize(("reply_id", "seed"), [("r1", "r1"), ("", "call"), ("\ud800", "\ufffd" * 3)])
def test_calls_without_ids_get_one_from_the_reply_and_their_place(reply_id: str, seed: str) -> None:
    function = {"function": {"name": "f", "arguments": "{}"}}
    custom = {"type": "custom", "custom": {"name": "g", "input": "x"}}

    body, losses = reply_to_messages(chat_reply({"tool_calls": [function, custom]}, "tool_calls", id=reply_id))

    assert body["content"] == [
        tool_use(made_up("toolu_", f"{seed}_0")),
        tool_use(made_up("toolu_", f"{seed}_1"), "g", input="x"),
    ]
    assert [loss for loss in losses if "tool_id" in loss] == [
        f"invented info tool_id {SAID}.tool_calls[{at}]" for at in range(2)
    ]


NAMED: Final = "approximated info tool_id"
MADE_UP: Final = "invented info tool_id"


@pytest.mark.parametrize(
    ("said", "losses"),
    [
        ({"tool_calls": [call("a:b")]}, [f"{NAMED} {SAID}.tool_calls[0].id"]),
        (
            {"tool_calls": [call("")]},
            [f"{MADE_UP} {SAID}.tool_calls[0]", f"{NAMED} {SAID}.tool_calls[0]"],
        ),
        (
            {"function_call": {"name": "f", "arguments": "{}"}},
            [f"{MADE_UP} {SAID}.function_call", f"{NAMED} {SAID}.function_call"],
        ),
    ],
)
def test_ids_are_written_in_anthropics_letters(said: JsonObject, losses: list[str]) -> None:
    options = Options(new_id=lambda prefix: "a:b")

    assert reply_to_messages(chat_reply(said, "tool_calls"), options=options) == (
        message(tool_use("a_b_" + hashed("a:b")), stop="tool_use"),
        losses,
    )


@pytest.mark.parametrize("function", [{"name": "", "arguments": ""}, None])
def test_a_function_call_of_nothing(function: Json) -> None:
    assert reply_to_messages(chat_reply({"content": "hi", "function_call": function})) == (message(text("hi")), [])


def test_calls_go_before_the_deprecated_function_call() -> None:
    said = {"tool_calls": [call("t1", "f")], "function_call": {"name": "g", "arguments": "{}"}}

    assert reply_to_messages(chat_reply(said, "tool_calls")) == (
        message(tool_use("t1", "f"), stop="tool_use"),
        [f"dropped warning legacy_function {SAID}.function_call"],
    )


# -- how it ended ----------------------------------------------------------------------------------


def test_a_reply_that_does_not_say_how_it_ended() -> None:
    reply = chat_reply({"content": "hi"})
    del reply["choices"][0]["finish_reason"]

    assert reply_to_messages(reply) == (message(text("hi")), [f"approximated warning stop_reason {CHOICE}"])


@pytest.mark.parametrize(
    ("choice", "sequence", "losses"),
    [
        ({"stop_reason": "END"}, "END", []),
        ({"matched_stop": "END"}, "END", []),
        ({"stop_reason": "END", "matched_stop": "STOP"}, "END", []),
        ({"stop_reason": 7, "matched_stop": "STOP"}, "STOP", [f"dropped info vendor_field {CHOICE}.stop_reason"]),
        ({"matched_stop": 7}, None, [f"dropped info vendor_field {CHOICE}.matched_stop"]),
    ],
)
def test_the_stop_sequence_of_two_vendors(choice: JsonObject, sequence: str | None, losses: list[str]) -> None:
    context = ReplyContext(stop_sequences=("END", "STOP"))
    stop = "stop_sequence" if sequence else "end_turn"

    assert reply_to_messages(chat_reply({"content": "hi"}, choice=choice), context) == (
        message(text("hi"), stop=stop, stop_sequence=sequence),
        losses,
    )


# -- usage -----------------------------------------------------------------------------------------

SPENT: Final = {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}


@pytest.mark.parametrize(
    ("fields", "fresh", "losses"),
    [
        ({"usage": SPENT, "x_groq": {"usage": {"prompt_tokens": 99}}}, 6, []),
        (
            {"usage": None, "x_groq": {"usage": {**SPENT, "mood": 1}}},
            6,
            ["dropped warning unknown_field $.x_groq.usage.mood"],
        ),
        ({"usage": {**SPENT, "mood": 1}}, 6, ["dropped warning unknown_field $.usage.mood"]),
    ],
)
def test_where_the_counts_stand(fields: JsonObject, fresh: int, losses: list[str]) -> None:
    assert reply_to_messages(chat_reply({"content": "hi"}, **fields)) == (
        message(text("hi"), usage=messages_usage(fresh, read=4)),
        losses,
    )


@pytest.mark.parametrize("groq", [None, {}, {"usage": None}])
def test_nobody_counted(groq: Json) -> None:
    assert reply_to_messages(chat_reply({"content": "hi"}, usage=None, x_groq=groq)) == (
        message(text("hi"), usage=messages_usage(0, output=0)),
        ["invented warning usage $.usage"],
    )


def test_a_backend_that_counts_its_cache_apart() -> None:
    options = Options(dialect=Dialect(name="apart", protocol="chat", cached_included=False))

    assert reply_to_messages(chat_reply({"content": "hi"}, usage=SPENT), options=options) == (
        message(text("hi"), usage=messages_usage(10, read=4)),
        [],
    )


# -- around it -------------------------------------------------------------------------------------


def test_a_reply_without_an_id() -> None:
    reply = chat_reply({"content": "hi"})
    del reply["id"]

    body, losses = reply_to_messages(reply)
    other, _ = reply_to_messages(chat_reply({"content": "ho"}, id=None))

    assert losses == ["invented info id $.id"]
    assert body["id"].startswith("msg_")
    assert body == message(text("hi"), id=body["id"])
    assert other["id"] != body["id"] == reply_to_messages(reply).body["id"]


def test_the_caller_may_make_the_ids() -> None:
    options = Options(new_id=lambda prefix: f"{prefix}mine")

    body, losses = reply_to_messages(chat_reply({"tool_calls": [{**call(), "id": None}]}, id=""), options=options)

    assert body == message(tool_use("toolu_mine"), stop="tool_use", id="msg_mine")
    assert losses == [f"invented info tool_id {SAID}.tool_calls[0]", "invented info id $.id"]


def test_the_outcome_is_a_typed_reply_and_keeps_the_context() -> None:
    context = ReplyContext(model="ours", renamed=True)

    converted = convert_response(chat_reply({"content": "hi"}), source="chat", target="messages", context=context)

    assert isinstance(converted.value, messages.Response)
    assert converted.value.model == "ours"
    assert converted.context is context
