"""A proxy for clients of OpenAI in front of an Anthropic backend.

``python examples/anyrouter2openai.py`` serves ``POST /v1/chat/completions``, ``GET /v1/models`` and
``GET /health`` on port 9999. ``ANYROUTER_BASE_URL`` names the backend. The client's key is passed on; of
several, separated by commas, each request uses the next one. ``--demo`` needs neither backend nor key,
``--help`` lists the settings.
"""

from __future__ import annotations

import os
from typing import Final

from starlette.applications import Starlette

from serving import Program, app_from, serve

PROGRAM: Final = Program(
    name="anyrouter2openai",
    about="Lets clients of OpenAI's Chat Completions talk to an Anthropic backend (ANYROUTER_BASE_URL).",
    port=9999,
    client="chat",
    backend="messages",
    base_url_variable="ANYROUTER_BASE_URL",
    api_key_variable="ANYROUTER_API_KEY",
)


def create_app() -> Starlette:
    return app_from(PROGRAM, os.environ)


if __name__ == "__main__":
    serve(PROGRAM)
