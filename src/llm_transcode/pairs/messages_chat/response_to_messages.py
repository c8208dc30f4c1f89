"""Whole replies of Chat, as replies of Messages.

A Chat reply keeps text, calls and reasoning apart; they become blocks in Anthropic's order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...converted import Converted, ReplyContext
from ...dialects import dialect_named
from ...errors import InvalidPayload
from ...losses import LossCode, Recorder
from ...options import Options
from ...wire import JsonObject, Path
from ..conversion import Conversion
from ..fields import VENDOR, Drop, Fields, UnionFields
from .calls import FUNCTION_TO_MESSAGES, input_of, report_call
from .content_to_messages import text_block
from .identity import made_up_id, model_of_reply
from .reasoning import read_reasoning
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


def response_to_messages(
    response: chat.Response, context: ReplyContext, options: Options
) -> Converted[messages.Response]:
    """A ``message`` that says what a ``chat.completion`` says."""
    cx = Conversion(options, dialect_named(None, "messages"))
    RESPONSE_TO_MESSAGES.report(response, (), cx.losses)
    if response.x_groq is not None:
        X_GROQ_TO_MESSAGES.report(response.x_groq, ("x_groq",), cx.losses)
    choice, path = _first_choice(response, cx)
    message = choice.message or chat.ResponseMessage()
    content = _blocks(message, response, (*path, "message"), cx)
    calls = any(block["type"] == "tool_use" for block in content)
    stop = finish_to_stop(choice.finish_reason, calls, _finish_path(choice, path), cx.losses)
    matched = _matched(choice, path, context, cx)
    body: JsonObject = {
        "id": response.id or _invented_id(response, cx),
        "type": "message",
        "role": "assistant",
        "model": model_of_reply(response.model, context, cx.losses),
        "content": content,
        **ending(stop, matched, _refuses(message)),
        "usage": _usage(response, cx),
    }
    return Converted(messages.Response, _restored(body, context), cx.losses, context)


def _first_choice(response: chat.Response, cx: Conversion) -> tuple[chat.Choice, Path]:
    if not response.choices:
        raise InvalidPayload(
            "expected at least one choice; a body that holds an error is for convert_error", "$.choices"
        )
    at = next((at for at, choice in enumerate(response.choices) if choice.index in (0, None)), 0)
    for other in range(len(response.choices)):
        if other != at:
            cx.losses.dropped(LossCode.CANDIDATES, ("choices", other), "a further candidate, where Anthropic gives one")
    choice = response.choices[at]
    CHOICE_TO_MESSAGES.report(choice, ("choices", at), cx.losses)
    return choice, ("choices", at)


def _matched(choice: chat.Choice, path: Path, context: ReplyContext, cx: Conversion) -> str | None:
    """The stop sequence that ended the answer, under either vendor's name."""
    vllm = matched_stop(choice.stop_reason, (*path, "stop_reason"), context, cx.losses)
    return vllm or matched_stop(choice.matched_stop, (*path, "matched_stop"), context, cx.losses)


def _refuses(message: chat.ResponseMessage) -> bool:
    if not isinstance(message.content, list):
        return bool(message.refusal)
    return bool(message.refusal) or any(isinstance(part, chat.RefusalPart) for part in message.content)


def _finish_path(choice: chat.Choice, path: Path) -> Path:
    """Where the finish reason stands; the choice itself if it has none."""
    return (*path, "finish_reason") if "finish_reason" in choice.model_fields_set else path


# -- its blocks ------------------------------------------------------------------------------------


def _blocks(message: chat.ResponseMessage, response: chat.Response, path: Path, cx: Conversion) -> list[JsonObject]:
    """Thinking first, then text, then calls, as Anthropic orders them."""
    MESSAGE_TO_MESSAGES.report(message, path, cx.losses)
    blocks = [*_thinking(message, path, cx), *_tagged_thinking(message, path, cx)]
    blocks += [text_block(text) for text in _texts(message, path, cx) if text]
    blocks += _calls(message, response, path, cx)
    return blocks


def _thinking(message: chat.ResponseMessage, path: Path, cx: Conversion) -> list[JsonObject]:
    """An unsigned thought gets an empty signature, which marks it as unsigned when it comes back."""
    found = read_reasoning(message, path, cx.losses)
    if found is None:
        return []
    if not found.unsigned:
        return found.blocks
    for at in found.paths:
        cx.losses.invented(LossCode.THINKING_UNSIGNED, at, "reasoning without signature gets an empty one")
    return [*found.blocks, {"type": "thinking", "thinking": found.unsigned, "signature": ""}]


def _tagged_thinking(message: chat.ResponseMessage, path: Path, cx: Conversion) -> list[JsonObject]:
    """A thought that stands in the text, if `Options.think_tags` says so."""
    if not isinstance(message.content, str):
        return []
    thought, _ = split_thinking(message.content, cx.options.think_tags)
    if not thought:
        return []
    cx.losses.invented(LossCode.THINKING_UNSIGNED, (*path, "content"), "reasoning without signature gets an empty one")
    return [{"type": "thinking", "thinking": thought, "signature": ""}]


