"""The playground, as people use it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from docs.playground.jobs import Job

from llm_transcode import (
    ConversionError,
    Converted,
    StreamTranscoder,
    convert_error,
    convert_models,
    convert_request,
    convert_response,
)
from llm_transcode.protocols import Protocol
from llm_transcode.wire import WireModel
from tests.browser.conftest import SITE, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHOTS: Final = SITE.parent / "screenshots"
GOLDEN: Final = Path(__file__).parents[1] / "golden"
EXAMPLES: Final = json.loads((GOLDEN.parents[1] / "docs" / "playground" / "examples.json").read_text("utf-8"))
TITLES: Final = [example["title"]["en"] for example in EXAMPLES]


def pick(playground: Watch, title: str) -> dict[str, Any]:
    """Pick an example, and return it as the site has it."""
    playground.settled(lambda: playground.page.select_option("#example", label=title))
    examples = json.loads((SITE / "playground" / "runtime" / "examples.json").read_text("utf-8"))
    example: dict[str, Any] = next(example for example in examples if example["title"]["en"] == title)
    return example


def converted_here(example: dict[str, Any]) -> str:
    """What this Python makes of an example, through the public interface alone."""
    source: Protocol = example["source"]
    target: Protocol = "chat" if source == "messages" else "messages"
    dialect = {"dialect": example["dialect"]} if example["dialect"] else {}
    job = Job.from_dict({**example, "target": target, "options": {**dialect, **example["options"]}})
    options, context = job.parsed_options(), job.context()
    converted: Converted[WireModel]
    match job.kind:
        case "request":
            converted = convert_request(job.text, source=source, target=target, options=options)
        case "error":
            converted = convert_error(job.status, job.text, source=source, target=target, options=options)
        case "models":
            converted = convert_models(job.text, source=source, target=target, options=options)
        case "response":
            converted = convert_response(job.text, source=source, target=target, context=context, options=options)
        case _:
            stream = StreamTranscoder(source=source, target=target, context=context, options=options)
            return (stream.feed(job.text) + stream.close()).decode()
    return converted.to_json().decode()


@pytest.mark.parametrize("title", TITLES)
def test_an_example_is_converted_as_here(playground: Watch, title: str) -> None:
    example = pick(playground, title)
    try:
        expected = converted_here(example)
    except ConversionError as error:
        expected = f"{type(error).__name__} at {error.path}: {error.reason}"
    playground.page.evaluate("() => { const box = document.getElementById('compact'); if (!box.checked) box.click(); }")

    assert playground.text("#result") == expected


def test_a_loss_is_marked_on_both_sides(playground: Watch) -> None:
    pick(playground, "A tool that failed")

    playground.page.uncheck("#compact")

    assert playground.text("#source-marks mark") == '"is_error": true'
    assert playground.text("#result mark") == '"content": "[tool_error]\\nno such city"'

    playground.page.focus("#losses button")
    playground.page.keyboard.press("Enter")

    assert playground.page.locator("mark.current").count() == 2


def test_what_is_typed_is_converted(playground: Watch) -> None:
    pick(playground, "A tool that failed")
    body = '{"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "你好"}]}'

    playground.settled(lambda: playground.page.fill("#source", body))

    assert '"content": "你好"' in playground.text("#result")
    assert playground.text("#summary") == "Converted, nothing was lost."


def test_what_is_wrong_is_told_with_its_place(playground: Watch) -> None:
    pick(playground, "A tool that failed")

    playground.settled(lambda: playground.page.fill("#source", '{"model": "m", "max_tokens": 5, "messages": [7]}'))

    assert playground.text("#summary").startswith("InvalidPayload at $.messages[0]")
    assert playground.text("#source-marks mark.refused") == "7"


def test_a_stream_step_by_step(playground: Watch) -> None:
    pick(playground, "Calls that interleave")
    page = playground.page
    current = "#machine-target [aria-current=step]"

    assert playground.text(current) == "stopped"
    page.click("#first")
    assert playground.text("#result") == ""
    assert playground.text(current) == "silent"

    page.click("#next")
    assert playground.text("#result").startswith("event: message_start\n")
    assert playground.text(current) == "within"
    assert playground.text("#step-count") == "1 of 10"
    assert page.locator("#source-marks mark.new").count() == 1

    page.focus("#step")
    page.keyboard.press("ArrowRight")
    assert playground.text("#step-count") == "2 of 10"


def test_small_pieces_add_up_to_the_same(playground: Watch) -> None:
    pick(playground, "A stream of thoughts")
    whole = playground.text("#result")

    playground.settled(lambda: playground.page.select_option("#cut", "bytes"))

    assert playground.text("#result") == whole


def test_a_stream_plays(playground: Watch) -> None:
    pick(playground, "A stream of text")

    playground.page.click("#play")
    playground.page.wait_for_function("() => document.getElementById('play').getAttribute('aria-pressed') === 'false'")

    assert playground.page.is_disabled("#next")


def test_an_option_changes_the_result(playground: Watch) -> None:
    pick(playground, "A tool that failed")
    page = playground.page
    page.click("#options summary")

    field = page.locator("#options-form label", has_text="is_error").locator("select")
    playground.settled(lambda: field.select_option("drop"))

    assert "[tool_error]" not in playground.text("#result")
    assert playground.text("#options-count") == "1"
    page.click("#options summary")


def test_a_dialect_changes_the_result(playground: Watch) -> None:
    pick(playground, "A tool that failed")

    playground.settled(lambda: playground.page.select_option("#dialect", "deepseek"))

    assert '"max_tokens": 1024' in playground.text("#result")


def test_the_language_changes(playground: Watch) -> None:
    page = playground.page
    pick(playground, "A tool that failed")

    playground.settled(lambda: page.select_option("#language", "zh"))
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert playground.text("#summary") == "已转换\uff0c有 1 处损失。"
    assert page.locator("#example option", has_text="失败的工具").count() == 1

    playground.settled(lambda: page.select_option("#language", "en"))
    assert playground.text("#summary") == "Converted, with 1 loss."


def test_every_word_is_there_in_both_languages(playground: Watch) -> None:
    missing = playground.page.evaluate("""async () => {
        const { languages } = await import("./words.js");
        const [one, other] = languages().map(words => Object.keys(words));
        return [one.filter(word => !other.includes(word)), other.filter(word => !one.includes(word))];
    }""")

    assert missing == [[], []]


def test_a_shared_address_shows_the_same(playground: Watch) -> None:
    page = playground.page
    pick(playground, "Calls that interleave")
    shown = playground.text("#result")

    page.click("#share")
    page.wait_for_function("() => location.hash.length > 10")
    fragment = page.evaluate("() => location.hash")
    playground.open(fragment)

    assert playground.text("#result") == shown
    assert page.input_value("#kind") == "stream"


def test_an_exported_case_is_a_golden_one(playground: Watch, tmp_path: Path) -> None:
    pick(playground, "A tool that failed")
    with playground.page.expect_download() as download:
        playground.page.click("#export")
    download.value.save_as(tmp_path / "case.zip")

    with zipfile.ZipFile(tmp_path / "case.zip") as archive:
        files = {Path(name).name: archive.read(name) for name in archive.namelist()}

    for name in ("messages.json", "chat.json"):
        assert files[name] == (GOLDEN / "request" / "failed_tool" / name).read_bytes()
    golden = json.loads((GOLDEN / "request" / "failed_tool" / "losses.json").read_text("utf-8"))
    assert json.loads(files["losses.json"])["to_chat"] == golden["to_chat"]


def test_every_control_has_a_name(playground: Watch) -> None:
    nameless = playground.page.evaluate("""() =>
        [...document.querySelectorAll("input, select, textarea, button, progress")]
            .filter(control => !control.labels?.length && !control.ariaLabel && !control.textContent.trim())
            .map(control => control.outerHTML)
    """)

    assert nameless == []


def test_it_works_without_a_network(browser: Browser, origin: str) -> None:
    context = browser.new_context(locale="en-US")
    watch = Watch(context.new_page(), origin)
    watch.open()
    watch.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    watch.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    context.set_offline(True)
    watch.open()
    pick(watch, "A tool that failed")

    assert "[tool_error]" in watch.text("#result")
    assert [complaint for complaint in watch.complaints if "net::ERR_" not in complaint] == []
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("device", "width"), [("desk", 1400), ("phone", 390)])
def test_how_it_looks(playground: Watch, theme: str, device: str, width: int) -> None:
    page = playground.page
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": width, "height": 900})
    page.select_option("#theme", theme)
    for name, title in (("request", "Documents of every form"), ("stream", "Calls that interleave")):
        pick(playground, title)
        page.screenshot(path=SHOTS / f"{name}-{device}-{theme}.png", full_page=True)

        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1400, "height": 1000})


@pytest.mark.parametrize("name", ["index", "reference/streams", "reference/api", "tutorial/proxy", "read-me"])
def test_the_other_pages_stay_at_home_too(browser: Browser, origin: str, name: str) -> None:
    context = browser.new_context()
    watch = Watch(context.new_page(), origin)

    watch.page.goto(f"{origin}/{name}.html", wait_until="networkidle")

    assert watch.complaints == []
    context.close()
