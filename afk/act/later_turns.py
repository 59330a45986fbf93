"""Turns after the first: corrective, RESUME, replacement; and stops in between.

Write-ahead: what is intended stands in the record before T3 is asked, and a turn that T3 does
not show is decided afresh under the same number and ids.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from afk.act.briefing import assignment, thread_spec, trusted_comments
from afk.act.ending import end, stop_if_over, stop_session
from afk.act.record_book import write
from afk.act.referee import MAX_DISPATCH_FAILURES, ensure_project, still_room
from afk.decide.lifecycle import ZOMBIE
from afk.decide.reviews import Asked, asked
from afk.decide.waiting import needs_a_place, without_a_place
from afk.errors import AfkError, Refused, answer_or_error
from afk.issue_implementer_prompt import (
    RESUME,
    Assignment,
    corrective_turn,
    replacement_turn,
)
from afk.landing_prompt import rebase_turn, review_turn
from afk.model.agent import Presence
from afk.model.ci import Check, CIVerdict
from afk.observe.run_in_flight import Followed
from afk.observe.tick import Tick
from afk.parallel import gather
from afk.record import names
from afk.record.codec import Found
from afk.record.state import Purpose, RunRecord, Stop, Turn
from afk.types import Action, Reason, Verdict

_PURPOSE: Final = {
    Action.FIX_FORWARD: Purpose.FIX_FORWARD,
    Action.RESUME: Purpose.RESUME,
    Action.REDISPATCH: Purpose.REPLACEMENT,
    Action.REVIEW: Purpose.REVIEW,
    Action.REBASE: Purpose.REBASE,
}


_TELLING: Final[Mapping[Purpose, str]] = {
    Purpose.FIRST: "started",
    Purpose.FIX_FORWARD: "told to fix CI",
    Purpose.RESUME: "told to go on",
    Purpose.REPLACEMENT: "started anew",
    Purpose.REVIEW: "told what reviewers ask for",
    Purpose.REBASE: "told to resolve the conflict",
}
_LOGS: Final = 3
_LOG_BYTES: Final = 16_384
"""Failed checks whose logs are read for a turn, each so much of its end."""


def send_turn(tick: Tick, run: Followed) -> Found | None:
    """Record the turn as intended, send it, record it as sent.

    The gate for later turns has been passed in this tick.
    """
    intended = intend(tick, run)
    text = _turn_text(tick, run, intended)  # may ask the forge, whose refusals are no T3's
    turns = intended.dialogue.turns
    words = f"the agent is being {_TELLING[turns[-1].purpose]}"
    placeless = needs_a_place(run.found.record)
    written = write(tick, run.issue, run.found, intended, waiting_for=words)
    if written is None:
        return None
    if placeless and not still_room(tick, written.record):
        tick.deps.report.event("nothing is sent now: another run went first", key=run.issue.key)
        back = without_a_place(written.record, tick.now)
        return write(tick, run.issue, written, back, waiting_for="another run is at work here")
    record, turn = written.record, written.record.dialogue.turns[-1]
    if _needs_thread(tick, record):
        try:
            project = ensure_project(tick, record)
            command = names.command_id(record.run_id, "thread", record.thread.attempt)
            tick.deps.agent.create_thread(thread_spec(tick, record, project), command)
        except Refused as error:
            tick.deps.report.error(error, key=run.issue.key)
            return _refused(tick, run, written, thread=record.thread.attempt + 1)
    try:
        command = names.command_id(record.run_id, f"turn-{turn.number}", turn.attempt)
        tick.deps.agent.start_turn(record.thread.id, turn.message_id, text, command)
    except Refused as error:
        tick.deps.report.error(error, key=run.issue.key)
        return _refused(tick, run, written, thread=record.thread.attempt)
    tick.deps.report.event(f"the agent was {_TELLING[turn.purpose]}", key=run.issue.key)
    sent = record.with_turn(replace(turn, sent_at=tick.deps.now()))
    stands = write(tick, run.issue, written, sent, waiting_for="the agent is at work")
    if stands is None:
        stop_if_over(tick, run.issue, written)
    return stands


def intend(tick: Tick, run: Followed) -> RunRecord:
    """Return the record with the next turn intended; a wait for a limit ends with it.

    A turn that was intended before and never shown keeps its number, ids and thread.
    """
    record = run.record.resumed(tick.now)
    last = record.turn
    again = last if last is not None and last.sent_at is None else None
    sent = [turn for turn in record.dialogue.turns if turn.sent_at is not None]
    number = again.number if again else len(sent) + 1
    attempt = again.attempt if again else 1
    thread = again.thread if again else record.thread.attempt
    replacements = record.thread.replacements
    gone = run.observed.thread.presence is Presence.VANISHED
    action = run.decision.action
    switched = again is not None and bool(sent) and again.thread > sent[-1].thread
    if not switched and (action is Action.REDISPATCH or gone):
        thread = record.thread.attempt + 1
        replacements += 1
    elif run.decision.rule == ZOMBIE and (again is None or again.purpose is not Purpose.RESUME):
        replacements += 1
    turn = Turn(
        number=number,
        purpose=_PURPOSE[action],
        message_id=names.message_id(record.run_id, number, attempt),
        attempt=attempt,
        thread=thread,
        red_commit=_answers(run),
        told=_reviews(run).ids,
    )
    seat = replace(
        record.thread,
        attempt=thread,
        id=names.thread_id(record.run_id, thread),
        replacements=replacements,
    )
    return replace(record, thread=seat).with_turn(turn)


def _answers(run: Followed) -> str:
    """Return the head that a turn answers."""
    if run.decision.action in (Action.REVIEW, Action.REBASE):
        return run.record.newest_commit
    verdict = run.observed.verdict
    return verdict.sha if verdict and run.decision.action is Action.FIX_FORWARD else ""


def _reviews(run: Followed) -> Asked:
    """Return what reviewers ask for and the agent was not told yet; nothing for other turns."""
    sight = run.observed.landing
    if run.decision.action is not Action.REVIEW or sight is None or sight.pull is None:
        return Asked()
    return asked(run.record, sight.pull, sight, run.observed.own)


def _needs_thread(tick: Tick, record: RunRecord) -> bool:
    """Say whether the turn's thread has yet to be created."""
    return tick.t3.snapshot is not None and tick.t3.snapshot.thread(record.thread.id) is None


