"""The public verbs: one function for each kind of document, whatever the two protocols.

A pair of protocols is served by one package below `pairs`; a protocol is its own counterpart. Each
function loads its pair when it is first called: defining the models of two protocols takes longer
than everything else there is to import, and who imports this library need not use it. (To have the
work done at start-up, import ``llm_transcode.pairs.messages_chat`` there.)
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar, overload

from .converted import Converted, ConvertedError, ReplyContext
from .errors import InvalidPayload
from .losses import Recorder
from .options import Options
from .protocols import Protocol, check_protocols

if TYPE_CHECKING:
    from collections.abc import Callable

    from . import chat, messages
    from .wire import Body, Json, WireModel

__all__ = ["convert_error", "convert_models", "convert_request", "convert_response"]

M = TypeVar("M", bound="WireModel")
N = TypeVar("N", bound="WireModel")


_CONTEXT: Final = ReplyContext()
_OPTIONS: Final = Options()


def _too_deep() -> InvalidPayload:
    """Nesting beyond the interpreter's stack is bad input, wherever it is met."""
    return InvalidPayload("nested too deeply")


class _Pair(NamedTuple):
    """The converters of what is converted most."""

    request_to_chat: Callable[[Body, Options], Converted[chat.Request]]
    request_to_messages: Callable[[Body, Options], Converted[messages.Request]]
    response_to_chat: Callable[[Body, ReplyContext, Options], Converted[chat.Response]]
    response_to_messages: Callable[[Body, ReplyContext, Options], Converted[messages.Response]]


@cache  # an import takes longer than many a step of a conversion, even where nothing is left to load
def _pair() -> _Pair:
    from .pairs import messages_chat as pair

    return _Pair(pair.request_to_chat, pair.request_to_messages, pair.response_to_chat, pair.response_to_messages)


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
    options = options or _OPTIONS
    try:
        if source == target:
            return _unchanged_request(body, source)
        if target == "chat":
            return _pair().request_to_chat(body, options)
        return _pair().request_to_messages(body, options)
    except RecursionError as error:
        raise _too_deep() from error


def _unchanged_request(body: Body, protocol: Protocol) -> Converted[chat.Request] | Converted[messages.Request]:
    from . import chat, messages

    if protocol == "chat":
        return _unchanged(chat.Request, body)
    return _unchanged(messages.Request, body)


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
    body: Body,
    *,
    source: Protocol,
    target: Protocol,
    context: ReplyContext | None = None,
    options: Options | None = None,
) -> Converted[chat.Response] | Converted[messages.Response]: ...
def convert_response(
    body: Body,
    *,
    source: Protocol,
    target: Protocol,
    context: ReplyContext | None = None,
    options: Options | None = None,
) -> Converted[chat.Response] | Converted[messages.Response]:
    """Convert the body of a complete reply, a ``message`` <-> a ``chat.completion``.

    ``context`` is that of the converted request; without it a reply converts with defaults.

    Raises `InvalidPayload` if the body is not a reply of ``source``, be it one that holds an error:
    that is for `convert_error`.
    """
    check_protocols(source, target)
    context, options = context or _CONTEXT, options or _OPTIONS
    try:
        if source == target:
            return _unchanged_response(body, source, context)
        if target == "chat":
            return _pair().response_to_chat(body, context, options)
        return _pair().response_to_messages(body, context, options)
    except RecursionError as error:
        raise _too_deep() from error


def _unchanged_response(
    body: Body, protocol: Protocol, context: ReplyContext
) -> Converted[chat.Response] | Converted[messages.Response]:
    from . import chat, messages

    if protocol == "chat":
        return _unchanged(chat.Response, body, context)
    return _unchanged(messages.Response, body, context)


@overload
def convert_error(
    status: int | None, body: Json, *, source: Protocol, target: Literal["chat"], options: Options | None = None
) -> ConvertedError[chat.ErrorResponse]: ...
@overload
def convert_error(
    status: int | None, body: Json, *, source: Protocol, target: Literal["messages"], options: Options | None = None
) -> ConvertedError[messages.ErrorResponse]: ...
@overload
def convert_error(
    status: int | None, body: Json, *, source: Protocol, target: Protocol, options: Options | None = None
) -> ConvertedError[chat.ErrorResponse] | ConvertedError[messages.ErrorResponse]: ...
def convert_error(
    status: int | None, body: Json, *, source: Protocol, target: Protocol, options: Options | None = None
) -> ConvertedError[chat.ErrorResponse] | ConvertedError[messages.ErrorResponse]:
    """Convert the answer of a backend that failed: its HTTP status and its body, whatever that is.

    Bodies of other vendors, of frameworks and of proxies are read too, be they JSON, text or HTML; the
    result is always an error of ``target`` with a message and a status from 400 to 599. ``status`` is
    None where there was none; that of a success, with an error in the body, is replaced. A valid body
    passes unchanged if ``source`` is ``target``.

    Raises `ValueError` for an unknown protocol, and nothing else.
    """
    from . import chat, messages
    from .pairs import messages_chat

    check_protocols(source, target)
    losses = Recorder((options or _OPTIONS).downgrade)
    own = messages_chat.own_error(status, body, target) if source == target else None
    if target == "messages":
        status, document = own or messages_chat.error_to_messages(status, body, losses)
        return ConvertedError(status, messages.ErrorResponse, document, tuple(losses))
    status, document = own or messages_chat.error_to_chat(status, body, losses)
    return ConvertedError(status, chat.ErrorResponse, document, tuple(losses))


@overload
def convert_models(
    listing: Body | list[Json], *, source: Protocol, target: Literal["chat"], options: Options | None = None
) -> Converted[chat.ModelList] | Converted[chat.Model]: ...
@overload
def convert_models(
    listing: Body | list[Json], *, source: Protocol, target: Literal["messages"], options: Options | None = None
) -> Converted[messages.ModelList] | Converted[messages.Model]: ...
@overload
def convert_models(
    listing: Body | list[Json], *, source: Protocol, target: Protocol, options: Options | None = None
) -> Converted[chat.ModelList] | Converted[chat.Model] | Converted[messages.ModelList] | Converted[messages.Model]: ...
def convert_models(
    listing: Body | list[Json], *, source: Protocol, target: Protocol, options: Options | None = None
) -> Converted[chat.ModelList] | Converted[chat.Model] | Converted[messages.ModelList] | Converted[messages.Model]:
    """Convert the body of ``GET /v1/models``, or that of one model, ``GET /v1/models/{id}``.

    Anthropic lists models in pages, OpenAI all at once: join the pages before, and cut them after.

    Raises `InvalidPayload` if the body is neither a listing nor a model, `ValueError` for an unknown
    protocol.
    """
    from . import chat, messages
    from .pairs import messages_chat

    check_protocols(source, target)
    losses = Recorder((options or _OPTIONS).downgrade)
    try:
        match source, target:
            case "messages", "chat":
                return messages_chat.models_to_chat(listing, losses)
            case "chat", "messages":
                return messages_chat.models_to_messages(listing, losses)
            case "messages", _:
                return _unchanged_models(messages.ModelList, messages.Model, listing)
            case _:
                return _unchanged_models(chat.ModelList, chat.Model, listing)
    except RecursionError as error:
        raise _too_deep() from error


def _unchanged_models(several: type[M], one: type[N], listing: Body | list[Json]) -> Converted[M] | Converted[N]:
    from .wire import parse_object

    document = parse_object({"data": listing} if isinstance(listing, list) else listing)
    return _unchanged(several, document) if "data" in document else _unchanged(one, document)
