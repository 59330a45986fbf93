"""One run as one tick sees it, and what of it is written down.

Pure. `note` folds an observation into the record: facts get the time of the tick that first saw
them, a turn's end is kept because T3 forgets it, clocks stand still while nothing counts. Rules
(`afk.decide.lifecycle`) then look at the noted record, never at a server's own times.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from afk.config import Config
from afk.decide import usage_limit
from afk.decide.asks import Ask
from afk.decide.commit_messages import carries_trailer
from afk.decide.pull_sight import PullSight, taken_over, tip_of
from afk.decide.thread_facts import ThreadFacts
from afk.model.agent import Presence
from afk.model.ci import CIVerdict
from afk.model.forge import Branch
from afk.record.groups import MAX_PUSHED, SeenHead, SeenVerdict
from afk.record.state import MAX_ASKED, Asked, Outcome, RunRecord, Turn
from afk.text.failing import failed_digest
from afk.text.questions import digest, question
from afk.types import CIStatus, Issue, Phase, ThreadStatus

_OUTCOME_OF: Final = {
    ThreadStatus.IDLE: Outcome.COMPLETED,
    ThreadStatus.ERROR: Outcome.ERROR,
    ThreadStatus.INTERRUPTED: Outcome.INTERRUPTED,
}
_OF_ONE_COMMIT: Final = frozenset({Phase.CI, Phase.DEPLOYED})
_TAKEN_AWAY: Final = frozenset({Presence.ARCHIVED, Presence.DELETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything one tick knows about one run, read in the order T3, issue, branch, CI.

    ``own`` holds the ids of afk's own accounts. ``verdict`` is None when nothing is pushed.
    ``above`` is the branch's tip where the run's own CI was superseded and the tip may decide.
    ``landing`` is what was seen of its pull request, None where it pushes to the branch;
    ``branch`` is then the run's own. ``can_rerun``: the forge can run failed jobs again. ``asks``:
    what people who may approve said to afk and nobody has answered yet.
    """

    now: datetime
    record: RunRecord
    issue: Issue
    thread: ThreadFacts
    branch: Branch
    verdict: CIVerdict | None = None
    above: str = ""
    own: Collection[int] = field(default_factory=frozenset)
    landing: PullSight | None = None
    can_rerun: bool = False
    asks: tuple[Ask, ...] = ()


def run_commits(branch: Branch, run_id: str) -> tuple[str, ...]:
    """Return the shas of the branch's commits that carry the run's trailer, oldest first.

    Git passes messages on verbatim (recordings/forgejo/*/138-compare-slim.json), and agents write
    the trailer as their shells let them.
    """
    return tuple(
        commit.sha for commit in reversed(branch.commits) if carries_trailer(commit.message, run_id)
    )


def off_the_branch(observed: Observation, record: RunRecord) -> bool:
    """Say whether all that the run pushed is gone: a reset, a rebase, a forced push."""
    branch, pushed, sight = observed.branch, record.commits.pushed, observed.landing
    if sight is not None:
        # What landed only just may not be shown on the base yet.
        known = bool(observed.record.landing.merged) and sight.merged
        shas = {one.sha for one in sight.base.commits}
        return known and sight.base.complete and not shas.intersection(pushed)
    shown = bool(branch.complete and branch.head)
    return bool(pushed) and shown and not run_commits(branch, record.run_id)


def note(observed: Observation, config: Config) -> RunRecord:
    """Return the record with everything this tick saw for the first time written into it."""
    record = _note_sight(observed.record, observed)
    record = _note_turn(record, observed, config)
    record = _note_questions(record, observed)
    record = _note_spent(record, observed)
    record = _note_wait_over(record, observed, config)
    record = _note_pushes(record, observed)
    record = _note_verdict(record, observed)
    phases = {**observed.thread.phases, **record.phases}
    return replace(record, phases=phases) if phases != record.phases else record


