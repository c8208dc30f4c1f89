"""Whole requests: the model, what has no counterpart, the last turn, and what the reply will need."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm_transcode import (
    Dialect,
    InvalidPayload,
    LossCode,
    Options,
    ReplyContext,
    Unsupported,
    chat,
    convert_request,
    messages,
)
from llm_transcode.dialects import DIALECTS
from llm_transcode.facts import ModelFacts
from llm_transcode.options import ModelRenaming
from llm_transcode.pairs.conversion import hashed
from llm_transcode.protocols import Protocol
from tests.pairs.messages_chat.conversions import Json, JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import (
    CHAT_MODEL,
    CLAUDE,
    HI,
    assistant,
    call,
    custom,
    function,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)

MARK = {"type": "ephemeral"}
DIRECTIONS: list[tuple[Protocol, Protocol]] = [("messages", "chat"), ("chat", "messages")]
both_ways = pytest.mark.parametrize(("source", "target"), DIRECTIONS)


def converted(
    fields: JsonObject, source: Protocol, target: Protocol, options: Options | None = None
) -> tuple[JsonObject, ReplyContext]:
    """What becomes of a whole request of either protocol, and what its reply needs."""
    limit = {"messages": "max_tokens", "chat": "max_completion_tokens"}[source]
    request = convert_request({"messages": [HI], limit: 9, **fields}, source=source, target=target, options=options)
    return request.to_dict(), request.context


# -- the model -----------------------------------------------------------------------------------------

RENAMINGS: list[ModelRenaming] = [{"a": "b"}, lambda name: name.replace("a", "b")]


@both_ways
@pytest.mark.parametrize("models", RENAMINGS)
def test_a_model_is_renamed(source: Protocol, target: Protocol, models: ModelRenaming) -> None:
    body, context = converted({"model": "a"}, source, target, Options(models=models))

    assert (body["model"], context.model, context.renamed) == ("b", "a", True)


@both_ways
@pytest.mark.parametrize("models", [None, {}, {"c": "d"}, {"a": "a"}])
def test_a_model_keeps_its_name(source: Protocol, target: Protocol, models: ModelRenaming | None) -> None:
    body, context = converted({"model": "a"}, source, target, Options(models=models))

    assert (body["model"], context.model, context.renamed) == ("a", "a", False)


@both_ways
@pytest.mark.parametrize("fields", [{}, {"model": None}])
@pytest.mark.parametrize("models", [None, {"a": "b"}])
def test_a_model_may_stand_in_the_address(
    source: Protocol, target: Protocol, fields: JsonObject, models: ModelRenaming | None
) -> None:
    body, context = converted(fields, source, target, Options(models=models))

    assert "model" not in body
    assert (context.model, context.renamed) == (None, False)


@both_ways
def test_a_model_without_name_may_be_renamed_but_has_no_field(source: Protocol, target: Protocol) -> None:
    seen: list[str] = []

    def note(name: str) -> str:
        seen.append(name)
        return name

    assert "model" not in converted({}, source, target, Options(models=note))[0]
    assert seen == [""]


def test_facts_are_those_of_the_renamed_model() -> None:
    fields = {"model": "claude-opus-5", "stop_sequences": ["a"]}

    assert "stop" in converted(fields, "messages", "chat", Options(models={"claude-opus-5": "gpt-4o"}))[0]
    assert "stop" not in converted(fields, "messages", "chat", Options(models={"claude-opus-5": "o3"}))[0]


def test_facts_come_from_the_options_if_they_have_some() -> None:
    fields = {"model": "gpt-4o", "stop_sequences": ["a"]}

    assert "stop" not in converted(fields, "messages", "chat", Options(model_facts=ModelFacts(stop=False)))[0]


@pytest.mark.parametrize("facts", [None, ModelFacts(efforts=("low", "high"), adaptive_thinking=True)])
def test_capabilities_replace_what_facts_say(facts: ModelFacts | None) -> None:
    fields = {"model": "claude-opus-5", "reasoning_effort": "medium"}
    capabilities = {"effort": {"medium": {"supported": True}}}

    body, _ = converted(fields, "chat", "messages", Options(model_facts=facts, capabilities=capabilities))

    assert body["output_config"] == {"effort": "medium"}


@both_ways
def test_a_dialect_speaks_the_protocol_of_the_target(source: Protocol, target: Protocol) -> None:
    dialect = {"chat": "anthropic", "messages": "openai"}[target]

    with pytest.raises(ValueError, match=f"speaks '{source}', not '{target}'"):
        converted({"model": "a"}, source, target, Options(dialect=dialect))


@both_ways
def test_the_value_is_the_request_of_the_target(source: Protocol, target: Protocol) -> None:
    limit = {"messages": "max_tokens", "chat": "max_completion_tokens"}
    body = {"model": "a", limit[source]: 9, "messages": [HI]}

    value = convert_request(body, source=source, target=target).value

    assert type(value) is {"chat": chat.Request, "messages": messages.Request}[target]


# -- a last assistant turn -------------------------------------------------------------------------------

PREFILLED = [HI, assistant("{")]
APPROXIMATED = ["approximated warning prefill $.messages[1]"]
PREFIXING = replace(DIALECTS["compatible"], prefill="prefix")
FINAL = replace(DIALECTS["compatible"], prefill="continue_final_message")


@pytest.mark.parametrize(
    ("option", "dialect", "sent", "losses"),
    [
        ("keep", PREFIXING, {"messages": PREFILLED}, APPROXIMATED),
        ("keep", FINAL, {"messages": PREFILLED}, APPROXIMATED),
        ("drop", PREFIXING, {"messages": [HI]}, ["dropped warning prefill $.messages[1]"]),
        ("continue", DIALECTS["compatible"], {"messages": PREFILLED}, APPROXIMATED),
        ("continue", PREFIXING, {"messages": [HI, assistant("{", prefix=True)]}, []),
        (
            "continue",
            FINAL,
            {"messages": PREFILLED, "continue_final_message": True, "add_generation_prompt": False},
            [],
        ),
    ],
)
def test_a_last_assistant_turn_to_chat(option: Json, dialect: Dialect, sent: JsonObject, losses: list[str]) -> None:
    assert to_chat({"messages": PREFILLED}, Options(prefill=option, dialect=dialect)) == (sent, losses)


@pytest.mark.parametrize(
    ("option", "turns", "losses"),
    [
        ("keep", PREFILLED, APPROXIMATED),
        ("continue", PREFILLED, APPROXIMATED),
        ("drop", [HI], ["dropped warning prefill $.messages[1]"]),
    ],
)
def test_a_last_assistant_turn_to_messages(option: Json, turns: list[JsonObject], losses: list[str]) -> None:
    assert to_messages({"messages": PREFILLED}, Options(prefill=option)) == ({"messages": turns}, losses)


@both_ways
def test_a_last_assistant_turn_is_rejected_on_demand(source: Protocol, target: Protocol) -> None:
    convert = to_chat if target == "chat" else to_messages

    with pytest.raises(Unsupported, match="prefill") as caught:
        convert({"messages": PREFILLED}, Options(prefill="reject"))

    assert caught.value.path == "$.messages[1]"
    downgraded = Options(prefill="reject", downgrade=frozenset({LossCode.PREFILL}))
    assert convert({"messages": PREFILLED}, downgraded) == (
        {"messages": [HI]},
        ["dropped warning prefill $.messages[1]"],
    )


@both_ways
@pytest.mark.parametrize("turns", [[HI], [HI, assistant("{"), HI]])
@pytest.mark.parametrize("option", ["keep", "drop", "reject", "continue"])
def test_other_last_turns_are_no_prefill(
    source: Protocol, target: Protocol, turns: list[JsonObject], option: Json
) -> None:
    convert = to_chat if target == "chat" else to_messages

    assert convert({"messages": turns}, Options(prefill=option)) == ({"messages": turns}, [])


TRIMMED = "approximated info prefill $.messages"


@pytest.mark.parametrize(
    ("last", "sent", "losses"),
    [
        (assistant("a \n"), assistant("a"), [TRIMMED]),
        (assistant("  a"), assistant("  a"), []),
        (assistant(text("b "), text("a ")), assistant(text("b "), text("a")), [TRIMMED]),
        (assistant(text("b "), text("a")), assistant(text("b "), text("a")), []),
        (assistant(text("c "), text("b "), text("a ")), assistant(text("c "), text("b "), text("a")), [TRIMMED]),
        (assistant("a ", tool_calls=[call()]), assistant(text("a "), tool_use()), []),
    ],
)
def test_a_last_assistant_turn_ends_with_its_words(last: JsonObject, sent: JsonObject, losses: list[str]) -> None:
    assert to_messages({"messages": [HI, last]}) == ({"messages": [HI, sent]}, [*APPROXIMATED, *losses])


@pytest.mark.parametrize("dialect", [PREFIXING, FINAL])
def test_only_the_last_turn_is_continued(dialect: Dialect) -> None:
    turns = [assistant("a"), HI, assistant("b"), HI, assistant("{")]

    body, losses = to_chat({"messages": turns}, Options(prefill="continue", dialect=dialect))

    assert body["messages"] == [*turns[:4], {**turns[4], **({"prefix": True} if dialect is PREFIXING else {})}]
    assert losses == []


def test_a_turn_in_the_middle_keeps_its_white_space() -> None:
    turns = [HI, assistant("a "), HI, assistant("b ")]

    assert to_messages({"messages": turns}) == (
        {"messages": [*turns[:3], assistant("b")]},
        ["approximated warning prefill $.messages[3]", TRIMMED],
    )


def test_only_the_last_turn_is_trimmed() -> None:
    turns = [user("a "), assistant("b "), user("c ")]

    assert to_messages({"messages": turns}) == ({"messages": turns}, [])
    assert to_messages({"messages": turns[:2]}, Options(prefill="drop")) == (
        {"messages": turns[:1]},
        ["dropped warning prefill $.messages[1]"],
    )


def test_a_prefill_that_is_left_out_leaves_the_turn_before_it_alone() -> None:
    turns = [HI, assistant("a "), {"role": "system", "content": "b"}, assistant("c")]
    options = Options(prefill="drop", mid_system="native")

    body, _ = to_messages({"messages": turns}, options)

    assert body["messages"] == turns[:3]


def test_a_prefill_alone_may_be_left_out() -> None:
    assert to_messages({"messages": [assistant("a ")]}, Options(prefill="drop")) == (
        {"messages": []},
        ["dropped warning prefill $.messages[0]"],
    )


# -- Messages to Chat ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "losses"),
    [
        ({"anthropic_version": "2023-06-01"}, []),
        ({"anthropic_beta": ["a"]}, ["dropped info beta $.anthropic_beta"]),
        ({"cache_control": MARK}, ["dropped info cache_control $.cache_control"]),
        ({"mcp_servers": []}, ["dropped warning mcp_servers $.mcp_servers"]),
        ({"diagnostics": {}}, ["dropped info diagnostics $.diagnostics"]),
        ({"fallbacks": "default"}, ["dropped warning fallbacks $.fallbacks"]),
        ({"fallback_credit_token": "a"}, ["dropped warning fallbacks $.fallback_credit_token"]),
        ({"of_tomorrow": 1}, ["dropped warning unknown_field $.of_tomorrow"]),
        ({"metadata": {}}, []),
        ({"metadata": {"of_tomorrow": 1}}, ["dropped warning unknown_field $.metadata.of_tomorrow"]),
        ({"output_config": {}}, []),
        ({"output_config": {"of_tomorrow": 1}}, ["dropped warning unknown_field $.output_config.of_tomorrow"]),
        (
            {"output_config": {"task_budget": {"type": "tokens", "total": 9}}},
            ["dropped warning task_budget $.output_config.task_budget"],
        ),
        ({"billing_policy": {"type": "billing_policy"}}, []),
        ({"billing_policy": {"type": "billing_policy", "bill_to": "self"}}, []),
        (
            {"billing_policy": {"type": "billing_policy", "of_tomorrow": 1}},
            ["dropped warning unknown_field $.billing_policy.of_tomorrow"],
        ),
        ({"container": "c1"}, ["dropped warning container $.container"]),
        ({"container": {}}, ["dropped warning container $.container"]),
        ({"context_management": {}}, ["dropped info context_management $.context_management"]),
        ({"context_management": {"edits": []}}, ["dropped info context_management $.context_management"]),
        (
            {"context_management": {"edits": [{"type": "clear_thinking_20251015"}]}},
            ["dropped info context_management $.context_management"],
        ),
        (
            {"context_management": {"edits": [{"type": "clear_thinking_20251015"}, {"type": "compact_20260112"}]}},
            ["dropped warning context_management $.context_management"],
        ),
        ({"inference_geo": None, "compaction": None, "thread": None, "billing_policy": None, "container": None}, []),
    ],
)
def test_what_chat_has_no_word_for(fields: JsonObject, losses: list[str]) -> None:
    assert to_chat(fields) == ({}, losses)


CODE = {"type": "code_execution_20250825", "name": "code_execution"}


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"inference_geo": "eu"}, "$.inference_geo", LossCode.INFERENCE_GEO),
        ({"inference_geo": ""}, "$.inference_geo", LossCode.INFERENCE_GEO),
        ({"compaction": {"type": "summarize"}}, "$.compaction", LossCode.COMPACTION),
        ({"thread": {"type": "create"}}, "$.thread", LossCode.THREAD),
        ({"billing_policy": {"type": "x", "bill_to": "user_profile"}}, "$.billing_policy.bill_to", LossCode.BILLING),
        ({"billing_policy": {"type": "x", "bill_to": "of_tomorrow"}}, "$.billing_policy.bill_to", LossCode.BILLING),
        ({"container": "c1", "tools": [custom(), CODE]}, "$.container", LossCode.CONTAINER),
    ],
)
def test_what_chat_must_not_ignore(fields: JsonObject, path: str, code: LossCode) -> None:
    with pytest.raises(Unsupported) as caught:
        to_chat(fields)

    assert caught.value.path == path
    assert f"dropped warning {code.value} {path}" in to_chat(fields, Options(downgrade=frozenset({code}))).losses


@pytest.mark.parametrize("tools", [[], [custom()], [custom("code_execution_")], [{**custom(), "type": "custom"}]])
def test_a_container_without_code_execution_is_left_out(tools: list[JsonObject]) -> None:
    _, losses = to_chat({"container": "c1", "tools": tools})

    assert losses == ["dropped warning container $.container"]


@pytest.mark.parametrize(
    ("stream", "stream_usage", "sent"),
    [
        (None, True, {}),
        (False, True, {"stream": False}),
        (False, False, {"stream": False}),
        (True, False, {"stream": True}),
        (True, True, {"stream": True, "stream_options": {"include_usage": True}}),
    ],
)
def test_a_stream_ends_with_its_usage(stream: bool | None, stream_usage: bool, sent: JsonObject) -> None:
    dialect = replace(DIALECTS["compatible"], stream_usage=stream_usage)

    assert to_chat({"stream": stream}, Options(dialect=dialect)) == (sent, [])


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"messages": None}, "$.messages"),
        ({"messages": {}}, "$.messages"),
        ({"max_tokens": "9"}, "$.max_tokens"),
        ({"system": 1}, "$.system"),
        ({"stream": "yes"}, "$.stream"),
    ],
)
def test_a_malformed_request_of_messages(fields: JsonObject, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        to_chat(fields)

    assert caught.value.path == path


@pytest.mark.parametrize("option", ["keep", "drop", "reject", "continue"])
def test_no_turns_at_all_are_no_prefill(option: Json) -> None:
    assert to_chat({"messages": []}, Options(prefill=option)) == ({"messages": []}, [])


def test_what_a_reply_of_chat_needs() -> None:
    name, call_id = "mcp.read", "toolu:1"
    turns = [HI, assistant(tool_use(call_id, name)), user(tool_result(call_id))]
    fields = {"model": CHAT_MODEL, "messages": turns, "tools": [custom(name)], "stop_sequences": ["a", "b"]}

    _, context = converted(fields, "messages", "chat")

    assert context == ReplyContext(
        model=CHAT_MODEL,
        tool_names={f"mcp_read_{hashed(name)}": name},
        tool_ids={f"toolu_1_{hashed(call_id)}": call_id},
        stop_sequences=("a", "b"),
    )
    assert converted({"model": CHAT_MODEL}, "messages", "chat")[1] == ReplyContext(model=CHAT_MODEL)


# -- Chat to Messages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "losses"),
    [
        ({"seed": 1}, ["dropped warning sampling $.seed"]),
        ({"random_seed": 1}, ["dropped warning sampling $.random_seed"]),
        ({"min_p": 0.1}, ["dropped warning sampling $.min_p"]),
        ({"verbosity": "low"}, ["dropped info verbosity $.verbosity"]),
        ({"prompt_cache_key": "a"}, ["dropped info cache_routing $.prompt_cache_key"]),
        ({"chat_template_kwargs": {}}, ["dropped warning vendor_field $.chat_template_kwargs"]),
        ({"of_tomorrow": 1}, ["dropped warning unknown_field $.of_tomorrow"]),
        ({"continue_final_message": True, "add_generation_prompt": False}, []),
        ({"stream_options": {}}, []),
        ({"stream_options": {"include_usage": True}}, []),
        (
            {"stream_options": {"include_obfuscation": True}},
            ["dropped info stream_options $.stream_options.include_obfuscation"],
        ),
        (
            {"stream_options": {"of_tomorrow": 1}},
            ["dropped warning unknown_field $.stream_options.of_tomorrow"],
        ),
        ({"logprobs": True, "top_logprobs": 2}, [f"dropped warning logprobs $.{n}logprobs" for n in ("", "top_")]),
        ({"frequency_penalty": 0.1}, ["dropped warning sampling $.frequency_penalty"]),
        ({"presence_penalty": -1}, ["dropped warning sampling $.presence_penalty"]),
        ({"logit_bias": {"1": 1}}, ["dropped warning sampling $.logit_bias"]),
        ({"store": True}, ["dropped warning store $.store"]),
        ({"logprobs": False, "top_logprobs": 0, "frequency_penalty": 0, "presence_penalty": 0.0}, []),
        ({"logit_bias": {}, "store": False, "n": 1, "modalities": ["text"], "moderation": None}, []),
        ({"n": 0}, []),
        ({"modalities": []}, []),
        ({"moderation": {"model": "m"}}, ["dropped warning moderation $.moderation"]),
        ({"moderation": {"model": "m", "policy": {}}}, ["dropped warning moderation $.moderation"]),
        (
            {"moderation": {"model": "m", "policy": {"input": {"mode": "score"}, "output": {"mode": "score"}}}},
            ["dropped warning moderation $.moderation"],
        ),
    ],
)
def test_what_messages_has_no_word_for(fields: JsonObject, losses: list[str]) -> None:
    assert to_messages(fields) == ({}, losses)


@pytest.mark.parametrize(
    ("fields", "path", "code"),
    [
        ({"n": 2}, "$.n", LossCode.CANDIDATES),
        ({"modalities": ["text", "audio"]}, "$.modalities[1]", LossCode.MODALITIES),
        ({"modalities": ["of_tomorrow"]}, "$.modalities[0]", LossCode.MODALITIES),
        (
            {"moderation": {"model": "m", "policy": {"input": {"mode": "block"}}}},
            "$.moderation.policy",
            LossCode.MODERATION,
        ),
        (
            {"moderation": {"model": "m", "policy": {"input": {"mode": "score"}, "output": {"mode": "block"}}}},
            "$.moderation.policy",
            LossCode.MODERATION,
        ),
    ],
)
def test_what_messages_must_not_ignore(fields: JsonObject, path: str, code: LossCode) -> None:
    with pytest.raises(Unsupported) as caught:
        to_messages(fields)

    assert caught.value.path == path
    assert to_messages(fields, Options(downgrade=frozenset({code}))) == ({}, [f"dropped warning {code.value} {path}"])


def test_one_of_several_candidates_on_demand() -> None:
    assert to_messages({"n": 3}, Options(n="first")) == ({}, ["dropped warning candidates $.n"])


@pytest.mark.parametrize(("stream", "sent"), [(None, {}), (False, {"stream": False}), (True, {"stream": True})])
def test_a_stream_is_asked_for_in_messages(stream: bool | None, sent: JsonObject) -> None:
    assert to_messages({"stream": stream}) == (sent, [])


@pytest.mark.parametrize(
    ("fields", "path"), [({"messages": None}, "$.messages"), ({"n": "2"}, "$.n"), ({"stream": 1}, "$.stream")]
)
def test_a_malformed_request_of_chat(fields: JsonObject, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        to_messages(fields)

    assert caught.value.path == path


@pytest.mark.parametrize("dialect", ["bedrock", "vertex"])
def test_clouds_take_the_version_in_the_body_and_the_model_in_the_address(dialect: str) -> None:
    options = Options(dialect=dialect, models={CLAUDE: "renamed"})

    body, context = converted({"model": CLAUDE}, "chat", "messages", options)

    assert body == {"anthropic_version": DIALECTS[dialect].version_in_body, "max_tokens": 9, "messages": [HI]}
    assert (context.model, context.renamed) == (CLAUDE, True)
    assert not converted({"model": CLAUDE}, "chat", "messages", Options(dialect=dialect))[1].renamed


def test_a_mark_of_the_whole_needs_no_other() -> None:
    fields = {"messages": [{"role": "system", "content": "a"}, HI], "cache_control": MARK}

    assert to_messages(fields) == ({"messages": [HI], "system": "a", "cache_control": MARK}, [])


@pytest.mark.parametrize("key", ["tools", "system", "messages", ""])
def test_the_last_marks_are_kept_where_there_are_too_many(key: str) -> None:
    marks = {"tools": 1, "system": 1, "messages": 2, "": 1}
    order = [("tools", "$.tools[0]"), ("system", "$.messages[0].content[0]"), ("messages", "$.messages[1].content[0]")]
    order += [("messages", "$.messages[2].content[0]"), ("", "$")]
    marked = {"cache_control": MARK}
    fields: JsonObject = {
        "tools": [{**function(), **marked}],
        "messages": [
            {"role": "system", "content": [text("a", **marked)]},
            user(text("b", **marked), text("c")),
            assistant(text("d", **marked)),
            HI,
        ],
        **marked,
    }
    kept = sum(marks[name] for name in list(marks)[list(marks).index(key) :])
    dialect = replace(DIALECTS["anthropic"], cache_mark_limit=kept)

    body, losses = to_messages(fields, Options(dialect=dialect))

    assert losses == [f"dropped info cache_control {path}.cache_control" for _, path in order[: 5 - kept]]
    assert str(body).count("cache_control") == kept


def test_what_a_reply_of_messages_needs() -> None:
    name, call_id = "mcp.read", "call:1"
    fields = {
        "model": CLAUDE,
        "messages": [HI, assistant(None, tool_calls=[call(call_id, name)]), tool(call_id)],
        "tools": [function(name), {"type": "custom", "custom": {"name": "g"}}],
        "stop": ["a", " ", "b"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }

    _, context = converted(fields, "chat", "messages")

    assert context == ReplyContext(
        model=CLAUDE,
        tool_names={f"mcp_read_{hashed(name)}": name},
        tool_ids={f"call_1_{hashed(call_id)}": call_id},
        custom_tools=frozenset({"g"}),
        include_usage=True,
        stop_sequences=("a", "b"),
    )
    assert converted({"model": CLAUDE}, "chat", "messages")[1] == ReplyContext(model=CLAUDE)


@pytest.mark.parametrize(
    ("fields", "legacy"),
    [
        ({"functions": [{"name": "f", "parameters": {}}]}, True),
        ({"functions": []}, False),
        ({"functions": [{"name": "f"}], "tools": [function("g")]}, False),
        ({"functions": [{"name": "f"}], "tools": []}, True),
    ],
)
def test_a_reply_in_the_older_form_is_expected(fields: JsonObject, legacy: bool) -> None:
    assert converted({"model": CLAUDE, **fields}, "chat", "messages")[1].legacy_functions is legacy


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, {"include_usage": None}])
def test_no_usage_was_asked_for(options: Json) -> None:
    assert converted({"model": CLAUDE, "stream_options": options}, "chat", "messages")[1].include_usage is False


def test_a_tool_that_stands_for_the_output_is_remembered() -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "sky", "schema": {"type": "object", "properties": {}}}}

    body, context = converted(
        {"model": CLAUDE, "response_format": schema}, "chat", "messages", Options(structured_output="tool")
    )

    assert context.output_tool is not None
    assert [offered["name"] for offered in body["tools"]] == [context.output_tool]
