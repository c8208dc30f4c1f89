"""What a conversion could not carry over, as data.

A `Loss` says what happened (``kind``), how much it matters (``level``), why (``code``) and where in
the source document (``path``). `Recorder` collects them while a document is converted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

from .errors import Unsupported
from .json_text import Path, render_path

__all__ = ["Kind", "Level", "Loss", "LossCode", "Recorder"]

Kind: TypeAlias = Literal["dropped", "approximated", "invented"]
"""``dropped``: left out. ``approximated``: said in another way. ``invented``: required, but without a source."""

Level: TypeAlias = Literal["warning", "info"]
"""``warning``: the answer may differ. ``info``: advisory data, such as cost, caching and telemetry."""


class LossCode(str, Enum):
    """Why something was lost. The set is closed; a new code is a minor release."""

    UNKNOWN_FIELD = "unknown_field"
    """A field that this version of the library does not know."""
    UNKNOWN_BLOCK = "unknown_block"
    """A content block, part or tool of a type that this version of the library does not know."""
    UNKNOWN_VALUE = "unknown_value"
    """A value of an enumeration that this version of the library does not know."""

    # turns
    TURN_ORDER = "turn_order"
    """Text stood before a tool result or after a tool call; the other protocol fixes the order."""
    TURN_EMPTY = "turn_empty"
    """A turn or text without content, which the other protocol refuses."""
    TURN_NAME = "turn_name"
    """The name of a participant."""
    MID_SYSTEM = "mid_system"
    """A system turn in mid-conversation, rendered as text of a user turn."""
    BILLING_LINE = "billing_line"
    """Claude Code's per-request billing line, which would defeat the prompt cache of the backend."""
    PREFILL = "prefill"
    """A last assistant turn, which one protocol continues and the other one answers."""

    # content
    CITATIONS = "citations"
    """Citations, or the request for them."""
    ANNOTATIONS = "annotations"
    """Annotations of a reply that have no citation to become."""
    CACHE_CONTROL = "cache_control"
    """A mark for the prompt cache."""
    IMAGE_DETAIL = "image_detail"
    """The resolution at which an image is to be read."""
    IMAGE_TRANSFORMATIONS = "image_transformations"
    """What is to be done with an image that is too large."""
    DOCUMENT_AS_TEXT = "document_as_text"
    """A document or search result, rendered as text."""
    DOCUMENT_NAME = "document_name"
    """The name of a file that has none."""
    MEDIA = "media"
    """An image, document or file that the other side cannot take in this place or form."""
    TOOL_MEDIA = "tool_media"
    """Media of a tool result, moved into the user turn that follows."""
    FILE_ID = "file_id"
    """A file id, which only the vendor that issued it can resolve."""
    DOCUMENT_URL = "document_url"
    """A document given by its address."""
    AUDIO = "audio"
    """Audio."""
    REFUSAL = "refusal"
    """A refusal, rendered as text, or the details of one."""
    SERVER_BLOCK = "server_block"
    """What a tool of the vendor's own servers was asked or answered."""
    COMPACTION = "compaction"
    """A summary that stands for earlier turns."""

    # tools
    TOOL_NAME = "tool_name"
    """The name of a tool, shortened reversibly to fit the other side's limits."""
    TOOL_ID = "tool_id"
    """The id of a tool call, rewritten reversibly, or made up where there was none."""
    TOOL_RESULT_MISSING = "tool_result_missing"
    """A tool call without a result, answered by a made-up one."""
    TOOL_RESULT_ORPHAN = "tool_result_orphan"
    """A tool result without a call, rendered as text."""
    TOOL_ERROR = "tool_error"
    """The error flag of a tool result, written into its text."""
    TOOL_ARGUMENTS = "tool_arguments"
    """Tool arguments that are not a JSON object."""
    TOOL_CALLER = "tool_caller"
    """Which program called a tool, or which toolset it belongs to."""
    TOOL_OPTION = "tool_option"
    """An advisory setting of a tool."""
    TOOL_DEFERRED = "tool_deferred"
    """Deferred loading of tools."""
    TOOL_CHANGE = "tool_change"
    """Tools added or removed in mid-conversation, folded into one list."""
    TOOL_CHOICE = "tool_choice"
    """Which tools may be called."""
    SERVER_TOOL = "server_tool"
    """A tool that the vendor's own servers would run."""
    BUILTIN_TOOL = "builtin_tool"
    """A built-in tool that the client runs, expanded into a function."""
    CUSTOM_TOOL = "custom_tool"
    """A free-form tool, wrapped into a function with one string."""
    TOOL_GRAMMAR = "tool_grammar"
    """The grammar of a free-form tool, which is described but no longer enforced."""
    LEGACY_FUNCTION = "legacy_function"
    """The deprecated function form of tools."""
    TOOL_SCHEMA = "tool_schema"
    """A JSON Schema, rewritten into what the other side takes."""

    # request parameters
    MAX_TOKENS = "max_tokens"
    """The limit on output tokens, made up or adjusted."""
    STOP_SEQUENCES = "stop_sequences"
    """Stop sequences beyond what the other side takes."""
    SAMPLING = "sampling"
    """A sampling parameter that the target refuses."""
    EFFORT = "effort"
    """How much the model is to think, moved to the nearest level the target has."""
    THINKING = "thinking"
    """Thinking of an earlier turn, or the setting that asks for it."""
    THINKING_UNSIGNED = "thinking_unsigned"
    """Thinking without a signature, which Anthropic refuses to read."""
    THINKING_DISPLAY = "thinking_display"
    """How thinking is to be shown or bound."""
    OUTPUT_FORMAT = "output_format"
    """The format of structured output."""
    VERBOSITY = "verbosity"
    """How long answers are to be."""
    MODALITIES = "modalities"
    """A modality that the other side does not produce."""
    CANDIDATES = "candidates"
    """More than one candidate answer."""
    LOGPROBS = "logprobs"
    """Log probabilities."""
    PREDICTION = "prediction"
    """A prediction of the output."""
    WEB_SEARCH = "web_search"
    """A setting of web search."""
    STREAM_OPTIONS = "stream_options"
    """A setting of the stream."""
    CACHE_ROUTING = "cache_routing"
    """Hints that route requests to a cache."""
    USER_ID = "user_id"
    """An end-user id, hashed to fit the other side's rules."""
    METADATA = "metadata"
    """Tags of a stored completion."""
    STORE = "store"
    """The wish to store the completion."""
    SERVICE_TIER = "service_tier"
    """A service tier or speed that the other side does not offer."""
    INFERENCE_GEO = "inference_geo"
    """Where inference must take place."""
    MODERATION = "moderation"
    """Moderation of input and output."""
    CONTAINER = "container"
    """A container for code execution."""
    CONTEXT_MANAGEMENT = "context_management"
    """Editing of the context by the server."""
    TASK_BUDGET = "task_budget"
    """A budget of tokens for a whole task."""
    MCP_SERVERS = "mcp_servers"
    """MCP servers that the vendor would call."""
    FALLBACKS = "fallbacks"
    """Models to fall back to."""
    BILLING = "billing"
    """Who is to pay."""
    THREAD = "thread"
    """Conversation state that the server holds."""
    DIAGNOSTICS = "diagnostics"
    """Diagnostics of the prompt cache."""
    BETA = "beta"
    """A beta header, whose features are converted by their body fields."""

    # replies
    ID = "id"
    """An id that had to be made up."""
    CREATED = "created"
    """The time of creation."""
    STOP_REASON = "stop_reason"
    """Why the model stopped, in the other side's coarser words."""
    USAGE = "usage"
    """Usage figures that are missing or have no counterpart."""
    SYSTEM_FINGERPRINT = "system_fingerprint"
    """Which build of the backend answered."""
    STREAM_PROTOCOL = "stream_protocol"
    """A deviation of the upstream's stream that was repaired."""
    TOOL_CALL_INCOMPLETE = "tool_call_incomplete"
    """A tool call whose arguments were cut off."""
    ERROR_DETAILS = "error_details"
    """Details of an error."""
    MODEL_DETAILS = "model_details"
    """Facts about a model in a listing."""
    VENDOR_FIELD = "vendor_field"
    """A vendor's extension without a counterpart."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that did not come along unchanged."""

    kind: Kind
    level: Level
    code: LossCode
    path: str
    """JSON path into the source document."""
    detail: str
    """One sentence for a log."""


