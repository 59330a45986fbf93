"""How CI goes after a push: pure functions from workflows, a script and a time to job states.

Owns the pattern in which contexts appear and change. It follows what a real server showed
(recording ``forgejo-actions/14.0.0/status-sequence``): nothing for 1.3 s, then the first job of
each workflow, 0.4 s later all of them, then one job after another on a single runner; a job that
needs another is blocked first, and skipped when what it needs did not succeed.
How it goes is scripted by a line in the commit's message: ``CI: green`` (the default), ``red``,
``cancelled``, ``none`` (nothing starts), ``slow``, ``deploy-red`` (only the deploy workflow fails),
``lost`` (as ``red``, but because the runner went away, which takes a forge ten minutes to see).

Nothing here keeps time: every transition is planned at the push and a reader looks at those up
to now. Must not know any forge's words for the states.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final


@unique
class Outcome(StrEnum):
    """What a commit's message scripts."""

    GREEN = "green"
    RED = "red"
    CANCELLED = "cancelled"
    NONE = "none"
    SLOW = "slow"
    DEPLOY_RED = "deploy-red"
    LOST = "lost"


@unique
class JobState(StrEnum):
    """Where a job is. The last four are final."""

    WAITING = "waiting"
    BLOCKED = "blocked"
    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


_LOST_SECONDS: Final = 602
"""How long a job stays with a runner that is gone: Forgejo 16 was seen to say 10m2s."""

