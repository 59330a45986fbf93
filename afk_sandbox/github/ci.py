"""What GitHub makes of the forge's CI: check suites, check runs, statuses, deployments.

Pure functions of the model and its clock; REST and GraphQL show the same objects, in lower and in
upper case. A suite is a workflow's run of one commit, a check run one of its jobs. A job that
waits for others has no check run until it is queued or skipped, so the set of check runs grows
while a suite is in progress. Words: https://docs.github.com/en/graphql/reference/enums,
``CheckStatusState``, ``CheckConclusionState``, ``StatusState``, ``DeploymentStatusState``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afk_sandbox.forge.ci import FINAL, JobRun, JobState, Run
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Repository, Status

_STATUS: Final = {
    JobState.WAITING: "queued",
    JobState.BLOCKED: "queued",
    JobState.RUNNING: "in_progress",
}
_PER_RUN: Final = 1000
"""Check run ids are made of the run's and the job's place in it."""

FAILED: Final = "Process completed with exit code 1."
LOST: Final = (
    "The hosted runner: sandbox lost communication with the server. Anything in your workflow "
    "that terminates the runner process, starves it for CPU/Memory, or blocks its network "
    "access can cause this error."
)


def status_word(state: JobState) -> str:
    """Return ``queued``, ``in_progress`` or ``completed``."""
    return _STATUS.get(state, "completed")


def conclusion_word(state: JobState) -> str | None:
    """Return how something ended, None while it has not."""
    return state.value if state in FINAL else None


@dataclass(frozen=True, slots=True)
class Suite:
    """A check suite: one run as it can be seen at a moment."""

    repo: Repository
    run: Run
    now: datetime

    @property
    def state(self) -> JobState:
        """Return the run's state."""
        return self.run.state(self.now)

    @property
    def checks(self) -> "list[CheckRun]":
        """Return its check runs."""
        every = [
            CheckRun(self, job, self.run.id * _PER_RUN + place)
            for place, job in enumerate(self.run.jobs, 1)
        ]
        return [one for one in every if one.visible]


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run: one job as it can be seen at a moment."""

    suite: Suite
    job: JobRun
    id: int

    @property
    def visible(self) -> bool:
        """Say whether the job has more behind it than waiting for others."""
        return any(step.state is not JobState.BLOCKED for step in self.job.seen(self.suite.now))

    @property
    def state(self) -> JobState:
        """Return the job's state."""
        return self.job.state(self.suite.now) or JobState.WAITING

    @property
    def started_at(self) -> datetime:
        """Return when it began; when it was queued, before that (recording ``github/078``)."""
        seen = [s for s in self.job.seen(self.suite.now) if s.state is not JobState.BLOCKED]
        return self.job.started(self.suite.now) or seen[0].at

    @property
    def completed_at(self) -> datetime | None:
        """Return when it ended, if it has."""
        return self.job.ended(self.suite.now)

    @property
    def annotations(self) -> list[str]:
        """Return what Actions says beside it."""
        if self.state is not JobState.FAILURE:
            return []
        return [LOST if self.job.lost else FAILED]


@dataclass(frozen=True, slots=True)
class Context:
    """A commit's newest status of one context."""

    repo: Repository
    sha: str
    status: Status
    id: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment to a workflow's environment, which its run makes."""

    suite: Suite

    @property
    def environment(self) -> str:
        """Return where to."""
        return self.suite.run.workflow.environment

    @property
    def state(self) -> str:
        """Return the newest status' state."""
        state = self.suite.state
        ended = {JobState.SUCCESS: "success", JobState.SKIPPED: "inactive"}
        return ended.get(state, "failure") if state in FINAL else status_word(state)


def suites(model: ForgeModel, repo: Repository, sha: str = "") -> list[Suite]:
    """Return the check suites of a commit, or of every commit, oldest first."""
    now = model.now()
    runs = (run for run in model.visible_runs(repo) if sha in ("", run.sha))
    return [Suite(repo, run, now) for run in runs]


def checks(model: ForgeModel, repo: Repository, sha: str) -> list[CheckRun]:
    """Return a commit's check runs."""
    return [check for suite in suites(model, repo, sha) for check in suite.checks]


def check_by_id(model: ForgeModel, repo: Repository, check_id: int) -> CheckRun | None:
    """Return a check run of a repository."""
    every = (check for suite in suites(model, repo) for check in suite.checks)
    return next((check for check in every if check.id == check_id), None)


def contexts(repo: Repository, sha: str) -> list[Context]:
    """Return the newest status of each context, in order of the contexts' first appearance."""
    posted = repo.statuses.get(sha, [])
    newest = {one.context: Context(repo, sha, one, n) for n, one in enumerate(posted, 1)}
    return list(newest.values())


def deployments(model: ForgeModel, repo: Repository, sha: str) -> list[Deployment]:
    """Return a commit's deployments, newest first."""
    found = [Deployment(suite) for suite in suites(model, repo, sha)]
    return [one for one in reversed(found) if one.environment]


def rollup(found: Sequence[CheckRun], statuses: Sequence[Context]) -> str:
    """Return the state of everything together: ``SUCCESS``, ``PENDING``, ``FAILURE``, ``ERROR``."""
    words = {context.status.state for context in statuses}
    states = {check.state for check in found}
    if "error" in words:
        return "ERROR"
    if "failure" in words or states & {JobState.FAILURE, JobState.CANCELLED}:
        return "FAILURE"
    return "PENDING" if "pending" in words or not states <= FINAL else "SUCCESS"
