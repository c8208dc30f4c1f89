from __future__ import annotations

import pytest

from llm_transcode.chat import (
    AudioPart,
    CacheControl,
    DocumentUrlPart,
    FilePart,
    ImagePart,
    ImageUrl,
    Part,
    PromptCacheBreakpoint,
    RefusalPart,
    TextPart,
    ThinkingPart,
    UnknownPart,
)
from llm_transcode.wire import WireModel

from .documents import keep, refuse


class Parts(WireModel):
    parts: list[Part]


def keep_part(text: str) -> Part:
    return keep(Parts, f'{{"parts":[{text}]}}').parts[0]


def refuse_part(text: str) -> str:
    return refuse(Parts, f'{{"parts":[{text}]}}')


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"text","text":""}', TextPart),
        ('{"type":"image_url","image_url":{"url":"data:,","detail":"low"}}', ImagePart),
        ('{"type":"image_url","image_url":"https://example.com/a.png"}', ImagePart),
        ('{"type":"input_audio","input_audio":{"data":"","format":"wav"}}', AudioPart),
        ('{"type":"file","file":{"filename":"a.pdf","file_data":"data:,"}}', FilePart),
        ('{"type":"file","file":{"file_id":"file-1"}}', FilePart),
        ('{"type":"document_url","document_url":"https://example.com/a.pdf"}', DocumentUrlPart),
        ('{"type":"refusal","refusal":"No."}', RefusalPart),
        ('{"type":"thinking","thinking":"Hm."}', ThinkingPart),
        ('{"type":"thinking","thinking":[{"type":"text","text":"Hm."}],"closed":true}', ThinkingPart),
    ],
)
def test_each_kind_is_recognised(text: str, kind: type[WireModel]) -> None:
    assert type(keep_part(text)) is kind


def test_an_unknown_part_is_kept() -> None:
    part = keep_part('{"url":{"a":[1,1.0,null]},"type":"video_url"}')

    assert isinstance(part, UnknownPart)
    assert part.type == "video_url"


def test_unknown_thinking_is_kept() -> None:
    part = keep_part('{"thinking":[{"type":"reference","reference_ids":[1]}],"type":"thinking"}')

    assert isinstance(part, ThinkingPart)
    assert [type(piece) for piece in part.thinking] == [UnknownPart]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"type":"text"}', "$.parts[0].text"),
        ('{"type":"text","text":null}', "$.parts[0].text"),
        ('{"type":"image_url","image_url":{"detail":"low"}}', "$.parts[0].image_url.url"),
        ('{"type":"image_url","image_url":7}', "$.parts[0].image_url"),
        ('{"type":"input_audio","input_audio":{"data":""}}', "$.parts[0].input_audio.format"),
        ('{"type":"file"}', "$.parts[0].file"),
        ('{"type":"refusal"}', "$.parts[0].refusal"),
        ('{"type":"thinking","thinking":[{"type":"text"}]}', "$.parts[0].thinking[0].text"),
        ('{"text":"no type"}', "$.parts[0].type"),
        ('{"type":7}', "$.parts[0]"),
        ('"text"', "$.parts[0]"),
    ],
)
def test_a_malformed_part_is_refused(text: str, path: str) -> None:
    assert refuse_part(text) == path


def test_cache_marks_of_both_vendors() -> None:
    part = keep_part(
        '{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"},'
        '"prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}}'
    )

    assert isinstance(part, TextPart)
    assert part.cache_control == CacheControl(type="ephemeral", ttl="1h")
    assert part.prompt_cache_breakpoint == PromptCacheBreakpoint(mode="explicit", ttl="12h")


def test_null_and_absent_stay_apart() -> None:
    null = keep(ImageUrl, '{"url":"data:,","detail":null}')
    absent = keep(ImageUrl, '{"url":"data:,"}')

    assert (null.detail, null.names("detail")) == (None, True)
    assert (absent.detail, absent.names("detail")) == (None, False)
