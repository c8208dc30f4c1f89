"""Whole streams of both protocols, as hypothesis draws them: valid, small, and with the liberties that vendors take.

A stream is drawn in two steps: what it says, and how. The same thing said twice differs in how texts are
cut into pieces, in the order of what may come side by side, and in the habits of one server or another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.strategies import chat_usages, json_objects, messages_usages, names, texts
from tests.streams import DONE, block, chunk, message_start

__all__ = ["Call", "as_bytes", "calls", "chat_streams", "fragments", "messages_streams", "pieces_of", "told_calls"]

JsonObject: TypeAlias = dict[str, Any]
Call: TypeAlias = tuple[str, str, str]
"""Id, name and arguments of a call."""


@st.composite
def pieces_of(draw: DrawFn, text: str) -> list[str]:
    """A text cut anywhere."""
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=3)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True) if text[start:end]]


@st.composite
def calls(draw: DrawFn, max_size: int = 3) -> list[Call]:
    """Calls with ids of their own."""
    found = draw(st.lists(st.tuples(names, json_objects), max_size=max_size))
    dumped = [json.dumps(each, ensure_ascii=draw(st.booleans())) for _, each in found]
    return [(f"call_{at}", name, text) for at, ((name, _), text) in enumerate(zip(found, dumped, strict=True))]


# -- Chat ------------------------------------------------------------------------------------------


@st.composite
def chat_streams(draw: DrawFn) -> list[JsonObject]:
    """The chunks of a reply that comes to its end."""
    deltas = draw(_prose_deltas())
    told = draw(calls())
    deltas += draw(told_calls(told))
    chunks = [chunk({"role": "assistant", "content": ""}), *(chunk(delta) for delta in deltas)]
    finish = draw(st.sampled_from(["tool_calls" if told else "stop", "stop", "length", "content_filter"]))
    if draw(st.booleans()):
        chunks.append(chunk(finish=finish))
    else:
        chunks[-1]["choices"][0]["finish_reason"] = finish
    _add_usage(draw, chunks)
    _add_habits(draw, chunks)
    for where, extras in (("chunk", _EXTRAS_OF_CHUNKS), ("choice", _EXTRAS_OF_CHOICES), ("delta", _EXTRAS_OF_DELTAS)):
        _add_extras(draw, [place for each in chunks for place in _places(each, where)], extras)
    return chunks


@st.composite
def _prose_deltas(draw: DrawFn) -> list[JsonObject]:
    """Reasoning under one of its names, then text."""
    slot = draw(st.sampled_from(["reasoning_content", "reasoning", "reasoning_text"]))
    reasoning, text = draw(texts | st.just("")), draw(texts | st.just(""))
    if draw(st.booleans()) and draw(st.booleans()):
        return draw(_parts(reasoning, text))
    deltas: list[JsonObject] = [{slot: piece} for piece in draw(pieces_of(reasoning))] if reasoning else []
    match draw(st.sampled_from(["unsigned", "signed at the end", "in both slots"])):
        case "signed at the end":
            deltas.append(_thought(reasoning, "c2ln"))
        case "in both slots":
            deltas = [{**delta, **_thought(delta[slot], None)} for delta in deltas] + [_thought("", "c2ln")]
    said = draw(pieces_of(text)) if text else []
    return deltas + [{"content": piece} for piece in said]


@st.composite
def _parts(draw: DrawFn, reasoning: str, text: str) -> list[JsonObject]:
    """Mistral's manner, in which everything is a part; a refusal is OpenAI's, and whole."""
    said = draw(st.sampled_from(["text", "refusal"]))
    thinking = [
        {"type": "thinking", "thinking": [{"type": "text", "text": piece}]} for piece in draw(pieces_of(reasoning))
    ]
    pieces = draw(pieces_of(text)) if said == "text" else [text]
    texts_said = [{"type": said, said: piece} for piece in pieces if piece]
    return [{"content": [part]} for part in (*thinking, *texts_said)]


def _thought(text: str, signature: str | None) -> JsonObject:
    """LiteLLM's slot."""
    return {"thinking_blocks": [{"type": "thinking", "thinking": text, "signature": signature}]}


@st.composite
def told_calls(draw: DrawFn, told: list[Call]) -> list[JsonObject]:
    """The deltas of calls, in the manner of one server or another."""
    manner = draw(st.sampled_from(["official", "side by side", "all 0", "no index", "repeated", "emptied"]))
    each = [draw(fragments(at, call)) for at, call in enumerate(told)]
    if manner == "side by side":
        return [{"tool_calls": [fragment]} for fragment in draw(_mixed(each))]
    for at, fragments_of_one in enumerate(each):
        for position, fragment in enumerate(fragments_of_one):
            _mannered(fragment, manner, told[at], position)
    return [{"tool_calls": [fragment]} for fragments_of_one in each for fragment in fragments_of_one]


