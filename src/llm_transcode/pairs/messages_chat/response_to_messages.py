"""Whole replies of Chat, as replies of Messages.

A Chat reply keeps text, calls and reasoning apart; they become blocks in Anthropic's order.
A reply is checked against its typed model and then read as the JSON object that it is; models are made of
what is rare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ... import chat, messages
from ...checking import checked
from ...converted import Converted, ReplyContext
from ...dialects import dialect_named
from ...errors import InvalidPayload
from ...losses import LossCode, Recorder
from ...options import Options
from ...wire import Body, JsonObject, Path, dump_json, is_array
from ..conversion import Conversion
from ..fields import VENDOR, Drop, Fields, UnionFields
from .calls import (
    CALLED_TWICE,
    CUSTOM_CALL_TO_MESSAGES,
    CUSTOM_TO_MESSAGES,
    FUNCTION_CALL_TO_MESSAGES,
    FUNCTION_TO_MESSAGES,
    input_of,
    tool_use,
)
from .content_to_messages import text_block
from .identity import made_up_id, model_of_reply
from .reasoning import holds_reasoning, read_reasoning
from .serving import tier_to_messages
from .stop import ending, finish_to_stop, matched_stop
from .think_tags import split_thinking
from .tools import FREE_TEXT
from .usage import counts_cache_within, usage_to_messages

__all__ = ["response_to_messages"]

# -- ledger --------------------------------------------------------------------------------------

RESPONSE_TO_MESSAGES: Final = Fields(
    chat.Response,
    {
        "id": "`id`",
        "object": "`type`",
        "model": "`model`",
        "choices": "`content`, `stop_reason`",
        "usage": "`usage`",
        "service_tier": "`usage.service_tier`",
        "x_groq": "`usage`, where it stands only there",
    },
    {
        "created": Drop(LossCode.CREATED, "Anthropic does not say when it answered", "info"),
        "system_fingerprint": Drop(LossCode.SYSTEM_FINGERPRINT, "Anthropic does not name its build", "info"),
        "metadata": Drop(LossCode.METADATA, "tags of a stored completion", "info"),
        "moderation": Drop(LossCode.MODERATION, "Anthropic has no moderation scores"),
    },
)
X_GROQ_TO_MESSAGES: Final = Fields(
    chat.XGroq,
    {"usage": "`usage`, where it stands only there"},
    {
        "id": VENDOR,
        "seed": VENDOR,
        "error": Drop(LossCode.ERROR_DETAILS, "why the answer broke off"),
    },
)
CHOICE_TO_MESSAGES: Final = Fields(
    chat.Choice,
    {
        "index": "only the first is used",
        "finish_reason": "`stop_reason`",
        "message": "`content`",
        "stop_reason": "`stop_sequence`, where it names one",
        "matched_stop": "`stop_sequence`, where it names one",
        "native_finish_reason": "nothing: `finish_reason` says it",
    },
    {
        "logprobs": Drop(LossCode.LOGPROBS, "Anthropic reports no probabilities", "info"),
        "error": Drop(LossCode.ERROR_DETAILS, "the choice failed"),
    },
)
_NO_MARK: Final = Drop(LossCode.CACHE_CONTROL, "replies carry no cache marks", "info")
_NO_MARKS: Final = {"prompt_cache_breakpoint": _NO_MARK, "cache_control": _NO_MARK}
REPLY_PARTS_TO_MESSAGES: Final = UnionFields(
    Fields(chat.TextPart, {"type": "`text` block", "text": "`text`"}, _NO_MARKS),
    Fields(chat.RefusalPart, {"type": "`text` block", "refusal": "`text`, `stop_reason` refusal"}, _NO_MARKS),
)
_SPOKEN: Final = Drop(LossCode.AUDIO, "Anthropic's replies are not spoken", "info")
AUDIO_TO_MESSAGES: Final = Fields(
    chat.Audio, {"transcript": "a `text` block"}, {"id": _SPOKEN, "data": _SPOKEN, "expires_at": _SPOKEN}
)
MESSAGE_TO_MESSAGES: Final = Fields(
    chat.ResponseMessage,
    {
        "role": "`role`",
        "content": "`text` blocks",
        "refusal": "a `text` block, `stop_reason` refusal",
        "tool_calls": "`tool_use` blocks",
        "function_call": "a `tool_use` block with a made-up id",
        "audio": "a `text` block with the transcript",
        "reasoning_content": "a `thinking` block with an empty signature",
        "reasoning": "a `thinking` block with an empty signature",
        "reasoning_text": "a `thinking` block with an empty signature",
        "reasoning_details": "`thinking` and `redacted_thinking` blocks",
        "thinking_blocks": "`thinking` and `redacted_thinking` blocks",
    },
    {
        "annotations": Drop(LossCode.ANNOTATIONS, "Anthropic's citations need data that annotations lack", "info"),
        "reasoning_opaque": Drop(LossCode.THINKING, "reasoning that only another vendor can read", "info"),
        "extra_content": VENDOR,
        "provider_specific_fields": VENDOR,
    },
)

# -- the reply -------------------------------------------------------------------------------------


def response_to_messages(body: Body, context: ReplyContext, options: Options) -> Converted[messages.Response]:
    """A ``message`` that says what a ``chat.completion`` says."""
    response = checked(chat.Response, body)
    cx = Conversion(options, dialect_named(None, "messages"))
    RESPONSE_TO_MESSAGES.report_object(response, (), cx.losses)
    if response.get("x_groq") is not None:
        X_GROQ_TO_MESSAGES.report_object(response["x_groq"], ("x_groq",), cx.losses)
    choice, path = _first_choice(response, cx)
    message: JsonObject = choice.get("message") or {}
    content = _blocks(message, response.get("id") or "call", (*path, "message"), cx)
    called = bool(content) and content[-1]["type"] == "tool_use"
    end = _ending(choice, called, path, context, cx.losses)
    reply: JsonObject = {
        "id": response.get("id") or _invented_id(response, cx),
        "type": "message",
        "role": "assistant",
        "model": model_of_reply(response.get("model"), context, cx.losses),
        "content": content,
        **end,
        "usage": _usage(response, cx),
    }
    if context.tool_names:
        _restore(content, context.tool_names)
    return Converted(messages.Response, reply, cx.losses, context, is_finite=True)


def _first_choice(response: JsonObject, cx: Conversion) -> tuple[JsonObject, Path]:
    choices: list[JsonObject] = response["choices"]
    if not choices:
        raise InvalidPayload(
            "expected at least one choice; a body that holds an error is for convert_error", "$.choices"
        )
    at = _first_index(choices, cx) if len(choices) > 1 else 0
    CHOICE_TO_MESSAGES.report_object(choices[at], ("choices", at), cx.losses)
    return choices[at], ("choices", at)


def _first_index(choices: list[JsonObject], cx: Conversion) -> int:
    first = next((at for at, choice in enumerate(choices) if choice.get("index") in (0, None)), 0)
    for at in range(len(choices)):
        if at != first:
            cx.losses.dropped(LossCode.CANDIDATES, ("choices", at), "a further candidate, where Anthropic gives one")
    return first


def _ending(choice: JsonObject, called: bool, path: Path, context: ReplyContext, losses: Recorder) -> JsonObject:
    at = (*path, "finish_reason") if "finish_reason" in choice else path
    stop = finish_to_stop(choice.get("finish_reason"), called, at, losses)
    return ending(stop, _matched(choice, path, context, losses), _refuses(choice.get("message") or {}))


def _matched(choice: JsonObject, path: Path, context: ReplyContext, losses: Recorder) -> str | None:
    """The stop sequence that ended the answer, under either vendor's name."""
    vllm = matched_stop(choice.get("stop_reason"), (*path, "stop_reason"), context, losses)
    return vllm or matched_stop(choice.get("matched_stop"), (*path, "matched_stop"), context, losses)


