"""Anthropic's built-in tools as functions of Chat."""

from __future__ import annotations

import pytest

from tests.pairs.messages_chat.conversions import Json, JsonObject, to_chat

EDITS = ["view", "create", "str_replace", "insert"]
EARLY_ACTIONS = [
    *("key", "type", "mouse_move", "left_click", "left_click_drag", "right_click", "middle_click"),
    *("screenshot", "cursor_position"),
]
LATER_ACTIONS = [
    *EARLY_ACTIONS,
    *("left_mouse_down", "left_mouse_up", "double_click", "triple_click", "scroll", "hold_key", "wait"),
]


def function_of(kind: str, **fields: Json) -> JsonObject:
    """The function that stands for a tool of this type."""
    body, losses = to_chat({"tools": [{"type": kind, "name": "t", **fields}]})
    assert losses == ["approximated warning builtin_tool $.tools[0]"]
    assert [tool["type"] for tool in body["tools"]] == ["function"]
    function: JsonObject = body["tools"][0]["function"]
    assert function["name"] == "t"
    assert function["description"]
    assert function["parameters"]["type"] == "object"
    return function


def computer(kind: str, **fields: Json) -> JsonObject:
    return function_of(kind, display_width_px=1024, display_height_px=768, **fields)


TEXT = ["file_text", "old_str", "new_str", "insert_line"]


@pytest.mark.parametrize(
    ("kind", "names", "required", "commands"),
    [
        ("bash_20241022", ["command", "restart"], [], None),
        ("bash_20250124", ["command", "restart"], [], None),
        ("text_editor_20241022", ["command", "path", "view_range", *TEXT], ["command", "path"], [*EDITS, "undo_edit"]),
        ("text_editor_20250124", ["command", "path", "view_range", *TEXT], ["command", "path"], [*EDITS, "undo_edit"]),
        ("text_editor_20250429", ["command", "path", "view_range", *TEXT, "insert_text"], ["command", "path"], EDITS),
        ("text_editor_20250728", ["command", "path", "view_range", *TEXT, "insert_text"], ["command", "path"], EDITS),
        (
            "memory_20250818",
            ["command", "path", "view_range", *TEXT, "insert_text", "old_path", "new_path"],
            ["command"],
            [*EDITS, "delete", "rename"],
        ),
    ],
)
def test_the_documented_inputs(kind: str, names: list[str], required: list[str], commands: list[str] | None) -> None:
    parameters = function_of(kind)["parameters"]

    assert list(parameters["properties"]) == names
    assert parameters["required"] == required
    assert parameters["properties"]["command"].get("enum") == commands


@pytest.mark.parametrize(
    ("kind", "fields", "actions"),
    [
        ("computer_20241022", {}, EARLY_ACTIONS),
        ("computer_20250124", {}, LATER_ACTIONS),
        ("computer_20251124", {}, LATER_ACTIONS),
        ("computer_20251124", {"enable_zoom": False}, LATER_ACTIONS),
        ("computer_20251124", {"enable_zoom": True}, [*LATER_ACTIONS, "zoom"]),
    ],
)
def test_what_a_computer_can_do(kind: str, fields: JsonObject, actions: list[str]) -> None:
    parameters = computer(kind, **fields)["parameters"]

    assert parameters["required"] == ["action"]
    assert parameters["properties"]["action"]["enum"] == actions


def test_the_inputs_of_a_computer() -> None:
    properties = computer("computer_20251124")["parameters"]["properties"]

    lists = {name: item["maxItems"] for name, item in properties.items() if item["type"] == "array"}
    assert lists == {"coordinate": 2, "start_coordinate": 2, "region": 4}
    assert {name: item["type"] for name, item in properties.items() if name not in lists} == {
        "action": "string",
        "text": "string",
        "scroll_direction": "string",
        "scroll_amount": "integer",
        "duration": "number",
    }
    assert properties["scroll_direction"]["enum"] == ["up", "down", "left", "right"]


def test_a_computer_says_how_large_its_screen_is() -> None:
    assert "1024x768" in computer("computer_20250124")["description"]


@pytest.mark.parametrize("kind", ["bash_20250124", "text_editor_20250728", "memory_20250818"])
def test_every_input_says_what_it_is(kind: str) -> None:
    properties = function_of(kind)["parameters"]["properties"]

    assert all(item["description"].endswith(".") for item in properties.values())
