from __future__ import annotations

import pytest

from llm_transcode.chat import (
    Annotation,
    Audio,
    Choice,
    Logprobs,
    ModerationError,
    ModerationReport,
    ModerationResults,
    Response,
    ResponseMessage,
    ThinkingPart,
    UnknownModeration,
)

from .documents import keep, refuse

MODERATION = (
    '{"type":"moderation_results","model":"m","results":[{"type":"moderation_result","model":"m","flagged":false,'
    '"categories":{"hate":false},"category_scores":{"hate":0},"category_applied_input_types":{"hate":["text"]}}]}'
)


def test_a_reply_of_openai() -> None:
    response = keep(
        Response,
        '{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m","choices":[{"index":0,'
        '"message":{"role":"assistant","content":"a","refusal":null,"annotations":[]},"logprobs":null,'
        '"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},'
        '"service_tier":"default","system_fingerprint":null,"vendor":1.0}',
    )

    assert response.model_extra == {"vendor": 1.0}


@pytest.mark.parametrize(
    "text",
    [
        '{"choices":[]}',
        '{"id":null,"created":1700000000.5,"choices":[{}]}',
        '{"choices":[{"index":0,"finish_reason":"content_filter"}],"x_groq":{"id":"req_1","seed":1}}',
        '{"choices":[{"stop_reason":128009,"matched_stop":"END","native_finish_reason":"STOP"}]}',
        '{"choices":[{"error":{"code":502,"message":"a"},"finish_reason":"error"}]}',
    ],
)
def test_what_servers_leave_out_or_add(text: str) -> None:
    keep(Response, text)


def test_content_may_be_parts() -> None:
    message = keep(ResponseMessage, '{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"}]}')

    assert isinstance(message.content, list)
    assert isinstance(message.content[0], ThinkingPart)


def test_annotations_of_other_kinds_are_kept() -> None:
    keep(Annotation, '{"type":"file","file":{"hash":"1"}}')
    keep(Annotation, '{"type":"url_citation","url_citation":{"url":"https://example.com","content":"a"}}')


def test_audio_whole_and_by_id() -> None:
    keep(Audio, '{"id":"audio_1","data":"","expires_at":1700000000,"transcript":"a"}')
    keep(Audio, '{"id":"audio_1"}')


def test_log_probabilities() -> None:
    logprobs = keep(
        Logprobs,
        '{"content":[{"token":"a","bytes":[97],"logprob":0,"top_logprobs":[{"token":"a","logprob":-0.5,"bytes":null}]}],'
        '"refusal":null}',
    )

    assert logprobs.content is not None
    assert logprobs.content[0].bytes == [97]


def test_each_outcome_of_moderation() -> None:
    report = keep(ModerationReport, f'{{"output":{{"type":"error","code":"c","message":"m"}},"input":{MODERATION}}}')
    newer = keep(ModerationReport, '{"input":{"type":"skipped"}}')

    assert isinstance(report.input, ModerationResults)
    assert isinstance(report.output, ModerationError)
    assert isinstance(newer.input, UnknownModeration)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"detail":"not found"}', "$.choices"),
        ('{"error":{"message":"filtered"}}', "$.choices"),
        ('{"choices":[{"message":{"content":7}}]}', "$.choices[0].message.content"),
        ('{"choices":[{"message":{"content":[{"type":"text"}]}}]}', "$.choices[0].message.content[0].text"),
        ('{"choices":[{"index":"0"}]}', "$.choices[0].index"),
        ('{"choices":[],"moderation":{"input":{"type":"error"}}}', "$.moderation.input.code"),
        ('{"choices":[],"usage":7}', "$.usage"),
    ],
)
def test_a_malformed_reply_is_refused(text: str, path: str) -> None:
    assert refuse(Response, text) == path


def test_a_choice_without_its_message() -> None:
    assert keep(Choice, '{"finish_reason":"content_filter"}').message is None
