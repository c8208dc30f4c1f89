"""Conversions whose outcome fits into a row of a table: what was asked becomes what, and loses what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from llm_transcode import Converted, Loss, Options, ReplyContext, convert_request, convert_response
from llm_transcode.wire import WireModel
from tests.pitfalls.conversions import CHAT_MODEL, CLAUDE, HI

__all__ = ["Json", "JsonObject", "Outcome", "reply_to_chat", "reply_to_messages", "rows", "to_chat", "to_messages"]

Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]


class Outcome(NamedTuple):
    """What came of a conversion."""

    body: JsonObject
    losses: list[str]


def rows(losses: Iterable[Loss]) -> list[str]:
    """Each loss in a line, without its detail: that is prose, which has to be there."""
    found = list(losses)
    assert all(isinstance(loss.detail, str) and loss.detail for loss in found)
    return [f"{loss.kind} {loss.level} {loss.code.value} {loss.path}" for loss in found]


def _besides(converted: Converted[WireModel], *names: str) -> Outcome:
    body = {name: value for name, value in converted.to_dict().items() if name not in names}
    return Outcome(body, rows(converted.losses))


def to_chat(fields: JsonObject, options: Options | None = None) -> Outcome:
    """What becomes of these fields of a Messages request; of the rest only what is not as usual."""
    body = {"model": CHAT_MODEL, "max_tokens": 64, "messages": [HI], **fields}
    converted = convert_request(body, source="messages", target="chat", options=options)
    return _besides(converted, "model", *([] if "messages" in fields else ["messages"]), *_limits(fields))


def to_messages(fields: JsonObject, options: Options | None = None) -> Outcome:
    """What becomes of these fields of a Chat request; of the rest only what is not as usual."""
    body = {"model": CLAUDE, "max_completion_tokens": 64, "messages": [HI], **fields}
    converted = convert_request(body, source="chat", target="messages", options=options)
    return _besides(converted, "model", *([] if "messages" in fields else ["messages"]), *_limits(fields))


def _limits(fields: JsonObject) -> list[str]:
    names = ["max_tokens", "max_completion_tokens"]
    return [] if any(name in fields for name in names) else names


_NO_CLOCK = Options(now=lambda: 0)
"""Spares the tests the loss that Anthropic does not say when it answered."""


def reply_to_chat(reply: JsonObject, context: ReplyContext | None = None, options: Options = _NO_CLOCK) -> Outcome:
    """What becomes of a whole Messages reply."""
    return _besides(convert_response(reply, source="messages", target="chat", context=context, options=options))


def reply_to_messages(
    reply: JsonObject, context: ReplyContext | None = None, options: Options | None = None
) -> Outcome:
    """What becomes of a whole Chat reply, whose ``created`` is no concern of the tests."""
    plain = {name: value for name, value in reply.items() if name != "created"}
    return _besides(convert_response(plain, source="chat", target="messages", context=context, options=options))
