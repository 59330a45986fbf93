"""Forgejo's endpoints that move branches for a pull request: update, merge, deletion.

Recordings of 16 (``pulls-16/``): update 053, 064 to 074, 248, 314; merge 075, 095 to 110, 117, 151
to 159, 195 to 251, 265; deletion 077 to 085, 250. Every obstacle has its own words.
"""

from typing import Final

from starlette.responses import Response

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.merging import MergeRefused, UpToDate
from afk_sandbox.forge.protection import Block, Obstacle
from afk_sandbox.forge.pull_records import Wish
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Unit
from afk_sandbox.forge.rules_of_branches import Method
from afk_sandbox.forgejo.answers import ApiError, empty, not_found
from afk_sandbox.forgejo.call import Call
from afk_sandbox.forgejo.pulls import the_pull

_AGAIN: Final = ApiError(405, "Please try again later")
_REFUSALS: Final = {
    Obstacle.MERGED: ApiError(405, ""),
    Obstacle.CLOSED: not_found(),
    Obstacle.NOT_ALLOWED: ApiError(405, "User not allowed to merge PR"),
    Obstacle.DRAFT: ApiError(405, "Work in progress PRs cannot be merged"),
    Obstacle.CHECKING: _AGAIN,
    Obstacle.CONFLICT: _AGAIN,
    Obstacle.NOTHING: _AGAIN,
    Obstacle.DEPENDENCY: ApiError(500, ""),
    Obstacle.HEAD_MOVED: ApiError(409, "head out of date"),
    Obstacle.NOT_FAST_FORWARD: ApiError(500, ""),
}
_REASONS: Final = {
    Obstacle.CHECKS: "Not all required status checks successful",
    Obstacle.APPROVALS: "Does not have enough approvals",
    Obstacle.REJECTED: "There are requested changes",
    Obstacle.REQUESTED: "There are official review requests",
    Obstacle.BEHIND: "The head branch is behind the base branch",
}
_MOVED: Final = (
    "PushRejected with remote message: error: cannot lock ref 'refs/heads/{0}': is at {1} but "
    "expected {1}"
)
_FILES: Final = "PushRejected with remote message: Forgejo: branch {} is protected from changing {}"


def update_pull(call: Call) -> Response:
    """POST .../pulls/{index}/update: 500 where nothing is to be done (066)."""
    one, rebase = the_pull(call), call.query("style") == "rebase"
    if call.repo.archived_at is not None:
        raise ApiError(500, "")
    try:
        call.model.update_branch(one, call.user, rebase=rebase)
    except NotPossible:
        raise ApiError(422, "%!s(<nil>)") from None
    except (UpToDate, NoBranch):
        raise ApiError(500, "") from None
    except MergeRefused as refused:
        if refused.obstacle is Obstacle.CONFLICT:
            style = "rebase" if rebase else "merge"
            raise ApiError(409, f"{style} failed because of conflict") from None
        raise ApiError(403) from None
    return Response(status_code=200)


def is_merged(call: Call) -> Response:
    """GET .../pulls/{index}/merge."""
    if the_pull(call).merge is None:
        raise not_found()
    return empty()


def merge_pull(call: Call) -> Response:
    """POST .../pulls/{index}/merge."""
    call.not_archived()
    one, body = the_pull(call), call.body
    if not body.get("Do"):
        raise ApiError(422, "[Do]: Required")
    if body["Do"] not in list(Method):
        raise ApiError(422, "[Do]: In")
    source, branch = one.head_repo, one.head_ref
    held = source is not None and bool(call.model.protections(source, branch))
    wish = Wish(
        method=Method(body["Do"]),
        head=str(body.get("head_commit_id") or ""),
        title=str(body.get("MergeTitleField") or "").strip(),
        message=str(body.get("MergeMessageField") or "").strip(),
        delete_branch=bool(body.get("delete_branch_after_merge")),
        force=bool(body.get("force_merge")),
    )
    try:
        call.model.merge(one, call.user, wish)
    except MergeRefused as refused:
        raise _refusal(refused.blocks[0], one.base_ref, one.base_sha, wish) from None
    if wish.delete_branch and held:
        raise ApiError(403, "the head branch is protected")
    return Response(status_code=200)


def _refusal(block: Block, base: str, tip: str, wish: Wish) -> ApiError:
    """Return what the first obstacle is told."""
    if block.obstacle in _REASONS:
        return ApiError(405, f"not allowed to merge [reason: {_REASONS[block.obstacle]}]")
    if block.obstacle is Obstacle.METHOD:
        told = f"{wish.method.value} is not an allowed merge style for this repository"
        return ApiError(405, told)
    if block.obstacle is Obstacle.BASE_MOVED:
        return ApiError(409, _MOVED.format(base, tip))
    if block.obstacle is Obstacle.FILES:
        return ApiError(409, _FILES.format(base, f"file {block.names[0]}"))
    return _REFUSALS[block.obstacle]


def delete_branch(call: Call) -> Response:
    """DELETE /repos/{o}/{r}/branches/{branch}: a branch that is gone answers 500 (080)."""
    if not call.writes(Unit.CODE):
        raise ApiError(403, "user should have a permission to write to a repo")
    call.not_archived()
    try:
        call.model.delete_branch(call.repo, call.request.path_params["branch"], call.user)
    except NoBranch:
        raise ApiError(500, "") from None
    except NotPossible as refused:
        default = "can not delete default branch"
        raise ApiError(403, default if str(refused) == "default" else "branch protected") from None
    return empty()
