"""The pages about options and dialects, made from the dataclasses and what stands below their fields."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, dataclass, fields
from itertools import groupby, pairwise
from types import ModuleType
from typing import Any, Final

from llm_transcode import dialects, facts, options
from llm_transcode.dialects import DIALECTS, Dialect
from llm_transcode.facts import ModelFacts
from llm_transcode.options import Options

__all__ = ["Entry", "dialects_page", "entries", "options_page"]

_OPTIONS: Final = """\
# Options

`Options` is a frozen dataclass: make one, and pass it to requests and replies alike.
Each field is a choice on which users really disagree; the defaults need no reading.

This page is made from `llm_transcode.options` and `llm_transcode.facts` by `python -m docs.generate`.
"""

_FACTS: Final = """
## Facts about models

`Options.model_facts` takes a `ModelFacts`, for a model that the shipped table does not know or knows wrongly.

"""

_DIALECTS: Final = """\
# Dialects

A `Dialect` says how a compatible backend deviates from the protocol that it speaks.
Name one in `Options.dialect`, or make your own with `dataclasses.replace`; see [how](../how-to/pick-a-dialect.md).

This page is made from `llm_transcode.dialects` by `python -m docs.generate`.

## Fields
"""

_SECTION: Final = re.compile(r" +# -- (.+)")


@dataclass(frozen=True)
class Entry:
    """A field, and what its class says of it."""

    section: str
    name: str
    type: str
    default: str
    text: str


def options_page() -> str:
    """The page about `Options` and `ModelFacts`."""
    return _OPTIONS + _sections(Options, options) + _FACTS + _table(entries(ModelFacts, facts))


def dialects_page() -> str:
    """The page about `Dialect` and the dialects that ship."""
    named = "".join(map(_dialect, DIALECTS.values()))
    return _DIALECTS + _sections(Dialect, dialects, "###") + "\n## Those that ship\n" + named


def _dialect(dialect: Dialect) -> str:
    rows = [f"| `{name}` | `{value!r}` |\n" for name, value in _deviations(dialect)]
    table = "| Field | Value |\n| --- | --- |\n" + "".join(rows) if rows else "As the defaults say.\n"
    return f"\n### `{dialect.name}`\n\nSpeaks `{dialect.protocol}`.\n\n{table}"


def _deviations(dialect: Dialect) -> Iterator[tuple[str, object]]:
    """The fields that have another value than the default."""
    for each in fields(Dialect):
        value = getattr(dialect, each.name)
        if each.name not in ("name", "protocol") and value != each.default:
            yield each.name, value


def _sections(cls: type[Any], module: ModuleType, heading: str = "##") -> str:
    """A table for each group of fields, below the heading that the comments give it."""
    groups = groupby(entries(cls, module), lambda entry: entry.section)
    return "".join(f"\n{_title(heading, name)}{_table(rows)}" for name, rows in groups)


def _title(heading: str, name: str) -> str:
    return f"{heading} {name[:1].upper()}{name[1:]}\n\n" if name else ""


def _table(shown: Iterable[Entry]) -> str:
    rows = ([f"`{entry.name}`", f"`{entry.type}`", entry.default, entry.text] for entry in shown)
    lines = [["Field", "Type", "Default", "Meaning"], ["---"] * 4, *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def entries(cls: type[Any], module: ModuleType) -> Iterator[Entry]:
    """One for each field of a dataclass, in its order."""
    by_name = {each.name: each for each in fields(cls)}
    source = inspect.getsource(module)
    lines = source.splitlines()
    for statement, following in pairwise(_body(source, cls.__name__)):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name, annotation = statement.target.id, ast.unparse(statement.annotation)
            section = _section_of(lines[: statement.lineno])
            yield Entry(section, name, annotation, _shown(by_name[name]), _text(following))


def _body(source: str, name: str) -> list[ast.stmt]:
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    return next(node.body for node in classes if node.name == name)


def _text(statement: ast.stmt) -> str:
    """What stands below a field."""
    text = ast.literal_eval(statement.value) if isinstance(statement, ast.Expr) else ""
    return str(text).replace("``", "`")


def _section_of(lines: list[str]) -> str:
    """The last heading among the comments."""
    return next((found[1] for line in reversed(lines) if (found := _SECTION.fullmatch(line))), "")


def _shown(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "required"
    if isinstance(field.default, frozenset) and not field.default:
        return "none"
    return f"`{field.default!r}`"
