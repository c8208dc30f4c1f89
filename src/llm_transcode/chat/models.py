"""The listing of models, ``GET /v1/models``."""

from __future__ import annotations

from ..wire import JsonObject, Number, WireModel

__all__ = ["Model", "ModelList"]


class Model(WireModel):
    """A model that can be used (SDK: ``Model``)."""

    id: str
    object: str | None = None
    """``model``."""
    created: Number | None = None
    """When the model was made, in seconds since 1970."""
    owned_by: str | None = None
    """The organization that owns it."""
    shutdown_date: str | None = None
    """When it will shut down; null while nothing is announced."""

    # Extensions of other vendors.
    name: str | None = None
    """A name for people (OpenRouter)."""
    display_name: str | None = None
    """A name for people (gateways in front of Anthropic)."""
    context_length: int | None = None
    """Tokens that prompt and completion may have together (OpenRouter)."""
    max_model_len: int | None = None
    """Tokens that prompt and completion may have together (vLLM)."""
    max_output_tokens: int | None = None
    """Tokens that a completion may have."""
    capabilities: JsonObject | None = None
    """What the model can do; each vendor has its own form."""


class ModelList(WireModel):
    """All models at once; the listing has no pages (SDK: ``SyncPage[Model]``)."""

    object: str | None = None
    """``list``."""
    data: list[Model]