def _note_sight(record: RunRecord, observed: Observation) -> RunRecord:
    """Keep account of the time in which T3 did not show the run."""
    if observed.thread.seen:
        return record.seen_again(observed.now)
    return record.out_of_sight(observed.now)


def _note_questions(record: RunRecord, observed: Observation) -> RunRecord:
    """Note what the agent asks, the first few times: of the text only its digest."""
    known = {one.id for one in record.dialogue.asked}
    fresh = (
        Asked(id=one.id, at=observed.now, digest=digest(question(one.text)))
        for one in observed.thread.pending
        if one.id not in known
    )
    asked = (*record.dialogue.asked, *fresh)[:MAX_ASKED]
    return replace(record, dialogue=replace(record.dialogue, asked=asked))


def _note_turn(record: RunRecord, observed: Observation, config: Config) -> RunRecord:
    """Note that the last turn was accepted, and how it ended."""
    turn = record.turn
    thread = observed.thread
    if turn is None or not thread.seen:
        return record
    if turn.message_id in thread.requested_at and turn.requested_at is None:
        turn = replace(
            turn,
            sent_at=turn.sent_at or observed.now,
            requested_at=thread.requested_at[turn.message_id],
        )
        record = record.with_turn(turn)
    if turn.sent_at is None or turn.outcome is not None:
        return record
    outcome = _outcome(turn, thread)
    if outcome is None:
        return record
    limit = None
    if outcome is Outcome.ERROR:
        # "resets 10am" is the 10am after it was said, however late this tick sees it.
        said_at = thread.error_at or observed.now
        limit = usage_limit.read(thread.error, said_at, config.t3.timezone)
        if thread.limit is not None:
            # T3's own word for it; where that names no reset, the text still may.
            reset = thread.limit.reset or (limit.reset if limit else None)
            limit = usage_limit.UsageLimit(reset)
    ended = replace(turn, outcome=Outcome.LIMITED if limit else outcome, outcome_at=observed.now)
    record = record.with_turn(ended)
    return _note_limit(record, observed.now, limit) if limit else record


def _note_spent(record: RunRecord, observed: Observation) -> RunRecord:
    """Note what ended turns used, where T3 shows it; what is still running is not counted yet."""
    spent = observed.thread.spent
    turns = tuple(
        replace(turn, tokens_in=used[0], tokens_out=used[1])
        if turn.outcome is not None and (used := spent.tokens.get(turn.message_id))
        else turn
        for turn in record.dialogue.turns
    )
    if turns != record.dialogue.turns:
        record = replace(record, dialogue=replace(record.dialogue, turns=turns))
    turn = record.turn
    if not spent.currency or turn is None or turn.outcome is None:
        return record
    cost = f"{spent.amount:.2f} {spent.currency}"
    return replace(record, thread=replace(record.thread, cost=cost))


def _outcome(turn: Turn, thread: ThreadFacts) -> Outcome | None:
    """Return how the turn ended, None while it has not or T3 does not tell.

    A present thread that lacks the message shows nothing of this turn.
    """
    if thread.presence is Presence.VANISHED:
        return Outcome.VANISHED
    if thread.presence is not Presence.PRESENT or turn.message_id not in thread.requested_at:
        return None
    return _OUTCOME_OF.get(thread.status) if thread.status else None


def _note_limit(record: RunRecord, now: datetime, limit: usage_limit.UsageLimit) -> RunRecord:
    """Start waiting: until the named reset, else (or when one did not hold) a growing pause."""
    pauses = record.pauses
    times = pauses.times_limited + 1
    next_try = now + usage_limit.pause(times)
    first_reset = pauses.first_reset
    if limit.reset is not None and limit.reset > now:
        next_try = limit.reset if times == 1 else max(limit.reset, next_try)
        first_reset = first_reset or limit.reset
    limited = replace(
        pauses, times_limited=times, limited_at=now, next_try=next_try, first_reset=first_reset
    )
    return replace(record, pauses=limited)


