"""Parts of Chat, as blocks of text, images and documents."""

from __future__ import annotations

from typing import Final

import pytest

from llm_transcode import Dialect, InvalidPayload, LossCode, Options, Unsupported
from tests.pairs.messages_chat.conversions import Json, JsonObject, to_messages
from tests.pitfalls.conversions import text, user

AT: Final = "$.messages[0].content[0]"
MARK: Final = {"cache_control": {"type": "ephemeral"}}


def block_of(part: Json, options: Options | None = None) -> tuple[list[JsonObject], list[str]]:
    """What becomes of a part beside a text; losses name their place within the part."""
    body, losses = to_messages({"messages": [user(part, text("hi"))]}, options)
    [turn] = body.pop("messages")
    assert (turn["content"].pop(), body) == (text("hi"), {})
    return turn["content"], [loss.replace(AT, "").strip() for loss in losses]


# -- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "blocks", "losses"),
    [
        (text(" a "), [text(" a ")], []),
        (text("a", mood=1), [text("a")], ["dropped warning unknown_field .mood"]),
        (text(""), [], ["dropped info turn_empty"]),
        (text(" \n"), [], ["dropped info turn_empty"]),
        (text(" ", mood=1, **MARK), [], ["dropped warning unknown_field .mood", "dropped info turn_empty"]),
        ({"type": "refusal", "refusal": "no"}, [text("no")], ["approximated info refusal"]),
        (
            {"type": "refusal", "refusal": "no", "mood": 1},
            [text("no")],
            ["dropped warning unknown_field .mood", "approximated info refusal"],
        ),
    ],
)
def test_text(part: JsonObject, blocks: list[JsonObject], losses: list[str]) -> None:
    assert block_of(part) == (blocks, losses)


# -- images ----------------------------------------------------------------------------------------


def image(url: Json, **fields: Json) -> JsonObject:
    return {"type": "image_url", "image_url": url, **fields}


def image_block(media_type: str, data: str) -> JsonObject:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


ADDRESS: Final = {"url": "https://example.org/a.png"}
BY_ADDRESS: Final = {"type": "image", "source": {"type": "url", **ADDRESS}}


@pytest.mark.parametrize(
    ("part", "block", "losses"),
    [
        (image({"url": "data:image/png;base64,eA=="}), image_block("image/png", "eA=="), []),
        (image({"url": "data:image/jpg;base64,eA=="}), image_block("image/jpeg", "eA=="), []),
        (image({"url": "data:;base64,/9j/eA=="}), image_block("image/jpeg", "/9j/eA=="), []),
        (image(ADDRESS), BY_ADDRESS, []),
        (image(ADDRESS["url"]), BY_ADDRESS, []),
        (
            image({**ADDRESS, "detail": "low", "mood": 1}, mood=2),
            BY_ADDRESS,
            [
                "dropped warning unknown_field .mood",
                "dropped info image_detail .image_url.detail",
                "dropped warning unknown_field .image_url.mood",
            ],
        ),
    ],
)
def test_images(part: JsonObject, block: JsonObject, losses: list[str]) -> None:
    assert block_of(part) == ([block], losses)


# -- files -----------------------------------------------------------------------------------------


def file(**fields: Json) -> JsonObject:
    return {"type": "file", "file": fields}


def document(source: JsonObject, **fields: Json) -> JsonObject:
    return {"type": "document", "source": source, **fields}


def pdf(data: str) -> JsonObject:
    return {"type": "base64", "media_type": "application/pdf", "data": data}


PLAIN: Final = {"type": "text", "media_type": "text/plain", "data": "so"}


