"""Calls of tools in turns, their arguments and their ids; the results are in `test_call_results`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import InvalidPayload, Options
from llm_transcode.dialects import DIALECTS
from llm_transcode.pairs.conversion import hashed
from tests.pairs.messages_chat.conversions import Json, JsonObject, Outcome, to_chat, to_messages
from tests.pitfalls.conversions import HI, assistant, call, tool, tool_result, tool_use, user

MARK = {"type": "ephemeral"}
LONG = "a" * 80
"""Longer than an id of OpenAI's and than a name in most places."""


def shortened(text: str, limit: int) -> str:
    """A text that is too long keeps its head and gets a hash of the whole."""
    return f"{text[: limit - 9]}_{hashed(text)}"


def sent_to_chat(*made: JsonObject, **options: Json) -> tuple[list[JsonObject], list[str]]:
    """What becomes of the calls of a turn of Messages, each of which is answered."""
    results = user(*(tool_result(block["id"]) for block in made))
    body, losses = to_chat({"messages": [HI, assistant(*made), results]}, Options(**options))
    return body["messages"][1]["tool_calls"], losses


def sent_to_messages(*made: Json, **options: Json) -> tuple[list[JsonObject], list[str]]:
    """What becomes of the calls of a message of Chat, which ends the conversation."""
    body, losses = to_messages({"messages": [HI, assistant(None, tool_calls=list(made))]}, Options(**options))
    assert losses.pop() == "approximated warning prefill $.messages[1]"
    return body["messages"][1]["content"], losses


AT_BLOCK = "$.messages[1].content[0]"
AT_CALL = "$.messages[1].tool_calls[0]"

# -- Messages to Chat ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ({}, "{}"),
        ({"z": 1, "a": {"é": [True, None, 1.0]}}, '{"z":1,"a":{"é":[true,null,1.0]}}'),
        ({"_raw_arguments": "[1"}, "[1"),
        ({"_raw_arguments": ""}, ""),
        ({"_raw_arguments": "[1", "a": 1}, '{"_raw_arguments":"[1","a":1}'),
        ({"_raw_arguments": [1]}, '{"_raw_arguments":[1]}'),
        ({"raw_arguments": "[1"}, '{"raw_arguments":"[1"}'),
    ],
)
def test_an_input_is_compact_json_in_its_order(given: JsonObject, arguments: str) -> None:
    assert sent_to_chat(tool_use(**given)) == ([call(arguments=arguments)], [])


@pytest.mark.parametrize(
    ("fields", "losses"),
    [
        ({"toolset_name": "browser"}, [f"dropped info tool_caller {AT_BLOCK}.toolset_name"]),
        ({"caller": {"type": "direct"}}, [f"dropped info tool_caller {AT_BLOCK}.caller"]),
        ({"cache_control": MARK}, [f"dropped info cache_control {AT_BLOCK}.cache_control"]),
        ({"cache_control": None}, []),
        ({"of_tomorrow": 1}, [f"dropped warning unknown_field {AT_BLOCK}.of_tomorrow"]),
    ],
)
def test_what_a_call_of_messages_has_besides(fields: JsonObject, losses: list[str]) -> None:
    assert sent_to_chat({**tool_use(), **fields}) == ([call()], losses)


