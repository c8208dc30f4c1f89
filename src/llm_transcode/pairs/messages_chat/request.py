"""Whole requests. This file reads like the table of contents of the package; the concepts do the work.

Most fields map; what has no counterpart stands in the two ledgers below with the reason why.
"""

from __future__ import annotations

from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...converted import Converted, ReplyContext
from ...dialects import dialect_named
from ...facts import ModelFacts, facts_of, with_capabilities
from ...losses import LossCode
from ...options import Options
from ...protocols import Protocol
from ...renaming import renamed
from ...wire import Body, JsonObject, Path, tag_of
from ..conversion import Conversion
from ..fields import Drop, Fields
from .caching import drop_surplus_marks, mark_for_messages
from .effort import effort_to_chat, effort_to_messages
from .output import output_to_chat, output_to_messages
from .sampling import (
    max_tokens_to_chat,
    max_tokens_to_messages,
    sampling_to_chat,
    sampling_to_messages,
    stop_to_chat,
    stop_to_messages,
)
from .serving import serving_to_chat, serving_to_messages
from .tools import custom_tool_names, tools_to_chat, tools_to_messages
from .turns_to_chat import system_to_chat, turns_to_chat
from .turns_to_messages import turns_to_messages
from .web_search import web_search_to_messages

__all__ = ["request_to_chat", "request_to_messages"]

# -- ledger --------------------------------------------------------------------------------------

REQUEST_TO_CHAT: Final = Fields(
    messages.Request,
    {
        "model": "`model`",
        "max_tokens": "`max_completion_tokens` or `max_tokens`",
        "messages": "`messages`",
        "system": "a first `system` message",
        "tools": "`tools`",
        "tool_choice": "`tool_choice`, `parallel_tool_calls`",
        "thinking": "`reasoning_effort`",
        "output_config": "`reasoning_effort`, `response_format`",
        "output_format": "`response_format`",
        "stream": "`stream`, with `stream_options.include_usage`",
        "stop_sequences": "`stop`",
        "temperature": "`temperature`, where the model takes it",
        "top_p": "`top_p`, where the model takes it",
        "top_k": "`top_k`, where the backend takes it",
        "metadata": "`safety_identifier` or `user`",
        "service_tier": "`service_tier`",
        "speed": "`service_tier`, under `Options.map_fast`",
        "inference_geo": "refused",
        "container": "refused beside code execution",
        "context_management": "none; recorded",
        "compaction": "refused",
        "thread": "refused",
        "billing_policy": "nothing, or refused",
        "anthropic_version": "nothing: it names the version of this protocol",
    },
    {
        "cache_control": Drop(LossCode.CACHE_CONTROL, "OpenAI caches prefixes by itself", "info"),
        "mcp_servers": Drop(LossCode.MCP_SERVERS, "Chat calls no MCP servers"),
        "diagnostics": Drop(LossCode.DIAGNOSTICS, "Chat does not explain its cache", "info"),
        "fallbacks": Drop(LossCode.FALLBACKS, "Chat falls back to no other model"),
        "fallback_credit_token": Drop(LossCode.FALLBACKS, "Chat falls back to no other model"),
        "anthropic_beta": Drop(LossCode.BETA, "the fields of the body decide", "info"),
    },
)
BILLING_POLICY_TO_CHAT: Final = Fields(
    messages.BillingPolicy, {"type": "nothing", "bill_to": "nothing: the owner of the key pays; refused for others"}
)
METADATA_TO_CHAT: Final = Fields(messages.Metadata, {"user_id": "`safety_identifier` or `user`"})
OUTPUT_CONFIG_TO_CHAT: Final = Fields(
    messages.OutputConfig,
    {"effort": "`reasoning_effort`", "format": "`response_format`"},
    {"task_budget": Drop(LossCode.TASK_BUDGET, "Chat has no budget for a task")},
)

