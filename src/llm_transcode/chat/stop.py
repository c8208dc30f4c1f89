"""Why a model stopped."""

from __future__ import annotations

from typing import Final

__all__ = ["FINISH_REASONS"]

FINISH_REASONS: Final = ("stop", "length", "tool_calls", "content_filter", "function_call")
"""OpenAI's values of ``finish_reason``; other vendors add their own, such as ``eos`` or ``error``."""