@pytest.mark.parametrize(
    ("part", "block", "losses"),
    [
        (file(file_data="data:application/pdf;base64,eA=="), document(pdf("eA==")), []),
        (file(file_data="data:application/pdf;base64,eA==", filename="a"), document(pdf("eA=="), title="a"), []),
        (file(file_data="data:application/pdf;base64,eA==", filename=""), document(pdf("eA==")), []),
        (file(file_data="JVBERi0="), document(pdf("JVBERi0=")), []),
        (file(file_data="data:text/markdown;base64,c28="), document(PLAIN), []),
        (file(file_data="data:text/plain,so", filename="a"), document(PLAIN, title="a"), []),
        (file(file_data="data:image/png;base64,eA=="), image_block("image/png", "eA=="), []),
        (
            file(file_data="data:image/png;base64,eA==", filename="a"),
            image_block("image/png", "eA=="),
            ["dropped info document_name .file.filename"],
        ),
        (file(file_data="data:text/plain,so", file_id="f"), document(PLAIN), ["dropped info file_id .file.file_id"]),
        (file(file_data="data:text/plain,so", mood=1), document(PLAIN), ["dropped warning unknown_field .file.mood"]),
        ({**file(file_data="data:text/plain,so"), "mood": 1}, document(PLAIN), ["dropped warning unknown_field .mood"]),
    ],
)
def test_files(part: JsonObject, block: JsonObject, losses: list[str]) -> None:
    assert block_of(part) == ([block], losses)


@pytest.mark.parametrize(("fields", "title"), [({}, {}), ({"filename": ""}, {}), ({"filename": "a"}, {"title": "a"})])
def test_a_file_in_a_store_that_both_share(fields: JsonObject, title: JsonObject) -> None:
    part = file(file_id="file_1", **fields)

    assert block_of(part, Options(file_ids="keep")) == (
        [document({"type": "file", "file_id": "file_1"}, **title)],
        [],
    )


# -- documents of Mistral --------------------------------------------------------------------------


def mistral(url: str, **fields: Json) -> JsonObject:
    return {"type": "document_url", "document_url": url, **fields}


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://example.org/a.pdf", {"type": "url", "url": "https://example.org/a.pdf"}),
        ("data:application/pdf;base64,JVBERi0=", pdf("JVBERi0=")),
        ("data:text/plain;base64,c28=", PLAIN),
    ],
)
@pytest.mark.parametrize(("fields", "also"), [({}, {}), ({"document_name": "a"}, {"title": "a"}), (MARK, MARK)])
def test_a_document_by_its_address_or_as_data(
    url: str, source: JsonObject, fields: JsonObject, also: JsonObject
) -> None:
    assert block_of(mistral(url, **fields)) == ([document(source, **also)], [])


def test_an_image_among_documents_has_no_name() -> None:
    assert block_of(mistral("data:image/png;base64,eA==", document_name="a")) == (
        [image_block("image/png", "eA==")],
        ["dropped info document_name .document_name"],
    )


# -- marks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (text("a"), text("a")),
        ({"type": "refusal", "refusal": "no"}, text("no")),
        (image(ADDRESS), BY_ADDRESS),
        (file(file_data="data:text/plain,so"), document(PLAIN)),
    ],
)
def test_a_mark_of_either_vendor(part: JsonObject, block: JsonObject) -> None:
    _, losses = block_of(part)
    own = {"prompt_cache_breakpoint": {"mode": "explicit"}}

    assert block_of({**part, **MARK}) == ([{**block, **MARK}], losses)
    assert block_of({**part, **own}) == ([{**block, **MARK}], losses)
    assert block_of({**part, **own, **MARK}) == (
        [{**block, **MARK}],
        [*losses, "dropped info cache_control .prompt_cache_breakpoint"],
    )


@pytest.mark.parametrize(
    ("part", "place"),
    [
        (text("a"), "$.messages[1].content[0]"),
        ({"type": "image", "source": {"type": "url", **ADDRESS}}, "$.messages[1].content[0]"),
    ],
)
def test_a_mark_that_is_one_too_many_is_found_in_the_source(part: JsonObject, place: str) -> None:
    turns = [{"role": "system", "content": "s"}, user(*({**part, **MARK} for _ in range(5)))]

    body, losses = to_messages({"messages": turns})

    assert ["cache_control" in block for block in body["messages"][0]["content"]] == [False, *[True] * 4]
    assert losses == [f"dropped info cache_control {place}.cache_control"]


# -- blocks of Messages ----------------------------------------------------------------------------

