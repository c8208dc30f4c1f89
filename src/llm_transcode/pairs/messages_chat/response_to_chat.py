"""Whole replies of Messages, as replies of Chat.

A Messages reply is a list of blocks; a Chat reply is a message that keeps text, calls and reasoning
apart. Text blocks are pieces of one text (citations split it), so they are joined without a separator.
A reply is checked against its typed model and then read as the JSON object that it is; models are made of
what is rare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ... import chat, messages
from ...checking import checked
from ...converted import Converted, ReplyContext
from ...dialects import dialect_named
from ...losses import LossCode, Recorder
from ...options import Options
from ...wire import Body, JsonObject, Path, dump_json
from ..conversion import Conversion
from ..fields import Drop, Fields
from .calls import TOOL_USE_TO_CHAT, arguments_of
from .identity import created_of_reply, model_of_reply
from .reasoning import REDACTED_TO_CHAT, THINKING_TO_CHAT, carry, report_plain, visible
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

    __slots__ = ("annotations", "calls", "context", "cx", "length", "texts", "thoughts")

    def __init__(self, cx: Conversion, context: ReplyContext) -> None:
        self.cx = cx
        self.context = context
        self.texts: list[str] = []
        self.length = 0
        self.calls: list[JsonObject] = []
        self.annotations: list[JsonObject] = []
        self.thoughts: list[JsonObject] = []

    def add(self, block: JsonObject, path: Path) -> None:
        match block["type"]:
            case "text":
                self._text(block, path)
            case "tool_use":
                self._call(block, path)
            case "thinking":
                self._thought(block, THINKING_TO_CHAT, path)
            case "redacted_thinking":
                self._thought(block, REDACTED_TO_CHAT, path)
            case _:
                report_unsaid(messages.read_block(block, path), path, self.cx.losses)

    def _call(self, block: JsonObject, path: Path) -> None:
        REPLY_CALL_TO_CHAT.report_object(block, path, self.cx.losses)
        if block["name"] == self.context.output_tool:
            self._append(dump_json(block["input"]).decode())
        elif self.context.legacy_functions and self.calls:
            detail = "a function_call holds one call; the others are lost"
            self.cx.losses.dropped(LossCode.LEGACY_FUNCTION, path, detail)
        else:
            if self.context.legacy_functions:
                self.cx.losses.dropped(NO_ID.code, (*path, "id"), NO_ID.detail, NO_ID.level)
            self.calls.append(call_of_reply(block["id"], block["name"], block["input"], self.context))

    def _thought(self, block: JsonObject, fields: Fields, path: Path) -> None:
        fields.report_object(block, path, self.cx.losses)
        if self.cx.options.reasoning in (None, "reasoning_content", "reasoning"):
            report_plain(block, path, self.cx)
        self.thoughts.append(block)

    def _text(self, block: JsonObject, path: Path) -> None:
        REPLY_TEXT_TO_CHAT.report_object(block, path, self.cx.losses)
        start = self.length
        self._append(block["text"])
        if block.get("citations"):
            self._cite(messages.TextBlock.from_object(block).citations or [], start, (*path, "citations"))

    def _cite(self, citations: Sequence[messages.Citation], start: int, path: Path) -> None:
        for index, citation in enumerate(citations):
            annotation = citation_to_chat(citation, start, self.length, self.cx.options)
            if annotation is not None:
                CITATION_TO_CHAT.report(citation, (*path, index), self.cx.losses)
                self.annotations.append(annotation)
            else:
                detail = "only citations of web pages become annotations"
                self.cx.losses.dropped(LossCode.CITATIONS, (*path, index), detail, "info")

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


def response_to_chat(body: Body, context: ReplyContext, options: Options) -> Converted[chat.Response]:
    """A ``chat.completion`` that says what a ``message`` says."""
    response = checked(messages.Response, body)
    cx = Conversion(options, dialect_named(None, "chat"))
    RESPONSE_TO_CHAT.report_object(response, (), cx.losses)
    choice = _choice(response, context, cx)
    reply: JsonObject = {
        "id": response["id"],
        "object": "chat.completion",
        "created": created_of_reply(("created",), cx),
        "model": model_of_reply(response["model"], context, cx.losses),
        "choices": [choice],
    }
    usage = response.get("usage")
    if usage is not None:
        reply["usage"] = usage_to_chat(usage, ("usage",), cx.losses)
        tier = tier_to_chat(usage.get("service_tier"), ("usage", "service_tier"), cx.losses)
        if tier is not None:
            reply["service_tier"] = tier
    # Only `thinking_blocks` takes anything along as it came.
    return Converted(chat.Response, reply, cx.losses, context, is_finite=options.reasoning != "thinking_blocks")


def _choice(response: JsonObject, context: ReplyContext, cx: Conversion) -> JsonObject:
    message = _ChatMessage(cx, context)
    for index, block in enumerate(response["content"]):
        message.add(block, ("content", index))
    stop = response.get("stop_reason")
    refusal = refusal_to_chat(response.get("stop_details"), stop, ("stop_details",), cx.losses)
    choice: JsonObject = {"index": 0, "message": message.finish(refusal), "logprobs": None}
    called, legacy = bool(message.calls), context.legacy_functions
    choice["finish_reason"] = stop_to_finish(stop, called, ("stop_reason",), cx.losses, legacy)
    if response.get("stop_sequence"):
        choice["stop_reason"] = response["stop_sequence"]
    return choice


def refusal_to_chat(details: JsonObject | None, reason: str | None, path: Path, losses: Recorder) -> str | None:
    """The ``refusal`` that says what the details of a stop reason say."""
    if details is None:
        return None
    STOP_DETAILS_TO_CHAT.report_object(details, path, losses)
    if reason == "refusal":
        explanation: str | None = details.get("explanation")
        return explanation
    losses.dropped(LossCode.REFUSAL, path, "the details of a refusal, where the reply is none", "info")
    return None
