"""What people tell afk on an issue, as far as they may: the forge is asked about each of them."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from afk.decide.approval import is_trusted, may_write
from afk.decide.asks import Ask, asks, spoken
from afk.errors import AfkError, answer_or_error
from afk.observe.tick import Tick
from afk.record.state import RunRecord
from afk.types import Account, EventKind, Issue, Permission

MAX_AUTHORS: Final = 5
"""People of an issue whom the forge is asked about in a tick: anybody can comment."""
_LABELLING: Final = (EventKind.LABELED, EventKind.UNLABELED)


def asked(tick: Tick, issue: Issue) -> tuple[Ask, ...]:
    """Return what was said to afk by people who may approve, and was not answered yet.

    Where nobody says anything that could be meant, nothing is asked. Whoever cannot be asked about
    now is heard by a later tick.
    """
    if issue.oversized or not any(one.body[:4].lower() == "/afk" for one in issue.comments):
        return ()
    records = [found.record for found in tick.forge.records(issue).runs]
    found = spoken(issue, records, tick.config, tick.forge.own, now=tick.now)
    authors = {one.author.id: one.author for one in found}
    listed = {one.id for one in authors.values() if is_trusted(one, tick.config)}
    others = [one for one in authors.values() if one.id not in listed]
    first = likely_first(others, issue, records, tick.now)[:MAX_AUTHORS]
    may = listed.union(one.id for one in first if _may(tick, issue, one))
    return asks(one for one in found if one.author.id in may)


def likely_first(
    authors: Iterable[Account], issue: Issue, records: Iterable[RunRecord], now: datetime
) -> list[Account]:
    """Return them, those first who seem to have rights here; only the forge's word counts.

    The others come in another order in each tick: however many accounts talk to afk on an issue,
    they keep nobody from being heard for good.
    """
    approved = {record.approval.actor_id for record in records}
    labelled = {event.actor.id for event in issue.events if event.kind in _LABELLING}
    owner = issue.repo.name.partition("/")[0].casefold()

    def place(one: Account) -> tuple[bool, bool, bytes]:
        known = one.id in approved or one.login.casefold() == owner
        drawn = hashlib.sha256(f"{now.isoformat()} {one.id}".encode()).digest()
        return not known, one.id not in labelled, drawn

    return sorted(authors, key=place)


def _may(tick: Tick, issue: Issue, author: Account) -> bool:
    """Say whether the account may approve; one that cannot be asked about now may not."""
    answer = answer_or_error(lambda: tick.forge.permission(issue.repo.name, author))
    permission = Permission.UNKNOWN if isinstance(answer, AfkError) else answer
    return may_write(author, permission, tick.config)
