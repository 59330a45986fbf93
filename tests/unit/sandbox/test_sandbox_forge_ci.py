"""The sandbox's CI: what a commit's message scripts, and in which order jobs go."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk_sandbox.forge.ci import (
    CI,
    DEPLOY,
    FINAL,
    Job,
    JobRun,
    JobState,
    Outcome,
    Pace,
    Run,
    Workflow,
    outcome_of,
    plan,
)
from afk_sandbox.forge.model import ForgeModel

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PACE = Pace()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("work", Outcome.GREEN),
        ("work\n\nCI: red", Outcome.RED),
        ("work\n\nci:  Cancelled \nAFK-Run: 1\n", Outcome.CANCELLED),
        ("CI: none", Outcome.NONE),
        ("CI: red\nCI: slow", Outcome.SLOW),
        ("CI: deploy-red", Outcome.DEPLOY_RED),
        ("CI: purple", Outcome.GREEN),
        ("the CI: red is gone", Outcome.GREEN),
    ],
)
def test_outcome_of__message__last_line_that_scripts_one(message: str, expected: Outcome) -> None:
    assert outcome_of(message) is expected


def _ends(planned: list[list[JobRun]]) -> dict[str, JobState]:
    return {job.name: job.steps[-1].state for jobs in planned for job in jobs}


@pytest.mark.parametrize(
    ("outcome", "build", "test", "rollout"),
    [
        (Outcome.GREEN, JobState.SUCCESS, JobState.SUCCESS, JobState.SUCCESS),
        (Outcome.SLOW, JobState.SUCCESS, JobState.SUCCESS, JobState.SUCCESS),
        (Outcome.RED, JobState.SUCCESS, JobState.FAILURE, JobState.SUCCESS),
        (Outcome.DEPLOY_RED, JobState.SUCCESS, JobState.SUCCESS, JobState.FAILURE),
        (Outcome.CANCELLED, JobState.CANCELLED, JobState.CANCELLED, JobState.CANCELLED),
    ],
)
def test_plan__script__decides_how_each_job_ends(
    outcome: Outcome, build: JobState, test: JobState, rollout: JobState
) -> None:
    ends = _ends(plan([CI, DEPLOY], outcome, PACE, START))
    assert (ends["build"], ends["test"], ends["rollout"]) == (build, test, rollout)


def test_plan__job_whose_need_failed__is_skipped() -> None:
    two = Workflow(name="w", file="w.yml", jobs=(Job("a"), Job("b", needs=("c",)), Job("c")))
    ordered = Workflow(name="w", file="w.yml", jobs=(Job("a"), Job("c")))
    after = Workflow(
        name="w", file="w.yml", jobs=(Job("a"), Job("b", needs=("a",)), Job("c", needs=("b",)))
    )
    assert _ends(plan([ordered], Outcome.RED, PACE, START))["c"] is JobState.FAILURE
    assert _ends(plan([after], Outcome.GREEN, PACE, START))["c"] is JobState.SUCCESS
    with pytest.raises(KeyError):
        plan([two], Outcome.GREEN, PACE, START)


@st.composite
def _workflows(draw: st.DrawFn) -> list[Workflow]:
    found = []
    for number in range(draw(st.integers(1, 3))):
        jobs: list[Job] = []
        for index in range(draw(st.integers(1, 4))):
            needs = draw(st.lists(st.sampled_from(jobs), unique=True)) if jobs else []
            seconds = draw(st.none() | st.floats(0, 100))
            jobs.append(Job(f"{number}-{index}", tuple(job.name for job in needs), seconds))
        found.append(Workflow(name=f"w{number}", file=f"w{number}.yml", jobs=tuple(jobs)))
    return found


@given(
    _workflows(),
    st.sampled_from([o for o in Outcome if o is not Outcome.NONE]),
    st.sampled_from([PACE, Pace(rest=60), Pace(first=0, rest=0, pickup=0, job=0)]),
)
def test_plan__any_workflows__one_runner_and_every_job_ends_once(
    workflows: list[Workflow], outcome: Outcome, pace: Pace
) -> None:
    """Steps are in time; nothing shows before its time; at most one job runs at any moment."""
    planned = plan(workflows, outcome, pace, START)
    spans = []
    for jobs in planned:
        for job in jobs:
            times = [step.at for step in job.steps]
            assert times == sorted(times)
            assert times[0] >= START + timedelta(seconds=pace.first)
            assert [s.state for s in job.steps if s.state in FINAL] == [job.steps[-1].state]
            end = job.steps[-1].at
            started = job.started(end)
            if started is not None:
                spans.append((started, end))
    for (_, ended), (started, _) in pairwise(sorted(spans)):
        assert started >= ended


def test_push__newer_one_to_the_branch__cancels_what_has_not_ended() -> None:
    now = [START]
    forge = ForgeModel(lambda: now[0])
    owner = forge.add_account("owner")
    repo = forge.add_repository(owner, "shop", workflows=[CI])
    forge.push(repo, "main", "one", owner)
    now[0] += timedelta(seconds=7)
    forge.push(repo, "main", "two\n\nCI: none", owner)
    assert forge.visible_runs(repo)[0].state(now[0]) is JobState.RUNNING
    forge.push(repo, "side", "elsewhere", owner)
    assert repo.runs[0].state(now[0]) is JobState.RUNNING
    forge.push(repo, "main", "three", owner)
    states = {job.name: job.state(now[0]) for job in repo.runs[0].jobs}
    assert states == {
        "build": JobState.SUCCESS,
        "lint": JobState.CANCELLED,
        "test": JobState.CANCELLED,
    }
    assert repo.runs[0].state(now[0]) is JobState.CANCELLED
    assert [run.branch for run in repo.runs] == ["main", "side", "main"]


def test_push__workflow_for_the_default_branch__does_not_start_elsewhere() -> None:
    forge = ForgeModel(lambda: START)
    owner = forge.add_account("owner")
    repo = forge.add_repository(owner, "shop", workflows=[CI, DEPLOY])
    forge.push(repo, "main", "one", owner)
    forge.push(repo, "side", "two", owner)
    assert [(run.branch, run.workflow.name) for run in repo.runs] == [
        ("main", "ci"),
        ("main", "deploy"),
        ("side", "ci"),
    ]


def test_pace__long_rest__shows_a_commit_all_green_and_incomplete() -> None:
    """An early look can see nothing but success while most contexts are still to come."""
    quick = Pace(first=1, rest=60, pickup=0.1, job=1)
    jobs = plan([CI], Outcome.GREEN, quick, START)[0]
    now = START + timedelta(seconds=30)
    assert [job.state(now) for job in jobs] == [JobState.SUCCESS, None, None]


@pytest.mark.parametrize(
    ("file", "given", "event"),
    [
        ("ci.yml", "", "push"),
        ("ci.yml", "schedule", "schedule"),
        ("dynamic", "", "dynamic"),
        ("dynamic/pages/pages-build-deployment", "", "dynamic"),
        ("dynamics.yml", "", "push"),
    ],
)
def test_run__event__is_the_push_unless_said_or_githubs_own(
    file: str, given: str, event: str
) -> None:
    workflow = Workflow(name="x", file=file, jobs=())
    run = Run(
        id=1,
        number=1,
        workflow=workflow,
        sha="",
        branch="",
        title="",
        actor=1,
        jobs=[],
        event=given,
    )
    assert run.event == event