_MOST_IN_STREAM: Final = 1000
"""How many losses a stream records, since its upstream may invent names of fields without end."""


_Note: TypeAlias = tuple[Kind, Level, LossCode, Path, str]
"""A loss as it is recorded."""


class _Once:
    """Notes of which each is kept once."""

    __slots__ = ("_notes",)

    def __init__(self) -> None:
        self._notes: dict[tuple[LossCode, Path, str], _Note] = {}

    def __iter__(self) -> Iterator[_Note]:
        return iter(self._notes.values())

    def append(self, note: _Note) -> None:
        if len(self._notes) < _MOST_IN_STREAM:
            self._notes.setdefault(note[2:], note)


class Recorder:
    """Collects losses; one is made for each conversion.

    A stream records each loss ``once``: what every one of its chunks loses is one loss.
    """

    __slots__ = ("_downgraded", "_notes")

    def __init__(self, downgraded: Collection[LossCode] = (), *, once: bool = False) -> None:
        self._notes: list[_Note] | _Once = _Once() if once else []
        self._downgraded = downgraded

    def __iter__(self) -> Iterator[Loss]:
        """The losses, made when asked for: most requests have some that no one ever reads."""
        for kind, level, code, path, detail in self._notes:
            yield Loss(kind, level, code, render_path(path), detail)

    def dropped(self, code: LossCode, path: Path, detail: str, level: Level = "warning") -> None:
        """Record what is left out."""
        self._notes.append(("dropped", level, code, path, detail))

    def approximated(self, code: LossCode, path: Path, detail: str, level: Level = "warning") -> None:
        """Record what is said in another way."""
        self._notes.append(("approximated", level, code, path, detail))

    def invented(self, code: LossCode, path: Path, detail: str, level: Level = "info") -> None:
        """Record what the target requires and the source does not have."""
        self._notes.append(("invented", level, code, path, detail))

    def refused(self, code: LossCode, path: Path, detail: str) -> None:
        """Refuse what would change the meaning, unless `Options.downgrade` allows to drop it."""
        if code not in self._downgraded:
            raise Unsupported(
                f"{detail} (to drop it instead: Options.downgrade={{LossCode.{code.name}}})", render_path(path)
            )
        self.dropped(code, path, detail)
