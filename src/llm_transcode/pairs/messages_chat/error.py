"""Errors: ``{"type": "error", "error": {...}}`` <-> ``{"error": {...}}``, and their HTTP statuses.

Clients decide by the status whether to try again, so what can be retried stays so, and what is final
stays final. Three statuses change: 503 and 529 stand for each other, since 529 is Anthropic's own;
429 for an empty account becomes 402, which nobody retries; a prompt that is too long is 400 whatever
a gateway made of it. An error within a stream has no status: its type and code decide.

Nothing here raises, whatever the body (see `read_failure`).

* https://docs.anthropic.com/en/api/errors
* https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ... import chat, messages
from ...errors import ConversionError
from ...losses import LossCode, Recorder
from ...protocols import Protocol
from ...wire import Json, JsonObject, Path
from ..failure import Failure, is_error_status, read_failure
from ..fields import Drop, Fields
from .error_words import type_of_words
from .overflow import Overflow, find_overflow

__all__ = ["error_to_chat", "error_to_messages", "own_error"]

# -- ledger --------------------------------------------------------------------------------------

_DETAIL: Final = Drop(LossCode.ERROR_DETAILS, "a detail of the error without a counterpart", "info")

RESPONSE_TO_CHAT: Final = Fields(
    messages.ErrorResponse,
    {"type": "nothing: the envelope says it", "error": "`error`"},
    {"request_id": Drop(LossCode.ERROR_DETAILS, "the id is in the header `x-request-id`", "info")},
)
ERROR_TO_CHAT: Final = Fields(
    messages.Error,
    {"type": "`type`, `code` and the status", "message": "`message`", "details": "`code` and `param`"},
)
DETAILS_TO_CHAT: Final = Fields(messages.ErrorDetails, {"error_code": "`code`"})

RESPONSE_TO_MESSAGES: Final = Fields(
    chat.ErrorResponse,
    {
        "error": "`error`",
        "message": "`error.message`",
        "type": "`error.type`",
        "param": "`error.details.param`",
        "code": "`error.details.error_code`",
        "detail": "`error.message`",
    },
)
ERROR_TO_MESSAGES: Final = Fields(
    chat.Error,
    {
        "message": "`message`",
        "type": "`type`, where there is no status",
        "param": "`details.param`",
        "code": "`details.error_code`",
    },
    {
        "misalignment": Drop(LossCode.ERROR_DETAILS, "why the request was blocked, and how to go on"),
        "metadata": Drop(
            LossCode.ERROR_DETAILS, "OpenRouter's account of the error; its `raw` is in the message", "info"
        ),
        "failed_generation": Drop(LossCode.ERROR_DETAILS, "what the model wrote instead of a valid tool call", "info"),
    },
)
_DROPPED: Final = {
    **RESPONSE_TO_CHAT.dropped,
    **ERROR_TO_MESSAGES.dropped,
}
"""By name, wherever it stands: envelopes come in every mixture."""

# -- tables --------------------------------------------------------------------------------------


class _ChatError(NamedTuple):
    type: str
    code: str | None = None


STATUS_TO_TYPE: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""Other statuses below 500 are ``invalid_request_error``, from 500 on ``api_error``."""

TYPE_TO_STATUS: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "memory_path_conflict_error": 409,
    "memory_precondition_failed_error": 412,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
TYPE_TO_CHAT: Final = {
    "invalid_request_error": _ChatError("invalid_request_error"),
    "authentication_error": _ChatError("authentication_error", "invalid_api_key"),
    "billing_error": _ChatError("billing_error", "insufficient_quota"),
    "permission_error": _ChatError("permission_error"),
    "not_found_error": _ChatError("not_found_error"),
    "conflict_error": _ChatError("invalid_request_error", "conflict_error"),
    "memory_path_conflict_error": _ChatError("invalid_request_error", "memory_path_conflict_error"),
    "memory_precondition_failed_error": _ChatError("invalid_request_error", "memory_precondition_failed_error"),
    "request_too_large": _ChatError("invalid_request_error", "request_too_large"),
    "rate_limit_error": _ChatError("rate_limit_error", "rate_limit_exceeded"),
    "api_error": _ChatError("server_error"),
    "timeout_error": _ChatError("server_error", "timeout"),
    "overloaded_error": _ChatError("server_error", "overloaded_error"),
}

