from __future__ import annotations

import pytest

from llm_transcode.messages import Response, TextBlock, TokenCount, UnknownBlock
from tests.documents import keep, refuse

MINIMAL = '"id":"msg_1","type":"message","role":"assistant","model":"m","content":[]'


def response(fields: str) -> str:
    return f"{{{MINIMAL},{fields}}}"


def test_an_answer() -> None:
    parsed = keep(
        Response,
        '{"model":"m","id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"hi"},'
        '{"type":"image_2029"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,'
        '"output_tokens":1}}',
    )

    assert [type(block) for block in parsed.content] == [TextBlock, UnknownBlock]
    assert parsed.usage is not None
    assert parsed.names("stop_sequence")
    assert not parsed.names("stop_details")


def test_an_unknown_stop_reason_is_kept() -> None:
    assert keep(Response, response('"stop_reason":"bored"')).stop_reason == "bored"


def test_a_compatible_server_may_leave_out_usage() -> None:
    assert keep(Response, f"{{{MINIMAL}}}").usage is None


def test_everything_else_a_response_tells() -> None:
    parsed = keep(
        Response,
        response(
            '"container":{"id":"container_1","expires_at":"2026-01-01T00:00:00Z","skills":null},'
            '"diagnostics":{"cache_miss_reason":{"type":"tools_changed","cache_missed_input_tokens":5}},'
            '"context_management":{"applied_edits":[{"type":"clear_thinking_20251015","cleared_input_tokens":5,'
            '"cleared_thinking_turns":1}]},"input_transformations":[{"type":"thinking_dropped","path":"p",'
            '"reason":"model_binding_mismatch"}],"stop_details":{"type":"refusal"}'
        ),
    )

    assert not parsed.model_extra


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"type":"message","role":"assistant","model":"m","content":[]}', "$.id"),
        ('{"id":"msg_1","type":"message","role":"assistant","model":"m","content":"hi"}', "$.content"),
        ('{"id":"msg_1","type":"completion","role":"assistant","model":"m","content":[]}', "$.type"),
        (response('"usage":{"input_tokens":"1"}'), "$.usage.input_tokens"),
        (response('"stop_reason":1'), "$.stop_reason"),
    ],
)
def test_a_malformed_response_is_refused(text: str, path: str) -> None:
    assert refuse(Response, text) == path


def test_a_count_of_tokens() -> None:
    count = keep(TokenCount, '{"input_tokens":9,"context_management":{"original_input_tokens":12}}')

    assert count.input_tokens == 9
    assert refuse(TokenCount, "{}") == "$.input_tokens"
