"""Token counts. This is the only place where cached tokens are added or subtracted.

OpenAI's ``prompt_tokens`` include what was read from and written to the cache; Anthropic's
``input_tokens`` exclude both. Output counts include reasoning on both sides. Each direction is the
exact inverse of the other.

    prompt_tokens      = input_tokens + cache_read_input_tokens + cache_creation_input_tokens
    cached_tokens      = cache_read_input_tokens
    cache_write_tokens = cache_creation_input_tokens
"""

from __future__ import annotations

from typing import Final

from ... import chat, messages
from ...dialects import DIALECTS, Dialect
from ...losses import LossCode, Recorder
from ...wire import JsonObject, Path
from ..fields import VENDOR, Drop, Fields

__all__ = ["counts_cache_within", "counts_to_chat", "report_usage", "usage_to_chat", "usage_to_messages"]

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


def usage_to_chat(usage: messages.Usage, path: Path, losses: Recorder) -> JsonObject:
    """The usage of a reply."""
    report_usage(usage, path, losses)
    return counts_to_chat(usage)


def report_usage(usage: messages.Usage, path: Path, losses: Recorder) -> None:
    """Record which counts have no counterpart."""
    USAGE_TO_CHAT.report(usage, path, losses)
    if usage.output_tokens_details is not None:
        OUTPUT_DETAILS_TO_CHAT.report(usage.output_tokens_details, (*path, "output_tokens_details"), losses)


def counts_to_chat(usage: messages.Usage) -> JsonObject:
    """The counts of a reply, or of a stream whose counts have been merged."""
    read = usage.cache_read_input_tokens or 0
    written = usage.cache_creation_input_tokens or 0
    prompt = (usage.input_tokens or 0) + read + written
    completion = usage.output_tokens or 0
    counts: JsonObject = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": read, "cache_write_tokens": written},
    }
    if usage.output_tokens_details is not None:
        counts["completion_tokens_details"] = {"reasoning_tokens": usage.output_tokens_details.thinking_tokens or 0}
    return counts


def usage_to_messages(
    usage: chat.Usage | None, path: Path, losses: Recorder, *, cached_included: bool = True
) -> JsonObject:
    """The usage of a reply; all three input counts are always there, since clients add them up."""
    if usage is None:
        losses.invented(LossCode.USAGE, path, "the backend counted no tokens; zeros stand for them", "warning")
        return _counts(0, 0, 0, 0)
    USAGE_TO_MESSAGES.report(usage, path, losses)
    prompt = usage.prompt_tokens or 0
    read, written = _cached(usage, path, losses)
    if cached_included and read + written > prompt:
        detail = "more tokens are cached than there are: the server is taken to count them apart"
        at = path if usage.prompt_tokens is None else (*path, "prompt_tokens")
        losses.approximated(LossCode.USAGE, at, detail, "info")
        cached_included = False
    fresh = prompt - read - written if cached_included else prompt
    counts = _counts(fresh, read, written, usage.completion_tokens or 0)
    details = usage.completion_tokens_details
    if details is not None:
        COMPLETION_DETAILS_TO_MESSAGES.report(details, (*path, "completion_tokens_details"), losses)
    thinking = _first(details.reasoning_tokens if details is not None else None, usage.reasoning_tokens)
    if thinking is not None:
        counts["output_tokens_details"] = {"thinking_tokens": thinking}
    return counts


def _first(*counts: int | None) -> int | None:
    for count in counts:
        if count is not None:
            return count
    return None


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


def _cached(usage: chat.Usage, path: Path, losses: Recorder) -> tuple[int, int]:
    """Tokens read from and written to the cache: OpenAI's slots first, then those of other vendors."""
    details = usage.prompt_tokens_details
    cached = cached_anew = None
    if details is not None:
        PROMPT_DETAILS_TO_MESSAGES.report(details, (*path, "prompt_tokens_details"), losses)
        cached, cached_anew = details.cached_tokens, _first(details.cache_write_tokens, details.cache_creation_tokens)
    read = _first(
        cached,
        usage.cache_read_input_tokens,
        usage.prompt_cache_hit_tokens,
        usage.cached_tokens,
        usage.num_cached_tokens,
    )
    written = _first(cached_anew, usage.cache_creation_input_tokens)
    return read or 0, written or 0