_PHRASES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    529: "Overloaded",
}
"""For bodies without a message; ``http.HTTPStatus`` would load the standard library's HTTP package."""

STATUS_TO_MESSAGES: Final = {503: 529}
STATUS_TO_CHAT: Final = {529: 503}

_OVERFLOW_CODE: Final = "context_length_exceeded"
_MODEL: Final = re.compile(r"\bmodels?\b", re.IGNORECASE)
_PLAIN_TYPES: Final = frozenset({*messages.ERROR_TYPES, *(error.type for error in TYPE_TO_CHAT.values())})
"""Types that say no more than the status does."""


# -- to Messages -----------------------------------------------------------------------------------


def error_to_messages(
    status: int | None, body: Json, losses: Recorder | None = None, path: Path = ()
) -> tuple[int, JsonObject]:
    """The status and body of Messages for an error of Chat.

    ``status`` is None for an error within a stream; any value that is no status of an error, such as
    200, counts as None. ``body`` is bytes, text or JSON of any shape, and stands at ``path`` of the
    source. Never raises.
    """
    losses = losses or Recorder()
    failure = read_failure(body, path)
    kind, becomes = _classified(status, failure)
    becomes = STATUS_TO_MESSAGES.get(becomes, becomes)
    overflow = find_overflow(status, failure)
    message = _message(failure, becomes)
    if overflow is not None:
        kind, becomes, message = "invalid_request_error", 400, overflow.wording(message)
    elif is_error_status(status):
        kind = _type_of_status(becomes)
    _report(status, becomes, message, failure, losses)
    _report_carried(kind, failure, losses)
    error: JsonObject = {"type": kind, "message": message}
    details = _details(failure, overflow)
    if details:
        error["details"] = details
    document: JsonObject = {"type": "error", "error": error}
    if failure.request_id is not None:
        document["request_id"] = failure.request_id
    return becomes, document


def _details(failure: Failure, overflow: Overflow | None) -> JsonObject:
    """What a program can read; a finer type stands in for a missing code."""
    details: JsonObject = {}
    finer = None if failure.type in _PLAIN_TYPES else failure.type
    code = failure.code or finer or (_OVERFLOW_CODE if overflow else None)
    if code is not None:
        details["error_code"] = code
    if failure.param is not None:
        details["param"] = failure.param
    return details


def _report_carried(kind: str, failure: Failure, losses: Recorder) -> None:
    """Code and parameter come along in slots where clients expect Anthropic's own words, or nothing."""
    for fact, detail in (("code", "the code is in `details.error_code`"), ("param", "`param` is in `details`")):
        if fact in failure.paths:
            losses.approximated(LossCode.ERROR_DETAILS, failure.paths[fact], detail, "info")
    if "type" in failure.paths and failure.type not in _PLAIN_TYPES:
        detail = f"the type {failure.type!r} becomes {kind!r}"
        losses.approximated(LossCode.UNKNOWN_VALUE, failure.paths["type"], detail, "info")


# -- to Chat ---------------------------------------------------------------------------------------


def error_to_chat(status: int | None, body: Json, losses: Recorder | None = None) -> tuple[int, JsonObject]:
    """The status and body of Chat for an error of Messages; otherwise as `error_to_messages`."""
    losses = losses or Recorder()
    failure = read_failure(body)
    kind, becomes = _classified(status, failure)
    becomes = STATUS_TO_CHAT.get(becomes, becomes)
    error = TYPE_TO_CHAT[kind]
    code = failure.code or error.code
    if find_overflow(status, failure) is not None:
        error, becomes, code = TYPE_TO_CHAT["invalid_request_error"], 400, _OVERFLOW_CODE
    elif code is None:
        code = _code_of(kind, failure)
    message = _message(failure, becomes)
    _report(status, becomes, message, failure, losses)
    _report_replaced(error.type, code, failure, losses)
    return becomes, {"error": {"message": message, "type": error.type, "param": failure.param, "code": code}}


