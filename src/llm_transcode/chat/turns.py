"""Turns of a conversation: the messages of each role.

Mirrors the SDK's ``ChatCompletion*MessageParam`` types. Any role's content may hold any part here,
because vendors differ in what they take where; ``cache_control`` is OpenRouter's extension.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from ..wire import OpenUnion, UnionReader, WireModel
from .content import CacheControl, Part
from .response import AssistantFields

__all__ = [
    "AssistantMessage",
    "DeveloperMessage",
    "FunctionMessage",
    "Message",
    "SystemMessage",
    "ToolMessage",
    "UnknownMessage",
    "UserMessage",
    "read_message",
]


class SystemMessage(WireModel):
    """Instructions (SDK: ``ChatCompletionSystemMessageParam``)."""

    role: Literal["system"]
    content: str | list[Part]
    name: str | None = None
    cache_control: CacheControl | None = None


class DeveloperMessage(WireModel):
    """Instructions, by the name that newer OpenAI models use (SDK: ``ChatCompletionDeveloperMessageParam``)."""

    role: Literal["developer"]
    content: str | list[Part]
    name: str | None = None
    cache_control: CacheControl | None = None


class UserMessage(WireModel):
    """What a user says (SDK: ``ChatCompletionUserMessageParam``)."""

    role: Literal["user"]
    content: str | list[Part] | None
    """Null is sent by some clients, and refused by OpenAI."""
    name: str | None = None
    cache_control: CacheControl | None = None


class AssistantMessage(AssistantFields):
    """What the model said before (SDK: ``ChatCompletionAssistantMessageParam``)."""

    role: Literal["assistant"]
    name: str | None = None
    prefix: bool | None = None
    """Whether this last message is to be continued (DeepSeek, Mistral)."""
    cache_control: CacheControl | None = None


class ToolMessage(WireModel):
    """The result of a tool call (SDK: ``ChatCompletionToolMessageParam``)."""

    role: Literal["tool"]
    content: str | list[Part] | None = None
    """Required by OpenAI, left out by clients whose tool returned nothing."""
    tool_call_id: str
    name: str | None = None
    """The tool's name, which some clients repeat here."""
    cache_control: CacheControl | None = None


class FunctionMessage(WireModel):
    """The result of a deprecated function call (SDK: ``ChatCompletionFunctionMessageParam``)."""

    role: Literal["function"]
    content: str | None = None
    name: str


class UnknownMessage(WireModel):
    """A message of a role that this version does not know, kept as it came."""

    role: str


Message: TypeAlias = Annotated[
    SystemMessage | DeveloperMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage | UnknownMessage,
    OpenUnion("role"),
]
"""A turn of any role (SDK: ``ChatCompletionMessageParam``)."""

read_message: Final[UnionReader[Message]] = UnionReader(Message)
"""Reads one turn."""
