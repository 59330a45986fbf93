"""Who approved, as people know them, and who can be woken by a mention."""

from dataclasses import replace

import pytest
from support.factories import MARA, STRANGER, comment, event, issue

from afk.decide.approver import login_of, mention_of
from afk.types import GHOST, Account, AccountKind

RENAMED = replace(MARA, login="mara-2")


def test_approver__is_named_as_the_issue_shows_them_today() -> None:
    one = issue(events=(event(), event(order=2, actor=RENAMED)), author=STRANGER)
    assert (login_of(one, MARA.id), mention_of(one, MARA.id)) == ("mara-2", "@mara-2")


def test_approver__who_did_nothing_but_write__is_found_all_the_same() -> None:
    by_comment = issue(events=(), comments=(comment(author=RENAMED),), author=STRANGER)
    assert mention_of(by_comment, MARA.id) == "@mara-2"
    assert mention_of(issue(events=()), MARA.id) == "@mara"


@pytest.mark.parametrize(
    ("account", "login"),
    [
        (replace(MARA, kind=AccountKind.BOT, login="release[bot]"), "release[bot]"),
        (replace(MARA, login="ma ra"), "ma ra"),
        (replace(MARA, login="org/team"), "org/team"),
        (replace(MARA, login=""), ""),
    ],
)
def test_mention__an_app_or_what_is_no_login__is_nobody(account: Account, login: str) -> None:
    one = issue(events=(event(actor=account),), author=STRANGER)
    assert (login_of(one, MARA.id), mention_of(one, MARA.id)) == (login, "")


def test_approver__account_is_gone__is_nobody() -> None:
    gone = issue(events=(event(actor=GHOST),), author=GHOST)
    assert (login_of(gone, MARA.id), mention_of(gone, MARA.id)) == ("", "")
    assert (login_of(gone, GHOST.id), mention_of(gone, GHOST.id)) == ("", "")
