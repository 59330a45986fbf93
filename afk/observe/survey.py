"""How every issue stands: which believable records it has, and what only looks like a run.

Reads and diagnoses; what has to be mended is mended by `afk.act.repair`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from afk.decide.approval import blank_record, by_whom, newest_application
from afk.decide.hidden_threads import hidden_in_question
from afk.decide.repair import bodies_wanted, diagnose, lock_in_question
from afk.decide.retries import application_by
from afk.decide.sight import Diagnosis, ShownThread, Sight
from afk.errors import UserMustFix, one_of_many
from afk.model.agent import Presence, ThreadDetail
from afk.observe.tick import Tick
from afk.record import names
from afk.record.codec import Found, Records
from afk.record.names import MAX_ATTEMPTS
from afk.record.state import IN_FLIGHT
from afk.text.messages import unread_record
from afk.types import EventKind, Issue


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An issue, its believable records, and what has to be put in order on it."""

    issue: Issue
    records: Records
    diagnosis: Diagnosis

    @property
    def in_flight(self) -> list[Found]:
        """Return the records of runs in flight."""
        return [found for found in self.records.runs if found.record.stage in IN_FLIGHT]


def survey(tick: Tick) -> list[Surveyed]:
    """Look at every issue; the ledger learns which runs are in flight and what is held.

    What could not be told of an issue is reported, and keeps its repository from new starts.
    """
    found: list[Surveyed] = []
    for issue in tick.issues.values():
        with one_of_many(tick.deps.report, issue.key) as looking:
            found.append(look_at(tick, issue))
        if not looking.done:
            tick.ledger.hold(issue.repo.name, f"{issue.key} could not be told")
            tick.ledger.hands_off.add(issue.key)
    for one in found:
        for standing in one.in_flight:
            tick.ledger.stands(standing.record)
        if one.diagnosis.hold:
            tick.ledger.hold(one.issue.repo.name, one.diagnosis.hold)
    return found


def survey_alone(tick: Tick) -> list[Surveyed]:
    """Look at every issue for somebody who mends nothing."""
    found = survey(tick)
    for one in found:
        if one.diagnosis.repairs:
            leave_unmended(tick, one)
    return found


def look_over(late: Tick) -> Tick:
    """Look at issues that were read late, for somebody who mends nothing."""
    survey_alone(late)
    return late


def leave_unmended(tick: Tick, surveyed: Surveyed) -> None:
    """Let nothing start on an issue in this tick that has to be put in order first."""
    tick.ledger.hands_off.add(surveyed.issue.key)
    if surveyed.diagnosis.hold_unmended:
        tick.ledger.hold(surveyed.issue.repo.name, surveyed.diagnosis.hold_unmended)


def look_at(tick: Tick, issue: Issue) -> Surveyed:
    """Return how one issue stands; raises what a person must fix, or what could not be read."""
    records = tick.forge.records(issue)
    if records.newer:
        raise UserMustFix(
            f"{issue.key} has a run record written by a newer version of afk",
            cause="another workflow or machine runs a newer version",
            next_step="upgrade afk here",
        )
    sight = _sight(tick, issue, records)
    if hidden_in_question(sight, tick.config):
        sight = _with_hidden(tick, sight)
    if issue.oversized and sight.strays and not sight.in_flight:
        raise unread_record(issue)
    if sight.strays and not sight.in_flight:
        sight = replace(sight, branch=tick.forge.branch(issue.repo.name))
    bodies = {one: tick.t3.detail(one) for one in bodies_wanted(sight)}
    sight = _with_bodies(sight, bodies)
    locked_by = lock_in_question(sight, tick.config)
    if locked_by is not None:
        permission = tick.forge.permission(issue.repo.name, locked_by.actor)
        standing = by_whom(locked_by, permission, tick.config, tick.forge.own)
        sight = replace(sight, locker=standing)
    return Surveyed(issue, records, diagnose(sight, tick.config))


def _sight(tick: Tick, issue: Issue, records: Records) -> Sight:
    application = newest_application(issue, tick.config)
    blank = None
    if application is not None:
        run_id = tick.forge.run_id(issue, application)
        blank = blank_record(issue, tick.deps.tracker.forge, run_id, application)
    threads = tick.t3.once_titled(issue.key)
    labels = (tick.config.in_progress_label, tick.config.tracked_label)
    shown = tuple(ShownThread(thread=one, live=tick.t3.live(one)) for one in threads)
    return Sight(
        now=tick.now,
        issue=issue,
        records=records,
        threads=shown,
        of_runs=_thread_ids(tick, issue, {one.short_run_id for one in shown}),
        environment_id=tick.t3.environment_id,
        blank=blank,
        ready_label=tick.config.ready_label,
        own=tick.forge.own if records.runs or any(map(issue.has_label, labels)) else frozenset(),
    )


def _with_hidden(tick: Tick, sight: Sight) -> Sight:
    """Return the sight with the threads of the issue's runs as the second source shows them.

    Archived ones are nowhere else, and a first look that was late may lack a new one.
    """
    of_runs = _thread_ids(tick, sight.issue, {""})
    if not of_runs:
        return sight
    whole = tick.t3.whole(min(of_runs))
    newer = {
        one.id: ShownThread(thread=one, live=tick.t3.live(one))
        for one in whole.threads
        if one.presence is not Presence.DELETED and one.id in of_runs
    }
    threads = [newer.pop(one.thread.id, one) for one in sight.threads]
    threads += newer.values()
    return replace(sight, threads=tuple(threads), of_runs=of_runs, sequence=whole.sequence)


def _thread_ids(tick: Tick, issue: Issue, titled: Collection[str]) -> frozenset[str]:
    """Return the ids that threads of the issue's runs can have: one run an application.

    Or one a comment, whatever it says by now: without its record nothing else tells that it was an
    approval. ``titled``: the short ids of runs that T3 shows threads of.
    """
    if not titled:
        return frozenset()
    label = tick.config.ready_label
    applied = [one for one in issue.events if one.kind is EventKind.LABELED and one.label == label]
    applied += [one.shown for one in applied if one.shown is not None]
    applied += [application_by(issue, one) for one in issue.comments]
    known = (tick.forge.run_id(issue, one) for one in applied)
    runs = [one for one in known if one.startswith(tuple(titled))]
    attempts = range(1, MAX_ATTEMPTS + 1)
    return frozenset(names.thread_id(run, attempt) for run in runs for attempt in attempts)


def _with_bodies(sight: Sight, bodies: Mapping[str, ThreadDetail | None]) -> Sight:
    threads = (replace(one, detail=bodies.get(one.thread.id)) for one in sight.threads)
    return replace(sight, threads=tuple(threads))
