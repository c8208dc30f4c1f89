"""Writes the pages of the reference that are made from the code: ``python -m docs.generate``.

* ``mapping.md`` from the field ledger of the converters;
* ``losses.md`` from the codes of losses and what stands below each of them;
* ``options.md`` and ``dialects.md`` from the dataclasses (`docs.settings`);
* ``golden.md`` and what stands below it from the golden cases (`docs.golden`);
* ``pitfalls.md`` from the catalogue of pitfalls and the names of the tests (`docs.pitfalls`).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final

from docs.golden import cases_page, golden_page, kinds
from docs.pitfalls import pitfalls_page
from docs.settings import dialects_page, options_page

from llm_transcode import losses
from llm_transcode.pairs import messages_chat
from llm_transcode.pairs.fields import Fields
from llm_transcode.pairs.messages_chat.ledger import LEDGER, WHOLE
from llm_transcode.wire import WireModel

__all__ = ["PAGES", "losses_page", "mapping_page"]

_REFERENCE: Final = Path(__file__).with_name("reference")

_DIRECTIONS: Final = {"messages": "Messages to Chat", "chat": "Chat to Messages"}
"""What stands over a table, by the protocol that its models belong to."""

_MAPPING: Final = """\
# Mapping

What becomes of every field on its way between Messages and Chat Completions.
A field with a code is left behind, and the conversion records a [loss](losses.md) with that code.
Where a field comes along only in part, the converter records that too; see the code of each concept.
The [golden cases](golden.md) show whole documents: every row of this page stands in one of them.

This page is made from the tables in the code by `python -m docs.generate`.
"""

_WHOLE: Final = """
## As a whole

These are taken, left or refused as one thing, whatever their fields say.
A loss or an error names the path of the whole.
"""

_LOSSES: Final = """\
# Losses

Each conversion lists what did not come along unchanged, as `Loss(kind, level, code, path, detail)`.

This page is made from `llm_transcode.losses` by `python -m docs.generate`.
"""


def mapping_page() -> str:
    """The page about fields: a section for each concept, with a table for each direction."""
    sections = [_section(concept, list(entries)) for concept, entries in groupby(LEDGER, lambda entry: entry.concept)]
    return _MAPPING + "".join(sections) + _WHOLE + "".join(_whole(protocol) for protocol in _DIRECTIONS)


def _section(concept: str, entries: Iterable[tuple[str, Fields]]) -> str:
    module = import_module(f"{messages_chat.__name__}.{concept}")
    summary = (module.__doc__ or "").partition("\n\n")[0].replace("``", "`")
    tables = [fields for _, fields in entries]
    return f"\n## {concept}\n\n{summary}\n" + "".join(_table(protocol, tables) for protocol in _DIRECTIONS)


def _table(protocol: str, tables: Iterable[Fields]) -> str:
    rows = [row for fields in tables if _protocol(fields.model) == protocol for row in _rows(fields)]
    return _titled(protocol, ("Field", "Becomes, or why it is left behind", "Code", "Level"), rows) if rows else ""


def _rows(fields: Fields) -> Iterator[tuple[str, ...]]:
    """One row for each field, in the order of the model."""
    for name, info in fields.model.model_fields.items():
        label = f"`{fields.model.__name__}.{info.alias or name}`"
        if name in fields.mapped:
            yield label, fields.mapped[name], "", ""
        elif name in fields.dropped:
            drop = fields.dropped[name]
            yield label, drop.detail, f"`{drop.code.value}`", drop.level


def _whole(protocol: str) -> str:
    rows = [(f"`{model.__name__}`", reason) for model, reason in WHOLE.items() if _protocol(model) == protocol]
    return _titled(protocol, ("Type", "What becomes of it"), rows)


def _titled(protocol: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [header, ["---" for _ in header], *rows]
    return f"\n### {_DIRECTIONS[protocol]}\n\n" + "".join(f"| {' | '.join(_cells(cells))} |\n" for cells in lines)


def _cells(cells: Iterable[str]) -> Iterator[str]:
    return (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)


def _protocol(model: type[WireModel]) -> str:
    return model.__module__.split(".")[1]


def losses_page() -> str:
    """The page about losses: their kinds, their levels and their codes."""
    tree = ast.parse(Path(losses.__file__).read_text("utf-8"))
    documented = dict(_documented(tree.body))
    codes = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "LossCode")
    rows = "".join(f"| `{losses.LossCode[name].value}` | {text} |\n" for name, text in _documented(codes.body))
    kinds = f"\nThe kind says what happened.\n{documented['Kind']}\n"
    levels = f"\nThe level says how much it matters.\n{documented['Level']}\n"
    return (_LOSSES + kinds + levels + "\n| Code | What it is about |\n| --- | --- |\n" + rows).replace("``", "`")


def _documented(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    """The names that are followed by a string, with that string."""
    for statement, following in pairwise(body):
        name = _assigned(statement)
        if name and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            yield name, str(following.value.value)


def _assigned(statement: ast.stmt) -> str:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return next((target.id for target in targets if isinstance(target, ast.Name)), "")


PAGES: Final = {
    _REFERENCE / "mapping.md": mapping_page(),
    _REFERENCE / "losses.md": losses_page(),
    _REFERENCE / "options.md": options_page(),
    _REFERENCE / "dialects.md": dialects_page(),
    _REFERENCE / "golden.md": golden_page(),
    **{_REFERENCE / "golden" / f"{kind}.md": cases_page(kind) for kind in kinds()},
    _REFERENCE / "pitfalls.md": pitfalls_page(),
}
"""The text of each page, by its place."""


if __name__ == "__main__":
    for place, text in PAGES.items():
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, "utf-8")
        sys.stdout.write(f"wrote {place.name}\n")
