"""What is done about a run's pull request: opened, readied, updated, merged, waited for.

Each step is safe to repeat. A pull request is found again by its branch, a merge is pinned to the
head that was decided on, and what the forge refuses is a stated wait.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from afk.act.doorbell import ring_review
from afk.act.ending import end
from afk.act.record_book import comment_url, write
from afk.decide.approver import mention_of
from afk.decide.waiting import waits_now
from afk.errors import AfkError, OutsideFailure, Refused, answer_or_error, one_of_many
from afk.landing_config import MergePolicy
from afk.model.pull import MergeResult, Pull, UpdateResult
from afk.observe.ready_issue import closing_pulls
from afk.observe.run_in_flight import Followed
from afk.observe.tick import Tick
from afk.ports.landing import PullSpec
from afk.record.codec import Found
from afk.record.landing import Landing
from afk.record.state import RunRecord
from afk.text.cleaning import one_line
from afk.text.pull_texts import (
    FOREIGN_PULL,
    inert_title,
    merge_message,
    merge_title,
    pull_body,
    reminder,
)
from afk.types import Action, CIStatus, Reason, Verdict

_REFUSALS_FOR_GOOD: Final = frozenset({403, 422})
_OTHERS_NAMED: Final = 5
_ONCE_READY: Final[Mapping[MergePolicy, str]] = {
    "human": "somebody to review and merge it",
    "approved": "somebody to approve it, then afk merges it",
    "green": "afk to merge it",
}
_MERGE_TRIES: Final = 3
"""A forge that goes on saying "try again" about one head refuses it."""
_TIDYING: Final = timedelta(minutes=5)


def act_on_pull(tick: Tick, run: Followed) -> Found | None:
    """Take the step that was decided; returns the run's record, None when it was overtaken."""
    pull, step = _pull(run), _ON_A_PULL.get(run.decision.action)
    if step is not None and pull is not None:
        return step(tick, run, pull)
    return _WITHOUT_ONE[run.decision.action](tick, run)


def keep_waiting_for_people(tick: Tick, run: Followed) -> RunRecord:
    """Return the record of a run that waits for people; they are rung for when it comes to them."""
    sight = run.observed.landing
    pull = sight.pull if sight is not None else None
    record = waits_now(run.record, pull, tick.now)
    turns = len(record.dialogue.turns)
    if pull is None or record.landing.rung_turns >= turns:
        return record
    ring_review(tick, run.issue, record, pull)
    return replace(record, landing=replace(record.landing, rung_turns=turns))


def tidy_up(tick: Tick, run: Followed) -> bool:
    """Delete the branch of what was merged; close the pull request of what was merged by hand.

    Neither keeps a run from ending, but for a while where the forge only could not be asked.
    Returns whether the run may end now.
    """
    pull = _pull(run)
    if pull is None:
        return True
    with one_of_many(tick.deps.report, run.issue.key) as tidying:
        if pull.open:
            tick.deps.pulls.close(pull)
        tick.deps.pulls.delete_branch(pull)
    passing = isinstance(tidying.error, OutsideFailure) and not isinstance(tidying.error, Refused)
    green = run.record.commits.seen_verdict
    return not passing or green is None or tick.now - green.at >= _TIDYING


def _open(tick: Tick, run: Followed) -> Found | None:
    """Open the pull request, a draft as long as CI is not green; one that is there is found.

    The record is written first and not afterwards: as soon as it is open another tick may send a
    turn about it, which must not be written over. Its number is noted when it is next seen: of one
    that was merged it is forgotten, so that the next is looked for by its branch.
    """
    issue = run.issue
    # Asked before there is one of afk's own among them.
    landing = replace(run.record.landing, others=_others(tick, run), pull=0)
    found = _written(tick, run, landing, "CI of the pull request")
    if found is None:
        return None
    record = found.record
    verdict = run.observed.verdict
    green = verdict is not None and verdict.status is CIStatus.GREEN
    draft = tick.deps.pulls.has_drafts and not green
    spec = PullSpec(
        repo=record.repository,
        head=record.landing.branch,
        base=record.commits.branch,
        title=inert_title(issue.title),
        body=pull_body(issue, record, comment_url(tick, found)),
        draft=draft,
    )
    try:
        pull = tick.deps.pulls.open(spec)
    except Refused as error:
        if error.status not in _REFUSALS_FOR_GOOD:
            raise
        tick.deps.report.error(error, key=issue.key)
        detail = one_line(error.what, 200).replace("`", "'")
        reason = Reason.PULL_REFUSED
        thread = run.observed.thread
        return end(tick, issue, found, record, thread, Verdict.FROZEN, reason, detail)
    tick.deps.report.event(f"opened pull request #{pull.number}", key=issue.key)
    return found


def _others(tick: Tick, run: Followed) -> tuple[str, ...]:
    """Return whose pull requests say they close the issue, too: people are told, nothing waits.

    Those elsewhere are left out: the reader may not know of their repository.
    """
    landing = run.record.landing
    found = answer_or_error(lambda: closing_pulls(tick, [run.issue])[run.issue.key])
    if isinstance(found, AfkError):
        tick.deps.report.warn(f"others' pull requests cannot be read: {found}", key=run.issue.key)
        return landing.others
    here = [one for one in found if one.repo == run.record.repository]
    beside = [one for one in here if one.head_ref != landing.branch]
    return tuple(f"{one.repo}#{one.number}" for one in beside)[-_OTHERS_NAMED:]


def _close_foreign(tick: Tick, run: Followed) -> Found | None:
    """Close what strangers opened from the run's branch: its author would be the work's."""
    sight = run.observed.landing
    for pull in sight.foreign if sight is not None else ():
        tick.deps.pulls.close(pull)
        tick.deps.pulls.comment(pull, FOREIGN_PULL)
        tick.deps.report.event(
            f"closed a stranger's pull request #{pull.number}", key=run.issue.key
        )
    return run.found


