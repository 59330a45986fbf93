"""How a run lands by pull request: what a tick does about it once the agent has pushed.

Pure. `land` stands around the fixed table: before the merge its obstacles come one at a time
(conflict, red, review, behind), then it is made ready and merged, by people or by policy; after
the merge the table decides on what landed as it does on a push. What only people can take further
waits for them under the rule `PEOPLE`, with no agent and no place held.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from afk.decide import reviews
from afk.decide.decision import Decision, wait
from afk.decide.pull_sight import PullSight, landed_by_hand, needs_pull, strayed
from afk.decide.rule_view import View
from afk.model.pull import Mergeability, Pull, PullState, QueueState
from afk.record.state import Purpose
from afk.text.cleaning import one_line
from afk.types import Action, CIStatus, Reason

PEOPLE: Final = "people"
LANDING: Final = "landing"
MAX_UPDATES: Final = 10
"""Each costs a whole CI run: on a base that moves faster than CI, people have to step in."""
SILENT: Final = timedelta(minutes=15)
_RERUN_TRIES: Final = 2
_ASTRAY_NAMED: Final = 5
_TAKEN_OVER: Final = (
    "somebody else pushed to its branch, so it is theirs: afk sends the agent nothing more and "
    "does not merge it"
)
_TO_APPROVE: Final = (
    "it is green: somebody who may write here has to approve this very commit, then afk merges it"
)
_NO_METHOD: Final = (
    "the repository does not allow merge_method: {method}: allow it, set another, or merge by hand"
)
_ASK_AGAIN: Final = timedelta(hours=1)
"""After a refusal to merge nothing tells when the rule behind it is met."""

NEEDS_AN_ENDED_TURN: Final = frozenset(
    {
        Action.READY_PULL,
        Action.UPDATE_BRANCH,
        Action.RERUN_CI,
        Action.REBASE,
        Action.REVIEW,
        Action.MERGE,
        Action.REMIND,
    }
)


def ended_by_people(view: View) -> Decision | None:
    """Return the end of a run whose pull request a person closed, or whose work went astray."""
    sight = view.observed.landing
    if sight is None:
        return None
    astray = strayed(view.record, sight, view.on_base)
    if astray:
        shas = " ".join(astray[-_ASTRAY_NAMED:])
        return Decision(Action.FREEZE_ESCALATE, LANDING, Reason.PUSHED_TO_BASE, shas)
    pull = sight.pull
    if pull is not None and pull.state is PullState.CLOSED:
        return Decision(Action.END_STOPPED, "person-acted", Reason.PULL_CLOSED, f"#{pull.number}")
    return None


def land(view: View, sight: PullSight, table: Callable[[], Decision]) -> Decision:
    """Return what is done about a run that lands by pull request; ``table`` is the fixed one."""
    if not view.pushed:
        return table()
    if sight.foreign:
        return Decision(Action.CLOSE_FOREIGN_PULLS, LANDING)
    if needs_pull(view.record, sight):
        gone = not view.observed.branch.head
        return wait(LANDING, "its branch is gone") if gone else Decision(Action.OPEN_PULL, LANDING)
    pull = sight.pull
    if pull is None or not pull.open or landed_by_hand(view.record, sight):
        return _after_the_merge(view, table)
    return _open(view, sight, pull, table)


def _after_the_merge(view: View, table: Callable[[], Decision]) -> Decision:
    again = _rerun(view) if view.ci is CIStatus.RED else None
    return again or table()


def _open(view: View, sight: PullSight, pull: Pull, table: Callable[[], Decision]) -> Decision:
    """Take one obstacle at a time; conflict before CI, which a conflict may keep from starting."""
    if pull.truncated:
        return _people(
            view, "it has more reviews and comments than afk reads: somebody has to merge it"
        )
    if view.record.landing.taken_over:
        return _people(view, _TAKEN_OVER)
    conflict = view.record.landing.conflict_head == pull.head_sha
    if conflict or pull.mergeability is Mergeability.CONFLICT:
        return _conflict(view)
    if view.ci is CIStatus.RED:
        return _rerun(view) or table()
    review = _review(view, sight, pull)
    if review is not None:
        return review
    return _green(view, sight, pull) if view.ci is CIStatus.GREEN else _named(view, table())


def _named(view: View, decision: Decision) -> Decision:
    """Say after a while what CI has not said: a required check that never reports is named."""
    pushed_at, verdict = view.record.commits.pushed_at, view.observed.verdict
    silent = pushed_at is not None and view.now - pushed_at >= SILENT
    if decision.action is not Action.WAIT or not silent or verdict is None or not verdict.reason:
        return decision
    return replace(decision, detail=f"{decision.detail}: {verdict.reason}")


def named_silence(view: View, due: Decision) -> Decision:
    """Say of a CI that gave no word in time which check is missing, where that is known."""
    verdict = view.observed.verdict
    missing = verdict.reason if verdict is not None and view.observed.landing is not None else ""
    if due.reason is not Reason.CI_SILENT or not missing:
        return due
    shown = one_line(missing, 200).replace("`", "'")
    return replace(due, detail=f"{due.detail}: {shown}")


def _conflict(view: View) -> Decision:
    """The agent rebases, a bounded number of times."""
    bound = f"conflict_turns={view.config.conflict_turns}"
    if view.no_more_turns:
        return Decision(Action.FREEZE_ESCALATE, LANDING, view.no_more_turns)
    if view.record.turns_for(Purpose.REBASE) >= view.config.conflict_turns:
        return Decision(Action.FREEZE_ESCALATE, LANDING, Reason.CONFLICT, bound)
    if not view.observed.thread.seen:
        return wait(LANDING, "T3 to show the agent: the pull request conflicts with its base")
    return Decision(Action.REBASE, LANDING)


def _rerun(view: View) -> Decision | None:
    """Before a turn is paid for, what failed runs once more, where the forge can do that.

    For a while after that the old failure is still shown.
    """
    settings = view.config.repository(view.record.repository).ci
    landing, tip = view.record.landing, view.record.newest_commit
    same = landing.rerun_of == tip
    if same and landing.rerun_at is not None:
        shown = landing.rerun_at + timedelta(seconds=settings.grace_seconds)
        if view.now < shown:
            return wait("rerun", "what failed is to run again", shown)
    spent = same and landing.reruns >= settings.reruns
    # Jobs of a run that is not over cannot be run again yet, which looks like a no for good.
    refused = same and landing.rerun_refusals >= _RERUN_TRIES
    if spent or refused or not settings.reruns or not view.observed.can_rerun:
        return None
    return Decision(Action.RERUN_CI, "rerun")


def _review(view: View, sight: PullSight, pull: Pull) -> Decision | None:
    """Reviewers' words become one turn, once they have been silent for a while."""
    found = reviews.asked(view.record, pull, sight, view.observed.own)
    if not found:
        return None
    until = reviews.quiet_until(found, view.config)
    if view.now < until:
        return wait("review", "a review is under way", until)
    if view.no_more_turns:
        return _people(view, "afk may send this agent nothing more; the review is left to people")
    if view.record.turns_for(Purpose.REVIEW) >= view.config.review_turns:
        bound = f"review_turns={view.config.review_turns}"
        return Decision(Action.PARK, LANDING, Reason.REVIEWS_SPENT, bound)
    if not view.observed.thread.seen:
        return wait("review", "T3 to show the agent")
    return Decision(Action.REVIEW, LANDING)


