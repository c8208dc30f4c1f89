from __future__ import annotations

import pytest

from llm_transcode.messages import (
    AdvisorTool,
    BashTool,
    BrowserToolset,
    CodeExecutionTool,
    ComputerTool,
    ComputerToolset,
    CustomTool,
    McpToolset,
    MemoryTool,
    Request,
    TextEditorTool,
    Tool,
    ToolSearchTool,
    UnknownTool,
    WebFetchTool,
    WebSearchTool,
)
from tests.documents import keep, refuse

URL_SOURCES = (
    '{"user_input":{"type":"all"},"client_tool_results":{"type":"only","tools":[{"type":"tool_reference","name":"t"}]}}'
)


def request(tool: str) -> str:
    return f'{{"max_tokens":1,"messages":[],"tools":[{tool}]}}'


@pytest.mark.parametrize(
    ("tool", "model"),
    [
        ('{"name":"t","input_schema":{"type":"object"}}', CustomTool),
        ('{"type":null,"name":"t","input_schema":{}}', CustomTool),
        ('{"type":"custom","name":"t","input_schema":{},"strict":true,"input_examples":[{"n":1.0}]}', CustomTool),
        ('{"type":"bash_20250124","name":"bash"}', BashTool),
        ('{"type":"text_editor_20250728","name":"str_replace_based_edit_tool","max_characters":9}', TextEditorTool),
        ('{"type":"memory_20250818","name":"memory","cache_control":{"type":"ephemeral"}}', MemoryTool),
        ('{"type":"computer_20251124","name":"computer","display_width_px":1,"display_height_px":1}', ComputerTool),
        ('{"type":"browser_toolset_20260801","configs":{"navigate":{"enabled":false},"find":null}}', BrowserToolset),
        ('{"type":"computer_toolset_20260801","configs":null}', ComputerToolset),
        ('{"type":"web_search_20250305","name":"web_search","max_uses":3,"user_location":null}', WebSearchTool),
        (f'{{"type":"web_fetch_20260318","name":"web_fetch","url_sources":{URL_SOURCES}}}', WebFetchTool),
        ('{"type":"code_execution_20260120","name":"code_execution"}', CodeExecutionTool),
        ('{"type":"tool_search_tool_bm25","name":"tool_search_tool_bm25"}', ToolSearchTool),
        ('{"type":"advisor_20260301","name":"advisor","model":"m"}', AdvisorTool),
        ('{"type":"mcp_toolset","mcp_server_name":"s","default_config":{"enabled":false}}', McpToolset),
        ('{"type":"telescope_20290101","aperture":2.0}', UnknownTool),
        ('{"type":"web_search_20290101","name":"web_search"}', UnknownTool),
    ],
)
def test_tools(tool: str, model: type[Tool]) -> None:
    tools = keep(Request, request(tool)).tools

    assert tools is not None
    assert type(tools[0]) is model


@pytest.mark.parametrize(
    ("tool", "path"),
    [
        ('{"name":"t"}', "$.tools[0].input_schema"),
        ('{"type":"custom","input_schema":{}}', "$.tools[0].name"),
        ('{"type":"computer_20250124","name":"computer"}', "$.tools[0].display_width_px"),
        ('{"type":"mcp_toolset"}', "$.tools[0].mcp_server_name"),
        ('{"type":"browser_toolset_20260801","configs":{"find":{"enabled":1}}}', "$.tools[0].configs.find.enabled"),
        ('{"type":1,"name":"t"}', "$.tools[0]"),
        ('"bash"', "$.tools[0]"),
    ],
)
def test_a_malformed_tool_is_refused(tool: str, path: str) -> None:
    assert refuse(Request, request(tool)) == path


def test_a_custom_tool_can_be_built() -> None:
    tool = CustomTool(name="t", input_schema={"type": "object"}, strict=True)

    assert tool.to_json() == b'{"name":"t","input_schema":{"type":"object"},"strict":true}'
