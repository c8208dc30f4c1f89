from __future__ import annotations

from llm_transcode.messages import Usage
from tests.documents import keep, refuse

ITERATION = '{"type":"message","input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":0}'


def test_a_delta_may_have_output_tokens_alone() -> None:
    usage = keep(Usage, '{"output_tokens":5}')

    assert usage.input_tokens is None
    assert not usage.names("input_tokens")


def test_everything_a_response_tells() -> None:
    usage = keep(
        Usage,
        '{"input_tokens":1,"cache_creation_input_tokens":2,"cache_read_input_tokens":null,'
        '"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":0},"output_tokens":3,'
        '"output_tokens_details":{"thinking_tokens":1},"server_tool_use":{"web_search_requests":1},'
        f'"service_tier":"standard","speed":"fast","inference_geo":"us","iterations":[{ITERATION}],'
        '"fallback_credit":{"status":{"type":"not_applied","reason":"expired"}}}',
    )

    assert not usage.model_extra
    assert usage.iterations is not None
    assert usage.iterations[0].output_tokens == 2


def test_counts_are_integers() -> None:
    assert refuse(Usage, '{"output_tokens":"5"}') == "$.output_tokens"
    assert refuse(Usage, '{"output_tokens":1,"iterations":[{"type":"message","input_tokens":1.5}]}') == (
        "$.iterations[0].input_tokens"
    )