def _green(view: View, sight: PullSight, pull: Pull) -> Decision:
    """Green and nothing asked: make it ready, bring the base in where that is due, merge."""
    landing, base = view.record.landing, view.record.commits.branch
    policy = view.config.merge_of(view.record.repository)
    if pull.draft:
        if landing.ready_at is None and sight.drafts:
            return Decision(Action.READY_PULL, LANDING)
        return _people(
            view, "somebody made it a draft again; afk goes on once it is ready for review"
        )
    if pull.base_ref != base:
        return _people(view, "somebody gave it another base; afk goes on once that is undone")
    if pull.queue is not None:
        return _queued(view, pull.queue)
    behind = pull.behind is None or pull.behind > 0
    if behind and _should_update(view, sight, pull, by_afk=policy != "human"):
        if len(landing.updated_from) >= MAX_UPDATES:
            return _people(view, "its base moves on faster than CI: somebody has to merge it")
        return Decision(Action.UPDATE_BRANCH, LANDING)
    if policy == "human":
        return _people(view, "it is green: somebody has to review and merge it")
    objected = reviews.objected(pull, sight, view.observed.own)
    if policy == "approved" and (objected or not reviews.approved(pull, sight, view.observed.own)):
        return _people(view, _TO_APPROVE)
    if objected:
        return _people(view, "somebody asked for changes and has not taken that back")
    return _merge(view, sight, pull)


def _queued(view: View, state: QueueState) -> Decision:
    if state is QueueState.STUCK:
        return _people(view, "it is stuck in the merge queue: its page says why")
    return wait(LANDING, "the merge queue")


def _should_update(view: View, sight: PullSight, pull: Pull, *, by_afk: bool) -> bool:
    """Say whether the base has to be brought in: its rules say so, or only so a merge is tested.

    Where the forge does not tell whether it conflicts, trying is the only way to find out. Nor does
    GitHub tell everybody whether a branch has to be up to date: then a refused merge says so.
    """
    landing = view.record.landing
    tried = pull.head_sha in landing.updated_from
    refused = sight.rules.up_to_date is None and landing.refused_head == pull.head_sha
    wanted = (
        sight.rules.up_to_date is True
        or (by_afk and (refused or not sight.tests_the_merge))
        or pull.mergeability is Mergeability.UNKNOWN
    )
    return wanted and not tried


def _merge(view: View, sight: PullSight, pull: Pull) -> Decision:
    """Merge, unless the forge has just refused this very head or says that afk may not."""
    landing = view.record.landing
    method = view.config.method_of(view.record.repository)
    if sight.rules.methods is not None and method not in sight.rules.methods:
        return _people(view, _NO_METHOD.format(method=method))
    if sight.rules.may_merge is False:
        return _people(view, "the branch's rules do not let afk merge; somebody has to")
    refused = landing.refused_at if landing.refused_head == pull.head_sha else None
    if refused is not None and view.now < refused + _ASK_AGAIN:
        blocked = f" ({pull.blocked_by})" if pull.blocked_by else ""
        said = f"the branch's rules do not let it be merged yet{blocked}"
        return _people(view, f"{said}; the pull request's page says what is missing")
    return Decision(Action.MERGE, LANDING)


def _people(view: View, detail: str) -> Decision:
    """Wait for people: one reminder, then it is handed back; the pull request stays open."""
    config, landing = view.config, view.record.landing
    since = landing.waiting_since or view.now
    over = since + timedelta(seconds=config.review_seconds)
    if view.now >= over:
        bound = f"review_seconds={config.review_seconds}"
        return Decision(Action.PARK, PEOPLE, Reason.NO_REVIEW, bound)
    remind = since + timedelta(seconds=config.review_remind_seconds)
    if landing.reminded_at is not None:
        return wait(PEOPLE, detail, over)
    return Decision(Action.REMIND, PEOPLE) if view.now >= remind else wait(PEOPLE, detail, remind)
