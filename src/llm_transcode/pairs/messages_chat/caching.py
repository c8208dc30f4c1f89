"""Marks for the prompt cache: ``cache_control`` <-> ``prompt_cache_breakpoint``.

Both vendors let a client mark the end of a reusable prefix. Anthropic marks any block, tool or
request, for 5 minutes or 1 hour; OpenAI marks content parts only, for 30 minutes or 12 hours, and
only for the models that know it. Some compatible backends take Anthropic's own mark.

* https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
* https://platform.openai.com/docs/guides/prompt-caching
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ... import chat, messages
from ...losses import LossCode
from ...wire import JsonObject, Path
from ..conversion import Conversion
from ..fields import Drop, Fields

__all__ = ["drop_surplus_marks", "mark_for_chat", "mark_for_messages", "no_slot_for_mark", "note_mark"]

# -- ledger --------------------------------------------------------------------------------------

_SCOPE: Final = Drop(LossCode.CACHE_CONTROL, "who shares a cached prefix is for the backend to say", "info")
MARK_TO_CHAT: Final = Fields(
    messages.CacheControl,
    {
        "type": "`prompt_cache_breakpoint.mode` explicit, or `cache_control.type`",
        "ttl": "`prompt_cache_breakpoint.ttl`, by a table, or `cache_control.ttl`",
    },
    {"scope": _SCOPE},
)
BREAKPOINT_TO_MESSAGES: Final = Fields(
    chat.PromptCacheBreakpoint, {"mode": "`cache_control.type`", "ttl": "`cache_control.ttl`, by a table"}
)
FOREIGN_MARK_TO_MESSAGES: Final = Fields(
    chat.CacheControl, {"type": "`cache_control.type`", "ttl": "`cache_control.ttl`"}
)

_TTL_TO_CHAT: Final = {"5m": None, "1h": "12h"}
_TTL_TO_MESSAGES: Final = {"30m": None, "12h": "1h"}
"""Lifetimes of a prefix; None is what holds without a word."""


def mark_for_chat(mark: messages.CacheControl | None, part: JsonObject, path: Path, cx: Conversion) -> None:
    """Mark a content part of Chat, where the dialect and the model take marks."""
    if mark is None:
        return
    if not cx.dialect.content_parts:
        no_slot_for_mark(mark, path, cx)
    elif cx.dialect.cache_marks == "cache_control":
        MARK_TO_CHAT.report(mark, (*path, "cache_control"), cx.losses)
        part["cache_control"] = _ephemeral(mark.ttl)
    elif cx.dialect.cache_marks == "prompt_cache_breakpoint" and cx.facts.cache_breakpoints:
        MARK_TO_CHAT.report(mark, (*path, "cache_control"), cx.losses)
        ttl = _ttl(mark.ttl, _TTL_TO_CHAT, (*path, "cache_control", "ttl"), cx)
        part["prompt_cache_breakpoint"] = {"mode": "explicit"} if ttl is None else {"mode": "explicit", "ttl": ttl}
    else:
        no_slot_for_mark(mark, path, cx)


def _ttl(ttl: str | None, table: Mapping[str, str | None], path: Path, cx: Conversion) -> str | None:
    if ttl is not None and ttl not in table:
        cx.losses.dropped(LossCode.CACHE_CONTROL, path, f"the other side has no lifetime {ttl!r}", "info")
    return table.get(ttl or "")


def _ephemeral(ttl: str | None) -> JsonObject:
    return {"type": "ephemeral"} if ttl is None else {"type": "ephemeral", "ttl": ttl}


def no_slot_for_mark(mark: messages.CacheControl | None, path: Path, cx: Conversion) -> None:
    """Record a mark on something that cannot carry one on the other side."""
    if mark is not None:
        detail = "the backend takes no cache mark here; its own prompt cache is not affected"
        cx.losses.dropped(LossCode.CACHE_CONTROL, (*path, "cache_control"), detail, "info")


def mark_for_messages(
    own: chat.PromptCacheBreakpoint | None,
    foreign: chat.CacheControl | None,
    block: JsonObject,
    path: Path,
    cx: Conversion,
) -> None:
    """Mark a block, tool or tool result of Messages; a client's own ``cache_control`` wins."""
    if foreign is not None:
        FOREIGN_MARK_TO_MESSAGES.report(foreign, (*path, "cache_control"), cx.losses)
        block["cache_control"] = _ephemeral(foreign.ttl)
        note_mark(block, path, cx)
        if own is not None:
            second: Path = (*path, "prompt_cache_breakpoint")
            cx.losses.dropped(LossCode.CACHE_CONTROL, second, "a second mark in the same place", "info")
    elif own is not None:
        own_path: Path = (*path, "prompt_cache_breakpoint")
        BREAKPOINT_TO_MESSAGES.report(own, own_path, cx.losses)
        block["cache_control"] = _ephemeral(_ttl(own.ttl, _TTL_TO_MESSAGES, (*own_path, "ttl"), cx))
        cx.marks.append((block, own_path))


def note_mark(block: JsonObject, path: Path, cx: Conversion) -> None:
    """Remember where the mark of a block stands in the source, if the block carries one."""
    if "cache_control" in block:
        cx.marks.append((block, (*path, "cache_control")))


def drop_surplus_marks(marked: list[JsonObject], cx: Conversion) -> None:
    """Keep the last marks when there are more than the API takes: they cover the longest prefixes.

    ``marked`` is whatever carries a mark, in the order of the cached prefix.
    """
    surplus = len(marked) - cx.dialect.cache_mark_limit
    if surplus <= 0:
        return
    paths = {id(block): path for block, path in cx.marks}
    detail = f"the API takes {cx.dialect.cache_mark_limit} cache marks in a request; the last ones are kept"
    for block in marked[:surplus]:
        del block["cache_control"]
        cx.losses.dropped(LossCode.CACHE_CONTROL, paths.get(id(block), ()), detail, "info")
