"""Forgejo's label endpoints, on repositories, organisations and issues.

The two releases differ in removing (recordings ``040`` to ``044``, ``052``): 14 takes a name, even
one that looks like an id; 11 takes ids only. Refusals without write: ``051``. Mixed, unknown and
repeated names: ``049``, ``050``, ``055``, ``058``.
"""

from typing import Any

from starlette.responses import Response

from afk_sandbox.forge.records import AccountKind, Label
from afk_sandbox.forgejo.answers import ApiError, empty, not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.issues import backdate
from afk_sandbox.forgejo.shapes import label, labels

GITHUB = "application/vnd.github+json"


def list_labels(call: Call) -> Response:
    """GET /repos/{o}/{r}/labels."""
    found = labels(call, call.repo.labels, call.repo)
    return call.answer(call.paged(found), total=len(found), paged=True)


def list_org_labels(call: Call) -> Response:
    """GET /orgs/{org}/labels."""
    org = call.model.account(call.request.path_params["org"])
    if org is None or org.kind is not AccountKind.ORGANISATION:
        raise not_found()
    found = labels(call, org.labels, None)
    return call.answer(call.paged(found), total=len(found))


def create_label(call: Call) -> Response:
    """POST /repos/{o}/{r}/labels: a second one of the same name is allowed."""
    if not call.writes():
        raise ApiError(403, "user should have a permission to write to a repo")
    if not call.body.get("name"):
        raise ApiError(422, "[Name]: Required")
    one = call.model.define_label(
        call.repo,
        str(call.body["name"]),
        color=str(call.body.get("color") or "ededed"),
        description=str(call.body.get("description") or ""),
        exclusive=bool(call.body.get("exclusive")),
    )
    return call.answer(label(call, one, call.repo), 201)


def edit_label(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/labels/{id}: name, colour and description, what is given of them.

    Not recorded: the shapes are those of ``046-label-create`` and ``051``; source,
    routers/api/v1/repo/label.go, EditLabel, alike in 11.0.15 and 14.0.0.
    """
    if not call.writes():
        raise ApiError(403, "user should have a permission to write to a repo")
    number = int(call.request.path_params["label"])
    one = next((x for x in call.repo.labels if x.id == number), None)
    if one is None:
        raise not_found()
    if "name" in call.body:
        call.model.rename_label(one, str(call.body["name"]))
    one.color = str(call.body.get("color", one.color)).removeprefix("#")
    one.description = str(call.body.get("description", one.description))
    return call.answer(label(call, one, call.repo))


def issue_labels(call: Call) -> Response:
    """GET .../issues/{index}/labels."""
    return call.answer(labels(call, call.issue().labels, call.repo))


def add_labels(call: Call) -> Response:
    """POST .../issues/{index}/labels: answers with all that are now on the issue."""
    one = call.issue()
    _must_write(call)
    at = backdate(call)
    for found in _named(call):
        call.model.add_label(one, found, call.user, at=at)
    return issue_labels(call)


def remove_label(call: Call) -> Response:
    """DELETE .../issues/{index}/labels/{label}: 204 also when it is not on the issue."""
    one = call.issue()
    _must_write(call)
    text = call.request.path_params["label"]
    known = call.model.labels_for(call.repo)
    found = next((x for x in known if x.name == text), None) if call.v14 else None
    number = int(text) if text.isdigit() else 0
    found = found or next((x for x in known if x.id == number), None)
    if found is None:
        where = f", repo_id: {call.repo.id}" if call.v14 else ""
        raise ApiError(422, f"label does not exist [label_id: {number}{where}]")
    before = issue_labels(call)
    call.model.remove_label(one, found, call.user)
    if call.v14 and call.request.headers.get("accept") == GITHUB:
        return before
    return empty()


def _must_write(call: Call) -> None:
    if not call.writes():
        raise ApiError(403, page=not call.v14)


def _named(call: Call) -> list[Label]:
    """Return the labels that a request names, by names or by ids; unknown ones are ignored."""
    wanted: list[Any] = call.body.get("labels") or []
    known = call.model.labels_for(call.repo)
    if all(isinstance(one, str) for one in wanted):
        return [found for one in wanted for found in known if found.name == one]
    if all(isinstance(one, int) for one in wanted):
        return [found for one in wanted for found in known if found.id == one]
    raise ApiError(400, "labels should be an array of strings or integers")
