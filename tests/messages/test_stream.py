from __future__ import annotations

import pytest

from llm_transcode import InvalidPayload
from llm_transcode.messages import (
    BlockDelta,
    CitationsDelta,
    CompactionDelta,
    ContentBlockDelta,
    ContentBlockStart,
    ContentBlockStop,
    ErrorEvent,
    Event,
    InputJsonDelta,
    MessageDelta,
    MessageStart,
    MessageStop,
    Ping,
    SignatureDelta,
    TextDelta,
    ThinkingDelta,
    ToolUseBlock,
    UnknownBlock,
    UnknownDelta,
    UnknownEvent,
    event_of,
)
from llm_transcode.wire import JsonObject, WireModel
from tests.documents import keep, refuse

MESSAGE = (
    '{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,'
    '"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}'
)


class AnyEvent(WireModel):
    event: Event


@pytest.mark.parametrize(
    ("text", "model"),
    [
        (f'{{"type":"message_start","message":{MESSAGE}}}', MessageStart),
        ('{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}', ContentBlockStart),
        ('{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}', ContentBlockDelta),
        ('{"type":"content_block_stop","index":0}', ContentBlockStop),
        (
            '{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},'
            '"usage":{"output_tokens":5},"context_management":{"applied_edits":[]}}',
            MessageDelta,
        ),
        ('{"type":"message_delta","delta":{"stop_reason":"end_turn"}}', MessageDelta),
        ('{"type":"message_stop"}', MessageStop),
        ('{"type":"ping"}', Ping),
        ('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', ErrorEvent),
        ('{"type":"content_block_pause","index":0}', UnknownEvent),
    ],
)
def test_events(text: str, model: type[Event]) -> None:
    assert type(keep(AnyEvent, f'{{"event":{text}}}').event) is model


@pytest.mark.parametrize(
    ("delta", "model"),
    [
        ('{"type":"text_delta","text":""}', TextDelta),
        ('{"type":"input_json_delta","partial_json":""}', InputJsonDelta),
        ('{"type":"thinking_delta","thinking":"","estimated_tokens":5}', ThinkingDelta),
        ('{"type":"signature_delta","signature":"s"}', SignatureDelta),
        ('{"type":"citations_delta","citation":{"type":"scene_location"}}', CitationsDelta),
        ('{"type":"compaction_delta","content":null,"encrypted_content":"e"}', CompactionDelta),
        ('{"type":"scent_delta","scent":"rain"}', UnknownDelta),
    ],
)
def test_deltas(delta: str, model: type[BlockDelta]) -> None:
    event = keep(ContentBlockDelta, f'{{"type":"content_block_delta","index":0,"delta":{delta}}}')

    assert type(event.delta) is model


def test_a_block_may_start_whole_or_be_unknown() -> None:
    whole = '{"type":"tool_use","id":"toolu_1","name":"t","input":{"a":1}}'

    for block, model in ((whole, ToolUseBlock), ('{"type":"video","frames":[]}', UnknownBlock)):
        event = keep(ContentBlockStart, f'{{"type":"content_block_start","index":0,"content_block":{block}}}')

        assert type(event.content_block) is model


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"type":"content_block_stop"}', "$.event.index"),
        ('{"type":"content_block_delta","index":"0","delta":{"type":"text_delta","text":""}}', "$.event.index"),
        ('{"type":"content_block_delta","index":0,"delta":{"type":"text_delta"}}', "$.event.delta.text"),
        ('{"type":"content_block_delta","index":0,"delta":{"text":""}}', "$.event.delta.type"),
        (
            '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"t","input":{}}}',
            "$.event.content_block.id",
        ),
        (f'{{"type":"message_start","message":{MESSAGE.replace("[]", "null")}}}', "$.event.message.content"),
        ('{"type":"error","error":"overloaded"}', "$.event.error"),
        ('{"index":0}', "$.event.type"),
    ],
)
def test_a_malformed_event_is_refused(text: str, path: str) -> None:
    assert refuse(AnyEvent, f'{{"event":{text}}}') == path


@pytest.mark.parametrize(
    ("source", "model"),
    [
        ({"type": "ping"}, Ping),
        ({"type": "content_block_stop", "index": 0}, ContentBlockStop),
        ({"type": "message_pause", "novel": 1}, UnknownEvent),
    ],
)
def test_an_event_is_read_by_its_type(source: JsonObject, model: type[WireModel]) -> None:
    event = event_of(source)

    assert type(event) is model
    assert event.to_dict() == source


@pytest.mark.parametrize(
    ("source", "path"), [({}, "$.type"), ({"type": 5}, "$.type"), ({"type": "content_block_stop"}, "$.index")]
)
def test_a_malformed_event_is_refused_where_it_is(source: JsonObject, path: str) -> None:
    with pytest.raises(InvalidPayload) as refused:
        event_of(source)

    assert refused.value.path == path
