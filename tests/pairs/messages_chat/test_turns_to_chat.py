"""Turns on their way from Messages to Chat: who said what, and which results go behind which calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import Dialect, InvalidPayload, LossCode, Options, Unsupported
from llm_transcode.dialects import DIALECTS
from tests.pairs.messages_chat.conversions import Json, JsonObject, Outcome, to_chat
from tests.pitfalls.conversions import HI, assistant, call, custom, function, text, tool, tool_result, tool_use, user

COMPATIBLE = DIALECTS["compatible"]
TEXT_ONLY = replace(COMPATIBLE, content_parts=False)
"""Takes no lists of parts."""

IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
IMAGE_PART = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
THINKING = {"type": "thinking", "thinking": "hm", "signature": "s"}
REDACTED = {"type": "redacted_thinking", "data": "x"}
UNKNOWN = {"type": "of_tomorrow"}
INTERRUPTED = "[no result: the call was interrupted]"


def turns(*given: Json, **options: Json) -> Outcome:
    return to_chat({"messages": list(given)}, Options(**options))


def said(*messages: JsonObject) -> JsonObject:
    return {"messages": list(messages)}


def system(content: Json) -> JsonObject:
    return {"role": "system", "content": content}


def calls(*made: JsonObject, content: Json = None, **fields: Json) -> JsonObject:
    return {"role": "assistant", "content": content, **fields, "tool_calls": list(made)}


# -- lists of parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "sent"),
    [
        (user(text("a"), text("b")), user("a\n\nb")),
        (assistant(text("a"), text("b")), assistant("a\n\nb")),
        (system([text("a"), text("b")]), system("a\n\nb")),
        (user(text("a"), IMAGE), user(text("a"), IMAGE_PART)),
    ],
)
def test_a_backend_without_parts_gets_texts_as_one_string(turn: JsonObject, sent: JsonObject) -> None:
    assert turns(turn, HI, dialect=TEXT_ONLY) == (said(sent, HI), [])


def test_a_backend_without_parts_takes_no_cache_marks() -> None:
    dialect = replace(TEXT_ONLY, cache_marks="cache_control")

    assert turns(user(text("a", cache_control={"type": "ephemeral"}), text("b")), dialect=dialect) == (
        said(user("a\n\nb")),
        ["dropped info cache_control $.messages[0].content[0].cache_control"],
    )


@pytest.mark.parametrize(
    ("media", "content", "more"),
    [
        (False, "see\n\n[image 1 of tool result t1]", [user(text("[image 1 of tool result t1]"), IMAGE_PART)]),
        (True, [text("see"), IMAGE_PART], []),
    ],
)
def test_a_backend_without_parts_gets_results_as_one_string(media: bool, content: Json, more: list[JsonObject]) -> None:
    dialect = replace(TEXT_ONLY, tool_media=media)

    body, _ = turns(HI, assistant(tool_use()), user(tool_result(content=[text("see"), IMAGE])), dialect=dialect)

    assert body == said(HI, calls(call()), tool(content=content), *more)


def test_a_backend_without_parts_gets_a_result_without_call_as_one_string() -> None:
    body, _ = turns(user(tool_result("t1", "a"), text("b")), dialect=TEXT_ONLY)

    assert body == said(user("[result of tool call t1]\n\na\n\nb"))


# -- user turns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "sent", "losses"),
    [
        (user("a"), [user("a")], []),
        (user(""), [user("")], []),
        (user(text("a"), IMAGE), [user(text("a"), IMAGE_PART)], []),
        (user(), [], ["dropped info turn_empty $.messages[1]"]),
        (user(text("")), [], ["dropped info turn_empty $.messages[1].content[0]"]),
        (user(UNKNOWN), [], ["dropped warning unknown_block $.messages[1].content[0]"]),
        (
            user({"type": "compaction", "content": "They greeted."}, text("a")),
            [user(text("They greeted."), text("a"))],
            ["approximated warning compaction $.messages[1].content[0]"],
        ),
        ({**user("a"), "name": "Bo"}, [user("a")], ["dropped warning unknown_field $.messages[1].name"]),
    ],
)
def test_user_turns(turn: JsonObject, sent: list[JsonObject], losses: list[str]) -> None:
    assert turns(HI, turn) == (said(HI, *sent), losses)


def test_no_turns_are_no_messages() -> None:
    assert turns() == (said(), [])


ADDED = {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "f"}}
REMOVED = {"type": "tool_removal", "tool": {"type": "tool_reference", "name": "g"}}


@pytest.mark.parametrize("role", ["user", "assistant", "system"])
def test_changes_of_the_tools_are_no_part_of_what_a_turn_says(role: str) -> None:
    turn = {"role": role, "content": [ADDED, text("a"), REMOVED]}

    body, losses = to_chat({"messages": [HI, turn, HI], "tools": [custom("f"), custom("g")]})

    assert body == {"messages": [HI, {"role": role, "content": [text("a")]}, HI], "tools": [function("f")]}
    assert losses == [f"approximated info tool_change $.messages[1].content[{at}]" for at in (0, 2)]


@pytest.mark.parametrize(
    ("turn", "path"),
    [
        ("a", "$.messages[1]"),
        ({}, "$.messages[1].role"),
        ({"role": 1}, "$.messages[1]"),
        ({"role": "narrator", "content": "a"}, "$.messages[1].role"),
        ({"role": "user"}, "$.messages[1].content"),
        ({"role": "assistant"}, "$.messages[1].content"),
        (user("a") | {"content": None}, "$.messages[1].content"),
        (user({"type": "tool_result"}), "$.messages[1].content[0].tool_use_id"),
        (user({"type": "tool_result", "tool_use_id": 1}), "$.messages[1].content[0].tool_use_id"),
        (user(text("a"), {}), "$.messages[1].content[1].type"),
        (user(text("a")) | {"content": [text("a"), "b"]}, "$.messages[1].content[1]"),
        (assistant("a") | {"content": ["a"]}, "$.messages[1].content[0]"),
        (assistant({"type": "text"}), "$.messages[1].content[0].text"),
        (assistant({"type": "fallback"}), "$.messages[1].content[0].from"),
    ],
)
def test_what_is_malformed_is_named(turn: Json, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, turn)

    assert caught.value.path == path
    assert caught.value.reason


# -- results and their calls -----------------------------------------------------------------------------

TWO = assistant(tool_use("t1"), tool_use("t2"))
ONE_RESULT, OTHER_RESULT = tool_result("t1", "1"), tool_result("t2", "2")
ANSWERED = [calls(call("t1"), call("t2")), tool("t1", "1"), tool("t2", "2")]


@pytest.mark.parametrize(
    ("answers", "left", "losses"),
    [
        ([user(ONE_RESULT, OTHER_RESULT)], [], []),
        ([user(OTHER_RESULT, ONE_RESULT)], [], []),
        ([user(OTHER_RESULT), user(ONE_RESULT)], [], []),
        ([user(OTHER_RESULT), user("a"), user(ONE_RESULT, text("b"))], [user("a"), user(text("b"))], []),
        ([user("a"), user(ONE_RESULT), user("b"), user(OTHER_RESULT)], [user("a"), user("b")], []),
        ([system("Wait."), user(ONE_RESULT, OTHER_RESULT)], [system("Wait.")], []),
        ([user(ONE_RESULT, OTHER_RESULT), assistant("a"), HI], [assistant("a"), HI], []),
        ([user(ONE_RESULT, OTHER_RESULT), assistant("a")], [assistant("a")], ["prefill $.messages[3]"]),
        ([user(ONE_RESULT, OTHER_RESULT, text("a"))], [user(text("a"))], []),
        (
            [user(ONE_RESULT, text("a"), OTHER_RESULT)],
            [user(text("a"))],
            ["turn_order $.messages[2].content[2]"],
        ),
        (
            [user(text("a"), ONE_RESULT, text("b"), OTHER_RESULT)],
            [user(text("a"), text("b"))],
            ["turn_order $.messages[2].content[1]"],
        ),
        (
            [user(IMAGE, ONE_RESULT, OTHER_RESULT)],
            [user(IMAGE_PART)],
            ["turn_order $.messages[2].content[1]"],
        ),
    ],
)
def test_results_follow_their_calls_in_the_order_of_the_calls(
    answers: list[JsonObject], left: list[JsonObject], losses: list[str]
) -> None:
    levels = {"prefill": "approximated warning", "turn_order": "approximated info"}

    assert turns(HI, TWO, *answers) == (
        said(HI, *ANSWERED, *left),
        [f"{levels[loss.split()[0]]} {loss}" for loss in losses],
    )


def test_every_turn_with_calls_gets_its_own_results() -> None:
    again = [assistant(text("more"), tool_use("t3")), user(tool_result("t3", "3"))]

    assert turns(HI, TWO, user(ONE_RESULT, OTHER_RESULT), *again) == (
        said(HI, *ANSWERED, calls(call("t3"), content=[text("more")]), tool("t3", "3")),
        [],
    )


def test_twins_in_one_turn_are_answered_in_their_order() -> None:
    results = [tool_result("t1", "1"), tool_result("t1", "2")]

    assert turns(HI, assistant(tool_use("t1"), tool_use("t1")), user(results[0]), user(results[1])) == (
        said(HI, calls(call("t1"), call("t1_2")), tool("t1", "1"), tool("t1_2", "2")),
        ["approximated info tool_id $.messages[1].content[1].id"],
    )


def test_a_twin_in_a_later_turn_is_answered_there() -> None:
    once = [assistant(tool_use("t1")), user(tool_result("t1", "1"))]

    assert turns(HI, *once, assistant(tool_use("t1")), user(tool_result("t1", "2"))) == (
        said(HI, calls(call("t1")), tool("t1", "1"), calls(call("t1_2")), tool("t1_2", "2")),
        ["approximated info tool_id $.messages[3].content[0].id"],
    )


@pytest.mark.parametrize(
    ("answers", "left", "path"),
    [
        ([user(tool_result("t1", "1"), tool_result("t1", "2"))], [], "$.messages[2].content[1]"),
        ([user(tool_result("t1", "1")), user(tool_result("t1", "2"))], [], "$.messages[3].content[0]"),
        (
            [user(tool_result("t1", "1")), user(tool_result("t1"), text("a"))],
            [user(text("a"))],
            "$.messages[3].content[0]",
        ),
    ],
)
def test_the_first_of_several_results_counts(answers: list[JsonObject], left: list[JsonObject], path: str) -> None:
    assert turns(HI, assistant(tool_use()), *answers) == (
        said(HI, calls(call()), tool(content="1"), *left),
        [f"dropped warning tool_result_orphan {path}"],
    )


@pytest.mark.parametrize("options", [{}, {"unanswered_calls": "reject"}])
def test_a_second_result_is_checked_like_any_other(options: JsonObject) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, assistant(tool_use()), user(tool_result(), tool_result(content=1)), **options)

    assert caught.value.path == "$.messages[2].content[1].content"


@pytest.mark.parametrize("later", [[HI], [user()], [system("Go on.")], [assistant("a"), HI], [assistant(), HI]])
def test_a_call_without_result_gets_one_that_says_so(later: list[JsonObject]) -> None:
    alone, _ = turns(*later)
    body, losses = turns(HI, assistant(tool_use()), *later)

    assert body == said(HI, calls(call()), tool(content=INTERRUPTED), *alone["messages"])
    assert "invented warning tool_result_missing $.messages[1].content[0]" in losses


@pytest.mark.parametrize(
    ("result", "messages", "lost"),
    [
        (ONE_RESULT, [tool("t1", "1"), tool("t2", INTERRUPTED)], "$.messages[1].content[1]"),
        (OTHER_RESULT, [tool("t1", INTERRUPTED), tool("t2", "2")], "$.messages[1].content[0]"),
    ],
)
def test_of_several_calls_only_those_without_result_get_one(
    result: JsonObject, messages: list[JsonObject], lost: str
) -> None:
    assert turns(HI, TWO, user(result)) == (
        said(HI, calls(call("t1"), call("t2")), *messages),
        [f"invented warning tool_result_missing {lost}"],
    )


@pytest.mark.parametrize("answers", [[HI], [user(ONE_RESULT)], [user(OTHER_RESULT)]])
def test_calls_without_results_stay_so_on_demand(answers: list[JsonObject]) -> None:
    alone = [tool(block["tool_use_id"], block["content"]) for block in answers[0]["content"] if block in TWO_RESULTS]

    assert turns(HI, TWO, *answers, unanswered_calls="keep") == (
        said(HI, calls(call("t1"), call("t2")), *(alone or answers)),
        [],
    )


TWO_RESULTS = (ONE_RESULT, OTHER_RESULT)


def test_calls_at_the_end_have_no_results_yet() -> None:
    assert turns(HI, TWO, unanswered_calls="reject") == (
        said(HI, calls(call("t1"), call("t2"))),
        ["approximated warning prefill $.messages[1]"],
    )


@pytest.mark.parametrize(
    ("conversation", "path"),
    [
        ([HI, TWO, HI], "$.messages[1].content[0]"),
        ([HI, TWO, user(ONE_RESULT)], "$.messages[1].content[1]"),
        ([HI, TWO, user(OTHER_RESULT), assistant("a")], "$.messages[1].content[0]"),
        ([HI, user(text("a"), ONE_RESULT)], "$.messages[1].content[1]"),
    ],
)
def test_what_is_unanswered_is_rejected_on_demand(conversation: list[JsonObject], path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(*conversation, unanswered_calls="reject")

    assert caught.value.path == path
    assert caught.value.reason


@pytest.mark.parametrize(
    ("result", "parts", "losses"),
    [
        (tool_result("t1", "1"), [text("1")], []),
        (tool_result("t1", ""), [], []),
        (tool_result("t1", []), [], []),
        (tool_result("t1", [text("1"), text("2")]), [text("1"), text("2")], []),
        (
            tool_result("t1", "1", is_error=True),
            [text("[tool_error]\n1")],
            ["approximated info tool_error $.messages[1].content[0].is_error"],
        ),
        (
            tool_result("t1", "1", toolset_name="browser"),
            [text("1")],
            ["dropped info tool_caller $.messages[1].content[0].toolset_name"],
        ),
    ],
)
@pytest.mark.parametrize("unanswered", ["repair", "keep"])
def test_a_result_without_its_call_is_text(
    result: JsonObject, parts: list[JsonObject], losses: list[str], unanswered: str
) -> None:
    assert turns(HI, user(result, text("a")), unanswered_calls=unanswered) == (
        said(HI, user(text("[result of tool call t1]"), *parts, text("a"))),
        ["approximated warning tool_result_orphan $.messages[1].content[0]", *losses],
    )


@pytest.mark.parametrize(
    ("dialect", "parts", "losses"),
    [
        (
            "compatible",
            [text("a"), text("[image 1 of tool result t1]"), IMAGE_PART],
            ["approximated warning tool_media $.messages[0].content[0].content[1]"],
        ),
        ("vllm", [text("a"), IMAGE_PART], []),
    ],
)
def test_media_of_a_result_without_its_call_follow_its_text(
    dialect: str, parts: list[JsonObject], losses: list[str]
) -> None:
    assert turns(user(tool_result("t1", [text("a"), IMAGE]), text("b")), dialect=dialect) == (
        said(user(text("[result of tool call t1]"), *parts, text("b"))),
        ["approximated warning tool_result_orphan $.messages[0].content[0]", *losses],
    )


def test_a_result_behind_the_next_assistant_turn_has_lost_its_call() -> None:
    assert turns(HI, assistant(tool_use()), HI, assistant("a"), user(tool_result())) == (
        said(
            HI,
            calls(call()),
            tool(content=INTERRUPTED),
            HI,
            assistant("a"),
            user(text("[result of tool call t1]"), text("ok")),
        ),
        [
            "invented warning tool_result_missing $.messages[1].content[0]",
            "approximated warning tool_result_orphan $.messages[4].content[0]",
        ],
    )


def test_media_of_results_come_before_what_else_the_turn_says() -> None:
    results = [tool_result("t1", [IMAGE]), text("a"), tool_result("t2", [IMAGE, IMAGE])]
    labels = [text(f"[image {at} of tool result t{call}]") for at, call in ((1, 1), (1, 2), (2, 2))]

    assert turns(HI, TWO, user(*results)) == (
        said(
            HI,
            calls(call("t1"), call("t2")),
            tool("t1", labels[:1]),
            tool("t2", labels[1:]),
            user(labels[0], IMAGE_PART, labels[1], IMAGE_PART, labels[2], IMAGE_PART, text("a")),
        ),
        [
            "approximated warning tool_media $.messages[2].content[0].content[0]",
            "approximated warning tool_media $.messages[2].content[2].content[0]",
            "approximated warning tool_media $.messages[2].content[2].content[1]",
            "approximated info turn_order $.messages[2].content[2]",
        ],
    )


# -- assistant turns ---------------------------------------------------------------------------------------

FALLBACK = {"type": "fallback", "from": {"model": "a"}, "to": {"model": "b"}}
FOUND = {"type": "search_result", "source": "https://example.org", "title": "Sky", "content": [text("It is blue.")]}
SERVER = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}


@pytest.mark.parametrize(
    ("turn", "sent", "losses"),
    [
        (assistant("a"), [assistant("a")], []),
        (assistant(""), [assistant("")], []),
        (assistant(text("a"), text("b")), [assistant(text("a"), text("b"))], []),
        (assistant(), [], ["dropped info turn_empty $.messages[1]"]),
        (
            assistant(text("")),
            [],
            ["dropped info turn_empty $.messages[1].content[0]", "dropped info turn_empty $.messages[1]"],
        ),
        (
            assistant(THINKING),
            [],
            ["dropped info thinking $.messages[1].content[0]", "dropped info turn_empty $.messages[1]"],
        ),
        (
            assistant(FALLBACK, text("a")),
            [assistant(text("a"))],
            ["dropped info fallbacks $.messages[1].content[0]"],
        ),
        (
            assistant(text("a"), UNKNOWN),
            [assistant(text("a"))],
            ["dropped warning unknown_block $.messages[1].content[1]"],
        ),
        (
            assistant(SERVER, text("a")),
            [assistant(text("a"))],
            ["dropped warning server_block $.messages[1].content[0]"],
        ),
        (
            assistant(FOUND, text("a")),
            [assistant(text("Sky (https://example.org)\nIt is blue."), text("a"))],
            ["approximated info document_as_text $.messages[1].content[0]"],
        ),
        (
            assistant({"type": "compaction", "content": "They greeted."}),
            [assistant(text("They greeted."))],
            ["approximated warning compaction $.messages[1].content[0]"],
        ),
        ({**assistant("a"), "name": "Bo"}, [assistant("a")], ["dropped warning unknown_field $.messages[1].name"]),
    ],
)
def test_assistant_turns(turn: JsonObject, sent: list[JsonObject], losses: list[str]) -> None:
    assert turns(HI, turn, HI) == (said(HI, *sent, HI), losses)


@pytest.mark.parametrize(
    "block",
    [
        IMAGE,
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}},
        {"type": "container_upload", "file_id": "file_1"},
    ],
)
def test_media_of_an_assistant_turn_are_refused(block: JsonObject) -> None:
    with pytest.raises(Unsupported) as caught:
        turns(HI, assistant(text("a"), block), HI)

    assert caught.value.path == "$.messages[1].content[1]"
    assert turns(HI, assistant(text("a"), block), HI, downgrade={LossCode.MEDIA}) == (
        said(HI, assistant(text("a")), HI),
        ["dropped warning media $.messages[1].content[1]"],
    )


def test_text_behind_calls_goes_before_them() -> None:
    turn = assistant(text("a"), tool_use("t1"), text("b"), tool_use("t2"), text("c"))

    assert turns(HI, turn, user(ONE_RESULT, OTHER_RESULT)) == (
        said(HI, calls(call("t1"), call("t2"), content=[text("a"), text("b"), text("c")]), *ANSWERED[1:]),
        [f"approximated info turn_order $.messages[1].content[{at}]" for at in (2, 4)],
    )


@pytest.mark.parametrize(("null_content", "content"), [(True, None), (False, "")])
def test_calls_alone(null_content: bool, content: str | None) -> None:
    dialect = replace(COMPATIBLE, null_content=null_content)

    assert turns(HI, assistant(tool_use()), user(tool_result()), dialect=dialect) == (
        said(HI, calls(call(), content=content), tool()),
        [],
    )


@pytest.mark.parametrize("null_content", [True, False])
def test_thinking_alone_has_empty_text_beside_it(null_content: bool) -> None:
    dialect = replace(COMPATIBLE, reasoning_slot="thinking_blocks", null_content=null_content)

    assert turns(HI, assistant(THINKING), HI, dialect=dialect) == (
        said(HI, assistant("", thinking_blocks=[THINKING]), HI),
        [],
    )


def test_thinking_of_which_nothing_can_be_said_leaves_no_turn() -> None:
    dialect = replace(COMPATIBLE, reasoning_slot="reasoning_content")

    assert turns(HI, assistant(REDACTED), HI, dialect=dialect) == (
        said(HI, HI),
        ["dropped info thinking $.messages[1].content[0]", "dropped info turn_empty $.messages[1]"],
    )


REQUIRING = replace(COMPATIBLE, reasoning_required=True)


@pytest.mark.parametrize(
    ("dialect", "fields"),
    [
        (COMPATIBLE, {}),
        (replace(COMPATIBLE, reasoning_slot="reasoning"), {}),
        (REQUIRING, {"reasoning_content": ""}),
        (replace(REQUIRING, reasoning_slot="reasoning"), {"reasoning": ""}),
    ],
)
def test_calls_have_empty_reasoning_where_some_is_required(dialect: Dialect, fields: JsonObject) -> None:
    assert turns(HI, assistant(tool_use()), user(tool_result()), assistant("a"), HI, dialect=dialect) == (
        said(HI, calls(call(), **fields), tool(), assistant("a"), HI),
        [],
    )


def test_calls_keep_the_reasoning_that_they_have() -> None:
    dialect = replace(REQUIRING, reasoning_slot="thinking_blocks")

    assert turns(HI, assistant(THINKING, tool_use()), user(tool_result()), dialect=dialect) == (
        said(HI, calls(call(), thinking_blocks=[THINKING]), tool()),
        [],
    )


def test_no_reasoning_is_required_of_turns_without_calls() -> None:
    assert turns(HI, assistant(text("a")), HI, dialect=REQUIRING) == (said(HI, assistant(text("a")), HI), [])
