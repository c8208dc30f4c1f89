from __future__ import annotations

import pytest

from llm_transcode.chat import (
    AssistantMessage,
    DeveloperMessage,
    FunctionMessage,
    Message,
    SystemMessage,
    ToolMessage,
    UnknownMessage,
    UserMessage,
)
from llm_transcode.wire import WireModel

from .documents import keep, refuse


class Conversation(WireModel):
    messages: list[Message]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"role":"system","content":"a"}', SystemMessage),
        ('{"content":[{"type":"text","text":"a"}],"role":"developer","name":"n"}', DeveloperMessage),
        ('{"role":"user","content":[],"cache_control":{"type":"ephemeral"}}', UserMessage),
        ('{"role":"user","content":null}', UserMessage),
        ('{"role":"assistant"}', AssistantMessage),
        ('{"role":"tool","tool_call_id":"call_1","content":""}', ToolMessage),
        ('{"role":"tool","tool_call_id":"call_1"}', ToolMessage),
        ('{"role":"function","name":"f","content":null}', FunctionMessage),
        ('{"role":"narrator","content":"a","mood":1}', UnknownMessage),
    ],
)
def test_each_role(text: str, kind: type[WireModel]) -> None:
    messages = keep(Conversation, f'{{"messages":[{text}]}}').messages

    assert [type(message) for message in messages] == [kind]


def test_null_and_absent_content_stay_apart() -> None:
    null = keep(AssistantMessage, '{"role":"assistant","content":null}')
    absent = keep(AssistantMessage, '{"role":"assistant"}')

    assert null.names("content")
    assert not absent.names("content")


def test_an_echoed_reply_keeps_every_slot() -> None:
    keep(
        AssistantMessage,
        '{"content":"a","role":"assistant","refusal":null,"annotations":[],"audio":{"id":"audio_1"},'
        '"reasoning_content":"b","reasoning":"c","reasoning_text":"d","reasoning_opaque":"e",'
        '"reasoning_details":[{"type":"reasoning.text","text":"f"}],'
        '"thinking_blocks":[{"type":"thinking","thinking":"g","signature":""}],'
        '"extra_content":{"google":{}},"provider_specific_fields":null,"prefix":true,'
        '"function_call":{"name":"f","arguments":"{}"},"reasoning_signature":"h"}',
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"role":"system"}', "$.messages[0].content"),
        ('{"role":"system","content":null}', "$.messages[0].content"),
        ('{"role":"user"}', "$.messages[0].content"),
        ('{"role":"user","content":7}', "$.messages[0].content"),
        ('{"role":"user","content":[{"type":"text"}]}', "$.messages[0].content[0].text"),
        ('{"role":"assistant","tool_calls":{}}', "$.messages[0].tool_calls"),
        ('{"role":"tool","content":"a"}', "$.messages[0].tool_call_id"),
        ('{"role":"function","content":"a"}', "$.messages[0].name"),
        ('{"content":"no role"}', "$.messages[0].role"),
    ],
)
def test_a_malformed_message_is_refused(text: str, path: str) -> None:
    assert refuse(Conversation, f'{{"messages":[{text}]}}') == path
