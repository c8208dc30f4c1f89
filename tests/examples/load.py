"""Hundreds of streams at once through one process of a proxy: ``PYTHONPATH=src python -m tests.examples.load``.

Each client says something else and has to hear that again, so that nothing can get lost or mixed up
unnoticed. Backend, proxy and clients run in processes of their own, on the loopback.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx2

from llm_transcode import StreamTranscoder, convert_request

from .servers import eventually, free_port

_EXAMPLES: Final = Path(__file__).parents[2] / "examples"
_STREAMS: Final = 400
_ROUNDS: Final = 3
_WORDS: Final = 60
_REPEATS: Final = 100

_TEXT: Final = re.compile(r'"type":\s*"text_delta",\s*"text":\s*"([^"]*)"')


def main() -> None:
    with ExitStack() as stack:
        backend, _ = _start(stack, "demo_upstream.py", "/v1/models")
        proxy, process = _start(stack, "anthropic2openai_proxy.py", "/health", OPENAI_API_BASE=f"{backend}/v1")
        for route, url in (("without proxy", backend), ("through the proxy", proxy)):
            asyncio.run(_round(url, 1))
            before, cpu = _memory(process), _cpu(process)
            began = time.perf_counter()
            for _ in range(_ROUNDS):
                asyncio.run(_round(url, _STREAMS))
            took = time.perf_counter() - began
            each = (_cpu(process) - cpu) * 1000 / _ROUNDS / _STREAMS
            print(f"{route}: {_ROUNDS} rounds of {_STREAMS} streams at once in {took:.1f} s, none lost or mixed up")
            print(f"  the proxy: {before} MiB before, {_memory(process)} MiB after, {each:.2f} ms of CPU a stream")
        print(f"  of which the translation takes {_translation(backend):.2f} ms")


def _translation(backend: str) -> float:
    """Milliseconds for the same stream in the same pieces, without the network."""
    body = {**_body(0), "stream_options": {"include_usage": True}}
    with httpx2.stream("POST", f"{backend}/v1/chat/completions", json=body, headers={"x-api-key": "demo"}) as answer:
        pieces = list(answer.iter_bytes())
    began = time.perf_counter()
    for _ in range(_REPEATS):
        convert_request(_body(0), source="messages", target="chat")
        stream = StreamTranscoder(source="chat", target="messages")
        for piece in pieces:
            stream.feed(piece)
        stream.close()
    return (time.perf_counter() - began) * 1000 / _REPEATS


def _start(stack: ExitStack, program: str, health: str, **settings: str) -> tuple[str, subprocess.Popen[bytes]]:
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "LOG_LEVEL": "warning", **settings}
    process = stack.enter_context(subprocess.Popen([sys.executable, str(_EXAMPLES / program)], env=environment))
    stack.callback(process.terminate)
    url = f"http://127.0.0.1:{port}"
    eventually(lambda: _answers(url + health), patience=20)
    return url, process


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url).is_success
    except httpx2.ConnectError:
        return False


async def _round(url: str, streams: int) -> None:
    limits = httpx2.Limits(max_connections=streams)
    async with httpx2.AsyncClient(limits=limits, timeout=60, headers={"x-api-key": "demo"}) as http:
        await asyncio.gather(*(_stream(http, f"{url}/v1/messages", number) for number in range(streams)))


async def _stream(http: httpx2.AsyncClient, url: str, number: int) -> None:
    body = _body(number)
    answer = await http.post(url, json=body)
    heard = "".join(_TEXT.findall(answer.text))
    assert heard == f"Hello! You said: {body['messages'][0]['content']}", f"stream {number} heard {heard!r}"
    assert answer.text.count("event: message_stop") == 1


def _body(number: int) -> dict[str, Any]:
    said = " ".join(f"{number}-{word}" for word in range(_WORDS))
    return {"model": "demo", "max_tokens": 100, "stream": True, "messages": [{"role": "user", "content": said}]}


def _memory(process: subprocess.Popen[bytes]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) // 1024


def _cpu(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
