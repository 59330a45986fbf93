"""Which issues a text says it waits for: "Blocked by #12, owner/app#3 and #4".

Pure. Over-reading is safe (an issue waits), under-reading is not (an agent starts too early), so
lists, line breaks, bullet points and full addresses are all understood.
"""

import re
from typing import Final

from afk.types import IssueKey

LIMIT: Final = 50
"""More blockers than this are not read one by one; the issue then waits."""

_PHRASE = re.compile(r"\bblocked\s+by\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"""(?P<between>(?:[\s,;:&*+_\-\[\]()]|and\b|or\b)*)   # what may stand between two of them
        (?:https?://[^/\s]+/(?P<url>[\w.-]+/[\w.-]+)/(?:issues|pull|pulls)/(?P<urlnumber>\d+)
          |(?P<repo>[\w.-]+/[\w.-]+)?\#(?P<number>\d+))""",
    re.IGNORECASE | re.VERBOSE,
)


def parse(body: str, repo: str) -> tuple[IssueKey, ...]:
    """Return the issues named behind every "Blocked by" of a body, each once, in order."""
    found: dict[IssueKey, None] = {}
    for phrase in _PHRASE.finditer(body):
        position = phrase.end()
        while match := _REFERENCE.match(body, position):
            name = match["url"] or match["repo"] or repo
            found[IssueKey(name, int(match["number"] or match["urlnumber"]))] = None
            position = match.end()
    return tuple(found)
