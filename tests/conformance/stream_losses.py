"""Where the losses of a stream stand in the reply that the stream amounts to.

A loss of a stream points into one of its events. What is compared are whole replies, so the paths are
carried over; a loss that its event ties to no certain block may stand at any block it can mean.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Final

from llm_transcode import Loss, LossCode

from .documents import Fault, JsonObject, array, objects, places, record

__all__ = ["path_faults", "placed"]

_DELTA: Final = "$.choices[0].delta"
_CALL: Final = f"{_DELTA}.tool_calls[0]"
_NAMED: Final = (LossCode.SERVER_BLOCK, LossCode.UNKNOWN_BLOCK)
"""Losses of whole blocks, whose detail names the type of the block."""


def path_faults(losses: Iterable[Loss], events: Iterable[JsonObject]) -> Iterator[Fault]:
    """Losses that point at nothing that any of the events holds."""
    lost = {loss.path: loss for loss in losses if loss.kind != "invented"}
    known = {place for event in events for place in places(event)} if lost else set[str]()
    for path, loss in lost.items():
        if path not in known:
            yield Fault("loss path", (), f"{loss.code.value} points at {path}, which does not exist")


def placed(losses: Iterable[Loss], reply: JsonObject, protocol: str) -> Iterator[Loss]:
    """The losses of a stream, at the places of the whole reply that they can mean."""
    for loss in losses:
        found = _in_message(loss, reply) if protocol == "messages" else _in_completion(loss, reply)
        for path in found:
            yield dataclasses.replace(loss, path=path)


def _in_message(loss: Loss, reply: JsonObject) -> Iterator[str]:
    if loss.path.startswith("$.content_block"):
        for (index,), block in objects(reply.get("content"), ()):
            if loss.code not in _NAMED or repr(block.get("type")) in loss.detail:
                yield loss.path.replace("$.content_block", f"$.content[{index}]", 1)
    elif loss.path.startswith("$.delta.citation"):
        yield from (f"$.content[{index}].citations" for index, _ in enumerate(array(reply.get("content"))))
    else:
        yield loss.path.replace("$.message.", "$.", 1).replace("$.delta.", "$.", 1)


def _in_completion(loss: Loss, reply: JsonObject) -> Iterator[str]:
    choices = array(reply.get("choices"))
    message = record(record(choices[0] if choices else None).get("message"))
    if loss.code is LossCode.CANDIDATES:
        yield from (f"$.choices[{index}]" for index in range(1, len(choices)))
    elif loss.path.startswith(_CALL):
        for index, _ in enumerate(array(message.get("tool_calls"))):
            yield loss.path.replace(_CALL, f"$.choices[0].message.tool_calls[{index}]", 1)
    else:
        yield loss.path.replace(_DELTA, "$.choices[0].message", 1).replace("$.x_groq.usage", "$.usage", 1)
