"""What MkDocs does not do by itself: folders in the navigation, and links from a page to a file of the source."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

__all__ = ["on_config", "on_files", "on_page_markdown"]

_CHECKOUT: Final = Path(__file__).parents[2]
_DOCS: Final = _CHECKOUT / "docs"

_LINK: Final = re.compile(r"(\]\()([^)#:\s]+)((?:#[^)]*)?\))")
"""A link to a file: what stands before its address, the address, and what follows."""

_TOP: Final = {"README.md": "read-me.md", "CHANGELOG.md": "changelog.md"}
"""Pages of the site that lie elsewhere in the checkout. (MkDocs would take a README for the front page.)"""

_LANGUAGES: Final = {".py": "python", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages of a folder into the navigation where the folder's name stands, but for those named already."""
    named = set(_names(config.nav))
    config.nav = [entry for given in config.nav or [] for entry in _expanded(given, named)]
    return config


def _names(entry: Any) -> Iterator[str]:
    """Every address in a part of the navigation."""
    if isinstance(entry, str):
        yield entry
    else:
        for inner in entry.values() if isinstance(entry, dict) else entry:
            yield from _names(inner)


def _expanded(entry: Any, named: set[str]) -> Iterator[Any]:
    """An entry with its folders replaced by their pages; nothing if there are none."""
    if isinstance(entry, str):
        yield from _pages(entry, named) if entry.endswith("/") else [entry]
        return
    for title, inner in entry.items():
        if isinstance(inner, str) and not inner.endswith("/"):
            yield entry
        else:
            entries = [inner] if isinstance(inner, str) else inner
            pages = [page for given in entries for page in _expanded(given, named)]
            yield from [{title: pages}] if pages else []


def _pages(folder: str, named: set[str]) -> list[str]:
    pages = (page.relative_to(_DOCS).as_posix() for page in sorted((_DOCS / folder).rglob("*.md")))
    return [page for page in pages if page not in named]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside of the folder of the documentation and is linked from a page, as a page of its own."""
    for name in _TOP:
        _add(files, config, name)
    for page in list(files.documentation_pages()):
        for _, address, _ in _LINK.findall(page.content_string):
            name = _outside(_place_of(page.src_uri), address)
            if name is not None:
                _add(files, config, name)
    return files


def _add(files: Files, config: MkDocsConfig, name: str) -> None:
    place = _CHECKOUT / name
    if files.get_file_from_path(_page_of(name)) is None:
        content = place.read_text("utf-8") if place.suffix == ".md" else _shown(place)
        files.append(File.generated(config, _page_of(name), content=content))


def _shown(place: Path) -> str:
    """The page that shows a file, or lists a folder."""
    name = place.relative_to(_CHECKOUT).as_posix()
    if place.is_dir():
        return f"# `{name}`\n\n" + "".join(f"- `{inner.name}`\n" for inner in sorted(place.iterdir()))
    return f"# `{name}`\n\n~~~~~~{_LANGUAGES.get(place.suffix, 'text')}\n{place.read_text('utf-8')}\n~~~~~~\n"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to files of the source lead to their pages."""
    return _LINK.sub(lambda found: found[1] + _address(page.file.src_uri, found[2]) + found[3], markdown)


def _address(page: str, address: str) -> str:
    """What a link in a page of the site has to say; ``address`` is relative to where the page lies in the checkout."""
    place = _place_of(page)
    name = _outside(place, address)
    if name is None and place == page:
        return address
    target = _page_of(name) if name else posixpath.relpath(_joined(place, address), "docs")
    return posixpath.relpath(target, posixpath.dirname(page) or ".")


def _place_of(page: str) -> str:
    """Where a page of the site lies, seen from the folder of the documentation."""
    return next((f"../{name}" for name, shown in _TOP.items() if shown == page), page)


def _outside(place: str, address: str) -> str | None:
    """The name in the checkout of a file outside of the documentation that a page links to, if it does."""
    name = _joined(place, address)
    return None if name.startswith(("docs/", "..")) or not (_CHECKOUT / name).exists() else name


def _joined(place: str, address: str) -> str:
    return posixpath.normpath(posixpath.join("docs", posixpath.dirname(place), address))


def _page_of(name: str) -> str:
    """Where in the site a file of the checkout is shown."""
    return _TOP.get(name, f"source/{name.removeprefix('.')}.md")  # MkDocs leaves out what begins with a dot