FOREIGN: Final[list[JsonObject]] = [
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "eA=="}},
    {"type": "document", "source": PLAIN, "title": "t"},
    {"type": "search_result", "title": "t", "source": "s", "content": [text("a")]},
]


@pytest.mark.parametrize("block", FOREIGN, ids=lambda block: block["type"])
def test_a_block_of_messages_stays_what_it_is(block: JsonObject) -> None:
    assert block_of(block) == ([block], [])
    assert block_of({**block, **MARK}) == ([{**block, **MARK}], [])


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"type": "image", "source": 1}, ".source"),
        ({"type": "image_url", "image_url": 1}, ".image_url"),
        ({"type": "text", "text": 1}, ".text"),
        ({}, ""),
    ],
)
def test_bad_input_is_named_by_its_place(part: JsonObject, place: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        block_of(part)

    assert caught.value.path.startswith(f"{AT}{place}")


# -- what Anthropic does not take ------------------------------------------------------------------


def test_a_part_of_tomorrow_is_left_out() -> None:
    assert block_of({"type": "of_tomorrow"}) == ([], ["dropped warning unknown_block"])


@pytest.mark.parametrize(
    ("part", "code", "place"),
    [
        ({"type": "input_audio", "input_audio": {"data": "x", "format": "wav"}}, LossCode.AUDIO, ""),
        (image({"url": "data:image/bmp;base64,eA=="}), LossCode.MEDIA, ".image_url"),
        (image({"url": "data:image/png,eA"}), LossCode.MEDIA, ".image_url"),
        (file(file_id="file_1"), LossCode.FILE_ID, ".file.file_id"),
        (file(file_data="", file_id="file_1"), LossCode.FILE_ID, ".file.file_id"),
        (file(file_data="data:application/zip;base64,eA=="), LossCode.MEDIA, ".file.file_data"),
        (file(file_data="data:application/pdf,%25PDF"), LossCode.MEDIA, ".file.file_data"),
        (file(file_data="data:image/bmp;base64,eA=="), LossCode.MEDIA, ".file.file_data"),
        (file(file_data="data:text/plain;base64,/w=="), LossCode.MEDIA, ".file.file_data"),
        (mistral("data:application/zip;base64,eA=="), LossCode.MEDIA, ".document_url"),
    ],
)
def test_a_part_that_is_refused_unless_its_loss_is_allowed(part: JsonObject, code: LossCode, place: str) -> None:
    with pytest.raises(Unsupported) as caught:
        block_of(part)

    assert caught.value.path == f"{AT}{place}"
    assert f"LossCode.{code.name}" in str(caught.value)
    allowed = Options(downgrade=frozenset({code}))
    assert block_of(part, allowed) == ([], [f"dropped warning {code.value} {place}".strip()])
    assert block_of({**part, **MARK}, allowed)[0] == []


def test_an_address_where_images_are_taken_as_data_only() -> None:
    dialect = Dialect(name="data only", protocol="messages", url_sources=False)
    allowed = Options(dialect=dialect, downgrade=frozenset({LossCode.MEDIA}))

    with pytest.raises(Unsupported, match="data only") as caught:
        block_of(image(ADDRESS), Options(dialect=dialect))

    assert caught.value.path == f"{AT}.image_url"
    assert block_of(image(ADDRESS, **MARK), allowed) == ([], ["dropped warning media .image_url"])


def test_a_document_by_its_address_where_files_are_taken_as_data_only() -> None:
    dialect = Dialect(name="data only", protocol="messages", url_sources=False)
    allowed = Options(dialect=dialect, downgrade=frozenset({LossCode.DOCUMENT_URL}))

    assert block_of(mistral("https://example.org/a.pdf"), allowed) == (
        [],
        ["dropped warning document_url .document_url"],
    )


def test_a_file_of_nothing_is_refused_even_in_a_shared_store() -> None:
    with pytest.raises(Unsupported) as caught:
        block_of(file(filename="a"), Options(file_ids="keep"))

    assert caught.value.path == f"{AT}.file.file_id"
