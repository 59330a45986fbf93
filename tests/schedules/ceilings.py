"""What must hold of ceilings: nobody's money is burned in a loop (the design's 4 and 5)."""

from collections.abc import Iterator

from afk.record.names import parse_title
from afk_sandbox.t3.state import Thread
from schedules.seen import FIRST, Seen


def starts_are_bounded(seen: Seen) -> Iterator[str]:
    """4: no more runs of an issue than it may have, nor in a day than there may be.

    Ticks of parts that nobody planned have ceilings of their own beside those of whole ticks. What
    was deleted counts for nothing: a tick takes back what another one began in its place.
    """
    settings = seen.here.settings
    an_issue, a_day = settings.get("runs_per_issue", 5), settings.get("runs_per_day", 24)
    for issue in seen.issues:
        begun = [one for one in seen.threads(issue) if _begun(one) and one.deleted_at is None]
        runs = {title[0] for one in begun if (title := parse_title(one.title))}
        if len(runs) > an_issue:
            yield f"4: {len(runs)} runs of {issue.ref}, and it may have {an_issue}"
    today = [one for one in _of_today(seen) if _begun(one)]
    if len(today) > a_day * (2 if seen.in_parts else 1):
        yield f"4: {len(today)} runs in a day, and there may be {a_day}"


def day_is_full(seen: Seen) -> bool:
    """Say whether as many runs were started as there may be in a day."""
    return len(_of_today(seen)) >= int(seen.here.settings.get("runs_per_day", 24))


def _of_today(seen: Seen) -> list[Thread]:
    """Return what was started, all within a day; T3 no longer shows what a person put away."""
    every = [one for issue in seen.issues for one in seen.threads(issue)]
    return [one for one in every if one.deleted_at is None and one.archived_at is None]


def _begun(thread: Thread) -> bool:
    """Say whether an agent was put to work in it."""
    return any(FIRST in one.text for one in thread.messages.values() if one.role == "user")
