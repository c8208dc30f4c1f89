"""Which tool call a streamed fragment belongs to.

OpenAI numbers its parallel calls by ``index`` and names id and function once, in the first fragment.
Other servers leave the index out, send 0 for every call, repeat or empty ids and names, or let the
fragments of a call arrive under an index of their own. So a call is found by index and id together,
and a fragment that names neither belongs to the call that was last spoken of.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Call", "CallTracker", "Fragment", "JsonProgress"]

_STRUCTURE: Final = re.compile(r'["\\{}\[\]]')


class JsonProgress:
    """Tells when a JSON object, read piece by piece, has come to its end. Each character is read once."""

    __slots__ = ("_begun", "_depth", "_escaped", "_in_string", "_odd")

    def __init__(self) -> None:
        self._begun = False
        self._odd = False
        """Whether something else begins outside of the first object, so that no end makes it a whole one."""
        self._depth = 0
        self._in_string = False
        self._escaped = False

    @property
    def complete(self) -> bool:
        """Whether what was read so far ends with the brace that closes the first one."""
        return self._begun and self._depth == 0 and not self._odd

    def read(self, text: str) -> None:
        """Read the next piece."""
        position = 0
        if self._escaped and text:
            self._escaped = False
            position = 1
        while match := _STRUCTURE.search(text, position):
            position = match.end()
            mark = match.group()
            if mark == "\\":
                position += 1
                self._escaped = position > len(text)
            elif mark == '"':
                self._in_string = not self._in_string
            elif not self._in_string:
                if self._depth == 0:
                    self._odd = self._odd or self._begun or mark != "{"
                    self._begun = True
                self._depth += 1 if mark in "{[" else -1


@dataclass(slots=True)
class Fragment:
    """One entry of ``delta.tool_calls``, or a ``delta.function_call``; "" means absent everywhere."""

    index: int | None = None
    id: str = ""
    name: str = ""
    arguments: str = ""
    custom: bool = False
    """Whether the call is to a free-form tool, so that ``arguments`` are its input."""


@dataclass(slots=True, eq=False)
class Call:
    """One call, as far as it has arrived."""

    position: int
    """Which call of the reply this is, from 0."""
    id: str = ""
    name: str = ""
    custom: bool = False
    ended: bool = False
    """Whether nothing can be added any more."""
    size: int = 0
    """The length of the arguments so far, in characters. They are not kept themselves, however long they grow."""
    blank: bool = True
    """Whether the arguments are white space so far, or nothing."""
    _checksum: int = 0
    _progress: JsonProgress = field(default_factory=JsonProgress)

    def add(self, arguments: str) -> None:
        """Take note of the next piece of the arguments; `CallTracker.assign` does so for each fragment."""
        self.size += len(arguments)
        if self.blank and arguments and not arguments.isspace():
            self.blank = False
        self._checksum = zlib.crc32(arguments.encode("utf-8", "surrogatepass"), self._checksum)
        self._progress.read(arguments)

    @property
    def complete(self) -> bool:
        """Whether the arguments form a whole JSON object; free text never shows that it is whole."""
        return not self.custom and self._progress.complete

    def says(self, arguments: str) -> bool:
        """Whether these are the whole arguments so far."""
        if len(arguments) != self.size:
            return False
        return zlib.crc32(arguments.encode("utf-8", "surrogatepass")) == self._checksum


class CallTracker:
    """Assigns the fragments of one reply to its calls."""

    __slots__ = ("_by_id", "_by_index", "_last", "calls")

    def __init__(self) -> None:
        self.calls: list[Call] = []
        """The calls in the order of their first fragments."""
        self._by_index: dict[int, Call] = {}
        self._by_id: dict[str, Call] = {}
        self._last: Call | None = None

    def at(self, index: int) -> Call | None:
        """The call that was last spoken of under an index."""
        return self._by_index.get(index)

    def is_unknown(self, index: int | None) -> bool:
        """Whether no fragment has come under an index; the absent index is none."""
        return index is not None and index not in self._by_index

    def assign(self, fragment: Fragment) -> tuple[Call, str]:
        """The call that a fragment belongs to, and what the fragment adds to its arguments."""
        call = self._find(fragment)
        if call is None:
            call = Call(len(self.calls))
            self.calls.append(call)
        if fragment.index is not None:
            self._by_index[fragment.index] = call
        self._last = call
        call.id = call.id or fragment.id
        if call.id:
            self._by_id[call.id] = call
        call.name = call.name or fragment.name
        call.custom = call.custom or fragment.custom
        added = "" if self._repeats(call, fragment.arguments) else fragment.arguments
        if added:
            call.add(added)
        return call, added

    def _find(self, fragment: Fragment) -> Call | None:
        """The call spoken of before, or None for a new one."""
        known: Call | None = None
        if fragment.index is not None and fragment.index in self._by_index:
            known = self._by_index[fragment.index]
        elif fragment.id and (fragment.index is None or not fragment.name):
            known = self._by_id.get(fragment.id)
        elif fragment.index is None or not fragment.name:
            # Neither index nor name lead anywhere: the arguments of the call that was last spoken of.
            known = self._last
        return None if known is None or _begins_another(known, fragment) else known

    def _repeats(self, call: Call, arguments: str) -> bool:
        """Whether a whole object arrives again; appended, it could only make the arguments invalid."""
        return arguments.startswith("{") and call.complete and call.says(arguments)


def _begins_another(call: Call, fragment: Fragment) -> bool:
    """Whether a fragment that seems to go on with a call begins another one instead.

    Servers that number every call 0 give each a new id and a name; those without ids, a name alone.
    """
    if not fragment.name or not call.name:
        return False
    if fragment.id and call.id:
        return fragment.id != call.id
    return call.ended or (call.size > 0 and (fragment.name != call.name or call.complete))
