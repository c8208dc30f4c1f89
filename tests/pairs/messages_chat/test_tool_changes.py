"""Tools that come and go in mid-conversation."""

from __future__ import annotations

import pytest

from tests.pairs.messages_chat.conversions import Json, JsonObject, to_chat
from tests.pitfalls.conversions import HI, custom, text, user


def defined(name: str, **fields: Json) -> JsonObject:
    return {"type": "tool_definition", "definition": custom(name, **fields)}


def named(name: str) -> JsonObject:
    return {"type": "tool_reference", "name": name}


def added(tool: JsonObject, **fields: Json) -> JsonObject:
    return {"type": "tool_addition", "tool": tool, **fields}


def removed(tool: JsonObject, **fields: Json) -> JsonObject:
    return {"type": "tool_removal", "tool": tool, **fields}


def tools_after(*turns: JsonObject, names: tuple[str, ...] = ("f", "g")) -> tuple[list[str], list[str]]:
    """The names of the tools at the end of a conversation that began with these, and the losses."""
    body, losses = to_chat({"tools": [custom(name) for name in names], "messages": [*turns, HI]})
    return [tool["function"]["name"] for tool in body.get("tools", [])], losses


CHANGED = "approximated info tool_change $.messages[0].content"


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ([], ["f", "g"]),
        ([removed(named("f"))], ["g"]),
        ([removed(named("g"))], ["f"]),
        ([removed(named("h"))], ["f", "g"]),
        ([removed(named("f")), removed(named("g"))], []),
        ([removed(named("f")), added(named("f"))], ["g", "f"]),
        ([added(named("f"))], ["g", "f"]),
        ([added(named("h"))], ["f", "g"]),
        ([added(defined("h"))], ["f", "g", "h"]),
        ([added(defined("f"))], ["g", "f"]),
        ([added(defined("h")), removed(named("h"))], ["f", "g"]),
        ([added(defined("h")), removed(named("h")), added(named("h"))], ["f", "g", "h"]),
    ],
)
def test_the_tools_are_those_at_the_end(changes: list[JsonObject], left: list[str]) -> None:
    assert tools_after(user(text("a"), *changes)) == (left, [f"{CHANGED}[{at}]" for at in range(1, len(changes) + 1)])


def test_changes_of_several_turns_come_in_order() -> None:
    left, losses = tools_after(
        user("a"),
        user(text("a"), removed(named("f"))),
        {"role": "system", "output_config": {"effort": "low"}},
        {"role": "assistant", "content": "b"},
        user(text("a"), added(named("f")), removed(named("g"))),
    )

    assert left == ["f"]
    assert [row for row in losses if "tool_change" in row] == [
        "approximated info tool_change $.messages[1].content[1]",
        "approximated info tool_change $.messages[4].content[1]",
        "approximated info tool_change $.messages[4].content[2]",
    ]


def test_a_tool_comes_back_as_it_was_last_defined() -> None:
    changes = [added(defined("f", description="second")), removed(named("f")), added(named("f"))]

    body, _ = to_chat({"tools": [custom("f", description="first")], "messages": [user(text("a"), *changes)]})

    assert [tool["function"]["description"] for tool in body["tools"]] == ["second"]


def test_a_definition_is_named_where_it_stands() -> None:
    definition = {"type": "tool_definition", "definition": {"type": "of_tomorrow", "name": "f"}}

    assert tools_after(user(text("a"), added(definition)), names=()) == (
        [],
        [f"{CHANGED}[1]", "dropped warning unknown_block $.messages[0].content[1].tool.definition"],
    )


def test_tools_without_a_name_stay() -> None:
    nameless: list[JsonObject] = [{"type": "of_tomorrow"}, {"type": "of_tomorrow", "name": 5}]
    definition = {"type": "tool_definition", "definition": {"type": "of_tomorrow"}}
    turns = [user(text("a"), added(definition), removed(named("g")))]

    body, losses = to_chat({"tools": [*nameless, custom("f"), custom("g")], "messages": turns})

    assert [tool["function"]["name"] for tool in body["tools"]] == ["f"]
    assert losses == [
        f"{CHANGED}[1]",
        f"{CHANGED}[2]",
        "dropped warning unknown_block $.tools[0]",
        "dropped warning unknown_block $.tools[1]",
        "dropped warning unknown_block $.messages[0].content[1].tool.definition",
    ]


@pytest.mark.parametrize(
    "change",
    [
        added({"type": "mcp_tool_reference", "server_name": "s", "name": "f"}),
        removed({"type": "mcp_tool_reference", "server_name": "s", "name": "f"}),
        removed({"type": "mcp_toolset_reference", "server_name": "s"}),
        added({"type": "of_tomorrow"}),
    ],
)
def test_changes_that_chat_lacks(change: JsonObject) -> None:
    """What comes after them still counts."""
    assert tools_after(user(text("a"), change, removed(named("g")))) == (
        ["f"],
        ["dropped warning tool_change $.messages[0].content[1]", f"{CHANGED}[2]"],
    )


def test_what_else_a_change_holds() -> None:
    mark = {"type": "ephemeral"}
    changes = [
        added({**named("f"), "of_tomorrow": 1}, cache_control=mark),
        removed({**defined("f"), "of_tomorrow": 1}, of_today=1),
    ]

    assert tools_after(user(text("a"), *changes)) == (
        ["g", "f"],
        [
            "dropped info cache_control $.messages[0].content[1].cache_control",
            "dropped warning unknown_field $.messages[0].content[1].tool.of_tomorrow",
            f"{CHANGED}[1]",
            "dropped warning unknown_field $.messages[0].content[2].of_today",
            "dropped warning unknown_field $.messages[0].content[2].tool.of_tomorrow",
            "dropped warning tool_change $.messages[0].content[2]",
        ],
    )


def test_a_summary_carries_changes_on() -> None:
    changes = [removed(named("f")), {"type": "of_tomorrow"}, removed(named("h")), added(defined("h"))]
    summary = {"type": "compaction", "content": "They met.", "tool_changes": changes}

    left, losses = tools_after({"role": "assistant", "content": [summary]})

    at = "$.messages[0].content[0].tool_changes"
    assert left == ["g", "h"]
    assert [row for row in losses if "tool_changes" in row] == [
        f"approximated info tool_change {at}[0]",
        f"dropped warning unknown_block {at}[1]",
        f"approximated info tool_change {at}[2]",
        f"approximated info tool_change {at}[3]",
    ]


@pytest.mark.parametrize("changes", [{}, {"tool_changes": None}, {"tool_changes": []}])
def test_a_summary_without_changes(changes: JsonObject) -> None:
    summary = {"type": "compaction", "content": "They met.", **changes}

    left, _ = tools_after({"role": "assistant", "content": [summary]})

    assert left == ["f", "g"]
