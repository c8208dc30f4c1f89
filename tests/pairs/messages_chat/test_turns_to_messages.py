"""Turns on their way from Chat to Messages: who said what, and where the results of calls go."""

from __future__ import annotations

import pytest

from llm_transcode import InvalidPayload, LossCode, Options, Unsupported
from tests.pairs.messages_chat.conversions import Json, JsonObject, Outcome, to_messages
from tests.pitfalls.conversions import CLAUDE, HI, assistant, call, text, tool, tool_result, tool_use, user

NEWER = "claude-opus-5"
"""Takes system turns between the others."""

MARK = {"type": "ephemeral"}
MARKED: JsonObject = {"cache_control": MARK}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
IMAGE_PART = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
UNKNOWN = {"type": "of_tomorrow"}
INTERRUPTED = "[no result: the call was interrupted]"


def turns(*given: Json, model: str = CLAUDE, **options: Json) -> Outcome:
    return to_messages({"model": model, "messages": list(given)}, Options(**options))


def said(*messages: JsonObject, **fields: Json) -> JsonObject:
    return {"messages": list(messages), **fields}


def system(content: Json, role: str = "system", **fields: Json) -> JsonObject:
    return {"role": role, "content": content, **fields}


def calls(*made: JsonObject, content: Json = None, **fields: Json) -> JsonObject:
    return {"role": "assistant", "content": content, "tool_calls": list(made), **fields}


def named(name: str = "f", content: str = "ok") -> JsonObject:
    """The deprecated answer, which knows its call by name only."""
    return {"role": "function", "name": name, "content": content}


def missing(call_id: str) -> JsonObject:
    return tool_result(call_id, INTERRUPTED, is_error=True)


# -- leading system messages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leading", "fields", "losses"),
    [
        ([], {}, []),
        ([system("a")], {"system": "a"}, []),
        ([system("a", "developer")], {"system": "a"}, []),
        ([system([text("a")])], {"system": [text("a")]}, []),
        ([system([text("a"), IMAGE_PART])], {"system": [text("a"), IMAGE]}, []),
        ([system("a"), system("b")], {"system": [text("a"), text("b")]}, []),
        ([system("a"), system([text("b"), text("c")], "developer")], {"system": [text(word) for word in "abc"]}, []),
        ([system("")], {}, []),
        ([system(" \n")], {}, []),
        ([system([])], {}, []),
        ([system(""), system("b")], {"system": [text("b")]}, []),
        ([system([text(" ")])], {}, ["dropped info turn_empty $.messages[0].content[0]"]),
        ([system("a", name="Bo")], {"system": "a"}, ["dropped warning turn_name $.messages[0].name"]),
        ([system("a", "developer", name="Bo")], {"system": "a"}, ["dropped warning turn_name $.messages[0].name"]),
        ([system("a", of_tomorrow=1)], {"system": "a"}, ["dropped warning unknown_field $.messages[0].of_tomorrow"]),
        ([system("a", **MARKED)], {"system": [text("a", **MARKED)]}, []),
        ([system("", **MARKED)], {}, []),
        ([system([text("a"), text("b")], **MARKED)], {"system": [text("a"), text("b", **MARKED)]}, []),
        ([system([text("a", **MARKED), text("b")])], {"system": [text("a", **MARKED), text("b")]}, []),
    ],
)
def test_leading_system_messages_are_the_system_prompt(
    leading: list[JsonObject], fields: JsonObject, losses: list[str]
) -> None:
    assert turns(*leading, HI) == (said(HI, **fields), losses)


@pytest.mark.parametrize(
    ("alone", "content", "losses"),
    [
        ([system("a")], "a", []),
        ([system("a"), system("b", "developer")], [text("a"), text("b")], []),
        ([system("a"), user("")], "a", ["dropped info turn_empty $.messages[1]"]),
    ],
)
def test_a_system_prompt_alone_is_a_user_turn(alone: list[JsonObject], content: Json, losses: list[str]) -> None:
    sent = [f"approximated warning mid_system $.messages[{at}]" for at, turn in enumerate(alone) if turn["content"]]

    assert turns(*alone) == (said({"role": "user", "content": content}), [*losses, *sent])


@pytest.mark.parametrize("nothing", [[], [system("")], [user("")], [system(" "), user([]), assistant(" ")]])
def test_a_conversation_must_say_something(nothing: list[JsonObject]) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(*nothing)

    assert caught.value.path == "$.messages"
    assert caught.value.reason


