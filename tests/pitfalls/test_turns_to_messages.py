"""Pitfalls of messages and their parts on the way from Chat to Messages."""

from __future__ import annotations

import hashlib

import pytest

from llm_transcode import InvalidPayload, Options, Unsupported

from .conversions import (
    CLAUDE,
    HI,
    Json,
    JsonObject,
    Outcome,
    asked_of_messages,
    assistant,
    call,
    request_to_messages,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)

NEWER = "claude-opus-5"
"""Takes system turns between the others."""


def turns(*given: JsonObject, model: str = CLAUDE, **options: Json) -> Outcome:
    return request_to_messages({"model": model, "messages": list(given)}, Options(**options))


def expected(*messages: JsonObject, losses: list[tuple[str, str]] | None = None, **fields: Json) -> Outcome:
    return asked_of_messages({"messages": list(messages), **fields}, losses)


def system(content: Json, role: str = "system") -> JsonObject:
    return {"role": role, "content": content}


# -- system messages -------------------------------------------------------------------------------

LATE = [system("Be kind."), HI, assistant("hello"), system("Be brief."), HI]


def test_p092_a_later_system_message_becomes_labelled_text_in_its_place() -> None:
    assert turns(*LATE) == expected(
        HI,
        assistant("hello"),
        user(text("<system>\nBe brief.\n</system>"), text("hi")),
        system="Be kind.",
        losses=[("mid_system", "$.messages[3]")],
    )


def test_p092_models_that_know_system_turns_get_them_behind_a_user_turn() -> None:
    outcome = turns(HI, system("Be brief.", "developer"), assistant("hello"), HI, model=NEWER)

    assert outcome == expected(HI, system("Be brief."), assistant("hello"), HI, model=NEWER)


def test_p092_no_system_turn_stands_behind_an_assistant_turn() -> None:
    outcome = turns(*LATE, model=NEWER)

    assert outcome.body["messages"][2] == user(text("<system>\nBe brief.\n</system>"), text("hi"))


@pytest.mark.parametrize(
    ("mode", "later"),
    [("native", [system("Be brief."), HI]), ("text", [user(text("<system>\nBe brief.\n</system>"), text("hi"))])],
)
def test_p092_modes(mode: str, later: list[JsonObject]) -> None:
    assert turns(*LATE, mid_system=mode).body["messages"] == [HI, assistant("hello"), *later]


def test_p092_never_between_a_call_and_its_result() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), system("Be brief."), tool(), HI)

    assert outcome == expected(
        HI,
        assistant(tool_use()),
        user(tool_result(), text("<system>\nBe brief.\n</system>"), text("hi")),
        losses=[("mid_system", "$.messages[2]")],
    )


def test_p068_all_leading_system_messages_survive() -> None:
    outcome = turns(system("one"), system([text("two"), text("three")], "developer"), HI)

    assert outcome == expected(HI, system=[text("one"), text("two"), text("three")])


# -- tool messages ---------------------------------------------------------------------------------


def test_p093_tool_messages_become_results() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}

    outcome = turns(HI, assistant(None, tool_calls=[call()]), tool(content=[text("72F"), image]))

    block = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert outcome == expected(HI, assistant(tool_use()), user(tool_result(content=[text("72F"), block])))


def test_p094_parallel_results_share_one_turn_and_come_first() -> None:
    calls = assistant(None, tool_calls=[call("a"), call("b")])

    outcome = turns(HI, calls, tool("b", "2"), tool("a", "1"), user("and?"))

    assert outcome == expected(
        HI,
        assistant(tool_use("a"), tool_use("b")),
        user(tool_result("a", "1"), tool_result("b", "2"), text("and?")),
    )


MISSING = {
    "type": "tool_result",
    "tool_use_id": "t1",
    "content": "[no result: the call was interrupted]",
    "is_error": True,
}


