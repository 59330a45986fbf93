"""Folding a commit's checks: what is said of each stage, whole, and which checks failed."""

from dataclasses import replace

import pytest
from support.fold_rig import (
    EARLY,
    FAILURE,
    GREEN,
    NONE_GREEN,
    PENDING,
    PLAIN,
    RED,
    REQUIRED,
    SHA,
    SKIPPED,
    SUCCESS,
    UNDECIDED,
    ci_lint,
    ci_test,
    judged,
)

from afk.config import StageConfig
from afk.decide.ci_names import can_count, ignored
from afk.model.ci import Check, CheckState, CIVerdict, Deployment
from afk.types import CIStatus, StageResult

URL = "https://forge.example/run/1"


@pytest.mark.parametrize(
    ("states", "failed", "result"),
    [
        ((SUCCESS, SUCCESS), (), (GREEN, "CI / test succeeded (and 1 more)", URL)),
        ((FAILURE, SUCCESS), ("test",), (RED, "CI / test failed", URL)),
        ((FAILURE, FAILURE), ("test", "lint"), (RED, "CI / test failed (and 1 more)", URL)),
        ((PENDING, SUCCESS), (), (UNDECIDED, "CI / test is pending", URL)),
        ((SKIPPED, SKIPPED), (), (None, "every check was skipped; ci.none is wait", "")),
    ],
)
def test_fold__build__says_what_decided_and_what_failed(
    states: tuple[CheckState, CheckState],
    failed: tuple[str, ...],
    result: tuple[CIStatus | None, str, str],
) -> None:
    test, lint = (make(state) for make, state in zip((ci_test, ci_lint), states, strict=True))
    status, detail, url = result
    found = judged(test, lint)
    assert found.stages == (StageResult("build", status, detail, url),)
    assert [one.name for one in found.failed] == list(failed)
    assert found.status is status


@pytest.mark.parametrize(
    ("checks", "what"), [((), "no check"), ((ci_test(SKIPPED),), "every check was skipped")]
)
def test_fold__nothing_to_go_by__says_which_nothing(checks: tuple[Check, ...], what: str) -> None:
    early, wait, green = (
        judged(*checks, now=EARLY),
        judged(*checks),
        judged(*checks, settings=NONE_GREEN),
    )
    assert early.stages == (StageResult("build", None, f"{what} so far"),)
    assert wait.stages == (StageResult("build", None, f"{what}; ci.none is wait"),)
    assert green.stages == (StageResult("build", GREEN, f"{what}; ci.none is green"),)
    assert (early.superseded, wait.superseded, green.superseded) == (False, True, False)


def test_fold__green_while_more_may_come__says_so() -> None:
    found = judged(ci_test(SUCCESS), now=EARLY)
    assert found == CIVerdict(
        SHA, UNDECIDED, (StageResult("build", UNDECIDED, "more checks may still appear"),)
    )


def test_fold__required__is_the_build_whatever_it_says() -> None:
    skipped = judged(ci_test(SKIPPED), ci_lint(SKIPPED), settings=REQUIRED)
    assert skipped.stages == (
        StageResult("build", GREEN, "CI / test was skipped (and 1 more)", URL),
    )
    red = judged(ci_test(FAILURE), ci_lint(SUCCESS), settings=REQUIRED)
    assert red.stages == (StageResult("build", RED, "CI / test failed", URL),)
    missing = judged(ci_test(SUCCESS), settings=REQUIRED)
    assert missing.stages == (StageResult("build", UNDECIDED, "CI / lint has not appeared"),)


@pytest.mark.parametrize(
    ("stage", "named"),
    [
        (StageConfig(workflow="Deploy"), "Deploy"),
        (StageConfig(status="deploy/prod"), "deploy/prod"),
        (StageConfig(environment="prod"), "prod"),
    ],
)
def test_fold__deploy_that_has_not_come__is_named(stage: StageConfig, named: str) -> None:
    found = judged(ci_test(SUCCESS), settings=replace(PLAIN, deploy=stage))
    assert found.stages[1] == StageResult("deploy", UNDECIDED, f"{named} has not run yet")


def test_fold__deploy_that_may_go_on__and_a_deployment__are_said_with_their_pages() -> None:
    by_workflow = replace(PLAIN, deploy=StageConfig(workflow="Deploy"))
    running = judged(
        ci_test(SUCCESS),
        Check("up", SUCCESS, "Deploy"),
        settings=by_workflow,
        running=frozenset({"Deploy"}),
    )
    assert running.stages[1] == StageResult("deploy", UNDECIDED, "more checks may still appear")
    by_environment = replace(PLAIN, deploy=StageConfig(environment="prod"))
    found = judged(
        ci_test(SUCCESS), settings=by_environment, deployments=(Deployment("prod", FAILURE, URL),)
    )
    assert found.stages[1] == StageResult("deploy", RED, "deployment to prod failed", URL)
    assert [one.url for one in found.failed] == [URL]


def test_ci_names__what_cannot_count__and_what_a_stage_is_made_of() -> None:
    settings = replace(PLAIN, deploy=StageConfig(workflow="Deploy"))
    assert can_count(Check("up", SUCCESS, "Deploy", event="schedule"), settings)
    assert not can_count(Check("up", SUCCESS, "Other", event="schedule"), settings)
    assert not ignored(Check("test", SUCCESS), [""])
    assert not ignored(Check("test", SUCCESS, "CI"), [""])
