"""An addon for mitmproxy that transcodes in flight: Anthropic's clients reach an OpenAI-compatible backend.

    mitmdump --mode reverse:https://api.openai.com -s examples/embedding/mitmproxy_addon.py

Requests to ``/v1/messages`` become requests to ``/v1/chat/completions``, streams are transcoded as they
pass. Everything else passes as it is. mitmproxy shows the backend's side of every exchange.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from mitmproxy.http import HTTPFlow, Response

from llm_transcode import (
    ConversionError,
    StreamTranscoder,
    convert_error,
    convert_request,
    convert_request_headers,
    convert_response,
)

_CONTEXT: Final = "llm_transcode.context"
"""Marks the flows that have been converted, with what their answers need."""

_JSON: Final = {"content-type": "application/json"}
_REPLACED: Final = ("x-api-key", "authorization", "anthropic-version", "anthropic-beta")


class Transcode:
    """The hooks that mitmproxy calls, in the order of an exchange."""

    def request(self, flow: HTTPFlow) -> None:
        path = flow.request.path.partition("?")[0]
        if path != "/v1/messages" or flow.request.content is None:
            return
        headers = convert_request_headers(dict(flow.request.headers), source="messages", target="chat")
        try:
            converted = convert_request(flow.request.content, source="messages", target="chat")
        except ConversionError as error:
            refusal = convert_error(error.status, {"error": {"message": str(error)}}, source="chat", target="messages")
            flow.response = Response.make(refusal.status, refusal.to_json(), _JSON)
            return
        flow.metadata[_CONTEXT] = converted.context
        for name in _REPLACED:
            flow.request.headers.pop(name, None)
        flow.request.headers.update(headers)
        flow.request.headers["accept-encoding"] = "identity"  # what streams past comes as it was sent
        flow.request.path = "/v1/chat/completions"
        flow.request.content = converted.to_json()

    def responseheaders(self, flow: HTTPFlow) -> None:
        """Have a stream transcoded as it passes, instead of waiting for its end."""
        if _CONTEXT not in flow.metadata or flow.response is None:
            return
        if "text/event-stream" in flow.response.headers.get("content-type", ""):
            stream = StreamTranscoder(source="chat", target="messages", context=flow.metadata[_CONTEXT])
            flow.response.stream = partial(_transcode, stream)

    def response(self, flow: HTTPFlow) -> None:
        """Convert an answer in one piece; that of a stream has passed."""
        if _CONTEXT not in flow.metadata or flow.response is None or flow.response.stream:
            return
        content, status = flow.response.content or b"", flow.response.status_code
        if status == 200:
            reply = convert_response(content, source="chat", target="messages", context=flow.metadata[_CONTEXT])
            flow.response.content = reply.to_json()
        else:
            error = convert_error(status, content, source="chat", target="messages")
            flow.response.status_code, flow.response.content = error.status, error.to_json()


def _transcode(stream: StreamTranscoder, data: bytes) -> list[bytes]:
    """An empty piece says that the stream is over, and so it must not be returned."""
    transcoded = stream.feed(data) if data else stream.close()
    return [transcoded] if transcoded else []


addons = [Transcode()]
