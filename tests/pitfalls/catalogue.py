"""The pitfalls by number: mistakes that users of other converters have run into, each held off by a test.

A test names the pitfalls it is about: ``test_p026_p055_unless_the_call_may_be_half_a_call``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["PITFALLS", "UNREACHABLE", "labelled_tests"]

PITFALLS: Final[dict[str, str]] = {
    # -- Chat streams to Messages
    "P001": "Parallel calls whose fragments interleave",
    "P002": "Several calls merged into one block",
    "P003": "Every parallel call has index 0",
    "P004": "No index in the fragments of a call",
    "P005": "Fragments under a foreign index, without id and name",
    "P006": "Every chunk repeats id and name of its call",
    "P007": "Later fragments with an empty id and name",
    "P008": "The name of a call comes late",
    "P009": "A whole call in one delta",
    "P010": "The finish reason in the chunk of a call",
    "P011": "The finish reason in the chunk of the last text",
    "P012": "Two calls in one delta",
    "P013": "Snapshots of arguments in place of fragments",
    "P014": "A call without id",
    "P015": "Ids that are used again in later turns",
    "P016": "Empty placeholders in every chunk",
    "P017": "Reasoning that resumes after text or a call",
    "P018": "A block left open when the next one begins",
    "P019": "One block for each token",
    "P020": "A usage chunk without choices",
    "P021": "A first chunk without choices",
    "P022": "The end sent before the usage chunk came",
    "P023": "No finish reason, only `[DONE]`",
    "P024": "A stream that was cut off reported as a success",
    "P025": "An empty finish reason in every chunk",
    "P026": "Finish reason `stop` although tools were called",
    "P027": "Finish reason `tool_calls` although none was",
    "P028": "`message_start` without the fields that clients need",
    "P029": "`message_delta` without usage",
    "P030": "`[DONE]` in a stream of Messages",
    "P031": "Pings without data",
    "P032": "No keep-alive before the first token",
    "P033": "Reasoning and nothing else",
    "P034": "Thinking without a signature",
    "P035": "Reasoning told twice",
    "P036": "Reasoning under various names",
    "P037": "Reasoning in tags within the text",
    "P038": "Characters cut apart between reads",
    "P039": "Line ends and spaces of every kind",
    "P040": "Two events without a blank line between them",
    "P041": "Raw control characters in JSON",
    "P042": "The stop sequence that matched is lost",
    "P043": "A vendor's thought signatures on calls",
    # -- Messages streams to Chat
    "P044": "The index of a block taken for that of a call",
    "P045": "Id, type and name repeated on each fragment",
    "P046": "A call without arguments streams none",
    "P047": "The empty input of the start put before the arguments",
    "P048": "What the start of a block already says",
    "P049": "Blocks that never stop",
    "P050": "Thinking mixed into the content",
    "P051": "Signatures dropped",
    "P052": "No finish reason, or its key absent",
    "P053": "Usage sent unasked, or on a chunk with a choice",
    "P054": "Usage added up that is a total already",
    "P055": "Arguments cut off by the limit",
    # -- requests to Chat
    "P056": "Text before a tool result",
    "P057": "Text after a call",
    "P058": "A call that is not the first block",
    "P059": "Arguments sent as an object",
    "P060": "Images of tool results",
    "P061": "Documents",
    "P062": "The error flag of a tool result",
    "P063": "A tool result without content",
    "P064": "Null content beside calls",
    "P065": "Thinking that the backend wants back",
    "P066": "A billing line that defeats the prompt cache",
    "P067": "System turns in mid-conversation",
    "P068": "Several system messages of which one survives",
    "P069": "A role that the backend does not know",
    "P070": "The name of the token limit",
    "P071": "Probes of one token",
    "P072": "Adaptive thinking",
    "P073": "Effort beyond what the model takes",
    "P074": "Fields without counterpart",
    "P075": "Directives in system turns",
    "P076": "Cache marks at backends that refuse them",
    "P077": "Deferred tools and references to them",
    "P078": "Tools that run on the vendor's servers",
    "P079": "A tool choice without tools",
    "P080": "Schemas without a type",
    "P081": "Schema keywords of other drafts",
    "P082": "Schema formats",
    "P083": "Schemas rewritten for another vendor",
    "P084": "Long names of tools",
    "P085": "Long ids of calls",
    "P086": "End-user ids that do not fit",
    "P087": "Usage of streams not asked for",
    "P088": "Very many tools",
    "P089": "More stop sequences than are taken",
    "P090": "A last assistant turn",
    "P091": "Settings of tools that few endpoints know",
    # -- requests to Messages
    "P092": "System messages after the first turn",
    "P093": "Tool messages and calls",
    "P094": "Parallel results in several turns",
    "P095": "Calls without results and results without calls",
    "P096": "Blocks of Messages among the parts of Chat",
    "P097": "Empty texts",
    "P098": "Thinking asked for in a tool loop that began without",
    "P099": "White space at the very end",
    "P100": "A last assistant turn at models that refuse it",
    "P101": "Temperature and top_p together",
    "P102": "Models that refuse sampling parameters",
    "P103": "Temperature beside thinking",
    "P104": "Temperatures above 1",
    "P105": "No token limit",
    "P106": "A thinking budget beyond the limit",
    "P107": "Effort at models without a budget",
    "P108": "Thinking beside a forced tool",
    "P109": "Tool choice `none`",
    "P110": "No parallel calls, and no other choice",
    "P111": "Calls in the history, but no tools",
    "P112": "Alternatives at the root of a tool's schema",
    "P113": "Ids with foreign characters",
    "P114": "Names with foreign characters",
    "P115": "Arguments that are empty, null or an object",
    "P116": "Arguments that are no JSON",
    "P117": "Data URLs of images",
    "P118": "Addresses of images",
    "P119": "Stop sequences of white space",
    "P120": "Parameters that Anthropic lacks",
    "P121": "Signatures of another vendor",
    "P122": "A signature without a text",
    "P123": "Thinking altered on the way",
    "P124": "What depends on thinking that is off",
    "P125": "End users named by mail or telephone",
    "P126": "Service tiers",
    "P127": "Structured output",
    "P128": "Schema keywords that structured output refuses",
    "P129": "Functions of the older form",
    "P130": "Explicit nulls",
    "P131": "More than four cache marks",
    "P132": "Cache marks of Chat clients",
    "P133": "JSON that is not the same twice",
    "P134": "Neighbours of one role",
    # -- replies
    "P135": "Finish reason `tool_calls` without the calls",
    "P136": "Refusals of Anthropic",
    "P137": "Refusals of OpenAI",
    "P138": "A paused turn taken for finished",
    "P139": "Stop reasons without counterpart",
    "P140": "Blocks of server tools taken for calls",
    # -- usage
    "P141": "Cached tokens counted twice",
    "P142": "Cached tokens not counted",
    "P143": "No input tokens in `message_start`",
    "P144": "No input tokens in `message_delta`",
    "P145": "Usage that is null or incomplete",
    "P146": "Token counts of requests",
    # -- errors
    "P147": "The other vendor's envelope",
    "P148": "A context overflow that clients do not recognise",
    "P149": "An error in mid-stream swallowed",
    "P150": "Errors that may be retried, and those that may not",
    "P151": "Errors within errors, and errors that are no JSON",
    "P152": "Wording that clients look for",
    # -- headers
    "P153": "Beta names lost",
    "P154": "Beta names sent where nobody knows them",
    "P155": "A beta name taken away from its body field",
    "P156": "Credentials in the other vendor's header",
    "P157": "No version of the API",
    "P158": "Rate limits lost",
    # -- the Responses API
    "P159": "Free-form tools of the Responses API",
    "P160": "Events of the Responses API without a type",
    "P161": "A reasoning item that clients wait for",
    "P162": "Encrypted reasoning of the Responses API",
    "P163": "Arguments that come only at the end of an item",
    "P164": "A history of which the last message remains",
    "P165": "Calls missing from a complete answer",
    "P166": "Errors in a stream of the Responses API",
    "P167": "System messages that a backend of the Responses API refuses",
    "P168": "The reasoning setting of the Responses API",
    "P169": "The text of OpenAI's reasoning, which Chat does not give",
    "P170": "An answer of the Responses API where one of Chat was expected",
    # -- models
    "P171": "Decorated names of models",
}
"""Number, and what goes wrong."""

_RESPONSES: Final = "the Responses API is not converted yet"
UNREACHABLE: Final[dict[str, str]] = dict.fromkeys((f"P{number}" for number in range(159, 169)), _RESPONSES)
"""Pitfalls without a test, and why none is needed."""

_TESTS: Final = Path(__file__).parents[1]
_LABEL: Final = re.compile(r"(?<![a-z0-9])([pab]\d{2,3})(?![0-9])")


def labelled_tests() -> dict[str, list[str]]:
    """The tests that name a pitfall or a slip, ``P001`` or ``A01``: each as its file and its function."""
    found: dict[str, list[str]] = {}
    for module in sorted(_TESTS.rglob("test_*.py")):
        place = module.relative_to(_TESTS.parent).as_posix()
        for name in _functions(module):
            for label in _LABEL.findall(name):
                found.setdefault(label.upper(), []).append(f"{place}::{name}")
    return found


def _functions(module: Path) -> Iterator[str]:
    for statement in ast.parse(module.read_text("utf-8")).body:
        if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test_"):
            yield statement.name
