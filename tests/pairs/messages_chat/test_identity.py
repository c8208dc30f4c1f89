"""Who answered: ids, models and times of replies."""

from __future__ import annotations

import re

import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder, convert_response
from llm_transcode.pairs.messages_chat.identity import made_up_id
from tests.pairs.messages_chat.conversions import JsonObject, reply_to_chat, reply_to_messages
from tests.pitfalls.conversions import chat_reply, message, text

# -- models ----------------------------------------------------------------------------------------

NAMELESS = ["invented info id $.model"]


@pytest.mark.parametrize(
    ("upstream", "context", "expected", "losses"),
    [
        ("theirs", ReplyContext(), "theirs", []),
        ("theirs", ReplyContext(model="ours"), "theirs", []),
        ("theirs", ReplyContext(model="ours", renamed=True), "ours", []),
        ("theirs", ReplyContext(renamed=True), "theirs", []),
        ("", ReplyContext(model="ours"), "ours", []),
        ("", ReplyContext(), "", NAMELESS),
        (None, ReplyContext(model="ours"), "ours", []),
        (None, ReplyContext(), "", NAMELESS),
    ],
)
def test_the_model_as_the_client_knows_it(
    upstream: str | None, context: ReplyContext, expected: str, losses: list[str]
) -> None:
    to_messages = reply_to_messages(chat_reply({"content": "a"}, model=upstream), context)
    to_chat = reply_to_chat(message(text("a"), model=upstream or ""), context)

    assert (to_messages.body["model"], to_messages.losses) == (expected, losses)
    assert (to_chat.body["model"], to_chat.losses) == (expected, losses)


# -- ids -------------------------------------------------------------------------------------------


def without_id(content: str) -> JsonObject:
    return {name: value for name, value in chat_reply({"content": content}).items() if name != "id"}


def test_a_reply_without_id_gets_one_that_follows_from_it() -> None:
    first, losses = reply_to_messages(without_id("a"))
    again, _ = reply_to_messages(without_id("a"))
    other, _ = reply_to_messages(without_id("b"))

    assert re.fullmatch(r"msg_[0-9a-f]{24}", first["id"])
    assert first["id"] == again["id"] != other["id"]
    assert losses == ["invented info id $.id"]


def test_ids_are_the_clients_business_if_it_wants() -> None:
    body, losses = reply_to_messages(without_id("a"), options=Options(new_id=lambda prefix: f"{prefix}1"))

    assert (body["id"], losses) == ("msg_1", ["invented info id $.id"])


def test_a_seed_may_be_any_bytes() -> None:
    assert made_up_id("", b"\xff", Options()) == made_up_id("", "\N{REPLACEMENT CHARACTER}".encode(), Options())


# -- times -----------------------------------------------------------------------------------------


def test_the_time_of_a_reply_is_0_unless_there_is_a_clock() -> None:
    blind = reply_to_chat(message(text("a")), options=Options())
    seeing = reply_to_chat(message(text("a")), options=Options(now=lambda: 7))

    assert (blind.body["created"], blind.losses) == (0, ["invented info created $.created"])
    assert (seeing.body["created"], seeing.losses) == (7, [])


def test_the_loss_names_the_option_that_gives_a_clock() -> None:
    converted = convert_response(message(text("a")), source="messages", target="chat")

    assert [loss.detail for loss in converted.losses] == ["Anthropic does not say when it answered; 0 (Options.now)"]


def test_the_time_of_a_stream_is_that_of_its_message() -> None:
    stream = StreamTranscoder(source="messages", target="chat")

    events = stream.feed_event({"type": "message_start", "message": message()})

    assert [event.to_dict()["created"] for event in events] == [0]
    assert [loss.path for loss in stream.losses] == ["$.message.created"]
