"""The program Claude Code, started for one prompt."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["PROGRAM", "Claude", "calls"]

PROGRAM: Final = os.environ.get("CLAUDE_CODE", "")
"""Where it is installed."""

_QUIET: Final = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_TELEMETRY": "1",
    "CLAUDE_CODE_MAX_RETRIES": "0",
}


@dataclass(frozen=True, slots=True)
class Claude:
    """Claude Code in a home of its own, with nothing else in its environment."""

    home: Path
    url: str

    def ask(self, prompt: str, *arguments: str, model: str = "demo", **settings: str) -> Any:
        """What it has to say when it is done: ``result``, ``is_error``, ``usage`` and more."""
        self.home.mkdir(exist_ok=True)
        command = [PROGRAM, "--print", prompt, "--output-format", "json", *arguments]
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_AUTH_TOKEN": "dummy",
            "ANTHROPIC_MODEL": model,
            **_QUIET,
            **settings,
        }
        finished = subprocess.run(
            command,
            env=environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return json.loads(finished.stdout)


def calls(*tools: tuple[str, dict[str, Any]]) -> str:
    """The prompt for which the scripted backend calls these tools."""
    return json.dumps(tools)
