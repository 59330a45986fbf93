"""Which issues a text says it waits for: "Blocked by #12, owner/app#3 and #4".

Pure. Over-reading is safe (an issue waits), under-reading is not (an agent starts too early), so
lists, check boxes, titles behind a number, line breaks and full addresses are all understood.
Anybody may write a body of any size: every pattern here runs in linear time.
"""

import re
from typing import Final

from afk.types import IssueKey

LIMIT: Final = 50
"""More blockers than this are not read one by one; the issue then waits."""

_DIGITS: Final = 9
"""A longer number names no issue, and GraphQL's Int holds no more; it is cut, and so stays open."""

_PHRASE = re.compile(r"\bblocked\s+by\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"""(?:\[[ x]\]|\((?!http)[^()\#\n]{0,200}\)          # a check box, a remark
          |[\s,;:&*+_\-\[\]()`<>~|\u2013\u2014]            # what may stand between two of them
          |(?:and|or|issues?|prs?|pull[ ]requests?)(?=\s))*+
        (?:https?://[^/\s]+/(?P<url>[\w.-]+/[\w.-]+)/(?:issues|pull|pulls)/(?P<urlnumber>[0-9]+)
          |(?P<repo>[\w.-]+/[\w.-]+)?\#(?P<number>[0-9]+))""",
    re.IGNORECASE | re.VERBOSE,
)
_NEXT_ITEM = re.compile(
    r"(?:(?!blocked\s)[^\n])*+\n\s*+(?:[-*+]|[0-9]{1,9}[.)])[ \t]", re.IGNORECASE
)


def parse(body: str, repo: str) -> tuple[IssueKey, ...]:
    """Return the issues named behind every "Blocked by" of a body, each once, in order.

    Behind the phrase that is whatever follows directly, and the items of a list below it that
    begin with a reference.
    """
    found: dict[IssueKey, None] = {}
    position = 0
    while phrase := _PHRASE.search(body, position):
        position = phrase.end()
        while match := _REFERENCE.match(body, position) or _reference_in_next_item(body, position):
            name = match["url"] or match["repo"] or repo
            number = match["number"] or match["urlnumber"]
            found[IssueKey(name, int(number[:_DIGITS]))] = None
            position = match.end()
    return tuple(found)


def _reference_in_next_item(body: str, position: int) -> re.Match[str] | None:
    item = _NEXT_ITEM.match(body, position)
    return _REFERENCE.match(body, item.end()) if item else None
