"""The REST endpoints of the GitHub view, by the page of GitHub's documentation they stand on.

Each: method, path, handler, the anchor on the page, and what an app needs to be granted. Pages
and anchors are those of the OpenAPI description.
"""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.responses import Response

from afk_sandbox.github import checks, comments, commits, events, issues, labels, people, runs
from afk_sandbox.github.call import Call

Entry = tuple[str, str, Callable[[Call], Response], str, str]

_REPO: Final = "/repos/{owner}/{repo}"
_ISSUES: Final = _REPO + "/issues"
_ISSUE: Final = _ISSUES + "/{number:int}"
_COMMENT: Final = _ISSUES + "/comments/{id:int}"
_BLOCKERS: Final = _ISSUE + "/dependencies/blocked_by"
_ACCESS: Final = _REPO + "/collaborators"
_COMMIT: Final = _REPO + "/commits/{ref:path}"
_RUNS: Final = _REPO + "/actions/runs"
_DEPLOYMENTS: Final = _REPO + "/deployments"

_ANY: Final = "metadata=read"
_READ: Final = "issues=read"
_WRITE: Final = "issues=write"
_CODE: Final = "contents=read"
_CHECKS: Final = "checks=read"
_STATUSES: Final = "statuses=read"
_ACTIONS: Final = "actions=read"
_DEPLOYED: Final = "deployments=read"

