from __future__ import annotations

import pytest

from llm_transcode.chat import (
    AllowedToolsChoice,
    CustomDefinition,
    CustomTool,
    CustomToolCall,
    FunctionCall,
    FunctionTool,
    FunctionToolCall,
    GrammarFormat,
    NamedCustomToolChoice,
    NamedToolChoice,
    TextFormat,
    Tool,
    ToolCall,
    ToolChoice,
    UnknownFormat,
    UnknownTool,
    UnknownToolCall,
    UnknownToolChoice,
)
from llm_transcode.wire import WireModel

from .documents import keep, refuse


class Tools(WireModel):
    tools: list[Tool]


class Choosing(WireModel):
    tool_choice: ToolChoice


class Calls(WireModel):
    calls: list[ToolCall]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"function","function":{"name":"f","parameters":{"z":1,"a":1.0},"strict":null}}', FunctionTool),
        ('{"function":{"name":"f"}}', FunctionTool),
        ('{"type":null,"function":{"name":"f"}}', FunctionTool),
        ('{"type":"custom","custom":{"name":"c"}}', CustomTool),
        ('{"type":"openrouter:web_search","parameters":{"max_results":5}}', UnknownTool),
    ],
)
def test_each_kind_of_tool(text: str, kind: type[WireModel]) -> None:
    tools = keep(Tools, f'{{"tools":[{text}]}}').tools

    assert [type(tool) for tool in tools] == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"text"}', TextFormat),
        ('{"type":"grammar","grammar":{"syntax":"lark","definition":"start: A"}}', GrammarFormat),
        ('{"type":"abnf"}', UnknownFormat),
    ],
)
def test_each_kind_of_format(text: str, kind: type[WireModel]) -> None:
    definition = keep(CustomDefinition, f'{{"name":"c","format":{text}}}')

    assert type(definition.format) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"any"', str),
        ('{"type":"function","function":{"name":"f"}}', NamedToolChoice),
        ('{"type":"custom","custom":{"name":"c"}}', NamedCustomToolChoice),
        ('{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function"}]}}', AllowedToolsChoice),
        ('{"type":"mcp","server":"s"}', UnknownToolChoice),
    ],
)
def test_each_kind_of_choice(text: str, kind: type[object]) -> None:
    assert type(keep(Choosing, f'{{"tool_choice":{text}}}').tool_choice) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"},"index":0}', FunctionToolCall),
        ('{"function":{"name":"f","arguments":"{}"},"extra_content":{"google":{}}}', FunctionToolCall),
        ('{"id":"call_1","type":"custom","custom":{"name":"c","input":"a b"}}', CustomToolCall),
        ('{"id":"call_1","type":"mcp","server":"s"}', UnknownToolCall),
    ],
)
def test_each_kind_of_call(text: str, kind: type[WireModel]) -> None:
    calls = keep(Calls, f'{{"calls":[{text}]}}').calls

    assert [type(call) for call in calls] == [kind]


@pytest.mark.parametrize("arguments", ['"{\\"a\\": 1"', '{"b":1.0,"a":1}', "null"])
def test_arguments_come_in_three_forms(arguments: str) -> None:
    keep(FunctionCall, f'{{"name":"f","arguments":{arguments}}}')


@pytest.mark.parametrize(
    ("model", "text", "path"),
    [
        (Tools, '{"tools":[{"type":"function","name":"f"}]}', "$.tools[0].function"),
        (Tools, '{"tools":[{"function":{}}]}', "$.tools[0].function.name"),
        (Tools, '{"tools":[{"type":"custom","custom":{}}]}', "$.tools[0].custom.name"),
        (Tools, '{"tools":[{"type":7}]}', "$.tools[0]"),
        (Choosing, '{"tool_choice":{"type":"function"}}', "$.tool_choice.function"),
        (Choosing, '{"tool_choice":{"function":{"name":"f"}}}', "$.tool_choice.type"),
        (Calls, '{"calls":[{"type":"function","function":{"arguments":""}}]}', "$.calls[0].function.name"),
        (Calls, '{"calls":[{"type":"custom","custom":{"name":"c"}}]}', "$.calls[0].custom.input"),
    ],
)
def test_malformed_tools_are_refused(model: type[WireModel], text: str, path: str) -> None:
    assert refuse(model, text) == path
