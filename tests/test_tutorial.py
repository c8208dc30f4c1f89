"""The proxy of the tutorial, in front of a backend that a script plays."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

httpx2 = pytest.importorskip("httpx2")
pytest.importorskip("starlette")

PAGE: Final = Path(__file__).parents[1] / "docs" / "tutorial" / "proxy.md"
REQUEST: Final = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "Hello"}]}
CHUNK: Final = '{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,%s}]}'
STREAM: Final = "".join(
    f"data: {data}\n\n"
    for data in (
        CHUNK % '"delta":{"role":"assistant","content":"Hi"},"finish_reason":null',
        CHUNK % '"delta":{},"finish_reason":"stop"',
        "[DONE]",
    )
)


def backend(request: Any) -> Any:
    assert request.url.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer key"
    asked = json.loads(request.content)
    if asked["model"] == "none":
        return httpx2.Response(404, json={"error": {"message": "no such model", "type": "invalid_request_error"}})
    if asked.get("stream"):
        return httpx2.Response(200, text=STREAM, headers={"content-type": "text/event-stream"})
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    reply = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return httpx2.Response(200, json=reply)


def post(body: Any) -> Any:
    """Send a request through the program on the page."""
    program = re.search(r"^```python\n(import os.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert program is not None
    names: dict[str, Any] = {}
    exec(compile(program[1], str(PAGE), "exec"), names)
    names["http"] = httpx2.AsyncClient(transport=httpx2.MockTransport(backend))

    async def send() -> Any:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(names["app"]), base_url="http://proxy") as client:
            return await client.post("/v1/messages", json=body, headers={"x-api-key": "key"})

    return asyncio.run(send())


def test_the_program_has_no_more_lines_than_it_says() -> None:
    program = PAGE.read_text("utf-8").split("```python\n")[1].split("```")[0]

    assert len([line for line in program.splitlines() if line.strip()]) <= 40


def test_a_reply() -> None:
    reply = post(REQUEST)

    assert reply.status_code == 200
    assert reply.json()["content"] == [{"type": "text", "text": "Hi"}]


def test_a_stream() -> None:
    reply = post({**REQUEST, "stream": True})

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert '"text":"Hi"' in reply.text
    assert reply.text.endswith('event: message_stop\ndata: {"type":"message_stop"}\n\n')


def test_an_error_of_the_backend() -> None:
    reply = post({**REQUEST, "model": "none"})

    assert reply.status_code == 404
    assert reply.json()["error"]["type"] == "not_found_error"


@pytest.mark.parametrize("body", [[], {**REQUEST, "messages": [7]}])
def test_an_error_of_the_client(body: Any) -> None:
    reply = post(body)

    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"
