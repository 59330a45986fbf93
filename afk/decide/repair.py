"""What only looks like a run: edited records, lost ones, bare labels, strays, and what mends them.

Pure. `diagnose` turns what a tick saw of one issue into a list of repairs, in the order in which
they are made; `afk.act.repair` makes them. None of them sends a turn or closes an issue. A record
that is not believed is never acted on; a thread without a record is followed to its end without
further turns, or stopped and parked.
"""

from dataclasses import replace
from typing import Final

from afk.config import Config
from afk.decide.approval import Standing, label_event
from afk.decide.sight import (
    DeleteDuplicate,
    Diagnosis,
    Park,
    Promote,
    Rebuild,
    RefuseLabel,
    Repair,
    Sight,
    StopThread,
    TakeLabelOff,
)
from afk.decide.thread_facts import own_message_ids
from afk.record import names
from afk.record.codec import Flaw
from afk.record.groups import Commits, ThreadState
from afk.record.state import Dialogue, Purpose, RunRecord, Stage, Turn
from afk.types import Event, Reason

_ATTEMPTS: Final = 6
"""Attempts at a thread or message that are looked for when a record is rebuilt."""


def diagnose(sight: Sight, config: Config) -> Diagnosis:
    """Return what has to be put in order on an issue."""
    promotions = _promotions(sight)
    runs = sight.in_flight or promotions
    found = Diagnosis() if runs else _unlike_a_run(sight, config)
    always: list[Repair] = [DeleteDuplicate(comment) for comment in sight.records.duplicates]
    return replace(found, repairs=(*always, *_leftovers(sight), *found.repairs, *promotions))


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

    A person who goes on in the thread of an ended run is left alone.
    """
    found: list[Repair] = []
    ended = [one.record for one in sight.records.runs if one.record.stage is Stage.ENDED]
    for shown in sight.threads:
        run = next((one for one in ended if one.run_id.startswith(shown.short_run_id)), None)
        if run is None or not shown.live or shown.detail is None:
            continue
        asked = shown.detail.asked
        known, beyond = own_message_ids(run, len(asked))
        if asked and asked[-1].id in known | beyond:
            found.append(StopThread(shown.thread.id, "its run has ended"))
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
    strays = [one.thread.id for one in sight.strays]
    record = replace(
        blank,
        thread=ThreadState(
            id=strays[-1] if strays else "",
            environment_id=sight.environment_id if strays else "",
            rebuilt=True,
        ),
    )
    stops = [StopThread(one, "its record is not believed") for one in strays[:-1]]
    hold = f"{sight.issue.key} has a thread without a record" if strays else ""
    return Diagnosis((*stops, Park(record, reason, detail)), hold_unmended=hold)


def _lost(sight: Sight) -> Diagnosis:
    """Return what becomes of live threads whose record was deleted.

    One of the standing approval is followed under a rebuilt record, others are handed back;
    without an approval they are just stopped.
    """
    if sight.blank is None:
        stops = (StopThread(one.thread.id, "no record, no label") for one in sight.strays)
        return Diagnosis((*stops,), hold="a session without a record is being stopped")
    rebuilt = _rebuilt(sight, sight.blank) if len(sight.strays) == 1 else None
    if rebuilt is None:
        return _unbelieved(sight, sight.blank, Reason.RECORD_LOST)
    hold = f"{sight.issue.key} has a thread without a record"
    return Diagnosis((Rebuild(rebuilt),), hold_unmended=hold)


def _rebuilt(sight: Sight, blank: RunRecord) -> RunRecord | None:
    """Return a record made from what T3 shows, None when the thread is not this approval's.

    It gets no further turns: how many there were, and what was approved, is not certain.
    """
    stray = sight.strays[-1]
    attempts = {names.thread_id(blank.run_id, one): one for one in range(1, _ATTEMPTS)}
    attempt = attempts.get(stray.thread.id)
    if attempt is None or stray.detail is None:
        return None
    asked = {message.id: message.created_at for message in stray.detail.messages}
    turns = [
        Turn(
            number=number,
            purpose=Purpose.FIRST if number == 1 else Purpose.FIX_FORWARD,
            message_id=message,
            attempt=again,
            thread=attempt,
            sent_at=sight.now,
            requested_at=asked[message],
        )
        for number in range(1, len(asked) + 1)
        for again in range(1, _ATTEMPTS)
        if (message := names.message_id(blank.run_id, number, again)) in asked
    ]
    if not turns:
        return None
    return replace(
        blank,
        stage=Stage.RUNNING,
        thread=ThreadState(
            environment_id=sight.environment_id,
            id=stray.thread.id,
            attempt=attempt,
            claimed_at=sight.now,
            started_at=sight.now,
            rebuilt=True,
        ),
        dialogue=Dialogue(turns=tuple(turns)),
        commits=Commits(branch=sight.branch),
    )


def _promotions(sight: Sight) -> list[Repair]:
    """Return every claim or approval whose first message T3 shows, whatever the gates say.

    The agent is at work, so the run has to be followed.
    """
    bodies = {one.thread.id: one.detail for one in sight.threads}
    found: list[Repair] = []
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
