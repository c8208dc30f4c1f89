"""Each rule of the referee lets a sound document pass, and can fail."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

import pytest

from . import chat_rules, messages_rules
from .documents import JsonObject
from .referee import error_faults, model_list_faults, reply_faults, request_faults

SCHEMA: JsonObject = {"type": "object", "properties": {"city": {"type": "string"}}}
STRICT: JsonObject = {**SCHEMA, "required": ["city"], "additionalProperties": False}

MESSAGES_TOOL: JsonObject = {"name": "weather", "description": "Says the weather.", "input_schema": SCHEMA}
TOOL_USE: JsonObject = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}
TOOL_RESULT: JsonObject = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Rain."}
QUESTION: JsonObject = {"role": "user", "content": "How is the weather?"}
ASKED: JsonObject = {"role": "assistant", "content": [TOOL_USE]}
ANSWERED: JsonObject = {"role": "user", "content": [TOOL_RESULT, {"type": "text", "text": "Well?"}]}
MESSAGES: JsonObject = {
    "model": "claude-opus-4-8",
    "max_tokens": 2048,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "messages": [QUESTION, ASKED, ANSWERED],
    "tools": [MESSAGES_TOOL],
    "tool_choice": {"type": "tool", "name": "weather"},
    "temperature": 0.5,
    "stop_sequences": ["END"],
    "metadata": {"user_id": "u1"},
}

FUNCTION: JsonObject = {"name": "weather", "description": "Says the weather.", "parameters": SCHEMA}
CALL: JsonObject = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}}
CALLED: JsonObject = {"role": "assistant", "content": None, "tool_calls": [CALL]}
REPLIED: JsonObject = {"role": "tool", "tool_call_id": "call_1", "content": "Rain."}
CHAT: JsonObject = {
    "model": "gpt-5",
    "messages": [{"role": "system", "content": "Be brief."}, QUESTION, CALLED, REPLIED],
    "tools": [{"type": "function", "function": FUNCTION}],
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "max_completion_tokens": 100,
    "stop": ["END"],
    "stream": True,
    "stream_options": {"include_usage": True},
    "response_format": {"type": "json_schema", "json_schema": {"name": "place", "schema": STRICT, "strict": True}},
}

MESSAGES_REPLY: JsonObject = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-4-8",
    "content": [{"type": "text", "text": "Let me see."}, TOOL_USE],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 3, "output_tokens": 5, "cache_read_input_tokens": 2},
}
MESSAGE: JsonObject = {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL], "reasoning_content": "Hm."}
CHAT_REPLY: JsonObject = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 0,
    "model": "gpt-5",
    "choices": [{"index": 0, "finish_reason": "tool_calls", "message": MESSAGE}],
    "usage": {
        "prompt_tokens": 5,
        "completion_tokens": 5,
        "total_tokens": 10,
        "prompt_tokens_details": {"cached_tokens": 2},
    },
}


def assistant(*blocks: JsonObject) -> JsonObject:
    return {"messages": [QUESTION, {"role": "assistant", "content": list(blocks)}]}


def user(*blocks: JsonObject) -> JsonObject:
    return {"messages": [{"role": "user", "content": list(blocks)}]}


def image(**source: object) -> JsonObject:
    return {"type": "image", "source": source}


def thinking(**more: object) -> JsonObject:
    return {"thinking": {"type": "enabled", "budget_tokens": 1024}, "temperature": 1, "tool_choice": None} | more


def with_tool(**more: object) -> JsonObject:
    return {"tools": [{**MESSAGES_TOOL, **more}], "tool_choice": {"type": "auto"}}


def with_function(**more: object) -> JsonObject:
    return {"tools": [{"type": "function", "function": {**FUNCTION, **more}}], "tool_choice": "auto"}


def with_call(**more: object) -> JsonObject:
    call = {**CALL, "function": {**CALL["function"], **more}}
    return {"messages": [QUESTION, {**CALLED, "tool_calls": [call]}, REPLIED]}


MESSAGES_BREACHES: list[tuple[str, JsonObject]] = [
    ("null", {"service_tier": None}),
    ("null", user({"type": "text", "text": "Hi.", "citations": None})),
    ("max_tokens", {"max_tokens": 0}),
    ("stop sequence", {"stop_sequences": ["\n"]}),
    ("user id", {"metadata": {"user_id": "u" * 257}}),
    ("sampling", {"temperature": 1.5}),
    ("sampling", {"top_p": "1"}),
    ("sampling", {"top_k": -1}),
    ("thinking budget", thinking(max_tokens=1024)),
    ("thinking budget", thinking(thinking={"type": "enabled", "budget_tokens": 1023})),
    ("thinking", thinking(tool_choice={"type": "any"})),
    ("thinking", thinking(temperature=0.5)),
    ("tool name", with_tool(name="rag.search")),
    ("tool name", {"tools": [MESSAGES_TOOL, MESSAGES_TOOL]}),
    ("input schema", with_tool(input_schema={"properties": {}})),
    ("input schema", with_tool(input_schema={**SCHEMA, "anyOf": [{"required": ["city"]}]})),
    ("tool choice", {"tools": []}),
    ("tool choice", {"tool_choice": {"type": "tool", "name": "clock"}}),
    ("cache marks", user(*[{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 4)),
    ("turn order", {"messages": []}),
    ("system turn", {"messages": [{"role": "system", "content": "Be brief."}, QUESTION]}),
    ("system turn", {"messages": [QUESTION, ASKED, {"role": "system", "content": "Be brief."}, ANSWERED]}),
    ("prefill", {"messages": [QUESTION, {"role": "assistant", "content": "Sure, "}]}),
    ("block place", user(TOOL_USE)),
    ("block place", assistant(image(type="url", url="https://example.com/a.png"))),
    ("empty turn", {"messages": [{"role": "user", "content": []}]}),
    ("unsigned thinking", assistant({"type": "thinking", "thinking": "Hm.", "signature": ""})),
    ("unsigned thinking", assistant({"type": "redacted_thinking", "data": ""})),
    ("blank text", {"system": " "}),
    ("blank text", user({"type": "text", "text": ""})),
    (
        "blank text",
        {
            "messages": [
                QUESTION,
                ASKED,
                {"role": "user", "content": [{**TOOL_RESULT, "content": [{"type": "text", "text": " "}]}]},
            ]
        },
    ),
    ("media", user(image(type="base64", media_type="image/svg+xml", data="AAAA"))),
    ("media", user(image(type="base64", media_type="image/png", data=""))),
    ("media", user(image(type="url", url="data:image/png;base64,AAAA"))),
    ("tool pairing", {"messages": [QUESTION, ASKED]}),
    ("tool pairing", {"messages": [QUESTION, ASKED, QUESTION]}),
    ("tool pairing", user(TOOL_RESULT)),
    ("tool pairing", {"messages": [QUESTION, ASKED, {"role": "user", "content": [TOOL_RESULT, TOOL_RESULT]}]}),
    ("tool pairing", {"messages": [QUESTION, ASKED, {"role": "user", "content": ANSWERED["content"][::-1]}]}),
    ("tool id", {"messages": [QUESTION, ASKED, ANSWERED, ASKED, ANSWERED]}),
    ("tool id", assistant({**TOOL_USE, "id": "functions.weather:0"})),
    ("sdk type", {"n": 1}),
    ("sdk type", {"model": 5}),
    ("sdk type", user({"type": "text"})),
    ("sdk type", user({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}})),
    ("sdk type", {"stop_sequences": "END"}),
]

CHAT_BREACHES: list[tuple[str, JsonObject]] = [
    ("range", {"temperature": 2.5}),
    ("max_tokens", {"max_tokens": 5}),
    ("max_tokens", {"max_completion_tokens": 0}),
    ("stop", {"stop": ["a", "b", "c", "d", "e"]}),
    ("user id", {"safety_identifier": "u" * 129}),
    ("stream options", {"stream": False}),
    ("tools", {"tools": []}),
    ("name", with_function(name="n" * 65)),
    ("name", {"tools": CHAT["tools"] * 2}),
    ("name", {"response_format": {"type": "json_schema", "json_schema": {"name": "a place", "schema": STRICT}}}),
    ("name", with_call(name="rag.search")),
    ("name", {"messages": [{**QUESTION, "name": "Jane Doe"}]}),
    ("parameters", with_function(parameters={})),
    ("strict schema", with_function(strict=True)),
    ("strict schema", with_function(strict=True, parameters={**STRICT, "properties": {"at": STRICT}})),
    ("strict schema", with_function(strict=True, parameters={**STRICT, "properties": {"city": SCHEMA}})),
    ("tool choice", {"tools": None}),
    ("tool choice", {"tool_choice": {"type": "function", "function": {"name": "clock"}}}),
    ("null content", {"messages": [{"role": "assistant", "content": None}]}),
    ("null content", {"messages": [{"role": "user", "content": []}]}),
    ("tool calls", {"messages": [{"role": "assistant", "content": "Hi.", "tool_calls": []}]}),
    ("blank text", user({"type": "text", "text": ""})),
    ("media", user({"type": "image_url", "image_url": {"url": "data:image/svg+xml;base64,AAAA"}})),
    ("media", user({"type": "file", "file": {"filename": "a.pdf", "file_data": "AAAA"}})),
    ("tool id", {"messages": [QUESTION, {**CALLED, "tool_calls": [{**CALL, "id": "c" * 41}]}]}),
    ("tool id", {"messages": [QUESTION, {**CALLED, "tool_calls": [CALL, CALL]}, REPLIED]}),
    ("arguments", with_call(arguments="[1]")),
    ("arguments", with_call(arguments='{"city":')),
    ("tool pairing", {"messages": [QUESTION, CALLED]}),
    ("tool pairing", {"messages": [QUESTION, CALLED, QUESTION, REPLIED]}),
    ("tool pairing", {"messages": [QUESTION, REPLIED]}),
    ("turn order", {"messages": []}),
    ("sdk type", {"top_k": 1}),
    ("sdk type", {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
    ("sdk type", {"messages": [QUESTION, {"role": "assistant", "content": "Hi.", "reasoning_content": "Hm."}]}),
    ("sdk type", {"messages": [{"role": "tool", "tool_call_id": "call_1", "content": None}]}),
    ("sdk type", {"model": None}),
]

MESSAGES_REPLY_BREACHES: list[tuple[str, JsonObject]] = [
    ("stop reason", {"stop_reason": None}),
    ("stop reason", {"stop_reason": "end_turn"}),
    ("stop reason", {"content": []}),
    ("stop reason", {"stop_sequence": "END"}),
    ("usage", {"usage": {"input_tokens": -1, "output_tokens": 0}}),
    ("tool id", {"content": [TOOL_USE, TOOL_USE]}),
    ("tool name", {"content": [{**TOOL_USE, "name": ""}]}),
    ("tool input", {"content": [{**TOOL_USE, "input": []}]}),
    ("blank text", {"content": [{"type": "text", "text": ""}, TOOL_USE]}),
    ("sdk type", {"choices": []}),
    ("sdk type", {"usage": None}),
    ("sdk type", {"content": [{"type": "thinking", "thinking": "Hm."}, TOOL_USE]}),
]


def choice(**more: object) -> JsonObject:
    return {"choices": [{**CHAT_REPLY["choices"][0], **more}]}


CHAT_REPLY_BREACHES: list[tuple[str, JsonObject]] = [
    ("choices", {"choices": []}),
    ("choices", choice(index=1)),
    ("finish reason", choice(finish_reason=None)),
    ("finish reason", choice(finish_reason="stop")),
    ("finish reason", choice(message={"role": "assistant", "content": "Hi."})),
    ("tool calls", choice(message={**MESSAGE, "tool_calls": []})),
    ("null content", choice(finish_reason="stop", message={"role": "assistant", "content": None})),
    ("tool id", choice(message={**MESSAGE, "tool_calls": [{**CALL, "id": ""}]})),
    ("arguments", choice(message={**MESSAGE, "tool_calls": [{**CALL, "function": {"name": "f", "arguments": {}}}]})),
    ("usage", {"usage": {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 11}}),
    ("usage", {"usage": {**CHAT_REPLY["usage"], "prompt_tokens_details": {"cached_tokens": 6}}}),
    ("usage", {"usage": {"prompt_tokens": -5, "completion_tokens": 5, "total_tokens": 0}}),
    ("sdk type", {"stop_reason": "end_turn"}),
    ("sdk type", {"created": "now"}),
    ("sdk type", choice(message={**MESSAGE, "signature": "x"})),
]

MESSAGES_ERROR: JsonObject = {
    "type": "error",
    "error": {"type": "rate_limit_error", "message": "Slow down.", "details": {"error_code": "x"}},
    "request_id": None,
}
CHAT_ERROR: JsonObject = {"error": {"message": "Slow down.", "type": "rate_limit_error", "param": None, "code": None}}

MESSAGES_MODELS: JsonObject = {
    "data": [
        {
            "id": "claude-opus-4-8",
            "type": "model",
            "display_name": "Claude Opus 4.8",
            "created_at": "2026-01-01T00:00:00Z",
            "lifecycle": "active",
        }
    ],
    "has_more": False,
    "first_id": "claude-opus-4-8",
    "last_id": "claude-opus-4-8",
}
CHAT_MODELS: JsonObject = {
    "object": "list",
    "data": [{"id": "gpt-5", "object": "model", "created": 0, "owned_by": "openai"}],
}


def test_sound_documents_pass() -> None:
    assert request_faults(MESSAGES, "messages") == []
    assert request_faults(CHAT, "chat") == []
    assert reply_faults(MESSAGES_REPLY, "messages") == []
    assert reply_faults(CHAT_REPLY, "chat") == []
    assert error_faults(MESSAGES_ERROR, "messages", 429) == []
    assert error_faults(CHAT_ERROR, "chat", 429) == []
    assert model_list_faults(MESSAGES_MODELS, "messages") == []
    assert model_list_faults(CHAT_MODELS, "chat") == []


@pytest.mark.parametrize(("rule", "change"), MESSAGES_BREACHES)
def test_messages_requests(rule: str, change: JsonObject) -> None:
    assert rule in {fault.rule for fault in request_faults({**MESSAGES, **change}, "messages")}


@pytest.mark.parametrize(("rule", "change"), CHAT_BREACHES)
def test_chat_requests(rule: str, change: JsonObject) -> None:
    assert rule in {fault.rule for fault in request_faults({**CHAT, **change}, "chat")}


@pytest.mark.parametrize(("rule", "change"), MESSAGES_REPLY_BREACHES)
def test_messages_replies(rule: str, change: JsonObject) -> None:
    assert rule in {fault.rule for fault in reply_faults({**MESSAGES_REPLY, **change}, "messages")}


@pytest.mark.parametrize(("rule", "change"), CHAT_REPLY_BREACHES)
def test_chat_replies(rule: str, change: JsonObject) -> None:
    assert rule in {fault.rule for fault in reply_faults({**CHAT_REPLY, **change}, "chat")}


@pytest.mark.parametrize(
    ("rule", "document", "protocol", "status"),
    [
        ("status", MESSAGES_ERROR, "messages", 200),
        ("error message", {**CHAT_ERROR, "error": {**CHAT_ERROR["error"], "message": ""}}, "chat", 429),
        ("error envelope", {**CHAT_ERROR, "type": "error"}, "chat", 429),
        ("error envelope", {"error": {"message": "Slow down.", "type": "rate_limit_error"}}, "chat", 429),
        ("sdk type", CHAT_ERROR, "messages", 429),
        ("sdk type", {"error": {**CHAT_ERROR["error"], "code": 429}}, "chat", 429),
    ],
)
def test_errors(rule: str, document: JsonObject, protocol: str, status: int) -> None:
    assert rule in {fault.rule for fault in error_faults(document, protocol, status)}


def test_model_lists() -> None:
    assert model_list_faults(CHAT_MODELS, "messages")
    assert model_list_faults(MESSAGES_MODELS, "chat")


@pytest.mark.parametrize(
    ("module", "breaches"),
    [
        (messages_rules, MESSAGES_BREACHES + MESSAGES_REPLY_BREACHES),
        (chat_rules, CHAT_BREACHES + CHAT_REPLY_BREACHES),
    ],
)
def test_every_rule_is_broken_above(module: ModuleType, breaches: list[tuple[str, JsonObject]]) -> None:
    rules = set(re.findall(r'Fault\("([^"]+)"', inspect.getsource(module)))
    assert rules == {rule for rule, _ in breaches} - {"sdk type"}


def test_a_fault_names_its_place() -> None:
    faults = request_faults({**CHAT, "messages": [{**QUESTION, "nick": "x"}]}, "chat")

    # Pydantic before 2.11 complains of the other members of the union as well.
    assert "[sdk type] $.messages[0].nick: Extra inputs are not permitted" in map(str, faults)
