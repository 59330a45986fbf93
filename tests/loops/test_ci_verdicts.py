"""What CI says, does not say, or says too early, and what a run makes of it."""

from dataclasses import replace

import pytest
from support.loops import (
    HOUR,
    assert_ended,
    both,
    comment,
    record,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.forge.ci import CI, DEPLOY, Job, JobRun, JobState, Pace, Run, Step, Workflow
from afk_sandbox.forge.records import Issue, Repository
from afk_sandbox.world import World, world


def begin(here: World, body: str, **settings: object) -> Issue:
    """Start a run in a repository with a deploy workflow beside its CI."""
    repo = here.repository("shop", **{"ci": {"grace_seconds": 60}, **settings})
    repo.workflows = (CI, DEPLOY)
    issue = here.issue(repo, "Add a till", body)
    tick(here)
    return issue


@both
def test_ci__says_nothing_for_ever__frozen_after_ci_seconds(kind: Forge) -> None:
    """No check appears at all: not green, not red, and nobody pays an agent for it."""
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[push=none]]")
        tick(here)
        tick(here, after=2 * HOUR - 120)
        assert record(here, issue)["stage"] == "running"

        tick(here, after=120)

        assert_ended(here, issue, "frozen", "ci-silent")
        assert "`ci_seconds=7200`" in comment(here, issue)
        assert len(bell.rings) == 1


@both
def test_ci__none_is_green__closed_after_the_grace(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=none]]", ci={"none": "green", "grace_seconds": 600})
        tick(here, after=300)
        tick(here, after=200)
        assert issue.closed_at is None

        until(here, issue, after=200)

        assert_ended(here, issue, "done", "landed")


@both
def test_ci__pending_for_long__closed_when_it_is_green(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=slow]]")
        for _ in range(3):
            tick(here, after=60)
            assert issue.closed_at is None

        until(here, issue, after=300)

        assert_ended(here, issue, "done", "landed")


@both
def test_ci__set_of_checks_grows__green_waits_for_the_last_one(kind: Forge) -> None:
    """All that is there is green, and the workflow that decides has not appeared yet."""
    with world(kind) as here:
        here.forge.pace = Pace(rest=90)
        late = replace(CI, name="late", file="late.yml", jobs=(Job("early"), Job("later")))
        repo = here.repository("shop", ci={"grace_seconds": 300})
        repo.workflows = (late,)
        issue = here.issue(repo, "Add a till", "[[push]]")
        tick(here)
        here.t3.advance()

        tick(here, after=30)
        tick(here, after=30)
        assert issue.closed_at is None
        until(here, issue)

        assert_ended(here, issue, "done", "landed")


@both
@pytest.mark.parametrize("tip", ["green", "red"])
def test_ci__cancelled_by_a_newer_push__the_tip_may_say_green(kind: Forge, tip: str) -> None:
    """A tip that contains the commit decides if it is green; its red is nobody's but its own."""
    with world(kind) as here:
        issue = start(here, "[[push=slow]]")
        here.clock.sleep(5)
        here.forge.push(issue.repo, "main", f"Something else\n\nCI: {tip}", here.owner)
        before = Mark(here)

        for _ in range(4):
            tick(here, after=120)

        if tip == "green":
            assert_ended(here, issue, "done", "landed")
            return
        assert record(here, issue)["stage"] == "running"
        assert "thread.turn.start" not in before.commands
        tick(here, after=2 * HOUR)
        assert_ended(here, issue, "frozen", "ci-silent")


@both
def test_ci__own_red_beside_a_green_tip__own_verdict_wins(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[push=red,green]]")
        here.clock.sleep(30)
        here.forge.push(issue.repo, "main", "Something else\n\nCI: green", here.owner)

        tick(here, after=30)

        assert len(said(here, issue)) == 2
        until(here, issue)
        assert_ended(here, issue, "done", "landed", turns=2)


@both
def test_ci__runner_is_lost__no_corrective_turn_ever(kind: Forge) -> None:
    """An outage is not red: it waits, and a person hears of it in the end.

    GitHub says so beside the job. Forgejo says nothing: the job never started, and failed after
    the ten minutes in which its runner was missed.
    """
    with world(kind) as here:
        issue = start(here, "[[push=lost]]")
        before = Mark(here)

        for _ in range(5):
            tick(here, after=1800)

        assert_ended(here, issue, "frozen", "ci-silent")
        assert "thread.turn.start" not in before.commands


def hang(here: World, repo: Repository, event: str, state: JobState) -> None:
    """Let the forge hang a run of another event on the branch's newest commit."""
    at = here.clock.now()
    workflow = Workflow(name=f"on {event}", file=f"{event}.yml", jobs=(Job("links"),))
    steps = [Step(at, JobState.WAITING), Step(at, state)]
    run = Run(
        id=here.forge.next_id("run"),
        number=len(repo.runs) + 1,
        workflow=workflow,
        sha=repo.branches[repo.default_branch],
        branch=repo.default_branch,
        title=workflow.name,
        actor=here.owner.id,
        jobs=[JobRun("links", steps)],
        event=event,
    )
    repo.runs.append(run)


