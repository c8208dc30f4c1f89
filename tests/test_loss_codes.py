"""Codes of losses: that each is raised, and the smallest documents that raise those that no pitfall is about."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import pytest

from llm_transcode import LossCode
from tests.golden.cases import ALL
from tests.pitfalls.conversions import (
    HI,
    Outcome,
    assistant,
    chat_reply,
    custom,
    message,
    reply_to_chat,
    reply_to_messages,
    request_to_chat,
    request_to_messages,
    tool_use,
    user,
)

JsonObject: TypeAlias = dict[str, Any]
Cases: TypeAlias = list[tuple[LossCode, JsonObject, str]]

IMAGE: Final = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
CITATION: Final = {"url": "https://example.com", "title": "Cats", "start_index": 0, "end_index": 2}
GRAMMAR: Final = {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /x/"}}
REMOVAL: Final = {"type": "tool_removal", "tool": {"type": "tool_reference", "name": "f"}}


def check(outcome: Outcome, code: LossCode, path: str) -> None:
    assert (code.value, path) in outcome.losses


OF_MESSAGES_REQUESTS: Cases = [
    (LossCode.BETA, {"anthropic_beta": ["context-1m"]}, "$.anthropic_beta"),
    (LossCode.FALLBACKS, {"fallbacks": "default"}, "$.fallbacks"),
    (
        LossCode.IMAGE_TRANSFORMATIONS,
        {"messages": [user({**IMAGE, "transformations": {"oversized_image": "resize"}})]},
        "$.messages[0].content[0].transformations",
    ),
    (
        LossCode.TASK_BUDGET,
        {"output_config": {"task_budget": {"type": "tokens", "total": 9}}},
        "$.output_config.task_budget",
    ),
    (
        LossCode.TOOL_CALLER,
        {"tools": [custom(allowed_callers=["code_execution_20250825"])]},
        "$.tools[0].allowed_callers",
    ),
    (
        LossCode.TOOL_CHANGE,
        {"tools": [custom()], "messages": [HI, {"role": "system", "content": [REMOVAL]}]},
        "$.messages[1].content[0]",
    ),
]
OF_CHAT_REQUESTS: Cases = [
    (LossCode.METADATA, {"metadata": {"tag": "a"}}, "$.metadata"),
    (
        LossCode.STREAM_OPTIONS,
        {"stream_options": {"include_obfuscation": False}},
        "$.stream_options.include_obfuscation",
    ),
    (
        LossCode.TOOL_GRAMMAR,
        {"tools": [{"type": "custom", "custom": {"name": "f", "format": GRAMMAR}}]},
        "$.tools[0].custom.format",
    ),
    (LossCode.TURN_NAME, {"messages": [{**HI, "name": "Jane"}]}, "$.messages[0].name"),
    (
        LossCode.AUDIO,
        {"messages": [HI, assistant("so", audio={"id": "audio_1"}), HI]},
        "$.messages[1].audio",
    ),
]
OF_MESSAGES_REPLIES: Cases = [
    (
        LossCode.TOOL_CALLER,
        message({**tool_use(), "caller": {"type": "direct"}}, stop="tool_use"),
        "$.content[0].caller",
    ),
    (LossCode.CONTAINER, message(container={"id": "c1", "expires_at": "2026-01-01T00:00:00Z"}), "$.container"),
    (LossCode.COMPACTION, message({"type": "compaction", "content": "so far"}), "$.content[0]"),
]
OF_CHAT_REPLIES: Cases = [
    (
        LossCode.ANNOTATIONS,
        chat_reply({"content": "hi", "annotations": [{"type": "url_citation", "url_citation": CITATION}]}),
        "$.choices[0].message.annotations",
    ),
    (LossCode.ERROR_DETAILS, chat_reply({"content": "hi"}, choice={"error": {"code": 502}}), "$.choices[0].error"),
    (LossCode.SYSTEM_FINGERPRINT, chat_reply({"content": "hi"}, system_fingerprint="fp"), "$.system_fingerprint"),
    (LossCode.AUDIO, chat_reply({"audio": {"id": "audio_1", "transcript": "hi"}}), "$.choices[0].message.audio"),
    (LossCode.LOGPROBS, chat_reply({"content": "hi"}, choice={"logprobs": {"content": []}}), "$.choices[0].logprobs"),
    (
        LossCode.UNKNOWN_BLOCK,
        chat_reply({"tool_calls": [{"type": "next_year", "id": "t1"}]}),
        "$.choices[0].message.tool_calls[0]",
    ),
]


@pytest.mark.parametrize(("code", "fields", "path"), OF_MESSAGES_REQUESTS)
def test_messages_requests(code: LossCode, fields: JsonObject, path: str) -> None:
    check(request_to_chat(fields), code, path)


@pytest.mark.parametrize(("code", "fields", "path"), OF_CHAT_REQUESTS)
def test_chat_requests(code: LossCode, fields: JsonObject, path: str) -> None:
    check(request_to_messages(fields), code, path)


@pytest.mark.parametrize(("code", "body", "path"), OF_MESSAGES_REPLIES)
def test_messages_replies(code: LossCode, body: JsonObject, path: str) -> None:
    check(reply_to_chat(body), code, path)


@pytest.mark.parametrize(("code", "body", "path"), OF_CHAT_REPLIES)
def test_chat_replies(code: LossCode, body: JsonObject, path: str) -> None:
    check(reply_to_messages(body), code, path)


def test_every_code_is_raised_by_a_golden_case_or_here() -> None:
    golden = {loss["code"] for case in ALL if isinstance(case.expected, list) for loss in case.expected}
    tables = (OF_MESSAGES_REQUESTS, OF_CHAT_REQUESTS, OF_MESSAGES_REPLIES, OF_CHAT_REPLIES)
    here = {code.value for table in tables for code, *_ in table}

    assert {code.value for code in LossCode} - golden - here == set()
