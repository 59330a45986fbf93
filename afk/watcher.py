"""The watcher: every run in flight, observed, decided, acted on.

Reads for all runs happen side by side, writes one after the other. One run's failure is
reported and never stops the others. In a tick it runs before the poller, so that what ends
makes room and nothing starts beside what has yet to end.
"""

from dataclasses import replace
from typing import Final

from afk.act.changed_server import hold
from afk.act.deleted_issue import stop_threads_of_gone
from afk.act.ending import begin, finish
from afk.act.labels import tried_labels
from afk.act.later_turns import answer, send_answers, send_turn, stop
from afk.act.record_book import surroundings, write
from afk.act.repair import salvage
from afk.act.start import promote
from afk.decide.approval import newest_application
from afk.decide.decision import wait
from afk.decide.later_turn_gate import Gate, Passage, later_turn
from afk.decide.lifecycle import ANSWERED, with_deadline
from afk.decide.peoples_acts import closed_by_own_commit, unlocked
from afk.decide.provider_gate import provider_open
from afk.errors import AfkError, RateLimited
from afk.observe.run_in_flight import Followed, follow, follow_again, still_holds
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.record.codec import Found
from afk.record.state import IN_FLIGHT, Stage
from afk.types import Action, CIStatus, Issue, Permission, Reason, Verdict

_VERDICT: Final = {
    Action.CLOSE_SUCCESS: Verdict.DONE,
    Action.ESCALATE_PREPUSH: Verdict.NEEDS_HUMAN,
    Action.FREEZE_ESCALATE: Verdict.FROZEN,
    Action.END_STOPPED: Verdict.STOPPED,
    Action.END_SUPERSEDED: Verdict.SUPERSEDED,
    Action.PARK: Verdict.NEEDS_HUMAN,
}

Run = tuple[Issue, Found]


def watch(tick: Tick) -> None:
    """Drive every run in flight one step; `Tick.runs` and `Tick.busy` say how things stand.

    Raises `RateLimited` at the first one: nothing more is asked or written, a later tick resumes.
    """
    for key in tick.gone:
        stop_threads_of_gone(tick, key)
    runs = [run for run in survey(tick) if tick.focus.covers(run[0].key)]
    seen = gather(lambda run: _observe(tick, run), runs)
    for (issue, found), result in zip(runs, seen, strict=True):
        if isinstance(result, AfkError):
            tick.deps.report.error(result, key=issue.key)
            continue
        try:
            now_stands = _drive(tick, issue, found, result)
        except RateLimited:
            raise
        except AfkError as error:
            tick.deps.report.error(error, key=issue.key)
            continue
        if now_stands is not None:
            _settle(tick, issue, now_stands)


def survey(tick: Tick) -> list[Run]:
    """Return the runs in flight, and mark their repositories busy.

    What only looks like a run (a label, a thread, an edited comment) is put in order.
    """
    runs: list[Run] = []
    for issue in list(tick.issues.values()):
        try:
            standing = promote(tick, issue, salvage(tick, issue))
        except RateLimited:
            raise
        except AfkError as error:
            tick.deps.report.error(error, key=issue.key)
            tick.busy.setdefault(issue.repo.name, f"{issue.key} could not be told")
            tick.settled.add(issue.key)  # hands off in the poller, too
            continue
        for found in standing:
            if found.record.stage in IN_FLIGHT:
                runs.append((issue, found))
                tick.runs[found.record.run_id] = found.record
    return runs


def _settle(tick: Tick, issue: Issue, found: Found) -> None:
    """Remember how a run now stands, and that what was read of its issue is old."""
    if found.record.stage in IN_FLIGHT:
        tick.runs[found.record.run_id] = found.record
    else:
        tick.runs.pop(found.record.run_id, None)
        tick.settled.add(issue.key)


def _observe(tick: Tick, run: Run) -> Followed | AfkError | None:
    """Observe a running run; claims and endings need no branch and no CI."""
    issue, found = run
    if found.record.stage is not Stage.RUNNING:
        return None
    try:
        return follow(tick, issue, found)
    except RateLimited:
        raise
    except AfkError as error:
        return error


