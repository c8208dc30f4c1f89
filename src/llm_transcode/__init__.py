"""Translate between LLM wire protocols: requests, replies, errors, model lists, headers and streams."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from .convert import convert_error, convert_models, convert_request, convert_response
from .converted import Converted, ConvertedError, ReplyContext
from .counting import count_tokens
from .dialects import Dialect
from .errors import ConversionError, InvalidPayload, LossyConversionError, StreamError, Unsupported
from .headers import convert_request_headers, convert_response_headers
from .losses import Loss, LossCode
from .options import Options

if TYPE_CHECKING:
    from .accumulator import StreamAccumulator, stream_response
    from .stream import StreamTranscoder

__version__ = "0.1.0"

__all__ = [
    "ConversionError",
    "Converted",
    "ConvertedError",
    "Dialect",
    "InvalidPayload",
    "Loss",
    "LossCode",
    "LossyConversionError",
    "Options",
    "ReplyContext",
    "StreamAccumulator",
    "StreamError",
    "StreamTranscoder",
    "Unsupported",
    "convert_error",
    "convert_models",
    "convert_request",
    "convert_request_headers",
    "convert_response",
    "convert_response_headers",
    "count_tokens",
    "stream_response",
]

_ON_DEMAND: Final = {
    "StreamAccumulator": ".accumulator",
    "StreamTranscoder": ".stream",
    "stream_response": ".accumulator",
}
"""Names whose modules load the models of whole protocols, and so are loaded when they are asked for."""


def __getattr__(name: str) -> object:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_ON_DEMAND[name], __name__), name)
    return value
