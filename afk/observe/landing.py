"""What a tick sees of a run that lands by pull request: two branches, the pull, its rules.

Asks as little as the decision needs. The run's own branch is read only where the pull request's
head is another than the one on record, the base's rules only where somebody is not just waiting
for people, and people's rights once a tick.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from afk.decide.approval import is_trusted, may_write
from afk.decide.pull_sight import UNREAD, PullSight
from afk.model.forge import Branch
from afk.model.pull import BranchRules, Pull, newest
from afk.observe.forge_view import ReadBranches
from afk.observe.tick import Tick
from afk.ports import BranchQuery
from afk.ports.landing import PullQuery
from afk.record.state import RunRecord
from afk.types import Account, AccountKind, Permission

MAX_PEOPLE: Final = 20
"""Of a reviewer only the forge knows the rights; beyond them nobody is asked about."""
NOT_READ: Final = Branch("", (), complete=False)


Seen = tuple[RunRecord, Branch, PullSight]
"""The record (its base may be renamed), the run's own branch beyond its base, the landing."""


def pull_of(tick: Tick, record: RunRecord) -> PullQuery:
    """Return where a run's pull request is."""
    policy = tick.config.merge_of(record.repository)
    # Who merges on green alone must know every word said against it, in every tick.
    seen = record.landing.seen_mark if record.waits_for_people and policy != "green" else ""
    began = record.thread.claimed_at
    landing = record.landing
    return PullQuery(record.repository, landing.branch, landing.pull, seen, began)


def branches_of(record: RunRecord, pull: Pull | None) -> list[BranchQuery]:
    """Return which branches are looked at: the base, and the run's own where that moved."""
    base = BranchQuery(record.repository, record.commits.base, record.commits.branch)
    if not record.landing.branch:
        return [base]
    moved = pull is None or not pull.open or pull.head_sha != record.landing.tip
    own = BranchQuery(record.repository, record.commits.base, record.landing.branch)
    return [base, own] if moved else [base]


def see_landing(tick: Tick, record: RunRecord) -> Seen:
    """Return what is seen of a run's landing."""
    pulls = tick.forge.first_pulls(pull_of(tick, record))
    return _seen(tick, record, pulls, read=tick.forge.first_branches)


def see_again(tick: Tick, record: RunRecord, before: PullSight) -> Seen:
    """Return the same, read afresh right before something is done about it."""
    if before.pull is None:
        query = PullQuery(record.repository, record.landing.branch)
        return _seen(tick, record, tick.deps.pulls.read([query])[query])
    again = tick.deps.pulls.reread(before.pull)
    pulls = [one for one in (*before.foreign, again) if one is not None]
    return _seen(tick, record, pulls, before.rules)


def _seen(
    tick: Tick,
    record: RunRecord,
    pulls: Sequence[Pull],
    rules: BranchRules = UNREAD,
    read: ReadBranches | None = None,
) -> Seen:
    pulls = [one for one in pulls if one.head_repository == record.repository_id]
    may = {one.author.id: _may(tick, record, one.author) for one in pulls}
    pull = newest([one for one in pulls if may[one.author.id] is True])
    foreign = tuple(one for one in pulls if one.open and may[one.author.id] is False)
    base, *own = branches_of(record, pull)
    branches = (read or tick.deps.tracker.branches)([base, *own])
    shown = branches[base]
    renamed = None if shown.head else tick.forge.moved_to(base)
    if renamed is not None:
        name, shown = renamed
        record = replace(record, commits=replace(record.commits, branch=name))
    sight = PullSight(
        base=shown,
        pull=pull,
        foreign=foreign,
        rules=rules,
        may_approve=_who_may(tick, record, pull) if pull is not None else frozenset(),
        drafts=tick.deps.pulls.has_drafts,
        tests_the_merge=tick.deps.pulls.tests_the_merge,
    )
    return record, branches[own[0]] if own else NOT_READ, sight


def with_rules(tick: Tick, record: RunRecord, sight: PullSight) -> PullSight:
    """Return the sight with the base's rules, for a decision that rests on them."""
    return replace(sight, rules=_rules(tick, record)) if sight.rules is UNREAD else sight


def _rules(tick: Tick, record: RunRecord) -> BranchRules:
    return tick.forge.rules(record.repository, record.commits.branch)


def _who_may(tick: Tick, record: RunRecord, pull: Pull) -> frozenset[int]:
    """Return the ids of those who reviewed and may approve; the newest words are asked about.

    Neither afk nor an agent has a say in what agents do.
    """
    barred = {*tick.forge.own, *tick.config.agent_accounts}
    reviewed = [(one.at, one.author) for one in pull.reviews]
    commented = [(one.at, one.author) for one in pull.comments]
    spoken = sorted([*reviewed, *commented], key=lambda one: one[0], reverse=True)
    people = {author.id: author for _, author in spoken if author.id not in barred}
    asked = list(people.values())[:MAX_PEOPLE]
    return frozenset(one.id for one in asked if _may(tick, record, one) is True)


def _may(tick: Tick, record: RunRecord, account: Account) -> bool | None:
    """Say whether an account is afk's own or may approve; None where it cannot be told."""
    if account.id in tick.forge.own or is_trusted(account, tick.config):
        return True
    if account.kind is not AccountKind.USER:
        return False
    permission = tick.forge.permission(record.repository, account)
    if permission is Permission.UNKNOWN:
        return None
    return may_write(account, permission, tick.config)
