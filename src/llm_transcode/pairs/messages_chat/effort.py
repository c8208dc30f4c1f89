"""How much thinking is asked for.

It is a level in Chat (``reasoning_effort``) and, in Messages, a level (``output_config.effort``), a
budget in tokens, or the model's own choice (``adaptive``).

* https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
* https://docs.anthropic.com/en/docs/build-with-claude/adaptive-thinking
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...facts import ALL_EFFORTS, ModelFacts
from ...losses import LossCode
from ...wire import JsonObject, Path
from ..conversion import Conversion
from ..fields import Drop, Fields, UnionFields

__all__ = ["effort_to_chat", "effort_to_messages"]

# -- ledger --------------------------------------------------------------------------------------

_BOUND: Final = Drop(LossCode.THINKING_DISPLAY, "Chat binds no thinking to its place", "info")
_SHOWN: Final = "`reasoning.exclude`, where the backend has it; recorded elsewhere"
THINKING_ENABLED_TO_CHAT: Final = Fields(
    messages.ThinkingEnabled,
    {"type": "`reasoning_effort`", "budget_tokens": "`reasoning_effort`, by a table", "display": _SHOWN},
    {"block_binding": _BOUND},
)
THINKING_ADAPTIVE_TO_CHAT: Final = Fields(
    messages.ThinkingAdaptive,
    {"type": "`reasoning_effort`, from `output_config.effort`", "display": _SHOWN},
    {"block_binding": _BOUND},
)
CONFIGS_TO_CHAT: Final = UnionFields(
    THINKING_ENABLED_TO_CHAT,
    THINKING_ADAPTIVE_TO_CHAT,
    Fields(messages.ThinkingDisabled, {"type": "`reasoning_effort` none"}),
    Fields(messages.ThinkingBetweenTools, {"type": "`reasoning_effort` none"}),
    Fields(messages.UnknownThinking, {"type": "none; recorded"}),
)
_LEVEL: Final = "`output_config.effort`, `thinking`"
REASONING_TO_MESSAGES: Final = Fields(
    chat.ReasoningConfig,
    {"effort": _LEVEL, "max_tokens": "`thinking.budget_tokens`, or the level it stands for", "enabled": _LEVEL},
    {
        "exclude": Drop(LossCode.THINKING_DISPLAY, "whether thinking is shown is for the reader of the reply", "info"),
        "summary": Drop(LossCode.THINKING_DISPLAY, "Anthropic has one kind of summary", "info"),
    },
)
CONFIG_TO_MESSAGES: Final = Fields(
    chat.ThinkingConfig,
    {"type": _LEVEL, "budget_tokens": "`thinking.budget_tokens`, or the level it stands for"},
    {
        "display": Drop(LossCode.THINKING_DISPLAY, "whether thinking is shown is for the reader of the reply", "info"),
        "clear_thinking": Drop(LossCode.CONTEXT_MANAGEMENT, "Anthropic decides which thinking it reads again", "info"),
    },
)

# -- one notion for both sides -----------------------------------------------------------

_BUDGETS: Final = (
    ("minimal", 1024, 2048),
    ("low", 4096, 8192),
    ("medium", 8192, 16384),
    ("high", 16384, 32768),
    ("xhigh", 32768, 65536),
    ("max", 65536, None),
)
"""Level, the budget it stands for, and the first budget beyond it: each direction undoes the other."""

_BUDGET_OF: Final = {level: budget for level, budget, _ in _BUDGETS}

_UNSAID: Final = "medium"
"""The level for clients that only switch thinking on."""

_MIN_BUDGET: Final = 1024
"""The least ``budget_tokens`` that Anthropic takes."""


def _level_of(budget: int) -> str:
    return next(level for level, _, end in _BUDGETS if end is None or budget < end)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much thinking a request asks for, and where it says so."""

    level: str
    """One of `ALL_EFFORTS`, or a level of the future."""
    path: Path
    budget: int | None = None


