"""What people tell afk on an issue, as far as they may: the forge is asked about each of them."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import takewhile
from typing import Final

from afk.decide.approval import is_trusted, may_write
from afk.decide.asks import Ask, asks, spoken
from afk.errors import AfkError, answer_or_error
from afk.observe.tick import Tick
from afk.record.state import RunRecord
from afk.types import Account, EventKind, Issue

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
    answers = {one.id: _may(tick, issue, one) for one in first}
    may = listed.union(number for number, answer in answers.items() if answer)
    # Behind what somebody with rights seems to say the others wait: what is answered is passed by.
    known = _known(issue, records)
    waits = {one.id for one in first if answers[one.id] is None and known(one)}
    heard = takewhile(lambda one: one.author.id not in waits, found)
    return asks(one for one in heard if one.author.id in may)


def likely_first(
    authors: Iterable[Account], issue: Issue, records: Iterable[RunRecord], now: datetime
) -> list[Account]:
    """Return them, those first who seem to have rights here; only the forge's word counts.

    The others come in another order in each tick: however many accounts talk to afk on an issue,
    they keep nobody from being heard for good.
    """
    known = _known(issue, records)
    labelled = {event.actor.id for event in issue.events if event.kind in _LABELLING}

    def place(one: Account) -> tuple[bool, bool, bytes]:
        drawn = hashlib.sha256(f"{now.isoformat()} {one.id}".encode()).digest()
        return not known(one), one.id not in labelled, drawn

    return sorted(authors, key=place)


def _known(issue: Issue, records: Iterable[RunRecord]) -> Callable[[Account], bool]:
    """Return whether an account approved a run here, or owns the repository."""
    approved = {record.approval.actor_id for record in records}
    owner = issue.repo.name.partition("/")[0].casefold()
    return lambda one: one.id in approved or one.login.casefold() == owner


def _may(tick: Tick, issue: Issue, author: Account) -> bool | None:
    """Say whether the account may approve; None where the forge cannot be asked now."""
    answer = answer_or_error(lambda: tick.forge.permission(issue.repo.name, author))
    return None if isinstance(answer, AfkError) else may_write(author, answer, tick.config)
