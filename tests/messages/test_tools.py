from __future__ import annotations

import pytest

from llm_transcode.messages import (
    BrowserStateBlock,
    CustomTool,
    Request,
    TextBlock,
    ToolAdditionBlock,
    ToolChoice,
    ToolChoiceAny,
    ToolChoiceAuto,
    ToolChoiceNone,
    ToolChoiceTool,
    ToolDefinition,
    ToolReferenceBlock,
    ToolRemovalBlock,
    ToolResultBlock,
    ToolUseBlock,
    UnknownBlock,
    UnknownToolChange,
    UnknownToolChoice,
)
from tests.documents import keep, refuse


def test_the_input_of_a_call_keeps_its_numbers_and_order() -> None:
    block = keep(ToolUseBlock, '{"type":"tool_use","id":"toolu_1","name":"t","input":{"b":1,"a":[1.0,-0.0]}}')

    assert list(block.input) == ["b", "a"]
    assert isinstance(block.input["b"], int)


def test_a_call_may_have_a_caller_and_a_toolset() -> None:
    block = keep(
        ToolUseBlock,
        '{"type":"tool_use","id":"toolu_1","name":"navigate","input":{},"toolset_name":"browser",'
        '"caller":{"type":"code_execution_20260120","tool_id":"srvtoolu_1"}}',
    )

    assert block.caller is not None
    assert block.caller.tool_id == "srvtoolu_1"


@pytest.mark.parametrize("text", ["[]", '"{}"', "null"])
def test_the_input_of_a_call_is_an_object(text: str) -> None:
    assert refuse(ToolUseBlock, f'{{"type":"tool_use","id":"toolu_1","name":"t","input":{text}}}') == "$.input"


@pytest.mark.parametrize("content", ["", ',"content":null', ',"content":""', ',"content":[]'])
def test_a_result_may_be_empty_in_several_ways(content: str) -> None:
    keep(ToolResultBlock, f'{{"type":"tool_result","tool_use_id":"toolu_1"{content}}}')


def test_a_result_may_hold_blocks() -> None:
    block = keep(
        ToolResultBlock,
        '{"tool_use_id":"toolu_1","type":"tool_result","content":[{"type":"text","text":"a"},'
        '{"type":"tool_reference","tool_name":"t"},{"type":"smell","of":"rain"}],"is_error":true}',
    )

    assert isinstance(block.content, list)
    assert [type(content) for content in block.content] == [TextBlock, ToolReferenceBlock, UnknownBlock]


def test_a_malformed_result_is_refused() -> None:
    start = '{"type":"tool_result","tool_use_id":"toolu_1","content":'

    assert refuse(ToolResultBlock, start + '[{"type":"text"}]}') == "$.content[0].text"
    assert refuse(ToolResultBlock, start + '[{"text":"a"}]}') == "$.content[0].type"
    assert refuse(ToolResultBlock, '{"type":"tool_result"}') == "$.tool_use_id"


def test_the_state_of_the_browser() -> None:
    block = keep(
        BrowserStateBlock,
        '{"type":"browser_state","tabs":[{"tab_id":"1","title":"t","url":"about:blank","active":true}],'
        '"state_changes":[{"type":"download_completed","download_id":"1","url":"u","path":null,"size_bytes":1}]}',
    )

    assert block.state_changes is not None
    assert block.state_changes[0].size_bytes == 1


@pytest.mark.parametrize(
    ("choice", "model"),
    [
        ('{"type":"auto"}', ToolChoiceAuto),
        ('{"type":"any","disable_parallel_tool_use":true}', ToolChoiceAny),
        ('{"type":"tool","name":"t"}', ToolChoiceTool),
        ('{"type":"none"}', ToolChoiceNone),
        ('{"type":"some","of":["t"]}', UnknownToolChoice),
    ],
)
def test_choices(choice: str, model: type[ToolChoice]) -> None:
    request = keep(Request, f'{{"max_tokens":1,"messages":[],"tool_choice":{choice}}}')

    assert type(request.tool_choice) is model


def test_a_malformed_choice_is_refused() -> None:
    assert refuse(Request, '{"max_tokens":1,"messages":[],"tool_choice":{"type":"tool"}}') == "$.tool_choice.name"
    assert refuse(Request, '{"max_tokens":1,"messages":[],"tool_choice":"auto"}') == "$.tool_choice"


def test_a_tool_may_be_defined_on_the_spot() -> None:
    block = keep(
        ToolAdditionBlock,
        '{"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"t","input_schema":{}}}}',
    )

    assert isinstance(block.tool, ToolDefinition)
    assert isinstance(block.tool.definition, CustomTool)


@pytest.mark.parametrize(
    "tool",
    [
        '{"type":"tool_reference","name":"t"}',
        '{"type":"mcp_tool_reference","server_name":"s","name":"t"}',
        '{"type":"mcp_toolset_reference","server_name":"s"}',
    ],
)
def test_a_tool_may_be_removed(tool: str) -> None:
    block = keep(ToolRemovalBlock, f'{{"type":"tool_removal","tool":{tool}}}')

    assert not isinstance(block.tool, UnknownToolChange)


def test_a_way_to_name_a_tool_that_is_unknown_is_kept() -> None:
    block = keep(ToolRemovalBlock, '{"type":"tool_removal","tool":{"type":"all_tools"}}')

    assert isinstance(block.tool, UnknownToolChange)
