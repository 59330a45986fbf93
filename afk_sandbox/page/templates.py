"""The pages' templates, which stand beside this module, and what all of them may use.

Whatever is put into one is escaped, but for what `to_html` has made of Markdown.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from afk_sandbox.page.markdown import to_html

FOLDER: Final = Path(__file__).parent / "templates"
_SHADES: Final[Mapping[str, str]] = {
    "ready-for-agent": "go",
    "agent-in-progress": "busy",
    "ready-for-human": "you",
}
_MEANINGS: Final[Mapping[str, str]] = {
    "ready-for-agent": "you ask for an agent; afk takes it off at the end",
    "agent-in-progress": "afk puts it on while it works on this",
    "ready-for-human": "afk could not finish it, and hands it back to you",
    "agent-tracked": "afk has a note about this issue; nothing for you to do",
}


def fill(name: str, **values: object) -> str:
    """Return a template, filled in."""
    return _ENVIRONMENT.get_template(name).render(values)


def text_of(name: str) -> str:
    """Return a file beside the templates as it is: the style and the script."""
    return (FOLDER / name).read_text(encoding="utf-8")


def _markdown(text: str) -> Markup:
    return Markup(to_html(text))  # noqa: S704  it is what makes Markdown safe


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M:%S")


def _made() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"markdown": _markdown, "clock": _clock}
    made.globals |= {"shades": _SHADES, "meanings": _MEANINGS}
    return made


_ENVIRONMENT: Final = _made()
