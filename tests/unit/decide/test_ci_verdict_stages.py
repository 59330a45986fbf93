"""Folding a commit's checks: deploy and rollout behind the build."""

from dataclasses import replace
from datetime import datetime

import pytest
from support.fold_rig import (
    CANCELLED,
    EARLY,
    FAILURE,
    GREEN,
    INFRASTRUCTURE,
    LATE,
    PENDING,
    PLAIN,
    RED,
    REQUIRED,
    SHA,
    SKIPPED,
    SUCCESS,
    UNDECIDED,
    UNKNOWN,
    Probe,
    ci_test,
    judged,
)

from afk.config import CIConfig, StageConfig
from afk.model.ci import Check, CheckState, CIVerdict, Deployment
from afk.types import CIStatus, StageResult

BY_WORKFLOW = replace(PLAIN, deploy=StageConfig(workflow="Deploy"))
BY_STATUS = replace(PLAIN, deploy=StageConfig(status="deploy/prod"))
BY_ENVIRONMENT = replace(PLAIN, deploy=StageConfig(environment="prod"))
BY_PROBE = replace(PLAIN, deploy=StageConfig(probe="https://app.example/version"))
DEPLOYS = {"workflow": BY_WORKFLOW, "status": BY_STATUS, "environment": BY_ENVIRONMENT}
EVIDENCE = {"workflow": ("up", "Deploy"), "status": ("deploy/prod", "")}


def deployed(kind: str, state: CheckState) -> CIVerdict:
    """Judge a green build whose deploy stage shows one state."""
    if kind == "environment":
        deployments = (Deployment("staging", FAILURE), Deployment("prod", state))
        return judged(ci_test(SUCCESS), settings=BY_ENVIRONMENT, deployments=deployments)
    name, workflow = EVIDENCE[kind]
    return judged(ci_test(SUCCESS), Check(name, state, workflow), settings=DEPLOYS[kind])


def test_fold__a_rollout_without_a_deploy__is_judged_behind_the_build() -> None:
    settings = replace(PLAIN, rollout=StageConfig(status="live"))
    for state, status in ((SUCCESS, GREEN), (FAILURE, RED), (PENDING, UNDECIDED)):
        verdict = judged(ci_test(SUCCESS), Check("live", state), settings=settings)
        assert verdict.status is status
        assert [one.stage for one in verdict.stages] == ["build", "rollout"]


@pytest.mark.parametrize("kind", DEPLOYS)
@pytest.mark.parametrize(
    ("state", "status"),
    [
        (SUCCESS, GREEN),
        (FAILURE, RED),
        (PENDING, UNDECIDED),
        (UNKNOWN, UNDECIDED),
        (CANCELLED, UNDECIDED),
        (INFRASTRUCTURE, UNDECIDED),
        (SKIPPED, UNDECIDED),
    ],
)
def test_fold__deploy_stage__says_what_its_evidence_says(
    kind: str, state: CheckState, status: CIStatus
) -> None:
    """A skipped deploy deployed nothing; another environment's failure is not this one's."""
    verdict = deployed(kind, state)

    assert verdict.status is status
    assert [stage.stage for stage in verdict.stages] == ["build", "deploy"]
    assert verdict.stages[0].status is GREEN
    assert verdict.infrastructure is (state is INFRASTRUCTURE)


@pytest.mark.parametrize("kind", DEPLOYS)
@pytest.mark.parametrize(
    ("ended", "now", "superseded"), [(True, EARLY, False), (None, LATE, True), (True, LATE, True)]
)
def test_fold__deploy_has_not_run__pending_and_overtaken_only_after_the_grace(
    *,
    kind: str,
    ended: bool | None,
    now: datetime,
    superseded: bool,
) -> None:
    verdict = judged(ci_test(SUCCESS), settings=DEPLOYS[kind], ended=ended, now=now)

    assert verdict.status is UNDECIDED
    assert verdict.reason.endswith("has not run yet")
    assert verdict.superseded is superseded


def test_fold__deploy_workflow_may_still_grow__not_green() -> None:
    """One green job of a deploy workflow is not the whole of it."""
    settings = replace(
        PLAIN, ci=CIConfig(required=("test",)), deploy=StageConfig(workflow="Deploy")
    )
    checks = (ci_test(SUCCESS), Check("prepare", SUCCESS, "Deploy"))

    assert judged(*checks, settings=settings, ended=False).status is UNDECIDED
    assert judged(*checks, settings=settings, ended=True).status is GREEN


def test_fold__checks_of_a_later_stage__do_not_count_for_the_build() -> None:
    """Otherwise a pending deploy would hold up the build it waits for."""
    settings = replace(
        PLAIN,
        deploy=StageConfig(workflow="Deploy"),
        rollout=StageConfig(status="rollout"),
    )
    checks = (Check("up", PENDING, "Deploy"), Check("rollout", PENDING))

    assert judged(*checks, settings=settings).stages[0].status is None
    verdict = judged(ci_test(SUCCESS), *checks, settings=settings)
    assert [stage.status for stage in verdict.stages] == [GREEN, UNDECIDED, None]
    assert verdict.stages[2].detail == "waits for the stage before it"


