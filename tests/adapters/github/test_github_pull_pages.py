"""Pull requests read: whole, told apart from forks', settled. Answers rest on the schema."""

from typing import Any

import pytest
from support.cassettes import load
from support.github import (
    KEY,
    REPO,
    Data,
    Hub,
    data,
    page,
    problem,
    recorded,
    reply,
    who,
)
from support.github_pulls import (
    AT,
    BRANCH,
    BY_BRANCH,
    BY_NUMBER,
    HEAD,
    branch,
    numbered,
    past,
    pulls,
    remark,
    review,
    shown,
    thread,
)

from afk.adapters.github.pull_mapping import Handle
from afk.model.forge import IssueHead
from afk.model.pull import Mergeability, Pull, PullState, QueueState, ReviewState
from afk.ports.landing import PullQuery
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


def test_read__branch_crowded__list_is_read_as_recorded() -> None:
    """Of 2019, without drafts; its repository is another than the one that is asked for here."""
    name = "100-pulls-list-by-head"
    (told,) = load(f"github/{name}")[0]["response"]["body"]
    repo, head = "hub4j-test-org/github-api", "test/stable"
    home = {"databaseId": told["base"]["repo"]["id"], "nameWithOwner": repo}
    crowd = {"p0": {**home, "open": page(more="x"), "past": page()}}
    one = {"p0": {**home, "pullRequest": shown(268)}}
    listing = f"GET /repos/{repo}/pulls?state=all&head=hub4j-test-org%3Atest%2Fstable"
    hub = Hub([data(**crowd), data(**one)], {f"{listing}&per_page=100&page=1": recorded(name)})
    query = PullQuery(repo, head)
    assert [one.number for one in pulls(hub).read([query])[query]] == [268]


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
