"""Mends what only looks like a run, as `afk.decide.repair` diagnosed it."""

from dataclasses import replace
from typing import Final, assert_never

from afk.act.doorbell import heard
from afk.act.ending import end
from afk.act.labels import refuse_label
from afk.act.record_book import write
from afk.act.start import own_branch, running, with_attempt
from afk.decide.sight import (
    DeleteDuplicate,
    End,
    Park,
    Promote,
    Rebuild,
    RefuseLabel,
    Repair,
    StopThread,
    TakeLabelOff,
)
from afk.errors import one_of_many
from afk.observe.survey import Surveyed, leave_unmended
from afk.observe.tick import Tick
from afk.record.codec import Found
from afk.types import Issue, Verdict

_WORDS: Final = {
    DeleteDuplicate: "a second record",
    StopThread: "a thread at work for nobody",
    Park: "a record that is not believed",
    Rebuild: "a lost record",
    Promote: "a run at work",
    End: "a run that is over",
    TakeLabelOff: "a label left behind",
    RefuseLabel: "a stranger's label",
}


def put_in_order(tick: Tick, surveyed: Surveyed) -> list[Found]:
    """Make the repairs of one issue; returns its runs in flight as they stand afterwards.

    Where they are not all made (the tick is pointed at other issues, writes nothing, one of them
    failed, or another tick is at it), nothing starts on the issue in this tick.
    """
    issue, diagnosis = surveyed.issue, surveyed.diagnosis
    standing = {found.record.run_id: found for found in surveyed.records.runs}
    mended = tick.focus.covers(issue.key)
    for repair in diagnosis.repairs if mended else ():
        doing = f"put in order: {_WORDS[type(repair)]}"
        found = None
        with one_of_many(tick.deps.report, issue.key, doing=doing) as mending:
            found = _mend(tick, issue, repair)
            if found is not None:
                standing[found.record.run_id] = found
                tick.ledger.stands(found.record)
        # Another tick that was first to write a record has not stopped the agent by that.
        overtaken = found is None and isinstance(repair, Park | Rebuild)
        if overtaken or not mending.done:
            mended = False
            break
    if diagnosis.repairs and not mended:
        leave_unmended(tick, surveyed)
    return [found for found in standing.values() if found.record.run_id in tick.ledger.runs]


def _mend(tick: Tick, issue: Issue, repair: Repair) -> Found | None:
    """Make one repair; returns the record that it wrote, if it wrote one."""
    tracker, report = tick.deps.tracker, tick.deps.report
    match repair:
        case DeleteDuplicate(comment):
            tracker.delete_comment(issue, comment)
        case StopThread():
            _stop(tick, issue, repair)
        case TakeLabelOff(label, why):
            tracker.label(issue, remove=[label])
            report.event(f"took {label} off: {why}", key=issue.key)
        case RefuseLabel(label):
            refuse_label(tick, issue, label)
        case Park(record, reason, detail):
            tick.ledger.hands_off.add(issue.key)
            thread = tick.t3.facts(record)
            verdict = Verdict.NEEDS_HUMAN
            return end(tick, issue, None, record, thread, verdict, reason, detail)
        case End(over, record, verdict, reason, told, settled):
            tick.ledger.hands_off.add(issue.key)
            thread = tick.t3.facts(record)
            record = heard(tick, record, verdict) if told else record
            record = replace(record, ending=replace(record.ending, settled=settled))
            return end(tick, issue, over, record, thread, verdict, reason)
        case Rebuild(record):
            record = replace(record, landing=own_branch(tick, record))
            found = write(tick, issue, None, record, waiting_for="its end; the record was lost")
            if found is not None:
                report.event("rebuilt the record of a running thread", key=issue.key)
            return found
        case Promote(found, attempt):
            return _promote(tick, issue, found, attempt)
        case _:
            assert_never(repair)
    return None


def _promote(tick: Tick, issue: Issue, found: Found, attempt: int) -> Found | None:
    """Write down that a run whose first message T3 shows is running.

    An approval that was written over its start no longer says which branch it lands on.
    """
    record = found.record
    same = attempt == record.thread.attempt and record.dialogue.turns
    taken = record if same else with_attempt(record, attempt)
    seat = replace(taken.thread, environment_id=tick.t3.environment_id)
    branch = record.commits.branch or tick.forge.branch(issue.repo.name)
    # What an approval was written over no longer says how it lands either.
    landing = record.landing if record.commits.branch else own_branch(tick, record)
    commits = replace(record.commits, branch=branch)
    taken = replace(taken, thread=seat, commits=commits, landing=landing)
    return running(tick, issue, Found(taken, found.comment), over=found)


def _stop(tick: Tick, issue: Issue, repair: StopThread) -> None:
    """Stop a thread's agent. A stop does not reach an archived one (`afk.act.ending`)."""
    agent, new_id = tick.deps.agent, tick.deps.new_id
    if repair.archived:
        agent.set_archived(repair.thread_id, new_id(), archived=False)
    agent.stop(repair.thread_id, new_id())
    tick.deps.report.event(f"stopped {repair.thread_id}: {repair.why}", key=issue.key)