def test_no_call_takes_a_cache_mark_in_chat() -> None:
    block = {**tool_use(), "cache_control": MARK}

    assert sent_to_chat(block, dialect=replace(DIALECTS["qwen"], reasoning_slot=None)) == (
        [call()],
        [f"dropped info cache_control {AT_BLOCK}.cache_control"],
    )


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"id": 1}, "id"),
        ({"id": None}, "id"),
        ({"name": None}, "name"),
        ({"input": None}, "input"),
        ({"input": "{}"}, "input"),
        ({"caller": {}}, "caller.type"),
    ],
)
def test_a_malformed_call_of_messages(fields: JsonObject, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        to_chat({"messages": [HI, assistant({**tool_use(), **fields})]})

    assert caught.value.path == f"{AT_BLOCK}.{path}"


def test_names_that_do_not_fit_into_chat() -> None:
    first, second = "mcp.read/file", LONG
    renamed = [f"mcp_read_file_{hashed(first)}", shortened(second, 64)]
    blocks = [tool_use(f"t{at}", name) for at, name in enumerate((first, second, first))]

    assert sent_to_chat(*blocks) == (
        [call(f"t{at}", name) for at, name in enumerate((*renamed, renamed[0]))],
        [f"approximated info tool_name $.messages[1].content[{at}].name" for at in (0, 1)],
    )


def test_ids_that_do_not_fit_into_chat() -> None:
    assert sent_to_chat(tool_use("toolu:1"), tool_use(LONG)) == (
        [call(f"toolu_1_{hashed('toolu:1')}"), call(shortened(LONG, 40))],
        [f"approximated info tool_id $.messages[1].content[{at}].id" for at in (0, 1)],
    )


def test_an_id_may_be_long_where_no_limit_is_known() -> None:
    assert sent_to_chat(tool_use(LONG), dialect="compatible") == ([call(LONG)], [])


# -- ids that are used again -------------------------------------------------------------------------------

TWIN = "approximated info tool_id $.messages[1].{}[{}].id"


@pytest.mark.parametrize(
    ("given", "sent", "twins"),
    [
        (["a", "b"], ["a", "b"], []),
        (["a", "a"], ["a", "a_2"], [1]),
        (["a", "a", "a"], ["a", "a_2", "a_3"], [1, 2]),
        (["a", "a_2", "a"], ["a", "a_2", "a_3"], [2]),
        (["a", "a_2", "a_2", "a"], ["a", "a_2", "a_2_2", "a_3"], [2, 3]),
        (["a", "a", "a_2"], ["a", "a_2", "a_2_2"], [1, 2]),
        (["a_2", "a_3", "a", "a"], ["a_2", "a_3", "a", "a_4"], [3]),
    ],
)
def test_a_later_twin_gets_a_suffix(given: list[str], sent: list[str], twins: list[int]) -> None:
    assert sent_to_chat(*(tool_use(call_id) for call_id in given)) == (
        [call(call_id) for call_id in sent],
        [TWIN.format("content", at) for at in twins],
    )
    assert sent_to_messages(*(call(call_id) for call_id in given)) == (
        [tool_use(call_id) for call_id in sent],
        [TWIN.format("tool_calls", at) for at in twins],
    )


def test_the_twin_of_an_id_that_is_as_long_as_it_may_be() -> None:
    full = "a" * 40

    assert sent_to_chat(tool_use(full), tool_use(full)) == (
        [call(full), call(shortened(f"{full}_2", 40))],
        [TWIN.format("content", 1)] * 2,
    )


def test_the_twin_of_an_id_that_does_not_fit() -> None:
    fitted = f"a_b_{hashed('a:b')}"

    assert sent_to_messages(call("a:b"), call("a:b")) == (
        [tool_use(fitted), tool_use(f"{fitted}_2")],
        [TWIN.format("tool_calls", at) for at in (0, 1)],
    )


@pytest.mark.parametrize("converted", ["chat", "messages"])
def test_ids_are_used_once_in_a_conversation(converted: str) -> None:
    def twice(turn: JsonObject) -> Outcome:
        convert = to_chat if converted == "chat" else to_messages
        return convert({"messages": [HI, turn, HI, turn, HI]}, Options(unanswered_calls="keep"))

    if converted == "chat":
        body, losses = twice(assistant(tool_use()))
        assert [body["messages"][at] for at in (1, 3)] == [
            assistant(None, tool_calls=[call(call_id)]) for call_id in ("t1", "t1_2")
        ]
        assert losses == ["approximated info tool_id $.messages[3].content[0].id"]
    else:
        body, losses = twice(assistant(None, tool_calls=[call()]))
        assert [body["messages"][at] for at in (1, 3)] == [assistant(tool_use(call_id)) for call_id in ("t1", "t1_2")]
        assert losses == ["approximated info tool_id $.messages[3].tool_calls[0].id"]


# -- Chat to Messages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ("{}", {}),
        ('{"z":1,"a":{"é":[true,null,1.0]}}', {"z": 1, "a": {"é": [True, None, 1.0]}}),
        (' {"a": 1} ', {"a": 1}),
        ("", {}),
        (" \n", {}),
        (None, {}),
        ({}, {}),
        ({"z": 1, "a": [2]}, {"z": 1, "a": [2]}),
    ],
)
def test_arguments_are_an_object(arguments: Json, given: JsonObject) -> None:
    assert sent_to_messages(call(arguments=arguments)) == ([tool_use(**given)], [])
    assert sent_to_messages(call(arguments=arguments), invalid_arguments="reject") == ([tool_use(**given)], [])


