"""Listings of models, both ways, of the vendors themselves and of compatible servers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llm_transcode import InvalidPayload, LossCode, chat, convert_models
from llm_transcode.converted import Converted
from tests.conformance.referee import model_list_faults
from tests.pairs.messages_chat.conversions import rows
from tests.strategies import json_values

YES: Final = {"supported": True}
CAPABILITIES: Final = {
    "batch": YES,
    "citations": YES,
    "code_execution": YES,
    "context_management": {
        **YES,
        "clear_thinking_20251015": YES,
        "clear_tool_uses_20250919": YES,
        "compact_20260112": None,
    },
    "effort": {**YES, "low": YES, "medium": YES, "high": YES, "max": YES, "xhigh": None},
    "image_input": YES,
    "pdf_input": YES,
    "server_tools": {**YES, "web_search": YES, "code_execution": YES},
    "structured_outputs": YES,
    "thinking": {**YES, "types": {"adaptive": YES, "between_tools": YES, "disabled": YES, "enabled": YES}},
}
CLAUDE: Final = {
    "type": "model",
    "id": "claude-opus-5",
    "display_name": "Claude Opus 5",
    "created_at": "2026-07-24T00:00:00Z",
    "lifecycle": "deprecated",
    "deprecated_at": "2026-11-01T00:00:00Z",
    "retires_at": "2027-07-24T00:00:00Z",
    "line": "opus",
    "max_input_tokens": 1000000,
    "max_tokens": 128000,
    "capabilities": CAPABILITIES,
}
PAGE: Final = {"data": [CLAUDE], "has_more": False, "first_id": "claude-opus-5", "last_id": "claude-opus-5"}
GPT: Final = {"id": "gpt-6", "object": "model", "created": 1784851200, "owned_by": "openai"}


def to_chat(listing: Any) -> Converted[Any]:
    return convert_models(listing, source="messages", target="chat")


def to_messages(listing: Any) -> Converted[Any]:
    return convert_models(listing, source="chat", target="messages")


def test_a_page_becomes_a_list() -> None:
    converted = to_chat(PAGE)

    assert converted.to_dict() == {
        "object": "list",
        "data": [
            {
                "id": "claude-opus-5",
                "object": "model",
                "created": 1784851200,
                "owned_by": "anthropic",
                "shutdown_date": "2027-07-24",
                "display_name": "Claude Opus 5",
                "context_length": 1000000,
                "max_output_tokens": 128000,
                "capabilities": CAPABILITIES,
            }
        ],
    }
    assert [(loss.kind, loss.level, loss.path) for loss in converted.losses] == [
        ("dropped", "info", "$.data[0].lifecycle"),
        ("dropped", "info", "$.data[0].deprecated_at"),
        ("dropped", "info", "$.data[0].line"),
    ]


def test_a_list_becomes_a_page() -> None:
    converted = to_messages({"object": "list", "data": [GPT, {**GPT, "id": "gpt-7"}]})

    assert converted.to_dict() == {
        "data": [
            {
                "type": "model",
                "id": name,
                "display_name": name,
                "created_at": "2026-07-24T00:00:00Z",
                "lifecycle": "active",
            }
            for name in ("gpt-6", "gpt-7")
        ],
        "has_more": False,
        "first_id": "gpt-6",
        "last_id": "gpt-7",
    }
    assert model_list_faults(converted.to_dict(), "messages") == []
    assert {(loss.code, loss.level) for loss in converted.losses} == {(LossCode.MODEL_DETAILS, "info")}


def test_what_chat_has_no_field_for_survives_the_way_there_and_back() -> None:
    back = to_messages(to_chat(PAGE).to_dict()).to_dict()

    lost = {"deprecated_at", "line"}
    assert back == {**PAGE, "data": [{name: value for name, value in CLAUDE.items() if name not in lost}]}
    assert model_list_faults(back, "messages") == []


def test_only_official_fields_where_the_source_has_no_others() -> None:
    model = {name: CLAUDE[name] for name in ("type", "id", "created_at", "lifecycle", "retires_at")}

    assert model_list_faults(to_chat({"data": [model]}).to_dict(), "chat") == []


def test_a_single_model() -> None:
    assert to_chat(CLAUDE).value.id == "claude-opus-5"
    assert to_messages(json.dumps(GPT)).value.display_name == "gpt-6"
    assert convert_models(GPT, source="chat", target="chat").to_dict() == GPT
    assert convert_models(PAGE, source="messages", target="messages").to_dict() == PAGE


def test_further_pages_are_recorded() -> None:
    converted = to_chat({"data": [], "has_more": True})

    assert rows(converted.losses) == ["dropped warning model_details $.has_more"]
    assert isinstance(converted.value, chat.ModelList)


@pytest.mark.parametrize("convert", [to_chat, to_messages])
def test_what_else_a_listing_holds(convert: Callable[[Any], Converted[Any]]) -> None:
    converted = convert({"data": [], "of_tomorrow": 1, "of_today": None})

    assert rows(converted.losses) == ["dropped info model_details $.of_tomorrow"]


@pytest.mark.parametrize(
    ("fields", "expected", "losses"),
    [
        ({"display_name": "A", "max_tokens": 1}, {"display_name": "A", "max_output_tokens": 1}, []),
        ({"display_name": "", "max_tokens": 0}, {}, []),
        ({"display_name": 5, "max_tokens": True}, {}, []),
        ({"display_name": None, "max_tokens": None, "capabilities": None, "retires_at": None}, {}, []),
        ({"capabilities": {"own": True}}, {"capabilities": {"own": True}}, []),
        ({"capabilities": "all"}, {}, ["dropped info model_details $.data[0].capabilities"]),
        ({"retires_at": "2027-07-24T23:00:00-02:00"}, {"shutdown_date": "2027-07-25"}, []),
        ({"of_tomorrow": 1}, {}, ["dropped info model_details $.data[0].of_tomorrow"]),
    ],
)
def test_details_to_chat(fields: dict[str, Any], expected: dict[str, Any], losses: list[str]) -> None:
    model = {"type": "model", "id": "a", "created_at": "1970-01-01T00:00:01Z"}

    converted = to_chat({"data": [{**model, **fields}]})

    assert converted.to_dict()["data"] == [
        {"id": "a", "object": "model", "created": 1, "owned_by": "anthropic", **expected}
    ]
    assert rows(converted.losses) == losses


@pytest.mark.parametrize(
    ("fields", "expected", "losses"),
    [
        ({"display_name": "A", "name": "B"}, {"display_name": "A"}, []),
        ({"display_name": "", "name": "B"}, {"display_name": "B"}, []),
        ({"name": 5}, {}, []),
        ({"context_length": 1, "max_model_len": 2}, {"max_input_tokens": 1}, []),
        ({"context_length": 0, "max_model_len": 2}, {"max_input_tokens": 2}, []),
        ({"max_output_tokens": 4096.0}, {"max_tokens": 4096}, []),
        ({"max_output_tokens": "9" * 19}, {}, []),
        ({"shutdown_date": "2027-07-24"}, {"lifecycle": "deprecated", "retires_at": "2027-07-24T00:00:00Z"}, []),
        ({"capabilities": CAPABILITIES}, {"capabilities": CAPABILITIES}, []),
        ({"capabilities": {"own": True}}, {}, ["dropped info model_details $.data[0].capabilities"]),
        ({"capabilities": ["own"]}, {}, ["dropped info model_details $.data[0].capabilities"]),
        ({"capabilities": None}, {}, []),
        ({"owned_by": "me"}, {}, ["dropped info model_details $.data[0].owned_by"]),
    ],
)
def test_details_to_messages(fields: dict[str, Any], expected: dict[str, Any], losses: list[str]) -> None:
    converted = to_messages({"data": [{"id": "a", "object": "model", "created": 1, **fields}]})

    usual = {"display_name": "a", "created_at": "1970-01-01T00:00:01Z", "lifecycle": "active"}
    assert converted.to_dict()["data"] == [{"type": "model", "id": "a", **usual, **expected}]
    assert rows(converted.losses) == losses


def test_the_text_of_a_bare_list() -> None:
    assert to_messages(json.dumps([GPT])).to_dict() == to_messages([GPT]).to_dict()


def test_an_empty_listing() -> None:
    assert to_chat({"data": []}).to_dict() == {"object": "list", "data": []}
    assert to_messages([]).to_dict() == {"data": [], "has_more": False, "first_id": None, "last_id": None}


@pytest.mark.parametrize(
    ("created", "at"),
    [
        (0, "1970-01-01T00:00:00Z"),
        ("1784851200", "2026-07-24T00:00:00Z"),
        (1784851200.7, "2026-07-24T00:00:00Z"),
        (1784851200123, "2026-07-24T00:00:00Z"),
        ("2026-07-24", "2026-07-24T00:00:00Z"),
        ("2026-07-24t02:00:00z", "2026-07-24T02:00:00Z"),
        (" 2026-07-24 02:00:00 ", "2026-07-24T02:00:00Z"),
        ("2026-07-24T02:00:00-0030", "2026-07-24T02:30:00Z"),
        (1, "1970-01-01T00:00:01Z"),
        (10**11, "5138-11-16T09:46:40Z"),
        (10**11 + 1000, "1973-03-03T09:46:41Z"),
        ("2026-07-24T02:00:00.123456789+02:00", "2026-07-24T00:00:00Z"),
    ],
)
def test_times_in_every_form(created: Any, at: str) -> None:
    converted = to_messages([{**GPT, "created": created}])

    assert converted.to_dict()["data"][0]["created_at"] == at
    assert all(loss.code is not LossCode.CREATED for loss in converted.losses)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process cannot be set here")
def test_times_do_not_depend_on_where_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XXX-9")
        time.tzset()
        there = to_messages([{**GPT, "created": "2026-07-24T02:00:00+02:00"}]).to_dict()
    time.tzset()

    assert there["data"][0]["created_at"] == "2026-07-24T00:00:00Z"


@pytest.mark.parametrize(
    "created", [None, "yesterday", True, -5, [], "2026-99-99T00:00:00Z", 10**16, "0001-01-01T00:00:00+23:59"]
)
def test_a_time_that_is_none_is_invented_and_recorded(created: Any) -> None:
    there = to_messages([{**GPT, "created": created}])
    back = to_chat([{**CLAUDE, "created_at": created}])

    assert there.to_dict()["data"][0]["created_at"] == "1970-01-01T00:00:00Z"
    assert back.to_dict()["data"][0]["created"] == 0 or created == 10**16
    assert [row for row in rows(there.losses) if " created " in row] == ["invented info created $.data[0].created"]
    assert created == 10**16 or [row for row in rows(back.losses) if " created " in row] == [
        "invented info created $.data[0].created_at"
    ]


def test_openrouter_vllm_and_mistral() -> None:
    openrouter = {
        "id": "a/b",
        "name": "B",
        "created": 1,
        "context_length": 8192,
        "pricing": {"prompt": "0"},
        "top_provider": {},
    }
    vllm = {"id": "c", "object": "model", "created": 1, "owned_by": "vllm", "root": "c", "max_model_len": 4096}
    mistral = {"id": "d", "capabilities": {"completion_chat": True}, "context_length": "32768", "max_output_tokens": 0}

    converted = to_messages({"data": [openrouter, vllm, mistral]})
    first, second, third = converted.to_dict()["data"]

    assert (first["display_name"], first["max_input_tokens"]) == ("B", 8192)
    assert second["max_input_tokens"] == 4096
    assert third["max_input_tokens"] == 32768
    assert "capabilities" not in third
    assert "max_tokens" not in third
    assert model_list_faults(converted.to_dict(), "messages") == []
    assert "$.data[0].pricing" in {loss.path for loss in converted.losses}
    assert "$.data[2].capabilities" in {loss.path for loss in converted.losses}


def test_capabilities_that_only_look_like_anthropics() -> None:
    look = {**CAPABILITIES, "batch": {"supported": "yes"}}

    assert "capabilities" not in to_messages([{**GPT, "capabilities": look}]).to_dict()["data"][0]


def test_an_entry_without_an_id_is_left_behind() -> None:
    converted = to_chat({"data": [{"type": "model"}, "x", CLAUDE]})

    assert [model["id"] for model in converted.to_dict()["data"]] == ["claude-opus-5"]
    assert [row for row in rows(converted.losses) if "warning" in row] == [
        f"dropped warning model_details $.data[{at}]" for at in (0, 1)
    ]


@pytest.mark.parametrize("listing", [b"", b"<html>", "1", "{}", {"models": []}, {"data": {}}, {"id": 1}])
def test_what_is_no_listing_is_refused(listing: Any) -> None:
    for convert in (to_chat, to_messages):
        with pytest.raises(InvalidPayload):
            convert(listing)


@pytest.mark.parametrize("listing", [{}, {"models": []}, {"data": {}}, {"id": 1}])
def test_the_refusal_says_what_was_expected(listing: Any) -> None:
    with pytest.raises(InvalidPayload, match=r"^\$\.data: expected a list of models, or a model with its id$"):
        to_chat(listing)


FIELDS: Final = sorted({*CLAUDE, *GPT, "context_length", "max_model_len", "max_output_tokens", "name", "shutdown_date"})


@given(
    st.lists(
        st.dictionaries(st.sampled_from(FIELDS), json_values)
        | st.builds(lambda value: {**GPT, "created": value}, json_values)
    )
)
@example([{"id": "x", "created": "99999999999999999"}, {"id": "y", "shutdown_date": "9999-12-31T23:59:59-01:00"}])
def test_any_listing_gives_a_valid_one(models: list[Any]) -> None:
    page = to_messages({"data": models})
    listing = to_chat({"data": models})

    assert model_list_faults(page.to_dict(), "messages") == []
    assert page.value.to_dict() == page.to_dict()
    for model in listing.to_dict()["data"]:
        official = {name: model[name] for name in ("id", "object", "created", "owned_by")}
        assert model_list_faults({"object": "list", "data": [official]}, "chat") == []
