"""GitHub's REST endpoints for workflow runs: of a commit, run again, and a job's log.

Recordings of ``github/``: ``087`` (runs), ``092`` (a log is elsewhere). Refusals of a rerun, in the
words that clients were answered: https://github.com/cli/cli/issues/9221. A log lies on a host of
its own for real, here on this one under an address that knows for itself who may read it; a
request that carries a token is refused there (https://github.com/rapid7/metakitty/pull/30).
"""

import hashlib
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from afk_sandbox.forge.ci import Run
from afk_sandbox.forge.model import ForgeModel
from afk_sandbox.forge.records import Account, Repository
from afk_sandbox.forge.reruns import StillRunning, TooOften
from afk_sandbox.github import ids
from afk_sandbox.github.answers import ApiError, not_found
from afk_sandbox.github.api import Endpoint
from afk_sandbox.github.call import Call
from afk_sandbox.github.ci import CheckRun, Suite, conclusion_word, status_word, suites
from afk_sandbox.github.repository_shapes import short_commit, short_repository
from afk_sandbox.github.shapes import repo_api, time, user

LOGS: Final = "/actions-results/{job:int}/logs.txt"
_RUNNING: Final = "The workflow run containing this job is already running"
_TOO_OFTEN: Final = "This workflow run cannot be re-run: it has been run too often"
_UNWANTED: Final = (
    '<?xml version="1.0" encoding="utf-8"?><Error><Code>InvalidAuthenticationInfo</Code></Error>'
)


def list_runs(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/runs: newest first, of one commit where it is named."""
    found = suites(call.model, call.repo, call.query("head_sha"))[::-1]
    shown = [_run(call, one) for one in call.paged(found)]
    return call.answer({"total_count": len(found), "workflow_runs": shown}, total=len(found))


def rerun_failed(call: Call) -> Response:
    """POST /repos/{o}/{r}/actions/runs/{id}/rerun-failed-jobs."""
    call.may_write()
    run = call.model.run_by_id(call.repo, call.number("id"))
    if run is None:
        raise not_found()
    try:
        call.model.rerun(call.repo, run)
    except StillRunning:
        raise ApiError(403, _RUNNING) from None
    except TooOften:
        raise ApiError(403, _TOO_OFTEN) from None
    return call.answer({}, 201)


def get_log(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/jobs/{id}/logs: 302, once the job has ended."""
    found = _job(call.model, call.repo, call.number("id"))
    if found is None or found.job.ended(call.model.now()) is None:
        raise not_found()
    path = LOGS.replace("{job:int}", str(found.id))
    url = f"{call.root}{path}?sig={_signature(found.id)}"
    media = "text/html;charset=utf-8"
    return Response(status_code=302, headers={"Location": url, "Content-Type": media})


def log_endpoint(model: ForgeModel) -> Endpoint:
    """Return what serves the logs themselves, to whoever has the address and no token."""

    async def answer(request: Request) -> Response:
        if "authorization" in request.headers:
            return Response(_UNWANTED, 401, media_type="application/xml")
        job = request.path_params["job"]
        every = (_job(model, repo, job) for repo in model.repositories)
        found = next((one for one in every if one is not None), None)
        if found is None or request.query_params.get("sig") != _signature(job):
            return Response(_UNWANTED, 403, media_type="application/xml")
        lines = model.job_log(found.suite.repo, found.suite.run, found.job)
        text = "".join(f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z {line}\n" for at, line in lines)
        return Response(f"\ufeff{text}".encode(), media_type="text/plain")

    return answer


def _job(model: ForgeModel, repo: Repository, job: int) -> CheckRun | None:
    every = (check for suite in suites(model, repo) for check in suite.checks)
    return next((one for one in every if one.id == job), None)


def _signature(job: int) -> str:
    return hashlib.sha256(f"job {job}".encode()).hexdigest()[:32]


def _run(call: Call, one: Suite) -> dict[str, Any]:
    """Return a run as lists have it."""
    run, repo = one.run, one.repo
    api = f"{repo_api(call, repo)}/actions/runs/{run.id}"
    suite = f"{repo_api(call, repo)}/check-suites/{run.id}"
    begun = time(_begun(run))
    actor = user(call, _actor(call, run))
    return {
        "id": run.id,
        "name": run.workflow.name,
        "node_id": ids.encode("WFR", repo.id, run.id),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": f".github/workflows/{run.workflow.file}",
        "display_title": run.title,
        "run_number": run.number,
        "event": run.event,
        "status": status_word(one.state),
        "conclusion": conclusion_word(one.state),
        "workflow_id": _workflow_id(run),
        "check_suite_id": run.id,
        "check_suite_node_id": ids.encode("CS", repo.id, run.id),
        "url": api,
        "html_url": f"{call.root}/{repo.full_name}/actions/runs/{run.id}",
        "pull_requests": [],
        "created_at": begun,
        "updated_at": begun,
        "actor": actor,
        "run_attempt": run.attempt,
        "referenced_workflows": [],
        "run_started_at": begun,
        "triggering_actor": actor,
        "jobs_url": f"{api}/jobs",
        "logs_url": f"{api}/logs",
        "check_suite_url": suite,
        "artifacts_url": f"{api}/artifacts",
        "cancel_url": f"{api}/cancel",
        "rerun_url": f"{api}/rerun",
        "previous_attempt_url": f"{api}/attempts/{run.attempt - 1}" if run.former else None,
        "workflow_url": f"{repo_api(call, repo)}/actions/workflows/{_workflow_id(run)}",
        "head_commit": short_commit(repo.commits[run.sha]),
        "repository": short_repository(call, repo),
        "head_repository": short_repository(call, repo),
    }


def _begun(run: Run) -> datetime | None:
    """Return when a run was made."""
    steps = [step.at for job in run.jobs for step in job.steps]
    return min(steps, default=None)


def _actor(call: Call, run: Run) -> Account:
    return next(one for one in call.model.accounts if one.id == run.actor)


def _workflow_id(run: Run) -> int:
    """Return a number that stands for a workflow's file."""
    return int(hashlib.sha256(run.workflow.file.encode()).hexdigest()[:7], 16)
