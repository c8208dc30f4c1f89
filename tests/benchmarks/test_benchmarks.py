"""The harness itself. No time is judged here."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import llm_transcode
from llm_transcode.protocols import Protocol

from . import __main__ as command
from . import inputs, peers
from .documents import requests, timed_tables
from .growing import ELEMENTS, EVENTS, TEXTS, Grown, Run, long_event
from .peers import Peer
from .scaling import sizes, slope
from .streams import pieces, streams
from .tables import Table, as_json, as_markdown, as_text, compared, from_json, with_tables
from .timing import QUICK, Collector, Effort, least, medians, race
from .work import SOURCES, Kind, convert, document_floors, frame, stream_floors, transcode

TABLE = Table("speed", "microseconds", {"a": {"floor": 2, "ours": 5.0}, "b": {"ours": 1234.5}}, floor="floor")


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("requests", ["requests", "requests, best round"]),
        ("replies", ["replies", "replies, best round"]),
        ("streams", ["streams", "streams, best round", "feeding"]),
        (
            "scaling",
            [
                "scaling by elements",
                "scaling by turns, collected",
                "scaling by bytes",
                "scaling by events",
                "one event by 4 kB",
                "one byte at a time",
            ],
        ),
        ("memory", ["an open stream", "a stream after 20 events", "allocations", "a conversion"]),
        ("import", ["import"]),
    ],
)
def test_a_quick_run_of_each_section(
    section: str, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "numbers.json"

    command.main([section, "--quick", "--json", str(kept)])

    tables = from_json(json.loads(kept.read_text("utf-8"))["tables"])
    shown = capsys.readouterr().out
    assert [table.name for table in tables] == names
    assert all(table.rows and all(table.rows.values()) for table in tables)
    assert all(as_text(table) in shown for table in tables)


def test_a_section_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["speed"])

    assert "no section 'speed', only requests, replies" in capsys.readouterr().err


def test_numbers_that_were_kept_and_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept, page = tmp_path / "numbers.json", tmp_path / "page.md"
    page.write_text("<!-- measured: facts --><!-- end -->\n<!-- measured: replies --><!-- end -->\nAfter.\n", "utf-8")

    command.main(["replies", "--quick", "--json", str(kept)])
    command.main(["replies", "--quick", "--against", str(kept), "--page", str(page)])

    text = page.read_text("utf-8")
    assert text.startswith(f"<!-- measured: facts -->\n\n{llm_transcode.__version__} on ")
    assert "<!-- measured: replies -->\n\nMicroseconds (and how many times the floor) (" in text
    assert "\n| messages to chat, " in text
    assert text.endswith("\n<!-- end -->\nAfter.\n")
    assert "replies, best round: how many times what it was" in capsys.readouterr().out


# -- timing ----------------------------------------------------------------------------------------


def test_contestants_take_turns_and_each_begins_once() -> None:
    ran: list[str] = []

    def contestant(name: str) -> Callable[[], None]:
        return lambda: ran.append(name)

    rounds = race({name: contestant(name) for name in "abc"}, Effort(seconds=0, fewest=3, round_seconds=0))

    assert "".join(ran) == "abc" + "abc" + "bca" + "cab"  # the first three warm up
    assert {name: len(seconds) for name, seconds in rounds.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_round_takes_as_many_calls_as_its_time_asks_for() -> None:
    calls = 0

    def work() -> None:
        nonlocal calls
        calls += 1

    (seconds,) = race({"a": work}, Effort(seconds=0, fewest=1, round_seconds=0.001))["a"]

    assert 0 < seconds < 0.001
    assert calls > 10


@pytest.mark.parametrize(
    ("collector", "enabled", "frozen"), [("frozen", True, True), ("on", True, False), ("off", False, True)]
)
def test_the_garbage_collector_is_in_the_state_that_was_named(
    collector: Collector, enabled: bool, frozen: bool
) -> None:
    seen: list[tuple[bool, bool]] = []

    effort = Effort(seconds=0, fewest=1, round_seconds=0, collector=collector)
    race({"a": lambda: seen.append((gc.isenabled(), gc.get_freeze_count() > 0))}, effort)

    assert seen[-1] == (enabled, frozen)
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_statistics() -> None:
    rounds = {"a": [3.0, 1.0, 8.0]}

    assert medians(rounds) == {"a": 3.0}
    assert least(rounds) == {"a": 1.0}
    assert [table.rows for table in timed_tables("x", {"row": rounds}, {"row": 2})] == [
        {"row": {"a": 1.5e6}},
        {"row": {"a": 0.5e6}},
    ]


# -- scaling ---------------------------------------------------------------------------------------


def test_sizes() -> None:
    assert sizes(10, 100_000) == [10, 100, 1000, 3000, 10_000, 30_000, 100_000]


@pytest.mark.parametrize("exponent", [0, 1, 1.5, 2])
def test_a_slope_is_the_exponent(exponent: float) -> None:
    assert slope({size: 3e-6 * size**exponent for size in sizes(10, 10_000)}) == pytest.approx(exponent)


def test_a_slope_is_taken_over_the_upper_decades() -> None:
    costs = {size: float(size) for size in sizes(10, 10_000)}

    assert slope({**costs, 10: 1e9}) == pytest.approx(1)
    assert slope({**costs, 10_000: 1e9}) > 2


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("grown", ELEMENTS.values(), ids=ELEMENTS)
def test_documents_of_many_elements(source: Protocol, grown: Grown) -> None:
    smaller, larger = (len(convert("request", source, grown(source, count))) for count in (30, 60))

    assert larger - smaller >= 30 * 50  # no element is so small that fewer bytes hold it


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("grown", TEXTS.values(), ids=TEXTS)
def test_documents_of_many_bytes(source: Protocol, grown: Grown) -> None:
    body = grown(source, 10_000)

    assert len(body) == pytest.approx(10_000, rel=0.3)
    assert len(convert("request", source, body)) == pytest.approx(10_000, rel=0.3)


@pytest.mark.parametrize(("source", "run"), EVENTS.values(), ids=EVENTS)
def test_each_event_of_a_long_stream_reaches_the_client(source: Protocol, run: Run) -> None:
    shorter, longer = (transcode(source, run.frames(count)) for count in (30, 60))

    assert b"error" not in longer
    assert len(longer) - len(shorter) >= 30


@pytest.mark.parametrize("source", SOURCES)
def test_a_stream_with_one_long_event(source: Protocol) -> None:
    body = long_event(source, 10_000)

    assert len(body) == pytest.approx(10_000, rel=0.2)
    assert transcode(source, pieces(body, 1000)) == transcode(source, [body])


# -- floors and peers ------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
def test_the_floor_of_a_stream_writes_what_goes_out(source: Protocol) -> None:
    payloads = inputs.stream(source)
    out = transcode(source, [frame(source, payload) for payload in payloads])

    written = re.findall(rb"^data: (\{.*)$", out, re.MULTILINE)
    assert stream_floors(source, payloads)["floor"]() == ([*map(json.loads, payloads)], written)
    assert len(written) >= len(payloads) / 2


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", ["request", "reply"])
def test_the_floor_of_a_document_writes_what_goes_out(kind: Kind, source: Protocol) -> None:
    body = inputs.request(source) if kind == "request" else inputs.reply(source)

    assert document_floors(kind, source, body)["floor"]() == (json.loads(body), convert(kind, source, body))


def test_a_peer_stands_beside_ours_where_it_offers_something() -> None:
    peer = Peer(requests={"chat": json.loads}, streams={"messages": list})

    for tables in (requests(QUICK, {"other": peer}), streams(QUICK, {"other": peer})):
        messages, chat, *_ = next(tables).rows.values()
        assert ("other" in messages) != ("other" in chat)


def test_a_peer_that_fails_is_left_out_with_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peers, "installed", lambda: ["any"])
    monkeypatch.setattr(peers, "DISTRIBUTIONS", {"any": "no_such_module"})

    assert peers.load() == {}
    assert list(peers.willing({"good": dict, "bad": lambda: json.loads("")})) == ["good"]
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("any is left out: ModuleNotFoundError: No module named ")
    assert told[1].startswith("bad is left out: JSONDecodeError: ")


# -- tables ----------------------------------------------------------------------------------------


def test_a_table_as_text() -> None:
    assert as_text(TABLE).splitlines() == [
        "speed: microseconds",
        "",
        "   floor        ours",
        "a   2.00  5.00 (2.5)",
        "b              1,230",
    ]


def test_a_table_as_markdown() -> None:
    assert as_markdown(TABLE).splitlines() == [
        "|  | floor | ours |",
        "|---|---|---|",
        "| a | 2.00 | 5.00 (2.5) |",
        "| b |  | 1,230 |",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0.00"),
        (0.834, "0.83"),
        (1, "1.00"),
        (9.996, "10.00"),
        (23.14, "23.1"),
        (465.4, "465"),
        (123_456, "123,000"),
    ],
)
def test_three_digits_are_shown(value: float, shown: str) -> None:
    assert as_text(Table("", "", {"": {"a": value}})).split()[-1] == shown


def test_tables_survive_being_kept() -> None:
    assert from_json(json.loads(json.dumps(as_json([TABLE])))) == [TABLE]


def test_only_what_both_have_is_compared() -> None:
    before = Table("speed", "", {"a": {"floor": 4, "ours": 4, "gone": 1}, "gone": {"ours": 1}})

    (table,) = compared([before], [TABLE, Table("new", "", {})])

    assert (table.name, table.rows) == ("speed", {"a": {"floor": 0.5, "ours": 1.25}})


def test_a_page_keeps_what_was_not_measured() -> None:
    page = "<!-- measured: other -->\nold\n<!-- end -->\n<!-- measured: speed -->\nold\n<!-- end -->\nend"

    assert with_tables(page, [TABLE], "now") == (
        "<!-- measured: other -->\nold\n<!-- end -->\n<!-- measured: speed -->\n\nMicroseconds (now).\n\n"
        + as_markdown(TABLE)
        + "\n\n<!-- end -->\nend"
    )
