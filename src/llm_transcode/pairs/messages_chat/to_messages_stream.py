"""Chat chunks in, Messages events out.

Theory of operation. A chunk is read into what it says, in the order in which a reply says it:
reasoning, text, calls, end. `BlockWriter` turns that into blocks. What is not a block is decided
here: the answer begins with the first chunk that names it, and its end is held until the upstream's
``[DONE]`` or the end of the body, since the usage chunk comes after the finish reason.

Most chunks carry one token and nothing else, or the counts so far beside it. They are read from the parsed
JSON directly, or need no parsing at all where they repeat the one before (`Repeats`); every other chunk goes
through the typed model, which refuses what is malformed and knows every field. All ways say the same to the
same writer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from ... import chat
from ...checking import accepts
from ...converted import ReplyContext
from ...dialects import dialect_named
from ...errors import StreamError
from ...losses import LossCode, Recorder
from ...options import Options
from ...tokens import Growth, Place, Token
from ...wire import Json, JsonObject, Path, WireModel, is_array, is_object
from ..conversion import Conversion
from ..fields import Drop, Fields
from .blocks import BlockWriter
from .deltas import DELTA_TO_MESSAGES, DeltaReader
from .error import error_to_messages
from .identity import made_up_id, model_of_reply
from .response_to_messages import CHOICE_TO_MESSAGES, RESPONSE_TO_MESSAGES, X_GROQ_TO_MESSAGES
from .serving import tier_to_messages
from .stop import ending, finish_to_stop, matched_stop
from .usage import counts_cache_within, usage_to_messages

__all__ = ["ToMessagesStream"]

# -- ledger --------------------------------------------------------------------------------------

CHUNK_TO_MESSAGES: Final = Fields(
    chat.Chunk,
    {
        "id": "`message_start`",
        "object": "nothing",
        "model": "`message_start`",
        "choices": "blocks",
        "usage": "`message_delta`",
        "service_tier": "`message_start`, where it comes in time",
        "x_groq": "`message_delta`, where usage stands only there",
        "error": "`error`",
    },
    {
        **{name: RESPONSE_TO_MESSAGES.dropped[name] for name in ("created", "system_fingerprint", "moderation")},
        "obfuscation": Drop(LossCode.STREAM_OPTIONS, "padding of the stream", "info"),
    },
)
CHUNK_CHOICE_TO_MESSAGES: Final = Fields(
    chat.ChunkChoice,
    {
        **{name: CHOICE_TO_MESSAGES.mapped[name] for name in CHOICE_TO_MESSAGES.mapped if name != "message"},
        "delta": "blocks",
        "error": "`error`",
    },
    {"logprobs": CHOICE_TO_MESSAGES.dropped["logprobs"]},
)

_TEXT: Final[Place] = ("text", 0)
_THINKING: Final[Place] = ("thinking", 0)
_PROSE: Final[dict[str, Place]] = {
    "content": _TEXT,
    "reasoning_content": _THINKING,
    "reasoning": _THINKING,
    "reasoning_text": _THINKING,
}
"""The fields of a delta that are plain text, of which a reply has one of each kind."""

_NONE: Final[frozenset[str]] = frozenset()
"""One for all streams: an empty set takes as much as a small one."""

_MORE_ARGUMENTS: Final = frozenset(("index", "function", "type"))
"""The fields of a call's later fragments."""

_QUIET: Final = frozenset(("id", "object", "model", "choices", "usage"))
_QUIET_OF_CHOICE: Final = frozenset(("index", "delta", "finish_reason", "logprobs"))
_QUIET_OF_DELTA: Final = frozenset(("role",))
"""The fields of a token's chunk that need no second look."""

_TIER: Final = frozenset(("service_tier",))

_MOST_QUIET: Final = 100
"""How many names of fields are remembered; an upstream that makes up more gets its tokens read at length."""


