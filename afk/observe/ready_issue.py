"""From a ready issue to a candidate: who approved it, and is it still what they approved.

Asks the forge only what the gates before have not decided yet, each question once a tick.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from afk.config import Config
from afk.decide.agent_choice import AgentChoice, choose
from afk.decide.approval import (
    Appraisal,
    Standing,
    by_whom,
    came_by_rename,
    dated_ahead,
    digest,
    expired,
    is_trusted,
    label_event,
    may_write,
    name_is_younger,
    newest_application,
    pin,
    same_application,
    unchanged_since,
)
from afk.decide.provider_gate import started_today, why_shut
from afk.decide.start_gates import about_the_issue
from afk.dispatch_policy import Candidate, Ceilings, Explanation, explain
from afk.model.forge import RepositoryTrouble
from afk.model.pull import ClosingPull
from afk.observe.room import at_work, at_work_unread, by_repository, open_reviews
from afk.observe.sharing import counted_threads, of_all_shards, other_server, shut_elsewhere
from afk.observe.tick import Tick
from afk.record.codec import Found, Records
from afk.record.label_mark import Home
from afk.record.names import is_of
from afk.record.state import RunRecord, Stage
from afk.text.waits import held_by, reviews_open
from afk.types import Account, Event, EventKind, Issue, IssueKey, Permission

_GATES_BEFORE_APPROVAL: Final = frozenset(
    {"kill-switch", "allowlist", "open", "not-a-pull-request", "not-locked", "not-archived"}
    | {"readable", "ready-label", "not-handed-back"}
)

_OTHER_SERVER: Final = "T3 is another server than a run in flight was started on"

_TROUBLES: Final[Mapping[str, str]] = {
    RepositoryTrouble.RENAMED.value: "the repository was renamed",
    RepositoryTrouble.MISSING.value: "the forge does not show the repository",
    RepositoryTrouble.ARCHIVED.value: "the repository is archived",
    RepositoryTrouble.NO_LABEL.value: "the repository lacks a label that afk needs",
    RepositoryTrouble.TOO_MANY.value: "the repository has more labelled issues than afk reads",
    RepositoryTrouble.UNREADABLE.value: "the forge does not let afk read the repository",
}
"""Why nothing starts in a repository that is in trouble; the errors say what mends it."""


def candidate(tick: Tick, issue: Issue, *, ask_all: bool = False) -> Candidate:
    """Return the issue with everything the gates look at.

    Where a gate before the approval says no, nothing is asked and the gates behind it say so.
    ``ask_all``: they are asked all the same, for whoever wants every gate's own answer, except in
    a repository that afk has no business in.
    """
    event = newest_application(issue, tick.config)
    bare = unasked(tick, issue)
    no = explain(bare, tick.config, ()).first_no
    allowed = issue.repo.name in tick.config.allowlist
    if no is not None and no.gate in _GATES_BEFORE_APPROVAL and not (ask_all and allowed):
        return bare
    agent = _agent(tick, issue, event)
    shut = _provider_shut(tick, issue.repo.name, agent.name)
    if not issue.has_label(tick.config.ready_label):
        standing = Appraisal(Standing.OFF)
        return Candidate(
            issue=issue,
            appraisal=standing,
            provider_open=not shut,
            provider_shut=shut,
            spent=None,
            agent=agent,
        )
    records = tick.forge.records(issue)
    appraisal = appraise(tick, issue, records)
    found = standing_record(tick, issue, records, event)
    return Candidate(
        issue=issue,
        appraisal=appraisal,
        runs=starts(tick, issue),
        provider_open=not shut,
        provider_shut=shut,
        spent=_is_over(found),
        agent=agent,
        others=closing_pulls(tick, [issue])[issue.key] if ask_all else (),
    )


def closing_pulls(
    tick: Tick, issues: Sequence[Issue]
) -> Mapping[IssueKey, tuple[ClosingPull, ...]]:
    """Return other people's open pull requests that say they close each issue, asked at once.

    Asked only of what would start: waiting costs nothing.
    """
    found = tick.deps.pulls.closing(issues)
    own = tick.forge.own
    return {
        one.key: tuple(pull for pull in found.get(one.key, ()) if pull.author.id not in own)
        for one in issues
    }


def _agent(tick: Tick, issue: Issue, event: Event | None) -> AgentChoice:
    """Return who is to do it; the forge is asked about whoever put an agent's label on."""

    def may(account: Account) -> bool:
        if account.id in tick.forge.own or is_trusted(account, tick.config):
            return is_trusted(account, tick.config)
        permission = tick.forge.permission(issue.repo.name, account)
        return may_write(account, permission, tick.config)

    return choose(issue, tick.config, event, may)


def unasked(tick: Tick, issue: Issue) -> Candidate:
    """Return the issue with nothing asked about it: the gates that would need it say so."""
    event = newest_application(issue, tick.config)
    standing = Appraisal(Standing.NOT_ASKED, event)
    return Candidate(issue=issue, appraisal=standing, provider_open=None, spent=None)


def no_longer(tick: Tick, issue: Issue, record: RunRecord) -> str:
    """Return why a claimed run may not get its first turn after all, "" where it may.

    Asked of an issue read again: what is said about the issue itself, not about room, which the
    claim holds.
    """
    one = candidate(tick, issue)
    no = next((answer for answer in about_the_issue(one, tick.config) if not answer.passed), None)
    if no is not None:
        return no.evidence
    if not same_application(record.approval, one.appraisal.event):
        return "the ready label was put on again"
    return taken_by_a_person(tick, issue)