# -- system messages between the others ------------------------------------------------------------------


def as_text(content: str) -> JsonObject:
    return text(f"<system>\n{content}\n</system>")


@pytest.mark.parametrize(
    ("model", "mode", "native"),
    [
        (NEWER, "auto", True),
        (NEWER, "native", True),
        (NEWER, "text", False),
        (CLAUDE, "auto", False),
        (CLAUDE, "native", True),
        (CLAUDE, "text", False),
    ],
)
@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_system_message_behind_a_user_turn(model: str, mode: str, native: bool, role: str) -> None:
    outcome = turns(HI, system("a", role), assistant("b"), HI, model=model, mid_system=mode)

    if native:
        assert outcome == (said(HI, system("a"), assistant("b"), HI), [])
    else:
        text_of_user = user(text("hi"), as_text("a"))
        assert outcome == (
            said(text_of_user, assistant("b"), HI),
            ["approximated warning mid_system $.messages[1]"],
        )


@pytest.mark.parametrize(("mode", "native"), [("auto", False), ("native", True), ("text", False)])
def test_a_system_message_behind_an_assistant_turn(mode: str, native: bool) -> None:
    body, losses = turns(HI, assistant("b"), system("a"), HI, model=NEWER, mid_system=mode)

    last = [system("a"), HI] if native else [user(as_text("a"), text("hi"))]
    assert body == said(HI, assistant("b"), *last)
    assert losses == ([] if native else ["approximated warning mid_system $.messages[2]"])


def test_a_system_message_behind_nothing_that_was_said_is_text() -> None:
    assert turns(user(""), system("a"), HI, model=NEWER) == (
        said(user(as_text("a"), text("hi"))),
        ["dropped info turn_empty $.messages[0]", "approximated warning mid_system $.messages[1]"],
    )


@pytest.mark.parametrize(
    ("content", "losses"),
    [("", []), (" ", []), ([], []), ([text("")], ["dropped info turn_empty $.messages[1].content[0]"])],
)
def test_a_system_message_without_content_is_left_out(content: Json, losses: list[str]) -> None:
    assert turns(HI, system(content)) == (said(HI), [*losses, "dropped info turn_empty $.messages[1]"])


def test_parts_of_a_system_message_are_labelled_one_by_one() -> None:
    body, _ = turns(HI, system([text("a", **MARKED), IMAGE_PART, text("b")]))

    assert body == said(user(text("hi"), {**as_text("a"), **MARKED}, IMAGE, as_text("b")))


# -- user turns --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "content", "losses"),
    [
        (user("a"), "a", []),
        (user(" a "), " a ", []),
        (user(text("a"), IMAGE_PART), [text("a"), IMAGE], []),
        (user(text(" "), text("a")), [text("a")], ["dropped info turn_empty $.messages[1].content[0]"]),
        (user(UNKNOWN, text("a")), [text("a")], ["dropped warning unknown_block $.messages[1].content[0]"]),
        ({**user("a"), "name": "Bo"}, "a", ["dropped warning turn_name $.messages[1].name"]),
        ({**user("a"), "of_tomorrow": 1}, "a", ["dropped warning unknown_field $.messages[1].of_tomorrow"]),
        ({**user("a"), **MARKED}, [text("a", **MARKED)], []),
        ({**user(text("a"), text("b")), **MARKED}, [text("a"), text("b", **MARKED)], []),
    ],
)
def test_user_turns(turn: JsonObject, content: Json, losses: list[str]) -> None:
    assert turns(assistant("b"), turn) == (said(assistant("b"), {"role": "user", "content": content}), losses)


@pytest.mark.parametrize("content", ["", " ", None, []])
@pytest.mark.parametrize("role", ["user", "assistant"])
def test_a_turn_that_says_nothing_is_left_out(role: str, content: Json) -> None:
    turn = {"role": role, "content": content}

    assert turns(HI, turn, HI) == (said(user(text("hi"), text("hi"))), ["dropped info turn_empty $.messages[1]"])


def test_neighbours_of_one_role_are_one_turn_of_blocks() -> None:
    body, losses = turns(user("a"), user(text("b")), user("c"), assistant(text("d")), assistant("e"), HI)

    assert body == said(user(text("a"), text("b"), text("c")), assistant(text("d"), text("e")), HI)
    assert losses == []


