"""Rows of issues as aligned text: for a terminal, and for a log where no summary is shown.

Pure. Secrets are taken out before; what is shown of other people's text is cleaned and cut here,
and every line is one line, whatever it holds.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from afk.text.cleaning import one_line
from afk.text.overview import HEADINGS, Group, IssueRow

TITLE: Final = 60
_HOLD: Final = 400
_ROWS: Final = 200
"""Rows shown of each group: a log has its length."""


def listing(rows: Sequence[IssueRow]) -> list[str]:
    """Return the rows under a heading for each group, in columns; a link and what holds below."""
    lines: list[str] = []
    for group in Group:
        some = [one for one in rows if one["group"] == group]
        if some:
            lines += ["", HEADINGS[group], *_rows(some[:_ROWS])]
            lines += _more(len(some) - _ROWS)
    return lines[1:]


def _more(left: int) -> list[str]:
    return [f"  and {left} more"] if left > 0 else []


def _rows(rows: Sequence[IssueRow]) -> list[str]:
    cells = [(one["issue"], one_line(one["title"], TITLE), _state(one)) for one in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    lines = []
    for one, row in zip(rows, cells, strict=True):
        padded = (cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True))
        lines.append(f"  {'  '.join(padded)}".rstrip())
        lines += [f"    {one['url']}"] if one["url"] else []
        lines += [f"    - {one_line(hold, _HOLD)}" for hold in one["holds"]]
    return lines


def _state(one: IssueRow) -> str:
    """Return what an issue is at, where its heading does not say it, and for how long."""
    heading = HEADINGS[Group(one["group"])].lower()
    ended = one["group"] in (Group.LANDED, Group.BACK, Group.OVER)
    told = one["state"] if one["state"] != heading else ""
    elapsed = f"{one['elapsed']} ago" if ended and one["elapsed"] else one["elapsed"]
    return ", ".join(filter(None, (told, elapsed)))


def width(text: str) -> int:
    """Return the columns that a text takes: wide characters take two, marks on others none."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def troubles(lines: Iterable[str]) -> list[str]:
    """Return troubles under a heading, each on a line of its own; nothing where there are none."""
    told = [f"  - {one}" for one in lines]
    return ["", "Needs a look", *told] if told else []