def test_p095_a_call_without_result() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), user("never mind"))

    assert outcome == expected(
        HI,
        assistant(tool_use()),
        user(MISSING, text("never mind")),
        losses=[("tool_result_missing", "$.messages[1].tool_calls[0]")],
    )


def test_p095_a_result_without_call() -> None:
    outcome = turns(HI, assistant("ok"), tool("gone", "42"))

    assert outcome == expected(
        HI,
        assistant("ok"),
        user(text("[result of tool call gone]"), text("42")),
        losses=[("tool_result_orphan", "$.messages[2]")],
    )


def test_p095_valid_results_are_never_repaired() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), tool(), assistant("done"), HI)

    assert outcome == expected(HI, assistant(tool_use()), user(tool_result()), assistant("done"), HI)


@pytest.mark.parametrize(
    ("later", "path"),
    [([HI], "$.messages[1].tool_calls[0]"), ([tool(), tool("gone")], "$.messages[3]")],
)
def test_p095_orphans_are_rejected_on_demand(later: list[JsonObject], path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, assistant(None, tool_calls=[call()]), *later, unanswered_calls="reject")

    assert caught.value.path == path


def test_p095_open_calls_are_kept_on_demand() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call()]), HI, unanswered_calls="keep")

    assert outcome == expected(HI, assistant(tool_use()), HI)


def test_p096_blocks_of_hybrid_clients() -> None:
    outcome = turns(
        user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}),
        assistant(text("let me"), tool_use("t1", a=1), tool_calls=[call("t1", arguments='{"a":1}')]),
        user(text("there"), tool_result("t1")),
    )

    assert outcome == expected(
        user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}),
        assistant(text("let me"), tool_use("t1", a=1)),
        user(tool_result("t1"), text("there")),
    )


def test_p096_a_call_in_both_forms_is_one_call() -> None:
    outcome = turns(HI, assistant(text("so"), tool_use("t1"), tool_calls=[call("t1")]), user("done"))

    assert outcome == expected(
        HI,
        assistant(text("so"), tool_use("t1")),
        user(MISSING, text("done")),
        losses=[("tool_result_missing", "$.messages[1].content")],
    )


def test_p096_a_malformed_foreign_block_is_found() -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(user({"type": "tool_result"}))

    assert caught.value.path == "$.messages[0].content[0].tool_use_id"


def test_p014_a_call_without_id_is_answered_in_order() -> None:
    nameless = {"type": "function", "function": {"name": "f", "arguments": "{}"}}

    outcome = turns(HI, assistant(None, tool_calls=[nameless]), tool(""), HI)

    assert outcome == expected(
        HI,
        assistant(tool_use("call_1_0")),
        user(tool_result("call_1_0"), text("hi")),
        losses=[("tool_id", "$.messages[1].tool_calls[0]")],
    )


def test_p015_ids_used_again_in_a_later_turn() -> None:
    round_trip = [assistant(None, tool_calls=[call("call_0")]), tool("call_0")]

    outcome = turns(HI, *round_trip, *round_trip)

    assert outcome == expected(
        HI,
        assistant(tool_use("call_0")),
        user(tool_result("call_0")),
        assistant(tool_use("call_0_2")),
        user(tool_result("call_0_2")),
        losses=[("tool_id", "$.messages[3].tool_calls[0].id")],
    )


def sanitised(name: str) -> str:
    return f"{name.replace(':', '_').replace('.', '_')}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def test_p113_ids_with_foreign_characters() -> None:
    ids = ["f.bash:0", "f:bash.0", "call_1"]
    given = assistant(None, tool_calls=[call(call_id) for call_id in ids])

    outcome = turns(HI, given, *(tool(call_id) for call_id in ids))

    sent = [sanitised("f.bash:0"), sanitised("f:bash.0"), "call_1"]
    assert outcome == expected(
        HI,
        assistant(*(tool_use(call_id) for call_id in sent)),
        user(*(tool_result(call_id) for call_id in sent)),
        losses=[("tool_id", f"$.messages[1].tool_calls[{at}].id") for at in range(2)],
    )


