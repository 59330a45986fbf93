"""What the sandbox's GitHub makes of CI: suites, check runs, statuses, deployments."""

from datetime import timedelta

import pytest
from support.github_bed import START, Bed

from afk_sandbox.forge.ci import CI, Job, JobState, Pace, Step, Workflow
from afk_sandbox.github import ci
from afk_sandbox.github.ci import conclusion_word, status_word


def test_check_runs__after_a_push__grow_while_the_suite_is_in_progress() -> None:
    """A job that waits for another has none yet; nothing that was shown goes away."""
    bed = Bed(CI)
    sha = bed.forge.push(bed.repo, "main", "begin", bed.owner)
    assert bed.suites(sha, 0) == []
    sizes, seen = [], set[str]()
    for second in range(1, 40):
        for suite in bed.suites(sha, second):
            names = {check.job.name for check in suite.checks}
            assert names >= seen
            seen = names
            sizes.append(len(names))
    assert list(dict.fromkeys(sizes)) == [2, 3]
    assert ci.rollup(suite.checks, []) == "SUCCESS"
    assert (status_word(suite.state), conclusion_word(suite.state)) == ("completed", "success")


def test_suite__first_job_green_others_not_yet_shown__is_in_progress() -> None:
    """All check runs green, and a rollup that says so, prove nothing."""
    bed = Bed(CI)
    bed.forge.pace = Pace(rest=20)
    sha = bed.forge.push(bed.repo, "main", "begin", bed.owner)
    (suite,) = bed.suites(sha, 10)
    assert [(one.job.name, conclusion_word(one.state)) for one in suite.checks] == [
        ("build", "success")
    ]
    assert ci.rollup(suite.checks, []) == "SUCCESS"
    assert status_word(suite.state) == "in_progress"


@pytest.mark.parametrize(
    ("script", "rollup", "conclusions", "notes"),
    [
        ("green", "SUCCESS", {"build": "success", "test": "success"}, []),
        ("red", "FAILURE", {"build": "success", "test": "failure"}, [ci.FAILED]),
        ("lost", "FAILURE", {"build": "success", "test": "failure"}, [ci.LOST]),
        ("cancelled", "FAILURE", {"build": "cancelled", "test": "cancelled"}, []),
    ],
)
def test_check_runs__in_the_end__say_what_the_commit_scripts(
    script: str, rollup: str, conclusions: dict[str, str], notes: list[str]
) -> None:
    workflow = Workflow(name="ci", file="ci.yml", jobs=(Job("build"), Job("test", ("build",))))
    bed = Bed(workflow)
    sha = bed.forge.push(bed.repo, "main", f"begin\n\nCI: {script}", bed.owner)
    (suite,) = bed.suites(sha, 900)
    assert ci.rollup(suite.checks, []) == rollup
    assert {one.job.name: conclusion_word(one.state) for one in suite.checks} == conclusions
    assert [note for one in suite.checks for note in one.annotations] == notes


def test_check_run__of_a_job_skipped_from_waiting__is_completed_and_skipped() -> None:
    bed = Bed(CI)
    sha = bed.forge.push(bed.repo, "main", "begin", bed.owner)
    (suite,) = bed.suites(sha, 600)
    last = suite.run.jobs[-1]
    last.steps = [Step(START, JobState.BLOCKED), Step(START, JobState.SKIPPED)]
    shown = suite.checks[-1]
    assert (status_word(shown.state), conclusion_word(shown.state)) == ("completed", "skipped")
    assert ci.rollup(suite.checks, []) == "SUCCESS"


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        (["success"], "SUCCESS"),
        (["success", "pending"], "PENDING"),
        (["pending", "failure"], "FAILURE"),
        (["failure", "error"], "ERROR"),
    ],
)
def test_rollup__of_statuses__the_worst_decides(states: list[str], wanted: str) -> None:
    bed = Bed()
    sha = bed.forge.push(bed.repo, "main", "begin", bed.owner)
    for number, state in enumerate(states):
        bed.forge.post_status(bed.repo, sha, state, bed.owner, context=str(number))
    assert ci.rollup([], ci.contexts(bed.repo, sha)) == wanted


def test_deployments__of_a_workflow_with_an_environment__follow_its_run() -> None:
    deploy = Workflow(name="d", file="d.yml", jobs=(Job("out"),), environment="production")
    bed = Bed(CI, deploy)
    sha = bed.forge.push(bed.repo, "main", "begin", bed.owner)
    states = []
    for second in range(60):
        bed.time = START + timedelta(seconds=second)
        for one in ci.deployments(bed.forge, bed.repo, sha):
            assert one.environment == "production"
            states.append(one.state)
    assert list(dict.fromkeys(states)) == ["queued", "in_progress", "success"]
