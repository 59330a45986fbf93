"""The right to label, and the ready label's own description, on Forgejo."""

import pytest
from support.forgejo import (
    VERSIONS,
    Reply,
    Table,
    body_of,
    recorded,
    reply,
    tracker,
)
from support.forgejo_labels import (
    LIST,
    MAIN,
    OURS,
    REPO,
    named_labels,
    unread_issue,
)

from afk.adapters.forgejo import mapping
from afk.adapters.forgejo.tracker import ForgejoTracker
from afk.adapters.forgejo.wire import ISSUE
from afk.errors import Refused, TokenError
from afk.types import Account, Label


def _offered(ours: ForgejoTracker, table: Table, *, org: bool, **rights: bool) -> None:
    """Let the tracker learn what the token may do, and who owns the repository."""
    users = [{"id": 3, "login": "writer"}] if org else [{"id": 2, "login": "owner"}]
    known = {"id": 2, "full_name": MAIN, "permissions": rights}
    rows = {f"GET {REPO}": reply(known), f"GET {REPO}/assignees": reply(users)}
    table.rows = {**table.rows, **rows}
    ours.repository(MAIN)
    ours.permission(MAIN, Account(9, "asker"))
    ours.ensure_labels(MAIN, OURS)


@pytest.mark.parametrize(
    ("org", "rights", "asked"),
    [
        (False, {"admin": True, "push": True}, 0),
        (True, {"admin": True, "push": True}, 0),
        (False, {"push": True}, 0),
        (True, {"push": True}, 1),
        (False, {}, 1),
        (True, {}, 1),
    ],
)
def test_may_label__where_it_is_not_certain__takes_off_what_is_not_on(
    rights: dict[str, bool], asked: int, *, org: bool
) -> None:
    path = f"DELETE {REPO}/issues/7/labels/1"
    other = f"GET {REPO}/collaborators/asker/permission"
    table = Table({LIST: named_labels(*OURS), path: Reply(204), other: Reply(403)})
    ours = tracker(table)
    _offered(ours, table, org=org, **rights)
    ours.may_label(unread_issue(7), OURS[1])
    assert table.asked.count(path) == asked


@pytest.mark.parametrize("version", VERSIONS)
def test_may_label__without_write__names_the_right(version: str) -> None:
    refused = recorded(version, "051-labels-add-without-write")
    table = Table({LIST: named_labels(*OURS), f"DELETE {REPO}/issues/7/labels/1": refused})
    ours = tracker(table)
    ours.ensure_labels(MAIN, OURS)
    with pytest.raises(TokenError, match="taking agent-in-progress off"):
        ours.may_label(unread_issue(7), OURS[1])
    ours.may_label(unread_issue(7, (OURS[1], 1)), OURS[1])


def test_describe_label__is_checked_in_the_answer() -> None:
    path = f"PATCH {REPO}/labels/4"
    now = {"id": 4, "name": "go", "description": "this"}
    table = Table({path: reply(now)})
    ours, label = tracker(table), Label("go", 4, "")
    ours.describe_label(unread_issue(7), label, "this")
    assert table.bodies == [{"description": "this"}]
    with pytest.raises(Refused, match="vouching for the label go"):
        ours.describe_label(unread_issue(7), label, "that")


def test_issue__its_labels__say_whose_they_are() -> None:
    """057, 058: an organisation's own address; only its owners can rename it."""
    item = body_of("14.0.0", "058-labels-add-org-and-repo-label")
    shown = ISSUE.validate_python({**body_of("14.0.0", "103-issue-locked"), "labels": item})
    found = {one.id: one.description for one in mapping.issue(shown).labels}
    assert (found[41], found[42]) == (None, "")
