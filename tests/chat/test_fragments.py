"""Which call a fragment belongs to, and when its arguments are whole."""

from __future__ import annotations

import pytest

from llm_transcode.chat.fragments import CallTracker, Fragment, JsonProgress


def assigned(*fragments: Fragment) -> list[int]:
    """The positions of the calls that fragments belong to."""
    tracker = CallTracker()
    return [tracker.assign(fragment)[0].position for fragment in fragments]


def part(index: int | None, arguments: str = "{}") -> Fragment:
    return Fragment(index, arguments=arguments)


@pytest.mark.parametrize(
    ("fragments", "positions"),
    [
        ([Fragment(0, "a", "f"), part(0), Fragment(1, "b", "g"), part(1), part(0)], [0, 0, 1, 1, 0]),
        ([Fragment(0, "a", "f", "{}"), Fragment(0, "b", "f", "{}"), part(0)], [0, 1, 1]),
        ([Fragment(0, "a", "f", "{"), Fragment(0, "a", "f", "}")], [0, 0]),
        ([Fragment(0, "a", "f"), Fragment(0, "", "", "{"), Fragment(0, "", "", "}")], [0, 0, 0]),
        ([Fragment(0, "", "f", "{}"), Fragment(0, "", "g", "{}")], [0, 1]),
        ([Fragment(0, "", "f", "{}"), Fragment(0, "", "f", "{}")], [0, 1]),
        ([Fragment(0, "", "f", "{"), Fragment(0, "", "f", "}")], [0, 0]),
        ([Fragment(None, "a", "f", "{}"), Fragment(None, "b", "g", "{}"), part(None)], [0, 1, 1]),
        ([Fragment(None, "a", "f"), Fragment(None, "b", "g"), Fragment(None, "a", "", "{}")], [0, 1, 0]),
        ([Fragment(0, "a", "f"), part(1)], [0, 0]),
        ([Fragment(1, "a", "f"), part(1), Fragment(2, "b", "g"), part(2)], [0, 0, 1, 1]),
        ([Fragment(0, "a", ""), Fragment(0, "", "f"), part(0)], [0, 0, 0]),
        ([Fragment(0, "a", "f", "{"), Fragment(0, "", "f", "}")], [0, 0]),
        ([Fragment(0, "", "f", "{}"), Fragment(0, "b", "f", "{}")], [0, 1]),
        ([Fragment(0, "", "f"), Fragment(0, "", "g", "{}")], [0, 0]),
        ([Fragment(0, "", "f", "{"), Fragment(0, "", "g", "{}")], [0, 1]),
        ([part(None), part(None)], [0, 0]),
        ([Fragment(0, "", "f"), Fragment(1, "", "g")], [0, 1]),
        ([Fragment(0, "a", "f"), Fragment(1, "a", "f")], [0, 1]),
        ([Fragment(0, "a", "f"), Fragment(1, "b", "g"), Fragment(2, "a", "", "{}")], [0, 1, 0]),
        ([Fragment(0, "a", "f"), Fragment(1, "b", "g"), Fragment(2, "c", "", "{}")], [0, 1, 2]),
        ([Fragment(None, "a", "f"), Fragment(None, "a", "f", "{}")], [0, 0]),
        ([Fragment(None, "a", "f"), Fragment(None, "b", "", "{}")], [0, 1]),
        ([Fragment(None, "", "f", "{"), Fragment(None, "", "f", "}")], [0, 0]),
        ([Fragment(None, "", "f", "{}"), Fragment(None, "", "f", "{}")], [0, 1]),
    ],
)
def test_which_call_a_fragment_belongs_to(fragments: list[Fragment], positions: list[int]) -> None:
    assert assigned(*fragments) == positions