class ToMessagesStream:
    """Transcodes the stream of one reply. Events go in as JSON objects and come out as JSON objects."""

    __slots__ = (
        "_blocks",
        "_context",
        "_cx",
        "_deltas",
        "_finish",
        "_matched",
        "_model",
        "_named",
        "_quiet",
        "_quiet_of_choice",
        "_quiet_of_delta",
        "_renamed",
        "_started",
        "_tier",
        "_usage",
        "_usage_path",
        "losses",
        "usage",
    )

    def __init__(self, context: ReplyContext, options: Options) -> None:
        self._cx = Conversion(options, dialect_named(None, "messages"), streaming=True)
        self._context = context
        self._blocks = BlockWriter(self._cx, context)
        self._started = False
        self._model = ""
        """What ``message_start`` said."""
        self._named: tuple[str | None, str | None] = (None, None)
        """The id and the model of the chunk before."""
        self._renamed = _NONE
        """Which of them have changed, and are on record."""
        self._finish: str | None = None
        self._matched: str | None = None
        self._tier: str | None = None
        self._deltas = DeltaReader(self._blocks, self._cx)
        self._usage: JsonObject | None = None
        self._usage_path: Path = ("usage",)
        self._quiet = _QUIET
        """Names of a chunk's fields that need no second look: they say nothing new, or their loss is on record."""
        self._quiet_of_choice = _QUIET_OF_CHOICE
        """The same of a choice."""
        self._quiet_of_delta = _QUIET_OF_DELTA
        """The same of a delta."""
        self.losses: Recorder = self._cx.losses
        self.usage: JsonObject | None = None
        """The counts that went out, once the stream is finished."""

    # -- reading

    def take(self) -> list[JsonObject]:
        """The events that have been written since the last call."""
        events = self._blocks.events
        self._blocks.events = []
        return events

    def token(self, chunk: Json) -> Token | None:
        """What a chunk says if it is a mere token; None if there may be more to it. Has no effects."""
        try:
            (choice,) = chunk["choices"]
            fields = choice["delta"].items()
        except (AttributeError, KeyError, TypeError, ValueError):
            return None  # `read` says what is wrong with it, if anything is
        if not self._is_quiet_around(chunk, choice):
            return None
        said = value = details = None
        for name, content in fields:
            if name in self._quiet_of_delta:
                continue
            if not content:
                if content is not None and name not in DELTA_TO_MESSAGES.mapped:
                    return None  # empty, but to be recorded as lost
            elif name == "reasoning_details":
                details = content
            elif said is None:
                said, value = name, content
            else:
                return None
        if said == "tool_calls" and details is None:
            return _arguments(value)
        place = None if said is None else _PROSE.get(said)
        if place is None or not isinstance(value, str):
            return None
        if details is not None and not (place == _THINKING and self._deltas.repeats(details)):
            return None
        return place, value

    def _is_quiet_around(self, chunk: JsonObject, choice: JsonObject) -> bool:
        """Whether a chunk says nothing new but its delta."""
        if choice.get("finish_reason") or choice.get("logprobs") or choice.get("index"):
            return False
        if chunk.get("usage") and not accepts(chat.Usage, chunk["usage"]):
            return False
        if not (self._quiet.issuperset(chunk) or _are_quiet(chunk, self._quiet)):
            return False
        message_id, model = self._named
        if chunk.get("id") != message_id and "id" not in self._renamed:
            return False
        if chunk.get("model") != model and "model" not in self._renamed:
            return False
        return self._quiet_of_choice.issuperset(choice) or _are_quiet(choice, self._quiet_of_choice)

    def note_beside(self, chunk: JsonObject) -> bool:
        """Take note of what a mere token's chunk says besides: the counts so far. Returns whether it says any."""
        counts = chunk.get("usage")
        if counts:
            self._note_usage(counts, ("usage",))
        return bool(counts)

    def growth(self, place: Place) -> Growth | None:
        """How tokens let what is open grow, if it is this; None where that takes more than an event."""
        if place == _THINKING and self._deltas.thought_in_list:
            return None  # a string takes over, which a list may repeat
        return self._blocks.growth(place)

    def read(self, event: JsonObject) -> None:
        """Read any chunk by its typed model; raises `InvalidPayload` for a malformed one."""
        self._read_chunk(chat.Chunk.from_object(event))

    # -- reading what is not a mere token

    def _read_chunk(self, chunk: chat.Chunk) -> None:
        CHUNK_TO_MESSAGES.report(chunk, (), self._cx.losses)
        self._quiet = _with_reported(self._quiet, chunk, CHUNK_TO_MESSAGES)
        if chunk.usage is not None:
            self._note_usage(chunk.usage.to_dict(), ("usage",))
        elif chunk.x_groq is not None and chunk.x_groq.usage is not None:
            self._note_usage(chunk.x_groq.usage.to_dict(), ("x_groq", "usage"))
        if chunk.x_groq is not None:
            X_GROQ_TO_MESSAGES.report(chunk.x_groq, ("x_groq",), self._cx.losses)
        if chunk.service_tier is not None and "service_tier" not in self._quiet:
            self._note_tier(chunk.service_tier)
        if chunk.choices or chunk.id:
            self._start(chunk.id, chunk.model)
        self._note_names(chunk.id, chunk.model)
        for at, choice in enumerate(chunk.choices or ()):
            if choice.index in (0, None):
                self._read_choice(choice, ("choices", at))
            else:
                self._cx.losses.dropped(LossCode.CANDIDATES, ("choices", at), "a further candidate")

    def _note_usage(self, usage: JsonObject, path: Path) -> None:
        """Some servers repeat their usage on every chunk and leave out parts of it: the last word on each counts."""
        news = {name: count for name, count in usage.items() if count is not None}
        self._usage = {**(self._usage or {}), **news}
        self._usage_path = path

    def _note_tier(self, tier: str) -> None:
        self._quiet = _union(self._quiet, _TIER)  # all chunks have it
        if self._started:
            detail = "it comes after message_start, the only event with a slot for it"
            self._cx.losses.dropped(LossCode.SERVICE_TIER, ("service_tier",), detail, "info")
        else:
            self._tier = tier_to_messages(tier, ("service_tier",), self._cx.losses)

    def _note_names(self, message_id: str | None, model: str | None) -> None:
        """Gateways that fall back to another model, or answer in several steps, change the names of a reply."""
        if self._named == (message_id, model) or not self._started:
            return
        detail = "it is not what message_start has said, the only event with a slot for it"
        said = self._blocks.message_id, self._model if not self._context.renamed else model
        self._named = said if said == (message_id, model) else (message_id, model)  # not the same strings twice
        for name, value, first in zip(("id", "model"), self._named, said, strict=True):
            if value and value != first:
                self._renamed |= {name}
                self._cx.losses.dropped(LossCode.STREAM_PROTOCOL, (name,), detail, "info")

    def _start(self, message_id: str | None, model: str | None) -> None:
        if self._started:
            return
        self._started = True
        if not message_id:
            self._cx.losses.invented(LossCode.ID, ("id",), "a reply without id gets one")
            message_id = made_up_id("msg_", repr(self._context.model).encode(), self._cx.options)
        self._blocks.message_id = message_id
        self._model = model_of_reply(model, self._context, self._cx.losses)
        message: JsonObject = {
            "id": message_id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {
                "input_tokens": self._cx.options.estimated_input_tokens,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "output_tokens": 0,
            },
        }
        if self._tier is not None:
            message["usage"]["service_tier"] = self._tier
        self._blocks.events.append({"type": "message_start", "message": message})

    def _read_choice(self, choice: chat.ChunkChoice, path: Path) -> None:
        CHUNK_CHOICE_TO_MESSAGES.report(choice, path, self._cx.losses)
        self._quiet_of_choice = _with_reported(self._quiet_of_choice, choice, CHUNK_CHOICE_TO_MESSAGES)
        if choice.delta is not None:
            self._deltas.read(choice.delta)
            self._quiet_of_delta = _with_reported(self._quiet_of_delta, choice.delta, DELTA_TO_MESSAGES)
        for name, candidate in (("stop_reason", choice.stop_reason), ("matched_stop", choice.matched_stop)):
            matched = matched_stop(candidate, (*path, name), self._context, self._cx.losses)
            self._matched = matched or self._matched
        if choice.finish_reason:
            self._finish = choice.finish_reason
            self._deltas.end_text()
            self._blocks.finish()

    # -- errors

    def is_error(self, chunk: JsonObject) -> bool:
        """Whether the upstream reports an error in place of a chunk, or beside one."""
        if chunk.get("error"):
            return True
        choices = chunk.get("choices")
        if is_array(choices):
            return any(is_object(choice) and bool(choice.get("error")) for choice in choices)
        return "choices" not in chunk and ("detail" in chunk or ("message" in chunk and "object" not in chunk))

    def error(self, body: JsonObject) -> JsonObject:
        """The in-band error that tells a Messages client what ``body`` says."""
        choices = body.get("choices")
        for at, choice in enumerate(choices if is_array(choices) else ()):
            if is_object(choice) and choice.get("error"):
                return error_to_messages(None, {"error": choice["error"]}, self.losses, ("choices", at))[1]
        return error_to_messages(None, body, self.losses)[1]

    # -- the end

    @property
    def stopped(self) -> bool:
        """Whether a chunk ended the stream; in Chat only ``[DONE]`` does."""
        return False

    @property
    def complete(self) -> bool:
        """Whether the upstream said why it finished, so that the end of its body is the end of the reply."""
        return self._finish is not None

    def done(self) -> list[JsonObject]:
        """The upstream says that the stream is over: ``[DONE]``, or its body ended after a finish reason."""
        if not self._started:
            raise StreamError("the stream ended before it said anything")
        self._deltas.end_text()
        self._blocks.finish()
        at: Path = ("choices", 0, "finish_reason") if self._finish else ("choices",)
        stop = finish_to_stop(self._finish, self._blocks.called, at, self._cx.losses)
        delta = ending(stop, self._matched, self._deltas.refused)
        included = counts_cache_within(self._cx.options.dialect)
        self.usage = usage_to_messages(self._usage, self._usage_path, self._cx.losses, cached_included=included)
        self._blocks.events.append({"type": "message_delta", "delta": delta, "usage": self.usage})
        self._blocks.events.append({"type": "message_stop"})
        return self.take()

    def abort(self) -> list[JsonObject]:
        """The stream broke: close what is open, and say nothing of an end."""
        self._deltas.end_text()
        self._blocks.abort()
        return self.take()

    def ping(self) -> list[JsonObject]:
        """A keep-alive event; nothing while it would not be legal."""
        if not self._started:
            if not self._cx.options.eager_start:
                return []
            self._start(None, None)
        return [*self.take(), {"type": "ping"}]


