"""From a ready issue to a candidate: who approved it, and is it still what they approved.

Asks the forge only what the gates before have not decided yet, each question once a tick.
"""

from collections.abc import Mapping
from typing import Final

from afk.decide.approval import (
    Appraisal,
    Standing,
    by_whom,
    dated_ahead,
    digest,
    expired,
    may_write,
    newest_application,
    pin,
    unchanged_since,
)
from afk.decide.provider_gate import provider_open, started_today
from afk.dispatch_policy import Candidate, Ceilings, Explanation, explain
from afk.observe.tick import Tick
from afk.record.codec import Found, Records
from afk.record.state import Stage
from afk.types import Event, EventKind, Issue, Permission

_GATES_BEFORE_APPROVAL: Final = frozenset(
    {"kill-switch", "allowlist", "open", "not-a-pull-request", "not-locked", "not-archived"}
    | {"readable", "ready-label", "not-handed-back"}
)

_OTHER_SERVER: Final = "T3 is another server than a run in flight was started on"


def candidate(tick: Tick, issue: Issue) -> Candidate:
    """Return the issue with everything the gates look at."""
    records = tick.forge.records(issue)
    bare = Candidate(issue=issue, appraisal=Appraisal(Standing.MISSING))
    no = explain(bare, tick.config, ()).first_no
    if no is not None and no.gate in _GATES_BEFORE_APPROVAL:
        event = newest_application(issue, tick.config)
        return Candidate(issue=issue, appraisal=Appraisal(Standing.MISSING, event))
    appraisal = appraise(tick, issue, records)
    found = standing_record(tick, issue, records, appraisal.event)
    return Candidate(
        issue=issue,
        appraisal=appraisal,
        runs=starts(tick, issue),
        provider_open=_provider_open(tick, issue),
        spent=found is not None and found.record.stage in (Stage.ENDING, Stage.ENDED),
    )


def appraise(tick: Tick, issue: Issue, records: Records) -> Appraisal:
    """Judge the newest application of the ready label, and what it covers."""
    event = newest_application(issue, tick.config)
    if event is None:
        return Appraisal(Standing.MISSING)
    permission = Permission.UNKNOWN
    if event.actor.id not in tick.forge.own:
        permission = tick.forge.permission(issue.repo.name, event.actor)
    standing = by_whom(event, permission, tick.config, tick.forge.own)
    if standing is not Standing.APPROVED:
        return Appraisal(standing, event)
    if dated_ahead(event, tick.now):
        return Appraisal(Standing.AHEAD, event)
    if expired(event, tick.now, tick.config):
        return Appraisal(Standing.EXPIRED, event)
    found = standing_record(tick, issue, records, event)
    if found is not None:
        same = found.record.approval.digest == digest(issue)
        approval = found.record.approval
        return Appraisal(Standing.APPROVED if same else Standing.EDITED, event, approval)
    standing = _at_first_sight(tick, issue, event)
    return Appraisal(standing, event, pin(issue, event))


def _at_first_sight(tick: Tick, issue: Issue, event: Event) -> Standing:
    """Prove that the text is the approved one; asks for the author only where edits are hidden."""
    edits = tick.deps.tracker.body_edits(issue)
    author_may_write = edits is None and may_write(
        issue.author, tick.forge.permission(issue.repo.name, issue.author), tick.config
    )
    return unchanged_since(issue, event, edits, author_may_write=author_may_write)


def standing_record(
    tick: Tick, issue: Issue, records: Records, event: Event | None
) -> Found | None:
    """Return the record of the run that this application asks for."""
    return records.of(tick.forge.run_id(issue, event)) if event is not None else None


def starts(tick: Tick, issue: Issue) -> int:
    """Return how often afk started this issue: its own in-progress events."""
    label = tick.config.in_progress_label
    added = [
        event for event in issue.events if event.kind is EventKind.LABELED and event.label == label
    ]
    return sum(event.actor.id in tick.forge.own for event in added)


def _provider_open(tick: Tick, issue: Issue) -> bool:
    if tick.t3.snapshot is None or issue.repo.name not in tick.config.repositories:
        return True  # other gates say no
    return provider_open(
        issue.repo.name,
        tick.ledger.runs.values(),
        tick.t3.snapshot.threads,
        tick.config,
        now=tick.now,
        server_now=tick.t3.snapshot.server_now,
    )


def ceilings(tick: Tick, *, apart_from: str = "") -> Ceilings:
    """Return the counts that bound starting, None where they could not be read."""
    snapshot = tick.t3.snapshot
    today = started_today(snapshot.threads, snapshot.server_now) if snapshot else None
    return Ceilings(
        in_flight=sum(run_id != apart_from for run_id in tick.ledger.runs),
        started_today=today,
        agent_seen=snapshot is not None,
    )


def busy_repositories(tick: Tick, *, apart_from: str = "") -> Mapping[str, str]:
    """Return the repositories in which nothing may start, each with the reason."""
    runs = {run.repository: "" for run_id, run in tick.ledger.runs.items() if run_id != apart_from}
    others = tick.names_other_server()
    held = dict.fromkeys(tick.config.allowlist, _OTHER_SERVER) if others else {}
    return {**runs, **held, **tick.ledger.held}


def explanation(tick: Tick, one: Candidate, *, apart_from: str = "") -> Explanation:
    """Return every gate's answer for a candidate as things stand in this tick.

    ``apart_from`` is the run of a claim that is being resumed: it does not count itself.
    """
    busy = busy_repositories(tick, apart_from=apart_from)
    return explain(one, tick.config, busy, ceilings(tick, apart_from=apart_from))
