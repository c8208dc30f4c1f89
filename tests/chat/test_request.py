from __future__ import annotations

import pytest

from llm_transcode.chat import (
    JsonSchema,
    Request,
    ResponseFormatJsonObject,
    ResponseFormatJsonSchema,
    ResponseFormatText,
    UnknownResponseFormat,
    VoiceId,
)
from llm_transcode.wire import WireModel

from .documents import keep, refuse


def with_field(field: str) -> str:
    return f'{{"messages":[],{field}}}'


def test_key_order_and_number_spelling_are_kept() -> None:
    request = keep(
        Request,
        '{"top_p":1,"vendor":{"b":1,"a":1.0},"temperature":1.0,"messages":[],"model":"m","stop":null,"max_tokens":5}',
    )

    assert (type(request.top_p), type(request.temperature)) == (int, float)
    assert request.model_extra == {"vendor": {"b": 1, "a": 1.0}}
    assert request.names("stop")
    assert not request.names("seed")


def test_azure_names_no_model() -> None:
    assert keep(Request, '{"messages":[]}').model is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"text"}', ResponseFormatText),
        ('{"type":"json_object"}', ResponseFormatJsonObject),
        ('{"type":"json_schema","json_schema":{"schema":{"type":"object"},"name":"n"}}', ResponseFormatJsonSchema),
        ('{"type":"json_schema","json_schema":{"strict":null}}', ResponseFormatJsonSchema),
        ('{"type":"grammar","grammar":"root ::= x"}', UnknownResponseFormat),
    ],
)
def test_each_kind_of_response_format(text: str, kind: type[WireModel]) -> None:
    assert type(keep(Request, with_field(f'"response_format":{text}')).response_format) is kind


def test_a_schema_is_spelt_as_on_the_wire() -> None:
    wanted = JsonSchema(name="n", schema={"type": "object"})

    assert wanted.schema_ == {"type": "object"}
    assert wanted.to_dict() == {"name": "n", "schema": {"type": "object"}}


@pytest.mark.parametrize(
    "field",
    [
        '"stop":"a"',
        '"stop":["a","b"]',
        '"function_call":"auto"',
        '"function_call":{"name":"f"}',
        '"audio":{"voice":"alloy","format":"wav"}',
        '"audio":{"voice":{"id":"voice_1"},"format":"wav"}',
        '"prediction":{"type":"content","content":[{"type":"text","text":"a"}]}',
        '"logit_bias":{"50256":-100,"1":0.5}',
        '"metadata":{"b":"1","a":"2"}',
        '"moderation":{"model":"omni-moderation-latest","policy":{"output":null,"input":{"mode":"block"}}}',
        '"prompt_cache_options":{"ttl":"30m","mode":"explicit"}',
        '"stream_options":{"include_usage":true}',
        '"web_search_options":{"user_location":{"type":"approximate","approximate":{"city":"Bern"}}}',
        '"reasoning":{"effort":"high"}',
        '"thinking":{"type":"enabled","budget_tokens":1024}',
        '"chat_template_kwargs":{"enable_thinking":false}',
        '"min_p":0,"top_k":40,"repetition_penalty":1.1',
    ],
)
def test_fields_with_a_form_of_their_own(field: str) -> None:
    keep(Request, with_field(field))


def test_a_custom_voice_is_told_from_a_name() -> None:
    request = keep(Request, with_field('"audio":{"voice":{"id":"voice_1"},"format":"wav"}'))

    assert request.audio is not None
    assert isinstance(request.audio.voice, VoiceId)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{}", "$.messages"),
        ('{"messages":{}}', "$.messages"),
        (with_field('"temperature":"1"'), "$.temperature"),
        (with_field('"temperature":true'), "$.temperature"),
        (with_field('"max_tokens":1.5'), "$.max_tokens"),
        (with_field('"stream":"true"'), "$.stream"),
        (with_field('"stop":[1]'), "$.stop[0]"),
        (with_field('"response_format":{"type":"json_schema"}'), "$.response_format.json_schema"),
        (
            with_field('"response_format":{"type":"json_schema","json_schema":{"schema":[]}}'),
            "$.response_format.json_schema.schema",
        ),
        (with_field('"stream_options":true'), "$.stream_options"),
        (with_field('"audio":{"format":"wav"}'), "$.audio.voice"),
    ],
)
def test_a_malformed_request_is_refused(text: str, path: str) -> None:
    assert refuse(Request, text) == path
