"""The system prompt and system turns on their way from Messages to Chat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import InvalidPayload, LossCode, Options, Unsupported
from llm_transcode.dialects import DIALECTS
from tests.pairs.messages_chat.conversions import Json, JsonObject, Outcome, to_chat
from tests.pitfalls.conversions import HI, assistant, call, custom, function, text, tool, tool_result, tool_use, user

COMPATIBLE = DIALECTS["compatible"]
TEXT_ONLY = replace(COMPATIBLE, content_parts=False)
"""Takes no lists of parts."""

STRICT = replace(COMPATIBLE, mid_system=False)
"""Takes no system turns between the others."""

BILLING = "x-anthropic-billing-header: cc_version=2.1;"
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
IMAGE_PART = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
UNKNOWN = {"type": "of_tomorrow"}


def turns(*given: Json, **options: Json) -> Outcome:
    return to_chat({"messages": list(given)}, Options(**options))


def said(*messages: JsonObject) -> JsonObject:
    return {"messages": list(messages)}


def system(content: Json = None, **fields: Json) -> JsonObject:
    turn: JsonObject = {"role": "system", **fields}
    return turn if content is None else {**turn, "content": content}


# -- the system prompt -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "first", "losses"),
    [
        (None, [], []),
        ("", [], []),
        ([], [], []),
        ("Be kind.", [system("Be kind.")], []),
        ([text("a"), text("b")], [system([text("a"), text("b")])], []),
        ([IMAGE], [system([IMAGE_PART])], []),
        ([text("")], [], ["dropped info turn_empty $.system[0]"]),
        ([text("a"), UNKNOWN], [system([text("a")])], ["dropped warning unknown_block $.system[1]"]),
    ],
)
def test_the_system_prompt_is_the_first_message(prompt: Json, first: list[JsonObject], losses: list[str]) -> None:
    assert to_chat({"system": prompt, "messages": [HI]}) == (said(*first, HI), losses)


@pytest.mark.parametrize(
    ("prompt", "left", "path"),
    [
        (BILLING, [], "$.system"),
        (f"{BILLING}\n", [], "$.system"),
        (f"{BILLING}\n\nBe kind.\nBe brief.", [system("Be kind.\nBe brief.")], "$.system"),
        (f"{BILLING}\n\n  Be kind.", [system("  Be kind.")], "$.system"),
        (f"{BILLING}\nX marks the spot.", [system("X marks the spot.")], "$.system"),
        ([text(BILLING)], [], "$.system[0]"),
        ([text("a"), text(f"{BILLING}\nb"), text("c")], [system([text("a"), text("c")])], "$.system[1]"),
    ],
)
def test_the_billing_line_is_left_out(prompt: Json, left: list[JsonObject], path: str) -> None:
    assert to_chat({"system": prompt, "messages": [HI]}) == (said(*left, HI), [f"dropped info billing_line {path}"])


@pytest.mark.parametrize("prompt", [BILLING, f"{BILLING}\nBe kind.", [text(BILLING), text("Be kind.")]])
def test_the_billing_line_stays_on_demand(prompt: Json) -> None:
    options = Options(strip_billing_line=False)

    assert to_chat({"system": prompt, "messages": [HI]}, options) == (said(system(prompt), HI), [])


def test_only_a_text_that_begins_so_is_a_billing_line() -> None:
    prompt = [text(f" {BILLING}"), {**UNKNOWN, "text": BILLING}]

    assert to_chat({"system": prompt, "messages": [HI]}) == (
        said(system([text(f" {BILLING}")]), HI),
        ["dropped warning unknown_block $.system[1]"],
    )


@pytest.mark.parametrize(
    ("block", "path"),
    [("a", "$.system[0]"), ({"type": "text", "text": 1}, "$.system[0].text"), ({}, "$.system[0].type")],
)
def test_a_malformed_block_of_the_system_prompt(block: Json, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        to_chat({"system": [block]})

    assert caught.value.path == path


def test_a_backend_without_parts_gets_the_system_prompt_as_one_string() -> None:
    prompt = [text("a"), text("b")]

    assert to_chat({"system": prompt, "messages": [HI]}, Options(dialect=TEXT_ONLY)) == (said(system("a\n\nb"), HI), [])


# -- system turns --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "sent", "losses"),
    [
        (system("a"), [system("a")], []),
        (system([text("a"), text("b")]), [system([text("a"), text("b")])], []),
        (system(), [], []),
        (system(""), [], []),
        (system([]), [], []),
        (system([text("")]), [], ["dropped info turn_empty $.messages[1].content[0]"]),
        (system("a", clear_at="never"), [system("a")], []),
        (system("a", clear_at="next_user_message"), [system("a")], []),
        (system("a", clear_at="noon"), [system("a")], ["dropped warning unknown_value $.messages[1].clear_at"]),
        (system("a", clear_at=None, output_config=None), [system("a")], []),
        (system("a", name="Bo"), [system("a")], ["dropped warning unknown_field $.messages[1].name"]),
        (system(output_config={}), [], []),
        (
            system("a", output_config={"task_budget": {"type": "tokens", "total": 9}, "mood": "calm"}),
            [system("a")],
            [
                "dropped warning task_budget $.messages[1].output_config.task_budget",
                "dropped warning unknown_field $.messages[1].output_config.mood",
            ],
        ),
        (
            system("a", output_config={"format": {"type": "json_schema", "schema": {}}}),
            [system("a")],
            ["dropped warning output_format $.messages[1].output_config.format"],
        ),
    ],
)
def test_a_system_turn_stays_in_its_place(turn: JsonObject, sent: list[JsonObject], losses: list[str]) -> None:
    assert turns(HI, turn) == (said(HI, *sent), losses)


@pytest.mark.parametrize(
    ("dialect", "option", "native"),
    [
        (COMPATIBLE, "auto", True),
        (COMPATIBLE, "native", True),
        (COMPATIBLE, "text", False),
        (STRICT, "auto", False),
        (STRICT, "native", True),
        (STRICT, "text", False),
    ],
)
@pytest.mark.parametrize(
    ("content", "labelled"),
    [
        ("a\nb", "<system>\na\nb\n</system>"),
        ([text("a")], "<system>\na\n</system>"),
        ([text("a"), text("b")], "<system>\na\n\nb\n</system>"),
    ],
)
def test_a_system_turn_is_text_of_a_user_turn_where_it_must_be(
    dialect: Json, option: str, native: bool, content: Json, labelled: str
) -> None:
    outcome = turns(HI, system(content), assistant("b"), HI, dialect=dialect, mid_system=option)

    sent = system(content) if native else user(labelled)
    assert outcome == (
        said(HI, sent, assistant("b"), HI),
        [] if native else ["approximated warning mid_system $.messages[1]"],
    )


def test_a_system_turn_without_words_is_no_text_of_a_user_turn() -> None:
    assert turns(HI, system([]), system(""), system(), dialect=STRICT) == (said(HI), [])


def test_a_system_turn_as_text_keeps_its_cache_marks() -> None:
    marked = text("a", cache_control={"type": "ephemeral"})
    body, losses = turns(HI, system([marked, text("b")]), dialect=replace(STRICT, cache_marks="cache_control"))

    assert body == said(HI, user({**marked, "text": "<system>\na\n</system>"}, text("<system>\nb\n</system>")))
    assert losses == ["approximated warning mid_system $.messages[1]"]


@pytest.mark.parametrize("content", [[text("a"), text("b")], "a\n\nb"])
def test_a_system_turn_as_text_where_no_parts_are_taken(content: Json) -> None:
    body, _ = turns(HI, system(content), dialect=replace(STRICT, content_parts=False))

    assert body == said(HI, user("<system>\na\n\nb\n</system>"))


@pytest.mark.parametrize("block", [IMAGE, UNKNOWN, {"type": "compaction", "content": "They greeted."}])
def test_a_system_turn_takes_text_only(block: JsonObject) -> None:
    with pytest.raises(Unsupported) as caught:
        turns(HI, system([text("a"), block]))

    assert caught.value.path == "$.messages[1].content[1]"
    assert turns(HI, system([text("a"), block, text("b")]), downgrade={LossCode.MEDIA}) == (
        said(HI, system([text("a"), text("b")])),
        ["dropped warning media $.messages[1].content[1]"],
    )


@pytest.mark.parametrize(
    ("turn", "path"),
    [
        (system([{"type": "text"}]), "$.messages[1].content[0].text"),
        (system(["a"]), "$.messages[1].content[0]"),
        (system(1), "$.messages[1].content"),
        (system("a", clear_at=1), "$.messages[1].clear_at"),
        (system(output_config=1), "$.messages[1].output_config"),
        (system(output_config={"effort": 1}), "$.messages[1].output_config.effort"),
    ],
)
def test_a_malformed_system_turn(turn: JsonObject, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        turns(HI, turn)

    assert caught.value.path == path


# -- system turns that are cleared -------------------------------------------------------------------------

CLEARED = system("a", clear_at="next_user_message")


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([CLEARED], [system("a")]),
        ([CLEARED, assistant("b"), CLEARED], [system("a"), assistant("b"), system("a")]),
        ([CLEARED, HI], [HI]),
        ([HI, CLEARED], [HI, system("a")]),
        ([HI, CLEARED, HI], [HI, HI]),
        ([HI, CLEARED, assistant("b"), HI, CLEARED], [HI, assistant("b"), HI, system("a")]),
        ([HI, CLEARED, CLEARED, HI, CLEARED, HI], [HI, HI, HI]),
        ([HI, system("a", clear_at="never"), HI], [HI, system("a"), HI]),
        (
            [HI, assistant(tool_use()), CLEARED, user(tool_result())],
            [HI, assistant(None, tool_calls=[call()]), tool()],
        ),
    ],
)
def test_a_later_user_turn_clears_a_system_turn(given: list[JsonObject], left: list[JsonObject]) -> None:
    body, losses = turns(*given)

    assert body == said(*left)
    assert [loss for loss in losses if "prefill" not in loss] == []


def test_a_cleared_turn_is_reported_all_the_same() -> None:
    turn = {**CLEARED, "name": "Bo", "output_config": {"mood": "calm"}}

    assert turns(HI, turn, HI) == (
        said(HI, HI),
        [
            "dropped warning unknown_field $.messages[1].name",
            "dropped warning unknown_field $.messages[1].output_config.mood",
        ],
    )


def test_what_a_cleared_turn_did_to_the_tools_stays() -> None:
    removed = {"type": "tool_removal", "tool": {"type": "tool_reference", "name": "g"}}
    turn = {**CLEARED, "content": [removed, text("a")]}

    assert to_chat({"messages": [HI, turn, HI], "tools": [custom("f"), custom("g")]}) == (
        {"messages": [HI, HI], "tools": [function("f")]},
        ["approximated info tool_change $.messages[1].content[0]"],
    )


# -- effort from system turns ------------------------------------------------------------------------------


def effort(level: Json, **fields: Json) -> JsonObject:
    return system(output_config={"effort": level}, **fields)


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ([HI, effort("low")], "low"),
        ([HI, effort("low"), HI], "low"),
        ([HI, effort("low"), assistant("a"), HI, effort("medium")], "medium"),
        ([HI, effort("low"), effort(None)], "low"),
        ([HI, effort("low"), effort("")], "low"),
        ([HI, effort("low"), system(output_config={})], "low"),
        ([HI, effort("low", clear_at="next_user_message")], "low"),
        ([HI, effort("low", clear_at="next_user_message"), HI], "high"),
        ([HI, effort("low"), effort("medium", clear_at="next_user_message"), HI], "low"),
        ([HI, effort(None)], "high"),
    ],
)
def test_the_last_effort_in_force_counts(given: list[JsonObject], level: str) -> None:
    body, losses = to_chat({"model": "gpt-5.5", "messages": given, "output_config": {"effort": "high"}})

    assert (body["reasoning_effort"], losses) == (level, [])


def test_an_effort_that_the_model_lacks_is_named_in_its_turn() -> None:
    assert turns(HI, effort("low")) == (said(HI), ["dropped warning effort $.messages[1].output_config.effort"])
