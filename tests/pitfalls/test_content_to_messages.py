"""Pitfalls of parts, cache marks and thinking on the way from Chat to Messages."""

from __future__ import annotations

import pytest

from llm_transcode import LossCode, Options, Unsupported

from .conversions import (
    CLAUDE,
    HI,
    Json,
    JsonObject,
    Outcome,
    asked_of_messages,
    assistant,
    call,
    request_to_messages,
    text,
    tool,
    tool_result,
    tool_use,
    user,
)

NEWER = "claude-opus-5"


def turns(*given: JsonObject, model: str = CLAUDE, **options: Json) -> Outcome:
    return request_to_messages({"model": model, "messages": list(given)}, Options(**options))


def expected(*messages: JsonObject, losses: list[tuple[str, str]] | None = None, **fields: Json) -> Outcome:
    return asked_of_messages({"messages": list(messages), **fields}, losses)


def system(content: Json, role: str = "system") -> JsonObject:
    return {"role": role, "content": content}


# -- parts -----------------------------------------------------------------------------------------

PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    ("url", "media_type", "data"),
    [
        ("data:image/jpg;base64,/9j/4A==", "image/jpeg", "/9j/4A=="),
        (f"data:image/png;charset=utf-8;base64,{PNG}", "image/png", PNG),
        (f"DATA:IMAGE/PNG;BASE64,{PNG}", "image/png", PNG),
        (f"data:;base64,{PNG}", "image/png", PNG),
        (f"data:application/octet-stream;base64,{PNG}", "image/png", PNG),
    ],
)
def test_p117_data_urls(url: str, media_type: str, data: str) -> None:
    outcome = turns(user({"type": "image_url", "image_url": {"url": url}}))

    source = {"type": "base64", "media_type": media_type, "data": data}
    assert outcome == expected(user({"type": "image", "source": source}))


def test_p117_detail_is_dropped() -> None:
    outcome = turns(user({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "high"}}))

    source = {"type": "base64", "media_type": "image/png", "data": PNG}
    losses = [("image_detail", "$.messages[0].content[0].image_url.detail")]
    assert outcome == expected(user({"type": "image", "source": source}), losses=losses)


def test_p117_formats_that_anthropic_does_not_take() -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/svg+xml;base64,PHN2Zz4="}}

    with pytest.raises(Unsupported) as caught:
        turns(user(part))

    assert caught.value.path == "$.messages[0].content[0].image_url"
    assert turns(user(text("see"), part), downgrade={LossCode.MEDIA}) == expected(
        user(text("see")), losses=[("media", "$.messages[0].content[1].image_url")]
    )


ADDRESS = "https://example.com/a.png"


def test_p118_addresses_of_images_pass() -> None:
    outcome = turns(user({"type": "image_url", "image_url": {"url": ADDRESS}}))

    assert outcome == expected(user({"type": "image", "source": {"type": "url", "url": ADDRESS}}))


def test_p118_addresses_of_images_where_only_data_is_taken() -> None:
    with pytest.raises(Unsupported) as caught:
        turns(user({"type": "image_url", "image_url": {"url": ADDRESS}}), dialect="bedrock")

    assert caught.value.path == "$.messages[0].content[0].image_url"


@pytest.mark.parametrize(
    ("file", "block"),
    [
        (
            {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
                "title": "a.pdf",
            },
        ),
        (
            {"file_data": "data:text/plain;base64,aGk="},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hi"}},
        ),
    ],
)
def test_p061_files(file: JsonObject, block: JsonObject) -> None:
    assert turns(user({"type": "file", "file": file})) == expected(user(block))


MARK = {"type": "ephemeral"}


def test_p132_cache_marks_of_parts_messages_and_results() -> None:
    outcome = turns(
        system([text("long", cache_control=MARK)]),
        {**user("marked"), "cache_control": MARK},
        assistant(None, tool_calls=[call()]),
        {**tool(), "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    )

    assert outcome == expected(
        user(text("marked", cache_control=MARK)),
        assistant(tool_use()),
        user(tool_result(cache_control={"type": "ephemeral", "ttl": "1h"})),
        system=[text("long", cache_control=MARK)],
    )


def test_p131_at_most_four_cache_marks() -> None:
    outcome = turns(
        system([text(str(at), cache_control=MARK) for at in range(3)]),
        user(*(text(str(at), cache_control=MARK) for at in range(3))),
    )

    assert outcome == expected(
        user(*(text(str(at), cache_control=MARK) for at in range(3))),
        system=[text("0"), text("1"), text("2", cache_control=MARK)],
        losses=[("cache_control", f"$.messages[0].content[{at}].cache_control") for at in (0, 1)],
    )


# -- thinking --------------------------------------------------------------------------------------

SIGNED = {"type": "thinking", "thinking": "h\u00fcm \ud83d ", "signature": "s"}
"""With a lone surrogate and a space at its end: what was signed must come back byte for byte."""


def test_p121_an_empty_signature_is_none() -> None:
    unsigned = {"type": "thinking", "thinking": "hm", "signature": ""}

    outcome = turns(HI, assistant("ok", thinking_blocks=[unsigned]), HI)

    assert outcome == expected(HI, assistant("ok"), HI, losses=[("thinking_unsigned", "$.messages[1].thinking_blocks")])


def test_p121_unsigned_thinking_is_left_out() -> None:
    outcome = turns(HI, assistant("ok", reasoning_content="hm"), HI)

    assert outcome == expected(
        HI, assistant("ok"), HI, losses=[("thinking_unsigned", "$.messages[1].reasoning_content")]
    )


def test_p121_unsigned_thinking_as_text_on_demand() -> None:
    outcome = turns(HI, assistant("ok", reasoning_content="hm"), HI, unsigned_thinking="text")

    assert outcome == expected(
        HI, assistant(text("hm"), text("ok")), HI, losses=[("thinking_unsigned", "$.messages[1].reasoning_content")]
    )


def test_p121_reasoning_of_another_vendor_is_left_out() -> None:
    foreign = {"type": "reasoning.encrypted", "data": "x", "format": "openai-responses-v1", "index": 0}

    outcome = turns(HI, assistant("ok", reasoning_details=[foreign]), HI)

    losses = [("thinking", "$.messages[1].reasoning_details[0]")]
    assert outcome == expected(HI, assistant("ok"), HI, losses=losses)


def test_p122_a_signature_alone_is_kept() -> None:
    signed = {"type": "thinking", "thinking": "", "signature": "s", "cache_control": MARK}

    outcome = turns(HI, assistant(None, thinking_blocks=[signed], tool_calls=[call()]), tool())

    block = {"type": "thinking", "thinking": "", "signature": "s"}
    losses = [("cache_control", "$.messages[1].thinking_blocks[0].cache_control")]
    assert outcome == expected(HI, assistant(block, tool_use()), user(tool_result()), losses=losses)


def test_p123_thinking_is_opaque() -> None:
    details = [
        {"type": "reasoning.text", "text": SIGNED["thinking"], "signature": "s", "format": "anthropic-claude-v1"},
        {"type": "reasoning.encrypted", "data": "x", "format": "anthropic-claude-v1"},
    ]

    outcome = turns(HI, assistant("ok", reasoning_details=details, reasoning_content="hm"), HI)

    redacted = {"type": "redacted_thinking", "data": "x"}
    assert outcome == expected(HI, assistant(SIGNED, redacted, text("ok")), HI)