FINAL: Final = frozenset({JobState.SUCCESS, JobState.FAILURE, JobState.CANCELLED, JobState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Job:
    """One job of a workflow; ``seconds`` None takes the pace's."""

    name: str
    needs: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow that a push starts; ``default_branch_only`` for one that deploys.

    ``environment``: where it deploys to, as GitHub's deployments name it; none by default.
    """

    name: str
    file: str
    jobs: tuple[Job, ...]
    default_branch_only: bool = False
    deploys: bool = False
    environment: str = ""


CI: Final = Workflow(
    name="ci", file="ci.yml", jobs=(Job("build"), Job("lint"), Job("test", needs=("build",)))
)
DEPLOY: Final = Workflow(
    name="deploy",
    file="deploy.yml",
    jobs=(Job("rollout"),),
    default_branch_only=True,
    deploys=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast CI goes, in seconds.

    ``first`` and ``rest``: after the push, when each workflow's first job appears and when all
    others do. ``pickup``: until a runner takes a job. ``job``: how long one runs, ``slow`` times
    that under ``CI: slow``. A long ``rest`` shows a commit that is all green and incomplete.
    """

    first: float = 1.3
    rest: float = 1.7
    pickup: float = 1.0
    job: float = 3.0
    slow: float = 40.0


@dataclass(frozen=True, slots=True)
class Step:
    """A job is in a state from a moment on."""

    at: datetime
    state: JobState


@dataclass(eq=False, slots=True)
class JobRun:
    """One job of a run, with everything that happens to it, in order.

    ``lost``: it fails because its runner goes away.
    """

    name: str
    steps: list[Step] = field(default_factory=list)
    lost: bool = False

    def seen(self, now: datetime) -> list[Step]:
        """Return what has happened up to now."""
        return [step for step in self.steps if step.at <= now]

    def state(self, now: datetime) -> JobState | None:
        """Return the state now; None while the job cannot be seen."""
        seen = self.seen(now)
        return seen[-1].state if seen else None

    def started(self, now: datetime) -> datetime | None:
        """Return when it began to run, if it has."""
        return next((s.at for s in self.seen(now) if s.state is JobState.RUNNING), None)

    def ended(self, now: datetime) -> datetime | None:
        """Return when it ended, if it has."""
        return next((s.at for s in self.seen(now) if s.state in FINAL), None)


@dataclass(eq=False, slots=True, kw_only=True)
class Run:
    """One run of a workflow on a commit; ``actor`` is the account id of who caused it.

    ``event``: what started it: the push, or what a forge hangs on a branch's newest commit. That of
    GitHub's own workflows (Dependabot, Pages), whose files stand in ``dynamic``, is ``dynamic``.
    """

    id: int
    number: int
    workflow: Workflow
    sha: str
    branch: str
    title: str
    actor: int
    jobs: list[JobRun]
    event: str = ""

    def __post_init__(self) -> None:
        """Fill in what started it."""
        if not self.event:
            own = self.workflow.file.partition("/")[0] == "dynamic"
            self.event = "dynamic" if own else "push"

    def visible(self, now: datetime) -> bool:
        """Say whether the forge shows the run already."""
        return any(job.seen(now) for job in self.jobs)

    def state(self, now: datetime) -> JobState:
        """Return the run's own state, folded from its jobs."""
        states = {job.state(now) or JobState.WAITING for job in self.jobs}
        if not states <= FINAL:
            waiting = states <= {JobState.WAITING, JobState.BLOCKED}
            return JobState.WAITING if waiting else JobState.RUNNING
        for worst in (JobState.FAILURE, JobState.CANCELLED, JobState.SUCCESS):
            if worst in states:
                return worst
        return JobState.SKIPPED

    def cancel(self, now: datetime) -> None:
        """Cancel what has not ended, as a newer push to the same branch does."""
        for job in self.jobs:
            if job.ended(now) is None:
                job.steps = [*job.seen(now), Step(now, JobState.CANCELLED)]


def outcome_of(message: str) -> Outcome:
    """Return what a commit's message scripts; unknown words are green."""
    found = re.findall(r"^CI:[ \t]*(\S+)[ \t]*$", message, re.MULTILINE | re.IGNORECASE)
    word = found[-1].lower() if found else ""
    return Outcome(word) if word in list(Outcome) else Outcome.GREEN


def plan(
    workflows: Sequence[Workflow], outcome: Outcome, pace: Pace, at: datetime
) -> list[list[JobRun]]:
    """Return each workflow's jobs with all that will happen to them, one runner for all."""
    planned: list[list[JobRun]] = []
    free = at + timedelta(seconds=pace.first + pace.pickup)
    for workflow in workflows:
        fails = _failing(workflow, outcome)
        runs: dict[str, JobRun] = {}
        for position, job in enumerate(workflow.jobs):
            run = runs[job.name] = JobRun(job.name)
            shown = at + timedelta(seconds=pace.rest if position else pace.first)
            needed = [runs[name].steps[-1] for name in job.needs]
            run.steps.append(Step(shown, JobState.BLOCKED if needed else JobState.WAITING))
            ready = max([shown, *(step.at for step in needed)])
            if any(step.state is not JobState.SUCCESS for step in needed):
                run.steps.append(Step(ready, JobState.SKIPPED))
                continue
            if needed:
                run.steps.append(Step(ready, JobState.WAITING))
            seconds = pace.job if job.seconds is None else job.seconds
            if outcome is Outcome.SLOW:
                seconds *= pace.slow
            run.lost = job.name == fails and outcome is Outcome.LOST
            start = max(free, ready + timedelta(seconds=pace.pickup))
            end = start + timedelta(seconds=_LOST_SECONDS if run.lost else seconds)
            result = JobState.FAILURE if job.name == fails else JobState.SUCCESS
            run.steps += [Step(start, JobState.RUNNING), Step(end, result)]
            free = end + timedelta(seconds=pace.pickup)
        planned.append(list(runs.values()))
    if outcome is Outcome.CANCELLED:
        _cancel_midway(planned)
    return planned


def _failing(workflow: Workflow, outcome: Outcome) -> str:
    red = {Outcome.DEPLOY_RED} if workflow.deploys else {Outcome.RED, Outcome.LOST}
    return workflow.jobs[-1].name if outcome in red and workflow.jobs else ""


def _cancel_midway(planned: list[list[JobRun]]) -> None:
    """Let the first job start, then cancel everything halfway through it."""
    first = next(job for jobs in planned for job in jobs)
    moment = first.steps[-2].at + (first.steps[-1].at - first.steps[-2].at) / 2
    for jobs in planned:
        for job in jobs:
            if job.ended(moment) is None:
                job.steps = [*job.seen(moment), Step(moment, JobState.CANCELLED)]
