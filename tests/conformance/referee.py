"""Validity of what the converters emit: the vendors' types, then the rules that types cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import chat_rules, messages_rules
from .documents import Fault, JsonObject, objects, record, string
from .sdk import type_faults

__all__ = ["error_faults", "model_list_faults", "reply_faults", "request_faults", "without_carriers"]

_SAMPLING: Final = frozenset({"temperature", "top_p", "top_k"})
"""Gone from the SDK with API version 2026-10-21, but taken by 2023-06-01, which is what is written by default."""

_MESSAGE_CARRIERS: Final = frozenset(
    {"reasoning_content", "reasoning", "reasoning_details", "thinking_blocks", "provider_specific_fields"}
)
_DELTA_CARRIERS: Final = _MESSAGE_CARRIERS | {"annotations"}  # which the SDK types in whole replies only
_CHOICE_CARRIERS: Final = frozenset({"stop_reason", "native_finish_reason"})
"""Extensions that replies to Chat clients may carry beyond OpenAI's own fields."""

_ERROR_FIELDS: Final = frozenset({"message", "type", "param", "code"})


def request_faults(document: JsonObject, protocol: str) -> list[Fault]:
    """What the official API would refuse of a request."""
    kind = "stream request" if document.get("stream") is True else "request"
    if protocol == "chat":
        return [*type_faults(document, protocol, kind), *chat_rules.request_faults(document)]
    typed = {name: value for name, value in document.items() if name not in _SAMPLING}
    return [*type_faults(typed, protocol, kind), *messages_rules.request_faults(document)]


def reply_faults(document: JsonObject, protocol: str) -> list[Fault]:
    """What a client of the official SDK may trip over in a reply."""
    if protocol == "messages":
        return [*type_faults(document, protocol, "response"), *messages_rules.reply_faults(document)]
    typed = without_carriers(document)
    return [*type_faults(typed, protocol, "response"), *chat_rules.reply_faults(document)]


def without_carriers(document: JsonObject) -> JsonObject:
    """A Chat reply or chunk without the extensions that it may carry."""
    choices = [_plain_choice(choice) for _, choice in objects(document.get("choices"), ())]
    return {**document, "choices": choices} if "choices" in document else document


def _plain_choice(choice: JsonObject) -> JsonObject:
    plain = {name: value for name, value in choice.items() if name not in _CHOICE_CARRIERS}
    for slot, carriers in (("message", _MESSAGE_CARRIERS), ("delta", _DELTA_CARRIERS)):
        if slot in choice:
            said = record(choice[slot])
            plain[slot] = {name: value for name, value in said.items() if name not in carriers}
    return plain


def error_faults(document: JsonObject, protocol: str, status: int) -> list[Fault]:
    """What is wrong with an error: its envelope, its status, or a message that says nothing."""
    return list(_error_faults(document, protocol, status))


def _error_faults(document: JsonObject, protocol: str, status: int) -> Iterator[Fault]:
    error = record(document.get("error"))
    if protocol == "messages":
        yield from type_faults(_without_details(document), protocol, "error")
    else:
        yield from type_faults(error, protocol, "error")
        for name in set(document) - {"error"}:
            yield Fault("error envelope", (name,), "does not belong here")
        for name in sorted(_ERROR_FIELDS - set(error)):
            yield Fault("error envelope", ("error", name), "is missing, be it null")
    if not 400 <= status <= 599:
        yield Fault("status", (), f"{status} is no status of an error")
    if not string(error.get("message")):
        yield Fault("error message", ("error", "message"), "is empty")


def _without_details(document: JsonObject) -> JsonObject:
    """The SDK types ``details`` for some errors only, while the API may send it with any."""
    error = {name: value for name, value in record(document.get("error")).items() if name != "details"}
    return {**document, "error": error}


def model_list_faults(document: JsonObject, protocol: str) -> list[Fault]:
    """What is wrong with a listing of models."""
    return type_faults(document, protocol, "models")
