"""Each option that concerns requests and replies does what it says. The pitfalls show most of them at work."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, TypeAlias

import pytest

from llm_transcode import ConversionError, LossCode, Options, Unsupported, convert_request, convert_response
from llm_transcode.options import DEFAULT_MAX_TOKENS

JsonObject: TypeAlias = dict[str, Any]

HI: JsonObject = {"role": "user", "content": "hi"}
TO_CHAT: JsonObject = {"model": "m", "max_tokens": 64, "messages": [HI]}
TO_MESSAGES: JsonObject = {"model": "m", "max_tokens": 64, "messages": [HI]}
BASH = {"type": "bash_20250124", "name": "bash"}


def to_chat(fields: JsonObject, **options: Any) -> JsonObject:
    """Convert a Messages request with these fields."""
    return convert_request(
        {**TO_CHAT, **fields}, source="messages", target="chat", options=Options(**options)
    ).to_dict()


def to_messages(fields: JsonObject, **options: Any) -> JsonObject:
    return convert_request(
        {**TO_MESSAGES, **fields}, source="chat", target="messages", options=Options(**options)
    ).to_dict()


def test_options_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Options().__setattr__("n", "first")


@pytest.mark.parametrize("models", [{"m": "backend"}, {"x": "y", "m": "backend"}, lambda name: "backend"])
def test_models(models: Any) -> None:
    assert to_chat({}, models=models)["model"] == "backend"


def test_models_that_the_mapping_lacks_keep_their_name() -> None:
    assert to_messages({}, models={"other": "backend"})["model"] == "m"


def test_facts_are_those_of_the_renamed_model() -> None:
    asked = to_chat({"temperature": 0.5}, models={"m": "gpt-5"})

    assert "temperature" not in asked


def test_default_max_tokens() -> None:
    assert to_messages({"max_tokens": None})["max_tokens"] == DEFAULT_MAX_TOKENS
    assert to_messages({"max_tokens": None}, default_max_tokens=9)["max_tokens"] == 9


@pytest.mark.parametrize(("mode", "names"), [("expand", ["bash", "f"]), ("drop", ["f"])])
def test_builtin_tools(mode: str, names: list[str]) -> None:
    tools = [BASH, {"name": "f", "input_schema": {"type": "object"}}]

    asked = to_chat({"tools": tools}, builtin_tools=mode)

    assert [tool["function"]["name"] for tool in asked["tools"]] == names


def test_builtin_tools_can_be_rejected() -> None:
    with pytest.raises(Unsupported) as caught:
        to_chat({"tools": [BASH]}, builtin_tools="reject")

    assert caught.value.path == "$.tools[0]"


DOCUMENT = {"type": "document", "source": {"type": "file", "file_id": "f1"}}
FILE = {"type": "file", "file": {"file_id": "f1"}}


def test_file_ids_are_kept_on_demand() -> None:
    there = to_chat({"messages": [{"role": "user", "content": [DOCUMENT]}]}, file_ids="keep")
    back = to_messages({"messages": there["messages"]}, file_ids="keep")

    assert there["messages"] == [{"role": "user", "content": [FILE]}]
    assert back["messages"] == [{"role": "user", "content": [DOCUMENT]}]


def test_file_ids_are_refused_by_default() -> None:
    with pytest.raises(Unsupported) as caught:
        to_messages({"messages": [{"role": "user", "content": [FILE]}]})

    assert caught.value.path == "$.messages[0].content[0].file.file_id"


def test_map_fast() -> None:
    assert "service_tier" not in to_chat({"speed": "fast"})
    assert to_chat({"speed": "fast"}, map_fast=True)["service_tier"] == "fast"
    assert to_messages({"service_tier": "priority"}, map_fast=True)["speed"] == "fast"
    assert "speed" not in to_messages({"service_tier": "priority"})


def test_n() -> None:
    with pytest.raises(Unsupported):
        to_messages({"n": 2})

    converted = convert_request({**TO_MESSAGES, "n": 2}, source="chat", target="messages", options=Options(n="first"))
    assert [(loss.code, loss.path) for loss in converted.losses] == [("candidates", "$.n")]


REFUSED: list[tuple[str, JsonObject, LossCode, str]] = [
    ("messages", {"inference_geo": "eu"}, LossCode.INFERENCE_GEO, "$.inference_geo"),
    ("messages", {"compaction": {"type": "summarize"}}, LossCode.COMPACTION, "$.compaction"),
    ("messages", {"thread": {"type": "create"}}, LossCode.THREAD, "$.thread"),
    ("messages", {"max_tokens": 0}, LossCode.MAX_TOKENS, "$.max_tokens"),
    (
        "messages",
        {"billing_policy": {"type": "billing_policy", "bill_to": "user_profile"}},
        LossCode.BILLING,
        "$.billing_policy.bill_to",
    ),
    (
        "messages",
        {"container": "c1", "tools": [{"type": "code_execution_20250825", "name": "code_execution"}]},
        LossCode.CONTAINER,
        "$.container",
    ),
    (
        "messages",
        {"messages": [HI, {"role": "user", "content": [{"type": "container_upload", "file_id": "f1"}]}]},
        LossCode.FILE_ID,
        "$.messages[1].content[0]",
    ),
    ("chat", {"modalities": ["audio"]}, LossCode.MODALITIES, "$.modalities[0]"),
    ("chat", {"n": 3}, LossCode.CANDIDATES, "$.n"),
    (
        "chat",
        {"moderation": {"model": "omni", "policy": {"input": {"mode": "block"}}}},
        LossCode.MODERATION,
        "$.moderation.policy",
    ),
    (
        "chat",
        {
            "messages": [
                HI,
                {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]},
            ]
        },
        LossCode.AUDIO,
        "$.messages[1].content[0]",
    ),
]


@pytest.mark.parametrize(("source", "fields", "code", "path"), REFUSED, ids=[code.value for _, _, code, _ in REFUSED])
def test_downgrade(source: Any, fields: JsonObject, code: LossCode, path: str) -> None:
    """What would change meaning, safety, residency or money is refused, unless it may be dropped."""
    target: Any = "chat" if source == "messages" else "messages"
    body = {**TO_CHAT, **fields}

    with pytest.raises(Unsupported) as caught:
        convert_request(body, source=source, target=target)
    converted = convert_request(body, source=source, target=target, options=Options(downgrade=frozenset({code})))

    assert (caught.value.path, caught.value.status) == (path, 400)
    assert code.name in caught.value.reason
    assert (code, path) in [(loss.code, loss.path) for loss in converted.losses]
    assert {loss.kind for loss in converted.losses} == {"dropped"}


def test_new_id_and_now() -> None:
    options = Options(new_id=lambda prefix: f"{prefix}1", now=lambda: 1_700_000_000)
    chat = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}
    messages = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": []}

    to_messages_reply = convert_response(chat, source="chat", target="messages", options=options)
    to_chat_reply = convert_response(
        {**messages, "stop_reason": "end_turn"}, source="messages", target="chat", options=options
    )

    assert to_messages_reply.to_dict()["id"] == "msg_1"
    assert to_chat_reply.to_dict()["created"] == 1_700_000_000


def test_an_unknown_protocol_is_the_callers_mistake() -> None:
    unknown: Any = "responses"

    with pytest.raises(ValueError, match="responses") as caught:
        convert_request(TO_CHAT, source=unknown, target="chat")

    assert not isinstance(caught.value, ConversionError)
    assert "messages" in str(caught.value)
