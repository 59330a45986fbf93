"""Branches beyond a base, and what `read` fetches along. GraphQL answers rest on the schema."""

from typing import Any

import httpx
import pytest
from support.cassettes import replay
from support.github import (
    KEY,
    REPO,
    Data,
    Hub,
    checks,
    data,
    page,
    problem,
    recorded,
    reply,
    tracker,
    whole,
)

from afk.adapters.github.prefetch import Prefetched
from afk.errors import NotFound, RepositoryMoved, ServerFault, TokenError
from afk.model.ci import CheckState
from afk.model.forge import Branch, Commit, IssueHead
from afk.ports import BranchQuery
from afk.types import IssueKey

MAIN = BranchQuery(REPO, "base", "main")
HEAD = IssueHead(KEY, ready=False, in_progress=True)


def _commit(sha: str) -> Data:
    return {"oid": sha, "message": f"{sha} done\n\nAFK-Run: 1"}


def _commits(*shas: str, more: str = "") -> Data:
    return page(*map(_commit, shas), more=more)


def _tip(*shas: str, more: str = "", **changes: Any) -> Data:
    target = {"id": "C_1", "oid": shas[0], "newest": _commits(*shas, more=more), **changes}
    return {"ref": {"target": target}}


def _checked(sha: str, **changes: Any) -> Data:
    shown = {
        "id": f"C_{sha}",
        "oid": sha,
        "statusCheckRollup": {
            "contexts": page(
                {
                    "__typename": "StatusContext",
                    "context": "ci",
                    "state": "SUCCESS",
                    "targetUrl": None,
                }
            )
        },
        "checkSuites": page(),
        "deployments": page(),
    }
    return {**shown, **changes}


def _shas(branch: Branch) -> list[str]:
    return [one.sha for one in branch.commits]


def test_branches__no_queries__cost_nothing() -> None:
    hub = Hub()
    assert tracker(hub).branches([]) == {}
    assert hub.requests == 0


def test_branches__commits_beyond_the_base__are_complete_and_verbatim() -> None:
    hub = Hub([data(t0=_tip("new", "own", "base", "older"))])
    found = tracker(hub).branches([MAIN])[MAIN]
    assert found.head == "new"
    assert found.commits[1] == Commit("own", "own done\n\nAFK-Run: 1")
    assert (_shas(found), found.complete) == (["new", "own"], True)


def test_branches__nothing_new__is_complete_and_empty() -> None:
    hub = Hub([data(t0=_tip("base", "older"))])
    assert tracker(hub).branches([MAIN])[MAIN] == Branch("base")


def test_branches__no_base__is_the_newest_commits_and_incomplete() -> None:
    query = BranchQuery(REPO, "", "main")
    hub = Hub([data(t0=_tip("new", "base", more="h1"))])
    found = tracker(hub).branches([query])[query]
    assert (_shas(found), found.complete) == (["new", "base"], False)
    assert hub.requests == 1


def test_branches__base_on_a_later_page__is_found_there() -> None:
    def more(variables: Data) -> Data:
        assert variables == {"id": "C_1", "after": "h1"}
        return data(node={"history": _commits("own", "base", more="h2")})

    hub = Hub([data(t0=_tip("new", more="h1")), more])
    found = tracker(hub).branches([MAIN])[MAIN]
    assert (_shas(found), found.complete) == (["new", "own"], True)
    assert hub.requests == 2


def test_branches__base_on_the_last_page_read__is_found_there() -> None:
    pages = [data(node={"history": _commits(f"c{number}", more="h")}) for number in range(4)]
    last = data(node={"history": _commits("base", more="h")})
    hub = Hub([data(t0=_tip("new", more="h")), *pages, last])
    found = tracker(hub).branches([MAIN])[MAIN]
    assert (len(found.commits), found.complete) == (5, True)


def test_branches__base_beyond_the_bound__is_incomplete() -> None:
    pages = [data(node={"history": _commits(f"c{number}", more="h")}) for number in range(5)]
    hub = Hub([data(t0=_tip("new", more="h")), *pages])
    found = tracker(hub).branches([MAIN])[MAIN]
    assert (len(found.commits), found.complete) == (6, False)
    assert hub.requests == 6


def test_branches__base_that_is_no_ancestor__read_to_the_root_hides_nothing() -> None:
    """Somebody reset the branch below the base."""
    hub = Hub([data(t0=_tip("new", "old"))])
    found = tracker(hub).branches([MAIN])[MAIN]
    assert (_shas(found), found.complete) == (["new", "old"], True)


def test_branches__absent_branch__has_no_head_and_proves_nothing() -> None:
    hub = Hub([data(t0={"ref": None})])
    assert tracker(hub).branches([MAIN])[MAIN] == Branch("", complete=False)


def test_branches__two_queries_for_one_branch__ask_once() -> None:
    other = BranchQuery(REPO, "older", "main")
    hub = Hub([data(t0=_tip("new", "base", "older"))])
    found = tracker(hub).branches([MAIN, other])
    assert [_shas(one) for one in found.values()] == [["new"], ["new", "base"]]
    assert hub.requests == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (recorded("130-repo-404"), NotFound),
        (reply({"id": 11, "full_name": "acme/new"}), RepositoryMoved),
        (reply({"id": 11, "full_name": REPO}), ServerFault),
    ],
)
def test_branches__repository_graphql_does_not_show__is_raised(
    answer: httpx.Response, kind: type[Exception]
) -> None:
    hub = Hub(
        [{**data(t0=None), "errors": [problem("NOT_FOUND", "t0")]}],
        {f"GET /repos/{REPO}": answer},
    )
    with pytest.raises(kind):
        tracker(hub).branches([MAIN])