def _ready(tick: Tick, run: Followed, pull: Pull) -> Found | None:
    tick.deps.pulls.ready(pull)
    tick.deps.report.event(f"pull request #{pull.number} is ready for review", key=run.issue.key)
    landing = replace(run.record.landing, ready_at=tick.now, others=_others(tick, run))
    policy = tick.config.merge_of(run.record.repository)
    return _written(tick, run, landing, _ONCE_READY[policy])


def _update(tick: Tick, run: Followed, pull: Pull) -> Found | None:
    """Have the forge bring the base into the branch; it may tell so that they conflict."""
    result = tick.deps.pulls.update(pull)
    tick.deps.report.event(f"update of the branch: {result.value}", key=run.issue.key)
    landing = run.record.landing
    if result is UpdateResult.HEAD_MOVED:
        return run.found
    if result is UpdateResult.CONFLICT:
        landing = replace(landing, conflict_head=pull.head_sha)
        return _written(
            tick, run, landing, "the agent, which is told to resolve the conflict with the base"
        )
    landing = replace(landing, updated_from=(*landing.updated_from, pull.head_sha))
    return _written(tick, run, landing, "CI, with the base brought in")


def _rerun(tick: Tick, run: Followed) -> Found | None:
    """Run what failed once more; where the forge will not, a later tick asks once more.

    The record is written first, as for `_open`: while it runs again CI is not red, and another
    tick may send a turn about a review. A tick that dies in between has spent the attempt.
    """
    record, tip = run.record, run.record.newest_commit
    landing = record.landing
    if landing.rerun_of != tip:
        landing = replace(landing, rerun_of=tip, reruns=0, rerun_refusals=0)
    asked = replace(landing, rerun_at=tick.now, reruns=landing.reruns + 1)
    words = "CI, whose failed jobs are run again before the agent is told"
    written = _written(tick, run, asked, words)
    if written is None:
        return None
    if tick.deps.evidence.rerun_failed(record.repository, tip):
        tick.deps.report.event("running what failed again", key=run.issue.key)
        return written
    tick.deps.report.event("what failed cannot be run again now", key=run.issue.key)
    refused = replace(asked, reruns=landing.reruns, rerun_refusals=landing.rerun_refusals + 1)
    return write(
        tick, run.issue, written, replace(written.record, landing=refused), waiting_for=words
    )


def _merge(tick: Tick, run: Followed, pull: Pull) -> Found | None:
    """Merge at the head that was decided on; a refusal is written down and waited out."""
    record, issue = run.record, run.issue
    merged = tick.deps.pulls.merge(
        pull,
        tick.config.method_of(record.repository),
        title=merge_title(issue, pull.number),
        message=merge_message(issue, record),
    )
    said = f": {one_line(merged.says, 200)}" if merged.says else ""
    tick.deps.report.event(f"merge of #{pull.number}: {merged.result.value}{said}", key=issue.key)
    landing = record.landing
    match merged.result:
        case MergeResult.MERGED:
            return _written(tick, run, landing, "CI of what landed")
        case MergeResult.QUEUED:
            return _written(tick, run, landing, "the merge queue")
        case MergeResult.CONFLICT:
            landing = replace(landing, conflict_head=pull.head_sha)
            return _written(
                tick, run, landing, "the agent, which is told to resolve the conflict with the base"
            )
        case MergeResult.HEAD_MOVED | MergeResult.TRY_AGAIN:
            tries = landing.tries + 1 if landing.tried_head == pull.head_sha else 1
            if tries < _MERGE_TRIES:
                landing = replace(landing, tried_head=pull.head_sha, tries=tries)
                return _written(tick, run, landing, "the forge to take the merge")
    tick.deps.report.warn(f"the forge does not let #{pull.number} be merged{said}", key=issue.key)
    landing = replace(landing, refused_at=tick.now, refused_head=pull.head_sha, tries=0)
    return _written(tick, run, landing, "what the branch's rules still demand")


def _remind(tick: Tick, run: Followed, pull: Pull) -> Found | None:
    """Remind people once; that it was done is written down first."""
    landing = replace(run.record.landing, reminded_at=tick.now)
    written = _written(tick, run, landing, "somebody to review and merge it")
    if written is not None:
        days = (tick.now - (landing.waiting_since or tick.now)).days
        who = mention_of(run.issue, run.record.approval.actor_id) if tick.config.mention else ""
        tick.deps.tracker.create_comment(run.issue, reminder(who, pull.url, days))
        tick.deps.report.event("reminded of the pull request", key=run.issue.key)
    return written


def _pull(run: Followed) -> Pull | None:
    return run.observed.landing.pull if run.observed.landing is not None else None


def _written(tick: Tick, run: Followed, landing: Landing, waiting_for: str) -> Found | None:
    record = replace(run.record, landing=landing)
    return write(tick, run.issue, run.found, record, waiting_for=waiting_for)


_WITHOUT_ONE: Final[Mapping[Action, Callable[[Tick, Followed], Found | None]]] = {
    Action.OPEN_PULL: _open,
    Action.CLOSE_FOREIGN_PULLS: _close_foreign,
    Action.RERUN_CI: _rerun,
}
_ON_A_PULL: Final[Mapping[Action, Callable[[Tick, Followed, Pull], Found | None]]] = {
    Action.READY_PULL: _ready,
    Action.UPDATE_BRANCH: _update,
    Action.MERGE: _merge,
    Action.REMIND: _remind,
}
STEPS: Final = frozenset({*_WITHOUT_ONE, *_ON_A_PULL})
"""What is done here; the rest of a landing are turns and ends like any other run's."""
