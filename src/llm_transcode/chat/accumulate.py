"""A stream's chunks to the complete response they stand for, and back.

Chunks add up by the practice of the field, not by one rule. Texts that stream are appended; names, ids
and types come once, and stay when they are repeated; of anything else, the last value stays. Null, ``""``
and ``[]`` stand for absent everywhere. Choices are kept apart by ``index``.

The two directions are inverse: the chunks of a response add up to that response. Where each field stands
follows what real servers do and what the official client can put together:

* Every chunk repeats ``id``, ``object``, ``created``, ``model``, ``service_tier`` and ``system_fingerprint``;
  the first one holds the vendor's own fields of the response as well.
* Each choice opens with its role and the fields that are empty. Then come reasoning, content (with its
  ``logprobs``), refusal, audio and calls, the vendor's own fields of the message in the last delta, and
  the finish reason with the vendor's own fields of the choice beside an empty delta.
* ``moderation`` and ``usage`` have chunks of their own at the end, without choices.

The chunks say no more than the response does. No streaming form have the ``index`` of a tool call, which is
its place in the list, arguments that are no string, which become one, and a choice's own ``delta``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..errors import InvalidPayload, StreamError
from ..growth import GrowingList, GrowingObject, is_empty
from ..json_text import is_array, is_object
from ..wire import Json, JsonObject
from .growers import CALL_TEXTS, GrowingCalls, GrowingContent, GrowingFunction, GrowingReasoning, call_text
from .stream import Chunk

__all__ = ["ResponseBuilder", "accumulate", "chunks_of"]

_OBJECT: Final = "chat.completion"

_REASONING_TEXTS: Final = ("reasoning_content", "reasoning", "reasoning_text")
_REASONING_LISTS: Final = ("reasoning_details", "thinking_blocks")

# -- chunks to a response ------------------------------------------------------------------------

_TEXTS: Final = frozenset({*_REASONING_TEXTS, "refusal"})
"""The fields of a delta, besides ``content``, that are texts."""

_PADDING: Final = frozenset({"obfuscation", "p"})
"""What OpenAI and Mistral add to a chunk to hide its length."""


class _Message(GrowingObject):
    """The message of a choice."""

    __slots__ = ()

    def read(self, delta: JsonObject) -> None:
        for name, value in delta.items():
            if is_empty(value):
                self.put(name, value)
            elif name in ("role", "name"):
                self.keep(name, value)
            else:
                self._read_field(name, value)

    def _read_field(self, name: str, value: Json) -> None:
        if name == "content":
            self.child(name, GrowingContent).add(value)
        elif name in _TEXTS:
            self.grow(name, value)
        elif name in _REASONING_LISTS:
            self.child(name, GrowingReasoning).add_all(value)
        elif name == "tool_calls":
            self.child(name, GrowingCalls).add_all(value)
        elif name == "function_call":
            self.child(name, GrowingFunction).grow_by(value, "arguments", call_text(value, "arguments"))
        elif name == "audio":
            self.child(name, _Audio).read(value)
        elif is_array(value):
            self.items(name).add_all(value)
        else:
            self.put(name, value)


class _Audio(GrowingObject):
    """The speech of a message."""

    __slots__ = ()

    def read(self, delta: JsonObject) -> None:
        for name, value in delta.items():
            if name in ("data", "transcript"):
                self.grow(name, value)
            elif name == "id":
                self.keep(name, value)
            else:
                self.put(name, value)


class _Choice(GrowingObject):
    """One candidate answer."""

    __slots__ = ()

    @property
    def finished(self) -> bool:
        return bool(self.get("finish_reason"))

    def read(self, choice: JsonObject) -> None:
        for name, value in choice.items():
            if name == "delta":
                if value:
                    self.child("message", _Message).read(value)
            elif name == "logprobs" and is_object(value):
                self.child(name, _Logprobs).read(value)
            elif name == "text" or is_array(value):  # Together's legacy text, vLLM's token ids
                self.grow(name, value)
            elif name != "message":  # Perplexity repeats there the text so far
                self.put(name, value)


class _Logprobs(GrowingObject):
    """Log probabilities, token by token."""

    __slots__ = ()

    def read(self, logprobs: JsonObject) -> None:
        for name, value in logprobs.items():
            if is_array(value):
                self.child(name, GrowingList).add_all(value)
            else:
                self.put(name, value)


class ResponseBuilder:
    """Puts the response together, chunk by chunk, whatever vendor sends them."""

    __slots__ = ("_choices", "_done", "_head")

    def __init__(self) -> None:
        self._head = GrowingObject()
        self._choices: dict[int, _Choice] = {}
        self._done = False

    @property
    def finished(self) -> bool:
        """Whether ``[DONE]`` has come, which some servers leave out, or every choice's finish reason.

        After the latter the counts may follow.
        """
        return self._done or self.complete

    @property
    def complete(self) -> bool:
        """Whether the upstream said why it finished, so that the end of its body is the end of the response."""
        return bool(self._choices) and all(choice.finished for choice in self._choices.values())

    @property
    def over(self) -> bool:
        """Whether nothing can follow any more."""
        return self._done

    def add(self, chunk: JsonObject) -> None:
        """Take in the next chunk, which is not changed.

        Raises `StreamError` for one that is malformed, or by which the upstream reports that it failed.
        """
        try:
            Chunk.from_object(chunk)
        except InvalidPayload as error:
            raise StreamError(error.reason, error.path) from error
        _check_failure(chunk)
        for name, value in chunk.items():
            if name == "choices":
                self._read_choices(value or [])
            elif name == "object":
                self._head.put(name, _OBJECT)
            elif name in ("id", "created", "model"):
                self._head.keep(name, value)
            elif name == "x_groq" and value:
                self._read_groq(value)
            elif name not in _PADDING:
                self._head.put(name, value)

    def done(self) -> None:
        """Take in ``[DONE]``; raises `StreamError` when nothing came before it."""
        if self._head.get("choices") is None:
            raise StreamError("the stream ended before it said anything")
        self._done = True

    def to_dict(self) -> JsonObject:
        """The response so far."""
        choices = [choice.value() for _, choice in sorted(self._choices.items())]
        return {**self._head.value(), "choices": choices}

    def _read_choices(self, choices: list[JsonObject]) -> None:
        self._head.put("choices", [])  # where they stand among the fields
        for choice in choices:
            index = choice.get("index") or 0
            self._choices.setdefault(index, _Choice({"index": index})).read(choice)

    def _read_groq(self, remarks: JsonObject) -> None:
        """Groq's own object, which holds the counts where the request did not ask for them."""
        rest = {name: value for name, value in remarks.items() if name != "usage"}
        if rest:
            self._head.put("x_groq", rest)
        if remarks.get("usage"):
            self._head.put("usage", remarks["usage"])


