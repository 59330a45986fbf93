"""Pull requests on Forgejo: found, opened, changed, and their branch deleted."""

from typing import Any

import pytest
from support.forgejo import API, Reply, Table, reply
from support.forgejo_pulls import (
    body,
    listing,
    path_of,
    pull_of,
    pulls,
    repo_of,
    sent,
    told,
)

from afk.errors import NotFound, Refused, RepositoryMoved, ServerFault, TokenError
from afk.landing_ports import PullQuery, PullSpec
from afk.model.pull import Mergeability, PullState

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


def test_edit__what_is_given__is_sent_and_nothing_else() -> None:
    table = Table({f"PATCH {path_of(OPEN)}": told("016-title-to-ready")})
    port = pulls(table)

    port.edit(pull_of(OPEN), title="Other")
    port.edit(pull_of(OPEN), body="Text")
    port.edit(pull_of("295-get-wip", number=3, base=body(OPEN)["base"]), title="Other")

    assert table.bodies == [{"title": "Other"}, {"body": "Text"}, {"title": "WIP: Other"}]


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


MERGED = "137-get-merged-squash"
"""Its branch was deleted with the merge; here it still stands."""
LP5 = repo_of(MERGED)
BRANCH = f"{LP5}/branches/afk/m-squash"


def merged_pull() -> Any:
    """Return a merged pull whose branch stands."""
    head = {**body(MERGED)["head"], "ref": body(MERGED)["head"]["label"]}
    return pull_of(MERGED, head=head)


def branch_rows(*, tip: str = "", answer: Reply | None = None, based: Any = ()) -> dict[str, Any]:
    """Return the answers for the deletion of that pull's branch."""
    pull = merged_pull()
    at = reply({"commit": {"id": tip or pull.head_sha}})
    branch = f"{LP5}/branches/{pull.head_ref}"
    return {
        f"GET {branch}": at,
        listing(LP5, state="open", base=pull.head_ref): reply(
            list(based), x_total_count=str(len(based))
        ),
        f"DELETE {branch}": answer or told("078-delete-branch-open"),
    }


def test_delete_branch__tip_is_the_merged_head__is_deleted() -> None:
    rows = branch_rows()
    table = Table(rows)

    pulls(table).delete_branch(merged_pull())

    assert table.asked == list(rows)


def test_delete_branch__somebody_pushed__stays() -> None:
    table = Table(branch_rows(tip="f" * 40))

    pulls(table).delete_branch(merged_pull())

    assert len(table.asked) == 1


def test_delete_branch__in_a_fork__is_not_ours() -> None:
    table = Table({})

    pulls(table).delete_branch(pull_of("043-find-fork"))

    assert table.asked == []


def test_delete_branch__another_pull_is_based_on_it__stays() -> None:
    """Deleted, it would close that one."""
    pull = merged_pull()
    stacked = {**body(OPEN), "base": {**body(OPEN)["base"], "ref": pull.head_ref}}
    table = Table(branch_rows(based=[stacked]))

    pulls(table).delete_branch(pull)

    assert not any(one.startswith("DELETE") for one in table.asked)


def test_delete_branch__base_filter_ignored__is_deleted_all_the_same() -> None:
    """Forgejo 11 and 14 answer with every open pull."""
    table = Table(branch_rows(based=[body(OPEN)]))

    pulls(table).delete_branch(merged_pull())

    assert table.asked[-1].startswith("DELETE")


def test_delete_branch__more_pulls_than_are_looked_at__stays() -> None:
    pull = merged_pull()
    rows = branch_rows()
    for number in range(1, 11):
        asked = listing(LP5, number, state="open", base=pull.head_ref)
        rows[asked] = reply([body(OPEN)] * 50, x_total_count="5000")
    table = Table(rows)

    pulls(table).delete_branch(pull)

    assert not any(one.startswith("DELETE") for one in table.asked)


def test_delete_branch__gone_before__is_no_error() -> None:
    gone = reply({"message": "gone"}, 404)
    pull = merged_pull()
    get = f"GET {LP5}/branches/{pull.head_ref}"

    pulls(Table({get: gone})).delete_branch(pull)


def test_delete_branch__gone_meanwhile__is_no_error() -> None:
    """It answers 500 then (080), and 404 on a server that says so."""
    pull = merged_pull()
    get = f"GET {LP5}/branches/{pull.head_ref}"
    gone = reply({"message": "gone"}, 404)
    raced = branch_rows(answer=told("080-delete-branch-again"))
    raced[get] = [raced[get], gone]

    pulls(Table(raced)).delete_branch(pull)
    pulls(Table(branch_rows(answer=gone))).delete_branch(pull)


@pytest.mark.parametrize(
    ("name", "error"),
    [("250-delete-protected", Refused), ("080-delete-branch-again", ServerFault)],
)
def test_delete_branch__refused_and_there__is_an_error(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        pulls(Table(branch_rows(answer=told(name)))).delete_branch(merged_pull())
