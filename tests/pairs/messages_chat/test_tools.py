"""Tools that the other side does not know."""

from __future__ import annotations

from llm_transcode import LossCode, Options
from tests.pairs.messages_chat.conversions import to_chat
from tests.pitfalls.conversions import custom, function


def test_a_rejected_tool_of_anthropics_is_left_out_where_its_loss_is_allowed() -> None:
    options = Options(builtin_tools="reject", downgrade=frozenset({LossCode.BUILTIN_TOOL}))

    assert to_chat({"tools": [{"type": "bash_20250124", "name": "bash"}, custom()]}, options) == (
        {"tools": [function()]},
        ["dropped warning builtin_tool $.tools[0]"],
    )
