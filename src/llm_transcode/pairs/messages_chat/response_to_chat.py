"""Whole replies of Messages, as replies of Chat.

A Messages reply is a list of blocks; a Chat reply is a message that keeps text, calls and reasoning
apart. Text blocks are pieces of one text (citations split it), so they are joined without a separator.
"""

from __future__ import annotations

from typing import Final

from ... import chat, messages
from ...converted import Converted, ReplyContext
from ...dialects import dialect_named
from ...losses import LossCode, Recorder
from ...options import Options
from ...wire import JsonObject, Path, dump_json
from ..conversion import Conversion
from ..fields import Drop, Fields
from .calls import TOOL_USE_TO_CHAT, arguments_of
from .identity import created_of_reply, model_of_reply
from .reasoning import THOUGHTS_TO_CHAT, Thought, carry, report_plain, visible
from .serving import tier_to_chat
from .stop import stop_to_finish
from .tools import FREE_TEXT
from .usage import usage_to_chat

__all__ = ["NO_ID", "call_of_reply", "citation_to_chat", "refusal_to_chat", "report_unsaid", "response_to_chat"]

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
_NO_MARKS: Final = {"cache_control": Drop(LossCode.CACHE_CONTROL, "replies carry no cache marks", "info")}
REPLY_CALL_TO_CHAT: Final = Fields(
    messages.ToolUseBlock,
    {"type": "`tool_calls[]`", "id": "`id`", "name": "`function.name`", "input": "`function.arguments`"},
    {**TOOL_USE_TO_CHAT.dropped, **_NO_MARKS},
)
REPLY_TEXT_TO_CHAT: Final = Fields(
    messages.TextBlock,
    {"type": "`content`", "text": "`content`", "citations": "`annotations`"},
    _NO_MARKS,
)
NO_ID: Final = Drop(LossCode.LEGACY_FUNCTION, "a function_call has no id", "info")
"""For the id of a call that goes to a client of the deprecated functions."""
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

# -- the message -----------------------------------------------------------------------------------


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
                self._call(block, path)
            case messages.ThinkingBlock() | messages.RedactedThinkingBlock():
                self._thought(block, path)
            case _:
                report_unsaid(block, path, self.cx.losses)

    def _thought(self, block: Thought, path: Path) -> None:
        THOUGHTS_TO_CHAT.report(block, path, self.cx.losses)
        if self.cx.options.reasoning in (None, "reasoning_content", "reasoning"):
            report_plain(block, path, self.cx)
        self.thoughts.append(block)

    def _call(self, block: messages.ToolUseBlock, path: Path) -> None:
        if self.context.legacy_functions and self.calls:
            detail = "a function_call holds one call; the others are lost"
            self.cx.losses.dropped(LossCode.LEGACY_FUNCTION, path, detail)
            return
        if self.context.legacy_functions:
            self.cx.losses.dropped(NO_ID.code, (*path, "id"), NO_ID.detail, NO_ID.level)
        self.calls.append(call_of_reply(block.id, block.name, block.input, self.context))

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


# -- the reply -------------------------------------------------------------------------------------


def response_to_chat(response: messages.Response, context: ReplyContext, options: Options) -> Converted[chat.Response]:
    """A ``chat.completion`` that says what a ``message`` says."""
    cx = Conversion(options, dialect_named(None, "chat"))
    RESPONSE_TO_CHAT.report(response, (), cx.losses)
    message = _ChatMessage(cx, context)
    for index, block in enumerate(response.content):
        message.add(block, ("content", index))
    refusal = refusal_to_chat(response.stop_details, response.stop_reason, ("stop_details",), cx.losses)
    choice: JsonObject = {"index": 0, "message": message.finish(refusal), "logprobs": None}
    choice["finish_reason"] = stop_to_finish(
        response.stop_reason, bool(message.calls), ("stop_reason",), cx.losses, context.legacy_functions
    )
    if response.stop_sequence:
        choice["stop_reason"] = response.stop_sequence
    body: JsonObject = {
        "id": response.id,
        "object": "chat.completion",
        "created": created_of_reply(("created",), cx),
        "model": model_of_reply(response.model, context, cx.losses),
        "choices": [choice],
    }
    if response.usage is not None:
        body["usage"] = usage_to_chat(response.usage, ("usage",), cx.losses)
        tier = tier_to_chat(response.usage.service_tier, ("usage", "service_tier"), cx.losses)
        if tier is not None:
            body["service_tier"] = tier
    return Converted(chat.Response, body, cx.losses, context)


def refusal_to_chat(
    details: messages.StopDetails | None, reason: str | None, path: Path, losses: Recorder
) -> str | None:
    """The ``refusal`` that says what the details of a stop reason say."""
    if details is None:
        return None
    STOP_DETAILS_TO_CHAT.report(details, path, losses)
    if reason == "refusal":
        return details.explanation
    losses.dropped(LossCode.REFUSAL, path, "the details of a refusal, where the reply is none", "info")
    return None
