"""Forgejo's endpoints for commit statuses and workflow runs.

Statuses are those that accounts posted and those that Actions leaves as jobs go on (recordings
``149`` to ``162`` of ``forgejo/``, ``forgejo-actions/14.0.0/api-commit-statuses``). Actions leaves
none where its context's newest one says the same in the same words already, whichever run wrote
that, and none for runs that neither push nor pull request nor release started (source,
services/actions/commit_status.go). Of a job that was lost with its runner no start is told (seen on
16). The combined
state covers one page only and is folded as 14 and 11 fold it: from the first one on, a word that is
not one of five neither gives way nor takes over. Runs (``forgejo-actions/*/api-tasks-and-runs*``):
oldest first and all of them without ``page``; unknown to 11.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.responses import PlainTextResponse, Response

from afk_sandbox.forge.ci import JobRun, JobState, Run, Step
from afk_sandbox.forge.records import Account, Repository, Unit
from afk_sandbox.forgejo.answers import ApiError
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import EPOCH, repository, time, user

_RANK: Final = {"error": 0, "failure": 1, "warning": 2, "pending": 3, "success": 4}
_WORDS: Final = {
    JobState.WAITING: ("pending", "Waiting to run"),
    JobState.BLOCKED: ("pending", "Blocked by required conditions"),
    JobState.RUNNING: ("pending", "Has started running"),
    JobState.SUCCESS: ("success", "Successful in {}"),
    JobState.FAILURE: ("failure", "Failing after {}"),
    JobState.CANCELLED: ("failure", "Has been cancelled"),
    JobState.SKIPPED: ("success", "Has been skipped"),
}
_LEAVE_STATUSES: Final = frozenset({"push", "pull_request", "pull_request_target", "release"})
NO_SUCH_ROUTE: Final = "404 page not found\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One status in the order of its appearance at its commit, which is its id."""

    id: int
    context: str
    state: str
    description: str
    url: str
    creator: Account | None
    at: datetime


