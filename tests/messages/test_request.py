from __future__ import annotations

import pytest

from llm_transcode.messages import (
    ClearThinkingEdit,
    ClearToolUsesEdit,
    CompactEdit,
    Container,
    ContextEdit,
    ContextManagement,
    CountTokensRequest,
    Fallback,
    FallbackCreditToken,
    PromptParameters,
    Request,
    TextBlock,
    Threshold,
    UnknownBlock,
    UnknownEdit,
)
from tests.documents import keep, refuse

MINIMAL = '"max_tokens":1,"messages":[]'


def request(field: str) -> str:
    return f"{{{MINIMAL},{field}}}"


@pytest.mark.parametrize("number", ["1", "1.0", "0", "0.5", "null"])
def test_numbers_keep_their_spelling(number: str) -> None:
    keep(Request, request(f'"temperature":{number},"top_p":{number}'))


def test_what_clients_of_all_versions_send_is_kept() -> None:
    text = request(
        '"temperature":1,"top_p":0.9,"top_k":5,"anthropic_version":"vertex-2023-10-16","anthropic_beta":["b"],'
        '"output_format":{"type":"json_schema","schema":{}},"new_parameter":{"a":[]}'
    )
    parsed = keep(Request, text)

    assert parsed.model is None
    assert parsed.model_extra == {"new_parameter": {"a": []}}


def test_a_request_needs_a_limit_and_turns() -> None:
    assert refuse(Request, '{"messages":[]}') == "$.max_tokens"
    assert refuse(Request, '{"max_tokens":1}') == "$.messages"
    assert refuse(Request, '{"max_tokens":null,"messages":[]}') == "$.max_tokens"
    assert refuse(Request, '{"max_tokens":"1","messages":[]}') == "$.max_tokens"
    assert refuse(Request, '{"max_tokens":1.5,"messages":[]}') == "$.max_tokens"
    assert refuse(Request, '{"max_tokens":true,"messages":[]}') == "$.max_tokens"


def test_counting_tokens_needs_no_limit() -> None:
    counted = keep(CountTokensRequest, '{"model":"m","messages":[],"speed":"fast"}')

    assert isinstance(counted, PromptParameters)


@pytest.mark.parametrize("system", ['"be brief"', '""', "[]", '[{"type":"text","text":"be brief"}]', "null"])
def test_system_prompts(system: str) -> None:
    keep(Request, request(f'"system":{system}'))


def test_a_system_prompt_may_hold_unknown_blocks() -> None:
    parsed = keep(Request, request('"system":[{"type":"text","text":"a"},{"type":"policy","id":1}]'))

    assert isinstance(parsed.system, list)
    assert [type(block) for block in parsed.system] == [TextBlock, UnknownBlock]
    assert refuse(Request, request('"system":[{"type":"text"}]')) == "$.system[0].text"


@pytest.mark.parametrize(
    ("edit", "model"),
    [
        (
            '{"type":"clear_tool_uses_20250919","trigger":{"type":"tool_uses","value":5},"clear_tool_inputs":["t"]}',
            ClearToolUsesEdit,
        ),
        ('{"type":"clear_thinking_20251015","keep":"all"}', ClearThinkingEdit),
        ('{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":2}}', ClearThinkingEdit),
        ('{"type":"compact_20260112","trigger":null,"pause_after_compaction":true}', CompactEdit),
        ('{"type":"forget_20290101","what":"all"}', UnknownEdit),
    ],
)
def test_context_management(edit: str, model: type[ContextEdit]) -> None:
    edits = keep(ContextManagement, f'{{"edits":[{edit}]}}').edits

    assert edits is not None
    assert type(edits[0]) is model


def test_a_malformed_edit_is_refused() -> None:
    text = '{"edits":[{"type":"clear_tool_uses_20250919","keep":{"type":"tool_uses","value":"3"}}]}'

    assert refuse(ContextManagement, text) == "$.edits[0].keep.value"


def test_a_threshold_may_be_all() -> None:
    assert keep(Threshold, '{"type":"all"}').value is None


def test_a_container_is_an_id_or_an_object() -> None:
    by_id = keep(Request, request('"container":"container_1"'))
    by_skills = keep(Request, request('"container":{"skills":[{"type":"anthropic","skill_id":"pdf"}]}'))

    assert by_id.container == "container_1"
    assert isinstance(by_skills.container, Container)


def test_fallbacks() -> None:
    default = keep(Request, request('"fallbacks":"default","fallback_credit_token":"t"'))
    listed = keep(Request, request('"fallbacks":[{"model":"m"}],"fallback_credit_token":{"token":"t","mode":"strict"}'))

    assert default.fallbacks == "default"
    assert isinstance(listed.fallbacks, list)
    assert isinstance(listed.fallbacks[0], Fallback)
    assert isinstance(listed.fallback_credit_token, FallbackCreditToken)
    assert refuse(Request, request('"fallbacks":[{}]')) == "$.fallbacks[0].model"


@pytest.mark.parametrize("geo", ['"eu"', "null", '{"allow":["us"]}'])
def test_where_inference_takes_place_has_no_fixed_form(geo: str) -> None:
    keep(Request, request(f'"inference_geo":{geo}'))


def test_the_rest_of_the_parameters() -> None:
    parsed = keep(
        Request,
        request(
            '"stream":true,"stop_sequences":["a"],"metadata":{"user_id":null},"service_tier":"auto",'
            '"diagnostics":{"previous_message_id":"msg_1"},"cache_control":{"type":"ephemeral"},"speed":"standard",'
            '"compaction":{"type":"summarize"},"billing_policy":{"type":"billing_policy","bill_to":"self"},'
            '"thread":{"type":"continue","previous_message_id":"msg_1"},"mcp_servers":[{"type":"url","name":"s",'
            '"url":"https://example.com","tool_configuration":{"enabled":true,"allowed_tools":["t"]}}]'
        ),
    )

    assert not parsed.model_extra
    assert parsed.thread is not None
    assert parsed.thread.previous_message_id == "msg_1"
