"""Draws the README's picture, docs/pictures/story.png: one issue from its label to its end.

The demo's story is played, and what afk's comment says at three moments of it is drawn as a forge
shows it: the start, CI red and the agent sent back, the end. ``make pictures`` calls this.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from playwright.sync_api import Browser
from support.browser import chromium
from support.small_png import small_png

from afk.types import Forge
from afk_sandbox.demo_told import TITLE, Step, told
from afk_sandbox.world import READY, command_line

PICTURE: Final = Path(__file__).parent / "pictures" / "story.png"
MOST_BYTES: Final = 200 * 1024
WIDTH: Final = 900
SHARPNESS: Final = 2
MARKDOWN: Final = MarkdownIt("gfm-like", {"html": True, "breaks": True, "linkify": False})
CSS: Final = """
body { margin: 0; padding: 18px 20px 20px; width: 900px; box-sizing: border-box; background: #fff;
  color: #1f2328; font: 13px/1.45 'Liberation Sans', Arial, sans-serif; }
h1 { font-size: 23px; font-weight: 400; margin: 0 0 10px; }
h1 span { color: #59636e; }
.said { margin: 0 0 14px; font-size: 14px; }
.label, .state { border-radius: 99px; padding: 1px 9px; font-size: 12.5px; font-weight: 600; }
.label { background: #dafbe1; border: 1px solid #1a7f37; color: #1a7f37; }
.state { background: #8250df; color: #fff; padding: 3px 11px; margin-right: 6px; }
main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; }
.then { margin: 0 0 7px; min-height: 58px; padding-left: 9px; border-left: 4px solid #d1d9e0; }
.busy .then { border-color: #bf8700; } .bad .then { border-color: #cf222e; }
.good .then { border-color: #1a7f37; }
article { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 5px 12px; color: #59636e; }
header b { color: #1f2328; }
.text { padding: 10px 12px; overflow-wrap: anywhere; }
.text > :last-child { margin-bottom: 0; }
h3 { font-size: 16px; line-height: 1.25; margin: 0 0 9px; }
sub, details { display: none; }
p { margin: 0 0 8px; }
a { color: #0969da; }
code { background: #eff1f3; border-radius: 5px; padding: 1px 4px;
  font: 11.5px 'DejaVu Sans Mono', monospace; }
"""


def chapters(steps: Sequence[Step]) -> list[tuple[str, list[Step]]]:
    """Return the three moments: how each looks, and what happened, afk's comment in the last."""
    shown = [step for step in steps if step.comment]
    red = next(at for at, step in enumerate(steps) if step.mood == "bad")
    mended = next(step for step in steps[red:] if step.comment)
    return [
        ("busy", [shown[0]]),
        ("bad", [steps[red], mended]),
        ("good", [next(step for step in steps if step.mood == "good"), shown[-1]]),
    ]


def page(steps: Sequence[Step]) -> str:
    """Return the picture as HTML."""
    opened, labelled = steps[0], steps[1]
    columns = "".join(column(*one) for one in chapters(steps))
    return (
        f"<!doctype html><style>{CSS}</style><h1><span class=state>Closed</span> {escape(TITLE)} "
        f"<span>#1</span></h1><p class=said><b>{opened.at:%H:%M}</b> you write the issue. "
        f"<b>{labelled.at:%H:%M}</b> you put on <span class=label>{READY}</span> and walk away. "
        f"Below, afk's one comment on it as it changes.</p><main>{columns}</main>"
    )


def column(mood: str, steps: Sequence[Step]) -> str:
    """Return one moment: what happened, and the comment as it stood then."""
    happened = "<br>".join(
        f"<b>{step.at:%H:%M} {escape(step.who)}</b> {escape(step.words)}" for step in steps
    )
    text = MARKDOWN.render(steps[-1].comment)
    return (
        f"<section class={mood}><p class=then>{happened}</p><article><header><b>afk</b> commented"
        f"</header><div class=text>{text}</div></article></section>"
    )


def draw(browser: Browser) -> None:
    """Play the story and write the picture."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 200}, device_scale_factor=SHARPNESS
    )
    sheet = context.new_page()
    sheet.set_content(page(told(Forge.GITHUB, command_line())))
    picture = small_png(sheet, sheet.screenshot(full_page=True))
    assert len(picture) < MOST_BYTES, f"{len(picture)} bytes"
    PICTURE.write_bytes(picture)
    context.close()


if __name__ == "__main__":
    with chromium() as started:
        draw(started)
