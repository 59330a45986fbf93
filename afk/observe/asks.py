"""What people tell afk on an issue, as far as they may: the forge is asked about each of them."""

from typing import Final

from afk.decide.approval import is_trusted, may_write
from afk.decide.asks import Ask, asks
from afk.errors import AfkError, answer_or_error
from afk.observe.tick import Tick
from afk.types import Account, Issue, Permission

MAX_AUTHORS: Final = 5
"""People of an issue whom the forge is asked about in a tick: anybody can comment."""


def asked(tick: Tick, issue: Issue) -> tuple[Ask, ...]:
    """Return what was said to afk by people who may approve, and was not answered yet.

    Where nobody says anything that could be meant, nothing is asked. Whoever cannot be asked about
    now is heard by a later tick.
    """
    if issue.oversized or not any(one.body[:4].lower() == "/afk" for one in issue.comments):
        return ()
    records = [found.record for found in tick.forge.records(issue).runs]
    found = asks(issue, records, tick.config, tick.forge.own, now=tick.now)
    authors = {one.comment.author.id: one.comment.author for one in found}
    may = {
        author.id for author in list(authors.values())[:MAX_AUTHORS] if _may(tick, issue, author)
    }
    return tuple(one for one in found if one.comment.author.id in may)


def _may(tick: Tick, issue: Issue, author: Account) -> bool:
    """Say whether the account may approve; one that cannot be asked about now may not."""
    if is_trusted(author, tick.config):
        return True
    answer = answer_or_error(lambda: tick.forge.permission(issue.repo.name, author))
    permission = Permission.UNKNOWN if isinstance(answer, AfkError) else answer
    return may_write(author, permission, tick.config)
