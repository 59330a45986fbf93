"""Pull requests read: whole, told apart from forks', settled. Answers rest on the schema."""

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
    who,
    whole,
)
from support.github_pulls import (
    AT,
    BRANCH,
    BY_BRANCH,
    BY_NUMBER,
    HEAD,
    a_pull,
    branch,
    numbered,
    past,
    pulls,
    remark,
    review,
    shown,
    thread,
)

from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.pull_mapping import Handle
from afk.errors import NotFound, RepositoryMoved, ServerFault, TokenError
from afk.landing_ports import PullQuery
from afk.model.forge import IssueHead
from afk.model.pull import Mergeability, Pull, PullState, QueueState, ReviewState
from afk.types import GHOST, Account, AccountKind

ISSUE_HEAD = IssueHead(KEY, ready=False, in_progress=True)
RITA = Account(3, "rita")


def read(one: Data, *further: Any) -> Pull:
    hub = Hub([data(**numbered(one)), *further])
    (found,) = pulls(hub).read([BY_NUMBER])[BY_NUMBER]
    assert hub.graphql == [], "everything prepared was asked for"
    return found


def test_read__by_number__is_the_whole_pull_in_one_request() -> None:
    found = read(shown(reviews=page(review()), reviewThreads=page(thread(remark()))))

    assert (found.repository, found.repo, found.number) == (11, REPO, 9)
    assert (found.state, found.draft, found.head_exists) == (PullState.OPEN, False, True)
    assert (found.head_ref, found.head_sha, found.base_ref) == (BRANCH, HEAD, "main")
    assert found.author == Account(5, "afk[bot]", AccountKind.BOT)
    assert (found.mergeability, found.behind, found.can_merge) == (Mergeability.CLEAN, 0, True)
    assert (found.blocked_by, found.queue, found.truncated) == ("", None, False)
    assert found.handle == Handle("PR_9", queue=False)
    assert [(one.author, one.state, one.at) for one in found.reviews] == [
        (RITA, ReviewState.APPROVED, AT)
    ]
    (comment,) = found.comments
    assert (comment.id, comment.thread, comment.review) == ("500", "500", "PRR_1")
    assert (comment.path, comment.line, comment.commit) == ("till.py", 3, HEAD)


def test_read__gone__is_none() -> None:
    hub = Hub([{**data(**numbered(None)), "errors": [problem("NOT_FOUND", "p0", "pullRequest")]}])
    assert pulls(hub).read([BY_NUMBER])[BY_NUMBER] == []


def test_read__nothing__costs_nothing() -> None:
    assert pulls(Hub()).read([]) == {}


def test_read__many__are_25_a_request() -> None:
    queries = [PullQuery(REPO, "", number) for number in range(1, 31)]
    hub = Hub(
        [lambda asked: data(**numbered(*(shown(n) for n in _numbers(asked)))) for _ in range(2)]
    )

    found = pulls(hub).read(queries)

    assert [one.number for query in queries for one in found[query]] == list(range(1, 31))
    assert len(hub.queries) == 2
    assert all("compare(" not in one["query"] for one in hub.queries), "without a branch's name"


def _numbers(asked: Data) -> list[int]:
    values = [one for one in asked.values() if isinstance(one, int)]
    return values[:-3]


@pytest.mark.parametrize(
    ("changes", "mergeable", "may", "says"),
    [
        ({"mergeStateStatus": "UNSTABLE"}, Mergeability.CLEAN, True, ""),
        ({"mergeStateStatus": "HAS_HOOKS"}, Mergeability.CLEAN, True, ""),
        ({"mergeStateStatus": "BEHIND"}, Mergeability.CLEAN, False, "behind"),
        (
            {"mergeStateStatus": "BLOCKED", "reviewDecision": "REVIEW_REQUIRED"},
            Mergeability.CLEAN,
            False,
            "blocked, review required",
        ),
        (
            {"mergeStateStatus": "CLEAN", "reviewDecision": "APPROVED"},
            Mergeability.CLEAN,
            True,
            "",
        ),
        (
            {"mergeable": "CONFLICTING", "mergeStateStatus": "DIRTY"},
            Mergeability.CONFLICT,
            False,
            "dirty",
        ),
        ({"isDraft": True}, Mergeability.CLEAN, False, ""),
        ({"mergeStateStatus": "NEW_WORD"}, Mergeability.CLEAN, None, "new word"),
    ],
)
def test_read__way_to_the_base__is_told_and_refuses_nothing(
    changes: Data, mergeable: Mergeability, may: bool | None, says: str
) -> None:
    found = read(shown(**changes))
    assert (found.mergeability, found.can_merge, found.blocked_by) == (mergeable, may, says)


