"""Every dialect that ships: a rich request obeys the facts that it states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from llm_transcode import Converted, Dialect, Options, Unsupported, convert_request, convert_response
from llm_transcode.dialects import DIALECTS, dialect_named
from llm_transcode.wire import WireModel
from tests.rich import CHAT_REQUEST, MESSAGES_REQUEST

JsonObject: TypeAlias = dict[str, Any]

CHAT = [dialect for dialect in DIALECTS.values() if dialect.protocol == "chat"]
MESSAGES = [dialect for dialect in DIALECTS.values() if dialect.protocol == "messages"]
every_chat_dialect = pytest.mark.parametrize("dialect", CHAT, ids=lambda dialect: dialect.name)
every_messages_dialect = pytest.mark.parametrize("dialect", MESSAGES, ids=lambda dialect: dialect.name)

PLAIN = DIALECTS["compatible"]


def asked_of_chat(dialect: Dialect, fields: JsonObject | None = None, **options: Any) -> JsonObject:
    body = {**MESSAGES_REQUEST, **(fields or {})}
    return rich(convert_request(body, source="messages", target="chat", options=Options(dialect=dialect, **options)))


def asked_of_messages(dialect: Dialect, **fields: Any) -> JsonObject:
    body = {**CHAT_REQUEST, **fields}
    return rich(convert_request(body, source="chat", target="messages", options=Options(dialect=dialect)))


def rich(converted: Converted[WireModel]) -> JsonObject:
    assert converted.value.to_dict() == converted.to_dict()
    return converted.to_dict()


def messages_of(body: JsonObject, role: str) -> list[JsonObject]:
    return [message for message in body["messages"] if message["role"] == role]


def parts_of(messages: list[JsonObject]) -> Iterator[JsonObject]:
    for message in messages:
        if isinstance(message["content"], list):
            yield from message["content"]


def keys_in(value: Any) -> set[str]:
    """All keys at any depth."""
    if isinstance(value, dict):
        return set(value).union(*(keys_in(item) for item in value.values()))
    return set().union(*(keys_in(item) for item in value)) if isinstance(value, list) else set()


# -- Chat ------------------------------------------------------------------------------------------


@every_chat_dialect
def test_limits_of_names_ids_and_stops(dialect: Dialect) -> None:
    body = asked_of_chat(dialect)

    ids = [call["id"] for message in messages_of(body, "assistant") for call in message.get("tool_calls", [])]
    assert all(len(tool["function"]["name"]) <= dialect.tool_name_limit for tool in body["tools"])
    assert all(len(call_id) <= (dialect.tool_id_limit or 100) for call_id in ids)
    assert len(body["stop"]) == min(20, dialect.stop_limit or 20)
    assert len(body[dialect.user_field]) <= dialect.user_id_limit


@every_chat_dialect
def test_names_of_fields(dialect: Dialect) -> None:
    body = asked_of_chat(dialect)

    assert body[dialect.token_limit] == 20_000
    assert ("max_tokens" in body) != ("max_completion_tokens" in body)
    assert ("user" in body) != ("safety_identifier" in body)
    assert ("stream_options" in body) == dialect.stream_usage
    assert ("parallel_tool_calls" in body) == dialect.parallel_tool_calls
    assert ("top_k" in body) == dialect.top_k


@every_chat_dialect
def test_thinking_of_earlier_turns(dialect: Dialect) -> None:
    calling = messages_of(asked_of_chat(dialect), "assistant")[0]

    slots = {"reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"}
    assert slots & set(calling) == ({dialect.reasoning_slot} if dialect.reasoning_slot else set())


@every_chat_dialect
def test_how_thinking_is_asked_for(dialect: Dialect) -> None:
    body = asked_of_chat(dialect, {"thinking": {"type": "enabled", "budget_tokens": 5000}})

    asked = {"reasoning_effort", "thinking", "reasoning"} & set(body)
    silent = dialect.reasoning_request == "reasoning_effort" and dialect.efforts == ()
    assert asked == (set() if silent else {dialect.reasoning_request})
    if "reasoning_effort" in body:
        assert body["reasoning_effort"] in (dialect.efforts or ("low",))


@every_chat_dialect
def test_content(dialect: Dialect) -> None:
    body = asked_of_chat(dialect)

    calling = messages_of(body, "assistant")[0]
    media_of_tools = [part for part in parts_of(messages_of(body, "tool")) if part["type"] != "text"]
    assert calling["content"] == (None if dialect.null_content else "")
    assert len(media_of_tools) == (1 if dialect.tool_media else 0)
    assert len(messages_of(body, "system")) == (2 if dialect.mid_system else 1)


@every_chat_dialect
def test_settings_of_tools_and_output(dialect: Dialect) -> None:
    body = asked_of_chat(dialect)

    assert ("strict" in body["tools"][0]["function"]) == dialect.strict_tools
    assert body["response_format"]["type"] == ("json_schema" if dialect.json_schema else "json_object")


@every_chat_dialect
def test_cache_marks(dialect: Dialect) -> None:
    body = asked_of_chat(dialect, {"model": "gpt-5.6"})

    marks = keys_in(body) & {"cache_control", "prompt_cache_breakpoint"}
    assert marks == ({dialect.cache_marks} if dialect.cache_marks else set())


@every_chat_dialect
def test_prefill(dialect: Dialect) -> None:
    body = asked_of_chat(dialect, prefill="continue")

    assert (body["messages"][-1].get("prefix") is True) == (dialect.prefill == "prefix")
    assert ("continue_final_message" in body) == (dialect.prefill == "continue_final_message")


def test_texts_are_joined_for_backends_without_parts() -> None:
    turn = {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}

    body = asked_of_chat(replace(PLAIN, content_parts=False), {"messages": [turn]})

    assert body["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "a\n\nb"}]


def test_reasoning_that_is_required_is_there_be_it_empty() -> None:
    turns = [turn for turn in MESSAGES_REQUEST["messages"] if turn["role"] != "assistant"]
    call = {"type": "tool_use", "id": "toolu_2", "name": "bash", "input": {}}

    body = asked_of_chat(
        replace(PLAIN, reasoning_slot="reasoning_content", reasoning_required=True),
        {"messages": [turns[0], {"role": "assistant", "content": [call]}, turns[2]]},
    )

    assert messages_of(body, "assistant")[0]["reasoning_content"] == ""


@pytest.mark.parametrize(("included", "fresh"), [(True, 25), (False, 100)])
def test_whether_cached_tokens_are_counted_within(included: bool, fresh: int) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 75}}
    reply = {"id": "1", "model": "m", "choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}
    options = Options(dialect=replace(PLAIN, cached_included=included))

    converted = convert_response({**reply, "usage": usage}, source="chat", target="messages", options=options)

    assert converted.to_dict()["usage"]["input_tokens"] == fresh


# -- Messages --------------------------------------------------------------------------------------


@every_messages_dialect
def test_what_anthropic_like_backends_get(dialect: Dialect) -> None:
    body = asked_of_messages(dialect)

    searches = [tool["type"] for tool in body["tools"] if tool["name"] == "web_search"]
    assert searches == ([dialect.web_search] if dialect.web_search else [])
    assert ("temperature" in body) == (dialect.api_version == "2023-06-01" and "thinking" not in body)
    assert body.get("anthropic_version") == dialect.version_in_body
    assert ("model" in body) == (dialect.version_in_body is None)
    assert all(len(tool["name"]) <= dialect.tool_name_limit for tool in body["tools"])
    assert len(body["metadata"]["user_id"]) <= dialect.user_id_limit


@pytest.mark.parametrize("name", ["anthropic", "vertex"])
def test_images_by_address(name: str) -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    messages = [{"role": "user", "content": [image]}]

    assert asked_of_messages(DIALECTS[name], messages=messages)["messages"][0]["content"][0]["type"] == "image"
    with pytest.raises(Unsupported):
        asked_of_messages(replace(DIALECTS[name], url_sources=False), messages=messages)


@every_messages_dialect
def test_sampling_parameters(dialect: Dialect) -> None:
    body = asked_of_messages(dialect, reasoning_effort=None)

    assert ("temperature" in body) == (dialect.api_version == "2023-06-01")


def test_the_number_of_cache_marks() -> None:
    body = asked_of_messages(replace(DIALECTS["anthropic"], cache_mark_limit=1))

    assert "cache_control" not in keys_in(body["system"])
    assert "cache_control" in keys_in(body["messages"])


# -- the table -------------------------------------------------------------------------------------


def test_names() -> None:
    assert {name: dialect.name for name, dialect in DIALECTS.items()} == {name: name for name in DIALECTS}
    assert dialect_named("vllm", "chat") is DIALECTS["vllm"]
    assert dialect_named(None, "chat") is DIALECTS["openai"]
    assert dialect_named(None, "messages") is DIALECTS["anthropic"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vlm", "unknown dialect 'vlm'; known are anthropic, "),
        ("vllm", "dialect 'vllm' speaks 'chat', not 'messages'"),
    ],
)
def test_a_wrong_name_is_the_callers_mistake(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        convert_request(CHAT_REQUEST, source="chat", target="messages", options=Options(dialect=name))
