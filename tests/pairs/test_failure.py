"""The six facts of an error, where they stand, and what is left over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import pytest

from llm_transcode.json_text import render_path
from llm_transcode.pairs.failure import Failure, is_error_status, read_failure

Facts: TypeAlias = dict[str, Any]


def facts(failure: Failure) -> Facts:
    """The facts that were found, by name."""
    names = ("message", "type", "code", "param", "request_id", "status")
    return {name: getattr(failure, name) for name in names if getattr(failure, name)}


def paths(failure: Failure) -> dict[str, str]:
    return {name: render_path(path) for name, path in failure.paths.items()}


def unread(failure: Failure) -> list[str]:
    """The fields of the envelopes that say none of the facts."""
    fields = [(*path, name) for path, envelope in failure.objects for name in envelope]
    return [render_path(field) for field in fields if field not in failure.used]


# -- where the facts stand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "found", "places"),
    [
        (
            {"error": {"message": "no", "type": "t", "param": "p", "code": "c"}},
            {"message": "no", "type": "t", "param": "p", "code": "c"},
            {"message": "$.error.message", "type": "$.error.type", "param": "$.error.param", "code": "$.error.code"},
        ),
        (
            {"type": "error", "error": {"type": "t", "message": "no"}, "request_id": "r"},
            {"message": "no", "type": "t", "request_id": "r"},
            {"message": "$.error.message", "type": "$.error.type", "request_id": "$.request_id"},
        ),
        (
            {"error": {"message": "no", "details": {"error_code": "c", "param": "p"}}},
            {"message": "no", "code": "c", "param": "p"},
            {"message": "$.error.message", "code": "$.error.details.error_code", "param": "$.error.details.param"},
        ),
        (
            {"message": "no", "requestId": "r", "__type": "t"},
            {"message": "no", "request_id": "r", "type": "t"},
            {"message": "$.message", "request_id": "$.requestId", "type": "$.__type"},
        ),
        (
            {"statusCode": 401, "error": "Unauthorized", "message": "no"},
            {"message": "no", "type": "Unauthorized", "status": 401},
            {"message": "$.message", "type": "$.error"},
        ),
        (
            {"error": {"message": "no", "code": 429, "status": "EXHAUSTED"}},
            {"message": "no", "type": "EXHAUSTED", "status": 429},
            {"message": "$.error.message", "type": "$.error.status"},
        ),
        (
            {"message": "no", "code": 1261},
            {"message": "no", "code": "1261"},
            {"message": "$.message", "code": "$.code"},
        ),
        (
            {"message": "no", "code": "error"},
            {"message": "no", "code": "error"},
            {"message": "$.message", "code": "$.code"},
        ),
        ({"type": "error", "message": "no"}, {"message": "no"}, {"message": "$.message"}),
        ([{"error": {"message": "no"}}], {"message": "no"}, {"message": "$[0].error.message"}),
        ({"error": "no"}, {"message": "no"}, {"message": "$.error"}),
        ("no", {"message": "no"}, {"message": "$"}),
    ],
)
def test_facts_and_where_they_stand(body: Any, found: Facts, places: dict[str, str]) -> None:
    failure = read_failure(body)

    assert facts(failure) == found
    assert paths(failure) == places
    assert not failure.rewritten
    assert unread(failure) == []


def test_paths_begin_where_the_error_stands() -> None:
    failure = read_failure({"error": {"message": "no", "code": "c", "more": 1}}, ("choices", 0))

    assert paths(failure) == {"message": "$.choices[0].error.message", "code": "$.choices[0].error.code"}
    assert unread(failure) == ["$.choices[0].error.more"]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"error": {"message": "no", "type": "error", "status_code": 400, "more": 1}}, ["$.error.more"]),
        ({"error": {"message": "no", "details": {"error_code": "c", "ramp": 1}}}, ["$.error.details.ramp"]),
        ({"message": "no", "code": True, "param": 5, "type": []}, ["$.code", "$.type"]),
        ({"message": "no", "type": 429}, ["$.type"]),
        ({"message": "no", "code": 10**9}, []),
        ({"message": "no", "code": 10**9 + 1}, ["$.code"]),
        ({"message": "no", "code": -(10**9)}, []),
        ({"message": "no", "detail": "not looked at", "code": " "}, ["$.detail", "$.code"]),
        ({"choices": [{"delta": {}}], "id": "c1", "error": {"message": "no", "more": 1}}, ["$.error.more"]),
        ({"message": json.dumps({"error": {"message": "no", "more": 1}}), "also": 1}, ["$.also"]),
    ],
)
def test_what_says_none_of_the_facts_is_known(body: Any, left: list[str]) -> None:
    """What is beside the error in a chunk of a stream is none of it, and what is in a text has no path."""
    failure = read_failure(body)

    assert failure.message == "no"
    assert unread(failure) == left


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"code": "outer", "error": {"message": "no", "code": "inner"}}, {"message": "no", "code": "inner"}),
        ({"status": 500, "error": {"message": "no", "status": 404}}, {"message": "no", "status": 404}),
        ({"message": "no", "status": 500, "code": 404}, {"message": "no", "status": 500}),
        ({"message": "no", "status_code": "404", "code": 500}, {"message": "no", "status": 404}),
        ({"message": "no", "type": "t", "status": "s"}, {"message": "no", "type": "t"}),
        ({"message": "no", "request_id": "a", "requestId": "b"}, {"message": "no", "request_id": "b"}),
        ({"message": "no", "code": "c", "error_message": "less"}, {"message": "no", "code": "c"}),
        ({"error": {"code": "c"}, "message": "no"}, {"message": "no", "code": "c"}),
    ],
)
def test_which_of_two_counts(body: Any, found: Facts) -> None:
    assert facts(read_failure(body)) == found


# -- texts -----------------------------------------------------------------------------------------


def test_what_an_inner_text_says_has_no_path() -> None:
    inner = json.dumps({"error": {"message": "no", "code": "inner", "details": {"param": "p"}}})

    failure = read_failure({"message": inner, "code": "outer", "param": "q"})

    assert facts(failure) == {"message": "no", "code": "inner", "param": "p"}
    assert paths(failure) == {"message": "$.message"}
    assert failure.rewritten


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('529 {"error":{"message":"no"}}', {"message": "no", "status": 529}),
        ('Error code: 529 - {"error":{"message":"no"}}', {"message": "no", "status": 529}),
        ('HTTP 529: {"message":"no"}', {"message": 'HTTP 529: {"message":"no"}'}),
        ('API Error: {"error":"no"}', {"message": "no"}),
        ('so: {"error":"no"}', {"message": "so: no"}),
        ('so: {"error":"no"} and on', {"message": 'so: {"error":"no"} and on'}),
        ('{"message":"no"}', {"message": "no"}),
        ('{"detail":"no"}', {"message": "no"}),
        ('{"reason":"no"}', {"message": '{"reason":"no"}'}),
        ('so: {"error"}', {"message": 'so: {"error"}'}),
        ('so: data: {"detail":"no"}', {"message": "so: no"}),
        ('event: error\r\ndata: {"error":"no"}\r\n\r\nevent: done', {"message": "no"}),
        ("List<int>  is\tno type", {"message": "List<int>  is\tno type"}),
        (" <html><title>Gone </title></html>", {"message": "Gone"}),
        ("half \ud83d", {"message": "half \ufffd"}),
    ],
)
def test_a_text_may_hold_an_envelope(text: str, found: Facts) -> None:
    """With words before it, only what is surely an error is read: an object may be an example of what was wrong."""
    assert facts(read_failure({"message": text})) == found


@pytest.mark.parametrize(("length", "words"), [(40, ""), (41, "529" + "-" * 38)])
def test_only_a_few_words_can_name_a_status_and_nothing_else(length: int, words: str) -> None:
    text = "529".ljust(length, "-") + '{"error":"no"}'

    assert read_failure({"message": text}).message == words + "no"


@pytest.mark.parametrize(("length", "rewritten"), [(20_000, False), (20_001, True)])
def test_a_message_is_cut_where_it_is_none_any_more(length: int, rewritten: bool) -> None:
    failure = read_failure({"message": "x" * length})

    assert (failure.message, failure.rewritten) == ("x" * 20_000, rewritten)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("<html><title>Bad &amp; gone</title><h1>Other</h1></html>", "Bad & gone"),
        ("<html><title> </title><h1>Not  here</h1></html>", "Not here"),
        ("<html><style>p {}</style><script>x()</script><p>Sorry,</p>\n no.</html>", "Sorry, no."),
        ("<!DOCTYPE html><body>" + "x" * 2001, "x" * 2000),
        ("<html>" + " " * 8000 + "<title>Too far down</title>", ""),
        ('<?xml version="1.0"?><Error><Message>Denied</Message></Error>', "Denied"),
        ("<p>no page</p>", "<p>no page</p>"),
    ],
)
def test_a_page_says_its_title_or_else_its_text(page: str, message: str) -> None:
    for body in (page, page.encode(), bytearray(page, "utf-8"), memoryview(page.encode())):
        assert read_failure(body).message == message


# -- several messages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message", "place"),
    [
        ({"detail": ["one"]}, "one", "$.detail[0]"),
        ({"detail": ["one", "two"]}, "one; two", "$.detail"),
        ({"detail": ["one", "", None, 2]}, "one; 2", "$.detail"),
        ({"detail": [{"loc": ["body", 0, None], "msg": "bad"}]}, "body.0: bad", "$.detail[0]"),
        ({"detail": [{"loc": "body", "msg": "bad"}, {"loc": []}]}, "body: bad; : invalid", "$.detail"),
        ({"errors": [{"message": "one"}, {"message": "two"}]}, "one; two", "$.errors"),
        ({"error": {"message": "so", "metadata": {"raw": "why"}}}, "so: why", "$.error.message"),
        ({"error": {"message": "so", "metadata": {"raw": "so"}}}, "so", "$.error.message"),
        ({"error": {"message": "so", "metadata": {"raw": ""}}}, "so", "$.error.message"),
    ],
)
def test_several_messages_are_joined(body: Any, message: str, place: str) -> None:
    failure = read_failure(body)

    assert (failure.message, paths(failure)["message"]) == (message, place)
    assert failure.rewritten is (message not in ("one", "so"))


def test_the_first_ten_complaints_are_enough() -> None:
    complaints = [str(number) for number in range(11)]

    assert read_failure({"detail": complaints}).message == "; ".join(complaints[:10])


def test_a_list_within_a_text_has_no_path() -> None:
    failure = read_failure({"message": json.dumps({"detail": ["one", {"loc": ["a"], "msg": "two"}]})})

    assert (failure.message, paths(failure), failure.rewritten) == ("one; a: two", {"message": "$.message"}, True)


# -- how deep --------------------------------------------------------------------------------------

LEAF: Final = {"message": "no"}
AS_WRITTEN: Final = '{"message":"no"}'
NESTINGS: Final[dict[str, tuple[Callable[[Any], Any], int]]] = {
    "objects": (lambda inner: {"error": inner}, 16),
    "lists": (lambda inner: [inner], 16),
    "raw": (lambda inner: {"metadata": {"raw": inner}}, 16),
    "texts": (lambda inner: {"message": json.dumps(inner, separators=(",", ":"))}, 8),
    "texts with words before": (lambda inner: {"error": "so: " + json.dumps(inner, separators=(",", ":"))}, 8),
}


@pytest.mark.parametrize("kind", NESTINGS)
def test_envelopes_are_read_down_to_a_bound(kind: str) -> None:
    """An envelope beyond it is shown as it is."""
    within, bound = NESTINGS[kind]
    body: Any = {"error": "no"} if "words" in kind else LEAF
    for _ in range(bound):
        body = within(body)

    assert read_failure(body).message.removeprefix("so: " * bound) == "no"
    deeper = read_failure(within(body)).message.removeprefix("so: " * (bound + 1))
    assert deeper == ('{"error":"no"}' if "words" in kind else AS_WRITTEN)


# -- what is no JSON -------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b'{"retry": 1e999}', {"retry": float("nan")}, object(), None, b""])
def test_what_cannot_be_written_again_says_nothing(body: Any) -> None:
    assert facts(read_failure(body)) == {}


def test_a_field_that_is_no_json_does_not_silence_the_others() -> None:
    assert facts(read_failure({"message": "no", "code": "c", "retry": float("nan")})) == {"message": "no", "code": "c"}


@pytest.mark.parametrize(
    ("status", "is_error"),
    [(399, False), (400, True), (599, True), (600, False), (None, False), ("500", False), (500.0, False)],
)
def test_the_statuses_of_errors(status: object, is_error: bool) -> None:
    assert is_error_status(status) is is_error
