"""Whole replies.

A Messages reply is a list of blocks; a Chat reply is a message that keeps text, calls and reasoning
apart. Text blocks are pieces of one text (citations split it), so they are joined without a separator.
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
from ...wire import JsonObject, Path, dump_json
from ..conversion import Conversion, hashed
from ..fields import VENDOR, Drop, Fields
from .calls import FUNCTION_TO_MESSAGES, arguments_of, input_of, report_call
from .content import PARTS_TO_MESSAGES, text_block
from .reasoning import (
    THOUGHTS_TO_CHAT,
    Thought,
    carry,
    may_reason,
    reasoning_of,
    report_plain,
    report_reasoning,
    visible,
)
from .serving import tier_to_chat, tier_to_messages
from .stop import finish_to_stop, matched_stop, stop_to_finish
from .think_tags import split_thinking
from .tools import FREE_TEXT
from .usage import counts_cache_within, usage_to_chat, usage_to_messages

__all__ = [
    "call_of_reply",
    "citation_to_chat",
    "made_up_id",
    "model_of_reply",
    "report_unsaid",
    "response_to_chat",
    "response_to_messages",
]

# -- ledger --------------------------------------------------------------------------------------

_SERVER_STATE: Final = Drop(LossCode.CONTAINER, "state of Anthropic's servers", "info")
RESPONSE_TO_CHAT: Final = Fields(
    messages.Response,
    {
        "id": "`id`",
        "type": "`object`",
        "role": "`choices[0].message.role`",
        "model": "`model`",
        "content": "`choices[0].message`",
        "stop_reason": "`choices[0].finish_reason`",
        "stop_sequence": "`choices[0].stop_reason`, vLLM's extension",
        "stop_details": "`choices[0].message.refusal`",
        "usage": "`usage`, `service_tier`",
    },
    {
        "container": _SERVER_STATE,
        "diagnostics": Drop(LossCode.DIAGNOSTICS, "Chat does not explain its cache", "info"),
        "context_management": Drop(LossCode.CONTEXT_MANAGEMENT, "what Anthropic's servers edited", "info"),
        "input_transformations": Drop(LossCode.CONTEXT_MANAGEMENT, "what Anthropic's servers changed", "info"),
    },
)
_REFUSAL_DETAIL: Final = Drop(LossCode.REFUSAL, "Chat says no more of a refusal than its text", "info")
STOP_DETAILS_TO_CHAT: Final = Fields(
    messages.StopDetails,
    {"type": "`finish_reason`", "explanation": "`message.refusal`"},
    {
        "category": _REFUSAL_DETAIL,
        "recommended_model": _REFUSAL_DETAIL,
        "fallback_credit_token": _REFUSAL_DETAIL,
        "fallback_has_prefill_claim": _REFUSAL_DETAIL,
    },
)
_CALLER: Final = Drop(LossCode.TOOL_CALLER, "Chat does not say who called", "info")
REPLY_CALL_TO_CHAT: Final = Fields(
    messages.ToolUseBlock,
    {"type": "`tool_calls[]`", "id": "`id`", "name": "`function.name`", "input": "`function.arguments`"},
    {
        "caller": _CALLER,
        "toolset_name": _CALLER,
        "cache_control": Drop(LossCode.CACHE_CONTROL, "replies carry no cache marks", "info"),
    },
)
REPLY_TEXT_TO_CHAT: Final = Fields(
    messages.TextBlock,
    {"type": "`content`", "text": "`content`", "citations": "`annotations`"},
    {"cache_control": Drop(LossCode.CACHE_CONTROL, "replies carry no cache marks", "info")},
)
_SOURCE: Final = Drop(LossCode.CITATIONS, "an annotation names the page, not the passage in it", "info")
CITATION_TO_CHAT: Final = Fields(
    messages.WebSearchResultLocation,
    {
        "type": "`annotations[].type`",
        "url": "`annotations[].url_citation.url`",
        "title": "`annotations[].url_citation.title`",
    },
    {"cited_text": _SOURCE, "encrypted_index": _SOURCE},
)
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

# -- both directions -------------------------------------------------------------------------------


def model_of_reply(upstream: str | None, context: ReplyContext, losses: Recorder) -> str:
    """The model as the client knows it: under its own name where the request renamed it."""
    if context.renamed and context.model:
        return context.model
    model = upstream or context.model
    if not model:
        losses.invented(LossCode.ID, ("model",), "the reply names no model; the name stays empty")
    return model or ""


def made_up_id(prefix: str, seed: bytes, options: Options) -> str:
    """An id for a reply without one, derived from what is there, so that the same reply gets the same id."""
    if options.new_id is not None:
        return options.new_id(prefix)
    return prefix + hashed(seed.decode("utf-8", "replace"), 24)


# -- Messages to Chat ----------------------------------------------------------------------------


class _ChatMessage:
    """The message of a Chat reply, put together block by block."""

    def __init__(self, cx: Conversion, context: ReplyContext) -> None:
        self.cx = cx
        self.context = context
        self.texts: list[str] = []
        self.length = 0
        self.calls: list[JsonObject] = []
        self.annotations: list[JsonObject] = []
        self.thoughts: list[Thought] = []

    def add(self, block: messages.ContentBlock, path: Path) -> None:
        match block:
            case messages.TextBlock():
                self._text(block, path)
            case messages.ToolUseBlock(name=self.context.output_tool):
                REPLY_CALL_TO_CHAT.report(block, path, self.cx.losses)
                self._append(dump_json(block.input).decode())
            case messages.ToolUseBlock():
                REPLY_CALL_TO_CHAT.report(block, path, self.cx.losses)
                self.calls.append(call_of_reply(block.id, block.name, block.input, self.context))
            case messages.ThinkingBlock() | messages.RedactedThinkingBlock():
                self._thought(block, path)
            case _:
                report_unsaid(block, path, self.cx.losses)

    def _thought(self, block: Thought, path: Path) -> None:
        THOUGHTS_TO_CHAT.report(block, path, self.cx.losses)
        if self.cx.options.reasoning in (None, "reasoning_content", "reasoning"):
            report_plain(block, path, self.cx)
        self.thoughts.append(block)

    def _text(self, block: messages.TextBlock, path: Path) -> None:
        REPLY_TEXT_TO_CHAT.report(block, path, self.cx.losses)
        start = self.length
        self._append(block.text)
        for index, citation in enumerate(block.citations or ()):
            annotation = citation_to_chat(citation, start, self.length, self.cx.options)
            if annotation is not None:
                CITATION_TO_CHAT.report(citation, (*path, "citations", index), self.cx.losses)
                self.annotations.append(annotation)
            else:
                detail = "only citations of web pages become annotations"
                self.cx.losses.dropped(LossCode.CITATIONS, (*path, "citations", index), detail, "info")

    def _append(self, text: str) -> None:
        self.texts.append(text)
        self.length += len(text)

    def finish(self, refusal: str | None) -> JsonObject:
        text = "".join(self.texts)
        message: JsonObject = {"role": "assistant", "content": text or (None if self.calls else "")}
        message["refusal"] = refusal
        if self.thoughts:
            self._reason(message)
        if self.annotations:
            message["annotations"] = self.annotations
        if self.calls and self.context.legacy_functions:
            message["function_call"] = self.calls[0]["function"]
        elif self.calls:
            message["tool_calls"] = self.calls
        return message

    def _reason(self, message: JsonObject) -> None:
        if text := visible(self.thoughts):
            message["reasoning_content"] = text
        if self.cx.options.reasoning not in (None, "reasoning_content"):
            carry(self.thoughts, message, self.cx.options.reasoning)


def report_unsaid(block: messages.ContentBlock, path: Path, losses: Recorder) -> None:
    """Record a block for which a Chat reply has no place."""
    match block:
        case messages.UnknownBlock():
            losses.dropped(LossCode.UNKNOWN_BLOCK, path, f"a block of type {block.type!r}")
        case messages.ContainerUploadBlock():
            losses.dropped(LossCode.CONTAINER, path, "a file that stays at Anthropic")
        case messages.CompactionBlock():
            losses.dropped(LossCode.COMPACTION, path, "the summary that stands for earlier turns")
        case messages.FallbackBlock():
            losses.dropped(LossCode.FALLBACKS, path, "which model took over", "info")
        case _:
            # Never as tool_calls: the client would try to run them.
            detail = f"what a server tool was asked or answered: {block.type!r}"
            losses.dropped(LossCode.SERVER_BLOCK, path, detail, "info")


def citation_to_chat(citation: messages.Citation, start: int, end: int, options: Options) -> JsonObject | None:
    """A citation of a web page as an annotation of the text from ``start`` to ``end``."""
    if not (options.annotations and isinstance(citation, messages.WebSearchResultLocation)):
        return None
    page = {"url": citation.url, "title": citation.title or citation.url, "start_index": start, "end_index": end}
    return {"type": "url_citation", "url_citation": page}


def call_of_reply(call_id: str, name: str, tool_input: JsonObject, context: ReplyContext) -> JsonObject:
    """A call under the name and in the form in which the client knows the tool."""
    name = context.tool_names.get(name, name)
    if name in context.custom_tools and isinstance(text := tool_input.get(FREE_TEXT), str):
        return {"id": call_id, "type": "custom", "custom": {"name": name, "input": text}}
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments_of(tool_input)}}


def response_to_chat(response: messages.Response, context: ReplyContext, options: Options) -> Converted[chat.Response]:
    """A ``chat.completion`` that says what a ``message`` says."""
    cx = Conversion(options, dialect_named(None, "chat"))
    RESPONSE_TO_CHAT.report(response, (), cx.losses)
    message = _ChatMessage(cx, context)
    for index, block in enumerate(response.content):
        message.add(block, ("content", index))
    if context.legacy_functions and len(message.calls) > 1:
        cx.losses.dropped(LossCode.LEGACY_FUNCTION, ("content",), "a function_call holds one call; the others are lost")
    choice: JsonObject = {"index": 0, "message": message.finish(_refusal(response, cx)), "logprobs": None}
    choice["finish_reason"] = stop_to_finish(
        response.stop_reason, bool(message.calls), ("stop_reason",), cx.losses, context.legacy_functions
    )
    if response.stop_sequence:
        choice["stop_reason"] = response.stop_sequence
    body: JsonObject = {
        "id": response.id,
        "object": "chat.completion",
        "created": _created(cx),
        "model": model_of_reply(response.model, context, cx.losses),
        "choices": [choice],
    }
    if response.usage is not None:
        body["usage"] = usage_to_chat(response.usage, ("usage",), cx.losses)
        tier = tier_to_chat(response.usage.service_tier, ("usage", "service_tier"), cx.losses)
        if tier is not None:
            body["service_tier"] = tier
    return Converted(chat.Response, body, cx.losses, context)


def _refusal(response: messages.Response, cx: Conversion) -> str | None:
    details = response.stop_details
    if details is None:
        return None
    STOP_DETAILS_TO_CHAT.report(details, ("stop_details",), cx.losses)
    return details.explanation if response.stop_reason == "refusal" else None


def _created(cx: Conversion) -> int:
    if cx.options.now is not None:
        return cx.options.now()
    cx.losses.invented(LossCode.CREATED, ("created",), "Anthropic does not say when it answered; 0 (Options.now)")
    return 0


# -- Chat to Messages ----------------------------------------------------------------------------


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
    matched = matched_stop(choice.stop_reason, context) or matched_stop(choice.matched_stop, context)
    if matched is not None and stop == "end_turn":
        stop = "stop_sequence"
    body: JsonObject = {
        "id": response.id or _invented_id(response, cx),
        "type": "message",
        "role": "assistant",
        "model": model_of_reply(response.model, context, cx.losses),
        "content": content,
        "stop_reason": "refusal" if _refuses(message) else stop,
        "stop_sequence": matched if stop == "stop_sequence" else None,
    }
    if body["stop_reason"] == "refusal":
        body["stop_details"] = {"type": "refusal", "category": None, "explanation": None}
    body["usage"] = _usage(response, cx)
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


def _refuses(message: chat.ResponseMessage) -> bool:
    if not isinstance(message.content, list):
        return bool(message.refusal)
    return bool(message.refusal) or any(isinstance(part, chat.RefusalPart) for part in message.content)


def _finish_path(choice: chat.Choice, path: Path) -> Path:
    """Where the finish reason stands; the choice itself if it has none."""
    return (*path, "finish_reason") if "finish_reason" in choice.model_fields_set else path


def _blocks(message: chat.ResponseMessage, response: chat.Response, path: Path, cx: Conversion) -> list[JsonObject]:
    """Thinking first, then text, then calls, as Anthropic orders them."""
    MESSAGE_TO_MESSAGES.report(message, path, cx.losses)
    blocks = [*_thinking(message, path, cx), *_tagged_thinking(message, path, cx)]
    blocks += [text_block(text) for text in _texts(message, path, cx) if text]
    blocks += _calls(message, response, path, cx)
    return blocks


def _thinking(message: chat.ResponseMessage, path: Path, cx: Conversion) -> list[JsonObject]:
    """An unsigned thought gets an empty signature, which marks it as unsigned when it comes back."""
    if not may_reason(message):
        return []
    found = reasoning_of(message, path)
    report_reasoning(message, path, cx.losses)
    for at in found.foreign:
        cx.losses.dropped(LossCode.THINKING, at, "reasoning that only another vendor can read", "info")
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
                PARTS_TO_MESSAGES.report(part, (*path, "content", index), cx.losses)
                yield text
            case chat.RefusalPart(refusal=text):
                PARTS_TO_MESSAGES.report(part, (*path, "content", index), cx.losses)
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
                report_call(call, at, cx.losses)
                tool_input = input_of(function.arguments, (*at, "function", "arguments"), cx)
                yield _tool_use(call.id, f"{seed}_{index}", function.name, tool_input, at, cx)
            case chat.CustomToolCall(custom=custom):
                report_call(call, at, cx.losses)
                yield _tool_use(call.id, f"{seed}_{index}", custom.name, {FREE_TEXT: custom.input}, at, cx)
            case chat.UnknownToolCall():
                cx.losses.dropped(LossCode.UNKNOWN_BLOCK, at, f"a call of type {call.type!r}")
            case _:
                assert_never(call)
    if message.function_call is not None and message.function_call.name and not message.tool_calls:
        at = (*path, "function_call")
        FUNCTION_TO_MESSAGES.report(message.function_call, at, cx.losses)
        tool_input = input_of(message.function_call.arguments, (*at, "arguments"), cx)
        yield _tool_use(None, f"{seed}_0", message.function_call.name, tool_input, at, cx)


def _tool_use(
    call_id: str | None, seed: str, name: str, tool_input: JsonObject, path: Path, cx: Conversion
) -> JsonObject:
    if not call_id:
        call_id = made_up_id("toolu_", seed.encode("utf-8", "surrogatepass"), cx.options)
        cx.losses.invented(LossCode.TOOL_ID, (*path, "id"), "a call without id gets one")
    return {"type": "tool_use", "id": cx.ids.fit(call_id, (*path, "id")), "name": name, "input": tool_input}


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
