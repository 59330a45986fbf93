"""Pictures of the dashboard and of the report, for docs/dashboard.md: ``make pictures``.

Both show runs that are made up; what draws them is what afk writes.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from playwright.sync_api import Browser
from support.browser import chromium
from support.past_runs import UNTIL, WEB, page_of, past_figures, past_runs

from afk.text.dashboard import BoardContent, BoardLine, render_board, sections_of
from afk.text.messages import REASONS, waits_for
from afk.types import IssueKey, Reason

FOLDER: Final = Path(__file__).parent / "pictures"
_MOST_BYTES: Final = 150 * 1024
_FORGE: Final = """\
body { margin: 0; padding: 24px 32px; width: 860px; box-sizing: border-box; background: #fff;
  color: #1f2328; font: 15px/1.5 system-ui, "Liberation Sans", sans-serif; }
h1 { font-size: 26px; font-weight: 400; margin: 0 0 12px; }
h1 span { color: #59636e; font-weight: 300; }
article { border: 1px solid #d1d9e0; border-radius: 6px; padding: 4px 20px 14px; }
h3 { font-size: 18px; margin: 20px 0 8px; }
code { background: #eff1f3; border-radius: 6px; padding: 2px 5px; font-size: 85%; }
a { color: #0969da; } li { margin: 5px 0; } p { margin: 10px 0; }
"""


def line(repo: str, number: int, title: str, says: str) -> BoardLine:
    """Return a line of the dashboard."""
    return BoardLine(IssueKey(repo, number), title, says)


def dashboard() -> str:
    """Return a dashboard's Markdown, every section of which has something in it."""
    thread = "[conversation in T3](https://t3.example/thread)"
    content = BoardContent(
        working=[
            line(
                "acme/shop",
                41,
                "Add a till to the shop",
                f"fixing CI, try 2 of 5, since 2026-11-23 11:41 UTC · {thread}",
            ),
            line(
                "acme/site",
                12,
                "Greet people by name",
                f"the agent is at work, since 2026-11-23 11:52 UTC · {thread}",
            ),
        ],
        waiting=[
            line(
                "acme/shop",
                42,
                "Sort orders by date",
                f"{waits_for('repository-free', 'another run is in flight in acme/shop')}: that of "
                f"[`acme/shop#41`]({WEB}/acme/shop/./issues/41)",
            )
        ],
        handed_back=[
            line(
                "acme/api",
                8,
                "Upload fails for names with blanks",
                f"{REASONS[Reason.NOTHING_PUSHED].what} (2026-11-23 09:12 UTC)",
            )
        ],
        landed=[
            line("acme/shop", 40, "Show the total on every page", "2026-11-23 10:05 UTC"),
            line("acme/site", 11, "Invoices round to the wrong cent", "2026-11-22 16:31 UTC"),
        ],
        troubles=[],
    )
    as_of = UNTIL - timedelta(minutes=2)
    return render_board(content, web=WEB, as_of=as_of, room=60_000)


def shots(browser: Browser) -> Iterator[tuple[str, bytes]]:
    """Yield each picture's name and bytes."""
    markdown = dashboard()
    body = MarkdownIt("commonmark").render(markdown)
    title = "<h1>afk <span>#1</span></h1>"
    issue = f"<!doctype html><style>{_FORGE}</style>{title}<article>{body}</article>"
    yield "dashboard", _shot(browser, issue, width=860, height=0)
    page = page_of(past_figures(past_runs(320)), sections_of(markdown))
    yield "report-desk", _shot(browser, page, width=1040, height=1240)
    yield "report-dark", _shot(browser, page, width=1040, height=1240, color_scheme="dark")
    yield "report-phone", _shot(browser, page, width=390, height=1100, top=1150)


def _shot(
    browser: Browser, page: str, *, width: int, height: int, top: int = 0, **context: Any
) -> bytes:
    """Return a picture of a page from ``top`` on, ``height`` high; 0: all of it."""
    opened = browser.new_context(viewport={"width": width, "height": 800}, **context)
    shown = opened.new_page()
    shown.set_content(page)
    high = height or int(shown.evaluate("Math.ceil(document.body.getBoundingClientRect().height)"))
    clip = {"x": 0, "y": top, "width": width, "height": high}
    taken: bytes = shown.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]  # a FloatRect
    opened.close()
    return taken


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for name, picture in shots(browser):
            assert len(picture) < _MOST_BYTES, f"{name} has {len(picture)} bytes"
            (FOLDER / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    main()
