"""Forgejo's issue endpoints: lists, search, one issue.

The quirks of listing (recordings ``014`` to ``034`` of ``forgejo/14.0.0``): a label name that does
not exist drops the filter; a repository's list wants all labels and looks among its own only,
the search wants any and looks among everybody's; limits are lowered silently; ``since`` is
inclusive and about ``updated_at``. Writes: ``012``, ``053``, ``064`` to ``067``, ``105``, ``115``.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.issues import Blocked
from afk_sandbox.forge.records import Access, Account, Issue, Label, Repository
from afk_sandbox.forgejo.answers import ApiError, empty, not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.shapes import issue, time

_TITLE: Final = 253
_SORTS: Final[dict[str, Callable[[Issue], Any]]] = {
    "oldest": lambda one: (time(one.created_at), one.id),
    "recentupdate": lambda one: (time(one.updated_at), time(one.created_at), one.id),
    "leastupdate": lambda one: (time(one.updated_at), time(one.created_at), one.id),
}


def list_issues(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues."""
    if not call.repo.has_issues:
        return call.answer([], total=0)
    names = _names(call)
    wanted = [label for label in call.repo.labels if label.name in names]
    found = [
        one for one in call.repo.issues.values() if all(label in one.labels for label in wanted)
    ]
    return _listed(call, found, call.query("sort"))


def search_issues(call: Call) -> Response:
    """GET /repos/issues/search."""
    owner = call.query("owner")
    account = call.model.account(owner) if owner else None
    if owner and account is None:
        raise ApiError(400, f"user does not exist [uid: 0, name: {owner}]")
    names = _names(call)
    wanted = _everywhere(call, names)
    found = [
        one
        for repo in call.model.repositories
        if (account is None or repo.owner is account) and repo.has_issues and call.can_see(repo)
        for one in repo.issues.values()
        if not wanted or any(label in wanted for label in one.labels)
    ]
    return _listed(call, found, call.query("sort") if call.v14 else "")


def _everywhere(call: Call, names: set[str]) -> set[Label]:
    """Return every label of those names on the whole server."""
    holders: list[Repository | Account] = [*call.model.repositories, *call.model.accounts]
    return {label for one in holders for label in one.labels if label.name in names}


def _names(call: Call) -> set[str]:
    return set(call.query("labels").split(",")) - {""}


def _listed(call: Call, found: Iterable[Issue], sort: str) -> Response:
    """Filter by state, type and time, sort, and answer the asked page."""
    state, kind, text = call.query("state"), call.query("type"), call.query("q").lower()
    issues = [
        one
        for one in found
        if (state == "all" or one.open is (state != "closed"))
        and (kind not in ("issues", "pulls") or one.is_pull is (kind == "pulls"))
        and call.between(one.updated_at)
        and text in f"{one.title}\n{one.body}".lower()
    ]
    issues.sort(
        key=_SORTS.get(sort, _SORTS["oldest"]), reverse=sort not in ("oldest", "leastupdate")
    )
    shown = [issue(call, one) for one in call.paged(issues)]
    return call.answer(shown, total=len(issues), paged=True)


def get_issue(call: Call) -> Response:
    """GET /repos/{o}/{r}/issues/{index}."""
    return call.answer(issue(call, call.issue()))


def create_issue(call: Call) -> Response:
    """POST /repos/{o}/{r}/issues: labels of a caller without write are dropped."""
    call.not_archived()
    if not call.repo.has_issues:
        raise not_found() if call.v14 else ApiError(403)
    title = str(call.body.get("title") or "")
    if not title:
        raise ApiError(422, "[Title]: Required")
    ids = call.body.get("labels") or [] if call.writes() else []
    one = call.model.open_issue(
        call.repo,
        title[:_TITLE],
        call.user,
        str(call.body.get("body") or ""),
        labels=[label for label in call.model.labels_for(call.repo) if label.id in ids],
    )
    if call.body.get("closed"):
        call.model.close(one, call.user)
    return call.answer(issue(call, one), 201)


def edit_issue(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/issues/{index}: 201; unknown fields and states are ignored."""
    one, model, body = call.issue(), call.model, call.body
    at = backdate(call)
    if one.author is not call.user and not call.writes():
        raise ApiError(403)
    if body.get("title"):
        model.edit_title(one, call.user, str(body["title"])[:_TITLE], at=at)
    if body.get("body") is not None:
        model.edit_body(one, call.user, str(body["body"]), at=at)
    if body.get("ref") is not None:
        model.set_branch(one, call.user, str(body["ref"]))
    try:
        if body.get("state") == "closed":
            model.close(one, call.user, at=at)
        elif body.get("state") == "open":
            model.reopen(one, call.user, at=at)
    except Blocked:
        raise ApiError(
            412, "cannot close this issue because it still has open dependencies"
        ) from None
    return call.answer(issue(call, one), 201)


def delete_issue(call: Call) -> Response:
    """DELETE /repos/{o}/{r}/issues/{index}: for repository admins."""
    one = call.issue()
    if call.rights() < Access.ADMIN:
        raise ApiError(403)
    call.model.delete_issue(one)
    return empty()


def backdate(call: Call) -> datetime | None:
    """Return the time that an act is to be dated to; only repository admins may."""
    text = call.body.get("updated_at")
    if not text:
        return None
    if call.rights() < Access.ADMIN:
        raise ApiError(403, "user needs to have admin or owner right")
    return datetime.fromisoformat(str(text)).astimezone(UTC)