def _arguments(calls: Json) -> Token | None:
    """The next arguments of a call that has been introduced."""
    try:
        (call,) = calls
        index = call["index"]
        ((name, arguments),) = call["function"].items()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    if name != "arguments" or not _MORE_ARGUMENTS.issuperset(call):
        return None
    return (("call", index), arguments) if isinstance(index, int) and isinstance(arguments, str) else None


def _are_quiet(value: JsonObject, quiet: frozenset[str]) -> bool:
    """Whether all fields are null, on record as lost, or say nothing that an earlier chunk did not say."""
    return all(item is None or name in quiet for name, item in value.items())


def _with_reported(quiet: frozenset[str], value: WireModel, fields: Fields) -> frozenset[str]:
    """Names of quiet fields, with those of a value whose loss is on record by now."""
    if len(quiet) > _MOST_QUIET:
        return quiet
    rest = value.model_fields_set.difference(fields.mapped)
    names = frozenset(name for name in rest if getattr(value, name) is not None)
    return quiet if names <= quiet else _union(quiet, names)


@lru_cache(maxsize=64)
def _union(quiet: frozenset[str], names: frozenset[str]) -> frozenset[str]:
    """One set for all streams of a vendor: it would take a fifth of what an idle stream keeps."""
    return quiet | names
