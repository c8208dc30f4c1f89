from __future__ import annotations

import pytest

from llm_transcode.messages import (
    AssistantTurn,
    Request,
    SystemTurn,
    TextBlock,
    ToolAdditionBlock,
    Turn,
    UnknownBlock,
    UnknownTurn,
    UserTurn,
)
from tests.documents import keep, refuse


def request(turn: str) -> str:
    return f'{{"max_tokens":1,"messages":[{turn}]}}'


@pytest.mark.parametrize(
    ("turn", "model"),
    [
        ('{"role":"user","content":"hi"}', UserTurn),
        ('{"content":[{"type":"text","text":"hi"}],"role":"assistant"}', AssistantTurn),
        ('{"role":"system","content":"be brief","clear_at":"never"}', SystemTurn),
        ('{"role":"system","output_config":{"effort":"low"}}', SystemTurn),
        ('{"role":"critic","content":{"stars":5}}', UnknownTurn),
    ],
)
def test_turns(turn: str, model: type[Turn]) -> None:
    assert type(keep(Request, request(turn)).messages[0]) is model


def test_a_block_of_an_unknown_type_is_kept() -> None:
    turn = keep(UserTurn, '{"role":"user","content":[{"at":0,"type":"video"},{"type":"text","text":"hi"}]}')

    assert isinstance(turn.content, list)
    assert [type(block) for block in turn.content] == [UnknownBlock, TextBlock]


def test_a_system_turn_may_change_the_tools() -> None:
    turn = keep(
        SystemTurn,
        '{"role":"system","content":[{"type":"tool_addition","tool":{"type":"tool_reference","name":"t"}}]}',
    )

    assert isinstance(turn.content, list)
    assert isinstance(turn.content[0], ToolAdditionBlock)


@pytest.mark.parametrize(
    ("turn", "path"),
    [
        ('{"role":"user"}', "$.messages[0].content"),
        ('{"role":"user","content":null}', "$.messages[0].content"),
        ('{"content":"hi"}', "$.messages[0].role"),
        ('{"role":"assistant","content":[{"type":"text","tex":"hi"}]}', "$.messages[0].content[0].text"),
        ('{"role":"assistant","content":[{"text":"hi"}]}', "$.messages[0].content[0].type"),
        ('{"role":"assistant","content":["hi"]}', "$.messages[0].content[0]"),
        (
            '{"role":"user","content":[{"type":"image","source":{"type":"base64","data":""}}]}',
            "$.messages[0].content[0].source.media_type",
        ),
    ],
)
def test_a_malformed_turn_is_refused(turn: str, path: str) -> None:
    assert refuse(Request, request(turn)) == path
