"""One Chromium for all tests; a fresh, empty page for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from support.browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the browser that all tests share."""
    with chromium() as started:
        yield started


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """Return an empty page as wide as a desk; an error in the page's own script fails the test."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors
