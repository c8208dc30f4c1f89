"""A turn of a coding agent, converted to Chat Completions; the answer, converted back.

Run it in a terminal: ``python examples/convert.py``. Left is what comes in, right what goes out, below
them what could not come along. Nothing is sent anywhere.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import zip_longest
from textwrap import wrap
from typing import Any, Final

from llm_transcode import Loss, Options, convert_request, convert_response

REQUEST: Final[dict[str, Any]] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 32000,
    "stream": True,
    "thinking": {"type": "adaptive"},
    "output_config": {"effort": "high"},
    "system": [
        {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.0; cch=4f1c8;"},
        {
            "type": "text",
            "text": "You are a careful programmer.",
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        },
    ],
    "tools": [
        {"type": "bash_20250124", "name": "bash"},
        {
            "name": "screenshot",
            "description": "Takes a picture of a page.",
            "input_schema": {
                "type": "object",
                "properties": {"url": {"type": "string"}},
                "required": ["url"],
            },
        },
    ],
    "messages": [
        {"role": "user", "content": "Why is the page blank?"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Look first, then run the tests.", "signature": "c2lnbmVk"},
                {"type": "text", "text": "I look at it and run the tests."},
                {
                    "type": "tool_use",
                    "id": "toolu_01",
                    "name": "screenshot",
                    "input": {"url": "http://localhost:8000"},
                },
                {"type": "tool_use", "id": "toolu_02", "name": "bash", "input": {"command": "pytest -q"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_01",
                    "content": [
                        {"type": "text", "text": "800 x 600"},
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
                        },
                    ],
                },
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_02",
                    "content": "1 failed: test_index",
                    "is_error": True,
                },
                {"type": "text", "text": "Go on."},
            ],
        },
    ],
}
"""What a coding agent sends: ``POST /v1/messages``."""

REPLY: Final[dict[str, Any]] = {
    "id": "chatcmpl-01",
    "object": "chat.completion",
    "created": 1767225600,
    "model": "gpt-5.5",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "logprobs": None,
            "message": {
                "role": "assistant",
                "content": "The template is missing.",
                "refusal": None,
                "tool_calls": [
                    {
                        "id": "call_01",
                        "type": "function",
                        "function": {"name": "bash", "arguments": '{"command": "ls templates"}'},
                    }
                ],
            },
        }
    ],
    "usage": {
        "prompt_tokens": 1200,
        "completion_tokens": 64,
        "total_tokens": 1264,
        "prompt_tokens_details": {"cached_tokens": 1024},
        "completion_tokens_details": {"reasoning_tokens": 32},
    },
    "system_fingerprint": "fp_01",
}
"""What the backend answers: a ``chat.completion``."""

_WIDEST: Final = 150
_NARROWEST: Final = 96
"""Terminals below this many columns get one document under the other."""

_INDENT: Final = 25
"""Where the details of a loss begin."""

_STYLES: Final = {"title": "1", "frame": "2", "warning": "33", "info": "36"}
"""ANSI parameters; used on a terminal only, and not if ``NO_COLOR`` is set."""


def main() -> None:
    """Print the request and its answer, each beside its conversion."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # the frame is outside of what some consoles take by default
    screen = Screen()
    request = convert_request(
        REQUEST, source="messages", target="chat", options=Options(models={"claude-sonnet-4-5": "gpt-5.5"})
    )
    screen.show("Request", ("Anthropic Messages", REQUEST), ("OpenAI Chat Completions", request.to_dict()))
    screen.losses(request.losses)

    reply = convert_response(REPLY, source="chat", target="messages", context=request.context)
    screen.show("Answer", ("OpenAI Chat Completions", REPLY), ("Anthropic Messages", reply.to_dict()))
    screen.losses(reply.losses)


class Screen:
    """Plain text as wide as the terminal, in colour where there is one."""

    def __init__(self) -> None:
        self.width = min(shutil.get_terminal_size((120, 24)).columns, _WIDEST)
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def show(self, title: str, source: tuple[str, Any], target: tuple[str, Any]) -> None:
        """Print two documents, side by side if there is room."""
        print("\n" + self.styled("title", f"{title} ".ljust(self.width, "═")) + "\n")
        if self.width < _NARROWEST:
            for name, document in (source, target):
                print("\n".join([*self.heading(name, self.width), *pretty(document, self.width), ""]))
        else:
            print("\n".join(self.side_by_side(source, target)))

    def side_by_side(self, source: tuple[str, Any], target: tuple[str, Any]) -> Iterator[str]:
        """The lines of two documents in two columns."""
        width = (self.width - 3) // 2
        columns = [[*self.heading(name, width), *pretty(document, width)] for name, document in (source, target)]
        bar = self.styled("frame", "│")
        for row, (left, right) in enumerate(zip_longest(*columns, fillvalue="")):
            # The heading is padded already, and its colours have no width that `ljust` would know of.
            yield f"{left if row < 2 else left.ljust(width)} {bar} {right}".rstrip()

    def heading(self, name: str, width: int) -> list[str]:
        """The name of a document, underlined."""
        return [self.styled("title", name.ljust(width)), self.styled("frame", "─" * width)]

    def losses(self, losses: Iterable[Loss]) -> None:
        """Print what did not come along, one entry for each loss."""
        print("\n" + self.styled("title", "Did not come along unchanged"))
        margin = " " * _INDENT
        for loss in losses:
            what = self.styled(loss.level, f"  {loss.level:<7}  {loss.kind:<12}".ljust(_INDENT))
            print(f"{what}{loss.code.value:<19}{self.styled('frame', loss.path)}")
            print("\n".join(wrap(loss.detail, self.width, initial_indent=margin, subsequent_indent=margin)))

    def styled(self, style: str, text: str) -> str:
        """The text in a style of `_STYLES`, or as it is."""
        return f"\033[{_STYLES[style]}m{text}\033[0m" if self.colour else text


def pretty(value: Any, width: int, indent: int = 0, label: str = "") -> list[str]:
    """JSON in lines of at most ``width`` characters: what fits on one line stays on one."""
    margin = " " * indent
    flat = label + json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or indent + len(flat) < width:
        return wrap(flat, width, initial_indent=margin, subsequent_indent=margin + "    ", break_on_hyphens=False)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    inner = [line for name, item in members(value) for line in _ended(pretty(item, width - 1, indent + 2, name))]
    inner[-1] = inner[-1].removesuffix(",")
    return [margin + label + opening, *inner, margin + closing]


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """The items of an object or list, each with what stands before it."""
    if isinstance(value, dict):
        yield from ((f"{json.dumps(name)}: ", item) for name, item in value.items())
    else:
        yield from (("", item) for item in value)


def _ended(lines: list[str]) -> list[str]:
    return [*lines[:-1], lines[-1] + ","]


if __name__ == "__main__":
    main()
