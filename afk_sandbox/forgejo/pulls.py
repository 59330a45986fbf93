"""Forgejo's endpoints for pull requests: lists, one, opening, changing.

Recordings of 16 (``pulls-16/``): creation 002 to 015, changes 005, 016 to 021, 088, 089, 118, lists
025 to 036. 14 and 11 know no filter by head or base (cassettes of the contract suite).
"""

from typing import Any, Final

from starlette.responses import Response

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.issues import Blocked
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.pulls import NothingBetween, NotPossible, PullExists
from afk_sandbox.forge.records import Repository, Unit
from afk_sandbox.forgejo.answers import ApiError, not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.pull_shapes import pull

_TITLE: Final = 253
_SAME: Final = "Invalid PullRequest: There are no changes between the head and the base"
_MERGED: Final = "cannot change state of this pull request, it was already merged"


def the_pull(call: Call) -> Pull:
    """Return the pull request in the path."""
    found = call.issue().pull
    if found is None:
        raise not_found()
    return found


def get_pull(call: Call) -> Response:
    """GET /repos/{o}/{r}/pulls/{index}."""
    return call.answer(pull(call, the_pull(call)))


def list_pulls(call: Call) -> Response:
    """GET /repos/{o}/{r}/pulls: newest first; ``head`` is a plain name (029, 030)."""
    state = call.query("state")
    head, base = (call.query("head"), call.query("base")) if call.v16 else ("", "")
    found = [
        one
        for one in reversed(call.model.pulls(call.repo))
        if (state == "all" or one.open is (state != "closed"))
        and head in ("", one.head_ref)
        and base in ("", one.base_ref)
    ]
    shown = [pull(call, one) for one in call.paged(found)]
    return call.answer(shown, total=len(found), paged=True)


def find_pull(call: Call) -> Response:
    """GET /repos/{o}/{r}/pulls/{base}/{head}: the oldest of that pair, whatever became of it."""
    base, head = (call.request.path_params[name] for name in ("base", "head"))
    owner, parted, branch = head.partition(":")
    for one in call.model.pulls(call.repo):
        source = one.head_repo
        where = source.owner.login if source else ""
        near = where == owner if parted else source is call.repo
        if near and one.base_ref == base and one.head_ref == (branch if parted else head):
            return call.answer(pull(call, one))
    raise not_found()


def create_pull(call: Call) -> Response:
    """POST /repos/{o}/{r}/pulls: anybody who can read may, from any branch (002, 281, 316)."""
    call.not_archived()
    body = call.body
    if not body.get("title"):
        raise ApiError(422, "[Title]: Required")
    head, base = str(body.get("head") or ""), str(body.get("base") or "")
    source, branch = _source(call, head)
    try:
        made = call.model.open_pull(
            call.repo,
            call.user,
            branch,
            title=str(body["title"])[:_TITLE],
            body=str(body.get("body") or ""),
            base=base,
            head_repo=source,
        )
    except NothingBetween:
        raise ApiError(422, _SAME) from None
    except NoBranch as missing:
        raise _unknown(call, str(missing), source, branch) from None
    except PullExists as twin:
        raise ApiError(409, _exists(twin.pull)) from None
    labels = body.get("labels") or [] if call.writes(Unit.PULLS) else []
    for label in call.model.labels_for(call.repo):
        if label.id in labels:
            call.model.add_label(made.issue, label, call.user)
    return call.answer(pull(call, made), 201)


def _source(call: Call, head: str) -> tuple[Repository, str]:
    """Return the repository and the branch that ``owner:branch`` or ``branch`` names."""
    owner, parted, branch = head.partition(":")
    if not parted:
        return call.repo, head
    for one in call.model.repositories:
        if one.owner.login == owner and (one is call.repo or one.fork_of is call.repo):
            return one, branch
    raise not_found()


def _unknown(call: Call, name: str, source: Repository, head: str) -> ApiError:
    """Return what an unknown branch is told; 11 as when it compares (contract suite)."""
    side, where = ("head", source) if name == head else ("base", call.repo)
    if not call.v14:
        unknown_base = ApiError(404, "BaseNotExist", errors=[])
        return unknown_base if side == "base" else ApiError(500, "")
    repo = f"in the {side} repository {where.full_name}"
    return not_found(f"could not find '{name}' to be a commit, branch or tag {repo}")


def _exists(one: Pull) -> str:
    """Name the one that is open by ids that are nobody's number (003)."""
    source = one.head_repo.id if one.head_repo else 0
    return (
        f"pull request already exists for these targets [id: {one.issue.id}, "
        f"issue_id: {one.issue.id}, head_repo_id: {source}, base_repo_id: {one.repo.id}, "
        f"head_branch: {one.head_ref}, base_branch: {one.base_ref}]"
    )


def edit_pull(call: Call) -> Response:
    """PATCH /repos/{o}/{r}/pulls/{index}: 201; what it does not know is ignored."""
    one, model, body = the_pull(call), call.model, call.body
    if one.author is not call.user and not call.writes(Unit.PULLS):
        raise ApiError(403)
    if body.get("title"):
        model.edit_title(one.issue, call.user, str(body["title"])[:_TITLE])
    if body.get("body") is not None:
        model.edit_body(one.issue, call.user, str(body["body"]))
    _set_base(call, one, str(body.get("base") or ""))
    _set_state(call, one, body.get("state"))
    return call.answer(pull(call, one), 201)


def _set_base(call: Call, one: Pull, base: str) -> None:
    if not base:
        return
    try:
        call.model.retarget(one, call.user, base)
    except NoBranch:
        raise ApiError(404, f"new base '{base}' not exist") from None
    except PullExists as twin:
        raise ApiError(409, _exists(twin.pull)) from None
    except NotPossible:
        raise ApiError(422, "pull request is closed") from None


def _set_state(call: Call, one: Pull, state: Any) -> None:
    if state not in ("open", "closed"):
        return
    if one.merge is not None:
        raise ApiError(412, _MERGED)
    try:
        act = call.model.close if state == "closed" else call.model.reopen
        act(one.issue, call.user)
    except Blocked:
        told = "cannot close this pull request because it still has open dependencies"
        raise ApiError(412, told) from None