def _texts(message: chat.ResponseMessage, path: Path, cx: Conversion) -> Iterable[str]:
    if isinstance(message.content, str):
        yield split_thinking(message.content, cx.options.think_tags)[1]
    for index, part in enumerate(message.content or ()) if isinstance(message.content, list) else ():
        match part:
            case chat.TextPart(text=text):
                REPLY_PARTS_TO_MESSAGES.report(part, (*path, "content", index), cx.losses)
                yield text
            case chat.RefusalPart(refusal=text):
                REPLY_PARTS_TO_MESSAGES.report(part, (*path, "content", index), cx.losses)
                cx.losses.approximated(LossCode.REFUSAL, (*path, "content", index), "a refusal becomes text", "info")
                yield text
            case chat.ThinkingPart():
                pass  # read as reasoning
            case _:
                cx.losses.dropped(LossCode.UNKNOWN_BLOCK, (*path, "content", index), f"a part of type {part.type!r}")
    if message.refusal:
        cx.losses.approximated(LossCode.REFUSAL, (*path, "refusal"), "a refusal becomes text", "info")
        yield message.refusal
    if message.audio is not None and (message.audio.id or message.audio.transcript):
        AUDIO_TO_MESSAGES.report(message.audio, (*path, "audio"), cx.losses)
        cx.losses.approximated(LossCode.AUDIO, (*path, "audio"), "the transcript stands for what was spoken")
        yield message.audio.transcript or ""


def _calls(message: chat.ResponseMessage, response: chat.Response, path: Path, cx: Conversion) -> Iterable[JsonObject]:
    seed = response.id or "call"
    for index, call in enumerate(message.tool_calls or ()):
        at: Path = (*path, "tool_calls", index)
        match call:
            case chat.FunctionToolCall(function=function):
                _report_call(call, at, cx.losses)
                tool_input = input_of(function.arguments, (*at, "function", "arguments"), cx)
                yield _tool_use(_call_id(call.id, f"{seed}_{index}", at, cx), function.name, tool_input)
            case chat.CustomToolCall(custom=custom):
                _report_call(call, at, cx.losses)
                call_id = _call_id(call.id, f"{seed}_{index}", at, cx)
                yield _tool_use(call_id, custom.name, {FREE_TEXT: custom.input})
            case chat.UnknownToolCall():
                cx.losses.dropped(LossCode.UNKNOWN_BLOCK, at, f"a call of type {call.type!r}")
            case _:
                assert_never(call)
    if message.function_call is not None and message.function_call.name and not message.tool_calls:
        at = (*path, "function_call")
        FUNCTION_TO_MESSAGES.report(message.function_call, at, cx.losses)
        tool_input = input_of(message.function_call.arguments, (*at, "arguments"), cx)
        yield _tool_use(_call_id(None, f"{seed}_0", at, cx), message.function_call.name, tool_input)


def _report_call(call: chat.FunctionToolCall | chat.CustomToolCall, path: Path, losses: Recorder) -> None:
    report_call(call, path, losses)
    if call.cache_control is not None:
        losses.dropped(_NO_MARK.code, (*path, "cache_control"), _NO_MARK.detail, _NO_MARK.level)


def _call_id(call_id: str | None, seed: str, path: Path, cx: Conversion) -> str:
    if call_id:
        return cx.ids.fit(call_id, (*path, "id"))
    cx.losses.invented(LossCode.TOOL_ID, path, "a call without id gets one")
    return cx.ids.fit(made_up_id("toolu_", seed.encode("utf-8", "surrogatepass"), cx.options), path)


def _tool_use(call_id: str, name: str, tool_input: JsonObject) -> JsonObject:
    return {"type": "tool_use", "id": call_id, "name": name, "input": tool_input}


def _restored(body: JsonObject, context: ReplyContext) -> JsonObject:
    """Tools under the names that the client gave them."""
    for block in body["content"] if context.tool_names else ():
        if block["type"] == "tool_use":
            block["name"] = context.tool_names.get(block["name"], block["name"])
    return body


def _invented_id(response: chat.Response, cx: Conversion) -> str:
    cx.losses.invented(LossCode.ID, ("id",), "a reply without id gets one")
    return made_up_id("msg_", response.to_json(), cx.options)


def _usage(response: chat.Response, cx: Conversion) -> JsonObject:
    usage = response.usage
    path: Path = ("usage",)
    if usage is None and response.x_groq is not None:
        usage = response.x_groq.usage
        path = ("x_groq", "usage")
    included = counts_cache_within(cx.options.dialect)
    counts = usage_to_messages(usage, path, cx.losses, cached_included=included)
    tier = tier_to_messages(response.service_tier, ("service_tier",), cx.losses)
    if tier is not None:
        counts["service_tier"] = tier
    return counts
