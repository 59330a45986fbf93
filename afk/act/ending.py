"""How a run ends: the same steps in the same order for every verdict, each safe to repeat.

Record ``ending`` -> decline what is pending, stop the session, see it stopped -> issue state ->
ready label off (and ready-for-human on) -> doorbell -> record ``ended`` -> in-progress label off,
always last. A tick that dies anywhere leaves a record in ``ending``, and the next one goes on.
A run that never had the lock is found by its ready label alone: there that one comes off last.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from afk.act.doorbell import heard, ring_verdict, rung, rung_enough
from afk.act.labels import tried_labels
from afk.act.record_book import comment_url, write
from afk.config import Config
from afk.decide.approval import label_event, may_write, newest_application, same_application
from afk.decide.peoples_acts import (
    approver_is_gone,
    closed_by_own_commit,
    opened_again,
    released,
)
from afk.decide.seen_end import seen_end
from afk.decide.thread_facts import ThreadFacts
from afk.errors import one_of_many
from afk.model.agent import Presence
from afk.observe.tick import Tick
from afk.ports import CloseResult
from afk.record.codec import Found, decode
from afk.record.state import RunRecord, Stage
from afk.types import Issue, Phase, Reason, Verdict

_HANDS_OVER: Final = frozenset({Verdict.NEEDS_HUMAN, Verdict.FROZEN})
_BLOCKERS_NAMED: Final = 5
_PROMPT: Final = timedelta(minutes=5)
"""A doorbell that rings this soon after the verdict is rung once or twice, whatever comes."""
_STOP_SETTLES: Final = 0.3
"""Seconds between asking for a stop and looking: observed stops show within 0.2 s."""


def end(
    tick: Tick,
    issue: Issue,
    found: Found | None,
    record: RunRecord,
    thread: ThreadFacts,
    verdict: Verdict,
    reason: Reason,
    detail: str = "",
) -> Found | None:
    """End a run: the verdict is written down before anything else.

    ``found`` is the record as it stands on the forge, ``record`` as it is to be kept. Returns the
    record as it then stands, None when another tick was first.
    """
    begun = replace(record.ending, at=tick.now, archived=thread.presence is Presence.ARCHIVED)
    ending = replace(
        record, stage=Stage.ENDING, verdict=verdict, reason=reason, detail=detail, ending=begun
    )
    written = write(tick, issue, found, ending)
    if written is None:
        return None
    tick.deps.report.event(f"ending as {verdict.value} ({reason.value})", key=issue.key)
    return go_on_ending(tick, issue, written, thread)


def go_on_ending(tick: Tick, issue: Issue, found: Found, thread: ThreadFacts) -> Found | None:
    """Take every step that can be taken now; returns the record, None when it was overtaken."""
    record = found.record
    seen = _see_stopped(tick, issue, record, thread)
    stopped = seen or _released(tick, issue, record)
    asked_at = record.ending.at or tick.now
    overdue = tick.now - asked_at >= timedelta(seconds=tick.config.stop_seconds)
    if not stopped and not overdue:
        tick.deps.report.event("ending: waiting for the session to stop", key=issue.key)
        return found
    if not record.ending.settled:
        record = _settle_issue(tick, issue, record)
    if not rung_enough(tick, record):
        ready = _before_ringing(tick, issue, found, record)
        if ready is None:
            return None
        fresh, found, record = ready
        link = comment_url(tick, found)
        record = ring_verdict(tick, fresh, record, link=link, stopped=stopped)
    done = stopped and record.ending.settled and rung_enough(tick, record)
    if done:
        phases = dict(record.phases)
        if record.verdict is Verdict.DONE:
            phases.setdefault(Phase.DONE, tick.now)
        ended = replace(record.ending, ended_at=tick.now, by_word=not seen)
        record = replace(record, stage=Stage.ENDED, ending=ended, phases=phases)
    unheard = not rung(tick, record)
    written = write(tick, issue, found, record, agent_may_run=not stopped, doorbell_failed=unheard)
    if written is not None and done:
        tick.ledger.has_ended(record)
        tick.deps.tracker.label(issue, remove=_last_label(issue, record, tick.config))
        verdict = record.verdict.value if record.verdict else ""
        tick.deps.report.event(f"ended: {verdict}", key=issue.key)
    return written


def _before_ringing(
    tick: Tick, issue: Issue, found: Found, record: RunRecord
) -> tuple[Issue, Found, RunRecord] | None:
    """Make sure that people are told of what stands, and not in every tick to come.

    Another tick may have ended the run while this one was on its way: then it told them, unless it
    saw a run that somebody stopped, of which nobody is told. And a ring that cannot be recorded,
    since the repository takes no writes any more, would come again
    and again: late in an end one is recorded before it is tried. None: the record was overtaken.
    Returns the issue as read just now, too: its comments say what was told there.
    """
    fresh = tick.forge.reread(issue.key)
    shown = fresh or issue
    ended = seen_end(fresh, record, tick.config, tick.forge.own) if fresh is not None else None
    if ended is not None and ended.complete and ended.verdict is not Verdict.STOPPED:
        return shown, found, heard(tick, record, record.verdict)
    begun_at = record.ending.at or tick.now
    if tick.now - begun_at < _PROMPT:
        return shown, found, record
    tried = replace(record.ending, late_rings=record.ending.late_rings + 1)
    written = write(tick, issue, found, replace(record, ending=tried))
    return (shown, written, written.record) if written is not None else None


def supersede_waiting(tick: Tick, issue: Issue, newest: str) -> None:
    """End the approvals that waited when the run ``newest`` was asked for; no bell rings."""
    for found in tick.forge.records(issue).runs:
        if found.record.stage is not Stage.APPROVED or found.record.run_id == newest:
            continue
        over = replace(
            found.record.without_thread(),
            stage=Stage.ENDED,
            verdict=Verdict.SUPERSEDED,
            reason=Reason.LABELLED_AGAIN,
            ending=replace(found.record.ending, ended_at=tick.now),
        )
        if write(tick, issue, found, over) is not None:
            tick.deps.report.event(
                "an older approval ended: a newer one took its place", key=issue.key
            )


def _released(tick: Tick, issue: Issue, record: RunRecord) -> bool:
    """Say whether a trusted person took the lock off: their word that nobody is at work."""
    event = released(issue, record, tick.config, tick.forge.own)
    if event is None:
        return False
    with one_of_many(tick.deps.report, issue.key):
        permission = tick.forge.permission(issue.repo.name, event.actor)
        return may_write(event.actor, permission, tick.config)
    return False


def stop_if_over(tick: Tick, issue: Issue, found: Found) -> None:
    """Stop what was just started if the run was ended meanwhile by somebody else's tick."""
    current = tick.deps.tracker.read_comment(issue, found.comment)
    record = decode(current.body, tick.deps.keys) if current is not None else None
    if isinstance(record, RunRecord) and record.stage in (Stage.ENDING, Stage.ENDED):
        tick.deps.agent.stop(found.record.thread.id, tick.deps.new_id())
        tick.deps.report.event("stopped again: the run ended meanwhile", key=issue.key)


