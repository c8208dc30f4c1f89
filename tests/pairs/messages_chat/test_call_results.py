"""Results of tool calls, in tool messages of Chat and in blocks of Messages, one call at a time."""

from __future__ import annotations

import pytest

from llm_transcode import InvalidPayload, LossCode, Options, Unsupported
from tests.pairs.messages_chat.conversions import Json, JsonObject, to_chat, to_messages
from tests.pitfalls.conversions import HI, assistant, call, text, tool, tool_result, tool_use, user

MARK = {"type": "ephemeral"}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
IMAGE_PART = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
PDF = {
    "type": "document",
    "title": "a.pdf",
    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
}
PDF_PART = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}
UNKNOWN = {"type": "of_tomorrow"}

AT = "$.messages[2].content[0]"
"""Where the result stands in Messages."""

# -- Messages to Chat ----------------------------------------------------------------------------------


def answered_in_chat(result: JsonObject, **options: Json) -> tuple[list[JsonObject], list[str]]:
    """The tool message that a result becomes, and what comes behind it."""
    body, losses = to_chat({"messages": [HI, assistant(tool_use()), user(result)]}, Options(**options))
    assert body["messages"][:2] == [HI, assistant(None, tool_calls=[call()])]
    return body["messages"][2:], losses


@pytest.mark.parametrize(
    ("content", "sent", "losses"),
    [
        ("a", "a", []),
        ("", "", []),
        (None, "", []),
        ([], "", []),
        ([text("a")], [text("a")], []),
        ([text("a"), text("b")], [text("a"), text("b")], []),
        ([text("")], "", [f"dropped info turn_empty {AT}.content[0]"]),
        ([UNKNOWN], "", [f"dropped warning unknown_block {AT}.content[0]"]),
        ([text("a"), UNKNOWN], [text("a")], [f"dropped warning unknown_block {AT}.content[1]"]),
        (
            [text("a", cache_control=MARK)],
            [text("a")],
            [f"dropped info cache_control {AT}.content[0].cache_control"],
        ),
        (
            [{"type": "tool_reference", "tool_name": "g"}],
            [text("tool: g")],
            [f"approximated info tool_deferred {AT}.content[0]"],
        ),
        (
            [{"type": "tool_reference", "tool_name": "g", "cache_control": MARK, "of_tomorrow": 1}],
            [text("tool: g")],
            [
                f"dropped info cache_control {AT}.content[0].cache_control",
                f"dropped warning unknown_field {AT}.content[0].of_tomorrow",
                f"approximated info tool_deferred {AT}.content[0]",
            ],
        ),
        (
            [text("a"), {"type": "browser_state", "tabs": []}],
            [text("a"), text('{"type":"browser_state","tabs":[]}')],
            [f"approximated info builtin_tool {AT}.content[1]"],
        ),
        (
            [{"type": "search_result", "source": "here", "title": "Sky", "content": [text("Blue.")]}],
            [text("Sky (here)\nBlue.")],
            [f"approximated info document_as_text {AT}.content[0]"],
        ),
        (
            [{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}}],
            [text("a")],
            [f"approximated info document_as_text {AT}.content[0].source"],
        ),
    ],
)
def test_what_a_result_says_is_the_content_of_a_tool_message(content: Json, sent: Json, losses: list[str]) -> None:
    assert answered_in_chat(tool_result(content=content)) == ([tool(content=sent)], losses)


def test_a_result_without_content_is_an_empty_tool_message() -> None:
    assert answered_in_chat({"type": "tool_result", "tool_use_id": "t1"}) == ([tool(content="")], [])


@pytest.mark.parametrize(
    ("fields", "losses"),
    [
        ({"is_error": False}, []),
        ({"is_error": None}, []),
        ({"cache_control": MARK}, [f"dropped info cache_control {AT}.cache_control"]),
        ({"toolset_name": "browser"}, [f"dropped info tool_caller {AT}.toolset_name"]),
        ({"of_tomorrow": 1}, [f"dropped warning unknown_field {AT}.of_tomorrow"]),
    ],
)
def test_what_a_result_has_besides(fields: JsonObject, losses: list[str]) -> None:
    assert answered_in_chat(tool_result(**fields)) == ([tool()], losses)