def _drive(tick: Tick, issue: Issue, found: Found, run: Followed | None) -> Found | None:
    """Take one run one step further; returns its record, None when it was overtaken."""
    dry = tick.deps.dry_run
    if run is None:
        if found.record.stage is Stage.ENDING and not dry:
            return _go_on_ending(tick, issue, found)
        return found
    if run.decision.action is Action.WAIT:
        tick.deps.report.event(f"waits: {run.decision.detail}", key=issue.key)
        return found if dry else _wait(tick, run)
    words = f"{run.decision.action.value} by rule {run.decision.rule}"
    if dry:
        tick.deps.report.event(f"would: {words}", key=issue.key)
        return found
    again = follow_again(tick, run)
    if again is None or not still_holds(run, again):
        tick.deps.report.event(f"dropped: {words} no longer holds", key=issue.key)
        return found
    return _act(tick, again)


def _go_on_ending(tick: Tick, issue: Issue, found: Found) -> Found | None:
    """Go on with an end that an earlier tick began, on the issue as it stands now."""
    fresh = tick.deps.tracker.reread(issue.key)
    standing = tick.records(fresh).of(found.record.run_id) if fresh is not None else None
    if fresh is None or standing is None or standing.record != found.record:
        tick.deps.report.event("dropped: somebody else ended the run", key=issue.key)
        return found
    return finish(tick, fresh, standing, tick.facts(found.record))


def _wait(tick: Tick, run: Followed) -> Found | None:
    """Write down what was seen for the first time; keep the lock and the issue's state right."""
    run = replace(run, record=run.record.let_go(tick.now))
    _keep_in_order(tick, run)
    if run.decision.rule == ANSWERED and _gate(tick, run).gate is Gate.GO:
        send_answers(tick, run, run.record)
    held = hold(tick, run)
    around = surroundings(tick, held, waiting_for=run.decision.detail, until=run.decision.until)
    return write(tick, run.issue, run.found, held, around)


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
    if action in _VERDICT:
        detail = run.decision.detail
        return _end(tick, run, _VERDICT[action], reason or Reason.AGENT_FAILED, detail)
    _keep_in_order(tick, run)
    passage = Passage(Gate.GO) if action is Action.STOP_SESSION else _gate(tick, run)
    if passage.gate is Gate.PARK:
        parked_for = passage.reason or Reason.AUTHORITY_REVOKED
        return _end(tick, run, Verdict.NEEDS_HUMAN, parked_for, "")
    if passage.provider_closed:
        run = replace(run, record=run.record.held(tick.now))
    else:
        run = replace(run, record=run.record.let_go(tick.now))
    if passage.gate is Gate.WAIT:
        return _hold_turn(tick, run, passage)
    if action is Action.STOP_SESSION:
        return stop(tick, run)
    return answer(tick, run) if action is Action.ANSWER else send_turn(tick, run)


def _hold_turn(tick: Tick, run: Followed, passage: Passage) -> Found | None:
    """Wait with a turn; deadlines go on, unless it is the provider that keeps it waiting."""
    record, waiting = run.record, wait("turn-gate", passage.detail)
    decision = with_deadline(record, run.observed, tick.config, waiting)
    if decision.action in _VERDICT:
        reason = decision.reason or Reason.AGENT_FAILED
        return _end(tick, run, _VERDICT[decision.action], reason, decision.detail)
    tick.deps.report.event(f"no turn now: {passage.detail}", key=run.issue.key)
    around = surroundings(tick, record, waiting_for=passage.detail, until=decision.until)
    return write(tick, run.issue, run.found, record, around)


def _end(tick: Tick, run: Followed, verdict: Verdict, reason: Reason, detail: str) -> Found | None:
    ending = begin(
        tick, run.issue, run.found, run.record, verdict=verdict, reason=reason, detail=detail
    )
    return finish(tick, run.issue, ending, run.observed.thread) if ending else None


def _gate(tick: Tick, run: Followed) -> Passage:
    """Ask whether this run may be sent another turn, with what was read in this tick."""
    issue, snapshot = run.issue, tick.snapshot
    by = newest_application(issue, tick.config)
    try:
        permission = tick.permission(issue.repo.name, by.actor) if by else Permission.UNKNOWN
    except RateLimited:
        raise
    except AfkError as error:  # the turn waits for it, and deadlines go on
        tick.deps.report.error(error, key=issue.key)
        permission = Permission.UNKNOWN
    is_probe = run.decision.reason is Reason.USAGE_LIMIT
    is_open = is_probe or (
        snapshot is not None
        and provider_open(
            issue.repo.name,
            tick.runs.values(),
            snapshot.threads,
            tick.config,
            now=tick.now,
            server_now=snapshot.server_now,
            apart_from=run.record.run_id,
        )
    )
    return later_turn(
        issue,
        run.record,
        tick.config,
        permission=permission,
        own=tick.own,
        provider_open=is_open,
    )
