"""What afk writes about pull requests on GitHub, and which it finds; recorded where it can be."""

from typing import Any

import httpx
import pytest
from support.cassettes import load, replay
from support.github import KEY, REPO, Hub, an_issue, data, page, problem, recorded, reply, who
from support.github_pulls import (
    BRANCH,
    HEAD,
    a_pull,
    branch,
    numbered,
    past,
    pulls,
    shown,
)

from afk.errors import NotFound, RateLimited, Refused, ServerFault
from afk.model.pull import Mergeability, PullState
from afk.ports.landing import PullSpec
from afk.types import Account, IssueKey

SPEC = PullSpec(repo=REPO, head=BRANCH, base="main", title="Broken", body="Closes #7", draft=True)
CREATE = f"POST /repos/{REPO}/pulls"
PULL = f"/repos/{REPO}/pulls/9"
MADE = {
    "number": 9,
    "node_id": "PR_9",
    "html_url": "https://recorded.test/9",
    "title": "Broken",
    "body": None,
    "draft": True,
    "user": {"id": 5, "login": "afk[bot]", "type": "Bot"},
    "created_at": "2026-05-01T10:00:00Z",
    "updated_at": "2026-05-01T10:00:00Z",
    "head": {"ref": BRANCH, "sha": HEAD, "repo": {"id": 11}},
    "base": {"ref": "main", "sha": "b" * 40, "repo": {"id": 11}},
}


def refusal(text: str, status: int = 422) -> httpx.Response:
    problem = {"resource": "PullRequest", "code": "custom", "message": text}
    return reply({"message": "Validation Failed", "errors": [problem]}, status)


# Opened


def test_open__recorded__is_the_pull_that_was_made() -> None:
    name = "098-pull-create"
    told = load(f"github/{name}")[0]["response"]["body"]
    hub = Hub(rest={"POST /repos/kgromov/temp-testSearchPullRequests/pulls": recorded(name)})
    spec = PullSpec(
        repo="kgromov/temp-testSearchPullRequests",
        head="branchToMerge",
        base="main",
        title="Temp merged PR",
        body="Hello, merged PR",
        draft=False,
    )

    found = pulls(hub).open(spec)

    assert (found.number, found.state, found.draft) == (2, PullState.OPEN, False)
    assert (found.head_ref, found.head_sha) == ("branchToMerge", told["head"]["sha"])
    assert found.head_repository == found.repository == told["base"]["repo"]["id"]
    assert (found.author.login, found.base_ref) == ("kgromov", "main")
    assert (found.mergeability, found.can_merge) == (Mergeability.UNKNOWN, None)
    (sent,) = hub.bodies
    assert sent == {
        "title": "Temp merged PR",
        "head": "branchToMerge",
        "base": "main",
        "body": "Hello, merged PR",
        "draft": False,
    }


def test_open__already_there__is_the_one_that_is_open() -> None:
    """Whoever opened it; of several bases the one that is meant."""
    other = shown(10, baseRefName="next")
    hub = Hub(
        [data(**branch(other, shown(9, author=who("eve", 66)), past=(past(8),)))],
        {CREATE: recorded("099-pull-create-422-exists")},
    )
    found = pulls(hub).open(SPEC)
    assert (found.number, found.author) == (9, Account(66, "eve"))
    assert len(hub.asked) == 1


def test_open__already_there_under_another_base__is_that_one() -> None:
    hub = Hub(
        [data(**branch(shown(10, baseRefName="next")))],
        {CREATE: recorded("099-pull-create-422-exists")},
    )
    assert pulls(hub).open(SPEC).number == 10


def test_open__said_to_be_there_and_not_found__is_refused() -> None:
    hub = Hub([data(**branch())], {CREATE: recorded("099-pull-create-422-exists")})
    with pytest.raises(Refused, match="already exists for hub4j-test-org:test/stable"):
        pulls(hub).open(SPEC)


def test_open__repository_without_drafts__is_opened_ready() -> None:
    text = "Draft pull requests are not supported in this repository."
    hub = Hub(rest={CREATE: [refusal(text), reply({**MADE, "draft": False}, 201)]})
    assert not pulls(hub).open(SPEC).draft
    assert [one["draft"] for one in hub.bodies] == [True, False]


def test_open__commits_not_seen_yet__are_waited_for_once() -> None:
    text = "No commits between main and afk/7"
    hub = Hub(rest={CREATE: [refusal(text), reply(MADE, 201)]})
    assert pulls(hub).open(SPEC).number == 9
    hub = Hub(rest={CREATE: [refusal(text), refusal(text)]})
    with pytest.raises(Refused, match="No commits between"):
        pulls(hub).open(SPEC)
    assert len(hub.asked) == 2


