"""Web search that the vendor runs, which a Chat request asks for by a parameter and Messages by a tool.

The way back does not exist: Chat's parameter works for OpenAI's search models only.

* https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/web-search-tool
* https://platform.openai.com/docs/guides/tools-web-search
"""

from __future__ import annotations

from typing import Final

from ... import chat
from ...losses import LossCode
from ...wire import JsonObject, Path
from ..conversion import Conversion
from ..fields import Drop, Fields

__all__ = ["web_search_to_messages"]

# -- ledger --------------------------------------------------------------------------------------

_LOCATION_FIELDS: Final = ("city", "region", "country", "timezone")
WEB_SEARCH_TO_MESSAGES: Final = Fields(
    chat.WebSearchOptions,
    {"user_location": "`tools[].user_location`"},
    {"search_context_size": Drop(LossCode.WEB_SEARCH, "Anthropic does not say how much context a search adds", "info")},
)
LOCATION_TO_MESSAGES: Final = Fields(
    chat.UserLocation, {"type": "`user_location.type`", "approximate": "`user_location`"}
)
APPROXIMATE_TO_MESSAGES: Final = Fields(
    chat.ApproximateLocation, {name: f"`user_location.{name}`" for name in _LOCATION_FIELDS}
)

# -- Chat to Messages ----------------------------------------------------------------------------


def web_search_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Add the tool, where the backend has one."""
    options = request.web_search_options
    if options is None:
        return
    path: Path = ("web_search_options",)
    if cx.dialect.web_search is None:
        cx.losses.dropped(LossCode.WEB_SEARCH, path, f"{cx.dialect.name} has no web search")
        return
    WEB_SEARCH_TO_MESSAGES.report(options, path, cx.losses)
    tool: JsonObject = {"type": cx.dialect.web_search, "name": "web_search"}
    if options.user_location is not None:
        tool["user_location"] = _location(options.user_location, (*path, "user_location"), cx)
    body["tools"] = [*body.get("tools", ()), tool]


def _location(location: chat.UserLocation, path: Path, cx: Conversion) -> JsonObject:
    LOCATION_TO_MESSAGES.report(location, path, cx.losses)
    APPROXIMATE_TO_MESSAGES.report(location.approximate, (*path, "approximate"), cx.losses)
    fields = location.approximate.to_dict()
    return {"type": "approximate", **{name: fields[name] for name in _LOCATION_FIELDS if name in fields}}
