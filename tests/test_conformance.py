"""The whole of the recorded traffic, where there is some: a directory named by LLM_TRANSCODE_CORPUS, or a neighbour."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .conformance.corpus import KINDS, recorded
from .conformance.report import report
from .conformance.runner import run

_BESIDE = Path(__file__).parents[2] / "shared" / "corpus"
_CORPUS = Path(os.environ.get("LLM_TRANSCODE_CORPUS") or _BESIDE)


@pytest.mark.skipif(not (_CORPUS / "index.jsonl").exists(), reason="no recorded traffic at hand")
@pytest.mark.parametrize("direction", ["messages-to-chat", "chat-to-messages"])
@pytest.mark.parametrize("kind", KINDS)
def test_recorded_traffic(kind: str, direction: str) -> None:
    cases = [case for case in recorded(_CORPUS) if (case.kind, case.direction) == (kind, direction)]
    outcomes = [run(case) for case in cases]
    assert not any(outcome.failed for outcome in outcomes), "\n".join(report(outcomes))
