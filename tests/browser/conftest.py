"""An offline browser, and the pages that it opens."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.rendered_pages import rendered
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    return rendered(tmp_path_factory)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, pages):
    """Open a page by its name. Console messages and requests fail the test when it ends."""
    contexts, complaints = [], []

    def open_page(name: str, width: int = 1280, height: int = 900, **options) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        address = pages[name].as_uri()
        page.on(
            "request",
            lambda request: request.url.startswith(("data:", "blob:", address)) or complaints.append(request.url[:200]),
        )
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
