"""Deadlines: what ends a wait that nothing else would end.

Pure. Each has a name, which is the setting's, and the message shows name and value. Time in
which a usage limit was waited out counts in none; time in which T3 did not show the run counts
only towards CI's silence, and has a bound of its own.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from afk.config import Config
from afk.decide.decision import Decision
from afk.decide.observation import Observation, off_the_branch
from afk.decide.pull_sight import has_landed
from afk.model.agent import Presence
from afk.record.state import Purpose, RunRecord, Turn
from afk.types import Action, CIStatus, Reason, ThreadStatus


def past_deadline(
    record: RunRecord,
    observed: Observation,
    config: Config,
    *,
    turn: Turn | None,
    status: ThreadStatus | None,
    ci: CIStatus | None,
) -> Decision | datetime | None:
    """Return the decision of the first deadline that has passed, else the next one's time.

    A deadline whose clock stands still has no time that could be shown.
    """
    if off_the_branch(observed, record):  # there is nothing that CI could speak of
        record = replace(record, commits=replace(record.commits, pushed=()))
    upcoming: list[datetime] = []
    for deadline in (
        _unseen(record, observed, config, turn, ci),
        _never_started(record, observed, config, turn, status),
        _prepush(record, config),
        _ci_silent(record, config, ci),
    ):
        if deadline is None:
            continue
        now = record.pauses.budget_now(observed.now) if deadline.pausable else observed.now
        if now >= deadline.due:
            return deadline.decision
        if not (deadline.pausable and record.pauses.last):
            upcoming.append(deadline.due)
    return min(upcoming, default=None)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is due, what is then decided, and whether its clock can stand still."""

    due: datetime
    decision: Decision
    pausable: bool


def _unseen(
    record: RunRecord,
    observed: Observation,
    config: Config,
    turn: Turn | None,
    ci: CIStatus | None,
) -> Deadline | None:
    """T3 shows neither the turn nor a stop: it is down, wedged, or another server.

    Before a usage limit's next try there is nothing to see.
    """
    since = record.pauses.unseen_at
    if since is None and not observed.thread.stopped:
        since = min((stop.at for stop in record.stops_of(turn)), default=None)
    if since is None or (record.commits.pushed and ci not in (CIStatus.GREEN, CIStatus.RED)):
        return None
    detail = f"unseen_seconds={config.unseen_seconds}"
    action = Action.ESCALATE_PREPUSH
    if record.commits.pushed:
        landed = ci is CIStatus.GREEN and has_landed(record, observed.landing)
        action = Action.CLOSE_SUCCESS if landed else Action.FREEZE_ESCALATE
    reason = Reason.LANDED if action is Action.CLOSE_SUCCESS else Reason.UNSEEN
    since = max(since, record.pauses.next_try or since)
    due = since + timedelta(seconds=config.unseen_seconds)
    return Deadline(due, Decision(action, "unseen", reason, detail), pausable=False)


def _never_started(
    record: RunRecord,
    observed: Observation,
    config: Config,
    turn: Turn | None,
    status: ThreadStatus | None,
) -> Deadline | None:
    """The first message was accepted and nothing started; judged only when T3 was read."""
    first = (Purpose.FIRST, Purpose.REPLACEMENT)
    if record.commits.pushed or turn is None or turn.purpose not in first or turn.sent_at is None:
        return None
    if status is not None or observed.thread.presence is not Presence.PRESENT:
        return None
    detail = f"start_seconds={config.start_seconds}"
    due = turn.sent_at + timedelta(seconds=config.start_seconds)
    decision = Decision(Action.ESCALATE_PREPUSH, "never-started", Reason.NEVER_STARTED, detail)
    return Deadline(due, decision, pausable=False)


def _prepush(record: RunRecord, config: Config) -> Deadline | None:
    """Nothing was pushed in all this time."""
    if record.commits.pushed or record.thread.started_at is None:
        return None
    detail = f"prepush_seconds={config.prepush_seconds}"
    due = record.thread.started_at + timedelta(seconds=config.prepush_seconds)
    decision = Decision(Action.ESCALATE_PREPUSH, "prepush", Reason.PREPUSH_DEADLINE, detail)
    return Deadline(due, decision, pausable=True)


def _ci_silent(record: RunRecord, config: Config, ci: CIStatus | None) -> Deadline | None:
    """CI said nothing final about the newest commit; waiting for a limit stops this clock."""
    pushed_at = record.commits.pushed_at if record.commits.pushed else None
    if pushed_at is None or ci in (CIStatus.GREEN, CIStatus.RED):
        return None
    detail = f"ci_seconds={config.ci_seconds}"
    due = pushed_at + timedelta(seconds=config.ci_seconds)
    decision = Decision(Action.FREEZE_ESCALATE, "ci-silent", Reason.CI_SILENT, detail)
    return Deadline(due, decision, pausable=record.pauses.limited_at is not None)