@pytest.mark.parametrize("arguments", ["", "  ", None, {}])
def test_p115_no_arguments(arguments: Json) -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call(arguments=arguments)]), tool())

    assert outcome == expected(HI, assistant(tool_use()), user(tool_result()))


def test_p115_arguments_that_are_an_object_already() -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call(arguments={"a": 1})]), tool())

    assert outcome == expected(HI, assistant(tool_use(a=1)), user(tool_result()))


BROKEN_ARGUMENTS = ['{"command": "ls', "[1]", '"{}"', '{"a": NaN}', '{"a": 1e400}']


@pytest.mark.parametrize("arguments", BROKEN_ARGUMENTS)
def test_p116_arguments_that_are_no_object_are_wrapped(arguments: str) -> None:
    outcome = turns(HI, assistant(None, tool_calls=[call(arguments=arguments)]), tool())

    assert outcome == expected(
        HI,
        assistant(tool_use(_raw_arguments=arguments)),
        user(tool_result()),
        losses=[("tool_arguments", "$.messages[1].tool_calls[0].function.arguments")],
    )


def test_p116_arguments_that_are_no_object_are_rejected_on_demand() -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, assistant(None, tool_calls=[call(arguments="[1]")]), tool(), invalid_arguments="reject")

    assert caught.value.path == "$.messages[1].tool_calls[0].function.arguments"


def test_p129_legacy_function_messages() -> None:
    answer = {"role": "function", "name": "f", "content": "72F"}

    outcome = turns(HI, assistant(None, function_call={"name": "f", "arguments": "{}"}), answer)

    assert outcome == expected(
        HI,
        assistant(tool_use("call_1")),
        user(tool_result("call_1", "72F")),
        losses=[("tool_id", "$.messages[1].function_call")],
    )


# -- empty turns, order and the end of the conversation --------------------------------------------


def test_p097_empty_texts() -> None:
    outcome = turns(
        system(""),
        user([text(" "), text("hi")]),
        assistant("", tool_calls=[call()]),
        tool(),
        user(""),
        assistant([text("")]),
        HI,
    )

    assert outcome == expected(
        user(text("hi")),
        assistant(tool_use()),
        user(tool_result(), text("hi")),
        losses=[
            ("turn_empty", "$.messages[1].content[0]"),
            ("turn_empty", "$.messages[4]"),
            ("turn_empty", "$.messages[5].content[0]"),
            ("turn_empty", "$.messages[5]"),
        ],
    )


def test_p099_white_space_at_the_very_end() -> None:
    art = "  /\\_/\\  "

    outcome = turns(HI, assistant(art), HI, assistant("Sure, "))

    assert outcome == expected(
        HI, assistant(art), HI, assistant("Sure,"), losses=[("prefill", "$.messages[3]"), ("prefill", "$.messages")]
    )


PREFILL_LOSS = [("prefill", "$.messages[1]")]


def test_p100_a_last_assistant_turn_is_kept_and_recorded() -> None:
    assert turns(HI, assistant("{")) == expected(HI, assistant("{"), losses=PREFILL_LOSS)


def test_p100_a_last_assistant_turn_is_dropped_on_demand() -> None:
    assert turns(HI, assistant("{"), prefill="drop") == expected(HI, losses=PREFILL_LOSS)


def test_p100_a_last_assistant_turn_is_rejected_on_demand() -> None:
    with pytest.raises(Unsupported) as caught:
        turns(HI, assistant("{"), prefill="reject")

    assert caught.value.path == "$.messages[1]"


def test_p134_neighbours_of_one_role_are_merged_as_blocks() -> None:
    outcome = turns(system("a"), system("b"), assistant("hello"), user("1"), user([text("2")]), user("3"))

    assert outcome == expected(assistant("hello"), user(text("1"), text("2"), text("3")), system=[text("a"), text("b")])