ENDPOINTS: Final[Mapping[str, tuple[Entry, ...]]] = {
    "users/users": (
        ("GET", "/user", people.get_user, "get-the-authenticated-user", _ANY),
        ("GET", "/users/{username}", people.get_account, "get-a-user", _ANY),
    ),
    "repos/repos": (
        ("GET", _REPO, people.get_repository, "get-a-repository", _ANY),
        ("PATCH", _REPO, people.edit_repository, "update-a-repository", "administration=write"),
    ),
    "collaborators/collaborators": (
        ("GET", _ACCESS, people.list_collaborators, "list-repository-collaborators", _ANY),
        (
            "GET",
            _ACCESS + "/{username}/permission",
            people.get_permission,
            "get-repository-permissions-for-a-user",
            _ANY,
        ),
    ),
    "issues/labels": (
        ("GET", _REPO + "/labels", labels.list_labels, "list-labels-for-a-repository", _READ),
        ("POST", _REPO + "/labels", labels.create_label, "create-a-label", _WRITE),
        ("GET", _REPO + "/labels/{name:path}", labels.get_label, "get-a-label", _READ),
        ("DELETE", _REPO + "/labels/{name:path}", labels.delete_label, "delete-a-label", _WRITE),
        ("GET", _ISSUE + "/labels", labels.issue_labels, "list-labels-for-an-issue", _READ),
        ("POST", _ISSUE + "/labels", labels.add_labels, "add-labels-to-an-issue", _WRITE),
        ("PUT", _ISSUE + "/labels", labels.replace_labels, "set-labels-for-an-issue", _WRITE),
        (
            "DELETE",
            _ISSUE + "/labels",
            labels.clear_labels,
            "remove-all-labels-from-an-issue",
            _WRITE,
        ),
        (
            "DELETE",
            _ISSUE + "/labels/{name:path}",
            labels.remove_label,
            "remove-a-label-from-an-issue",
            _WRITE,
        ),
    ),
    "issues/comments": (
        (
            "GET",
            _ISSUES + "/comments",
            comments.list_repository_comments,
            "list-issue-comments-for-a-repository",
            _READ,
        ),
        ("GET", _COMMENT, comments.get_comment, "get-an-issue-comment", _READ),
        ("PATCH", _COMMENT, comments.edit_comment, "update-an-issue-comment", _WRITE),
        ("DELETE", _COMMENT, comments.delete_comment, "delete-an-issue-comment", _WRITE),
        ("GET", _ISSUE + "/comments", comments.list_comments, "list-issue-comments", _READ),
        ("POST", _ISSUE + "/comments", comments.create_comment, "create-an-issue-comment", _WRITE),
    ),
    "issues/events": (
        (
            "GET",
            _ISSUES + "/events",
            events.list_repository_events,
            "list-issue-events-for-a-repository",
            _READ,
        ),
        ("GET", _ISSUES + "/events/{id:int}", events.get_event, "get-an-issue-event", _READ),
        ("GET", _ISSUE + "/events", events.list_issue_events, "list-issue-events", _READ),
    ),
    "issues/timeline": (
        ("GET", _ISSUE + "/timeline", events.timeline, "list-timeline-events-for-an-issue", _READ),
    ),
    "issues/issues": (
        ("GET", _ISSUES, issues.list_issues, "list-repository-issues", _READ),
        ("POST", _ISSUES, issues.create_issue, "create-an-issue", _WRITE),
        ("GET", _ISSUE, issues.get_issue, "get-an-issue", _READ),
        ("PATCH", _ISSUE, issues.edit_issue, "update-an-issue", _WRITE),
        ("PUT", _ISSUE + "/lock", issues.lock_issue, "lock-an-issue", _WRITE),
        ("DELETE", _ISSUE + "/lock", issues.unlock_issue, "unlock-an-issue", _WRITE),
    ),
    "issues/issue-dependencies": (
        (
            "GET",
            _BLOCKERS,
            issues.list_blockers,
            "list-dependencies-an-issue-is-blocked-by",
            _READ,
        ),
        (
            "POST",
            _BLOCKERS,
            issues.add_blocker,
            "add-a-dependency-an-issue-is-blocked-by",
            _WRITE,
        ),
        (
            "DELETE",
            _BLOCKERS + "/{issue_id:int}",
            issues.remove_blocker,
            "remove-dependency-an-issue-is-blocked-by",
            _WRITE,
        ),
        (
            "GET",
            _ISSUE + "/dependencies/blocking",
            issues.list_blocked,
            "list-dependencies-an-issue-is-blocking",
            _READ,
        ),
    ),
    "issues/sub-issues": (
        ("GET", _ISSUE + "/sub_issues", issues.list_sub_issues, "list-sub-issues", _READ),
        ("POST", _ISSUE + "/sub_issues", issues.add_sub_issue, "add-sub-issue", _WRITE),
        ("GET", _ISSUE + "/parent", issues.get_parent, "get-parent-issue", _READ),
    ),
    "branches/branches": (
        ("GET", _REPO + "/branches/{branch:path}", commits.get_branch, "get-a-branch", _CODE),
    ),
    "commits/statuses": (
        (
            "GET",
            _COMMIT + "/status",
            checks.combined_status,
            "get-the-combined-status-for-a-specific-reference",
            _STATUSES,
        ),
        (
            "GET",
            _COMMIT + "/statuses",
            checks.list_statuses,
            "list-commit-statuses-for-a-reference",
            _STATUSES,
        ),
        (
            "POST",
            _REPO + "/statuses/{sha}",
            checks.create_status,
            "create-a-commit-status",
            "statuses=write",
        ),
    ),
    "checks/runs": (
        (
            "GET",
            _COMMIT + "/check-runs",
            checks.list_check_runs,
            "list-check-runs-for-a-git-reference",
            _CHECKS,
        ),
        (
            "GET",
            _REPO + "/check-runs/{id:int}/annotations",
            checks.list_annotations,
            "list-check-run-annotations",
            _CHECKS,
        ),
    ),
    "checks/suites": (
        (
            "GET",
            _COMMIT + "/check-suites",
            checks.list_check_suites,
            "list-check-suites-for-a-git-reference",
            _CHECKS,
        ),
    ),
    "commits/commits": (
        ("GET", _REPO + "/commits", commits.list_commits, "list-commits", _CODE),
        ("GET", _COMMIT, commits.get_commit, "get-a-commit", _CODE),
        ("GET", _REPO + "/compare/{basehead:path}", commits.compare, "compare-two-commits", _CODE),
    ),
    "actions/workflow-runs": (
        ("GET", _RUNS, runs.list_runs, "list-workflow-runs-for-a-repository", _ACTIONS),
        ("GET", _RUNS + "/{id:int}", runs.get_run, "get-a-workflow-run", _ACTIONS),
    ),
    "actions/workflow-jobs": (
        (
            "GET",
            _RUNS + "/{id:int}/jobs",
            runs.list_jobs,
            "list-jobs-for-a-workflow-run",
            _ACTIONS,
        ),
    ),
    "deployments/deployments": (
        ("GET", _DEPLOYMENTS, runs.list_deployments, "list-deployments", _DEPLOYED),
    ),
    "deployments/statuses": (
        (
            "GET",
            _DEPLOYMENTS + "/{id:int}/statuses",
            runs.list_deployment_statuses,
            "list-deployment-statuses",
            _DEPLOYED,
        ),
    ),
}
"""A path that matches the beginning of another stands behind it."""
