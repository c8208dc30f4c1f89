"""What a conversion returns: the document, its losses, and what its reply will need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from typing_extensions import Self

from .errors import LossyConversionError
from .json_text import JsonObject, clone, dump_checked, dump_finite
from .losses import Level, Loss, LossCode

if TYPE_CHECKING:
    from .wire import WireModel

__all__ = ["Converted", "ConvertedError", "ReplyContext"]

M_co = TypeVar("M_co", bound="WireModel", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyContext:
    """What only the request knows and its reply needs. Frozen and picklable."""

    model: str | None = None
    """The model as the client named it."""
    renamed: bool = False
    """Whether the backend was asked for a model of another name."""
    tool_names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names of tools as sent to the backend, to their names at the client; only those that differ."""
    tool_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Ids of tool calls as sent to the backend, to their ids at the client; only those that differ."""
    custom_tools: frozenset[str] = frozenset()
    """The client's free-form tools, by their names at the client."""
    legacy_functions: bool = False
    """Whether the client used the deprecated ``functions`` and expects ``function_call``."""
    include_usage: bool = False
    """Whether a Chat client asked for a usage chunk at the end of the stream."""
    stop_sequences: tuple[str, ...] = ()
    """The stop sequences asked for, to recognise the one that matched."""
    output_tool: str | None = None
    """The tool that was forced in place of structured output, and is unwrapped again."""


_NO_CONTEXT: Final = ReplyContext()


class Converted(Generic[M_co]):
    """A document of the target protocol, and what it took to get there."""

    __slots__ = ("_body", "_is_finite", "_losses", "_model", "context")

    def __init__(
        self,
        model: type[M_co],
        body: JsonObject,
        losses: Iterable[Loss] = (),
        context: ReplyContext | None = None,
        *,
        is_finite: bool = False,
    ) -> None:
        """``is_finite`` says that nothing in the body needs a look for numbers that JSON cannot hold."""
        self._model = model
        self._body = body
        self._losses = losses
        self._is_finite = is_finite
        self.context: ReplyContext = context or _NO_CONTEXT
        """To be handed to `convert_response` or `StreamTranscoder` with the reply."""

    def __repr__(self) -> str:
        return f"<Converted {self._model.__name__} with {len(self.losses)} losses>"

    @property
    def losses(self) -> tuple[Loss, ...]:
        """Everything that was dropped, approximated or invented, in the order it was met."""
        if not isinstance(self._losses, tuple):
            self._losses = tuple(self._losses)
        return self._losses

    @property
    def value(self) -> M_co:
        """The typed model of the target protocol, made when asked for."""
        return self._model.from_object(self.to_dict())

    def to_dict(self) -> JsonObject:
        """The document as plain JSON-able data, the caller's own.

        As `value` and `to_json` do, it raises `InvalidPayload` if the source holds a number that no JSON can
        be written with again, such as ``1e400``, in a place that is free-form, such as a schema.
        """
        body: JsonObject = clone(self._body)
        return body

    def to_json(self) -> bytes:
        """The document as compact UTF-8 JSON."""
        return dump_finite(self._body) if self._is_finite else dump_checked(self._body)

    def require_lossless(
        self, *, allow: Collection[LossCode | str] = (), levels: Sequence[Level] = ("warning",)
    ) -> Self:
        """Return self, or raise `LossyConversionError` if anything but ``allow`` was lost at ``levels``."""
        lost = [loss for loss in self.losses if loss.level in levels and loss.code not in allow]
        if lost:
            raise LossyConversionError(lost)
        return self


class ConvertedError(Converted[M_co]):
    """An error of the target protocol, with the HTTP status it goes with."""

    __slots__ = ("status",)

    def __init__(self, status: int, model: type[M_co], body: JsonObject, losses: Iterable[Loss] = ()) -> None:
        super().__init__(model, body, losses)
        self.status: int = status
        """The HTTP status to answer with."""
