from __future__ import annotations

import pytest

from llm_transcode.messages import (
    AssistantTurn,
    ServerToolError,
    UnknownBlock,
    WebSearchResultBlock,
    WebSearchToolResultBlock,
)
from llm_transcode.wire import WireModel
from tests.documents import keep, refuse

FILES = '"content":[{"type":"%s","file_id":"file_1"}]'

RESULTS = [
    ("web_search", '[{"type":"web_search_result","title":"t","url":"u","encrypted_content":"e","page_age":null}]'),
    ("web_fetch", '{"type":"web_fetch_result","url":"u","content":{"type":"document","source":{"type":"text",'
     '"media_type":"text/plain","data":"d"}},"retrieved_at":null}'),
    ("code_execution", '{"type":"code_execution_result","stdout":"","stderr":"","return_code":0,"abort_reason":null,'
     + FILES % "code_execution_output" + "}"),
    ("code_execution", '{"type":"encrypted_code_execution_result","encrypted_stdout":"e","stderr":"","return_code":0,'
     '"content":[]}'),
    ("bash_code_execution", '{"type":"bash_code_execution_result","stdout":"","stderr":"","return_code":0,'
     + FILES % "bash_code_execution_output" + "}"),
    ("text_editor_code_execution", '{"type":"text_editor_code_execution_view_result","file_type":"text",'
     '"content":"c"}'),
    ("text_editor_code_execution", '{"type":"text_editor_code_execution_create_result","is_file_update":true}'),
    ("text_editor_code_execution", '{"type":"text_editor_code_execution_str_replace_result","lines":["-a","+b"],'
     '"old_start":1,"old_lines":1,"new_start":1,"new_lines":1}'),
    ("tool_search", '{"type":"tool_search_tool_search_result","tool_references":[{"type":"tool_reference",'
     '"tool_name":"t"}]}'),
    ("advisor", '{"type":"advisor_result","text":"t","stop_reason":"end_turn"}'),
    ("advisor", '{"type":"advisor_redacted_result","encrypted_content":"e"}'),
]  # fmt: skip

TOOLS = sorted({tool for tool, _ in RESULTS})


def turn(block: str) -> str:
    return f'{{"role":"assistant","content":[{block}]}}'


def block_of(text: str) -> WireModel:
    content = keep(AssistantTurn, turn(text)).content

    assert isinstance(content, list)
    return content[0]


def result(tool: str, content: str) -> str:
    return f'{{"type":"{tool}_tool_result","tool_use_id":"srvtoolu_1","content":{content}}}'


def unknown_members(value: object) -> list[object]:
    if isinstance(value, list):
        return [found for item in value for found in unknown_members(item)]
    if isinstance(value, UnknownBlock):
        return [value]
    if isinstance(value, WireModel):
        return [found for name in type(value).model_fields for found in unknown_members(getattr(value, name))]
    return []


@pytest.mark.parametrize(("tool", "content"), RESULTS)
def test_results(tool: str, content: str) -> None:
    assert unknown_members(block_of(result(tool, content))) == []


@pytest.mark.parametrize("tool", TOOLS)
def test_errors(tool: str) -> None:
    error = f'{{"type":"{tool}_tool_result_error","error_code":"unavailable","error_message":null}}'
    block = block_of(result(tool, error))

    assert isinstance(getattr(block, "content"), ServerToolError)  # noqa: B009 - the block is one of seven


@pytest.mark.parametrize("tool", TOOLS)
def test_unknown_results_are_kept(tool: str) -> None:
    block = block_of(result(tool, '{"type":"vision","seen":[1.0]}'))

    assert unknown_members(block) != []


@pytest.mark.parametrize("tool", TOOLS)
def test_malformed_errors_are_refused(tool: str) -> None:
    text = result(tool, f'{{"type":"{tool}_tool_result_error"}}')

    assert refuse(AssistantTurn, turn(text)) == "$.content[0].content.error_code"


def test_malformed_results_are_refused() -> None:
    text = result("web_search", '[{"type":"web_search_result","title":"t","encrypted_content":"e"}]')

    assert refuse(AssistantTurn, turn(text)) == "$.content[0].content[0].url"


def test_unknown_web_search_results_are_kept() -> None:
    found = '[{"type":"web_search_result","title":"t","url":"u","encrypted_content":"e"},{"type":"web_image_result"}]'
    block = keep(WebSearchToolResultBlock, result("web_search", found))

    assert isinstance(block.content, list)
    assert [type(item) for item in block.content] == [WebSearchResultBlock, UnknownBlock]


def test_calls() -> None:
    block_of('{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{},"caller":{"type":"direct"}}')
    block_of('{"type":"mcp_tool_use","id":"mcptoolu_1","name":"t","server_name":"s","input":{"a":1.0}}')


def test_mcp_results() -> None:
    block_of(
        '{"type":"mcp_tool_result","tool_use_id":"mcptoolu_1","is_error":false,"content":[{"type":"text","text":""}]}'
    )
    block_of('{"type":"mcp_tool_result","tool_use_id":"mcptoolu_1","content":"a"}')
    block_of('{"type":"mcp_tool_listing","mcp_server_name":"s","tools":[{"name":"t","input_schema":{}}]}')
