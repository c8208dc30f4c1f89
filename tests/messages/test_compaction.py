from __future__ import annotations

from llm_transcode.messages import CompactionBlock, ToolAdditionBlock, ToolRemovalBlock
from tests.documents import keep, refuse


def test_a_failed_compaction_has_null_content() -> None:
    block = keep(CompactionBlock, '{"type":"compaction","content":null,"encrypted_content":null}')

    assert block.content is None
    assert block.names("content")


def test_a_compaction_carries_tool_changes() -> None:
    reference = '{"type":"tool_reference","name":"t"}'
    block = keep(
        CompactionBlock,
        '{"type":"compaction","content":"so far","signature":"s","tool_changes":['
        f'{{"type":"tool_addition","tool":{reference}}},{{"type":"tool_removal","tool":{reference}}}]}}',
    )

    assert block.tool_changes is not None
    assert [type(change) for change in block.tool_changes] == [ToolAdditionBlock, ToolRemovalBlock]


def test_a_malformed_tool_change_is_refused() -> None:
    assert refuse(CompactionBlock, '{"type":"compaction","tool_changes":[{"type":"tool_removal"}]}') == (
        "$.tool_changes[0].tool"
    )