@st.composite
def fragments(draw: DrawFn, index: int, call: Call) -> list[JsonObject]:
    """A call as OpenAI streams it."""
    call_id, name, arguments = call
    first, *rest = ["", *draw(pieces_of(arguments))] if draw(st.booleans()) else draw(pieces_of(arguments))
    function = {"name": name, "arguments": first}
    opening = {"index": index, "id": call_id, "type": "function", "function": function}
    return [opening, *({"index": index, "function": {"arguments": piece}} for piece in rest)]


def _mannered(fragment: JsonObject, manner: str, call: Call, position: int) -> None:
    if manner == "all 0":
        fragment["index"] = 0
    elif manner == "no index":
        del fragment["index"]
    elif position and manner == "repeated":
        fragment["id"] = call[0]
        fragment["function"]["name"] = call[1]
    elif position and manner == "emptied":
        fragment["id"] = fragment["function"]["name"] = ""


@st.composite
def _mixed(draw: DrawFn, sequences: list[list[JsonObject]]) -> list[JsonObject]:
    """Sequences mixed with each other, each in its own order; their first items come in order."""
    waiting = [list(sequence) for sequence in sequences]
    out: list[JsonObject] = []
    begun = 0
    while any(waiting):
        ready = [at for at, rest in enumerate(waiting) if rest and at <= begun]
        at = draw(st.sampled_from(ready))
        begun = max(begun, at + 1)
        out.append(waiting[at].pop(0))
    return out


def _add_usage(draw: DrawFn, chunks: list[JsonObject]) -> None:
    usage = draw(chat_usages())
    match draw(st.sampled_from(["own chunk", "last chunk", "each chunk"])):
        case "own chunk":
            chunks.append(chunk(choices=[], usage=usage))
        case "last chunk":
            chunks[-1]["usage"] = usage
        case _:
            for each in chunks:
                each["usage"] = usage


def _add_habits(draw: DrawFn, chunks: list[JsonObject]) -> None:
    """What some servers add to every chunk, and what means nothing."""
    habit = draw(st.sampled_from(["none", "role", "empty", "null", "preamble", "finish reason"]))
    if habit == "preamble":
        chunks.insert(0, chunk(choices=[], prompt_filter_results=[]))
    for choice in (choice for each in chunks for choice in each["choices"]):
        if habit == "role":
            choice["delta"]["role"] = "assistant"
        elif habit == "empty":
            choice["delta"] = {"content": "", "reasoning_content": "", "tool_calls": [], **choice["delta"]}
        elif habit == "null":
            choice["delta"] = {"content": None, "refusal": None, "tool_calls": None, **choice["delta"]}
        elif habit == "finish reason":
            choice["finish_reason"] = choice["finish_reason"] or ""


_EXTRAS_OF_CHUNKS: Final[dict[str, Any]] = {
    "service_tier": "default",
    "system_fingerprint": "fp",
    "obfuscation": "x",
    "brand_new": 0,
}
_EXTRAS_OF_CHOICES: Final[dict[str, Any]] = {
    "logprobs": {"content": []},
    "native_finish_reason": "STOP",
    "service_tier": "of the choice",
    "brand_new": {"x": 1},
}
_EXTRAS_OF_DELTAS: Final[dict[str, Any]] = {"annotations": [], "brand_new": False, "extra_content": {"x": 1}}
"""What some servers add, in one chunk or in all of them."""


def _places(each: JsonObject, where: str) -> list[JsonObject]:
    """The objects of a kind in a chunk."""
    if where == "chunk":
        return [each]
    return [choice["delta"] if where == "delta" else choice for choice in each["choices"]]


def _add_extras(draw: DrawFn, places: list[JsonObject], extras: JsonObject) -> None:
    name = draw(st.sampled_from(["", *extras]))
    # A tier that comes late has no place in Messages.
    alone = places[:1] if name == "service_tier" else places
    chosen = draw(st.sampled_from([places, *([place] for place in alone)]))
    for place in chosen if name else ():
        place[name] = extras[name]


# -- Messages --------------------------------------------------------------------------------------


@st.composite
def messages_streams(draw: DrawFn) -> list[JsonObject]:
    """The events of a reply that comes to its end."""
    usage = draw(messages_usages)
    blocks = [each for _, each in zip(range(4), draw(st.lists(_blocks(), max_size=4)), strict=False)]
    started = message_start(usage={**usage, "output_tokens": 1})
    events = [started, *(event for at, (opening, deltas) in enumerate(blocks) for event in block(at, opening, deltas))]
    if draw(st.booleans()):  # Kimi
        events = [event for event in events if event["type"] != "content_block_stop"]
    called = any(opening["type"] == "tool_use" for opening, _ in blocks)
    events += draw(_ends(usage, "tool_use" if called else "end_turn"))
    _add_extras(draw, events, {"brand_new": 0})
    if draw(st.booleans()):
        events.insert(draw(st.integers(1, len(events) - 1)), {"type": "brand_new", "index": 0})
    for at in sorted(draw(st.sets(st.integers(1, len(events)), max_size=2)), reverse=True):
        events.insert(at, {"type": "ping"})
    return _with_own_ids(events)