def _object(value: Json) -> JsonObject:
    """An object, which is empty where there is none."""
    return value if is_object(value) else {}


def _check_failure(chunk: JsonObject) -> None:
    error: Json = chunk.get("error") or _object(chunk.get("x_groq")).get("error")
    if error:
        reason = error.get("message") if is_object(error) else error
        raise StreamError(f"the upstream failed: {reason}")


def accumulate(chunks: Iterable[JsonObject]) -> JsonObject:
    """The complete response that the chunks of a whole stream, ``[DONE]`` aside, stand for.

    Raises `StreamError` for chunks that are malformed or report a failure.
    """
    builder = ResponseBuilder()
    for chunk in chunks:
        builder.add(chunk)
    return builder.to_dict()


# -- a response to chunks ------------------------------------------------------------------------

_REPEATED: Final = ("id", "object", "created", "model", "service_tier", "system_fingerprint")
"""The fields of a response that stand in each of its chunks."""

_OWN_CHUNK: Final = ("moderation", "usage")
"""The fields of a response that come last, in the order in which the official client keeps both."""

_STREAMED: Final = ("content", "refusal", "audio", "function_call")
"""The fields of a message that take a delta each, between reasoning and calls."""


def chunks_of(response: JsonObject) -> Iterator[JsonObject]:
    """The chunks in which a response, valid as `Response`, would have streamed; ``[DONE]`` is the caller's to add."""
    last = [name for name in _OWN_CHUNK if response.get(name)]
    head: JsonObject = {name: response[name] for name in _REPEATED if name in response}
    if "object" in head:
        head["object"] = f"{_OBJECT}.chunk"
    first = {name: value for name, value in response.items() if name not in {*_REPEATED, *last, "choices"}}
    entries = list(_entries(response["choices"]))
    yield {**head, **first, "choices": entries[:1]}
    for entry in entries[1:]:
        yield {**head, "choices": [entry]}
    for name in last:
        yield {**head, "choices": [], name: response[name]}


def _entries(choices: list[JsonObject]) -> Iterator[JsonObject]:
    """Openings first and finishes last, so that whoever sees a finish knows of all choices."""
    numbered: list[JsonObject] = [{"index": position, **choice} for position, choice in enumerate(choices)]
    for choice in numbered:
        yield _entry(choice, _opening(_object(choice.get("message"))))
    for choice in numbered:
        for delta in _deltas(_object(choice.get("message"))):
            beside = ("logprobs",) if delta.get("content") else ()
            yield _entry(choice, delta, beside)
    for choice in numbered:
        yield _finish(choice)


def _entry(choice: JsonObject, delta: JsonObject, beside: Iterable[str] = ()) -> JsonObject:
    entry: JsonObject = {"index": choice["index"], "delta": delta}
    entry.update((name, choice[name]) for name in beside if choice.get(name))
    return {**entry, "finish_reason": None} if "finish_reason" in choice else entry


def _finish(choice: JsonObject) -> JsonObject:
    content = _object(choice.get("message")).get("content")
    sent = {"message", "logprobs"} if content and choice.get("logprobs") else {"message"}
    fields = {name: value for name, value in choice.items() if name not in sent}
    return {**fields, "delta": {}}


def _opening(message: JsonObject) -> JsonObject:
    """The role, and what is empty; a text begins empty."""
    opening: JsonObject = {"role": message["role"]} if "role" in message else {}
    opening.update((name, value) for name, value in message.items() if is_empty(value) or value == {})
    if isinstance(message.get("content"), str):
        opening["content"] = ""
    return opening


def _deltas(message: JsonObject) -> Iterator[JsonObject]:
    said = {name: value for name, value in message.items() if not (is_empty(value) or value == {} or name == "role")}
    for name in _REASONING_TEXTS:
        if name in said:
            yield {name: said.pop(name)}
    lists: JsonObject = {name: said.pop(name) for name in _REASONING_LISTS if name in said}
    if lists:
        yield lists
    for name in _STREAMED:
        if name in said:
            yield {name: said.pop(name)}
    for position, call in enumerate(said.pop("tool_calls", [])):
        for fragment in _fragments(position, call):
            yield {"tool_calls": [fragment]}
    if said:
        yield said


def _fragments(position: int, call: JsonObject) -> Iterator[JsonObject]:
    """A call opens with everything but its arguments; only the index is repeated."""
    opening: JsonObject = {**call, "index": position}
    rest: JsonObject = {}
    for name, text_field in CALL_TEXTS.items():
        called = call.get(name)
        text = call_text(called, text_field) if is_object(called) else ""
        if text:
            opening[name] = {**call[name], text_field: ""}
            rest[name] = {text_field: text}
    yield opening
    if rest:
        yield {"index": position, **rest}