def test_a_call_gathers_its_id_name_and_arguments() -> None:
    tracker = CallTracker()
    for fragment in (Fragment(0, "a"), Fragment(0, "", "f", '{"x":'), Fragment(0, "a", "f", "1}")):
        call, _ = tracker.assign(fragment)

    assert (call.id, call.name, call.custom, call.size, call.complete) == ("a", "f", False, 7, True)
    assert call.says('{"x":1}')
    assert not call.says('{"x":2}')
    assert tracker.calls == [call]


def test_free_text_never_shows_that_it_is_whole() -> None:
    tracker = CallTracker()
    tracker.assign(Fragment(0, "a", "f", "{}", custom=True))
    call, added = tracker.assign(part(0, "{}"))

    assert (call.custom, call.complete, added, call.size) == (True, False, "{}", 4)


def test_a_call_shows_late_that_it_is_to_a_free_form_tool() -> None:
    tracker = CallTracker()
    call, _ = tracker.assign(Fragment(0, "a"))
    tracker.assign(Fragment(0, "", "f", custom=True))

    assert call.custom


@pytest.mark.parametrize(
    ("arguments", "added"), [(("{}", "{}"), ["{}", ""]), (('{"a"', '{"a"'), ['{"a"', '{"a"']), (("{", "}"), ["{", "}"])]
)
def test_whole_arguments_that_come_again_add_nothing(arguments: tuple[str, ...], added: list[str]) -> None:
    tracker = CallTracker()
    tracker.assign(Fragment(0, "a", "f"))

    assert [tracker.assign(part(0, piece))[1] for piece in arguments] == added


@pytest.mark.parametrize(
    ("pieces", "complete"),
    [
        (["{}"], True),
        (["{", "}"], True),
        (['{"a":"}', '"}'], True),
        (['{"a":"\\', '""}'], True),
        (['{"a":"\\\\', '"}'], True),
        (['{"a":"\\', "n", '"}'], True),
        (['{"a":"\\', "", '""}'], True),
        (['{"a":[{}]', "}"], True),
        (["{} "], True),
        (["[]"], False),
        (["{}{}"], False),
        (["{}", "[]"], False),
        (["{", "}}"], False),
        (['"a"'], False),
        (['{"a":"}'], False),
        (['{"a":{}'], False),
        (["", " "], False),
    ],
)
def test_progress_of_an_object(pieces: list[str], complete: bool) -> None:
    progress = JsonProgress()
    for piece in pieces:
        progress.read(piece)

    assert progress.complete is complete


def test_a_call_that_has_ended_is_followed_by_another() -> None:
    tracker = CallTracker()
    call, _ = tracker.assign(Fragment(0, "", "f", "{}"))
    call.ended = True

    assert tracker.assign(Fragment(0, "", "f", "{}"))[0].position == 1


def test_whole_arguments_are_recognised_whatever_they_hold() -> None:
    tracker = CallTracker()
    call, _ = tracker.assign(Fragment(0, "a", "f", '{"x":"\ud83d"}'))

    assert call.says('{"x":"\ud83d"}')
    assert not call.says('{"x":"\ud83e"}')
    assert not call.says('{"x":"\ud83d"} ')


@pytest.mark.parametrize(
    ("pieces", "blank"), [([], True), ([""], True), ([" ", "\n"], True), ([" ", "{"], False), (["{", " "], False)]
)
def test_whether_arguments_are_blank(pieces: list[str], blank: bool) -> None:
    tracker = CallTracker()
    call, _ = tracker.assign(Fragment(0, "a", "f"))
    for piece in pieces:
        tracker.assign(part(0, piece))

    assert call.blank is blank


def test_calls_are_found_by_their_index() -> None:
    tracker = CallTracker()
    first, _ = tracker.assign(Fragment(0, "a", "f"))
    second, _ = tracker.assign(Fragment(3, "b", "g"))

    assert (tracker.at(0), tracker.at(3), tracker.at(1)) == (first, second, None)
    assert [tracker.is_unknown(index) for index in (0, 1, None)] == [False, True, False]
