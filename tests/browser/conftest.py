"""The built site in a headless Chromium. Skipped where there is no browser, no driver for it, or no site."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["Watch"]

SITE: Final = Path(__file__).parents[2] / "build" / "site"

_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Watch:
    """What a page said and asked for, besides what it was meant to."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.complaints: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.context.on("request", self._on_request)

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.origin}/", "blob:", "data:")):
            self.complaints.append(f"asked for {request.url}")

    def open(self, fragment: str = "") -> None:
        """Open the playground, and wait until it can convert."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.origin}/playground/index.html{fragment}")
        self.page.wait_for_selector("body[data-ready][data-turn]", timeout=120_000)

    def settled(self, change: Any) -> None:
        """Do something to the page, and wait until it has converted again."""
        turn = self.page.evaluate("() => document.body.dataset.turn")
        change()
        self.page.wait_for_function("turn => document.body.dataset.turn !== turn", arg=turn)

    def text(self, selector: str) -> str:
        return self.page.text_content(selector) or ""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    if not (SITE / "playground" / "runtime" / "manifest.json").exists():
        pytest.skip("the site has not been built: tox run -e browser")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    driver = pytest.importorskip("playwright.sync_api")
    place = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if place is None:
        pytest.skip("there is no Chromium")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def playground(browser: Browser, origin: str) -> Watch:
    """One page for all tests, since it takes seconds to load; those that change it for good open their own."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-US")
    watch = Watch(context.new_page(), origin)
    watch.open()
    return watch


@pytest.fixture(autouse=True)
def no_complaints(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "playground" in request.fixturenames:
        assert request.getfixturevalue("playground").complaints == []
