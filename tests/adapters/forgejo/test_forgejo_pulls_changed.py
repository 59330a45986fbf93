"""Pull requests on Forgejo opened, edited, made ready, closed and talked in."""

import pytest
from support.forgejo import API, Reply, Table, reply
from support.forgejo_pulls import (
    body,
    listing,
    path_of,
    pull_of,
    pulls,
    sent,
    told,
)

from afk.errors import NotFound, Refused, TokenError
from afk.ports.landing import PullQuery, PullSpec

OPEN = "007-get-later"
REPO = "owner/lp1"
LP1 = f"{API}/repos/{REPO}"
HEAD = "afk/7-abcd1234"
SPEC = PullSpec(repo=REPO, head=HEAD, base="main", title="Add b", body="Closes #1\n", draft=False)
BY_NUMBER = PullQuery(REPO, HEAD, number=3)


def test_open__welcome__is_what_was_opened() -> None:
    table = Table({f"POST {LP1}/pulls": told("006-create-ok")})

    found = pulls(table).open(SPEC)

    assert (found.number, found.open) == (3, True)
    assert table.bodies == [{"head": HEAD, "base": "main", "title": "Add b", "body": "Closes #1\n"}]


def test_open__as_a_draft__has_the_word_in_its_title() -> None:
    table = Table({f"POST {LP1}/pulls": told("015-create-wip")})
    port = pulls(table)

    found = port.open(
        PullSpec(repo=REPO, head=HEAD, base="main", title="Add b", body="", draft=True)
    )

    assert port.has_drafts
    assert found.draft
    assert table.bodies[0]["title"] == "WIP: Add b"
    assert sent("015-create-wip")["title"].startswith("WIP:")


def test_open__one_is_open_by_a_stranger__returns_that_one() -> None:
    """Anybody who can read may have opened it; title and text are theirs."""
    asked = listing(LP1, state="open", head=HEAD, base="main")
    elsewhere = {**body(OPEN), "number": 5, "base": {**body(OPEN)["base"], "ref": "rel"}}
    rows = {
        f"POST {LP1}/pulls": told("003-create-squatted"),
        asked: reply([elsewhere, body("004-get-squatted")], x_total_count="2"),
    }
    table = Table(rows)

    found = pulls(table).open(SPEC)

    assert (found.number, found.author.login) == (2, "stranger")
    assert table.asked == [f"POST {LP1}/pulls", asked]


def test_open__refused_and_none_is_open__is_an_error() -> None:
    rows = {
        f"POST {LP1}/pulls": told("009-create-again"),
        listing(LP1, state="open", head=HEAD, base="main"): reply([], x_total_count="0"),
    }

    with pytest.raises(Refused) as refusal:
        pulls(Table(rows)).open(SPEC)

    assert refusal.value.status == 409


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("010-create-unknown-head", NotFound),
        ("011-create-unknown-base", NotFound),
        ("013-create-head-is-base", Refused),
        ("014-create-no-title", Refused),
        ("310-create-pulls-off", NotFound),
        ("312-create-archived", Refused),
        ("020-patch-scope", TokenError),
    ],
)
def test_open__refused__says_why(name: str, error: type[Exception]) -> None:
    table = Table({f"POST {LP1}/pulls": told(name)})

    with pytest.raises(error):
        pulls(table).open(SPEC)

    assert len(table.asked) == 1


@pytest.mark.parametrize("title", ["WIP: Add b", "[WIP] Add b", "wip:Add b", "WIP: [wip]  Add b"])
def test_ready__a_draft__loses_the_word(title: str) -> None:
    name = "015-create-wip"
    table = Table({f"PATCH {path_of(name)}": told("016-title-to-ready")})

    pulls(table).ready(pull_of(name, title=title))

    assert table.bodies == [{"title": "Add b"}]


def test_ready__no_draft__asks_nothing() -> None:
    table = Table({})

    pulls(table).ready(pull_of(OPEN))

    assert table.asked == []


def test_ready__a_word_of_this_servers_own__is_refused() -> None:
    name = "015-create-wip"
    table = Table({f"PATCH {path_of(name)}": told("017-title-to-draft")})

    with pytest.raises(Refused) as refusal:
        pulls(table).ready(pull_of(name, title="Entwurf: x"))

    assert refusal.value.status == 200


def test_close__open__is_closed() -> None:
    table = Table({f"PATCH {path_of(OPEN)}": told("005-close-squatted")})

    pulls(table).close(pull_of(OPEN))

    assert table.bodies == [{"state": "closed"}]


def test_close__closed_already__asks_nothing() -> None:
    table = Table({})

    pulls(table).close(pull_of("079-get-head-deleted"))

    assert table.asked == []


@pytest.mark.parametrize("answer", [told("006-create-ok"), told("118-reopen-merged")])
def test_close__it_stays_open_or_was_merged__is_refused(answer: Reply) -> None:
    table = Table({f"PATCH {path_of(OPEN)}": answer})

    with pytest.raises(Refused):
        pulls(table).close(pull_of(OPEN))


def test_comment__on_a_pull__is_one_on_its_issue() -> None:
    post = f"POST {LP1}/issues/3/comments"
    table = Table({post: reply({"id": 1}, 201)})

    pulls(table).comment(pull_of(OPEN), "Opened by somebody else.")

    assert (table.asked, table.bodies) == ([post], [{"body": "Opened by somebody else."}])


def test_comment__refused__is_an_error() -> None:
    table = Table({f"POST {LP1}/issues/3/comments": told("020-patch-scope")})

    with pytest.raises(TokenError):
        pulls(table).comment(pull_of(OPEN), "x")
