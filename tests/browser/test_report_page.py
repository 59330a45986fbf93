"""The report in a browser: by keyboard, by ear, on a phone, with thousands of runs, bad titles."""

import re
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from support.past_runs import HOSTILE, page_of, past_figures, past_runs

MANY = 5_000
NOW = "### Working now (1)\n\n- [`Add a till`](https://forge.example/x) `acme/shop#1`: at work"


@pytest.fixture(scope="module")
def many() -> str:
    return page_of(past_figures(past_runs(MANY, days=300), days=300), NOW)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme="dark", has_touch=True
    )
    yield context.new_page()
    context.close()


def rows(page: Page) -> list[str]:
    return page.locator("#list tbody tr").all_inner_texts()


def test_report__thousands_of_runs__are_shown_sorted_and_found_at_once(
    browser_page: Page, many: str
) -> None:
    started = time.monotonic()
    browser_page.set_content(many)
    assert len(rows(browser_page)) == 50
    shown = time.monotonic() - started

    assert browser_page.get_by_role("status").inner_text() == "Showing 1 to 50 of 5,000 runs."
    spent = browser_page.evaluate(
        """() => {
          const begun = performance.now();
          document.querySelector('#list thead [data-key="lead"] button').click();
          const find = document.querySelector("#find");
          find.value = "ADD till acme/shop";
          find.dispatchEvent(new Event("input"));
          return performance.now() - begun;
        }"""
    )

    found = browser_page.get_by_role("status").inner_text()
    assert re.fullmatch(r"Showing 1 to 50 of [\d,]+ runs, of 5,000 in all\.", found)
    assert all("Add a till" in one and "acme/shop" in one for one in rows(browser_page))
    assert shown < 10, "seconds, on a machine with much else to do"
    assert spent < 1_000, "milliseconds"


def test_report__by_keyboard_alone__is_sorted_filtered_and_paged(
    browser_page: Page, many: str
) -> None:
    browser_page.set_content(many)
    press = browser_page.keyboard.press

    press("Tab")
    assert browser_page.evaluate("document.activeElement.className") == "skip"
    press("Enter")
    press("Tab")
    assert browser_page.evaluate("document.activeElement.id") == "find"
    browser_page.keyboard.type("zzz")
    assert rows(browser_page) == []
    assert "No run is like that" in browser_page.get_by_role("status").inner_text()
    for _ in range(3):
        press("Backspace")
    press("Tab")
    browser_page.keyboard.type("CI still red")
    assert all("CI still red" in one for one in rows(browser_page))
    for _ in range(3):
        press("Tab")
    press("Enter")
    head = browser_page.locator('#list th[data-key="title"]')
    assert head.get_attribute("aria-sort") == "ascending"
    press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    outline = browser_page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where one is shows"
    browser_page.get_by_role("button", name="Next").focus()
    press("Enter")
    assert "Page 2 of" in browser_page.locator("#page").inner_text()
    assert browser_page.evaluate("document.activeElement.id") == "next", "the place is kept"
    browser_page.get_by_role("button", name="Previous").focus()
    press("Enter")
    press("Enter")
    assert "Page 1 of" in browser_page.locator("#page").inner_text()


def test_report__for_who_listens__has_landmarks_headings_and_names(
    browser_page: Page, many: str
) -> None:
    browser_page.set_content(many)

    tree = browser_page.locator("body").aria_snapshot()
    assert all(f"- {one}" in tree for one in ("banner", "main", "contentinfo", "status"))
    assert 'search "Runs"' in tree
    levels = browser_page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3')].map(one => +one.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    charts = browser_page.get_by_role("img").all()
    assert len(charts) == 4
    for chart in charts:
        assert browser_page.evaluate(
            "svg => document.getElementById(svg.getAttribute('aria-labelledby')).innerText.length",
            chart.element_handle(),
        )
    assert browser_page.locator("figure details table").count() == 4
    unnamed = browser_page.evaluate(
        """[...document.querySelectorAll('input,select,button')]
             .filter(one => !(one.labels?.length || one.innerText.trim())).length"""
    )
    assert unnamed == 0


_CONTRAST = """
() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map(one => one / 255).map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = one => {
    for (let node = one; node; node = node.parentElement) {
      const color = parts(getComputedStyle(node).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const low = [];
  for (const one of document.querySelectorAll("body *")) {
    const style = getComputedStyle(one);
    const svg = one instanceof SVGElement;
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!one.getClientRects().length || one.closest("script,style,[aria-disabled=true]")) continue;
    const shape = one.tagName === "rect";
    if (!own && !shape) continue;
    const found = ratio(parts(svg ? style.fill : style.color), behind(one));
    if (found < (shape ? 3 : 4.5)) low.push([one.tagName, one.className?.baseVal ?? one.className,
      found.toFixed(2)].join(" "));
  }
  return [...new Set(low)];
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report__light_and_dark__can_be_read(browser_page: Page, scheme: Any) -> None:
    """4.5 to 1 for text, 3 to 1 for what charts are made of: WCAG 2.2, 1.4.3 and 1.4.11."""
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.set_content(page_of(past_figures(past_runs(200)), NOW))

    assert browser_page.evaluate(_CONTRAST) == []


def test_report__on_a_phone__needs_no_sideways(phone: Page) -> None:
    phone.set_content(page_of(past_figures(past_runs(200, titles=HOSTILE)), NOW))

    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert phone.locator("#list").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert phone.get_by_role("row").count() > 50, "cards are rows of a table still"
    small = phone.evaluate(
        """[...document.querySelectorAll('button,input,select')]
             .filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 24)
             .length"""
    )
    assert small == 0


def test_report__hostile_titles__do_nothing(browser_page: Page) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.on("dialog", lambda dialog: asked.append(dialog.message))
    runs = past_runs(len(HOSTILE), titles=HOSTILE)

    browser_page.set_content(page_of(past_figures(runs), "\n\n".join(HOSTILE)))

    shown = browser_page.locator("#list tbody tr td:first-child").all_inner_texts()
    assert len(shown) == len(HOSTILE)
    assert "</script><script>window.hit = 1</script>" in shown
    browser_page.locator("#find").fill("img")
    browser_page.mouse.move(200, 300)
    assert browser_page.evaluate("window.hit") is None
    assert asked == []
    assert browser_page.locator("main img, main script, main b, #list svg").count() == 0


def test_report__nothing_of_it__is_asked_of_anybody(browser_page: Page, many: str) -> None:
    asked: list[str] = []
    refused: list[str] = []
    failures: list[str | None] = []
    browser_page.on("requestfailed", lambda request: failures.append(request.failure))
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.on("console", lambda message: refused.append(message.text))

    browser_page.set_content(many)
    assert asked == []
    assert refused == []
    browser_page.evaluate(
        """() => {
          const image = document.createElement("img");
          image.src = "https://evil.example/x.png";
          document.body.append(image);
          const script = document.createElement("script");
          script.textContent = "window.hit = 1";
          document.body.append(script);
        }"""
    )

    assert browser_page.evaluate("window.hit") is None, "the page's policy lets no other script run"
    browser_page.wait_for_function("document.images[0].complete")
    assert any("img-src" in one or "default-src" in one for one in refused)
    assert failures == ["csp"], "it is not sent"


def test_report__without_scripts__shows_the_newest(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(page_of(past_figures(past_runs(200)), NOW))

    assert "Without scripts only the newest 50 runs are shown." in page.content()
    assert page.locator("#list tbody tr").count() == 50
    assert not page.locator("#filter").is_visible()
    context.close()
