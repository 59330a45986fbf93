"""What only looks like a run: edited records, lost ones, bare labels, strays, and what mends them.

Pure. `diagnose` turns what a tick saw of one issue into a list of repairs, in the order in which
they are made; `afk.act.repair` makes them. None of them sends a turn or closes an issue. A record
that is not believed is never acted on; a thread without a record is followed to its end without
further turns, or stopped and parked.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from afk.config import Config
from afk.decide.approval import Standing, label_event
from afk.decide.look_alikes import SPOILT
from afk.decide.rebuild import rebuild
from afk.decide.retries import half_done, taken_back
from afk.decide.seen_end import seen_end
from afk.decide.sight import (
    DeleteDuplicate,
    Diagnosis,
    End,
    Park,
    Promote,
    Rebuild,
    RefuseLabel,
    Repair,
    ShownThread,
    Sight,
    StopThread,
    TakeLabelOff,
)
from afk.decide.thread_facts import attempt_beyond, own_message_ids
from afk.model.agent import Presence
from afk.record import names
from afk.record.codec import Flaw, Found
from afk.record.groups import ThreadState
from afk.record.state import RunRecord, Stage
from afk.types import Event, Reason, Verdict

_GOING_ON: Final = frozenset({Stage.APPROVED, Stage.CLAIMED, Stage.RUNNING})


def diagnose(sight: Sight, config: Config) -> Diagnosis:
    """Return what has to be put in order on an issue."""
    duplicates = (DeleteDuplicate(comment) for comment in sight.records.duplicates)
    promoted = _promotions(sight)
    runs = sight.in_flight or promoted
    found = Diagnosis() if runs else _unlike_a_run(sight, config)
    ended = _ends(sight, config, [one.found for one in promoted])
    over = [one.found for one in ended]
    repairs: tuple[Repair, ...] = (
        *duplicates,
        *_leftovers(sight),
        *ended,
        *found.repairs,
        *(one for one in promoted if one.found not in over),
        *_at_rest(sight, config),
    )
    at_rest = _flaw_since(sight) is None and not sight.strays
    flawed = sight.records.flawed if at_rest else ()
    spoilt = tuple(comment for comment, flaw in flawed if flaw in SPOILT)
    return replace(found, repairs=repairs, spoilt=spoilt)


def _unlike_a_run(sight: Sight, config: Config) -> Diagnosis:
    """Return what is wrong with an issue that has no run in flight."""
    key, flaw = sight.issue.key, _flaw_since(sight)
    if flaw is not None and not sight.environment_id:
        # Whether an agent is at work cannot be told, so nothing can be ended.
        return Diagnosis(hold=f"{key}: T3 was not read")
    if flaw is not None and sight.blank is not None:
        return _unbelieved(sight, sight.blank, Reason.RECORD_EDITED, flaw.value)
    if sight.strays:
        return _lost(sight)
    locked, hold = _label_in_order(sight, config)
    return Diagnosis((*_spent_label(sight, config), *locked), hold)


def bodies_wanted(sight: Sight) -> list[str]:
    """Return the threads whose messages decide: of strays, ended runs at work, and claims."""
    ended = [one.record.run_id for one in sight.records.runs if one.record.stage is Stage.ENDED]
    wanted = [
        one.thread.id
        for one in sight.threads
        if one.live and any(run.startswith(one.short_run_id) for run in ended)
    ]
    if not sight.in_flight and sight.blank is not None and _flaw_since(sight) is None:
        wanted += [one.thread.id for one in sight.strays]
    for found in sight.records.runs:
        wanted += [thread_id for _, thread_id in _spoken_attempts(sight, found.record)]
    return list(dict.fromkeys(wanted))


def lock_in_question(sight: Sight, config: Config) -> Event | None:
    """Return the event that set a label without a run, where it matters what its author may do."""
    if sight.in_flight or _flaw_since(sight) is not None or sight.strays:
        return None
    if not sight.issue.has_label(config.in_progress_label):
        return None
    event = label_event(sight.issue, config.in_progress_label)
    return event if event is not None and event.actor.id not in sight.own else None


def _leftovers(sight: Sight) -> list[Repair]:
    """Stop what works on for a run that has ended: a slow tick started it meanwhile.

    Or a person said that nobody was at work, and put the thread away: T3 shows no messages of it
    then. A person who goes on in the thread of an ended run is left alone.
    """
    found: list[Repair] = []
    ended = [one.record for one in sight.records.runs if one.record.stage is Stage.ENDED]
    for shown in sight.threads:
        run = next((one for one in ended if one.run_id.startswith(shown.short_run_id)), None)
        if run is None or not shown.live:
            continue
        if shown.detail is None:
            ours = run.ending.by_word and shown.thread.presence is Presence.ARCHIVED
        else:
            asked = shown.detail.asked
            known, beyond = own_message_ids(run, len(asked))
            ours = bool(asked) and asked[-1].id in known | beyond
        if ours:
            found.append(_stop(shown, "its run has ended"))
    return found


def _flaw_since(sight: Sight) -> Flaw | None:
    """Return why the record of the approval that stands is not believed, if that is so."""
    if sight.blank is None or sight.records.of(sight.blank.run_id) is not None:
        return None
    at = sight.blank.approval.at
    since = [flaw for one, flaw in sight.records.flawed if one.created_at >= at]
    return since[-1] if since else None


def _unbelieved(sight: Sight, blank: RunRecord, reason: Reason, detail: str = "") -> Diagnosis:
    """Park under a fresh record that names the newest stray; the others are just stopped."""
    strays = sight.strays
    record = replace(
        blank,
        thread=ThreadState(
            id=strays[-1].thread.id if strays else "",
            environment_id=sight.environment_id if strays else "",
            seen_sequence=sight.sequence if strays else 0,
            rebuilt=True,
        ),
    )
    stops = [_stop(one, "its record is not believed") for one in strays[:-1]]
    hold = f"{sight.issue.key} has a thread without a record" if strays else ""
    return Diagnosis((*stops, Park(record, reason, detail)), hold_unmended=hold)


def _stop(shown: ShownThread, why: str) -> StopThread:
    return StopThread(shown.thread.id, why, archived=shown.thread.presence is Presence.ARCHIVED)


def _lost(sight: Sight) -> Diagnosis:
    """Return what becomes of live threads whose record was deleted.

    One of the standing approval is followed under a rebuilt record, others are handed back;
    without an approval, or where it has its own record, they are just stopped.
    """
    if sight.blank is None or sight.records.of(sight.blank.run_id) is not None:
        stops = (_stop(one, "its record is gone") for one in sight.strays)
        return Diagnosis((*stops,), hold="a session without a record is being stopped")
    rebuilt = rebuild(sight, sight.blank) if len(sight.strays) == 1 else None
    if rebuilt is None:
        return _unbelieved(sight, sight.blank, Reason.RECORD_LOST)
    hold = f"{sight.issue.key} has a thread without a record"
    return Diagnosis((Rebuild(rebuilt),), hold_unmended=hold)


def _ends(sight: Sight, config: Config, promoted: Sequence[Found]) -> list[End]:
    """End what is over although its record says that it goes on, waits, or starts."""
    if sight.issue.oversized:
        return []  # what happened to it could not be read whole
    runs = [one for one in sight.records.runs if one.record.stage in _GOING_ON]
    ends = [_end(sight, one, config, at_work=one in promoted) for one in runs]
    return [one for one in ends if one is not None]


def _end(sight: Sight, found: Found, config: Config, *, at_work: bool) -> End | None:
    """Return how a run is over: it ended before, was put back, or is not wanted any more."""
    record = found.record
    seen = seen_end(sight.issue, record, config, sight.own)
    if seen is not None:
        told, settled = seen.complete, seen.settled
        return End(found, record, seen.verdict, seen.reason, told=told, settled=settled)
    elsewhere = record.thread.environment_id not in ("", sight.environment_id)
    if record.stage is Stage.RUNNING or not sight.environment_id or elsewhere:
        return None
    threads = {one.thread.id: one.thread for one in sight.threads}
    beyond = attempt_beyond(record, threads)
    if beyond is not None:
        attempt, thread = beyond
        seat = replace(record.thread, attempt=attempt, id=thread.id)
        put_back = replace(record, thread=seat)
        return End(found, put_back, Verdict.NEEDS_HUMAN, Reason.RECORD_REGRESSED)
    if at_work:
        return None
    return _not_wanted(sight, found, config)


def _not_wanted(sight: Sight, found: Found, config: Config) -> End | None:
    """End a start that nobody asks for any more; what is at work is a run, and its rules decide."""
    issue, record = sight.issue, found.record
    if not issue.open:
        return End(found, record, Verdict.STOPPED, Reason.CLOSED_BY_PERSON)
    if not issue.has_label(config.ready_label) and not (
        half_done(issue, found, config, sight.own) or taken_back(issue, record)
    ):
        return End(found, record, Verdict.STOPPED, Reason.READY_REMOVED)
    return None


def _at_rest(sight: Sight, config: Config) -> list[Repair]:
    """Stop following an issue once nothing can be written over what its records say.

    A tick that read them before they ended may still be alive, and write; no longer than that. An
    agent that nobody saw stop is looked for first.
    """
    if not sight.issue.has_label(config.tracked_label) or sight.issue.oversized:
        return []
    runs = [one.record for one in sight.records.runs]
    asked_for = sight.blank is not None and sight.records.of(sight.blank.run_id) is None
    if asked_for or sight.strays or any(run.stage is not Stage.ENDED for run in runs):
        return []
    if _leftovers(sight) or (not sight.environment_id and any(run.ending.by_word for run in runs)):
        return []
    put_on = label_event(sight.issue, config.tracked_label)
    moments = [run.ending.ended_at for run in runs]
    moments += [put_on.at] if put_on is not None and put_on.actor.id in sight.own else []
    newest = max((at for at in moments if at is not None), default=None)
    if newest is not None and sight.now - newest < timedelta(seconds=config.tick_seconds):
        return []
    return [TakeLabelOff(config.tracked_label, "nothing is left to do")]


def _promotions(sight: Sight) -> list[Promote]:
    """Return every claim or approval whose first message T3 shows, whatever the gates say.

    The agent is at work, so the run has to be followed.
    """
    bodies = {one.thread.id: one.detail for one in sight.threads}
    found: list[Promote] = []
    for one in sight.records.runs:
        for attempt, thread_id in _spoken_attempts(sight, one.record):
            first = names.message_id(one.record.run_id, 1, attempt)
            detail = bodies[thread_id]
            if detail is not None and any(message.id == first for message in detail.messages):
                found.append(Promote(one, attempt))
                break
    return found


def _spoken_attempts(sight: Sight, record: RunRecord) -> list[tuple[int, str]]:
    """Return attempt and thread of a claim or approval where T3 shows a message of anybody's."""
    if record.stage not in (Stage.APPROVED, Stage.CLAIMED):
        return []
    spoken = {one.thread.id for one in sight.threads if one.thread.asked_at}
    attempts = range(1, record.thread.attempt + 1)
    ids = [(attempt, names.thread_id(record.run_id, attempt)) for attempt in attempts]
    return [(attempt, thread_id) for attempt, thread_id in ids if thread_id in spoken]


def _spent_label(sight: Sight, config: Config) -> list[Repair]:
    """Take the last step of an end that a tick did not live to take."""
    found = sight.records.of(sight.blank.run_id) if sight.blank is not None else None
    if found is None or found.record.stage is not Stage.ENDED:
        return []
    return [TakeLabelOff(config.ready_label, "its run has ended")]


def _label_in_order(sight: Sight, config: Config) -> tuple[list[Repair], str]:
    """Return what becomes of an in-progress label without a run, and what it holds meanwhile.

    One of ours comes off; a person's is their lock, if they may write.
    """
    issue, label = sight.issue, config.in_progress_label
    if not issue.has_label(label):
        return [], ""
    event = label_event(issue, label)
    if event is not None and event.actor.id in sight.own:
        if not sight.environment_id and not sight.records.runs:
            return [], f"{issue.key}: T3 was not read"
        return [TakeLabelOff(label, "no run")], ""
    if sight.locker is Standing.REFUSED:
        return [RefuseLabel(label)], ""
    return [], f"{issue.key} carries {label}"
