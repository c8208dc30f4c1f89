"""The choices on which users of a converter really disagree, each with a default that needs no reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from .dialects import Dialect, ReasoningSlot
from .facts import ModelFacts
from .json_text import Json
from .losses import LossCode
from .sse import MAX_EVENT_BYTES

__all__ = ["DEFAULT_MAX_TOKENS", "ModelRenaming", "Options"]

DEFAULT_MAX_TOKENS: Final = 32_000
"""What every current Claude model takes; less truncates reasoning, more is refused by older models."""

ModelRenaming: TypeAlias = Mapping[str, str] | Callable[[str], str]
"""How the client's name of a model becomes the backend's. A name that a mapping lacks stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to convert. Pass one value to requests and replies alike; each uses what concerns it."""

    # -- the other side
    dialect: Dialect | str | None = None
    """How the backend that a request goes to deviates: a name out of `DIALECTS`, a `Dialect`, or the official API."""
    models: ModelRenaming | None = None
    """Renames the model of a request; the reply then names the model as the client did."""
    model_facts: ModelFacts | None = None
    """Overrides what the shipped table says of the target model."""
    capabilities: Mapping[str, Json] | None = None
    """The ``capabilities`` of Anthropic's ``/v1/models/{id}`` answer for the target model."""

    # -- requests
    default_max_tokens: int | None = None
    """``max_tokens`` for requests without a limit; None takes `DEFAULT_MAX_TOKENS` or the model's own limit."""
    prefill: Literal["keep", "reject", "drop", "continue"] = "keep"
    """What becomes of a last assistant turn; ``continue`` asks a dialect that can to go on from it."""
    mid_system: Literal["auto", "native", "text"] = "auto"
    """How system turns in mid-conversation reach the other side: in place natively, or as text of a user turn."""
    strip_billing_line: bool = True
    """Whether Claude Code's per-request billing line is removed for other vendors' backends."""
    builtin_tools: Literal["expand", "reject", "drop"] = "expand"
    """What becomes of bash, text editor, memory and computer tools, whose schemas are public."""
    deferred_tools: Literal["all", "referenced"] = "all"
    """Which tools with ``defer_loading`` are sent: all, or those that the conversation has found."""
    is_error: Literal["mark", "drop"] = "mark"
    """How the error flag of a tool result is carried: as a first line of its text, or not at all."""
    invalid_arguments: Literal["wrap", "reject"] = "wrap"
    """What becomes of tool arguments that are not a JSON object."""
    unanswered_calls: Literal["repair", "keep", "reject"] = "repair"
    """What becomes of tool calls without result and results without call, which both vendors refuse."""
    unsigned_thinking: Literal["drop", "text"] = "drop"
    """What becomes of thinking without a signature on its way to Anthropic."""
    structured_output: Literal["native", "tool"] = "native"
    """How a JSON schema reaches Anthropic: natively, or by a forced tool, unwrapped in the reply."""
    file_ids: Literal["reject", "keep"] = "reject"
    """What becomes of file ids; keep them only where both sides share a file store."""
    map_fast: bool = False
    """Whether ``speed: "fast"`` and the tiers ``priority`` and ``fast`` stand for each other. It costs money."""
    n: Literal["reject", "first"] = "reject"
    """What becomes of a request for several candidates."""
    downgrade: frozenset[LossCode] = frozenset()
    """What is to be dropped and recorded where it would otherwise be refused."""

    # -- replies
    think_tags: tuple[str, ...] = ()
    """Names of tags, such as ``"think"``, between which a Chat backend reasons at the start of its text."""
    reasoning: ReasoningSlot | None = "reasoning_details"
    """How signed thinking reaches a Chat client, besides its text in ``reasoning_content``."""
    annotations: bool = True
    """Whether citations of web pages reach a Chat client as annotations."""
    new_id: Callable[[str], str] | None = None
    """Makes an id from a prefix such as ``"msg_"``. By default ids that must be made up are derived."""
    now: Callable[[], int] | None = None
    """Unix seconds for ``created``, which Anthropic does not send; 0 by default."""

    # -- streams
    max_event_bytes: int = MAX_EVENT_BYTES
    """The largest event that is accepted, in bytes, and the most that held tool calls may take."""
    eager_start: bool = False
    """Whether `StreamTranscoder.ping` may open the answer before the upstream has said a word."""
    estimated_input_tokens: int = 0
    """``input_tokens`` of ``message_start``, which comes before the upstream counts."""
