"""The ledger of the whole pair: what becomes of everything that the two vocabularies know.

Each concept file keeps the tables of its models, field by field. `LEDGER` gathers them, and `WHOLE`
names the models that need no table, since they are taken, left or refused as one thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Final, NamedTuple

from ... import chat, messages
from ...wire import WireModel
from ..fields import Fields, UnionFields

__all__ = ["LEDGER", "WHOLE", "Entry"]


class Entry(NamedTuple):
    """One table, and where it stands."""

    concept: str
    """The module of this package, such as ``tools``."""
    fields: Fields


def _entries() -> Iterator[Entry]:
    package = __name__.rpartition(".")[0]
    for info in iter_modules(import_module(package).__path__):
        if f"{package}.{info.name}" != __name__:
            for fields in _tables(import_module(f"{package}.{info.name}")):
                yield Entry(info.name, fields)


def _tables(module: ModuleType) -> Iterator[Fields]:
    """The tables that a module makes, not those it imports: only the former are annotated in it."""
    for name in module.__annotations__:
        value: object = getattr(module, name, None)
        if isinstance(value, Fields):
            yield value
        elif isinstance(value, UnionFields):
            yield from value.tables


def _once(entries: Iterator[Entry]) -> tuple[Entry, ...]:
    """A table may have a name of its own and stand in a union too."""
    return tuple({id(entry.fields): entry for entry in entries}.values())


LEDGER: Final = _once(_entries())
"""All tables, in the order of modules and of their text."""

_SERVERS: Final = "left out: what a tool of Anthropic's servers was asked or answered"
_RUNS_THERE: Final = "left out: it runs on Anthropic's servers only; refused when it is forced"
_UNKNOWN: Final = "left out: this version does not know it"
_FOREIGN_FILE: Final = "refused: only the vendor that issued a file id can resolve it"

WHOLE: Final[dict[type[WireModel], str]] = {
    # -- Messages: requests
    messages.ContextManagement: "left behind as a whole",
    # -- Messages: blocks
    messages.UnknownBlock: _UNKNOWN,
    messages.UnknownTurn: "refused: nobody knows who speaks",
    messages.BrowserStateBlock: "sent as JSON text",
    messages.ServerToolUseBlock: _SERVERS,
    messages.WebSearchToolResultBlock: _SERVERS,
    messages.WebFetchToolResultBlock: _SERVERS,
    messages.CodeExecutionToolResultBlock: _SERVERS,
    messages.BashCodeExecutionToolResultBlock: _SERVERS,
    messages.TextEditorCodeExecutionToolResultBlock: _SERVERS,
    messages.ToolSearchToolResultBlock: _SERVERS,
    messages.AdvisorToolResultBlock: _SERVERS,
    messages.McpToolUseBlock: _SERVERS,
    messages.McpToolResultBlock: _SERVERS,
    messages.McpToolListingBlock: _SERVERS,
    messages.ContainerUploadBlock: "refused in requests, left out of replies: the file stays at Anthropic",
    messages.FallbackBlock: "left out: which model took over",
    messages.FileImageSource: _FOREIGN_FILE,
    messages.UrlPdfSource: "refused: Chat takes no addresses of documents",
    messages.UnknownSource: "refused: this version does not know it",
    messages.CharLocation: "left out: only citations of web pages become annotations",
    messages.PageLocation: "left out: only citations of web pages become annotations",
    messages.ContentBlockLocation: "left out: only citations of web pages become annotations",
    messages.SearchResultLocation: "left out: only citations of web pages become annotations",
    messages.UnknownCitation: "left out: only citations of web pages become annotations",
    # -- Messages: streams
    messages.ErrorEvent: "read as an error, whatever its form",
    messages.CompactionDelta: "left out with its block",
    messages.UnknownDelta: _UNKNOWN,
    messages.UnknownEvent: _UNKNOWN,
    # -- Messages: tools
    messages.BrowserToolset: "refused: its tools have no public schemas",
    messages.ComputerToolset: "refused: its tools have no public schemas",
    messages.WebSearchTool: _RUNS_THERE,
    messages.WebFetchTool: _RUNS_THERE,
    messages.CodeExecutionTool: _RUNS_THERE,
    messages.ToolSearchTool: _RUNS_THERE,
    messages.AdvisorTool: _RUNS_THERE,
    messages.McpToolset: _RUNS_THERE,
    messages.UnknownTool: _UNKNOWN,
    messages.McpToolReference: _RUNS_THERE,
    messages.McpToolsetReference: _RUNS_THERE,
    messages.UnknownToolChange: _UNKNOWN,
    # -- Messages: parameters
    messages.UnknownOutputFormat: _UNKNOWN,
    messages.Container: "left out, or refused beside code execution: Chat runs no code",
    messages.Compaction: "refused: Chat does not summarise conversations",
    messages.Thread: "refused: Chat keeps no conversation on the server",
    messages.ModelCapabilities: "carried on as it is",
    # -- Chat
    chat.UnknownMessage: "refused: nobody knows who speaks",
    chat.UnknownPart: "taken over if it is a block of Messages, left out otherwise",
    chat.AudioPart: "refused: Anthropic does not listen",
    chat.UnknownToolCall: _UNKNOWN,
    chat.UnknownReasoning: "left out: only another vendor can read it",
    chat.UnknownThinkingBlock: "left out: only another vendor can read it",
    chat.UnknownResponseFormat: _UNKNOWN,
    chat.UnknownFormat: _UNKNOWN,
    chat.UnknownTool: _UNKNOWN,
    chat.UnknownToolChoice: _UNKNOWN,
    chat.Moderation: "left out; refused where it blocks, since that is a safety control",
}
"""Models without a table, and what becomes of them."""
