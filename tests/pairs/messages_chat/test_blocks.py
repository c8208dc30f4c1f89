"""Blocks of a Messages stream: what lets one grow, what waits for it, and what the waiting may cost."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import Options, ReplyContext, StreamTranscoder
from llm_transcode.pairs.messages_chat import ToMessagesStream
from llm_transcode.tokens import Place
from tests.pairs.messages_chat.chat_streams import DELTA, ENDED, said, tell, tell_each
from tests.streams import (
    JsonObject,
    block,
    call,
    chat_body,
    failed_messages,
    message_end,
    message_start,
    text_block,
    thinking_block,
    tool_block,
)

OPEN: Final = said(call(0, "t1", "f", '{"a":'))
CLOSE: Final = said(call(0, arguments="1}"))
TOOL: Final = tool_block(0, "t1", "f", '{"a":', "1}")
UNFINISHED: Final = tool_block(0, "t1", "f", '{"a":')
INCOMPLETE: Final = f"approximated warning tool_call_incomplete {DELTA}.tool_calls[0].function.arguments"
HELD: Final = f"dropped warning tool_call_incomplete {DELTA}.tool_calls[0]"
CALLED: Final = (said(finish="tool_calls"), ENDED[1])


def custom(index: int, **fields: str) -> JsonObject:
    """A chunk with a fragment of a call to a free-form tool."""
    told = {name: fields[name] for name in ("name", "input") if name in fields}
    head = {"id": fields["id"], "type": "custom"} if "id" in fields else {}
    return said({"tool_calls": [{"index": index, **head, "custom": told}]})


def detail(text: str | None, **fields: str) -> JsonObject:
    """A chunk with a piece of reasoning in a list."""
    return said({"reasoning_details": [{"type": "reasoning.text", "text": text, **fields}]})


# -- what grows by a mere token --------------------------------------------------------------------

WAITS: Final = said({"content": "a"})


@pytest.mark.parametrize(
    ("chunks", "place", "grows"),
    [
        ([], ("text", 0), False),
        ([], ("call", 0), False),
        ([WAITS], ("text", 0), True),
        ([WAITS], ("thinking", 0), False),
        ([WAITS], ("call", 0), False),
        ([said({"reasoning": "a"})], ("thinking", 0), True),
        ([said({"reasoning": "a"})], ("text", 0), False),
        ([said({"refusal": "a"})], ("text", 0), False),
        ([OPEN], ("call", 0), True),
        ([OPEN], ("call", 1), False),
        ([OPEN], ("text", 0), False),
        ([OPEN, WAITS], ("call", 0), False),
        ([OPEN, CLOSE], ("call", 0), True),
        ([OPEN, CLOSE, WAITS], ("call", 0), False),
        ([OPEN, CLOSE, said(call(1, "t2", "g"))], ("call", 0), False),
        ([OPEN, CLOSE, said(call(1, "t2", "g"))], ("call", 1), True),
        ([custom(0, id="t1", name="f", input="a")], ("call", 0), False),
    ],
)
def test_what_grows_by_mere_tokens(chunks: list[JsonObject], place: Place, grows: bool) -> None:
    stream = ToMessagesStream(ReplyContext(), Options())
    for each in chunks:
        stream.read(each)

    assert (stream.growth(place) is not None) is grows


@pytest.mark.parametrize(
    ("chunks", "arguments", "grows"),
    [
        ([said(call(0, "t1", "f"))], "{}", True),
        ([OPEN], "1}", True),
        ([OPEN], "", False),
        ([OPEN], '{"a":', False),
        ([OPEN, CLOSE], '{"a":1}', False),
    ],
)
def test_arguments_that_may_be_the_whole_ones_again_are_no_mere_token(
    chunks: list[JsonObject], arguments: str, grows: bool
) -> None:
    stream = ToMessagesStream(ReplyContext(), Options())
    for each in chunks:
        stream.read(each)
    growth = stream.growth(("call", 0))

    assert growth is not None
    assert (growth.by(arguments) is not None) is grows


def test_arguments_that_are_empty_or_come_again_add_nothing() -> None:
    more = [said(call(0, arguments=arguments)) for arguments in ("", "1", "", "}", '{"a":1}', "")]

    told = tell(OPEN, *more, *CALLED)

    assert told.events == [message_start(), *tool_block(0, "t1", "f", '{"a":', "1", "}"), *message_end("tool_use")]
    assert told.losses == []


def test_tokens_are_taken_note_of() -> None:
    """A call that got its last arguments as a mere token is known to be whole, a thought to have been said."""
    pieces = [said(call(0, arguments=piece)) for piece in ("1", "}")]
    thoughts = [said({"reasoning": piece}) for piece in "abc"]

    called = tell_each(OPEN, *pieces, WAITS)
    thought = tell(*thoughts, detail("abc", signature="s"), *ENDED)

    assert called[-1] == [TOOL[-1], *text_block(1, "a")[:2]]
    assert thought.events == [message_start(), *thinking_block(0, "a", "b", "c", signature="s"), *message_end()]
    assert thought.losses == []


# -- what waits for an open call -------------------------------------------------------------------


def test_what_waits_leaves_with_the_end_of_the_call() -> None:
    second = [said(call(1, "t2", "g", '{"b":')), said(call(1, arguments="2")), said(call(1, arguments="}"))]

    events = tell_each(OPEN, WAITS, second[0], said({"content": "b"}), CLOSE, second[1], second[2])

    assert events == [
        [message_start(), *UNFINISHED[:2]],
        [],
        [],
        [],
        [*TOOL[2:], *text_block(1, "a"), *tool_block(2, "t2", "g", '{"b":')[:2]],
        [tool_block(2, "t2", "g", "2")[1]],
        [*tool_block(2, "t2", "g", "}")[1:], *text_block(3, "b")[:2]],
    ]


def test_pieces_of_one_kind_wait_as_one_block() -> None:
    waiting = [said({"content": "a"}), said({"content": "b"}), said({"reasoning": "c"}), said({"reasoning": "d"})]

    told = tell(OPEN, *waiting, said({"content": "e"}), CLOSE, *CALLED)

    assert told.events == [
        message_start(),
        *TOOL,
        *text_block(1, "ab"),
        *thinking_block(2, "cd"),
        *text_block(3, "e"),
        *message_end("tool_use"),
    ]
    assert told.losses == [f"invented info thinking_unsigned {DELTA}.reasoning"]


def test_a_thought_that_waits_gets_its_signature() -> None:
    waiting = [said({"reasoning": "a"}), said({"reasoning": "b"}), detail("ab", signature="s"), detail("c")]

    told = tell(OPEN, *waiting, CLOSE, *CALLED)

    assert told.events == [
        message_start(),
        *TOOL,
        *thinking_block(1, "ab", signature="s"),
        *thinking_block(2, "c"),
        *message_end("tool_use"),
    ]
    assert told.losses == [f"invented info thinking_unsigned {DELTA}.reasoning_details"]


def test_the_last_of_what_waited_goes_on_live() -> None:
    events = tell_each(OPEN, WAITS, CLOSE, said({"content": "b"}))

    assert events[2:] == [[*TOOL[2:], *text_block(1, "a")[:2]], [text_block(1, "b")[1]]]


def test_a_call_without_name_holds_up_what_follows() -> None:
    nameless = said(call(0, "t1", None, '{"a":'))

    events = tell_each(nameless, said({"content": "b"}), CLOSE, said(call(0, None, "f")))

    assert events == [
        [message_start()],
        [],
        [],
        [*tool_block(0, "t1", "f", '{"a":1}'), *text_block(1, "b")[:2]],
    ]


def test_a_call_that_never_gets_its_name_is_left_out() -> None:
    told = tell(said(call(0, "t1", None, "{}")), WAITS, said(call(1, "t2", "g", "{}")), *CALLED)

    assert told.events == [
        message_start(),
        *text_block(0, "a"),
        *tool_block(1, "t2", "g", "{}"),
        *message_end("tool_use"),
    ]
    assert told.losses == [HELD]


def test_what_still_waits_at_the_end_is_written() -> None:
    second = said(call(1, "t2", "g", '{"b":'))

    told = tell(OPEN, second, WAITS, *CALLED)

    assert told.events == [
        message_start(),
        *UNFINISHED,
        *tool_block(1, "t2", "g", '{"b":'),
        *text_block(2, "a"),
        *message_end("tool_use"),
    ]
    assert told.losses == [INCOMPLETE]


def test_what_still_waits_when_the_stream_breaks_is_left_out() -> None:
    told = tell(OPEN, said(call(1, "t2", "g", "{}")), WAITS, end=b"")

    assert told.events == [message_start(), *UNFINISHED, failed_messages("the upstream's stream ended early")]
    assert told.losses == [HELD, INCOMPLETE]


def test_nothing_is_lost_where_nothing_waits_when_the_stream_breaks() -> None:
    told = tell(WAITS, end=b"")

    assert told.events == [message_start(), *text_block(0, "a"), failed_messages("the upstream's stream ended early")]
    assert told.losses == []


# -- what the waiting may cost ---------------------------------------------------------------------

LIMIT: Final = 2000
SMALL: Final = Options(max_event_bytes=LIMIT)
TOO_MUCH: Final = failed_messages("what waits for a tool call to end exceeds 2000 bytes")
REDACTED: Final[JsonObject] = {"thinking_blocks": [{"type": "redacted_thinking", "data": "x" * 100}]}


def of_size(size: int) -> list[JsonObject]:
    """Chunks whose texts take so many bytes."""
    return [said({"content": "x" * min(500, size - at)}) for at in range(0, size, 500)]


@pytest.mark.parametrize(
    "hundred",
    [
        of_size(100),
        [said({"content": "é" * 50})],
        [said({"reasoning": "x" * 100})],
        [detail("x" * 60, signature="s" * 40)],
        [said({"reasoning": "x" * 60}), detail(None, signature="s" * 40)],
        [said(REDACTED)],
        [said(call(1, "t2", "g", "x" * 60)), said(call(1, arguments="x" * 40))],
    ],
    ids=["text", "text of two bytes each", "thought", "signed thought", "signature", "redacted thought", "call"],
)
def test_what_waits_is_bounded(hundred: list[JsonObject]) -> None:
    stream = StreamTranscoder(source="chat", target="messages", options=SMALL)

    stream.feed(chat_body(OPEN, *hundred, *of_size(LIMIT - 100), end=b""))
    assert stream.error is None
    out = stream.feed(chat_body(said({"content": "x"}), end=b""))

    assert TOO_MUCH["error"]["message"].encode() in out
    assert stream.error is not None


def test_what_has_left_no_longer_counts() -> None:
    first, second = tool_block(0, "t1", "f"), said(call(1, "t2", "g", "{"))

    told = tell(OPEN, *of_size(LIMIT), CLOSE, second, *of_size(LIMIT), *CALLED, options=SMALL)

    assert first[0] in told.events
    assert told.events[-2:] == message_end("tool_use")
    assert told.error is None


@pytest.mark.parametrize(("length", "fits"), [(100, True), (101, False)])
def test_the_names_of_calls_are_bounded(length: int, fits: bool) -> None:
    """Something of each call is kept to the end."""
    calls = [said(call(at, f"{at:050}", "f" * 50, "{}")) for at in range(19)]

    told = tell(*calls, said(call(19, "x" * 50, "f" * (length - 50), "{}")), *CALLED, options=SMALL)

    assert (told.error is None) is fits
    if not fits:
        assert told.events[-1] == failed_messages("more than 10000 tool calls in one reply, or names too long to keep")


def test_the_number_of_calls_is_bounded() -> None:
    fragments = [fragment for at in range(10_000) for fragment in call(at, f"t{at}", "f", "{}")["tool_calls"]]
    stream = StreamTranscoder(source="chat", target="messages")

    stream.feed(chat_body(said({"tool_calls": fragments}), end=b""))
    assert stream.error is None
    out = stream.feed(chat_body(said(call(10_000, "more", "f", "{}")), end=b""))

    assert b"more than 10000 tool calls in one reply" in out


# -- thoughts --------------------------------------------------------------------------------------

BLANK: Final = said({"reasoning_content": "\n\n"})


@pytest.mark.parametrize(
    ("chunks", "blocks"),
    [
        ([BLANK], thinking_block(0, "\n\n")),
        ([said({"reasoning": "a"}), BLANK], thinking_block(0, "a", "\n\n")),
        ([detail("a", signature="s"), BLANK], thinking_block(0, "a", signature="s")),
        (
            [said({"reasoning": "a"}), detail("a", signature="s"), BLANK, said({"reasoning": "b"})],
            [*thinking_block(0, "a", signature="s"), *thinking_block(1, "b")],
        ),
        ([said({"reasoning": "a"}), detail("a"), BLANK], thinking_block(0, "a")),
        ([said(REDACTED), BLANK], block(0, REDACTED["thinking_blocks"][0])),
        (
            [detail("a", signature="s"), said({"reasoning": "b"}), BLANK],
            [*thinking_block(0, "a", signature="s"), *thinking_block(1, "b", "\n\n")],
        ),
    ],
)
def test_what_stands_between_two_thoughts_of_a_string_belongs_to_neither(
    chunks: list[JsonObject], blocks: list[JsonObject]
) -> None:
    """`to_chat_stream` and whole messages separate thoughts so."""
    told = tell(*chunks, *ENDED)

    assert told.events == [message_start(), *blocks, *message_end()]


def test_text_between_two_pieces_of_a_thought_ends_it() -> None:
    told = tell(detail("a"), said({"content": "b"}), detail("c", signature="s"), *ENDED)

    assert told.events == [
        message_start(),
        *thinking_block(0, "a"),
        *text_block(1, "b"),
        *thinking_block(2, "c", signature="s"),
        *message_end(),
    ]
    assert told.losses == [f"invented info thinking_unsigned {DELTA}.reasoning_details"]


# -- calls -----------------------------------------------------------------------------------------


def test_free_text_is_escaped_wherever_it_is_cut() -> None:
    pieces = [
        custom(0, id="t1", name="f", input='a"'),
        custom(0, input="\n"),
        custom(0, input=""),
        custom(0, input="é"),
    ]

    told = tell(*pieces, *CALLED)

    wrapped = tool_block(0, "t1", "f", '{"input":"', 'a\\"', "\\n", "é", '"}')
    assert told.events == [message_start(), *wrapped, *message_end("tool_use")]
    assert told.losses == []


def test_free_text_that_waits_is_escaped() -> None:
    told = tell(OPEN, custom(1, id="t2", name="g", input='a"'), custom(1, input="\n"), CLOSE, *CALLED)

    wrapped = tool_block(1, "t2", "g", '{"input":"', 'a\\"\\n', '"}')
    assert told.events == [message_start(), *TOOL, *wrapped, *message_end("tool_use")]
    assert told.losses == []


@pytest.mark.parametrize(
    ("arguments", "lost"),
    [("", []), (" \n", []), ("{}", []), ('{"a":', [INCOMPLETE]), ("1", [INCOMPLETE])],
)
def test_arguments_that_are_no_whole_object(arguments: str, lost: list[str]) -> None:
    told = tell(said(call(0, "t1", "f", arguments)), *CALLED)

    pieces = [arguments] if arguments else []
    assert told.events == [message_start(), *tool_block(0, "t1", "f", *pieces), *message_end("tool_use")]
    assert told.losses == lost


def test_a_strange_index_is_said_only_where_it_may_be_wrong() -> None:
    """It is more of the last call, unless that has come to its end."""
    known = tell(OPEN, said(call(7, arguments="1}")), *CALLED)
    ended = tell(OPEN, CLOSE, WAITS, said(call(7, arguments="2")), *CALLED)

    assert known.events == [message_start(), *TOOL, *message_end("tool_use")]
    assert known.losses == [f"approximated warning stream_protocol {DELTA}.tool_calls[0].index"]
    assert ended.events == [message_start(), *TOOL, *text_block(1, "a"), *message_end("tool_use")]
    assert ended.losses == [f"dropped warning stream_protocol {DELTA}.tool_calls[0]"]


def test_an_index_is_not_strange_where_an_id_or_nothing_else_tells_the_call() -> None:
    named = tell(OPEN, said(call(7, "t1", None, "1}")), *CALLED)
    first = tell(said(call(7, arguments='{"a":')), said(call(7, "t1", "f", "1}")), *CALLED)

    assert named.events == [message_start(), *TOOL, *message_end("tool_use")]
    assert named.losses == []
    assert first.events == [message_start(), *tool_block(0, "t1", "f", '{"a":1}'), *message_end("tool_use")]
    assert first.losses == []


def test_more_of_a_call_without_name_after_the_end_is_lost() -> None:
    nameless = said(call(0, "t1", None, "{"))

    told = tell(nameless, CALLED[0], said(call(0, None, "f", "}")), CALLED[1])

    assert told.events == [message_start(), *message_end()]
    assert told.losses == [HELD, f"dropped warning stream_protocol {DELTA}.tool_calls[0]"]


def test_a_call_without_index_is_the_last_one() -> None:
    told = tell(said(call(0, "t1", "f", "{}")), said(call(1, "t2", "g", "{")), said(call(None, arguments="}")), *CALLED)

    calls = [*tool_block(0, "t1", "f", "{}"), *tool_block(1, "t2", "g", "{", "}")]
    assert told.events == [message_start(), *calls, *message_end("tool_use")]
    assert told.losses == []


def test_a_call_without_id_gets_one_of_its_own() -> None:
    calls = [said(call(at, None, "f", "{}")) for at in range(2)]

    told = tell(*calls, *CALLED)
    others = [tell(*(each | {"id": name} for each in (*calls, *CALLED))) for name in ("r2", "\ud800")]

    starts = [event for each in (told, *others) for event in each.events if "content_block" in event]
    ids = [event["content_block"]["id"] for event in starts]
    assert len(set(ids)) == 6
    assert all(each.startswith("toolu_") for each in ids)
    assert told.losses == [f"invented info tool_id {DELTA}.tool_calls[0]"] * 2
