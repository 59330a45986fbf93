"""Pull requests that ride along with the issues, and servers that lack something or fail."""

from typing import Any

import httpx
import pytest
from support.github import (
    KEY,
    REPO,
    Data,
    Hub,
    checks,
    data,
    page,
    problem,
    reply,
    tracker,
    whole,
)
from support.github_pulls import (
    BRANCH,
    BY_BRANCH,
    BY_NUMBER,
    a_pull,
    branch,
    numbered,
    pulls,
    review,
    shown,
)

from afk.adapters.github.prefetch import Prefetched
from afk.errors import NotFound, RepositoryMoved, ServerFault, TokenError
from afk.model.forge import IssueHead
from afk.ports import BranchQuery
from afk.ports.landing import PullQuery

ISSUE_HEAD = IssueHead(KEY, ready=False, in_progress=True)


def test_read__announced__comes_with_the_issues_and_costs_nothing() -> None:
    prefetched = Prefetched()
    along = {**branch(shown(9)), "i0": whole()}
    hub = Hub([data(**along)])
    reading = pulls(hub, prefetched)
    reading.expect([BY_BRANCH])

    issues = tracker(hub, prefetched=prefetched).read([ISSUE_HEAD])
    marked = PullQuery(REPO, BRANCH, seen="a mark")
    (found,) = reading.read([marked])[marked]

    assert list(issues) == [KEY]
    assert (found.number, hub.requests) == (9, 1)


def test_read__again_after_that__looks_again() -> None:
    prefetched = Prefetched()
    hub = Hub([data(**numbered(shown()), i0=whole()), data(**numbered(shown(isDraft=True)))])
    reading = pulls(hub, prefetched)
    reading.expect([BY_NUMBER])
    tracker(hub, prefetched=prefetched).read([ISSUE_HEAD])

    assert not reading.read([BY_NUMBER])[BY_NUMBER][0].draft
    assert reading.read([BY_NUMBER])[BY_NUMBER][0].draft


@pytest.mark.parametrize(
    "trouble",
    [
        {**data(i0=whole(), p0=None), "errors": [problem("FORBIDDEN", "p0", "pullRequest")]},
        data(i0=whole(), p0=None),
        data(i0=whole(), **numbered(shown(), repo="acme/other")),
        data(i0=whole(), **numbered(shown(createdAt="never"))),
    ],
    ids=["forbidden", "out of sight", "renamed", "of another shape"],
)
def test_read__trouble_with_what_rides_along__is_not_the_issues(trouble: Data) -> None:
    """Whoever wants the pull request asks for it, and meets its trouble."""
    prefetched = Prefetched()
    hub = Hub([trouble, data(**numbered(shown()))])
    reading = pulls(hub, prefetched)
    reading.expect([BY_NUMBER])

    assert list(tracker(hub, prefetched=prefetched).read([ISSUE_HEAD])) == [KEY]
    assert [one.number for one in reading.read([BY_NUMBER])[BY_NUMBER]] == [9]


@pytest.mark.parametrize(
    "much",
    [
        httpx.Response(502, text="bad gateway"),
        {"data": {"i0": None}, "errors": [problem("RESOURCE_LIMITS_EXCEEDED", "i0")]},
    ],
    ids=["a server that gives up", "more than it computes"],
)
def test_read__too_much_at_once__the_issues_come_without_their_riders(much: Any) -> None:
    """One more request, and the pull requests are asked for by themselves."""
    prefetched = Prefetched()
    again = [much] * 3 if isinstance(much, httpx.Response) else [much]
    hub = Hub([*again, data(i0=whole()), data(**numbered(shown()))])
    reading = pulls(hub, prefetched)
    reading.expect([BY_NUMBER])

    assert list(tracker(hub, prefetched=prefetched).read([ISSUE_HEAD])) == [KEY]
    assert "pullRequest(" not in hub.queries[-1]["query"]
    assert reading.read([BY_NUMBER])[BY_NUMBER][0].number == 9


# Servers that lack something, and troubles


