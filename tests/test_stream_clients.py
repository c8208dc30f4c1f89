"""The vendors' own clients read what we write."""

from __future__ import annotations

from typing import Final

import anthropic
import openai
import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder
from llm_transcode.protocols import Protocol
from tests.clients import read_by_anthropic, read_by_openai
from tests.streams import (
    JsonObject,
    block,
    call,
    chat_body,
    chunk,
    message_end,
    message_start,
    messages_body,
    text_block,
    thinking_block,
    tool_block,
    usage_chunk,
)

ASKED: Final = ReplyContext(include_usage=True, custom_tools=frozenset({"free"}))
SIGNED: Final = {"type": "thinking", "thinking": "", "signature": "c2ln"}
REDACTED: Final = {"type": "redacted_thinking", "data": "ZGF0YQ"}

CHAT: Final = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"reasoning_content": "hm "}),
    chunk({"reasoning_content": "well"}),
    chunk({"thinking_blocks": [SIGNED]}),
    chunk({"thinking_blocks": [REDACTED]}),
    chunk({"content": "I will "}),
    chunk({"content": "look."}),
    chunk(call(0, "a", "f", "")),
    chunk(call(1, "b", "g", '{"city":')),
    chunk(call(0, arguments='{"x":[1,')),
    chunk(call(1, arguments='"Köln"}')),
    chunk(call(0, arguments="2]}")),
    chunk(call(2, "c", "empty", "")),
    chunk({"tool_calls": [{"index": 3, "id": "d", "type": "custom", "custom": {"name": "free", "input": 'a "b"'}}]}),
    chunk({"tool_calls": [{"index": 3, "custom": {"input": "\nc"}}]}),
    chunk(finish="tool_calls"),
    usage_chunk(20, 7, prompt_tokens_details={"cached_tokens": 12}),
]

MESSAGES: Final = [
    message_start(),
    {"type": "ping"},
    *thinking_block(0, "hm ", "well", signature="c2ln"),
    *block(1, REDACTED),
    *text_block(2, "I will ", "look."),
    *thinking_block(3, "so", signature="c28"),
    *tool_block(4, "a", "f", '{"x":[1,', "2]}"),
    *tool_block(5, "c", "empty"),
    *tool_block(6, "d", "free", '{"input":"a \\"b', '\\"\\nc"}'),
    *message_end("tool_use"),
]


def to_messages(chunks: list[JsonObject], *, pings: bool = False, cut: int | None = None) -> bytes:
    return _transcoded(chat_body(*chunks)[:cut], "chat", "messages", pings)


def to_chat(events: list[JsonObject], *, pings: bool = False, cut: int | None = None, usage: bool = True) -> bytes:
    return _transcoded(messages_body(*events)[:cut], "messages", "chat", pings, ASKED if usage else ReplyContext())


def _transcoded(body: bytes, source: Protocol, target: Protocol, pings: bool, context: ReplyContext = ASKED) -> bytes:
    stream = StreamTranscoder(
        source=source, target=target, context=context, options=Options(now=lambda: 7, eager_start=True)
    )
    pieces = [body[at : at + 40] for at in range(0, len(body), 40)]
    return b"".join([(stream.ping() if pings else b"") + stream.feed(piece) for piece in pieces]) + stream.close()


# -- anthropic -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pings", [True, False])
def test_anthropic_reads_a_rich_stream(pings: bool) -> None:
    message = read_by_anthropic(to_messages(CHAT, pings=pings))

    assert message["content"] == [
        {"type": "thinking", "thinking": "hm well", "signature": "c2ln"},
        REDACTED,
        {"type": "text", "text": "I will look."},
        {"type": "tool_use", "id": "a", "name": "f", "input": {"x": [1, 2]}},
        {"type": "tool_use", "id": "b", "name": "g", "input": {"city": "Köln"}},
        {"type": "tool_use", "id": "c", "name": "empty", "input": {}},
        {"type": "tool_use", "id": "d", "name": "free", "input": {"input": 'a "b"\nc'}},
    ]
    assert message["stop_reason"] == "tool_use"
    counts = {name: message["usage"][name] for name in ("input_tokens", "cache_read_input_tokens", "output_tokens")}
    assert counts == {"input_tokens": 8, "cache_read_input_tokens": 12, "output_tokens": 7}


