"""The form of the answer: ``output_config.format`` <-> ``response_format``, verbosity and modalities.

Structured output is native on both sides, and never a forced tool unless `Options.structured_output`
asks for it. Chat's older ``json_object`` has no schema to give; it becomes one line of instruction.

* https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
* https://platform.openai.com/docs/guides/structured-outputs
"""

from __future__ import annotations

import re
from typing import Final

from typing_extensions import assert_never

from ... import chat, messages
from ...json_text import Json, JsonObject, Path, dump_json, is_array
from ...losses import LossCode
from ..conversion import Conversion
from ..fields import Fields, UnionFields
from .schemas import closed_schema, is_strict_at_openai

__all__ = ["JSON_INSTRUCTION", "OUTPUT_TOOL", "output_to_chat", "output_to_messages"]

JSON_INSTRUCTION: Final = "Answer with one JSON object only."
"""What stands for ``response_format: {"type": "json_object"}`` in the system prompt."""

OUTPUT_TOOL: Final = "json_output"
"""The tool that is forced in place of structured output, if asked for."""

_DEFAULT_NAME: Final = "response"
_ILLEGAL: Final = re.compile(r"[^a-zA-Z0-9_-]+")


# -- ledger --------------------------------------------------------------------------------------

FORMAT_TO_CHAT: Final = Fields(
    messages.JsonOutputFormat,
    {"type": "`response_format.type`", "schema_": "`response_format.json_schema.schema`"},
)
FORMATS_TO_MESSAGES: Final = UnionFields(
    Fields(chat.ResponseFormatText, {"type": "nothing: text is the default"}),
    Fields(chat.ResponseFormatJsonObject, {"type": "a line of the system prompt"}),
    Fields(
        chat.ResponseFormatJsonSchema,
        {"type": "`output_config.format.type`", "json_schema": "`output_config.format`"},
    ),
)
JSON_SCHEMA_TO_MESSAGES: Final = Fields(
    chat.JsonSchema,
    {
        "name": "`title` of the schema",
        "description": "`description` of the schema",
        "schema_": "`output_config.format.schema`",
        "strict": "nothing: Anthropic always enforces the schema",
    },
)

# -- Messages to Chat ----------------------------------------------------------------------------


def output_to_chat(request: messages.RequestEnvelope, body: JsonObject, cx: Conversion) -> None:
    """Ask for structured output as OpenAI does."""
    form, path = _asked_format(request, cx)
    match form:
        case None:
            return
        case messages.JsonOutputFormat(schema_=schema):
            FORMAT_TO_CHAT.report(form, path, cx.losses)
            body["response_format"] = _response_format(schema, (*path, "schema"), cx)
        case str() | messages.UnknownOutputFormat():
            cx.losses.dropped(LossCode.OUTPUT_FORMAT, path, "an output format that Chat does not have")
        case _:
            assert_never(form)


def _asked_format(request: messages.RequestEnvelope, cx: Conversion) -> tuple[messages.OutputFormat | str | None, Path]:
    """Today's field, else the one of the beta that came before it."""
    if request.output_config is not None and request.output_config.format is not None:
        if request.output_format is not None:
            cx.losses.dropped(LossCode.OUTPUT_FORMAT, ("output_format",), "output_config.format goes before it", "info")
        return request.output_config.format, ("output_config", "format")
    return request.output_format, ("output_format",)


def _response_format(schema: JsonObject, path: Path, cx: Conversion) -> JsonObject:
    if not cx.dialect.json_schema:
        cx.losses.approximated(
            LossCode.OUTPUT_FORMAT, path, "the backend takes no schema; any JSON object is asked for"
        )
        return {"type": "json_object"}
    strict = is_strict_at_openai(schema)
    if not strict:
        detail = "OpenAI enforces only schemas that close every object and require every property"
        cx.losses.approximated(LossCode.OUTPUT_FORMAT, path, detail)
    return {"type": "json_schema", "json_schema": {"name": _name_of(schema), "schema": schema, "strict": strict}}


def _name_of(schema: JsonObject) -> str:
    """OpenAI demands a name; the schema's title is the nearest thing to one."""
    title: Json = schema.get("title")
    return _ILLEGAL.sub("_", title)[:64] if isinstance(title, str) and title else _DEFAULT_NAME


# -- Chat to Messages ----------------------------------------------------------------------------