_HINT: Final = Drop(LossCode.CACHE_ROUTING, "Anthropic routes requests to its cache by itself", "info")
_SAMPLER: Final = Drop(LossCode.SAMPLING, "Anthropic has no such parameter")
_THINKING: Final = Drop(LossCode.THINKING, "a vendor's own switch; `reasoning_effort` is understood")
REQUEST_TO_MESSAGES: Final = Fields(
    chat.Request,
    {
        "model": "`model`",
        "messages": "`system`, `messages`",
        "max_completion_tokens": "`max_tokens`",
        "max_tokens": "`max_tokens`, unless `max_completion_tokens` is there",
        "stop": "`stop_sequences`",
        "n": "refused if more than one",
        "stream": "`stream`",
        "stream_options": "`ReplyContext.include_usage`",
        "response_format": "`output_config.format`",
        "modalities": "nothing, or refused",
        "temperature": "`temperature`, where the model takes it",
        "top_p": "`top_p`, where the model takes it",
        "top_k": "`top_k`, where the model takes it",
        "reasoning_effort": "`thinking`, `output_config.effort`",
        "reasoning": "`thinking`, `output_config.effort`",
        "thinking": "`thinking`, `output_config.effort`",
        "tools": "`tools`",
        "tool_choice": "`tool_choice`, or fewer `tools`",
        "parallel_tool_calls": "`tool_choice.disable_parallel_tool_use`",
        "functions": "`tools`",
        "function_call": "`tool_choice`",
        "web_search_options": "a web search tool",
        "service_tier": "`service_tier`",
        "safety_identifier": "`metadata.user_id`",
        "user": "`metadata.user_id`, unless `safety_identifier` is there",
        "moderation": "nothing, or refused",
        "logprobs": "nothing if false",
        "frequency_penalty": "nothing if 0",
        "presence_penalty": "nothing if 0",
        "logit_bias": "nothing if empty",
        "top_logprobs": "nothing if 0",
        "store": "nothing if false",
        "cache_control": "`cache_control`",
        "continue_final_message": "nothing: Anthropic continues a last assistant turn anyway",
        "add_generation_prompt": "nothing: Anthropic continues a last assistant turn anyway",
    },
    {
        "seed": _SAMPLER,
        "random_seed": _SAMPLER,
        "enable_thinking": _THINKING,
        "thinking_budget": _THINKING,
        "chat_template_kwargs": Drop(LossCode.VENDOR_FIELD, "Anthropic renders its prompts itself"),
        "min_p": _SAMPLER,
        "repetition_penalty": _SAMPLER,
        "verbosity": Drop(LossCode.VERBOSITY, "Anthropic has no such setting; effort is another thing", "info"),
        "audio": Drop(LossCode.AUDIO, "Anthropic does not speak", "info"),
        "prediction": Drop(LossCode.PREDICTION, "a hint that only saves time", "info"),
        "prompt_cache_key": _HINT,
        "prompt_cache_options": _HINT,
        "prompt_cache_retention": _HINT,
        "metadata": Drop(LossCode.METADATA, "tags of a stored completion", "info"),
    },
)
_UNLESS_IDLE: Final = {
    "logprobs": Drop(LossCode.LOGPROBS, "Anthropic reports no probabilities"),
    "top_logprobs": Drop(LossCode.LOGPROBS, "Anthropic reports no probabilities"),
    "frequency_penalty": _SAMPLER,
    "presence_penalty": _SAMPLER,
    "logit_bias": _SAMPLER,
    "store": Drop(LossCode.STORE, "Anthropic stores nothing"),
}
"""Fields whose default does nothing, so that a client which spells it out loses nothing."""

STREAM_OPTIONS_TO_MESSAGES: Final = Fields(
    chat.StreamOptions,
    {"include_usage": "`ReplyContext.include_usage`"},
    {"include_obfuscation": Drop(LossCode.STREAM_OPTIONS, "no padding is added to the stream", "info")},
)

# -- both directions -------------------------------------------------------------------------------


def _begin(model: str | None, target: Protocol, options: Options) -> tuple[Conversion, JsonObject]:
    """The conversion and the first field of the request, the model under the backend's name."""
    name = renamed(model or "", options)
    facts = _facts(name, options)
    cx = Conversion(options, dialect_named(options.dialect, target), facts)
    return cx, {"model": name} if model is not None else {}


def _facts(model: str, options: Options) -> ModelFacts:
    facts = options.model_facts or facts_of(model)
    return facts if options.capabilities is None else with_capabilities(facts, options.capabilities)


def _prefill(last_role: str | None, path: Path, body: JsonObject, cx: Conversion) -> None:
    """A last assistant turn: Anthropic's older models continue it, OpenAI's answer it anew."""
    if last_role != "assistant":
        return
    match cx.options.prefill:
        case "reject":
            cx.losses.refused(LossCode.PREFILL, path, "role assistant as the last turn (prefill) is not supported")
            body["messages"].pop()
        case "drop":
            cx.losses.dropped(LossCode.PREFILL, path, "the last assistant turn is left out")
            body["messages"].pop()
        case "continue" if cx.dialect.prefill == "prefix":
            body["messages"][-1]["prefix"] = True
        case "continue" if cx.dialect.prefill == "continue_final_message":
            body["continue_final_message"] = True
            body["add_generation_prompt"] = False
        case "continue" | "keep":
            detail = "one side goes on from a last assistant turn, the other answers it"
            cx.losses.approximated(LossCode.PREFILL, path, detail)
        case _:
            assert_never(cx.options.prefill)


