"""What the two proxies share besides the gateway: their settings, and how they are started."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.config import LOGGING_CONFIG
from uvicorn.supervisors import Multiprocess

import demo_upstream
from gateway import Backend, create_app, split
from llm_transcode import Options
from llm_transcode.protocols import Protocol, check_protocols

__all__ = ["Program", "app_from", "options_from", "serve"]

_SETTINGS: Final = """\
environment:
  HOST, PORT        the address to listen on
  ENDPOINTS         what is served: messages, chat, or messages,chat
  CLIENT_API_KEYS   the keys that clients may use, separated by commas; any key by default
  MODEL_MAP         renames models: claude-sonnet-4-5=gpt-5,*=gpt-5-mini
  DIALECT           how the backend deviates, such as deepseek, ollama, vllm or openrouter
  FORCE_NON_STREAM  true: the backend is never asked to stream; clients get their streams all the same
  PING_SECONDS      how long a stream may be silent
  WEB_CONCURRENCY   the number of processes
  LOG_LEVEL         info; debug tells what every conversion lost
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What tells one proxy from the other."""

    name: str
    """Of its module, for the processes that are to import it."""
    about: str
    port: int
    client: Protocol
    backend: Protocol
    base_url_variable: str
    """Where the environment has the address of the backend."""
    api_key_variable: str
    """Where it has keys for the backend; the client's own key is passed on without."""


def app_from(program: Program, environment: Mapping[str, str]) -> Starlette:
    """The proxy as the environment describes it."""
    endpoints = split(environment.get("ENDPOINTS", program.client))
    check_protocols(*endpoints)
    backend = Backend(
        protocol=program.backend,
        base_url=_with_version(environment[program.base_url_variable], program.backend),
        api_keys=split(environment.get(program.api_key_variable, "")),
        streams=environment.get("FORCE_NON_STREAM", "").lower() not in ("1", "true", "yes"),
        options=options_from(environment),
    )
    return create_app(
        backend,
        clients=tuple(name for name in _PROTOCOLS if name in endpoints),
        client_keys=split(environment.get("CLIENT_API_KEYS", "")),
        ping_seconds=float(environment.get("PING_SECONDS", "5")),
    )


_PROTOCOLS: Final[tuple[Protocol, ...]] = ("messages", "chat")


def options_from(environment: Mapping[str, str]) -> Options:
    """How to convert: renamed models, the backend's dialect, the time of replies, pings before the first word."""
    models = dict(pair.split("=", 1) for pair in split(environment.get("MODEL_MAP", "")))
    default = models.pop("*", None)
    return Options(
        dialect=environment.get("DIALECT") or None,
        models=lambda name: models.get(name, default or name),
        now=lambda: int(time.time()),
        eager_start=True,
    )


def _with_version(base_url: str, protocol: Protocol) -> str:
    """Anthropic's SDKs are told an address without ``/v1``, OpenAI's one with whatever their vendor has there."""
    base_url = base_url.rstrip("/")
    return base_url if protocol == "chat" or base_url.endswith("/v1") else f"{base_url}/v1"


# -- starting --------------------------------------------------------------------------------------


def serve(program: Program) -> None:
    """Run the proxy until it is told to stop."""
    arguments = _parser(program).parse_args()
    if arguments.both:
        os.environ["ENDPOINTS"] = "messages,chat"
    if arguments.demo:
        _start_demo(program)
    if not os.environ.get(program.base_url_variable):
        sys.exit(f"{program.base_url_variable} is not set: where is the backend? To try without one: --demo")
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", program.port))
    if _lends_its_key(program, host):
        warning = f"Whoever reaches {host}:{port} may use {program.api_key_variable}: set CLIENT_API_KEYS."
        print(warning, file=sys.stderr)
    level = os.environ.get("LOG_LEVEL", "info").lower()
    _run(
        uvicorn.Config(
            f"{program.name}:create_app",
            factory=True,
            host=host,
            port=port,
            log_level=level,
            log_config=_log_config(level),
            server_header=False,
            timeout_graceful_shutdown=30,
        )
    )


def _run(config: uvicorn.Config) -> None:
    """Like ``uvicorn.run``, which lets the sockets of several processes wait 40 ms for more to send."""
    listener = config.bind_socket()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if config.workers > 1:
        Multiprocess(config, sockets=[listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


def _lends_its_key(program: Program, host: str) -> bool:
    local = host in ("127.0.0.1", "::1", "localhost")
    return bool(os.environ.get(program.api_key_variable)) and not local and not os.environ.get("CLIENT_API_KEYS")


def _log_config(level: str) -> dict[str, Any]:
    """Uvicorn's, and in the same form what the gateway has to say."""
    ours = {"llm_transcode.examples": {"handlers": ["default"], "level": level.upper(), "propagate": False}}
    return {**LOGGING_CONFIG, "loggers": {**LOGGING_CONFIG["loggers"], **ours}}


def _parser(program: Program) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{program.name}.py",
        description=program.about,
        epilog=_SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--demo", action="store_true", help="answer from a script, without key and network")
    parser.add_argument("--both", action="store_true", help="serve the endpoints of both protocols")
    return parser


def _start_demo(program: Program) -> None:
    """The processes of the proxy find the scripted backend in the environment, like any other."""
    address = demo_upstream.start()
    os.environ[program.base_url_variable] = f"{address}/v1"
    print(f"The scripted backend listens on {address}. {demo_upstream.HINT}")