HUNG = (
    ("schedule", JobState.FAILURE),
    ("issues", JobState.WAITING),
    ("workflow_run", JobState.CANCELLED),
    ("dynamic", JobState.FAILURE),
    ("issue_comment", JobState.RUNNING),
)


@both
def test_ci__other_events_runs_on_the_commit__neither_red_nor_in_the_way(kind: Forge) -> None:
    """Both forges hang whatever else they run on the branch's newest commit: the run's."""
    with world(kind) as here:
        issue = start(here, "[[push]]")
        for event, state in HUNG:
            hang(here, issue.repo, event, state)

        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=1)


@both
def test_ci__two_files_of_one_name__the_first_ones_failure_is_red(kind: Forge) -> None:
    """Both have a job of one name; the later one's success must not stand for both."""
    with world(kind) as here:
        repo = here.repository("shop", ci={"grace_seconds": 60})
        failing = Workflow(name="ci", file="one.yml", jobs=(Job("test"),), deploys=True)
        repo.workflows = (failing, replace(failing, file="two.yml", deploys=False))
        issue = here.issue(repo, "Add a till", "[[push=deploy-red,green]]")
        tick(here)

        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=2)
        assert "ci / test" in said(here, issue)[1]


@both
def test_ci__ignored_check_never_passes__landed_without_it(kind: Forge) -> None:
    """A status that stays pending for ever, and one that fails for a quota of somebody else's."""
    with world(kind) as here:
        issue = start(here, "[[push]]", ci={"ignore": ["codecov/*", "Netlify"]})
        sha = issue.repo.branches["main"]
        here.forge.post_status(issue.repo, sha, "pending", here.owner, context="codecov/patch")
        here.forge.post_status(issue.repo, sha, "failure", here.owner, context="Netlify")

        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=1)


@both
def test_ci__required_check_is_skipped__passes(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop", ci={"required": ["lint", "gate"], "grace_seconds": 60})
        gate = Workflow(name="gate", file="gate.yml", jobs=(Job("gate"),))
        repo.workflows = (CI, gate)
        issue = here.issue(repo, "Add a till", "[[push]]")
        tick(here)
        (run,) = [one for one in repo.runs if one.workflow is gate]
        (job,) = run.jobs
        job.steps = [job.steps[0], replace(job.steps[-1], state=JobState.SKIPPED)]

        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=1)


@both
def test_ci__required_names_one_check__the_others_do_not_count(kind: Forge) -> None:
    """``ci.required`` says what must be green: a red check beside it costs nobody a turn."""
    with world(kind) as here:
        issue = start(here, "[[push=red]]", ci={"required": ["ci / lint"], "grace_seconds": 60})

        until(here, issue)

        assert_ended(here, issue, "done", "landed")


@both
@pytest.mark.parametrize(
    ("word", "turns"), [("green", 1), ("deploy-red,green", 2)], ids=["green", "red"]
)
def test_deploy__by_workflow__decides_after_the_build(kind: Forge, word: str, turns: int) -> None:
    """A failed deploy is red although every check of the build is green."""
    with world(kind) as here:
        issue = begin(here, f"[[push={word}]]", deploy={"workflow": "deploy"})
        here.t3.advance()
        tick(here, after=9)
        assert issue.closed_at is None

        found = until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=turns)
        assert "deployed" in found["phases"]
        assert "- Deployed: " in comment(here, issue)
        if turns == 2:
            assert "deploy" in said(here, issue)[1]


@both
def test_deploy__never_runs__frozen_not_closed(kind: Forge) -> None:
    """Green checks are not enough where a deploy has to be seen."""
    with world(kind) as here:
        issue = start(here, "[[push]]", deploy={"workflow": "deploy"})
        tick(here)
        tick(here, after=2 * HOUR - 120)
        assert issue.closed_at is None
        assert record(here, issue)["stage"] == "running"

        tick(here, after=120)

        assert_ended(here, issue, "frozen", "ci-silent")


@both
def test_commit__without_the_trailer__is_not_the_runs(kind: Forge) -> None:
    """A commit that only names the issue proves nothing: somebody else may have pushed it."""
    with world(kind) as here:
        issue = start(here, "[[idle]] [[slow=300]]")
        text = f"Add a till (#{issue.number})\n\nAFK-Run: {'0' * 36}"
        here.forge.push(issue.repo, "main", text, here.owner)
        tick(here)

        until(here, issue)

        assert_ended(here, issue, "needs-human", "unmarked-commits")
