"""The errors this library raises, each saying who is to blame, where, and which HTTP status fits.

    ConversionError(ValueError)     .path  .status
    +-- InvalidPayload              the sender broke its own protocol                     400
    +-- Unsupported                 valid, but inexpressible without changing its meaning 400
    +-- StreamError                 the upstream broke its own stream                     502
    +-- LossyConversionError        raised by ``Converted.require_lossless`` alone        400

No other exception leaves the library, whatever bytes come in. (Asking for a protocol that does
not exist is the caller's own mistake, and a plain ``ValueError``.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .losses import Loss

__all__ = ["ConversionError", "InvalidPayload", "LossyConversionError", "StreamError", "Unsupported"]


class ConversionError(ValueError):
    """A document cannot be converted.

    ``path`` is a JSON path into the source document (``$`` is the document itself), ``reason``
    the message without it, ``status`` the HTTP status to answer with.
    """

    status: ClassVar[int] = 400

    def __init__(self, reason: str, path: str = "$") -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason
        self.path = path

    def __reduce__(self) -> tuple[type[ConversionError], tuple[object, ...]]:
        return type(self), (self.reason, self.path)


class InvalidPayload(ConversionError):
    """The document is not valid in the protocol it claims to be: the sender's fault."""


class Unsupported(ConversionError):
    """The document is valid, but the target protocol cannot say it without changing its meaning."""


class StreamError(ConversionError):
    """The upstream broke off, failed, or broke the rules of its own stream: the upstream's fault."""

    status = 502


class LossyConversionError(ConversionError):
    """The conversion lost something that the caller had not allowed; ``losses`` says what."""

    def __init__(self, losses: Sequence[Loss]) -> None:
        first = losses[0]
        more = f" (and {len(losses) - 1} more)" if len(losses) > 1 else ""
        super().__init__(f"{first.code.value} {first.kind}: {first.detail}{more}", first.path)
        self.losses: tuple[Loss, ...] = tuple(losses)

    def __reduce__(self) -> tuple[type[ConversionError], tuple[object, ...]]:
        return type(self), (self.losses,)
