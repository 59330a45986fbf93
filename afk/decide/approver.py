"""Who approved a run, as people know them: their login, and whether they can be mentioned. Pure.

The record keeps an account's id only; its login is what the issue shows today.
"""

import re
from typing import Final

from afk.types import Account, AccountKind, Issue

_LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,60}[A-Za-z0-9_])?")


def account_of(issue: Issue, account_id: int) -> Account | None:
    """Return the account as the issue shows it, None where it is gone from there."""
    shown = (
        *(event.actor for event in reversed(issue.events)),
        *(comment.author for comment in reversed(issue.comments)),
        issue.author,
    )
    known = (one for one in shown if one.id == account_id and one.kind is not AccountKind.GHOST)
    return next(known, None)


def login_of(issue: Issue, account_id: int) -> str:
    """Return the account's login, "" where it is gone."""
    found = account_of(issue, account_id)
    return found.login if found is not None else ""


def mention_of(issue: Issue, account_id: int) -> str:
    """Return what wakes this person, "" for an app, and for an account that is gone."""
    found = account_of(issue, account_id)
    person = found is not None and found.kind is AccountKind.USER
    return f"@{found.login}" if found and person and _LOGIN.fullmatch(found.login) else ""
