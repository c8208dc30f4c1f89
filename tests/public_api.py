"""What users may rely on, as text: ``python -m tests.public_api --update`` writes it to `PLACE`, for review.

The text reads like a stub and is the same on every version of Python, so that a difference between the
committed file and the code is a change that users can see.
"""

from __future__ import annotations

import ast
import enum
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any, Final, Generic

__all__ = ["MODULES", "PLACE", "VOCABULARIES", "rendered"]

PLACE: Final = Path(__file__).with_name("public_api.txt")

MODULES: Final[dict[str, tuple[str, ...]]] = {
    "llm_transcode": (),
    "llm_transcode.dialects": ("DIALECTS", "ReasoningSlot"),
    "llm_transcode.facts": ("ALL_EFFORTS", "ModelFacts", "Sampling"),
    "llm_transcode.losses": ("Kind", "Level"),
    "llm_transcode.options": ("DEFAULT_MAX_TOKENS",),
    "llm_transcode.protocols": ("PROTOCOLS", "Protocol"),
    "llm_transcode.sse": ("MAX_EVENT_BYTES", "SSEDecoder", "SSEvent", "encode_comment", "encode_event"),
}
"""The modules with names that are promised, and these names; all public ones where none is given."""

VOCABULARIES: Final = ("llm_transcode.messages", "llm_transcode.chat")
"""The modules whose types are promised by name; what fields they have is for the vendors to say."""

_WIDTH: Final = 120


def rendered() -> str:
    """Everything that is promised, a section for each module."""
    sections = [*(_module(*item) for item in MODULES.items()), *map(_vocabulary, VOCABULARIES)]
    return "\n".join(f"{line}\n" for section in sections for line in section)


def _module(name: str, promised: tuple[str, ...]) -> Iterator[str]:
    module = import_module(name)
    yield f"# {name}"
    for public in sorted(promised or module.__all__):
        yield _described(public, getattr(module, public))


def _vocabulary(name: str) -> Iterator[str]:
    yield f"# {name}"
    yield "\n".join(sorted(import_module(name).__all__))


def _described(name: str, value: object) -> str:
    if inspect.isclass(value):
        members = [f"    {line}" for member in _members(value) for line in member.splitlines()]
        return "\n".join([_head(name, value), *(members or ["    ..."])])
    return _signature(name, value) if inspect.isfunction(value) else f"{name} = {_constant(value)}"


def _constant(value: object) -> str:
    """Of a table, what can be asked for."""
    if isinstance(value, dict):
        return "{\n" + "".join(f"    {key!r}: ...,\n" for key in sorted(value)) + "}"
    return repr(value)


# -- functions -------------------------------------------------------------------------------------


def _signature(name: str, function: Callable[..., object]) -> str:
    """On one line, or one for each parameter."""
    signature = inspect.signature(function)
    parameters = list(_parameters(signature))
    end = f") -> {_annotation(signature.return_annotation)}"
    line = f"def {name}({', '.join(parameters)}{end}"
    if len(line) <= _WIDTH:
        return line
    return f"def {name}(\n" + "".join(f"    {parameter},\n" for parameter in parameters) + end


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    keyword_only = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            yield "*"
        yield _parameter(parameter)


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.annotation is parameter.empty:
        return parameter.name
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{parameter.name}: {_annotation(parameter.annotation)}{default}"


def _annotation(annotation: object) -> str:
    """As it stands in the code: every module defers the evaluation of its annotations."""
    assert isinstance(annotation, str), annotation
    return annotation


# -- classes ---------------------------------------------------------------------------------------


def _head(name: str, value: type) -> str:
    bases = ", ".join(base.__name__ for base in value.__bases__ if base not in (object, Generic))
    decorator = f"@dataclass(frozen={_is_frozen(value)})\n" if is_dataclass(value) else ""
    return f"{decorator}class {name}({bases}):" if bases else f"{decorator}class {name}:"


def _is_frozen(value: Any) -> bool:
    return bool(value.__dataclass_params__.frozen)


def _members(value: type) -> Iterator[str]:
    if issubclass(value, enum.Enum):
        yield from (f"{member.name} = {member.value!r}" for member in value)
        return
    if is_dataclass(value):
        yield from map(_field, fields(value))
    elif inspect.isfunction(made := vars(value).get("__init__")):
        yield _signature("__init__", made)
        yield from (f"{attribute}  # attribute" for attribute in _attributes(made))
    for name, member in vars(value).items():
        if not name.startswith("_"):
            yield from _member(name, member)


def _field(field: Field[Any]) -> str:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return f"{field.name}: {_annotation(field.type)}" + ("" if default is MISSING else f" = {default!r}")


def _attributes(function: Callable[..., object]) -> Iterator[str]:
    """The public attributes of ``self`` that a constructor assigns."""
    for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and not node.attr.startswith("_"):
            yield node.attr


def _member(name: str, member: object) -> Iterator[str]:
    if isinstance(member, property) and member.fget is not None:
        yield f"{name}: {_annotation(inspect.signature(member.fget).return_annotation)}  # property"
    elif inspect.isfunction(member):
        yield _signature(name, member)
    elif type(member) is int:
        yield f"{name} = {member}"


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit(__doc__)
    PLACE.write_text(rendered(), "utf-8")
