"""What holds for every document, tried on documents that hypothesis draws."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_transcode import (
    ConversionError,
    Converted,
    Options,
    convert_request,
    convert_response,
)
from llm_transcode.wire import WireModel
from tests.conformance.referee import reply_faults, request_faults
from tests.rich import CHAT_REQUEST, MESSAGES_REQUEST
from tests.strategies import (
    broken,
    chat_replies,
    chat_requests,
    chat_usages,
    json_values,
    messages_replies,
    messages_requests,
    messages_usages,
)

JsonObject: TypeAlias = dict[str, Any]
Side: TypeAlias = Literal["messages", "chat"]
Verb: TypeAlias = Callable[..., Converted[WireModel]]

SOURCES: tuple[Side, Side] = ("messages", "chat")
REQUESTS = {"messages": messages_requests(), "chat": chat_requests()}
REPLIES = {"messages": messages_replies(), "chat": chat_replies()}
DOCUMENTS = [
    pytest.param(verb, source, documents[source], id=f"{kind} from {source}")
    for kind, verb, documents in (("request", convert_request, REQUESTS), ("reply", convert_response, REPLIES))
    for source in SOURCES
]
every_document = pytest.mark.parametrize(("verb", "source", "documents"), DOCUMENTS)

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seldom = settings(often, max_examples=30)

NO_CLOCK = Options(now=lambda: 0)


def other(source: Side) -> Side:
    return "chat" if source == "messages" else "messages"


def convert(verb: Verb, body: Any, source: Side, options: Options | None = None) -> Converted[WireModel]:
    return verb(body, source=source, target=other(source), options=options)


# -- there and back --------------------------------------------------------------------------------


@often
@given(messages_requests(rich=False))
def test_a_plain_messages_request_comes_back(body: JsonObject) -> None:
    assert there_and_back(convert_request, body, "messages") == (body, [])


@often
@given(chat_requests(rich=False))
def test_a_plain_chat_request_comes_back(body: JsonObject) -> None:
    assert there_and_back(convert_request, body, "chat") == (body, [])


@often
@given(messages_replies(rich=False))
def test_a_plain_messages_reply_comes_back(body: JsonObject) -> None:
    """The loss is that of the made-up time of creation, which Anthropic's replies have no place for."""
    assert there_and_back(convert_response, body, "messages") == (body, ["created"])


@often
@given(chat_replies(rich=False))
def test_a_plain_chat_reply_comes_back(body: JsonObject) -> None:
    """All of it but the time of creation."""
    assert there_and_back(convert_response, body, "chat") == (body, ["created"])


def there_and_back(verb: Verb, body: JsonObject, source: Side) -> tuple[JsonObject, list[str]]:
    there = convert(verb, body, source, NO_CLOCK)
    back = convert(verb, there.to_dict(), other(source), NO_CLOCK)
    return back.to_dict(), [loss.code.value for loss in (*there.losses, *back.losses)]


@often
@given(messages_requests())
def test_a_messages_request_without_losses_comes_back(body: JsonObject) -> None:
    back, losses = there_and_back(convert_request, body, "messages")

    assert losses or back == with_a_budget(body)


def with_a_budget(body: JsonObject) -> JsonObject:
    """How a request for effort comes back for a model that thinks on a budget: the level is the budget."""
    if body.get("thinking") != {"type": "adaptive"}:
        return body
    rest = {name: value for name, value in body.items() if name != "output_config"}
    return {**rest, "thinking": {"type": "enabled", "budget_tokens": 16384}}


TURN = {"role": "user", "content": "hi"}
PARTS = [{"type": "text", "text": "hi"}]
CALLED = [
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "t1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "t1", "content": "ok"},
]


