"""The REST endpoints of the GitHub view, by the page of GitHub's documentation they stand on.

Each: method, path, handler, the anchor on the page, and what an app needs to be granted. Pages
and anchors are those of the OpenAPI description.
"""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.responses import Response

from afk_sandbox.github import branches, comments, issues, labels, people
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
}
"""A path that matches the beginning of another stands behind it."""
