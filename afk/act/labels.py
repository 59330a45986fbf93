"""Labels on issues: one that the repository does not have is created on the way.

A start makes sure of them (`afk.act.start.prepare`), but any of them can be deleted or renamed
while a run is in flight. That shows in an addition that did not stick; only then are the labels
asked for again, so that it costs nothing while all is well.
"""

from collections.abc import Sequence
from typing import Final

from afk.errors import Refused, one_of_many
from afk.observe.tick import Tick
from afk.text.messages import refused_label
from afk.types import Issue

REFUSALS_PER_TICK: Final = 5
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
    with one_of_many(tick.deps.report, issue.key, doing="put the labels in order") as labelling:
        put_labels(tick, issue, add=add, remove=remove)
    return labelling.done


def refuse_label(tick: Tick, issue: Issue, label: str) -> None:
    """Take a label off that somebody without write permission put on; say so once."""
    if not tick.ledger.labels_refused.take(REFUSALS_PER_TICK):
        return
    text = refused_label(label)
    # Told first: once the label is off, no later tick finds the issue, however this one ends.
    if not any(one.body == text and one.author.id in tick.forge.own for one in issue.comments):
        tick.deps.tracker.create_comment(issue, text)
    tick.deps.tracker.label(issue, remove=[label])
    tick.deps.report.event(f"took {label} off: set without write permission", key=issue.key)