def test_fold__later_stage_failed_while_the_build_runs__red_at_once() -> None:
    """A failure anywhere is red, and it is what the reason names."""
    verdict = judged(ci_test(PENDING), Check("up", FAILURE, "Deploy"), settings=BY_WORKFLOW)

    assert verdict.status is RED
    assert verdict.stages[1] == StageResult("deploy", RED, "Deploy / up failed")


@pytest.mark.parametrize(
    ("answer", "status", "superseded", "reason"),
    [
        (True, GREEN, False, "the probe answers with the commit"),
        (False, UNDECIDED, True, "the probe does not answer with the commit"),
        (None, UNDECIDED, False, "the probe cannot be reached"),
    ],
)
def test_fold__probe__green_or_pending_never_red(
    *,
    answer: bool | None,
    status: CIStatus,
    superseded: bool,
    reason: str,
) -> None:
    """A probe that answers with another commit may have been overtaken by a descendant's."""
    probe = Probe(answer=answer)

    verdict = judged(ci_test(SUCCESS), settings=BY_PROBE, probe=probe)

    assert (verdict.status, verdict.superseded) == (status, superseded)
    assert verdict.stages[1] == StageResult("deploy", status, reason)
    assert probe.asked == [(BY_PROBE.deploy, SHA)]


@pytest.mark.parametrize("state", [PENDING, FAILURE, CANCELLED, INFRASTRUCTURE, UNKNOWN, SKIPPED])
def test_fold__build_not_green__probes_are_not_asked(state: CheckState) -> None:
    probe = Probe(answer=True)

    verdict = judged(ci_test(state), settings=BY_PROBE, probe=probe)

    assert probe.asked == []
    assert verdict.status is not GREEN
    assert verdict.stages[1] == StageResult("deploy", None, "waits for the stage before it")


def test_fold__deploy_undecided__the_rollout_is_not_probed() -> None:
    probe = Probe(answer=None)
    settings = replace(BY_PROBE, rollout=StageConfig(probe="https://app.example/rollout"))

    verdict = judged(ci_test(SUCCESS), settings=settings, probe=probe)

    assert [stage.probe for stage, _ in probe.asked] == ["https://app.example/version"]
    assert [stage.status for stage in verdict.stages] == [GREEN, UNDECIDED, None]


def test_fold__three_green_stages__green() -> None:
    settings = replace(BY_STATUS, rollout=StageConfig(probe="https://app.example/version"))

    verdict = judged(
        ci_test(SUCCESS), Check("deploy/prod", SUCCESS), settings=settings, probe=Probe(answer=True)
    )

    assert verdict.status is GREEN
    assert verdict.reason == "the probe answers with the commit"


def test_fold__only_a_deployment_seen__pending_not_none() -> None:
    """Something of the commit has been seen, even if no required check has."""
    settings = replace(REQUIRED, deploy=StageConfig(environment="prod"))

    verdict = judged(settings=settings, deployments=(Deployment("prod", PENDING),))

    assert verdict.status is UNDECIDED


def test_reason__no_stages__is_empty() -> None:
    assert CIVerdict(SHA, None).reason == ""


@pytest.mark.parametrize("event", ["workflow_run", "deployment", "workflow_dispatch", "push"])
@pytest.mark.parametrize(("state", "status"), [(FAILURE, RED), (SUCCESS, GREEN)])
def test_fold__deploy_workflow__counts_whatever_started_it(
    event: str, state: CheckState, status: CIStatus
) -> None:
    """The configuration names it; many a deploy is started by the end of another workflow."""
    deploy = Check("up", state, "Deploy", event=event)

    assert judged(ci_test(SUCCESS), deploy, settings=BY_WORKFLOW).status is status


def test_fold__deploy_workflow_by_push_and_at_night__the_pushs_is_meant() -> None:
    night, own = (
        Check("up", state, "Deploy", event=event)
        for state, event in ((FAILURE, "schedule"), (SUCCESS, "push"))
    )

    assert judged(ci_test(SUCCESS), night, own, settings=BY_WORKFLOW).status is GREEN


def test_fold__deploy_workflow_still_runs__neither_green_nor_overtaken() -> None:
    """Another workflow's end started it, so that all runs of the push itself are over."""
    one = Check("up", SUCCESS, "Deploy", event="workflow_run")
    running = frozenset({"Deploy"})

    started = judged(ci_test(SUCCESS), one, settings=BY_WORKFLOW, ended=True, running=running)
    assert (started.status, started.reason) == (UNDECIDED, "more checks may still appear")
    unseen = judged(ci_test(SUCCESS), settings=BY_WORKFLOW, ended=True, running=running)
    assert (unseen.status, unseen.superseded) == (UNDECIDED, False)
    assert judged(ci_test(SUCCESS), one, settings=BY_WORKFLOW, ended=True).status is GREEN
