"""The form of the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import Options
from llm_transcode.dialects import DIALECTS
from llm_transcode.facts import ModelFacts
from tests.pairs.messages_chat.conversions import Json, JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import HI, custom, function

CLOSED: JsonObject = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
"""What both sides enforce."""

OPEN: JsonObject = {"type": "object", "properties": {"a": {"type": "string"}}}

# -- to Chat ---------------------------------------------------------------------------------------


def asks(schema: JsonObject, **fields: Json) -> JsonObject:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema, **fields}}}


def form(schema: JsonObject, name: str = "response", strict: bool = True) -> JsonObject:
    json_schema = {"name": name, "schema": schema, "strict": strict}
    return {"response_format": {"type": "json_schema", "json_schema": json_schema}}


@pytest.mark.parametrize(
    ("fields", "sent", "losses"),
    [
        (asks(CLOSED), form(CLOSED), []),
        (
            asks(OPEN),
            form(OPEN, strict=False),
            ["approximated warning output_format $.output_config.format.schema"],
        ),
        (
            asks(CLOSED, of_tomorrow=1),
            form(CLOSED),
            ["dropped warning unknown_field $.output_config.format.of_tomorrow"],
        ),
        (
            {"output_config": {"format": {"type": "of_tomorrow"}}},
            {},
            ["dropped warning output_format $.output_config.format"],
        ),
        ({"output_format": {"type": "json_schema", "schema": CLOSED}}, form(CLOSED), []),
        (
            {"output_format": {"type": "json_schema", "schema": OPEN}},
            form(OPEN, strict=False),
            ["approximated warning output_format $.output_format.schema"],
        ),
        ({"output_format": "of_tomorrow"}, {}, ["dropped warning output_format $.output_format"]),
        (
            {**asks(CLOSED), "output_format": {"type": "json_schema", "schema": OPEN}},
            form(CLOSED),
            ["dropped info output_format $.output_format"],
        ),
        ({"output_config": {"format": None}, "output_format": None}, {}, []),
    ],
)
def test_to_chat(fields: JsonObject, sent: JsonObject, losses: list[str]) -> None:
    assert to_chat(fields) == (sent, losses)


def test_a_backend_without_schemas() -> None:
    options = Options(dialect=replace(DIALECTS["openai"], json_schema=False))

    assert to_chat(asks(CLOSED), options) == (
        {"response_format": {"type": "json_object"}},
        ["approximated warning output_format $.output_config.format.schema"],
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("weather-report_2", "weather-report_2"),
        ("The weather: today", "The_weather_today"),
        ("a" * 64, "a" * 64),
        ("a" * 65, "a" * 64),
        ("", "response"),
        (5, "response"),
        (None, "response"),
    ],
)
def test_the_name_that_openai_demands_is_the_title(title: Json, name: str) -> None:
    schema = {**CLOSED, "title": title}

    assert to_chat(asks(schema)) == (form(schema, name), [])


# -- to Messages -----------------------------------------------------------------------------------

AT = "$.response_format.json_schema"
FORM = "approximated info output_format"
ABLE = Options(model_facts=ModelFacts())
UNABLE = Options(model_facts=ModelFacts(structured_output=False))
BY_TOOL = Options(model_facts=ModelFacts(), structured_output="tool")


def wanted(schema: JsonObject | None = None, **fields: Json) -> JsonObject:
    given = {} if schema is None else {"schema": schema}
    json_schema = {"name": "response", "strict": True, **given, **fields}
    return {"response_format": {"type": "json_schema", "json_schema": json_schema}}


def config(schema: JsonObject) -> JsonObject:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


@pytest.mark.parametrize(
    ("fields", "sent", "losses"),
    [
        (wanted(CLOSED), config(CLOSED), []),
        (
            wanted(OPEN),
            config({**OPEN, "additionalProperties": False}),
            [f"approximated warning tool_schema {AT}.schema"],
        ),
        (
            wanted(),
            config({"type": "object", "additionalProperties": False}),
            [f"approximated warning tool_schema {AT}.schema"],
        ),
        (wanted(CLOSED, strict=False), config(CLOSED), [f"{FORM} {AT}.strict"]),
        (wanted(CLOSED, strict=None), config(CLOSED), [f"{FORM} {AT}.strict"]),
        (wanted(CLOSED, of_tomorrow=1), config(CLOSED), [f"dropped warning unknown_field {AT}.of_tomorrow"]),
        (wanted(CLOSED, name="weather"), config({**CLOSED, "title": "weather"}), [f"{FORM} {AT}.name"]),
        (
            wanted(CLOSED, name="weather", description="Of today."),
            config({**CLOSED, "title": "weather", "description": "Of today."}),
            [f"{FORM} {AT}.name", f"{FORM} {AT}.description"],
        ),
        (wanted(CLOSED, description=""), config(CLOSED), []),
        (wanted({**CLOSED, "title": "t"}, name="t"), config({**CLOSED, "title": "t"}), []),
        (wanted({**CLOSED, "title": "t"}), config({**CLOSED, "title": "t"}), []),
        (
            wanted({**CLOSED, "title": "t", "description": "d"}, name="weather", description="Of today."),
            config({**CLOSED, "title": "t", "description": "d"}),
            [f"dropped info output_format {AT}.name", f"dropped info output_format {AT}.description"],
        ),
        ({"response_format": None}, {}, []),
        ({"response_format": {"type": "text"}}, {}, []),
        (
            {"response_format": {"type": "text", "of_tomorrow": 1}},
            {},
            ["dropped warning unknown_field $.response_format.of_tomorrow"],
        ),
        (
            {"response_format": {"type": "of_tomorrow"}},
            {},
            ["dropped warning output_format $.response_format"],
        ),
        ({**wanted(CLOSED), "reasoning_effort": "low"}, config(CLOSED), ["dropped warning effort $.reasoning_effort"]),
    ],
)
def test_to_messages(fields: JsonObject, sent: JsonObject, losses: list[str]) -> None:
    assert to_messages(fields, ABLE) == (sent, losses)


def test_a_form_whose_strictness_is_not_said() -> None:
    form = {"type": "json_schema", "json_schema": {"name": "response", "schema": CLOSED}}

    assert to_messages({"response_format": form}, ABLE) == (config(CLOSED), [f"{FORM} {AT}"])


JSON = "Answer with one JSON object only."


@pytest.mark.parametrize(
    ("system", "sent"),
    [
        ([], JSON),
        ([{"role": "system", "content": "Be brief."}], f"Be brief.\n\n{JSON}"),
        (
            [{"role": "system", "content": [{"type": "text", "text": "Be brief."}]}],
            [{"type": "text", "text": "Be brief."}, {"type": "text", "text": JSON}],
        ),
    ],
)
def test_any_json_object_is_asked_for_in_words(system: list[JsonObject], sent: Json) -> None:
    body, losses = to_messages({"messages": [*system, HI], "response_format": {"type": "json_object"}})

    assert body == {"system": sent, "messages": [HI]}
    assert losses == ["approximated warning output_format $.response_format"]


@pytest.mark.parametrize(
    ("fields", "schema", "losses"),
    [
        (wanted(OPEN), '{"type":"object","properties":{"a":{"type":"string"}}}', []),
        (wanted(), "{}", []),
        (wanted({"type": "object"}, name="weather"), '{"type":"object","title":"weather"}', [f"{FORM} {AT}.name"]),
        (wanted({"type": "object"}, strict=False), '{"type":"object"}', [f"{FORM} {AT}.strict"]),
    ],
)
def test_a_model_without_structured_output_is_shown_the_schema(
    fields: JsonObject, schema: str, losses: list[str]
) -> None:
    assert to_messages(fields, UNABLE) == (
        {"system": f"{JSON} It must follow this JSON Schema:\n{schema}"},
        [*losses, f"approximated warning output_format {AT}"],
    )


OUTPUT_TOOL = {"name": "json_output", "input_schema": CLOSED}
ITS_CALL = {"type": "tool", "name": "json_output"}


@pytest.mark.parametrize(
    ("fields", "choice"),
    [
        ({}, ITS_CALL),
        ({"tools": []}, ITS_CALL),
        ({"tools": [function()]}, {"type": "any"}),
        ({"tools": [function()], "tool_choice": "auto"}, {"type": "any"}),
        ({"tools": [function()], "tool_choice": "required"}, {"type": "any"}),
        ({"tools": [function()], "tool_choice": "none"}, ITS_CALL),
        (
            {"tools": [function()], "tool_choice": {"type": "function", "function": {"name": "f"}}},
            {"type": "tool", "name": "f"},
        ),
        ({"tools": [function()], "parallel_tool_calls": False}, {"type": "any", "disable_parallel_tool_use": True}),
    ],
)
def test_a_tool_in_place_of_structured_output(fields: JsonObject, choice: JsonObject) -> None:
    own = [custom()] if fields.get("tools") else []

    assert to_messages({**wanted(CLOSED), **fields}, BY_TOOL) == (
        {"tools": [*own, OUTPUT_TOOL], "tool_choice": choice},
        [f"{FORM} {AT}"],
    )


def test_the_schema_of_the_tool_is_that_of_structured_output() -> None:
    body, losses = to_messages(wanted(OPEN, name="weather"), BY_TOOL)

    schema = {**OPEN, "additionalProperties": False, "title": "weather"}
    assert body["tools"] == [{"name": "json_output", "input_schema": schema}]
    assert losses == [f"{FORM} {AT}", f"approximated warning tool_schema {AT}.schema", f"{FORM} {AT}.name"]
