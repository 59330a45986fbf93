"""Pull requests on Forgejo: found, opened, changed, and their branch deleted."""

from typing import Any

import pytest
from support.forgejo import API, Reply, Table, question, reply
from support.forgejo_pulls import (
    body,
    listing,
    path_of,
    pull_of,
    pulls,
    told,
)

from afk.errors import RepositoryMoved
from afk.model.pull import Mergeability, PullState
from afk.ports.landing import PullQuery, PullSpec

OPEN = "007-get-later"
REPO = "owner/lp1"
LP1 = f"{API}/repos/{REPO}"
HEAD = "afk/7-abcd1234"
SPEC = PullSpec(repo=REPO, head=HEAD, base="main", title="Add b", body="Closes #1\n", draft=False)
BY_NUMBER = PullQuery(REPO, HEAD, number=3)


def test_read__open__is_whole_after_one_request() -> None:
    """Nobody has reviewed it, so no list of reviews is asked for."""
    table = Table({f"GET {path_of(OPEN)}": told(OPEN)})

    (found,) = pulls(table).read([BY_NUMBER])[BY_NUMBER]

    assert (found.repo, found.number, found.state) == (REPO, 3, PullState.OPEN)
    assert (found.head_ref, found.base_ref, found.head_exists) == (HEAD, "main", True)
    assert (found.head_sha, len(found.head_sha)) == (body(OPEN)["head"]["sha"], 40)
    assert (found.author.id, found.author.login) == (6, "afkbot")
    assert (found.mergeability, found.behind) == (Mergeability.CLEAN, 0)
    assert (found.head_repository, found.repository) == (20, 20)
    assert (found.reviews, found.comments, found.truncated, found.draft) == ((), (), False, False)
    assert found.can_merge is None
    assert len(table.asked) == 1


@pytest.mark.parametrize(
    ("name", "mergeability", "behind"),
    [
        ("049-get-behind", Mergeability.CLEAN, 1),
        ("052-get-conflict", Mergeability.UNKNOWN, 1),
        ("295-get-wip", Mergeability.UNKNOWN, 0),
        ("093-get-base-deleted", Mergeability.CLEAN, None),
    ],
)
def test_pull__a_conflict_a_check_and_a_draft__look_alike(
    name: str, mergeability: Mergeability, behind: int | None
) -> None:
    found = pull_of(name)

    assert (found.mergeability, found.behind) == (mergeability, behind)


def test_pull__head_branch_deleted__keeps_its_name_and_sha() -> None:
    found = pull_of("079-get-head-deleted")

    assert (found.state, found.head_exists) == (PullState.CLOSED, False)
    assert (found.head_ref, found.head_sha) == (
        "afk/del",
        body("079-get-head-deleted")["head"]["sha"],
    )


def test_pull__merged__tells_what_landed_and_who_did_it() -> None:
    found = pull_of("137-get-merged-squash")

    assert (found.state, found.merged_by.login) == (PullState.MERGED, "afkbot")
    assert found.merge_commit == body("137-get-merged-squash")["merge_commit_sha"]
    assert found.closed_at is not None


def test_pull__of_a_fork__is_told_by_its_repository() -> None:
    """Its label has no owner in it: the branch alone looks like one of ours."""
    found = pull_of("043-find-fork")

    assert found.head_ref == "patch-1"
    assert found.head_repository not in (0, found.repository)


def test_pull__of_a_fork_that_is_gone__has_no_repository() -> None:
    gone = {**body("043-find-fork")["head"], "repo": None}

    found = pull_of("043-find-fork", head=gone)

    assert (found.head_repository, found.head_exists) == (0, False)


def test_read__closed_by_somebody__names_the_last_who_did() -> None:
    name = "079-get-head-deleted"
    closed = [{"id": 5, "type": "close", "user": {"id": 9, "login": "second"}}]
    closed += [{"id": 4, "type": "close", "user": {"id": 8, "login": "first"}}, {"type": "label"}]
    timeline = f"GET {LP1}/issues/13/timeline"
    query = PullQuery(REPO, "afk/del", number=13)
    table = Table({f"GET {path_of(name)}": told(name), timeline: reply(closed)})

    (found,) = pulls(table).read([query])[query]

    assert found.closed_by.login == "second"
    assert table.asked[-1] == timeline


@pytest.mark.parametrize("timeline", [reply(None), reply({}, 403), Reply(200, b"x" * 9000)])
def test_read__closed_and_not_told_by_whom__names_nobody(timeline: Reply) -> None:
    name = "079-get-head-deleted"
    query = PullQuery(REPO, "afk/del", number=13)
    rows = {f"GET {path_of(name)}": told(name), f"GET {LP1}/issues/13/timeline": timeline}

    (found,) = pulls(Table(rows), max_body=8000).read([query])[query]

    assert found.closed_by.id == -1


def test_expect__of_anything__asks_nobody() -> None:
    table = Table({})

    pulls(table).expect([BY_NUMBER])

    assert table.asked == []


def test_read__gone__is_none() -> None:
    table = Table({f"GET {path_of(OPEN)}": told("099-is-merged-no")})

    assert pulls(table).read([BY_NUMBER]) == {BY_NUMBER: ()}
    assert pulls(table).reread(pull_of(OPEN)) is None


