"""GitHub's REST endpoints for issues: one issue, and what it waits for.

Recordings of ``github/``: ``009`` to ``019``. Dependencies are not recorded: OpenAPI's.
"""

from typing import Final

from starlette.responses import Response

from afk_sandbox.forge.records import Access
from afk_sandbox.github.answers import ApiError, invalid, too_long
from afk_sandbox.github.call import Call
from afk_sandbox.github.labels import named_labels
from afk_sandbox.github.shapes import issue, repo_api

BODY: Final = 65_536
_TITLE: Final = 256
_REASONS: Final = ("completed", "not_planned", "duplicate")


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


def _check(title: str, body: str) -> None:
    if not title:
        raise invalid("Issue", "title", "missing_field")
    if len(title) > _TITLE:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {_TITLE})")
    if len(body) > BODY:
        raise too_long("Issue")


def list_blockers(call: Call) -> Response:
    """GET .../dependencies/blocked_by: those that the caller can see."""
    found = [one for one in call.issue().blockers if call.sees(one.repo)]
    return call.listed([issue(call, one) for one in found])