def _refuses(message: JsonObject) -> bool:
    content = message.get("content")
    if is_array(content) and any(part["type"] == "refusal" for part in content):
        return True
    return bool(message.get("refusal"))


def _restore(content: list[JsonObject], names: Mapping[str, str]) -> None:
    """Put tools under the names that the client gave them."""
    for block in content:
        if block["type"] == "tool_use":
            block["name"] = names.get(block["name"], block["name"])


def _invented_id(response: JsonObject, cx: Conversion) -> str:
    cx.losses.invented(LossCode.ID, ("id",), "a reply without id gets one")
    return made_up_id("msg_", dump_json(response), cx.options)


def _usage(response: JsonObject, cx: Conversion) -> JsonObject:
    usage: JsonObject | None = response.get("usage")
    path: Path = ("usage",)
    groq: JsonObject = response.get("x_groq") or {}
    if usage is None and groq.get("usage") is not None:
        usage = groq["usage"]
        path = ("x_groq", "usage")
    included = counts_cache_within(cx.options.dialect)
    counts = usage_to_messages(usage, path, cx.losses, cached_included=included)
    tier = tier_to_messages(response.get("service_tier"), ("service_tier",), cx.losses)
    if tier is not None:
        counts["service_tier"] = tier
    return counts


# -- its blocks ------------------------------------------------------------------------------------


def _blocks(message: JsonObject, seed: str, path: Path, cx: Conversion) -> list[JsonObject]:
    """Thinking first, then text, then calls, as Anthropic orders them; ``seed`` is for ids that are missing."""
    MESSAGE_TO_MESSAGES.report_object(message, path, cx.losses)
    blocks: list[JsonObject] = []
    content = message.get("content")
    if holds_reasoning(message):
        typed = chat.ResponseMessage.from_object(message)
        blocks += _thinking(typed, path, cx)
        if isinstance(typed.content, list):
            blocks += [text_block(text) for text in _texts(typed.content, (*path, "content"), cx) if text]
    if isinstance(content, str):
        blocks += _prose(content, (*path, "content"), cx)
    if message.get("refusal"):
        cx.losses.approximated(LossCode.REFUSAL, (*path, "refusal"), "a refusal becomes text", "info")
        blocks.append(text_block(message["refusal"]))
    if message.get("audio") is not None:
        blocks += _transcript(message["audio"], (*path, "audio"), cx)
    if message.get("tool_calls"):
        blocks += _calls(message["tool_calls"], seed, (*path, "tool_calls"), cx)
        if message.get("function_call") is not None:
            cx.losses.dropped(LossCode.LEGACY_FUNCTION, (*path, "function_call"), CALLED_TWICE)
    elif message.get("function_call") is not None:
        blocks += _legacy_call(message["function_call"], seed, (*path, "function_call"), cx)
    return blocks


