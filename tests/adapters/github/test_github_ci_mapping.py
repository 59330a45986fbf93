"""GitHub's words about a commit. The shapes rest on the schema, words on 075 to 089 and it."""

from dataclasses import replace
from typing import Any

import pytest

from afk.adapters.github.ci_mapping import (
    Lists,
    all_runs_ended,
    commit_checks,
    failed,
)
from afk.adapters.github.ci_wire import (
    WireCheckRun,
    WireDeployment,
    WireStatus,
    WireSuite,
)
from afk.adapters.github.wire import parse
from afk.config import CIConfig, RepositoryConfig, StageConfig
from afk.model.ci import Check, CheckState, CommitChecks, Deployment

EARLY, LATE = "2026-05-01T10:00:00Z", "2026-05-01T11:00:00Z"


def _suite(status: str = "COMPLETED", workflow: str = "CI", **changes: Any) -> dict[str, Any]:
    named = {"id": f"W_{workflow}", "name": workflow}
    run = {"event": "push", "workflow": named} if workflow else None
    return {"id": f"S_{workflow}", "status": status, "workflowRun": run, **changes}


def _by(event: str, status: str = "COMPLETED", workflow: str = "Nightly") -> dict[str, Any]:
    run = {"event": event, "workflow": {"id": f"W_{workflow}", "name": workflow}}
    return _suite(status, workflow, id=f"S_{workflow}_{event}", workflowRun=run)


def _run(status: str = "COMPLETED", conclusion: str | None = "SUCCESS", **changes: Any) -> Any:
    shown = {
        "__typename": "CheckRun",
        "id": "CR_1",
        "name": "build",
        "status": status,
        "conclusion": conclusion,
        "startedAt": EARLY,
        "completedAt": EARLY if status == "COMPLETED" else None,
        "detailsUrl": "https://h/run/1",
        "checkSuite": _suite(status),
    }
    return parse(WireCheckRun, {**shown, **changes}, "test")


def _status(state: str, context: str = "ci/x", url: str | None = "https://ci/1") -> Any:
    shown = {
        "__typename": "StatusContext",
        "context": context,
        "state": state,
        "targetUrl": url,
    }
    return parse(WireStatus, shown, "test")


def _ids(shown: list[Any]) -> list[str]:
    return [one.id for one in shown]


def _lists(*contexts: Any, whole: bool = True, **changes: Any) -> Lists:
    parts: dict[str, Any] = {"suites": (), "deployments": (), **changes}
    return Lists("sha", contexts, whole=whole, **parts)


