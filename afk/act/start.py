"""Starting a run: claim, thread, referee, first turn, label, record.

Write-ahead, so that a crash anywhere leaves a state that the next tick completes and never
repeats: every id is computed from the run, the claim stands before T3 is asked for anything, and
T3 itself decides between two ticks that claimed different issues of one repository.
"""

from dataclasses import replace
from typing import Final

from afk.act.briefing import first_message, thread_spec
from afk.act.ceilings import over_ceiling
from afk.act.ending import end, stop_if_over
from afk.act.label_names import sign_anew
from afk.act.labels import put_labels
from afk.act.record_book import write
from afk.act.referee import BAD_REQUEST, MAX_DISPATCH_FAILURES, ensure_project, goes_on
from afk.decide.approval import handed_back
from afk.decide.thread_facts import NO_THREAD
from afk.errors import Refused
from afk.observe.fitness import base_of_start
from afk.observe.ready_issue import no_longer
from afk.observe.tick import Tick
from afk.parallel import at_once
from afk.record import names
from afk.record.codec import Found
from afk.record.landing import Landing
from afk.record.state import Purpose, RunRecord, Stage, Turn
from afk.text.cleaning import one_line
from afk.types import Issue, Reason, Verdict

_CAUSE: Final = 200
"""Characters of T3's own words that a record keeps."""


def claim(tick: Tick, issue: Issue, found: Found | None, record: RunRecord) -> Found | None:
    """Write the claim and start; ``record`` is new or stands at ``approved``.

    The issue, its record and the gates were read again just before. Returns the record as it
    stands afterwards, None when another tick was first.
    """
    prepare(tick, issue, record.thread.agent)
    claimed = replace(
        record,
        stage=Stage.CLAIMED,
        thread=replace(record.thread, claimed_at=tick.now, environment_id=tick.t3.environment_id),
        commits=replace(
            record.commits,
            base=tick.ledger.bases[issue.repo.name],
            branch=tick.forge.branch(issue.repo.name),
        ),
        landing=own_branch(tick, record),
    )
    claimed = with_attempt(claimed, record.thread.attempt)
    written = write(tick, issue, found, claimed)
    if written is None:
        return None
    tick.deps.report.event(f"claimed (run {names.short(record.run_id)})", key=issue.key)
    return dispatch(tick, issue, written)


def prepare(tick: Tick, issue: Issue, agent: str = "") -> None:
    """See to what every start in a repository needs, once a tick: base, labels, rights.

    ``agent``: the one that a label picked, which T3 must have.

    What fails here fails before anything is claimed, and nothing starts: a token may well be
    allowed to comment and not to label, and then no run of its would ever be locked or ended.
    """
    repo = issue.repo.name
    tracker = tick.deps.tracker
    if repo in tick.ledger.bases:
        base_of_start(tick, repo, agent)
        return
    base, _ = at_once(
        lambda: base_of_start(tick, repo, agent),
        lambda: tracker.ensure_labels(repo, tick.config.labels),
    )
    tracker.may_label(issue, tick.config.in_progress_label)
    if tick.config.lands_by_pull(repo):
        tick.deps.pulls.may_open(repo, tick.forge.branch(repo))
    sign_anew(tick, issue)
    tick.ledger.bases[repo] = base


def own_branch(tick: Tick, record: RunRecord) -> Landing:
    """Return where a run works until a pull request brings it to its base, as it is configured."""
    by_pull = tick.config.lands_by_pull(record.repository)
    branch = names.branch(record.run_id, record.issue) if by_pull else ""
    return replace(record.landing, branch=branch)


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
    return replace(
        record,
        thread=replace(record.thread, attempt=attempt, id=thread_id),
        dialogue=replace(record.dialogue, turns=(first,)),
    )


