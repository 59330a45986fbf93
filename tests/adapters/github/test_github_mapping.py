"""GitHub's shapes as afk's nouns: who somebody is, and in which order things happened."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.github import happened, said, who

from afk.adapters.github.mapping import account, comment, events, rest_account, viewer
from afk.adapters.github.wire import (
    RestUser,
    WireActor,
    WireComment,
    WireEvent,
    WireViewer,
    parse,
)
from afk.errors import ServerFault
from afk.types import GHOST, Account, AccountKind, EventKind

KINDS = {
    "LabeledEvent": EventKind.LABELED,
    "UnlabeledEvent": EventKind.UNLABELED,
    "RenamedTitleEvent": EventKind.RENAMED,
    "ClosedEvent": EventKind.CLOSED,
    "ReopenedEvent": EventKind.REOPENED,
}


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (None, GHOST),
        (who("ann", 1), Account(1, "ann")),
        (
            who("github-actions", 41898282, "Bot"),
            Account(41898282, "github-actions[bot]", AccountKind.BOT),
        ),
        (who("x[bot]", 2, "Bot"), Account(2, "x[bot]", AccountKind.BOT)),
        (who("old", 3, "Mannequin"), Account(3, "old", AccountKind.BOT)),
        (who("acme", 4, "Organization"), Account(4, "acme", AccountKind.BOT)),
        (who("ann", None, "EnterpriseUserAccount"), Account(-1, "ann", AccountKind.GHOST)),
        (who("ann", None), Account(-1, "ann", AccountKind.GHOST)),
        (who("new", 5, "BrandNewKind"), Account(5, "new", AccountKind.BOT)),
    ],
)
def test_account__graphql_actor__is_a_person_only_as_user_with_an_id(
    actor: dict[str, Any] | None, expected: Account
) -> None:
    assert account(parse(WireActor, actor, "test") if actor else None) == expected


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (None, GHOST),
        ({"id": 1, "login": "ann", "type": "User"}, Account(1, "ann")),
        ({"id": 2, "login": "x[bot]", "type": "Bot"}, Account(2, "x[bot]", AccountKind.BOT)),
        ({"id": 3, "login": "o", "type": "Organization"}, Account(3, "o", AccountKind.BOT)),
    ],
)
def test_rest_account__user__is_a_person_only_as_user(
    user: dict[str, Any] | None, expected: Account
) -> None:
    assert rest_account(parse(RestUser, user, "test") if user else None) == expected


def test_viewer__app__is_told_by_its_login() -> None:
    """GraphQL types the viewer User even for an installation's token."""
    app = parse(WireViewer, {"login": "afk[bot]", "databaseId": 5}, "test")
    ann = parse(WireViewer, {"login": "ann", "databaseId": 1}, "test")
    assert viewer(app) == Account(5, "afk[bot]", AccountKind.BOT)
    assert viewer(ann) == Account(1, "ann")


@given(st.lists(st.sampled_from([*KINDS, "BrandNewEvent"])))
def test_events__any_timeline__keep_their_place_in_it(names: list[str]) -> None:
    """What is not understood is left out, and its place with it."""
    shown = [parse(WireEvent, happened(name), "test") for name in names]
    expected = [(place, KINDS[name]) for place, name in enumerate(names) if name in KINDS]
    assert [(one.order, one.kind) for one in events(shown)] == expected


HEAD, MERGE = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("shown", "commit", "head"),
    [
        (happened("ClosedEvent", closer={"oid": "c" * 40}), "c" * 40, ""),
        (
            happened("ClosedEvent", closer={"headRefOid": HEAD, "mergeCommit": {"oid": MERGE}}),
            MERGE,
            HEAD,
        ),
        (happened("ClosedEvent", closer={"headRefOid": HEAD, "mergeCommit": None}), "", HEAD),
        (happened("ClosedEvent", closer={}), "", ""),
        (happened("ClosedEvent", closer=None), "", ""),
        (happened("LabeledEvent"), "", ""),
    ],
)
def test_events__cause__is_a_commit_a_pull_request_or_nothing(
    shown: dict[str, Any], commit: str, head: str
) -> None:
    """A project that closed the issue shows neither."""
    (event,) = events([parse(WireEvent, shown, "test")])
    assert (event.commit, event.head) == (commit, head)


def test_comment__edited_by_somebody_deleted__is_not_unedited() -> None:
    """An edit without a visible editor must not pass for the author's own text."""
    shown = said(lastEditedAt="2026-05-01T11:00:00Z", editor=None)
    found = comment(parse(WireComment, shown, "test"))
    assert found.edited_by == GHOST


def test_parse__answer_that_does_not_fit__names_the_place_and_no_value() -> None:
    shown = said(fullDatabaseId="a stranger's text")
    with pytest.raises(ServerFault) as raised:
        parse(WireComment, shown, "reading a comment")
    assert "fullDatabaseId: int_parsing" in str(raised.value)
    assert "stranger" not in str(raised.value)


def test_parse__answer_that_is_nothing__is_a_fault_of_the_server() -> None:
    with pytest.raises(ServerFault, match="reading a comment"):
        parse(WireComment, None, "reading a comment")