@pytest.mark.parametrize(
    ("status", "conclusion", "state"),
    [
        ("COMPLETED", "SUCCESS", CheckState.SUCCESS),
        ("COMPLETED", "NEUTRAL", CheckState.SKIPPED),
        ("COMPLETED", "SKIPPED", CheckState.SKIPPED),
        ("COMPLETED", "CANCELLED", CheckState.CANCELLED),
        ("COMPLETED", "FAILURE", CheckState.FAILURE),
        ("COMPLETED", "TIMED_OUT", CheckState.FAILURE),
        ("COMPLETED", "STARTUP_FAILURE", CheckState.INFRASTRUCTURE),
        ("COMPLETED", "STALE", CheckState.INFRASTRUCTURE),
        ("COMPLETED", "ACTION_REQUIRED", CheckState.PENDING),
        ("COMPLETED", "BRAND_NEW", CheckState.UNKNOWN),
        ("COMPLETED", None, CheckState.UNKNOWN),
        ("QUEUED", None, CheckState.PENDING),
        ("IN_PROGRESS", None, CheckState.PENDING),
        ("WAITING", None, CheckState.PENDING),
        ("PENDING", None, CheckState.PENDING),
        ("REQUESTED", None, CheckState.PENDING),
        ("BRAND_NEW", "SUCCESS", CheckState.UNKNOWN),
    ],
)
def test_commit_checks__check_run__has_the_state(
    status: str, conclusion: str | None, state: CheckState
) -> None:
    """Every word of the schema's CheckStatusState and CheckConclusionState; others are unknown."""
    found = commit_checks(_lists(_run(status, conclusion)))
    assert found.checks == (Check("build", state, "CI", "https://h/run/1", "push"),)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCESS", CheckState.SUCCESS),
        ("PENDING", CheckState.PENDING),
        ("EXPECTED", CheckState.PENDING),
        ("FAILURE", CheckState.FAILURE),
        ("ERROR", CheckState.FAILURE),
        ("BRAND_NEW", CheckState.UNKNOWN),
    ],
)
def test_commit_checks__status__has_the_state(word: str, state: CheckState) -> None:
    found = commit_checks(_lists(_status(word)))
    assert found.checks == (Check("ci/x", state, "", "https://ci/1"),)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCESS", CheckState.SUCCESS),
        ("FAILURE", CheckState.FAILURE),
        ("ERROR", CheckState.FAILURE),
        ("INACTIVE", CheckState.CANCELLED),
        ("PENDING", CheckState.PENDING),
        ("QUEUED", CheckState.PENDING),
        ("IN_PROGRESS", CheckState.PENDING),
        ("WAITING", CheckState.PENDING),
        ("BRAND_NEW", CheckState.UNKNOWN),
    ],
)
def test_commit_checks__deployment__has_the_state(word: str, state: CheckState) -> None:
    status = {"state": word, "environmentUrl": None, "logUrl": "https://h/log"}
    shown = parse(WireDeployment, {"environment": "prod", "latestStatus": status}, "test")
    found = commit_checks(_lists(deployments=[shown]))
    assert found.deployments == (Deployment("prod", state, "https://h/log"),)


def test_commit_checks__several_deployments__count_by_their_newest() -> None:
    """They come newest first; one without a status has only been created."""

    def deployment(environment: str | None, state: str) -> WireDeployment:
        status = {"state": state} if state else None
        shown = {"environment": environment, "latestStatus": status}
        return parse(WireDeployment, shown, "test")

    shown = [
        deployment("prod", ""),
        deployment("prod", "SUCCESS"),
        deployment("test", "SUCCESS"),
        deployment(None, "FAILURE"),
    ]
    assert commit_checks(_lists(deployments=shown)).deployments == (
        Deployment("prod", CheckState.PENDING),
        Deployment("test", CheckState.SUCCESS),
        Deployment("", CheckState.FAILURE),
    )


def test_commit_checks__nothing__says_nothing() -> None:
    assert commit_checks(_lists()) == CommitChecks("sha")


def test_commit_checks__list_cut_short__can_never_be_green() -> None:
    found = commit_checks(_lists(_run(), whole=False))
    assert [one.state for one in found.checks] == [CheckState.SUCCESS, CheckState.UNKNOWN]
    assert found.all_runs_ended is False


def test_commit_checks__run_that_never_ran__is_infrastructure() -> None:
    found = commit_checks(_lists(_run("COMPLETED", "FAILURE")), lost={"CR_1"})
    assert found.checks[0].state is CheckState.INFRASTRUCTURE


def test_commit_checks__event__is_what_started_the_workflow() -> None:
    shown = [_run(), _run(checkSuite=_by("schedule")), _run(checkSuite=_suite(workflow=""))]
    found = commit_checks(_lists(*shown)).checks
    assert [(one.event, one.own) for one in found] == [
        ("push", True),
        ("schedule", False),
        ("", True),
    ]


def test_commit_checks__running__names_workflows_whatever_started_them() -> None:
    suites = [
        parse(WireSuite, one, "test")
        for one in (_suite(), _by("workflow_run", "QUEUED", "Deploy"), _suite("QUEUED", ""))
    ]
    found = commit_checks(_lists(_run(), suites=suites))
    assert (found.running, found.all_runs_ended) == (frozenset({"Deploy"}), True)


