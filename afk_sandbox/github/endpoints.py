"""The REST endpoints of the GitHub view, by the page of GitHub's documentation they stand on.

Each: method, path, handler, the anchor on the page, and what an app needs to be granted. Pages
and anchors are those of the OpenAPI description.
"""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.responses import Response

from afk_sandbox.github import (
    branches,
    comments,
    issues,
    labels,
    merges,
    people,
    pulls,
    rules,
    runs,
    settings,
)
from afk_sandbox.github.call import Call

Entry = tuple[str, str, Callable[[Call], Response], str, str]

_REPO: Final = "/repos/{owner}/{repo}"
_ISSUES: Final = _REPO + "/issues"
_ISSUE: Final = _ISSUES + "/{number:int}"
_COMMENT: Final = _ISSUES + "/comments/{id:int}"

_ANY: Final = "metadata=read"
_READ: Final = "issues=read"
_WRITE: Final = "issues=write"
_CODE: Final = "contents=read"
_PUSH: Final = "contents=write"
_PULLS: Final = _REPO + "/pulls"
_PULL: Final = _PULLS + "/{number:int}"
_SEE: Final = "pull_requests=read"
_PROPOSE: Final = "pull_requests=write"
_RUNS: Final = _REPO + "/actions/runs"
_SECRETS: Final = _REPO + "/actions/secrets"
_VARIABLES: Final = _REPO + "/actions/variables"

ENDPOINTS: Final[Mapping[str, tuple[Entry, ...]]] = {
    "users/users": (("GET", "/user", people.get_user, "get-the-authenticated-user", _ANY),),
    "repos/repos": (("GET", _REPO, people.get_repository, "get-a-repository", _ANY),),
    "collaborators/collaborators": (
        (
            "GET",
            _REPO + "/collaborators/{username}/permission",
            people.get_permission,
            "get-repository-permissions-for-a-user",
            _ANY,
        ),
    ),
    "issues/labels": (
        ("GET", _REPO + "/labels", labels.list_labels, "list-labels-for-a-repository", _READ),
        ("POST", _REPO + "/labels", labels.create_label, "create-a-label", _WRITE),
        ("POST", _ISSUE + "/labels", labels.add_labels, "add-labels-to-an-issue", _WRITE),
        (
            "DELETE",
            _ISSUE + "/labels/{name:path}",
            labels.remove_label,
            "remove-a-label-from-an-issue",
            _WRITE,
        ),
    ),
    "issues/comments": (
        ("GET", _COMMENT, comments.get_comment, "get-an-issue-comment", _READ),
        ("PATCH", _COMMENT, comments.edit_comment, "update-an-issue-comment", _WRITE),
        ("DELETE", _COMMENT, comments.delete_comment, "delete-an-issue-comment", _WRITE),
        ("GET", _ISSUE + "/comments", comments.list_comments, "list-issue-comments", _READ),
        ("POST", _ISSUE + "/comments", comments.create_comment, "create-an-issue-comment", _WRITE),
    ),
    "reactions/reactions": (
        (
            "POST",
            _COMMENT + "/reactions",
            comments.react,
            "create-reaction-for-an-issue-comment",
            _WRITE,
        ),
    ),
    "issues/issues": (
        ("POST", _ISSUES, issues.create_issue, "create-an-issue", _WRITE),
        ("GET", _ISSUE, issues.get_issue, "get-an-issue", _READ),
        ("PATCH", _ISSUE, issues.edit_issue, "update-an-issue", _WRITE),
    ),
    "issues/issue-dependencies": (
        (
            "GET",
            _ISSUE + "/dependencies/blocked_by",
            issues.list_blockers,
            "list-dependencies-an-issue-is-blocked-by",
            _READ,
        ),
    ),
    "branches/branches": (
        ("GET", _REPO + "/branches/{branch:path}", branches.get_branch, "get-a-branch", _CODE),
    ),
    "repos/rules": (
        (
            "GET",
            _REPO + "/rules/branches/{branch:path}",
            rules.get_branch_rules,
            "get-rules-for-a-branch",
            _ANY,
        ),
    ),
    "git/refs": (
        (
            "DELETE",
            _REPO + "/git/refs/heads/{branch:path}",
            merges.delete_ref,
            "delete-a-reference",
            _PUSH,
        ),
    ),
    "pulls/comments": (
        (
            "POST",
            _PULL + "/comments",
            pulls.create_review_comment,
            "create-a-review-comment-for-a-pull-request",
            _PROPOSE,
        ),
    ),
    "pulls/pulls": (
        ("GET", _PULLS, pulls.list_pulls, "list-pull-requests", _SEE),
        ("POST", _PULLS, pulls.create_pull, "create-a-pull-request", _PROPOSE),
        ("GET", _PULL, pulls.get_pull, "get-a-pull-request", _SEE),
        ("PATCH", _PULL, pulls.edit_pull, "update-a-pull-request", _PROPOSE),
        ("PUT", _PULL + "/merge", merges.merge_pull, "merge-a-pull-request", _PUSH),
        (
            "PUT",
            _PULL + "/update-branch",
            merges.update_branch,
            "update-a-pull-request-branch",
            _PROPOSE,
        ),
    ),
    "actions/workflow-runs": (
        ("GET", _RUNS, runs.list_runs, "list-workflow-runs-for-a-repository", "actions=read"),
        (
            "POST",
            _RUNS + "/{id:int}/rerun-failed-jobs",
            runs.rerun_failed,
            "re-run-failed-jobs-from-a-workflow-run",
            "actions=write",
        ),
    ),
    "actions/secrets": (
        (
            "GET",
            _SECRETS,
            settings.list_secrets,
            "list-repository-secrets",
            "secrets=read",
        ),
        (
            "GET",
            _SECRETS + "/public-key",
            settings.get_public_key,
            "get-a-repository-public-key",
            "secrets=read",
        ),
        (
            "PUT",
            _SECRETS + "/{name}",
            settings.put_secret,
            "create-or-update-a-repository-secret",
            "secrets=write",
        ),
    ),
    "actions/variables": (
        (
            "GET",
            _VARIABLES + "/{name}",
            settings.get_variable,
            "get-a-repository-variable",
            "actions_variables=read",
        ),
        (
            "POST",
            _VARIABLES,
            settings.post_variable,
            "create-a-repository-variable",
            "actions_variables=write",
        ),
        (
            "PATCH",
            _VARIABLES + "/{name}",
            settings.patch_variable,
            "update-a-repository-variable",
            "actions_variables=write",
        ),
    ),
    "actions/workflow-jobs": (
        (
            "GET",
            _REPO + "/actions/jobs/{id:int}/logs",
            runs.get_log,
            "download-job-logs-for-a-workflow-run",
            "actions=read",
        ),
    ),
}
"""A path that matches the beginning of another stands behind it."""