def output_to_messages(request: chat.RequestEnvelope, body: JsonObject, cx: Conversion) -> str | None:
    """Ask for structured output as Anthropic does; returns the tool that stands for it, if any."""
    form = request.response_format
    path: Path = ("response_format",)
    if form is not None:
        FORMATS_TO_MESSAGES.report(form, path, cx.losses)
    match form:
        case None | chat.ResponseFormatText():
            return None
        case chat.ResponseFormatJsonObject():
            _instruct(JSON_INSTRUCTION, body, path, cx)
        case chat.ResponseFormatJsonSchema(json_schema=json_schema):
            JSON_SCHEMA_TO_MESSAGES.report(json_schema, (*path, "json_schema"), cx.losses)
            if cx.options.structured_output == "tool":
                return _force_tool(json_schema, body, (*path, "json_schema"), cx)
            _output_config(json_schema, body, (*path, "json_schema"), cx)
        case chat.UnknownResponseFormat():
            cx.losses.dropped(LossCode.OUTPUT_FORMAT, path, f"an output format of type {form.type!r}")
        case _:
            assert_never(form)
    return None


def _instruct(instruction: str, body: JsonObject, path: Path, cx: Conversion) -> None:
    detail = "what Anthropic cannot enforce is asked for by a line of the system prompt"
    cx.losses.approximated(LossCode.OUTPUT_FORMAT, path, detail)
    system = body.get("system")
    if is_array(system):
        system.append({"type": "text", "text": instruction})
    else:
        body["system"] = f"{system}\n\n{instruction}" if system else instruction


def _output_config(form: chat.JsonSchema, body: JsonObject, path: Path, cx: Conversion) -> None:
    if not form.strict:
        detail = "Anthropic always enforces the schema"
        at = (*path, "strict") if "strict" in form.model_fields_set else path
        cx.losses.approximated(LossCode.OUTPUT_FORMAT, at, detail, "info")
    if not cx.facts.structured_output:
        schema_text = dump_json(_described(form, form.schema_ or {}, path, cx)).decode()
        _instruct(f"{JSON_INSTRUCTION} It must follow this JSON Schema:\n{schema_text}", body, path, cx)
        return
    schema = _schema_of(form, path, cx)
    body.setdefault("output_config", {})["format"] = {"type": "json_schema", "schema": schema}


def _schema_of(form: chat.JsonSchema, path: Path, cx: Conversion) -> JsonObject:
    """The schema in Anthropic's subset, with the name and description it would otherwise lose."""
    source = form.schema_ or {"type": "object"}
    schema = closed_schema(source)
    if schema != source:
        detail = "objects are closed, and keywords that Anthropic does not enforce are moved into descriptions"
        cx.losses.approximated(LossCode.TOOL_SCHEMA, (*path, "schema"), detail)
    return _described(form, schema, path, cx)


def _described(form: chat.JsonSchema, schema: JsonObject, path: Path, cx: Conversion) -> JsonObject:
    described = dict(schema)
    for key, name, value in (("title", "name", form.name), ("description", "description", form.description)):
        if not value or value in (_DEFAULT_NAME, schema.get(key)):
            continue
        if key in schema:
            detail = f"Anthropic's formats have no {name}, and the schema has a {key} of its own"
            cx.losses.dropped(LossCode.OUTPUT_FORMAT, (*path, name), detail, "info")
        else:
            described[key] = value
            detail = f"Anthropic's formats have no {name}; it becomes the {key} of the schema"
            cx.losses.approximated(LossCode.OUTPUT_FORMAT, (*path, name), detail, "info")
    return described


def _force_tool(form: chat.JsonSchema, body: JsonObject, path: Path, cx: Conversion) -> str:
    detail = f"the schema is that of a forced tool {OUTPUT_TOOL!r}, which is unwrapped in the reply"
    cx.losses.approximated(LossCode.OUTPUT_FORMAT, path, detail, "info")
    tool = {"name": OUTPUT_TOOL, "input_schema": _schema_of(form, path, cx)}
    tools: list[JsonObject] = body.get("tools", [])
    body["tools"] = [*tools, tool]
    body["tool_choice"] = _choice_with_answer(body.get("tool_choice", {"type": "auto"}) if tools else {"type": "none"})
    return OUTPUT_TOOL


def _choice_with_answer(choice: JsonObject) -> JsonObject:
    """The client's choice among its own tools, if the answer is a call too."""
    match choice["type"]:
        case "none":
            return {"type": "tool", "name": OUTPUT_TOOL}
        case "tool":
            return choice
        case _:
            return {**choice, "type": "any"}
