"""The backend's name for a model."""

from __future__ import annotations

from .options import Options

__all__ = ["renamed"]


def renamed(model: str, options: Options) -> str:
    """What the backend calls the model that the client calls ``model``."""
    if options.models is None:
        return model
    return options.models(model) if callable(options.models) else options.models.get(model, model)