def _thinking(message: chat.ResponseMessage, path: Path, cx: Conversion) -> list[JsonObject]:
    """An unsigned thought gets an empty signature, which marks it as unsigned when it comes back."""
    found = read_reasoning(message, path, cx.losses)
    if found.unsigned:
        _report_unsigned(found.paths, cx)
    return found.thoughts


def _report_unsigned(paths: Iterable[Path], cx: Conversion) -> None:
    for at in paths:
        cx.losses.invented(LossCode.THINKING_UNSIGNED, at, "reasoning without signature gets an empty one")


def _prose(content: str, path: Path, cx: Conversion) -> list[JsonObject]:
    """The text, and before it the thought that stands in it, if `Options.think_tags` says so."""
    thought = ""
    if cx.options.think_tags:
        thought, content = split_thinking(content, cx.options.think_tags)
    blocks: list[JsonObject] = []
    if thought:
        _report_unsigned([path], cx)
        blocks.append({"type": "thinking", "thinking": thought, "signature": ""})
    if content:
        blocks.append(text_block(content))
    return blocks


def _texts(parts: Sequence[chat.Part], path: Path, cx: Conversion) -> Iterator[str]:
    for index, part in enumerate(parts):
        match part:
            case chat.TextPart(text=text):
                REPLY_PARTS_TO_MESSAGES.report(part, (*path, index), cx.losses)
                yield text
            case chat.RefusalPart(refusal=text):
                REPLY_PARTS_TO_MESSAGES.report(part, (*path, index), cx.losses)
                cx.losses.approximated(LossCode.REFUSAL, (*path, index), "a refusal becomes text", "info")
                yield text
            case chat.ThinkingPart():
                pass  # read as reasoning
            case _:
                cx.losses.dropped(LossCode.UNKNOWN_BLOCK, (*path, index), f"a part of type {part.type!r}")


def _transcript(audio: JsonObject, path: Path, cx: Conversion) -> list[JsonObject]:
    if not any(audio.values()):
        return []
    transcript = audio.get("transcript")
    AUDIO_TO_MESSAGES.report_object(audio, path, cx.losses)
    cx.losses.approximated(LossCode.AUDIO, path, "the transcript stands for what was spoken")
    return [text_block(transcript)] if transcript else []


def _calls(calls: Sequence[JsonObject], seed: str, path: Path, cx: Conversion) -> Iterator[JsonObject]:
    for index, call in enumerate(calls):
        at: Path = (*path, index)
        match call.get("type"):
            case None | "function":
                _report_call(call, FUNCTION_CALL_TO_MESSAGES, at, cx.losses)
                call_id = _call_id(call.get("id"), f"{seed}_{index}", at, cx)
                yield _function_use(call["function"], call_id, (*at, "function"), cx)
            case "custom":
                _report_call(call, CUSTOM_CALL_TO_MESSAGES, at, cx.losses)
                CUSTOM_TO_MESSAGES.report_object(call["custom"], (*at, "custom"), cx.losses)
                call_id = _call_id(call.get("id"), f"{seed}_{index}", at, cx)
                yield tool_use(call_id, call["custom"]["name"], {FREE_TEXT: call["custom"]["input"]})
            case kind:
                cx.losses.dropped(LossCode.UNKNOWN_BLOCK, at, f"a call of type {kind!r}")


def _legacy_call(call: JsonObject, seed: str, path: Path, cx: Conversion) -> list[JsonObject]:
    """The deprecated form, which has no id of its own."""
    if not call["name"]:
        return []
    return [_function_use(call, _call_id(None, f"{seed}_0", path, cx), path, cx)]


def _function_use(function: JsonObject, call_id: str, path: Path, cx: Conversion) -> JsonObject:
    FUNCTION_TO_MESSAGES.report_object(function, path, cx.losses)
    return tool_use(call_id, function["name"], input_of(function.get("arguments"), path, cx))


def _report_call(call: JsonObject, fields: Fields, path: Path, losses: Recorder) -> None:
    fields.report_object(call, path, losses)
    if call.get("cache_control") is not None:
        losses.dropped(_NO_MARK.code, (*path, "cache_control"), _NO_MARK.detail, _NO_MARK.level)


def _call_id(call_id: str | None, seed: str, path: Path, cx: Conversion) -> str:
    if call_id:
        return cx.ids.fit(call_id, (*path, "id"))
    cx.losses.invented(LossCode.TOOL_ID, path, "a call without id gets one")
    return cx.ids.fit(made_up_id("toolu_", seed.encode("utf-8", "surrogatepass"), cx.options), path)