@pytest.mark.parametrize(
    ("given_fields", "normal"),
    [
        ({"stop": "END"}, {"stop": ["END"]}),
        ({"max_tokens": 5}, {"max_completion_tokens": 5}),
        ({"user": "u1"}, {"safety_identifier": "u1"}),
        ({"n": 1, "logprobs": False, "store": False, "seed": None}, {}),
        ({"response_format": {"type": "text"}}, {}),
        (
            {"messages": [{"role": "developer", "content": "a"}, TURN]},
            {"messages": [{"role": "system", "content": "a"}, TURN]},
        ),
        (
            {"messages": [{"role": "system", "content": "a"}, {"role": "system", "content": "b"}, TURN]},
            {
                "messages": [
                    {"role": "system", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                    TURN,
                ]
            },
        ),
        ({"messages": [TURN, TURN]}, {"messages": [{"role": "user", "content": PARTS * 2}]}),
        ({"messages": [*CALLED, TURN]}, {"messages": [*CALLED, {"role": "user", "content": PARTS}]}),
    ],
)
def test_normal_forms_of_chat_requests(given_fields: JsonObject, normal: JsonObject) -> None:
    """Other spellings of the same thing come back in one spelling, and nothing is lost."""
    limit = {} if "max_tokens" in given_fields else {"max_completion_tokens": 5}

    back, losses = there_and_back(convert_request, {"model": "m", "messages": [TURN], **limit, **given_fields}, "chat")

    assert back == {"model": "m", "messages": [TURN], "max_completion_tokens": 5, **normal}
    assert losses == []


@often
@given(messages_usages)
def test_usage_of_messages_comes_back(usage: JsonObject) -> None:
    body = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage}

    back, _ = there_and_back(convert_response, body | {"stop_reason": "end_turn"}, "messages")

    assert back["usage"] == usage


