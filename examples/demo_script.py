"""What the scripted backend answers, whatever protocol it is asked in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

__all__ = ["Asked", "Reply", "ToolCall", "pieces", "reply_to"]

_CJK: Final = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_PIECE: Final = re.compile(r"\S{1,12}\s*|\s+")
_TOOL_WORDS: Final = ("weather", "天气", "tool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the script looks at in a request."""

    model: str
    said: str
    """The last text of the user."""
    answered: int = 0
    """How many times the model has spoken, which tells the replies of a conversation apart by their ids."""
    images: int = 0
    """How many stand beside it."""
    results: tuple[str, ...] = ()
    """What tools answered, if that comes last."""
    tools: dict[str, Any] = field(default_factory=dict)
    """The schemas of the tools, by name."""
    schema: Any = None
    """The schema of the answer, if one was given."""
    streams: bool = False
    include_usage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    id: str
    name: str
    arguments: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    thinking: str = ""
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    cut: bool = False
    """Whether the limit on tokens ended it."""
    fails: Literal["broken", "truncated"] | None = None
    """Whether its stream ends in an error, or just ends."""


def reply_to(asked: Asked) -> Reply:
    """What the script has for a request."""
    words = f"{asked.model} {asked.said}"
    fails: Literal["broken", "truncated"] | None = None
    if "broken" in words or "truncated" in words:
        fails = "broken" if "broken" in words else "truncated"
    thinking = "The user wants me to think, so I do." if "think" in words else ""
    if asked.schema is not None:
        text = json.dumps(_example(asked.schema), ensure_ascii=False)
        return Reply(thinking=thinking, text=text, fails=fails)
    if asked.tools and not asked.results and any(word in words for word in _TOOL_WORDS):
        return Reply(thinking=thinking, text="Let me look that up.", calls=tuple(_calls(asked.tools)), fails=fails)
    return Reply(thinking=thinking, text=_text(asked), fails=fails, cut="demo-cut" in asked.model)


def _text(asked: Asked) -> str:
    if asked.results:
        return "The tools say: " + "; ".join(asked.results)
    if asked.images:
        return f"I see {asked.images} image(s)."
    if _CJK.search(asked.said):
        return "你好。我是一个演示模型。很高兴认识你。"
    return f"Hello! You said: {asked.said}"


def _calls(tools: dict[str, Any]) -> Iterator[ToolCall]:
    """Two at once: of two tools, or of the only one."""
    names = list(tools)[:2] if len(tools) > 1 else list(tools) * 2
    for number, (name, text) in enumerate(zip(names, ("Paris", "北京"), strict=True)):
        yield ToolCall(id=f"call_demo_{number}", name=name, arguments=_example(tools[name], text))


def _example(schema: Any, text: str = "demo") -> Any:
    """Something that a JSON schema allows, as far as the schemas of examples go."""
    match schema:
        case {"enum": [first, *_]}:
            return first
        case {"type": "object"}:
            return {name: _example(part, text) for name, part in schema.get("properties", {}).items()}
        case {"type": "array", "items": items}:
            return [_example(items, text)]
        case {"type": "integer" | "number"}:
            return 21
        case {"type": "boolean"}:
            return True
        case _:
            return text


def pieces(text: str) -> list[str]:
    """A text cut as a model's tokens might be."""
    return _PIECE.findall(text)
