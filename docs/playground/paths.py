"""JSON paths, as losses have them, in documents of plain data."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final, TypeAlias

from llm_transcode.json_text import render_path

__all__ = ["Path", "differences", "parse_path", "without"]

Path: TypeAlias = tuple[str | int, ...]

_STEP: Final = re.compile(r'\.([^.\[]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')

_MISSING: Final = object()


def parse_path(text: str) -> Path:
    """The reverse of `render_path`."""
    return tuple(int(index) if index else name or json.loads(quoted) for name, index, quoted in _STEP.findall(text))


def without(document: Any, path: Path) -> Any:
    """A copy of a document that lacks what stands at a path; the document itself if nothing stands there."""
    if not path:
        return document
    key, rest = path[0], path[1:]
    if isinstance(document, dict) and key in document:
        changed = {key: without(document[key], rest)} if rest else {}
        return {name: changed.get(name, value) for name, value in document.items() if rest or name != key}
    if isinstance(document, list) and isinstance(key, int) and key < len(document):
        return [*document[:key], *([without(document[key], rest)] if rest else []), *document[key + 1 :]]
    return document


def differences(ours: Any, theirs: Any) -> list[str]:
    """The paths in the first document at which it has what the second has not, each as deep as possible."""
    return [render_path(path) for path in _differing(ours, theirs, ())]


def _differing(ours: Any, theirs: Any, path: Path) -> list[Path]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        pairs = [(key, value, theirs.get(key, _MISSING)) for key, value in ours.items()]
    elif isinstance(ours, list) and isinstance(theirs, list):
        pairs = _aligned(ours, theirs)
    else:
        return [] if type(ours) is type(theirs) and ours == theirs else [path]
    return [inner for key, value, other in pairs for inner in _differing(value, other, (*path, key))]


def _aligned(ours: Sequence[Any], theirs: Sequence[Any]) -> list[tuple[int, Any, Any]]:
    """Entries with their counterparts: what is equal at the end stays out, so that an insertion is one difference."""
    end = 0
    while end < min(len(ours), len(theirs)) and ours[-1 - end] == theirs[-1 - end]:
        end += 1
    pairs = zip_longest(ours[: len(ours) - end], theirs[: len(theirs) - end], fillvalue=_MISSING)
    return [(index, value, other) for index, (value, other) in enumerate(pairs) if value is not _MISSING]
