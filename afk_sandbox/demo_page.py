"""The demo's story as one page of HTML that needs nothing else, and opening it in a browser."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from markupsafe import Markup

from afk.types import Forge
from afk_sandbox.demo_told import TITLE, Step
from afk_sandbox.page.templates import fill, text_of

NAMES: Final[Mapping[Forge, str]] = {Forge.GITHUB: "GitHub", Forge.FORGEJO: "Forgejo"}
_LINK: Final = re.compile(r"\[([^\]]*)\]\(http://127\.0\.0\.1[^)]*\)")
"""To a server that is gone when the page is read."""
_SCREENS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
"""One of them is set where a browser can be shown; without, one that fills the terminal opens."""


def page(steps: Sequence[Step], kind: Forge) -> str:
    """Return the page."""
    steps = [replace(one, comment=_LINK.sub(r"\1", one.comment)) for one in steps]
    style = Markup(text_of("page.css"))  # noqa: S704  it is our own
    return fill("story.html", steps=steps, title=TITLE, forge=NAMES[kind], style=style)


def write(steps: Sequence[Step], kind: Forge) -> Path:
    """Write the page into a folder of its own among the temporary ones; returns where it is."""
    file = Path(mkdtemp(prefix="afk-demo-")) / "story.html"
    file.write_text(page(steps, kind), encoding="utf-8")
    return file


def show(file: Path, environ: Mapping[str, str], browse: Callable[[str], bool]) -> bool:
    """Open a file in a browser if there is a screen; says whether one was found."""
    screen = sys.platform in ("darwin", "win32") or any(environ.get(name) for name in _SCREENS)
    return screen and browse(file.as_uri())
