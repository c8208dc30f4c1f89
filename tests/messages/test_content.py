from __future__ import annotations

import pytest

from llm_transcode.messages import (
    AssistantTurn,
    Base64ImageSource,
    CacheControl,
    DocumentBlock,
    FallbackBlock,
    ImageBlock,
    SearchResultBlock,
    TextBlock,
    UnknownBlock,
    UnknownCitation,
    UnknownSource,
    WebSearchResultLocation,
)
from tests.documents import keep, refuse

SOURCES = [
    '{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}',
    '{"type":"text","media_type":"text/plain","data":"hello"}',
    '{"type":"content","content":"hello"}',
    '{"type":"content","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"file","file_id":"f"}}]}',
    '{"type":"url","url":"https://example.com/a.pdf"}',
    '{"type":"file","file_id":"file_1"}',
]

CITATIONS = [
    '{"type":"char_location","cited_text":"a","document_index":0,"start_char_index":0,"end_char_index":1}',
    '{"type":"page_location","cited_text":"a","document_index":0,"start_page_number":1,"end_page_number":2}',
    '{"type":"content_block_location","cited_text":"a","document_index":0,"start_block_index":0,"end_block_index":1}',
    '{"type":"search_result_location","cited_text":"a","search_result_index":0,"source":"s","title":null,'
    '"start_block_index":0,"end_block_index":1}',
    '{"type":"web_search_result_location","cited_text":"a","url":"https://example.com","title":"t",'
    '"encrypted_index":"e"}',
]


def test_an_explicit_null_is_not_an_absent_field() -> None:
    absent = keep(TextBlock, '{"type":"text","text":"hi"}')
    null = keep(TextBlock, '{"type":"text","text":"hi","cache_control":null}')

    assert absent.cache_control is null.cache_control is None
    assert not absent.names("cache_control")
    assert null.names("cache_control")


def test_keys_stay_in_order_and_unknown_fields_stay() -> None:
    block = keep(TextBlock, '{"new":1.0,"text":"hi","cache_control":{"ttl":"1h","type":"ephemeral"},"type":"text"}')

    assert block.cache_control == CacheControl(type="ephemeral", ttl="1h")
    assert block.model_extra == {"new": 1.0}


def test_an_image_has_a_source() -> None:
    block = keep(ImageBlock, '{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0="}}')

    assert block.source == Base64ImageSource(type="base64", media_type="image/png", data="iVBORw0=")


def test_a_source_of_an_unknown_type_is_kept() -> None:
    block = keep(ImageBlock, '{"type":"image","source":{"type":"hologram","depth":3}}')

    assert isinstance(block.source, UnknownSource)
    assert block.source.model_extra == {"depth": 3}


def test_a_malformed_source_is_refused() -> None:
    assert refuse(ImageBlock, '{"type":"image","source":{"type":"url"}}') == "$.source.url"
    assert refuse(ImageBlock, '{"type":"image","source":{"url":"https://example.com"}}') == "$.source.type"
    assert refuse(ImageBlock, '{"type":"image","source":"https://example.com"}') == "$.source"


@pytest.mark.parametrize("source", SOURCES)
def test_a_document_has_a_source(source: str) -> None:
    block = keep(DocumentBlock, f'{{"type":"document","source":{source},"title":"t","citations":{{"enabled":true}}}}')

    assert not isinstance(block.source, UnknownSource)
    assert block.citations is not None


def test_a_document_may_hold_blocks_of_unknown_types() -> None:
    source = '{"type":"content","content":[{"type":"chart","points":[1,1.0]}]}'

    keep(DocumentBlock, f'{{"type":"document","source":{source}}}')


@pytest.mark.parametrize("citation", CITATIONS)
def test_text_may_cite(citation: str) -> None:
    block = keep(TextBlock, f'{{"type":"text","text":"hi","citations":[{citation}]}}')

    assert block.citations is not None
    assert not isinstance(block.citations[0], UnknownCitation)


def test_a_citation_of_an_unknown_type_is_kept() -> None:
    block = keep(TextBlock, '{"type":"text","text":"hi","citations":[{"type":"scene_location","at":1.5}]}')

    assert block.citations is not None
    assert isinstance(block.citations[0], UnknownCitation)


def test_a_malformed_citation_is_refused() -> None:
    path = refuse(TextBlock, '{"type":"text","text":"hi","citations":[{"type":"char_location","cited_text":"a"}]}')

    assert path.startswith("$.citations[0].")


def test_a_search_result_holds_text() -> None:
    block = keep(
        SearchResultBlock,
        '{"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"a"},{"type":"new"}]}',
    )

    assert [type(content) for content in block.content] == [TextBlock, UnknownBlock]


def test_the_field_from_keeps_its_name_on_the_wire() -> None:
    block = keep(
        FallbackBlock,
        '{"type":"fallback","from":{"model":"a"},"to":{"model":"b"},"trigger":{"type":"refusal","category":null}}',
    )

    assert block.from_.model == "a"
    assert refuse(FallbackBlock, '{"type":"fallback","to":{"model":"b"}}') == "$.from"


def test_what_a_fallback_echoes_may_be_any_object() -> None:
    keep(FallbackBlock, '{"type":"fallback","from":{"model":"a"},"to":{"model":"b"},"trigger":{}}')


def test_blocks_can_be_built() -> None:
    citation = WebSearchResultLocation(
        type="web_search_result_location", cited_text="a", url="https://example.com", encrypted_index="e"
    )
    turn = AssistantTurn(role="assistant", content=[TextBlock(type="text", text="hi", citations=[citation])])

    assert turn.to_dict() == {
        "role": "assistant",
        "content": [
            {
                "type": "text",
                "text": "hi",
                "citations": [
                    {
                        "type": "web_search_result_location",
                        "cited_text": "a",
                        "url": "https://example.com",
                        "encrypted_index": "e",
                    }
                ],
            }
        ],
    }
