"""How compatible backends deviate from the protocol they speak, as data.

A `Dialect` states facts, never behaviour. The defaults are the strict official APIs, ``openai`` and
``anthropic``; named ones ship for the backends that users really have, and ``dataclasses.replace``
makes new ones from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from .protocols import Protocol

__all__ = ["DIALECTS", "Dialect", "ReasoningSlot", "dialect_named"]

ReasoningSlot: TypeAlias = Literal["reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"]
"""Where an assistant message of Chat carries its reasoning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What one kind of backend accepts. Fields are grouped by the protocol that they speak of."""

    name: str
    """For error messages and reports."""
    protocol: Protocol
    """The protocol the backend speaks."""

    # -- both protocols
    tool_name_limit: int = 64
    """The longest name of a tool, in characters."""
    tool_id_limit: int | None = None
    """The longest id of a tool call, in characters."""
    stop_limit: int | None = None
    """How many stop sequences are taken."""
    user_id_limit: int = 128
    """The longest end-user id, in characters."""

    # -- chat
    token_limit: Literal["max_completion_tokens", "max_tokens"] = "max_tokens"
    """The name of the limit on output tokens; reasoning models of OpenAI always get the former."""
    reasoning_slot: ReasoningSlot | None = None
    """Where earlier reasoning is sent back to the backend; None if it takes none."""
    reasoning_required: bool = False
    """Refuses a history whose tool-calling turns lack their reasoning."""
    reasoning_request: Literal["reasoning_effort", "thinking", "reasoning"] = "reasoning_effort"
    """How thinking is asked for: OpenAI's effort, Anthropic's ``thinking`` or OpenRouter's ``reasoning``."""
    efforts: tuple[str, ...] | None = None
    """The levels of effort the backend takes, ascending; None leaves it to the facts about the model."""
    null_content: bool = True
    """Takes ``content: null`` beside tool calls."""
    content_parts: bool = True
    """Takes lists of text parts; otherwise texts are joined into one string."""
    tool_media: bool = False
    """Takes images in tool messages."""
    mid_system: bool = True
    """Takes ``system`` messages between the others."""
    cache_marks: Literal["prompt_cache_breakpoint", "cache_control"] | None = None
    """How a prefix is marked for the prompt cache."""
    user_field: Literal["safety_identifier", "user"] = "user"
    """Where the end-user id goes."""
    stream_usage: bool = True
    """Takes ``stream_options.include_usage``."""
    strict_tools: bool = True
    """Takes ``strict`` on functions."""
    json_schema: bool = True
    """Takes ``response_format`` of type ``json_schema``."""
    parallel_tool_calls: bool = True
    """Takes ``parallel_tool_calls``."""
    top_k: bool = False
    """Takes ``top_k``."""
    prefill: Literal["prefix", "continue_final_message"] | None = None
    """How a last assistant message is continued rather than answered."""
    cached_included: bool = True
    """Counts cached tokens within ``prompt_tokens``, as OpenAI does."""

    # -- messages
    api_version: Literal["2023-06-01", "2026-10-21"] = "2023-06-01"
    """The version of the Anthropic API that is written; the newer one refuses sampling parameters."""
    version_in_body: str | None = None
    """``anthropic_version`` of the body, for clouds that name the model in the address."""
    url_sources: bool = True
    """Takes images by address."""
    cache_mark_limit: int = 4
    """How many ``cache_control`` marks a request may have."""
    web_search: str | None = "web_search_20250305"
    """The type of the web search tool, if there is one."""


_OPENAI: Final = Dialect(
    name="openai",
    protocol="chat",
    token_limit="max_completion_tokens",
    tool_id_limit=40,
    stop_limit=4,
    cache_marks="prompt_cache_breakpoint",
    user_field="safety_identifier",
)
_COMPATIBLE: Final = Dialect(name="compatible", protocol="chat", stop_limit=4)
_ANTHROPIC: Final = Dialect(name="anthropic", protocol="messages", tool_name_limit=128, user_id_limit=256)

_THREE_EFFORTS: Final = ("low", "medium", "high")