def _see_stopped(tick: Tick, issue: Issue, record: RunRecord, thread: ThreadFacts) -> bool:
    """Stop the session unless it is seen stopped, and look again.

    A stop that T3 does not take is one that is not seen: the other steps do not wait for ever.
    """
    if thread.stopped:
        _put_back(tick, issue, record, thread)
        return True
    if not thread.seen:
        return False
    with one_of_many(tick.deps.report, issue.key):
        stop_session(tick, record, thread)
        tick.deps.sleep(_STOP_SETTLES)
        tick.t3.read_again()
        shown = tick.t3.facts(record)
        _put_back(tick, issue, record, shown)
        return shown.stopped
    return False


def _put_back(tick: Tick, issue: Issue, record: RunRecord, thread: ThreadFacts) -> None:
    """Archive again what a person had archived, and what was taken back only to be stopped."""
    taken_back = record.ending.archived and thread.presence is Presence.PRESENT
    if not (taken_back and thread.stopped):
        return
    with one_of_many(tick.deps.report, issue.key):
        tick.deps.agent.set_archived(record.thread.id, tick.deps.new_id(), archived=True)


def stop_session(tick: Tick, record: RunRecord, thread: ThreadFacts) -> None:
    """Decline what is pending, then stop: an interrupt beside an approval wedges T3.

    An archived thread's agent runs on and a stop does not reach it, so it is taken back first
    (seen on 0.0.32: running before and after the stop, stopped once taken back).
    """
    agent, new_id = tick.deps.agent, tick.deps.new_id
    if thread.presence is Presence.ARCHIVED:
        agent.set_archived(record.thread.id, new_id(), archived=False)
    if thread.presence is Presence.PRESENT:
        for request in thread.pending:
            agent.decline(record.thread.id, request, new_id())
    agent.stop(record.thread.id, new_id())


