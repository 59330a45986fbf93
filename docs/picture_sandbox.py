"""Makes the pictures of docs/sandbox.md: `afk sandbox`, played through in a headless Chromium.

Real servers, real ticks, a real browser; only what agents and CI take is shorter.
"""

import re
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page
from support.browser import chromium
from support.shell import Shell
from support.small_png import small_png

from afk.types import Forge
from afk_sandbox import demo_page, demo_told
from afk_sandbox.playground import Playground, playground
from afk_sandbox.world import command_line

PICTURES: Final = Path(__file__).parent / "pictures"
DESK: Final = 1100
PHONE: Final = 390
SPEED: Final = 2.0
Scheme = Literal["light", "dark"]


def main() -> None:
    """Make them all."""
    PICTURES.mkdir(exist_ok=True)
    with chromium() as browser, playground(Forge.GITHUB, speed=SPEED) as opened:
        shell = Shell(opened.page, opened.environment)
        _landing_by_push(browser, opened, shell)
        _landing_by_pull_request(browser, opened, shell)
        _story(browser)


def _landing_by_push(browser: Browser, opened: Playground, shell: Shell) -> None:
    path = "/you/shop/issues/2"
    shell.press(path, "label", label="ready-for-agent")
    _shoot(browser, f"{opened.page}{path}", "sandbox-labelled", height=590)
    shell.tick_until(path, "(try 2)")
    _shoot(browser, f"{opened.page}{path}", "sandbox-fixing", scheme="dark")
    shell.tick_until(path, "closed this")
    _shoot(browser, f"{opened.page}{path}", "sandbox-closed")
    _shoot(browser, f"{opened.page}{path}", "sandbox-closed-phone", width=PHONE, scheme="dark")
    _shoot(browser, f"{opened.page}/you/shop/issues", "sandbox-issues", height=290)


def _landing_by_pull_request(browser: Browser, opened: Playground, shell: Shell) -> None:
    shell.press("/you/site/issues/1", "label", label="ready-for-agent")
    path = "/you/site/pull/2"
    ready = shell.tick_until(path, 'value="merge"')
    _shoot(browser, f"{opened.page}{path}", "sandbox-merge")
    head = re.search(r'name="head" value="(\w+)"', ready)
    assert head is not None
    shell.press(path, "merge", head=head[1])


def _story(browser: Browser) -> None:
    file = demo_page.write(demo_told.told(Forge.GITHUB, command_line()), Forge.GITHUB)
    _shoot(browser, file.as_uri(), "demo-story", whole=True)
    file.unlink()
    file.parent.rmdir()


def _shoot(
    browser: Browser,
    address: str,
    name: str,
    *,
    width: int = DESK,
    height: int = 800,
    scheme: Scheme = "light",
    whole: bool = False,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en",
        timezone_id="UTC",
    )
    page: Page = context.new_page()
    page.goto(address)
    picture = page.screenshot(full_page=whole)
    (PICTURES / f"{name}.png").write_bytes(small_png(context.new_page(), picture))
    context.close()


if __name__ == "__main__":
    main()
