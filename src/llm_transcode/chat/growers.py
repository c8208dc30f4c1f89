"""The parts of a message that grow in ways of their own: content in parts, tool calls, reasoning with signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeGuard

from ..growth import Grower, GrowingObject, GrowingText, is_empty
from ..json_text import is_array, is_object
from ..wire import Json, JsonObject, dump_json
from .fragments import CallTracker, Fragment

__all__ = ["CALL_TEXTS", "GrowingCalls", "GrowingContent", "GrowingFunction", "GrowingReasoning", "call_text"]


# -- content -------------------------------------------------------------------------------------

_GROWING: Final = ("text", "refusal", "thinking")
"""The types of parts that grow, each in the field of its own name."""


class _Parts(Grower):
    """A list of parts, of which the first of each event goes on with the last one before if it is of its kind."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def add_all(self, parts: Sequence[JsonObject]) -> None:
        rest = list(parts)
        if rest and self._parts and self._parts[-1].goes_on_with(rest[0]):
            self._parts[-1].grow_by(rest.pop(0))
        self._parts += [_Part(part) for part in rest]

    def value(self) -> list[JsonObject]:
        return [part.value() for part in self._parts]


class _Part(GrowingObject):
    """A part of the content; text, refusals and thinking grow."""

    __slots__ = ()

    def __init__(self, begun: JsonObject | None = None) -> None:
        begun = dict(begun or {})
        thinking = begun.get("thinking")
        super().__init__(begun)
        if _are_parts(thinking):
            self.child("thinking", _Parts).add_all(thinking)

    def goes_on_with(self, part: JsonObject) -> bool:
        kind = part.get("type")
        return kind in _GROWING and kind == self.get("type")

    def grow_by(self, part: JsonObject) -> None:
        for name, value in part.items():
            if name == "thinking" and _are_parts(value):
                self.child(name, _Parts).add_all(value)
            elif name in _GROWING:
                self.grow(name, value)
            else:
                self.put(name, value)


def _are_parts(value: Json) -> TypeGuard[list[JsonObject]]:
    """Whether this is a list of parts; a part of an unknown type may hold anything under a known name."""
    return is_array(value) and all(map(is_object, value))


class GrowingContent(Grower):
    """``content``: a text, until a server sends parts (Mistral, which returns to plain strings after thinking)."""

    __slots__ = ("_parts", "_text")

    def __init__(self) -> None:
        self._text = GrowingText()
        self._parts: _Parts | None = None

    def add(self, content: str | list[JsonObject]) -> None:
        """Take in the ``content`` of one delta."""
        if isinstance(content, str) and self._parts is None:
            self._text.add(content)
            return
        if self._parts is None:
            self._parts = _Parts()
            if text := self._text.value():
                self._parts.add_all([_text_part(text)])
        self._parts.add_all([_text_part(content)] if isinstance(content, str) else content)

    def value(self) -> Json:
        """The content so far: a string, or a list."""
        return self._text.value() if self._parts is None else self._parts.value()


def _text_part(text: str) -> JsonObject:
    return {"type": "text", "text": text}


# -- tool calls ----------------------------------------------------------------------------------

CALL_TEXTS: Final = {"function": "arguments", "custom": "input"}
"""What a call is to, and the field of it that streams."""


class GrowingFunction(GrowingObject):
    """The ``function`` or ``custom`` of a call: its name comes once, its arguments grow."""

    __slots__ = ()

    def grow_by(self, piece: JsonObject, text_field: str, added: str) -> None:
        """Take in a fragment, of whose ``text_field`` only ``added`` is new."""
        for name, value in piece.items():
            if name == "name":
                self.keep(name, value)
            elif name != text_field or is_empty(value):
                self.put(name, value)
            else:
                self.text(name).add(added)


def call_text(piece: JsonObject, text_field: str) -> str:
    """What a fragment of a call adds to its arguments; an object sent at once is its JSON text."""
    value = piece.get(text_field)
    if is_empty(value):
        return ""
    return value if isinstance(value, str) else dump_json(value).decode()


