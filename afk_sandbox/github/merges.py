"""GitHub's REST endpoints that move branches: a merge, an update of a head, a branch deleted.

Recordings of ``github/``: ``105``, ``106``, ``109``, ``140``. Other texts as clients were answered
them: `afk_sandbox.github.merge_state`, and of an update https://github.com/cli/cli (update_branch).
The asynchronous merge is not served, as on Enterprise Server.
"""

from typing import Final

from starlette.responses import Response

from afk_sandbox.forge.branching import NoBranch
from afk_sandbox.forge.merging import MergeRefused, UpToDate
from afk_sandbox.forge.protection import Obstacle
from afk_sandbox.forge.pull_records import Wish
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.rules_of_branches import Method
from afk_sandbox.github.answers import ApiError, empty, invalid
from afk_sandbox.github.call import Call
from afk_sandbox.github.merge_state import refusal_text
from afk_sandbox.github.pulls import find_pull
from afk_sandbox.github.shapes import repo_api

_METHODS: Final = ("merge", "squash", "rebase")
_UPDATES: Final = {
    Obstacle.HEAD_MOVED: "expected head sha didn\N{RIGHT SINGLE QUOTATION MARK}t match current "
    "head ref.",
    Obstacle.CONFLICT: "merge conflict between base and head",
}


def merge_pull(call: Call) -> Response:
    """PUT .../pulls/{number}/merge."""
    pull, caller, given = find_pull(call), call.may_write(), call.fields
    method = given.get("merge_method") or "merge"
    if method not in _METHODS:
        raise invalid("PullRequest", "merge_method", "invalid")
    wish = Wish(
        method=Method(method),
        head=call.text("sha"),
        title=call.text("commit_title"),
        message=call.text("commit_message"),
    )
    try:
        sha = call.model.merge(pull, caller, wish)
    except MergeRefused as refused:
        status = 409 if refused.obstacle is Obstacle.HEAD_MOVED else 405
        raise ApiError(status, refusal_text(call.model, pull, refused)) from None
    message = "Pull Request successfully merged"
    return call.answer({"sha": sha, "merged": True, "message": message})


def update_branch(call: Call) -> Response:
    """PUT .../pulls/{number}/update-branch: done a moment later."""
    pull, caller = find_pull(call), call.may_write()
    try:
        call.model.update_branch(pull, caller, head=call.text("expected_head_sha"))
    except UpToDate:
        raise ApiError(422, "There are no new commits on the base branch.") from None
    except MergeRefused as refused:
        text = _UPDATES.get(refused.obstacle)
        if text is None:
            raise call.forbidden() from None
        raise ApiError(422, text) from None
    except (NoBranch, NotPossible):
        raise ApiError(422, "Validation Failed") from None
    url = f"{repo_api(call, call.repo)}/pulls/{pull.number}"
    return call.answer({"message": "Updating pull request branch.", "url": url}, 202)


def delete_ref(call: Call) -> Response:
    """DELETE /repos/{o}/{r}/git/refs/heads/{branch}."""
    caller = call.may_write()
    try:
        call.model.delete_branch(call.repo, call.path("branch"), caller)
    except NoBranch:
        raise ApiError(422, "Reference does not exist") from None
    except NotPossible:
        raise ApiError(422, "Repository rule violations found") from None
    return empty()
