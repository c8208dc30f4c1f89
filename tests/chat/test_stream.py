from __future__ import annotations

import pytest

from llm_transcode.chat import Chunk, Delta, ToolCallDelta

from .documents import keep, refuse


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[]}',
        '{"choices":null}',
        '{"choices":[{"index":0,"delta":null,"finish_reason":null}],"usage":null}',
        '{"choices":[{"finish_reason":"stop","index":0}]}',
        '{"choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":null}],"obfuscation":"x"}',
        '{"choices":[],"usage":{"prompt_tokens":1},"x_groq":{"usage":{"prompt_tokens":1}}}',
        '{"choices":[{"index":0,"delta":{}}],"error":{"code":429,"message":"a"}}',
        '{"error":"upstream failed"}',
    ],
)
def test_what_servers_leave_out_or_add(text: str) -> None:
    keep(Chunk, text)


@pytest.mark.parametrize(
    "text",
    [
        '{"role":"assistant","content":null,"refusal":null}',
        '{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}]}',
        '{"reasoning_content":"a","reasoning":null,"reasoning_text":"b","reasoning_opaque":"c"}',
        '{"reasoning_details":[{"type":"reasoning.text","signature":"c2ln","index":0}]}',
        '{"thinking_blocks":[{"type":"thinking","thinking":"a"}]}',
        '{"function_call":{"name":"f","arguments":""}}',
        '{"audio":{"id":"audio_1","transcript":"a"}}',
        '{"annotations":[{"type":"url_citation","url_citation":{"url":"https://example.com"}}]}',
        '{"extra_content":{"google":{}},"provider_specific_fields":{},"token_id":7}',
    ],
)
def test_each_slot_of_a_delta(text: str) -> None:
    keep(Delta, text)


@pytest.mark.parametrize(
    "text",
    [
        '{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}',
        '{"index":null,"function":{"arguments":null}}',
        '{"id":"","type":"","function":{"name":"","arguments":"{"}}',
        '{"function":{"arguments":{"a":1}}}',
        '{"index":0,"type":"custom","custom":{"name":"c","input":"a"}}',
    ],
)
def test_fragments_of_a_tool_call(text: str) -> None:
    keep(ToolCallDelta, text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"choices":{}}', "$.choices"),
        ('{"choices":[{"delta":{"content":7}}]}', "$.choices[0].delta.content"),
        ('{"choices":[{"delta":{"tool_calls":[{"index":"0"}]}}]}', "$.choices[0].delta.tool_calls[0].index"),
        (
            '{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":[]}}]}}]}',
            "$.choices[0].delta.tool_calls[0].function.arguments",
        ),
        ('{"choices":[{"delta":{"content":[{"type":"text"}]}}]}', "$.choices[0].delta.content[0].text"),
    ],
)
def test_a_malformed_chunk_is_refused(text: str, path: str) -> None:
    assert refuse(Chunk, text) == path
