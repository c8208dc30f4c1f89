from __future__ import annotations

from llm_transcode.messages import Model, ModelList
from tests.documents import keep, refuse

YES = '{"supported":true}'


def test_a_page() -> None:
    page = keep(
        ModelList,
        '{"data":[{"type":"model","id":"m","display_name":"M","created_at":"2026-01-01T00:00:00Z"}],'
        '"has_more":false,"first_id":"m","last_id":"m"}',
    )

    assert [model.id for model in page.data] == ["m"]


def test_capabilities() -> None:
    model = keep(
        Model,
        '{"type":"model","id":"m","lifecycle":"active","deprecated_at":null,"line":"opus","max_input_tokens":1,'
        f'"max_tokens":1,"allowed_fallback_models":["n"],"capabilities":{{"batch":{YES},'
        f'"effort":{{"supported":true,"low":{YES},"xhigh":null}},'
        f'"thinking":{{"supported":true,"types":{{"adaptive":{YES}}}}},"telepathy":{YES}}}}}',
    )

    assert model.capabilities is not None
    assert model.capabilities.effort is not None
    assert model.capabilities.effort.low is not None
    assert model.capabilities.effort.low.supported
    assert model.capabilities.model_extra == {"telepathy": {"supported": True}}


def test_a_malformed_model_is_refused() -> None:
    assert refuse(ModelList, '{"data":[{"type":"model"}]}') == "$.data[0].id"
    assert refuse(Model, '{"type":"model","id":"m","capabilities":{"batch":{}}}') == "$.capabilities.batch.supported"
