"""A filter for people at a shell, and the only module of the package that does I/O.

    python -m llm_transcode request --from messages --to chat < body.json
    python -m llm_transcode stream --from chat --to messages < capture.sse

The document comes on standard input and goes to standard output; losses go to standard error, one a line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from . import __version__
from .convert import convert_error, convert_models, convert_request, convert_response
from .converted import Converted, ReplyContext
from .dialects import DIALECTS
from .errors import ConversionError
from .losses import Loss
from .options import Options
from .protocols import PROTOCOLS, Protocol
from .stream import StreamTranscoder
from .wire import WireModel

__all__ = ["main"]

_EPILOG: Final = """\
exit status:
  0  converted
  1  the input is not valid, or the other protocol cannot say it; the stream broke off or reports an error
  2  the command line is wrong
  3  converted, but --lossless was asked for and something was lost
"""


class _Arguments(argparse.Namespace):
    command: str
    source: Protocol
    target: Protocol
    dialect: str | None
    request: Path | None
    status: int | None
    lossless: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert standard input to standard output; returns the exit status."""
    parser = _parser()
    parsed = parser.parse_args(arguments, _Arguments())
    options = Options(dialect=parsed.dialect)
    try:
        if parsed.command == "stream":
            losses = _transcode(_transcoder(parsed, options), sys.stdin.buffer, sys.stdout.buffer)
        else:
            converted = _convert(parsed, options, sys.stdin.buffer.read())
            sys.stdout.buffer.write(converted.to_json() + b"\n")
            losses = converted.losses
    except (ConversionError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except ValueError as error:  # what argparse cannot know, such as a dialect of the other protocol
        parser.error(str(error))
    _report(losses)
    return 3 if losses and parsed.lossless else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m llm_transcode",
        description="Translate a document between LLM wire protocols.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("command", choices=["request", "response", "error", "models", "stream"], help="what it is")
    parser.add_argument("--from", dest="source", choices=PROTOCOLS, required=True, help="the protocol it is in")
    parser.add_argument("--to", dest="target", choices=PROTOCOLS, required=True, help="the protocol it is to be in")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), help="how the backend deviates that a request goes to")
    parser.add_argument("--request", type=Path, help="the request that a response or stream answers, in a file")
    parser.add_argument("--status", type=int, help="the HTTP status of an error")
    parser.add_argument("--lossless", action="store_true", help="exit with status 3 if anything was lost")
    return parser


def _convert(parsed: _Arguments, options: Options, body: bytes) -> Converted[WireModel]:
    match parsed.command:
        case "request":
            return convert_request(body, source=parsed.source, target=parsed.target, options=options)
        case "response":
            context = _context(parsed, options)
            return convert_response(body, source=parsed.source, target=parsed.target, context=context, options=options)
        case "error":
            return convert_error(parsed.status, body, source=parsed.source, target=parsed.target, options=options)
        case _:
            return convert_models(body, source=parsed.source, target=parsed.target, options=options)


def _context(parsed: _Arguments, options: Options) -> ReplyContext | None:
    """A reply runs the other way than its request did."""
    if parsed.request is None:
        return None
    body = parsed.request.read_bytes()
    return convert_request(body, source=parsed.target, target=parsed.source, options=options).context


def _transcoder(parsed: _Arguments, options: Options) -> StreamTranscoder:
    context = _context(parsed, options)
    return StreamTranscoder(source=parsed.source, target=parsed.target, context=context, options=options)


def _transcode(transcoder: StreamTranscoder, source: BinaryIO, target: BinaryIO) -> tuple[Loss, ...]:
    """Pass a stream through as it comes; raises its error once everything has been written."""
    for line in source:
        target.write(transcoder.feed(line))
        target.flush()
    target.write(transcoder.close())
    target.flush()
    if transcoder.error is not None:
        _report(transcoder.losses)
        raise transcoder.error
    return transcoder.losses


def _report(losses: Iterable[Loss]) -> None:
    for loss in losses:
        print(f"{loss.level}: {loss.path}: {loss.kind} {loss.code.value}: {loss.detail}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