@pytest.mark.parametrize(
    ("turn", "path"),
    [
        ("a", ""),
        ({}, ".role"),
        ({"role": 1}, ""),
        ({"role": "narrator", "content": "a"}, ".role"),
        ({"role": "user"}, ".content"),
        ({"role": "user", "content": 1}, ".content"),
        ({"role": "user", "content": ["a"]}, ".content[0]"),
        (user(text("a"), {"type": "text"}), ".content[1].text"),
        ({"role": "system", "content": None}, ".content"),
        ({"role": "developer"}, ".content"),
        ({"role": "assistant", "content": 1}, ".content"),
        ({"role": "assistant", "content": ["a"]}, ".content[0]"),
        ({"role": "assistant", "tool_calls": {}}, ".tool_calls"),
        ({"role": "assistant", "function_call": {}}, ".function_call.name"),
        ({"role": "tool", "content": "a"}, ".tool_call_id"),
        ({"role": "tool", "content": "a", "tool_call_id": 1}, ".tool_call_id"),
        ({"role": "function", "content": "a"}, ".name"),
        ({"role": "function", "content": "a", "name": 1}, ".name"),
    ],
)
@pytest.mark.parametrize("before", [HI, calls(call())])
def test_what_is_malformed_is_named(before: JsonObject, turn: Json, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(before, turn)

    assert caught.value.path == f"$.messages[1]{path}"
    assert caught.value.reason


def test_an_unknown_role_is_told_which_are_known() -> None:
    with pytest.raises(InvalidPayload, match=r"'system', 'user', 'assistant', .*, got 'narrator'"):
        turns(HI, {"role": "narrator", "content": "a"})


# -- assistant turns -----------------------------------------------------------------------------------------

THINKING = {"type": "thinking", "thinking": "hm", "signature": "s"}
AUDIO = {"audio": {"id": "audio_1"}}
HERE = "$.messages[1]"


@pytest.mark.parametrize(
    ("turn", "content", "losses"),
    [
        (assistant("a"), "a", []),
        (assistant(" a "), " a ", []),
        (assistant(text("a")), [text("a")], []),
        (assistant(text("a"), UNKNOWN), [text("a")], [f"dropped warning unknown_block {HERE}.content[1]"]),
        (assistant("a", prefix=True), "a", []),
        (assistant("a", refusal=None, audio=None, tool_calls=None, function_call=None), "a", []),
        (assistant("a", name="Bo"), "a", [f"dropped warning turn_name {HERE}.name"]),
        (assistant("a", annotations=[]), "a", [f"dropped info annotations {HERE}.annotations"]),
        (assistant("a", reasoning_opaque="x"), "a", [f"dropped info thinking {HERE}.reasoning_opaque"]),
        (assistant("a", extra_content={}), "a", [f"dropped info vendor_field {HERE}.extra_content"]),
        (
            assistant("a", provider_specific_fields={}),
            "a",
            [f"dropped info vendor_field {HERE}.provider_specific_fields"],
        ),
        (assistant("a", of_tomorrow=1), "a", [f"dropped warning unknown_field {HERE}.of_tomorrow"]),
        (assistant(None, refusal="no"), [text("no")], [f"approximated info refusal {HERE}.refusal"]),
        (assistant("a", refusal="no"), [text("a"), text("no")], [f"approximated info refusal {HERE}.refusal"]),
        (assistant("a", refusal=""), "a", []),
        (
            assistant(" ", refusal="no"),
            [text("no")],
            [f"approximated info refusal {HERE}.refusal", f"dropped info turn_empty {HERE}.content"],
        ),
        (assistant("a", **AUDIO), "a", [f"dropped warning audio {HERE}.audio"]),
        (
            assistant(None, refusal="no", **AUDIO),
            [text("no")],
            [f"approximated info refusal {HERE}.refusal", f"dropped warning audio {HERE}.audio"],
        ),
        (assistant("a", **MARKED), [text("a", **MARKED)], []),
        (assistant(text("a"), text("b"), **MARKED), [text("a"), text("b", **MARKED)], []),
        (assistant("a", thinking_blocks=[THINKING]), [THINKING, text("a")], []),
        (assistant(None, thinking_blocks=[THINKING]), [THINKING], []),
        (assistant("a", thinking_blocks=[THINKING], **MARKED), [THINKING, text("a", **MARKED)], []),
        (
            assistant(None, thinking_blocks=[THINKING], **MARKED),
            [THINKING],
            [f"dropped info cache_control {HERE}.cache_control"],
        ),
        (
            assistant("a", reasoning_content="hm"),
            "a",
            [f"dropped info thinking_unsigned {HERE}.reasoning_content"],
        ),
        (
            assistant({"type": "thinking", "thinking": "hm"}, text("a")),
            [text("a")],
            [f"dropped info thinking_unsigned {HERE}.content[0]"],
        ),
    ],
)
def test_assistant_turns(turn: JsonObject, content: Json, losses: list[str]) -> None:
    assert turns(HI, turn, HI) == (said(HI, {"role": "assistant", "content": content}, HI), losses)


def test_an_assistant_turn_needs_no_content() -> None:
    assert turns(HI, {"role": "assistant", "refusal": "no"}, HI).body == said(HI, assistant(text("no")), HI)


@pytest.mark.parametrize(
    ("turn", "blocks"),
    [
        (assistant("a", reasoning_content="hm"), [text("hm"), text("a")]),
        (assistant({"type": "thinking", "thinking": "hm"}, text("a")), [text("hm"), text("a")]),
        (assistant(None, reasoning_content="hm"), [text("hm")]),
    ],
)
def test_thinking_without_signature_is_text_on_demand(turn: JsonObject, blocks: list[JsonObject]) -> None:
    assert turns(HI, turn, HI, unsigned_thinking="text").body == said(HI, assistant(*blocks), HI)


def test_a_turn_that_was_only_spoken_is_refused() -> None:
    with pytest.raises(Unsupported) as caught:
        turns(HI, assistant(None, **AUDIO), HI)

    assert caught.value.path == f"{HERE}.audio"
    assert turns(HI, assistant(None, **AUDIO), user("a"), downgrade={LossCode.AUDIO}) == (
        said(user(text("hi"), text("a"))),
        [f"dropped warning audio {HERE}.audio", f"dropped info turn_empty {HERE}"],
    )


# -- calls and their results ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "blocks", "losses"),
    [
        (calls(call()), [tool_use()], []),
        (calls(call(), content=""), [tool_use()], []),
        (calls(call(), content="a"), [text("a"), tool_use()], []),
        (calls(call(), content=[text("a")]), [text("a"), tool_use()], []),
        (calls(call(), content=" "), [tool_use()], [f"dropped info turn_empty {HERE}.content"]),
        (calls(call(), **AUDIO), [tool_use()], [f"dropped warning audio {HERE}.audio"]),
        (calls(call(), **MARKED), [tool_use() | MARKED], []),
        (calls(call(), thinking_blocks=[THINKING]), [THINKING, tool_use()], []),
        (
            calls(call(), function_call={"name": "g", "arguments": "{}"}),
            [tool_use()],
            ["dropped warning legacy_function $.messages[1].function_call"],
        ),
        (calls(call(), content=[tool_use(a=1)]), [tool_use(a=1)], []),
        (calls(call("t2"), call(), content=[tool_use()]), [tool_use(), tool_use("t2")], []),
        (
            calls({"type": "of_tomorrow"}, call()),
            [tool_use()],
            [f"dropped warning unknown_block {HERE}.tool_calls[0]"],
        ),
    ],
)
def test_calls_stand_behind_what_a_turn_says(turn: JsonObject, blocks: list[JsonObject], losses: list[str]) -> None:
    made = [block["id"] for block in blocks if block["type"] == "tool_use"]

    assert turns(HI, turn, *(tool(call_id) for call_id in made)) == (
        said(HI, assistant(*blocks), user(*(tool_result(call_id) for call_id in made))),
        losses,
    )