@pytest.mark.parametrize(
    ("pattern", "ended"), [("Deploy", True), ("Dep*", True), ("Deploy / *", True), ("De", False)]
)
def test_all_runs_ended__workflow_ignored__by_its_name_or_all_its_jobs(
    pattern: str, *, ended: bool
) -> None:
    suites = [parse(WireSuite, one, "test") for one in (_suite(), _suite("QUEUED", "Deploy"))]
    assert all_runs_ended(suites, [], {pattern}) is ended


def test_failed__for_a_repository__only_those_that_can_count() -> None:
    """Nothing is asked about a red night run: it costs a request in every tick otherwise."""
    shown = [
        _run(conclusion="FAILURE", id="night", checkSuite=_by("schedule")),
        _run(conclusion="FAILURE", id="flaky", name="flaky"),
        _run(conclusion="FAILURE", id="red"),
    ]
    plain = RepositoryConfig(workspace="/srv/app", ci=CIConfig(ignore=("fla*",)))
    named = replace(plain, ci=CIConfig(required=("build",)))
    deploy = replace(plain, deploy=StageConfig(workflow="Nightly"))
    assert failed(shown, plain) == ["red"]
    assert failed(shown, named) == ["night", "red"]
    assert failed(shown, deploy) == ["night", "red"]


def test_failed__runs__are_those_of_workflows_that_failed_last() -> None:
    shown = [
        _run(conclusion="FAILURE", id="superseded", name="a"),
        _run(startedAt=LATE, id="fixed", name="a"),
        _run(conclusion="FAILURE", id="red", name="b"),
        _run(conclusion="FAILURE", id="app", checkSuite=_suite(workflow="")),
        _status("FAILURE"),
    ]
    assert failed(shown) == ["red"]


def _suites(*shown: dict[str, Any]) -> list[WireSuite]:
    return [parse(WireSuite, one, "test") for one in shown]


@pytest.mark.parametrize(
    ("suites", "contexts", "ended"),
    [
        ([], [], None),
        ([_suite("QUEUED", workflow="")], [], None),
        ([_suite()], [], True),
        ([_suite(), _suite("QUEUED", workflow="")], [], True),
        ([_suite(), _suite("IN_PROGRESS", "Deploy")], [], False),
        ([_suite("QUEUED", "afk")], [], None),
        ([_suite(), _suite("IN_PROGRESS", "afk")], [], True),
        ([], [_run("QUEUED", None, checkSuite=_suite("QUEUED", workflow=""))], False),
        ([], [_run(checkSuite=_suite(workflow=""))], None),
        ([_suite()], [_run(checkSuite=_suite(workflow=""))], True),
        ([_suite()], [_run("QUEUED", None, checkSuite=_suite("QUEUED", ""))], False),
        ([_suite()], [_run("QUEUED", None, name="Vercel", checkSuite=_suite("QUEUED", ""))], True),
        ([_by("schedule", "QUEUED")], [], None),
        ([_suite(), _by("schedule", "QUEUED"), _by("dynamic", "QUEUED", "Pages")], [], True),
        ([_suite("IN_PROGRESS"), _by("issues")], [], False),
        ([_by("pull_request", "QUEUED"), _suite()], [], False),
        ([_by("merge_group"), _suite()], [], True),
        ([_suite("IN_PROGRESS")], [_run("QUEUED", None, name="flaky")], None),
        ([_suite("IN_PROGRESS")], [_run("QUEUED", None, name="flaky"), _run("QUEUED")], False),
        ([_suite("IN_PROGRESS")], [_run("QUEUED", None, checkSuite=_suite())], False),
        ([_suite()], [_run("QUEUED", None, checkSuite=_suite("QUEUED", "afk"))], True),
        ([], [_status("PENDING")], None),
        ([_suite("BRAND_NEW")], [], False),
    ],
)
def test_all_runs_ended__suites__by_those_in_use(
    suites: list[dict[str, Any]], contexts: list[Any], *, ended: bool | None
) -> None:
    """An installed app's suite stays queued for ever; afk's own run is under way while it asks."""
    ignore = {"afk", "Vercel", "CI / fla*"}
    assert all_runs_ended(_suites(*suites), contexts, ignore) is ended
