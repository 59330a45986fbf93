"""Starting a run: claim, thread, referee, first turn, label, record.

Write-ahead, so that a crash anywhere leaves a state that the next tick completes and never
repeats: every id is computed from the run, the claim stands before T3 is asked for anything, and
T3 itself decides between two ticks that claimed different issues of one repository.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from afk.act.ending import begin, finish, stop_if_over
from afk.act.labels import put_labels
from afk.act.record_book import surroundings, write
from afk.act.referee import BAD_REQUEST, MAX_DISPATCH_FAILURES, ensure_project, goes_on
from afk.decide.approval import is_trusted, may_write
from afk.decide.thread_facts import NO_THREAD
from afk.errors import Refused
from afk.issue_implementer_prompt import MAX_COMMENTS, Assignment, first_turn
from afk.model.agent import ThreadDetail
from afk.observe.tick import Tick
from afk.ports import ThreadSpec
from afk.record import names
from afk.record.codec import Found
from afk.record.state import Purpose, RunRecord, Stage, Turn
from afk.text.cleaning import one_line
from afk.types import Account, Comment, Issue, IssueKey, Permission, Reason, Verdict

_CAUSE: Final = 200
"""Characters of T3's own words that a record keeps."""
MAX_AUTHORS: Final = 20
"""Of a comment's author only the forge knows the rights; anybody can comment."""


def claim(tick: Tick, issue: Issue, found: Found | None, record: RunRecord) -> Found | None:
    """Write the claim and start; ``record`` is new or stands at ``approved``.

    The issue, its record and the gates were read again just before. Returns the record as it
    stands afterwards, None when another tick was first.
    """
    prepare(tick, issue.repo.name)
    claimed = replace(
        record,
        stage=Stage.CLAIMED,
        claimed_at=tick.now,
        environment_id=tick.snapshot.environment_id if tick.snapshot is not None else "",
        base_commit=tick.bases[issue.repo.name],
        branch=_branch(tick, issue.repo.name),
    )
    claimed = with_attempt(claimed, record.attempt)
    written = write(tick, issue, found, claimed, surroundings(tick, claimed))
    if written is None:
        return None
    tick.deps.report.event(f"claimed (run {names.short(record.run_id)})", key=issue.key)
    return dispatch(tick, issue, written)


def prepare(tick: Tick, repo: str) -> None:
    """See to what every start in a repository needs, once a tick: its base and its labels.

    What fails here fails before anything is claimed.
    """
    if repo in tick.bases:
        return
    tracker, config = tick.deps.tracker, tick.config
    base = tracker.head(repo, _branch(tick, repo))
    if not tick.deps.dry_run:
        labels = (config.ready_label, config.in_progress_label, config.human_label)
        tracker.ensure_labels(repo, labels)
    tick.bases[repo] = base


def _branch(tick: Tick, repo: str) -> str:
    return tick.branch_of(repo) or tick.deps.tracker.repository(repo).default_branch


def with_attempt(record: RunRecord, attempt: int) -> RunRecord:
    """Return the record with the ids of this attempt at the first turn."""
    first = Turn(
        number=1,
        purpose=Purpose.FIRST,
        message_id=names.message_id(record.run_id, 1, attempt),
        attempt=attempt,
        thread=attempt,
    )
    thread_id = names.thread_id(record.run_id, attempt)
    return replace(record, attempt=attempt, thread_id=thread_id, turns=(first,))


def dispatch(tick: Tick, issue: Issue, found: Found) -> Found | None:
    """Go from a claim to a running turn; safe to repeat under the same ids."""
    record = found.record
    text = _first_message(tick, issue, record)  # may ask the forge, whose refusals are no T3's
    refused = Reason.WORKSPACE_REFUSED
    try:
        project = ensure_project(tick, record)
        refused = Reason.START_REFUSED
        spec = thread_spec(tick, record, project)
        sequence = tick.deps.agent.create_thread(spec, _command(record, "thread"))
        if not goes_on(tick, record, project, sequence):
            tick.deps.report.event("another run of this repository goes first", key=issue.key)
            return give_back(tick, issue, found)
        tick.deps.agent.start_turn(
            record.thread_id,
            record.turns[0].message_id,
            text,
            _command(record, "turn-1"),
        )
    except Refused as error:
        return _refused(tick, issue, found, error, refused)
    return _running(tick, issue, found)


def _running(tick: Tick, issue: Issue, found: Found, *, over: Found | None = None) -> Found | None:
    """Label, then record: a failed dispatch never leaves a lock behind.

    ``over`` is the record as it stands on the forge, where ``found`` was changed in memory.
    """
    config, record = tick.config, found.record
    put_labels(
        tick,
        issue,
        add=[name for name in [config.in_progress_label] if not issue.has_label(name)],
        remove=[name for name in [config.human_label] if issue.has_label(name)],
    )
    accepted = tick.deps.now()
    first = replace(record.turns[0], sent_at=record.turns[0].sent_at or accepted)
    running = replace(
        record.with_turn(first), stage=Stage.RUNNING, started_at=record.started_at or accepted
    )
    around = surroundings(tick, running, waiting_for="the agent is at work")
    written = write(tick, issue, over or found, running, around)
    if written is None:
        stop_if_over(tick, issue, over or found)
        return None
    tick.deps.report.event(f"started thread {record.thread_id}", key=issue.key)
    return written


