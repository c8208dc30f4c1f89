"""Blocks of text, images and documents, as parts of Chat."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import Dialect, InvalidPayload, LossCode, Options, Unsupported
from tests.pairs.messages_chat.conversions import JsonObject, to_chat
from tests.pitfalls.conversions import text, user

AT: Final = "$.messages[0].content[0]"
MARKS: Final = Options(dialect=Dialect(name="marking", protocol="chat", cache_marks="cache_control"))
"""For a backend that takes Anthropic's own marks of what is to be cached."""
MARK: Final = {"cache_control": {"type": "ephemeral"}}


def parts_of(block: JsonObject, options: Options | None = None) -> tuple[list[JsonObject], list[str]]:
    """What becomes of a block beside a text; losses name their place within the block."""
    body, losses = to_chat({"messages": [user(block, text("hi"))]}, options)
    [turn] = body.pop("messages")
    assert (turn["content"].pop(), body) == (text("hi"), {})
    return turn["content"], [loss.replace(AT, "").strip() for loss in losses]


def dropped(code: LossCode) -> Options:
    return Options(downgrade=frozenset({code}))


# -- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "parts", "losses"),
    [
        (text("a"), [text("a")], []),
        (text(" "), [text(" ")], []),
        (text(""), [], ["dropped info turn_empty"]),
        ({**text(""), **MARK}, [], ["dropped info turn_empty"]),
        ({**text("a"), **MARK}, [text("a")], ["dropped info cache_control .cache_control"]),
        (
            text("a", mood=1, citations=[]),
            [text("a")],
            ["dropped info citations .citations", "dropped warning unknown_field .mood"],
        ),
    ],
)
def test_text(block: JsonObject, parts: list[JsonObject], losses: list[str]) -> None:
    assert parts_of(block) == (parts, losses)


# -- images ----------------------------------------------------------------------------------------


def image(source: JsonObject, **fields: object) -> JsonObject:
    return {"type": "image", "source": source, **fields}


DATA: Final = {"type": "base64", "media_type": "image/png", "data": "eA=="}
ADDRESS: Final = {"type": "url", "url": "https://example.org/a.png"}


def image_part(url: str) -> JsonObject:
    return {"type": "image_url", "image_url": {"url": url}}


@pytest.mark.parametrize(
    ("block", "part", "losses"),
    [
        (image(DATA), image_part("data:image/png;base64,eA=="), []),
        (image(ADDRESS), image_part("https://example.org/a.png"), []),
        (
            image({**ADDRESS, "mood": 1}),
            image_part("https://example.org/a.png"),
            ["dropped warning unknown_field .source.mood"],
        ),
        (
            image(DATA, mood=1, transformations={}),
            image_part("data:image/png;base64,eA=="),
            ["dropped info image_transformations .transformations", "dropped warning unknown_field .mood"],
        ),
    ],
)
def test_images(block: JsonObject, part: JsonObject, losses: list[str]) -> None:
    assert parts_of(block) == ([part], losses)


# -- documents -------------------------------------------------------------------------------------


def document(source: JsonObject, **fields: object) -> JsonObject:
    return {"type": "document", "source": source, **fields}


PDF: Final = {"type": "base64", "media_type": "application/pdf", "data": "eA=="}
PLAIN: Final = {"type": "text", "media_type": "text/plain", "data": "so"}
AS_TEXT: Final = "approximated info document_as_text"


def content(*inner: JsonObject) -> JsonObject:
    return {"type": "content", "content": list(inner)}


def file_part(name: str) -> JsonObject:
    return {"type": "file", "file": {"filename": name, "file_data": "data:application/pdf;base64,eA=="}}


@pytest.mark.parametrize(
    ("block", "parts", "losses"),
    [
        (document(PDF, title="a.pdf"), [file_part("a.pdf")], []),
        (document(PDF, title="a"), [file_part("a.pdf")], []),
        (document(PDF, title="a.of.b", context="c"), [text("c"), file_part("a.of.b")], []),
        (document(PDF), [file_part("document.pdf")], ["invented info document_name .source"]),
        (document(PDF, title="", context=""), [file_part("document.pdf")], ["invented info document_name .source"]),
        (document({**PDF, "mood": 1}, title="a"), [file_part("a.pdf")], ["dropped warning unknown_field .source.mood"]),
        (
            document(PDF, title="a", citations={"enabled": True}),
            [file_part("a.pdf")],
            ["dropped warning citations .citations"],
        ),
    ],
)
def test_documents_that_are_files(block: JsonObject, parts: list[JsonObject], losses: list[str]) -> None:
    assert parts_of(block) == (parts, losses)


