"""Pitfalls of calls without results, and of their ids, on the way from Messages to Chat."""

from __future__ import annotations

import json

import pytest

from llm_transcode import InvalidPayload, Options, convert_request

from .conversions import (
    CHAT_MODEL,
    HI,
    Json,
    JsonObject,
    Outcome,
    asked_of_chat,
    assistant,
    call,
    request_to_chat,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)


def turns(*given: JsonObject, **options: Json) -> Outcome:
    return request_to_chat({"messages": list(given)}, Options(**options))


def expected(*messages: JsonObject, losses: list[tuple[str, str]] | None = None) -> Outcome:
    return asked_of_chat({"messages": list(messages)}, losses)


def answer(content: Json, *more: JsonObject, losses: list[tuple[str, str]] | None = None) -> Outcome:
    """What `answered` should be with this content of the tool message."""
    return expected(HI, assistant(None, tool_calls=[call()]), tool(content=content), *more, losses=losses)


def test_p015_ids_used_again_in_a_later_turn() -> None:
    round_trip = [assistant(tool_use("call_0")), user(tool_result("call_0"))]

    outcome = turns(HI, *round_trip, *round_trip)

    assert outcome == expected(
        HI,
        assistant(None, tool_calls=[call("call_0")]),
        tool("call_0"),
        assistant(None, tool_calls=[call("call_0_2")]),
        tool("call_0_2"),
        losses=[("tool_id", "$.messages[3].content[0].id")],
    )


def test_p015_ids_used_twice_in_one_turn() -> None:
    outcome = turns(
        HI, assistant(tool_use("a"), tool_use("a")), user(tool_result("a", "first"), tool_result("a", "second"))
    )

    assert outcome == expected(
        HI,
        assistant(None, tool_calls=[call("a"), call("a_2")]),
        tool("a", "first"),
        tool("a_2", "second"),
        losses=[("tool_id", "$.messages[1].content[1].id")],
    )


def test_p015_a_new_id_never_meets_an_old_one() -> None:
    outcome = turns(HI, assistant(tool_use("a"), tool_use("a_2"), tool_use("a")), user(tool_result("a")))

    calls = outcome.body["messages"][1]["tool_calls"]
    assert [made["id"] for made in calls] == ["a", "a_2", "a_3"]


def test_p095_a_call_without_result() -> None:
    outcome = turns(HI, assistant(tool_use()), user("never mind"))

    assert outcome == answer(
        "[no result: the call was interrupted]",
        user("never mind"),
        losses=[("tool_result_missing", "$.messages[1].content[0]")],
    )


def test_p095_a_result_without_call() -> None:
    outcome = turns(user(tool_result("gone", "42")))

    assert outcome == expected(
        user(text("[result of tool call gone]"), text("42")),
        losses=[("tool_result_orphan", "$.messages[0].content[0]")],
    )


def test_p095_open_calls_at_the_end_miss_nothing_yet() -> None:
    assert turns(HI, assistant(tool_use())) == expected(
        HI, assistant(None, tool_calls=[call()]), losses=[("prefill", "$.messages[1]")]
    )


@pytest.mark.parametrize(
    ("conversation", "path"),
    [
        ([assistant(tool_use()), HI], "$.messages[0].content[0]"),
        ([user(tool_result())], "$.messages[0].content[0]"),
    ],
)
def test_p095_orphans_are_rejected_on_demand(conversation: list[JsonObject], path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(*conversation, unanswered_calls="reject")

    assert caught.value.path == path


def test_p095_open_calls_are_kept_on_demand() -> None:
    outcome = turns(HI, assistant(tool_use()), HI, unanswered_calls="keep")

    assert outcome == expected(HI, assistant(None, tool_calls=[call()]), HI)


def test_p133_the_bytes_follow_the_source() -> None:
    turn = assistant(tool_use(z=1, a=1.0))
    body = {"max_tokens": 64, "messages": [HI, turn, user(tool_result())], "model": CHAT_MODEL}

    written = convert_request(body, source="messages", target="chat").to_json()

    assert json.loads(written) == answer("ok").body | {
        "messages": [HI, assistant(None, tool_calls=[call(arguments='{"z":1,"a":1.0}')]), tool()]
    }
    assert b" " not in written