@often
@given(chat_usages())
def test_usage_of_chat_comes_back(usage: JsonObject) -> None:
    choice = {"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}

    back, _ = there_and_back(convert_response, {"id": "1", "model": "m", "choices": [choice], "usage": usage}, "chat")

    assert back["usage"] == usage


# -- every conversion ------------------------------------------------------------------------------


@every_document
@seldom
@given(data=st.data())
def test_the_input_is_never_changed(verb: Verb, source: Side, documents: Any, data: st.DataObject) -> None:
    body = data.draw(documents)
    before = copy.deepcopy(body)

    converted = convert(verb, body, source)
    converted.to_dict().clear()

    assert body == before
    assert converted.to_dict() != {}


@every_document
@seldom
@given(data=st.data())
def test_all_forms_of_input_and_output_agree(verb: Verb, source: Side, documents: Any, data: st.DataObject) -> None:
    body = data.draw(documents)

    converted = convert(verb, body, source)
    from_text = convert(verb, json.dumps(body), source)

    assert json.loads(converted.to_json()) == converted.to_dict()
    assert converted.value.to_dict() == converted.to_dict()
    assert from_text.to_json() == converted.to_json() == convert(verb, body, source).to_json()
    assert from_text.losses == converted.losses


@pytest.mark.parametrize("source", SOURCES)
@often
@given(data=st.data())
def test_the_official_api_takes_every_request(source: Side, data: st.DataObject) -> None:
    converted = convert(convert_request, data.draw(REQUESTS[source]), source)

    assert request_faults(converted.to_dict(), other(source)) == []


@pytest.mark.parametrize("source", SOURCES)
@often
@given(data=st.data())
def test_the_official_sdk_reads_every_reply(source: Side, data: st.DataObject) -> None:
    converted = convert(convert_response, data.draw(REPLIES[source]), source)

    assert reply_faults(converted.to_dict(), other(source)) == []


@pytest.mark.parametrize("source", SOURCES)
@often
@given(data=st.data())
def test_a_further_turn_leaves_the_earlier_ones_alone(source: Side, data: st.DataObject) -> None:
    """Up to the last turn before an assistant's, for a turn of the same role would be merged with it."""
    body = data.draw(REQUESTS[source])
    turns = body["messages"]
    cuts = [at for at, turn in enumerate(turns) if at and turn["role"] == "assistant"]
    cut = data.draw(st.sampled_from(cuts or [len(turns)]))

    earlier = convert(convert_request, {**body, "messages": turns[:cut]}, source).to_dict()["messages"]
    later = convert(convert_request, body, source).to_dict()["messages"]

    assert json.dumps(later[: len(earlier)]) == json.dumps(earlier)


_DIGEST = """
import hashlib, json, sys
from llm_transcode import convert_request
for source, body in json.load(sys.stdin):
    converted = convert_request(body, source=source, target="chat" if source == "messages" else "messages")
    print(hashlib.sha256(converted.to_json() + repr(converted.losses).encode()).hexdigest())
"""


def test_the_same_bytes_in_another_process() -> None:
    """Sets and hashes of strings, which differ from process to process, decide nothing."""
    bodies: list[tuple[Side, JsonObject]] = [("messages", MESSAGES_REQUEST), ("chat", CHAT_REQUEST)]
    here = [convert(convert_request, body, source) for source, body in bodies]
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}

    there = subprocess.run(
        [sys.executable, "-c", _DIGEST],
        input=json.dumps(bodies),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    digests = [hashlib.sha256(made.to_json() + repr(made.losses).encode()).hexdigest() for made in here]
    assert there.stdout.split() == digests


# -- whatever comes in -----------------------------------------------------------------------------


def check_contract(verb: Verb, body: Any, source: Side) -> None:
    """A conversion, or an error that says where and with which status; never anything else."""
    converted, error = attempt(verb, body, source)
    if converted is not None:
        assert converted.value.to_dict() == converted.to_dict() == json.loads(converted.to_json())
    else:
        assert (error.path[:1], error.status) == ("$", 400)


def attempt(verb: Verb, body: Any, source: Side) -> tuple[Converted[WireModel] | None, ConversionError]:
    """The conversion, or the error that was raised in its place."""
    try:
        return convert(verb, body, source), ConversionError("none")
    except ConversionError as error:
        return None, error


@every_document
@settings(often, max_examples=150)
@given(data=st.data())
def test_one_wrong_node(verb: Verb, source: Side, documents: Any, data: st.DataObject) -> None:
    check_contract(verb, data.draw(broken(documents)), source)


@every_document
@often
@given(body=st.binary(max_size=40) | st.text(max_size=40) | json_values.map(json.dumps))
def test_any_bytes(verb: Verb, source: Side, documents: Any, body: bytes | str) -> None:
    check_contract(verb, body, source)


def in_a_call(value: str) -> list[tuple[Side, str]]:
    """JSON text where neither protocol says what must stand: in the input of a tool."""
    block = f'{{"type":"tool_use","id":"a","name":"f","input":{{"x":{value}}}}}'
    arguments = json.dumps(f'{{"x":{value}}}')
    call = f'{{"id":"a","type":"function","function":{{"name":"f","arguments":{arguments}}}}}'
    return [
        ("messages", f'{{"model":"m","max_tokens":5,"messages":[{{"role":"assistant","content":[{block}]}}]}}'),
        ("chat", f'{{"model":"m","messages":[{{"role":"assistant","tool_calls":[{call}]}}]}}'),
    ]


NUMBERS = ("NaN", "-Infinity", "1e400", "-1e999", "1" + "0" * 5000, "1e-400", "-0.0", "9" * 30)


@pytest.mark.parametrize("value", [*NUMBERS, r'"\ud83d"', '"\x01"', '"\\u0000"'], ids=lambda value: value[:8])
def test_values_on_the_edge_of_json(value: str) -> None:
    for source, body in in_a_call(value):
        check_contract(convert_request, body, source)


@pytest.mark.parametrize("depth", [100, 190, 250, 600, 10_000, 100_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_nesting(depth: int, start: str, end: str) -> None:
    for source, body in in_a_call(start * depth + "1" + end * depth):
        check_contract(convert_request, body, source)


@pytest.mark.parametrize("depth", [100, 10_000])
def test_nesting_in_a_mapping(depth: int) -> None:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    block = {"type": "tool_use", "id": "a", "name": "f", "input": {"x": value}}

    check_contract(
        convert_request,
        {"model": "m", "max_tokens": 5, "messages": [{"role": "assistant", "content": [block]}]},
        "messages",
    )


_SCHEMA_KEYS = ("type", "properties", "required", "anyOf", "allOf", "oneOf", "$ref", "items", "format", "minItems")


@often
@given(st.dictionaries(st.sampled_from(_SCHEMA_KEYS), json_values, max_size=4))
def test_schemas_that_are_none(schema: JsonObject) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema, "strict": True}}
    function = {"name": "a", "parameters": schema, "strict": True}
    chat = {
        "model": "m",
        "messages": [],
        "tools": [{"type": "function", "function": function}],
        "response_format": form,
    }
    messages = {"model": "m", "max_tokens": 5, "messages": [], "tools": [{"name": "a", "input_schema": schema}]}

    check_contract(convert_request, chat, "chat")
    check_contract(
        convert_request,
        {**messages, "output_config": {"format": {"type": "json_schema", "schema": schema}}},
        "messages",
    )
