"""The poller: which ready issues start now, and what is written about the others.

A start is decided twice: on what the tick read first, and again on the issue read afresh just
before the claim. Without T3 nothing is written at all.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from afk.act.changed_server import ring_once
from afk.act.ending import begin, finish, supersede_waiting
from afk.act.labels import put_labels
from afk.act.record_book import blank_record, surroundings, write
from afk.act.repair import refuse_label
from afk.act.start import claim, dispatch, give_back, prepare
from afk.decide.approval import Standing, newest_application, same_application
from afk.decide.thread_facts import NO_THREAD
from afk.dispatch_policy import Candidate, DispatchDecision, select_dispatchable
from afk.errors import AfkError, RateLimited
from afk.model.forge import RepositoryTrouble, Trouble
from afk.observe.ready_issue import (
    busy_repositories,
    candidate,
    ceilings,
    explanation,
    standing_record,
)
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.record.codec import Found
from afk.record.names import run_id_of
from afk.record.state import Approval, RunRecord, Stage
from afk.text.messages import oversized_notice, trouble_error, waits_for
from afk.types import Event, Issue, IssueKey, Reason, Verdict

PINS_PER_TICK: Final = 20
"""GitHub allows 80 content-creating requests a minute; the rest is pinned by later ticks."""
_PARKED: Final = frozenset({Standing.EDITED, Standing.UNPROVEN})
_NOBODY_IS_TOLD: Final = frozenset({Standing.OWN, Standing.UNKNOWN, Standing.UNLISTED_APP})
"""Nothing is written on the issue, so the tick has to be loud."""


def poll(tick: Tick) -> list[DispatchDecision]:
    """Start what may start; returns the decision about every ready issue.

    Raises `RateLimited` at the first one: nothing more is asked or written, a later tick resumes.
    """
    _settle_claims(tick)
    ready = [issue for issue in tick.issues.values() if _considered(tick, issue)]
    judged = gather(lambda issue: _judge(tick, issue), ready)
    candidates: dict[IssueKey, Candidate] = {}
    for issue, result in zip(ready, judged, strict=True):
        if isinstance(result, AfkError):
            tick.deps.report.error(result, key=issue.key)
        else:
            candidates[issue.key] = result
    decisions = _decide(tick, candidates)
    pins = 0
    for decision in decisions:
        one = candidates[decision.key]
        if not decision.start:
            silent = decision.gate == "approved" and one.appraisal.standing in _NOBODY_IS_TOLD
            say = tick.deps.report.warn if silent else tick.deps.report.event
            say(f"held: {decision.evidence}", key=decision.key)
        elif tick.deps.dry_run:
            tick.deps.report.event("would start", key=decision.key)
        if tick.deps.dry_run or tick.snapshot is None:
            continue
        try:
            pins += _carry_out(tick, one, decision, pins)
        except RateLimited:
            raise
        except AfkError as error:
            tick.deps.report.error(error, key=decision.key)
    return decisions


def _decide(tick: Tick, candidates: dict[IssueKey, Candidate]) -> list[DispatchDecision]:
    """Decide; what would start is asked whether its repository is fit for it, then decided again.

    An archived repository (Forgejo lists it like any other), or one whose branch is misspelt,
    must not take another one's place.
    """
    while True:
        decisions = select_dispatchable(
            candidates.values(), tick.config, busy_repositories(tick), ceilings(tick)
        )
        shut = [one.key for one in decisions if one.start and not _open(tick, candidates[one.key])]
        if not shut:
            return decisions
        archived = RepositoryTrouble.ARCHIVED.value
        candidates |= {
            key: replace(candidates[key], archived=tick.busy[key.repo] == archived) for key in shut
        }


def _open(tick: Tick, one: Candidate) -> bool:
    """Say whether a run can start in the repository; one that cannot be asked takes none now."""
    name = one.issue.repo.name
    try:
        if not _writable(tick, one.issue):
            return False
        prepare(tick, name)
    except RateLimited:
        raise
    except AfkError as error:
        tick.deps.report.error(error, key=one.issue.key)
        tick.busy.setdefault(name, f"nothing can start in {name}")
        return False
    return True


def _considered(tick: Tick, issue: Issue) -> bool:
    """Ready, open, allowlisted, not already a run in flight, not acted on in this tick."""
    in_flight = any(
        (record.repository_id, record.issue) == (issue.repo.id, issue.number)
        for record in tick.runs.values()
    )
    ready = issue.has_label(tick.config.ready_label) or bool(issue.oversized)
    eligible = issue.open and ready and issue.repo.name in tick.config.allowlist
    acted_on = issue.key in tick.settled or not tick.focus.covers(issue.key)
    return eligible and not in_flight and not acted_on


def _judge(tick: Tick, issue: Issue) -> Candidate | AfkError:
    try:
        return candidate(tick, issue)
    except RateLimited:
        raise
    except AfkError as error:
        return error


def _carry_out(tick: Tick, one: Candidate, decision: DispatchDecision, pins: int) -> int:
    """Act on a decision; returns how many approvals were pinned by it (0 or 1)."""
    issue, standing = one.issue, one.appraisal.standing
    event, approval = one.appraisal.event, one.appraisal.approval
    if decision.start:
        _start(tick, issue)
    elif not _writable(tick, issue):
        return 0
    elif issue.oversized:
        _park_oversized(tick, issue)
    elif decision.gate == "approved" and standing is Standing.REFUSED:
        refuse_label(tick, issue, tick.config.ready_label)
    elif event is not None and approval is not None:
        found, record = _record(tick, issue, event, approval)
        if decision.gate == "approved" and standing in _PARKED:
            _park_edited(tick, issue, found, record)
        elif standing is Standing.APPROVED and not one.spent and pins < PINS_PER_TICK:
            return _pin(tick, issue, found, record, decision)
    return 0


def _record(
    tick: Tick, issue: Issue, event: Event, approval: Approval
) -> tuple[Found | None, RunRecord]:
    """Return the record of the run that an application asks for, a new one if there is none."""
    found = standing_record(tick, issue, tick.records(issue), event)
    if found is not None:
        return found, found.record
    run_id = run_id_of(tick.deps.tracker.host, issue, event)
    return None, blank_record(tick, issue, run_id, approval)


def _writable(tick: Tick, issue: Issue) -> bool:
    """Say whether the repository takes writes; an archived one is reported once a tick."""
    name = issue.repo.name
    if not tick.deps.tracker.repository(name).archived:
        return True
    if name not in tick.busy:
        trouble = Trouble(name, RepositoryTrouble.ARCHIVED)
        tick.deps.report.error(trouble_error(trouble, tick.config))
        tick.busy[name] = trouble.kind.value
    return False


def _start(tick: Tick, issue: Issue) -> None:
    """Read the issue again, ask every gate again, then claim."""
    fresh = tick.deps.tracker.reread(issue.key)
    if fresh is None:
        return
    one = candidate(tick, fresh)
    no = explanation(tick, one).first_no
    event, approval = one.appraisal.event, one.appraisal.approval
    if no is not None or event is None or approval is None:
        evidence = no.evidence if no else "no approval"
        tick.deps.report.event(f"not started after all: {evidence}", key=issue.key)
        return
    found, record = _record(tick, fresh, event, approval)
    supersede_waiting(tick, fresh, record.run_id)
    # From here on the repository is taken, whatever becomes of the start.
    tick.busy.setdefault(issue.repo.name, f"{issue.key} is being started")
    started = claim(tick, fresh, found, record)
    if started is not None and started.record.stage in (Stage.CLAIMED, Stage.RUNNING):
        tick.runs[started.record.run_id] = started.record


def _settle_claims(tick: Tick) -> None:
    """Resume the claims that an earlier tick left behind, or return them."""
    if tick.snapshot is None:
        return
    for issue in list(tick.issues.values()):
        for found in tick.records(issue).runs:
            standing = tick.runs.get(found.record.run_id)
            if standing is None or standing.stage is not Stage.CLAIMED:
                continue
            if not tick.focus.covers(issue.key):
                continue
            tick.settled.add(issue.key)
            try:
                _settle_claim(tick, issue, found)
            except RateLimited:
                raise
            except AfkError as error:
                tick.deps.report.error(error, key=issue.key)


def _settle_claim(tick: Tick, issue: Issue, found: Found) -> None:
    """The gates decide, the claim itself not counted; the issue is read again first."""
    if tick.deps.dry_run:
        tick.deps.report.event("would resume or return the claim", key=issue.key)
        return
    fresh = tick.deps.tracker.reread(issue.key)
    standing = tick.records(fresh).of(found.record.run_id) if fresh is not None else None
    if fresh is None or standing is None or standing.record != found.record:
        return
    record, application = found.record, newest_application(fresh, tick.config)
    no = explanation(tick, candidate(tick, fresh), apart_from=record.run_id).first_no
    if tick.snapshot is not None and record.thread.environment_id != tick.snapshot.environment_id:
        result = _hold_claim(tick, fresh, standing)
    elif application is not None and not same_application(found.record.approval, application):
        result = _end_claim(tick, fresh, standing, Verdict.SUPERSEDED, Reason.LABELLED_AGAIN)
    elif no is None:
        result = dispatch(tick, fresh, standing)
    else:
        tick.deps.report.event(f"returning the claim: {no.evidence}", key=issue.key)
        result = give_back(tick, fresh, standing)
    if result is not None and result.record.stage not in (Stage.CLAIMED, Stage.RUNNING):
        tick.runs.pop(found.record.run_id, None)
    tick.busy.setdefault(issue.repo.name, f"{issue.key} was claimed")


def _hold_claim(tick: Tick, issue: Issue, found: Found) -> Found | None:
    """T3 is another server than the one the claim was made on: what became of it there?"""
    tick.deps.report.event("claim held: T3 is another server", key=issue.key)
    record = ring_once(tick, issue.key, found.record).out_of_sight(tick.now)
    unseen_at = record.pauses.unseen_at or tick.now
    if tick.now - unseen_at >= timedelta(seconds=tick.config.unseen_seconds):
        return _end_claim(tick, issue, found, Verdict.NEEDS_HUMAN, Reason.UNSEEN)
    waiting = "the T3 server it was claimed on"
    return write(tick, issue, found, record, surroundings(tick, record, waiting_for=waiting))


def _end_claim(
    tick: Tick, issue: Issue, found: Found, verdict: Verdict, reason: Reason
) -> Found | None:
    """End a claim whose first message T3 does not show: there is no session to stop."""
    ending = begin(tick, issue, found, found.record, verdict=verdict, reason=reason)
    return finish(tick, issue, ending, NO_THREAD) if ending is not None else None


def _pin(
    tick: Tick, issue: Issue, found: Found | None, record: RunRecord, decision: DispatchDecision
) -> int:
    """Write down an approval that has to wait, so that its digest is pinned."""
    around = surroundings(tick, record, waiting_for=waits_for(decision.gate, decision.evidence))
    written = write(tick, issue, found, record, around)
    if written is not None and found is None:
        tick.deps.report.event("approval recorded; it has to wait", key=issue.key)
    supersede_waiting(tick, issue, record.run_id)
    return 1 if written is not None and written is not found else 0


def _park_edited(tick: Tick, issue: Issue, found: Found | None, record: RunRecord) -> None:
    """End an approval whose text is not provably the approved one, before it became a run."""
    record = record.without_thread()
    ending = begin(tick, issue, found, record, verdict=Verdict.NEEDS_HUMAN, reason=Reason.EDITED)
    if ending is not None:
        finish(tick, issue, ending, NO_THREAD)
    supersede_waiting(tick, issue, record.run_id)


def _park_oversized(tick: Tick, issue: Issue) -> None:
    """Hand over an issue too large to read; without its events there is no run to record.

    One that was handed over is left alone: whether it was said before cannot be read either.
    """
    config, text = tick.config, oversized_notice(tick.config)
    if issue.has_label(config.human_label) and not issue.has_label(config.ready_label):
        return
    put_labels(
        tick,
        issue,
        add=[config.human_label],
        remove=[name for name in [config.ready_label] if issue.has_label(name)],
    )
    tick.deps.tracker.create_comment(issue, text)
    tick.deps.report.event("parked: larger than afk reads", key=issue.key)
