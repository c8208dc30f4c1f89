from __future__ import annotations

import pytest

from llm_transcode.chat import Error, ErrorResponse

from .documents import keep, refuse


@pytest.mark.parametrize(
    "text",
    [
        '{"error":{"message":"a","type":"invalid_request_error","param":null,"code":"model_not_found"}}',
        '{"error":{"message":"a","code":429,"metadata":{"raw":"b"}},"user_id":"u"}',
        '{"error":{"message":"a","type":"t","code":"c","failed_generation":"<f>","status_code":400}}',
        '{"error":"a"}',
        '{"error":null}',
        '{"detail":"a"}',
        '{"detail":[{"loc":["body","model"],"msg":"a"}]}',
        '{"object":"error","message":"a","type":"t","param":null,"code":400}',
        "{}",
    ],
)
def test_each_form_of_an_error(text: str) -> None:
    keep(ErrorResponse, text)


def test_misalignment() -> None:
    error = keep(
        Error,
        '{"message":"a","misalignment":{"error_type":"newer","steer":{"message":"b"},"review_target":null}}',
    )

    assert error.misalignment is not None
    assert error.misalignment.names("review_target")
    assert not error.misalignment.names("detailed_explanation")


def test_a_malformed_error_is_refused() -> None:
    assert refuse(ErrorResponse, '{"error":{"message":["a"]}}') == "$.error.message"
    assert refuse(Error, '{"misalignment":{"steer":{}}}') == "$.misalignment.steer.message"
