"""The names of the protocols."""

from __future__ import annotations

import pytest

from llm_transcode.protocols import PROTOCOLS, check_protocols


def test_every_protocol_is_known() -> None:
    assert PROTOCOLS == ("messages", "chat")
    check_protocols(*PROTOCOLS)


@pytest.mark.parametrize("names", [("openai",), ("messages", "openai"), ("openai", "gemini")])
def test_the_first_unknown_one_is_named_with_those_that_are_known(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"^unknown protocol 'openai'; known are 'messages', 'chat'$"):
        check_protocols(*names)
