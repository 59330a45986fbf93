"""Carries out what was planned for a ready issue: start it, pin it, or hand it back.

A start is decided twice: on what the tick read first, and again on the issue read afresh just
before the claim.
"""

from dataclasses import replace
from typing import Final, assert_never

from afk.act.ending import end, supersede_waiting
from afk.act.label_names import ask_again
from afk.act.labels import put_labels, refuse_label
from afk.act.record_book import write
from afk.act.start import claim, prepare
from afk.decide.approval import blank_record
from afk.decide.thread_facts import NO_THREAD
from afk.dispatch_policy import (
    AskAgain,
    Leave,
    ParkEdited,
    ParkOversized,
    Pin,
    Planned,
    RefuseApplication,
    StartRun,
)
from afk.observe.fitness import takes_writes
from afk.observe.ready_issue import candidate, explanation
from afk.observe.sharing import its_part
from afk.observe.tick import Tick
from afk.record.codec import Found
from afk.record.state import RunRecord
from afk.text.messages import oversized_notice
from afk.types import Event, Issue, Reason, Verdict

PINS_PER_TICK: Final = 20
"""GitHub allows 80 content-creating requests a minute; the rest is pinned by later ticks."""


def carry_out(tick: Tick, planned: Planned) -> None:
    """Do about an issue what was planned; an archived repository takes no writes."""
    step = planned.step
    if isinstance(step, Leave) or not takes_writes(tick, step.issue.repo.name):
        return
    match step:
        case StartRun(issue):
            _start(tick, issue)
        case ParkOversized(issue):
            _park_oversized(tick, issue)
        case RefuseApplication(issue):
            refuse_label(tick, issue, tick.config.ready_label)
        case AskAgain(issue, application):
            ask_again(tick, issue, application)
        case ParkEdited(issue, application):
            _park_edited(tick, issue, application)
        case Pin():
            _record_approval(tick, step)
        case _:
            assert_never(step)


def make_ready(tick: Tick, issue: Issue, agent: str) -> None:
    """See to what a start in the repository needs; one that takes no writes is held."""
    if takes_writes(tick, issue.repo.name):
        prepare(tick, issue, agent)


def _start(tick: Tick, issue: Issue) -> None:
    """Read the issue again, ask every gate again, then claim."""
    fresh = tick.forge.reread(issue.key)
    if fresh is None:
        return
    one = candidate(tick, fresh)
    no, event = explanation(tick, one).first_no, one.appraisal.event
    if no is not None or event is None:
        evidence = no.evidence if no else "no approval"
        tick.deps.report.event(f"not started after all: {evidence}", key=issue.key)
        return
    found, record = _record(tick, fresh, event)
    record = replace(record, thread=replace(record.thread, agent=one.agent.name))
    supersede_waiting(tick, fresh, record.run_id)
    # From here on the repository is taken, whatever becomes of the start.
    tick.ledger.hold(issue.repo.name, f"{issue.key} is being started")
    started = claim(tick, fresh, found, record)
    if started is not None:
        tick.ledger.stands(started.record)


def _record(tick: Tick, issue: Issue, event: Event) -> tuple[Found | None, RunRecord]:
    """Return the record of the run that an application asks for, a new one if there is none."""
    run_id = tick.forge.run_id(issue, event)
    found = tick.forge.records(issue).of(run_id)
    if found is not None:
        return found, found.record
    return None, blank_record(issue, tick.deps.tracker.forge, run_id, event)


def _record_approval(tick: Tick, step: Pin) -> None:
    """Write down an approval that has to wait, so that its digest is pinned."""
    if not tick.ledger.pins.take(its_part(tick, PINS_PER_TICK)):
        return
    issue, written = step.issue, None
    found, record = _record(tick, issue, step.application)
    try:
        written = write(tick, issue, found, record, waiting_for=step.waiting_for)
    finally:
        if written is None or written is found:
            tick.ledger.pins.give_back()
    if written is not None and found is None:
        tick.deps.report.event("approval recorded; it has to wait", key=issue.key)
    supersede_waiting(tick, issue, record.run_id)


def _park_edited(tick: Tick, issue: Issue, application: Event) -> None:
    """End an approval whose text is not provably the approved one, before it became a run."""
    found, record = _record(tick, issue, application)
    end(
        tick,
        issue,
        found,
        record.without_thread(),
        NO_THREAD,
        Verdict.NEEDS_HUMAN,
        Reason.EDITED,
    )
    supersede_waiting(tick, issue, record.run_id)


def _park_oversized(tick: Tick, issue: Issue) -> None:
    """Hand over an issue too large to read; without its events there is no run to record."""
    config = tick.config
    remove = [config.ready_label] if issue.has_label(config.ready_label) else []
    put_labels(tick, issue, add=[config.human_label], remove=remove)
    tick.deps.tracker.create_comment(issue, oversized_notice(config))
    tick.ledger.too_large.add(issue.key)
    tick.deps.report.event("parked: larger than afk reads", key=issue.key)
