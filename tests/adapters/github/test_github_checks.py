"""Reading CI of commits. The GraphQL answers rest on the schema; no recording shows a rollup."""

from typing import Any

import httpx
import pytest
from support.github import (
    NOW,
    REPO,
    Data,
    Hub,
    checks,
    data,
    page,
    problem,
    recorded,
    reply,
)

from afk.adapters.github.ci_wire import WireTip
from afk.adapters.github.prefetch import Prefetched
from afk.adapters.github.wire import parse
from afk.config import CIConfig, Config, RepositoryConfig, StageConfig
from afk.errors import NotFound, RepositoryMoved, ServerFault, TokenError
from afk.model.ci import CheckState, CommitChecks

SHA = "a" * 40


def _suite(status: str = "COMPLETED", workflow: str = "CI") -> Data:
    run = {"event": "push", "workflow": {"id": f"W_{workflow}", "name": workflow}}
    return {"id": f"S_{workflow}", "status": status, "workflowRun": run}


def _run(name: str = "build", conclusion: str = "SUCCESS") -> Data:
    return {
        "__typename": "CheckRun",
        "id": f"CR_{name}",
        "name": name,
        "status": "COMPLETED",
        "conclusion": conclusion,
        "startedAt": NOW,
        "detailsUrl": None,
        "checkSuite": _suite(),
    }


def _commit(sha: str = SHA, *contexts: Data, **changes: Any) -> Data:
    shown = {
        "id": f"C_{sha}",
        "oid": sha,
        "statusCheckRollup": {"contexts": page(*contexts)} if contexts else None,
        "checkSuites": page(),
        "deployments": page(),
    }
    return {"object": {**shown, **changes}}


def _names(found: CommitChecks) -> list[str]:
    return [one.name for one in found.checks]


def _config(**changes: Any) -> Config:
    return Config(repositories={REPO: RepositoryConfig(workspace="/srv/app", **changes)})


def test_read__no_commits__cost_nothing() -> None:
    hub = Hub()
    assert checks(hub).read(REPO, []) == {}
    assert hub.requests == 0


def test_read__commits__cost_one_request_for_25() -> None:
    shas = [f"{number:040}" for number in range(25)]
    hub = Hub([data(**{f"c{number}": _commit(sha) for number, sha in enumerate(shas)})])
    assert list(checks(hub).read(REPO, shas)) == shas
    assert hub.requests == 1


def test_read__commit_without_ci__says_nothing() -> None:
    hub = Hub([data(c0=_commit(statusCheckRollup=None, checkSuites=None, deployments=None))])
    assert checks(hub).read(REPO, [SHA]) == {SHA: CommitChecks(SHA)}


def test_read__commit_out_of_sight__says_nothing() -> None:
    hub = Hub([data(c0={"object": None})])
    assert checks(hub).read(REPO, [SHA]) == {SHA: CommitChecks(SHA)}


def test_read__all_lists__are_read_to_their_end() -> None:
    cut = _commit(
        statusCheckRollup={"contexts": page(_run("a"), more="x1")},
        checkSuites=page(_suite(), more="s1"),
        deployments=page(more="d1"),
    )
    deployed = {
        "environment": "prod",
        "latestStatus": {"state": "SUCCESS", "environmentUrl": None, "logUrl": None},
    }
    hub = Hub(
        [
            data(c0=cut),
            data(node={"statusCheckRollup": {"contexts": page(_run("b"))}}),
            data(node={"checkSuites": page(_suite("IN_PROGRESS", "Deploy"))}),
            data(node={"deployments": page(deployed)}),
        ]
    )
    found = checks(hub).read(REPO, [SHA])[SHA]
    assert _names(found) == ["a", "b"]
    assert found.all_runs_ended is False
    assert found.deployments[0].state is CheckState.SUCCESS
    assert hub.requests == 4


def test_read__list_without_end__has_a_check_nobody_can_call_green() -> None:
    endless = {"contexts": page(_run(), more="x")}
    hub = Hub(
        [
            data(c0=_commit(statusCheckRollup=endless)),
            *([data(node={"statusCheckRollup": endless})] * 9),
        ]
    )
    found = checks(hub).read(REPO, [SHA])[SHA]
    assert found.checks[-1].state is CheckState.UNKNOWN
    assert found.all_runs_ended is False
    assert hub.requests == 10


def test_read__afks_own_workflow__does_not_keep_a_commit_open() -> None:
    """It runs on the newest commit of the default branch while it looks at that very commit."""
    shown = _commit(SHA, _run(), checkSuites=page(_suite(), _suite("IN_PROGRESS", "night watch")))
    for ignore, ended in ((("night watch",), True), ((), False)):
        hub = Hub([data(c0=shown)])
        reader = checks(hub, config=_config(ci=CIConfig(ignore=ignore)))
        assert reader.read(REPO, [SHA])[SHA].all_runs_ended is ended


ANNOTATION = "The job was not started because recent account payments have failed"


