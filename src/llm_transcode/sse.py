"""Server-sent events: bytes to events and back. Nothing here knows a protocol.

The decoder follows the event stream format of the HTML standard
(https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation)
on bytes, so that a chunk may end anywhere, inside a character too. It departs from the standard in
four places, each because of what LLM servers and their clients do:

* An ``event:`` line after a ``data:`` line starts the next event. Some servers leave out the blank
  line between two events; the standard would join their data into one text that is no JSON.
* An event that is not followed by a blank line at the end of the body is not thrown away, but
  returned by `SSEDecoder.close`. Some servers leave out the last blank line.
* Comments are reported, since a comment that keeps one connection alive should keep the other one.
* ``id:`` and ``retry:`` are skipped: they serve to reconnect, and a POST cannot be resumed.

Every event must fit into a limit, and the work is linear in the bytes fed, however they are cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .errors import StreamError

__all__ = ["BLANK_LINE", "MAX_EVENT_BYTES", "SSEDecoder", "SSEvent", "encode_comment", "encode_event"]

MAX_EVENT_BYTES: Final = 32 * 1024 * 1024
"""How long any line, and the data of one event, may be unless the caller says otherwise.

Most events carry a few tokens in less than a kilobyte. The largest ones carry a whole block at once,
such as an image in base64 or the results of a search, of some megabytes. The Anthropic API takes
requests of up to 32 MB, so nothing larger could become part of a conversation; and an upstream that
never ends its line must not fill the memory.
"""

BLANK_LINE: Final = b"\n\n"
"""What ends an event, behind its last line."""

_LF: Final = ord("\n")
_CR: Final = ord("\r")
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(slots=True)  # not frozen: that would triple the time to make one, and one is made for every token
class SSEvent:
    """One event of a stream, or one comment."""

    event: str
    """The event type; empty when the stream named none."""
    data: bytes
    """The data lines joined by LF, as valid UTF-8; empty for a comment."""
    comment: str | None = None
    """The text of a comment, which is no event of the stream; None for everything else."""


class SSEDecoder:
    """Turns the chunks of one body into events; ``max_event_bytes`` (positive) is explained at `MAX_EVENT_BYTES`.

    Nothing is raised for what the stream holds. An event that is too large ends the decoding: the
    events before it are returned, ``error`` says why, and whatever follows is ignored.
    """

    __slots__ = (
        "_after_cr",
        "_at_start",
        "_between_lines",
        "_data",
        "_event",
        "_limit",
        "_more_data",
        "_tail",
        "between_events",
        "error",
    )

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.error: StreamError | None = None
        self.between_events: bool = False
        """Whether an event has come to its end, and nothing of the next one has come."""
        self._between_lines = False
        """The same of lines; False before the first one, which may begin with a byte order mark."""
        self._limit = max_event_bytes
        self._at_start = True
        self._after_cr = False
        self._tail = bytearray()
        self._event = ""
        self._data: bytes | None = None
        self._more_data: bytearray | None = None
        """The further lines of data; few events have any."""

    def feed(self, data: bytes) -> list[SSEvent]:
        """Read the next bytes of the body; returns the events that are complete with them."""
        events: list[SSEvent] = []
        if self.error is None:
            try:
                self._read(data, events)
            except StreamError as error:
                self._fail(error)
        return events

    def feed_line(self, line: bytes | str) -> list[SSEvent]:
        """Read one line, with or without its terminator; for callers whose HTTP client splits lines."""
        if isinstance(line, str):
            line = line.encode("utf-8", "surrogatepass")  # what is no UTF-8 is replaced like an upstream's
        line = line.rstrip(b"\r\n")
        if not self._between_lines or _LF in line or _CR in line or len(line) >= self._limit:
            return self.feed(line + b"\n")
        events: list[SSEvent] = []
        self.between_events = not line
        try:
            self._read_line(line, events)
        except StreamError as error:
            self._fail(error)
        return events

    def data_of_one(self, data: bytes, head: bytes) -> bytes | None:
        """The data of an event that comes alone, whole and in one line behind ``head``; else None, and nothing is read.

        Says in less time what `feed` would say. Most feeds of most streams are one event of one kind.
        """
        line = data.removeprefix(head).removesuffix(BLANK_LINE)
        if len(data) - len(line) != len(head) + len(BLANK_LINE):
            return None
        if not self.between_events or len(data) > self._limit or _LF in line or _CR in line:
            return None
        return line if line.isascii() else _as_utf8(line)

    def close(self) -> list[SSEvent]:
        """End the body; returns the event that no blank line ended, if it has data. Idempotent.

        Its last line may be incomplete too. Whether the event was only left unterminated or was cut
        off shows in its data: callers try to parse it.
        """
        return [event for event in self.feed(BLANK_LINE) if event.data]

    def _read(self, data: bytes, events: list[SSEvent]) -> None:
        if not (_LF in data or _CR in data or self._after_cr):
            self._hold(data)
        elif len(data) <= self._limit:
            self._read_piece(data, events)
        else:  # in pieces, in which a whole line cannot be too long
            for start in range(0, len(data), self._limit):
                self._read(data[start : start + self._limit], events)

    def _hold(self, data: bytes) -> None:
        """Keep the beginning of a line, or more of it."""
        if data:
            self.between_events = self._between_lines = False
            self._tail += data
            self._check_size(len(self._tail))

    def _read_piece(self, data: bytes, events: list[SSEvent]) -> None:
        if self._after_cr or _CR in data:
            data = self._unify_line_ends(data)
        lines = data.split(b"\n")
        if self._tail or self._at_start:
            self._complete_first(lines)
        rest = lines.pop()
        for line in lines:
            self._read_line(line, events)
        self._between_lines = not (self._at_start or self._after_cr)
        self.between_events = self._between_lines and self._data is None and not self._event
        self._hold(rest)

    def _read_line(self, line: bytes, events: list[SSEvent]) -> None:
        if not line:
            self._dispatch(events)
        elif self._data is not None:
            self._read_field(line, events)
        elif (value := line.removeprefix(b"data: ")) != line:
            self._data = value
        elif (value := line.removeprefix(b"event: ")) != line:
            self._event = value.decode("utf-8", "replace")
        else:
            self._read_field(line, events)

    def _unify_line_ends(self, data: bytes) -> bytes:
        """Write every line end as LF. The LF after a CR may come with the next chunk, and is skipped there."""
        if not data:
            return data
        if self._after_cr:
            data = data.removeprefix(b"\n")
        self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _complete_first(self, lines: list[bytes]) -> None:
        """Put what was held back before the first line, which has its end now."""
        line = bytes(self._tail) + lines[0]
        self._check_size(len(line))
        self._tail.clear()
        if self._at_start:
            line = line.removeprefix(_BYTE_ORDER_MARK)
            self._at_start = False
        lines[0] = line

    def _read_field(self, line: bytes, events: list[SSEvent]) -> None:
        """Interpret any line that is not blank; what `_read_line` does itself is a short cut for the common ones."""
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._add_data(value)
        elif field == b"event":
            if self._data is not None:
                self._dispatch(events)
            self._event = value.decode("utf-8", "replace")
        elif not field:
            events.append(SSEvent("", b"", value.decode("utf-8", "replace")))

    def _add_data(self, value: bytes) -> None:
        if self._data is None:
            self._data = value
        else:
            if self._more_data is None:
                self._more_data = bytearray()
            self._more_data += b"\n" + value
            self._check_size(len(self._data) + len(self._more_data))

    def _dispatch(self, events: list[SSEvent]) -> None:
        """End the event. Without a data line it is none, says the standard; with an empty one it is."""
        data = self._data
        if data is not None:
            if self._more_data:
                data += self._more_data
                self._more_data = None
            events.append(SSEvent(self._event, data if data.isascii() else _as_utf8(data)))
            self._data = None
        self._event = ""

    def _check_size(self, size: int) -> None:
        if size > self._limit:
            raise StreamError(f"an event of the stream is larger than {self._limit} bytes")

    def _fail(self, error: StreamError) -> None:
        self.error = error
        self.between_events = self._between_lines = False
        self._tail.clear()
        self._more_data = None
        self._data = None


def _as_utf8(data: bytes) -> bytes:
    """Replace what is not UTF-8 by U+FFFD."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace").encode()
    return data


def encode_event(data: bytes, event: str | None = None) -> bytes:
    """Write one event; ``data`` is UTF-8, and a line break in it starts another data line."""
    if _LF in data or _CR in data:
        data = b"\ndata: ".join(_LINE_END.split(data))
    if not event:
        return b"data: " + data + BLANK_LINE
    return b"event: " + _one_line(event) + b"\ndata: " + data + BLANK_LINE


def _one_line(text: str) -> bytes:
    """A line break in a name would end the field, and let whoever chose the name write fields of their own."""
    line = text.encode("utf-8", "replace")
    if _LF in line or _CR in line:
        return _LINE_END.sub(b" ", line)
    return line


def encode_comment(text: str) -> bytes:
    """Write a comment, which clients skip and which keeps the connection alive."""
    lines = _LINE_END.split(text.encode("utf-8", "replace"))
    return b": " + b"\n: ".join(lines) + BLANK_LINE
