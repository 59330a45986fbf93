"""Forgejo's endpoints for the jobs of a run and their logs: 16 only.

Recordings ``pulls-16/170-run-jobs``, ``171-job-logs``; a job's id is made of its run's id and its
place, as the model gives jobs none. Logs know ranges (16's routers/api/v1/repo/action.go).
"""

import re
from typing import Final

from starlette.responses import PlainTextResponse, Response

from afk_sandbox.forge.ci import JobRun, Run
from afk_sandbox.forgejo.answers import not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.checks import NO_SUCH_ROUTE

_PLACES: Final = 1000
_ENDING: Final = re.compile(r"bytes=-(\d+)")


def list_jobs(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/runs/{run}/jobs: no conclusion and no times."""
    if not call.v16:
        return PlainTextResponse(NO_SUCH_ROUTE, 404)
    run = call.model.run_by_id(call.repo, call.request.path_params["run"])
    if run is None:
        raise not_found()
    shown = [_job(call, run, place, job) for place, job in enumerate(run.jobs)]
    return call.answer(shown)


def _job(call: Call, run: Run, place: int, job: JobRun) -> dict[str, object]:
    state = job.state(call.model.now())
    number = run.id * _PLACES + place
    needs = next(one.needs for one in run.workflow.jobs if one.name == job.name)
    return {
        "id": number,
        "run_id": run.id,
        "attempt": run.attempt,
        "handle": f"00000000-0000-4000-8000-{number:012}",
        "repo_id": call.repo.id,
        "owner_id": call.repo.owner.id,
        "name": job.name,
        "needs": list(needs) or None,
        "runs_on": ["docker"],
        "task_id": number,
        "status": state.value if state else "waiting",
    }


def job_log(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/jobs/{job}/logs: text; the end of it where that is asked for."""
    if not call.v16:
        return PlainTextResponse(NO_SUCH_ROUTE, 404)
    number, place = divmod(call.request.path_params["job"], _PLACES)
    run = call.model.run_by_id(call.repo, number)
    if run is None or place >= len(run.jobs):
        raise not_found()
    lines = call.model.job_log(call.repo, run, run.jobs[place])
    if not lines:
        raise not_found()
    text = "".join(f"{at:%Y-%m-%dT%H:%M:%S}.0000000Z {line}\n" for at, line in lines).encode()
    wanted = _ENDING.fullmatch(call.request.headers.get("range", ""))
    if wanted is None:
        return PlainTextResponse(text)
    start = max(len(text) - int(wanted[1]), 0)
    span = f"bytes {start}-{len(text) - 1}/{len(text)}"
    return PlainTextResponse(text[start:], 206, {"Content-Range": span})