def test_anthropic_reads_a_refusal() -> None:
    message = read_by_anthropic(
        to_messages([chunk({"refusal": "I "}), chunk({"refusal": "can't"}), chunk(finish="stop")])
    )

    assert message["stop_reason"] == "refusal"
    assert [each["text"] for each in message["content"]] == ["I can't"]


def test_anthropic_raises_what_the_upstream_reports() -> None:
    error = {"error": {"message": "slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}}

    with pytest.raises(anthropic.APIStatusError) as caught:
        read_by_anthropic(to_messages([*CHAT[:6], error]))

    assert caught.value.body == {
        "type": "error",
        "error": {
            "type": "rate_limit_error",
            "message": "slow down",
            "details": {"error_code": "rate_limit_exceeded"},
        },
    }


@pytest.mark.parametrize("cut", [0, 100, 1000, len(chat_body(*CHAT[:-3], end=b""))])
def test_anthropic_raises_for_a_stream_that_was_cut_off(cut: int) -> None:
    with pytest.raises(anthropic.APIStatusError, match="ended early"):
        read_by_anthropic(to_messages(CHAT, cut=cut))


# -- openai ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pings", [True, False])
def test_openai_reads_a_rich_stream(pings: bool) -> None:
    completion = read_by_openai(to_chat(MESSAGES, pings=pings))

    choice = completion["choices"][0]
    said = choice["message"]
    kind = {"type": "reasoning.text", "format": "anthropic-claude-v1"}
    assert said["content"] == "I will look."
    assert said["reasoning_content"] == "hm well\n\nso"
    assert said["reasoning_details"] == [
        {**kind, "text": "hm well", "signature": "c2ln", "index": 0},
        {"type": "reasoning.encrypted", "data": "ZGF0YQ", "format": "anthropic-claude-v1", "index": 1},
        {**kind, "text": "so", "signature": "c28", "index": 2},
    ]
    first, second, third = said["tool_calls"]
    assert (first["id"], first["function"]["name"], first["function"]["arguments"]) == ("a", "f", '{"x":[1,2]}')
    assert (second["id"], second["function"]["name"], second["function"]["arguments"]) == ("c", "empty", "{}")
    assert (third["id"], third["type"], third["custom"]) == ("d", "custom", {"name": "free", "input": 'a "b"\nc'})
    assert choice["finish_reason"] == "tool_calls"
    assert completion["created"] == 7
    assert completion["usage"]["total_tokens"] == 3


def test_openai_has_no_usage_unless_it_asked() -> None:
    assert read_by_openai(to_chat(MESSAGES[:9] + MESSAGES[-2:], usage=False)).get("usage") is None


def test_openai_reads_a_refusal() -> None:
    details = {"type": "refusal", "category": None, "explanation": "I can't"}

    completion = read_by_openai(to_chat([message_start(), *message_end("refusal", stop_details=details)]))

    assert completion["choices"][0]["message"]["refusal"] == "I can't"
    assert completion["choices"][0]["finish_reason"] == "content_filter"


def test_openai_raises_what_the_upstream_reports() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

    with pytest.raises(openai.APIError, match="Overloaded") as caught:
        read_by_openai(to_chat([*MESSAGES[:9], error]))

    assert caught.value.code == "overloaded_error"


@pytest.mark.parametrize("cut", [0, 100, 1000, len(messages_body(*MESSAGES[:-2]))])
def test_openai_raises_for_a_stream_that_was_cut_off(cut: int) -> None:
    with pytest.raises(openai.APIError, match="ended early"):
        read_by_openai(to_chat(MESSAGES, cut=cut))
