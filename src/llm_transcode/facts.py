"""Facts about models, as data: what a model refuses, takes and can do.

A small table of name patterns ships; date suffixes, provider prefixes and decorations such as
``[1m]`` are tolerated. Callers override it with `Options.model_facts`, or hand in the
``capabilities`` object of Anthropic's own ``/v1/models`` answer, which replaces guesses with facts.
A model that no pattern knows gets the choice that no server refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from .json_text import Json, is_object

__all__ = ["ALL_EFFORTS", "ModelFacts", "Sampling", "facts_of", "with_capabilities"]

Sampling: TypeAlias = Literal["free", "one_of", "none"]
"""``free``: all parameters. ``one_of``: temperature or top_p, not both. ``none``: refused."""

ALL_EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Every level of ``reasoning_effort``, ascending; ``output_config.effort`` has the last five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known of one model. The defaults are the conservative choice."""

    sampling: Sampling = "free"
    """Which sampling parameters the model takes."""
    efforts: tuple[str, ...] = ()
    """The levels of effort the model takes, ascending."""
    adaptive_thinking: bool = False
    """Takes ``thinking: {"type": "adaptive"}`` (Messages)."""
    budget_thinking: bool = False
    """Takes ``thinking: {"type": "enabled", "budget_tokens": n}`` (Messages)."""
    disabled_thinking: bool = True
    """Takes ``thinking: {"type": "disabled"}`` (Messages)."""
    prefill: bool = True
    """Continues a last assistant turn (Messages)."""
    mid_system: bool = False
    """Takes ``system`` turns between the others (Messages)."""
    structured_output: bool = True
    """Takes ``output_config.format`` (Messages)."""
    max_tokens: int | None = None
    """The most output tokens the model may be asked for."""
    reasoning: bool = False
    """Thinks before it answers, so that ``max_tokens`` is refused for ``max_completion_tokens`` (Chat)."""
    stop: bool = True
    """Takes ``stop`` (Chat)."""
    cache_breakpoints: bool = False
    """Takes ``prompt_cache_breakpoint`` on content parts (Chat)."""


_CLAUDE_3: Final = ModelFacts(structured_output=False, max_tokens=4096)
_CLAUDE_4: Final = ModelFacts(budget_thinking=True, structured_output=False, max_tokens=32_000)
_CLAUDE_4_5: Final = ModelFacts(sampling="one_of", budget_thinking=True, max_tokens=64_000)
_CLAUDE_4_6: Final = ModelFacts(
    sampling="one_of",
    efforts=("low", "medium", "high", "max"),
    adaptive_thinking=True,
    budget_thinking=True,
    prefill=False,
    max_tokens=64_000,
)
_CLAUDE_4_7: Final = ModelFacts(
    sampling="none",
    efforts=("low", "medium", "high", "xhigh", "max"),
    adaptive_thinking=True,
    prefill=False,
    max_tokens=128_000,
)
_CLAUDE: Final = replace(_CLAUDE_4_7, mid_system=True)

_FOREIGN: Final = ModelFacts(budget_thinking=True, efforts=("low", "medium", "high"))
"""A model that is not Claude, or not OpenAI's: a compatible server, which takes the older forms."""

_O_SERIES: Final = ModelFacts(sampling="none", efforts=("low", "medium", "high"), reasoning=True, stop=False)
_GPT_5: Final = replace(_O_SERIES, efforts=("minimal", "low", "medium", "high"))
_GPT_5_1: Final = replace(_O_SERIES, efforts=("none", "low", "medium", "high"))
_GPT_5_2: Final = replace(_O_SERIES, efforts=("none", "low", "medium", "high", "xhigh"))
_GPT: Final = replace(_O_SERIES, efforts=("none", "low", "medium", "high", "xhigh", "max"), cache_breakpoints=True)

_PATTERNS: Final = tuple(
    (re.compile(pattern), facts)
    for pattern, facts in (
        (r"claude-(instant|2|3-(opus|sonnet|haiku))", _CLAUDE_3),
        (r"claude-3-5-", replace(_CLAUDE_3, max_tokens=8192)),
        (r"claude-3-7-", replace(_CLAUDE_4, max_tokens=64_000)),
        (r"claude-opus-4-1(?!\d)", replace(_CLAUDE_4, sampling="one_of", structured_output=True)),
        (r"claude-opus-4-5(?!\d)", replace(_CLAUDE_4_5, efforts=("low", "medium", "high"))),
        (r"claude-\w+-4-5(?!\d)", _CLAUDE_4_5),
        (r"claude-opus-4-6(?!\d)", replace(_CLAUDE_4_6, max_tokens=128_000)),
        (r"claude-\w+-4-6(?!\d)", _CLAUDE_4_6),
        (r"claude-\w+-4-7(?!\d)", _CLAUDE_4_7),
        (r"claude-mythos-preview", _CLAUDE_4_7),
        (r"claude-sonnet-4(-0|-20\d{6}|$)", replace(_CLAUDE_4, max_tokens=64_000)),
        (r"claude-opus-4(-0|-20\d{6}|$)", _CLAUDE_4),
        (r"claude-", _CLAUDE),
        (r"gpt-5(\.\d)?-chat|gpt-5\.\d-chat-latest", ModelFacts()),
        (r"o[134](-|$)|codex", _O_SERIES),
        (r"gpt-5(-|$)", _GPT_5),
        (r"gpt-5\.1(?!\d)", _GPT_5_1),
        (r"gpt-5\.[2-5](?!\d)", _GPT_5_2),
        (r"gpt-([5-9]|\d\d)", _GPT),
        (r"gpt-(3|4)|chatgpt-4o", ModelFacts()),
    )
)

_DECORATIONS: Final = re.compile(
    r"""
    ^ .*/                       # a provider's prefix: anthropic/, models/, accounts/x/models/
    | ^ (\w+\.)?anthropic\.     # Bedrock: us.anthropic.
    | \[ [^\]]* \] $            # Claude Code: [1m]
    | @ .* $                    # Vertex: @20250929
    | : .* $                    # Bedrock, OpenRouter and Ollama: :0, :free, :latest
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=256)
def facts_of(model: str) -> ModelFacts:
    """What the shipped table knows of a model, by its name."""
    name = _DECORATIONS.sub("", model.lower()).replace("_", "-")
    for pattern, facts in _PATTERNS:
        if pattern.match(name):
            return facts
    return _FOREIGN


def with_capabilities(facts: ModelFacts, capabilities: Mapping[str, Json]) -> ModelFacts:
    """Replace guesses by the ``capabilities`` of Anthropic's ``ModelInfo``; other facts stay."""
    changes: dict[str, Json] = {}
    efforts = capabilities.get("effort")
    if is_object(efforts):
        changes["efforts"] = tuple(level for level in ALL_EFFORTS if _supported(efforts.get(level)))
    thinking = capabilities.get("thinking")
    if is_object(thinking) and is_object(types := thinking.get("types")):
        changes["adaptive_thinking"] = _supported(types.get("adaptive"))
        changes["budget_thinking"] = _supported(types.get("enabled"))
        changes["disabled_thinking"] = _supported(types.get("disabled"))
    if "structured_outputs" in capabilities:
        changes["structured_output"] = _supported(capabilities["structured_outputs"])
    return replace(facts, **changes)


def _supported(capability: Json) -> bool:
    """``{"supported": true}`` is how the API says yes; a bare boolean is tolerated."""
    return capability.get("supported") is True if is_object(capability) else capability is True