def test_read__server_without_some_fields__is_asked_without_them() -> None:
    """Found out by being refused, once; nothing is told then of what they would tell."""
    lacks = [
        ("mergeStateStatus", "PullRequest"),
        ("mergeQueueEntry", "PullRequest"),
        ("isMergeQueueEnabled", "PullRequest"),
        ("compare", "Ref"),
        ("isMinimized", "PullRequestReview"),
    ]
    texts = [f"Field '{name}' doesn't exist on type '{kind}'" for name, kind in lacks]
    bare = shown(reviews=page(review()))
    for name in ("mergeStateStatus", "isMergeQueueEnabled", "mergeQueueEntry", "baseRef"):
        del bare[name]
    hub = Hub([{"errors": [{"message": text} for text in texts]}, data(**numbered(bare))] * 1)
    reading = pulls(hub)

    (found,) = reading.read([BY_NUMBER])[BY_NUMBER]

    assert (found.can_merge, found.behind, found.queue, found.blocked_by) == (None, None, None, "")
    asked = hub.queries[-1]["query"]
    assert all(name not in asked for name, _ in lacks[:4])
    assert "isMinimized" in asked, "a comment's is no review's"
    hub.graphql.append(data(**numbered(bare)))
    assert reading.read([BY_NUMBER])[BY_NUMBER]
    assert len(hub.queries) == 3, "not found out a second time"


def test_read__compare_out_of_sight__is_tolerated() -> None:
    path = ("p0", "pullRequest", "baseRef", "compare")
    one = {**data(**numbered(shown(baseRef={"compare": None}))), "errors": [_hidden(path)]}
    (found,) = pulls(Hub([one])).read([BY_NUMBER])[BY_NUMBER]
    assert found.behind is None


def _hidden(path: tuple[str, ...]) -> Data:
    return problem("NOT_FOUND", *path)


def test_read__no_right_to_pull_requests__names_the_right() -> None:
    answer = {**data(p0=None), "errors": [problem("FORBIDDEN", "p0", "pullRequest", message="no")]}
    with pytest.raises(TokenError, match="pull-requests: read"):
        pulls(Hub([answer])).read([BY_NUMBER])


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFound), (200, ServerFault)], ids=["gone", "hidden from GraphQL"]
)
def test_read__repository_out_of_sight__is_no_absent_pull(
    status: int, kind: type[Exception]
) -> None:
    rest = {"id": 11, "full_name": REPO} if status == 200 else {"message": "Not Found"}
    hub = Hub([data(p0=None)], {f"GET /repos/{REPO}": reply(rest, status)})
    with pytest.raises(kind):
        pulls(hub).read([BY_NUMBER])


def test_read__renamed_repository__is_moved() -> None:
    with pytest.raises(RepositoryMoved):
        pulls(Hub([data(**numbered(shown(), repo="acme/other"))])).read([BY_NUMBER])


def test_reread__whatever_was_fetched_along__looks_now() -> None:
    prefetched = Prefetched()
    hub = Hub([data(**numbered(shown()), i0=whole()), data(**numbered(None))])
    reading = pulls(hub, prefetched)
    reading.expect([BY_NUMBER])
    tracker(hub, prefetched=prefetched).read([ISSUE_HEAD])
    assert reading.reread(a_pull()) is None
    assert checks(hub, prefetched=prefetched).read(REPO, []) == {}


def test_read__announced__its_own_branch_comes_along_with_the_ci_of_its_newest_commit() -> None:
    prefetched = Prefetched()
    hub = Hub([data(**branch(shown(9)), i0=whole(), t0={"ref": None}, t1={"ref": None})])
    pulls(hub, prefetched).expect([BY_BRANCH])

    tracker(hub, prefetched=prefetched).read([ISSUE_HEAD], branches={KEY: "main"})

    text = hub.queries[0]["query"]
    assert text.count("...Tip ") == 1
    assert text.count("...Head ") == 1
    assert "checked: history(first: 1)" in text.partition("fragment Head")[2]
    assert f"refs/heads/{BRANCH}" in hub.queries[0]["variables"].values()
    asked = [BranchQuery(REPO, "base", name) for name in ("main", BRANCH)]
    assert {one.head for one in tracker(hub, prefetched=prefetched).branches(asked).values()} == {
        ""
    }
    assert hub.requests == 1