class GrowingCalls(Grower):
    """``tool_calls``: which call a fragment belongs to is the `CallTracker`'s to say.

    The ``index`` of a fragment is not kept. That of a call is its place in the list.
    """

    __slots__ = ("_calls", "_tracker")

    def __init__(self) -> None:
        self._tracker = CallTracker()
        self._calls: list[GrowingObject] = []

    def add_all(self, fragments: Sequence[JsonObject]) -> None:
        """Take in the ``tool_calls`` of one delta."""
        for fragment in fragments:
            self._add(fragment)

    def _add(self, fragment: JsonObject) -> None:
        kind = _kind_of(fragment)
        call, added = self._tracker.assign(_read(fragment, kind))
        if call.position == len(self._calls):
            self._calls.append(GrowingObject())
        grown = self._calls[call.position]
        for name, value in fragment.items():
            if name == kind and is_object(value):
                grown.child(name, GrowingFunction).grow_by(value, CALL_TEXTS[name], added)
            elif name in ("id", "type"):
                grown.keep(name, value)
            elif name != "index":
                grown.put(name, value)

    def value(self) -> list[JsonObject]:
        """The calls so far."""
        return [call.value() for call in self._calls]


def _kind_of(fragment: JsonObject) -> str:
    """Which field tells the call; where a fragment has both, its type decides."""
    is_custom = fragment.get("function") is None or fragment.get("type") == "custom"
    return "custom" if is_custom and fragment.get("custom") is not None else "function"


def _read(fragment: JsonObject, kind: str) -> Fragment:
    said: JsonObject = fragment.get(kind) or {}
    return Fragment(
        index=fragment.get("index"),
        id=fragment.get("id") or "",
        name=said.get("name") or "",
        arguments=call_text(said, CALL_TEXTS[kind]),
        custom=kind == "custom" or fragment.get("type") == "custom",
    )


# -- reasoning with signatures -------------------------------------------------------------------

_REASONING_TEXTS: Final = {"reasoning.text": "text", "reasoning.summary": "summary", "thinking": "thinking"}
"""The types of entries that stream, and the field that grows."""


class GrowingReasoning(Grower):
    """``reasoning_details`` (OpenRouter) and ``thinking_blocks`` (LiteLLM).

    OpenRouter cuts an entry into many of the same index and type. LiteLLM has no index: a block goes on
    until its signature comes, alone or with the whole text once more.
    """

    __slots__ = ("_entries", "_indexed")

    def __init__(self) -> None:
        self._entries: list[GrowingObject] = []
        self._indexed: dict[tuple[int, Json], GrowingObject] = {}

    def add_all(self, pieces: Sequence[JsonObject]) -> None:
        """Take in the entries of one delta."""
        unfinished = self._unfinished()
        for piece in pieces:
            found = self._find(piece, unfinished)
            unfinished = None
            if found is None:
                self._begin(piece)
            else:
                _grow_entry(found, piece)

    def _unfinished(self) -> GrowingObject | None:
        """The entry that one without an index goes on with."""
        last = self._entries[-1] if self._entries else None
        return last if last is not None and not last.get("signature") else None

    def _find(self, piece: JsonObject, unfinished: GrowingObject | None) -> GrowingObject | None:
        index, kind = piece.get("index"), piece.get("type")
        found = self._indexed.get((index, kind)) if isinstance(index, int) else unfinished
        if found is None or _is_over(found, piece):
            return None
        return found if isinstance(index, int) or (kind in _REASONING_TEXTS and kind == found.get("type")) else None

    def _begin(self, piece: JsonObject) -> None:
        entry = GrowingObject(piece)
        self._entries.append(entry)
        if isinstance(piece.get("index"), int):
            self._indexed[piece["index"], piece.get("type")] = entry

    def value(self) -> list[JsonObject]:
        """The entries so far."""
        return [entry.value() for entry in self._entries]


def _is_over(entry: GrowingObject, piece: JsonObject) -> bool:
    """Whether a piece belongs to another entry: it states another id or format, or says more behind a signature."""
    for name in ("id", "format"):
        if entry.get(name) and piece.get(name) and entry.get(name) != piece[name]:
            return True
    if not entry.get("signature"):
        return False
    text_field = _REASONING_TEXTS.get(piece["type"], "")
    said = piece.get(text_field) or ""
    return piece.get("signature") != entry.get("signature") or said not in ("", entry.get(text_field))


def _grow_entry(entry: GrowingObject, piece: JsonObject) -> None:
    text_field = _REASONING_TEXTS.get(piece["type"])
    for name, value in piece.items():
        if name != text_field:
            entry.put(name, value)
        elif not (piece.get("signature") and value == entry.get(name)):
            entry.grow(name, value)
