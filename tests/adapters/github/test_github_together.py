"""What is asked for many runs at once: branches with one history, CI of several repositories."""

from typing import Any

import pytest
from support.github import KEY, NOW, REPO, Data, Hub, checks, data, page, problem, tracker, whole

from afk.adapters.github.prefetch import Prefetched
from afk.errors import TokenError
from afk.model.ci import CheckState, CommitChecks
from afk.model.forge import Branch, IssueHead
from afk.ports import BranchQuery

MAIN = BranchQuery(REPO, "base", "main")
HEAD = IssueHead(KEY, ready=False, in_progress=True)
OTHER = "owner/other"
SHA = "a" * 40


def commits(*shas: str, more: str = "") -> Data:
    return page(*({"oid": sha, "message": sha} for sha in shas), more=more)


def tip(*shas: str, more: str = "") -> Data:
    target = {"id": "C_1", "oid": shas[0], "newest": commits(*shas, more=more)}
    return {"ref": {"target": target}}


def shas(branch: Branch) -> list[str]:
    return [one.sha for one in branch.commits]


def run(name: str, conclusion: str = "SUCCESS") -> Data:
    suite = {"event": "push", "workflow": {"id": "W_CI", "name": "CI"}}
    return {
        "__typename": "CheckRun",
        "id": f"CR_{name}",
        "name": name,
        "status": "COMPLETED",
        "conclusion": conclusion,
        "startedAt": NOW,
        "detailsUrl": None,
        "checkSuite": {"id": "S_CI", "status": "COMPLETED", "workflowRun": suite},
    }


def commit(sha: str, *contexts: Any) -> Data:
    shown = {
        "id": f"C_{sha}",
        "oid": sha,
        "statusCheckRollup": {"contexts": page(*contexts)} if contexts else None,
        "checkSuites": page(),
        "deployments": page(),
    }
    return {"object": shown}


def names(found: CommitChecks) -> list[str]:
    return [one.name for one in found.checks]


def test_branches__several_bases__one_walk_for_all() -> None:
    """Runs of a repository begin at commits that follow one another."""
    queries = [BranchQuery(REPO, base, "main") for base in ("own", "base", "new", "gone")]
    pages = [
        data(node={"history": commits("own", "base", more="h2")}),
        data(node={"history": commits("root")}),
    ]
    hub = Hub([data(t0=tip("new", more="h1")), *pages])

    found = tracker(hub).branches(queries)

    assert [(shas(found[one]), found[one].complete) for one in queries] == [
        (["new"], True),
        (["new", "own"], True),
        ([], True),
        (["new", "own", "base", "root"], True),
    ]
    assert hub.requests == 3


def test_branches__absent_when_the_issues_were_read__known_once() -> None:
    prefetched = Prefetched()
    hub = Hub([data(i0=whole(), t0={"ref": None}), data(t0=tip("new", "base"))])
    reading = tracker(hub, prefetched=prefetched)
    reading.read([HEAD], branches={KEY: "main"})

    first = reading.branches([MAIN])[MAIN]
    again = reading.branches([MAIN])[MAIN]

    assert (first, hub.requests) == (Branch("", complete=False), 2)
    assert shas(again) == ["new"], "who looks again asks"


def test_branches__out_of_sight_when_the_issues_were_read__not_taken_for_absent() -> None:
    prefetched = Prefetched()
    hub = Hub([data(i0=whole(), t0=None), data(t0=tip("new", "base"))])
    reading = tracker(hub, prefetched=prefetched)
    reading.read([HEAD], branches={KEY: "main"})

    assert shas(reading.branches([MAIN])[MAIN]) == ["new"]


def test_expect__commits_of_several_repositories__one_request_for_all() -> None:
    hub = Hub([data(c0=commit(SHA, run("one")), c1=commit("b" * 40, run("two")))])
    reading = checks(hub)

    reading.expect([(REPO, SHA), (OTHER, "b" * 40)])

    assert names(reading.read(REPO, [SHA])[SHA]) == ["one"]
    assert names(reading.read(OTHER, ["b" * 40])["b" * 40]) == ["two"]
    assert hub.requests == 1
    assert {value for value in hub.queries[0]["variables"].values() if value in {SHA, "b" * 40}}


@pytest.mark.parametrize("count", [0, 1])
def test_expect__one_commit_or_none__asks_nothing_yet(count: int) -> None:
    hub = Hub([data(c0=commit(SHA, run("one")))])
    reading = checks(hub)

    reading.expect([(REPO, SHA)][:count])

    assert hub.requests == 0
    assert names(reading.read(REPO, [SHA])[SHA]) == ["one"]


def test_expect__what_came_along__is_not_asked_for_again() -> None:
    prefetched = Prefetched()
    hub = Hub([data(c0=commit(SHA), c1=commit("b" * 40)), data(c0=commit("c" * 40))])
    reading = checks(hub, prefetched=prefetched)

    reading.expect([(REPO, SHA), (REPO, "b" * 40)])
    reading.expect([(REPO, SHA), (REPO, "b" * 40), (REPO, "c" * 40)])

    assert hub.requests == 1
    assert reading.read(REPO, ["c" * 40])["c" * 40].checks == ()
    assert hub.requests == 2


def test_expect__a_repository_out_of_sight__left_for_who_reads_it() -> None:
    refusal = problem("FORBIDDEN", "c0")
    hub = Hub(
        [
            {**data(c0=None, c1=commit(SHA, run("one"))), "errors": [refusal]},
            {**data(c0=None), "errors": [refusal]},
        ]
    )
    reading = checks(hub)

    reading.expect([(OTHER, "b" * 40), (REPO, SHA)])

    assert names(reading.read(REPO, [SHA])[SHA]) == ["one"]
    with pytest.raises(TokenError):
        reading.read(OTHER, ["b" * 40])


def why(*messages: str) -> Data:
    """An answer about failed check runs, one annotation each."""
    rows = [
        {"message": one, "path": ".github", "title": "", "annotationLevel": "FAILURE"}
        for one in messages
    ]
    start = {"location": {"start": {"line": 1}}}
    return data(nodes=[{"annotations": page({**row, **start})} for row in rows])


LOST = "The self-hosted runner lost communication with the server."


def test_expect__several_red_commits__one_request_says_why() -> None:
    other = "b" * 40
    red = [commit(sha, run(sha[0], "FAILURE")) for sha in (SHA, other)]
    hub = Hub([data(c0=red[0], c1=red[1]), why(LOST, "it is broken")])
    reading = checks(hub)

    reading.expect([(REPO, SHA), (OTHER, other)])
    first, second = reading.read(REPO, [SHA])[SHA], reading.read(OTHER, [other])[other]

    assert hub.requests == 2
    assert CheckState.FAILURE not in {one.state for one in first.checks}
    assert {one.state for one in second.checks} == {CheckState.FAILURE}


def test_expect__one_red_commit__asked_why_when_it_is_read() -> None:
    other = "b" * 40
    shown = data(c0=commit(SHA, run("a", "FAILURE")), c1=commit(other, run("b")))
    hub = Hub([shown, why("it is broken")])
    reading = checks(hub)

    reading.expect([(REPO, SHA), (OTHER, other)])

    assert hub.requests == 1
    assert {one.state for one in reading.read(REPO, [SHA])[SHA].checks} == {CheckState.FAILURE}
    assert hub.requests == 2
