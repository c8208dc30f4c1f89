"""Translate between LLM wire protocols: requests, replies, errors, model lists, headers and streams."""

from .convert import convert_error, convert_models, convert_request, convert_response
from .converted import Converted, ConvertedError, ReplyContext
from .counting import count_tokens
from .dialects import Dialect
from .errors import ConversionError, InvalidPayload, LossyConversionError, StreamError, Unsupported
from .losses import Loss, LossCode
from .options import Options
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
    "StreamError",
    "StreamTranscoder",
    "Unsupported",
    "convert_error",
    "convert_models",
    "convert_request",
    "convert_response",
    "count_tokens",
]
