"""The public verbs: one function for each kind of document, whatever the two protocols.

A pair of protocols is served by one package below `pairs`; a protocol is its own counterpart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TypeVar, overload

from . import chat, messages
from .converted import Converted, ConvertedError, ReplyContext
from .errors import InvalidPayload
from .options import Options
from .pairs import messages_chat
from .protocols import Protocol, check_protocols
from .wire import Body, WireModel

__all__ = ["convert_error", "convert_models", "convert_request", "convert_response"]

M = TypeVar("M", bound=WireModel)


@contextmanager
def _bounded() -> Iterator[None]:
    """Nesting beyond the interpreter's stack is bad input, wherever it is met."""
    try:
        yield
    except RecursionError as error:
        raise InvalidPayload("nested too deeply") from error


def _unchanged(model: type[M], body: Body, context: ReplyContext | None = None) -> Converted[M]:
    return Converted(model, model.parse(body).to_dict(), (), context)


@overload
def convert_request(
    body: Body, *, source: Literal["messages"], target: Literal["chat"], options: Options | None = None
) -> Converted[chat.Request]: ...
@overload
def convert_request(
    body: Body, *, source: Literal["chat"], target: Literal["messages"], options: Options | None = None
) -> Converted[messages.Request]: ...
@overload
def convert_request(
    body: Body, *, source: Protocol, target: Protocol, options: Options | None = None
) -> Converted[chat.Request] | Converted[messages.Request]: ...
def convert_request(
    body: Body, *, source: Protocol, target: Protocol, options: Options | None = None
) -> Converted[chat.Request] | Converted[messages.Request]:
    """Convert the body of a request.

    ``/v1/messages`` <-> ``/v1/chat/completions``. Hand the result's ``context`` to `convert_response`
    or `StreamTranscoder` with the reply.

    Raises `InvalidPayload` if the body is not valid in ``source``, `Unsupported` if ``target`` cannot
    say it without changing its meaning, `ValueError` for an unknown protocol.
    """
    check_protocols(source, target)
    options = options or Options()
    with _bounded():
        match source, target:
            case "messages", "chat":
                return messages_chat.request_to_chat(messages.Request.parse(body), options)
            case "chat", "messages":
                return messages_chat.request_to_messages(chat.Request.parse(body), options)
            case "messages", _:
                return _unchanged(messages.Request, body)
            case _:
                return _unchanged(chat.Request, body)


@overload
def convert_response(
    body: Body,
    *,
    source: Literal["messages"],
    target: Literal["chat"],
    context: ReplyContext | None = None,
    options: Options | None = None,
) -> Converted[chat.Response]: ...
@overload
def convert_response(
    body: Body,
    *,
    source: Literal["chat"],
    target: Literal["messages"],
    context: ReplyContext | None = None,
    options: Options | None = None,
) -> Converted[messages.Response]: ...
@overload
def convert_response(
    body: Body, *, source: Protocol, target: Protocol, context: ReplyContext | None = None, options: Options | None = None
) -> Converted[chat.Response] | Converted[messages.Response]: ...
def convert_response(
    body: Body, *, source: Protocol, target: Protocol, context: ReplyContext | None = None, options: Options | None = None
) -> Converted[chat.Response] | Converted[messages.Response]:
    """Convert the body of a complete reply, a ``message`` <-> a ``chat.completion``.

    ``context`` is that of the converted request; without it a reply converts with defaults.

    Raises `InvalidPayload` if the body is not a reply of ``source``, be it one that holds an error:
    that is for `convert_error`.
    """
    check_protocols(source, target)
    context, options = context or ReplyContext(), options or Options()
    with _bounded():
        match source, target:
            case "messages", "chat":
                return messages_chat.response_to_chat(messages.Response.parse(body), context, options)
            case "chat", "messages":
                return messages_chat.response_to_messages(chat.Response.parse(body), context, options)
            case "messages", _:
                return _unchanged(messages.Response, body, context)
            case _:
                return _unchanged(chat.Response, body, context)
