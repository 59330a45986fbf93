"""What people and programs do with CI's runs: let one go on, run it again, read its log.

Sources: Forgejo recordings 183, 253, 254 of ``pulls-16/`` (a rerun keeps the run's id and counts
the job's attempts); https://docs.github.com/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs
(failed jobs and what depends on them, at the same commit).
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from afk_sandbox.forge import ci
from afk_sandbox.forge.ci import FINAL, JobRun, JobState, Outcome, Run, Step
from afk_sandbox.forge.planning import Planned
from afk_sandbox.forge.records import Repository

MOST_RERUNS: Final = 50
"""How often GitHub runs one again, in all (its page on reruns)."""


class StillRunning(Exception):
    """A run that has not ended cannot be run again."""


class TooOften(Exception):
    """A run has been run again as often as the forge allows."""


class Reruns(Planned):
    """Runs after they were started."""

    def run_by_id(self, repo: Repository, run_id: int) -> Run | None:
        """Return a run of a repository that can be seen."""
        return next((run for run in self.visible_runs(repo) if run.id == run_id), None)

    def hold(self, run: Run) -> None:
        """Let a run wait for a person (rec 183: its jobs are blocked)."""
        run.held = True
        for job in run.jobs:
            job.steps = [Step(self.now(), JobState.BLOCKED)]

    def approve_run(self, repo: Repository, run: Run) -> None:
        """Let a run go on that waits for a person."""
        if run.held:
            run.held = False
            run.jobs = self._planned_jobs(repo, run, {job.name for job in run.workflow.jobs})

    def rerun(self, repo: Repository, run: Run, *, failed_only: bool = True) -> None:
        """Run again what failed and what depends on it, or everything, at the same commit.

        Raises `StillRunning` and `TooOften`. A flaky commit (``CI: flaky``) is cured by it.
        """
        now = self.now()
        if run.state(now) not in FINAL:
            raise StillRunning
        if len(run.former) >= MOST_RERUNS:
            raise TooOften
        again = {job.name for job in run.jobs}
        if failed_only:
            bad = {JobState.FAILURE, JobState.CANCELLED, JobState.SKIPPED}
            again = {job.name for job in run.jobs if job.state(now) in bad}
            for job in run.workflow.jobs:
                if again & set(job.needs):
                    again.add(job.name)
        kept = {job.name: job for job in run.jobs if job.name not in again}
        run.former.append(run.jobs)
        fresh = {job.name: job for job in self._planned_jobs(repo, run, again)}
        run.jobs = [(kept | fresh)[job.name] for job in run.workflow.jobs]

    def job_log(self, repo: Repository, run: Run, job: JobRun) -> list[tuple[datetime, str]]:
        """Return the lines of an ended job's log with their times; empty before it has ended.

        A failing job ends with what a commit's message has in lines ``CI-Log: <text>``, then as
        Actions ends (https://github.com/grafana/grafana-ci-otel-collector/issues/331).
        """
        now = self.now()
        begun, ended = job.started(now), job.ended(now)
        if ended is None:
            return []
        message = repo.commits[run.sha].message
        lines = [(begun or ended, f"##[group]Run {run.workflow.name} / {job.name}")]
        lines += [(begun or ended, f"checking out {run.sha}"), (begun or ended, "##[endgroup]")]
        if job.state(now) is JobState.FAILURE:
            told = re.findall(r"^CI-Log: (.*)$", message, re.MULTILINE)
            lines += [(ended, text) for text in told or [f"{job.name}: 1 test failed"]]
            lines.append((ended, "##[error]Process completed with exit code 1."))
        return lines

    def _planned_jobs(self, repo: Repository, run: Run, names: set[str]) -> list[JobRun]:
        outcome = self.outcome(repo, repo.commits[run.sha])
        if outcome is Outcome.FLAKY and run.former:
            outcome = Outcome.GREEN
        left = tuple(
            replace(job, needs=tuple(name for name in job.needs if name in names))
            for job in run.workflow.jobs
            if job.name in names
        )
        workflow, now = replace(run.workflow, jobs=left), self.now()
        planned = ci.plan([workflow], outcome, self.pace, now)[0]
        for job in planned:
            # It takes the place of one that was seen, so it is seen at once.
            job.steps[0] = Step(now, job.steps[0].state)
        return planned
