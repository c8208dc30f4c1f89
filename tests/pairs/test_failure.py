"""The facts of an error, in odd places."""

from __future__ import annotations

import json

from llm_transcode.pairs.failure import read_failure


def test_a_document_that_cannot_be_written_again_says_nothing() -> None:
    assert read_failure(b'{"retry": 1e999}').message == ""


def test_details_within_a_text() -> None:
    inner = json.dumps({"error": {"message": "no", "details": {"error_code": "x", "param": "p"}}})

    failure = read_failure({"message": inner})

    assert (failure.message, failure.code, failure.param) == ("no", "x", "p")
    assert "code" not in failure.paths


def test_complaints_within_a_text() -> None:
    failure = read_failure(json.dumps({"message": json.dumps({"detail": ["one", "two"]})}))

    assert failure.message == "one; two"
    assert failure.rewritten


def test_a_status_in_the_place_of_a_type() -> None:
    failure = read_failure({"type": 429, "message": "slow down"})

    assert (failure.type, failure.message) == (None, "slow down")
