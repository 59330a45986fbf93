"""What a tick, or a look that changes nothing, shows of every issue it knows of."""

from collections.abc import Iterable, Sequence

from afk.dispatch_policy import DispatchDecision, GateAnswer
from afk.observe.tick import Tick
from afk.record.state import RunRecord
from afk.text.overview import Group, IssueRow, at_what, group_of, outcome, row
from afk.text.waits import key_of
from afk.types import IssueKey

_NOT_NOW = "it was left for a later tick; the lines about it say why"
_NOT_STARTED = "it was to start and did not; the lines about it say why"


def rows_of(
    tick: Tick, decisions: Sequence[DispatchDecision], *, next_tick: Sequence[str] | None = None
) -> list[IssueRow]:
    """Return a row for every issue with a run, and for every one that was decided on.

    ``next_tick``: it is a look between two ticks, and what keeps the next one from acting.
    """
    starts = {one.key for one in decisions if one.start}
    running = [*tick.ledger.runs.values()]
    told = {key_of(one) for one in running}
    rows = [_of_run(tick, one, started=key_of(one) in starts) for one in running]
    rows += [_of_decision(tick, one, next_tick) for one in decisions if one.key not in told]
    told |= {one.key for one in decisions}
    over = [one for one in tick.ledger.ended.values() if key_of(one) not in told]
    rows += [ended_row(tick, one, tick.title(key_of(one))) for one in over]
    told |= {key_of(one) for one in over}
    left = (key for key in tick.issues if _left(tick, key) and key not in told)
    return rows + [_shown(tick, key, Group.WAITING, holds=[_NOT_NOW]) for key in left]


def _left(tick: Tick, key: IssueKey) -> bool:
    """Say whether somebody asks for the issue and this tick keeps its hands off."""
    issue = tick.issues[key]
    asked = issue.open and issue.has_label(tick.config.ready_label)
    return asked and key in tick.ledger.hands_off


def ended_row(tick: Tick, record: RunRecord, title: str) -> IssueRow:
    """Return the row of a run that is over; the time is that of its end."""
    return row(
        key_of(record),
        title,
        tick.deps.tracker.web,
        group_of(record),
        state=outcome(record),
        since=record.ending.ended_at or record.ending.at or record.approval.at,
        now=tick.now,
    )


def evidence(answers: Iterable[GateAnswer]) -> list[str]:
    """Return what the gates that say no rest on."""
    return [one.evidence or f"gate {one.gate}" for one in answers]


def _of_run(tick: Tick, record: RunRecord, *, started: bool) -> IssueRow:
    key, thread = key_of(record), record.thread
    waits = tick.ledger.waits.get(record.run_id, "")
    return row(
        key,
        tick.title(key),
        tick.deps.tracker.web,
        Group.STARTED if started else group_of(record),
        state=at_what(record, tick.config.fix_forward_max_attempts),
        since=thread.started_at or thread.claimed_at or record.approval.at,
        now=tick.now,
        holds=[waits] if waits else [],
    )


def _of_decision(tick: Tick, one: DispatchDecision, next_tick: Sequence[str] | None) -> IssueRow:
    if one.start and next_tick is not None:
        group = Group.WAITING if next_tick else Group.NEXT
        return _shown(tick, one.key, group, holds=next_tick)
    if one.start and tick.deps.reads_only:
        return _shown(tick, one.key, Group.WOULD_START)
    if one.start:
        return _shown(tick, one.key, Group.WAITING, holds=[_NOT_STARTED])
    group = tick.ledger.steps.get(one.key, Group.WAITING)
    return _shown(tick, one.key, group, holds=evidence(one.holds))


def _shown(tick: Tick, key: IssueKey, group: Group, *, holds: Iterable[str] = ()) -> IssueRow:
    return row(key, tick.title(key), tick.deps.tracker.web, group, holds=holds)
