"""A run that waits for people, and one that works again: its clocks and its place.

Pure. While it waits it holds no agent and no place, and no budget of its own runs. Only a turn
takes a place again: what CI or reviewers are still at needs no agent.
"""

from dataclasses import replace
from datetime import datetime

from afk.model.pull import Pull
from afk.record.pauses import moved_on
from afk.record.state import RunRecord


def waits_now(record: RunRecord, pull: Pull | None, now: datetime) -> RunRecord:
    """Return the record of a run that only people can take further, since this tick or before.

    Where nobody has said anything on the pull request it need not be read whole again until it
    changes; what was said decides about it in every tick.
    """
    landing = record.landing
    mark = landing.seen_mark
    if pull is not None and not pull.unchanged:
        mark = "" if pull.reviews or pull.comments or pull.truncated else pull.mark
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


def needs_a_place(record: RunRecord) -> bool:
    """Say whether a turn would take a place that the run does not hold for sure.

    It waited for people, or a tick that was about to wake it died before the turn was sent.
    """
    turn = record.turn
    unsent = turn is not None and turn.sent_at is None
    return bool(record.landing.branch) and (record.waits_for_people or unsent)


def without_a_place(record: RunRecord, now: datetime) -> RunRecord:
    """Return the record of a run whose turn has to wait until there is room for it."""
    since = record.landing.waiting_since or now
    return replace(record, landing=replace(record.landing, waiting_since=since))


def works_again(record: RunRecord, now: datetime) -> RunRecord:
    """Return the record of a run that is sent a turn; the time in between counts in no budget."""
    since = record.landing.waiting_since
    if since is None:
        return record
    first_red_at = moved_on(record.commits.first_red_at, since, now)
    return replace(
        record,
        commits=replace(record.commits, first_red_at=first_red_at),
        landing=replace(record.landing, waiting_since=None, reminded_at=None, seen_mark=""),
    )