def _fit(effort: Effort, levels: Sequence[str], cx: Conversion) -> str | None:
    """The level itself, else the nearest lower one the target has, else its lowest."""
    if effort.level in levels:
        return effort.level
    thinking = [level for level in levels if level != "none"]
    if not thinking or effort.level not in ALL_EFFORTS or effort.level == "none":
        detail = f"effort {effort.level!r}; the target takes {', '.join(levels) or 'no effort at all'}"
        cx.losses.dropped(LossCode.EFFORT, effort.path, detail)
        return None
    rank = ALL_EFFORTS.index(effort.level)
    fitted = max(
        (level for level in thinking if ALL_EFFORTS.index(level) < rank), key=ALL_EFFORTS.index, default=thinking[0]
    )
    cx.losses.approximated(LossCode.EFFORT, effort.path, f"effort {effort.level!r} becomes {fitted!r}")
    return fitted


def _report_budget(effort: Effort, sent: str | None, path: Path, cx: Conversion) -> None:
    """Record a budget, unless the level that is sent stands for it, or its own loss tells of it already."""
    is_told = effort.path == path and effort.level != sent
    if effort.budget is not None and not is_told and (sent is None or _BUDGET_OF.get(sent) != effort.budget):
        detail = f"a budget of {effort.budget} tokens, where only levels are known"
        cx.losses.approximated(LossCode.EFFORT, path, detail, "info")


# -- Messages to Chat --------------------------------------------------------------------

_BUDGET_PATH: Final[Path] = ("thinking", "budget_tokens")
_EFFORT_PATH: Final[Path] = ("output_config", "effort")


def effort_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Ask the backend for as much thinking as the client does."""
    _report_thinking(request.thinking, cx)
    effort = _effort_of(request, cx)
    excludes = effort is not None and cx.dialect.reasoning_request == "reasoning"
    _report_display(request.thinking, excludes, cx)
    if effort is None:
        _report_own_choice(request.thinking, cx)
        return
    match cx.dialect.reasoning_request:
        case "reasoning_effort":
            _write_effort(effort, body, cx)
        case "reasoning":
            body["reasoning"] = _openrouter_reasoning(request, effort, cx)
        case "thinking":
            _switch_thinking(effort, body, cx)
        case _:
            assert_never(cx.dialect.reasoning_request)


def _switch_thinking(effort: Effort, body: JsonObject, cx: Conversion) -> None:
    thinks = effort.level != "none"
    body["thinking"] = {"type": "enabled" if thinks else "disabled"}
    if thinks:
        detail = f"the backend thinks or does not; effort {effort.level!r} is not carried"
        cx.losses.approximated(LossCode.EFFORT, effort.path, detail)
        _report_budget(effort, None, _BUDGET_PATH, cx)


def _write_effort(effort: Effort, body: JsonObject, cx: Conversion) -> None:
    if effort.level == "none" and not _can_think(cx.facts):
        return  # the wish is granted
    level = _fit(effort, cx.dialect.efforts if cx.dialect.efforts is not None else cx.facts.efforts, cx)
    _report_budget(effort, level, _BUDGET_PATH, cx)
    if level is not None:
        body["reasoning_effort"] = level


def _can_think(facts: ModelFacts) -> bool:
    return bool(facts.efforts) or facts.reasoning or facts.adaptive_thinking or facts.budget_thinking


def _report_display(thinking: messages.ThinkingConfig | None, excludes: bool, cx: Conversion) -> None:
    """``excludes``: whether the backend is told to leave thinking out, where the client wants that."""
    display = thinking.display if isinstance(thinking, (messages.ThinkingEnabled, messages.ThinkingAdaptive)) else None
    if display is not None and not (excludes and display == "omitted"):
        detail = "Chat does not say how thinking is shown"
        cx.losses.dropped(LossCode.THINKING_DISPLAY, ("thinking", "display"), detail, "info")


def _report_own_choice(thinking: messages.ThinkingConfig | None, cx: Conversion) -> None:
    if isinstance(thinking, messages.ThinkingAdaptive):
        detail = "the model decides how much to think; Chat has no word for it, and the backend's default holds"
        cx.losses.approximated(LossCode.THINKING, ("thinking", "type"), detail, "info")


def _effort_of(request: messages.RequestEnvelope, cx: Conversion) -> Effort | None:
    """An explicit effort goes before a budget, and ``disabled`` before both."""
    thinking, config = request.thinking, request.output_config
    level, path = cx.effort or (None if config is None else config.effort, _EFFORT_PATH)
    if isinstance(thinking, (messages.ThinkingDisabled, messages.ThinkingBetweenTools)):
        if level not in (None, "", "none"):
            cx.losses.dropped(LossCode.EFFORT, path, "thinking is switched off, and Chat has one word for both", "info")
        return Effort("none", ("thinking", "type"))
    budget = thinking.budget_tokens if isinstance(thinking, messages.ThinkingEnabled) else None
    if level:
        return Effort(level, path, budget)
    if budget is not None:
        return Effort(_level_of(budget), _BUDGET_PATH, budget)
    return None


def _openrouter_reasoning(request: messages.RequestEnvelope, effort: Effort, cx: Conversion) -> JsonObject:
    reasoning = _openrouter_amount(effort, cx.dialect.efforts or ALL_EFFORTS, cx)
    if (
        isinstance(request.thinking, (messages.ThinkingEnabled, messages.ThinkingAdaptive))
        and request.thinking.display == "omitted"
    ):
        reasoning["exclude"] = True
    return reasoning


def _openrouter_amount(effort: Effort, levels: Sequence[str], cx: Conversion) -> JsonObject:
    if effort.path == _BUDGET_PATH:
        return {"max_tokens": effort.budget}
    if effort.level == "none" and "none" not in levels:
        return {"enabled": False}
    level = _fit(effort, levels, cx)
    _report_budget(effort, level, _BUDGET_PATH, cx)
    return {"enabled": True} if level is None else {"effort": level}


def _report_thinking(thinking: messages.ThinkingConfig | None, cx: Conversion) -> None:
    if thinking is not None:
        CONFIGS_TO_CHAT.report(thinking, ("thinking",), cx.losses)
    match thinking:
        case messages.ThinkingBetweenTools():
            detail = "no thinking but notes between tools; Chat can only switch thinking off"
            cx.losses.approximated(LossCode.THINKING, ("thinking", "type"), detail)
        case messages.UnknownThinking():
            cx.losses.dropped(LossCode.UNKNOWN_VALUE, ("thinking", "type"), f"thinking of type {thinking.type!r}")
        case _:
            pass


# -- Chat to Messages --------------------------------------------------------------------


def effort_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Switch thinking on, off, or leave it to the model. ``body`` has its turns, tools and limits by now."""
    _report_extensions(request, cx)
    effort = _asked_effort(request, cx)
    if effort is None:
        return
    if effort.level == "none":
        _disable(effort, body, cx)
    elif cx.facts.adaptive_thinking:
        _think_adaptively(effort, body, cx)
    elif cx.facts.budget_thinking:
        _think_on_budget(effort, body, cx)
    else:
        cx.losses.dropped(LossCode.EFFORT, effort.path, "the model does not think before it answers")


