"""CI of pull requests: which runs start, who must let them go on, reruns, logs.

Recordings are those of Forgejo 16, ``pulls-16/``.
"""

import pytest
from support.pull_bed import BEDS, ON_PULLS, PullBed

from afk_sandbox.forge.ci import FINAL, JobState, Run, Workflow
from afk_sandbox.forge.reruns import MOST_RERUNS, StillRunning, TooOften


@pytest.fixture(params=[False, True], ids=["forgejo", "github"])
def busy(request: pytest.FixtureRequest) -> PullBed:
    """A bed whose workflow starts on pushes and on pull requests."""
    return PullBed(github=request.param, workflows=ON_PULLS)


def _started(bed: PullBed) -> list[tuple[str, str, int]]:
    return [(run.event, run.branch, run.pull) for run in bed.repo.runs[1:]]


def _states(bed: PullBed, run: Run) -> dict[str, JobState | None]:
    return {job.name: job.state(bed.moment[0]) for job in run.jobs}


def test_runs__open_push_and_reopen__one_for_each_event_on_the_heads_sha(busy: PullBed) -> None:
    """Recordings 165-169, 256."""
    pull = busy.open()
    assert _started(busy) == [("push", "side", 0), ("pull_request", "side", 1)]
    assert {run.sha for run in busy.repo.runs[1:]} == {pull.head_sha}
    busy.push("side")
    assert _started(busy)[2:] == [("push", "side", 0), ("pull_request", "side", 1)]
    assert {run.sha for run in busy.repo.runs[3:]} == {pull.head_sha}
    busy.forge.close(pull.issue, busy.bot)
    assert len(_started(busy)) == 4
    busy.wait(60)
    busy.forge.reopen(pull.issue, busy.bot)
    assert _started(busy)[4:] == [("pull_request", "side", 1)]
    busy.forge.merge(pull, busy.bot)
    assert _started(busy)[5:] == [("push", "main", 0)]


def test_runs__newer_push__cancels_the_older_of_the_same_event_and_pull(busy: PullBed) -> None:
    """Another base's pull request of the same branch has runs of its own."""
    busy.push("dev", "CI: none")
    busy.open()
    busy.forge.open_pull(busy.repo, busy.bot, "side", title="x", base="dev")
    states = {(run.event, run.pull): run.state(busy.moment[0]) for run in busy.repo.runs[1:]}
    assert JobState.CANCELLED not in states.values()
    busy.wait(2)
    busy.push("side")
    former = [run.state(busy.moment[0]) for run in busy.repo.runs[1:4]]
    assert former == [JobState.CANCELLED] * 3
    assert [run.pull for run in busy.repo.runs[4:]] == [0, 1, 2]


def test_runs__conflict__none_of_pull_request_on_github_alone(busy: PullBed) -> None:
    """Recordings 171, 173 (no merge ref); GitHub tests the merge, so there is none to test."""
    busy.open(text="app.py:2=b")
    busy.push("main", "CI: none", text="app.py:2=z", actor=busy.owner)
    before = len(_started(busy))
    busy.push("side", text="app.py:3=c")
    events = [event for event, *_ in _started(busy)[before:]]
    assert events == (["push"] if busy.github else ["push", "pull_request"])


def test_runs__by_a_jobs_own_token__none_or_waiting_for_a_person(busy: PullBed) -> None:
    """Recordings 255, 256; on github.com since June 2026 they wait."""
    busy.bot.job_token = True
    pull = busy.open()
    held = [run for run in busy.repo.runs if run.pull]
    assert _started(busy) == ([("pull_request", "side", 1)] if busy.github else [])
    for run in held:
        busy.wait(600)
        assert (run.held, run.visible(busy.moment[0])) == (True, True)
        assert run.state(busy.moment[0]) is JobState.BLOCKED
        busy.forge.approve_run(busy.repo, run)
        busy.wait(60)
        assert run.state(busy.moment[0]) is JobState.SUCCESS
        jobs = run.jobs
        busy.forge.approve_run(busy.repo, run)
        assert run.jobs is jobs
    busy.forge.merge(pull, busy.bot)
    assert [run.branch for run in busy.repo.runs[1:]] == ["side"] * len(held)


def test_runs__strangers_fork__waits_for_a_person(busy: PullBed) -> None:
    """Recordings 183, 184; those of a stranger's from the repository itself do not (185, 319)."""
    copy = busy.forge.fork(busy.repo, busy.stranger)
    busy.forge.push(copy, "patch", "x", busy.stranger)
    assert copy.runs == []
    busy.forge.open_pull(busy.repo, busy.stranger, "patch", title="x", head_repo=copy)
    assert [run.held for run in busy.repo.runs[1:]] == [True]
    busy.push("side")
    busy.forge.open_pull(busy.repo, busy.stranger, "side", title="x")
    assert [run.held for run in busy.repo.runs[2:]] == [False, False]


