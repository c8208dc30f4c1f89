"""What may follow what in a stream of Chat Completions. This file does not know which direction we are going.

It describes what the official API sends and its client puts together, not what other vendors make of it.
Two tables say how chunks follow each other, and what each choice goes through meanwhile. The rules about
what stands in a chunk are kept by `StreamGrammar`:

* ``id``, ``object``, ``created`` and ``model`` are the same in every chunk.
* Chunks have no counts but for one after all finish reasons, which has no choices.
* A choice opens with its role, which is not repeated, and finishes with an empty delta.
* A tool call opens with id, type and name, which are not repeated, and its index is the next number.
* Lists that other vendors add to a delta are added up by an integer ``index`` in their entries; one
  without can come only once, as the official client would not know how to add it up.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from ..errors import StreamError
from ..grammar import draw, next_state
from ..json_text import is_array, is_object
from ..wire import Json, JsonObject

__all__ = [
    "CHOICE_STATES",
    "CHOICE_TRANSITIONS",
    "INITIAL",
    "STATES",
    "TRANSITIONS",
    "ChoiceState",
    "State",
    "StreamGrammar",
    "choice_diagram",
    "diagram",
]

State: TypeAlias = Literal["silent", "answering", "answered", "counted", "done", "failed"]
"""Where a stream stands; `STATES` explains each."""

INITIAL: Final[State] = "silent"
"""The state in which every stream begins."""

STATES: Final[dict[State, str]] = {
    "silent": "nothing was said yet",
    "answering": "a choice has begun",
    "answered": "every choice that has begun has its finish reason",
    "counted": "the counts have come",
    "done": "the stream has come to its end",
    "failed": "the stream broke off with an error",
}
"""Every state in one line."""

Kind: TypeAlias = Literal["choice", "last_finish", "moderation", "usage", "[DONE]", "error"]
"""What a chunk brings: something about a choice, the last finish reason that was missing, and so on."""

TRANSITIONS: Final[dict[State, dict[Kind, State]]] = {
    "silent": {"choice": "answering", "error": "failed"},
    "answering": {"choice": "answering", "last_finish": "answered", "error": "failed"},
    "answered": {
        "choice": "answering",
        "moderation": "answered",
        "usage": "counted",
        "[DONE]": "done",
        "error": "failed",
    },
    "counted": {"moderation": "counted", "[DONE]": "done", "error": "failed"},
    "done": {},
    "failed": {},
}
"""State -> kind of chunk -> the state that follows."""

ChoiceState: TypeAlias = Literal["unopened", "open", "finished"]
"""Where one choice stands; `CHOICE_STATES` explains each."""

CHOICE_STATES: Final[dict[ChoiceState, str]] = {
    "unopened": "nothing was said of the choice",
    "open": "the choice has its role and grows",
    "finished": "the choice has its finish reason",
}
"""Every state of a choice in one line."""

ChoiceKind: TypeAlias = Literal["role", "delta", "finish"]
"""What an entry of ``choices`` brings."""

CHOICE_TRANSITIONS: Final[dict[ChoiceState, dict[ChoiceKind, ChoiceState]]] = {
    "unopened": {"role": "open"},
    "open": {"delta": "open", "finish": "finished"},
    "finished": {},
}
"""State of a choice -> what an entry of ``choices`` brings -> the state that follows."""

_CONSTANT: Final = ("id", "object", "created", "model")
_CALLED: Final = ("function", "custom")


def diagram() -> str:
    """The table of the stream as a Mermaid state diagram."""
    return draw(TRANSITIONS, STATES)


def choice_diagram() -> str:
    """The table of one choice as a Mermaid state diagram."""
    return draw(CHOICE_TRANSITIONS, CHOICE_STATES)


class _Choice:
    """What one choice has gone through."""

    __slots__ = ("calls", "lists", "state")

    def __init__(self) -> None:
        self.state: ChoiceState = "unopened"
        self.calls = 0
        self.lists: set[str] = set()
        """Names of the lists without ``index`` that have come."""

    def step(self, entry: JsonObject) -> None:
        delta = entry.get("delta")
        if not is_object(delta):
            raise StreamError("expected an object as delta", "$.choices[].delta")
        self.state = next_state(CHOICE_TRANSITIONS, self.state, _kind_of_entry(entry, delta))
        if self.state == "finished" and delta:
            raise StreamError("expected an empty delta beside the finish reason", "$.choices[].delta")
        for name, value in delta.items():
            if name == "tool_calls":
                self._check_calls(value or [])
            elif is_array(value) and value:
                self._check_list(name, value)

    def _check_calls(self, fragments: list[JsonObject]) -> None:
        for fragment in fragments:
            index = fragment.get("index")
            if index == self.calls and _opens(fragment):
                self.calls += 1
            elif not (isinstance(index, int) and 0 <= index < self.calls and not _names(fragment)):
                raise StreamError(_misplaced(fragment, self.calls), "$.choices[].delta.tool_calls")

    def _check_list(self, name: str, entries: list[Json]) -> None:
        if all(is_object(entry) and isinstance(entry.get("index"), int) for entry in entries):
            return
        if name in self.lists:
            raise StreamError(
                f"expected an index in the entries of {name}, which came before", f"$.choices[].delta.{name}"
            )
        self.lists.add(name)


class StreamGrammar:
    """Follows one stream and tells what is out of place in it. Whoever goes on after that is on his own."""

    __slots__ = ("_choices", "_head", "state")

    def __init__(self) -> None:
        self.state: State = INITIAL
        """One of `STATES`."""
        self._head: JsonObject | None = None
        self._choices: dict[int, _Choice] = {}

    @property
    def finished(self) -> bool:
        """Whether the stream has come to its proper end."""
        return self.state == "done"

    @property
    def expected(self) -> tuple[str, ...]:
        """The kinds of chunks that may come next."""
        return tuple(TRANSITIONS[self.state])

    def step(self, event: JsonObject) -> None:
        """Follow the next chunk; raises `StreamError` saying what was expected instead."""
        if event.get("error"):
            self.state = next_state(TRANSITIONS, self.state, "error")
            return
        self._check_head(event)
        choices = event.get("choices")
        if not is_array(choices):
            raise StreamError("expected a list of choices", "$.choices")
        if choices:
            self._step_choices(event, choices)
        else:
            self.state = next_state(TRANSITIONS, self.state, _kind_without_choices(event))

    def done(self) -> None:
        """Follow ``[DONE]``; raises `StreamError` saying what was expected instead."""
        self.state = next_state(TRANSITIONS, self.state, "[DONE]")

    def _check_head(self, chunk: JsonObject) -> None:
        head = {name: chunk.get(name) for name in _CONSTANT}
        if self._head is None:
            self._head = head
        for name in _CONSTANT:
            if head[name] != self._head[name]:
                raise StreamError(
                    f"expected {self._head[name]!r} as in the first chunk, got {head[name]!r}", f"$.{name}"
                )

    def _step_choices(self, chunk: JsonObject, entries: list[JsonObject]) -> None:
        if chunk.get("usage") is not None:
            raise StreamError("expected the usage in a chunk without choices", "$.usage")
        for entry in entries:
            index = entry.get("index")
            if not isinstance(index, int):
                raise StreamError("expected an index in each choice", "$.choices[].index")
            self._choices.setdefault(index, _Choice()).step(entry)
        open_choices = any(choice.state != "finished" for choice in self._choices.values())
        self.state = next_state(TRANSITIONS, self.state, "choice")
        if not open_choices:
            self.state = next_state(TRANSITIONS, self.state, "last_finish")


def _kind_without_choices(chunk: JsonObject) -> str:
    for name in ("usage", "moderation"):
        if chunk.get(name) is not None:
            return name
    return "a chunk that says nothing"


def _kind_of_entry(entry: JsonObject, delta: JsonObject) -> str:
    if entry.get("finish_reason"):
        return "finish"
    return "role" if delta.get("role") else "delta"


def _opens(fragment: JsonObject) -> bool:
    """Whether a fragment has all that a call opens with."""
    return bool(fragment.get("id") and fragment.get("type") and _name(fragment))


def _names(fragment: JsonObject) -> bool:
    """Whether a fragment repeats something that a call opens with."""
    return bool(fragment.get("id") or fragment.get("type") or _name(fragment))


def _name(fragment: JsonObject) -> Json:
    """The name of what is called, if a fragment has it."""
    called = (fragment.get(kind) for kind in _CALLED)
    return next((each.get("name") for each in called if is_object(each)), None)


def _misplaced(fragment: JsonObject, calls: int) -> str:
    known = f", or a fragment of a call below {calls}" if calls else ""
    return f"expected call {calls} to open with id, type and name{known}; got index {fragment.get('index')}"
