"""P037: reasoning between tags in the text, in streams and in replies."""

from __future__ import annotations

from itertools import pairwise

import pytest

from llm_transcode import Options, convert_response
from llm_transcode.pairs.messages_chat.think_tags import ThinkTagReader, split_thinking
from tests.pitfalls.streamed import check, reply, unsigned
from tests.streams import JsonObject, call, text_block, thinking_block, tool_block

TAGGED = Options(think_tags=("think", "thought"))

WHOLE = [
    ("<think>plan</think>answer", "plan", "answer"),
    ("\n<thought>\nplan\n</thought>\n\nanswer", "\nplan\n", "answer"),
    ("<think>plan", "plan", ""),
    ("<think>a </b> < c</think>d", "a </b> < c", "d"),
    ("<think></think>answer", "", "answer"),
    ("answer with <think>code</think>", "", "answer with <think>code</think>"),
    ("<thi", "", "<thi"),
    ("<b>bold</b>", "", "<b>bold</b>"),
    ("plan</think>answer", "", "plan</think>answer"),
    ("", "", ""),
]


@pytest.mark.parametrize(("text", "thinking", "rest"), WHOLE)
def test_p037_wherever_the_text_is_cut(text: str, thinking: str, rest: str) -> None:
    assert split_thinking(text, TAGGED.think_tags) == (thinking, rest)
    for cuts in ([cut] for cut in range(len(text))), [range(len(text))]:
        for each in cuts:
            reader = ThinkTagReader(TAGGED.think_tags)
            bounds = [0, *each, len(text)]
            pieces = [text[start:end] for start, end in pairwise(bounds)]
            said = [part for piece in pieces for part in reader.read(piece)] + reader.close()
            assert "".join(part for kind, part in said if kind == "thinking") == thinking
            assert "".join(part for kind, part in said if kind == "text") == rest


def test_p037_in_a_stream() -> None:
    deltas: list[JsonObject] = [{"content": piece} for piece in ("<thi", "nk>pl", "an</th", "ink>\n", "ans", "wer")]

    stream = reply(*deltas, options=TAGGED)

    check(stream, thinking_block(0, "pl", "an"), text_block(1, "ans", "wer"), losses=[unsigned("content")])


def test_p037_a_call_after_the_reasoning() -> None:
    stream = reply({"content": "<think>plan"}, {"content": "</thi"}, call(0, "a", "f", "{}"), options=TAGGED)

    check(
        stream,
        thinking_block(0, "plan", "</thi"),
        tool_block(1, "a", "f", "{}"),
        stop="tool_use",
        losses=[unsigned("content")],
    )


def test_p037_what_is_held_at_the_end_is_text() -> None:
    check(reply({"content": " <thi"}, options=TAGGED), text_block(0, " <thi"))


def test_p037_tags_are_text_by_default() -> None:
    check(reply({"content": "<think>plan</think>"}), text_block(0, "<think>plan</think>"))


def test_p037_in_a_reply() -> None:
    message = {"role": "assistant", "content": "<think>plan</think>answer"}
    body = {"id": "r1", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}

    tagged = convert_response(body, source="chat", target="messages", options=TAGGED)
    plain = convert_response(body, source="chat", target="messages")

    assert tagged.to_dict()["content"] == [
        {"type": "thinking", "thinking": "plan", "signature": ""},
        {"type": "text", "text": "answer"},
    ]
    assert ("thinking_unsigned", "$.choices[0].message.content") in [(each.code, each.path) for each in tagged.losses]
    assert plain.to_dict()["content"] == [{"type": "text", "text": "<think>plan</think>answer"}]
