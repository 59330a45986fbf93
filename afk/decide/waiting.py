"""A run that waits for people, and one that works again: its clocks and its place.

Pure. While it waits it holds no agent and no place, and no budget of its own runs.
"""

from dataclasses import replace
from datetime import datetime

from afk.model.pull import Pull
from afk.record.pauses import moved_on
from afk.record.state import RunRecord


def waits_now(record: RunRecord, pull: Pull | None, now: datetime) -> RunRecord:
    """Return the record of a run that only people can take further, since this tick or before."""
    landing = record.landing
    mark = pull.mark if pull is not None and not pull.unchanged else landing.seen_mark
    ready = pull is not None and not pull.draft
    return replace(
        record,
        landing=replace(
            landing,
            waiting_since=landing.waiting_since or now,
            ready_at=landing.ready_at or (now if ready else None),
            seen_mark=mark,
        ),
    )


def works_again(record: RunRecord, now: datetime) -> RunRecord:
    """Return the record of a run that waits for nobody; the time in between counts in no budget."""
    since = record.landing.waiting_since
    if since is None:
        return record
    first_red_at = moved_on(record.commits.first_red_at, since, now)
    return replace(
        record,
        commits=replace(record.commits, first_red_at=first_red_at),
        landing=replace(record.landing, waiting_since=None, reminded_at=None, seen_mark=""),
    )
