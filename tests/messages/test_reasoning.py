from __future__ import annotations

import pytest

from llm_transcode.messages import (
    EFFORTS,
    JsonOutputFormat,
    OutputConfig,
    RedactedThinkingBlock,
    Request,
    ThinkingAdaptive,
    ThinkingBetweenTools,
    ThinkingBlock,
    ThinkingConfig,
    ThinkingDisabled,
    ThinkingEnabled,
    UnknownOutputFormat,
    UnknownThinking,
)
from tests.documents import keep, refuse


def request(thinking: str) -> str:
    return f'{{"max_tokens":2048,"messages":[],"thinking":{thinking}}}'


@pytest.mark.parametrize(
    ("thinking", "model"),
    [
        ('{"type":"adaptive","display":"omitted"}', ThinkingAdaptive),
        ('{"type":"adaptive","block_binding":{"prefix_mismatch_behavior":"drop_block"}}', ThinkingAdaptive),
        ('{"type":"enabled","budget_tokens":1024}', ThinkingEnabled),
        ('{"type":"disabled"}', ThinkingDisabled),
        ('{"type":"between_tools"}', ThinkingBetweenTools),
        ('{"type":"aloud","volume":11}', UnknownThinking),
    ],
)
def test_modes_of_thinking(thinking: str, model: type[ThinkingConfig]) -> None:
    assert type(keep(Request, request(thinking)).thinking) is model


def test_a_malformed_mode_is_refused() -> None:
    assert refuse(Request, request('{"type":"enabled"}')) == "$.thinking.budget_tokens"
    assert refuse(Request, request('{"type":"enabled","budget_tokens":"1024"}')) == "$.thinking.budget_tokens"
    assert refuse(Request, request('{"budget_tokens":1024}')) == "$.thinking.type"


def test_a_thinking_block_may_lack_its_signature() -> None:
    assert keep(ThinkingBlock, '{"type":"thinking","thinking":""}').signature is None
    assert keep(ThinkingBlock, '{"type":"thinking","thinking":"","signature":""}').signature == ""
    assert refuse(ThinkingBlock, '{"type":"thinking","signature":"s"}') == "$.thinking"


def test_redacted_thinking_is_opaque() -> None:
    assert keep(RedactedThinkingBlock, '{"type":"redacted_thinking","data":"x"}').data == "x"


def test_an_output_format_holds_a_schema() -> None:
    config = keep(OutputConfig, '{"format":{"schema":{"type":"object","maximum":1.0},"type":"json_schema"}}')

    assert isinstance(config.format, JsonOutputFormat)
    assert config.format.schema_ == {"type": "object", "maximum": 1.0}


def test_an_output_format_can_be_built() -> None:
    config = OutputConfig(effort=EFFORTS[0], format=JsonOutputFormat(type="json_schema", schema={}))

    assert config.to_dict() == {"effort": "low", "format": {"type": "json_schema", "schema": {}}}


def test_an_output_format_of_an_unknown_type_is_kept() -> None:
    config = keep(OutputConfig, '{"effort":"ultra","format":{"type":"grammar","rules":[]}}')

    assert isinstance(config.format, UnknownOutputFormat)


def test_a_malformed_output_format_is_refused() -> None:
    assert refuse(OutputConfig, '{"format":{"type":"json_schema"}}') == "$.format.schema"


def test_a_task_budget() -> None:
    config = keep(OutputConfig, '{"task_budget":{"type":"tokens","total":20000,"remaining":null}}')

    assert config.task_budget is not None
    assert config.task_budget.total == 20000
