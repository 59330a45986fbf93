"""What must hold of ceilings: nobody's money is burned in a loop (the design's 4 and 5)."""

from collections.abc import Iterator

from afk.record.names import parse_title
from afk_sandbox.t3.state import Thread
from schedules.seen import FIRST, Seen


def starts_are_bounded(seen: Seen) -> Iterator[str]:
    """4: no more runs of an issue than it may have, nor in a day than there may be.

    What a person deleted in T3 is no longer known there.
    """
    settings, every = seen.here.settings, 0
    an_issue, a_day = settings.get("runs_per_issue", 5), settings.get("runs_per_day", 24)
    for issue in seen.issues:
        begun = [one for one in seen.threads(issue) if _begun(one)]
        runs = {title[0] for one in begun if (title := parse_title(one.title))}
        if len(runs) > an_issue:
            yield f"4: {len(runs)} runs of {issue.ref}, and it may have {an_issue}"
        every += sum(one.deleted_at is None for one in begun)
    if every > a_day:
        yield f"4: {every} runs in a day, and there may be {a_day}"


def _begun(thread: Thread) -> bool:
    """Say whether an agent was put to work in it."""
    return any(FIRST in one.text for one in thread.messages.values() if one.role == "user")
