"""Limits and sampling: ``max_tokens``, stop sequences, temperature, ``top_p``, ``top_k``.

Anthropic has taken the sampling parameters back: API version 2026-10-21 refuses them all, and so do
its newer models under the older version. OpenAI's reasoning models refuse them too.
"""

from __future__ import annotations

from typing import Final

from ... import chat, messages
from ...losses import LossCode
from ...options import DEFAULT_MAX_TOKENS
from ...wire import JsonObject, Number, Path
from ..conversion import Conversion

__all__ = [
    "max_tokens_to_chat",
    "max_tokens_to_messages",
    "sampling_to_chat",
    "sampling_to_messages",
    "stop_to_chat",
    "stop_to_messages",
]

_MIN_TOP_P_WITH_THINKING: Final = 0.95

# -- Messages to Chat ----------------------------------------------------------------------------


def max_tokens_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Under the name that the model and the backend know."""
    if request.max_tokens == 0:
        cx.losses.refused(LossCode.MAX_TOKENS, ("max_tokens",), "max_tokens 0 warms Anthropic's cache; Chat cannot")
        return
    body["max_completion_tokens" if cx.facts.reasoning else cx.dialect.token_limit] = request.max_tokens


def stop_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """As many stop sequences as the backend takes."""
    stops = request.stop_sequences
    if not stops:
        return
    if not cx.facts.stop:
        cx.losses.dropped(LossCode.STOP_SEQUENCES, ("stop_sequences",), "the model takes no stop sequences")
        return
    limit = cx.dialect.stop_limit if cx.dialect.stop_limit is not None else len(stops)
    for index in range(limit, len(stops)):
        detail = f"the backend takes {limit} stop sequences"
        cx.losses.dropped(LossCode.STOP_SEQUENCES, ("stop_sequences", index), detail)
    body["stop"] = stops[:limit]


def sampling_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """What clients of the 2023-06-01 version send."""
    for name, value in (("temperature", request.temperature), ("top_p", request.top_p)):
        if value is None:
            continue
        if cx.facts.sampling == "none":
            _drop_refused(name, value, cx)
        else:
            body[name] = value
    if request.top_k is not None:
        if cx.dialect.top_k:
            body["top_k"] = request.top_k
        else:
            cx.losses.dropped(LossCode.SAMPLING, ("top_k",), "the backend takes no top_k")


def _drop_refused(name: str, value: Number, cx: Conversion) -> None:
    """1 is what a model that refuses the parameter does anyway, so nothing is lost by leaving it out."""
    if value != 1:
        cx.losses.dropped(LossCode.SAMPLING, (name,), f"the model refuses {name}")


# -- Chat to Messages ----------------------------------------------------------------------------


def max_tokens_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Anthropic demands a limit; a client that gave none gets one that the model takes."""
    for limit in (request.max_completion_tokens, request.max_tokens):
        if limit is not None:
            body["max_tokens"] = limit
            if request.max_tokens not in (None, limit):
                cx.losses.dropped(LossCode.MAX_TOKENS, ("max_tokens",), "max_completion_tokens goes before it", "info")
            return
    body["max_tokens"] = _default_max_tokens(cx)
    detail = f"Anthropic demands a limit; {body['max_tokens']} tokens is Options.default_max_tokens"
    cx.losses.invented(LossCode.MAX_TOKENS, ("max_tokens",), detail)


def _default_max_tokens(cx: Conversion) -> int:
    if cx.options.default_max_tokens is not None:
        return cx.options.default_max_tokens
    return min(DEFAULT_MAX_TOKENS, cx.facts.max_tokens or DEFAULT_MAX_TOKENS)


def stop_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """All but blank ones: "each stop sequence must contain non-whitespace"."""
    stops = [request.stop] if isinstance(request.stop, str) else request.stop or []
    kept: list[str] = []
    for index, stop in enumerate(stops):
        if stop.strip():
            kept.append(stop)
        else:
            path: Path = ("stop",) if isinstance(request.stop, str) else ("stop", index)
            cx.losses.dropped(LossCode.STOP_SEQUENCES, path, "Anthropic refuses a stop sequence of white space")
    if kept:
        body["stop_sequences"] = kept


def sampling_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """What the model takes. ``body`` knows by now whether the model is to think."""
    if cx.facts.sampling == "none" or cx.dialect.api_version == "2026-10-21":
        _refuse_sampling(request, cx)
        return
    thinking = body.get("thinking", {}).get("type") in ("enabled", "adaptive")
    if request.temperature is not None:
        _temperature(request.temperature, thinking, body, cx)
    if request.top_p is not None:
        _top_p(request.top_p, thinking, body, cx)
    if request.top_k is not None:
        if thinking:
            cx.losses.dropped(LossCode.SAMPLING, ("top_k",), "Anthropic refuses top_k beside thinking")
        else:
            body["top_k"] = request.top_k


def _refuse_sampling(request: chat.RequestEnvelope, cx: Conversion) -> None:
    for name, value in (("temperature", request.temperature), ("top_p", request.top_p)):
        if value is not None:
            _drop_refused(name, value, cx)
    if request.top_k is not None:
        cx.losses.dropped(LossCode.SAMPLING, ("top_k",), "the model refuses top_k")


def _temperature(value: Number, thinking: bool, body: JsonObject, cx: Conversion) -> None:
    if thinking and value != 1:
        # "`temperature` may only be set to 1 when thinking is enabled"
        cx.losses.dropped(LossCode.SAMPLING, ("temperature",), "Anthropic refuses temperature beside thinking")
    elif value > 1:
        # Clamped, not scaled: 1 means the same on both sides and must stay 1.
        cx.losses.approximated(LossCode.SAMPLING, ("temperature",), "Anthropic's temperature ends at 1")
        body["temperature"] = 1
    else:
        body["temperature"] = value


def _top_p(value: Number, thinking: bool, body: JsonObject, cx: Conversion) -> None:
    if value == 1 and (thinking or "temperature" in body):
        return  # does nothing, and is refused beside a temperature
    if thinking and value < _MIN_TOP_P_WITH_THINKING:
        cx.losses.dropped(LossCode.SAMPLING, ("top_p",), "Anthropic refuses a top_p below 0.95 beside thinking")
    elif cx.facts.sampling == "one_of" and "temperature" in body:
        cx.losses.dropped(LossCode.SAMPLING, ("top_p",), "the model takes temperature or top_p, not both")
    else:
        body["top_p"] = value
