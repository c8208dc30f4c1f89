"""Completes the site with what the playground runs: ``python -m docs.playground.build SITE``.

Pyodide comes from npm, pydantic and what it needs from PyPI, each by its name through the ordinary client.
The two fit together by `_PYODIDE` and `_PLATFORM`: a release of Pyodide runs one version of Python on one
platform, and the wheels of pydantic-core say for which they are made. What is fetched is never committed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.golden.cases import ALL, DIRECTIONS, Case

__all__ = ["build"]

_CHECKOUT: Final = Path(__file__).parents[2]

_PYODIDE: Final = "314.0.7"
"""Runs Python 3.14 on `_PLATFORM`; see https://pyodide.org/en/stable/development/abi.html"""
_PYTHON: Final = "3.14"
_PLATFORM: Final = "pyemscripten_2026_0_wasm32"
_PYDANTIC: Final = "pydantic>=2.14,<3"

_MERMAID: Final = "@mermaid-js/tiny@12.0.0"
"""Draws the diagrams of the pages; the theme would load it from elsewhere."""

_RUNTIME: Final = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")

_PROGRAM: Final = (
    "docs/settings.py",
    "docs/playground/paths.py",
    "docs/playground/jobs.py",
    "docs/playground/steps.py",
    "docs/playground/bridge.py",
    "tests/golden/rendering.py",
)
"""What runs in the browser besides the library, by its place in the checkout."""

_PAGE: Final = ("*.html", "*.css", "*.js")


def build(site: Path) -> None:
    """Write the runtime, the library, the examples and their manifest below ``site``."""
    runtime = site / "playground" / "runtime"
    shutil.rmtree(runtime, ignore_errors=True)
    runtime.mkdir(parents=True)
    _unpack(f"pyodide@{_PYODIDE}", _RUNTIME, runtime)
    _unpack(_MERMAID, ("dist/mermaid.tiny.js",), site / "assets")
    _fetch_wheels(runtime)
    _copy_program(runtime)
    _write(runtime / "examples.json", list(_examples()))
    _write(runtime / "manifest.json", _manifest(site / "playground", runtime))


def _unpack(package: str, names: tuple[str, ...], place: Path) -> None:
    """Take some files out of a package of npm."""
    with tempfile.TemporaryDirectory() as folder:
        _run("npm", "pack", "--silent", "--pack-destination", folder, package)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for name in names:
                content = archive.extractfile(f"package/{name}")
                assert content is not None
                (place / Path(name).name).write_bytes(content.read())


def _fetch_wheels(place: Path) -> None:
    """Get pydantic with all that it needs, for Pyodide, and make our own wheel."""
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    target = ("--platform", _PLATFORM, "--python-version", _PYTHON, "--only-binary", ":all:")
    _run(*pip, "download", "--dest", str(place), *target, _PYDANTIC)
    _run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(place), str(_CHECKOUT))


def _run(*command: str) -> None:
    subprocess.run([shutil.which(command[0]) or command[0], *command[1:]], check=True)


def _copy_program(runtime: Path) -> None:
    for name in _PROGRAM:
        target = runtime / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_CHECKOUT / name, target)


def _examples() -> Iterator[dict[str, Any]]:
    """The golden cases that the page offers, in the order of ``examples.json``."""
    wanted = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))
    cases = {(case.name, case.direction): case for case in ALL}
    for each in wanted:
        case = cases[each["case"], each["direction"]]
        yield {"title": each["title"], "name": case.name, **_job(case)}


def _job(case: Case) -> dict[str, Any]:
    source, target = DIRECTIONS[case.direction]
    settings = case.read("case.json")
    request = Case(case.place.parents[1] / settings["request"], case.direction) if "request" in settings else None
    options = (request.read("case.json").get("options", {}) if request else {}) | settings.get("options", {})
    job = {"kind": case.kind, "source": source, "target": target, "dialect": options.pop("dialect", "")}
    job |= {"options": options, "request": request.file(target).read_text("utf-8") if request else ""}
    text = case.source.read_text("utf-8")
    if case.kind != "error":
        return {**job, "text": text}
    error = json.loads(text)
    body = error["body"] if isinstance(error["body"], str) else json.dumps(error["body"], indent=2)
    return {**job, "text": body, "status": error["status"]}


def _manifest(page: Path, runtime: Path) -> dict[str, Any]:
    """What there is to load, in bytes, so that the page can show how far it is; the version tells old from new."""
    files = [place for place in sorted(runtime.rglob("*")) if place.is_file()]
    everything = [*files, *(place for pattern in _PAGE for place in sorted(page.glob(pattern)))]
    content = hashlib.sha256(b"".join(place.read_bytes() for place in everything))
    return {
        "version": content.hexdigest()[:16],
        "files": {place.relative_to(runtime).as_posix(): place.stat().st_size for place in files},
        "page": [place.relative_to(page).as_posix() for place in everything if runtime not in place.parents],
        "program": list(_PROGRAM),
    }


def _write(place: Path, content: Any) -> None:
    place.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
    sys.stdout.write(f"wrote {sys.argv[1]}/playground\n")
