"""What the page calls: one function from JSON to JSON. It runs in the browser, and in the tests."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from docs.playground.jobs import Job, convert
from docs.playground.steps import step_through
from docs.settings import entries
from tests.golden.rendering import render

from llm_transcode import ConversionError, LossCode, Options, __version__, options
from llm_transcode.chat import grammar as chat
from llm_transcode.dialects import DIALECTS
from llm_transcode.messages import grammar as messages
from llm_transcode.wire import JsonObject

__all__ = ["answer"]

_ELSEWHERE: Final = frozenset({"dialect", "new_id", "now"})
"""Options that the page asks for in another way, or that are functions."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def answer(question: str) -> str:
    """Do what the page asks for. What goes wrong is an answer too."""
    asked = json.loads(question)
    try:
        done = _answer(asked)
    except ConversionError as error:
        done = {"error": type(error).__name__, "path": error.path, "reason": error.reason, "status": error.status}
    except (TypeError, ValueError) as error:  # a setting that makes no sense
        done = {"error": type(error).__name__, "path": "", "reason": str(error), "status": None}
    return json.dumps(done, ensure_ascii=False)


def _answer(asked: JsonObject) -> JsonObject:
    if asked["do"] == "describe":
        return _describe()
    job = Job.from_dict(asked)
    if asked["do"] == "export":
        return {"zip": base64.b64encode(_zip(_case(job, asked["name"]))).decode()}
    return step_through(job, asked["cut"]) if job.kind == "stream" else convert(job)


# -- what can be chosen --------------------------------------------------------------------------


def _describe() -> JsonObject:
    return {
        "version": __version__,
        "dialects": {name: dialect.protocol for name, dialect in DIALECTS.items()},
        "options": list(_options()),
        "states": {"chat": chat.STATES, "messages": messages.STATES},
    }


def _options() -> Iterator[JsonObject]:
    types = get_type_hints(Options)
    for entry in entries(Options, options):
        if entry.name not in _ELSEWHERE:
            default = getattr(Options(), entry.name)
            yield {
                "name": entry.name,
                "section": entry.section,
                "help": entry.text,
                **_control(types[entry.name], default),
            }


def _control(hint: Any, default: Any) -> JsonObject:
    """How the page asks for an option: a choice, a check mark, a number, a list of codes, or JSON."""
    if isinstance(default, frozenset):
        return {"control": "codes", "choices": [code.value for code in LossCode], "default": []}
    members = [hint, *get_args(hint)]
    choices = [choice for member in members if get_origin(member) is Literal for choice in get_args(member)]
    if choices:
        return {"control": "choice", "choices": [*choices, *[None] * (type(None) in members)], "default": default}
    if hint is bool:
        return {"control": "flag", "default": default}
    return {"control": "number" if int in members else "json", "default": default if default != () else None}


# -- a golden case -------------------------------------------------------------------------------


def _case(job: Job, name: str) -> Iterator[tuple[str, str]]:
    """The files of a golden case, as ``tests/golden`` has them."""
    folder, ending = f"{job.kind}/{name}", "sse" if job.kind == "stream" else "json"
    yield f"{folder}/{job.source}.{ending}", _source(job)
    losses: Any
    try:
        done = step_through(job, "event") if job.kind == "stream" else convert(job)
    except ConversionError as error:
        losses = {"error": type(error).__name__, "path": error.path}
    else:
        yield f"{folder}/{job.target}.{ending}", _target(job, done)
        losses = [{name: row[name] for name in ("kind", "level", "code", "path")} for row in done["losses"]]
    yield f"{folder}/losses.json", render({f"to_{job.target}": losses})
    if job.options:
        yield f"{folder}/case.json", render({"options": job.options})


def _source(job: Job) -> str:
    if job.kind == "stream":
        return job.text
    if job.kind == "error":
        return render({"status": job.status, "body": _json_or_text(job.text)})
    return render(json.loads(job.text))


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _target(job: Job, done: JsonObject) -> str:
    if job.kind == "stream":
        return "".join(step["out"] for step in done["steps"])
    body = json.loads(done["compact"])
    return render({"status": done["status"], "body": body} if job.kind == "error" else body)


def _zip(files: Iterator[tuple[str, str]]) -> bytes:
    """An archive that is the same for the same files, whenever it is made."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, text in files:
            writer.writestr(zipfile.ZipInfo(name, _EPOCH), text)
    return archive.getvalue()
