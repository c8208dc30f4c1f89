"""The promise of `docs/compatibility.md`, pinned: whatever users can see of the library is in a file for review."""

from __future__ import annotations

import inspect
from difflib import unified_diff
from importlib import import_module

import pytest

import llm_transcode
from tests.public_api import MODULES, PLACE, VOCABULARIES, rendered


def test_the_public_interface_is_the_one_that_is_promised() -> None:
    promised, found = PLACE.read_text("utf-8").splitlines(), rendered().splitlines()

    changes = "\n".join(unified_diff(promised, found, "promised", "found", n=0, lineterm=""))

    assert changes == "", "see docs/compatibility.md, then run python -m tests.public_api --update"


@pytest.mark.parametrize("module", [*MODULES, *VOCABULARIES])
def test_every_name_is_public_once(module: str) -> None:
    names = import_module(module).__all__

    assert len(set(names)) == len(names)
    assert not any(name.startswith("_") for name in names)


@pytest.mark.parametrize("name", llm_transcode.__all__)
def test_every_name_says_what_it_means(name: str) -> None:
    assert inspect.getdoc(getattr(llm_transcode, name))
