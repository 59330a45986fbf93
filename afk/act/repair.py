"""What only looks like a run, put in order: edited records, lost ones, bare labels, strangers.

Nothing here sends a turn or closes an issue. A record that is not believed is never acted on; a
thread without a record is followed to its end without further turns, or stopped and parked.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from afk.act.ending import begin, finish
from afk.act.record_book import blank_record, surroundings, write
from afk.decide.approval import Standing, by_whom, label_event, newest_application, pin
from afk.decide.thread_facts import own_message_ids
from afk.errors import UserMustFix
from afk.model.agent import AgentThread, ThreadDetail
from afk.observe.tick import Tick
from afk.record import names
from afk.record.codec import Flaw, Found, Records
from afk.record.state import IN_FLIGHT, Purpose, RunRecord, Stage, Turn
from afk.text.messages import refused_label, unread_record
from afk.types import Event, Issue, Reason, Verdict

REFUSALS_PER_TICK: Final = 5
_ATTEMPTS: Final = 6


def salvage(tick: Tick, issue: Issue) -> list[Found]:
    """Return the issue's believable records, after putting the rest in order."""
    records = tick.records(issue)
    if records.newer:
        tick.busy[issue.repo.name] = f"{issue.key} has a record of a newer version"
        raise UserMustFix(
            f"{issue.key} has a run record written by a newer version of afk",
            cause="another workflow or machine runs a newer version",
            next_step="upgrade afk here",
        )
    if tick.acts_on(issue.key):
        for comment in records.duplicates:
            tick.deps.tracker.delete_comment(issue, comment)
        _stop_leftovers(tick, issue, records)
    runs = list(records.runs)
    if any(found.record.stage in IN_FLIGHT for found in runs):
        return runs
    strays = [thread for thread in tick.titled(issue.key) if _stray(tick, thread, records)]
    application = newest_application(issue, tick.config)
    flaw = _flaw_since(tick, issue, records, application)
    if strays and issue.oversized:
        raise unread_record(issue)
    if not tick.acts_on(issue.key):
        _leave_alone(tick, issue, [*(["an edited record"] if flaw else []), *strays])
        _put_label_in_order(tick, issue, records)
        return runs
    if flaw and application is not None:
        if tick.snapshot is None:
            # Whether an agent is at work cannot be told, so nothing can be ended.
            tick.busy.setdefault(issue.repo.name, f"{issue.key}: T3 was not read")
            return runs
        parked = _park(tick, issue, application, strays, Reason.RECORD_EDITED, flaw.value)
        return [*runs, *parked]
    if strays:
        return [*runs, *_follow_or_park(tick, issue, application, strays)]
    _take_spent_label_off(tick, issue, records, application)
    _put_label_in_order(tick, issue, records)
    return runs


def _leave_alone(tick: Tick, issue: Issue, found: Sequence[str | AgentThread]) -> None:
    """Keep the poller's hands off what would be put in order, were anything to be written."""
    for one in found:
        what = one if isinstance(one, str) else one.id
        tick.deps.report.event(f"would put in order: {what}", key=issue.key)
        tick.settled.add(issue.key)
        if not isinstance(one, str):
            tick.busy.setdefault(issue.repo.name, f"{issue.key} has a thread without a record")


def _take_spent_label_off(
    tick: Tick, issue: Issue, records: Records, application: Event | None
) -> None:
    """Take the last step of an end that a tick did not live to take."""
    found = (
        records.of(names.run_id_of(tick.deps.tracker.host, issue, application))
        if application is not None
        else None
    )
    if found is not None and found.record.stage is Stage.ENDED:
        tick.deps.tracker.label(issue, remove=[tick.config.ready_label])
        tick.deps.report.event("took the ready label off: its run has ended", key=issue.key)


def _stray(tick: Tick, thread: AgentThread, records: Records) -> bool:
    """Say whether an agent is at work in a thread that no believable record accounts for."""
    named = names.parse_title(thread.title)
    if named is None or not tick.live(thread):
        return False
    return not any(found.record.run_id.startswith(named[0]) for found in records.runs)


def _stop_leftovers(tick: Tick, issue: Issue, records: Records) -> None:
    """Stop what works on for a run that has ended: a slow tick started it meanwhile.

    A person who goes on in the thread of an ended run is left alone.
    """
    ended = [found.record for found in records.runs if found.record.stage is Stage.ENDED]
    for thread in tick.titled(issue.key):
        named = names.parse_title(thread.title)
        run = next((one for one in ended if named and one.run_id.startswith(named[0])), None)
        if run is None or not tick.live(thread):
            continue
        detail = tick.detail(thread.id)
        asked = detail.asked if isinstance(detail, ThreadDetail) else ()
        known, beyond = own_message_ids(run, len(asked))
        if asked and asked[-1].id in known | beyond:
            tick.deps.agent.stop(thread.id, tick.deps.new_id())
            tick.deps.report.event(f"stopped {thread.id}: its run has ended", key=issue.key)


def _flaw_since(
    tick: Tick, issue: Issue, records: Records, application: Event | None
) -> Flaw | None:
    """Return why the record of the approval that stands is not believed, if that is so."""
    if (
        application is None
        or records.of(names.run_id_of(tick.deps.tracker.host, issue, application)) is not None
    ):
        return None
    since = [flaw for one, flaw in records.flawed if one.created_at >= application.at]
    return since[-1] if since else None


