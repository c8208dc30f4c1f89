"""JSON for people: what fits stands on one line."""

from __future__ import annotations

import json
from typing import Any, Final

__all__ = ["render"]

_WIDTH: Final = 100


def render(value: Any) -> str:
    """The text of a file."""
    return _render(value, 0, 0) + "\n"


def _render(value: Any, indent: int, used: int) -> str:
    """A value, indented by ``indent``, on a line of which ``used`` characters are taken."""
    line = json.dumps(value, ensure_ascii=False)
    if used + len(line) <= _WIDTH or not isinstance(value, (dict, list)) or not value:
        return line
    inner = indent + 2
    if isinstance(value, dict):
        keys = [json.dumps(key, ensure_ascii=False) + ": " for key in value]
        items = [key + _render(item, inner, inner + len(key)) for key, item in zip(keys, value.values(), strict=True)]
    else:
        items = [_render(item, inner, inner) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    between = ",\n" + " " * inner
    return f"{opening}\n{' ' * inner}{between.join(items)}\n{' ' * indent}{closing}"
