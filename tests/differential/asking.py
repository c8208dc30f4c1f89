"""What the converters are given: a recorded document, with a model of the target's vendor in a request."""

from __future__ import annotations

import json
from typing import Final

__all__ = ["MODELS", "asked"]

MODELS: Final = {"messages": "claude-sonnet-4-6", "chat": "gpt-5.5"}
"""What a request may hold depends on the model that gets it. A proxy is asked for one of its upstream's,
while the recorded name is one of the vendor that the request was made for."""

_OTHER: Final = {"messages": "chat", "chat": "messages"}


def asked(kind: str, source: str, body: bytes) -> bytes:
    """The body that a converter gets."""
    if kind != "request":
        return body
    return json.dumps({**json.loads(body), "model": MODELS[_OTHER[source]]}).encode()