def _park(
    tick: Tick,
    issue: Issue,
    application: Event,
    strays: list[AgentThread],
    reason: Reason,
    detail: str = "",
) -> list[Found]:
    """End as needs-human under a fresh record; whatever still runs is stopped on the way."""
    run_id = names.run_id_of(tick.deps.tracker.host, issue, application)
    record = replace(
        blank_record(tick, issue, run_id, pin(issue, application)),
        thread_id=strays[-1].id if strays else "",
        environment_id=tick.snapshot.environment_id if tick.snapshot and strays else "",
        rebuilt=True,
    )
    for thread in strays[:-1]:
        tick.deps.agent.stop(thread.id, tick.deps.new_id())
    tick.settled.add(issue.key)
    verdict = Verdict.NEEDS_HUMAN
    found = begin(tick, issue, None, record, verdict=verdict, reason=reason, detail=detail)
    if found is None:
        return []
    done = finish(tick, issue, found, tick.facts(found.record))
    return [done] if done else [found]


def _follow_or_park(
    tick: Tick, issue: Issue, application: Event | None, strays: list[AgentThread]
) -> list[Found]:
    """A live thread whose record was deleted: rebuilt from the ids, parked, or just stopped."""
    if application is None:
        for thread in strays:
            tick.deps.agent.stop(thread.id, tick.deps.new_id())
            tick.deps.report.event(f"stopped {thread.id}: no record, no label", key=issue.key)
        tick.busy.setdefault(issue.repo.name, "a session without a record is being stopped")
        return []
    rebuilt = _rebuild(tick, issue, application, strays)
    if rebuilt is None or len(strays) > 1:
        return _park(tick, issue, application, strays, Reason.RECORD_LOST)
    around = surroundings(tick, rebuilt, waiting_for="its end; the record was lost")
    found = write(tick, issue, None, rebuilt, around)
    if found is not None:
        tick.deps.report.event("rebuilt the record of a running thread", key=issue.key)
    return [found] if found else []


def _rebuild(
    tick: Tick, issue: Issue, application: Event, strays: list[AgentThread]
) -> RunRecord | None:
    """Return a record made from what T3 shows, None when the thread is not this approval's.

    It gets no further turns: how many there were, and what was approved, is not certain.
    """
    run_id = names.run_id_of(tick.deps.tracker.host, issue, application)
    thread = strays[-1]
    attempts = {names.thread_id(run_id, one): one for one in range(1, _ATTEMPTS)}
    attempt = attempts.get(thread.id)
    detail = tick.detail(thread.id)
    if attempt is None or not isinstance(detail, ThreadDetail) or tick.snapshot is None:
        return None
    asked = {message.id: message.created_at for message in detail.messages}
    turns = []
    for number in range(1, len(asked) + 1):
        for again in range(1, _ATTEMPTS):
            message = names.message_id(run_id, number, again)
            if message in asked:
                turns.append(
                    Turn(
                        number=number,
                        purpose=Purpose.FIRST if number == 1 else Purpose.FIX_FORWARD,
                        message_id=message,
                        attempt=again,
                        thread=attempt,
                        sent_at=tick.now,
                        requested_at=asked[message],
                    )
                )
    if not turns:
        return None
    repository = tick.deps.tracker.repository(issue.repo.name)
    return replace(
        blank_record(tick, issue, run_id, pin(issue, application)),
        stage=Stage.RUNNING,
        environment_id=tick.snapshot.environment_id,
        thread_id=thread.id,
        attempt=attempt,
        turns=tuple(turns),
        branch=tick.branch_of(issue.repo.name) or repository.default_branch,
        claimed_at=tick.now,
        started_at=tick.now,
        rebuilt=True,
    )


def _put_label_in_order(tick: Tick, issue: Issue, records: Records) -> None:
    """An in-progress label without a run: ours comes off, a trusted person's is their lock."""
    config = tick.config
    if not issue.has_label(config.in_progress_label):
        return
    event = label_event(issue, config.in_progress_label)
    if event is not None and event.actor.id in tick.own:
        if tick.snapshot is None and not records.runs:
            tick.busy.setdefault(issue.repo.name, f"{issue.key}: T3 was not read")
            return
        if tick.acts_on(issue.key):
            tick.deps.tracker.label(issue, remove=[config.in_progress_label])
            tick.deps.report.event("took our in-progress label off: no run", key=issue.key)
        return
    standing = Standing.MISSING
    if event is not None:
        permission = tick.permission(issue.repo.name, event.actor)
        standing = by_whom(event, permission, config, tick.own)
    if standing is Standing.REFUSED:
        refuse_label(tick, issue, config.in_progress_label)
        return
    tick.busy.setdefault(issue.repo.name, f"{issue.key} carries {config.in_progress_label}")


def refuse_label(tick: Tick, issue: Issue, label: str) -> None:
    """Take a label off that somebody without write permission put on; say so once."""
    if tick.labels_refused >= REFUSALS_PER_TICK or not tick.acts_on(issue.key):
        return
    tick.labels_refused += 1
    tick.deps.tracker.label(issue, remove=[label])
    text = refused_label(label)
    if not any(one.body == text and one.author.id in tick.own for one in issue.comments):
        tick.deps.tracker.create_comment(issue, text)
    tick.deps.report.event(f"took {label} off: set without write permission", key=issue.key)