def combined_status(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits/{ref}/status: the newest of each context, a page of them."""
    if not call.repo.commits:
        raise ApiError(500, "")
    sha = call.model.resolve(call.repo, call.request.path_params["ref"])
    latest = {one.context: one for one in _entries(call, sha)}
    newest = sorted(latest.values(), key=lambda one: -one.id)
    page = sorted(call.paged(newest), key=lambda one: one.id)
    shown = {"state": "", "sha": "", "total_count": 0, "statuses": None, "repository": None}
    if not page:
        return call.answer({**shown, "commit_url": "", "url": ""})
    state = page[0].state
    for one in page[1:]:
        if state in _RANK and _RANK.get(one.state, len(_RANK)) <= _RANK[state]:
            state = one.state
    shown |= {
        "state": "failure" if state == "error" else state,
        "sha": sha,
        "total_count": len(page),
        "statuses": [_status(call, sha, one) for one in page],
        "repository": repository(call, call.repo),
        "commit_url": "",
        "url": "",
    }
    return call.answer(shown, total=len(latest))


def list_statuses(call: Call) -> Response:
    """GET /repos/{o}/{r}/commits/{ref}/statuses: every one, the newest second first (``162``)."""
    if not call.repo.commits:
        raise ApiError(500, "")
    sha = call.model.resolve(call.repo, call.request.path_params["ref"])
    entries = _entries(call, sha)
    every = sorted(entries, key=lambda one: (-int(one.at.timestamp()), one.id))
    page = [_status(call, sha, one) for one in call.paged(every)]
    return call.answer(page, total=len(every))


def create_status(call: Call) -> Response:
    """POST /repos/{o}/{r}/statuses/{sha}: any word is taken as a state."""
    sha = call.request.path_params["sha"]
    if not call.writes(Unit.CODE):
        raise ApiError(403, "user should have a permission to write to a repo")
    if sha not in call.repo.commits:
        raise ApiError(500, "")
    call.model.post_status(
        call.repo,
        sha,
        str(call.body.get("state") or ""),
        call.user,
        context=str(call.body.get("context") or "default"),
        description=str(call.body.get("description") or ""),
        target_url=str(call.body.get("target_url") or ""),
    )
    posted = [one for one in _entries(call, sha) if one.creator is not None]
    return call.answer(_status(call, sha, posted[-1]), 201)


def _entries(call: Call, sha: str) -> list[_Entry]:
    """Return a commit's statuses, posted ones and those of jobs, in order of appearance."""
    now = call.model.now()
    found: list[tuple[datetime, tuple[str, str, str, str], Account | None]] = [
        (one.at, (one.context, one.state, one.description, one.target_url), one.creator)
        for one in call.repo.statuses.get(sha, [])
    ]
    for run in call.repo.runs:
        if run.sha != sha or run.event not in _LEAVE_STATUSES:
            continue
        for position, job in enumerate(run.jobs):
            context = f"{run.workflow.name} / {job.name} ({run.event})"
            url = f"/{call.repo.full_name}/actions/runs/{run.number}/jobs/{position}"
            for step in job.seen(now):
                state, words = _WORDS[step.state]
                if job.lost and step.state is JobState.RUNNING:
                    continue
                text = words.format(_duration(job, step))
                found.append((step.at, (context, state, text, url), None))
    found.sort(key=lambda entry: entry[0])
    said: dict[str, tuple[str, str]] = {}
    told = []
    for entry in found:
        _, (name, word, text, _), creator = entry
        if creator is None and said.get(name) == (word, text):
            continue
        said[name] = (word, text)
        told.append(entry)
    return [
        _Entry(
            id=number,
            context=texts[0],
            state=texts[1],
            description=texts[2],
            url=texts[3],
            creator=creator,
            at=at,
        )
        for number, (at, texts, creator) in enumerate(told, 1)
    ]


def _duration(job: JobRun, step: Step) -> str:
    """Return how long a job has run, as Go writes a duration."""
    started = job.started(step.at)
    minutes, seconds = divmod(int((step.at - started).total_seconds()) if started else 0, 60)
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def _status(call: Call, sha: str, one: _Entry) -> dict[str, Any]:
    return {
        "id": one.id,
        "status": one.state,
        "target_url": one.url,
        "description": one.description,
        "url": f"{call.root}/api/v1/repos/{call.repo.full_name}/statuses/{sha}",
        "context": one.context,
        "creator": user(call, one.creator, viewer=None) if one.creator else None,
        "created_at": time(one.at),
        "updated_at": time(one.at),
    }


def list_runs(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/runs, from 12 on."""
    if not call.v14:
        return PlainTextResponse(NO_SUCH_ROUTE, 404)
    now = call.model.now()
    wanted = {name: call.query(name) for name in ("head_sha", "event", "status", "run_number")}
    found = [
        run
        for run in call.model.visible_runs(call.repo)
        if wanted["head_sha"] in ("", run.sha)
        and wanted["event"] in ("", _hook(run))
        and wanted["status"] in ("", run.state(now).value)
        and wanted["run_number"] in ("", str(run.number))
    ]
    page = call.paged(found) if call.query("page") else found
    runs = [_run(call, call.repo, run) for run in page]
    return call.answer({"workflow_runs": runs, "total_count": len(found)})


def _run(call: Call, repo: Repository, run: Run) -> dict[str, Any]:
    now = call.model.now()
    actor = call.model.account_by_id(run.actor)
    begun = [at for job in run.jobs if (at := job.started(now))]
    ended = [at for job in run.jobs if (at := job.ended(now))]
    whole = len(ended) == len(run.jobs)
    seconds = int((max(ended) - min(begun)).total_seconds()) if whole and begun else 0
    created = min(job.steps[0].at for job in run.jobs)
    shown: dict[str, Any] = {
        "id": run.id,
        "title": run.title,
        "repository": repository(call, repo),
        "workflow_id": run.workflow.file,
        "index_in_repo": run.number,
        "trigger_user": user(call, actor, viewer=call.caller),
        "ScheduleID": 0,
        "prettyref": run.branch,
        "is_ref_deleted": False,
        "commit_sha": run.sha,
        "is_fork_pull_request": False,
        "need_approval": False,
        "approved_by": 0,
        "event": _hook(run),
        "event_payload": json.dumps({"ref": f"refs/heads/{run.branch}", "after": run.sha}),
        "trigger_event": run.event,
        "status": run.state(now).value,
        "started": time(min(begun)) if begun else EPOCH,
        "stopped": time(max(ended)) if whole else EPOCH,
        "created": time(created),
        "updated": time(max((at for job in run.jobs for at in _times(job, now)), default=created)),
        "html_url": f"{call.root}/{repo.full_name}/actions/runs/{run.number}",
    }
    return shown | ({"duration": seconds * 1_000_000_000} if seconds else {})


def _hook(run: Run) -> str:
    """Return a run's ``event``: a scheduled one has the push's, one by hand none (14)."""
    return {"schedule": "push", "workflow_dispatch": ""}.get(run.event, run.event)


def list_tasks(call: Call) -> Response:
    """GET /repos/{o}/{r}/actions/tasks: the jobs that a runner took, newest first."""
    now = call.model.now()
    found = [
        (job.started(now) or now, run, job)
        for run in call.model.visible_runs(call.repo)
        for job in run.jobs
        if job.started(now) is not None
    ]
    found.sort(key=lambda one: one[0], reverse=True)
    shown = [
        {
            "id": run.id * 100 + run.jobs.index(job),
            "name": job.name,
            "head_branch": run.branch,
            "head_sha": run.sha,
            "run_number": run.number,
            "event": run.event,
            "display_title": run.title,
            "status": (job.state(now) or JobState.WAITING).value,
            "workflow_id": run.workflow.file,
            "url": f"{call.root}/{call.repo.full_name}/actions/runs/{run.number}",
            "created_at": time(at),
            "updated_at": time(job.ended(now) or at),
            "run_started_at": time(at),
        }
        for at, run, job in found
    ]
    return call.answer({"workflow_runs": call.paged(shown), "total_count": len(shown)})


def _times(job: JobRun, now: datetime) -> list[datetime]:
    return [step.at for step in job.seen(now)]