def give_back(
    tick: Tick, issue: Issue, found: Found, *, failures: int | None = None
) -> Found | None:
    """Return a claim: record ``approved`` with the next attempt, then delete the old thread."""
    record = found.record
    returned = replace(
        record,
        stage=Stage.APPROVED,
        claimed_at=None,
        dispatch_failures=record.dispatch_failures if failures is None else failures,
    )
    returned = with_attempt(returned, record.attempt + 1)
    around = surroundings(tick, returned, waiting_for="its turn")
    written = write(tick, issue, found, returned, around)
    if written is not None:
        tick.deps.agent.delete_thread(record.thread_id, tick.deps.new_id())
        tick.deps.report.event("claim returned", key=issue.key)
    return written


def _refused(
    tick: Tick, issue: Issue, found: Found, error: Refused, reason: Reason
) -> Found | None:
    """A 400 parks at once for the reason, three refusals park, else a later tick tries again."""
    tick.deps.report.error(error, key=issue.key)
    failures = found.record.dispatch_failures + 1
    if error.status != BAD_REQUEST and failures < MAX_DISPATCH_FAILURES:
        return give_back(tick, issue, found, failures=failures)
    if error.status != BAD_REQUEST:
        reason = Reason.DISPATCH_FAILED
    ending = begin(
        tick,
        issue,
        found,
        replace(found.record, dispatch_failures=failures),
        verdict=Verdict.NEEDS_HUMAN,
        reason=reason,
        detail=one_line(error.body, _CAUSE).replace("`", "'"),
    )
    return finish(tick, issue, ending, NO_THREAD) if ending else None


def thread_spec(tick: Tick, record: RunRecord, project: str) -> ThreadSpec:
    """Return the run's thread as T3 is to create it."""
    settings = tick.config.repository(record.repository)
    return ThreadSpec(
        id=record.thread_id,
        project_id=project,
        title=names.title(record.run_id, IssueKey(record.repository, record.issue)),
        instance=settings.instance or tick.config.t3.instance,
        model=settings.model or tick.config.t3.model,
    )


def _first_message(tick: Tick, issue: Issue, record: RunRecord) -> str:
    return first_turn(assignment(tick, record), issue, trusted_comments(tick, issue, record))


def assignment(tick: Tick, record: RunRecord) -> Assignment:
    """Return what the prompts say about where the work happens."""
    return Assignment(
        run_id=record.run_id,
        workspace=tick.config.repository(record.repository).workspace,
        branch=record.branch,
        base_commit=record.base_commit,
    )


def trusted_comments(tick: Tick, issue: Issue, record: RunRecord) -> Sequence[Comment]:
    """Return comments that stood unchanged before the approval, by people who may approve.

    Only as many as the agent is told: each new author is a question to the forge, and beyond
    `MAX_AUTHORS` nobody is asked about.
    """
    second = record.approval.at.replace(microsecond=0)
    asked: set[int] = set()
    newest_first = (
        comment
        for comment in reversed(issue.comments)
        if comment.created_at < second
        and comment.updated_at < second
        and comment.author.id not in tick.own
        and _may_speak(tick, issue, comment.author, record, asked)
    )
    return list(islice(newest_first, MAX_COMMENTS))[::-1]


def _may_speak(
    tick: Tick, issue: Issue, author: Account, record: RunRecord, asked: set[int]
) -> bool:
    """Say whether the author may approve; ``asked`` are those whom the forge was asked about."""
    if author.id == record.approval.actor_id or is_trusted(author, tick.config):
        return True
    if not may_write(author, Permission.WRITE, tick.config):
        return False  # whatever the forge says
    if author.id not in asked and len(asked) == MAX_AUTHORS:
        return False
    asked.add(author.id)
    return may_write(author, tick.permission(issue.repo.name, author), tick.config)


def _command(record: RunRecord, step: str) -> str:
    return names.command_id(record.run_id, step, record.attempt)


def promote(tick: Tick, issue: Issue, standing: Sequence[Found]) -> list[Found]:
    """Turn every claim or approval whose first message T3 shows into a running run.

    Whatever the gates say: the agent is at work, so the run has to be followed.
    """
    return [_promoted(tick, issue, found) for found in standing]


def _promoted(tick: Tick, issue: Issue, found: Found) -> Found:
    record = found.record
    if record.stage not in (Stage.APPROVED, Stage.CLAIMED):
        return found
    attempt = _shown_attempt(tick, record)
    if attempt is None or not tick.acts_on(issue.key):
        return found
    taken = with_attempt(record, attempt) if attempt != record.attempt else record
    server = tick.snapshot.environment_id if tick.snapshot is not None else ""
    taken = replace(taken, environment_id=server)
    written = _running(tick, issue, Found(taken, found.comment), over=found)
    return written or found


def _shown_attempt(tick: Tick, record: RunRecord) -> int | None:
    """Return the attempt whose thread shows its first message, None when none does."""
    key = IssueKey(record.repository, record.issue)
    spoken = {one.id for one in tick.titled(key) if one.asked_at is not None}
    for attempt in range(1, record.attempt + 1):
        thread_id = names.thread_id(record.run_id, attempt)
        if thread_id in spoken:
            detail = tick.detail(thread_id)
            first = names.message_id(record.run_id, 1, attempt)
            if isinstance(detail, ThreadDetail) and any(one.id == first for one in detail.messages):
                return attempt
    return None
