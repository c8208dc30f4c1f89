"""The filter: a document on standard input, its conversion on standard output, losses on standard error."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from llm_transcode import __version__
from llm_transcode.__main__ import main

_TO_CHAT = ("--from", "messages", "--to", "chat")
_TO_MESSAGES = ("--from", "chat", "--to", "messages")

_REQUEST: dict[str, Any] = {"model": "m", "max_tokens": 5, "top_k": 3, "messages": [{"role": "user", "content": "hi"}]}
_RESPONSE: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
_CHUNK: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"role": "assistant", "content": "hi"}, "finish_reason": None}],
}


class _Ran(NamedTuple):
    status: int
    out: bytes
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class _Shell:
    """Runs the filter with given standard streams."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def __call__(self, *arguments: str, given: Any) -> _Ran:
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        out, err = BytesIO(), BytesIO()
        self._patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(body)))
        self._patch.setattr(sys, "stdout", TextIOWrapper(out))
        self._patch.setattr(sys, "stderr", TextIOWrapper(err, write_through=True))
        try:
            status = main(arguments)
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        return _Ran(status, out.getvalue(), err.getvalue().decode())


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> _Shell:
    return _Shell(monkeypatch)


def test_request(shell: _Shell) -> None:
    ran = shell("request", *_TO_CHAT, given=_REQUEST)
    assert (ran.status, ran.document["messages"]) == (0, _REQUEST["messages"])
    assert ran.err.splitlines() == ["warning: $.top_k: dropped sampling: the backend takes no top_k"]


def test_dialect(shell: _Shell) -> None:
    ran = shell("request", *_TO_CHAT, "--dialect", "vllm", given=_REQUEST)
    assert (ran.document["top_k"], ran.err) == (3, "")


def test_response(shell: _Shell) -> None:
    ran = shell("response", *_TO_MESSAGES, given=_RESPONSE)
    assert (ran.status, ran.document["content"]) == (0, [{"type": "text", "text": "hi"}])


def test_response_to_a_request(shell: _Shell, tmp_path: Path) -> None:
    """The request says what its tool was called before the name was shortened."""
    name = "a" * 100
    request = {**_REQUEST, "tools": [{"name": name, "input_schema": {"type": "object"}}]}
    (tmp_path / "request.json").write_text(json.dumps(request))
    sent = shell("request", *_TO_CHAT, given=request).document["tools"][0]["function"]["name"]
    call = {"id": "c", "type": "function", "function": {"name": sent, "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    reply = {**_RESPONSE, "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
    ran = shell("response", *_TO_MESSAGES, "--request", str(tmp_path / "request.json"), given=reply)
    assert (len(sent), ran.document["content"][0]["name"]) == (64, name)


def test_error(shell: _Shell) -> None:
    ran = shell("error", *_TO_CHAT, "--status", "429", given=b"slow down")
    assert (ran.status, ran.document["error"]["message"]) == (0, "slow down")
    assert ran.document["error"]["code"] == "rate_limit_exceeded"


def test_models(shell: _Shell) -> None:
    ran = shell("models", *_TO_MESSAGES, given={"object": "list", "data": [{"id": "m", "object": "model"}]})
    assert (ran.status, ran.document["data"][0]["id"]) == (0, "m")


def test_stream(shell: _Shell) -> None:
    end = {**_CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    given = b"".join(b"data: %b\n\n" % json.dumps(chunk).encode() for chunk in (_CHUNK, end)) + b"data: [DONE]\n\n"
    ran = shell("stream", *_TO_MESSAGES, given=given)
    assert ran.status == 0
    assert ran.out.startswith(b"event: message_start\n")
    assert ran.out.endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')


def test_stream_that_breaks_off(shell: _Shell) -> None:
    ran = shell("stream", *_TO_MESSAGES, given=b"data: %b\n\n" % json.dumps(_CHUNK).encode())
    assert (ran.status, b"event: error" in ran.out) == (1, True)
    assert ran.err.splitlines()[-1] == "error: $: the upstream's stream ended early"


def test_what_is_not_valid(shell: _Shell) -> None:
    ran = shell("request", *_TO_CHAT, given={"model": "m", "max_tokens": 1})
    assert (ran.status, ran.out, ran.err) == (1, b"", "error: $.messages: field required\n")


def test_lossless(shell: _Shell) -> None:
    assert shell("request", *_TO_CHAT, "--lossless", given=_REQUEST).status == 3
    del (kept := dict(_REQUEST))["top_k"]
    assert shell("request", *_TO_CHAT, "--lossless", given=kept).status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("request", "--from", "messages", "--to", "smoke-signals"),
        ("request", *_TO_CHAT, "--dialect", "anthropic"),
        ("stream", "--from", "chat", "--to", "chat"),
    ],
)
def test_command_lines_that_are_wrong(shell: _Shell, arguments: tuple[str, ...]) -> None:
    assert shell(*arguments, given=_REQUEST).status == 2


def test_request_that_is_not_there(shell: _Shell, tmp_path: Path) -> None:
    ran = shell("response", *_TO_MESSAGES, "--request", str(tmp_path / "none"), given=_RESPONSE)
    assert ran.status == 1


def test_it_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(sys.modules, "llm_transcode.__main__")
    monkeypatch.setattr(sys, "argv", ["llm_transcode", "--version"])

    with pytest.raises(SystemExit) as exit_:
        runpy.run_module("llm_transcode", run_name="__main__")

    assert exit_.value.code == 0
    assert capsys.readouterr().out.strip() == __version__


def test_as_a_program() -> None:
    command = [sys.executable, "-m", "llm_transcode", "error", *_TO_MESSAGES]
    ran = subprocess.run(command, input=b"no", stdout=subprocess.PIPE, check=True)
    assert json.loads(ran.stdout)["error"]["message"] == "no"
