"""The values of GraphQL's fields for branches, commits, and what CI says of them.

A rollup is null as long as a commit has neither check runs nor statuses. Not recorded: the
schema's words (no public recording has a rollup).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from afk_sandbox.github import ci, ids
from afk_sandbox.github.ci import (
    CheckRun,
    Context,
    Suite,
    conclusion_word,
    status_word,
)
from afk_sandbox.github.connection import connection
from afk_sandbox.github.graphql_values import Info
from afk_sandbox.github.nodes import CommitOf, Table, commit
from afk_sandbox.github.resolvers_pulls import compare
from afk_sandbox.github.shapes import time

_STATUSES: Final = 1 << 40
"""Where the keys of statuses begin, behind all check runs'."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """Everything that CI says of a commit."""

    checks: list[CheckRun]
    contexts: list[Context]


def _history(one: CommitOf, info: Info, **args: Any) -> dict[str, Any]:
    """Return the commit and those before it, newest first."""
    since = datetime.fromisoformat(args["since"]) if args.get("since") else None
    found = [
        CommitOf(each, one.repo)
        for each in info.context.model.history(one.repo, one.commit.sha)
        if since is None or each.at >= since
    ]
    return connection(info.field_name, found, args)


def _rollup(one: CommitOf, info: Info) -> Rollup | None:
    found = ci.checks(info.context.model, one.repo, one.commit.sha)
    statuses = ci.contexts(one.repo, one.commit.sha)
    return Rollup(found, statuses) if found or statuses else None


def _contexts(one: Rollup, info: Info, **args: Any) -> dict[str, Any]:
    return connection(info.field_name, [*one.checks, *one.contexts], args, _context_key)


def _context_key(one: CheckRun | Context) -> int:
    return one.id if isinstance(one, CheckRun) else _STATUSES + one.id


def _suites(one: CommitOf, info: Info, **args: Any) -> dict[str, Any]:
    found = ci.suites(info.context.model, one.repo, one.commit.sha)
    return connection(info.field_name, found, args, lambda suite: suite.run.id)


def _deployments(one: CommitOf, info: Info, **args: Any) -> dict[str, Any]:
    found = ci.deployments(info.context.model, one.repo, one.commit.sha)
    rising = (args.get("orderBy") or {}).get("direction") != "DESC"
    return connection(info.field_name, found[::-1] if rising else found, args)


def _annotations(one: CheckRun, info: Info, **args: Any) -> dict[str, Any]:
    """Return what Actions says at the job: the path is its own, the service's line the first."""
    shown = [
        {
            "message": text,
            "path": ".github",
            "title": "",
            "annotationLevel": "FAILURE",
            "location": {"start": {"line": 1 if one.job.lost else 9}},
        }
        for text in one.annotations
    ]
    return connection(info.field_name, shown, args)


def _upper(word: str | None) -> str | None:
    return word.upper() if word else None


def _workflow(one: Suite, _: Info) -> dict[str, Any]:
    """Return the workflow, whose id stands for its file."""
    workflow = one.run.workflow
    return {"id": ids.workflow(workflow.file, one.repo), "name": workflow.name}


def _run_url(one: Suite, info: Info) -> str:
    return f"{info.context.root}/{one.repo.full_name}/actions/runs/{one.run.id}"


def _check_url(one: CheckRun, info: Info) -> str:
    return f"{_run_url(one.suite, info)}/job/{one.id}"


TABLES: Final[Mapping[str, Table]] = {
    "Ref": {
        "id": lambda one, _: ids.encode("REF", one.repo.id, f"refs/heads/{one.name}"),
        "compare": compare,
        "name": lambda one, _: one.name,
        "target": lambda one, _: commit(one.repo, one.repo.branches[one.name]),
    },
    "Commit": {
        "id": lambda one, _: ids.commit(one.commit.sha, one.repo),
        "oid": lambda one, _: one.commit.sha,
        "message": lambda one, _: one.commit.message,
        "committedDate": lambda one, _: time(one.commit.at),
        "history": _history,
        "statusCheckRollup": _rollup,
        "checkSuites": _suites,
        "deployments": _deployments,
    },
    "StatusCheckRollup": {
        "state": lambda one, _: ci.rollup(one.checks, one.contexts),
        "contexts": _contexts,
    },
    "CheckRun": {
        "id": lambda one, _: ids.encode("CR", one.suite.repo.id, one.id),
        "databaseId": lambda one, _: one.id,
        "name": lambda one, _: one.job.name,
        "status": lambda one, _: status_word(one.state).upper(),
        "conclusion": lambda one, _: _upper(conclusion_word(one.state)),
        "startedAt": lambda one, _: time(one.started_at),
        "completedAt": lambda one, _: time(one.completed_at),
        "detailsUrl": _check_url,
        "checkSuite": lambda one, _: one.suite,
        "annotations": _annotations,
    },
    "CheckSuite": {
        "id": lambda one, _: ids.encode("CS", one.repo.id, one.run.id),
        "status": lambda one, _: status_word(one.state).upper(),
        "conclusion": lambda one, _: _upper(conclusion_word(one.state)),
        "workflowRun": lambda one, _: one,
    },
    "WorkflowRun": {
        "databaseId": lambda one, _: one.run.id,
        "event": lambda one, _: one.run.event,
        "runNumber": lambda one, _: one.run.number,
        "url": _run_url,
        "workflow": _workflow,
    },
    "StatusContext": {
        "context": lambda one, _: one.status.context,
        "state": lambda one, _: one.status.state.upper(),
        "targetUrl": lambda one, _: one.status.target_url or None,
    },
    "Deployment": {
        "environment": lambda one, _: one.environment,
        "latestStatus": lambda one, _: one,
    },
    "DeploymentStatus": {
        "state": lambda one, _: one.state.upper(),
        "environmentUrl": lambda _, __: None,
        "logUrl": lambda one, info: _run_url(one.suite, info),
    },
}