@pytest.mark.parametrize(
    ("result", "path"),
    [
        ({"type": "tool_result", "content": "ok"}, "tool_use_id"),
        (tool_result(content=1), "content"),
        (tool_result(content=["a"]), "content[0]"),
        (tool_result(content=[{"type": "text"}]), "content[0].text"),
        (tool_result(content=[{"type": "image"}]), "content[0].source"),
        (tool_result(content=[{"type": "tool_reference"}]), "content[0].tool_name"),
        (tool_result(is_error="yes"), "is_error"),
        (tool_result(cache_control={}), "cache_control.type"),
    ],
)
def test_a_malformed_result(result: JsonObject, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        answered_in_chat(result)

    assert caught.value.path == f"{AT}.{path}"


MARKED = [text("[tool_error]")]


@pytest.mark.parametrize(
    ("content", "marked", "unmarked"),
    [
        ("boom", "[tool_error]\nboom", "boom"),
        ("", "[tool_error]", ""),
        (None, "[tool_error]", ""),
        ([], "[tool_error]", ""),
        ([text("boom")], [*MARKED, text("boom")], [text("boom")]),
    ],
)
def test_an_error_is_marked_unless_the_mark_is_unwanted(content: Json, marked: Json, unmarked: Json) -> None:
    failed = tool_result(content=content, is_error=True)

    assert answered_in_chat(failed) == ([tool(content=marked)], [f"approximated info tool_error {AT}.is_error"])
    assert answered_in_chat(failed, is_error="drop") == (
        [tool(content=unmarked)],
        [f"dropped warning tool_error {AT}.is_error"],
    )


MOVED = "approximated warning tool_media {}.content[{}]"


def label(what: str, number: int) -> JsonObject:
    return text(f"[{what} {number} of tool result t1]")


@pytest.mark.parametrize(
    ("content", "labels", "media"),
    [
        ([IMAGE], [label("image", 1)], [label("image", 1), IMAGE_PART]),
        ([PDF], [label("file", 1)], [label("file", 1), PDF_PART]),
        (
            [PDF, IMAGE],
            [label("file", 1), label("image", 2)],
            [label("file", 1), PDF_PART, label("image", 2), IMAGE_PART],
        ),
    ],
)
def test_media_of_a_result_follow_it(content: Json, labels: Json, media: list[JsonObject]) -> None:
    moved = [MOVED.format(AT, at) for at in range(len(content))]

    assert answered_in_chat(tool_result(content=content)) == ([tool(content=labels), user(*media)], moved)


def test_media_of_a_result_leave_their_text_where_it_is() -> None:
    document = {"type": "document", "title": "a", "source": {"type": "content", "content": [text("b"), IMAGE]}}

    assert answered_in_chat(tool_result(content=[text("x"), document])) == (
        [tool(content=[text("x"), text("a"), text("b"), label("image", 1)]), user(label("image", 1), IMAGE_PART)],
        [f"approximated info document_as_text {AT}.content[1].source", MOVED.format(AT, 1)],
    )


def test_media_stay_in_a_result_where_tool_messages_take_them() -> None:
    assert answered_in_chat(tool_result(content=[text("a"), IMAGE, PDF]), dialect="vllm") == (
        [tool(content=[text("a"), IMAGE_PART, PDF_PART])],
        [],
    )


def test_media_that_chat_does_not_take_are_named_inside_their_result() -> None:
    result = tool_result(content=[{"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}}])

    with pytest.raises(Unsupported) as caught:
        answered_in_chat(result)

    assert caught.value.path == f"{AT}.content[0].source"
    assert answered_in_chat(result, downgrade={LossCode.DOCUMENT_URL}) == (
        [tool(content="")],
        [f"dropped warning document_url {AT}.content[0].source"],
    )


# -- Chat to Messages ----------------------------------------------------------------------------------

HERE = "$.messages[2]"
"""Where the tool message stands in Chat."""


def answered_in_messages(message: JsonObject) -> tuple[JsonObject, list[str]]:
    """The block that a tool message becomes."""
    body, losses = to_messages({"messages": [HI, assistant(None, tool_calls=[call()]), message]})
    assert body["messages"][:2] == [HI, assistant(tool_use())]
    (turn,) = body["messages"][2:]
    assert turn["role"] == "user"
    (block,) = turn["content"]
    return block, losses


BARE = {"type": "tool_result", "tool_use_id": "t1"}
FAILED = {"is_error": True}


@pytest.mark.parametrize(
    ("content", "fields", "losses"),
    [
        ("a", {"content": "a"}, []),
        ("", {"content": ""}, []),
        (" ", {"content": " "}, []),
        (None, {}, []),
        ([], {}, []),
        ([text("a"), text("b")], {"content": [text("a"), text("b")]}, []),
        ([text(" ")], {}, [f"dropped info turn_empty {HERE}.content[0]"]),
        ([text("a"), IMAGE_PART], {"content": [text("a"), IMAGE]}, []),
        ([UNKNOWN, text("a")], {"content": [text("a")]}, [f"dropped warning unknown_block {HERE}.content[0]"]),
        ("[tool_error]", {"content": "", **FAILED}, []),
        ("[tool_error]\n", {"content": "", **FAILED}, []),
        ("[tool_error]\nboom\nbang", {"content": "boom\nbang", **FAILED}, []),
        ("[tool_error] boom", {"content": "[tool_error] boom"}, []),
        (" [tool_error]\nboom", {"content": " [tool_error]\nboom"}, []),
        ("boom\n[tool_error]", {"content": "boom\n[tool_error]"}, []),
        (MARKED, FAILED, []),
        ([*MARKED, text("boom")], {"content": [text("boom")], **FAILED}, []),
        ([text("boom"), *MARKED], {"content": [text("boom"), *MARKED]}, []),
        ([text("[tool_error]\nboom")], {"content": [text("[tool_error]\nboom")]}, []),
        ([*MARKED, UNKNOWN], FAILED, [f"dropped warning unknown_block {HERE}.content[1]"]),
        (
            [{**UNKNOWN, "text": "[tool_error]"}, text("a")],
            {"content": [text("a")]},
            [f"dropped warning unknown_block {HERE}.content[0]"],
        ),
    ],
)
def test_what_a_tool_message_says_is_the_content_of_a_result(
    content: Json, fields: JsonObject, losses: list[str]
) -> None:
    assert answered_in_messages(tool(content=content)) == ({**BARE, **fields}, losses)


def test_a_tool_message_without_content_is_a_result_without() -> None:
    assert answered_in_messages({"role": "tool", "tool_call_id": "t1"}) == (BARE, [])


@pytest.mark.parametrize(
    ("fields", "more", "losses"),
    [
        ({"name": "f"}, {}, [f"dropped info turn_name {HERE}.name"]),
        ({"cache_control": MARK}, {"cache_control": MARK}, []),
        (
            {"cache_control": {**MARK, "of_tomorrow": 1}},
            {"cache_control": MARK},
            [f"dropped warning unknown_field {HERE}.cache_control.of_tomorrow"],
        ),
        ({"of_tomorrow": 1}, {}, [f"dropped warning unknown_field {HERE}.of_tomorrow"]),
    ],
)
def test_what_a_tool_message_has_besides(fields: JsonObject, more: JsonObject, losses: list[str]) -> None:
    assert answered_in_messages({**tool(), **fields}) == ({**tool_result(), **more}, losses)


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (tool(content=1), "content"),
        (tool(content=["a"]), "content[0]"),
        (tool(content=[text("a"), {"type": "image_url"}]), "content[1].image_url"),
        ({**tool(), "cache_control": {}}, "cache_control.type"),
    ],
)
def test_a_malformed_tool_message(message: JsonObject, path: str) -> None:
    with pytest.raises(InvalidPayload) as caught:
        answered_in_messages(message)

    assert caught.value.path == f"{HERE}.{path}"


@pytest.mark.parametrize(
    ("content", "fields"),
    [("a", {"content": "a"}), (None, {}), ("[tool_error]\nboom", {"content": "boom", **FAILED})],
)
def test_a_function_message_of_the_older_form(content: str | None, fields: JsonObject) -> None:
    message = {"role": "function", "name": "f", "content": content, "of_tomorrow": 1}

    assert answered_in_messages(message) == (
        {**BARE, **fields},
        [f"dropped warning unknown_field {HERE}.of_tomorrow"],
    )
