"""What was measured, as tables of numbers: to be read, to be put into a page, and to be compared later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

__all__ = ["Table", "as_json", "as_markdown", "as_text", "compared", "from_json", "with_tables", "with_text"]

_DIGITS: Final = 3
_END: Final = "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers by row and column; a row need not have a number in each."""

    name: str
    caption: str
    rows: Mapping[str, Mapping[str, float]]
    floor: str = ""
    """The column whose multiples the others are shown as, too."""

    @property
    def columns(self) -> list[str]:
        fullest_first = sorted(self.rows.values(), key=len, reverse=True)
        return list(dict.fromkeys(chain.from_iterable(fullest_first)))


def as_text(table: Table) -> str:
    """For a terminal."""
    lines = _cells(table)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = [
        "  ".join([first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))])
        for first, *rest in lines
    ]
    return "\n".join([f"{table.name}: {table.caption}", "", *(line.rstrip() for line in shown)])


def as_markdown(table: Table) -> str:
    """For a page."""
    header, *rows = ("| " + " | ".join(cells) + " |" for cells in _cells(table))
    return "\n".join([header, "|---" * (len(table.columns) + 1) + "|", *rows])


def _cells(table: Table) -> list[list[str]]:
    rows = [[name, *(_cell(row, column, table.floor) for column in table.columns)] for name, row in table.rows.items()]
    return [["", *table.columns], *rows]


def _cell(row: Mapping[str, float], column: str, floor: str) -> str:
    if column not in row:
        return ""
    number = _number(row[column])
    return f"{number} ({row[column] / row[floor]:.1f})" if floor in row and column != floor else number


def _number(value: float) -> str:
    """Three digits: more of them would change from run to run."""
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    rounded = round(value, _DIGITS - whole)
    return f"{rounded:,.{max(0, _DIGITS - max(whole, 1))}f}"


# -- to compare later ------------------------------------------------------------------------------


def as_json(tables: Iterable[Table]) -> list[dict[str, Any]]:
    return [
        {"name": table.name, "caption": table.caption, "floor": table.floor, "rows": table.rows} for table in tables
    ]


def from_json(document: Iterable[Mapping[str, Any]]) -> list[Table]:
    return [Table(table["name"], table["caption"], table["rows"], table["floor"]) for table in document]


def compared(before: Sequence[Table], after: Sequence[Table]) -> list[Table]:
    """How many times what it was before each number is now; only of what both have."""
    known = {table.name: table for table in before}
    return [
        Table(table.name, "how many times what it was", _quotients(known[table.name], table))
        for table in after
        if table.name in known
    ]


def _quotients(before: Table, after: Table) -> dict[str, dict[str, float]]:
    return {
        name: {column: number / old[column] for column, number in row.items() if old.get(column)}
        for name, row in after.rows.items()
        if (old := before.rows.get(name))
    }


# -- in a page -------------------------------------------------------------------------------------


def with_tables(page: str, tables: Iterable[Table], stamp: str) -> str:
    """The page with each table between the two comments of its name, if it has them.

    Each bears the stamp of its run: not every run measures everything.
    """
    for table in tables:
        caption = f"{table.caption[0].upper()}{table.caption[1:]} ({stamp})."
        page = with_text(page, table.name, f"{caption}\n\n{as_markdown(table)}")
    return page


def with_text(page: str, name: str, text: str) -> str:
    """The page with the text between the two comments of the name."""
    mark = f"<!-- measured: {name} -->"
    before, marked, rest = page.partition(mark)
    _, ended, after = rest.partition(_END)
    return f"{before}{mark}\n\n{text}\n\n{_END}{after}" if marked and ended else page
