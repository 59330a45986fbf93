"""Draws the run's comment in every state, from the texts that afk really writes: `make pictures`.

One sheet for each forge, width and group of states. The pages' look is our own, close to the
forge's; what is in a comment is rendered from Markdown as both forges do, with line breaks kept and
HTML let through.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from playwright.sync_api import Browser
from support.browser import chromium
from support.comments import Scene, ends, landing, under_way, woken
from support.small_png import small_png

from afk.phase_checklist import render

PICTURES: Final = Path(__file__).parent / "pictures"
MARKDOWN: Final = MarkdownIt("gfm-like", {"html": True, "breaks": True, "linkify": False})


@dataclass(frozen=True, slots=True)
class Look:
    """What a forge's page looks like: colours of text, links, borders, code and a comment's bar."""

    author: str
    text: str
    link: str
    border: str
    code: str
    bar: str


LOOKS: Final[Mapping[str, Look]] = {
    "github": Look("github-actions", "#1f2328", "#0969da", "#d1d9e0", "#eff1f3", "#f6f8fa"),
    "forgejo": Look("afk", "#18181b", "#c2410c", "#d4d4d8", "#f1f1f4", "#e4e4e7"),
}
WIDTHS: Final[Mapping[str, tuple[int, int]]] = {"desk": (860, 2), "phone": (390, 4)}
"""By device, how wide a comment is in pixels, and how many stand side by side."""
CSS: Final = """
body { margin: 16px; background: #fff; color: TEXT;
  font: 14px/1.5 'Liberation Sans', Arial, sans-serif; }
main { columns: COUNT; column-gap: 20px; width: WIDE; }
figure { margin: 0 0 18px; break-inside: avoid; width: WIDTH; }
figcaption { color: #59636e; font-size: 12px; margin-bottom: 3px; }
article { border: 1px solid BORDER; border-radius: 6px; overflow: hidden; }
header { background: BAR; border-bottom: 1px solid BORDER; padding: 6px 14px; font-size: 13px; }
section { padding: 12px 14px; overflow-wrap: anywhere; }
section > :last-child { margin-bottom: 0; }
h3 { font-size: 17.5px; line-height: 1.25; margin: 0 0 12px; }
p, ul, details { margin: 0 0 10px; }
ul { padding-left: 22px; }
sub { font-size: 75%; font-weight: 400; vertical-align: baseline; }
a { color: LINK; }
code { background: CODE; border-radius: 6px; padding: 2px 5px;
  font: 12px 'DejaVu Sans Mono', monospace; }
pre { background: CODE; border-radius: 6px; padding: 10px; margin: 0 0 10px; overflow: auto; }
pre code { padding: 0; background: none; }
summary { cursor: pointer; }
"""


def groups() -> Iterator[tuple[str, list[Scene]]]:
    """Return the states by sheet."""
    over = list(ends())
    yield "under-way", list(under_way())
    yield "pull-request", [*landing(), *(one for one in over if one.record.landing.branch)]
    pushed = [one for one in over if not one.record.landing.branch]
    back = [one for one in pushed if one.handed_back]
    yield "handed-back", [one for one in back if not one.record.commits.pushed]
    yield "after-a-push", [one for one in back if one.record.commits.pushed]
    yield "ended", [one for one in pushed if not one.handed_back]


def page(scenes: Iterable[Scene], look: Look, device: str) -> str:
    """Return a sheet as HTML; the first comment shows what it folds away."""
    width, count = WIDTHS[device]
    wide = count * width + (count - 1) * 20
    css = (
        CSS.replace("COUNT", str(count)).replace("WIDE", f"{wide}px").replace("WIDTH", f"{width}px")
    )
    for name in ("text", "link", "border", "code", "bar"):
        css = css.replace(name.upper(), getattr(look, name))
    figures = []
    for number, scene in enumerate(scenes):
        shown = MARKDOWN.render(render(scene.record, scene.config, scene.around))
        shown = shown.replace("<details>", "<details open>", not number)
        figures.append(figure(scene.name, look, shown))
        if scene.wakes:
            figures.append(figure("and a new comment", look, MARKDOWN.render(woken(scene))))
    return f"<!doctype html><style>{css}</style><main>{''.join(figures)}</main>"


def figure(name: str, look: Look, shown: str) -> str:
    """Return one comment with its bar."""
    return (
        f"<figure><figcaption>{escape(name)}</figcaption><article><header><b>{look.author}</b> "
        f"commented</header><section>{shown}</section></article></figure>"
    )


def draw(browser: Browser) -> None:
    """Write every sheet."""
    PICTURES.mkdir(exist_ok=True)
    for device, (width, count) in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": count * (width + 20) + 12, "height": 600},
        )
        sheet = context.new_page()
        for forge, look in LOOKS.items():
            for name, scenes in groups():
                sheet.set_content(page(scenes, look, device))
                path = PICTURES / f"comment-{forge}-{device}-{name}.png"
                path.write_bytes(small_png(sheet, sheet.screenshot(full_page=True)))
        context.close()


if __name__ == "__main__":
    with chromium() as started:
        draw(started)