def taken_by_a_person(tick: Tick, issue: Issue) -> str:
    """Return that somebody who may approve has put their own lock on the issue, "" if not so."""
    label = tick.config.in_progress_label
    event = label_event(issue, label) if issue.has_label(label) else None
    if event is None or event.actor.id in tick.forge.own:
        return ""
    permission = tick.forge.permission(issue.repo.name, event.actor)
    theirs = by_whom(event, permission, tick.config, tick.forge.own) is Standing.APPROVED
    return f"a person put {label} on" if theirs else ""


def _is_over(found: Found | None) -> bool:
    return found is not None and found.record.stage in (Stage.ENDING, Stage.ENDED)


def appraise(tick: Tick, issue: Issue, records: Records) -> Appraisal:
    """Judge the newest application of the ready label, and what it covers."""
    event = newest_application(issue, tick.config)
    if event is None:
        renamed = came_by_rename(issue, tick.config)
        return Appraisal(Standing.RENAMED if renamed else Standing.MISSING)
    permission = Permission.UNKNOWN
    if event.actor.id not in tick.forge.own and not is_trusted(event.actor, tick.config):
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
        # What happened to the text after a run is over decides nothing about it any more.
        same = _is_over(found) or found.record.approval.digest == digest(issue)
        approval = found.record.approval
        return Appraisal(Standing.APPROVED if same else Standing.EDITED, event, approval)
    home = Home(tick.deps.tracker.host, issue.repo)
    if name_is_younger(issue, event, tick.config, home, tick.deps.keys):
        return Appraisal(Standing.RENAMED, event)
    standing = at_first_sight(tick, issue, event)
    return Appraisal(standing, event, pin(issue, event))


def at_first_sight(tick: Tick, issue: Issue, event: Event) -> Standing:
    """Prove that the text is the approved one; asks for the author only where edits are hidden."""
    edits = tick.deps.tracker.body_edits(issue)
    author_may_write = edits is None and (
        is_trusted(issue.author, tick.config)
        or may_write(
            issue.author, tick.forge.permission(issue.repo.name, issue.author), tick.config
        )
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


def every_agent_shut(tick: Tick, repo: str) -> str:
    """Return why nobody who may be picked for the repository takes work, "" where somebody may."""
    told = [_provider_shut(tick, repo, agent) for agent in ("", *tick.config.agents)]
    return told[0] if all(told) else ""


def _provider_shut(tick: Tick, repo: str, agent: str) -> str:
    if tick.t3.snapshot is None or repo not in tick.config.repositories:
        return ""  # other gates say no
    return shut_elsewhere(tick, repo, agent) or why_shut(
        repo,
        tick.ledger.runs.values(),
        tick.t3.snapshot.threads,
        tick.config,
        now=tick.now,
        server_now=tick.t3.snapshot.server_now,
        agent=agent,
    )


def ceilings(tick: Tick, *, apart_from: str = "") -> Ceilings:
    """Return the counts that bound starting, None where they could not be read.

    ``apart_from``: a run that does not count against itself.
    """
    snapshot = tick.t3.snapshot
    others = [one for one in counted_threads(tick) if not is_of(one.title, apart_from)]
    today = started_today(others, snapshot.server_now) if snapshot else None
    counted = Ceilings(
        in_flight=at_work_unread(tick)
        + sum(
            run_id != apart_from and not record.waits_for_people
            for run_id, record in tick.ledger.runs.items()
        ),
        started_today=today,
        agent_seen=snapshot is not None,
    )
    return of_all_shards(tick, counted, has_place=bool(apart_from))


def busy_repositories(tick: Tick, *, apart_from: str = "") -> Mapping[str, str]:
    """Return the repositories in which nothing may start, each with the reason."""
    full = {
        repo: _full(repo, runs, tick.config, apart_from)
        for repo, runs in by_repository(tick).items()
        if repo in tick.config.repositories
    }
    runs = {repo: why for repo, why in full.items() if why}
    others = other_server(tick)
    held = dict.fromkeys(tick.config.allowlist, _OTHER_SERVER) if others else {}
    known = {repo: _TROUBLES.get(why, why) for repo, why in tick.ledger.held.items()}
    return {**runs, **held, **known}


def _full(repo: str, runs: Sequence[RunRecord], config: Config, apart_from: str) -> str:
    """Return why a repository with these runs has no room for another one, "" where it has."""
    busy = at_work(runs, apart_from=apart_from)
    if len(busy) >= config.room(repo):
        return held_by(busy[0]) if busy else f"runs_per_repository={config.room(repo)}"
    waiting, most = open_reviews(runs), config.max_open_reviews
    full = config.lands_by_pull(repo) and waiting >= most
    return reviews_open(waiting, most, repo) if full else ""


def explanation(tick: Tick, one: Candidate, *, apart_from: str = "") -> Explanation:
    """Return every gate's answer for a candidate as things stand in this tick.

    ``apart_from`` is the run of a claim that is being resumed: it does not count itself.
    """
    busy = busy_repositories(tick, apart_from=apart_from)
    return explain(one, tick.config, busy, ceilings(tick, apart_from=apart_from))
