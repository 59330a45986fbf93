"""Observing one run in flight, twice if need be: once to decide, once more before acting.

Owns the order T3, issue, branch, CI for one run. An action that cannot be undone is decided a
second time on what was read again just before its first write; if the answer is no longer the
same, the action is dropped and the next tick decides afresh.
"""

from dataclasses import dataclass, replace

from afk.decide.decision import Decision
from afk.decide.landing import PEOPLE, SILENT
from afk.decide.lifecycle import decide
from afk.decide.observation import Observation, note, run_commits
from afk.decide.pull_sight import PullSight, tip_of
from afk.decide.replies import heard
from afk.decide.thread_facts import ThreadFacts
from afk.model.ci import CIVerdict
from afk.model.forge import Branch
from afk.observe.asks import asked
from afk.observe.forge_view import ReadBranches
from afk.observe.landing import see_again, see_landing, with_rules
from afk.observe.tick import Tick
from afk.parallel import at_once
from afk.ports import BranchQuery, CommitQuery
from afk.record.codec import Found
from afk.record.state import RunRecord
from afk.text.failing import by_digest, failed_checks
from afk.types import Action, CIStatus, Issue


@dataclass(frozen=True, slots=True)
class Spoken:
    """CI's verdict on the run's newest commit, and the branch's tip if that was asked, too."""

    verdict: CIVerdict | None = None
    above: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A run, what this tick saw of it, the noted record, and what to do about it."""

    issue: Issue
    found: Found
    observed: Observation
    record: RunRecord
    decision: Decision


def follow(tick: Tick, issue: Issue, found: Found) -> Followed:
    """Observe a running run and decide, by what T3 showed before the issue was read."""
    record, thread = found.record, tick.t3.first_facts(found.record)
    if not record.landing.branch:
        record, branch = _branch(tick, record, tick.forge.first_branches)
        spoken = _spoken(tick, record, branch)
        return _followed(tick, issue, found, record, thread, branch, spoken)
    record, branch, sight = see_landing(tick, record)
    spoken = _said_of_tip(tick, record, branch, sight)
    run = _followed(tick, issue, found, record, thread, branch, spoken, sight)
    if sight.pull is None or not _rests_on_rules(run):
        return run
    sight = with_rules(tick, record, sight)
    if sight.rules.required:
        spoken = _said_of_tip(tick, record, branch, sight)
    return _followed(tick, issue, found, record, thread, branch, spoken, sight)


def follow_again(tick: Tick, before: Followed) -> Followed | None:
    """Read again what the decision rested on, and decide again: T3 and the issue, then the branch.

    None when the issue or its record is gone or somebody else wrote the record. Where T3 could
    not be read at first it is not asked again: people's acts and deadlines decide without it.
    """

    def look_at_t3() -> ThreadFacts:
        if tick.t3.snapshot is not None:
            tick.t3.read_again()
        return tick.t3.facts(before.found.record)

    thread, fresh = at_once(look_at_t3, lambda: read_unchanged(tick, before.issue, before.found))
    if fresh is None:
        return None
    issue, found = fresh
    sight = before.observed.landing
    if sight is None:
        record, branch = _branch(tick, found.record, tick.deps.tracker.branches)
        newest = _newest(found.record, branch)
    else:
        record, branch, sight = see_again(tick, found.record, sight)
        newest = _tip(record, branch, sight)
    same = newest == before.record.newest_commit
    spoken = Spoken(before.observed.verdict if same else None, before.observed.above)
    return _followed(tick, issue, found, record, thread, branch, spoken, sight)


def read_unchanged(tick: Tick, issue: Issue, found: Found) -> tuple[Issue, Found] | None:
    """Read an issue again, with the record that was decided on.

    None when either is gone, or somebody else wrote the record meanwhile.
    """
    fresh = tick.forge.reread(issue.key)
    standing = tick.forge.records(fresh).of(found.record.run_id) if fresh is not None else None
    if fresh is None or standing is None or standing.record != found.record:
        return None
    return fresh, standing


def still_holds(before: Followed, again: Followed) -> bool:
    """Say whether the second look came to the same decision."""
    return (again.decision.action, again.decision.reason) == (
        before.decision.action,
        before.decision.reason,
    )


def _followed(
    tick: Tick,
    issue: Issue,
    found: Found,
    record: RunRecord,
    thread: ThreadFacts,
    branch: Branch,
    spoken: Spoken,
    sight: PullSight | None = None,
) -> Followed:
    observed = Observation(
        now=tick.now,
        record=record,
        issue=issue,
        thread=thread,
        branch=branch,
        verdict=spoken.verdict,
        above=spoken.above,
        own=tick.forge.own,
        landing=sight,
        can_rerun=tick.deps.evidence.can_rerun,
        asks=asked(tick, issue),
    )
    if spoken.verdict is not None:
        tick.forge.failed.update(by_digest(failed_checks(spoken.verdict)))
    record = note(observed, tick.config)
    decision = decide(record, observed, tick.config)
    return Followed(
        issue=issue,
        found=found,
        observed=observed,
        record=heard(record, observed, decision),
        decision=decision,
    )


def _branch(tick: Tick, record: RunRecord, read: ReadBranches) -> tuple[RunRecord, Branch]:
    """Return what the run's branch has, and the record, which follows a branch that was renamed."""
    query = BranchQuery(record.repository, record.commits.base, record.commits.branch)
    shown = read([query])[query]
    moved = None if shown.head else tick.forge.moved_to(query)
    if moved is None:
        return record, shown
    name, shown = moved
    return replace(record, commits=replace(record.commits, branch=name)), shown


