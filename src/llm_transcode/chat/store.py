"""Stored completions, ``/v1/chat/completions`` with anything but a new request.

Server state is out of a converter's reach: these types are here so that a change of the vendor's is noticed.
"""

from __future__ import annotations

from typing import Final

from ..wire import JsonObject, WireModel
from .content import Part
from .response import ResponseMessage

__all__ = [
    "CompletionDeleted",
    "CompletionListParams",
    "CompletionUpdateParams",
    "MessageListParams",
    "ORDERS",
    "StoreMessage",
]

ORDERS: Final = ("asc", "desc")
"""Known values of ``order``, by time of creation."""


class CompletionListParams(WireModel):
    """Query of the listing of completions (SDK: ``CompletionListParams``)."""

    after: str | None = None
    """The last id of the page before."""
    limit: int | None = None
    """How many to return."""
    order: str | None = None
    """One of `ORDERS`."""
    model: str | None = None
    metadata: JsonObject | None = None


class MessageListParams(WireModel):
    """Query of the listing of a completion's messages (SDK: ``MessageListParams``)."""

    after: str | None = None
    """The last id of the page before."""
    limit: int | None = None
    """How many to return."""
    order: str | None = None
    """One of `ORDERS`."""


class CompletionUpdateParams(WireModel):
    """New tags for a completion (SDK: ``CompletionUpdateParams``)."""

    metadata: JsonObject | None


class CompletionDeleted(WireModel):
    """A completion is gone (SDK: ``ChatCompletionDeleted``)."""

    id: str
    object: str
    """``chat.completion.deleted``."""
    deleted: bool


class StoreMessage(ResponseMessage):
    """A message of a stored completion (SDK: ``ChatCompletionStoreMessage``)."""

    id: str
    content_parts: list[Part] | None = None
    """The content, where it had parts."""
