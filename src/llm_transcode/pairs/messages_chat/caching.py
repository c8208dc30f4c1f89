"""Marks for the prompt cache: ``cache_control`` <-> ``prompt_cache_breakpoint``.

Both vendors let a client mark the end of a reusable prefix. Anthropic marks any block, tool or
request, for 5 minutes or 1 hour; OpenAI marks content parts only, for 30 minutes or 12 hours, and
only for the models that know it. Some compatible backends take Anthropic's own mark.

* https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
* https://platform.openai.com/docs/guides/prompt-caching
"""

from __future__ import annotations

from typing import Final

from ... import chat, messages
from ...losses import LossCode
from ...wire import JsonObject, Path
from ..conversion import Conversion

__all__ = ["drop_surplus_marks", "mark_for_chat", "mark_for_messages", "no_slot_for_mark"]

_TTL_TO_CHAT: Final = {"1h": "12h"}
_TTL_TO_MESSAGES: Final = {"12h": "1h"}


def mark_for_chat(mark: messages.CacheControl | None, part: JsonObject, path: Path, cx: Conversion) -> None:
    """Mark a content part of Chat, where the dialect and the model take marks."""
    if mark is None:
        return
    if cx.dialect.cache_marks == "cache_control":
        part["cache_control"] = {"type": "ephemeral"} if mark.ttl is None else {"type": "ephemeral", "ttl": mark.ttl}
    elif cx.dialect.cache_marks == "prompt_cache_breakpoint" and cx.facts.cache_breakpoints:
        breakpoint_ = {"mode": "explicit"}
        if mark.ttl in _TTL_TO_CHAT:
            breakpoint_["ttl"] = _TTL_TO_CHAT[mark.ttl]
        part["prompt_cache_breakpoint"] = breakpoint_
    else:
        no_slot_for_mark(mark, path, cx)


def no_slot_for_mark(mark: messages.CacheControl | None, path: Path, cx: Conversion) -> None:
    """Record a mark on something that cannot carry one on the other side."""
    if mark is not None:
        detail = "the backend takes no cache mark here; its own prompt cache is not affected"
        cx.losses.dropped(LossCode.CACHE_CONTROL, (*path, "cache_control"), detail, "info")


def mark_for_messages(
    own: chat.PromptCacheBreakpoint | None, foreign: chat.CacheControl | None, block: JsonObject
) -> None:
    """Mark a block, tool or tool result of Messages; a client's own ``cache_control`` wins."""
    if foreign is not None:
        block["cache_control"] = {"type": "ephemeral"} if foreign.ttl is None else {"type": "ephemeral", "ttl": foreign.ttl}
    elif own is not None:
        ttl = _TTL_TO_MESSAGES.get(own.ttl or "")
        block["cache_control"] = {"type": "ephemeral"} if ttl is None else {"type": "ephemeral", "ttl": ttl}


def drop_surplus_marks(marked: list[tuple[JsonObject, Path]], cx: Conversion) -> None:
    """Keep the last marks when there are more than the API takes: they cover the longest prefixes."""
    surplus = len(marked) - cx.dialect.cache_mark_limit
    for block, path in marked[: max(surplus, 0)]:
        del block["cache_control"]
        detail = f"the API takes {cx.dialect.cache_mark_limit} cache marks in a request; the last ones are kept"
        cx.losses.dropped(LossCode.CACHE_CONTROL, path, detail, "info")