# -- Messages to Chat ----------------------------------------------------------------------------


def request_to_chat(source: Body, options: Options) -> Converted[chat.Request]:
    """A request for ``/v1/chat/completions`` that asks what one for ``/v1/messages`` asks."""
    request = messages.RequestEnvelope.parse(source)
    cx, body = _begin(request.model, "chat", options)
    _report_request(request, cx)
    max_tokens_to_chat(request, body, cx)
    body["messages"] = [*system_to_chat(request.system, cx), *turns_to_chat(request.messages, cx)]
    last = body["messages"][-1]["role"] if body["messages"] else None
    _prefill(last, ("messages", len(request.messages) - 1), body, cx)
    tools_to_chat(request, body, cx)
    effort_to_chat(request, body, cx)
    output_to_chat(request, body, cx)
    stop_to_chat(request, body, cx)
    sampling_to_chat(request, body, cx)
    serving_to_chat(request, body, cx)
    _stream_to_chat(request, body, cx)
    context = ReplyContext(
        model=request.model,
        renamed=body.get("model") != request.model,
        tool_names=cx.names.reversed(),
        tool_ids=cx.ids.reversed(),
        stop_sequences=tuple(request.stop_sequences or ()),
    )
    return Converted(chat.Request, body, cx.losses, context)


def _report_request(request: messages.RequestEnvelope, cx: Conversion) -> None:
    """What has no counterpart: recorded, or refused where dropping it would change more than the answer."""
    REQUEST_TO_CHAT.report(request, (), cx.losses)
    if request.metadata is not None:
        METADATA_TO_CHAT.report(request.metadata, ("metadata",), cx.losses)
    if request.output_config is not None:
        OUTPUT_CONFIG_TO_CHAT.report(request.output_config, ("output_config",), cx.losses)
    if request.inference_geo is not None:
        cx.losses.refused(LossCode.INFERENCE_GEO, ("inference_geo",), "where inference takes place cannot be promised")
    if request.compaction is not None:
        cx.losses.refused(LossCode.COMPACTION, ("compaction",), "Chat does not summarise conversations")
    if request.thread is not None:
        cx.losses.refused(LossCode.THREAD, ("thread",), "Chat keeps no conversation on the server")
    if request.billing_policy is not None:
        _report_billing(request.billing_policy, cx)
    if request.context_management is not None:
        _report_context_management(request.context_management, cx)
    if request.container is not None:
        _report_container(request, cx)


def _report_billing(policy: messages.BillingPolicy, cx: Conversion) -> None:
    BILLING_POLICY_TO_CHAT.report(policy, ("billing_policy",), cx.losses)
    if policy.bill_to not in (None, "self"):
        cx.losses.refused(LossCode.BILLING, ("billing_policy", "bill_to"), "Chat bills the owner of the key only")


def _report_context_management(management: messages.ContextManagement, cx: Conversion) -> None:
    """Old thinking is not sent to begin with, so that clearing it, as Claude Code always asks for, loses nothing."""
    only_thinking = all(isinstance(edit, messages.ClearThinkingEdit) for edit in management.edits or ())
    detail = "only Anthropic's servers edit the context"
    path: Path = ("context_management",)
    cx.losses.dropped(LossCode.CONTEXT_MANAGEMENT, path, detail, "info" if only_thinking else "warning")


def _report_container(request: messages.RequestEnvelope, cx: Conversion) -> None:
    detail = "Chat runs no code in containers"
    if any(str(tag_of(tool, "type")).startswith("code_execution_") for tool in request.tools or ()):
        cx.losses.refused(LossCode.CONTAINER, ("container",), detail)
    else:
        cx.losses.dropped(LossCode.CONTAINER, ("container",), detail)


def _stream_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    if request.stream is None:
        return
    body["stream"] = request.stream
    if request.stream and cx.dialect.stream_usage:
        # Anthropic's streams always end with their usage; OpenAI's only if asked to.
        body["stream_options"] = {"include_usage": True}


# -- Chat to Messages ----------------------------------------------------------------------------


