from __future__ import annotations

from llm_transcode.messages import ERROR_TYPES, ErrorResponse
from tests.documents import keep, refuse


def test_an_error() -> None:
    response = keep(
        ErrorResponse,
        '{"type":"error","error":{"type":"invalid_request_error","message":"no","details":{"error_code":'
        '"thread_unsupported_request","unsupported":["stream"]}},"request_id":"req_1"}',
    )

    assert response.error.type in ERROR_TYPES
    assert response.error.details is not None
    assert response.error.details.error_code == "thread_unsupported_request"


def test_an_unknown_error_is_kept() -> None:
    assert keep(ErrorResponse, '{"error":{"message":"","type":"weather_error"},"type":"error"}').request_id is None


def test_a_malformed_error_is_refused() -> None:
    assert refuse(ErrorResponse, '{"type":"error","error":{"type":"api_error"}}') == "$.error.message"
    assert refuse(ErrorResponse, '{"error":{"type":"api_error","message":""}}') == "$.type"
