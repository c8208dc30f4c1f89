"""What the grammars of streams have in common: a table of states, and its drawing. Knows no protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from .errors import StreamError

__all__ = ["Transitions", "draw", "next_state"]

S = TypeVar("S", bound=str)
K = TypeVar("K", bound=str)

Transitions: TypeAlias = Mapping[S, Mapping[K, S]]
"""State -> kind of event -> the state that follows. A state without entries is an end."""


def next_state(transitions: Transitions[S, K], state: S, kind: str) -> S:
    """The state that an event leads to; raises `StreamError` naming what was expected instead of it."""
    expected = transitions[state]
    for known, following in expected.items():
        if known == kind:
            return following
    if not expected:
        raise StreamError(f"expected nothing after the end of the stream, got {kind}")
    raise StreamError(f"expected {' or '.join(expected)}, got {kind}")


def draw(transitions: Transitions[S, K], states: Mapping[S, str]) -> str:
    """Render a table as a Mermaid state diagram, which begins in the first state; ``states`` describes each."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(transitions))}"]
    for state, expected in transitions.items():
        lines.append(f"    {state}: {state} ({states[state]})")
        lines += [f"    {state} --> {target}: {kind}" for kind, target in expected.items()]
        if not expected:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines) + "\n"
