"""The types that callers see. Checked by mypy and pyright, never run."""

from __future__ import annotations

from typing_extensions import assert_type

from llm_transcode import (
    Converted,
    Loss,
    LossCode,
    Options,
    ReplyContext,
    StreamError,
    StreamTranscoder,
    chat,
    convert_error,
    convert_models,
    convert_request,
    convert_response,
    count_tokens,
    messages,
)
from llm_transcode.protocols import Protocol
from llm_transcode.wire import JsonObject


def requests(body: bytes, source: Protocol, target: Protocol) -> None:
    to_chat = convert_request(body, source="messages", target="chat", options=Options(n="first"))
    assert_type(to_chat, Converted[chat.Request])
    assert_type(to_chat.value, chat.Request)
    assert_type(to_chat.value.model, str | None)
    assert_type(to_chat.to_dict(), JsonObject)
    assert_type(to_chat.to_json(), bytes)
    assert_type(to_chat.losses, tuple[Loss, ...])
    assert_type(to_chat.context, ReplyContext)
    assert_type(to_chat.require_lossless(allow={LossCode.SAMPLING, "effort"}), Converted[chat.Request])

    to_messages = convert_request({"model": "m", "messages": []}, source="chat", target="messages")
    assert_type(to_messages, Converted[messages.Request])
    assert_type(to_messages.value.max_tokens, int)

    either = convert_request(body, source=source, target=target)
    assert_type(either, Converted[chat.Request] | Converted[messages.Request])
    assert_type(either.to_json(), bytes)


def replies(body: str, context: ReplyContext, source: Protocol, target: Protocol) -> None:
    to_messages = convert_response(body, source="chat", target="messages", context=context)
    assert_type(to_messages, Converted[messages.Response])

    to_chat = convert_response(to_messages.value, source="messages", target="chat")
    assert_type(to_chat, Converted[chat.Response])
    assert_type(to_chat.value.choices, list[chat.Choice])

    either = convert_response(body, source=source, target=target)
    assert_type(either, Converted[chat.Response] | Converted[messages.Response])


def errors_and_models(body: bytes) -> None:
    assert_type(convert_error(529, body, source="messages", target="chat").status, int)
    assert_type(convert_error(429, body, source="chat", target="messages").to_json(), bytes)
    assert_type(convert_models(body, source="messages", target="chat").to_dict(), JsonObject)
    assert_type(count_tokens(body).to_json(), bytes)


def streams(context: ReplyContext) -> None:
    stream = StreamTranscoder(source="chat", target="messages", context=context)
    assert_type(stream.feed(b"data: [DONE]\n\n"), bytes)
    assert_type(stream.feed_line("data: [DONE]"), bytes)
    assert_type(stream.close(), bytes)
    assert_type(stream.fail("upstream reset"), bytes)
    assert_type(stream.ping(), bytes)
    assert_type(stream.losses, tuple[Loss, ...])
    assert_type(stream.finished, bool)
    assert_type(stream.error, StreamError | None)
