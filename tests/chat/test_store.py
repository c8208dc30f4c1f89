from __future__ import annotations

from llm_transcode.chat import (
    CompletionDeleted,
    CompletionListParams,
    CompletionUpdateParams,
    MessageListParams,
    StoreMessage,
)

from .documents import keep, refuse


def test_queries() -> None:
    keep(CompletionListParams, '{"order":"desc","limit":20,"after":"chatcmpl-1","model":"m","metadata":{"a":"b"}}')
    keep(MessageListParams, '{"order":"asc","limit":20,"after":"msg_1"}')


def test_an_update_says_what_the_tags_become() -> None:
    keep(CompletionUpdateParams, '{"metadata":null}')

    assert refuse(CompletionUpdateParams, "{}") == "$.metadata"


def test_answers() -> None:
    keep(CompletionDeleted, '{"object":"chat.completion.deleted","id":"chatcmpl-1","deleted":true}')
    keep(StoreMessage, '{"id":"msg_1","role":"user","content":null,"content_parts":[{"type":"text","text":"a"}]}')
