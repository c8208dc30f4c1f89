"""The state of one conversion: what is asked for, what is known, and what has been lost."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ..dialects import Dialect
from ..facts import ModelFacts
from ..losses import LossCode, Recorder
from ..options import Options
from ..wire import JsonObject, Path

__all__ = ["Aliases", "Conversion", "hashed"]

_ILLEGAL: Final = re.compile(r"[^a-zA-Z0-9_-]")
_HASH_LENGTH: Final = 8


def hashed(text: str, length: int = _HASH_LENGTH) -> str:
    """The first hexadecimal digits of a text's SHA-256: the same on every machine and every turn."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


class Aliases:
    """Names that fit the other side's limits, found again on the way back.

    Both vendors take ``[a-zA-Z0-9_-]`` up to some length. A name that does not fit keeps its readable
    head and gets the hash of the whole, so that two long names cannot meet and a conversation that
    grows never renames what it has named.
    """

    __slots__ = ("_code", "_fitted", "_limit", "_losses", "_originals", "_what")

    def __init__(self, what: str, limit: int | None, code: LossCode, losses: Recorder) -> None:
        self._what = what
        self._limit = limit
        self._code = code
        self._losses = losses
        self._fitted: dict[str, str] = {}
        self._originals: dict[str, str] | None = None
        """What was sent, to what it stands for; only where they differ, which they seldom do."""

    def fit(self, name: str, path: Path, field: str = "") -> str:
        """The name to write in place of ``name``, which stands at ``path``, or in a field of what stands there."""
        fitted = self._fitted.get(name)
        if fitted is None:
            is_legal = (name.isascii() and name.isidentifier()) or _ILLEGAL.search(name) is None
            fits = is_legal and (self._limit is None or len(name) <= self._limit)
            fitted = name if fits else self._renamed(name, (*path, field) if field else path)
            self._fitted[name] = fitted
        return fitted

    def _renamed(self, name: str, path: Path) -> str:
        fitted = self._shortened(name)
        if self._originals is None:
            self._originals = {}
        self._originals[fitted] = name
        detail = f"{self._what} {name!r} is sent as {fitted!r}, and restored in the reply"
        self._losses.approximated(self._code, path, detail, "info")
        return fitted

    def _shortened(self, name: str) -> str:
        suffix = "_" + hashed(name)
        head = len(name) if self._limit is None else self._limit - len(suffix)
        return _ILLEGAL.sub("_", name)[:head] + suffix

    def reversed(self) -> dict[str, str]:
        """What was sent, to what it stands for; only where they differ."""
        return dict(self._originals or ())


_NO_FACTS: Final = ModelFacts()


class Conversion:
    """Handed through the converters of one document."""

    __slots__ = ("_ids", "_marks", "_names", "_tool_changes", "dialect", "effort", "facts", "losses", "options")

    def __init__(
        self, options: Options, dialect: Dialect, facts: ModelFacts = _NO_FACTS, *, streaming: bool = False
    ) -> None:
        self.options: Options = options
        self.dialect: Dialect = dialect
        self.facts: ModelFacts = facts
        # What every chunk of a stream loses is recorded once.
        self.losses: Recorder = Recorder(options.downgrade, once=streaming)
        self.effort: tuple[str, Path] | None = None
        """How much thinking the last system turn in force asks for, where one does, and where it stands."""
        # Made when they are needed: there may be many idle streams, and they need none of it.
        self._names: Aliases | None = None
        self._ids: Aliases | None = None
        self._marks: list[tuple[JsonObject, Path]] | None = None
        self._tool_changes: list[tuple[JsonObject, Path]] | None = None

    @property
    def names(self) -> Aliases:
        """The names of tools on the other side."""
        if self._names is None:
            self._names = Aliases("tool", self.dialect.tool_name_limit, LossCode.TOOL_NAME, self.losses)
        return self._names

    @property
    def ids(self) -> Aliases:
        """The ids of tool calls on the other side."""
        if self._ids is None:
            self._ids = Aliases("tool call id", self.dialect.tool_id_limit, LossCode.TOOL_ID, self.losses)
        return self._ids

    @property
    def marks(self) -> list[tuple[JsonObject, Path]]:
        """What was given a mark for the prompt cache, and where the mark stands in the source."""
        if self._marks is None:
            self._marks = []
        return self._marks

    @property
    def tool_changes(self) -> list[tuple[JsonObject, Path]]:
        """Blocks of the turns that offer or withdraw tools, or carry on that of earlier turns."""
        if self._tool_changes is None:
            self._tool_changes = []
        return self._tool_changes
