"""The protocols this library speaks, named after their endpoints."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

__all__ = ["PROTOCOLS", "Protocol", "check_protocols"]

Protocol: TypeAlias = Literal["messages", "chat"]
"""``messages``: Anthropic Messages, ``/v1/messages``. ``chat``: OpenAI Chat Completions, ``/v1/chat/completions``."""

PROTOCOLS: Final[tuple[Protocol, ...]] = get_args(Protocol)
"""Every protocol, in the order in which messages list them."""


def check_protocols(*names: str) -> None:
    """Raise `ValueError` for the first of ``names`` that is no protocol."""
    for name in names:
        if name not in PROTOCOLS:
            known = ", ".join(map(repr, PROTOCOLS))
            raise ValueError(f"unknown protocol {name!r}; known are {known}")