def test_open__job_token_without_leave__names_the_setting() -> None:
    text = "GitHub Actions is not permitted to create or approve pull requests."
    hub = Hub(rest={CREATE: reply({"message": text}, 403)})
    with pytest.raises(Refused, match="Allow GitHub Actions to create and approve") as refused:
        pulls(hub).open(SPEC)
    assert refused.value.status == 403


def test_open__rate_limit__is_no_refusal() -> None:
    hub = Hub(rest={CREATE: recorded("116-limit-secondary-403-retry-after")})
    with pytest.raises(RateLimited):
        pulls(hub).open(SPEC)


# Changed


def test_close__open_one__is_closed_and_a_closed_one_left() -> None:
    hub = Hub(rest={f"PATCH {PULL}": reply(MADE)})
    pulls(hub).close(a_pull())
    pulls(hub).close(a_pull(state=PullState.CLOSED))
    pulls(hub).close(a_pull(state=PullState.MERGED))
    assert hub.bodies == [{"state": "closed"}]


def test_ready__draft__is_made_ready_as_recorded() -> None:
    hub = Hub([recorded("144-graphql-mark-ready-2026")])
    pulls(hub).ready(a_pull(draft=True))
    (sent,) = hub.queries
    assert "markPullRequestReadyForReview(input: {pullRequestId: $id})" in sent["query"]
    assert sent["variables"] == {"id": "PR_9"}


def test_ready__ready_already__sends_nothing() -> None:
    hub = Hub()
    pulls(hub).ready(a_pull())
    assert hub.requests == 0


def test_ready__refused__says_why() -> None:
    """In the shape of recording 143."""
    name = "markPullRequestReadyForReview"
    answer = {"data": {name: None}, "errors": [problem("UNPROCESSABLE", name, message="no!")]}
    with pytest.raises(Refused, match="no!"):
        pulls(Hub([answer])).ready(a_pull(draft=True))


def test_comment__recorded__is_posted_on_the_conversation() -> None:
    name = "050-comment-create"
    request = load(f"github/{name}")[0]["request"]
    _, _, owner, repo, _, number, _ = request["path"].split("/")
    with replay(f"github/{name}") as cassette:
        one = a_pull(repo=f"{owner}/{repo}", number=int(number))
        pulls().comment(one, request["body"]["body"])
    assert cassette.play_count == 1


# What closes an issue


def linked(number: int = 4, **changes: Any) -> dict[str, Any]:
    fields = {
        "number": number,
        "url": f"https://recorded.test/{number}",
        "headRefName": "theirs",
        "author": who("eve", 66),
        "repository": {"nameWithOwner": "eve/app"},
    }
    return {**fields, **changes}


def test_closing__open_pulls_that_say_so__are_named_with_who_and_where() -> None:
    """One out of this token's sight is null, and is left out."""
    other = an_issue(number=8)
    hub = Hub(
        [
            data(
                i0={"issue": {"number": 7, "closedByPullRequestsReferences": page(linked(), None)}},
                i1={"issue": {"number": 8, "closedByPullRequestsReferences": None}},
            )
        ]
    )
    found = pulls(hub).closing([an_issue(), other])
    (one,) = found[KEY]
    assert (one.number, one.repo, one.head_ref) == (4, "eve/app", "theirs")
    assert one.author == Account(66, "eve")
    assert found[IssueKey(REPO, 8)] == ()
    assert "includeClosedPrs" not in hub.queries[0]["query"]


def test_closing__nothing_asked__costs_nothing() -> None:
    assert pulls(Hub()).closing([]) == {}


def test_closing__issue_gone__is_closed_by_none() -> None:
    answer = {**data(i0={"issue": None}), "errors": [problem("NOT_FOUND", "i0", "issue")]}
    assert pulls(Hub([answer])).closing([an_issue()]) == {KEY: ()}


def test_closing__server_that_does_not_know__knows_of_none() -> None:
    text = "Field 'closedByPullRequestsReferences' doesn't exist on type 'Issue'"
    hub = Hub([{"errors": [{"message": text}]}, data(i0={"issue": {"number": 7}})])
    assert pulls(hub).closing([an_issue()]) == {KEY: ()}


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (200, ServerFault)])
def test_closing__repository_out_of_sight__is_told(status: int, kind: type[Exception]) -> None:
    rest = {"id": 11, "full_name": REPO} if status == 200 else {"message": "Not Found"}
    hub = Hub([data(i0=None)], {f"GET /repos/{REPO}": reply(rest, status)})
    with pytest.raises(kind):
        pulls(hub).closing([an_issue()])


def test_numbered__helper__is_what_a_query_by_number_is_answered() -> None:
    """The hub's answers are no better than the schema: `test_sandbox_github_texts` holds it."""
    assert numbered(None)["p0"]["pullRequest"] is None