def _note_wait_over(record: RunRecord, observed: Observation, config: Config) -> RunRecord:
    """End a wait that no "go on" will end: then clocks run again and the provider opens.

    Its time is used up, afk may send this run no more turns, or the thread is gone.
    """
    thread, next_try = observed.thread, record.pauses.next_try
    barred = thread.foreign or record.thread.rebuilt or thread.presence in _TAKEN_AWAY
    gone = thread.presence is Presence.VANISHED and (next_try is None or observed.now >= next_try)
    spent = record.pauses.waited(observed.now) >= config.usage_wait_seconds
    return record.resumed(observed.now) if barred or gone or spent else record


def _note_pushes(record: RunRecord, observed: Observation) -> RunRecord:
    """Note the run's commits; the newest one's first sight starts CI's clock."""
    known, found = record.commits, run_commits(observed.branch, record.run_id)
    if not observed.branch.complete or not found or record.landing.branch:
        # Absence proves nothing here, or somebody took everything off: keep what was seen before.
        # A branch of the run's own is rebased, squashed and deleted, and what it held is the run's
        # all the same.
        found = (*(sha for sha in known.pushed if sha not in found), *found)
    landed, sight = record.landing, observed.landing
    if sight is not None:
        tip = tip_of(record, observed.branch, sight, found)
        merged = sight.pull.merge_commit if sight.merged and sight.pull is not None else ""
        found = (*found, merged) if merged and merged not in found else found
        number = sight.pull.number if sight.pull is not None else landed.pull
        landed = replace(landed, tip=tip, pull=number, merged=merged or landed.merged)
        if observed.branch.head:  # it is read only where it moved
            foreign = taken_over(record, observed.branch, sight, found)
            landed = replace(landed, taken_over=foreign)
    found = found[-MAX_PUSHED:]
    if (found, landed) == (known.pushed, record.landing):
        return record
    before = record.newest_commit
    record = replace(record, landing=landed)
    newest = landed.tip if sight is not None else "".join(found[-1:])
    newest_changed = newest != before
    pushed_at = observed.now if newest_changed and found else known.pushed_at
    phases = {Phase.PUSHED: observed.now, **record.phases} if found else record.phases
    if newest_changed:
        phases = {phase: at for phase, at in phases.items() if phase not in _OF_ONE_COMMIT}
    commits = replace(known, pushed=found, pushed_at=pushed_at)
    return replace(record, commits=commits, phases=phases)


def _note_verdict(record: RunRecord, observed: Observation) -> RunRecord:
    """Note the tick that first saw a verdict, and the run's first red."""
    verdict = observed.verdict
    if verdict is None or verdict.sha != record.newest_commit:
        return record
    commits = record.commits
    if observed.above and (commits.seen_head is None or commits.seen_head.sha != observed.above):
        commits = replace(commits, seen_head=SeenHead(sha=observed.above, at=observed.now))
    phases = dict(record.phases)
    stages = {stage.stage: stage.status for stage in verdict.stages}
    if stages.get("build") is CIStatus.GREEN:
        phases.setdefault(Phase.CI, observed.now)
    if verdict.status is CIStatus.GREEN:
        phases.setdefault(Phase.CI, observed.now)
        if len(verdict.stages) > 1:
            phases.setdefault(Phase.DEPLOYED, observed.now)
    record = replace(record, commits=commits, phases=phases)
    seen = commits.seen_verdict
    if verdict.status not in (CIStatus.GREEN, CIStatus.RED):
        if seen is None or seen.sha != verdict.sha or seen.over:
            return record
        return replace(record, commits=replace(commits, seen_verdict=replace(seen, over=True)))
    if seen is None or (seen.sha, seen.status) != (verdict.sha, verdict.status):
        seen = SeenVerdict(sha=verdict.sha, status=verdict.status, at=observed.now)
    commits = replace(
        commits, seen_verdict=replace(seen, failed=failed_digest(verdict), over=False)
    )
    if verdict.status is CIStatus.RED and commits.first_red_at is None:
        commits = replace(commits, first_red_at=observed.now)
    return replace(record, commits=commits)
