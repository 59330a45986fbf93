"""That the browser is there and shows what it is given."""

from playwright.sync_api import Page


def test_page__shows_what_it_is_given(browser_page: Page) -> None:
    browser_page.set_content("<h1>afk</h1>")

    assert browser_page.get_by_role("heading").inner_text() == "afk"
