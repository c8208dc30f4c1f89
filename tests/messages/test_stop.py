from __future__ import annotations

from llm_transcode.messages import REFUSAL_CATEGORIES, StopDetails
from tests.documents import keep, refuse


def test_a_refusal_may_be_explained() -> None:
    details = keep(
        StopDetails,
        '{"type":"refusal","category":"bio","explanation":"why","recommended_model":"m","fallback_credit_token":"t",'
        '"fallback_has_prefill_claim":true}',
    )

    assert not details.model_extra
    assert details.category in REFUSAL_CATEGORIES


def test_details_of_an_unknown_type_are_kept() -> None:
    assert keep(StopDetails, '{"type":"quota","limit":1.0}').type == "quota"
    assert refuse(StopDetails, '{"category":"bio"}') == "$.type"