TWO = calls(call("t1"), call("t2"))
ONE, OTHER = tool("t1", "1"), tool("t2", "2")
RESULTS = [tool_result("t1", "1"), tool_result("t2", "2")]


@pytest.mark.parametrize(
    ("answers", "more", "losses"),
    [
        ([ONE, OTHER], [], []),
        ([OTHER, ONE], [], []),
        ([ONE, user("a"), OTHER, user("b")], [text("a"), text("b")], []),
        ([user("a"), OTHER, ONE], [text("a")], []),
        ([system("a"), ONE, OTHER], [as_text("a")], ["approximated warning mid_system $.messages[2]"]),
        (
            [ONE, OTHER, tool("t1", "3")],
            [text("[result of tool call t1]"), text("3")],
            ["approximated warning tool_result_orphan $.messages[4]"],
        ),
        (
            [ONE, tool("", "3"), OTHER],
            [text("[result of tool call ]"), text("3")],
            ["approximated warning tool_result_orphan $.messages[3]"],
        ),
    ],
)
def test_results_come_first_in_the_order_of_the_calls(
    answers: list[JsonObject], more: list[JsonObject], losses: list[str]
) -> None:
    assert turns(HI, TWO, *answers) == (
        said(HI, assistant(tool_use("t1"), tool_use("t2")), user(*RESULTS, *more)),
        losses,
    )


