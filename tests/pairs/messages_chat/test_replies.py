"""What else a reply says."""

from __future__ import annotations

from llm_transcode import ReplyContext
from tests.pairs.messages_chat.conversions import reply_to_chat, reply_to_messages
from tests.pitfalls.conversions import call, chat_reply, message, text, tool_use


def test_details_of_a_refusal_where_the_reply_is_none() -> None:
    details = {"type": "refusal", "category": None, "explanation": "no"}

    plain, unlost = reply_to_chat(message(text("hi")))
    body, losses = reply_to_chat(message(text("hi"), stop_details=details))

    assert body == plain
    assert body["choices"][0]["message"]["refusal"] is None
    assert (unlost, losses) == ([], ["dropped info refusal $.stop_details"])


def test_only_calls_get_the_clients_names_back() -> None:
    context = ReplyContext(tool_names={"short": "a.long.name"})
    said = {"content": "short", "tool_calls": [call("t1", "short"), call("t2", "other")]}

    body, losses = reply_to_messages(chat_reply(said, "tool_calls"), context)

    assert body["content"] == [text("short"), tool_use("t1", "a.long.name"), tool_use("t2", "other")]
    assert (body["stop_reason"], losses) == ("tool_use", [])
