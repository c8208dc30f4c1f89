"""Whether streams map or record every field that the vendors' SDKs and our own models have, as whole replies do.

Each event is looked at in an otherwise valid stream, by the search that `test_nothing_swallowed` makes
through whole documents. What is lost has to be what the conversion of the whole reply loses, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache, partial
from typing import Any, Final, NamedTuple

import pytest
from anthropic.types import RawMessageStreamEvent
from anthropic.types.beta import BetaRawMessageStreamEvent
from openai.types.chat import ChatCompletionChunk

from llm_transcode import Converted, ReplyContext, chat, messages
from llm_transcode.wire import Json, JsonObject, WireModel
from tests.pairs.messages_chat.around import NAMES, Surroundings, chat_around, messages_around
from tests.pairs.messages_chat.seeds import CHAT, MESSAGES
from tests.pairs.messages_chat.swallowed import Search, subject
from tests.sdk_forms import fields, members
from tests.sdk_probes import UNLISTED, Probe, Probes, Seeds, with_values
from tests.streams import NO_CLOCK, message_end, message_start

_ARGUMENTS: Final[list[Json]] = ["{}", '{"x":1}']
_NAMED: Final[JsonObject] = {"name": "x"}

_OF_EVENTS: Final[dict[str, list[Json]]] = {
    "index": [0, 7],
    "partial_json": _ARGUMENTS,
    "Error.type": ["api_error", "overloaded_error"],
}
_OF_CHUNKS: Final[dict[str, list[Json]]] = {
    "Choice.index": [0, 1],
    "ChunkChoice.index": [0, 1],
    "ChoiceDeltaToolCallFunction.arguments": _ARGUMENTS,
    "ChoiceDeltaFunctionCall.arguments": _ARGUMENTS,
    "FunctionDelta.arguments": _ARGUMENTS,
}
EVENTS: Final = with_values(MESSAGES, **_OF_EVENTS)
CHUNKS: Final = replace(
    with_values(CHAT, **_OF_CHUNKS),
    needed={
        **CHAT.needed,
        "Chunk": NAMES,
        "function": {"id": "x", "function": _NAMED},
        "ToolCallDelta": {"id": "x", "function": _NAMED},
        "ChoiceDeltaToolCallFunction": _NAMED,
        "ChoiceDeltaFunctionCall": _NAMED,
        "FunctionDelta": _NAMED,
        "CustomDelta": _NAMED,
        "ChoiceDeltaAudio": {"id": "x"},
        "AudioDelta": {"id": "x"},
    },
)

_CONSTANT: Final = "the only value there is"
_ORDER: Final = "the place in the list"
_SAYS_NOTHING: Final = "it says nothing"
_ALL_SAY_SO: Final = "what all chunks around it say, too"
EXCEPTIONS: Final = {
    "$.index=0": _ORDER,
    "*.total_tokens=*": "the sum of two other fields",
    "*.prompt_cache_miss_tokens=*": "the rest of `prompt_tokens`",
    "$.message.usage.output_tokens=*": "what the last event counts stands",
    "$.*stop_details={*": "`stop_reason` says so",
    "$.*stop_details.type=*": "`stop_reason` says so",
    '$.*stop_reason="end_turn"': "`stop_sequence` tells the two apart",
    '$.*stop_reason="stop_sequence"': "`stop_sequence` tells the two apart",
    '$.*stop_reason="tool_use"': "the calls say so",
    "$.delta<compaction_delta>.*": "its block is on record",
    "$.object=*": _CONSTANT,
    '$.id="x"': _ALL_SAY_SO,
    '$.model="x"': _ALL_SAY_SO,
    "$.choices[[]].index=0": "the place of the only candidate",
    "$.choices[[]].native_finish_reason=*": "`finish_reason` says it",
    '$.choices[[]].finish_reason="*': "the calls tell them apart",
    "$.choices[[]].delta.role=*": "who replies is the assistant",
    "*.tool_calls[[]]*.index=*": _ORDER,
    "*.tool_calls[[]]*.type=*": "what a call holds says it",
    "*.reasoning_details[[]]<*>.index=*": _ORDER,
    "*.reasoning_details[[]]<*>.format=*": "whose the signature is, where there is none",
    '*.thinking_blocks=[[]{"type": "thinking"}]': _SAYS_NOTHING,
    '*.reasoning_details=[[]{"type": "reasoning.[st]*"}]': _SAYS_NOTHING,
}
"""What may go without a trace, by patterns of `fnmatch`, and why."""


class Root(NamedTuple):
    """A kind of event, and where it is looked at."""

    struct: Any
    surroundings: Surroundings
    search: Search


def _roots(union: Any, surroundings: Surroundings, seeds: Seeds) -> Iterator[tuple[str, Root]]:
    for struct in members(union):
        yield struct.__name__, Root(struct, surroundings, Search(surroundings.transcoded, seeds, EXCEPTIONS))


_PLAIN: Final = replace(NO_CLOCK, reasoning=None, annotations=False)
_LEGACY: Final = ReplyContext(include_usage=True, legacy_functions=True)
_OF_MESSAGES: Final = {
    "": Surroundings("messages", messages_around),
    "plain": Surroundings("messages", messages_around, options=_PLAIN),
    "legacy": Surroundings("messages", messages_around, _LEGACY),
}
_OF_CHAT: Final = {
    "first": Surroundings("chat", partial(chat_around, "first")),
    "amid": Surroundings("chat", partial(chat_around, "amid")),
}
ROOTS: Final = {
    f"{name}, {manner}": root
    for all_manners, seeds, unions in (
        (_OF_MESSAGES, EVENTS, (RawMessageStreamEvent, BetaRawMessageStreamEvent, messages.Event)),
        (_OF_CHAT, CHUNKS, (ChatCompletionChunk, chat.Chunk)),
    )
    for manner, surroundings in all_manners.items()
    for union in unions
    for name, root in _roots(union, surroundings, seeds)
}


def _fields(struct: Any) -> list[str]:
    return [name for name in (*fields(struct), UNLISTED) if name != "type"]


@pytest.mark.parametrize(("root", "field"), [(name, field) for name in ROOTS for field in _fields(ROOTS[name].struct)])
def test_no_field_is_swallowed(root: str, field: str) -> None:
    struct, _, search = ROOTS[root]

    assert search.swallowed(struct, field) == []


def test_every_exception_is_needed() -> None:
    for struct, _, search in ROOTS.values():
        for field in _fields(struct):
            search.swallowed(struct, field)

    assert set(EXCEPTIONS) == {pattern for _, _, search in ROOTS.values() for pattern in search.used}


# -- deltas of blocks --------------------------------------------------------------------------------


def _minimal(event: Any, field: str) -> dict[str, JsonObject]:
    """The least of what an event may hold in a field, by its type."""
    probes = Probes(EVENTS, lambda _path, _document: False).of_field(event, field)
    events = [probe.others[0] for probe in probes if probe.path == (field, UNLISTED)]
    return {each[field]["type"]: each for each in events}


OPENINGS: Final = _minimal(messages.ContentBlockStart, "content_block")
DELTAS: Final = _minimal(messages.ContentBlockDelta, "delta")


def _of_events(*events: JsonObject) -> Converted[WireModel]:
    return Surroundings("messages", lambda _event: list(events)).transcoded({})


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("block", OPENINGS)
def test_a_delta_of_any_kind_for_a_block_of_any_kind(block: str, delta: str) -> None:
    """It leaves a trace, and one for one cause, unless all of its block is on record."""
    grown = DELTAS[delta]
    before, after = [message_start(), OPENINGS[block]], [{"type": "content_block_stop", "index": 0}, *message_end()]
    without, with_delta = _of_events(*before, *after), _of_events(*before, grown, *after)

    block_is_lost = any(loss.path == "$.content_block" and loss.kind == "dropped" for loss in without.losses)
    losses = set(with_delta.losses) - set(without.losses)
    assert len(losses) <= 1
    assert losses or block_is_lost or with_delta.to_json() != without.to_json()


# -- as whole replies do -----------------------------------------------------------------------------

_WHOLE: Final = {
    r"^\$\.message\b": "$",
    r"^\$\.content_block\b": "$.content[]",
    r"^\$\.delta\.citation\b": "$.content[].citations[]",
    r"^\$\.x_groq\.usage\b": "$.usage",
    r"^\$\.choices\[\]\.delta\b": "$.choices[].message",
}
"""Where a whole reply has what stands in an event; in this order."""

_MANY_NAMES: Final = "a whole reply says it once"
ONLY_STREAMED: Final = {
    "$.unlisted=*": "the event's own",
    "$.delta<*>*: * $.content[[]].unlisted": "the delta's own",
    "$*.index=7: approximated info stream_protocol $": "blocks of a whole reply have no numbers",
    "$.delta<thinking_delta>.estimated_tokens=*": "it counts the delta",
    "$.obfuscation=*": "it pads the event",
    "$.id=*: dropped info stream_protocol $.id": _MANY_NAMES,
    "$.model=*: dropped info stream_protocol $.model": _MANY_NAMES,
    "$.service_tier=*": "it may come too late",
    "$.choices[[]].delta.tool_calls[[]].type=*": "a stream believes what the call holds",
}
"""Losses that only one of the two has, as ``$path=value: kind level code path``, and why."""


def _is_compared(root: Root, probe: Probe) -> bool:
    """Whether the stream stands for a whole reply: not if it tells of a failure."""
    return root.struct is not messages.ErrorEvent and ".error" not in probe.label


def _moved(path: str, event: JsonObject) -> str:
    """A path as it is in the whole reply, its indices left out."""
    path = re.sub(r"\[\d+\]", "[]", path)
    for pattern, place in _WHOLE.items():
        path = re.sub(pattern, place, path)
    grows = event.get("type") == "content_block_delta"
    return re.sub(r"^\$\.delta\b", "$.content[]" if grows else "$", path)


def _lost(converted: Converted[WireModel], event: JsonObject) -> set[str]:
    return {f"{loss.kind} {loss.level} {loss.code.value} {_moved(loss.path, event)}" for loss in converted.losses}


@cache
def _differences(name: str, field: str) -> tuple[str, ...]:
    """What only the stream loses, or only the whole reply."""
    root = ROOTS[name]
    probes = (probe for probe in root.search.probes(root.struct, field) if _is_compared(root, probe))
    return tuple(difference for probe in probes for difference in _differences_of(probe, root.surroundings))


def _differences_of(probe: Probe, surroundings: Surroundings) -> Iterator[str]:
    streamed = _lost(surroundings.transcoded(probe.document), probe.document)
    whole = _lost(surroundings.whole(probe.document), probe.document)
    return (f"{subject(probe)}: {loss}" for loss in sorted(streamed ^ whole))


@pytest.mark.parametrize(("root", "field"), [(name, field) for name in ROOTS for field in _fields(ROOTS[name].struct)])
def test_a_stream_loses_what_the_whole_reply_loses(root: str, field: str) -> None:
    differences = _differences(root, field)

    assert [each for each in differences if not any(fnmatchcase(each, pattern) for pattern in ONLY_STREAMED)] == []


def test_every_difference_is_met() -> None:
    found = [
        each for name, root in ROOTS.items() for field in _fields(root.struct) for each in _differences(name, field)
    ]

    assert [pattern for pattern in ONLY_STREAMED if not any(fnmatchcase(each, pattern) for each in found)] == []
