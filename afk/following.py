"""Observing one run in flight, twice if need be: once to decide, once more before acting.

Owns the order T3, issue, branch, CI for one run. An action that cannot be undone is decided a
second time on what was read again just before its first write; if the answer is no longer the
same, the action is dropped and the next tick decides afresh.
"""

from dataclasses import dataclass, replace

from afk.ci_types import CIVerdict
from afk.decision import Decision
from afk.forge_types import Branch
from afk.lifecycle import decide
from afk.observation import Observation, note, run_commits
from afk.ports import BranchQuery, CommitQuery
from afk.run import RunRecord
from afk.run_record import Found
from afk.thread_facts import ThreadFacts
from afk.tick import Tick
from afk.types import CIStatus, Issue


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
    thread = tick.facts(found.record)
    branch = _branch(tick, found.record)
    verdict = _verdict(tick, found.record, branch)
    return _decide(tick, issue, found, thread, branch, verdict)


def follow_again(tick: Tick, before: Followed) -> Followed | None:
    """Read again what the decision rested on, and decide again.

    None when the issue or its record is gone or somebody else wrote the record.
    """
    tick.reread_agent()
    issue = tick.deps.tracker.reread(before.issue.key)
    if issue is None:
        return None
    found = tick.records(issue).of(before.found.record.run_id)
    if found is None or found.record != before.found.record:
        return None
    thread = tick.facts(found.record)
    branch = _branch(tick, found.record)
    same = run_commits(branch, found.record.run_id)[-1:] == before.record.pushed[-1:]
    verdict = before.observed.verdict if same else None
    return _decide(tick, issue, found, thread, branch, verdict)


def still_holds(before: Followed, again: Followed | None) -> bool:
    """Say whether the second look came to the same decision."""
    if again is None:
        return False
    return (again.decision.action, again.decision.reason) == (
        before.decision.action,
        before.decision.reason,
    )


def _decide(
    tick: Tick,
    issue: Issue,
    found: Found,
    thread: ThreadFacts,
    branch: Branch,
    verdict: CIVerdict | None,
) -> Followed:
    observed = Observation(
        now=tick.now,
        record=found.record,
        issue=issue,
        thread=thread,
        branch=branch,
        verdict=verdict,
        own=tick.own,
    )
    record = note(observed, tick.config)
    return Followed(
        issue=issue,
        found=found,
        observed=observed,
        record=record,
        decision=decide(record, observed, tick.config),
    )


def _branch(tick: Tick, record: RunRecord) -> Branch:
    query = BranchQuery(record.repository, record.base_commit, record.branch)
    return tick.deps.tracker.branches([query])[query]


def _verdict(tick: Tick, record: RunRecord, branch: Branch) -> CIVerdict | None:
    """Return CI's verdict on the run's newest commit.

    The own verdict wins. Where the commit's own CI was cancelled or never ran, the branch's head,
    which contains it, may say green; anything else it says only means waiting.
    """
    commits = run_commits(branch, record.run_id)
    if not commits:
        return None
    newest = commits[-1]
    seen_at = record.pushed_at if record.newest_commit == newest else None
    query = CommitQuery(record.repository, newest, seen_at or tick.now)
    verdict = tick.deps.ci.verdicts([query])[query]
    decided = verdict.status in (CIStatus.GREEN, CIStatus.RED)
    if decided or not verdict.superseded or branch.head in ("", newest):
        return verdict
    above = CommitQuery(record.repository, branch.head, seen_at or tick.now)
    descendant = tick.deps.ci.verdicts([above])[above]
    if descendant.status is not CIStatus.GREEN:
        return replace(verdict, status=CIStatus.PENDING)
    return replace(descendant, sha=newest)
