from __future__ import annotations

from llm_transcode.chat import ModelList

from .documents import keep, refuse


def test_listings_of_several_vendors() -> None:
    listing = keep(
        ModelList,
        '{"object":"list","data":['
        '{"id":"a","object":"model","created":1700000000,"owned_by":"o","shutdown_date":null},'
        '{"id":"b","name":"B","created":1700000000.5,"context_length":128000,"pricing":{"prompt":"0"}},'
        '{"id":"c","max_model_len":32768,"root":"c"}]}',
    )

    assert [model.id for model in listing.data] == ["a", "b", "c"]


def test_a_malformed_listing_is_refused() -> None:
    assert refuse(ModelList, '{"object":"list"}') == "$.data"
    assert refuse(ModelList, '{"data":[{"object":"model"}]}') == "$.data[0].id"