def test_runs__merged__scripted_by_the_heads_message(busy: PullBed) -> None:
    busy.push("side", "work\n\nCI-Merged: red\n\nAFK-Run: 1", text="s.py:1=1")
    pull = busy.forge.open_pull(busy.repo, busy.bot, "side", title="x")
    busy.known(pull)
    busy.wait(60)
    assert {run.state(busy.moment[0]) for run in busy.repo.runs} == {JobState.SUCCESS}
    sha = busy.forge.merge(pull, busy.bot)
    busy.wait(60)
    (run,) = [one for one in busy.repo.runs if one.sha == sha]
    assert run.state(busy.moment[0]) is JobState.FAILURE


# Reruns


def test_rerun__flaky__failed_jobs_run_again_and_pass_the_others_stay(busy: PullBed) -> None:
    """Recording 254: the same run, the next attempt."""
    busy.push("side", "work\n\nCI: flaky")
    run = busy.repo.runs[-1]
    busy.wait(60)
    jobs = {job.name: job for job in run.jobs}
    assert _states(busy, run) == {
        "build": JobState.SUCCESS,
        "lint": JobState.SUCCESS,
        "test": JobState.FAILURE,
    }
    busy.forge.rerun(busy.repo, run)
    assert (run.attempt, len(run.former)) == (2, 1)
    assert _states(busy, run)["test"] is JobState.WAITING
    with pytest.raises(StillRunning):
        busy.forge.rerun(busy.repo, run)
    busy.wait(60)
    assert run.state(busy.moment[0]) is JobState.SUCCESS
    assert [run.jobs[place] is jobs[name] for place, name in enumerate(("build", "lint"))] == [
        True,
        True,
    ]
    assert run.jobs[2] is not jobs["test"]
    assert run.former == [list(jobs.values())]
    assert busy.forge.run_by_id(busy.repo, run.id) is run
    assert busy.forge.run_by_id(busy.repo, 99) is None


def test_rerun__red__fails_again_with_all_that_depends_on_it(busy: PullBed) -> None:
    busy.push("side", "work\n\nCI: cancelled")
    run = busy.repo.runs[-1]
    busy.wait(60)
    assert set(_states(busy, run).values()) == {JobState.CANCELLED}
    busy.forge.rerun(busy.repo, run)
    busy.wait(60)
    assert set(_states(busy, run).values()) == {JobState.CANCELLED}
    busy.push("other", "work\n\nCI: red")
    run = busy.repo.runs[-1]
    busy.wait(60)
    busy.forge.rerun(busy.repo, run, failed_only=False)
    before = {job.name for job in run.former[0]}
    assert {job.name for job in run.jobs if job not in run.former[0]} == before
    busy.wait(60)
    assert run.state(busy.moment[0]) is JobState.FAILURE


def test_rerun__dependent_of_a_failed_job__runs_again_too() -> None:
    flow = Workflow(name="ci", file="ci.yml", jobs=ON_PULLS[0].jobs[:1] + ON_PULLS[0].jobs[2:])
    bed = PullBed(workflows=(flow,))
    bed.push("side", "work")
    run = bed.repo.runs[-1]
    bed.wait(60)
    run.jobs[0].steps[-1] = type(run.jobs[0].steps[-1])(bed.moment[0], JobState.FAILURE)
    bed.forge.rerun(bed.repo, run)
    assert all(job.ended(bed.moment[0]) is None for job in run.jobs)
    bed.wait(60)
    assert all(job.state(bed.moment[0]) in FINAL for job in run.jobs)


def test_rerun__too_often__is_refused(busy: PullBed) -> None:
    busy.push("side", "work\n\nCI: red")
    run = busy.repo.runs[-1]
    for _ in range(MOST_RERUNS):
        busy.wait(60)
        busy.forge.rerun(busy.repo, run)
    busy.wait(60)
    with pytest.raises(TooOften):
        busy.forge.rerun(busy.repo, run)
    assert run.attempt == MOST_RERUNS + 1


# Logs


def test_log__failed_job__ends_with_what_the_commit_scripts(busy: PullBed) -> None:
    busy.push("side", "work\n\nCI: red\nCI-Log: assert 1 == 2\nCI-Log: \x1b[31mred\x1b[0m")
    run = busy.repo.runs[-1]
    build, _, test = run.jobs
    assert busy.forge.job_log(busy.repo, run, build) == []
    busy.wait(60)
    lines = [text for _, text in busy.forge.job_log(busy.repo, run, test)]
    assert lines[0] == "##[group]Run ci / test"
    assert lines[-3:] == [
        "assert 1 == 2",
        "\x1b[31mred\x1b[0m",
        "##[error]Process completed with exit code 1.",
    ]
    assert not any("error" in text for _, text in busy.forge.job_log(busy.repo, run, build))


@BEDS
def test_log__job_that_never_ran__still_has_one(bed: PullBed) -> None:
    bed.repo.workflows = ON_PULLS
    bed.push("side", "work\n\nCI: cancelled")
    run = bed.repo.runs[-1]
    bed.wait(60)
    assert len(bed.forge.job_log(bed.repo, run, run.jobs[-1])) == 3
