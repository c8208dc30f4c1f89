"""The comparison finds what changed, and lets pass what a recorded loss explains."""

from __future__ import annotations

import pytest

from llm_transcode import Loss, LossCode

from . import chat_reading, messages_reading
from .documents import JsonObject
from .meaning import differences
from .test_referee import CALLED, CHAT_REPLY, FUNCTION, MESSAGES_REPLY, QUESTION, REPLIED, SCHEMA, TOOL_RESULT, TOOL_USE

MESSAGES: JsonObject = {
    "model": "m",
    "max_tokens": 100,
    "system": "Be brief.",
    "messages": [
        QUESTION,
        {"role": "assistant", "content": [{"type": "text", "text": "Let me see."}, {**TOOL_USE, "id": "call_1"}]},
        {"role": "user", "content": [{**TOOL_RESULT, "tool_use_id": "call_1"}, {"type": "text", "text": "Well?"}]},
    ],
    "tools": [{"name": "weather", "description": "Says the weather.", "input_schema": SCHEMA}],
    "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 5000},
    "stop_sequences": ["END"],
    "metadata": {"user_id": "u1"},
}
CHAT: JsonObject = {
    "model": "m",
    "max_completion_tokens": 100,
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "How is "}, {"type": "text", "text": "the weather?"}]},
        {**CALLED, "content": "Let me see."},
        REPLIED,
        {"role": "user", "content": "Well?"},
    ],
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": "required",
    "parallel_tool_calls": False,
    "reasoning_effort": "low",
    "stop": "END",
    "safety_identifier": "u1",
}


def names(source: JsonObject, target: JsonObject, *losses: Loss) -> list[str]:
    """What differs between a Messages request and a Chat request."""
    ours, theirs = messages_reading.read_request(source), chat_reading.read_request(target)
    return [found.name for found in differences(ours, theirs, losses)]


def lost(code: LossCode, path: str) -> Loss:
    return Loss("dropped", "warning", code, path, "")


def turned(index: int, **more: object) -> JsonObject:
    """The Chat request with one of its messages changed."""
    turns = list(CHAT["messages"])
    turns[index] = {**turns[index], **more}
    return {"messages": turns}


def test_the_same_meaning_has_no_differences() -> None:
    assert names(MESSAGES, CHAT) == []
    back = differences(chat_reading.read_request(CHAT), messages_reading.read_request(MESSAGES), ())
    assert list(back) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"model": "n"}, "model changed"),
        ({"max_completion_tokens": 99}, "output limit changed"),
        ({"tool_choice": None}, "tool choice missing"),
        ({"parallel_tool_calls": True}, "one call at a time missing"),
        ({"reasoning_effort": "high"}, "effort changed"),
        ({"stop": None}, "stop sequence missing"),
        ({"safety_identifier": None}, "user missing"),
        ({"temperature": 0.5}, "temperature added"),
        ({"tools": []}, "tool schema missing"),
        ({"tools": [{"type": "function", "function": {**FUNCTION, "parameters": {}}}]}, "tool schema changed"),
        (turned(0, content="Be terse."), "system text changed"),
        (turned(1, content="How?"), "user text changed"),
        (turned(2, content=None), "assistant text missing"),
        (turned(2, tool_calls=[]), "call arguments missing"),
        (turned(3, content="Sun."), "result text changed"),
        (turned(3, tool_call_id="call_2"), "result of call changed"),
        (turned(4, role="system"), "later system text added"),
        ({"messages": [*CHAT["messages"][:2], CHAT["messages"][4], *CHAT["messages"][2:4]]}, "speakers missing"),
    ],
)
def test_a_change_is_found(change: JsonObject, expected: str) -> None:
    assert expected in names(MESSAGES, {**CHAT, **change})


def test_an_unread_field_must_be_recorded() -> None:
    source = {**MESSAGES, "container": "c1"}
    assert names(source, CHAT) == ["unread field container missing"]
    assert names(source, CHAT, lost(LossCode.CONTAINER, "$.container")) == []


def test_a_loss_covers_what_lies_below_it() -> None:
    silent = {**CHAT, **turned(1, content="?")}
    assert names(MESSAGES, silent, lost(LossCode.MEDIA, "$.messages[0]")) == []
    assert names(MESSAGES, silent, lost(LossCode.MEDIA, "$.messages[0].name")) == ["user text changed"]


def test_a_loss_of_everything_excuses_nothing() -> None:
    assert names(MESSAGES, {**CHAT, "model": "n"}, lost(LossCode.MEDIA, "$")) == ["model changed"]


def test_a_loss_excuses_what_is_said_elsewhere() -> None:
    added = {**CHAT, "messages": [*CHAT["messages"], {"role": "user", "content": "More."}]}
    assert names(MESSAGES, added) == ["user text added"]
    assert names(MESSAGES, added, lost(LossCode.MID_SYSTEM, "$.messages")) == []


def test_a_loss_excuses_what_stands_beside_it() -> None:
    marked = {**CHAT, **turned(3, content="[error] Rain.")}
    assert names(MESSAGES, marked, lost(LossCode.TOOL_ERROR, "$.messages[2].content[0].is_error")) == []
    assert names(MESSAGES, marked, lost(LossCode.TOOL_ERROR, "$.messages[2].content[1].is_error")) == [
        "result text changed"
    ]


def test_a_loss_may_add_to_a_text_but_not_replace_it() -> None:
    loss = lost(LossCode.TOOL_ERROR, "$.messages[2].content[0].is_error")
    assert names(MESSAGES, {**CHAT, **turned(3, content="[error]")}, loss) == ["result text changed"]


def test_equal_facts_stand_for_each_other() -> None:
    """Of two cache marks the first is recorded as lost; which of them the target kept cannot be told."""
    mark = {"type": "ephemeral"}
    source = {"cache_control": mark, "system": [{"type": "text", "text": "a", "cache_control": mark}]}
    kept = {"type": "text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}}
    target = {"messages": [{"role": "system", "content": [kept]}]}
    assert names(source, target) == ["cache mark missing"]
    assert names(source, target, lost(LossCode.CACHE_CONTROL, "$.cache_control")) == []


def test_the_rest_of_a_text_must_survive_a_covered_piece() -> None:
    """Of two blocks one is recorded as lost; the other one may not vanish with it."""
    turn = {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    source = {"messages": [turn]}
    loss = lost(LossCode.TURN_EMPTY, "$.messages[0].content[0]")
    assert names(source, {"messages": [{"role": "user", "content": "b"}]}, loss) == []
    assert names(source, {"messages": [{"role": "user", "content": "c"}]}, loss) == ["user text changed"]


def test_replies_are_compared() -> None:
    target = {**CHAT_REPLY, "id": "msg_1", "model": "claude-opus-4-8"}
    source = {**MESSAGES_REPLY, "content": [{"type": "thinking", "thinking": "Hm."}, *MESSAGES_REPLY["content"]]}
    source["content"][-1] = {**TOOL_USE, "id": "call_1"}
    ours, theirs = messages_reading.read_reply(source), chat_reading.read_reply(target)
    assert list(differences(ours, theirs, ())) == []
    assert [found.name for found in differences(theirs, ours[1:], ())] == ["id missing"]


def test_errors_are_compared() -> None:
    source = chat_reading.read_error({"detail": "Invalid API Key"})
    target = messages_reading.read_error({"type": "error", "error": {"type": "x", "message": "Invalid API Key"}})
    assert list(differences(source, target, ())) == []
