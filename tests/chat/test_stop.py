from __future__ import annotations

from llm_transcode.chat import FINISH_REASONS, Choice

from .documents import keep


def test_finish_reasons_are_open() -> None:
    assert keep(Choice, '{"finish_reason":"eos"}').finish_reason not in FINISH_REASONS
    assert keep(Choice, '{"finish_reason":""}').finish_reason == ""
    assert keep(Choice, '{"finish_reason":null}').finish_reason is None
