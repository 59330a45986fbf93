"""Comments that pass for afk's own: removed or marked where that is safe, else told.

Never in the way of a run: whatever fails here is said and nothing waits for it.
"""

from typing import Final

from afk.decide.look_alikes import LookAlike, any_look_alike, look_alikes
from afk.errors import AfkError, RateLimited, WouldWrite, one_of_many
from afk.observe.survey import Surveyed
from afk.observe.tick import Tick
from afk.text.cleaning import one_line
from afk.text.messages import SPOILT_COMMENT
from afk.types import Comment, Issue

PER_TICK: Final = 5
NAMED: Final = 5
"""Look-alikes that are told of one by one; anybody can post any number."""
_LONGEST_NAME: Final = 60


def clear_look_alikes(tick: Tick, surveyed: Surveyed) -> None:
    """Remove forgeries, mark what was afk's own, and tell of what has to stay."""
    issue = surveyed.issue
    if not any_look_alike(issue) or not tick.focus.covers(issue.key):
        return
    told = "".join(found.comment.body for found in surveyed.records.runs)
    found = look_alikes(issue, tick.forge.own, tick.deps.keys)
    stay = [
        one
        for one in found
        if anchor(one.comment) in told or not (one.forged and _removed(tick, issue, one))
    ]
    for one in stay[:NAMED]:
        if anchor(one.comment) not in told:
            tick.deps.report.warn(
                f"a comment of {author(one.comment)} has the shape of afk's own and is not: "
                "nothing follows from it",
                key=issue.key,
            )
    if len(stay) > NAMED:
        tick.deps.report.warn(f"{len(stay) - NAMED} more comments have that shape", key=issue.key)
    for comment in surveyed.diagnosis.spoilt:
        _marked(tick, issue, comment)


def standing(tick: Tick, issue: Issue) -> tuple[Comment, ...]:
    """Return the look-alikes that afk's own comment has to tell of."""
    if not any_look_alike(issue):
        return ()
    found = look_alikes(issue, tick.forge.own, tick.deps.keys)
    return tuple(one.comment for one in found if one.comment.id not in tick.ledger.removed)


def anchor(comment: Comment) -> str:
    """Return the end of a comment's address, the same on either forge."""
    return f"#issuecomment-{comment.id}"


def author(comment: Comment) -> str:
    """Return who wrote a comment, fit to be shown."""
    return one_line(comment.author.login, _LONGEST_NAME) or "a deleted account"


def _removed(tick: Tick, issue: Issue, one: LookAlike) -> bool:
    """Delete a forgery; one that cannot be is told of in afk's comment, and left."""
    if not tick.ledger.cleared.take(PER_TICK):
        return False
    doing = f"remove a forged comment of {author(one.comment)}"
    with one_of_many(tick.deps.report, issue.key, doing=doing) as removing:
        try:
            tick.deps.tracker.delete_comment(issue, one.comment)
        except (RateLimited, WouldWrite):
            raise
        except AfkError as error:  # anybody can post one: it must not make a tick fail
            tick.deps.report.warn(f"a forged comment cannot be removed: {error}", key=issue.key)
            return False
    if removing.done:
        tick.ledger.removed.add(one.comment.id)
        tick.deps.report.event(
            f"removed a comment of {author(one.comment)} that was forged to look like afk's own",
            key=issue.key,
        )
    return removing.done or removing.told


def _marked(tick: Tick, issue: Issue, comment: Comment) -> None:
    """Say in a comment of ours that somebody changed it: what stands there is not afk's word."""
    if not tick.ledger.cleared.take(PER_TICK):
        return
    with one_of_many(tick.deps.report, issue.key, doing="mark a comment somebody changed"):
        tick.deps.tracker.edit_comment(issue, comment, SPOILT_COMMENT)
        tick.ledger.removed.add(comment.id)
        tick.deps.report.event("marked a comment of afk's that somebody changed", key=issue.key)