def request_to_messages(source: Body, options: Options) -> Converted[messages.Request]:
    """A request for ``/v1/messages`` that asks what one for ``/v1/chat/completions`` asks."""
    request = chat.RequestEnvelope.parse(source)
    cx, body = _begin(request.model, "messages", options)
    _report_chat_request(request, cx)
    named = body.get("model")
    if cx.dialect.version_in_body is not None:
        body.clear()  # the address names the model
        body["anthropic_version"] = cx.dialect.version_in_body
    max_tokens_to_messages(request, body, cx)
    turns_to_messages(request.messages, body, cx)
    last = body["messages"][-1]["role"] if body["messages"] else None
    _prefill(last, ("messages", len(request.messages) - 1), body, cx)
    _trim_last_text(last, body, cx)
    tools_to_messages(request, body, cx)
    output_tool = output_to_messages(request, body, cx)
    web_search_to_messages(request, body, cx)
    effort_to_messages(request, body, cx)
    stop_to_messages(request, body, cx)
    sampling_to_messages(request, body, cx)
    serving_to_messages(request, body, cx)
    if request.stream is not None:
        body["stream"] = request.stream
    mark_for_messages(None, request.cache_control, body, (), cx)
    if cx.marks:
        drop_surplus_marks(_marked(body), cx)
    context = ReplyContext(
        model=request.model,
        renamed=named != request.model,
        tool_names=cx.names.reversed(),
        tool_ids=cx.ids.reversed(),
        custom_tools=custom_tool_names(request.tools or ()),
        legacy_functions=bool(request.functions and not request.tools),
        include_usage=bool(request.stream_options and request.stream_options.include_usage),
        stop_sequences=tuple(body.get("stop_sequences", ())),
        output_tool=output_tool,
    )
    return Converted(messages.Request, body, cx.losses, context)


def _report_chat_request(request: chat.RequestEnvelope, cx: Conversion) -> None:
    REQUEST_TO_MESSAGES.report(request, (), cx.losses)
    if request.stream_options is not None:
        STREAM_OPTIONS_TO_MESSAGES.report(request.stream_options, ("stream_options",), cx.losses)
    for name, drop in _UNLESS_IDLE.items():
        if getattr(request, name):
            cx.losses.dropped(drop.code, (name,), drop.detail, drop.level)
    if request.n is not None and request.n > 1:
        _several(request.n, cx)
    for index, modality in enumerate(request.modalities or ()):
        if modality != "text":
            detail = f"{modality} output, which Anthropic does not produce"
            cx.losses.refused(LossCode.MODALITIES, ("modalities", index), detail)
    if request.moderation is not None:
        _report_moderation(request.moderation, cx)


def _several(n: int, cx: Conversion) -> None:
    if cx.options.n == "first":
        cx.losses.dropped(LossCode.CANDIDATES, ("n",), f"one candidate is asked for instead of {n}")
    else:
        detail = f"{n} candidates, where Anthropic gives one; send the request {n} times (Options.n)"
        cx.losses.refused(LossCode.CANDIDATES, ("n",), detail)


def _report_moderation(moderation: chat.Moderation, cx: Conversion) -> None:
    policy = moderation.policy
    modes = [side.mode for side in (policy.input, policy.output) if side is not None] if policy is not None else []
    if "block" in modes:
        cx.losses.refused(LossCode.MODERATION, ("moderation", "policy"), "moderation that blocks, a safety control")
    else:
        cx.losses.dropped(LossCode.MODERATION, ("moderation",), "Anthropic returns no moderation scores")


def _trim_last_text(last_role: str | None, body: JsonObject, cx: Conversion) -> None:
    """ "final assistant content cannot end with trailing whitespace" """
    if last_role != "assistant" or not body["messages"] or body["messages"][-1]["role"] != "assistant":
        return
    turn = body["messages"][-1]
    holder, key = (turn, "content") if isinstance(turn["content"], str) else (turn["content"][-1], "text")
    text = holder.get(key)
    if isinstance(text, str) and text != text.rstrip():
        holder[key] = text.rstrip()
        cx.losses.approximated(LossCode.PREFILL, ("messages",), "white space at the end is trimmed", "info")


def _marked(body: JsonObject) -> list[JsonObject]:
    """Everything that carries a cache mark, in the order of the cached prefix: tools, system, turns."""
    found: list[JsonObject] = []
    for key in ("tools", "system"):
        if isinstance(body.get(key), list):
            found += [item for item in body[key] if "cache_control" in item]
    for turn in body["messages"]:
        if isinstance(turn["content"], list):
            found += [block for block in turn["content"] if "cache_control" in block]
    return [*found, body] if "cache_control" in body else found
