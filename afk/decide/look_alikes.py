"""Comments that have the shape of afk's own and are not: whose they are, and what may be done.

Pure. Nothing follows from one, whatever it says; but people read them. A record that another
installation of afk wrote, with its own account and key, has the same shape and must not be lost:
only what claims a key of ours, or is no record at all behind the marker, is certainly a forgery.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from afk.record.codec import Flaw, decode, is_record
from afk.record.state import Keys, RunRecord
from afk.types import Comment, Issue

_SHAPE: Final = re.compile(
    r"\s*(?:<!--\s*afk:run:|\*\*afk: [^*\n]{1,80}\*\* \(run `)", re.IGNORECASE
)
"""At a comment's very start: in a quote or a code block something else stands before it."""
_FORGED: Final = frozenset({Flaw.MALFORMED, Flaw.BAD_MAC, Flaw.IMPOSSIBLE})
SPOILT: Final = _FORGED | {Flaw.EDITED, Flaw.OTHER_ISSUE}
"""What becomes of a comment of ours in other hands; under another key it may be a former one's."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A comment of somebody else's. ``forged``: it can be nobody's record, so it may go."""

    comment: Comment
    forged: bool


def look_alikes(issue: Issue, own: Collection[int], keys: Keys) -> tuple[LookAlike, ...]:
    """Return the comments of others that look like afk's own, oldest first."""
    return tuple(
        LookAlike(one, _is_forged(one.body.lstrip(), keys))
        for one in sorted(issue.comments, key=lambda one: one.id)
        if _SHAPE.match(one.body) and one.author.id not in own
    )


def any_look_alike(issue: Issue) -> bool:
    """Say whether any comment has the shape, whoever wrote it."""
    return any(_SHAPE.match(one.body) for one in issue.comments)


def _is_forged(body: str, keys: Keys) -> bool:
    """Say whether no installation can have written it: ours under another account, too."""
    if not is_record(body) or not keys.current:
        return False
    read = decode(body, keys)
    return isinstance(read, RunRecord) or read in _FORGED