def dispatch(tick: Tick, issue: Issue, found: Found) -> Found | None:
    """Go from a claim to a running turn; safe to repeat under the same ids."""
    record = found.record
    text = first_message(tick, issue, record)  # may ask the forge, whose refusals are no T3's
    refused = Reason.WORKSPACE_REFUSED
    try:
        project = ensure_project(tick, record)
        refused = Reason.START_REFUSED
        spec = thread_spec(tick, record, project)
        sequence = tick.deps.agent.create_thread(spec, _command_id(record, "thread"))
        if not goes_on(tick, record, project, sequence):
            tick.deps.report.event("another run of this repository goes first", key=issue.key)
            return give_back(tick, issue, found)
        if over := over_ceiling(tick, record):
            tick.deps.report.event(f"runs that began before it fill {over}", key=issue.key)
            return give_back(tick, issue, found)
        if not _still_wanted(tick, issue, found):
            return give_back(tick, issue, found)
        tick.deps.agent.start_turn(
            record.thread.id,
            record.dialogue.turns[0].message_id,
            text,
            _command_id(record, "turn-1"),
        )
    except Refused as error:
        return _refused(tick, issue, found, error, refused)
    return running(tick, issue, found)


def _still_wanted(tick: Tick, issue: Issue, found: Found) -> bool:
    """Read the issue again, right before its first turn: claiming took a while."""
    fresh = tick.forge.reread(issue.key)
    why = "the issue is gone" if fresh is None else no_longer(tick, fresh, found.record)
    if why:
        tick.deps.report.event(f"not started after all: {why}", key=issue.key)
    return not why


def running(tick: Tick, issue: Issue, found: Found, *, over: Found | None = None) -> Found | None:
    """Put the label on, then record the run as running.

    The label comes after the first turn, so that a dispatch that fails leaves no lock behind. What
    a person handed over since the start stays in their hands.

    ``over`` is the record as it stands on the forge, where ``found`` was changed in memory.
    """
    config, record = tick.config, found.record
    human = issue.has_label(config.human_label) and not handed_back(issue, config)
    put_labels(
        tick,
        issue,
        add=[name for name in [config.in_progress_label] if not issue.has_label(name)],
        remove=[config.human_label] if human else [],
    )
    accepted = tick.deps.now()
    first = record.dialogue.turns[0]
    first = replace(first, sent_at=first.sent_at or accepted)
    at_work = replace(
        record.with_turn(first),
        stage=Stage.RUNNING,
        thread=replace(record.thread, started_at=record.thread.started_at or accepted),
    )
    written = write(tick, issue, over or found, at_work, waiting_for="the agent is at work")
    if written is None:
        stop_if_over(tick, issue, over or found)
        return None
    tick.deps.report.event(f"started thread {record.thread.id}", key=issue.key)
    return written


def give_back(
    tick: Tick, issue: Issue, found: Found, *, failures: int | None = None
) -> Found | None:
    """Return a claim: record ``approved`` with the next attempt, then delete the old thread."""
    record = found.record
    returned = replace(
        record,
        stage=Stage.APPROVED,
        thread=replace(
            record.thread,
            claimed_at=None,
            dispatch_failures=record.thread.dispatch_failures if failures is None else failures,
        ),
    )
    returned = with_attempt(returned, record.thread.attempt + 1)
    written = write(tick, issue, found, returned, waiting_for="another start")
    if written is not None:
        tick.deps.agent.delete_thread(record.thread.id, tick.deps.new_id())
        tick.deps.report.event("claim returned", key=issue.key)
    return written


def _refused(
    tick: Tick, issue: Issue, found: Found, error: Refused, reason: Reason
) -> Found | None:
    """Hand back after a 400, for the reason given, or a third refusal; else give the claim back."""
    tick.deps.report.error(error, key=issue.key)
    failures = found.record.thread.dispatch_failures + 1
    if error.status != BAD_REQUEST and failures < MAX_DISPATCH_FAILURES:
        return give_back(tick, issue, found, failures=failures)
    if error.status != BAD_REQUEST:
        reason = Reason.DISPATCH_FAILED
    record = replace(found.record, thread=replace(found.record.thread, dispatch_failures=failures))
    detail = one_line(error.body, _CAUSE).replace("`", "'")
    return end(tick, issue, found, record, NO_THREAD, Verdict.NEEDS_HUMAN, reason, detail)


def _command_id(record: RunRecord, step: str) -> str:
    return names.command_id(record.run_id, step, record.thread.attempt)
