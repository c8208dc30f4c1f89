"""The pages about golden cases, made from their files in ``tests/golden``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["cases_page", "golden_page", "kinds"]

_CASES: Final = Path(__file__).parents[1] / "tests" / "golden"

_KINDS: Final = {
    "request": "Requests",
    "response": "Replies",
    "stream": "Streams",
    "error": "Errors",
    "models": "Listings of models",
}
_DIRECTIONS: Final = {"to_chat": ("messages", "chat"), "to_messages": ("chat", "messages")}
_PROTOCOLS: Final = {"messages": "Messages", "chat": "Chat"}

_INDEX: Final = """\
# Golden cases

What documents become, whole, with every loss: each case below is a test that compares every byte.
The [mapping](mapping.md) says what becomes of each field; every row of it stands in one of these cases.

This page and those it links to are made from `tests/golden` by `python -m docs.generate`.
"""

_KIND: Final = """\
# {title}

Each case shows what comes in, what goes out and what that [costs](../losses.md).
The page is made from `tests/golden/{kind}` by `python -m docs.generate`.
"""

_REFUSED: Final = "Refused: `{error}` at `{path}`.\n\n"


def kinds() -> tuple[str, ...]:
    """The kinds of documents, each with a page of its own."""
    return tuple(_KINDS)


def golden_page() -> str:
    """The page that lists all cases: first the choices that were made, then everything."""
    choices = [f"| {_link(case)} | {note} |\n" for case in _places() if (note := _note(case))]
    return _INDEX + _choices(choices) + "".join(_listing(kind) for kind in _KINDS)


def _choices(rows: list[str]) -> str:
    head = "| Case | What is done, and why |\n| --- | --- |\n"
    return "\n## Choices\n\nWhere another converter might do otherwise.\n\n" + head + "".join(rows)


def _listing(kind: str) -> str:
    return f"\n## {_KINDS[kind]}\n\n" + "".join(f"- {_link(place)}: {_outcome(place)}\n" for place in _places(kind))


def _link(place: Path) -> str:
    anchor = place.name.replace("_", "-")
    return f"[{_title(place)}](golden/{place.parent.name}.md#{anchor})"


def _outcome(place: Path) -> str:
    return "; ".join(_summary(direction, losses) for direction, losses in _losses(place).items())


def _summary(direction: str, losses: Any) -> str:
    source, target = _DIRECTIONS[direction]
    return f"{_PROTOCOLS[source]} to {_PROTOCOLS[target]}, {_price(losses)}"


def _price(losses: Any) -> str:
    if isinstance(losses, dict):
        return "refused"
    if not losses:
        return "nothing lost"
    warnings = sum(loss["level"] == "warning" for loss in losses)
    counted = f"{len(losses)} {'loss' if len(losses) == 1 else 'losses'}"
    return f"{counted}, {warnings} of them to warn of" if warnings else counted


# -- one kind --------------------------------------------------------------------------------------


def cases_page(kind: str) -> str:
    """The page of one kind of documents: every case, whole."""
    return _KIND.format(title=_KINDS[kind], kind=kind) + "".join(_case(place) for place in _places(kind))


def _case(place: Path) -> str:
    parts = [f"\n## {_title(place)}\n", _note(place), _settings(_read(place / "case.json"))]
    parts.append(_folded(place, _losses(place)))
    return "\n".join(part if part.endswith("\n") else part + "\n" for part in parts if part)


def _settings(settings: Mapping[str, Any]) -> str:
    lines = [f"`Options.{name}` is `{json.dumps(value)}`.\n" for name, value in settings.get("options", {}).items()]
    if "request" in settings:
        kind, _, name = settings["request"].partition("/")
        lines.append(f"It answers [{name.replace('_', ' ')}]({kind}.md#{name.replace('_', '-')}).\n")
    return "".join(lines)


def _folded(place: Path, losses: Mapping[str, Any]) -> str:
    """The documents, the source first, and what each direction costs."""
    documents = "".join(_document(place, protocol) for protocol in _DIRECTIONS[next(iter(losses))])
    costs = "".join(_cost(direction, cost, named=len(losses) > 1) for direction, cost in losses.items())
    return f'<details markdown="1">\n<summary>{_outcome(place)}</summary>\n\n{documents}{costs}</details>\n'


def _cost(direction: str, losses: Any, *, named: bool) -> str:
    if isinstance(losses, dict):
        return _REFUSED.format(**losses)
    return f"{_summary(direction, losses)}:\n\n{_table(losses)}" if named and losses else _table(losses)


def _document(place: Path, protocol: str) -> str:
    """One file; nothing if the document is refused."""
    suffix = "sse" if place.parent.name == "stream" else "json"
    file = place / f"{protocol}.{suffix}"
    if not file.exists():
        return ""
    text = file.read_text("utf-8").rstrip("\n")
    return f"{_PROTOCOLS[protocol]}:\n\n```{'text' if suffix == 'sse' else suffix}\n{text}\n```\n\n"


def _table(losses: list[Mapping[str, str]]) -> str:
    rows = "".join(f"| {loss['kind']} | {loss['level']} | `{loss['code']}` | `{loss['path']}` |\n" for loss in losses)
    return f"| Kind | Level | Code | Path |\n| --- | --- | --- | --- |\n{rows}\n" if rows else ""


# -- files -----------------------------------------------------------------------------------------


def _places(kind: str = "*") -> Iterator[Path]:
    return (losses.parent for losses in sorted(_CASES.glob(f"{kind}/*/losses.json")))


def _title(place: Path) -> str:
    return place.name.replace("_", " ")


def _note(place: Path) -> str:
    note = place / "note.md"
    return " ".join(note.read_text("utf-8").split()) if note.exists() else ""


def _losses(place: Path) -> Mapping[str, Any]:
    return _read(place / "losses.json")


def _read(place: Path) -> Mapping[str, Any]:
    return json.loads(place.read_text("utf-8")) if place.exists() else {}
