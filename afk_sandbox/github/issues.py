"""GitHub's REST endpoints for issues: lists, one issue, what it waits for, its parts.

Lists (recordings ``github/001`` to ``008``) contain pull requests, want all labels asked for, and
know no label that does not exist. One issue: ``009`` to ``018``; lock: ``054``. Dependencies and
sub-issues are not recorded: OpenAPI's.
"""

from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.issues import BadDependency
from afk_sandbox.forge.records import Access, Issue
from afk_sandbox.github.answers import ApiError, empty, invalid, not_found, too_long
from afk_sandbox.github.call import Call
from afk_sandbox.github.labels import named_labels
from afk_sandbox.github.shapes import blocking, issue, repo_api, time

BODY: Final = 65_536
_TITLE: Final = 256
_REASONS: Final = ("completed", "not_planned", "duplicate")
_SORTS: Final = {
    "created": lambda one: (time(one.created_at), one.number),
    "updated": lambda one: (time(one.updated_at), one.number),
    "comments": lambda one: (len(one.comments), one.number),
}


def list_issues(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues."""
    if not call.repo.has_issues:
        raise ApiError(410, "Issues are disabled for this repo")
    wanted = {name.casefold() for name in call.query("labels").split(",") if name}
    state, since, creator = call.query("state", "open"), call.since(), call.query("creator")
    found = [
        one
        for one in call.repo.issues.values()
        if state in ("all", "open" if one.open else "closed")
        and wanted <= {label.name.casefold() for label in one.labels}
        and (since is None or one.updated_at.replace(microsecond=0) >= since)
        and creator.casefold() in ("", one.author.login.casefold())
    ]
    by = _SORTS.get(call.query("sort"), _SORTS["created"])
    found.sort(key=by, reverse=call.query("direction") != "asc")
    page = [issue(call, one) for one in call.paged(found)]
    return call.answer(page, total=len(found))


def get_issue(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues/{number}."""
    return call.answer(issue(call, call.issue()))


def create_issue(call: Call) -> Response:
    """POST /repos/{o}/{r}/issues: labels of a caller without write are dropped silently."""
    caller = call.may_take_part()
    if not call.repo.has_issues:
        raise ApiError(410, "Issues are disabled for this repo")
    if call.fields.get("assignee") and call.fields.get("assignees"):
        raise ApiError(
            422, "You cannot pass both `assignee` and `assignees`. Only one may be provided."
        )
    title, body = call.text("title"), call.text("body")
    _check(title, body)
    writes = call.rights(call.repo) >= Access.WRITE
    labels = named_labels(call, call.fields.get("labels")) if writes else []
    one = call.model.open_issue(call.repo, title, caller, body, labels=labels)
    url = f"{repo_api(call, call.repo)}/issues/{one.number}"
    return call.answer(issue(call, one), 201, headers={"Location": url})


def edit_issue(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/issues/{number}: by writers, and by the author."""
    one, caller, given, model = call.issue(), call.user, call.fields, call.model
    if one.author is not caller and call.rights(call.repo) < Access.WRITE:
        raise call.forbidden()
    call.not_archived()
    title, body = given.get("title"), given.get("body")
    _check("-" if title is None else str(title), str(body or ""))
    state, reason = given.get("state"), given.get("state_reason")
    if state not in (None, "open", "closed"):
        raise invalid("Issue", "state", "invalid")
    if title is not None:
        model.edit_title(one, caller, str(title))
    if body is not None:
        model.edit_body(one, caller, str(body))
    if "labels" in given and call.rights(call.repo) >= Access.WRITE:
        model.set_labels(one, named_labels(call, given["labels"]), caller)
    if state == "closed":
        model.close(one, caller, reason=reason if reason in _REASONS else "completed")
    elif state == "open":
        model.reopen(one, caller)
    return call.answer(issue(call, one))


def lock_issue(call: Call) -> Response:
    """PUT /repos/{o}/{r}/issues/{number}/lock."""
    one = call.issue()
    call.model.lock(one, call.may_write())
    return empty()


def unlock_issue(call: Call) -> Response:
    """DELETE /repos/{o}/{r}/issues/{number}/lock."""
    one = call.issue()
    call.may_write()
    one.locked = False
    return empty()


def _check(title: str, body: str) -> None:
    if not title:
        raise invalid("Issue", "title", "missing_field")
    if len(title) > _TITLE:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {_TITLE})")
    if len(body) > BODY:
        raise too_long("Issue")


# What an issue waits for, and what it consists of


def list_blockers(call: Call) -> Response:
    """GET .../dependencies/blocked_by: those that the caller can see."""
    return _visible(call, call.issue().blockers)


def list_blocked(call: Call) -> Response:
    """GET .../dependencies/blocking."""
    return _visible(call, blocking(call, call.issue()))


def add_blocker(call: Call) -> Response:
    """POST .../dependencies/blocked_by: answers with the issue that waits."""
    one, caller = call.issue(), call.may_write()
    blocker = _by_id(call, call.fields.get("issue_id"))
    if blocker is None:
        raise not_found()
    try:
        call.model.add_dependency(one, blocker, caller)
    except BadDependency:
        raise invalid("IssueDependency", "issue_id", "invalid") from None
    return call.answer(issue(call, one), 201)


def remove_blocker(call: Call) -> Response:
    """DELETE .../dependencies/blocked_by/{issue_id}."""
    one, caller = call.issue(), call.may_write()
    blocker = _by_id(call, call.number("issue_id"))
    if blocker not in one.blockers:
        raise not_found()
    call.model.remove_dependency(one, blocker, caller)
    return call.answer(issue(call, one))


def list_sub_issues(call: Call) -> Response:
    """GET .../sub_issues."""
    return _visible(call, call.issue().sub_issues)


def add_sub_issue(call: Call) -> Response:
    """POST .../sub_issues: answers with the issue that has one more part."""
    one = call.issue()
    call.may_write()
    part = _by_id(call, call.fields.get("sub_issue_id"))
    if part is None:
        raise not_found()
    if part is one or part.parent is not None:
        raise invalid("SubIssue", "sub_issue_id", "invalid")
    call.model.add_sub_issue(one, part)
    return call.answer(issue(call, one), 201)


def get_parent(call: Call) -> Response:
    """GET .../parent."""
    parent = call.issue().parent
    if parent is None or not call.sees(parent.repo):
        raise not_found()
    return call.answer(issue(call, parent))


def _visible(call: Call, found: list[Issue]) -> Response:
    return call.listed([issue(call, one) for one in found if call.sees(one.repo)])


def _by_id(call: Call, issue_id: Any) -> Issue | None:
    every = (one for repo in call.model.repositories for one in repo.issues.values())
    return next((one for one in every if one.id == issue_id and call.sees(one.repo)), None)