DIALECTS: Final[dict[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        _OPENAI,
        replace(_OPENAI, name="azure", user_field="user", cache_marks=None),
        _COMPATIBLE,
        replace(
            _COMPATIBLE,
            name="deepseek",
            reasoning_slot="reasoning_content",
            reasoning_required=True,
            reasoning_request="thinking",
            stop_limit=16,
            json_schema=False,
            prefill="prefix",
        ),
        replace(
            _COMPATIBLE,
            name="moonshot",
            reasoning_slot="reasoning_content",
            reasoning_required=True,
            reasoning_request="thinking",
            prefill="prefix",
        ),
        replace(
            _COMPATIBLE,
            name="glm",
            reasoning_slot="reasoning_content",
            reasoning_request="thinking",
            stop_limit=1,
            json_schema=False,
            parallel_tool_calls=False,
        ),
        replace(_COMPATIBLE, name="qwen", reasoning_slot="reasoning_content", top_k=True, cache_marks="cache_control"),
        replace(
            _COMPATIBLE,
            name="openrouter",
            reasoning_slot="reasoning_details",
            reasoning_request="reasoning",
            cache_marks="cache_control",
            top_k=True,
            tool_media=True,
            efforts=("none", "minimal", "low", "medium", "high", "xhigh"),
        ),
        replace(_COMPATIBLE, name="mistral", prefill="prefix", efforts=(), stream_usage=False),
        replace(_COMPATIBLE, name="groq", token_limit="max_completion_tokens", efforts=("none", *_THREE_EFFORTS)),
        replace(_COMPATIBLE, name="xai", token_limit="max_completion_tokens", efforts=("low", "high")),
        replace(_COMPATIBLE, name="gemini", efforts=("none", "minimal", *_THREE_EFFORTS), tool_media=True),
        replace(
            _COMPATIBLE,
            name="vllm",
            reasoning_slot="reasoning",
            efforts=_THREE_EFFORTS,
            top_k=True,
            tool_media=True,
            stop_limit=None,
            prefill="continue_final_message",
        ),
        replace(
            _COMPATIBLE,
            name="sglang",
            reasoning_slot="reasoning_content",
            efforts=_THREE_EFFORTS,
            top_k=True,
            tool_media=True,
            stop_limit=None,
            prefill="continue_final_message",
        ),
        replace(
            _COMPATIBLE,
            name="llama.cpp",
            reasoning_slot="reasoning_content",
            efforts=(),
            top_k=True,
            stop_limit=None,
            mid_system=False,
        ),
        replace(
            _COMPATIBLE,
            name="ollama",
            reasoning_slot="reasoning",
            efforts=("none", *_THREE_EFFORTS),
            null_content=False,
            content_parts=True,
            strict_tools=False,
            parallel_tool_calls=False,
            stop_limit=None,
        ),
        replace(
            _COMPATIBLE,
            name="lmstudio",
            efforts=_THREE_EFFORTS,
            null_content=False,
            mid_system=False,
            parallel_tool_calls=False,
            top_k=True,
            stop_limit=None,
        ),
        replace(
            _COMPATIBLE,
            name="litellm",
            reasoning_slot="thinking_blocks",
            cache_marks="cache_control",
            tool_media=True,
            top_k=True,
            efforts=("none", "minimal", *_THREE_EFFORTS),
        ),
        _ANTHROPIC,
        replace(_ANTHROPIC, name="anthropic-2026-10-21", api_version="2026-10-21", web_search="web_search_20260318"),
        replace(_ANTHROPIC, name="bedrock", version_in_body="bedrock-2023-05-31", url_sources=False, web_search=None),
        replace(_ANTHROPIC, name="vertex", version_in_body="vertex-2023-10-16"),
    )
}
"""The dialects that ship, by name."""

_DEFAULTS: Final[dict[Protocol, Dialect]] = {"chat": _OPENAI, "messages": _ANTHROPIC}


def dialect_named(dialect: Dialect | str | None, protocol: Protocol) -> Dialect:
    """The dialect meant, the official API of ``protocol`` by default.

    Raises `ValueError` for a name that is not known, or a dialect of another protocol.
    """
    if dialect is None:
        return _DEFAULTS[protocol]
    if isinstance(dialect, str):
        if dialect not in DIALECTS:
            raise ValueError(f"unknown dialect {dialect!r}; known are {', '.join(sorted(DIALECTS))}")
        dialect = DIALECTS[dialect]
    if dialect.protocol != protocol:
        raise ValueError(f"dialect {dialect.name!r} speaks {dialect.protocol!r}, not {protocol!r}")
    return dialect