@pytest.mark.parametrize(
    ("state", "queue"),
    [
        ("QUEUED", QueueState.WAITING),
        ("AWAITING_CHECKS", QueueState.WAITING),
        ("LOCKED", QueueState.WAITING),
        ("UNMERGEABLE", QueueState.STUCK),
    ],
)
def test_read__in_a_merge_queue__says_where(state: str, queue: QueueState) -> None:
    found = read(shown(isMergeQueueEnabled=True, mergeQueueEntry={"state": state}))
    assert (found.queue, found.handle) == (queue, Handle("PR_9", queue=True))


def test_read__merged__has_what_landed_and_who_did_it() -> None:
    one = shown(
        state="MERGED",
        closedAt=NOW_TEXT,
        mergeable="UNKNOWN",
        mergeCommit={"oid": "m" * 40},
        mergedBy=who("mara", 2),
        headRef=None,
        timelineItems={"nodes": [{"actor": who("mara", 2)}]},
    )
    found = read(one)
    assert (found.state, found.merge_commit) == (PullState.MERGED, "m" * 40)
    assert (found.merged_by, found.closed_by) == (Account(2, "mara"), GHOST)
    assert (found.head_exists, found.behind, found.can_merge) == (False, None, None)


NOW_TEXT = "2026-05-01T10:00:00Z"


@pytest.mark.parametrize(
    ("nodes", "who_did"),
    [([{"actor": who("mara", 2)}], Account(2, "mara")), ([{"actor": None}], GHOST), ([], GHOST)],
)
def test_read__closed__says_by_whom_where_it_is_told(nodes: list[Data], who_did: Account) -> None:
    found = read(shown(state="CLOSED", closedAt=NOW_TEXT, timelineItems={"nodes": nodes}))
    assert (found.state, found.closed_by, found.closed_at) == (PullState.CLOSED, who_did, AT)
    assert (found.merge_commit, found.merged_by) == ("", GHOST)


def test_read__state_of_a_new_word__is_nothing_to_act_on() -> None:
    assert read(shown(state="LIMBO")).state is PullState.CLOSED


def test_reviews__pending_and_unknown__are_nobodys_approval() -> None:
    """In the order of submission, whatever the order of the answer."""
    early = "2026-05-01T09:00:00Z"
    found = read(
        shown(
            reviews=page(
                review(1, state="PENDING", submittedAt=None),
                review(2, state="CHANGES_REQUESTED"),
                review(3, state="DISMISSED", submittedAt=early, commit=None),
                review(4, state="SOMETHING_NEW"),
                review(5, author=None, state="COMMENTED"),
            )
        )
    )
    assert [(one.id, one.state) for one in found.reviews] == [
        ("PRR_3", ReviewState.DISMISSED),
        ("PRR_2", ReviewState.CHANGES_REQUESTED),
        ("PRR_4", ReviewState.COMMENTED),
        ("PRR_5", ReviewState.COMMENTED),
    ]
    assert [one.commit for one in found.reviews] == ["", HEAD, HEAD, HEAD]
    assert found.reviews[3].author == GHOST


def test_reviews__edited_or_hidden__say_so_and_by_whom() -> None:
    edited = {"lastEditedAt": NOW_TEXT, "editor": who("eve", 66)}
    found = read(
        shown(
            reviews=page(review(1, **edited), review(2, isMinimized=True)),
            reviewThreads=page(thread(remark(500, **edited), remark(501, isMinimized=True))),
        )
    )
    for first, second in (found.reviews, found.comments):
        assert (first.edited, first.edited_by, first.hidden) == (True, Account(66, "eve"), False)
        assert (second.edited, second.edited_by, second.hidden) == (False, None, True)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, 3),
        ({"line": None, "isOutdated": True}, 2),
        ({"diffSide": "LEFT"}, 0),
        ({"subjectType": "FILE", "line": None, "originalLine": None}, 0),
    ],
)
def test_comments__line__is_one_of_the_new_file_or_none(changes: Data, line: int) -> None:
    found = read(shown(reviewThreads=page(thread(remark(), **changes))))
    assert found.comments[0].line == line
    assert found.comments[0].outdated is changes.get("isOutdated", False)


def test_comments__of_one_thread__share_its_name_and_what_became_of_it() -> None:
    """Those that are pending are nobody's word yet, were they the first."""
    said = (remark(500, state="PENDING"), remark(501), remark(502))
    found = read(shown(reviewThreads=page(thread(*said, isResolved=True), thread())))
    assert [(one.id, one.thread, one.resolved) for one in found.comments] == [
        ("501", "501", True),
        ("502", "501", True),
    ]


