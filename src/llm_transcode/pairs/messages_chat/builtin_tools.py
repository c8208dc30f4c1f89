"""Anthropic's built-in tools that the client runs, as functions of Chat.

Anthropic trains its models on these tools and shows the model their schemas itself; a client only
names the version. Another vendor's model has to be told. The schemas follow the documented inputs:

* https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/bash-tool
* https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/text-editor-tool
* https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/memory-tool
* https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/computer-use-tool
"""

from __future__ import annotations

from typing import Final, NamedTuple

from typing_extensions import assert_never

from ... import messages
from ...wire import Json, JsonObject

__all__ = ["BuiltinTool", "ClientTool", "expanded"]

ClientTool = messages.BashTool | messages.TextEditorTool | messages.MemoryTool | messages.ComputerTool


class BuiltinTool(NamedTuple):
    """What a function of Chat says beside its name."""

    description: str
    parameters: JsonObject


def _object(required: list[str], **properties: Json) -> JsonObject:
    return {"type": "object", "properties": properties, "required": required}


def _string(description: str, **more: Json) -> JsonObject:
    return {"type": "string", "description": description, **more}


def _integers(description: str, count: int) -> JsonObject:
    return {
        "type": "array",
        "items": {"type": "integer"},
        "minItems": count,
        "maxItems": count,
        "description": description,
    }


_VIEW_RANGE: Final = _integers("First and last line to view; -1 as the last one means the end of the file.", 2)
_EDITING: Final = {
    "file_text": _string("The content of the file to create."),
    "old_str": _string("The text to replace; it must occur exactly once."),
    "new_str": _string("The text to put in its place."),
    "insert_line": {"type": "integer", "description": "The line after which to insert; 0 is the beginning."},
}

_BASH: Final = BuiltinTool(
    "Run a command in a persistent bash session.",
    _object(
        [],
        command=_string("The command to run; required unless the session is restarted."),
        restart={"type": "boolean", "description": "Restart the session instead."},
    ),
)
_TEXT_EDITOR: Final = BuiltinTool(
    "View, create and edit text files.",
    _object(
        ["command", "path"],
        command=_string("What to do.", enum=["view", "create", "str_replace", "insert"]),
        path=_string("Absolute path to a file or directory."),
        view_range=_VIEW_RANGE,
        **_EDITING,
        insert_text=_string("The text to insert."),
    ),
)
_TEXT_EDITOR_WITH_UNDO: Final = BuiltinTool(
    "View, create and edit text files.",
    _object(
        ["command", "path"],
        command=_string("What to do.", enum=["view", "create", "str_replace", "insert", "undo_edit"]),
        path=_string("Absolute path to a file or directory."),
        view_range=_VIEW_RANGE,
        **_EDITING,
    ),
)
_MEMORY: Final = BuiltinTool(
    "Keep notes in files below /memories, which persist between conversations. View the directory first.",
    _object(
        ["command"],
        command=_string("What to do.", enum=["view", "create", "str_replace", "insert", "delete", "rename"]),
        path=_string("Path below /memories."),
        view_range=_VIEW_RANGE,
        **_EDITING,
        insert_text=_string("The text to insert."),
        old_path=_string("The path to rename."),
        new_path=_string("Its new name."),
    ),
)
_MOUSE_AND_KEYS: Final = ("key", "type", "mouse_move", "left_click", "left_click_drag", "right_click", "middle_click")
_MORE_ACTIONS: Final = (
    "left_mouse_down",
    "left_mouse_up",
    "double_click",
    "triple_click",
    "scroll",
    "hold_key",
    "wait",
)

_TEXT_EDITORS_WITH_UNDO: Final = ("text_editor_20241022", "text_editor_20250124")


def expanded(tool: ClientTool) -> BuiltinTool:
    """The function that stands for a built-in tool."""
    match tool:
        case messages.BashTool():
            return _BASH
        case messages.TextEditorTool():
            return _TEXT_EDITOR_WITH_UNDO if tool.type in _TEXT_EDITORS_WITH_UNDO else _TEXT_EDITOR
        case messages.MemoryTool():
            return _MEMORY
        case messages.ComputerTool():
            return _computer(tool)
        case _:
            assert_never(tool)


def _computer(tool: messages.ComputerTool) -> BuiltinTool:
    actions = [*_MOUSE_AND_KEYS, "screenshot", "cursor_position"]
    if tool.type != "computer_20241022":
        actions += _MORE_ACTIONS
    if tool.enable_zoom:
        actions.append("zoom")
    size = f"{tool.display_width_px}x{tool.display_height_px}"
    return BuiltinTool(
        f"Use the mouse and keyboard of a computer, and take screenshots. The screen has {size} pixels.",
        _object(
            ["action"],
            action=_string("What to do.", enum=actions),
            coordinate=_integers("x and y in pixels from the upper left.", 2),
            start_coordinate=_integers("Where a drag begins.", 2),
            text=_string("Text to type, or the key to press, such as ctrl+s."),
            scroll_direction=_string("Where to scroll.", enum=["up", "down", "left", "right"]),
            scroll_amount={"type": "integer", "description": "How many clicks of the wheel."},
            duration={"type": "number", "description": "How long to hold or wait, in seconds."},
            region=_integers("Corners x0, y0, x1, y1 of the region to zoom into.", 4),
        ),
    )