def _turn_text(tick: Tick, run: Followed, record: RunRecord) -> str:
    """Return what the turn says; a fresh thread is told everything."""
    task = assignment(tick, record)
    turn, verdict = record.dialogue.turns[-1], run.observed.verdict
    if turn.purpose is Purpose.REPLACEMENT:
        return replacement_turn(task, run.issue, trusted_comments(tick, run.issue, record))
    corrective = _on_the_pull(tick, run, task, turn)
    if not corrective and (turn.purpose is Purpose.RESUME or verdict is None):
        return RESUME
    if not corrective and verdict is not None:
        corrective = corrective_turn(
            task,
            verdict,
            attempt=record.corrective_turns + 1,
            allowed=tick.config.fix_forward_max_attempts,
            logs=_logs(tick, record, verdict),
        )
    if run.observed.thread.requested_at:
        return corrective
    comments = trusted_comments(tick, run.issue, record)
    return f"{replacement_turn(task, run.issue, comments)}\n{corrective}"


def _logs(tick: Tick, record: RunRecord, verdict: CIVerdict) -> list[tuple[str, str]]:
    """Return the ends of what failed; a log that cannot be had keeps no turn from being sent."""

    def tail(check: Check) -> str | AfkError | None:
        read = partial(tick.deps.evidence.log_tail, record.repository, check, _LOG_BYTES)
        return answer_or_error(read)

    found, checks = [], verdict.failed[:_LOGS]
    for check, log in zip(checks, gather(tail, checks), strict=True):
        if isinstance(log, AfkError):
            tick.deps.report.warn(f"the log of a failed check cannot be read: {log}")
        elif log:
            found.append((check.name, log))
    return found


def _on_the_pull(tick: Tick, run: Followed, task: Assignment, turn: Turn) -> str:
    """Return what a turn says that a review or a conflict asks for, "" for any other."""
    sight, config = run.observed.landing, tick.config
    if sight is None or sight.pull is None:
        return ""
    attempt = run.record.turns_for(turn.purpose) + 1
    if turn.purpose is Purpose.REVIEW:
        allowed = config.review_turns
        return review_turn(task, sight.pull, _reviews(run), attempt=attempt, allowed=allowed)
    if turn.purpose is Purpose.REBASE:
        tip, allowed = sight.base.head, config.conflict_turns
        return rebase_turn(task, sight.pull, tip, attempt=attempt, allowed=allowed)
    return ""


def _refused(tick: Tick, run: Followed, found: Found, *, thread: int) -> Found | None:
    """Record fresh ids under which a later tick tries again; a third refusal ends the run.

    Fresh, because T3 remembers refused commands for ever. ``thread`` is the attempt whose thread
    is then used.
    """
    record, turn = found.record, found.record.dialogue.turns[-1]
    failures = record.thread.dispatch_failures + 1
    attempt = turn.attempt + 1
    identifier = names.message_id(record.run_id, turn.number, attempt)
    turn = replace(turn, attempt=attempt, message_id=identifier, thread=thread)
    seat = replace(
        record.thread,
        dispatch_failures=failures,
        attempt=thread,
        id=names.thread_id(record.run_id, thread),
    )
    record = replace(record.with_turn(turn), thread=seat)
    if failures < MAX_DISPATCH_FAILURES:
        return write(tick, run.issue, found, record)
    verdict = Verdict.FROZEN if record.commits.pushed else Verdict.NEEDS_HUMAN
    shown, reason = run.observed.thread, Reason.DISPATCH_FAILED
    return end(tick, run.issue, found, record, shown, verdict, reason)


def stop_by_rule(tick: Tick, run: Followed) -> Found | None:
    """Stop the session by a rule, which is recorded first; that it stopped is seen later."""
    stops = (*run.record.dialogue.stops, Stop(at=tick.now, rule=run.decision.rule))
    record = replace(run.record, dialogue=replace(run.record.dialogue, stops=stops))
    words = "the agent to be stopped"
    written = write(tick, run.issue, run.found, record, waiting_for=words)
    if written is None:
        return None
    stop_session(tick, record, run.observed.thread)
    tick.deps.report.event(f"stopped the session ({run.decision.rule})", key=run.issue.key)
    return written