def _settle_issue(tick: Tick, issue: Issue, record: RunRecord) -> RunRecord:
    """Close, or reopen what the run's own commit closed; take labels off and put them on.

    Labels that cannot be put in order do not keep the doorbell from ringing: the run is then not
    settled, and stays in ``ending`` until they can.
    """
    tracker, config = tick.deps.tracker, tick.config
    newest = newest_application(issue, config)
    asked_anew = newest is not None and not same_application(record.approval, newest)
    if record.verdict is Verdict.DONE and issue.open and not asked_anew:
        record = _closed(tick, issue, record)
    if record.verdict in _HANDS_OVER and closed_by_own_commit(issue, record):
        tracker.reopen(issue)
    if not _newest_is_own(issue, record, config):
        return replace(record, ending=replace(record.ending, settled=True))
    add = [config.human_label] if record.verdict in _HANDS_OVER else []
    add = [name for name in add if not issue.has_label(name)]
    locked = issue.has_label(config.in_progress_label)
    remove = _present(issue, [config.ready_label]) if locked else ()
    settled = tried_labels(tick, issue, add=add, remove=remove)
    return replace(record, ending=replace(record.ending, settled=settled))


def _closed(tick: Tick, issue: Issue, record: RunRecord) -> RunRecord:
    """Close what landed, unless it was closed before: then whoever opened it again wants it open.

    Says what keeps it from being closed, also where a tick died before it could say so.
    """
    if opened_again(issue, record, tick.forge.own):
        return record
    blocked = tick.deps.tracker.close(issue) is CloseResult.BLOCKED
    by = _open_blockers(issue) if blocked else ()
    ending = replace(record.ending, close_blocked=blocked, blocked_by=by)
    return replace(record, ending=ending)


def _open_blockers(issue: Issue) -> tuple[str, ...]:
    """Return what the issue waits for, by ``#N`` where it is in the same repository."""
    names = [one.ref.removeprefix(issue.repo.name) for one in issue.blockers if not one.closed]
    return tuple(dict.fromkeys(names))[:_BLOCKERS_NAMED]


def _last_label(issue: Issue, record: RunRecord, config: Config) -> list[str]:
    """Return the label by which the run is found until it has ended."""
    if issue.has_label(config.in_progress_label):
        return [config.in_progress_label]
    own = _newest_is_own(issue, record, config)
    return _present(issue, [config.ready_label]) if own else []


def _newest_is_own(issue: Issue, record: RunRecord, config: Config) -> bool:
    """Say whether the run's approval is still the newest application of the ready label.

    It still is where its author's account was deleted since.
    """
    newest = label_event(issue, config.ready_label)
    gone = newest is not None and approver_is_gone(record, newest)
    return gone or same_application(record.approval, newest)


def _present(issue: Issue, names: Sequence[str]) -> list[str]:
    return [name for name in names if issue.has_label(name)]
