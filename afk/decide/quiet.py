"""Which issues wait so quietly that they are read only when their turn may come. Pure.

A listing shows when an issue moved last, by the forge's own clock. One that is open, ready and
tracked, not in progress, and has not moved for a while has had its approval written down, and every
tick of that while has looked at it. What may have happened since did not move it: a blocker was
closed, a place got free. That matters only when its turn may come, and then it is read like any
other.

Labels prove nothing: anybody may be able to put them on. To pass for quiet delays a read, no more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from afk.config import Config
from afk.decide.approval import Standing
from afk.decide.blockers import LIMIT, read
from afk.decide.order import Place, priority_of
from afk.decide.start_gates import Ceilings, GateAnswer, ceiling_gates, told, why_taken
from afk.model.forge import IssueHead
from afk.types import IssueKey

QUIET: Final = timedelta(hours=2)
"""Longer than an hourly schedule takes from one tick to the next, late starts included."""

_AGES: Final = 2
"""So many times as old as an approval may become, one is left alone; until then it is read when its
turn comes, since a tick may have died over its start."""

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN: Final = 5


def is_quiet(head: IssueHead, at: datetime | None) -> bool:
    """Say whether nothing about the issue itself can be news.

    ``at``: now, by the forge's clock; without it nothing is quiet. That nobody has begun to work
    on it a listing cannot tell (`afk.observe.listed.with_threads`).
    """
    moved = head.updated_at
    if at is None or moved is None or not moved + QUIET < at:
        return False
    return head.open and head.ready and head.tracked and not head.in_progress


def earliest(head: IssueHead) -> Place:
    """Return a place in line that the issue's own is never before.

    It was not approved before it was opened; a listing without labels may hide any priority.
    """
    level = 0 if head.labels is None else priority_of(head.labels)
    return (level, head.created_at or _LONG_AGO, head.key.repo, head.key.number)


def whose_turn(
    waiting: Iterable[IssueHead], starting: Mapping[str, Place], places: int
) -> list[IssueHead]:
    """Return the issues that may come before what starts by all that was read, the first first.

    ``waiting``: those that nothing known of them keeps from starting. ``starting``: what would
    start now, by repository, each with its place in line; ``places``: how many may start in all.
    Once none is returned, reading more could change nothing.
    """
    last = max(starting.values(), default=None)
    full = len(starting) >= places

    def may_come(head: IssueHead) -> bool:
        rival = starting.get(head.key.repo, last if full else None)
        return rival is None or earliest(head) < rival

    return sorted(filter(may_come, waiting), key=earliest) if places > 0 else []


def known_answers(
    head: IssueHead,
    config: Config,
    *,
    now: datetime,
    busy: Collection[str],
    provider_shut: str,
    ceilings: Ceilings,
    chosen: int,
    blockers: Sequence[IssueKey],
) -> tuple[GateAnswer, ...]:
    """Return what the gates say of an unread issue, as far as that is known without reading it.

    In the order of the gates; each that says no would say so of the issue when it was read, too.
    ``busy``, ``ceilings`` and ``chosen`` are those of `start_gates.explain`; ``provider_shut``: why
    no agent that it may be given takes work; ``blockers``: what its text names and is open.
    """
    repo, named = head.key.repo, ", ".join(map(str, blockers[:_SHOWN]))
    most = _AGES * timedelta(seconds=config.approval_max_age)
    old = head.updated_at is not None and now - head.updated_at > most
    expired = f"{Standing.EXPIRED.value} (approval_max_age={config.approval_max_age})"
    return (
        told("approved", not old, f"{expired}: label it again"),
        told("no-open-blocker", not blockers, f"waiting for {named}"),
        told("repository-free", repo not in busy, why_taken(repo, busy)),
        told("provider-open", not provider_shut, provider_shut),
        *ceiling_gates(0, config, ceilings, chosen),
    )


def named_blockers(head: IssueHead, web: str) -> Sequence[IssueKey]:
    """Return the issues that the text says it waits for, as many of them as are looked at."""
    return read(head.body, head.key.repo, web).issues[:LIMIT]