def _with_own_ids(events: list[JsonObject]) -> list[JsonObject]:
    for at, event in enumerate(events):
        if event.get("content_block", {}).get("type") == "tool_use":
            event["content_block"]["id"] = f"toolu_{at}"
    return events


@st.composite
def _ends(draw: DrawFn, usage: JsonObject, usual: str) -> list[JsonObject]:
    stop = draw(st.sampled_from([usual, "max_tokens", "stop_sequence", "refusal"]))
    delta: JsonObject = {"stop_reason": stop, "stop_sequence": "###" if stop == "stop_sequence" else None}
    if stop == "refusal":
        delta["stop_details"] = {"type": "refusal", "category": "bio", "explanation": draw(st.none() | texts)}
    last = {"type": "message_delta", "delta": delta, "usage": draw(st.sampled_from([usage, _partly(usage)]))}
    early = {"type": "message_delta", "delta": {"stop_reason": None}, "usage": {"output_tokens": 0}}
    return [*([early] if draw(st.booleans()) else []), last, {"type": "message_stop"}]


def _partly(usage: JsonObject) -> JsonObject:
    return {"input_tokens": None, "output_tokens": usage["output_tokens"]}


@st.composite
def _blocks(draw: DrawFn) -> tuple[JsonObject, list[JsonObject]]:
    """A block and its deltas."""
    kind = draw(st.sampled_from(["text", "thinking", "whole", "summary", "call", "whole call", "server"]))
    if kind == "whole":
        return draw(st.sampled_from(_WHOLE)), []
    if kind == "summary":
        return {"type": "compaction", "content": None}, _deltas("compaction_delta", "content", [draw(texts)])
    if kind == "text":
        first, *rest = ["", *draw(pieces_of(draw(texts)))] if draw(st.booleans()) else draw(pieces_of(draw(texts)))
        cited = [{"type": "citations_delta", "citation": each} for each in draw(st.lists(_CITATIONS, max_size=2))]
        return {"type": "text", "text": first}, [*_deltas("text_delta", "text", rest), *cited]
    if kind == "thinking":
        deltas = _deltas("thinking_delta", "thinking", draw(pieces_of(draw(texts))) if draw(st.booleans()) else [])
        deltas += _deltas("signature_delta", "signature", ["c2ln"])
        return {"type": "thinking", "thinking": "", "signature": ""}, deltas
    return draw(_calls_of_messages(kind))


_WHOLE: Final[tuple[JsonObject, ...]] = (
    {"type": "redacted_thinking", "data": "ZGF0YQ"},
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu", "content": []},
    {"type": "container_upload", "file_id": "file"},
    {"type": "brand_new", "x": 1},
)
"""Blocks that come whole."""

_CITATIONS: Final = st.sampled_from(
    [
        {"type": "web_search_result_location", "url": "https://a.example", "cited_text": "a", "encrypted_index": "eA"},
        {"type": "page_location", "cited_text": "a", "document_index": 0, "start_page_number": 1, "end_page_number": 2},
        {"type": "brand_new_location"},
    ]
)


@st.composite
def _calls_of_messages(draw: DrawFn, kind: str) -> tuple[JsonObject, list[JsonObject]]:
    given = draw(json_objects)
    tag = "server_tool_use" if kind == "server" else "tool_use"
    opening: JsonObject = {"type": tag, "id": "toolu", "name": draw(names), "input": {}}
    if kind == "whole call":
        return {**opening, "input": given}, []
    text = json.dumps(given, separators=(",", ":"), ensure_ascii=False) if given else ""
    return opening, _deltas("input_json_delta", "partial_json", ["", *(draw(pieces_of(text)) if text else [])])


def _deltas(kind: str, key: str, pieces: Iterable[str]) -> list[JsonObject]:
    return [{"type": kind, key: piece} for piece in pieces]


# -- bytes -----------------------------------------------------------------------------------------

_COMMENTS: Final = (b": OPENROUTER PROCESSING\n\n", b":\n\n", b"id: 7\nretry: 10\n\n")


@st.composite
def as_bytes(draw: DrawFn, events: SearchStrategy[list[JsonObject]]) -> bytes:
    """The events of a stream on the wire, with the liberties that the format allows."""
    line_end = draw(st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"]))
    colon = draw(st.sampled_from([b": ", b":"]))
    drawn = draw(events)
    ascii_only = draw(st.booleans())
    body = b"".join(_event_bytes(event, colon, ascii_only) for event in drawn)
    if "choices" in drawn[0]:
        body += draw(st.sampled_from([DONE, DONE.strip(), b""]))
    if draw(st.booleans()):
        body = draw(st.sampled_from(_COMMENTS)) + body
    return body.replace(b"\n", line_end)


def _event_bytes(event: JsonObject, colon: bytes, ascii_only: bool) -> bytes:
    data = json.dumps(event, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    name = b"event%b%b\n" % (colon, event["type"].encode()) if "type" in event else b""
    return b"%bdata%b%b\n\n" % (name, colon, data)
