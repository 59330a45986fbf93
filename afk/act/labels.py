"""Labels on issues: one that the repository does not have is created on the way.

A start makes sure of them (`afk.act.start.prepare`), but any of them can be deleted or renamed
while a run is in flight. Only an addition that did not stick looks again: it costs nothing else.
"""

from collections.abc import Sequence
from typing import Final

from afk.errors import AfkError, RateLimited, Refused
from afk.observe.tick import Tick
from afk.types import Issue

_DID_NOT_STICK: Final = 200
"""The server said yes and the label is not there; any other status is a refusal."""


def put_labels(
    tick: Tick, issue: Issue, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> None:
    """Add, then remove labels, creating those to add that the repository lacks."""
    tracker = tick.deps.tracker
    try:
        tracker.label(issue, add=add, remove=remove)
    except Refused as error:
        if error.status != _DID_NOT_STICK:
            raise
        tracker.ensure_labels(issue.repo.name, add)
        tracker.label(issue, add=add, remove=remove)


def tried_labels(
    tick: Tick, issue: Issue, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> bool:
    """Put labels in order and say whether they are; what keeps them from it is reported."""
    try:
        put_labels(tick, issue, add=add, remove=remove)
    except RateLimited:
        raise
    except AfkError as error:
        tick.deps.report.error(error, key=issue.key)
        return False
    return True