def test_every_turn_with_calls_gets_its_own_results() -> None:
    body, losses = turns(HI, calls(call("t1")), ONE, calls(call("t2")), OTHER, assistant("a"), HI)

    first, second = ([assistant(tool_use(result["tool_use_id"])), user(result)] for result in RESULTS)
    assert (body, losses) == (said(HI, *first, *second, assistant("a"), HI), [])


def test_twins_are_answered_in_their_order() -> None:
    assert turns(HI, calls(call(), call()), tool("t1", "1"), tool("t1", "2")) == (
        said(HI, assistant(tool_use(), tool_use("t1_2")), user(tool_result("t1", "1"), tool_result("t1_2", "2"))),
        ["approximated info tool_id $.messages[1].tool_calls[1].id"],
    )


NAMELESS = {"type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("answers", "contents"),
    [
        ([tool("", "1"), tool("t1", "2"), tool("x", "3")], ["1", "2", "3"]),
        ([tool("t1", "2"), tool("a", "1"), tool("b", "3")], ["1", "2", "3"]),
        ([named(content="1"), named(content="2"), named(content="3")], ["1", "2", "3"]),
        ([tool("t1", "2"), named(content="1"), tool("", "3")], ["1", "2", "3"]),
        ([named(content="1"), tool("", "3"), tool("t1", "2")], ["1", "2", "3"]),
    ],
)
def test_calls_without_id_are_answered_in_their_order(answers: list[JsonObject], contents: list[str]) -> None:
    body, _ = turns(HI, calls(NAMELESS, call(), NAMELESS), *answers)

    ids = ["call_1_0", "t1", "call_1_2"]
    results = [tool_result(call_id, content) for call_id, content in zip(ids, contents, strict=True)]
    assert body == said(HI, assistant(*map(tool_use, ids)), user(*results))