def test_arguments_keep_the_order_of_their_keys() -> None:
    blocks, _ = sent_to_messages(call(arguments='{"z":1,"a":2}'), call("t2", arguments={"y": 1, "b": 2}))

    assert [list(block["input"]) for block in blocks] == [["z", "a"], ["y", "b"]]


NO_OBJECTS = ["[1]", '"a"', "1", "null", '{"a":', "ls -l", '{"a":NaN}', '{"a":1e400}', '{"a":[-1e400]}', "[" * 5000]


@pytest.mark.parametrize("arguments", NO_OBJECTS)
def test_arguments_that_are_no_object_are_kept_as_they_are(arguments: str) -> None:
    blocks, losses = sent_to_messages(call(arguments=arguments))

    assert blocks == [tool_use(_raw_arguments=arguments)]
    assert losses == [f"approximated warning tool_arguments {AT_CALL}.function.arguments"]
    assert sent_to_chat(*blocks) == ([call(arguments=arguments)], [])


@pytest.mark.parametrize("arguments", NO_OBJECTS)
def test_arguments_that_are_no_object_are_rejected_on_demand(arguments: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        sent_to_messages(call(arguments=arguments), invalid_arguments="reject")

    assert caught.value.path == f"{AT_CALL}.function.arguments"
    assert caught.value.reason


def test_missing_arguments_are_none() -> None:
    made = {"id": "t1", "type": "function", "function": {"name": "f"}}

    assert sent_to_messages(made) == ([tool_use()], [])


def custom_call(call_id: str = "t1", name: str = "f", words: str = "a", **fields: Json) -> JsonObject:
    return {"id": call_id, "type": "custom", "custom": {"name": name, "input": words}, **fields}


@pytest.mark.parametrize("words", ["a", "", '{"a":1}'])
def test_a_free_text_is_the_one_string_of_an_input(words: str) -> None:
    assert sent_to_messages(custom_call(words=words)) == ([tool_use(input=words)], [])


EXTRAS: list[tuple[JsonObject, JsonObject, list[str]]] = [
    ({"index": 0}, {}, []),
    ({"index": None}, {}, []),
    ({"extra_content": {"a": 1}}, {}, [f"dropped warning vendor_field {AT_CALL}.extra_content"]),
    ({"provider_specific_fields": {}}, {}, [f"dropped warning vendor_field {AT_CALL}.provider_specific_fields"]),
    ({"of_tomorrow": 1}, {}, [f"dropped warning unknown_field {AT_CALL}.of_tomorrow"]),
    ({"cache_control": {**MARK, "ttl": "1h"}}, {"cache_control": {**MARK, "ttl": "1h"}}, []),
    (
        {"cache_control": {**MARK, "of_tomorrow": 1}},
        {"cache_control": MARK},
        [f"dropped warning unknown_field {AT_CALL}.cache_control.of_tomorrow"],
    ),
]


@pytest.mark.parametrize(("fields", "more", "losses"), EXTRAS)
def test_what_a_call_of_chat_has_besides(fields: JsonObject, more: JsonObject, losses: list[str]) -> None:
    assert sent_to_messages({**call(), **fields}) == ([tool_use() | more], losses)
    assert sent_to_messages(custom_call(**fields)) == ([tool_use(input="a") | more], losses)


@pytest.mark.parametrize(
    ("made", "key"), [(call(), "function"), ({**call(), "type": None}, "function"), (custom_call(), "custom")]
)
def test_what_is_called_may_have_unknown_fields(made: JsonObject, key: str) -> None:
    plain, _ = sent_to_messages(made)

    assert sent_to_messages({**made, key: {**made[key], "of_tomorrow": 1}}) == (
        plain,
        [f"dropped warning unknown_field {AT_CALL}.{key}.of_tomorrow"],
    )


@pytest.mark.parametrize("kind", [{}, {"type": None}, {"type": "function"}])
def test_a_call_is_one_of_a_function_unless_it_says_otherwise(kind: JsonObject) -> None:
    made = {"id": "t1", "function": {"name": "f", "arguments": "{}"}, **kind}

    assert sent_to_messages(made) == ([tool_use()], [])


def test_a_call_of_an_unknown_type_is_left_out() -> None:
    unknown = {"type": "of_tomorrow", "id": "t1"}

    assert sent_to_messages(unknown, call("t2")) == ([tool_use("t2")], [f"dropped warning unknown_block {AT_CALL}"])


@pytest.mark.parametrize(
    ("made", "path"),
    [
        ("f", ""),
        ({"type": 1}, ""),
        ({}, ".function"),
        ({"type": "function"}, ".function"),
        ({"type": "function", "function": {}}, ".function.name"),
        ({"type": "function", "function": "f"}, ".function"),
        ({"type": "function", "function": {"name": 1, "arguments": ""}}, ".function.name"),
        ({"type": "function", "function": {"name": "f", "arguments": 1}, "id": "t1"}, ".function.arguments"),
        ({"type": "function", "function": {"name": "f", "arguments": ""}, "id": 1}, ".id"),
        ({"type": "custom"}, ".custom"),
        ({"type": "custom", "custom": {"name": "f"}}, ".custom.input"),
        ({"type": "custom", "custom": {"name": "f", "input": None}}, ".custom.input"),
    ],
)
def test_a_malformed_call_of_chat(made: Json, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        sent_to_messages(made)

    assert caught.value.path == f"{AT_CALL}{path}"


def test_names_that_do_not_fit_into_messages() -> None:
    first, second = "mcp.read/file", "a" * 129
    renamed = [f"mcp_read_file_{hashed(first)}", shortened(second, 128)]

    assert sent_to_messages(call("t0", first), custom_call("t1", second), call("t2", "a" * 128)) == (
        [tool_use("t0", renamed[0]), tool_use("t1", renamed[1], input="a"), tool_use("t2", "a" * 128)],
        [
            f"approximated info tool_name {AT_CALL}.function.name",
            "approximated info tool_name $.messages[1].tool_calls[1].custom.name",
        ],
    )


def test_calls_without_ids_are_named_by_their_place() -> None:
    nameless = {"type": "function", "function": {"name": "f", "arguments": "{}"}}
    turn = assistant(None, tool_calls=[nameless, {**nameless, "id": ""}, {**nameless, "id": None}])

    body, losses = to_messages({"messages": [HI, turn, tool(""), tool(""), tool("")]})

    assert body == {
        "messages": [
            HI,
            assistant(*(tool_use(f"call_1_{at}") for at in range(3))),
            user(*(tool_result(f"call_1_{at}") for at in range(3))),
        ]
    }
    assert losses == [f"invented info tool_id $.messages[1].tool_calls[{at}]" for at in range(3)]


def test_a_made_up_id_gives_way_to_one_that_is_taken() -> None:
    nameless = {"type": "function", "function": {"name": "f", "arguments": "{}"}}

    assert sent_to_messages(call("call_1_1"), nameless) == (
        [tool_use("call_1_1"), tool_use("call_1_1_2")],
        [
            "invented info tool_id $.messages[1].tool_calls[1]",
            "approximated info tool_id $.messages[1].tool_calls[1]",
        ],
    )


def test_a_function_call_of_the_older_form() -> None:
    turn = assistant(None, function_call={"name": "mcp.f", "arguments": "[1]", "of_tomorrow": 1})

    assert to_messages({"messages": [HI, turn, {"role": "function", "name": "mcp.f", "content": "ok"}]}) == (
        {
            "messages": [
                HI,
                assistant(tool_use("call_1", f"mcp_f_{hashed('mcp.f')}", _raw_arguments="[1]")),
                user(tool_result("call_1")),
            ]
        },
        [
            "dropped warning unknown_field $.messages[1].function_call.of_tomorrow",
            "approximated info tool_name $.messages[1].function_call.name",
            "approximated warning tool_arguments $.messages[1].function_call.arguments",
            "invented info tool_id $.messages[1].function_call",
        ],
    )
