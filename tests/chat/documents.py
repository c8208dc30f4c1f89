"""What each test of the vocabulary does with a document."""

from __future__ import annotations

from typing import TypeVar

import pytest

from llm_transcode.errors import InvalidPayload
from llm_transcode.wire import WireModel

M = TypeVar("M", bound=WireModel)


def keep(model: type[M], text: str) -> M:
    """Parse compact JSON, check that it comes back byte for byte, and return what was parsed."""
    parsed = model.parse(text)

    assert parsed.to_json().decode() == text

    return parsed


def refuse(model: type[WireModel], text: str) -> str:
    """Parse a malformed document and return the JSON path that is blamed."""
    with pytest.raises(InvalidPayload) as caught:
        model.parse(text)

    return caught.value.path