def test_read__more_than_a_page__is_read_to_the_end() -> None:
    """Later pages of reviews, of threads, and of one thread's comments."""
    one = shown(
        reviews=page(review(1), more="r"),
        reviewThreads=page(thread(remark(500), more="c"), more="t"),
    )
    found = read(
        one,
        data(node={"reviews": page(review(2))}),
        data(node={"reviewThreads": page(thread(remark(600), id="PRRT_2"))}),
        data(node={"comments": page(remark(501))}),
    )
    assert [each.id for each in found.reviews] == ["PRR_1", "PRR_2"]
    assert [each.id for each in found.comments] == ["500", "501", "600"]
    assert not found.truncated


def test_read__more_than_is_read__says_that_there_is_more() -> None:
    endless = [data(node={"reviews": page(review(), more="again")}) for _ in range(9)]
    assert read(shown(reviews=page(review(), more="again")), *endless).truncated


def test_read__gone_between_pages__is_none() -> None:
    hub = Hub([data(**numbered(shown(reviews=page(more="r")))), data(node=None)])
    assert pulls(hub).read([BY_NUMBER])[BY_NUMBER] == []


# By branch


def test_read__by_branch__are_those_of_this_repository_oldest_first() -> None:
    """A fork's branch may have the same name; a repository that is gone is no head's."""
    fork = shown(10, headRepository={"databaseId": 12})
    gone = past(4, headRepository=None)
    hub = Hub([data(**branch(shown(9), fork, past=(past(8), gone)))])

    found = pulls(hub).read([BY_BRANCH])[BY_BRANCH]

    assert [(one.number, one.state) for one in found] == [
        (8, PullState.CLOSED),
        (9, PullState.OPEN),
    ]
    assert hub.asked == []


def test_read__branch_crowded_by_forks__is_told_apart_by_owner() -> None:
    """Anybody can open as many as they like from forks; REST's list names owner and repository."""
    forks = [shown(10 + n, headRepository={"databaseId": 12}) for n in range(2)]
    rows = [_listed(9, 11), _listed(3, 12), _listed(5, None)]
    listing = f"GET /repos/{REPO}/pulls?state=all&head=acme%3A{BRANCH.replace('/', '%2F')}"
    hub = Hub(
        [data(**branch(*forks, more="x")), data(**numbered(shown(9)))],
        {f"{listing}&per_page=100&page=1": reply(rows)},
    )

    found = pulls(hub).read([BY_BRANCH])[BY_BRANCH]

    assert [one.number for one in found] == [9]
    assert hub.requests == 3


def _listed(number: int, repository: int | None) -> Data:
    end = {"ref": BRANCH, "sha": HEAD, "repo": {"id": repository} if repository else None}
    return {
        "number": number,
        "node_id": f"PR_{number}",
        "html_url": "",
        "title": "x",
        "user": None,
        "created_at": NOW_TEXT,
        "updated_at": NOW_TEXT,
        "head": end,
        "base": end,
    }


# What GitHub is still computing


def standing(**changes: Any) -> Data:
    fields = {"id": "PR_9", "headRefOid": HEAD, "mergeable": "MERGEABLE", "reviewDecision": None}
    return {**fields, "mergeStateStatus": "CLEAN", **changes}


UNKNOWN = {"mergeable": "UNKNOWN", "mergeStateStatus": "UNKNOWN"}


def test_read__still_computing__is_asked_again_until_it_is_told() -> None:
    found = read(
        shown(**UNKNOWN),
        data(nodes=[standing(**UNKNOWN)]),
        data(nodes=[standing(mergeable="CONFLICTING", mergeStateStatus="DIRTY")]),
    )
    assert (found.mergeability, found.can_merge, found.blocked_by) == (
        Mergeability.CONFLICT,
        False,
        "dirty",
    )


def test_read__computing_for_long__stays_unknown() -> None:
    found = read(shown(**UNKNOWN), *(data(nodes=[standing(**UNKNOWN)]) for _ in range(2)))
    assert (found.mergeability, found.can_merge) == (Mergeability.UNKNOWN, None)


def test_read__head_moved_meanwhile__stays_unknown() -> None:
    """What is told then is about another head."""
    found = read(shown(**UNKNOWN), data(nodes=[standing(headRefOid="b" * 40)]))
    assert found.mergeability is Mergeability.UNKNOWN


def test_read__closed__is_not_asked_again() -> None:
    assert read(shown(state="CLOSED", closedAt=NOW_TEXT, **UNKNOWN)).state is PullState.CLOSED


# Along with the issues


def test_read__announced__comes_with_the_issues_and_costs_nothing() -> None:
    prefetched = Prefetched()
    along = {**branch(shown(9)), "i0": whole()}
    hub = Hub([data(**along)])
    reading = pulls(hub, prefetched)
    reading.expect([BY_BRANCH])

    issues = tracker(hub, prefetched=prefetched).read([ISSUE_HEAD])
    (found,) = reading.read([PullQuery(REPO, BRANCH, seen="a mark")]).popitem()[1]

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
