"""Who answered: the id, the model and the time of a reply, in both directions, streamed or whole."""

from __future__ import annotations

from typing import Final

from ...converted import ReplyContext
from ...losses import LossCode, Recorder
from ...options import Options
from ...wire import Path
from ..conversion import Conversion, hashed

__all__ = ["created_of_reply", "made_up_id", "model_of_reply"]

_ID_DIGITS: Final = 24
"""As many as the vendors' own ids have, or a few more."""


def model_of_reply(upstream: str | None, context: ReplyContext, losses: Recorder) -> str:
    """The model as the client knows it: under its own name where the request renamed it."""
    if context.renamed and context.model:
        return context.model
    model = upstream or context.model
    if not model:
        losses.invented(LossCode.ID, ("model",), "the reply names no model; the name stays empty")
    return model or ""


def made_up_id(prefix: str, seed: bytes, options: Options) -> str:
    """An id for a reply without one, derived from what is there, so that the same reply gets the same id."""
    if options.new_id is not None:
        return options.new_id(prefix)
    return prefix + hashed(seed.decode("utf-8", "replace"), _ID_DIGITS)


def created_of_reply(path: Path, cx: Conversion) -> int:
    """When a Chat reply was made, in seconds since 1970; ``path`` is where Messages would say it."""
    if cx.options.now is not None:
        return cx.options.now()
    cx.losses.invented(LossCode.CREATED, path, "Anthropic does not say when it answered; 0 (Options.now)")
    return 0