def _report_extensions(request: chat.RequestEnvelope, cx: Conversion) -> None:
    if request.reasoning is not None:
        REASONING_TO_MESSAGES.report(request.reasoning, ("reasoning",), cx.losses)
    if request.thinking is not None:
        CONFIG_TO_MESSAGES.report(request.thinking, ("thinking",), cx.losses)
    if request.reasoning is not None or request.thinking is not None:
        _report_second(request, cx)


def _report_second(request: chat.RequestEnvelope, cx: Conversion) -> None:
    """One field says how much to think; those after it are left behind."""
    asked = [name for name in ("reasoning_effort", "reasoning", "thinking") if getattr(request, name)]
    for name in asked[1:]:
        cx.losses.dropped(LossCode.EFFORT, (name,), f"{asked[0]} says how much to think", "info")


def _asked_effort(request: chat.RequestEnvelope, cx: Conversion) -> Effort | None:
    """OpenAI's field first, then what clients of OpenRouter and of the ``thinking`` extension send."""
    if request.reasoning_effort:
        return Effort(request.reasoning_effort, ("reasoning_effort",))
    if request.reasoning is not None:
        return _asked_of_openrouter(request.reasoning, cx)
    if request.thinking is not None:
        budget = request.thinking.budget_tokens
        if request.thinking.type == "disabled":
            return Effort("none", ("thinking", "type"))
        if budget is None:
            return _unmeasured(("thinking", "type") if request.thinking.type is not None else ("thinking",), cx)
        return Effort(_level_of(budget), ("thinking", "budget_tokens"), budget)
    return None


