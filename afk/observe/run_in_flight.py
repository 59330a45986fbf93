"""Observing one run in flight, twice if need be: once to decide, once more before acting.

Owns the order T3, issue, branch, CI for one run. An action that cannot be undone is decided a
second time on what was read again just before its first write; if the answer is no longer the
same, the action is dropped and the next tick decides afresh.
"""

from dataclasses import dataclass, replace

from afk.decide.decision import Decision
from afk.decide.lifecycle import decide
from afk.decide.observation import Observation, note, run_commits
from afk.decide.thread_facts import ThreadFacts
from afk.model.ci import CIVerdict
from afk.model.forge import Branch
from afk.observe.tick import Tick
from afk.ports import BranchQuery, CommitQuery
from afk.record.codec import Found
from afk.record.state import RunRecord
from afk.types import CIStatus, Issue


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
    """Observe a running run and decide. T3's bodies were read before the issue was."""
    thread = tick.t3.facts(found.record)
    record, branch = _branch(tick, found.record)
    spoken = _spoken(tick, record, branch)
    return _followed(tick, issue, found, record, thread, branch, spoken)


def follow_again(tick: Tick, before: Followed) -> Followed | None:
    """Read again what the decision rested on, and decide again.

    None when the issue or its record is gone or somebody else wrote the record. Where T3 could
    not be read at first it is not asked again: people's acts and deadlines decide without it.
    """
    if tick.t3.snapshot is not None:
        tick.t3.read_again()
    fresh = read_unchanged(tick, before.issue, before.found)
    if fresh is None:
        return None
    issue, found = fresh
    thread = tick.t3.facts(found.record)
    record, branch = _branch(tick, found.record)
    same = _newest(found.record, branch) == before.record.newest_commit
    spoken = Spoken(before.observed.verdict if same else None, before.observed.above)
    return _followed(tick, issue, found, record, thread, branch, spoken)


def read_unchanged(tick: Tick, issue: Issue, found: Found) -> tuple[Issue, Found] | None:
    """Read an issue again, with the record that was decided on.

    None when either is gone, or somebody else wrote the record meanwhile.
    """
    fresh = tick.deps.tracker.reread(issue.key)
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
    )
    record = note(observed, tick.config)
    return Followed(
        issue=issue,
        found=found,
        observed=observed,
        record=record,
        decision=decide(record, observed, tick.config),
    )


def _branch(tick: Tick, record: RunRecord) -> tuple[RunRecord, Branch]:
    """Return what the run's branch has, and the record, which follows a branch that was renamed."""
    query = BranchQuery(record.repository, record.commits.base, record.commits.branch)
    shown = tick.deps.tracker.branches([query])[query]
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


def _spoken(tick: Tick, record: RunRecord, branch: Branch) -> Spoken:
    """Return CI's verdict on the run's newest commit.

    Where the commit's own CI was cancelled or never ran, that of the branch's tip, which contains
    the commit, counts if it is green; anything else it says means waiting. The tip's set of checks
    may still grow, so its grace counts from the tick that first saw the tip.
    """
    newest = _newest(record, branch)
    if not newest:
        return Spoken()
    seen_at = record.commits.pushed_at if record.newest_commit == newest else None
    query = CommitQuery(record.repository, newest, seen_at or tick.now)
    verdict = tick.deps.ci.verdicts([query])[query]
    decided = verdict.status in (CIStatus.GREEN, CIStatus.RED)
    if decided or not verdict.superseded or branch.head in ("", newest):
        return Spoken(verdict)
    head = record.commits.seen_head
    head_at = head.at if head is not None and head.sha == branch.head else tick.now
    above = CommitQuery(record.repository, branch.head, head_at)
    descendant = tick.deps.ci.verdicts([above])[above]
    if descendant.status is not CIStatus.GREEN:
        return Spoken(replace(verdict, status=CIStatus.PENDING), branch.head)
    return Spoken(replace(descendant, sha=newest), branch.head)
