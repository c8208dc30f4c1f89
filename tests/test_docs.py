"""What the documentation shows works: its Python runs, its links lead somewhere, its commands are the real ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

CHECKOUT: Final = Path(__file__).parents[1]
PAGES: Final = (CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md")))

_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXTRA: Final = re.compile(r"^(?:import|from) (aiohttp|anyio|fastapi|httpx2|starlette|uvicorn)\b", re.MULTILINE)
"""What the extra `examples` installs."""
_LINK: Final = re.compile(r"\]\((?!https?:)([^)#]+)")


def blocks(language: str) -> Iterator[tuple[Path, int, str]]:
    """Each fenced block of a language: the page, the line it begins on, and the block."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in _BLOCK.finditer(text):
            if found[1] == language:
                yield page, text.count("\n", 0, found.start(2)) + 1, found[2]


def name(value: object) -> str | None:
    return value.name if isinstance(value, Path) else None


@pytest.mark.parametrize(("page", "line", "code"), list(blocks("python")), ids=name)
def test_python(page: Path, line: int, code: str) -> None:
    for module in _EXTRA.findall(code):
        pytest.importorskip(module)
    # The blank lines make a traceback point into the page.
    exec(compile("\n" * (line - 1) + code, str(page), "exec"), {"__name__": "__docs__"})


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links(page: Path) -> None:
    broken = [link for link in _LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]

    assert broken == []


def test_continuous_integration_runs_the_command_of_the_pages() -> None:
    commands = {code.strip() for _, _, code in blocks("sh") if "tox" in code}

    assert len(commands) == 1
    assert commands.pop() in (CHECKOUT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("columns", ["80", "140"])
def test_the_example(columns: str) -> None:
    example = [sys.executable, str(CHECKOUT / "examples" / "convert.py")]
    search = os.pathsep.join(path for path in sys.path if path)
    shown = subprocess.run(
        example, env={"COLUMNS": columns, "PYTHONPATH": search}, capture_output=True, encoding="utf-8", check=True
    ).stdout

    assert "\033" not in shown
    assert max(map(len, shown.splitlines())) <= int(columns)
    assert "[tool_error]" in shown
    assert '"stop_reason": "tool_use"' in shown