def test_read__failed_jobs__are_told_apart_by_their_annotations() -> None:
    """An unpaid bill fails every job at once; nobody pays an agent to mend that."""
    shown = _commit(SHA, _run("a", "FAILURE"), _run("b", "FAILURE"), _run("c"))
    annotations = [
        {"annotations": page({"message": ANNOTATION})},
        {"annotations": page({"message": "Process completed with exit code 1."})},
    ]
    hub = Hub([data(c0=shown), data(nodes=annotations)])
    found = checks(hub).read(REPO, [SHA])[SHA]
    assert [one.state for one in found.checks] == [
        CheckState.INFRASTRUCTURE,
        CheckState.FAILURE,
        CheckState.SUCCESS,
    ]
    assert hub.queries[1]["variables"] == {"ids": ["CR_a", "CR_b"]}


def test_read__red_night_run__is_not_asked_about() -> None:
    """It decides nothing, so its annotations are nothing to pay a request for in every tick."""
    night = {**_suite(), "workflowRun": {"event": "schedule", "workflow": {"id": "W", "name": "N"}}}
    shown = _commit(SHA, _run(), _run("links", "FAILURE") | {"checkSuite": night})
    hub = Hub([data(c0=shown)])
    found = checks(hub, config=_config()).read(REPO, [SHA])[SHA]
    assert [(one.name, one.own) for one in found.checks] == [("build", True), ("links", False)]
    assert hub.requests == 1


@pytest.mark.parametrize("nodes", [[None], [{"annotations": None}]])
def test_read__annotations_out_of_sight__leave_a_failure_a_failure(nodes: list[Any]) -> None:
    entry = problem("FORBIDDEN", "nodes", 0)
    hub = Hub(
        [
            data(c0=_commit(SHA, _run("a", "FAILURE"))),
            {**data(nodes=nodes), "errors": [entry]},
        ]
    )
    (check,) = checks(hub).read(REPO, [SHA])[SHA].checks
    assert check.state is CheckState.FAILURE


def _prefetched(**changes: Any) -> Prefetched:
    target = {
        "id": "C_1",
        "oid": SHA,
        "newest": page(),
        "checked": {"nodes": [_commit(SHA, _run(), **changes)["object"]]},
    }
    prefetched = Prefetched()
    prefetched.put(REPO, "main", parse(WireTip, target, "test"))
    return prefetched


def test_read__prefetched_commit__is_used_once() -> None:
    hub = Hub([data(c0=_commit(SHA, _run("later")))])
    reader = checks(hub, prefetched=_prefetched())
    assert _names(reader.read(REPO, [SHA])[SHA]) == ["build"]
    assert hub.requests == 0
    assert _names(reader.read(REPO, [SHA])[SHA]) == ["later"]


def test_read__one_prefetched_of_two__asks_for_the_other_only() -> None:
    other = "b" * 40
    hub = Hub([data(c0=_commit(other, _run("other")))])
    found = checks(hub, prefetched=_prefetched()).read(REPO, [SHA, other])
    assert {sha: _names(one) for sha, one in found.items()} == {SHA: ["build"], other: ["other"]}
    assert SHA not in hub.queries[0]["variables"].values()


STAGES = [
    {"deploy": StageConfig(environment="prod")},
    {"deploy": StageConfig(workflow="x"), "rollout": StageConfig(environment="prod")},
]


@pytest.mark.parametrize("stages", STAGES)
def test_read__hidden_deployments_that_count__are_a_missing_permission(
    stages: dict[str, Any],
) -> None:
    entry = problem("FORBIDDEN", "c0", "object", "deployments")
    answered = {**data(c0=_commit(SHA, _run(), deployments=None)), "errors": [entry]}
    hub = Hub([answered])
    reader = checks(hub, prefetched=_prefetched(deployments=None), config=_config(**stages))
    with pytest.raises(TokenError, match="deployments: read"):
        reader.read(REPO, [SHA])
    assert hub.requests == 1


def test_read__hidden_deployments_nobody_asked_for__are_none() -> None:
    entry = problem("FORBIDDEN", "c0", "object", "deployments")
    answered = {**data(c0=_commit(SHA, _run(), deployments=None)), "errors": [entry]}
    config = _config(deploy=StageConfig(workflow="x"))
    assert _names(checks(Hub([answered]), config=config).read(REPO, [SHA])[SHA]) == ["build"]
    taken = checks(Hub(), prefetched=_prefetched(deployments=None), config=config)
    assert _names(taken.read(REPO, [SHA])[SHA]) == ["build"]


def test_read__fine_grained_token__is_told_what_it_cannot_have() -> None:
    """On a private repository such a token sees no check run, whatever was granted."""
    path = ("c0", "object", "statusCheckRollup", "contexts", "nodes", 0)
    refusal = "Resource not accessible by personal access token"
    hub = Hub(
        [
            {
                **data(c0=_commit(SHA)),
                "errors": [problem("FORBIDDEN", *path, message=refusal)],
            }
        ]
    )
    with pytest.raises(TokenError, match="cannot be granted to fine-grained"):
        checks(hub).read(REPO, [SHA])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (recorded("130-repo-404"), NotFound),
        (reply({"id": 11, "full_name": "acme/new"}), RepositoryMoved),
        (reply({"id": 11, "full_name": REPO}), ServerFault),
    ],
)
def test_read__repository_graphql_does_not_show__is_raised(
    answer: httpx.Response, kind: type[Exception]
) -> None:
    hub = Hub(
        [{**data(c0=None), "errors": [problem("NOT_FOUND", "c0")]}],
        {f"GET /repos/{REPO}": answer},
    )
    with pytest.raises(kind):
        checks(hub).read(REPO, [SHA])
