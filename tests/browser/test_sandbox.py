"""`afk sandbox` as a person plays with it: its pages in a browser, afk in a second terminal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from support.shell import pasted

from afk.types import Forge

ROOT: Final = Path(__file__).parents[2]
LAST: Final = "Ctrl-C ends the sandbox"
PATIENCE: Final = 120.0
NAMES: Final = """
() => [...document.querySelectorAll("button, select, textarea, input:not([type=hidden])")].map(
  (one) => one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent)
"""
expect.set_options(timeout=10_000)


@dataclass(frozen=True)
class Terminals:
    """The sandbox in the first one; what it printed was pasted into the second."""

    page: str
    environ: dict[str, str]
    process: subprocess.Popen[str]

    def tick(self) -> None:
        """Run `afk tick` in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "afk", "tick"],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def tick_until(self, page: Page, words: str) -> None:
        """Tick until the open page shows something by itself; nobody loads it again."""
        until = time.monotonic() + PATIENCE
        while not page.get_by_text(words).first.is_visible():
            assert time.monotonic() < until, page.inner_text("main")
            self.tick()
            page.wait_for_timeout(1_700)

    def end(self) -> tuple[int, str]:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=20)
        return self.process.returncode, out


@pytest.fixture(params=list(Forge), ids=lambda kind: str(kind.value))
def terminals(request: pytest.FixtureRequest) -> Iterator[Terminals]:
    command = [sys.executable, "-m", "afk", "sandbox", "--port", "0", "--speed", "6"]
    process = subprocess.Popen(  # noqa: S603  this Python
        [*command, "--forge", request.param.value],
        cwd=ROOT,
        env={},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    printed = ""
    while LAST not in printed:
        line = process.stdout.readline()
        assert line, printed
        printed += line
    shell = pasted(printed)
    try:
        yield Terminals(shell.page, {**shell.environ, "PATH": os.environ["PATH"]}, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_sandbox__labelled_in_the_browser__grows_a_comment_goes_red_is_fixed_and_closed(
    terminals: Terminals, browser_page: Page
) -> None:
    """And a pull request is merged by its button; Ctrl-C then ends it well."""
    page = browser_page
    page.goto(terminals.page)
    page.get_by_role("link", name="you/shop").first.click()
    page.get_by_role("link", name="Round prices correctly").click()
    expect(page.get_by_role("status").filter(has_text="No agent")).to_be_visible()
    page.get_by_label("Write a comment").last.fill("Still typing")
    page.get_by_role("button", name="Put on ready-for-agent").click()
    expect(page.get_by_role("button", name="Take off ready-for-agent")).to_be_visible()

    page.get_by_label("Write a comment").last.fill("Still typing")
    terminals.tick()
    comments = page.locator("article.comment.afk")
    expect(comments).to_have_count(1)
    begun = comments.inner_text()
    terminals.tick_until(page, "try 2")
    assert comments.inner_text() != begun, "it grew"
    assert page.get_by_label("Write a comment").last.input_value() == "Still typing"
    terminals.tick_until(page, "closed this")
    expect(comments).to_have_count(1)
    expect(page.locator(".state").first).to_have_text("closed")
    expect(page.get_by_role("button", name="Take off ready-for-agent")).to_have_count(0)

    page.goto(f"{terminals.page}/you/site/issues")
    page.get_by_role("link", name="Say when we are open").click()
    page.get_by_role("button", name="Put on ready-for-agent").click()
    terminals.tick_until(page, "Pull requests")
    page.get_by_role("region", name="Pull requests").get_by_role("link").click()
    assert page.get_by_role("region", name="Checks").is_visible()
    until = time.monotonic() + PATIENCE
    while page.get_by_role("button", name="Merge").count() == 0:
        assert time.monotonic() < until, page.inner_text("main")
        terminals.tick()
        page.wait_for_timeout(1_700)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("Merged by you")).to_be_visible()
    page.get_by_role("link", name="Say when we are open").first.click()
    terminals.tick_until(page, "took off agent-in-progress")

    code, rest = terminals.end()
    assert (code, rest.strip()) == (0, "The sandbox has ended; nothing is left of it.")
    expect(page.get_by_text("It has ended")).to_be_visible()


def test_sandbox__keyboard_only__opens_an_issue(terminals: Terminals, browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{terminals.page}/you/shop/issues")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/issues/new")
    page.get_by_label("Title").focus()
    page.keyboard.type("By hand")
    page.keyboard.press("Tab")
    page.keyboard.type("<b>bold</b> **strong**")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Open the issue"
    page.keyboard.press("Enter")
    page.wait_for_url("**/issues/4")

    assert page.locator("article strong").inner_text() == "strong"
    assert page.locator("article .text b").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1200, "light")])
def test_sandbox__on_any_screen__fits_and_is_named_for_who_cannot_see_it(
    terminals: Terminals, browser: Browser, width: int, scheme: Literal["dark", "light"]
) -> None:
    """Nothing is wider than the screen, and each control has a name."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    for path in ("/", "/you/shop/issues", "/you/shop/issues/2", "/you/shop/issues/new"):
        page.goto(terminals.page + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        names = page.evaluate(NAMES)
        assert all(name.strip() for name in names), path
        assert page.locator("h1").count() == 1
        assert page.locator("html[lang=en]").count() == 1
    context.close()
