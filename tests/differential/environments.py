"""An environment for each converter: their requirements contradict each other, and ours."""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from tests.conformance.corpus import Case

__all__ = ["PEERS", "answers", "version"]

PEERS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "llm-rosetta": (("llm-rosetta",),),
    "any-llm-sdk": (("any-llm-sdk", "anthropic", "openai"),),
    "litellm": (
        ("--no-deps", "litellm"),  # one of its pins may not resolve
        ("aiohttp", "boto3", "click", "fastuuid", "filelock", "httpx[http2]", "huggingface-hub<2"),
        ("importlib-metadata<9", "jinja2", "jsonschema", "openai<4", "packaging", "pydantic-settings"),
        ("python-dotenv", "pyyaml", "tiktoken", "tokenizers"),
    ),
}
"""The converters, and what pip is told to install for each, one run after the other."""

_ROOT: Final = Path(__file__).parents[2]


def python(peer: str, folder: Path) -> Path:
    """The interpreter of a converter's environment, which is made when it is first asked for."""
    place = folder / peer
    found = place / "bin" / "python"
    if not found.exists():
        venv.create(place, with_pip=True)
        for requirements in PEERS[peer]:
            subprocess.run([found, "-m", "pip", "install", "--quiet", *requirements], check=True)
    return found


def version(peer: str, folder: Path) -> str:
    """The version of the converter that is installed."""
    code = f"from importlib.metadata import version; print(version({peer!r}))"
    return subprocess.run(
        [python(peer, folder), "-c", code], capture_output=True, check=True, encoding="utf-8"
    ).stdout.strip()


def answers(peer: str, folder: Path, root: Path, cases: Iterable[Case]) -> list[dict[str, Any]]:
    """What the converter answers to each of the documents."""
    tasks, found = folder / f"{peer}.tasks", folder / f"{peer}.answers"
    lines = [json.dumps({"path": case.path, "kind": case.kind, "source": case.source}) for case in cases]
    tasks.write_text("\n".join(lines), "utf-8")
    worker = [str(python(peer, folder)), "-m", "tests.differential.worker"]
    command = [*worker, peer, *map(str, (root.resolve(), tasks, found))]
    with (folder / f"{peer}.log").open("w", encoding="utf-8") as log:  # some talk much
        subprocess.run(command, check=True, cwd=_ROOT, stdout=log, stderr=log)
    return [json.loads(line) for line in found.read_text("utf-8").splitlines()]