def _unmeasured(path: Path, cx: Conversion) -> Effort:
    """Thinking is switched on, and no more is said: the middle stands for the vendor's default."""
    cx.losses.approximated(LossCode.EFFORT, path, f"how much to think is not said; {_UNSAID!r} is asked for", "info")
    return Effort(_UNSAID, path)


def _asked_of_openrouter(reasoning: chat.ReasoningConfig, cx: Conversion) -> Effort | None:
    if reasoning.enabled is False:
        return Effort("none", ("reasoning", "enabled"))
    if reasoning.effort:
        if reasoning.max_tokens is not None:
            detail = "reasoning.effort goes before it"
            cx.losses.dropped(LossCode.EFFORT, ("reasoning", "max_tokens"), detail, "info")
        return Effort(reasoning.effort, ("reasoning", "effort"))
    if reasoning.max_tokens is not None:
        return Effort(_level_of(reasoning.max_tokens), ("reasoning", "max_tokens"), reasoning.max_tokens)
    return _unmeasured(("reasoning", "enabled"), cx) if reasoning.enabled else None


def _disable(effort: Effort, body: JsonObject, cx: Conversion) -> None:
    if not (cx.facts.adaptive_thinking or cx.facts.budget_thinking):
        return  # the model never thinks: the wish is granted
    if cx.facts.disabled_thinking:
        body["thinking"] = {"type": "disabled"}
    else:
        cx.losses.dropped(LossCode.EFFORT, effort.path, "the model cannot be kept from thinking")


def _think_adaptively(effort: Effort, body: JsonObject, cx: Conversion) -> None:
    level = _fit(effort, cx.facts.efforts, cx)
    _report_budget(effort, level, effort.path, cx)
    # Newer models leave their thinking out of the reply unless it is asked for.
    body["thinking"] = {"type": "adaptive", "display": "summarized"}
    if level is not None:
        body.setdefault("output_config", {})["effort"] = level


def _think_on_budget(effort: Effort, body: JsonObject, cx: Conversion) -> None:
    if effort.budget is None and effort.level not in ALL_EFFORTS:
        cx.losses.dropped(LossCode.EFFORT, effort.path, f"effort {effort.level!r} is not known")
        return
    obstacle = _obstacle_to_budget(body)
    wanted = effort.budget if effort.budget is not None else _BUDGET_OF[effort.level]
    budget = min(wanted, body["max_tokens"] - 1)
    if obstacle is None and budget < _MIN_BUDGET:
        obstacle = f"max_tokens leaves no room for a budget of {_MIN_BUDGET} tokens"
    if obstacle is not None:
        cx.losses.dropped(LossCode.EFFORT, effort.path, f"thinking stays off: {obstacle}")
        return
    if budget < wanted:
        cx.losses.approximated(LossCode.EFFORT, effort.path, f"the budget of {wanted} tokens is cut to fit max_tokens")
    body["thinking"] = {"type": "enabled", "budget_tokens": budget}


def _obstacle_to_budget(body: JsonObject) -> str | None:
    """What makes a model with a thinking budget answer 400."""
    if body.get("tool_choice", {}).get("type") in ("any", "tool"):
        return "the choice of a tool is forced"
    if _in_unsigned_tool_loop(body["messages"]):
        return "the open tool call was made without signed thinking"
    return None


def _in_unsigned_tool_loop(turns: list[JsonObject]) -> bool:
    """Whether tool results answer an assistant turn that does not begin with thinking.

    "Expected `thinking` or `redacted_thinking`, but found `tool_use`": the API wants the thinking of
    the turn whose tools are being answered, and a Chat client may have been unable to keep it.
    """
    if len(turns) < 2 or turns[-1]["role"] != "user" or turns[-2]["role"] != "assistant":
        return False
    answers, asked = turns[-1]["content"], turns[-2]["content"]
    if isinstance(answers, str) or isinstance(asked, str) or not asked:
        return False
    answering = any(block["type"] == "tool_result" for block in answers)
    return answering and asked[0]["type"] not in ("thinking", "redacted_thinking")