@pytest.mark.parametrize(
    ("block", "parts", "losses"),
    [
        (document(PLAIN), [text("so")], [f"{AS_TEXT} .source"]),
        (document(PLAIN, title="t", context="c"), [text("t\nc\nso")], [f"{AS_TEXT} .source"]),
        (document(PLAIN, context="c"), [text("c\nso")], [f"{AS_TEXT} .source"]),
        (document({"type": "content", "content": "so"}, title="t"), [text("t\nso")], [f"{AS_TEXT} .source"]),
        (
            document(content(text("so"), image(DATA))),
            [text("so"), image_part("data:image/png;base64,eA==")],
            [f"{AS_TEXT} .source"],
        ),
        (document(content(text("so")), title="t", context="c"), [text("t\nc"), text("so")], [f"{AS_TEXT} .source"]),
        (
            document(content(text("", **MARK), text("so", mood=1, **MARK))),
            [text("so")],
            [
                f"{AS_TEXT} .source",
                "dropped info turn_empty .source.content[0]",
                "dropped warning unknown_field .source.content[1].mood",
                "dropped info cache_control .source.content[1].cache_control",
            ],
        ),
        (document(content()), [], [f"{AS_TEXT} .source"]),
    ],
)
def test_documents_that_are_texts(block: JsonObject, parts: list[JsonObject], losses: list[str]) -> None:
    assert parts_of(block) == (parts, losses)


def test_a_mark_within_a_document_of_texts() -> None:
    inner = content(text("so", **MARK), text("on"))

    assert parts_of(document(inner), MARKS) == ([text("so", **MARK), text("on")], [f"{AS_TEXT} .source"])


@pytest.mark.parametrize(
    ("fields", "header"),
    [({}, []), ({"title": "t", "context": "c"}, [text("t\nc")]), ({"title": "", "context": "c"}, [text("c")])],
)
def test_a_document_in_a_store_that_both_share(fields: JsonObject, header: list[JsonObject]) -> None:
    block = document({"type": "file", "file_id": "file_1"}, **fields)

    assert parts_of(block, Options(file_ids="keep")) == (
        [*header, {"type": "file", "file": {"file_id": "file_1"}}],
        [],
    )


# -- search results --------------------------------------------------------------------------------


def search_result(*found: JsonObject, **fields: object) -> JsonObject:
    return {"type": "search_result", "title": "t", "source": "s", "content": list(found), **fields}


def test_search_results() -> None:
    found = search_result(text("a", mood=1, **MARK), {"type": "of_tomorrow"}, text("b"), citations={"enabled": True})

    assert parts_of(found) == (
        [text("t (s)\na\nb")],
        [
            "dropped warning citations .citations",
            AS_TEXT,
            "dropped warning unknown_field .content[0].mood",
            "dropped info cache_control .content[0].cache_control",
            "dropped warning unknown_block .content[1]",
        ],
    )


# -- marks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        (text("a"), [text("a")]),
        (image(ADDRESS), [image_part("https://example.org/a.png")]),
        (document(PDF, title="a", context="c"), [text("c"), file_part("a.pdf")]),
        (document(PLAIN), [text("so")]),
        (search_result(text("a")), [text("t (s)\na")]),
        ({"type": "compaction", "content": "so far"}, [text("so far")]),
    ],
)
def test_a_mark_stands_at_the_end_of_what_a_block_becomes(block: JsonObject, parts: list[JsonObject]) -> None:
    found, losses = parts_of({**block, **MARK}, MARKS)

    assert found == [*parts[:-1], {**parts[-1], **MARK}]
    assert losses == parts_of(block, MARKS)[1]


@pytest.mark.parametrize(
    ("block", "place"), [({"type": "image", "source": 1}, ".source"), ({"type": "text", "text": 1}, ".text"), ({}, "")]
)
def test_bad_input_is_named_by_its_place(block: JsonObject, place: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        parts_of(block)

    assert caught.value.path.startswith(f"{AT}{place}")


# -- what Chat does not take -----------------------------------------------------------------------


def test_a_block_of_tomorrow_is_left_out() -> None:
    assert parts_of({"type": "of_tomorrow"}) == ([], ["dropped warning unknown_block"])


@pytest.mark.parametrize(
    ("block", "code", "place"),
    [
        (image({"type": "file", "file_id": "file_1"}), LossCode.FILE_ID, ".source"),
        (image({"type": "hologram", "data": "x"}), LossCode.MEDIA, ".source"),
        (document({"type": "file", "file_id": "file_1"}), LossCode.FILE_ID, ".source"),
        (document({"type": "url", "url": "https://example.org/a.pdf"}), LossCode.DOCUMENT_URL, ".source"),
        (document({"type": "hologram", "data": "x"}), LossCode.MEDIA, ".source"),
        ({"type": "container_upload", "file_id": "file_1"}, LossCode.FILE_ID, ""),
        ({"type": "compaction", "content": None, "encrypted_content": "x"}, LossCode.COMPACTION, ""),
        ({"type": "compaction", "content": ""}, LossCode.COMPACTION, ""),
    ],
)
def test_a_block_that_is_refused_unless_its_loss_is_allowed(block: JsonObject, code: LossCode, place: str) -> None:
    with pytest.raises(Unsupported) as caught:
        parts_of(block)

    assert caught.value.path == f"{AT}{place}"
    assert f"LossCode.{code.name}" in str(caught.value)
    assert parts_of(block, dropped(code)) == ([], [f"dropped warning {code.value} {place}".strip()])


def test_the_summary_of_earlier_turns() -> None:
    summary = {"type": "compaction", "content": "so far", "encrypted_content": "x", "signature": "s", "mood": 1}

    assert parts_of(summary) == (
        [text("so far")],
        [
            "dropped info compaction .encrypted_content",
            "dropped info compaction .signature",
            "dropped warning unknown_field .mood",
            "approximated warning compaction",
        ],
    )
