"""Token counts. This is the only place where cached tokens are added or subtracted.

OpenAI's ``prompt_tokens`` include what was read from and written to the cache; Anthropic's
``input_tokens`` exclude both. Output counts include reasoning on both sides. Each direction is the
exact inverse of the other.

    prompt_tokens      = input_tokens + cache_read_input_tokens + cache_creation_input_tokens
    cached_tokens      = cache_read_input_tokens
    cache_write_tokens = cache_creation_input_tokens
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ... import chat, messages
from ...dialects import DIALECTS, Dialect
from ...losses import LossCode, Recorder
from ...wire import JsonObject, Path
from ..fields import VENDOR, Drop, Fields

__all__ = [
    "counts_cache_within",
    "counts_to_chat",
    "report_usage",
    "usage_to_chat",
    "usage_to_messages",
]

# -- ledger --------------------------------------------------------------------------------------

_BREAKDOWN: Final = Drop(LossCode.USAGE, "a breakdown that the other side does not have", "info")
USAGE_TO_CHAT: Final = Fields(
    messages.Usage,
    {
        "input_tokens": "part of `prompt_tokens`",
        "cache_read_input_tokens": "`prompt_tokens_details.cached_tokens`, part of `prompt_tokens`",
        "cache_creation_input_tokens": "`prompt_tokens_details.cache_write_tokens`, part of `prompt_tokens`",
        "output_tokens": "`completion_tokens`",
        "output_tokens_details": "`completion_tokens_details.reasoning_tokens`",
        "service_tier": "`service_tier` of the reply",
    },
    {
        "cache_creation": _BREAKDOWN,
        "server_tool_use": _BREAKDOWN,
        "speed": _BREAKDOWN,
        "inference_geo": _BREAKDOWN,
        "iterations": _BREAKDOWN,
        "fallback_credit": _BREAKDOWN,
    },
)
OUTPUT_DETAILS_TO_CHAT: Final = Fields(messages.OutputTokensDetails, {"thinking_tokens": "`reasoning_tokens`"})
USAGE_TO_MESSAGES: Final = Fields(
    chat.Usage,
    {
        "prompt_tokens": "`input_tokens` and the two cache counts",
        "completion_tokens": "`output_tokens`",
        "total_tokens": "nothing: it is their sum",
        "prompt_tokens_details": "the two cache counts",
        "completion_tokens_details": "`output_tokens_details`",
        "cache_read_input_tokens": "`cache_read_input_tokens`",
        "cache_creation_input_tokens": "`cache_creation_input_tokens`",
        "prompt_cache_hit_tokens": "`cache_read_input_tokens`",
        "prompt_cache_miss_tokens": "nothing: it is the rest of `prompt_tokens`",
        "cached_tokens": "`cache_read_input_tokens`",
        "num_cached_tokens": "`cache_read_input_tokens`",
        "reasoning_tokens": "`output_tokens_details.thinking_tokens`",
    },
    dict.fromkeys(("cost", "cost_details", "is_byok"), VENDOR),
)
PROMPT_DETAILS_TO_MESSAGES: Final = Fields(
    chat.PromptTokensDetails,
    {
        "cached_tokens": "`cache_read_input_tokens`",
        "cache_write_tokens": "`cache_creation_input_tokens`",
        "cache_creation_tokens": "`cache_creation_input_tokens`",
    },
    dict.fromkeys(("audio_tokens", "image_tokens", "text_tokens"), _BREAKDOWN),
)
COMPLETION_DETAILS_TO_MESSAGES: Final = Fields(
    chat.CompletionTokensDetails,
    {"reasoning_tokens": "`output_tokens_details.thinking_tokens`"},
    dict.fromkeys(
        ("audio_tokens", "text_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"), _BREAKDOWN
    ),
)


def usage_to_chat(usage: JsonObject, path: Path, losses: Recorder) -> JsonObject:
    """The usage of a reply."""
    report_usage(usage, path, losses)
    return counts_to_chat(usage)


def report_usage(usage: JsonObject, path: Path, losses: Recorder) -> None:
    """Record which counts have no counterpart."""
    USAGE_TO_CHAT.report_object(usage, path, losses)
    details = usage.get("output_tokens_details")
    if details is not None:
        OUTPUT_DETAILS_TO_CHAT.report_object(details, (*path, "output_tokens_details"), losses)


def counts_to_chat(usage: JsonObject) -> JsonObject:
    """The counts of a reply, or of a stream whose counts have been merged."""
    read = usage.get("cache_read_input_tokens") or 0
    written = usage.get("cache_creation_input_tokens") or 0
    prompt = (usage.get("input_tokens") or 0) + read + written
    completion = usage.get("output_tokens") or 0
    counts: JsonObject = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
    }
    details = usage.get("output_tokens_details")
    if details is not None:
        counts["completion_tokens_details"] = {"reasoning_tokens": details.get("thinking_tokens") or 0}
    return counts


def usage_to_messages(
    usage: JsonObject | None, path: Path, losses: Recorder, *, cached_included: bool = True
) -> JsonObject:
    """The usage of a reply; all three input counts are always there, since clients add them up."""
    if usage is None:
        losses.invented(LossCode.USAGE, path, "the backend counted no tokens; zeros stand for them", "warning")
        return _counts(0, 0, 0, 0)
    USAGE_TO_MESSAGES.report_object(usage, path, losses)
    prompt = usage.get("prompt_tokens")
    read, written = _cached(usage, path, losses)
    fresh = (prompt or 0) - read - written
    if not cached_included:
        fresh = prompt or 0
    elif fresh < 0:
        detail = "more tokens are cached than there are: the server is taken to count them apart"
        losses.approximated(LossCode.USAGE, path if prompt is None else (*path, "prompt_tokens"), detail, "info")
        fresh = prompt or 0
    counts = _counts(fresh, read, written, usage.get("completion_tokens") or 0)
    thinking = _thinking(usage, path, losses)
    if thinking is not None:
        counts["output_tokens_details"] = {"thinking_tokens": thinking}
    return counts


def counts_cache_within(dialect: Dialect | str | None) -> bool:
    """Whether the backend that a request went to counts cached tokens within ``prompt_tokens``."""
    known = DIALECTS.get(dialect) if isinstance(dialect, str) else dialect
    return known is None or known.cached_included


def _counts(fresh: int, read: int, written: int, output: int) -> JsonObject:
    return {
        "input_tokens": fresh,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "output_tokens": output,
    }


_READ: Final = ("cache_read_input_tokens", "prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens")
"""Where vendors say what was read from the cache, if not where OpenAI does."""


def _cached(usage: JsonObject, path: Path, losses: Recorder) -> tuple[int, int]:
    """Tokens read from and written to the cache: OpenAI's slots first, then those of other vendors."""
    read = written = None
    details = usage.get("prompt_tokens_details")
    if details is not None:
        PROMPT_DETAILS_TO_MESSAGES.report_object(details, (*path, "prompt_tokens_details"), losses)
        read = details.get("cached_tokens")
        written = _first(details, ("cache_write_tokens", "cache_creation_tokens"))
    if read is None:
        read = _first(usage, _READ)
    if written is None:
        written = usage.get("cache_creation_input_tokens")
    return read or 0, written or 0


def _thinking(usage: JsonObject, path: Path, losses: Recorder) -> int | None:
    thinking: int | None = None
    details = usage.get("completion_tokens_details")
    if details is not None:
        COMPLETION_DETAILS_TO_MESSAGES.report_object(details, (*path, "completion_tokens_details"), losses)
        thinking = details.get("reasoning_tokens")
    return usage.get("reasoning_tokens") if thinking is None else thinking


def _first(counts: JsonObject, names: Sequence[str]) -> int | None:
    """The first of the counts by these names that is there."""
    for name in names:
        count: int | None = counts.get(name)
        if count is not None:
            return count
    return None