def test_read__with_branches__serves_branches_and_checks_once() -> None:
    """The whole watch of a run is one request; whoever looks again means to look again."""
    tip = _tip("own", "base", checked={"nodes": [_checked("own")]})
    again = {"object": _checked("own")}
    hub = Hub([data(i0=whole(), t0=tip), data(t0=_tip("newer", "own", "base")), data(c0=again)])
    prefetched = Prefetched()
    github = tracker(hub, prefetched=prefetched)
    reader = checks(hub, prefetched=prefetched)

    assert KEY in github.read([HEAD], branches={KEY: "main"})
    assert _shas(github.branches([MAIN])[MAIN]) == ["own"]
    (check,) = reader.read(REPO, ["own"])["own"].checks
    assert check.state is CheckState.SUCCESS
    assert hub.requests == 1

    assert _shas(github.branches([MAIN])[MAIN]) == ["newer", "own"]
    assert reader.read(REPO, ["own"])["own"].checks == (check,)
    assert hub.requests == 3


def test_read__default_branch__is_fetched_along_under_the_name_the_listing_gave_it() -> None:
    """The configuration may leave it empty; whoever asks for it later has its name."""
    tip = _tip("own", "base")
    hub = Hub([data(i0=whole(), t0=tip), data(i0=whole(), t0=tip)])
    github = tracker(hub)

    github.read([HEAD], branches={KEY: ""})
    assert "refs/heads" not in str(hub.queries[0]), "not known yet, so not asked for"
    github.read([HEAD], branches={KEY: ""})
    assert _shas(github.branches([MAIN])[MAIN]) == ["own"]
    assert hub.requests == 2


def test_read__25_branches__cost_one_request_and_26_two() -> None:
    def answered(variables: Data) -> Data:
        numbers = [one for name, one in variables.items() if name != "v0" and type(one) is int]
        issues = {f"i{place}": whole(number) for place, number in enumerate(numbers)}
        branches = [one for one in variables.values() if str(one).startswith("refs/heads/")]
        tips = {f"t{place}": {"ref": None} for place in range(len(branches))}
        return data(**issues, **tips)

    heads = [
        IssueHead(IssueKey(REPO, number), ready=False, in_progress=True) for number in range(26)
    ]
    branches = {head.key: f"b{head.key.number}" for head in heads}
    for count, requests in ((25, 1), (26, 2)):
        hub = Hub([answered, answered])
        assert len(tracker(hub).read(heads[:count], branches=branches)) == count
        assert hub.requests == requests


def test_read__commit_with_more_checks_than_a_page__is_left_to_be_asked_for() -> None:
    cut = {"contexts": page(more="x")}
    tip = _tip("own", checked={"nodes": [_checked("own", statusCheckRollup=cut)]})
    prefetched = Prefetched()
    hub = Hub([data(i0=whole(), t0=tip)])
    tracker(hub, prefetched=prefetched).read([HEAD], branches={KEY: "main"})
    assert prefetched.take_tip(REPO, "main") is not None
    assert prefetched.take_checks(REPO, "own") is None


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("FORBIDDEN", ("t0", "ref", "target", "checked", "nodes", 0, "statusCheckRollup")),
        ("NOT_FOUND", ("t0",)),
    ],
)
def test_read__branch_that_cannot_be_fetched_along__does_not_spoil_the_issue(
    kind: str, path: tuple[str | int, ...]
) -> None:
    hidden = _tip("own", checked={"nodes": [_checked("own", statusCheckRollup=None)]})
    answered = data(i0=whole(), t0=None if len(path) == 1 else hidden)
    prefetched = Prefetched()
    hub = Hub([{**answered, "errors": [problem(kind, *path)]}])
    assert KEY in tracker(hub, prefetched=prefetched).read([HEAD], branches={KEY: "main"})
    assert prefetched.take_tip(REPO, "main") is None


def test_read__deployments_the_token_may_not_read__do_not_spoil_the_branch() -> None:
    tip = _tip("own", checked={"nodes": [_checked("own", deployments=None)]})
    path = ("t0", "ref", "target", "checked", "nodes", 0, "deployments")
    prefetched = Prefetched()
    hub = Hub([{**data(i0=whole(), t0=tip), "errors": [problem("FORBIDDEN", *path)]}])
    tracker(hub, prefetched=prefetched).read([HEAD], branches={KEY: "main"})
    assert prefetched.take_checks(REPO, "own") is not None


def test_branches__forbidden_history__names_the_permission() -> None:
    entry = problem("FORBIDDEN", "t0", "ref", "target", "newest", "history")
    hub = Hub([{**data(t0={"ref": None}), "errors": [entry]}])
    with pytest.raises(TokenError, match="contents: read"):
        tracker(hub).branches([MAIN])


def test_head__branch__is_its_newest_commit() -> None:
    """Recording 138."""
    with replay("github/138-branch-get") as cassette:
        sha = tracker().head("hub4j-test-org/GHWorkflowRunTest", "main")
    assert sha == "e8b2761bda453495d1ae25941b5b380b07deae52"
    assert cassette.all_played


def test_head__absent_branch__is_not_found() -> None:
    """Recording 139."""
    with (
        replay("github/139-branch-404") as cassette,
        pytest.raises(NotFound, match="has no branch non-existing"),
    ):
        tracker().head("packit/hello-world", "non-existing")
    assert cassette.all_played


def test_head__branch_with_a_slash__is_one_part_of_the_path() -> None:
    shown = reply({"commit": {"sha": "abc"}})
    hub = Hub(rest={f"GET /repos/{REPO}/branches/feature%2Fx": shown})
    assert tracker(hub).head(REPO, "feature/x") == "abc"
