"""Results that answer a call again, and results that name their call in different ways."""

from __future__ import annotations

from tests.pairs.messages_chat.conversions import JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import HI, assistant, call, tool, tool_result, tool_use, user


def named(name: str, content: str) -> JsonObject:
    """The deprecated answer, which knows its call by name only."""
    return {"role": "function", "name": name, "content": content}


def test_of_two_results_for_one_call_the_first_counts() -> None:
    turns = [HI, assistant(tool_use()), user(tool_result(content="one"), tool_result(content="two"))]

    assert to_chat({"messages": turns}) == (
        {"messages": [HI, assistant(None, tool_calls=[call()]), tool(content="one")]},
        ["dropped warning tool_result_orphan $.messages[2].content[1]"],
    )


def test_results_by_name_find_the_next_call_that_waits() -> None:
    calls = [call("t1"), call("t2"), call("t3")]
    turns = [HI, assistant(None, tool_calls=calls), tool("t1", "one"), named("f", "two"), named("f", "three")]

    assert to_messages({"messages": turns}) == (
        {
            "messages": [
                HI,
                assistant(tool_use("t1"), tool_use("t2"), tool_use("t3")),
                user(tool_result("t1", "one"), tool_result("t2", "two"), tool_result("t3", "three")),
            ]
        },
        [],
    )
