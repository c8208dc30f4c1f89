"""Web search that the vendor runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import Options
from llm_transcode.dialects import DIALECTS
from tests.pairs.messages_chat.conversions import Json, JsonObject, to_messages
from tests.pitfalls.conversions import custom, function

AT = "$.web_search_options"
KYIV = {"city": "Kyiv", "region": "Kyiv", "country": "UA", "timezone": "Europe/Kyiv"}


def search(**fields: Json) -> JsonObject:
    return {"type": "web_search_20250305", "name": "web_search", **fields}


def location(**fields: Json) -> JsonObject:
    return {"type": "approximate", **fields}


@pytest.mark.parametrize(
    ("options", "tool", "losses"),
    [
        ({}, search(), []),
        ({"search_context_size": "low"}, search(), [f"dropped info web_search {AT}.search_context_size"]),
        ({"of_tomorrow": 1}, search(), [f"dropped warning unknown_field {AT}.of_tomorrow"]),
        ({"user_location": None}, search(), []),
        ({"user_location": location(approximate=KYIV)}, search(user_location=location(**KYIV)), []),
        (
            {"user_location": location(approximate={"timezone": None, "city": "Kyiv"})},
            search(user_location=location(city="Kyiv", timezone=None)),
            [],
        ),
        (
            {"user_location": location(approximate={"of_tomorrow": 1}, of_today=2)},
            search(user_location=location()),
            [
                f"dropped warning unknown_field {AT}.user_location.of_today",
                f"dropped warning unknown_field {AT}.user_location.approximate.of_tomorrow",
            ],
        ),
    ],
)
def test_a_parameter_becomes_a_tool(options: JsonObject, tool: JsonObject, losses: list[str]) -> None:
    assert to_messages({"web_search_options": options}) == ({"tools": [tool]}, losses)


def test_it_comes_after_the_clients_tools() -> None:
    outcome = to_messages({"web_search_options": {}, "tools": [function()]})

    assert outcome == ({"tools": [custom(), search()]}, [])


def test_the_tool_is_that_of_the_dialect() -> None:
    options = Options(dialect=replace(DIALECTS["anthropic"], web_search="web_search_20260318"))

    body, losses = to_messages({"web_search_options": {}}, options)

    assert (body["tools"], losses) == ([{"type": "web_search_20260318", "name": "web_search"}], [])


def test_a_backend_without_web_search() -> None:
    options = Options(dialect=replace(DIALECTS["anthropic"], web_search=None))

    assert to_messages({"web_search_options": {"search_context_size": "low"}}, options) == (
        {},
        [f"dropped warning web_search {AT}"],
    )


def test_no_wish_to_search() -> None:
    assert to_messages({"web_search_options": None}) == ({}, [])