def test_results_by_name_find_the_next_call_that_waits() -> None:
    made = [
        call("t1"),
        call("t2", "g"),
        call("t3"),
        {"id": "t4", "type": "custom", "custom": {"name": "h", "input": ""}},
    ]
    answers = [tool("t1", "1"), named("h", "4"), named("g", "2"), named("f", "3")]

    assert turns(HI, calls(*made), *answers) == (
        said(
            HI,
            assistant(tool_use("t1"), tool_use("t2", "g"), tool_use("t3"), tool_use("t4", "h", input="")),
            user(*(tool_result(f"t{at}", str(at)) for at in range(1, 5))),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("answer", "name", "said_in_it"),
    [
        (named("g"), "g", [text("ok")]),
        (tool("t9"), "t9", [text("ok")]),
        (tool("t9", ""), "t9", []),
        (tool("t9", " "), "t9", []),
        (tool("t9", None), "t9", []),
        (tool("t9", [text("a"), IMAGE_PART]), "t9", [text("a"), IMAGE]),
        (tool("t9", "[tool_error]\nboom"), "t9", [text("[tool_error]"), text("boom")]),
        (tool("t9", "[tool_error]"), "t9", [text("[tool_error]")]),
        ({**tool("t9"), **MARKED}, "t9", [text("ok", **MARKED)]),
    ],
)
@pytest.mark.parametrize("unanswered", ["repair", "keep"])
def test_a_result_without_its_call_is_text(
    answer: JsonObject, name: str, said_in_it: list[JsonObject], unanswered: str
) -> None:
    assert turns(HI, calls(call()), tool(), answer, user("a"), unanswered_calls=unanswered) == (
        said(
            HI,
            assistant(tool_use()),
            user(tool_result(), text(f"[result of tool call {name}]"), *said_in_it, text("a")),
        ),
        ["approximated warning tool_result_orphan $.messages[3]"],
    )


def test_a_result_behind_the_next_assistant_turn_has_lost_its_call() -> None:
    assert turns(HI, calls(call()), HI, assistant("a"), tool()) == (
        said(
            HI,
            assistant(tool_use()),
            user(missing("t1"), text("hi")),
            assistant("a"),
            user(text("[result of tool call t1]"), text("ok")),
        ),
        [
            "invented warning tool_result_missing $.messages[1].tool_calls[0]",
            "approximated warning tool_result_orphan $.messages[4]",
        ],
    )


@pytest.mark.parametrize("later", [[user("a")], [user("")], [assistant("a"), HI]])
def test_a_call_without_result_gets_one_that_says_so(later: list[JsonObject]) -> None:
    body, losses = turns(HI, TWO, OTHER, *later)

    first = body["messages"][2]["content"][:2]
    assert first == [missing("t1"), RESULTS[1]]
    assert [loss for loss in losses if "turn_empty" not in loss] == [
        "invented warning tool_result_missing $.messages[1].tool_calls[0]"
    ]


@pytest.mark.parametrize(
    ("answers", "sent"),
    [([HI], [HI]), ([ONE], [user(RESULTS[0])]), ([OTHER, user("a")], [user(RESULTS[1], text("a"))])],
)
def test_calls_without_results_stay_so_on_demand(answers: list[JsonObject], sent: list[JsonObject]) -> None:
    assert turns(HI, TWO, *answers, unanswered_calls="keep") == (
        said(HI, assistant(tool_use("t1"), tool_use("t2")), *sent),
        [],
    )


def test_calls_at_the_end_have_no_results_yet() -> None:
    assert turns(HI, TWO, unanswered_calls="reject") == (
        said(HI, assistant(tool_use("t1"), tool_use("t2"))),
        ["approximated warning prefill $.messages[1]"],
    )


@pytest.mark.parametrize(
    ("conversation", "path"),
    [
        ([TWO, HI], "$.messages[1].tool_calls[0]"),
        ([TWO, ONE], "$.messages[1].tool_calls[1]"),
        ([calls(call()), tool(), tool("t9")], "$.messages[3]"),
        ([tool()], "$.messages[1]"),
        ([named()], "$.messages[1]"),
        ([assistant(text("a"), tool_use()), HI], "$.messages[1].content"),
        ([assistant(None, function_call={"name": "f"}), HI], "$.messages[1].function_call"),
    ],
)
def test_what_is_unanswered_is_rejected_on_demand(conversation: list[JsonObject], path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, *conversation, unanswered_calls="reject")

    assert caught.value.path == path
    assert caught.value.reason


# -- clients that mix both protocols -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "content"),
    [
        ([user(text("a"), tool_result())], [tool_result(), text("a")]),
        ([tool(), user("a")], [tool_result(), text("a")]),
        ([named(), user("a")], [tool_result(), text("a")]),
    ],
)
@pytest.mark.parametrize("turn", [assistant(tool_use()), calls(call()), calls(call(), content=[tool_use()])])
def test_blocks_of_messages_are_honoured(
    turn: JsonObject, answers: list[JsonObject], content: list[JsonObject]
) -> None:
    assert turns(HI, turn, *answers, unanswered_calls="reject") == (
        said(HI, assistant(tool_use()), user(*content)),
        [],
    )


def test_a_block_answers_its_own_call_only() -> None:
    answers = [user(text("a"), RESULTS[1], {"type": "text", "text": "b", "tool_use_id": "t1"})]

    assert turns(HI, TWO, *answers) == (
        said(HI, assistant(tool_use("t1"), tool_use("t2")), user(missing("t1"), RESULTS[1], text("a"), text("b"))),
        [
            "invented warning tool_result_missing $.messages[1].tool_calls[0]",
            "dropped warning unknown_field $.messages[2].content[2].tool_use_id",
        ],
    )


def test_a_malformed_block_answers_nothing() -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, calls(call()), user(tool_result() | {"tool_use_id": 1}), unanswered_calls="keep")

    assert caught.value.path == "$.messages[2].content[0].tool_use_id"