def test_read__repository_renamed__says_so() -> None:
    moved = Reply(301, b"", {"location": "/api/v1/repos/owner/new/pulls/3"})

    with pytest.raises(RepositoryMoved):
        pulls(Table({f"GET {path_of(OPEN)}": moved})).read([BY_NUMBER])


def test_read__unmoved_since_it_was_read_whole__costs_one_request() -> None:
    reviewed = {**body(OPEN), "review_comments": 2}
    get, reviews = f"GET {path_of(OPEN)}", f"GET {path_of(OPEN)}/reviews?limit=50"
    table = Table({get: reply(reviewed), reviews: reply([])})
    (first,) = pulls(table).read([BY_NUMBER])[BY_NUMBER]
    again = PullQuery(REPO, HEAD, number=3, seen=first.mark)

    (second,) = pulls(table).read([again])[again]

    assert first.mark
    assert (first.unchanged, second.unchanged) == (False, True)
    assert table.asked == [get, reviews, get]


@pytest.mark.parametrize(
    "change",
    [
        {"updated_at": "2026-11-28T16:00:00Z"},
        {"review_comments": 3},
        {"head": {**body(OPEN)["head"], "sha": "f" * 40}},
    ],
)
def test_read__moved_since__reads_its_reviews(change: dict[str, Any]) -> None:
    get, reviews = f"GET {path_of(OPEN)}", f"GET {path_of(OPEN)}/reviews?limit=50"
    before = {**body(OPEN), "review_comments": 2}
    table = Table({get: [reply(before), reply(before | change)], reviews: reply([])})
    (first,) = pulls(table).read([BY_NUMBER])[BY_NUMBER]
    again = PullQuery(REPO, HEAD, number=3, seen=first.mark)

    (second,) = pulls(table).read([again])[again]

    assert not second.unchanged
    assert table.asked == [get, reviews, get, reviews]


@pytest.mark.parametrize(
    ("seconds", "marked"), [("19", False), ("20", False), ("21", True), ("59", True)]
)
def test_read__moved_this_very_second__leaves_no_mark(seconds: str, *, marked: bool) -> None:
    """Something may have happened in the same second after it was read."""
    shown = {**body(OPEN), "updated_at": "2026-11-28T15:38:19Z"}
    date = f"Sat, 28 Nov 2026 15:38:{seconds} GMT"
    table = Table({f"GET {path_of(OPEN)}": reply(shown, date=date)})

    (found,) = pulls(table).read([BY_NUMBER])[BY_NUMBER]

    assert bool(found.mark) is marked


def test_read__by_branch__is_every_pull_from_that_branch_of_this_repository() -> None:
    """On 11 and 14 the filter is ignored, and a fork's branch may have the same name."""
    ours, fork = body(OPEN), body("043-find-fork")
    stranger = body("004-get-squatted")
    other = {**ours, "number": 8, "head": {**ours["head"], "ref": "else", "label": "else"}}
    same_name = {**fork, "head": {**fork["head"], "ref": HEAD, "label": HEAD}}
    query = PullQuery(REPO, HEAD)
    asked = listing(LP1, state="all", head=HEAD)
    table = Table({asked: reply([other, ours, same_name, stranger], x_total_count="4")})

    found = pulls(table).read([query])[query]

    assert [(one.number, one.author.login) for one in found] == [(2, "stranger"), (3, "afkbot")]
    assert table.asked == [asked]


def test_read__by_branch__looks_at_ten_pages_at_most() -> None:
    other = {**body(OPEN), "head": {**body(OPEN)["head"], "ref": "else", "label": "else"}}
    page = reply([other] * 50, x_total_count="5000")
    query = PullQuery(REPO, HEAD)
    table = Table({listing(LP1, number, state="all", head=HEAD): page for number in range(1, 11)})

    assert pulls(table).read([query]) == {query: []}
    assert len(table.asked) == 10


def test_read__by_branch__a_page_too_large_to_read__is_read_one_by_one() -> None:
    """Anybody may open a pull with a text of many megabytes; ours is beside it."""
    huge = Reply(200, b"[" + b" " * 40_000 + b"]", {"content-type": "application/json"})
    query = PullQuery(REPO, HEAD)
    mine = reply([body(OPEN)], x_total_count="2")
    none = reply([], x_total_count="2")
    one_by_one = {
        question("GET", f"{LP1}/pulls", state="all", head=HEAD, limit=1, page=place): answer
        for place, answer in enumerate([huge, mine, *[none] * 48], start=1)
    }
    table = Table({listing(LP1, state="all", head=HEAD): huge, **one_by_one})

    (found,) = pulls(table, max_body=30_000).read([query])[query]

    assert found.number == 3
    assert len(table.asked) == 51


def test_read__by_branch__stops_at_an_empty_page() -> None:
    other = {**body(OPEN), "head": {**body(OPEN)["head"], "ref": "else", "label": "else"}}
    query = PullQuery(REPO, HEAD)
    rows = {
        listing(LP1, 1, state="all", head=HEAD): reply([other], x_total_count="60"),
        listing(LP1, 2, state="all", head=HEAD): reply([], x_total_count="60"),
    }

    assert pulls(Table(rows)).read([query]) == {query: []}


def test_read__a_text_without_end__is_not_kept() -> None:
    huge = {**body(OPEN), "body": "x" * 300_000}
    table = Table({f"GET {path_of(OPEN)}": reply(huge)})

    (found,) = pulls(table).read([BY_NUMBER])[BY_NUMBER]

    assert (found.body, found.truncated) == ("", True)
