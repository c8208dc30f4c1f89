"""Calls and their results where they do not simply follow each other."""

from __future__ import annotations

from typing import Literal

import pytest

from llm_transcode import Options
from tests.pairs.messages_chat.conversions import JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import HI, assistant, call, text, tool, tool_result, tool_use, user


def test_calls_of_neighbouring_turns_each_get_their_results() -> None:
    turns = [
        HI,
        assistant(text("one"), tool_use("a"), tool_use("b")),
        assistant("two"),
        assistant(tool_use("c")),
        user(tool_result("c", "C"), tool_result("b", "B"), tool_result("a", "A"), text("on")),
    ]

    assert to_chat({"messages": turns}) == (
        {
            "messages": [
                HI,
                assistant(text("one"), tool_calls=[call("a"), call("b")]),
                tool("a", "A"),
                tool("b", "B"),
                assistant("two"),
                assistant(None, tool_calls=[call("c")]),
                tool("c", "C"),
                user(text("on")),
            ]
        },
        [
            "approximated info turn_order $.messages[1].content[1]",
            "approximated info turn_order $.messages[1].content[2]",
        ],
    )


@pytest.mark.parametrize(
    ("unanswered", "missing", "losses"),
    [
        (
            "repair",
            [tool("a", "[no result: the call was interrupted]")],
            [
                "invented warning tool_result_missing $.messages[1].content[0]",
                "approximated info turn_order $.messages[1].content[0]",
            ],
        ),
        ("keep", [], ["approximated info turn_order $.messages[1].content[0]"]),
    ],
)
def test_a_call_of_neighbouring_turns_without_a_result(
    unanswered: Literal["repair", "keep"], missing: list[JsonObject], losses: list[str]
) -> None:
    turns = [HI, assistant(tool_use("a")), assistant(tool_use("b")), user(tool_result("b", "B"))]

    assert to_chat({"messages": turns}, Options(unanswered_calls=unanswered)) == (
        {
            "messages": [
                HI,
                assistant(None, tool_calls=[call("a")]),
                *missing,
                assistant(None, tool_calls=[call("b")]),
                tool("b", "B"),
            ]
        },
        losses,
    )


def test_a_turn_behind_the_results_begins_anew() -> None:
    turns = [HI, assistant(tool_use("a")), user(tool_result("a", "A")), assistant(tool_use("b"))]

    assert to_chat({"messages": [*turns, user(tool_result("b", "B"))]}) == (
        {
            "messages": [
                HI,
                assistant(None, tool_calls=[call("a")]),
                tool("a", "A"),
                assistant(None, tool_calls=[call("b")]),
                tool("b", "B"),
            ]
        },
        [],
    )


def test_results_of_a_hybrid_client_go_to_the_head_of_merged_turns() -> None:
    turns = [HI, assistant(tool_use("a"), tool_use("b")), user("one"), user(tool_result("a", "A")), user("two")]

    assert to_messages({"messages": [*turns, user(text("three"), tool_result("b", "B"))]}) == (
        {
            "messages": [
                HI,
                assistant(tool_use("a"), tool_use("b")),
                user(tool_result("a", "A"), tool_result("b", "B"), text("one"), text("two"), text("three")),
            ]
        },
        [],
    )


def test_an_empty_id_stands_where_it_stands() -> None:
    _, losses = to_chat({"messages": [HI, assistant(tool_use(""), tool_use("b"))]})

    assert "invented info tool_id $.messages[1].content[0].id" in losses
