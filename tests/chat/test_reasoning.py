from __future__ import annotations

import pytest

from llm_transcode.chat import (
    ReasoningConfig,
    ReasoningDetail,
    ReasoningEncrypted,
    ReasoningSummary,
    ReasoningText,
    RedactedThinkingBlock,
    ThinkingBlock,
    ThinkingBlocksItem,
    ThinkingConfig,
    UnknownReasoning,
    UnknownThinkingBlock,
)
from llm_transcode.wire import WireModel

from .documents import keep, refuse


class Details(WireModel):
    details: list[ReasoningDetail]


class Blocks(WireModel):
    blocks: list[ThinkingBlocksItem]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"reasoning.text","text":"Hm.","signature":"c2ln","format":"f","index":0}', ReasoningText),
        ('{"format":"unknown","index":0,"type":"reasoning.text"}', ReasoningText),
        ('{"type":"reasoning.summary","summary":"Hm.","id":null}', ReasoningSummary),
        ('{"type":"reasoning.encrypted","data":"ZGF0YQ==","id":"rs_1"}', ReasoningEncrypted),
        ('{"type":"reasoning.new","thought":1}', UnknownReasoning),
    ],
)
def test_each_kind_of_detail(text: str, kind: type[WireModel]) -> None:
    details = keep(Details, f'{{"details":[{text}]}}').details

    assert [type(detail) for detail in details] == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"thinking","thinking":"Hm.","signature":"c2ln"}', ThinkingBlock),
        ('{"type":"thinking","signature":""}', ThinkingBlock),
        ('{"type":"redacted_thinking","data":"ZGF0YQ=="}', RedactedThinkingBlock),
        ('{"type":"pondering"}', UnknownThinkingBlock),
    ],
)
def test_each_kind_of_block(text: str, kind: type[WireModel]) -> None:
    blocks = keep(Blocks, f'{{"blocks":[{text}]}}').blocks

    assert [type(block) for block in blocks] == [kind]


def test_malformed_reasoning_is_refused() -> None:
    assert refuse(Details, '{"details":[{"type":"reasoning.text","text":1}]}') == "$.details[0].text"
    assert refuse(Details, '{"details":[{"text":"a"}]}') == "$.details[0].type"
    assert refuse(Blocks, '{"blocks":[{"type":"thinking","thinking":[]}]}') == "$.blocks[0].thinking"


def test_request_settings() -> None:
    thinking = keep(ThinkingConfig, '{"type":"enabled","clear_thinking":false,"keep":"all"}')
    reasoning = keep(ReasoningConfig, '{"max_tokens":2000,"exclude":true}')

    assert thinking.model_extra == {"keep": "all"}
    assert reasoning.max_tokens == 2000
