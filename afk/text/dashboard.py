"""What the dashboard says: one list a section, each line linked, never longer than an issue may be.

Pure. Titles are strangers' text and stand as code, in which nothing mentions, links, refers or
hides; issues are linked by addresses that no forge takes for a reference (`afk.text.waits`). No
time in it moves with the clock, so that nothing is written where nothing has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk.record.board import without_ends
from afk.text.cleaning import inert_markdown
from afk.text.messages import minutes
from afk.text.waits import address
from afk.types import IssueKey

SHOWN_DAYS: Final = 7
"""How long what has landed stays on the dashboard."""
TITLE: Final = 100
"""Characters of a title that are shown."""
_LOOKED_AT: Final = 1_000
"""Characters of a title that are looked at: forges take some 255."""
SAYS: Final = 700
"""Characters of Markdown that a line says of an issue; `afk.text.waits.with_links` keeps to it."""
_MOST: Final = 4 * SAYS
"""Of a whole line: what is longer is left out whole, since half of a Markdown text is not inert."""
_LIMITS: Final = (40, 20, 10, 5, 2, 1, 0)
_HEAD: Final = (
    "afk writes this list anew whenever something changes. What you write above or below it stays."
)
WORKING: Final = "Working now"
WAITING: Final = "Waiting"
HANDED_BACK: Final = "Handed back to you"
LANDED: Final = f"Landed in the last {SHOWN_DAYS} days"
TROUBLES: Final = "Troubles of this installation"
_NOTHING: Final = {
    WORKING: "No agent is at work.",
    WAITING: "Nothing waits.",
    HANDED_BACK: "Nothing.",
    LANDED: "Nothing.",
    TROUBLES: "None.",
}


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One issue, and what there is to say of it: Markdown of afk's own. ``title`` may be empty."""

    key: IssueKey
    title: str
    says: str


Section = Sequence[BoardLine | str]
"""Lines about issues, or Markdown of afk's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardContent:
    """What stands in each section."""

    working: Section
    waiting: Section
    handed_back: Section
    landed: Section
    troubles: Section


def render_board(content: BoardContent, *, web: str, as_of: datetime, room: int) -> str:
    """Return what people read, in at most ``room`` characters; "" where not even that fits.

    ``web`` is the forge's address. Where all of it is too much, every section is cut to the same
    number of lines and says how many there are beyond those.
    """
    for limit in _LIMITS:
        text = _rendered(content, web, as_of, limit)
        if len(text) <= room:
            return text
    return ""


def sections_of(rendered: str) -> str:
    """Return a rendered dashboard's sections alone."""
    return rendered.removeprefix(f"{_HEAD}\n\n").rpartition("\n\n_As of ")[0]


def _rendered(content: BoardContent, web: str, as_of: datetime, limit: int) -> str:
    sections = (
        (WORKING, content.working),
        (WAITING, content.waiting),
        (HANDED_BACK, content.handed_back),
        (LANDED, content.landed),
        (TROUBLES, content.troubles),
    )
    parts = [_section(name, lines, web, limit) for name, lines in sections]
    return "\n\n".join([_HEAD, *parts, f"_As of {minutes(as_of)}_"]) + "\n"


def _section(name: str, lines: Section, web: str, limit: int) -> str:
    shown = [_line(one, web) for one in lines[:limit]]
    if len(lines) > limit:
        shown.append(f"- and {len(lines) - limit} more")
    return f"{_heading(name, len(lines))}\n\n" + ("\n".join(shown) or _NOTHING[name])


def _heading(name: str, count: int) -> str:
    return f"### {name} ({count})" if count else f"### {name}"


def _line(one: BoardLine | str, web: str) -> str:
    if isinstance(one, str):
        return f"- {_whole(one)}"
    title = without_ends(one.title[:_LOOKED_AT])
    name = inert_markdown(title, TITLE) if title else f"`{one.key}`"
    linked = f"[{name}]({address(web, one.key.repo, one.key.number)})" if web else name
    named = f"{linked} `{one.key}`" if title else linked
    says = f": {_whole(one.says)}" if one.says else ""
    return f"- {named}{says}"


def _whole(says: str) -> str:
    return without_ends(says) if len(says) <= _MOST else "more than can be shown here"
