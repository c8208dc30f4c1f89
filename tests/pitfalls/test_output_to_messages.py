"""Pitfalls of structured output on the way from Chat to Messages."""

from __future__ import annotations

from llm_transcode import Options, convert_request, convert_response

from .conversions import (
    HI,
    Json,
    JsonObject,
    Outcome,
    asked_of_messages,
    custom,
    function,
    message,
    request_to_messages,
    tool_use,
)

ONE_OF = "claude-sonnet-4-5"


def asked(model: str, losses: list[tuple[str, str]] | None = None, **fields: Json) -> Outcome:
    return asked_of_messages({"model": model, **fields}, losses)


NAME = {"type": "string"}
CLOSED = {"type": "object", "properties": {"a": NAME}, "required": ["a"], "additionalProperties": False}


def json_schema(schema: JsonObject, name: str = "response") -> JsonObject:
    return {"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": True}}


def test_p127_structured_output_is_native() -> None:
    outcome = request_to_messages({"model": ONE_OF, "response_format": json_schema(CLOSED)})

    assert outcome == asked(ONE_OF, output_config={"format": {"type": "json_schema", "schema": CLOSED}})


def test_p127_structured_output_for_older_models() -> None:
    outcome = request_to_messages({"response_format": json_schema(CLOSED)})

    schema = '{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}'
    instruction = f"Answer with one JSON object only. It must follow this JSON Schema:\n{schema}"
    losses = [("output_format", "$.response_format.json_schema")]
    assert outcome == asked_of_messages({"system": instruction}, losses)


def test_p127_json_object_is_an_instruction() -> None:
    messages = [{"role": "system", "content": "Be kind."}, HI]

    outcome = request_to_messages({"messages": messages, "response_format": {"type": "json_object"}})

    instruction = "Be kind.\n\nAnswer with one JSON object only."
    assert outcome == asked_of_messages({"system": instruction}, [("output_format", "$.response_format")])


def test_p127_structured_output_by_a_tool_is_unwrapped() -> None:
    options = Options(structured_output="tool", now=lambda: 0)
    request = {"model": ONE_OF, "max_tokens": 64, "messages": [HI], "response_format": json_schema(CLOSED)}

    converted = convert_request(request, source="chat", target="messages", options=options)
    reply = message(tool_use("t1", "json_output", a="x"), stop="tool_use")
    answer = convert_response(reply, source="messages", target="chat", context=converted.context, options=options)

    assert converted.to_dict() == {
        "model": ONE_OF,
        "max_tokens": 64,
        "messages": [HI],
        "tools": [custom("json_output", CLOSED)],
        "tool_choice": {"type": "tool", "name": "json_output"},
    }
    choice = answer.to_dict()["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": '{"a":"x"}', "refusal": None}
    assert choice["finish_reason"] == "stop"


LIMITED = {
    "type": "object",
    "properties": {"a": {"type": "array", "items": NAME, "minItems": 8, "description": "some"}},
    "required": ["a"],
}
UNLIMITED = {
    "type": "object",
    "properties": {"a": {"type": "array", "items": NAME, "description": "some\n\n{minItems: 8}"}},
    "required": ["a"],
    "additionalProperties": False,
}


def test_p128_keywords_that_structured_output_refuses() -> None:
    outcome = request_to_messages({"model": ONE_OF, "response_format": json_schema(LIMITED)})

    assert outcome == asked(
        ONE_OF,
        [("tool_schema", "$.response_format.json_schema.schema")],
        output_config={"format": {"type": "json_schema", "schema": UNLIMITED}},
    )


def test_p128_strict_tools_alone_are_rewritten() -> None:
    outcome = request_to_messages({"tools": [function("a", LIMITED), function("b", LIMITED, strict=True)]})

    assert outcome == asked_of_messages(
        {"tools": [custom("a", LIMITED), custom("b", UNLIMITED, strict=True)]},
        [("tool_schema", "$.tools[1].function.parameters")],
    )
