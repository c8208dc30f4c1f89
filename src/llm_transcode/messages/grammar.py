"""What may follow what in a stream of Messages. This file does not know which direction we are going.

The table says how events follow each other. Three rules more are kept by `StreamGrammar`: blocks are
numbered 0, 1, 2 and so on, events name the block that is open, and a block takes the deltas of its kind.

https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from ..errors import StreamError
from ..grammar import draw, next_state
from ..json_text import is_object
from ..wire import Json, JsonObject

__all__ = ["DELTAS", "INITIAL", "STATES", "TRANSITIONS", "State", "StreamGrammar", "diagram"]

State: TypeAlias = Literal["silent", "between", "within", "whole", "ending", "stopped", "failed"]
"""Where a stream stands; `STATES` explains each."""

INITIAL: Final[State] = "silent"
"""The state in which every stream begins."""

STATES: Final[dict[State, str]] = {
    "silent": "nothing was said yet",
    "between": "the message has begun and no block is open",
    "within": "a block is open",
    "whole": "the message came at once, with its stop reason",
    "ending": "the message has its stop reason and its counts",
    "stopped": "the stream has come to its end",
    "failed": "the stream broke off with an error",
}
"""Every state in one line."""

Kind: TypeAlias = Literal[
    "message_start",
    "message_start_whole",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "ping",
    "error",
]
"""The type of an event, except that ``message_start_whole`` is a ``message_start`` with a stop reason.

Such a one continues an answer whose tools a program called.
"""

TRANSITIONS: Final[dict[State, dict[Kind, State]]] = {
    "silent": {"message_start": "between", "message_start_whole": "whole", "ping": "silent", "error": "failed"},
    "between": {
        "content_block_start": "within",
        "message_delta": "ending",
        "ping": "between",
        "error": "failed",
    },
    "within": {
        "content_block_delta": "within",
        "content_block_stop": "between",
        "ping": "within",
        "error": "failed",
    },
    "whole": {"message_stop": "stopped", "ping": "whole", "error": "failed"},
    "ending": {"message_delta": "ending", "message_stop": "stopped", "ping": "ending", "error": "failed"},
    "stopped": {},
    "failed": {},
}
"""State -> kind of event -> the state that follows."""

DELTAS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("citations_delta", "text_delta"),
    "thinking": ("thinking_delta", "signature_delta"),
    "tool_use": ("input_json_delta",),
    "server_tool_use": ("input_json_delta",),
    "mcp_tool_use": ("input_json_delta",),
    "compaction": ("compaction_delta",),
}
"""Type of a block -> types of the deltas by which it grows. Other known blocks come whole."""

_WHOLE: Final = frozenset(
    {
        "advisor_tool_result",
        "bash_code_execution_tool_result",
        "code_execution_tool_result",
        "container_upload",
        "fallback",
        "mcp_tool_listing",
        "mcp_tool_result",
        "redacted_thinking",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "web_fetch_tool_result",
        "web_search_tool_result",
    }
)
"""The blocks that come whole; what a block of a later version takes is not known."""

_KINDS: Final[frozenset[str]] = frozenset(get_args(Kind))
_BLOCK_EVENTS: Final = frozenset({"content_block_start", "content_block_delta", "content_block_stop"})
_DELTA_TYPES: Final = frozenset(delta for deltas in DELTAS.values() for delta in deltas)


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    return draw(TRANSITIONS, STATES)


class StreamGrammar:
    """Follows one stream and tells what is out of place in it.

    An event that is refused changes nothing, so that whoever tolerates it can go on.
    """

    __slots__ = ("_block", "_index", "state")

    def __init__(self) -> None:
        self.state: State = INITIAL
        """One of `STATES`."""
        self._index = -1
        self._block = ""

    @property
    def finished(self) -> bool:
        """Whether the stream has come to its proper end."""
        return self.state == "stopped"

    @property
    def expected(self) -> tuple[str, ...]:
        """The kinds of events that may come next."""
        return tuple(TRANSITIONS[self.state])

    def step(self, event: JsonObject) -> None:
        """Follow the next event; raises `StreamError` saying what was expected instead.

        An event of a type that this version does not know may stand anywhere before the end.
        """
        kind = _kind_of(event)
        if kind not in _KINDS and self.expected:
            return
        state: State = next_state(TRANSITIONS, self.state, kind)
        if kind in _BLOCK_EVENTS:
            self._check_block(kind, event)
        self.state = state

    def _check_block(self, kind: str, event: JsonObject) -> None:
        opens = kind == "content_block_start"
        expected = self._index + opens
        if event.get("index") != expected:
            raise StreamError(f"expected index {expected}, got {event.get('index')}", "$.index")
        if opens:
            self._index, self._block = expected, _type_of(event.get("content_block"))
        elif kind == "content_block_delta":
            self._check_delta(_type_of(event.get("delta")))

    def _check_delta(self, delta: str) -> None:
        if self._block in _WHOLE:
            raise StreamError(f"expected no delta for a {self._block} block, got {delta}", "$.delta.type")
        expected = DELTAS.get(self._block)
        if expected is not None and delta in _DELTA_TYPES and delta not in expected:
            raise StreamError(
                f"expected {' or '.join(expected)} for a {self._block} block, got {delta}", "$.delta.type"
            )


def _kind_of(event: JsonObject) -> str:
    kind = _type_of(event)
    if kind == "message_start":
        message = event.get("message")
        if is_object(message) and message.get("stop_reason") is not None:
            return "message_start_whole"
    return kind


def _type_of(value: Json) -> str:
    kind = value.get("type") if is_object(value) else None
    return kind if isinstance(kind, str) else "something without a type"
