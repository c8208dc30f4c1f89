from __future__ import annotations

from llm_transcode.chat import Usage

from .documents import keep, refuse


def test_counts_may_be_null_or_absent() -> None:
    usage = keep(Usage, '{"total_tokens":null,"prompt_tokens":3,"prompt_tokens_details":{"cached_tokens":null}}')

    assert usage.names("total_tokens")
    assert not usage.names("completion_tokens")


def test_other_vendors_counts_are_named() -> None:
    usage = keep(
        Usage,
        '{"prompt_tokens":9,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":5,"cache_read_input_tokens":4,'
        '"cache_creation_input_tokens":1,"cached_tokens":4,"num_cached_tokens":4,"reasoning_tokens":2,"cost":0.5}',
    )

    assert not usage.model_extra


def test_costs_are_one_number_or_many() -> None:
    assert keep(Usage, '{"cost":0.5}').cost == 0.5
    assert keep(Usage, '{"cost":{"total_cost":0.5}}').cost == {"total_cost": 0.5}


def test_a_malformed_count_is_refused() -> None:
    text = '{"completion_tokens_details":{"reasoning_tokens":"3"}}'

    assert refuse(Usage, text) == "$.completion_tokens_details.reasoning_tokens"
