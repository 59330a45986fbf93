"""GitHub's REST endpoints for what CI says of commits.

Recordings of ``github/``: ``071`` to ``074`` (combined status), ``075`` to ``084`` (check runs),
``085`` (suites).
"""

from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.records import Account, Commit
from afk_sandbox.github import ci, ids
from afk_sandbox.github.answers import ApiError, invalid, not_found
from afk_sandbox.github.call import Call
from afk_sandbox.github.ci import CheckRun, Context, Suite, conclusion_word, status_word
from afk_sandbox.github.commits import found
from afk_sandbox.github.repository_shapes import commit_of_run, short_repository
from afk_sandbox.github.shapes import repo_api, time, user

_STATES: Final = ("error", "failure", "pending", "success")


# Statuses


def combined_status(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits/{ref}/status: statuses alone; "pending" without any."""
    sha = _commit(call).sha
    newest = ci.contexts(call.repo, sha)
    words = {one.status.state for one in newest}
    state = "failure" if words & {"failure", "error"} else "pending"
    if words == {"success"}:
        state = "success"
    api = f"{repo_api(call, call.repo)}/commits/{sha}"
    shown = [_simple_status(call, one) for one in call.paged(newest)]
    data = {
        "state": state,
        "statuses": shown,
        "sha": sha,
        "total_count": len(newest),
        "repository": short_repository(call, call.repo),
        "commit_url": api,
        "url": f"{api}/status",
    }
    return call.answer(data, total=len(newest))


def list_statuses(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits/{ref}/statuses: all that were ever posted, newest first."""
    sha = _commit(call).sha
    posted = call.repo.statuses.get(sha, [])
    every = [Context(call.repo, sha, one, number) for number, one in enumerate(posted, 1)]
    return call.listed([_status(call, one) for one in reversed(every)])


def create_status(call: Call) -> Response:
    """POST /repos/{o}/{r}/statuses/{sha}."""
    caller, sha, state = call.may_write(), call.path("sha"), call.text("state")
    if sha not in call.repo.commits:
        raise ApiError(422, f"No commit found for SHA: {sha}")
    if state not in _STATES:
        raise invalid("Status", "state", "custom", "state is not included in the list")
    one = call.model.post_status(
        call.repo,
        sha,
        state,
        caller,
        context=call.text("context") or "default",
        description=call.text("description"),
        target_url=call.text("target_url"),
    )
    number = len(call.repo.statuses[sha])
    return call.answer(_status(call, Context(call.repo, sha, one, number)), 201)


def _simple_status(call: Call, one: Context) -> dict[str, Any]:
    at = time(one.status.at)
    return {
        "url": f"{repo_api(call, one.repo)}/statuses/{one.sha}",
        "avatar_url": f"{call.root}/avatars/u/{one.status.creator.id}?v=4",
        "id": one.id,
        "node_id": ids.encode("SC", one.repo.id, one.id),
        "state": one.status.state,
        "description": one.status.description or None,
        "target_url": one.status.target_url or None,
        "context": one.status.context,
        "created_at": at,
        "updated_at": at,
    }


def _status(call: Call, one: Context) -> dict[str, Any]:
    return _simple_status(call, one) | {"creator": user(call, one.status.creator)}


def _commit(call: Call) -> Commit:
    return found(call, call.path("ref"))


# Checks


def list_check_runs(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits/{ref}/check-runs."""
    name, status = call.query("check_name"), call.query("status")
    every = [
        one
        for one in ci.checks(call.model, call.repo, _commit(call).sha)
        if name in ("", one.job.name) and status in ("", status_word(one.state))
    ]
    shown = [check_run(call, one) for one in call.paged(every)]
    return call.answer({"total_count": len(every), "check_runs": shown}, total=len(every))


def list_annotations(call: Call) -> Response:
    """GET /repos/{o}/{r}/check-runs/{id}/annotations."""
    one = ci.check_by_id(call.model, call.repo, call.number("id"))
    if one is None:
        raise not_found()
    page = f"{call.root}/{call.repo.full_name}/blob/{one.suite.run.sha}/.github"
    return call.listed(
        [
            {
                "path": ".github",
                "blob_href": page,
                "start_line": 1,
                "end_line": 1,
                "start_column": None,
                "end_column": None,
                "annotation_level": "failure",
                "title": "",
                "message": message,
                "raw_details": "",
            }
            for message in one.annotations
        ]
    )


def check_run(call: Call, one: CheckRun) -> dict[str, Any]:
    """Return a check run."""
    repo = one.suite.repo
    api = f"{repo_api(call, repo)}/check-runs/{one.id}"
    return {
        "id": one.id,
        "name": one.job.name,
        "node_id": ids.encode("CR", repo.id, one.id),
        "head_sha": one.suite.run.sha,
        "external_id": "",
        "url": api,
        "html_url": check_page(call, one),
        "details_url": check_page(call, one),
        "status": status_word(one.state),
        "conclusion": conclusion_word(one.state),
        "started_at": time(one.started_at),
        "completed_at": time(one.completed_at),
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": len(one.annotations),
            "annotations_url": f"{api}/annotations",
        },
        "check_suite": {"id": one.suite.run.id},
        "app": _actions(call),
        "pull_requests": [],
    }


def check_page(call: Call, one: CheckRun) -> str:
    """Return the address people open."""
    return f"{run_page(call, one.suite)}/job/{one.id}"


def run_page(call: Call, one: Suite) -> str:
    """Return the address of a workflow's run."""
    return f"{call.root}/{one.repo.full_name}/actions/runs/{one.run.id}"


def list_check_suites(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits/{ref}/check-suites."""
    every = ci.suites(call.model, call.repo, _commit(call).sha)
    shown = [_suite(call, one) for one in call.paged(every)]
    return call.answer({"total_count": len(every), "check_suites": shown}, total=len(every))


def _suite(call: Call, one: Suite) -> dict[str, Any]:
    head = one.repo.commits[one.run.sha]
    api = f"{repo_api(call, one.repo)}/check-suites/{one.run.id}"
    return {
        "id": one.run.id,
        "node_id": suite_node(one),
        "head_branch": one.run.branch,
        "head_sha": one.run.sha,
        "status": status_word(one.state),
        "conclusion": conclusion_word(one.state),
        "url": api,
        "before": head.parent or "0" * 40,
        "after": one.run.sha,
        "pull_requests": [],
        "app": _actions(call),
        "created_at": time(one.created_at),
        "updated_at": time(one.updated_at),
        "rerequestable": True,
        "runs_rerequestable": False,
        "latest_check_runs_count": len(one.checks),
        "check_runs_url": f"{api}/check-runs",
        "head_commit": commit_of_run(head),
        "repository": short_repository(call, one.repo),
    }


def suite_node(one: Suite) -> str:
    """Return a suite's node id."""
    return ids.encode("CS", one.repo.id, one.run.id)


def _actions(call: Call) -> dict[str, Any]:
    """Return the app that runs workflows (recording ``github/075``)."""
    owner = Account(id=9919, login="github", created_at=call.model.now())
    return {
        "id": 15368,
        "slug": "github-actions",
        "node_id": "MDM6QXBwMTUzNjg=",
        "owner": user(call, owner) | {"type": "Organization"},
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": f"{call.root}/apps/github-actions",
        "created_at": "2018-07-30T09:30:17Z",
        "updated_at": "2019-12-10T19:04:12Z",
        "permissions": {"actions": "write", "checks": "write", "metadata": "read"},
        "events": ["check_run", "check_suite"],
    }