def _newest(record: RunRecord, branch: Branch) -> str:
    """Return the run's newest commit; where the branch was not read whole, the one on record."""
    found = run_commits(branch, record.run_id)
    known = found or (record.commits.pushed if not branch.complete else ())
    return known[-1] if known else ""


def _rests_on_rules(run: Followed) -> bool:
    """Say whether what the base demands matters now: something is to be done, or CI is silent."""
    decision, pushed_at = run.decision, run.record.commits.pushed_at
    silent = pushed_at is not None and run.observed.now - pushed_at >= SILENT
    return decision.action is not Action.WAIT or (silent and decision.rule != PEOPLE)


def _tip(record: RunRecord, branch: Branch, sight: PullSight) -> str:
    own = (*record.commits.pushed, *run_commits(branch, record.run_id))
    return tip_of(record, branch, sight, own)


def _said_of_tip(tick: Tick, record: RunRecord, branch: Branch, sight: PullSight) -> Spoken:
    """Return CI's verdict on the pull request's head; after the merge, on what landed.

    Only what landed has descendants that may stand in for it: on the base.
    """
    tip = _tip(record, branch, sight)
    above = sight.base.head if sight.merged else ""
    return _said(tick, record, tip, above, sight.rules.required or ())


def _spoken(tick: Tick, record: RunRecord, branch: Branch) -> Spoken:
    """Return CI's verdict on the run's newest commit.

    Where the commit's own CI was cancelled or never ran, that of the branch's tip, which contains
    the commit, counts if it is green; anything else it says means waiting. The tip's set of checks
    may still grow, so its grace counts from the tick that first saw the tip.
    """
    return _said(tick, record, _newest(record, branch), branch.head)


def _said(
    tick: Tick, record: RunRecord, newest: str, above: str, required: tuple[str, ...] = ()
) -> Spoken:
    if not newest:
        return Spoken()
    seen_at = record.commits.pushed_at if record.newest_commit == newest else None
    query = CommitQuery(record.repository, newest, seen_at or tick.now, required)
    verdict = tick.deps.ci.verdicts([query])[query]
    decided = verdict.status in (CIStatus.GREEN, CIStatus.RED)
    if decided or not verdict.superseded or above in ("", newest):
        return Spoken(verdict)
    head = record.commits.seen_head
    head_at = head.at if head is not None and head.sha == above else tick.now
    over = CommitQuery(record.repository, above, head_at)
    descendant = tick.deps.ci.verdicts([over])[over]
    if descendant.status is not CIStatus.GREEN:
        return Spoken(replace(verdict, status=CIStatus.PENDING), above)
    return Spoken(replace(descendant, sha=newest), above)
