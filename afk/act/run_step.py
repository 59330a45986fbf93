"""Takes a run in flight one step further, as it was decided.

Whatever cannot be undone is decided a second time on what is read again just before its first
write; a decision that no longer holds is dropped, and the next tick decides afresh.
"""

from dataclasses import replace
from typing import Final

from afk.act.acknowledge import acknowledge
from afk.act.answering import answer_requests, send_answers
from afk.act.doorbell import ring_other_server
from afk.act.ending import end, go_on_ending
from afk.act.labels import tried_labels
from afk.act.landing import STEPS, act_on_pull, keep_waiting_for_people, tidy_up
from afk.act.later_turns import send_turn, stop_by_rule
from afk.act.record_book import write
from afk.decide.asks import newly
from afk.decide.landing import PEOPLE
from afk.decide.later_turn_gate import Gate
from afk.decide.lifecycle import ANSWERED
from afk.decide.peoples_acts import closed_by_own_commit, unlocked
from afk.decide.waiting import works_again
from afk.model.agent import Presence
from afk.observe.run_in_flight import Followed, follow_again, read_unchanged, still_holds
from afk.observe.tick import Tick
from afk.observe.turn_gate import ask_ahead, gated, passage
from afk.parallel import at_once
from afk.record.codec import Found
from afk.types import Action, CIStatus, Issue, Reason, Verdict

_VERDICT: Final = {
    Action.CLOSE_SUCCESS: Verdict.DONE,
    Action.ESCALATE_PREPUSH: Verdict.NEEDS_HUMAN,
    Action.FREEZE_ESCALATE: Verdict.FROZEN,
    Action.END_STOPPED: Verdict.STOPPED,
    Action.END_SUPERSEDED: Verdict.SUPERSEDED,
    Action.PARK: Verdict.NEEDS_HUMAN,
}


def take_step(tick: Tick, run: Followed) -> Found | None:
    """Take one run one step further; returns its record, None when it was overtaken."""
    key, decision = run.issue.key, run.decision
    if decision.action is Action.WAIT:
        tick.deps.report.event(f"waits: {decision.detail}", key=key)
        return _keep_waiting(tick, run)
    again, _ = at_once(lambda: follow_again(tick, run), lambda: ask_ahead(tick, run))
    if again is None or not still_holds(run, again):
        tick.deps.report.event(f"dropped: {decision.words} no longer holds", key=key)
        return run.found
    return _act(tick, again)


def continue_ending(tick: Tick, issue: Issue, found: Found) -> Found | None:
    """Go on with an end that an earlier tick began, on the issue as it stands now."""
    fresh = read_unchanged(tick, issue, found)
    if fresh is None:
        tick.deps.report.event("dropped: somebody else ended the run", key=issue.key)
        return found
    return go_on_ending(tick, *fresh, tick.t3.facts(found.record))


def _keep_waiting(tick: Tick, run: Followed) -> Found | None:
    """Write down what was seen for the first time; keep the lock and the issue's state right."""
    run = replace(run, record=run.record.let_go(tick.now))
    _heard(tick, run)
    _keep_in_order(tick, run)
    if run.decision.rule == PEOPLE:
        run = replace(run, record=keep_waiting_for_people(tick, run))
    if run.decision.rule == ANSWERED and passage(tick, run).gate is Gate.GO:
        send_answers(tick, run, run.record)
    record, decision = run.record, run.decision
    if run.observed.thread.presence is Presence.OTHER_SERVER:
        record = ring_other_server(tick, run.found, record)
    return write(
        tick, run.issue, run.found, record, waiting_for=decision.detail, until=decision.until
    )


def _keep_in_order(tick: Tick, run: Followed) -> None:
    """Put the lock back on; reopen what the run's own commit closed before CI turned red."""
    issue, tracker = run.issue, tick.deps.tracker
    if unlocked(issue, tick.config):
        lock = [tick.config.in_progress_label]
        if tried_labels(tick, issue, add=lock):
            tick.deps.report.event("put the in-progress label back", key=issue.key)
    verdict = run.observed.verdict
    red = verdict is not None and verdict.status is CIStatus.RED
    if red and closed_by_own_commit(issue, run.record):
        tracker.reopen(issue)
        tick.deps.report.event("reopened: its own commit closed it, CI is red", key=issue.key)


def _act(tick: Tick, run: Followed) -> Found | None:
    """Carry out a decision that was confirmed just now."""
    action, reason = run.decision.action, run.decision.reason
    _heard(tick, run)
    if action in _VERDICT:
        detail = run.decision.detail
        if action is Action.CLOSE_SUCCESS and not tidy_up(tick, run):
            words = "its branch to be tidied away"
            return write(tick, run.issue, run.found, run.record, waiting_for=words)
        return _end(tick, run, _VERDICT[action], reason or Reason.AGENT_FAILED, detail)
    _keep_in_order(tick, run)
    if action in STEPS:
        return act_on_pull(tick, run)
    if action is Action.STOP_SESSION:
        return stop_by_rule(tick, replace(run, record=run.record.let_go(tick.now)))
    allowed = gated(tick, run)
    if allowed.decision != run.decision:
        return _hold_turn(tick, allowed)
    run = replace(allowed, record=works_again(allowed.record, tick.now))
    return answer_requests(tick, run) if action is Action.ANSWER else send_turn(tick, run)


def _heard(tick: Tick, run: Followed) -> None:
    """Show on comments that they were read: what is answered is in the record to be written."""
    acknowledge(tick, run.issue, newly(run.found.record.answers, run.record.answers))


def _hold_turn(tick: Tick, run: Followed) -> Found | None:
    """Wait with a turn; deadlines go on, unless it is the provider that keeps it waiting."""
    decision = run.decision
    if decision.action in _VERDICT:
        reason = decision.reason or Reason.AGENT_FAILED
        return _end(tick, run, _VERDICT[decision.action], reason, decision.detail)
    tick.deps.report.event(f"nothing is sent now: {decision.detail}", key=run.issue.key)
    tick.ledger.waits[run.record.run_id] = decision.detail
    return write(
        tick,
        run.issue,
        run.found,
        run.record,
        waiting_for=decision.detail,
        until=decision.until,
    )


def _end(
    tick: Tick, run: Followed, verdict: Verdict, reason: Reason, detail: str = ""
) -> Found | None:
    thread = run.observed.thread
    return end(tick, run.issue, run.found, run.record, thread, verdict, reason, detail)
