"""A proxy for clients of Anthropic in front of an OpenAI-compatible backend.

``python examples/anthropic2openai_proxy.py`` serves ``POST /v1/messages``, ``POST
/v1/messages/count_tokens``, ``GET /v1/models`` and ``GET /health`` on port 8088. ``OPENAI_API_BASE``,
which ends in ``/v1``, names the backend and ``OPENAI_API_KEY`` has the key for it; without one the
client's key is passed on. ``--demo`` needs neither, ``--help`` lists the settings.
"""

from __future__ import annotations

import os
from typing import Final

from starlette.applications import Starlette

from serving import Program, app_from, serve

PROGRAM: Final = Program(
    name="anthropic2openai_proxy",
    about="Lets clients of Anthropic's Messages talk to an OpenAI-compatible backend (OPENAI_API_BASE).",
    port=8088,
    client="messages",
    backend="chat",
    base_url_variable="OPENAI_API_BASE",
    api_key_variable="OPENAI_API_KEY",
)


def create_app() -> Starlette:
    return app_from(PROGRAM, os.environ)


if __name__ == "__main__":
    serve(PROGRAM)
