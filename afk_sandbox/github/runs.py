"""GitHub's REST endpoints for workflow runs, their jobs, and deployments.

Recordings of ``github/``: ``087`` to ``091`` (runs, newest first, and jobs), ``095``
(deployments, which a workflow with an environment makes).
"""

import hashlib
from typing import Any

from starlette.responses import Response

from afk_sandbox.github import ci, ids
from afk_sandbox.github.answers import not_found
from afk_sandbox.github.call import Call
from afk_sandbox.github.checks import check_page, run_page, suite_node
from afk_sandbox.github.ci import CheckRun, Deployment, Suite, conclusion_word, status_word
from afk_sandbox.github.repository_shapes import commit_of_run, short_repository
from afk_sandbox.github.shapes import repo_api, time, user


def list_runs(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/runs."""
    wanted = {name: call.query(name) for name in ("head_sha", "branch", "event", "status")}
    every = [
        one
        for one in reversed(ci.suites(call.model, call.repo, wanted["head_sha"]))
        if wanted["branch"] in ("", one.run.branch)
        and wanted["event"] in ("", "push")
        and wanted["status"] in ("", status_word(one.state), conclusion_word(one.state))
    ]
    shown = [_run(call, one) for one in call.paged(every)]
    return call.answer({"total_count": len(every), "workflow_runs": shown}, total=len(every))


def get_run(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/runs/{id}."""
    return call.answer(_run(call, _suite(call)))


def list_jobs(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/runs/{id}/jobs."""
    every = _suite(call).checks
    shown = [_job(call, one) for one in call.paged(every)]
    return call.answer({"total_count": len(every), "jobs": shown}, total=len(every))


def _suite(call: Call) -> Suite:
    every = ci.suites(call.model, call.repo)
    found = next((one for one in every if one.run.id == call.number("id")), None)
    if found is None:
        raise not_found()
    return found


def _run(call: Call, one: Suite) -> dict[str, Any]:
    run, repo = one.run, one.repo
    api = f"{repo_api(call, repo)}/actions/runs/{run.id}"
    workflow = workflow_id(run.workflow.file)
    actor = user(call, call.model.account_by_id(run.actor))
    repository = short_repository(call, repo)
    return {
        "id": run.id,
        "name": run.workflow.name,
        "node_id": ids.encode("WFR", repo.id, run.id),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": f".github/workflows/{run.workflow.file}",
        "display_title": run.title,
        "run_number": run.number,
        "event": "push",
        "status": status_word(one.state),
        "conclusion": conclusion_word(one.state),
        "workflow_id": workflow,
        "check_suite_id": run.id,
        "check_suite_node_id": suite_node(one),
        "url": api,
        "html_url": run_page(call, one),
        "pull_requests": [],
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "actor": actor,
        "run_attempt": 1,
        "referenced_workflows": [],
        "run_started_at": time(one.started_at),
        "triggering_actor": actor,
        "jobs_url": f"{api}/jobs",
        "logs_url": f"{api}/logs",
        "check_suite_url": f"{repo_api(call, repo)}/check-suites/{run.id}",
        "artifacts_url": f"{api}/artifacts",
        "cancel_url": f"{api}/cancel",
        "rerun_url": f"{api}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{repo_api(call, repo)}/actions/workflows/{workflow}",
        "head_commit": commit_of_run(repo.commits[run.sha]),
        "repository": repository,
        "head_repository": repository,
    }


def _job(call: Call, one: CheckRun) -> dict[str, Any]:
    repo, run = one.suite.repo, one.suite.run
    api = repo_api(call, repo)
    return {
        "id": one.id,
        "run_id": run.id,
        "workflow_name": run.workflow.name,
        "head_branch": run.branch,
        "run_url": f"{api}/actions/runs/{run.id}",
        "run_attempt": 1,
        "node_id": ids.encode("CR", repo.id, one.id),
        "head_sha": run.sha,
        "url": f"{api}/actions/jobs/{one.id}",
        "html_url": check_page(call, one),
        "status": status_word(one.state),
        "conclusion": conclusion_word(one.state),
        "created_at": time(one.started_at),
        "started_at": time(one.started_at),
        "completed_at": time(one.completed_at),
        "name": one.job.name,
        "steps": [],
        "check_run_url": f"{api}/check-runs/{one.id}",
        "labels": ["ubuntu-latest"],
        "runner_id": 1,
        "runner_name": "sandbox",
        "runner_group_id": 1,
        "runner_group_name": "default",
    }


def workflow_id(file: str) -> int:
    """Return a number that stands for a workflow's file."""
    return int.from_bytes(hashlib.sha256(file.encode()).digest()[:3], "big")


def list_deployments(call: Call) -> Response:
    """GET /repos/{o}/{r}/deployments: newest first."""
    shas = reversed(dict.fromkeys(run.sha for run in call.repo.runs))
    every = [
        one
        for sha in shas
        if call.query("sha") in ("", sha) and call.query("ref") in ("", sha, *_branches(call, sha))
        for one in ci.deployments(call.model, call.repo, sha)
        if call.query("environment") in ("", one.environment)
    ]
    return call.listed([_deployment(call, one) for one in every])


def _branches(call: Call, sha: str) -> list[str]:
    return [run.branch for run in call.repo.runs if run.sha == sha]


def list_deployment_statuses(call: Call) -> Response:
    """GET /repos/{o}/{r}/deployments/{id}/statuses: the newest one only."""
    suite = _suite(call)
    if not suite.run.workflow.environment:
        raise not_found()
    one = Deployment(suite)
    api = f"{repo_api(call, suite.repo)}/deployments/{suite.run.id}"
    return call.listed(
        [
            {
                "url": f"{api}/statuses/{suite.run.id}",
                "id": suite.run.id,
                "node_id": ids.encode("DES", suite.repo.id, suite.run.id),
                "state": one.state,
                "creator": user(call, call.model.account_by_id(suite.run.actor)),
                "description": "",
                "environment": one.environment,
                "target_url": run_page(call, suite),
                "created_at": time(suite.updated_at),
                "updated_at": time(suite.updated_at),
                "deployment_url": api,
                "repository_url": repo_api(call, suite.repo),
                "environment_url": "",
                "log_url": run_page(call, suite),
            }
        ]
    )


def _deployment(call: Call, one: Deployment) -> dict[str, Any]:
    suite = one.suite
    api = f"{repo_api(call, suite.repo)}/deployments/{suite.run.id}"
    return {
        "url": api,
        "id": suite.run.id,
        "node_id": ids.encode("DE", suite.repo.id, suite.run.id),
        "task": "deploy",
        "original_environment": one.environment,
        "environment": one.environment,
        "description": None,
        "created_at": time(suite.created_at),
        "updated_at": time(suite.updated_at),
        "statuses_url": f"{api}/statuses",
        "repository_url": repo_api(call, suite.repo),
        "creator": user(call, call.model.account_by_id(suite.run.actor)),
        "sha": suite.run.sha,
        "ref": suite.run.branch,
        "payload": {},
        "transient_environment": False,
        "production_environment": True,
        "performed_via_github_app": None,
    }