def _report_replaced(kind: str, code: str | None, failure: Failure, losses: Recorder) -> None:
    if "type" in failure.paths and failure.type not in _PLAIN_TYPES:
        detail = f"the type {failure.type!r} becomes {kind!r}"
        losses.approximated(LossCode.UNKNOWN_VALUE, failure.paths["type"], detail, "info")
    if "code" in failure.paths and failure.code != code:
        detail = f"the code {failure.code!r} becomes {code!r}"
        losses.approximated(LossCode.ERROR_DETAILS, failure.paths["code"], detail, "info")
    if "request_id" in failure.paths:
        drop = RESPONSE_TO_CHAT.dropped["request_id"]
        losses.dropped(drop.code, failure.paths["request_id"], drop.detail, drop.level)


def _code_of(kind: str, failure: Failure) -> str | None:
    """A code where Anthropic has none: a missing model, or a type that we do not know."""
    if kind == "not_found_error" and _MODEL.search(failure.message):
        return "model_not_found"
    return None if failure.type in _PLAIN_TYPES else failure.type


# -- nothing to convert ----------------------------------------------------------------------------


def own_error(status: int | None, body: Json, protocol: Protocol) -> tuple[int, JsonObject] | None:
    """An error as it came, if it is one of the protocol already; None if it has to be wrapped."""
    model = messages.ErrorResponse if protocol == "messages" else chat.ErrorResponse
    try:
        error = model.parse(body)
    except (ConversionError, RecursionError):
        return None
    if isinstance(error.error, (messages.Error, chat.Error)) and error.error.message:
        return _classified(status, read_failure(body))[1], error.to_dict()
    return None


# -- both ways -------------------------------------------------------------------------------------


def _classified(status: int | None, failure: Failure) -> tuple[str, int]:
    """The type of Anthropic that fits, and the status. The status of the response counts first."""
    named = type_of_words(failure.code, failure.type)
    if named == "billing_error" and (status == 429 or not is_error_status(status)):
        return named, 402  # 429 would be retried, and the account stays empty
    if status is not None and is_error_status(status):
        return named or _type_of_status(status), status
    if named is not None:
        return named, TYPE_TO_STATUS[named]
    if failure.status is not None:
        return _type_of_status(failure.status), failure.status
    return "api_error", 500


def _type_of_status(status: int) -> str:
    return STATUS_TO_TYPE.get(status, "invalid_request_error" if status < 500 else "api_error")


def _message(failure: Failure, status: int) -> str:
    """The message; never empty, since clients show nothing else."""
    return failure.message or f"{status} {_PHRASES.get(status) or _type_of_status(status)}"


def _report(status: int | None, becomes: int, message: str, failure: Failure, losses: Recorder) -> None:
    if is_error_status(status) and status != becomes:
        losses.approximated(LossCode.ERROR_DETAILS, (), f"status {status} becomes {becomes}", "info")
    if not failure.message:
        losses.invented(LossCode.ERROR_DETAILS, (), "the body has no message; the status stands for it")
    elif failure.rewritten or message != failure.message:
        path = failure.paths.get("message", ())
        losses.approximated(LossCode.ERROR_DETAILS, path, f"the message becomes {message[:80]!r}", "info")
    for path, envelope in failure.objects:
        for name, value in envelope.items():
            if value not in (None, "", [], {}) and (*path, name) not in failure.used:
                drop = _DROPPED.get(name, _DETAIL)
                losses.dropped(drop.code, (*path, name), drop.detail, drop.level)
